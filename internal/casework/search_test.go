package casework_test

import (
	"slices"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

// stillOn makes a run that has not ended, with what befell its visit and one more contact there.
func stillOn(visit func(*ingest.Contact), more ...ingest.Contact) func(*ingest.Record) {
	return func(r *ingest.Record) {
		r.Completed = time.Time{}
		visit(&r.Contacts[2])
		r.Contacts = append(r.Contacts, more...)
	}
}

func TestWhatNoAnswerTellsIsFoundOnce(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		due := w.Now().Add(time.Hour)
		promised := w.Run(t, "promised", stillOn(func(c *ingest.Contact) { c.PromiseDue = due }))
		kept := w.Run(t, "kept", stillOn(func(c *ingest.Contact) { c.PromiseDue, c.PromiseKept = due, due }))
		past := w.Run(t, "past", stillOn(func(c *ingest.Contact) { c.PromiseDue = due }), func(r *ingest.Record) { r.Ask = false })
		no := false
		more := func(key string, before time.Duration) ingest.Contact {
			return ingest.Contact{Key: key, Touchpoint: ingest.Named{Key: "visit"}, Started: w.Now().Add(-before), Ended: w.Now()}
		}
		again := w.Run(t, "again", stillOn(func(c *ingest.Contact) { c.Resolved = &no }, more("again/4", 2*time.Minute), more("again/5", time.Minute)))
		search := func(sentence string, want map[int64][]casework.Kind) {
			t.Helper()
			if err := w.Cases.Search(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, run := range []int64{promised, kept, past, again} {
				var got []casework.Kind
				for _, c := range casesOf(t, w, run) {
					triggers, err := w.Store.TriggersOf(t.Context(), c.ID)
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, kinds(triggers)...)
				}
				if !slices.Equal(got, want[run]) {
					t.Errorf("%s: %v, want %v", sentence, got, want[run])
				}
			}
		}
		repeated := []casework.Kind{casework.Repeated}
		search("the promise is not due yet", map[int64][]casework.Kind{again: repeated})
		w.Wait(20 * time.Hour)
		search("it is some hours late", map[int64][]casework.Kind{again: repeated})
		w.Wait(6 * time.Hour)
		found := map[int64][]casework.Kind{again: repeated, promised: {casework.Promise}}
		search("it is a day late", found)
		search("and once more", found)
		w.Wait(surveytest.Days(2))
		search("two days later", found)
	})
}

func TestWhoIsAwayIsHandedNothing(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		c, olga := opened(t, w, "o1")
		zahra, nikos := employee(t, w, "zahra"), employee(t, w, "nikos")
		today := i18n.Day(w.Now(), storetest.Zone)
		if err := w.Store.SaveAbsence(t.Context(), people.Absence{ID: 1, EmployeeID: zahra, FromDay: today, UntilDay: today, SubstituteID: nikos, CreatedAt: w.Now()}); err != nil {
			t.Fatal(err)
		}
		_, err := w.Cases.HandOver(t.Context(), olga, c.ID, c.OwnerID, zahra, "she was there")
		if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Key != "cases.away" {
			t.Errorf("to who is away: %v", err)
		}
		w.Wait(surveytest.Days(1))
		if c, err = w.Cases.HandOver(t.Context(), olga, c.ID, c.OwnerID, zahra, "she was there"); err != nil || c.OwnerID != zahra {
			t.Errorf("once she is back: %+v %v", c, err)
		}
	})
}
