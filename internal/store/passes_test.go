package store

import (
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/ingest"
)

// came is a run that met touchpoints, each at so many days after 4 March.
func came(key string, met map[string]int) ingest.Record {
	r := ingest.Record{Journey: ingest.Named{Key: "fibre"}, Run: key}
	for touchpoint, day := range met {
		r.Contacts = append(r.Contacts, ingest.Contact{Key: fmt.Sprint(key, touchpoint, day), Touchpoint: ingest.Named{Key: touchpoint},
			Started: time.Date(2026, 3, 4+day, 9, 0, 0, 0, time.UTC)})
	}
	return r
}

// TestWhoPassedIsCountedOnceOnTheDayOfTheFirstContact whatever order contacts come in, and however often they are sent.
func TestWhoPassedIsCountedOnceOnTheDayOfTheFirstContact(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		fourth := int32(time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC).Unix() / 86400)
		for _, story := range []struct {
			says        string
			taken       []ingest.Record
			early, late int // who passed the shop on the first two days, and later
		}{
			{"two runs", []ingest.Record{came("a", map[string]int{"shop": 3, "call": 0}), came("b", map[string]int{"shop": 5})}, 0, 2},
			{"the same again", []ingest.Record{came("a", map[string]int{"shop": 3})}, 0, 2},
			{"she comes once more", []ingest.Record{came("a", map[string]int{"shop": 9})}, 0, 2},
			{"an earlier contact is told of late", []ingest.Record{came("a", map[string]int{"shop": 1})}, 1, 1},
			{"twice in one batch, of a new run", []ingest.Record{came("c", map[string]int{"shop": 7}), came("c", map[string]int{"shop": 0})}, 2, 1},
		} {
			if _, err := s.Take(t.Context(), story.taken); err != nil {
				t.Fatal(err)
			}
			if differs := s.verified(t); len(differs) > 0 {
				t.Errorf("%s: verify: %v", story.says, differs)
			}
			j, err := s.JourneyByKey(t.Context(), "fibre")
			if err != nil {
				t.Fatal(err)
			}
			touchpoints, err := s.Touchpoints(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			shop := map[string]int64{}
			for _, tp := range touchpoints {
				shop[tp.Key] = tp.ID
			}
			early, err := s.PassedOn(t.Context(), j.ID, math.MinInt32, fourth+1)
			if err != nil {
				t.Fatal(err)
			}
			late, err := s.PassedOn(t.Context(), j.ID, fourth+2, math.MaxInt32)
			if err != nil {
				t.Fatal(err)
			}
			if early.Runs[shop["shop"]] != story.early || late.Runs[shop["shop"]] != story.late {
				t.Errorf("%s: early %v, late %v, want %d and %d", story.says, early.Runs, late.Runs, story.early, story.late)
			}
		}
	})
}

// TestContactsOfOneRunThatComeAtOnceCountItOnce though each of several batches is the first to tell of the touchpoint.
func TestContactsOfOneRunThatComeAtOnceCountItOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		if _, err := s.Take(t.Context(), []ingest.Record{came("a", map[string]int{"call": 0})}); err != nil {
			t.Fatal(err)
		}
		var takers sync.WaitGroup
		for day := range 8 {
			takers.Go(func() {
				if err := s.retry(func() error {
					_, err := s.Take(t.Context(), []ingest.Record{came("a", map[string]int{"shop": day})})
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
		takers.Wait()
		if differs := s.verified(t); len(differs) > 0 {
			t.Errorf("verify: %v", differs)
		}
	})
}
