package staff_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// records writes something down as an employee and returns its page.
func records(t *testing.T, w *servertest.World, who string, form url.Values) string {
	t.Helper()
	p := w.As(who).Post("/observations", form)
	if p.Status != http.StatusSeeOther {
		t.Fatalf("%s writes down %v: status %d: %s", who, form, p.Status, p.Find("[role=alert]").Text())
	}
	return p.Location
}

func heard(kind observation.Kind, touchpoint int64, words string) url.Values {
	return url.Values{"kind": {string(kind)}, "touchpoint": {fmt.Sprint(touchpoint)}, "words": {words}}
}

func TestAWishHeardByThreeIsAnsweredToAllOfThem(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		const words = "The fitter should call before coming"
		zahra, boris, olga := w.As("zahra"), w.As("boris"), w.As("olga")
		form := zahra.Get("/observations/new")
		if first := form.Find("button[name=touchpoint]").First(); first.Text() != "Visit" {
			t.Errorf("the first place to tap is %q, not her own team's", first.Text())
		}
		if form.Find("input[name=kind]:checked").Length() != 0 {
			t.Error("a kind was chosen for her")
		}
		wish := records(t, w, "zahra", heard(observation.Wish, w.Visit.ID, words))
		theme := strings.TrimPrefix(wish, "/observations/")

		offers := boris.Post("/observations/similar", url.Values{"kind": {"wish"}, "words": {"fitters should call"}})
		if got := offers.Find("button[name=join]").AttrOr("value", ""); got != theme || strings.Contains(offers.Text(), "زهرا") {
			t.Errorf("Boris, who types, is offered %q in %q", got, offers.Text())
		}
		inGreek := heard(observation.Wish, w.Visit.ID, "Τηλεφωνήστε πριν έρθετε")
		inGreek.Set("join", theme)
		said := records(t, w, "boris", inGreek)
		for _, typed := range []string{"fitters should call", "τηλεφωνήστε πριν"} {
			if got := w.As("boris").Post("/observations/similar", url.Values{"kind": {"wish"}, "words": {typed}}).Find("button[name=join]"); got.Length() != 1 || got.AttrOr("value", "") != theme {
				t.Errorf("%q finds %q", typed, got.Text())
			}
		}
		if p := w.As("boris").Get(wish); p.Status != http.StatusNotFound {
			t.Errorf("Boris opens what Zahra wrote: %d", p.Status)
		}
		alone := records(t, w, "nikos", heard(observation.Wish, w.Visit.ID, "Call before you come"))
		join := w.As("nikos").Get(alone).Find("form[action='" + alone + "/theme'] button[name=join]")
		want(t, "Nikos joins it afterwards", w.As("nikos").Post(alone+"/theme", url.Values{"join": {join.AttrOr("value", "")}}).Status, http.StatusSeeOther)

		list := olga.Get("/observations?show=candidates")
		if rows := list.Find("main tbody tr"); rows.Length() != 1 || !strings.Contains(rows.Text(), "Improvement candidate") || rows.Find("td.num").Text() != "3" {
			t.Errorf("Olga, who leads the journey, sees as candidates: %q", rows.Text())
		}
		want(t, "Olga declines without a reason", olga.Post(wish+"/answer", url.Values{"state": {"declined"}}).Status, http.StatusUnprocessableEntity)
		want(t, "Zahra answers herself", zahra.Post(wish+"/answer", url.Values{"state": {"done"}}).Status, http.StatusForbidden)
		want(t, "Olga plans it", olga.Post(wish+"/answer", url.Values{"state": {"planned"}, "answer": {"From April on"}}).Status, http.StatusSeeOther)

		for login, at := range map[string]string{"zahra": wish, "boris": said} {
			c := w.As(login)
			if p := c.Get("/observations"); !strings.Contains(p.Find("main table").Text(), "New answer") {
				t.Errorf("%s is not told: %q", login, p.Find("main table").Text())
			}
			if p := c.Get(at); !strings.Contains(p.Find("#outcome").Text(), "From April on") {
				t.Errorf("%s reads %q", login, p.Find("#outcome").Text())
			}
			if p := c.Get("/observations"); strings.Contains(p.Find("main table").Text(), "New answer") {
				t.Errorf("%s is told again", login)
			}
		}
	})
}

func TestWhoSeesWhatWasHeard(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.AddAnswered("order-1", 4, "")
		rude := heard(observation.Complaint, w.Shop.ID, "A colleague was rude")
		rude.Set("about", "order-1")
		rude.Set("call", "1")
		at := records(t, w, "zahra", rude) // of the team North, at the shop of South
		for who, sees := range map[string]bool{"zahra": true, "nikos": true, "olga": true, "ann": true, "boris": false, "admin": false} {
			c := w.As(who)
			status := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[sees]
			page := c.Get(at)
			want(t, who, page.Status, status)
			if listed := strings.Contains(c.Get("/observations").Find("main").Text(), "rude"); listed != sees {
				t.Errorf("%s sees it in the list: %v", who, listed)
			}
			if filed := strings.Contains(c.Get("/observations.csv").Body, "rude"); filed != sees {
				t.Errorf("%s gets it in the file: %v", who, filed)
			}
			named := strings.Contains(page.Find("main").Text(), "Μαρία")
			if mayName := who == "nikos" || who == "olga" || who == "ann"; named != mayName {
				t.Errorf("%s reads the customer's name: %v", who, named)
			}
		}
		w.Drain()
		cases, err := w.App.Store.CasesOf(t.Context(), w.RunOf("order-1").CustomerID)
		if err != nil || len(cases) != 1 || cases[0].ClosedAt != nil || cases[0].RunID != w.RunOf("order-1").ID {
			t.Errorf("a complaint of somebody known opened %+v, %v", cases, err)
		}
		offers := w.As("boris").Post("/observations/similar", url.Values{"kind": {"complaint"}, "words": {"colleague rude"}})
		if offers.Find("button").Length() != 0 {
			t.Errorf("Boris is offered a complaint out of his sight: %q", offers.Text())
		}
		want(t, "Boris joins it all the same", w.As("boris").Post("/observations", url.Values{"join": {strings.TrimPrefix(at, "/observations/")}}).Status, http.StatusNotFound)
		want(t, "Boris names a customer he never met", w.As("boris").Post("/observations", func() url.Values {
			w.AddAnswered("order-2", 4, "")
			f := heard(observation.Complaint, 0, "")
			f.Set("about", "customer-order-2")
			return f
		}()).Status, http.StatusUnprocessableEntity)
	})
}

func TestWhatWasWrittenDownCanBeChangedForTenMinutes(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		zahra := w.As("zahra")
		at := records(t, w, "zahra", heard(observation.Praise, 0, ""))
		changed := heard(observation.Complaint, w.Call.ID, "Nobody answers the phone")
		want(t, "another changes it", w.As("ann").Post(at, changed).Status, http.StatusNotFound)
		want(t, "she asks for a call and says not whom", zahra.Post(at, url.Values{"kind": {"complaint"}, "touchpoint": {"0"}, "call": {"1"}}).Status, http.StatusUnprocessableEntity)
		want(t, "she changes it", zahra.Post(at, changed).Status, http.StatusSeeOther)
		if text := zahra.Get(at).Find("article").First().Text(); !strings.Contains(text, "Nobody answers the phone") || !strings.Contains(text, "Complaint") {
			t.Errorf("it says %q", text)
		}
		other := records(t, w, "zahra", heard(observation.Wish, 0, "Open on Sundays"))
		want(t, "she is asked first", zahra.Get(other+"/withdrawal").Status, http.StatusOK)
		want(t, "she withdraws it", zahra.Post(other+"/withdrawal", nil).Status, http.StatusSeeOther)
		want(t, "it is gone", zahra.Get(other).Status, http.StatusNotFound)
		w.AddAnswered("order-9", 5, "")
		mistaken := heard(observation.Complaint, 0, "She was not there")
		mistaken.Set("about", "order-9")
		about := records(t, w, "zahra", mistaken)
		for _, state := range []casework.State{casework.Open, casework.Withdrawn} {
			w.Drain()
			cases, err := w.App.Store.CasesOf(t.Context(), w.RunOf("order-9").CustomerID)
			if err != nil || len(cases) != 1 || cases[0].State != state {
				t.Fatalf("her complaint about somebody known: %+v, %v, want %s", cases, err, state)
			}
			if state == casework.Open {
				want(t, "she withdraws it", zahra.Post(about+"/withdrawal", nil).Status, http.StatusSeeOther)
			}
		}
		w.Wait(observation.Undo)
		want(t, "it is too late", zahra.Post(at, changed).Status, http.StatusConflict)
		if zahra.Get(at).Find("#undo").Length() != 0 {
			t.Error("it is still offered")
		}
		events, err := w.App.Store.EventsOf(t.Context(), "observation", observationID(t, other))
		if err != nil || len(events) != 2 || events[0].Verb != "observation.withdrawn" {
			t.Errorf("the ledger says %v, %v", events, err)
		}
	})
}

func TestAnObservationNeedsAKindAndAPlace(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		zahra := w.As("zahra")
		for lacks, form := range map[string]url.Values{
			"a kind": {"touchpoint": {"0"}}, "a place": {"kind": {"wish"}}, "a place there is": {"kind": {"wish"}, "touchpoint": {"7"}},
			"words of any measure": {"kind": {"wish"}, "touchpoint": {"0"}, "words": {strings.Repeat("ж", observation.LongestWords+1)}},
		} {
			p := zahra.Post("/observations", form)
			if p.Status != http.StatusUnprocessableEntity || p.Find("[role=alert]").Length() != 1 {
				t.Errorf("without %s: status %d", lacks, p.Status)
			}
		}
		want(t, "the administrator, who meets no customer", w.As("admin").Get("/observations/new").Status, http.StatusForbidden)
	})
}

func observationID(t *testing.T, path string) (n int64) {
	t.Helper()
	if _, err := fmt.Sscanf(path, "/observations/%d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}
