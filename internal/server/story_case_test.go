package server_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// questions keeps the link of the last letter that asked a customer whether it is solved.
type questions struct{ link string }

func (q *questions) SendLetter(_ context.Context, l casework.LetterTo) error {
	q.link = l.Link
	return nil
}

// inner is the case of one customer, as it goes on.
type inner struct {
	*testing.T
	w     *servertest.World
	id    int64
	asked *questions
}

func (s inner) now() casework.Case {
	s.Helper()
	c, err := s.w.App.Store.CaseByID(s.Context(), s.id)
	if err != nil {
		s.Fatal(err)
	}
	return c
}

func (s inner) path(below string) string { return fmt.Sprintf("/cases/%d%s", s.id, below) }

// does is a form of the case's page, sent and taken.
func (s inner) does(who, below string, form url.Values) {
	s.Helper()
	if p := s.w.As(who).Post(s.path(below), form); p.Status != 303 {
		s.Fatalf("%s at %s: %d %s", who, below, p.Status, p.Find("main").Text())
	}
}

// says is the customer's word, by the page behind the last question that went out to her.
func (s inner) says(word, comment string) {
	s.Helper()
	s.asked.link = ""
	for range 24 { // hours, as nobody is written to at night
		if s.w.Drain(); s.asked.link != "" {
			break
		}
		s.w.Wait(time.Hour)
	}
	at := "/solved/" + s.asked.link
	before := s.now().Version
	if p := s.w.Stranger().Get(at); p.Status != 200 || s.now().Version != before {
		s.Fatalf("she looks at the question: %d", p.Status)
	}
	if p := s.w.Stranger().Post(at, url.Values{"solved": {word}, "comment": {comment}}); p.Status != 303 {
		s.Fatalf("she says %s: %d %s", word, p.Status, p.Body)
	}
}

// scores are the figures of answers, whomever they concern.
func scores(t *testing.T, w *servertest.World) (out []string) {
	t.Helper()
	w.Fold()
	for _, by := range []feedback.Dim{feedback.ByJourney, feedback.ByTouchpoint, feedback.ByTeam, feedback.ByEmployee} {
		lines, err := w.App.Insight.Figures(t.Context(), insight.Question{By: by})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			out = append(out, fmt.Sprint(by, l.Key, l.Scale, l.Tally))
		}
	}
	return out
}

// TestACustomerIsWonBack is the story of the inner loop, told through HTTP: a bad answer, a case with an owner and a clock
// nobody minds, the warning, two who take it over at once, a talk, a cause, a solution that was none, and one that was.
func TestACustomerIsWonBack(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		s := inner{T: t, w: w, asked: &questions{}}
		w.App.Cases.Sender = s.asked
		record := w.Completed("order-1")
		record.Ask, record.Customer.Email = true, "mina@example.org"
		w.Take(record)
		r := w.RunOf("order-1")
		answer := url.Values{"overall": {"1"}, "comment": {blame}, "t" + id(w.Visit.ID): {"1"}}
		if p := w.Stranger().Post("/s/"+w.Link(r.ID), answer); p.Status != 303 {
			t.Fatalf("her answer: %d %s", p.Status, p.Body)
		}
		before := scores(t, w)
		s.opens(r.CustomerID)
		s.isForgotten()
		owner := s.isTakenTwice("olga", "ann")
		s.isWorkedOn(owner)
		s.isSolvedAtLast(owner)
		if after := scores(t, w); !slices.Equal(before, after) || len(after) == 0 {
			t.Errorf("the scores were\n%v\nand are\n%v", before, after)
		}
		if found, err := w.App.Store.Verify(t.Context()); err != nil || len(found) != 0 {
			t.Errorf("verify: %v %v", found, err)
		}
	})
}

// opens: the touchpoint's owner has it, and a day of business time to talk to her, since nothing could be worse.
func (s *inner) opens(customer int64) {
	s.Helper()
	s.w.Drain()
	cases, err := s.w.App.Store.CasesOf(s.Context(), customer)
	if err != nil || len(cases) != 1 {
		s.Fatalf("%d cases, %v", len(cases), err)
	}
	c := cases[0]
	s.id = c.ID
	week, err := s.w.App.Store.Week(s.Context())
	if due := week.Add(c.OpenedAt, 24*time.Hour, s.w.App.Store.Zone()); err != nil || c.OwnerID != s.w.Nikos.ID || c.Severity != casework.Grave || !c.ContactDue.Equal(due) {
		s.Errorf("owner %d, severity %d, due %s want %s (%v)", c.OwnerID, c.Severity, c.ContactDue, due, err)
	}
	for who, status := range map[string]int{"nikos": 200, "olga": 200, "ann": 200, "zahra": 404, "boris": 404, "admin": 404} {
		if p := s.w.As(who).Get(s.path("")); p.Status != status {
			s.Errorf("%s opens the case: %d, want %d", who, p.Status, status)
		}
	}
	if !strings.Contains(s.w.As("nikos").Get("/cases").Body, s.path("")) {
		s.Error("the owner's list does not lead to it")
	}
}

// isForgotten: at 80 per cent of the time who stands above the owner is told, and nobody besides the owner.
func (s *inner) isForgotten() {
	s.Helper()
	s.w.Wait(s.now().NextAt.Sub(s.w.Now()) - time.Second)
	s.w.Drain()
	if c := s.now(); c.Warned != 0 {
		s.Errorf("warned at %d per cent a second too early", c.Warned)
	}
	s.w.Wait(time.Second)
	s.w.Drain()
	for who, want := range map[string]notify.Part{"nikos": notify.Hers, "olga": notify.Above, "ann": "nothing", "zahra": "nothing"} {
		part := notify.Part("nothing")
		told, err := s.w.App.Store.NotificationsOf(s.Context(), s.w.Actor(who).UserID, page.Ask{Number: 1, Size: 20})
		for _, n := range told.Rows {
			if n.Verb == event.CaseWarned && n.Value == 80 {
				part = n.Part
			}
		}
		if err != nil || part != want {
			s.Errorf("%s is warned as %q, want %q (%v)", who, part, want, err)
		}
	}
}

// isTakenTwice: two take it over at once, each with something typed. One has it, the other is told who, and loses nothing.
func (s *inner) isTakenTwice(one, other string) string {
	s.Helper()
	const typed = "I know her from last year"
	form := url.Values{"from": {id(s.w.Nikos.ID)}, "note": {typed}}
	var pages [2]servertest.Page
	var both sync.WaitGroup
	for i, c := range []*servertest.Client{s.w.As(one), s.w.As(other)} {
		both.Go(func() { pages[i] = c.Post(s.path("/owner"), form) })
	}
	both.Wait()
	owner, loser := one, pages[1]
	if pages[1].Status == 303 {
		owner, loser = other, pages[0]
	}
	names := map[string]people.Employee{"olga": s.w.Olga, "ann": s.w.Ann}
	if pages[0].Status+pages[1].Status != 303+409 || s.now().OwnerID != names[owner].ID {
		s.Fatalf("at once: %d and %d", pages[0].Status, pages[1].Status)
	}
	if main := loser.Find("main"); !strings.Contains(main.Text(), names[owner].Name) || !strings.Contains(main.Text(), typed) {
		s.Errorf("who came second is not told of %s, or what was typed is gone: %s", names[owner].Name, main.Text())
	}
	return owner
}

// isWorkedOn up to the customer's no: back to work, with a new clock.
func (s *inner) isWorkedOn(owner string) {
	s.Helper()
	s.does(owner, "/attempts", url.Values{"channel": {"call"}, "result": {"no_answer"}})
	if c := s.now(); c.ContactedAt != nil {
		s.Error("nobody answered, and that is a contact")
	}
	s.does(owner, "/attempts", url.Values{"channel": {"call"}, "result": {"reached"}, "said": {"very angry"}})
	s.does(owner, "/causes", url.Values{"cause": {"promise"}, "also": {"process"}})
	rules := casework.DefaultRules()
	rules.Compensation.Currency = "EUR"
	if err := s.w.App.Cases.SetRules(s.Context(), s.w.Actor("ann"), 0, &rules); err != nil {
		s.Fatal(err)
	}
	s.does(owner, "/solution", url.Values{"solution": {"One month is free."}, "compensation": {"29"}})
	s.w.Wait(26 * time.Hour)
	due := s.now().ResolveDue
	s.says("no", "Nothing has changed.")
	c := s.now()
	if c.State != casework.Working || c.Reopened != 1 || !c.ResolveDue.After(due) || c.Cause != "promise" || c.CompensationMinor != 2900 {
		s.Errorf("after her no: %+v", c)
	}
	if !strings.Contains(s.w.As(owner).Get(s.path("")).Find("main").Text(), "Nothing has changed.") {
		s.Error("her words are not on the page")
	}
}

// isSolvedAtLast: only her yes ends it, and only that counts.
func (s *inner) isSolvedAtLast(owner string) {
	s.Helper()
	s.does(owner, "/solution", url.Values{"solution": {"The line was laid anew."}})
	s.isCounted(1)
	s.says("yes", "")
	if c := s.now(); c.State != casework.Verified || c.ClosedAt == nil || c.NextAt != nil {
		s.Errorf("after her yes: %+v", c)
	}
	s.isCounted(0)
	if p := s.w.As(owner).Post(s.path("/notes"), url.Values{"note": {"one more"}}); p.Status != 409 {
		s.Errorf("a note on what is over: %d", p.Status)
	}
	if p := s.w.Stranger().Post("/solved/"+s.asked.link+"/rating", url.Values{"rating": {"5"}}); p.Status != 303 {
		s.Errorf("she rates the journey once more: %d", p.Status)
	}
}

// isCounted compares the figures of the inner loop with what has happened: of one customer no share is told.
func (s *inner) isCounted(open int64) {
	s.Helper()
	l, err := s.w.App.Insight.Loop(s.Context(), insight.LoopQuestion{Scope: people.System().Scope()})
	if err != nil || l.All.Opened != 1 || l.All.Open != open || l.All.Verified.X != 0 {
		s.Errorf("%d opened, %d open, want 1 and %d; verified %+v: %v", l.All.Opened, l.All.Open, open, l.All.Verified, err)
	}
	counts, err := s.w.App.Store.CaseCounts(s.Context(), insight.CaseSpan{Scope: people.System().Scope(), Until: s.w.Now()}, s.w.Now())
	if err != nil || len(counts) != 1 || counts[0].Verified != 1-open {
		s.Errorf("counted %+v: %v", counts, err)
	}
}
