package staff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

func TestHandingTheSurveyOver(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		walkIn := w.Completed("walk-in")
		walkIn.Ask, walkIn.Customer = true, ingest.Customer{}
		w.Take(walkIn, w.Completed("past"))
		path := fmt.Sprintf("/runs/%d/handover", w.RunOf("walk-in").ID)
		for _, login := range []string{"zahra", "ann"} {
			c := w.As(login)
			if p := c.Get(path); p.Status != 200 || p.Find("svg[role=img]").Length() != 0 || p.Find("main form[method=post] button").Length() != 1 {
				t.Errorf("%s: status %d", login, p.Status)
			}
			p := c.Post(path, nil)
			link := p.Find("main a[rel=noreferrer]").AttrOr("href", "")
			if p.Status != 200 || !strings.HasPrefix(link, w.URL+"/s/") {
				t.Fatalf("%s: status %d, link %q", login, p.Status, link)
			}
			if d := p.Find("main svg[role=img] path").AttrOr("d", ""); !strings.HasPrefix(d, "M") || p.Find("main [style]").Length() != 0 {
				t.Errorf("%s: no code, or one that the content policy forbids", login)
			}
			if survey := w.Stranger().Get(strings.TrimPrefix(link, w.URL)); survey.Status != 200 || survey.Find("input[name=overall]").Length() == 0 {
				t.Errorf("the link opens nothing: %d", survey.Status)
			}
		}
		inv, err := w.App.Store.InvitationOfRun(t.Context(), w.RunOf("walk-in").ID)
		if err != nil || inv.Channel != survey.ByHandover || inv.State != survey.Sent {
			t.Errorf("%+v %v", inv, err)
		}
		if p := w.As("admin").Get(path); p.Status != 404 {
			t.Errorf("somebody who may not see the run: %d", p.Status)
		}
		if p := w.As("admin").Post(path, nil); p.Status != 404 {
			t.Errorf("somebody who may not see the run made a link: %d", p.Status)
		}
		if p := w.Stranger().Get(path); p.Status != 303 {
			t.Errorf("a stranger: %d", p.Status)
		}
		past := fmt.Sprintf("/runs/%d/handover", w.RunOf("past").ID)
		if p := w.As("ann").Post(past, nil); p.Status != 409 || p.Find("main [role=alert]").Length() != 1 {
			t.Errorf("a run of the past: %d", p.Status)
		}
		for _, lang := range []string{"fa", "el", "ru"} {
			if p := w.As("ann").Language(lang).Post(path, nil); p.Status != 200 || p.Find("html").AttrOr("lang", "") != lang {
				t.Errorf("%s: %d", lang, p.Status)
			}
		}
	})
}
