package bench

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
)

// naive is the obvious way to take an answer in, kept as a reference: one transaction of GORM for each, with the figures
// counted in it. Whom the answer concerns was found out before and costs it nothing.
func (g *ground) naive(ctx context.Context, c *crowd, i int) error {
	a, setting := c.answer(i), c.settings[c.runs[i]]
	said := feedback.Said{At: time.Now().UTC().Truncate(time.Microsecond), Scale: setting.Survey.Scale, Overall: a.Overall, Comment: a.Comment, Language: a.Language}
	for _, t := range c.touched[i] {
		said.Ratings = append(said.Ratings, feedback.SaidRating{TouchpointID: t, Scale: setting.Survey.TouchpointScale, Value: a.Ratings[t]})
	}
	r := feedback.Compose(said, setting)
	ratings := store.Packed(r.Ratings)
	return g.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var attributions []feedback.Attribution
		for _, rating := range r.Ratings {
			attributions = append(attributions, rating.Attributions...)
		}
		line := eventRow{ID: id.New(), At: said.At, Verb: event.ResponseAnswered, SubjectKind: "run", SubjectID: r.RunID, Particulars: `{"revision":1}`}
		for _, step := range []func() error{
			func() error {
				return tx.Exec("UPDATE invitations SET state = 'answered', answered_at = ?, opened_at = ?, next_at = NULL WHERE run_id = ?", said.At, said.At, r.RunID).Error
			},
			func() error { return tx.Table("responses").Create(&r).Error },
			func() error { return tx.Table("packed_ratings").Create(&ratings).Error },
			func() error { return tx.Table("further_attributions").Create(&attributions).Error },
			func() error { return tx.Table("notices").Create(&r.Notices).Error },
			func() error { return tx.Table("events").Create(&line).Error },
			func() error { return countIn(tx, r.Deltas(+1)) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
}

type eventRow struct {
	ID          int64
	At          time.Time
	Verb        string
	SubjectKind string
	SubjectID   int64
	ActorID     int64
	Particulars string
}

// countIn adds an answer to the figures, cell by cell, in one order so that nobody waits in a circle.
func countIn(tx *gorm.DB, deltas []feedback.Delta) error {
	slices.SortFunc(deltas, func(a, b feedback.Delta) int {
		return cmp.Or(cmp.Compare(a.Dim, b.Dim), cmp.Compare(a.ID, b.ID), cmp.Compare(a.TouchpointID, b.TouchpointID), cmp.Compare(a.Day, b.Day))
	})
	for _, d := range deltas {
		t := d.Add(stat.Tally{})
		args := []any{string(d.Dim), d.ID, d.JourneyID, d.TouchpointID, d.Scale, d.Day, t.N, t.Sum, t.SumSq}
		for _, n := range t.Counts {
			args = append(args, n)
		}
		if err := tx.Exec(addCell, append(args, t.Below, t.Met, t.Above)...).Error; err != nil {
			return err
		}
	}
	return nil
}

var addCell = func() string {
	sums := []string{"n", "sum", "sumsq", "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "below", "met", "above"}
	set := make([]string, len(sums))
	for i, c := range sums {
		set[i] = c + " = marginals." + c + " + excluded." + c
	}
	return "INSERT INTO marginals (dim, id, journey_id, touchpoint_id, scale, day, " + strings.Join(sums, ", ") + ") VALUES (" +
		strings.Repeat("?, ", 22) + "?) ON CONFLICT (dim, id, journey_id, touchpoint_id, scale, day) DO UPDATE SET " + strings.Join(set, ", ")
}()
