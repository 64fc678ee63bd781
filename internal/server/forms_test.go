package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// unrefused are the forms that cannot come back with problems, each with its reason.
var unrefused = map[string]string{
	"/journeys/:id/leader": "whoever is not among the choices is nobody, and nobody may lead",
}

// typable are the inputs of a form that somebody fills in.
func typable(form *goquery.Selection) *goquery.Selection {
	return form.Find("input, select, textarea").FilterFunction(func(_ int, e *goquery.Selection) bool {
		kind := e.AttrOr("type", "")
		return kind != "hidden" && kind != "submit" && !hidden(e)
	})
}

// TestEveryFormIsFitToBeFilledIn looks at every form that anybody meets.
func TestEveryFormIsFitToBeFilledIn(t *testing.T) {
	t.Parallel()
	w := lived(t)
	looked, known := 0, map[string]bool{}
	look := func(where string, page servertest.Page) {
		for _, form := range page.Find("form:not([method=dialog])").EachIter() {
			looked++
			for _, problem := range unfit(page, form) {
				if story := form.AttrOr("action", where) + ": " + problem; !known[story] {
					known[story] = true
					t.Errorf("%s: the form to %s", where, story)
				}
			}
		}
	}
	look("/sign-in", w.Stranger().Get("/sign-in"))
	for _, who := range []string{"zahra", "nikos", "olga", "ann", "admin"} {
		c := crawl(t, w, who, 5)
		for _, at := range c.order {
			look(who+" at "+at, c.pages[at])
		}
	}
	if looked < 200 {
		t.Errorf("only %d forms", looked)
	}
}

// unfit says what is wrong with a form before anybody has filled it in.
func unfit(page servertest.Page, form *goquery.Selection) (out []string) {
	inputs, primary := typable(form), form.Find(".btn-primary").Length()
	changes := strings.EqualFold(form.AttrOr("method", "get"), http.MethodPost)
	switch {
	case primary > 1:
		out = append(out, "more than one primary button")
	case primary == 0 && changes && inputs.Length() > 0 && !form.Is(".fix-effort") && form.Find("button.tap").Length() == 0: // one in each row of a list: its buttons would shout; every place is the button that records
		out = append(out, "no primary button")
	}
	if inputs.Not("[type=checkbox], [type=radio]").Length() > 1 && form.Find("button:not([type=button]), input[type=submit]").Length() == 0 { // one field alone needs no button
		out = append(out, "Enter sends nothing")
	}
	for _, b := range form.Find("[data-confirm]").EachIter() {
		if asks := b.AttrOr("data-confirm", ""); !strings.Contains(asks, "\u2068") && form.AttrOr("action", "") != "/me/sessions/end-others" && !strings.HasSuffix(form.AttrOr("action", ""), "/cancellation") { // all but this one; what the page is about
			out = append(out, "asks without naming what goes: "+asks)
		}
	}
	for _, e := range inputs.EachIter() {
		name, kind := e.AttrOr("name", "?"), e.AttrOr("type", "text")
		if !named(page, e) {
			out = append(out, name+" has no label")
		}
		_, required := e.Attr("required")
		free := kind == "checkbox" || kind == "radio" || e.Is("select") // always has an answer
		label := page.Find(`label[for="` + e.AttrOr("id", "") + `"]`).Text()
		if changes && !required && !free && !form.Is(".fix-effort") && !strings.Contains(label, "(Optional)") && e.Closest("fieldset").Length() == 0 {
			out = append(out, name+" is neither required nor called optional")
		}
		if complete := e.AttrOr("autocomplete", ""); complete == "" && (kind == "password" || kind == "email" || slices.Contains([]string{"login", "email", "phone"}, name)) {
			out = append(out, name+" does not say what a browser may fill in")
		}
	}
	return out
}

// TestAFormThatComesBackSaysWhatIsWrong sends every form that anybody meets with something missing, or with far too much
// in it, and holds what comes back against what a person needs to put it right.
func TestAFormThatComesBackSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := lived(t)
	known, refused := map[string]bool{}, 0
	for _, who := range []string{"zahra", "nikos", "olga", "ann", "admin"} {
		c := crawl(t, w, who, 3)
		for _, f := range c.forms(known) {
			if f.method != http.MethodPost || len(f.fields) == 0 || f.upload {
				continue
			}
			before := c.client.Get(f.page)
			came := false // far too much first: nothing in it may be enough, and what is done once is not there to come back
			for _, x := range []struct {
				story  string
				values url.Values
			}{{"far too much in it", f.filled(strings.Repeat("щ", 5000), f.texts(before)...)}, {"nothing in it", f.blank("")}, {"words everywhere", f.blank("kept")}} {
				story, values := x.story, x.values
				p := f.send(c.client, values)
				if p.Status != http.StatusUnprocessableEntity {
					continue
				}
				came, refused = true, refused+1
				for _, problem := range unclear(before, p, f, values) {
					t.Errorf("%s, %s: %s %s: %s", who, story, f.method, f.action, problem)
				}
			}
			route := c.routes.of(f.method, strings.SplitN(f.action, "?", 2)[0])
			if _, never := unrefused[route]; came == never {
				t.Errorf("%s: POST %s from %s: came back: %t, and unrefused says otherwise", who, route, f.page, came)
			}
		}
	}
	if refused < 20 {
		t.Errorf("only %d forms came back", refused)
	}
}

// texts are the fields of a form that hold words.
func (f form) texts(p servertest.Page) (out []string) {
	for _, e := range typable(p.Find("form[method=post]")).EachIter() {
		kind, name := e.AttrOr("type", "text"), e.AttrOr("name", "")
		if !e.Is("select") && slices.Contains([]string{"text", "search", "email"}, kind) && slices.Contains(f.fields, name) {
			out = append(out, name)
		}
	}
	return out
}

// blank is the form with the given words in every field.
func (f form) blank(words string) url.Values {
	values := url.Values{}
	for name, old := range f.values {
		values[name] = old
	}
	for _, name := range f.fields {
		values.Set(name, words)
	}
	return values
}

// unclear says what is wrong with a form that came back.
func unclear(before, p servertest.Page, f form, values url.Values) (out []string) {
	wrong := func(s string) { out = append(out, s) }
	if title := p.Find("title").Text(); title == before.Find("title").Text() || !strings.Contains(title, "Please check") {
		wrong("its title does not say so: " + title)
	}
	summary := p.Find("main [role=alert]")
	if summary.Length() != 1 {
		wrong("no summary, or several")
		return out
	}
	if _, focused := summary.Attr("autofocus"); !focused || summary.AttrOr("tabindex", "") != "-1" {
		wrong("the reader does not begin at the summary")
	}
	if p.Find("[autofocus]").Not("dialog *").Length() != 1 {
		wrong("two begin")
	}
	links := summary.Find(`a[href^="#"]`)
	if links.Length() == 0 {
		wrong("the summary leads to no field: " + strings.Join(strings.Fields(summary.Text()), " "))
	}
	for _, a := range links.EachIter() {
		id := strings.TrimPrefix(a.AttrOr("href", ""), "#")
		at := p.Find(`main [id="` + id + `"]`)
		if at.Length() != 1 {
			wrong("nothing is #" + id)
			continue
		}
		marked := at.FilterFunction(func(_ int, e *goquery.Selection) bool { return e.AttrOr("aria-invalid", "") == "true" })
		if marked.Length() == 0 {
			marked = at.Find("[aria-invalid=true]")
		}
		if marked.Length() == 0 {
			wrong("#" + id + " is not marked as wrong")
		}
		for _, e := range marked.EachIter() {
			said := ""
			for _, of := range strings.Fields(e.AttrOr("aria-describedby", "")) {
				said += p.Find(`[id="` + of + `"]`).Text()
			}
			if strings.TrimSpace(said) == "" {
				wrong("#" + id + " does not say what is wrong with it")
			}
		}
	}
	for _, name := range f.fields {
		for _, e := range p.Find(`main form[method=post] [name="` + name + `"]`).First().EachIter() {
			kind := e.AttrOr("type", "text")
			got := e.AttrOr("value", "")
			if e.Is("textarea") {
				got = e.Text()
			}
			if want := values.Get(name); (e.Is("textarea") || e.Is("input") && (kind == "text" || kind == "search")) && got != want {
				wrong(name + " lost what was typed: " + short(got) + ", typed " + short(want))
			}
			if kind == "password" && got != "" {
				wrong("a password came back")
			}
		}
	}
	return out
}

func short(s string) string { return string([]rune(s)[:min(len([]rune(s)), 20)]) }
