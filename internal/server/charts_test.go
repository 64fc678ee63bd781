package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/testkit/browser"
)

// press sends a key to what has the focus, as the browser's own script would see it.
func press(key string) string {
	return fmt.Sprintf(`(() => { document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: %q, bubbles: true, cancelable: true}));
		const tip = document.activeElement.closest(".chart-body")?.querySelector(".chart-tip");
		return tip && !tip.hidden ? tip.textContent : "" })()`, key)
}

// TestChartsAreWalkedByKeys goes along the marks of a chart and the cells of the weeks in both directions: forward is to the
// left in Persian. Each step shows the sentence of its mark, Escape puts it away, one mark at a time is in the tab order.
func TestChartsAreWalkedByKeys(t *testing.T) {
	for _, reader := range []struct {
		lang, forward, back, engine string
		width                       int
	}{{"en", "ArrowRight", "ArrowLeft", "sqlite", 1280}, {"fa", "ArrowLeft", "ArrowRight", "sqlite", 360}} {
		t.Run(reader.lang, func(t *testing.T) {
			t.Parallel()
			w := servertest.Open(t, reader.engine)
			for i := range 12 {
				w.AddAnswered(fmt.Sprintf("order-%d", i), 1+i%5, "")
			}
			w.As("ann").Language(reader.lang)
			ctx := browser.Open(t, browser.Language(reader.lang), browser.Viewport(reader.width, 800))
			signIn(t, ctx, w, "ann")
			touchpoint := fmt.Sprintf("%s/touchpoints/%d", w.URL, w.Visit.ID)
			do(t, ctx, chromedp.Navigate(touchpoint), chromedp.WaitVisible("[id^=spread-] .mark"))
			marks := evaluate[[]string](t, ctx, `[...document.querySelectorAll("[id^=spread-] .mark title")].map(m => m.textContent)`)
			if len(marks) != 5 {
				t.Fatalf("%d marks", len(marks))
			}
			focused := evaluate[string](t, ctx, `(() => { const m = document.querySelector("[id^=spread-] .mark[tabindex='0']"); m.focus(); return m.closest(".chart-body").querySelector(".chart-tip").textContent })()`)
			if focused != marks[0] {
				t.Errorf("the focus shows %q, want %q", focused, marks[0])
			}
			for _, step := range []struct {
				key  string
				want string
			}{{reader.forward, marks[1]}, {reader.forward, marks[2]}, {reader.back, marks[1]}, {"End", marks[4]}, {reader.forward, marks[4]}, {"Home", marks[0]}, {"Escape", ""}, {"ArrowDown", marks[1]}} {
				if got := evaluate[string](t, ctx, press(step.key)); got != step.want {
					t.Errorf("%s shows %q, want %q", step.key, got, step.want)
				}
			}
			if n := evaluate[int](t, ctx, `document.querySelectorAll("[id^=spread-] .mark[tabindex='0']").length`); n != 1 {
				t.Errorf("%d marks are in the tab order", n)
			}

			do(t, ctx, chromedp.Navigate(w.URL+"/company"), chromedp.WaitVisible("table.heat td"))
			first := evaluate[string](t, ctx, `(() => { const td = document.querySelector("table.heat td"); document.querySelector(".chart-scroll").focus(); td.focus(); return document.querySelector("#heat .chart-tip").textContent })()`)
			head := evaluate[string](t, ctx, `document.querySelector("table.heat tbody th").textContent`)
			if !strings.Contains(first, head) || !strings.Contains(first, "(") {
				t.Errorf("a cell says %q without its row, %q, or its answers", first, head)
			}
			if at := evaluate[int](t, ctx, press(reader.forward)+`, document.activeElement.cellIndex`); at != 1 {
				t.Errorf("one column only, but the focus went to cell %d", at)
			}
		})
	}
}
