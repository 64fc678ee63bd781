package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/testkit/browser"
)

// offers are the texts of what the palette offers.
func offers(p servertest.Page) []string {
	var out []string
	for _, a := range p.Find("[role=option] > bdi:first-child").EachIter() {
		out = append(out, a.Text())
	}
	return out
}

func TestThePaletteOffersWhatOneMaySeeAndNothingElse(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			w := servertest.Open(t, engine)
			record := w.Answered("order-7", 1, "خیلی دیر")
			record.Customer.Name = "Μαρία Ζαΐρη"
			w.Take(record)
			for _, tt := range []struct{ rule, who, lang, typed, want, not string }{
				{"a manager finds a customer without accents", "ann", "en", "μαρια ζαιρη", "Μαρία Ζαΐρη", ""},
				{"a supervisor finds a customer whom his people served", "nikos", "en", "ΜΑΡΊΑ", "Μαρία Ζαΐρη", ""},
				{"an employee does not", "zahra", "en", "Μαρία", "", "Μαρία Ζαΐρη"},
				{"an administrator does not", "admin", "en", "Μαρία", "", "Μαρία Ζαΐρη"},
				{"a page is found by a part of its name", "zahra", "en", "unhap", "My unhappy customers", ""},
				{"a page is found by its name in another language", "admin", "fa", "invitations", "دعوت‌نامه‌ها", ""},
				{"a page that one may not open is not offered", "zahra", "en", "settings", "", "Settings"},
				{"an administrator goes to the settings", "admin", "en", "settings", "Settings", ""},
				{"a colleague is found in the Persian alphabet with Arabic letters", "ann", "en", "زهرا احمدي", "زهرا احمدی", ""},
				{"one letter is too little for people", "ann", "en", "z", "", "زهرا احمدی"},
				{"without a word there are places to go to", "zahra", "en", "", "My feedback", "Settings"},
			} {
				r := w.As(tt.who).Language(tt.lang)
				request := r.Request(http.MethodPost, "/search", strings.NewReader(url.Values{"q": {tt.typed}}.Encode()))
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				request.Header.Set("HX-Request", "true")
				request.Header.Set("Sec-Fetch-Site", "same-origin")
				p := r.Do(request)
				got := strings.Join(offers(p), "|")
				if p.Status != http.StatusOK || tt.want != "" && !strings.Contains(got, tt.want) || tt.not != "" && strings.Contains(got, tt.not) {
					t.Errorf("%s: %d %q", tt.rule, p.Status, got)
				}
				if told := p.Find("template").Text(); told == "" {
					t.Errorf("%s: nothing is told", tt.rule)
				}
			}
		})
	}
}

func TestThePaletteIsWorkedByKeys(t *testing.T) {
	for lang, engine := range map[string]string{"en": "sqlite", "fa": "postgres"} {
		t.Run(lang, func(t *testing.T) {
			w := servertest.Open(t, engine)
			w.AddAnswered("order-7", 1, "خیلی دیر")
			w.As("ann").Language(lang)
			ctx := browser.Open(t, browser.Language(lang), browser.Viewport(360, 740))
			signIn(t, ctx, w, "ann")
			active := `document.getElementById(document.getElementById("palette-q").getAttribute("aria-activedescendant"))`
			do(t, ctx, chromedp.Navigate(w.URL+"/people/employees"), chromedp.WaitVisible("main h1"),
				chromedp.Navigate(w.URL+"/runs"), chromedp.WaitVisible("main h1"),
				chromedp.KeyEvent("k", chromedp.KeyModifiers(2)), chromedp.WaitVisible("#palette-list [role=option]"))
			photograph(t, ctx, "palette-empty-"+lang)
			if first := evaluate[string](t, ctx, active+`.getAttribute("href")`); first != "/people/employees" {
				t.Errorf("what was open before comes first, not %s", first)
			}
			do(t, ctx, chromedp.SendKeys("#palette-q", "order-7"), chromedp.WaitVisible(`#palette-list a[href^="/runs/"]`))
			photograph(t, ctx, "palette-found-"+lang)
			if over := evaluate[float64](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("%v pixels too wide", over)
			}
			if kept := evaluate[string](t, ctx, `location.href + JSON.stringify(sessionStorage) + JSON.stringify(localStorage)`); strings.Contains(kept, "order-7") {
				t.Errorf("what was typed is kept: %s", kept)
			}
			do(t, ctx, chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(".walk"))
			do(t, ctx, chromedp.KeyEvent("/"), chromedp.WaitVisible("#palette-list [role=option]"), chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible("#palette"))
			do(t, ctx, chromedp.Click(".seek-link"), chromedp.WaitVisible("#palette-list [role=option]"), chromedp.SendKeys("#palette-q", "qqqq"),
				chromedp.WaitVisible("#palette-told:not(.sr-only)"))
			photograph(t, ctx, "palette-nothing-"+lang)
			if told := evaluate[string](t, ctx, `document.getElementById("palette-told").textContent`); !strings.Contains(told, "qqqq") {
				t.Errorf("told %q", told)
			}
		})
	}
}
