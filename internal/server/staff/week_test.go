package staff_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// ticked are the weekdays ticked as off on the settings page.
func ticked(p servertest.Page) []string {
	var out []string
	for _, e := range p.Find(`input[name="off"][checked]`).EachIter() {
		out = append(out, e.AttrOr("value", ""))
	}
	slices.Sort(out)
	return out
}

func TestTheWeekOfACompany(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		if got := ticked(admin.Get("/settings")); !slices.Equal(got, []string{"0", "6"}) {
			t.Errorf("off at first: %q, want Saturday and Sunday", got)
		}
		for sentence, c := range map[string]struct {
			off    []string
			status int
			want   []string
		}{
			"Thursday and Friday": {[]string{"4", "5"}, http.StatusSeeOther, []string{"4", "5"}},
			"no day":              {nil, http.StatusSeeOther, nil},
			"every day":           {[]string{"0", "1", "2", "3", "4", "5", "6"}, 422, nil},
			"an eighth day":       {[]string{"7"}, 422, nil},
			"no number":           {[]string{hostile}, 422, nil},
		} {
			p := admin.Post("/settings/week", url.Values{"off": c.off})
			if p.Status != c.status {
				t.Errorf("%s: %d, want %d: %s", sentence, p.Status, c.status, said(p))
			}
			if c.status == 422 && p.Find(`[role=alert] a[href="#f-off"]`).Length() != 1 && p.Find(`#f-off`).Length() != 1 {
				t.Errorf("%s: nothing says what is wrong: %s", sentence, said(p))
			}
			if c.status == http.StatusSeeOther && !slices.Equal(ticked(admin.Get("/settings")), c.want) {
				t.Errorf("%s: kept %q", sentence, ticked(admin.Get("/settings")))
			}
		}
		events, err := w.App.Store.EventsOf(t.Context(), "policy", 0)
		if err != nil || len(events) != 2 || events[0].Verb != event.WeekChanged || events[0].ActorID != w.Actor("admin").UserID {
			t.Errorf("the ledger tells %+v (%v)", events, err)
		}
		if p := w.As("ann").Post("/settings/week", nil); p.Status != http.StatusForbidden {
			t.Errorf("a manager sets the week: %d", p.Status)
		}
	})
}

func TestAPromiseInBusinessDaysIsCountedInThem(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		friday := time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
		for key, kept := range map[string]time.Time{"monday": friday.AddDate(0, 0, 3), "sunday": friday.AddDate(0, 0, 2), "before": friday.AddDate(0, 0, -4), "hours": friday.Add(2 * time.Hour), "day": friday} {
			r := w.Completed(key)
			r.Contacts[0].Started, r.Contacts[0].PromiseDue, r.Contacts[0].PromiseKept = friday.AddDate(0, 0, -10), friday, kept
			r.Contacts[0].PromiseBusiness = true
			calendar := r
			w.Take(r)
			calendar.Run = key + "-calendar"
			calendar.Contacts = slices.Clone(r.Contacts)
			for i := range calendar.Contacts {
				calendar.Contacts[i].Key += "-calendar"
			}
			calendar.Contacts[0].PromiseBusiness = false
			w.Take(calendar)
		}
		reads := func(lang, key, want string) {
			t.Helper()
			if p := w.As("ann").Language(lang).Get(runPath(w.RunOf(key))); !strings.Contains(said(p), want) {
				t.Errorf("%s in %s does not say %q: %s", key, lang, want, said(p))
			}
		}
		reads("en", "monday", "kept 1 business day late")
		reads("en", "monday-calendar", "kept 3 days late")
		reads("en", "sunday", "late, with no business day between")
		reads("en", "sunday-calendar", "kept 2 days late")
		reads("en", "before", "kept 4 business days early")
		reads("en", "hours", "kept later that day")
		reads("en", "day", "kept")
		reads("fa", "monday", "با ۱ روز کاری تأخیر")
		reads("ru", "before", "на 4 рабочих дня раньше")
		reads("el", "monday", "1 εργάσιμη ημέρα καθυστέρηση")
		if p := w.As("admin").Post("/settings/week", url.Values{"off": {"4", "5"}}); p.Status != http.StatusSeeOther {
			t.Fatalf("set the week: %d", p.Status)
		}
		reads("en", "monday", "kept 3 business days late")
		reads("en", "before", "kept 2 business days early")
		reads("en", "monday-calendar", "kept 3 days late")
	})
}
