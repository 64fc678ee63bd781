package staff_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// ago records that many answers from so many days ago.
func ago(w *servertest.World, key string, answers, days int) {
	var records []ingest.Record
	for i := range answers {
		r := w.Answered(fmt.Sprint(key, i), 5, "")
		for n := range r.Contacts {
			r.Contacts[n].Started = r.Contacts[n].Started.AddDate(0, 0, -days)
		}
		r.Completed, r.Answer.At = r.Completed.AddDate(0, 0, -days), r.Answer.At.AddDate(0, 0, -days)
		records = append(records, r)
	}
	w.Take(records...)
}

const toHideOthers = "Hidden, so that a smaller group stays hidden"

func TestAPeriodThatWouldGiveAwayAFewAnswersIsHidden(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ago(w, "now-", 32, 0)
		figure := func(days string) string {
			return plainly(w.As("olga").Get(at(w.Fibre, "?days="+days)).Find(".digest .figure").First().Text())
		}
		shown := func(days, n string) {
			t.Helper()
			if text := figure(days); !strings.Contains(text, n+" answers") {
				t.Errorf("%s days: %s", days, text)
			}
		}
		shown("30", "32") // the same answers in every view
		ago(w, "past-", 3, 60)
		if text := figure("30"); !strings.Contains(text, toHideOthers) || strings.Contains(text, "%") {
			t.Errorf("32 answers of 35 give the other three away: %s", text)
		}
		shown("90", "35")
		shown("365", "35")
		lists := map[string]string{"/journeys?days=30": "olga", "/touchpoints?days=30": "olga", "/company?days=30": "ann"}
		for path, who := range lists {
			if p := w.As(who).Get(path); !strings.Contains(p.Find("main table").Text(), toHideOthers) {
				t.Errorf("%s shows what %s hides", path, at(w.Fibre, "?days=30"))
			}
		}
		if file := w.As("olga").Get("/journeys/figures.csv?days=30"); strings.Contains(file.Body, "100") {
			t.Errorf("the file tells: %s", file.Body)
		}
		ago(w, "more-", 2, 60)
		shown("30", "32")
		ago(w, "old-", 4, 200)
		if text := figure("90"); !strings.Contains(text, toHideOthers) {
			t.Errorf("37 answers of 41 give four away: %s", text)
		}
		shown("365", "41")
		shown("all", "41")
	})
}

func TestATouchpointOnOneJourneyGivesNothingAwayOfAnother(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ago(w, "fibre-", 32, 0)
		j := other(t, w)
		for i := range 3 {
			r := w.Answered(fmt.Sprint("bill-", i), 1, "")
			r.Journey.Key = j.Key
			w.Take(r)
		}
		stages := plainly(w.As("olga").Get(at(w.Fibre, "?days=all")).Find("#stages").Text())
		if strings.Count(stages, toHideOthers) != 2 || strings.Contains(stages, "32 answers") {
			t.Errorf("the shop and the visit give away what three customers of another journey said: %s", stages)
		}
		p := w.As("ann").Get(fmt.Sprintf("/touchpoints/%d?days=all", w.Visit.ID))
		if !strings.Contains(plainly(p.Find(".cards .figure").First().Text()), "35 answers") {
			t.Errorf("the touchpoint itself: %s", plainly(p.Find(".cards").Text()))
		}
	})
}

func TestATimeBeginsOnAMondayAndSaysSo(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ago(w, "now-", 32, 0)
		from := time.Date(2026, 2, 16, 0, 0, 0, 0, time.UTC)
		figure := w.As("olga").Get(at(w.Fibre, "?days=30")).Find(".digest .figure").First()
		if asked := figure.AttrOr("data-figure", ""); asked != "journey:fibre:csat_1_5:"+from.Format(time.DateOnly)+"..2026-03-20" || from.Weekday() != time.Monday {
			t.Errorf("asked by %q", asked)
		}
		if how := plainly(figure.Find("details").Text()); !strings.Contains(how, "Counted from 16 February 2026 to 20 March 2026, both days included. A time begins on a Monday") {
			t.Errorf("how: %s", how)
		}
	})
}
