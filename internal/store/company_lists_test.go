package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

func TestWhoOpensFeedbackInTimeIsAReader(t *testing.T) {
	const patience = 7 * 24 * time.Hour
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		take(t, s, fibre("order-1", 2, at(5, 8), "a-1"))
		runs, err := s.RunsByKey(ctx, "order-1")
		if err != nil || len(runs) != 1 {
			t.Fatal(runs, err)
		}
		r, err := s.ResponseOf(ctx, runs[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		// Νίκος reads in the last moment, زهرا a second after it, Ann never.
		after := []time.Duration{patience, patience + time.Second}
		for _, rating := range r.Ratings {
			notices, err := s.NoticesOf(ctx, r.ID, rating.TouchpointID)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range notices {
				if n.Audience != feedback.ToEmployee || len(after) == 0 {
					continue
				}
				if err := s.MarkRead(ctx, n.EmployeeID, n.At.Add(after[0]), []feedback.Notice{n}); err != nil {
					t.Fatal(err)
				}
				after = after[1:]
			}
		}
		readers, err := s.ReadersBy(ctx, store.Span{}, patience)
		if err != nil || len(readers) == 0 || readers[0] != (store.Readers{Got: 3, Opened: 1}) {
			t.Errorf("%+v %v", readers, err)
		}
	})
}
