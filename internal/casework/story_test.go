package casework_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

// opened is a case of a customer who was as unhappy as can be, with the leader of its journey.
func opened(t *testing.T, w *surveytest.World, key string) (casework.Case, people.Actor) {
	t.Helper()
	one := 1
	run := w.Run(t, key)
	cases := answered(t, w, run, feedback.Answer{Overall: &one}, 1)
	if len(cases) != 1 {
		t.Fatalf("%d cases", len(cases))
	}
	return cases[0], people.Actor{UserID: 1, EmployeeID: employee(t, w, "olga"), Leads: []int64{cases[0].JourneyID}}
}

func employee(t *testing.T, w *surveytest.World, key string) int64 {
	t.Helper()
	e, err := w.Store.EmployeeByKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

func again(t *testing.T, w *surveytest.World, id int64) casework.Case {
	t.Helper()
	c, err := w.Store.CaseByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func attend(t *testing.T, w *surveytest.World, id int64) casework.Case {
	t.Helper()
	if err := w.Cases.Attend(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	return again(t, w, id)
}

func refused(t *testing.T, sentence string, err error, key string) {
	t.Helper()
	if f := fault.Of(err); f == nil || f.Key != key {
		t.Errorf("%s: %v, want %s", sentence, err, key)
	}
}

// told lists what happened to a case.
func told(t *testing.T, w *surveytest.World, id int64) string {
	t.Helper()
	steps, err := w.Store.StepsOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range steps {
		out = append(out, strings.TrimSuffix(string(s.Kind)+" "+s.Result, " "))
	}
	return strings.Join(out, ", ")
}

func TestFromABadAnswerToHerWordThatItIsSolved(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		compensating(t, w, casework.Compensation{FromDays: 1, Currency: "EUR"})
		c, olga := opened(t, w, "o1")
		ctx := people.With(t.Context(), olga)
		must := func(got casework.Case, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			c = got
		}
		w.Wait(c.NextAt.Sub(w.Now()))
		if c = attend(t, w, c.ID); c.Warned != 80 {
			t.Errorf("warned at %d per cent", c.Warned)
		}
		must(w.Cases.TakeOver(ctx, olga, c.ID, c.OwnerID))
		must(w.Cases.Attempt(ctx, olga, c.ID, casework.Tried{Channel: "call", Result: casework.NoAnswer}))
		if c.State != casework.Open || c.ContactedAt != nil {
			t.Errorf("nobody answered: %+v", c)
		}
		_, err := w.Cases.Propose(ctx, olga, c.ID, casework.Solved{Solution: "repaired"})
		refused(t, "a solution before the first contact", err, "cases.not_contacted")
		must(w.Cases.Attempt(ctx, olga, c.ID, casework.Tried{Channel: "call", Result: casework.Reached, Words: "very angry"}))
		_, err = w.Cases.Propose(ctx, olga, c.ID, casework.Solved{Solution: "repaired"})
		refused(t, "a solution of nobody knows what", err, "cases.cause_first")
		must(w.Cases.Code(ctx, olga, c.ID, "system", "promise"))
		if c.State != casework.Working {
			t.Errorf("state %s", c.State)
		}
		must(w.Cases.Propose(ctx, olga, c.ID, casework.Solved{Solution: "repaired", CompensationMinor: 2500}))
		no := surveytest.Link(t, w.Store, c)
		if _, err := w.Cases.Question(ctx, no); err != nil || again(t, w, c.ID).Version != c.Version {
			t.Errorf("looking at the question: %v", err)
		}
		w.Wait(surveytest.Days(1))
		before := c.ResolveDue
		must(w.Cases.Verdict(ctx, no, false, "still broken"))
		if c.State != casework.Working || c.Reopened != 1 || !c.ResolveDue.After(before) {
			t.Errorf("she said no: %+v", c)
		}
		must(w.Cases.Verdict(ctx, no, false, "still broken"))
		_, err = w.Cases.Verdict(ctx, no, true, "")
		refused(t, "another word by the same link", err, "cases.link_used")
		must(w.Cases.Propose(ctx, olga, c.ID, casework.Solved{Solution: "replaced"}))
		yes := surveytest.Link(t, w.Store, c)
		must(w.Cases.Verdict(ctx, yes, true, "thank you"))
		if c.State != casework.Verified || c.ClosedAt == nil || c.NextAt != nil {
			t.Errorf("she said yes: %+v", c)
		}
		want := "opened, warned 80, taken_over, attempt no_answer, attempt reached, coded system, proposed, verdict no, proposed, verdict yes"
		if got := told(t, w, c.ID); got != want && got != strings.Replace(want, "opened,", "opened, assigned,", 1) {
			t.Errorf("told %s,\nwant %s", got, want)
		}
		_, err = w.Cases.Note(ctx, olga, c.ID, "one more")
		refused(t, "a note on what is over", err, "cases.closed")
	})
}

func TestTwoTakeACaseOverAtOnce(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		c, olga := opened(t, w, "o1")
		nikos := people.Actor{UserID: 2, EmployeeID: employee(t, w, "nikos"), Manager: true}
		var mu sync.Mutex
		var lost []error
		var both sync.WaitGroup
		for _, who := range []people.Actor{olga, nikos} {
			both.Go(func() {
				if _, err := w.Cases.TakeOver(context.Background(), who, c.ID, c.OwnerID); err != nil {
					mu.Lock()
					defer mu.Unlock()
					lost = append(lost, err)
				}
			})
		}
		both.Wait()
		if len(lost) != 1 {
			t.Fatalf("refused: %v", lost)
		}
		refused(t, "who came second", lost[0], "cases.taken_by")
		owner, err := w.Store.EmployeeByID(t.Context(), again(t, w, c.ID).OwnerID)
		if err != nil || !strings.Contains(fault.Of(lost[0]).Args[1].(string), owner.Name) {
			t.Errorf("%v does not name %s", fault.Of(lost[0]).Args, owner.Name)
		}
		if got := told(t, w, c.ID); strings.Count(got, "taken_over") != 1 {
			t.Errorf("told %s", got)
		}
	})
}

func TestTheClockWaitsForHerFiveDaysAtMost(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		c, olga := opened(t, w, "o1")
		ctx := t.Context()
		_, err := w.Cases.Wait(ctx, olga, c.ID, "the serial number")
		refused(t, "waiting for who was not contacted", err, "cases.not_contacted")
		if _, err := w.Cases.Attempt(ctx, olga, c.ID, casework.Tried{Channel: "call", Result: casework.Reached}); err != nil {
			t.Fatal(err)
		}
		c, err = w.Cases.Wait(ctx, olga, c.ID, "the serial number")
		if err != nil || !c.Due().IsZero() {
			t.Fatalf("the clock runs: %+v %v", c, err)
		}
		due := c.ResolveDue
		w.Wait(surveytest.Days(30))
		if c = attend(t, w, c.ID); c.WaitingSince != nil || c.Waited != 120*time.Hour || !c.ResolveDue.After(due) {
			t.Errorf("after a month: %+v", c)
		}
		_, err = w.Cases.Wait(ctx, olga, c.ID, "the serial number")
		refused(t, "a sixth day", err, "cases.waited_enough")
	})
}

func TestSilenceEndsACaseUnverified(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		c, _, token := proposed(t, w, "o1")
		w.Wait(surveytest.Days(7) - time.Second)
		if c = attend(t, w, c.ID); c.State != casework.Proposed {
			t.Errorf("a second too early: %s", c.State)
		}
		w.Wait(time.Second)
		if c = attend(t, w, c.ID); c.State != casework.Unverified || c.ClosedAt == nil {
			t.Errorf("after seven days: %+v", c)
		}
		if c, err := w.Cases.Verdict(t.Context(), token, true, ""); err != nil || c.State != casework.Verified {
			t.Errorf("she answers late: %+v %v", c, err)
		}
	})
}

func TestWhoCannotBeReached(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		c, olga := opened(t, w, "o1")
		ctx := t.Context()
		customer := w.Customer(t, c.RunID)
		customer.Phone = "+30 210 000000"
		if err := w.Store.SaveCustomer(ctx, customer); err != nil {
			t.Fatal(err)
		}
		try := func(channel casework.Channel) {
			t.Helper()
			if _, err := w.Cases.Attempt(ctx, olga, c.ID, casework.Tried{Channel: channel, Result: casework.NoAnswer}); err != nil {
				t.Fatal(err)
			}
		}
		giveUp := func() error { _, err := w.Cases.GiveUp(ctx, olga, c.ID, ""); return err }
		try("call")
		try("call")
		w.Wait(surveytest.Days(5))
		refused(t, "after two attempts", giveUp(), "cases.try_more")
		try("call")
		refused(t, "by one way", giveUp(), "cases.try_more")
		try("mail")
		if err := giveUp(); err != nil {
			t.Error(err)
		}
		if c = again(t, w, c.ID); c.State != casework.Unreachable || c.ContactedAt != nil || c.ClosedBy != olga.UserID {
			t.Errorf("case %+v", c)
		}
	})
}

func TestNobodyElseKnowsOfACase(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		c, olga := opened(t, w, "o1")
		nikos, zahra := employee(t, w, "nikos"), employee(t, w, "zahra")
		if _, err := w.Cases.HandOver(t.Context(), olga, c.ID, c.OwnerID, zahra, "she speaks Persian"); err != nil {
			t.Fatal(err)
		}
		team := func(key string) int64 { e, _ := w.Store.EmployeeByKey(t.Context(), key); return e.TeamID }
		for sentence, x := range map[string]struct {
			who  people.Actor
			sees bool
		}{
			"its owner":                           {people.Actor{EmployeeID: zahra}, true},
			"her supervisor":                      {people.Actor{EmployeeID: nikos, Supervises: []int64{team("zahra")}}, true},
			"the leader of the journey":           {people.Actor{Leads: []int64{c.JourneyID}}, true},
			"a manager":                           {people.Actor{Manager: true}, true},
			"a supervisor of who served":          {people.Actor{Supervises: []int64{team("nikos")}}, true},
			"the owner of where it went wrong":    {people.Actor{Owns: []int64{c.TouchpointID}}, c.TouchpointID != 0},
			"the owner of another place":          {people.Actor{Owns: []int64{1}}, false},
			"who served her, but does not own it": {people.Actor{EmployeeID: nikos}, false},
			"an administrator as such":            {people.Actor{Administrator: true}, false},
			"nobody":                              {people.Actor{}, false},
		} {
			_, err := w.Store.CaseFor(t.Context(), x.who.Scope(), c.ID)
			if sees := err == nil; sees != x.sees || err != nil && fault.KindOf(err) != fault.KindMissing {
				t.Errorf("%s sees it: %v (%v)", sentence, sees, err)
			}
		}
		steps, err := w.Store.StepsOf(t.Context(), c.ID)
		if err != nil || !slices.ContainsFunc(steps, func(s casework.Step) bool {
			return s.Kind == casework.StepHanded && s.EmployeeID == zahra && s.Words == "she speaks Persian"
		}) {
			t.Errorf("steps %+v %v", steps, err)
		}
	})
}

func TestWhoGetsANewCase(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		ctx, two := t.Context(), 2
		manager := people.Actor{UserID: 1, Manager: true}
		w.Store.Now = w.Now // who is away today
		sales := func() int64 { e, _ := w.Store.EmployeeByKey(ctx, "nikos"); return e.TeamID }
		owner := func(key string) int64 {
			t.Helper()
			return answered(t, w, w.Run(t, key), feedback.Answer{Overall: &two}, 1)[0].OwnerID
		}
		if got := owner("o1"); got != 0 {
			t.Errorf("where there is neither owner, supervisor nor leader: %d", got)
		}
		nikos, zahra := employee(t, w, "nikos"), employee(t, w, "zahra")
		rules := casework.DefaultRules()
		rules.Route, rules.TeamID = []casework.Route{casework.ToTeam}, sales()
		refused(t, "an employee sets the rules", w.Cases.SetRules(ctx, people.Actor{EmployeeID: nikos}, 0, &rules), "cases.rules_not_yours")
		if err := w.Cases.SetRules(ctx, manager, 0, &rules); err != nil {
			t.Fatal(err)
		}
		if got := owner("o2"); got != nikos {
			t.Errorf("the team's turn: %d, want %d", got, nikos)
		}
		today := i18n.Day(w.Now(), storetest.Zone)
		if err := w.Store.SaveAbsence(ctx, people.Absence{ID: 1, EmployeeID: nikos, FromDay: today, UntilDay: today + 3, SubstituteID: zahra, CreatedAt: w.Now()}); err != nil {
			t.Fatal(err)
		}
		if got := owner("o3"); got != zahra {
			t.Errorf("who stands in: %d, want %d", got, zahra)
		}
		cases := casesOf(t, w, func() int64 { r, _ := w.Store.RunsByKey(ctx, "o2"); return r[0].ID }())
		if _, err := w.Store.CaseFor(ctx, people.Actor{EmployeeID: zahra}.Scope(), cases[0].ID); err != nil {
			t.Errorf("who stands in does not see his cases: %v", err)
		}
		w.Wait(surveytest.Days(4))
		if _, err := w.Store.CaseFor(ctx, people.Actor{EmployeeID: zahra}.Scope(), cases[0].ID); fault.KindOf(err) != fault.KindMissing {
			t.Errorf("once he is back: %v", err)
		}
	})
}

// proposed is a case whose customer is asked whether it is solved.
func proposed(t *testing.T, w *surveytest.World, key string) (casework.Case, people.Actor, string) {
	t.Helper()
	c, olga := opened(t, w, key)
	_, err := w.Cases.Attempt(t.Context(), olga, c.ID, casework.Tried{Channel: "mail", Result: casework.Reached})
	_, failed := w.Cases.Code(t.Context(), olga, c.ID, "price")
	c, err2 := w.Cases.Propose(t.Context(), olga, c.ID, casework.Solved{Solution: "paid back"})
	if err := errors.Join(err, failed, err2); err != nil {
		t.Fatal(err)
	}
	return c, olga, surveytest.Link(t, w.Store, c)
}

func TestWhatComesWhileSheIsAsked(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		c, _, token := proposed(t, w, "o1")
		ctx := t.Context()
		asked := casework.Mail{ID: 1, CaseID: c.ID, Kind: casework.MailAsk, State: casework.MailSent, Token: "ours", MadeAt: c.OpenedAt}
		if _, err := w.Store.AddMail(ctx, asked); err != nil {
			t.Fatal(err)
		}
		w.Wait(surveytest.Days(6))
		letter := casework.LetterFrom{MessageID: "m1", From: w.Customer(t, c.RunID).Email, To: []string{"care+ours@example.org"}, Subject: "Re", Words: "I will look on Monday"}
		if _, news, err := w.Cases.Receive(ctx, letter); err != nil || !news {
			t.Fatal(err)
		}
		w.Wait(surveytest.Days(2))
		if c = attend(t, w, c.ID); c.State != casework.Proposed {
			t.Fatalf("who wrote two days ago is not silent: %+v", c)
		}
		raise := func(kind casework.Kind, grave bool, at time.Time) {
			t.Helper()
			if err := w.Cases.Raise(ctx, c.RunID, casework.Trigger{Kind: kind, SourceID: 1, At: at, Grave: grave}); err != nil {
				t.Fatal(err)
			}
			c = again(t, w, c.ID)
		}
		if raise(casework.Promise, false, w.Now().Add(-surveytest.Days(20))); c.State != casework.Proposed {
			t.Errorf("what was before she was asked: %+v", c)
		}
		if raise(casework.Complaint, false, w.Now()); c.State != casework.Working || c.Reopened != 1 || c.NextAt == nil || !c.Due().After(w.Now()) {
			t.Errorf("she complains instead of answering: %+v", c)
		}
		_, err := w.Cases.Verdict(ctx, token, true, "")
		refused(t, "by the link of the question before", err, "cases.link_over")
	})
}

func TestGraveNewsHastenWhatIsOpen(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		run := w.Run(t, "o1")
		ctx, olga := t.Context(), people.Actor{UserID: 1, Manager: true}
		tell := func(kind casework.Kind, grave bool) casework.Case {
			t.Helper()
			if err := w.Cases.Raise(ctx, run, casework.Trigger{Kind: kind, At: w.Now(), Grave: grave}); err != nil {
				t.Fatal(err)
			}
			return casesOf(t, w, run)[0]
		}
		before := tell(casework.Contact, false)
		_, err := w.Cases.Attempt(ctx, olga, before.ID, casework.Tried{Channel: "call", Result: casework.Reached})
		_, err2 := w.Cases.Wait(ctx, olga, before.ID, "a photo")
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		w.Wait(time.Hour)
		if c := tell(casework.Danger, true); c.Severity != casework.Grave || c.WaitingSince != nil || !c.Due().Before(before.ResolveDue) || c.Warned != 0 {
			t.Errorf("words of danger while the clock stands: %+v", c)
		}
		after := again(t, w, before.ID)
		if c := tell(casework.Fall, false); c.Severity != casework.Grave || !c.Due().Equal(after.Due()) {
			t.Errorf("lesser news lengthen nothing: %+v", c)
		}
	})
}

func TestACaseWhoseOwnerHasLeft(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		c, olga := opened(t, w, "o1")
		ctx, zahra := t.Context(), employee(t, w, "zahra")
		nikos := people.Actor{UserID: 2, EmployeeID: employee(t, w, "nikos"), Manager: true}
		if _, err := w.Cases.HandOver(ctx, olga, c.ID, c.OwnerID, zahra, "she was there"); err != nil {
			t.Fatal(err)
		}
		leader := leads(t, w, c, nikos.EmployeeID)
		gone, err := w.Store.EmployeeByID(ctx, zahra)
		if err != nil {
			t.Fatal(err)
		}
		gone.Active = false
		if err := w.Store.SaveEmployee(ctx, gone); err != nil {
			t.Fatal(err)
		}
		w.Wait(c.NextAt.Sub(w.Now()))
		if c = attend(t, w, c.ID); c.OwnerID != leader || c.Warned != 80 {
			t.Errorf("at 80 per cent it is %d's, want %d's: %+v", c.OwnerID, leader, c)
		}
	})
}

// leads appoints the leader of a case's journey.
func leads(t *testing.T, w *surveytest.World, c casework.Case, who int64) int64 {
	t.Helper()
	j, err := w.Store.JourneyByID(t.Context(), c.JourneyID)
	if err == nil {
		j.LeaderID = who
		err = w.Store.SaveJourney(t.Context(), j)
	}
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// lapsed is a case that a customer's silence has ended, with the link by which she may still say no, and another walk of hers
// on the same journey.
func lapsed(t *testing.T, w *surveytest.World, key string) (old casework.Case, token string, second int64) {
	t.Helper()
	c, _, token := proposed(t, w, key)
	w.Wait(surveytest.Days(8))
	return attend(t, w, c.ID), token, w.Run(t, key+"-2", func(r *ingest.Record) { r.Customer.Key = "c-" + key })
}

// meanwhile lets something happen on another connection between what a change has read and what it writes.
type meanwhile struct {
	*store.Store
	happens func()
}

func (m meanwhile) ReopenCase(ctx context.Context, c casework.Case) (casework.Case, bool, error) {
	m.happens()
	return m.Store.ReopenCase(ctx, c)
}

// TestALateNoGoesToTheCaseSheHasOpen: her silence had ended one, and another of hers is open on the journey when she says no,
// or opens while her word is being written.
func TestALateNoGoesToTheCaseSheHasOpen(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		for _, sentence := range []string{"it is open", "it opens just now"} {
			key := strings.Fields(sentence)[1]
			old, token, second := lapsed(t, w, key)
			ctx, complain := t.Context(), func() {
				if err := w.Cases.Raise(context.Background(), second, casework.Trigger{Kind: casework.Complaint, SourceID: 1, At: w.Now()}); err != nil {
					t.Error(err)
				}
			}
			cases := *w.Cases
			if sentence == "it is open" || strings.HasPrefix(w.URL, "sqlite:") { // which has one writer
				complain()
			} else {
				cases.Store = meanwhile{w.Store, complain}
			}
			got, err := cases.Verdict(ctx, token, false, "never came")
			if err != nil || got.ID == old.ID || got.RunID != second || got.Closed() {
				t.Fatalf("%s: her late no: %+v %v", sentence, got, err)
			}
			if now := again(t, w, old.ID); now.State != casework.Unverified || now.Reopened != 0 || now.Version != old.Version {
				t.Errorf("%s: the old one: %+v", sentence, now)
			}
			triggers, err := w.Store.TriggersOf(ctx, got.ID)
			if want := []casework.Kind{casework.Complaint, casework.Unresolved}; err != nil || !slices.Equal(kinds(triggers), want) {
				t.Errorf("%s: triggers %v %v", sentence, kinds(triggers), err)
			}
			if steps := told(t, w, got.ID); !strings.HasSuffix(steps, "verdict no") {
				t.Errorf("%s: told %s", sentence, steps)
			}
			if _, err = w.Cases.Verdict(ctx, token, false, "never came"); err != nil || strings.Count(told(t, w, got.ID), "verdict no") != 1 {
				t.Errorf("%s: the same again: %v", sentence, err)
			}
		}
	})
}

// TestALateNoAndAComplaintAtOnce: whichever comes first, one case is open afterwards, and it has heard both.
func TestALateNoAndAComplaintAtOnce(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		ctx, second := t.Context(), map[string]int64{}
		var all sync.WaitGroup
		for _, key := range []string{"a", "b", "c"} {
			_, token, run := lapsed(t, w, key)
			second[key] = run
			all.Go(func() {
				if _, err := w.Cases.Verdict(ctx, token, false, "never came"); err != nil {
					t.Errorf("%s says no: %v", key, err)
				}
			})
			all.Go(func() {
				if err := w.Cases.Raise(ctx, run, casework.Trigger{Kind: casework.Complaint, SourceID: 1, At: w.Now()}); err != nil {
					t.Errorf("%s complains: %v", key, err)
				}
			})
		}
		all.Wait()
		for key, run := range second {
			open := slices.DeleteFunc(casesOf(t, w, run), casework.Case.Closed)
			if len(open) != 1 {
				t.Fatalf("%s has %d open cases", key, len(open))
			}
			triggers, err := w.Store.TriggersOf(ctx, open[0].ID)
			if err != nil || !slices.Contains(kinds(triggers), casework.Complaint) || !strings.Contains(told(t, w, open[0].ID), "verdict no") {
				t.Errorf("%s was not heard: %v, %s, %v", key, kinds(triggers), told(t, w, open[0].ID), err)
			}
		}
	})
}
