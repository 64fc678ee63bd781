package staff_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func TestNotificationsAreReadAndMailIsStopped(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ctx, s := t.Context(), w.App.Store
		zahra, nikos := w.Actor("zahra").UserID, w.Actor("nikos").UserID
		list := []notify.Notification{{ID: 11, UserID: zahra, EventID: 1, Verb: event.TaskFailed, SubjectKind: "task", SubjectID: 5, At: w.Now()},
			{ID: 12, UserID: zahra, EventID: 2, Verb: event.CaseTakenOver, Part: notify.Lost, SubjectKind: "case", SubjectID: 6, JourneyID: w.Fibre.ID, At: w.Now()}}
		if err := s.AddNotifications(ctx, list); err != nil {
			t.Fatal(err)
		}
		her := w.As("zahra")
		p := her.Get("/notifications")
		if p.Find("#bell .count").Length() != 1 || p.Find(".news").Length() != 2 || p.Find(".news a").Length() != 1 {
			t.Errorf("two, one of which leads somewhere: %s", p.Find("main").Text())
		}
		for _, step := range []struct {
			sentence, who, id string
			want              int
		}{{"another's", "nikos", "11", 2}, {"one", "zahra", "11", 1}, {"all", "zahra", "", 0}} {
			if got := w.As(step.who).Post("/notifications/read", url.Values{"id": {step.id}}); got.Status != http.StatusSeeOther {
				t.Errorf("%s: status %d", step.sentence, got.Status)
			}
			if n, err := s.Unread(ctx, zahra); err != nil || n != step.want {
				t.Errorf("%s read: %d unread, %v", step.sentence, n, err)
			}
		}
		if p := her.Get("/notifications"); p.Find("#bell .count").Length() != 0 {
			t.Error("the bell still counts")
		}
		if err := s.Meet(ctx, nikos, "token"); err != nil {
			t.Fatal(err)
		}
		stopped := func() bool {
			p, err := s.Person(ctx, nikos)
			if err != nil {
				t.Fatal(err)
			}
			wishes, err := p.Wishes(s.Zone())
			return err == nil && wishes.NoDigest && wishes.Of(event.CaseAssigned) == notify.Never
		}
		if p := w.Stranger().Get("/s/token/notices"); p.Status != http.StatusOK || stopped() {
			t.Errorf("looking at the question: %d", p.Status)
		}
		if p := w.Stranger().Post("/s/token/notices", url.Values{"List-Unsubscribe": {"One-Click"}}); p.Status != http.StatusOK || !stopped() {
			t.Errorf("one click: %d", p.Status)
		}
		if p := w.Stranger().Post("/s/nothing/notices", nil); p.Status != http.StatusNotFound {
			t.Errorf("a token that is none: %d", p.Status)
		}
		form := url.Values{"quiet_from": {"22"}, "quiet_until": {"7"}, "digest_hour": {"9"}, "digest_day": {"1"}, "digest": {"1"}}
		for _, verb := range notify.Events {
			form.Set(verb, string(notify.Weekly))
		}
		if p := w.As("nikos").Post("/me/notifications", form); p.Status != http.StatusSeeOther || stopped() {
			t.Errorf("he chooses otherwise: %d", p.Status)
		}
	})
}
