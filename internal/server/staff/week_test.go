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
		if p := w.As("admin").Post("/settings/holidays", url.Values{"name": {"Ours"}, "date": {"2026-03-08"}, "repeats": {"once"}}); p.Status != http.StatusSeeOther {
			t.Fatalf("add a holiday: %d: %s", p.Status, said(p))
		}
		reads("en", "monday", "kept 2 business days late")
		reads("en", "before", "kept 2 business days early")
		reads("en", "monday-calendar", "kept 3 days late")
	})
}

func TestTheHolidaysOfACompany(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		for _, c := range []struct {
			sentence, lang string
			form           url.Values
			status         int
			kept           string // how the page then names it; or the field that is wrong
		}{
			{"a single day", "en", url.Values{"name": {"Eid al-Adha"}, "date": {"2026-05-27"}, "repeats": {"once"}}, 303, "27 May 2026, only once"},
			{"a Jalali day in Persian", "fa", url.Values{"name": {"نوروز"}, "date": {"۱۴۰۵/۰۱/۰۱"}, "repeats": {"jalali"}}, 303, "هر سال، ۱ فروردین"},
			{"a Gregorian day in Greek", "el", url.Values{"name": {"Η επέτειος"}, "date": {"28/10/2025"}, "repeats": {"gregorian"}}, 303, "28 Οκτωβρίου"},
			{"a day by Easter in Russian", "ru", url.Values{"name": {"Страстная пятница"}, "date": {"10.04.2026"}, "repeats": {"easter"}}, 303, "за 2 дня до православной Пасхи"},
			{"the same day by Easter of another year", "en", url.Values{"name": {"again"}, "date": {"2025-04-18"}, "repeats": {"easter"}}, 422, "date"},
			{"no date", "en", url.Values{"name": {"x"}, "date": {hostile}, "repeats": {"once"}}, 422, "date"},
			{"no name", "en", url.Values{"name": {" "}, "date": {"2026-05-28"}, "repeats": {"once"}}, 422, "name"},
			{"far from Easter", "en", url.Values{"name": {"x"}, "date": {"2026-11-28"}, "repeats": {"easter"}}, 422, "date"},
			{"no way to come back", "en", url.Values{"name": {"x"}, "date": {"2026-05-28"}, "repeats": {"lunar"}}, 422, "repeats"},
			{"a year nobody will see", "en", url.Values{"name": {"x"}, "date": {"9999-05-28"}, "repeats": {"once"}}, 422, "date"},
		} {
			p := w.As("admin").Language(c.lang).Post("/settings/holidays", c.form)
			if p.Status != c.status {
				t.Errorf("%s: %d, want %d: %s", c.sentence, p.Status, c.status, said(p))
			}
			if c.status == 303 && !strings.Contains(said(w.As("admin").Language(c.lang).Get("/settings/holidays")), c.kept) {
				t.Errorf("%s: the page does not say %q: %s", c.sentence, c.kept, said(w.As("admin").Language(c.lang).Get("/settings/holidays")))
			}
			if c.status == 422 && p.Find(`[role=alert] a[href="#f-`+c.kept+`"]`).Length() != 1 {
				t.Errorf("%s: nothing says what is wrong: %s", c.sentence, said(p))
			}
		}
		for _, c := range []struct {
			country string
			status  int
			added   int // those that are not there yet
		}{{"IR", 303, 9}, {"GR", 303, 11}, {"RU", 303, 11}, {"RU", 303, 0}, {"XX", 404, 0}} {
			before := admin.Get("/settings/holidays").Find(`form[action$="/removal"]`).Length()
			p := admin.Post("/settings/holidays/sets", url.Values{"country": {c.country}})
			if added := admin.Get("/settings/holidays").Find(`form[action$="/removal"]`).Length() - before; p.Status != c.status || added != c.added {
				t.Errorf("%s: %d, %d added, want %d", c.country, p.Status, added, c.added)
			}
		}
		if p := admin.Post("/settings/week", url.Values{"off": {"5"}}); p.Status != 303 {
			t.Fatalf("another weekend: %d", p.Status)
		}
		left := admin.Get("/settings/holidays").Find(`form[action$="/removal"]`)
		if left.Length() != 35 {
			t.Errorf("another weekend leaves %d holidays", left.Length())
		}
		to := left.First().AttrOr("action", "")
		if p := admin.Post(to, nil); p.Status != 303 || admin.Get("/settings/holidays").Find(`form[action="`+to+`"]`).Length() != 0 {
			t.Errorf("removed: %d", p.Status)
		}
		for _, path := range []string{"/settings/holidays", "/settings/holidays/sets", to} {
			if p := w.As("ann").Post(path, url.Values{"country": {"GR"}}); p.Status != http.StatusForbidden {
				t.Errorf("a manager changes holidays at %s: %d", path, p.Status)
			}
		}
	})
}
