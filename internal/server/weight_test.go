package server_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/testkit/browser"
)

// What may come over the network, in bytes: the first page a browser of a member of staff opens, with style, scripts and
// the fonts of its script; every page after that; the whole survey.
const (
	firstPage  = 120_000
	laterPage  = 15_000
	surveyPage = 40_000
)

// daily are the pages that people open every day, each with what it may weigh in a browser that was never here.
func daily(w *servertest.World) []struct {
	view
	weight int
} {
	type page = struct {
		view
		weight int
	}
	return []page{
		{view{name: "her feedback", who: "zahra", path: "/feedback", status: 200}, firstPage},
		{view{name: "her team", who: "nikos", path: "/team", status: 200}, firstPage},
		{view{name: "the journey", who: "olga", path: fmt.Sprintf("/journeys/%d", w.Fibre.ID), status: 200}, firstPage},
		{view{name: "the company", who: "ann", path: "/company", status: 200}, firstPage},
		{view{name: "sign-in", path: "/sign-in", status: 200}, firstPage},
		{view{name: "the survey", path: "/s/" + w.Link(w.RunOf("order-123").ID), status: 200}, surveyPage},
	}
}

// first opens a page in a window that was never here.
func first(t testing.TB, v *visitor, x view) (weight int, came browser.Timing) {
	t.Helper()
	if err := v.enter(x.who); err != nil {
		t.Fatal(err)
	}
	return again(t, v, x)
}

// again opens a page and waits until it stands.
func again(t testing.TB, v *visitor, x view) (weight int, came browser.Timing) {
	t.Helper()
	v.scales.Take()
	if err := v.open(x); err != nil {
		t.Fatal(err)
	}
	if err := browser.Settled(v.ctx); err != nil {
		t.Fatal(err)
	}
	came, err := browser.Timed(v.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return v.scales.Take(), came
}

// still is the layout shift that nobody can see: a hundredth of what counts as good. A browser rounds to parts of a pixel.
const still = 0.001

// TestPagesAreLightAndStandStill opens the daily pages in browsers that have never been here, and once more.
func TestPagesAreLightAndStandStill(t *testing.T) {
	t.Parallel()
	w := lived(t)
	pages := daily(w)
	for path, who := range map[string]string{"/team": "nikos", "/feedback": "zahra"} { // words in other scripts must cost nobody their fonts
		words := w.As(who).Get(path).Find("main blockquote").Text()
		for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Arabic, unicode.Greek, unicode.Cyrillic} {
			if !strings.ContainsFunc(words, func(c rune) bool { return unicode.Is(script, c) }) {
				t.Fatalf("%s has no words in one of the four scripts: %q", path, words)
			}
		}
	}
	chromium := browser.Open(t)
	for _, lang := range i18n.Languages {
		t.Run(string(lang), func(t *testing.T) {
			for _, x := range pages {
				v := visit(t, chromium, w, lang)
				weight, came := first(t, v, x.view)
				later, then := again(t, v, x.view)
				t.Logf("%s: %d bytes, then %d", x.name, weight, later)
				if weight > x.weight || weight < 2000 {
					t.Errorf("%s: %d bytes in a browser that was never here, want at most %d", x.name, weight, x.weight)
				}
				if later > laterPage {
					t.Errorf("%s: %d bytes in a browser that was here before, want at most %d", x.name, later, laterPage)
				}
				if came.Shift > still || then.Shift > still {
					t.Errorf("%s: shifts by %.4f while it loads, then by %.4f: %s", x.name, came.Shift, then.Shift, strings.Join(append(came.Moved, then.Moved...), "; "))
				}
			}
		})
	}
}

// BenchmarkPagesOnASlowPhone reports when a page has drawn its largest part and how far it shifted until then: over
// 1.6 Mbit/s with 150 ms there and back, on a processor four times as slow as this one, in a browser that was never here
// and in one that was. It reports and does not judge: the times are this machine's.
func BenchmarkPagesOnASlowPhone(b *testing.B) {
	w := lived(b)
	chromium := browser.Open(b)
	for _, x := range daily(w) {
		for _, lang := range []i18n.Lang{i18n.English, i18n.Persian} {
			report := func(b *testing.B, how func(testing.TB, *visitor, view) (int, browser.Timing), v *visitor) {
				var paint, shift float64
				for b.Loop() {
					_, came := how(b, v, x.view)
					paint, shift = paint+came.Paint, shift+came.Shift
				}
				b.ReportMetric(paint/float64(b.N), "ms-to-largest-paint")
				b.ReportMetric(shift/float64(b.N), "shift")
			}
			slow := func(b *testing.B) *visitor {
				v := visit(b, chromium, w, lang)
				if err := browser.Resize(v.ctx, phone, 740); err != nil {
					b.Fatal(err)
				}
				if err := browser.Throttled(v.ctx); err != nil {
					b.Fatal(err)
				}
				return v
			}
			b.Run(fmt.Sprintf("%s in %s/never here", x.name, lang), func(b *testing.B) {
				report(b, func(t testing.TB, _ *visitor, x view) (int, browser.Timing) { return first(t, slow(b), x) }, nil)
			})
			b.Run(fmt.Sprintf("%s in %s/here before", x.name, lang), func(b *testing.B) {
				v := slow(b)
				first(b, v, x.view)
				report(b, again, v)
			})
		}
	}
}
