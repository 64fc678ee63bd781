package app_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// letters counts what left the house.
type letters struct{ atomic.Int32 }

func (l *letters) Send(context.Context, survey.Message) error {
	l.Add(1)
	return nil
}

func TestDrainDoesWhatIsDueWithAndWithoutBackground(t *testing.T) {
	for sentence, background := range map[string]bool{"with": true, "without": false} {
		t.Run(sentence, func(t *testing.T) {
			storetest.Exercise(t, func(t *testing.T, s *store.Store) {
				var passed atomic.Int64
				noon := time.Date(2026, 3, 4, 8, 30, 0, 0, time.UTC)
				sent := &letters{}
				a, err := app.On(s, config.Config{TimeZone: storetest.Zone}, sent, func() time.Time { return noon.Add(time.Duration(passed.Load())) })
				if err != nil {
					t.Fatal(err)
				}
				if background {
					stop, err := a.Background(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					defer stop()
				}
				_, err = s.Take(t.Context(), []ingest.Record{{Journey: ingest.Named{Key: "fibre"}, Run: "order-1", Ask: true, Completed: noon,
					Customer: ingest.Customer{Key: "c-1", Email: "c@example.org"},
					Contacts: []ingest.Contact{{Key: "1", Touchpoint: ingest.Named{Key: "shop"}, Started: noon.Add(-time.Hour)}}}})
				if err != nil {
					t.Fatal(err)
				}
				for _, step := range []struct {
					wait time.Duration
					sent int32
				}{{0, 0}, {25 * time.Hour, 1}, {time.Hour, 1}, {3 * 24 * time.Hour, 2}} {
					passed.Add(int64(step.wait))
					if err := a.Drain(t.Context()); err != nil {
						t.Fatal(err)
					}
					if n := sent.Load(); n != step.sent {
						t.Errorf("%d letters after another %v, want %d", n, step.wait, step.sent)
					}
				}
			})
		})
	}
}
