package casework_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

func kinds(triggers []casework.Trigger) []casework.Kind {
	out := make([]casework.Kind, len(triggers))
	for i, t := range triggers {
		out[i] = t.Kind
	}
	slices.Sort(out)
	return out
}

// answered tells what a customer said, with the errand it left done n times at once.
func answered(t *testing.T, w *surveytest.World, run int64, a feedback.Answer, n int) []casework.Case {
	t.Helper()
	if _, err := w.Feedback.Answer(t.Context(), w.Ask(t, run), a); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if err := w.Cases.Consider(t.Context(), run); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return casesOf(t, w, run)
}

func casesOf(t *testing.T, w *surveytest.World, run int64) []casework.Case {
	t.Helper()
	cases, err := w.Store.CasesOf(t.Context(), w.Customer(t, run).ID)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestTheSameErrandTwiceOpensOneCase(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		one := 1
		cases := answered(t, w, w.Run(t, "o1"), feedback.Answer{Overall: &one, WantsContact: true}, 4)
		if len(cases) != 1 {
			t.Fatalf("%d cases", len(cases))
		}
		c := cases[0]
		triggers, err := w.Store.TriggersOf(t.Context(), c.ID)
		if want := []casework.Kind{casework.Contact, casework.LowOverall}; err != nil || !slices.Equal(kinds(triggers), want) {
			t.Errorf("triggers %v %v, want %v", kinds(triggers), err, want)
		}
		steps, err := w.Store.StepsOf(t.Context(), c.ID)
		if err != nil || steps[0].Kind != casework.StepOpened || slices.ContainsFunc(steps, func(s casework.Step) bool { return s.Kind == casework.StepTriggered }) {
			t.Errorf("steps %+v %v", steps, err)
		}
		if c.State != casework.Open || c.Severity != casework.Grave || c.ContactDue.Sub(c.ClockAt) < 24*time.Hour || c.NextAt == nil {
			t.Errorf("case %+v", c)
		}
	})
}

func TestAGoodAnswerOpensNone(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		five := 5
		if cases := answered(t, w, w.Run(t, "o1"), feedback.Answer{Overall: &five, Comment: "عالی بود"}, 1); len(cases) != 0 {
			t.Errorf("cases %+v", cases)
		}
	})
}

func TestValueRaisesWhatIsNoAnswerToo(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		run := w.Run(t, "o1")
		customer := w.Customer(t, run)
		customer.ValueMinor = 1_000_00
		if err := w.Store.SaveCustomer(t.Context(), customer); err != nil {
			t.Fatal(err)
		}
		if err := w.Store.WorkOutValueLine(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.Cases.Raise(t.Context(), run, casework.Trigger{Kind: casework.Complaint, At: w.Now()}); err != nil {
			t.Fatal(err)
		}
		if cases := casesOf(t, w, run); len(cases) != 1 || cases[0].Severity != casework.Grave {
			t.Errorf("a complaint of a customer of high value: %+v", cases)
		}
	})
}

func TestASecondComplaintIsAnotherReason(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		run := w.Run(t, "o1")
		hear := func(source int64) []casework.Case {
			t.Helper()
			if err := w.Cases.Raise(t.Context(), run, casework.Trigger{Kind: casework.Complaint, SourceID: source, At: w.Now()}); err != nil {
				t.Fatal(err)
			}
			return casesOf(t, w, run)
		}
		c := hear(1)[0]
		if hear(2); told(t, w, c.ID) != "opened, triggered" {
			t.Errorf("told %s", told(t, w, c.ID))
		}
		if hear(2); told(t, w, c.ID) != "opened, triggered" {
			t.Errorf("the same again: told %s", told(t, w, c.ID))
		}
		now := w.Now()
		c = again(t, w, c.ID)
		c.State, c.ClosedAt, c.NextAt = casework.Verified, &now, nil
		if err := w.Store.SaveCase(t.Context(), &c); err != nil {
			t.Fatal(err)
		}
		if cases := hear(2); len(cases) != 1 {
			t.Errorf("what has had its case opens %d", len(cases))
		}
		if cases := hear(3); len(cases) != 2 {
			t.Errorf("complaining anew opens %d cases in all", len(cases))
		}
	})
}
