package staff_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func TestASheetIsPreparedByTwoAndReadByNobodyElse(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		brought, marked := visited(t, w, "o1", 1, "دیر آمد"), visited(t, w, "o2", 5, "عالی بود")
		wish := w.As("zahra").Post("/observations", url.Values{"kind": {"wish"}, "touchpoint": {fmt.Sprint(w.Visit.ID)}, "words": {"زنگ بزنید"}}).Location
		hers := fmt.Sprintf("/team/employees/%d/coaching", w.Zahra.ID)
		zahra, nikos := w.As("zahra"), w.As("nikos")
		post := func(what string, c *servertest.Client, path string, form url.Values, status int) {
			t.Helper()
			want(t, what, c.Post(path, form).Status, status)
		}
		feedback := func(response int64) url.Values {
			return url.Values{"kind": {"feedback"}, "response": {fmt.Sprint(response)}, "touchpoint": {fmt.Sprint(w.Visit.ID)}}
		}
		post("Zahra replies that she brings it", zahra, replyPath(brought, w.Visit.ID), url.Values{"reply": {"one_to_one"}}, http.StatusSeeOther)
		if b := nikos.Get(path.Dir(hers)).Find("form[action='" + hers + "/entries']"); b.Length() < 2 {
			t.Errorf("Nikos can mark %d of her customers' words", b.Length())
		}
		post("Nikos marks praise", nikos, hers+"/entries", feedback(marked), http.StatusSeeOther)
		post("and once more", nikos, hers+"/entries", feedback(marked), http.StatusSeeOther)
		post("words that are not hers", nikos, hers+"/entries", feedback(7), http.StatusNotFound)
		post("Zahra marks the wish she heard", zahra, "/me/coaching/entries", url.Values{"kind": {"observation"}, "observation": {path.Base(wish)}}, http.StatusSeeOther)
		post("a topic without words", zahra, "/me/coaching/entries", url.Values{"kind": {"topic"}, "topic": {" "}}, http.StatusUnprocessableEntity)
		post("a kind that is none", zahra, "/me/coaching/entries", url.Values{"kind": {"x"}, "topic": {"x"}}, http.StatusUnprocessableEntity)
		post("Zahra adds a topic", zahra, "/me/coaching/entries", url.Values{"kind": {"topic"}, "topic": {"مرخصی من"}}, http.StatusSeeOther)
		post("Nikos writes a note", nikos, hers+"/entries", url.Values{"kind": {"note"}, "note": {"Συμφωνήσαμε"}}, http.StatusSeeOther)
		post("a day that is over", nikos, hers+"/plan", url.Values{"day": {"2026-01-01"}}, http.StatusUnprocessableEntity)
		post("Nikos plans it", nikos, hers+"/plan", url.Values{"day": {"2026-03-25"}}, http.StatusSeeOther)

		for who, p := range map[string]servertest.Page{"zahra": zahra.Get("/me/coaching"), "nikos": nikos.Get(hers)} {
			said := p.Find("main").Text()
			for _, words := range []string{"دیر آمد", "عالی بود", "زنگ بزنید", "مرخصی من", "Συμφωνήσαμε", "25 March 2026", "Nothing says that it was the person"} {
				if strings.Count(said, words) != 1 {
					t.Errorf("%s reads %q %d times", who, words, strings.Count(said, words))
				}
			}
		}
		if p := w.As("ann").Get(hers); p.Status != http.StatusOK || !strings.Contains(p.Text(), "0 talks were held") || strings.Contains(p.Text(), "مرخصی") {
			t.Errorf("the manager, status %d, reads %q", p.Status, p.Find("main").Text())
		}
		post("the manager writes", w.As("ann"), hers+"/entries", url.Values{"kind": {"note"}, "note": {"x"}}, http.StatusNotFound)
		want(t, "a colleague", w.As("boris").Get(hers).Status, http.StatusForbidden)
		want(t, "somebody out of Nikos's sight", nikos.Get(fmt.Sprintf("/team/employees/%d/coaching", w.Boris.ID)).Status, http.StatusNotFound)

		off := zahra.Get("/me/coaching").Find("form[action$='/withdrawal']")
		if off.Length() != 2 {
			t.Fatalf("Zahra can take off %d entries, two are hers", off.Length())
		}
		note := nikos.Get(hers).Find("form[action$='/withdrawal']").Last().AttrOr("action", "")
		post("Zahra takes off the note of Nikos", zahra, "/me/coaching/entries/"+path.Base(path.Dir(note))+"/withdrawal", nil, http.StatusForbidden)
		post("Zahra takes off her own", zahra, off.Last().AttrOr("action", ""), nil, http.StatusSeeOther)
		post("they talk", nikos, hers+"/talks", nil, http.StatusSeeOther)
		p := zahra.Get("/me/coaching")
		if p.Find("section[aria-labelledby=agenda] article").Length() != 0 || p.Find("section[aria-labelledby=talks] details").Length() != 1 || p.Find("form[action$='/withdrawal']").Length() != 0 {
			t.Error("after the talk the sheet does not begin anew")
		}
		if said := p.Find("section[aria-labelledby=talks]").Text(); !strings.Contains(said, "دیر آمد") || !strings.Contains(said, "Συμφωνήσαμε") || strings.Contains(said, "مرخصی") {
			t.Errorf("of the talk is kept: %q", said)
		}
	})
}

func TestGoalsAreTheEmployeesOwn(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for i := range 12 {
			w.Take(w.Answered(fmt.Sprintf("o%d", i), 2+i%4, ""))
		}
		w.Fold()
		zahra := w.As("zahra")
		measure := zahra.Get("/me/coaching").Find("select[name=measure] option").Last().AttrOr("value", "")
		want(t, "a goal without words", zahra.Post("/me/coaching/goals", url.Values{"goal": {""}}).Status, http.StatusUnprocessableEntity)
		want(t, "until a day that is over", zahra.Post("/me/coaching/goals", url.Values{"goal": {"زودتر"}, "until": {"2020-01-01"}}).Status, http.StatusUnprocessableEntity)
		want(t, "she sets one", zahra.Post("/me/coaching/goals", url.Values{"goal": {"پیش از رفتن زنگ می‌زنم"}, "measure": {measure}, "until": {"2026-04-30"}}).Status, http.StatusSeeOther)
		sheet := w.As("nikos").Get(fmt.Sprintf("/team/employees/%d/coaching", w.Zahra.ID))
		if said := sheet.Find("section[aria-labelledby=goals]").Text(); !strings.Contains(said, "پیش از رفتن") || !strings.Contains(said, "12 answers") || sheet.Find("form[action*='/goals']").Length() != 0 {
			t.Errorf("Nikos reads %q", said)
		}
		closing := zahra.Get("/me/coaching").Find("form[action*='/goals/']").AttrOr("action", "")
		want(t, "another closes it", w.As("boris").Post(closing, url.Values{"state": {"reached"}}).Status, http.StatusNotFound)
		want(t, "in no way", zahra.Post(closing, url.Values{"state": {"open"}}).Status, http.StatusConflict)
		want(t, "she drops it", zahra.Post(closing, url.Values{"state": {"dropped"}}).Status, http.StatusSeeOther)
		want(t, "twice", zahra.Post(closing, url.Values{"state": {"reached"}}).Status, http.StatusConflict)
		want(t, "whom nobody supervises has goals all the same", w.As("boris").Get("/me/coaching").Status, http.StatusOK)
	})
}

func TestANewSupervisorBeginsAnew(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		hers := fmt.Sprintf("/team/employees/%d/coaching", w.Zahra.ID)
		want(t, "a note for Nikos", w.As("zahra").Post("/me/coaching/entries", url.Values{"kind": {"note"}, "note": {"only for Nikos"}}).Status, http.StatusSeeOther)
		north := w.North
		north.SupervisorID = w.Olga.ID
		if err := w.App.Store.SaveTeam(context.Background(), north); err != nil {
			t.Fatal(err)
		}
		p := w.As("olga").Get(hers)
		if want(t, "Olga, who supervises now", p.Status, http.StatusOK); strings.Contains(p.Text(), "only for Nikos") {
			t.Error("she reads what was for Nikos")
		}
	})
}
