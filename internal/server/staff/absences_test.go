package staff_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func TestAbsencesOfAnEmployee(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		zahra := w.Actor("zahra").EmployeeID
		path := fmt.Sprintf("/employees/%d/absences", zahra)
		r := i18n.NewReader(i18n.Persian, i18n.Jalali, time.UTC)
		day := func(n int) string { return r.DateField(w.Now().AddDate(0, 0, n)) }
		for _, c := range []struct {
			sentence, from, until string
			substitute            int64
			status                int
			field                 string
		}{
			{"she stands in for herself", day(10), day(20), zahra, 422, "substitute"},
			{"nobody she could know stands in", day(10), day(20), 4711, 422, "substitute"},
			{"the end before the beginning", day(10), day(9), 0, 422, "until"},
			{"no day", day(10), hostile, 0, 422, "until"},
			{"somebody of another team, whom the page does not offer", day(10), day(20), w.Boris.ID, 422, "substitute"},
			{"ten days", day(10), day(20), w.Nikos.ID, 303, ""},
			{"and again", day(20), day(21), 0, 422, "from"},
		} {
			p := w.As("zahra").Language("fa").Post(path, url.Values{"from": {c.from}, "until": {c.until}, "substitute": {fmt.Sprint(c.substitute)}})
			if p.Status != c.status || c.field != "" && p.Find(`[role=alert] a[href="#f-`+c.field+`"]`).Length() != 1 {
				t.Errorf("%s: %d: %s", c.sentence, p.Status, said(p))
			}
		}
		for _, at := range []struct{ login, path string }{{"zahra", "/me"}, {"zahra", path}, {"admin", fmt.Sprintf("/people/employees/%d", zahra)}, {"ann", path}} {
			p := w.As(at.login).Get(at.path)
			if !strings.Contains(said(p), w.Nikos.Name) || p.Status != http.StatusOK {
				t.Errorf("%s at %s is not told who stands in: %d %s", at.login, at.path, p.Status, said(p))
			}
		}
		ending := w.As("zahra").Get(path).Find(`form[action$="/ending"]`).AttrOr("action", "")
		if p := w.As("zahra").Get(ending); p.Find("main form").AttrOr("method", "") != "post" {
			t.Errorf("nobody asks before it ends: %s", said(p))
		}
		for _, stranger := range []string{path, ending} {
			if p := w.As("boris").Get(stranger); p.Status != http.StatusNotFound {
				t.Errorf("a colleague at %s: %d", stranger, p.Status)
			}
			if p := w.As("boris").Post(stranger, url.Values{"from": {day(40)}, "until": {day(41)}}); p.Status != http.StatusNotFound {
				t.Errorf("a colleague changes %s: %d", stranger, p.Status)
			}
		}
		if p := w.As("zahra").Post(ending, nil); p.Status != http.StatusSeeOther || w.As("zahra").Get(path).Find(`form[action$="/ending"]`).Length() != 0 {
			t.Errorf("taken back: %d", p.Status)
		}
		if p := w.As("zahra").Get(ending); p.Status != http.StatusNotFound {
			t.Errorf("taken back already: %d", p.Status)
		}
	})
}
