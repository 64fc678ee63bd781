package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// CustomerLine is a customer in a list, with what is in sight of her walks.
type CustomerLine struct {
	run.Customer
	Walks int
	Open  int        // walks under way
	Last  *time.Time // the latest contact; nil where she has no walk
}

// CustomersFor lists the customers in sight by name (CustomerFor) whose name or key contains q, as typed, in the order of
// their names. Ordered by the last contact it looks at every walk in sight.
func (s *Store) CustomersFor(ctx context.Context, scope people.Scope, q string, ask page.Ask) (page.Of[CustomerLine], error) {
	db := s.named(ctx, s.read(ctx).Table("customers"), scope)
	if words := i18n.Normalize(q); words != "" {
		db = db.Where("(? OR ?)", containing("customers.search", words), keyed("customers.key", q))
	}
	if ask.Sort == "last" {
		seen := identified(s.read(ctx).Table("runs"), scope).Select("customer_id, MAX(last_contact_at) AS last_seen").Group("customer_id")
		db = db.Joins("LEFT JOIN (?) w ON w.customer_id = customers.id", seen)
	}
	found, err := paged[run.Customer](db, ask, customerOrder(ask))
	if err != nil {
		return page.Of[CustomerLine]{}, err
	}
	lines, err := s.customerLines(ctx, scope, found.Rows)
	return page.Of[CustomerLine]{Rows: lines, Total: found.Total, Ask: found.Ask}, err
}

func customerOrder(ask page.Ask) string {
	column := map[string]string{"name": "customers.name", "key": "customers.key", "last": "w.last_seen"}[ask.Sort]
	switch {
	case column == "":
		return "customers.name, customers.id"
	case ask.Sort == "last":
		column = "w.last_seen IS NULL, " + column // whom nobody met comes last either way, on both engines
	}
	if ask.Desc {
		return column + " DESC, customers.id DESC"
	}
	return column + ", customers.id"
}

// customerLines adds what is in sight of the walks of customers on one page.
func (s *Store) customerLines(ctx context.Context, scope people.Scope, customers []run.Customer) ([]CustomerLine, error) {
	out, ids := make([]CustomerLine, len(customers)), make([]int64, len(customers))
	for i, c := range customers {
		out[i].Customer, ids[i] = c, c.ID
	}
	type row struct {
		CustomerID    int64
		State         run.State
		LastContactAt time.Time
	}
	rows, err := all[row](identified(s.read(ctx).Table("runs").Select("customer_id, state, last_contact_at").Where("customer_id IN ?", some(ids)), scope).
		Session(&gorm.Session{}))
	if err != nil {
		return nil, err
	}
	for i := range out {
		for _, r := range rows {
			if r.CustomerID != out[i].ID {
				continue
			}
			out[i].Walks++
			if r.State == run.Open {
				out[i].Open++
			}
			if out[i].Last == nil || r.LastContactAt.After(*out[i].Last) {
				out[i].Last = &r.LastContactAt
			}
		}
	}
	return out, nil
}
