package store

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// byOrphan names, among the differences, a record that belongs to nothing: ID is what it should belong to, but of a rating
// its response and of a run itself. There is no such marginal, and Repair leaves orphans to people: they are not figures but lost records.
const byOrphan feedback.Dim = "orphan"

// orphansOf are the references that no foreign key checks, because the transaction that writes them has read what they
// refer to.
var orphansOf = map[string]string{
	"ratings of no response":      "SELECT response_id AS id, touchpoint_id, journey_id, day FROM ratings WHERE NOT EXISTS (SELECT 1 FROM responses p WHERE p.id = ratings.response_id)",
	"ratings of no touchpoint":    "SELECT response_id AS id, touchpoint_id, journey_id, day FROM ratings WHERE NOT EXISTS (SELECT 1 FROM touchpoints t WHERE t.id = ratings.touchpoint_id)",
	"attributions of no response": "SELECT response_id AS id, touchpoint_id FROM attributions WHERE NOT EXISTS (SELECT 1 FROM responses p WHERE p.id = attributions.response_id)",
	"notices of no response":      "SELECT response_id AS id, touchpoint_id FROM feedback WHERE NOT EXISTS (SELECT 1 FROM responses p WHERE p.id = feedback.response_id)",
	"contacts of no run":          "SELECT run_id AS id, touchpoint_id FROM interactions WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = interactions.run_id)",
	"contacts at no touchpoint":   "SELECT run_id AS id, touchpoint_id FROM interactions WHERE NOT EXISTS (SELECT 1 FROM touchpoints t WHERE t.id = interactions.touchpoint_id)",
	"people of no contact":        "SELECT interaction_id AS id FROM interaction_people p WHERE NOT EXISTS (SELECT 1 FROM interactions i WHERE i.id = p.interaction_id)",
	"keys of no customer":         "SELECT customer_id AS id FROM customer_keys k WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = k.customer_id)",
	"runs of no journey":          "SELECT id, journey_id FROM runs WHERE NOT EXISTS (SELECT 1 FROM journeys j WHERE j.id = runs.journey_id)",
	"responses of no run":         "SELECT run_id AS id, journey_id, day FROM responses WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = responses.run_id)",
}

// someOrphans is how many of a kind are reported.
const someOrphans = 100

func orphans(db *gorm.DB) ([]Difference, error) {
	var out []Difference
	for kind, q := range orphansOf {
		cells, err := all[feedback.Cell](db.Raw(q+" LIMIT ?", someOrphans))
		if err != nil {
			return nil, fmt.Errorf("look for %s: %w", kind, err)
		}
		for _, c := range cells {
			c.Dim = byOrphan
			out = append(out, Difference{Cell: c, Raw: stat.Tally{N: 1}})
		}
	}
	return out, nil
}
