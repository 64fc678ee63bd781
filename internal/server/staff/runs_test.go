package staff_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

const words = "نصاب خیلی مودب بود ولی دیر آمد"

func runPath(r run.Run) string             { return fmt.Sprintf("/runs/%d", r.ID) }
func customerPath(r run.Run) string        { return fmt.Sprintf("/customers/%d", r.CustomerID) }
func said(p servertest.Page) string        { return p.Find("main").Text() }
func has(p servertest.Page, s string) bool { return strings.Contains(said(p), s) }

// outsider is an employee who never served on the run.
func outsider(t *testing.T, w *servertest.World) *servertest.Client {
	t.Helper()
	c := w.As("admin")
	page := c.Post("/people/employees", url.Values{"key": {"eve"}, "name": {"Eve Outside"}, "active": {"1"}, "team": {fmt.Sprint(w.South.ID)}})
	if page.Status != http.StatusSeeOther {
		t.Fatalf("add an employee: %d %s", page.Status, said(page))
	}
	shown := c.Post(page.Location+"/sign-in", url.Values{"login": {"eve"}})
	password := shown.Find("#password").Text()
	eve := w.Stranger()
	if page := eve.SignIn("eve", password); page.Status != http.StatusSeeOther {
		t.Fatalf("sign in with the shown password: %d", page.Status)
	}
	return eve
}

func TestWhoSeesAWalkAndWhoSeesWhose(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		r := w.AddAnswered("A-1", 2, words)
		const name = "Μαρία A-1"
		for sentence, c := range map[string]struct {
			login                        string
			walk, customer               int
			named, visitRated, shopRated bool
		}{
			"a manager sees everything":                  {"ann", 200, 200, true, true, true},
			"the journey's leader sees everything on it": {"olga", 200, 200, true, true, true},
			"a supervisor of a team that served knows the customer, and reads her own team's ratings": {"nikos", 200, 200, true, true, false},
			"who served sees the walk, her own rating and no name":                                    {"zahra", 200, 404, false, true, false},
			"who served elsewhere on it sees his own rating and no name":                              {"boris", 200, 404, false, false, true},
			"an administrator as such sees no walks":                                                  {"admin", 404, 404, false, false, false},
		} {
			client := w.As(c.login)
			p := client.Get(runPath(r))
			if p.Status != c.walk {
				t.Errorf("%s: walk %d, want %d", sentence, p.Status, c.walk)
			}
			if got := client.Get(customerPath(r)).Status; got != c.customer {
				t.Errorf("%s: customer %d, want %d", sentence, got, c.customer)
			}
			if c.walk != 200 {
				continue
			}
			if has(p, name) != c.named || strings.Contains(p.Body, customerPath(r)) != c.named {
				t.Errorf("%s: the customer's name is on the page: %v", sentence, has(p, name))
			}
			if !has(p, words) {
				t.Errorf("%s: the words are missing", sentence)
			}
			rated := said(p)
			if got := strings.Contains(rated, "2 of 5") && strings.Count(p.Find("section .card b bdi").Text(), "Visit") == 1; got != c.visitRated {
				t.Errorf("%s: the visit's rating is shown: %v", sentence, got)
			}
			if got := strings.Contains(p.Find("section .card b bdi").Text(), "Shop"); got != c.shopRated {
				t.Errorf("%s: the shop's rating is shown: %v", sentence, got)
			}
			if both := c.visitRated && c.shopRated; strings.Contains(rated, "not shown to you") == both {
				t.Errorf("%s: the page tells of ratings it hides: %v", sentence, !both)
			}
		}
		if p := outsider(t, w).Get(runPath(r)); p.Status != 404 {
			t.Errorf("an employee who did not serve sees the walk: %d", p.Status)
		}
	})
}

func TestAWalkTellsWhatHappened(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		record := w.Completed("B-7")
		due, kept := w.Now().AddDate(0, 0, -30), w.Now().AddDate(0, 0, -25)
		yes := true
		record.Contacts[0].Started, record.Contacts[0].PromiseDue, record.Contacts[0].PromiseKept = w.Now().AddDate(0, 0, -38), due, kept
		record.Contacts[1].Topic, record.Contacts[1].Resolved = "<script>alert(1)</script>", &yes
		w.Take(record)
		p := w.As("ann").Get(runPath(w.RunOf("B-7")))
		for _, part := range []string{"Promised by", "kept 5 days late", "Shop", "Visit", "Борис Петров", "زهرا احمدی", "South", "North", "Solved", "<script>alert(1)</script>", "days of waiting"} {
			if !strings.Contains(strings.ToLower(said(p)), strings.ToLower(part)) {
				t.Errorf("the walk does not tell %q: %s", part, said(p))
			}
		}
		if p.Find("main script").Length() > 0 {
			t.Error("a topic became a script")
		}
		if p.Find(".walk-long").Length() != 1 {
			t.Errorf("the wait in which the promise broke is not marked: %d", p.Find(".walk-long").Length())
		}
		for _, lang := range []string{"fa", "el", "ru"} {
			if p := w.As("ann").Language(lang).Get(runPath(w.RunOf("B-7"))); p.Status != 200 {
				t.Errorf("in %s: %d", lang, p.Status)
			}
		}
	})
}

func TestWordsGivenInConfidenceAreNobodys(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.Survey.Anonymity = survey.Confidential
		if err := w.App.Store.SaveSurvey(context.Background(), w.Survey); err != nil {
			t.Fatal(err)
		}
		r := w.AddAnswered("C-3", 4, words)
		ann := w.As("ann")
		p := ann.Get(runPath(r))
		if !has(p, words) || has(p, "Μαρία") || strings.Contains(p.Body, customerPath(r)) {
			t.Errorf("the walk shows words and name together: %s", said(p))
		}
		p = ann.Get(customerPath(r))
		if p.Status != 200 || has(p, words) || strings.Contains(p.Body, runPath(r)) {
			t.Errorf("the customer's page leads to the words: %s", said(p))
		}
	})
}

func TestTheListOfWalks(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.AddAnswered("L-1", 5, "")
		open := w.Completed("L-100%_x")
		open.Completed = time.Time{}
		open.Contacts = open.Contacts[:1]
		w.Take(open)
		for sentence, c := range map[string]struct {
			login, query string
			want         []string
		}{
			"a manager sees all":                      {"ann", "", []string{"L-1", "L-100%_x"}},
			"the leader sees her journey's":           {"olga", "", []string{"L-1", "L-100%_x"}},
			"an owner sees those at his touchpoint":   {"nikos", "", []string{"L-1"}},
			"by state":                                {"ann", "?state=open", []string{"L-100%_x"}},
			"by a part of the key in the other case":  {"ann", "?key=l-1", []string{"L-1", "L-100%_x"}},
			"percent and underscore are letters":      {"ann", "?key=" + url.QueryEscape("%_"), []string{"L-100%_x"}},
			"by journey":                              {"ann", fmt.Sprintf("?journey=%d", w.Fibre.ID), []string{"L-1", "L-100%_x"}},
			"by another journey":                      {"ann", "?journey=7", nil},
			"by the last contact":                     {"ann", "?from=2026-03-19", []string{"L-1"}},
			"until includes its day":                  {"ann", "?to=2026-03-18", []string{"L-100%_x"}},
			"a date that is none is told and ignored": {"ann", "?from=yesterday", []string{"L-1", "L-100%_x"}},
		} {
			p := w.As(c.login).Get("/runs" + c.query)
			var got []string
			for _, n := range p.Find("tbody th").EachIter() {
				got = append(got, strings.TrimSpace(n.Text()))
			}
			if len(got) != len(c.want) || !contains(got, c.want) {
				t.Errorf("%s: %v, want %v", sentence, got, c.want)
			}
		}
		if p := w.As("ann").Get("/runs?from=yesterday"); p.Find(".problem").Length() != 1 {
			t.Error("the wrong date is not told")
		}
	})
}

func contains(got, want []string) bool {
	for _, w := range want {
		found := false
		for _, g := range got {
			found = found || g == w
		}
		if !found {
			return false
		}
	}
	return true
}

func TestACustomerWhoDoesNotWantToBeAsked(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		r := w.AddAnswered("D-1", 3, words)
		at := customerPath(r)
		if p := w.As("olga").Post(at+"/consent", url.Values{"ask": {"0"}}); p.Status != 403 {
			t.Errorf("a leader notes a wish: %d", p.Status)
		}
		if p := w.As("zahra").Post(at+"/consent", url.Values{"ask": {"0"}}); p.Status != 404 {
			t.Errorf("who does not know the customer: %d", p.Status)
		}
		ann := w.As("ann")
		for _, ask := range []string{"0", "0", "1"} {
			if p := ann.Follow(ann.Post(at+"/consent", url.Values{"ask": {ask}})); p.Status != 200 || has(p, "not to be asked again") != (ask == "0") {
				t.Errorf("ask=%s: %d %s", ask, p.Status, said(p))
			}
		}
		events, err := w.App.Store.EventsOf(context.Background(), "customer", r.CustomerID)
		if err != nil || len(events) != 2 || events[0].Verb != "customer.opted_in" || events[0].ActorID != w.Actor("ann").UserID {
			t.Errorf("the ledger says %v (%v), want opted out and in by Ann", events, err)
		}
	})
}

func TestRunsOfOneCustomerStayInSight(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.AddAnswered("F-1", 4, words)
		other := w.Completed("F-2")
		other.Customer = ingest.Customer{Key: "customer-F-1"}
		other.Contacts = other.Contacts[:1] // South only: none of Nikos's people
		w.Take(other)
		r := w.RunOf("F-1")
		if a, b := w.RunOf("F-2"), r; a.CustomerID != b.CustomerID {
			t.Fatal("not the same customer")
		}
		if p := w.As("nikos").Get(customerPath(r)); !has(p, "F-1") || strings.Contains(p.Body, "F-2") {
			t.Errorf("a supervisor sees walks his teams had no part in: %s", said(p))
		}
		if p := w.As("ann").Get(customerPath(r)); !has(p, "F-1") || !has(p, "F-2") {
			t.Errorf("a manager misses a walk: %s", said(p))
		}
		found, err := w.App.Store.RunsFor(context.Background(), w.Actor("zahra").Scope(), run.Filter{}, page.Ask{})
		if err != nil || found.Total != 1 {
			t.Errorf("the walks of an employee: %d (%v), want the one on which she served", found.Total, err)
		}
	})
}
