package server_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/server/staff"
)

// chosen is what the fields of a page's forms in main hold, and which tabs are open: its filters.
func chosen(p servertest.Page) string {
	var out []string
	for _, e := range p.Find("main form[method=get] [name]").EachIter() {
		value := e.AttrOr("value", "")
		if e.Is("select") {
			value = e.Find("option[selected]").AttrOr("value", "")
		}
		if e.Is("[type=checkbox], [type=radio]") {
			if _, on := e.Attr("checked"); !on {
				continue
			}
		}
		out = append(out, e.AttrOr("name", "")+"="+value)
	}
	for _, e := range p.Find("main [aria-current]").EachIter() {
		out = append(out, e.AttrOr("href", ""))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// inLanguage presses the button of a language in the menu of an open page and returns where that led.
func inLanguage(t *testing.T, c *servertest.Client, p servertest.Page, lang i18n.Lang) (servertest.Page, string) {
	t.Helper()
	form := p.Find("form[action='/me/language']:has(button[name=lang])").First()
	if form.Find(fmt.Sprintf("button[value=%s]", lang)).Length() != 1 {
		t.Fatalf("status %d: no button for %s", p.Status, lang)
	}
	to := c.Post("/me/language", url.Values{"lang": {string(lang)}, "back": {form.Find("input[name=back]").AttrOr("value", "")}})
	return c.Follow(to), to.Location
}

func spoken(p servertest.Page, lang i18n.Lang) bool {
	html := p.Find("html")
	return html.AttrOr("lang", "") == string(lang) && html.AttrOr("dir", "") == lang.Dir()
}

func TestAnotherLanguageIsTheSamePage(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	busy(t, w)
	run := w.RunOf("order-123").ID
	for _, c := range []struct {
		sentence, who, path string
		status              int
	}{
		{"a filtered list", "ann", "/runs?status=completed&key=order-1&page=2", 200},
		{"a list on its second page, sorted", "ann", "/people/employees?q=a&sort=-name", 200},
		{"her own feedback by mood", "zahra", "/feedback?mood=negative&since=30", 200},
		{"a journey over another span, its words by mood", "olga", fmt.Sprintf("/journeys/%d?days=365&mood=positive", w.Fibre.ID), 200},
		{"the company over all times", "ann", "/company?days=all", 200},
		{"what was looked for", "ann", "/search?q=" + url.QueryEscape("سفر & ۵۰٪"), 200},
		{"a question before something is done", "ann", fmt.Sprintf("/customers/%d/consent?ask=0", w.RunOf("order-123").CustomerID), 200},
		{"one run", "zahra", fmt.Sprintf("/runs/%d", run), 200},
		{"an empty list", "ann", "/runs?key=zzz", 200},
		{"nothing there", "ann", "/nowhere?at=all", 404},
		{"not hers", "zahra", "/settings?x=1", 403},
	} {
		client := w.As(c.who).Language("en")
		before := client.Get(c.path)
		if before.Status != c.status || !spoken(before, i18n.English) {
			t.Fatalf("%s: status %d", c.sentence, before.Status)
		}
		for _, lang := range []i18n.Lang{i18n.Persian, i18n.Greek, i18n.Russian} {
			after, at := inLanguage(t, client, before, lang)
			if at != c.path || after.Status != c.status || !spoken(after, lang) {
				t.Errorf("%s in %s: status %d at %s in %s", c.sentence, lang, after.Status, at, after.Find("html").AttrOr("lang", ""))
			}
			if got, want := chosen(after), chosen(before); got != want {
				t.Errorf("%s in %s: its filters are %s, were %s", c.sentence, lang, got, want)
			}
		}
	}
}

func TestAnotherLanguageOnARefusedFormIsAPageThatOpens(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	for _, c := range []struct{ sentence, who, page, path, back string }{
		{"a form of another address", "admin", "/people/teams/new", "/people/teams", "/people/teams/new"},
		{"a form refused twice", "admin", "/people/teams", "/people/teams", "/people"},
		{"a form of its own address", "admin", "/settings", "/settings", "/settings"},
		{"a form with a filter before it", "ann", "/journeys/new?from=list", "/journeys", "/journeys/new?from=list"},
	} {
		client := w.As(c.who).Language("en")
		r := client.Request(http.MethodPost, c.path, strings.NewReader("name_en="))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", client.URL)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Referer", client.URL+c.page)
		refused := client.Do(r)
		if refused.Status != http.StatusUnprocessableEntity {
			t.Fatalf("%s: status %d", c.sentence, refused.Status)
		}
		if after, at := inLanguage(t, client, refused, i18n.Persian); at != c.back || after.Status != http.StatusOK || !spoken(after, i18n.Persian) {
			t.Errorf("%s: status %d at %s, want %s", c.sentence, after.Status, at, c.back)
		}
	}
}

// next is where a sign-in leads, the first page unless it says otherwise.
func next(p servertest.Page) string {
	return cmp.Or(p.Find("input[name=next]").AttrOr("value", ""), "/")
}

func TestAnotherLanguageBeforeSigningIn(t *testing.T) {
	w := servertest.Open(t, "sqlite", servertest.Demo(staff.SignIn{Role: people.RoleManager, Name: "Ann", Login: "ann", Password: "x"}))
	busy(t, w)
	survey := "/s/" + w.Link(w.RunOf("order-123").ID)
	for sentence, open := range map[string]func(*servertest.Client) servertest.Page{
		"the sign-in, on the way to a filtered list": func(c *servertest.Client) servertest.Page {
			return c.Get("/sign-in?lang=en&next=" + url.QueryEscape("/runs?key=a&page=2"))
		},
		"a sign-in that failed":     func(c *servertest.Client) servertest.Page { return c.SignIn("zahra", "guessed") },
		"nothing there":             func(c *servertest.Client) servertest.Page { return c.Get("/nowhere?lang=en&at=all") },
		"the end of a survey":       func(c *servertest.Client) servertest.Page { return c.Get(survey + "/stop?lang=en") },
		"a link that leads nowhere": func(c *servertest.Client) servertest.Page { return c.Get("/s/nonsense?lang=en") },
	} {
		c := w.Stranger()
		before := open(c)
		for _, lang := range []i18n.Lang{i18n.Persian, i18n.Greek, i18n.Russian} {
			link := before.Find(fmt.Sprintf("nav.langs a[hreflang=%s]", lang))
			if link.Length() != 1 {
				t.Errorf("%s: no link to %s", sentence, lang)
				continue
			}
			after := c.Get(link.AttrOr("href", ""))
			if !spoken(after, lang) || after.Find("h1").Length() != 1 || after.Find("h1").Text() == before.Find("h1").Text() {
				t.Errorf("%s in %s: %q", sentence, lang, after.Find("h1").Text())
			}
			if got, want := next(after), next(before); got != want {
				t.Errorf("%s in %s: then to %q, was %q", sentence, lang, got, want)
			}
		}
	}
}
