package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// ended is a run from shop to visit that was over on that day of March at noon; the visit came two days before, a day after the shop.
func ended(key string, day int) ingest.Record {
	r := fibre(key, 5, time.Time{}, "")
	r.Answer, r.Completed = nil, at(day, 12)
	r.Contacts[0].Started, r.Contacts[1].Started = at(day-3, 12), at(day-2, 12)
	return r
}

func TestWalksOfAJourney(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		for i := range 6 {
			r := ended(fmt.Sprint("early-", i), 10)
			due, kept := at(8, 0), at(8+i/5*4, 0) // the last one is kept four days late
			r.Contacts[0].PromiseDue, r.Contacts[0].PromiseKept = due, kept
			take(t, s, r)
		}
		for i := range 5 {
			take(t, s, ended(fmt.Sprint("late-", i), 20))
		}
		open := ended("open", 20)
		open.Completed = time.Time{}
		take(t, s, open)
		elsewhere := ended("elsewhere", 20)
		elsewhere.Journey = ingest.Named{Key: "bill", Name: "My bill"}
		take(t, s, elsewhere)
		giveUp(t, s, "late-0")

		runs, err := s.RunsByKey(ctx, "early-0")
		if err != nil {
			t.Fatal(err)
		}
		service := &insight.Service{Store: s, Zone: storetest.Zone, Now: func() time.Time { return at(30, 0) }}
		ask := func(from, to time.Time) insight.Walks {
			t.Helper()
			day := func(x time.Time) int32 {
				if x.IsZero() {
					return 0
				}
				return i18n.Day(x, storetest.Zone)
			}
			w, err := service.Walks(ctx, runs[0].JourneyID, day(from), day(to))
			if err != nil {
				t.Fatal(err)
			}
			return w
		}
		for sentence, c := range map[string]struct {
			from, to time.Time
			walks    int64
		}{
			"all that ended, of this journey, and none that is open": {time.Time{}, time.Time{}, 11},
			"the first day counts":  {at(20, 0), time.Time{}, 5},
			"the last day counts":   {time.Time{}, at(10, 0), 6},
			"nothing ended between": {at(11, 0), at(19, 0), 0},
		} {
			if got := ask(c.from, c.to); got.Walks != c.walks || got.Bounded {
				t.Errorf("%s: %d walks, want %d", sentence, got.Walks, c.walks)
			}
		}
		whole := ask(time.Time{}, time.Time{})
		if len(whole.Places) != 2 {
			t.Fatalf("places: %+v", whole.Places)
		}
		shop, visit := whole.Places[0], whole.Places[1]
		if shop.Visits != 11 || shop.Promises != 6 || shop.Kept != 5 || shop.Waits != 0 {
			t.Errorf("shop: %+v", shop)
		}
		if visit.Wait != 24*time.Hour || visit.Waits != 11 || whole.Names[visit.ID].In(i18n.Persian) != "ویزیت نصاب" {
			t.Errorf("visit: %+v, %v", visit, whole.Names)
		}
		// Ten reached the end and one gave up: that one is merged.
		if whole.Other != 1 || len(whole.Transitions) != 3 || whole.Transitions[0] != (stat.Transition{From: stat.Start, To: shop.ID, N: 11, Walks: 11, Share: 1}) {
			t.Errorf("other %d, transitions %+v", whole.Other, whole.Transitions)
		}
		latest, err := s.WalksOn(ctx, runs[0].JourneyID, time.Time{}, time.Time{}, 5)
		if err != nil || len(latest) != 10 || !latest[0].StartedAt.After(at(15, 0)) {
			t.Errorf("the latest five runs: %d contacts, %v", len(latest), err)
		}
	})
}

func giveUp(t *testing.T, s *store.Store, key string) {
	t.Helper()
	ctx := context.Background()
	runs, err := s.RunsByKey(ctx, key)
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	runs[0].State = run.Abandoned
	if err := s.SaveRun(ctx, runs[0]); err != nil {
		t.Fatal(err)
	}
}
