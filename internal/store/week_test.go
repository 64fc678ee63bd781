package store_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// TestHolidaysAddedAtOnceAreAllKept begins with no week set, when there is no row yet to wait for.
func TestHolidaysAddedAtOnceAreAllKept(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		runs := &run.Service{Store: s, Ledger: s, Now: time.Now}
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				if _, err := runs.AddHolidays(t.Context(), people.System(), run.HolidayOn(int32(20_000+n), run.Once, i18n.Plain("x"))); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		w, err := s.Week(t.Context())
		if err != nil || len(w.Holidays) != 8 || !slices.Equal(w.Off, run.DefaultWeek().Off) {
			t.Errorf("kept are %+v (%v)", w, err)
		}
	})
}

func TestWhatBecomesOfHolidaysIsInTheLedger(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		runs := &run.Service{Store: s, Ledger: s, Now: time.Now}
		one, other := run.HolidayOn(20_000, run.Yearly, i18n.Plain("x")), run.HolidayOn(20_001, run.JalaliYears, i18n.Plain("y"))
		for sentence, c := range map[string]struct {
			actor people.Actor
			kind  fault.Kind
		}{
			"a manager may not add":         {people.Actor{UserID: 1, Manager: true}, fault.KindForbidden},
			"an administrator without name": {people.System(), fault.KindInvalid},
		} {
			if _, err := runs.AddHolidays(t.Context(), c.actor, run.Holiday{Repeats: run.Yearly, Month: 1, Day: 1}); fault.KindOf(err) != c.kind {
				t.Errorf("%s: %v", sentence, err)
			}
		}
		for _, step := range []struct {
			do   func() (int, error)
			want int
		}{
			{func() (int, error) { return runs.AddHolidays(t.Context(), people.System(), one, other) }, 2},
			{func() (int, error) { return runs.AddHolidays(t.Context(), people.System(), other) }, 0},
			{func() (int, error) { return 0, runs.RemoveHoliday(t.Context(), people.System(), one.Key()) }, 0},
			{func() (int, error) { return 0, runs.SetWeek(t.Context(), people.System(), []time.Weekday{time.Friday}) }, 0},
		} {
			if n, err := step.do(); err != nil || n != step.want {
				t.Fatalf("%d, %v; want %d", n, err, step.want)
			}
		}
		if err := runs.RemoveHoliday(t.Context(), people.System(), one.Key()); fault.KindOf(err) != fault.KindMissing {
			t.Errorf("removed again: %v", err)
		}
		w, err := s.Week(t.Context())
		if err != nil || len(w.Holidays) != 1 || w.Holidays[0].Key() != other.Key() || w.Holidays[0].Name.In(i18n.English) != "y" {
			t.Errorf("a new weekend leaves %+v (%v)", w.Holidays, err)
		}
		events, err := s.EventsOf(t.Context(), "policy", 0)
		var verbs []string
		for _, e := range events {
			verbs = append(verbs, e.Verb)
		}
		slices.Sort(verbs)
		if want := []string{event.WeekChanged, event.HolidayRemoved, event.HolidaysAdded}; err != nil || !slices.Equal(verbs, want) {
			t.Errorf("the ledger tells %v (%v)", verbs, err)
		}
	})
}
