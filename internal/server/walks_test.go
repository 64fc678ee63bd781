package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/testkit/browser"
)

// walker goes from question to answer as a person does, and counts what she has to click.
type walker struct {
	t      *testing.T
	ctx    context.Context
	clicks int
}

// click opens what a person sees and clicks on; what comes must have arrived before she goes on.
func (w *walker) click(selector, arrived string) {
	w.t.Helper()
	w.clicks++
	do(w.t, w.ctx, chromedp.Click(selector), chromedp.WaitVisible(arrived))
}

func (w *walker) reads(selector string) string {
	w.t.Helper()
	return evaluate[string](w.t, w.ctx, `[...document.querySelectorAll("`+selector+`")].map(e => e.innerText).join(" | ")`)
}

// ago moves a record into the past: its contacts, its end and its answer.
func ago(r ingest.Record, d time.Duration) ingest.Record {
	for i := range r.Contacts {
		r.Contacts[i].Started = r.Contacts[i].Started.Add(-d)
	}
	r.Completed = r.Completed.Add(-d)
	if r.Answer != nil {
		r.Answer.At = r.Answer.At.Add(-d)
	}
	return r
}

// TestAnEmployeeFindsHerUnhappyCustomersOfLastWeekAndWhy: "which of my customers was unhappy last week and why", from the
// address of the company in two clicks at most.
func TestAnEmployeeFindsHerUnhappyCustomersOfLastWeekAndWhy(t *testing.T) {
	for engine, width := range map[string]int{"sqlite": 1280, "postgres": 360} {
		t.Run(engine, func(t *testing.T) {
			w := servertest.Open(t, engine)
			late := w.Answered("order-1", 1, "نه روز دیرتر از قول آمدند")
			late.Contacts[0].Started = w.Now().Add(-14 * 24 * time.Hour)
			late.Contacts[0].PromiseDue = w.Now().Add(-10 * 24 * time.Hour)
			late.Contacts[0].PromiseKept = late.Contacts[1].Started
			unsolved := w.Answered("order-2", 2, "Δεν λύθηκε τίποτα")
			no := false
			unsolved.Contacts[1].Resolved = &no
			old := ago(w.Answered("order-3", 1, "long ago"), 20*24*time.Hour)
			others := w.Answered("order-4", 1, "somebody else’s")
			others.Contacts[1].People = []ingest.Person{{Employee: ingest.Named{Key: w.Boris.Key}, Team: []string{"Field", "South"}}}
			w.Take(late, unsolved, old, others, w.Answered("order-5", 5, "excellent"), w.Answered("order-6", 4, "fine"))

			ctx := browser.Open(t, browser.Viewport(width, 800))
			signIn(t, ctx, w, "zahra")
			she := &walker{t: t, ctx: ctx}
			do(t, ctx, chromedp.Navigate(w.URL+"/"), chromedp.WaitVisible("#lately"))
			photograph(t, ctx, "walk-employee-1-"+engine)
			for _, words := range []string{"2 of the 4 customers", "promise was broken (1)", "long wait (1)", "not solved (1)"} {
				if got := she.reads("#lately"); !strings.Contains(got, words) {
					t.Errorf("the page does not open with %q: %q", words, got)
				}
			}
			she.click("#lately a", `.quote-negative`)
			photograph(t, ctx, "walk-employee-2-"+engine)
			if she.clicks > 2 {
				t.Errorf("it took %d clicks", she.clicks)
			}
			all := she.reads(".quote")
			for _, words := range []string{"نه روز دیرتر از قول آمدند", "Δεν λύθηκε τίποτα", "1 of 5", "2 of 5", "Visit", "of waiting before this contact", "kept", "Not solved at this contact"} {
				if !strings.Contains(all, words) {
					t.Errorf("%q is not told: %q", words, all)
				}
			}
			for _, words := range []string{"long ago", "somebody else", "excellent", "fine"} {
				if strings.Contains(all, words) {
					t.Errorf("%q is not what was asked for", words)
				}
			}
			if n := evaluate[int](t, ctx, `document.querySelectorAll(".quote:not(.quote-negative)").length`); n > 0 {
				t.Errorf("%d that were not unhappy", n)
			}
		})
	}
}
