package staff_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// join makes somebody a member of Nikos's team.
func join(t *testing.T, w *servertest.World, e people.Employee) {
	t.Helper()
	e.TeamID = w.North.ID
	if err := w.App.Store.SaveEmployee(context.Background(), e); err != nil {
		t.Fatal(err)
	}
}

func TestATeamMeetsOverWhatMayBeToldToAll(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		const plain, naming = "خیلی تمیز و دقیق", "زهرا خانم عالی بود"
		shared := visited(t, w, "o1", 5, naming)
		visited(t, w, "o2", 5, plain)
		late := w.Completed("o3")
		late.Completed = time.Time{}
		late.Contacts[1].PromiseDue = w.Now().Add(time.Hour)
		w.Take(late)
		c := w.OpenCase(w.RunOf("o1"))
		c.OwnerID, c.ContactDue = w.Olga.ID, w.Now().Add(-time.Hour)
		if err := w.App.Store.SaveCase(t.Context(), &c); err != nil {
			t.Fatal(err)
		}
		page := func(who string) servertest.Page { return w.As(who).Get("/team/huddle") }
		reads := func(who, words string) bool { return strings.Contains(page(who).Find("main").Text(), words) }

		if reads("nikos", plain) || reads("nikos", naming) {
			t.Error("a team of two reads praise that nobody shared")
		}
		for _, e := range []people.Employee{w.Boris, w.Olga, w.Ann} {
			join(t, w, e)
		}
		if !reads("boris", plain) {
			t.Error("a team of five does not read praise that names nobody")
		}
		if reads("boris", naming) {
			t.Error("it reads praise that names a colleague")
		}
		want(t, "Zahra shares it", w.As("zahra").Post(sharePath(shared, w.Visit.ID), nil).Status, http.StatusSeeOther)
		if !reads("boris", naming) || !reads("boris", "زهرا احمدی") {
			t.Error("it does not read what she shared, with her name")
		}
		for _, who := range []string{"boris", "zahra", "nikos"} {
			p := page(who)
			want(t, who, p.Status, http.StatusOK)
			if strings.Contains(p.Text(), "Μαρία") {
				t.Errorf("%s reads a customer's name", who)
			}
			if !strings.Contains(p.Find("section:has(#promises)").Text(), "o3") {
				t.Errorf("%s does not see the promise that falls due", who)
			}
		}
		if page("nikos").Find("a[href^='/cases/'][href$='/handover']").Length() != 1 || page("zahra").Find("main a[href^='/cases/']").Length() != 0 {
			t.Error("the case is handed over by who supervises, and by nobody else")
		}
		want(t, "the administrator, who has no team", page("admin").Status, http.StatusNotFound)
		other := fmt.Sprintf("/team/huddle?team=%d", w.South.ID)
		want(t, "another team's meeting", w.As("zahra").Get(other).Status, http.StatusNotFound)
		want(t, "another team's try", w.As("zahra").Post("/team/huddle/try", url.Values{"team": {fmt.Sprint(w.South.ID)}, "about": {"x"}}).Status, http.StatusNotFound)
		if s := w.As("nikos").Get("/team/huddle?screen=1"); s.Find(".huddle-screen").Length() != 1 || s.Find("main a[href^='/cases/'], main form").Length() != 0 {
			t.Error("a screen for all shows what one person can do")
		}
	})
}

func TestATeamSeesNextDayWhatItTried(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		team, zahra := fmt.Sprint(w.North.ID), w.As("zahra")
		text := func(part string) string { return zahra.Get("/team/huddle").Find("section:has(#" + part + ")").Text() }
		want(t, "there is nothing to suggest", zahra.Post("/team/huddle/try", url.Values{"team": {team}, "take": {"1"}}).Status, http.StatusConflict)
		for _, none := range []string{"", "x", "99999999999999999999999"} {
			for _, form := range []string{"try", "outcome"} {
				p := zahra.Post("/team/huddle/"+form, url.Values{"team": {none}, "about": {"x"}, "outcome": {"helped"}})
				want(t, form+" of no team: "+none, p.Status, http.StatusUnprocessableEntity)
				want(t, "it says so", p.Find("main [role=alert]").Length(), 1)
			}
		}
		want(t, "an idea without words", zahra.Post("/team/huddle/try", url.Values{"team": {team}, "about": {" "}}).Status, http.StatusUnprocessableEntity)

		for i := range 6 {
			w.Take(w.Answered(fmt.Sprintf("c%d", i), 2, ""))
			c := w.OpenCase(w.RunOf(fmt.Sprintf("c%d", i)))
			if _, err := w.App.Cases.TakeOver(t.Context(), w.Actor("nikos"), c.ID, 0); err != nil {
				t.Fatal(err)
			}
			if _, err := w.App.Cases.Code(t.Context(), w.Actor("nikos"), c.ID, "process"); err != nil {
				t.Fatal(err)
			}
		}
		if !strings.Contains(text("try"), "6 of 6 coded cases") || !strings.Contains(text("try"), "a hint, no proof") {
			t.Errorf("the suggestion does not say what speaks for it: %q", text("try"))
		}
		want(t, "they try it", zahra.Post("/team/huddle/try", url.Values{"team": {team}, "take": {"1"}}).Status, http.StatusSeeOther)
		want(t, "or rather something else", w.As("nikos").Post("/team/huddle/try", url.Values{"team": {team}, "about": {"پیش از رفتن زنگ بزنیم"}}).Status, http.StatusSeeOther)
		if !strings.Contains(text("try"), "پیش از رفتن") || !strings.Contains(text("last"), "not tried anything yet") {
			t.Errorf("today it tries %q, and before %q", text("try"), text("last"))
		}
		day := fmt.Sprint(w.Now().Unix() / 86_400)
		w.Wait(24 * time.Hour)
		zahra = w.As("zahra")
		if !strings.Contains(text("last"), "پیش از رفتن") || strings.Contains(text("try"), "پیش از رفتن") {
			t.Errorf("next day it tries %q, and before %q", text("try"), text("last"))
		}
		want(t, "without an outcome", zahra.Post("/team/huddle/outcome", url.Values{"team": {team}, "day": {day}}).Status, http.StatusUnprocessableEntity)
		want(t, "of a day without a try", zahra.Post("/team/huddle/outcome", url.Values{"team": {team}, "day": {"7"}, "outcome": {"helped"}}).Status, http.StatusNotFound)
		want(t, "what came of it", zahra.Post("/team/huddle/outcome", url.Values{"team": {team}, "day": {day}, "outcome": {"helped"}, "remark": {"سه مشتری تشکر کردند"}}).Status, http.StatusSeeOther)
		if !strings.Contains(text("last"), "It helped") || !strings.Contains(text("last"), "سه مشتری") {
			t.Errorf("what came of it: %q", text("last"))
		}
	})
}
