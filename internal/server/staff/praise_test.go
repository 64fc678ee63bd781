package staff_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

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

func TestPraiseIsPublishedOnlyIfItsCustomerAndTheCompanySayYes(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ann, olga, customer := w.As("ann"), w.As("olga"), w.Stranger()
		asked := func(run, overall, words string) (link string, asks bool) {
			done := w.Completed(run)
			done.Ask = true
			w.Take(done)
			link = "/s/" + w.Link(w.RunOf(run).ID)
			want(t, "she answers", customer.Post(link, url.Values{"overall": {overall}, "comment": {words}, "lang": {"en"}}).Status, http.StatusSeeOther)
			thanks := customer.Get(link + "/thanks?lang=en")
			if happy := strings.Contains(thanks.Find("main").Text(), "kind words"); happy != (overall == "5") {
				t.Errorf("who answered %s is thanked with %q", overall, thanks.Find("main").Text())
			}
			if thanks.Find("input[name=allow][checked]").Length() != 0 {
				t.Error("the consent was ticked for her")
			}
			return link, thanks.Find("input[name=allow]").Length() == 1
		}
		const words = "Quick & friendly"
		public := func() string {
			p := customer.Get("/praise?lang=en")
			if p.Status == http.StatusOK && p.Find("script, [style]").Length() != 0 {
				t.Error("the public page brings a script")
			}
			return p.Find("main").Text()
		}
		if _, asks := asked("before", "5", words); asks {
			t.Error("she is asked though the company publishes nothing")
		}
		want(t, "the page, as long as nobody wants it", customer.Get("/praise").Status, http.StatusNotFound)
		want(t, "Olga, who leads, begins to publish", olga.Post("/praise/choice", url.Values{"public": {"1"}}).Status, http.StatusForbidden)
		want(t, "Ann does", ann.Post("/praise/choice", url.Values{"public": {"1"}}).Status, http.StatusSeeOther)
		if _, asks := asked("sad", "2", "Slow"); asks {
			t.Error("an unhappy customer is asked")
		}
		if _, asks := asked("silent", "5", ""); asks {
			t.Error("a customer without words is asked")
		}
		link, asks := asked("content", "5", words)
		if !asks {
			t.Fatal("a content customer is not asked")
		}
		want(t, "she opens the question", customer.Get(link+"/praise").Status, http.StatusOK)
		if olga.Get("/praise/choice").Find("main article").Length() != 0 {
			t.Error("opening a page allowed it")
		}
		want(t, "a name of any length", customer.Post(link+"/praise", url.Values{"allow": {"1"}, "name": {strings.Repeat("ж", 50)}}).Status, http.StatusUnprocessableEntity)
		want(t, "she allows it", customer.Post(link+"/praise", url.Values{"allow": {"1"}, "name": {" Μαρία "}}).Status, http.StatusSeeOther)
		if strings.Contains(public(), words) {
			t.Error("it is published before anybody chose it")
		}
		choose := olga.Get("/praise/choice").Find("main article form").AttrOr("action", "")
		want(t, "Nikos, who owns a touchpoint, chooses", w.As("nikos").Post(choose, nil).Status, http.StatusNotFound)
		want(t, "Olga chooses", olga.Post(choose, nil).Status, http.StatusSeeOther)
		if text := public(); !strings.Contains(text, words) || !strings.Contains(text, "Μαρία") || strings.Contains(text, "Μαρία content") {
			t.Errorf("everybody reads %q", text)
		}
		want(t, "she answers anew", customer.Post(link, url.Values{"overall": {"5"}, "comment": {"Other words"}}).Status, http.StatusSeeOther)
		if text := public(); strings.Contains(text, words) || strings.Contains(text, "Other words") {
			t.Errorf("words that she did not allow are published: %q", text)
		}
		want(t, "she allows the new ones", customer.Post(link+"/praise", url.Values{"allow": {"1"}}).Status, http.StatusSeeOther)
		want(t, "Olga chooses them", olga.Post(choose, nil).Status, http.StatusSeeOther)
		w.Wait(400 * 24 * time.Hour)
		if text := public(); !strings.Contains(text, "Other words") || !strings.Contains(text, "A customer") {
			t.Errorf("everybody reads %q", text)
		}
		if keeps := customer.Get("/praise").Header.Get("Cache-Control"); keeps != "no-store" {
			t.Errorf("what she takes back is kept elsewhere: %q", keeps)
		}
		want(t, "the survey is over", customer.Get(link).Status, http.StatusGone)
		want(t, "she takes it back all the same", customer.Post(link+"/praise", nil).Status, http.StatusSeeOther)
		if text := public(); strings.Contains(text, "Other words") {
			t.Errorf("everybody still reads %q", text)
		}
	})
}

func TestTheBadgeShowsAFigureWithItsNoiseOrNothing(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	stranger := w.Stranger()
	want(t, "while the company publishes nothing", stranger.Get("/praise/badge.svg").Status, http.StatusNotFound)
	want(t, "Ann publishes", w.As("ann").Post("/praise/choice", url.Values{"public": {"1"}}).Status, http.StatusSeeOther)
	ago(w, "few-", 20, 40)
	if p := stranger.Get("/praise/badge.svg"); p.Status != http.StatusNotFound || p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("of twenty answers: status %d, %s", p.Status, p.Header.Get("Cache-Control"))
	}
	ago(w, "more-", 20, 40)
	ago(w, "today-", 9, 0) // the month is not over
	for lang, says := range map[string]string{"en": "40 answers", "fa": "۴۰ پاسخ", "el": "40 απαντήσεις", "ru": "40 ответов"} {
		p := stranger.Get("/praise/badge.svg?lang=" + lang)
		if p.Status != http.StatusOK || !strings.Contains(p.Body, says) || p.Header.Get("Content-Type") != "image/svg+xml; charset=utf-8" || !strings.HasPrefix(p.Header.Get("Cache-Control"), "public") {
			t.Errorf("%s: status %d, %v: %s", lang, p.Status, p.Header, p.Body)
		}
	}
	if text := plainly(stranger.Get("/praise?lang=en").Find("main section").Text()); !strings.Contains(text, "100% satisfied (91–100%)") || !strings.Contains(text, "40 answers") {
		t.Errorf("the page says %q", text)
	}
}
