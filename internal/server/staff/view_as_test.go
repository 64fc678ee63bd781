package staff_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// listed are the texts of a list or the pairs of a list of facts.
func listed(p servertest.Page, selector string) []string {
	var out []string
	for _, e := range p.Find(selector).EachIter() {
		out = append(out, strings.Join(strings.Fields(e.Text()), " "))
	}
	return out
}

func viewAs(w *servertest.World, login string) string {
	return fmt.Sprintf("/people/users/%d/view", w.Actor(login).UserID)
}

func TestAnAdministratorSeesWhatSomebodySeesInCounts(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for i := range 3 {
			w.AddAnswered(fmt.Sprintf("V-%d", i), 2, words)
		}
		w.Take(w.Completed("V-9"))
		admin := w.As("admin")
		for sentence, c := range map[string]struct {
			login, menu, counts string
			roles               string // a part of them
		}{
			"an employee: her feedback, and the walks she served on": {"zahra", "My feedback (opens first)|Heard at work", "3 4 0 0 0 0", "Employee"},
			"a supervisor and owner":                                 {"nikos", "My feedback|Heard at work|Cases|Calls|My team (opens first)|Journeys|Touchpoints|Customer walks|Customers", "3 4 4 1 1 2", "Supervises these teams, the ones below included: North"},
			"the owner's reason":                                     {"nikos", "", "", "Owns these touchpoints: Visit"},
			"a leader":                                               {"olga", "", "3 4 4 1 4 0", "Leads these journeys: Fibre at home"},
			"a manager":                                              {"ann", "", "0 4 4 1 4 5", "the whole company is in sight"},
			"an administrator, who sees the people and no walk": {"admin", "People (opens first)|Settings", "0 0 0 0 0 5", "reads no customers’ words"},
		} {
			p := admin.Post(viewAs(w, c.login), nil)
			if p.Status != 200 {
				t.Fatalf("%s: %d %s", sentence, p.Status, said(p))
			}
			if got := strings.Join(listed(p, "#sight dd"), " "); c.counts != "" && got != c.counts {
				t.Errorf("%s: counts %q, want %q", sentence, got, c.counts)
			}
			if got := strings.Join(listed(p, "#menu-of li"), "|"); c.menu != "" && got != c.menu {
				t.Errorf("%s: menu %q, want %q", sentence, got, c.menu)
			}
			if got := strings.Join(listed(p, "#roles div"), "|"); !strings.Contains(got, c.roles) {
				t.Errorf("%s: roles %q, want %q in them", sentence, got, c.roles)
			}
			if strings.Contains(p.Body, words) || strings.Contains(p.Body, "Μαρία") || strings.Contains(p.Body, "V-1") {
				t.Errorf("%s: words, a customer or a run are on the page", sentence)
			}
		}
		// The counts are those of the lists themselves.
		for _, login := range []string{"zahra", "nikos", "olga", "ann", "boris", "admin"} {
			a := w.Actor(login)
			n, err := w.App.Store.SightOf(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			runs, err := w.App.Store.RunsFor(t.Context(), a.Scope(), run.Filter{}, page.Ask{})
			if err != nil || int64(runs.Total) != n.Runs {
				t.Errorf("%s: %d runs in the list, %d counted (%v)", login, runs.Total, n.Runs, err)
			}
			tallies, err := w.App.Store.TalliesFor(t.Context(), a.OwnScope(), a.EmployeeID, feedback.Filter{})
			own := 0
			for _, tally := range tallies {
				own += tally.N
			}
			if err != nil || int64(own) != n.Feedback {
				t.Errorf("%s: feedback of %d in the list, %d counted (%v)", login, own, n.Feedback, err)
			}
		}
	})
}

func TestLookingIsToldAndOnlyForAdministrators(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin, zahra := w.As("admin"), w.Actor("zahra")
		page := fmt.Sprintf("/people/users/%d", zahra.UserID)
		if form := admin.Get(page).Find(`form[action="` + viewAs(w, "zahra") + `"]`); form.Length() != 1 {
			t.Errorf("the person's page does not lead there: %d", form.Length())
		}
		if form := w.As("ann").Get(page).Find(`form[action="` + viewAs(w, "zahra") + `"]`); form.Length() != 0 {
			t.Error("a manager is offered it")
		}
		for login, want := range map[string]int{"ann": http.StatusForbidden, "nikos": http.StatusForbidden, "zahra": http.StatusForbidden} {
			if p := w.As(login).Post(viewAs(w, "zahra"), nil); p.Status != want {
				t.Errorf("%s: %d, want %d", login, p.Status, want)
			}
		}
		looked := func() (n int, by int64) {
			events, err := w.App.Store.EventsOf(context.Background(), "user", zahra.UserID)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if e.Verb == event.UserViewedAs {
					n, by = n+1, e.ActorID
				}
			}
			return n, by
		}
		if n, _ := looked(); n != 0 {
			t.Errorf("%d looks are told before any", n)
		}
		if p := admin.Post(viewAs(w, "zahra"), nil); p.Status != 200 {
			t.Fatalf("an administrator: %d", p.Status)
		}
		if n, by := looked(); n != 1 || by != w.Actor("admin").UserID {
			t.Errorf("%d looks told, by %d", n, by)
		}
		if p := admin.Get(viewAs(w, "zahra")); p.Status != http.StatusMethodNotAllowed && p.Status != http.StatusNotFound {
			t.Errorf("looking by an address alone: %d", p.Status)
		}
		if p := admin.Post("/people/users/1/view", nil); p.Status != 404 {
			t.Errorf("nobody: %d", p.Status)
		}
		if p := admin.Post(page+"/access", url.Values{"disabled": {"1"}}); p.Status != 303 {
			t.Fatalf("disable: %d", p.Status)
		}
		if p := admin.Post(page+"/view", nil); p.Status != 409 || !has(p, "sees nothing") {
			t.Errorf("a disabled sign-in: %d %s", p.Status, said(p))
		}
		if form := admin.Get(page).Find(`form[action="` + page + `/view"]`); form.Length() != 0 {
			t.Error("it is offered for a disabled sign-in")
		}
	})
}

func TestViewAsReadsInFourLanguages(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	for lang, want := range map[string]string{"fa": "آنچه", "el": "Τι βλέπει", "ru": "Что видит"} {
		if p := w.As("admin").Language(lang).Post(viewAs(w, "nikos"), nil); p.Status != 200 || !has(p, want) || !has(p, w.Nikos.Name) {
			t.Errorf("in %s: %d %s", lang, p.Status, said(p))
		}
	}
}
