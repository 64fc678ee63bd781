package staff_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
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
			sentence       string
			do             func() servertest.Page
			status, unread int
		}{
			{"another opens it", func() servertest.Page { return w.As("nikos").Get("/notifications/11") }, http.StatusNotFound, 2},
			{"another marks it as read", func() servertest.Page { return w.As("nikos").Post("/notifications/read", url.Values{"id": {"11"}}) }, http.StatusSeeOther, 2},
			{"she opens it", func() servertest.Page { return her.Get("/notifications/11") }, http.StatusSeeOther, 1},
			{"she marks the rest as read", func() servertest.Page { return her.Post("/notifications/read", nil) }, http.StatusSeeOther, 0},
		} {
			want(t, step.sentence, step.do().Status, step.status)
			if n, err := s.Unread(ctx, zahra); err != nil || n != step.unread {
				t.Errorf("%s: %d unread, %v", step.sentence, n, err)
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
		for field, typed := range map[string]string{"zone": "Asia/Atlantis", "own_email": "nikos at home"} {
			wrong := maps.Clone(form)
			wrong.Set(field, typed)
			p := w.As("nikos").Post("/me/notifications", wrong)
			want(t, field, p.Status, http.StatusUnprocessableEntity)
			if got := p.Find("#f-"+field).AttrOr("value", ""); got != typed {
				t.Errorf("%s comes back as %q", field, got)
			}
		}
		form.Set("zone", "Asia/Tehran")
		form.Set("own_email", "nikos@home.example")
		want(t, "his zone and address", w.As("nikos").Post("/me/notifications", form).Status, http.StatusSeeOther)
		if p, err := s.Person(ctx, nikos); err != nil || p.OwnEmail != "nikos@home.example" || !strings.Contains(p.Settings, "Asia/Tehran") {
			t.Errorf("they are not kept: %+v, %v", p, err)
		}
	})
}

// TestNotificationsSayWhoseCaseItIs: several cases of one journey would read alike.
func TestNotificationsSayWhoseCaseItIs(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		c := w.OpenCase(w.AddAnswered("E-1", 1, "گفته"))
		for i, login := range []string{"olga", "zahra"} {
			told := notify.Notification{ID: int64(21 + i), UserID: w.Actor(login).UserID, EventID: 1, Verb: event.CaseWarned, SubjectKind: "case", SubjectID: c.ID, JourneyID: w.Fibre.ID, At: w.Now()}
			if err := w.App.Store.AddNotifications(t.Context(), []notify.Notification{told}); err != nil {
				t.Fatal(err)
			}
		}
		for login, name := range map[string]string{"olga": "Μαρία E-1", "zahra": ""} { // one leads the journey, the other served
			if got := w.As(login).Get("/notifications").Find(".news bdi").Text(); got != name {
				t.Errorf("%s reads of the case of %q", login, got)
			}
		}
	})
}
