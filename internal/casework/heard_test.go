package casework_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

func TestAReasonThatIsTakenBack(t *testing.T) {
	complaint, call := casework.Trigger{Kind: casework.Complaint}, casework.Trigger{Kind: casework.Contact}
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		olga := people.Actor{UserID: 1, Manager: true}
		attempt := func(c casework.Case) error {
			_, err := w.Cases.Attempt(t.Context(), olga, c.ID, casework.Tried{Channel: "call", Result: casework.NoAnswer})
			return err
		}
		counted := int64(0)
		for key, x := range map[string]struct {
			sentence    string
			told, still []casework.Trigger
			other       bool // somebody else has told something too
			before      func(casework.Case) error
			state       casework.State
			why         []casework.Kind
		}{
			"o1": {sentence: "and was the only one", told: []casework.Trigger{complaint}, state: casework.Withdrawn},
			"o2": {sentence: "of two by the same", told: []casework.Trigger{complaint, call}, still: []casework.Trigger{call}, state: casework.Open, why: []casework.Kind{casework.Contact}},
			"o3": {sentence: "beside somebody else's", told: []casework.Trigger{complaint}, other: true, state: casework.Open, why: []casework.Kind{casework.Complaint}},
			"o4": {sentence: "once she was called", told: []casework.Trigger{complaint}, before: attempt, state: casework.Open},
			"o5": {sentence: "for a place that was wrong", told: []casework.Trigger{complaint}, still: []casework.Trigger{{Kind: casework.Complaint, TouchpointID: 5}}, state: casework.Open,
				why: []casework.Kind{casework.Complaint}},
		} {
			run := w.Run(t, key)
			source := run + 1
			hear := func(reasons ...casework.Trigger) casework.Case {
				t.Helper()
				if err := w.Cases.Hear(t.Context(), source, run, slices.Clone(reasons)...); err != nil {
					t.Fatal(err)
				}
				return casesOf(t, w, run)[0]
			}
			c := hear(x.told...)
			if x.other {
				if err := w.Cases.Hear(t.Context(), run+2, run, casework.Trigger{Kind: casework.Complaint}); err != nil {
					t.Fatal(err)
				}
			}
			if x.before != nil {
				if err := x.before(c); err != nil {
					t.Fatal(err)
				}
			}
			hear(x.still...)
			c = hear(x.still...) // the errand comes twice
			triggers, err := w.Store.TriggersOf(t.Context(), c.ID)
			if c.State != x.state || c.Closed() != (x.state == casework.Withdrawn) || err != nil || !slices.Equal(kinds(triggers), append([]casework.Kind{}, x.why...)) {
				t.Errorf("%s: %s with %v, want %s with %v (%v)", x.sentence, c.State, kinds(triggers), x.state, x.why, err)
			}
			if got := told(t, w, c.ID); strings.Count(got, "taken_back complaint") != 1 {
				t.Errorf("%s: told %s", x.sentence, got)
			}
			if !c.Closed() {
				counted++
			}
		}
		counts, err := w.Store.CaseCounts(t.Context(), insight.CaseSpan{Scope: olga.Scope(), Whole: true}, w.Now())
		if err != nil || counts[0].Opened != counted {
			t.Errorf("counted %+v, want %d (%v)", counts, counted, err)
		}
	})
}
