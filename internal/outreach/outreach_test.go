package outreach_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

const day = 24 * time.Hour

// walked is the past of a customer: a completed run of the fibre journey begun so many days ago, each.
func walked(w *servertest.World, customer string, daysAgo ...int) []ingest.Record {
	var out []ingest.Record
	for i, d := range daysAgo {
		r := w.Completed(fmt.Sprintf("%s-%d", customer, i))
		r.Customer = ingest.Customer{Key: customer, Name: customer, Phone: "+30 210 0000", Email: customer + "@example.org"}
		by := time.Duration(d)*day - 48*time.Hour
		for j := range r.Contacts {
			r.Contacts[j].Started = r.Contacts[j].Started.Add(-by)
		}
		r.Completed = r.Completed.Add(-by)
		out = append(out, r)
	}
	return out
}

// list makes one by Olga, who leads the journey, for the team of Zahra and Nikos, and lets it be filled.
func list(t *testing.T, w *servertest.World, change func(*outreach.List)) outreach.List {
	t.Helper()
	l := outreach.Usual()
	l.Name, l.JourneyID, l.TeamID, l.Share = "Who stopped", w.Fibre.ID, w.North.ID, 0
	if change != nil {
		change(&l)
	}
	made, err := w.App.Outreach.Make(t.Context(), w.Actor("olga"), l)
	if err != nil {
		t.Fatal(err)
	}
	w.Drain()
	if made, err = w.App.Store.OutreachByID(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	return made
}

// on lists who is on a list and to be called, by name, the next first.
func on(t *testing.T, w *servertest.World, l outreach.List) map[string]outreach.Member {
	t.Helper()
	out := map[string]outreach.Member{}
	err := w.App.Store.EachMember(t.Context(), w.Actor("ann").Scope(), l.ID, func(rows []outreach.Member) error {
		for _, m := range rows {
			c, err := w.App.Store.CustomerByID(t.Context(), m.CustomerID)
			if err != nil {
				return err
			}
			out[c.Name] = m
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhoHasLapsed(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.Take(walked(w, "Monthly", 190, 160, 130, 101)...)   // gaps 30, 30, 29; silent for 99, as the visit came a day later
		w.Take(walked(w, "Uneven", 400, 130, 120, 100)...)    // median 20, not the mean of 100
		w.Take(walked(w, "Quarterly", 380, 290, 200, 110)...) // comes every 90 days
		w.Take(walked(w, "Twice", 130, 120)...)               // not regular
		w.Take(walked(w, "One day", 100, 100, 100)...)        // one visit
		w.Take(walked(w, "Long gone", 1000, 990, 980)...)     // has left
		under := walked(w, "Under way", 190, 160, 130, 101)
		under[3].Completed = time.Time{}
		under[3].Contacts = under[3].Contacts[:1]
		w.Take(under...)
		got := on(t, w, list(t, w, nil))
		if len(got) != 2 {
			t.Fatalf("on the list: %v", got)
		}
		for name, days := range map[string][2]int64{"Monthly": {30, 99}, "Uneven": {20, 98}} {
			if m := got[name]; m.Usual != days[0] || m.Silent != days[1] || m.RunID == 0 {
				t.Errorf("%s: usually every %d days, silent for %d; want %v", name, m.Usual, m.Silent, days)
			}
		}
		if got["Monthly"].RunID != w.RunOf("Monthly-3").ID {
			t.Error("the list is not about her last walk")
		}
	})
}

func TestTheContactPolicyKeepsCustomersOffLists(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for _, name := range []string{"Free", "Opted out", "Has a case", "Nowhere", "On another list"} {
			past := walked(w, name, 190, 160, 130, 101)
			if name == "Nowhere" {
				for i := range past {
					past[i].Customer.Phone = ""
				}
			}
			w.Take(past...)
		}
		w.OpenCase(w.RunOf("Has a case-3"))
		if err := w.App.Surveys.SetConsent(t.Context(), w.Actor("ann"), w.RunOf("Opted out-3").CustomerID, false); err != nil {
			t.Fatal(err)
		}
		if err := w.App.Store.AddMembers(t.Context(), []outreach.Member{{ID: 1, ListID: list(t, w, func(l *outreach.List) { l.Rule = outreach.Promise }).ID,
			CustomerID: w.RunOf("On another list-3").CustomerID, At: w.Now(), Until: w.Now().Add(day), After: w.Now(), Held: true}}); err != nil {
			t.Fatal(err)
		}
		l := list(t, w, nil)
		if got := on(t, w, l); len(got) != 1 || got["Free"].ID == 0 {
			t.Errorf("on the list: %v", got)
		}
		want := map[string]int{survey.BecauseOptedOut: 1, survey.BecauseOpenCase: 1, survey.BecauseNoPhone: 1, outreach.BecauseListed: 1}
		if fmt.Sprint(l.LeftOut) != fmt.Sprint(want) || l.Found != 5 {
			t.Errorf("of %d left out %v, want %v", l.Found, l.LeftOut, want)
		}
	})
}

// completed is a customer's run that ended just now, of which she may be asked.
func completed(w *servertest.World, customer string) {
	r := walked(w, customer, 2)[0]
	r.Ask = true
	w.Take(r)
}

func TestACallTakesThePlaceOfTheSurvey(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ctx := t.Context()
		completed(w, "Surveyed")
		w.Drain()
		w.Wait(2 * day)
		w.Drain()
		for i := range 6 {
			completed(w, fmt.Sprint("Customer ", i))
		}
		l := list(t, w, func(l *outreach.List) { l.Rule, l.Days, l.Share, l.Most = outreach.FirstUse, 5, 50, 5 })
		if want := map[string]int{survey.BecauseQuarantine: 1, outreach.BecauseEnough: 1}; l.Found != 7 || fmt.Sprint(l.LeftOut) != fmt.Sprint(want) {
			t.Errorf("of %d left out %v, want %v", l.Found, l.LeftOut, want)
		}
		w.Wait(2 * day)
		w.Drain()
		calls, sent := on(t, w, l), 0
		for i := range 6 {
			name := fmt.Sprint("Customer ", i)
			inv, err := w.App.Store.InvitationOfRun(ctx, w.RunOf(name+"-0").ID)
			if err != nil {
				t.Fatal(err)
			}
			if _, called := calls[name]; called != (inv.State == survey.Suppressed && inv.Reason == survey.BecauseCall) {
				t.Errorf("%s is to be called: %v, and the survey is %s %s", name, called, inv.State, inv.Reason)
			}
			if inv.State == survey.Sent {
				sent++
			}
		}
		if sent != 6-len(calls) || sent == 6 {
			t.Errorf("%d to be called, %d surveyed", len(calls), sent)
		}
		if _, err := w.App.Outreach.Next(ctx, w.Actor("zahra"), l.ID); fault.KindOf(err) != fault.KindMissing {
			t.Errorf("a call before its day: %v", err)
		}
		w.Wait(3 * day)
		m, err := w.App.Outreach.Next(ctx, w.Actor("zahra"), l.ID)
		if err != nil || m.Until.Sub(m.After) < 59*day {
			t.Errorf("on its day: %+v, %v", m, err)
		}
		if history, err := w.App.Store.HistoryFor(ctx, m.CustomerID, w.Now()); err != nil || !history.CallPlanned {
			t.Errorf("whoever plans the next survey knows of the call: %+v, %v", history, err)
		}
	})
}

func TestACustomerWaitsForOneCallWhicheverListSheIsFoundFor(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for i := range 12 {
			w.Take(walked(w, fmt.Sprint("Customer ", i), 190+i, 160, 130, 101)...)
		}
		lists := make([]outreach.List, 2)
		for i := range lists {
			l := outreach.Usual()
			l.Name, l.TeamID, l.Share = fmt.Sprint("List ", i), w.North.ID, 0
			var err error
			if lists[i], err = w.App.Outreach.Make(t.Context(), w.Actor("ann"), l); err != nil {
				t.Fatal(err)
			}
		}
		var all sync.WaitGroup
		for _, l := range lists {
			all.Go(func() {
				if err := w.App.Outreach.Fill(context.Background(), l.ID); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if a, b := on(t, w, lists[0]), on(t, w, lists[1]); len(a)+len(b) != 12 {
			t.Errorf("%d and %d wait to be called of twelve", len(a), len(b))
		}
	})
}

func TestWhoNeedsNoCallAnyMoreIsTakenOff(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ctx := t.Context()
		for _, name := range []string{"Came back", "Waits", "In hand"} { // in this order, as they are silent for equally long
			w.Take(walked(w, name, 190, 160, 130, 101)...)
		}
		l := list(t, w, func(l *outreach.List) { l.Times = 2 })
		w.Wait(day)
		w.Take(walked(w, "Came back", 194, 161, 131, 102, 2)[4])
		w.Wait(outreach.Patience - 2*day)
		for range 2 { // the first of whom is in hand no longer by the time
			w.Wait(day)
			if _, err := w.App.Outreach.Next(ctx, w.Actor("zahra"), l.ID); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.App.Outreach.Nightly(ctx); err != nil {
			t.Fatal(err)
		}
		why := map[string]int{}
		for _, m := range on(t, w, l) {
			why[m.Reason]++
		}
		if want := map[string]int{outreach.BecauseMoot: 1, outreach.BecauseLate: 1, "": 1}; fmt.Sprint(why) != fmt.Sprint(want) {
			t.Errorf("taken off because of %v, want %v", why, want)
		}
		if err := w.App.Outreach.End(ctx, w.Actor("olga"), l.ID); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTwoCallersTakingTheNextAtOnceGetTwoCustomers(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for i := range 2 {
			w.Take(walked(w, fmt.Sprint("Customer ", i), 190, 160, 130, 101)...)
		}
		l := list(t, w, nil)
		var all sync.WaitGroup
		got := make([]outreach.Member, 2)
		for i, who := range []string{"zahra", "nikos"} {
			actor := w.Actor(who)
			all.Go(func() {
				m, err := w.App.Outreach.Next(context.Background(), actor, l.ID)
				if err != nil {
					t.Errorf("%s: %v", who, err)
				}
				got[i] = m
			})
		}
		all.Wait()
		if got[0].ID == 0 || got[0].ID == got[1].ID {
			t.Errorf("they got %d and %d", got[0].ID, got[1].ID)
		}
		again, err := w.App.Outreach.Next(t.Context(), w.Actor("zahra"), l.ID)
		if err != nil || again.ID != got[0].ID {
			t.Errorf("Zahra, who has not called yet, is given another: %d, %v", again.ID, err)
		}
		if _, err := w.App.Outreach.Next(t.Context(), w.Actor("boris"), l.ID); fault.KindOf(err) != fault.KindMissing {
			t.Errorf("Boris, of another team: %v", err)
		}
		y, m, d := w.Now().In(storetest.Zone).Date()
		w.Wait(time.Date(y, m, d+1, 21, 0, 0, 0, storetest.Zone).Sub(w.Now()))
		if _, err := w.App.Outreach.Next(t.Context(), w.Actor("nikos"), l.ID); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("Nikos, at nine in the evening: %v", err)
		}
		if err := w.App.Outreach.Answer(t.Context(), w.Actor("zahra"), l.ID, got[0].ID, outreach.Fine, ""); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("Zahra, who let her wait too long: %v", err)
		}
	})
}

func TestWhatACallComesTo(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ctx, zahra := t.Context(), w.Actor("zahra")
		for i := range 5 {
			w.Take(walked(w, fmt.Sprint("Customer ", i), 190+i, 160, 130, 101)...)
		}
		l := list(t, w, nil)
		next := func(o outreach.Outcome, words string) outreach.Member {
			t.Helper()
			m, err := w.App.Outreach.Next(ctx, zahra, l.ID)
			if err == nil {
				err = w.App.Outreach.Answer(ctx, zahra, l.ID, m.ID, o, words)
			}
			if err != nil {
				t.Fatalf("%s: %v", o, err)
			}
			m, _ = w.App.Store.MemberByID(ctx, m.ID)
			return m
		}
		undo := func(m outreach.Member) error { return w.App.Outreach.Undo(ctx, zahra, l.ID, m.ID) }

		fine := next(outreach.Fine, "")
		if undo(fine) != nil || undo(fine) == nil {
			t.Error("what was noted can be taken back once")
		}
		fine = next(outreach.Fine, "all is well")
		history, err := w.App.Store.HistoryFor(ctx, fine.CustomerID, w.Now())
		if err != nil || history.AskedInYear != 1 || history.LastAsked == nil {
			t.Errorf("the contact policy knows of the call: %+v, %v", history, err)
		}
		wrong := next(outreach.Wrong, "the line drops")
		w.Drain()
		if cases, err := w.App.Store.CasesOf(ctx, wrong.CustomerID); err != nil || len(cases) != 1 || cases[0].RunID != wrong.RunID {
			t.Errorf("something wrong opened %v, %v", cases, err)
		}
		if err := undo(wrong); err != nil {
			t.Errorf("what opened a case is taken back: %v", err)
		}
		w.Drain()
		if open, err := w.App.Store.HistoryFor(ctx, wrong.CustomerID, w.Now()); err != nil || open.OpenCase || !open.CallPlanned {
			t.Errorf("then she has a case no more, and is to be called: %+v, %v", open, err)
		}
		wrong = next(outreach.Wrong, "the line does drop")
		w.Drain()
		wish := next(outreach.Wants, "a later visit")
		if o, err := w.App.Store.ObservationByID(ctx, wish.ObservationID); err != nil || o.Words != "a later visit" || o.CustomerID != wish.CustomerID {
			t.Errorf("the wish became %+v, %v", o, err)
		}
		left := next(outreach.OptedOut, "")
		optedOut := func() bool {
			c, err := w.App.Store.CustomerByID(ctx, left.CustomerID)
			return err == nil && c.OptedOutAt != nil
		}
		if !optedOut() || undo(left) != nil || optedOut() {
			t.Error("she asked not to be called, which was taken back")
		}
		next(outreach.OptedOut, "")
		for try := 1; try <= outreach.Tries; try++ {
			m := next(outreach.NotReached, "")
			if (m.DoneAt != nil) != (try == outreach.Tries) {
				t.Errorf("try %d: done %v", try, m.DoneAt)
			}
			if _, err := w.App.Outreach.Next(ctx, zahra, l.ID); fault.KindOf(err) != fault.KindMissing {
				t.Errorf("after try %d the same customer is next at once: %v", try, err)
			}
			w.Wait(day)
		}
		counts, err := w.App.Store.OutreachCounts(ctx, []int64{l.ID})
		if c := counts[l.ID]; err != nil || c.Assigned != 5 || c.Called != 5 || c.Waiting != 0 || c.By[outreach.Wrong] != 1 {
			t.Errorf("counts: %+v, %v", c, err)
		}
		for _, m := range []outreach.Member{fine, wrong} {
			if events, err := w.App.Store.EventsOf(ctx, "outreach_member", m.ID); err != nil || events[0].Verb != event.OutreachAnswered {
				t.Errorf("the ledger says %v, %v", events, err)
			}
		}
	})
}

func TestWhoNeedsProtectionByNowIsNotCalled(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.Take(walked(w, "Free", 191, 160, 130, 101)...)
		w.Take(walked(w, "Complains", 190, 160, 130, 100)...)
		l := list(t, w, nil)
		w.OpenCase(w.RunOf("Complains-3"))
		m, err := w.App.Outreach.Next(t.Context(), w.Actor("zahra"), l.ID)
		if err != nil || m.RunID != w.RunOf("Free-3").ID {
			t.Fatalf("the next is %+v, %v", m, err)
		}
		if err := w.App.Outreach.Answer(t.Context(), w.Actor("zahra"), l.ID, m.ID, outreach.Fine, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := w.App.Outreach.Next(t.Context(), w.Actor("zahra"), l.ID); fault.KindOf(err) != fault.KindMissing {
			t.Errorf("who has a case is called: %v", err)
		}
		if got := on(t, w, l)["Complains"]; got.Outcome != outreach.Dropped || got.Reason != survey.BecauseOpenCase {
			t.Errorf("she is %q because of %q", got.Outcome, got.Reason)
		}
	})
}

func TestTheLotHoldsOutAndWhoCameBackIsKnownAfterTheHorizon(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ctx := t.Context()
		for i := range 12 {
			w.Take(walked(w, fmt.Sprintf("Customer %02d", i), 190, 160, 130, 101)...)
		}
		l := list(t, w, func(l *outreach.List) { l.Share, l.Horizon, l.Most = 50, 30, 10 })
		counts := func() outreach.Counts {
			t.Helper()
			all, err := w.App.Store.OutreachCounts(ctx, []int64{l.ID})
			if err != nil {
				t.Fatal(err)
			}
			return all[l.ID]
		}
		before := counts()
		held := 0
		for i := range 12 {
			if l.Holds(fmt.Sprintf("Customer %02d", i)) {
				held++
			}
		}
		if before.Assigned+before.Held != 10 || int(before.Held) > held || int(before.Held) < held-2 {
			t.Errorf("of ten %d are to be called and %d held out, by lot %d of twelve", before.Assigned, before.Held, held)
		}
		if shown, err := w.App.Store.MembersFor(ctx, w.Actor("ann").Scope(), outreach.Filter{List: l.ID}, page.Ask{}); err != nil || shown.Total != 0 {
			t.Errorf("callers read of %d before anybody called, %v", shown.Total, err)
		}
		w.Wait(10 * day)
		back := walked(w, "Customer 00", 200, 170, 140, 111, 2)[4]
		w.Take(back)
		w.Wait(22 * day)
		if err := w.App.Outreach.Nightly(ctx); err != nil {
			t.Fatal(err)
		}
		after := counts()
		if after.AssignedDue+after.HeldDue != 10 || after.AssignedBack+after.HeldBack != 1 {
			t.Errorf("after the horizon: %+v", after)
		}
		if len(on(t, w, l)) != int(after.Assigned) {
			t.Error("who is held out is shown")
		}
	})
}

func TestWhatTheComparisonSays(t *testing.T) {
	for sentence, c := range map[string]struct {
		counts outreach.Counts
		want   outreach.Verdict
	}{
		"without a hold-out it cannot be known":      {outreach.Counts{Assigned: 100, AssignedDue: 100, AssignedBack: 50}, outreach.NoHoldout},
		"before the horizon it is too early":         {outreach.Counts{Assigned: 80, Held: 20}, outreach.TooEarly},
		"29 held out are too few":                    {outreach.Counts{Assigned: 80, Held: 29, AssignedDue: 80, HeldDue: 29, AssignedBack: 80}, outreach.TooFew},
		"more of those called came back":             {outreach.Counts{Assigned: 200, Held: 100, AssignedDue: 200, HeldDue: 100, AssignedBack: 80, HeldBack: 20}, outreach.More},
		"fewer of those called came back":            {outreach.Counts{Assigned: 200, Held: 100, AssignedDue: 200, HeldDue: 100, AssignedBack: 40, HeldBack: 40}, outreach.Fewer},
		"what could be chance is said to be":         {outreach.Counts{Assigned: 200, Held: 100, AssignedDue: 200, HeldDue: 100, AssignedBack: 42, HeldBack: 20}, outreach.Chance},
		"only those whose horizon is over may count": {outreach.Counts{Assigned: 900, Held: 100, AssignedDue: 5, HeldDue: 3, AssignedBack: 5}, outreach.TooFew},
	} {
		e, err := c.counts.Effect()
		if err != nil || e.Verdict != c.want {
			t.Errorf("%s: %s, %v", sentence, e.Verdict, err)
		}
	}
	// Newcombe (1998b), example (a): 56/70 against 48/80 differ by 0.2, from 0.0524 to 0.3339.
	e, err := outreach.Counts{Assigned: 70, Held: 80, AssignedDue: 70, HeldDue: 80, AssignedBack: 56, HeldBack: 48}.Effect()
	if err != nil || fmt.Sprintf("%.4f %.4f %.4f", *e.Difference.Diff, *e.Difference.Low, *e.Difference.High) != "0.2000 0.0524 0.3339" || e.Called.Level != stat.Solid {
		t.Errorf("the difference is %+v, %v", e, err)
	}
}
