package casework_test

import (
	"testing"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

func TestWhatSheSaysOnThePhone(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		c, olga, token := proposed(t, w, "o1")
		ctx := people.With(t.Context(), olga)
		question := func(by string) error { _, err := w.Cases.AskAgain(ctx, olga, c.ID, by); return err }
		refused(t, "by a way that she has not", question("sms"), "cases.no_address")
		for range 3 {
			if err := question("mail"); err != nil {
				t.Fatal(err)
			}
		}
		refused(t, "a fourth time", question("mail"), "cases.asked_enough")
		mails, err := w.Store.MailsOf(ctx, c.ID)
		if err != nil || len(mails) != 3 || mails[0].Kind != casework.MailAgain || mails[0].NextAt == nil || mails[0].NextAt.After(w.Now()) {
			t.Errorf("letters %+v %v", mails, err)
		}
		if c = again(t, w, c.ID); c.State != casework.Proposed {
			t.Errorf("asking says nothing for her: %s", c.State)
		}
		if c, err = w.Cases.Deny(ctx, olga, c.ID, "call", "it has failed again"); err != nil || c.State != casework.Working || c.Reopened != 1 || !c.ClockAt.Equal(w.Now()) {
			t.Fatalf("she says no: %+v %v", c, err)
		}
		steps, err := w.Store.StepsOf(ctx, c.ID)
		if last := steps[len(steps)-1]; err != nil || last.Kind != casework.StepVerdict || last.Channel != "call" || last.ActorID != olga.UserID || last.Words != "it has failed again" {
			t.Errorf("told %+v %v", last, err)
		}
		_, err = w.Cases.Deny(ctx, olga, c.ID, "call", "it has failed again")
		refused(t, "who is not asked", err, "cases.not_asked")
		_, err = w.Cases.Verdict(ctx, token, true, "")
		refused(t, "by the link of the question before", err, "cases.link_over")
	})
}
