package casework_test

import (
	"errors"
	"testing"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

// compensating sets the company's rules of what may be given.
func compensating(t *testing.T, w *surveytest.World, o casework.Compensation) {
	t.Helper()
	rules := casework.DefaultRules()
	rules.Compensation = o
	if err := w.Store.SaveCaseRules(t.Context(), 0, &rules); err != nil {
		t.Fatal(err)
	}
}

// TestWhatMayBeGiven: fifty in one case, eighty to one customer in a year, and more with a manager.
func TestWhatMayBeGiven(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		ann := people.Actor{UserID: 9, Manager: true}
		give := func(key, customer string, minor int64, manager bool) error {
			t.Helper()
			run := w.Run(t, key, func(r *ingest.Record) { r.Customer.Key = customer })
			if err := w.Cases.Raise(t.Context(), run, casework.Trigger{Kind: casework.Contact, At: w.Now()}); err != nil {
				t.Fatal(err)
			}
			c := casesOf(t, w, run)[0]
			_, err := w.Cases.Attempt(t.Context(), ann, c.ID, casework.Tried{Channel: "call", Result: casework.Reached})
			_, err2 := w.Cases.Code(t.Context(), ann, c.ID, "promise")
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			by := people.Actor{UserID: 1, EmployeeID: employee(t, w, "olga"), Leads: []int64{c.JourneyID}}
			if manager {
				by = ann
			}
			c, err = w.Cases.Propose(t.Context(), by, c.ID, casework.Solved{Solution: "repaired", CompensationMinor: minor})
			if err != nil {
				return err
			}
			if c.CompensationMinor != minor || c.Currency != "EUR" {
				t.Errorf("given %d %s, want %d", c.CompensationMinor, c.Currency, minor)
			}
			events, err := w.Store.EventsOf(t.Context(), "case", c.ID)
			if err != nil || events[0].Verb != event.CaseProposed || events[1].Verb != event.CaseCompensated || events[1].Particulars["currency"] != "EUR" {
				t.Errorf("the ledger says %+v %v", events[:2], err)
			}
			_, err = w.Cases.Verdict(t.Context(), surveytest.Link(t, w.Store, c), true, "")
			return err
		}
		refused(t, "without a currency", give("n1", "none", 100, true), "cases.no_currency")
		compensating(t, w, casework.Compensation{FromDays: 1, MostMinor: 50_00, MostYearMinor: 80_00, Currency: "EUR"})
		for _, x := range []struct {
			sentence, run, customer string
			minor                   int64
			manager                 bool
			refused                 string
		}{
			{"as much as one case may cost", "a1", "a", 50_00, false, ""},
			{"a cent more", "b1", "b", 50_01, false, "cases.compensation_most"},
			{"a manager gives more", "c1", "c", 90_00, true, ""},
			{"what is left of her year", "a2", "a", 30_00, false, ""},
			{"another cent in it", "a3", "a", 1, false, "cases.compensation_year"},
			{"another customer's year", "d1", "d", 30_00, false, ""},
		} {
			err := give(x.run, x.customer, x.minor, x.manager)
			if x.refused != "" {
				refused(t, x.sentence, err, x.refused)
			} else if err != nil {
				t.Errorf("%s: %v", x.sentence, err)
			}
		}
		w.Wait(surveytest.Days(366))
		if err := give("a4", "a", 50_00, false); err != nil {
			t.Errorf("a year later: %v", err)
		}
	})
}
