package server_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// together does things again and again at the same time; only being beaten to it or put off is forgiven.
func together(t *testing.T, times int, do ...func(n int) error) {
	t.Helper()
	var all sync.WaitGroup
	for _, f := range do {
		all.Go(func() {
			for n := range times {
				if err := f(n); err != nil && fault.KindOf(err) != fault.KindConflict && fault.KindOf(err) != fault.KindBusy && fault.KindOf(err) != fault.KindMissing {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestARatingIsMovedAndDisputedWhileItsAnswerChanges(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		keys, tokens := asked(w, 1)
		said := func(n int) feedback.Answer {
			x := 1 + n%5
			return feedback.Answer{Overall: &x, Comment: fmt.Sprint("گفته ", n), Language: i18n.Persian, Ratings: map[int64]int{w.Visit.ID: x, w.Shop.ID: 6 - x}}
		}
		r, err := w.App.Feedback.Answer(t.Context(), tokens[0], said(-1+5))
		if err != nil {
			t.Fatal(err)
		}
		nikos, zahra := w.Actor("nikos"), w.Actor("zahra")
		replies := []feedback.Reply{feedback.ReplyNotMe, feedback.ReplyThanks, feedback.ReplySystem}
		answered := 0
		together(t, 60,
			func(n int) error {
				_, err := w.App.Feedback.Answer(t.Context(), tokens[0], said(n))
				if err == nil {
					answered++
				}
				return err
			},
			func(n int) error {
				return w.App.Feedback.Reply(t.Context(), zahra, r.ID, w.Visit.ID, replies[n%len(replies)])
			},
			func(n int) error {
				return w.App.Feedback.Reply(t.Context(), zahra, r.ID, w.Visit.ID, replies[(n+1)%len(replies)])
			},
			func(n int) error {
				if n%3 > 0 {
					return nil
				}
				to := []int64{w.Zahra.ID, w.Nikos.ID}[n%2]
				return w.App.Feedback.Move(t.Context(), nikos, r.ID, w.Visit.ID, to, 0, "اشتباه")
			})
		now, err := w.App.Store.ResponseOf(t.Context(), w.RunOf(keys[0]).ID)
		if err != nil || now.ID != r.ID || now.Revision != r.Revision+answered || answered == 0 || len(now.Ratings) != 2 {
			t.Errorf("%+v %v", now, err)
		}
		unharmed(w)
	})
}
