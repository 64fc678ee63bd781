package staff_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func listForm(w *servertest.World) url.Values {
	return url.Values{"name": {"Is all well?"}, "journey": {fmt.Sprint(w.Fibre.ID)}, "team": {fmt.Sprint(w.North.ID)}, "rule": {"first_use"},
		"times": {"3"}, "at_least": {"3"}, "days": {"۱۹"}, "most": {"50"}, "share": {"0"}, "horizon": {"30"}}
}

func TestATeamCallsFromAListAndItsMakerSeesWhatCameOfIt(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for _, key := range []string{"order-1", "order-2"} {
			r := w.Completed(key)
			r.Ask, r.Customer.Phone = true, "+30 210 555"
			w.Take(r)
		}
		w.Drain() // they are sent a survey, which counts as a contact for two weeks
		w.Wait(20 * 24 * time.Hour)
		olga, zahra := w.As("olga"), w.As("zahra")
		want(t, "Zahra, who leads nothing, makes a list", zahra.Post("/outreach", listForm(w)).Status, http.StatusForbidden)
		wrong := listForm(w)
		wrong.Set("share", "51")
		wrong.Set("team", "0")
		if p := olga.Post("/outreach", wrong); p.Status != http.StatusUnprocessableEntity || p.Find("[name=name]").AttrOr("value", "") != "Is all well?" {
			t.Errorf("half held out and more, by nobody: status %d", p.Status)
		}
		abroad := people.Team{ID: id.New(), Key: "abroad", Name: i18n.Plain("Abroad"), Search: "abroad", CreatedAt: w.Now()}
		if err := w.App.Store.SaveTeam(t.Context(), abroad); err != nil {
			t.Fatal(err)
		}
		next := listForm(w)
		next.Set("team", fmt.Sprint(abroad.ID))
		if p := olga.Post("/outreach", next); p.Status != http.StatusUnprocessableEntity || p.Find("#f-team").AttrOr("aria-invalid", "") != "true" || strings.Contains(p.Body, "Abroad") {
			t.Errorf("calls by a team that serves nobody on her journeys: status %d", p.Status)
		}
		rules := fmt.Sprintf("/journeys/%d/cases", w.Fibre.ID)
		cases := asShown(olga.Get(rules).Find("main form:not(:has([name=follow]))"))
		cases.Set("team", fmt.Sprint(abroad.ID))
		if p := olga.Post(rules, cases); p.Status != http.StatusUnprocessableEntity || p.Find("#f-team").AttrOr("aria-invalid", "") != "true" || strings.Contains(p.Body, "Abroad") {
			t.Errorf("cases for that team: status %d", p.Status)
		}
		if !strings.Contains(w.As("ann").Get(rules).Body, "Abroad") {
			t.Error("Ann, a manager, cannot choose it")
		}
		made := olga.Post("/outreach", listForm(w))
		want(t, "Olga makes a list", made.Status, http.StatusSeeOther)
		w.Drain()
		list := made.Location

		for who, there := range map[string]int{"zahra": 1, "boris": 0, "ann": 1} {
			if n := w.As(who).Get("/observations").Find(".tabs-row a[href='/outreach']").Length(); n != there {
				t.Errorf("in the menu of %s calls stand %d times, want %d", who, n, there)
			}
		}
		call := zahra.Follow(zahra.Post(list+"/next", nil))
		if text := call.Find("main").Text(); !strings.Contains(text, "Μαρία") || !strings.Contains(text, "+30 210 555") || !strings.Contains(text, "Visit") {
			t.Errorf("Zahra, who is to call, reads %q", text)
		}
		answer := call.Find("form:has([name=outcome])").AttrOr("action", "")
		want(t, "she says nothing of the call", zahra.Post(answer, url.Values{"note": {"kept"}}).Status, http.StatusUnprocessableEntity)
		want(t, "Nikos answers for her", w.As("nikos").Post(answer, url.Values{"outcome": {"fine"}}).Status, http.StatusConflict)
		noted := zahra.Follow(zahra.Post(answer, url.Values{"outcome": {"fine"}, "note": {"All is well"}}))
		undo := noted.Find("form[action$='/undo']").AttrOr("action", "")
		want(t, "she takes it back", zahra.Post(undo, nil).Status, http.StatusSeeOther)
		long := url.Values{"outcome": {"fine"}, "note": {strings.Repeat("щ", 5000)}}
		if p := zahra.Post(answer, long); p.Status != http.StatusUnprocessableEntity || p.Find("main [role=alert] a[href='#f-note']").Length() != 1 {
			t.Errorf("far too much to note: status %d", p.Status)
		}
		want(t, "and notes it again", zahra.Post(answer, url.Values{"outcome": {"fine"}, "note": {"All is well"}}).Status, http.StatusSeeOther)
		want(t, "and far too much, when it is noted already", zahra.Post(answer, long).Status, http.StatusConflict)

		page := olga.Get(list)
		if text := page.Find("main").Text(); !strings.Contains(text, "All is well") || !strings.Contains(text, "It cannot be known: nobody is held out") {
			t.Errorf("Olga reads %q", text)
		}
		if csv := olga.Get(list + "/calls.csv").Body; strings.Count(csv, "Μαρία") != 2 || !strings.Contains(csv, "All is fine") {
			t.Errorf("her file says %q", csv)
		}
		for who, status := range map[string]int{"nikos": http.StatusOK, "ann": http.StatusOK, "boris": http.StatusNotFound, "admin": http.StatusNotFound} {
			want(t, who+" opens the list", w.As(who).Get(list).Status, status)
		}
		want(t, "Zahra takes the whole list with her", zahra.Get(list+"/calls.csv").Status, http.StatusForbidden)
		want(t, "Zahra ends it", zahra.Post(list+"/end", nil).Status, http.StatusForbidden)
		want(t, "Olga is asked first", olga.Get(list+"/end").Status, http.StatusOK)
		want(t, "Olga ends it", olga.Post(list+"/end", nil).Status, http.StatusSeeOther)
		want(t, "Zahra takes another", zahra.Post(list+"/next", nil).Status, http.StatusConflict)
	})
}
