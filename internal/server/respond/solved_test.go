package respond_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
	"github.com/journeyloop/journeyloop/templates/respond"
)

var manager = people.Actor{UserID: 1, EmployeeID: 1, Manager: true}

// asked is a case of an unhappy customer who was called, and the way to the question whether it is solved.
func (s *site) asked(t *testing.T, key string) (id int64, path string) {
	t.Helper()
	one, run := 1, s.Run(t, key)
	if _, err := s.Feedback.Answer(t.Context(), s.Ask(t, run), feedback.Answer{Overall: &one}); err != nil {
		t.Fatal(err)
	}
	if err := s.Cases.Consider(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	cases, err := s.Store.CasesOf(t.Context(), s.Customer(t, run).ID)
	if err != nil || len(cases) != 1 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	if _, err := s.Cases.Attempt(t.Context(), manager, cases[0].ID, casework.Tried{Channel: "call", Result: casework.Reached}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cases.Code(t.Context(), manager, cases[0].ID, "system"); err != nil {
		t.Fatal(err)
	}
	return cases[0].ID, s.propose(t, cases[0].ID)
}

func (s *site) propose(t *testing.T, id int64) (path string) {
	t.Helper()
	rules := casework.DefaultRules()
	rules.Compensation.Currency = "EUR"
	if err := s.Store.SaveCaseRules(t.Context(), 0, &rules); err != nil {
		t.Fatal(err)
	}
	c, err := s.Cases.Propose(t.Context(), manager, id, casework.Solved{Solution: "مودم عوض شد\nو سیم تازه است", CompensationMinor: 2500})
	if err != nil {
		t.Fatal(err)
	}
	return respond.SolvedPath(surveytest.Link(t, s.Store, c))
}

func (s *site) state(t *testing.T, id int64) casework.State {
	t.Helper()
	c, err := s.Store.CaseByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c.State
}

func TestSheIsAskedWhetherItIsSolvedAndLookingRecordsNothing(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		_, path := s.asked(t, "o1")
		before := s.Dump(t)
		p := s.get(t, path)
		if p.status != 200 || p.lang() != "fa" || p.Find("html").AttrOr("dir", "") != "rtl" || !strings.Contains(p.body, "مودم عوض شد") || !strings.Contains(p.body, "۲۵٫۰۰") {
			t.Errorf("status %d in %s:\n%s", p.status, p.lang(), p.Find("main").Text())
		}
		if n := p.Find("script, [style], [required]").Length(); n != 0 || p.header.Get("Set-Cookie") != "" || p.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%d scripts, styles and forced answers; headers %v", n, p.header)
		}
		for _, look := range []string{path + "?lang=ru", path + "?solved=yes", "/solved/unknown"} {
			s.get(t, look)
		}
		p = s.post(t, path, url.Values{"comment": {"сохранить"}, "show": {"ru"}})
		if p.lang() != "ru" || p.Find("textarea").Text() != "сохранить" {
			t.Error("changing the language lost what was filled in")
		}
		if after := s.Dump(t); !slices.Equal(before, after) {
			t.Errorf("looking changed the database:\n%s", strings.Join(differing(before, after), "\n"))
		}
	})
}

func TestHerWordIsTakenOnceAndShownAgain(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		id, path := s.asked(t, "o1")
		if p := s.post(t, path, url.Values{"solved": {"no"}, "comment": {strings.Repeat("خ", 4001)}, "lang": {"fa"}}); p.status != 422 || p.Find("[role=alert]").Length() != 1 || p.Find("textarea").Text() == "" {
			t.Errorf("too many words: %d", p.status)
		}
		for _, said := range []string{"no", "no", "yes"} {
			if p := s.post(t, path, url.Values{"solved": {said}, "comment": {"هنوز قطع است"}, "lang": {"fa"}}); p.status != 303 || p.header.Get("Location") != path+"?lang=fa" {
				t.Errorf("she says %s: %d to %s", said, p.status, p.header.Get("Location"))
			}
		}
		if s.state(t, id) != casework.Working {
			t.Errorf("after a no the case is %s", s.state(t, id))
		}
		if p := s.get(t, path); p.status != 200 || !strings.Contains(p.Find("blockquote").Text(), "هنوز قطع است") || p.Find("button[name=solved]").Length() != 0 {
			t.Errorf("the link again: %d\n%s", p.status, p.Find("main").Text())
		}
		yes := s.propose(t, id)
		s.post(t, yes, url.Values{"solved": {"yes"}})
		if s.state(t, id) != casework.Verified {
			t.Errorf("after a yes the case is %s", s.state(t, id))
		}
	})
}

func TestALinkThatAsksNoMoreSaysSoKindly(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		s.accept = "el"
		id, first := s.asked(t, "o1")
		s.post(t, first, url.Values{"solved": {"no"}})
		second := s.propose(t, id)
		silent, old := s.asked(t, "o2")
		told := func(sentence, path, lang string, status int, words string) {
			t.Helper()
			for _, p := range []page{s.get(t, path), s.post(t, path, url.Values{})} {
				if p.status != status || p.lang() != lang || !strings.Contains(p.Find("main").Text(), words) || p.Find("button[name=solved]").Length() != 0 {
					t.Errorf("%s: %d in %s:\n%s", sentence, p.status, p.lang(), p.Find("main").Text())
				}
			}
		}
		told("no such link", "/solved/nonsense", "el", 404, "δεν οδηγεί πουθενά")
		s.post(t, second, url.Values{"solved": {"yes"}})
		told("what she said, though the case went on", first, "fa", 200, "هنوز حل نشده")
		s.Wait(surveytest.Days(59))
		if err := s.Cases.Attend(t.Context(), silent); err != nil || s.state(t, silent) != casework.Unverified {
			t.Errorf("after weeks of silence: %s %v", s.state(t, silent), err)
		}
		if p := s.get(t, old); p.status != 200 {
			t.Errorf("a late look: %d", p.status)
		}
		s.Wait(surveytest.Days(1))
		if p := s.post(t, old, url.Values{"solved": {"no"}}); p.status != 303 {
			t.Errorf("an answer that is too late: %d", p.status)
		}
		told("a link of two months ago", old, "fa", 410, "با ما تماس بگیرید")
	})
}

func TestARatingAfterwardsIsKeptApart(t *testing.T) {
	exercise(t, func(t *testing.T, s *site) {
		id, path := s.asked(t, "o1")
		if p := s.post(t, path+"/rating", url.Values{"rating": {"5"}}); p.status != 303 || s.get(t, path).Find("input[name=rating]").Length() != 0 {
			t.Errorf("a rating before her word: %d", p.status)
		}
		s.post(t, path, url.Values{"solved": {"yes"}})
		if n := s.get(t, path).Find("input[name=rating]").Length(); n != 5 {
			t.Errorf("%d ratings to choose from", n)
		}
		for _, wrong := range []string{"", "6", "x"} {
			if p := s.post(t, path+"/rating", url.Values{"rating": {wrong}}); p.status != 422 {
				t.Errorf("a rating of %q: %d", wrong, p.status)
			}
		}
		if p := s.post(t, path+"/rating", url.Values{"rating": {"4"}}); p.status != 303 {
			t.Errorf("a rating: %d", p.status)
		}
		r, err := s.Store.CaseRating(t.Context(), id)
		if err != nil || r.Value != 4 || !r.Scale.Valid(5) || !r.At.Equal(s.Now()) {
			t.Errorf("%+v %v", r, err)
		}
		if p := s.get(t, path); p.Find("input[name=rating]").Length() != 0 || !strings.Contains(p.body, "۴") {
			t.Errorf("afterwards:\n%s", p.Find("main").Text())
		}
		c, err := s.Store.CaseByID(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if answer := s.response(t, c.RunID); *answer.Overall != 1 {
			t.Errorf("the answer is now %d", *answer.Overall)
		}
		s.Verify(t)
	})
}
