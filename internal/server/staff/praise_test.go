package staff_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func sharePath(response, touchpoint int64) string {
	return fmt.Sprintf("/feedback/%d/%d/sharing", response, touchpoint)
}

func TestPraiseIsSharedWithTheTeamForAsLongAsItsEmployeeLikes(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		const words = "زهرا خانم عالی بود"
		good, bad := visited(t, w, "o1", 5, words), visited(t, w, "o2", 1, "دیر آمد")
		colleague := w.Boris
		colleague.TeamID = w.North.ID
		zahra := w.As("zahra")
		reads := func(who string) bool {
			p := w.As(who).Get("/team/praise")
			want(t, who, p.Status, http.StatusOK)
			if strings.Contains(p.Find("main").Text(), "Μαρία") || p.Find("main a[href^='/runs']").Length() != 0 {
				t.Errorf("%s can tell the customer", who)
			}
			return strings.Contains(p.Find("main").Text(), words)
		}
		own := zahra.Get("/feedback")
		if q := own.Find(quoteID(good, w.Visit.ID)); !strings.Contains(q.Text(), "Praise") || q.Find("button[name=share]").Length() != 1 {
			t.Errorf("praise is not marked as such, or cannot be shared: %q", q.Text())
		}
		if own.Find(quoteID(bad, w.Visit.ID)+" button[name=share]").Length() != 0 {
			t.Error("blame can be shared")
		}
		if reads("nikos") {
			t.Error("the team reads it before she shares it")
		}
		want(t, "she shares it", zahra.Post(sharePath(good, w.Visit.ID), nil).Status, http.StatusSeeOther)
		want(t, "she shares blame", zahra.Post(sharePath(bad, w.Visit.ID), nil).Status, http.StatusConflict)
		want(t, "Boris shares hers", w.As("boris").Post(sharePath(good, w.Visit.ID), nil).Status, http.StatusNotFound)
		for who, sees := range map[string]bool{"zahra": true, "nikos": true, "ann": true, "boris": false, "olga": false, "admin": false} {
			if reads(who) != sees {
				t.Errorf("%s reads it: %v", who, !sees)
			}
		}
		if err := w.App.Store.SaveEmployee(context.Background(), colleague); err != nil {
			t.Fatal(err)
		}
		if !reads("boris") {
			t.Error("Boris, now of the same team, does not read it")
		}
		want(t, "she takes it back", zahra.Post(sharePath(good, w.Visit.ID), url.Values{"share": {"0"}}).Status, http.StatusSeeOther)
		if reads("boris") {
			t.Error("Boris still reads it")
		}
		want(t, "she shares it again", zahra.Post(sharePath(good, w.Visit.ID), nil).Status, http.StatusSeeOther)
		want(t, "she says that it is about somebody else", zahra.Post(replyPath(good, w.Visit.ID), url.Values{"reply": {"not_me"}}).Status, http.StatusSeeOther)
		if reads("nikos") {
			t.Error("the team reads praise that she says is not hers")
		}
	})
}
