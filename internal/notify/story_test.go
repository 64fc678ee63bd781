package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
)

// house is a world whose employees may sign in and have addresses.
type house struct {
	*surveytest.World
	notices *notify.Service
	who     map[string]people.Actor
}

func open(t *testing.T, w *surveytest.World) *house {
	t.Helper()
	w.Run(t, "before")
	h := &house{World: w, notices: &notify.Service{Store: w.Store, Ledger: w.Store, Zone: w.Store.Zone(), Now: w.Now}, who: map[string]people.Actor{}}
	for i, key := range []string{"olga", "nikos", "zahra"} {
		e, err := w.Store.EmployeeByKey(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		e.Email = key + "@company.example"
		if err := w.Store.SaveEmployee(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		lang := map[string]i18n.Lang{"olga": i18n.Russian, "nikos": i18n.Greek, "zahra": i18n.Persian}[key]
		u := people.User{ID: int64(i + 1), EmployeeID: e.ID, Login: key, Name: e.Name, Language: lang, Manager: key == "olga", Administrator: key == "olga", CreatedAt: w.Now()}
		if err := w.Store.SaveUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		h.who[key] = people.Actor{UserID: u.ID, EmployeeID: e.ID, Manager: u.Manager}
	}
	return h
}

// follow does everything that waits, twice and by two at once, as nodes that do not know of each other may.
func (h *house) follow(t *testing.T) {
	t.Helper()
	_, err := h.Store.WithErrands(t.Context(), func(ctx context.Context, e store.Errand) error {
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				for _, subject := range e.Subjects() {
					if err := h.notices.Praise(ctx, subject); err != nil {
						t.Error(err)
					}
				}
				if err := h.notices.Follow(ctx, e.Event); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// news takes what somebody was told since she last looked, in order.
func (h *house) news(t *testing.T, who string) string {
	t.Helper()
	list, err := h.Store.NotificationsOf(t.Context(), h.who[who].UserID, page.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range slices.Backward(list.Rows) {
		if n.ReadAt != nil {
			continue
		}
		line := strings.TrimSpace(n.Verb + " " + string(n.Part))
		if n.Value != 0 {
			line += fmt.Sprint(" ", n.Value)
		}
		if n.StandsFor != 0 {
			line += " for another"
		}
		out = append(out, line)
	}
	if err := h.Store.ReadNotifications(t.Context(), h.who[who].UserID, 0, h.Now()); err != nil {
		t.Fatal(err)
	}
	if n, err := h.Store.Unread(t.Context(), h.who[who].UserID); err != nil || n != 0 {
		t.Errorf("%s has %d unread after reading all (%v)", who, n, err)
	}
	return strings.Join(out, ", ")
}

// unhappy opens a case that olga owns.
func (h *house) unhappy(t *testing.T, key string) casework.Case {
	t.Helper()
	run, one := h.Run(t, key), 1
	if _, err := h.Feedback.Answer(t.Context(), h.Ask(t, run), feedback.Answer{Overall: &one}); err != nil {
		t.Fatal(err)
	}
	if err := h.Cases.Consider(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	cases, err := h.Store.CasesOf(t.Context(), h.Customer(t, run).ID)
	if err != nil || len(cases) != 1 {
		t.Fatal(cases, err)
	}
	c, err := h.Cases.TakeOver(t.Context(), h.who["olga"], cases[0].ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answerFor makes nikos the owner of where zahra serves, and her supervisor, and olga the journey's leader.
func (h *house) answerFor(t *testing.T) (visit int64) {
	t.Helper()
	ctx := t.Context()
	all, err := h.Store.TouchpointsFor(ctx, people.System().Scope())
	place := all[slices.IndexFunc(all, func(t journey.Touchpoint) bool { return t.Key == "visit" })]
	zahra, failed := h.Store.EmployeeByID(ctx, h.who["zahra"].EmployeeID)
	place.OwnerID, place.TeamID = h.who["nikos"].EmployeeID, zahra.TeamID
	j, wrong := h.Store.JourneyByKey(ctx, "fibre")
	j.LeaderID = h.who["olga"].EmployeeID
	tree, lost := h.Store.Tree(ctx)
	team := tree.Teams[zahra.TeamID]
	team.SupervisorID = h.who["nikos"].EmployeeID
	if err := errors.Join(err, wrong, failed, lost, h.Store.SaveTouchpoint(ctx, place), h.Store.SaveJourney(ctx, j), h.Store.SaveTeam(ctx, team)); err != nil {
		t.Fatal(err)
	}
	return place.ID
}

// hears lets somebody write down a wish about a touchpoint; theme 0 is a new one.
func (h *house) hears(t *testing.T, who string, visit, theme int64, words string) observation.Observation {
	t.Helper()
	o, err := (&observation.Service{Store: h.Store, Ledger: h.Store, Now: h.Now}).Record(t.Context(), h.who[who], observation.Draft{Kind: observation.Wish, Touchpoint: visit, Words: words, Join: theme, Language: i18n.English})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// rewrites lets an author change her words.
func (h *house) rewrites(t *testing.T, who string, o observation.Observation, words string) {
	t.Helper()
	service := &observation.Service{Store: h.Store, Ledger: h.Store, Now: h.Now}
	if err := service.Change(t.Context(), h.who[who], o.ID, observation.Draft{Kind: o.Kind, Touchpoint: o.TouchpointID, Words: words, Language: i18n.English}); err != nil {
		t.Fatal(err)
	}
}

// listen takes in the signals there are.
func (h *house) listen(t *testing.T, now ...notify.Signal) {
	t.Helper()
	for range 2 {
		if err := h.notices.Listen(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
}

// handOver gives a case of olga's to nikos.
func (h *house) handOver(t *testing.T, c casework.Case) casework.Case {
	t.Helper()
	c, err := h.Cases.HandOver(t.Context(), h.who["olga"], c.ID, c.OwnerID, h.who["nikos"].EmployeeID, "please")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhoHearsOfWhatOnce(t *testing.T) {
	surveytest.Exercise(t, func(t *testing.T, w *surveytest.World) {
		h := open(t, w)
		ctx := t.Context()
		var c casework.Case
		must := func(got casework.Case, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			c = got
		}
		solved := func(who string, yes bool) {
			t.Helper()
			must(h.Cases.Propose(ctx, h.who[who], c.ID, casework.Solved{Solution: "replaced"}))
			must(h.Cases.Verdict(ctx, surveytest.Link(t, h.Store, c), yes, "her words"))
		}
		var visit int64
		var heard, wordless observation.Observation
		down := func(since int32) notify.Signal {
			return notify.Signal{TouchpointID: visit, Scale: "csat_1_5", Since: since, Down: true}
		}
		talks, day := &coaching.Service{Store: h.Store, Ledger: h.Store, Zone: h.Store.Zone(), Now: h.Now}, i18n.Day(w.Now(), h.Store.Zone())+9
		c = h.unhappy(t, "o1")
		h.follow(t)
		for _, step := range []struct {
			sentence           string
			do                 func()
			olga, nikos, zahra string
		}{
			{"who does it is not told; who gets it is", func() { c = h.handOver(t, c) }, "", "case.handed_over", ""},
			{"who loses it is told", func() { must(h.Cases.TakeOver(ctx, h.who["olga"], c.ID, c.OwnerID)) }, "", "case.taken_over lost", ""},
			{"a deadline comes near: the owner, and the managers above her", func() {
				c = h.handOver(t, c)
				w.Wait(c.NextAt.Sub(w.Now()))
				if err := h.Cases.Attend(ctx, c.ID); err != nil {
					t.Fatal(err)
				}
			}, "case.warned above 80", "case.handed_over, case.warned 80", ""},
			{"she says no: it is reopened for its owner", func() {
				must(h.Cases.Attempt(ctx, h.who["nikos"], c.ID, casework.Tried{Channel: "call", Result: casework.Reached}))
				must(h.Cases.Code(ctx, h.who["nikos"], c.ID, "system"))
				solved("nikos", false)
			}, "", "case.reopened", ""},
			{"she says yes: the owner, and who helped", func() { solved("nikos", true) }, "case.verified helped", "case.verified", ""},
			{"praise arrives at whom it concerns", func() {
				run, best := h.Run(t, "o2"), 5
				if _, err := h.Feedback.Answer(ctx, h.Ask(t, run), feedback.Answer{Overall: &best, Comment: "سپاس", Language: i18n.Persian}); err != nil {
					t.Fatal(err)
				}
			}, "", "praise_arrived", "praise_arrived"},
			{"an answered wish is heard by its author", func() {
				o, err := (&observation.Service{Store: h.Store, Ledger: h.Store, Now: h.Now}).Record(ctx, h.who["zahra"], observation.Draft{Kind: observation.Wish, Words: "call first", Language: i18n.English})
				if err != nil {
					t.Fatal(err)
				}
				if err := (&observation.Service{Store: h.Store, Ledger: h.Store, Now: h.Now}).Answer(ctx, h.who["olga"], o.ID, observation.Planned, "from April"); err != nil {
					t.Fatal(err)
				}
			}, "", "", "observation.answered"},
			{"what is heard at a touchpoint waits for its owner's answer", func() {
				visit = h.answerFor(t)
				heard = h.hears(t, "zahra", visit, 0, "call first")
			}, "", "observation.recorded", ""},
			{"in other words it is no news", func() { h.rewrites(t, "zahra", heard, "please call first") }, "", "", ""},
			{"two taps without words say nothing yet", func() { wordless = h.hears(t, "zahra", visit, 0, "") }, "", "", ""},
			{"her words do", func() { h.rewrites(t, "zahra", wordless, "open on Sundays") }, "", "observation.recorded", ""},
			{"who says the same is no news", func() { h.hears(t, "olga", visit, heard.ThemeID, "call first") }, "", "", ""},
			{"until so many do that it is an improvement candidate: the leader, too", func() { h.hears(t, "zahra", visit, heard.ThemeID, "call first") }, "observation.became_candidate", "observation.became_candidate", ""},
			{"once", func() { h.hears(t, "zahra", visit, heard.ThemeID, "call first") }, "", "", ""},
			{"ratings of a touchpoint change: its owner, and the leader", func() { h.listen(t, down(20500)) }, "signals.sounded -20500", "signals.sounded -20500", ""},
			{"dated anew it is no other", func() { h.listen(t, down(20507)) }, "", "", ""},
			{"it ends", func() { h.listen(t) }, "", "", ""},
			{"and sounds again", func() { h.listen(t, down(20500)) }, "signals.sounded -20500", "signals.sounded -20500", ""},
			{"a talk gets a day: the other of the two", func() {
				if err := talks.Plan(ctx, h.who["nikos"], h.who["zahra"].EmployeeID, day); err != nil {
					t.Fatal(err)
				}
			}, "", "", fmt.Sprint("coaching.planned ", day)},
			{"loses it: nobody", func() {
				if err := talks.Plan(ctx, h.who["nikos"], h.who["zahra"].EmployeeID, 0); err != nil {
					t.Fatal(err)
				}
			}, "", "", ""},
			{"mail to somebody comes back: she is told, and who may know better", func() {
				if err := h.notices.Returned(ctx, "", "Zahra@company.example"); err != nil {
					t.Fatal(err)
				}
			}, "user.mail_bounced above", "", "user.mail_bounced"},
			{"once", func() {
				if err := h.notices.Returned(ctx, "notice-1@x", "zahra@company.example"); err != nil {
					t.Fatal(err)
				}
			}, "", "", ""},
			{"who stands in is told so", func() {
				day := i18n.Day(w.Now(), h.Store.Zone())
				p := &people.Service{Store: h.Store, Ledger: h.Store, Zone: h.Store.Zone(), Now: h.Now}
				if _, err := p.SetAbsence(ctx, h.who["nikos"], people.Absence{EmployeeID: h.who["nikos"].EmployeeID, FromDay: day, UntilDay: day + 3, SubstituteID: h.who["zahra"].EmployeeID}); err != nil {
					t.Fatal(err)
				}
			}, "", "", "absence.set"},
			{"and then of what the one hears who is away", func() {
				c.OwnerID = h.who["nikos"].EmployeeID
				again, opened, err := h.Store.OpenCase(ctx, casework.Case{ID: 77, CustomerID: c.CustomerID, RunID: c.RunID, JourneyID: c.JourneyID, State: casework.Open, Severity: casework.Normal,
					OwnerID: c.OwnerID, OpenedAt: w.Now(), ClockAt: w.Now(), ContactDue: w.Now(), ResolveDue: w.Now(), NextAt: new(w.Now()), Version: 1})
				if err != nil || !opened {
					t.Fatal(opened, err)
				}
				if err := h.Cases.Attend(ctx, again.ID); err != nil {
					t.Fatal(err)
				}
			}, "case.warned above 200", "case.warned 200", "case.warned 200 for another"},
		} {
			step.do()
			h.follow(t)
			for who, want := range map[string]string{"olga": step.olga, "nikos": step.nikos, "zahra": step.zahra} {
				if got := h.news(t, who); got != want {
					t.Errorf("%s: %s hears %q, want %q", step.sentence, who, got, want)
				}
			}
		}
	})
}
