package staff_test

import (
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// worsened adds so many runs a week for thirty weeks; in the last five of them hardly anybody is satisfied with the visit.
func worsened(w *servertest.World, weekly int) {
	var records []ingest.Record
	for i := range 30 * weekly {
		r := w.Answered(fmt.Sprintf("week-%d", i), 4, "")
		back := time.Duration(1+30-i/weekly) * 7 * 24 * time.Hour
		for k := range r.Contacts {
			r.Contacts[k].Started = r.Contacts[k].Started.Add(-back)
		}
		r.Completed, r.Answer.At = r.Completed.Add(-back), r.Answer.At.Add(-back)
		for k := range r.Answer.Ratings {
			r.Answer.Ratings[k].Value = 5 - i%10/8*3
			if i >= 25*weekly && i%10 > 1 {
				r.Answer.Ratings[k].Value = 1
			}
		}
		records = append(records, r)
	}
	w.Take(records...)
}

func TestSignalsNameWhatChangedToThoseWhoseItIs(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		if p := w.As("ann").Get("/signals"); !strings.Contains(p.Find("main").Text(), "Nothing has left its range.") || p.Find(".note").Length() != 0 {
			t.Error("where nobody answered something is named")
		}
		worsened(w, 10)
		for lang, says := range map[string]string{"en": "rated worse since about", "fa": "بدتر شده است", "el": "χειρότερες βαθμολογίες", "ru": "оценки хуже"} {
			p := w.As("ann").Language(lang).Get("/signals")
			link := p.Find("main .note a").First()
			if p.Find("main .note-error").Length() == 0 || !strings.Contains(link.Text(), says) {
				t.Errorf("%s: %q", lang, p.Find("main").Text())
			}
			if chart := w.As("ann").Language(lang).Get(strings.TrimSuffix(link.AttrOr("href", ""), "#watch")); chart.Find("#watch .ring").Length() < 2 || chart.Find("#watch .mark").Length() < 3 {
				t.Errorf("%s: the touchpoint's page draws no limits that were passed", lang)
			}
		}
		for sentence, c := range map[string]struct {
			login string
			want  int
		}{"the leader of the journey hears it": {"olga", 1}, "the leader of another does not": {"boris", 0}} {
			if p := w.As(c.login).Get("/signals"); p.Find("main .note a").Length() < c.want || c.want == 0 && p.Find("main .note").Length() != 0 || p.Find("main form").Length() != 0 {
				t.Errorf("%s: %s", sentence, p.Find("main").Text())
			}
		}
		freezes(t, w)
	})
}

// freezes takes the baselines of what changed anew, and finds nothing named any more.
func freezes(t *testing.T, w *servertest.World) {
	olga := w.As("olga")
	for {
		href, changed := olga.Get("/signals").Find("main .note a").First().Attr("href")
		if !changed {
			break
		}
		touchpoint := strings.TrimSuffix(href, "#watch")
		ask := olga.Get(touchpoint).Find("a[href='"+touchpoint+"/baseline']").AttrOr("href", "")
		if p := olga.Get(ask); ask == "" || p.Find("main form[method=post] [name=reason]").Length() != 1 {
			t.Fatalf("%q asks nothing: %s", ask, p.Find("main").Text())
		}
		if p := olga.Post(ask, url.Values{"reason": {" "}}); p.Status != 422 || p.Find("#f-reason-problem").Length() == 0 {
			t.Errorf("without a reason: %d", p.Status)
		}
		if p := w.As("boris").Post(ask, url.Values{"reason": {"rebuilt"}}); p.Status != 404 && p.Status != 403 {
			t.Errorf("whose it is not: %d", p.Status)
		}
		if p := olga.Post(ask, url.Values{"reason": {"the shop was rebuilt"}}); p.Status != 303 || !strings.Contains(olga.Get(touchpoint).Find("main").Text(), "The baseline is taken from") {
			t.Fatalf("%s: %d", touchpoint, p.Status)
		}
		id, _ := strconv.ParseInt(path.Base(touchpoint), 10, 64)
		events, err := w.App.Store.EventsOf(t.Context(), "touchpoint", id)
		if err != nil || len(events) == 0 || events[len(events)-1].Verb != event.BaselineFrozen || events[len(events)-1].Particulars["reason"] != "the shop was rebuilt" {
			t.Errorf("%v (%v)", events, err)
		}
	}
}

func TestManagersSayHowManyFalseAlarmsToPutUpWith(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ann := w.As("ann")
		if p := ann.Post("/signals", url.Values{"tolerated": {"many"}}); p.Status != 422 || p.Find("#f-tolerated").AttrOr("value", "") != "many" || p.Find("#f-tolerated-problem").Text() == "" {
			t.Errorf("what is no number: %d", p.Status)
		}
		if p := ann.Post("/signals", url.Values{"tolerated": {"53"}}); p.Status != 422 {
			t.Errorf("more than one a week: %d", p.Status)
		}
		if p := ann.Post("/signals", url.Values{"tolerated": {"۱۲"}}); p.Status != 303 || ann.Get("/signals").Find("#f-tolerated").AttrOr("value", "") != "12" {
			t.Errorf("Persian digits: %d", p.Status)
		}
		if p := w.As("olga").Post("/signals", url.Values{"tolerated": {"1"}}); p.Status != 403 {
			t.Errorf("a leader sets it: %d", p.Status)
		}
	})
}

func TestMeasuresSayWhatTheyRestOn(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		if p := w.As("ann").Get("/company/measures"); p.Status != 200 || p.Find("main section table").Length() != 0 || !strings.Contains(p.Find("#scores").Text(), "nothing to count") {
			t.Errorf("where nobody came: %d %s", p.Status, p.Find("main").Text())
		}
		worsened(w, 2)
		for lang, says := range map[string][]string{
			"en": {"Wilson’s interval", "Walks counted"}, "fa": {"بازهٔ ویلسون", "مسیرهای شمرده‌شده"}, "el": {"διάστημα Γουίλσον", "Διαδρομές που μετρήθηκαν"}, "ru": {"интервалом Уилсона", "Учтено прохождений"},
		} {
			p := w.As("ann").Language(lang).Get("/company/measures?days=90")
			text := p.Find("#stay").Text()
			for _, s := range says {
				if !strings.Contains(text, s) {
					t.Errorf("%s: %q is missing in %q", lang, s, text)
				}
			}
			if p.Find("#scores tbody tr").Length() != 1 || p.Find("#stay tbody tr").Length() != 2 {
				t.Errorf("%s: %d scores, %d lines of who stays", lang, p.Find("#scores tbody tr").Length(), p.Find("#stay tbody tr").Length())
			}
			if p.Find("main section").Length() != p.Find("main section details").Length() {
				t.Errorf("%s: a measure does not say how it is computed", lang)
			}
		}
		for who, want := range map[string]int{"olga": 403, "zahra": 403} {
			if p := w.As(who).Get("/company/measures"); p.Status != want {
				t.Errorf("%s: %d", who, p.Status)
			}
		}
	})
}

func TestHalfOfWhatIsNegativeIsAboutTheProcess(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		said := func(login, path string) string {
			return w.As(login).Get(path).Find("section[aria-labelledby=own]").Text()
		}
		var records []ingest.Record
		for i := range 6 {
			r := w.Answered(fmt.Sprintf("late-%d", i), 1, "bad")
			if i%2 == 0 { // promised in the shop, kept too late
				sold := &r.Contacts[0]
				sold.PromiseDue, sold.PromiseKept = sold.Started.Add(time.Hour), sold.Started.Add(5*time.Hour)
			}
			records = append(records, r)
		}
		w.Take(records[:4]...)
		if text := said("zahra", "/feedback"); strings.Contains(text, "Negative answers") {
			t.Errorf("four answers are told of: %q", text)
		}
		w.Take(records[4:]...)
		for login, path := range map[string]string{"zahra": "/feedback", "nikos": fmt.Sprintf("/team/employees/%d", w.Zahra.ID)} {
			if text := said(login, path); !strings.Contains(text, "Negative answers of the last 90 days: 6. Before 3 of them") {
				t.Errorf("%s reads %q", login, text)
			}
		}
	})
}
