package server_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/journeyloop/journeyloop/internal/i18n"
	ids "github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/testkit/browser"
)

// rated adds ended runs with an answer about the whole each, moved into the past.
func rated(w *servertest.World, name, key string, n int, past time.Duration, overall func(i int) int) {
	records := make([]ingest.Record, n)
	for i := range records {
		r := w.Answered(fmt.Sprintf("%s-%d", name, i), overall(i), "")
		r.Journey.Key = key
		records[i] = ago(r, past+time.Duration(i%20)*24*time.Hour)
	}
	w.Take(records...)
}

// secondJourney is a live journey beside fibre.
func secondJourney(t *testing.T, w *servertest.World) journey.Journey {
	t.Helper()
	j := journey.Journey{ID: ids.New(), Key: "bill", Name: i18n.Plain("My bill"), VersionID: ids.New(), LeaderID: w.Boris.ID, CreatedAt: servertest.Start}
	plan := journey.Plan{Version: journey.Version{ID: j.VersionID, JourneyID: j.ID, Number: 1, State: journey.Live, Completes: journey.ByCall, AbandonAfterDays: 30, CreatedAt: servertest.Start}}
	for _, err := range []error{w.App.Store.SaveJourney(t.Context(), j), w.App.Store.SavePlan(t.Context(), plan)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return j
}

// bare is a text without the marks that isolate names and numbers.
func bare(s string) string { return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(s) }

// TestAManagerFindsWhichJourneyGotWorseBeyondNoise: "which journey got worse beyond noise", from the address of the company,
// signed in, in one click at most: here it stands on the first screen. The click is for why.
func TestAManagerFindsWhichJourneyGotWorseBeyondNoise(t *testing.T) {
	const quarter = 100 * 24 * time.Hour // ninety days are whole weeks: up to 98
	for engine, width := range map[string]int{"sqlite": 1280, "postgres": 360} {
		t.Run(engine, func(t *testing.T) {
			w := servertest.Open(t, engine)
			secondJourney(t, w)
			rated(w, "fibre-then", w.Fibre.Key, 50, quarter, func(i int) int { return 4 + i%2 })
			rated(w, "fibre-now", w.Fibre.Key, 50, 0, func(i int) int { return 2 + 2*(i%2) })
			rated(w, "bill-then", "bill", 50, quarter, func(i int) int { return 3 + i%2 })
			rated(w, "bill-now", "bill", 50, 0, func(i int) int { return 3 + (i+i/10)%2 })
			w.Fold()

			ctx := browser.Open(t, browser.Viewport(width, 800))
			signIn(t, ctx, w, "ann")
			she := &walker{t: t, ctx: ctx}
			do(t, ctx, chromedp.Navigate(w.URL+"/"), chromedp.WaitVisible("main h1"))
			photograph(t, ctx, "walk-manager-1-"+engine)
			named := she.reads("main .note")
			for _, words := range []string{"Fibre at home fell by 50 points", "Satisfied customers, 50 answers against 50 before"} {
				if !strings.Contains(bare(named), words) {
					t.Errorf("the page does not open with %q: %q", words, named)
				}
			}
			if strings.Contains(named, "My bill") {
				t.Errorf("a journey that did not change is named: %q", named)
			}
			if foot := evaluate[float64](t, ctx, `document.querySelector("main .note").getBoundingClientRect().bottom`); foot > 800 {
				t.Errorf("one must scroll: it ends at %v", foot)
			}
			if she.clicks > 1 {
				t.Errorf("it took %d clicks", she.clicks)
			}
			if over := evaluate[float64](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("the page is %v pixels wider than the window", over)
			}
			she.click(`main .note a[href$="#fix"]`, "#fix")
			photograph(t, ctx, "walk-manager-2-"+engine)
			if said := she.reads("main h1"); !strings.Contains(said, "Fibre at home") {
				t.Errorf("why is told of %q", said)
			}
		})
	}
}
