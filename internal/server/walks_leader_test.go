package server_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/testkit/browser"
)

// callSpoils adds answers over thirty days: everything is rated well, and still whoever had to call in between is not
// satisfied with the whole. The visit pulls a little.
func callSpoils(w *servertest.World) {
	records := make([]ingest.Record, 150)
	for i := range records {
		r := w.Completed(fmt.Sprintf("walk-%d", i))
		called, visit, overall := (i/5)%3 == 0, 4+i%2, 4+(i/2+i)%2
		if i%11 == 0 {
			visit, overall = 1, 3
		}
		if called {
			call := r.Contacts[1]
			call.Key, call.Touchpoint.Key, call.Started = r.Run+"/call", w.Call.Key, call.Started.Add(-time.Hour)
			r.Contacts = append(r.Contacts, call)
			overall = 1 + i%2
		}
		r.Answer = &ingest.Answer{Key: r.Run + "/answer", At: r.Completed.Add(time.Hour), Scale: servertest.CSAT, Overall: &overall, Language: "en",
			Ratings: []ingest.Rating{{Touchpoint: ingest.Named{Key: w.Visit.Key}, Scale: servertest.CSAT, Value: visit}}}
		if called {
			r.Answer.Ratings = append(r.Answer.Ratings, ingest.Rating{Touchpoint: ingest.Named{Key: w.Call.Key}, Scale: servertest.CSAT, Value: 4 + i%2, Comment: "I had to tell everything again"})
		}
		records[i] = ago(r, time.Duration(i%30)*24*time.Hour)
	}
	w.Take(records...)
	w.Fold()
}

// TestALeaderFindsWhatToFixFirstAndWhy: "what should we fix first and why", from the address of the company, signed in, in
// two clicks at most; the third opens the answers behind it.
func TestALeaderFindsWhatToFixFirstAndWhy(t *testing.T) {
	t.Parallel()
	for engine, width := range map[string]int{"sqlite": 1280, "postgres": 360} {
		menu := map[int]string{1280: "header nav", 360: "nav.thumb"}[width]
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w := servertest.Open(t, engine)
			callSpoils(w)
			ctx := browser.Open(t, browser.Viewport(width, 800))
			signIn(t, ctx, w, "olga")
			she := &walker{t: t, ctx: ctx}
			do(t, ctx, chromedp.Navigate(w.URL+"/"), chromedp.WaitVisible("main h1"))
			she.click(menu+` a[href="/journeys"]`, "main table")
			she.click(fmt.Sprintf(`main a[href^="/journeys/%d"]`, w.Fibre.ID), "#fix")
			photograph(t, ctx, "walk-leader-"+engine)
			if she.clicks > 2 {
				t.Errorf("it took %d clicks", she.clicks)
			}
			first := she.reads("#fix .fixes > li:first-child")
			for _, words := range []string{"Call", "customers a month come by here", "dissatisfied with the whole journey", "points of 100 less", "Confidence that it matters"} {
				if !strings.Contains(first, words) {
					t.Errorf("the first is not explained by %q: %q", words, first)
				}
			}
			if over := evaluate[float64](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("the page is %v pixels wider than the window", over)
			}
			she.click(`#fix .fixes > li:first-child h3 a`, "main h1")
			if said := she.reads("main"); !strings.Contains(said, "I had to tell everything again") {
				t.Errorf("the answers behind it are not there: %q", said)
			}
		})
	}
}
