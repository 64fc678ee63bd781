package staff_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func TestCustomersAreListedForWhoMayKnowThemByName(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		early, late, open := w.Completed("order-1"), w.Completed("order-2"), w.Completed("order-3")
		early.Customer.Name, late.Customer.Name, open.Customer.Name = "Ελένη Ζαΐρη", "Семён Ёлкин", "زهرا كريمي"
		for i := range early.Contacts {
			early.Contacts[i].Started = early.Contacts[i].Started.Add(-240 * time.Hour)
		}
		early.Completed = early.Completed.Add(-240 * time.Hour)
		open.Contacts, open.Completed = open.Contacts[:1], time.Time{} // the shop alone, which is not Nikos's team
		w.Take(early, late, open)
		for sentence, tt := range map[string]struct {
			who, path string
			want      []string
		}{
			"a manager sees everybody, the latest contact first":     {"ann", "?sort=last&desc=1", []string{"Семён Ёлкин", "زهرا كريمي", "Ελένη Ζαΐρη"}},
			"and the other way round":                                {"ann", "?sort=last", []string{"Ελένη Ζαΐρη", "زهرا كريمي", "Семён Ёлкин"}},
			"a supervisor sees those whom his people served":         {"nikos", "?sort=key", []string{"Ελένη Ζαΐρη", "Семён Ёлкин"}},
			"a leader sees those on her journey":                     {"olga", "?sort=key&desc=1", []string{"زهرا كريمي", "Семён Ёлкин", "Ελένη Ζαΐρη"}},
			"a name is found in Persian letters for Arabic ones":     {"ann", "?q=" + url.QueryEscape("کریمی"), []string{"زهرا كريمي"}},
			"a name is found without accents":                        {"nikos", "?q=" + url.QueryEscape("ζαιρη"), []string{"Ελένη Ζαΐρη"}},
			"nobody is found by a name that is not in sight":         {"nikos", "?q=" + url.QueryEscape("کریمی"), nil},
			"nonsense to sort by is the list's own order":            {"nikos", "?q=customer-order-2&sort=" + url.QueryEscape("1; DROP"), []string{"Семён Ёлкин"}},
			"beyond the last page stands the last page":              {"ann", "?page=9", []string{"Ελένη Ζαΐρη", "Семён Ёлкин", "زهرا كريمي"}},
			"a customer's number finds her, whatever the case is of": {"ann", "?q=CUSTOMER-ORDER-1", []string{"Ελένη Ζαΐρη"}},
		} {
			p := w.As(tt.who).Get("/customers" + tt.path)
			var got []string
			for _, a := range p.Find("tbody th a").EachIter() {
				got = append(got, strings.TrimSpace(a.Text()))
			}
			if p.Status != 200 || strings.Join(got, "|") != strings.Join(tt.want, "|") {
				t.Errorf("%s: %d %q, want %q", sentence, p.Status, got, tt.want)
			}
		}
		for _, who := range []string{"zahra", "admin"} {
			if p := w.As(who).Get("/customers"); p.Status != 403 {
				t.Errorf("%s: status %d", who, p.Status)
			}
		}
		nothing := w.As("ann").Get("/customers?q=qqqq")
		if nothing.Find(`.empty a[href="/customers"]`).Length() != 1 {
			t.Error("who found nobody is not led back to everybody")
		}
	})
}

func TestACrumbLeadsBackToTheListAsItWasLeft(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	r := w.AddAnswered("order-1", 4, "")
	ann := w.As("ann")
	for from, want := range map[string]string{
		"/runs?state=completed&page=2": "/runs?state=completed&page=2",
		"/runs":                        "/runs",
		"/feedback?mood=negative":      "/runs",
		"":                             "/runs",
	} {
		request := ann.Request("GET", runPath(r), nil)
		if from != "" {
			request.Header.Set("Referer", w.URL+from)
		}
		if got := ann.Do(request).Find(".crumbs a").First().AttrOr("href", ""); got != want {
			t.Errorf("from %q the crumb leads to %q, want %q", from, got, want)
		}
	}
	request := ann.Request("GET", runPath(r), nil)
	request.Header.Set("Referer", "https://evil.example/runs?state=open")
	if got := ann.Do(request).Find(".crumbs a").First().AttrOr("href", ""); got != "/runs" {
		t.Errorf("from another site the crumb leads to %q", got)
	}
	customer := ann.Get(customerPath(r))
	if got := customer.Find(".crumbs a").First().AttrOr("href", ""); got != "/customers" {
		t.Errorf("a customer's crumb leads to %q", got)
	}
	if customer.Find(`#nav a[href="/customers"][aria-current="page"]`).Length() != 1 {
		t.Error("the menu does not say where one is")
	}
}
