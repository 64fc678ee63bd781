package survey_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

// again lets the customer of another run walk once more.
func again(key string) func(*ingest.Record) {
	return func(r *ingest.Record) { r.Customer.Key, r.Customer.Email = "c-"+key, key+"@customers.example" }
}

func plan(t *testing.T, w *surveytest.World, run int64) survey.Invitation {
	t.Helper()
	inv, err := w.Surveys.Plan(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func events(t *testing.T, w *surveytest.World, run int64) []string {
	t.Helper()
	all, err := w.Store.EventsOf(t.Context(), "run", run)
	if err != nil {
		t.Fatal(err)
	}
	var verbs []string
	for _, e := range all {
		if strings.HasPrefix(e.Verb, "invitation.") || e.Verb == event.CustomerOptedOut {
			verbs = append(verbs, e.Verb)
		}
	}
	slices.Reverse(verbs)
	return verbs
}

func TestEverySuppressionIsRecordedWithItsReason(t *testing.T) {
	for sentence, c := range map[string]struct {
		arrange func(t *testing.T, w *surveytest.World)
		change  func(*ingest.Record)
		want    string
	}{
		"a customer nobody knows":      {nil, func(r *ingest.Record) { r.Customer = ingest.Customer{} }, survey.BecauseNoCustomer},
		"no address":                   {nil, func(r *ingest.Record) { r.Customer.Email = "" }, survey.BecauseNoContact},
		"a run from the imported past": {nil, func(r *ingest.Record) { r.Ask = false }, survey.BecausePast},
		"asked a week ago": {func(t *testing.T, w *surveytest.World) {
			w.Ask(t, w.Run(t, "before"))
			w.Wait(surveytest.Days(7))
		}, again("before"), survey.BecauseQuarantine},
		"planned this very minute for another run": {func(t *testing.T, w *surveytest.World) { plan(t, w, w.Run(t, "before")) }, again("before"), survey.BecauseQuarantine},
		"answered three weeks ago": {func(t *testing.T, w *surveytest.World) {
			answer(t, w, w.Ask(t, w.Run(t, "before")), feedback.Answer{Comment: "خوب"})
			w.Wait(surveytest.Days(21))
		}, again("before"), survey.BecauseQuarantine},
		"an open case": {func(t *testing.T, w *surveytest.World) {
			before := w.Run(t, "before")
			answer(t, w, w.Ask(t, before), feedback.Answer{WantsContact: true})
			if err := w.Cases.Consider(t.Context(), before); err != nil {
				t.Fatal(err)
			}
			w.Wait(surveytest.Days(60))
		}, again("before"), survey.BecauseOpenCase},
		"asked as often as a year allows": {func(t *testing.T, w *surveytest.World) {
			p := survey.DefaultPolicy()
			p.YearlyCap = 1
			if err := w.Store.SaveContactPolicy(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			w.Ask(t, w.Run(t, "before"))
			w.Wait(surveytest.Days(300))
		}, again("before"), survey.BecauseYearlyCap},
		"opted out": {func(t *testing.T, w *surveytest.World) {
			if err := w.Surveys.OptOut(t.Context(), w.Ask(t, w.Run(t, "before"))); err != nil {
				t.Fatal(err)
			}
			w.Wait(surveytest.Days(300))
		}, again("before"), survey.BecauseOptedOut},
	} {
		t.Run(sentence, func(t *testing.T) {
			surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
				if c.arrange != nil {
					c.arrange(t, w)
				}
				run := w.Run(t, "now", c.change)
				letters := len(w.Box.All())
				inv := plan(t, w, run)
				if inv.State != survey.Suppressed || inv.Reason != c.want || inv.NextAt != nil {
					t.Errorf("%+v, want suppressed for %s", inv, c.want)
				}
				if got := events(t, w, run); !slices.Equal(got, []string{event.InvitationSuppressed}) {
					t.Errorf("the ledger says %v", got)
				}
				all, err := w.Store.EventsOf(t.Context(), "run", run)
				if err != nil || !slices.ContainsFunc(all, func(e event.Event) bool { return e.Particulars["reason"] == c.want }) {
					t.Errorf("the ledger does not tell the reason: %+v %v", all, err)
				}
				w.Wait(surveytest.Days(2))
				w.DeliverDue(t)
				for _, m := range w.Box.All()[letters:] {
					if m.Invitation.RunID == run {
						t.Error("a letter was sent all the same")
					}
				}
				for _, lang := range i18n.Languages {
					if !i18n.NewReader(lang, "", nil).Has(c.want) {
						t.Errorf("%s has no words in %s", c.want, lang)
					}
				}
			})
		})
	}
}

func answer(t *testing.T, w *surveytest.World, token string, a feedback.Answer) {
	t.Helper()
	if _, err := w.Feedback.Answer(t.Context(), token, a); err != nil {
		t.Fatal(err)
	}
}

func TestAnInvitationFromPlanToExpiry(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		run := w.Run(t, "o1")
		inv := plan(t, w, run)
		if again := plan(t, w, run); again.ID != inv.ID || len(events(t, w, run)) != 1 {
			t.Error("planning twice changed something")
		}
		if want := surveytest.Start.Add(23 * time.Hour); inv.State != survey.Planned || !inv.PlannedAt.Equal(want) {
			t.Fatalf("%s at %s, want planned a day after the end, %s", inv.State, inv.PlannedAt, want)
		}
		w.Turn(inv.PlannedAt.Add(-time.Minute))
		if n := w.DeliverDue(t); n != 0 {
			t.Error("sent too early")
		}
		w.Turn(inv.PlannedAt)
		sent := w.Now()
		day := func(n int) { w.Turn(sent.Add(surveytest.Days(n))) }
		for _, step := range []struct {
			day, letters int
			state        survey.State
		}{{0, 1, survey.Sent}, {1, 0, survey.Sent}, {2, 0, survey.Sent}, {3, 1, survey.Sent}, {4, 0, survey.Sent}, {6, 0, survey.Sent},
			{7, 1, survey.Sent}, {8, 0, survey.Sent}, {13, 0, survey.Sent}, {14, 0, survey.Expired}, {30, 0, survey.Expired}} {
			day(step.day)
			if n := w.DeliverDue(t); n != step.letters {
				t.Errorf("day %d: %d letters, want %d", step.day, n, step.letters)
			}
			if got := w.Invitation(t, run).State; got != step.state {
				t.Errorf("day %d: %s, want %s", step.day, got, step.state)
			}
		}
		tokens := map[string]bool{}
		for i, m := range w.Box.All() {
			tokens[m.Token] = true
			if m.Reminder != i {
				t.Errorf("letter %d is reminder %d", i, m.Reminder)
			}
			if _, err := w.Feedback.Sheet(t.Context(), m.Token); fault.KindOf(err) != fault.KindConflict {
				t.Errorf("letter %d opens an expired survey: %v", i, err)
			}
		}
		if len(tokens) != 3 {
			t.Errorf("%d different tokens in three letters", len(tokens))
		}
		want := []string{event.InvitationPlanned, event.InvitationSent, event.InvitationReminded, event.InvitationReminded, event.InvitationExpired}
		if got := events(t, w, run); !slices.Equal(got, want) {
			t.Errorf("the ledger says %v", got)
		}
	})
}

func TestAnAnswerEndsTheReminders(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		run := w.Run(t, "o1")
		first := w.Ask(t, run)
		w.Wait(surveytest.Days(3))
		w.DeliverDue(t)
		answer(t, w, first, feedback.Answer{Comment: "با پیوند نخست"})
		w.Wait(surveytest.Days(4))
		if n := w.DeliverDue(t); n != 0 || w.Invitation(t, run).State != survey.Answered {
			t.Errorf("%d letters after the answer", n)
		}
		if sheet, err := w.Feedback.Sheet(t.Context(), w.Box.All()[1].Token); err != nil || sheet.Before == nil {
			t.Errorf("the reminder's link leads elsewhere than the first: %v", err)
		}
	})
}

func TestQuietHoursHoldBackWhatIsDue(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		inv := plan(t, w, w.Run(t, "o1"))
		night := time.Date(2026, 3, 3, 18, 0, 0, 0, time.UTC) // 21:30 in Tehran: the night shift came late
		w.Turn(night)
		if n := w.DeliverDue(t); n != 0 {
			t.Fatal("disturbed somebody at night")
		}
		got := w.Invitation(t, inv.RunID)
		if want := time.Date(2026, 3, 4, 5, 30, 0, 0, time.UTC); got.NextAt == nil || !got.NextAt.Equal(want) {
			t.Fatalf("due at %v, want nine in the morning", got.NextAt)
		}
		w.Turn(*got.NextAt)
		if n := w.DeliverDue(t); n != 1 {
			t.Errorf("%d letters in the morning", n)
		}
	})
}

func TestOptingOutBetweenPlanAndSending(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		run := w.Run(t, "o1")
		inv := plan(t, w, run)
		c := w.Customer(t, run)
		now := w.Now()
		c.OptedOutAt = &now
		if err := w.Store.SaveCustomer(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		w.Turn(inv.PlannedAt)
		if n := w.DeliverDue(t); n != 0 {
			t.Error("asked all the same")
		}
		if got := w.Invitation(t, run); got.State != survey.Suppressed || got.Reason != survey.BecauseOptedOut || got.NextAt != nil {
			t.Errorf("%+v", got)
		}
	})
}

func TestOptingOutAfterALetterEndsTheReminders(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		run := w.Run(t, "o1")
		token := w.Ask(t, run)
		for range 2 {
			if err := w.Surveys.OptOut(t.Context(), token); err != nil {
				t.Fatal(err)
			}
		}
		w.Wait(surveytest.Days(3))
		if n := w.DeliverDue(t); n != 0 {
			t.Error("reminded all the same")
		}
		want := []string{event.InvitationPlanned, event.InvitationSent, event.CustomerOptedOut, event.InvitationSuppressed}
		if got := events(t, w, run); !slices.Equal(got, want) {
			t.Errorf("the ledger says %v", got)
		}
	})
}

func TestABounceIsFinal(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		run := w.Run(t, "o1")
		inv := plan(t, w, run)
		w.Turn(inv.PlannedAt)
		w.Box.Fail(errors.Join(survey.ErrBounced, errors.New("550 5.1.1")))
		w.DeliverDue(t)
		if got := w.Invitation(t, run); got.State != survey.Bounced || got.Reason != "invitation.bounced" || got.NextAt != nil || got.Attempts != 1 {
			t.Errorf("%+v", got)
		}
		w.Box.Fail(nil)
		w.Wait(surveytest.Days(1))
		if n := w.DeliverDue(t); n != 0 {
			t.Error("tried again")
		}
		next := plan(t, w, w.Run(t, "o2", again("o1")))
		if next.State != survey.Planned {
			t.Errorf("a letter that never arrived counts as having been asked: %s", next.Reason)
		}
	})
}

func TestWhatFailsForNowIsTriedAgain(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		run := w.Run(t, "o1")
		inv := plan(t, w, run)
		w.Turn(inv.PlannedAt)
		w.Box.Fail(errors.New("450 4.2.0"))
		for attempt, pause := range []time.Duration{2, 4, 8} {
			w.DeliverDue(t)
			got := w.Invitation(t, run)
			if got.State != survey.Planned || got.Attempts != attempt+1 || got.Reason != "invitation.not_sent" || !got.NextAt.Equal(w.Now().Add(pause*time.Minute)) {
				t.Fatalf("attempt %d: %+v", attempt+1, got)
			}
			w.Turn(*got.NextAt)
		}
		w.Box.Fail(nil)
		if n := w.DeliverDue(t); n != 1 {
			t.Errorf("%d letters once the mail server answers", n)
		}
		got := w.Invitation(t, run)
		if got.State != survey.Sent || got.Attempts != 0 || got.Reason != "" || !got.ExpiresAt.Equal(w.Now().Add(surveytest.Days(14))) {
			t.Errorf("%+v, want fourteen days from the letter that arrived", got)
		}
	})
}

func TestALetterWaitsForAMailServerToBeSetUp(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		run := w.Run(t, "o1")
		inv := plan(t, w, run)
		w.Turn(inv.PlannedAt)
		w.Box.Fail(fault.Conflict("deliver.mail_not_configured"))
		for range 8 {
			w.DeliverDue(t)
			got := w.Invitation(t, run)
			if got.State != survey.Planned || got.Attempts != 0 || got.Reason != "deliver.mail_not_configured" || !got.NextAt.After(w.Now()) {
				t.Fatalf("%+v", got)
			}
			w.Turn(*got.NextAt)
		}
		w.Box.Fail(nil)
		if n := w.DeliverDue(t); n != 1 {
			t.Errorf("%d letters once there is one", n)
		}
	})
}

func TestWhatNeverWorksCountsAsBounced(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		run := w.Run(t, "o1")
		inv := plan(t, w, run)
		w.Turn(inv.PlannedAt)
		w.Box.Fail(errors.New("the line is dead"))
		for range 6 {
			w.DeliverDue(t)
			if next := w.Invitation(t, run).NextAt; next != nil {
				w.Turn(*next)
			}
		}
		if got := w.Invitation(t, run); got.State != survey.Bounced || got.Attempts != 6 || got.Reason != "invitation.not_sent" {
			t.Errorf("%+v", got)
		}
	})
}

func TestHandingALinkOver(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		walkIn := w.Run(t, "walk-in", func(r *ingest.Record) { r.Customer = ingest.Customer{} })
		token, err := w.Surveys.HandOver(t.Context(), walkIn)
		if err != nil {
			t.Fatal(err)
		}
		answer(t, w, token, feedback.Answer{Comment: "ممنون"})
		planned := w.Run(t, "planned")
		plan(t, w, planned)
		if _, err := w.Surveys.HandOver(t.Context(), planned); err != nil {
			t.Fatal(err)
		}
		for range 30 {
			w.Wait(12 * time.Hour)
			if n := w.DeliverDue(t); n != 0 {
				t.Fatal("a letter follows a link that was handed over")
			}
		}
		if got := w.Invitation(t, planned); got.State != survey.Expired {
			t.Errorf("handed over and never used: %s", got.State)
		}
		for sentence, c := range map[string]struct {
			run  int64
			want string
		}{
			"an expired one":       {planned, "invitation.over"},
			"one answered already": {walkIn, "invitation.answered_already"},
			"the past":             {w.Run(t, "past", func(r *ingest.Record) { r.Ask = false }), survey.BecausePast},
		} {
			_, err := w.Surveys.HandOver(t.Context(), c.run)
			if f := fault.Of(err); f == nil || f.Kind != fault.KindConflict || f.Key != c.want {
				t.Errorf("%s: %v, want %s", sentence, err, c.want)
			}
		}
		w.Verify(t)
	})
}
