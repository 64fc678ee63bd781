package server_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/testkit/browser"
)

// walk goes through a view of the gallery by the Tab key alone.
func (v *visitor) walk(x view) error {
	if x.script != "" {
		return nil // what a script opened is not where a reader begins
	}
	problems, err := browser.Walk(v.ctx)
	for _, problem := range problems {
		v.t.Errorf("%s in %s by keyboard: %s", x.name, v.lang, problem)
	}
	return err
}

// TestTheKeyboardDoesWhatTheMouseDoes: nobody in it has a mouse.
func TestTheKeyboardDoesWhatTheMouseDoes(t *testing.T) {
	t.Parallel()
	w := servertest.Open(t, "sqlite")
	busy(t, w)
	survey := "/s/" + w.Link(w.RunOf("order-124").ID)
	customer := w.RunOf("order-100").CustomerID
	chromium := browser.Open(t)

	type hands struct {
		t    *testing.T
		to   func(selector string)
		keys func(keys string)
		is   func(script string)
		open func(path string)
		held func() // in a hand: the window is a phone
		back func() // a form comes back: the browser's complaint about its status is expected
	}
	for does, how := range map[string]struct {
		who  string
		work func(h hands)
	}{
		"signs in": {"", func(h hands) {
			h.open("/sign-in?lang=en")
			h.to("[name=login]")
			h.keys("ann")
			h.to("[name=password]")
			h.keys(servertest.Password + kb.Enter)
			h.is(`location.pathname !== "/sign-in" && !!document.querySelector("header nav")`)
		}},
		"skips what every page begins with": {"ann", func(h hands) {
			h.open("/company")
			h.to("*")
			h.is(`document.activeElement.matches("a.skip")`)
			h.keys(kb.Enter)
			h.to("a, button, summary, input, select")
			h.is(`document.getElementById("main").contains(document.activeElement)`)
		}},
		"opens a menu and leaves it": {"ann", func(h hands) {
			h.open("/company")
			h.to("details[data-menu] > summary")
			h.keys(kb.Enter)
			h.is(`!!document.querySelector("details[data-menu][open]")`)
			h.to("details[data-menu] a, details[data-menu] button")
			h.keys(kb.Escape)
			h.is(`!document.querySelector("details[data-menu][open]") && document.activeElement.matches("details[data-menu] > summary")`)
		}},
		"goes on from the foot of a phone": {"ann", func(h hands) {
			h.held()
			h.open("/company")
			h.to("nav.thumb > details > summary")
			h.is(`!document.querySelector(".thumb-rest").checkVisibility() && !document.querySelector("header nav").checkVisibility()`)
			h.keys(kb.Enter)
			h.to(".thumb-rest a")
			h.keys(kb.Escape)
			h.is(`!document.querySelector(".thumb details[open]") && document.activeElement.matches("nav.thumb summary")`)
			h.keys(kb.Enter)
			h.to(`.thumb-rest a[href="/customers"]`)
			h.keys(kb.Enter)
			h.is(`location.pathname === "/customers" && document.querySelector("nav.thumb .here, nav.thumb [aria-current]").checkVisibility()`)
		}},
		"has nothing with the focus behind the foot of a phone": {"ann", func(h hands) {
			h.held()
			h.open("/people/employees")
			h.is(`[...document.querySelectorAll("main a, main button, footer summary")].every((e) => { e.focus(); return e.getBoundingClientRect().bottom <= document.querySelector("nav.thumb").getBoundingClientRect().top + 1; })`)
		}},
		"begins at what is wrong with a form": {"admin", func(h hands) {
			h.open("/people/employees/new")
			h.is(`!!document.forms && (document.querySelector("main form").noValidate = true)`)
			h.to("main [name=key]")
			h.keys(kb.Enter)
			h.is(`document.activeElement.matches("main [role=alert]") && document.title.startsWith("Please check")`)
			h.back()
			h.to("main [role=alert] a")
			h.keys(kb.Enter)
			h.is(`document.activeElement.matches("main [name=key], main [name=name]")`)
		}},
		"is asked before something goes, and says no": {"ann", func(h hands) {
			h.open(fmt.Sprintf("/customers/%d", customer))
			h.to("[data-confirm]")
			h.keys(kb.Enter)
			h.is(`!!document.querySelector("dialog[open]") && document.querySelector("dialog").contains(document.activeElement)`)
			h.keys(kb.Escape)
			h.is(`!document.querySelector("dialog[open]") && document.activeElement.matches("[data-confirm]")`)
		}},
		"narrows a list down": {"ann", func(h hands) {
			h.open("/runs")
			h.to("main [name=key]")
			h.keys("order-103" + kb.Enter)
			h.is(`location.search.includes("order-103") && document.querySelectorAll("main tbody tr").length === 1`)
		}},
		"fills in a form": {"admin", func(h hands) {
			h.open("/settings/keys")
			h.to("main [name=name]")
			h.keys("Telephony" + kb.Enter)
			h.is(`document.querySelector("main").innerText.includes("Telephony")`)
		}},
		"answers the survey": {"", func(h hands) {
			h.open(survey + "?lang=fa")
			h.to("[name=overall]")
			h.keys(" " + kb.ArrowLeft + kb.ArrowLeft)
			h.is(`!!document.querySelector("[name=overall]:checked")`)
			h.to("[name=comment]")
			h.keys("خوب بود")
			h.to("button.go")
			h.keys(kb.Enter)
			h.is(`location.pathname.endsWith("/thanks")`)
		}},
	} {
		t.Run(does, func(t *testing.T) {
			t.Parallel()
			v := visit(t, chromium, w, "en")
			if err := v.enter(how.who); err != nil {
				t.Fatal(err)
			}
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			how.work(hands{t: t,
				to:   func(selector string) { t.Helper(); must(browser.TabTo(v.ctx, selector)) },
				keys: func(keys string) { t.Helper(); must(chromedp.Do(v.ctx, chromedp.KeyEvent(keys))) },
				back: func() { browser.Problems(v.ctx) },
				held: func() { t.Helper(); must(browser.Resize(v.ctx, phone, 740)) },
				open: func(path string) { t.Helper(); must(chromedp.Do(v.ctx, chromedp.Navigate(v.w.URL+path))) },
				is: func(script string) {
					t.Helper()
					must(browser.Until(v.ctx, script))
				}})
		})
	}
}
