package staff_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

func TestTheCalendarOfOnesOwnFeedback(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		zahra := w.As("zahra")
		if p := zahra.Get("/feedback"); p.Find("#calendar .chart-empty").Length() != 1 {
			t.Error("an empty calendar does not say so")
		}
		visited(t, w, "first", 5, "first day, good")
		visited(t, w, "second", 1, "first day, bad")
		w.Wait(3 * 24 * time.Hour)
		visited(t, w, "third", 5, "three days later")
		w.Survey.Anonymity = survey.Anonymous
		if err := w.App.Store.SaveSurvey(context.Background(), w.Survey); err != nil {
			t.Fatal(err)
		}
		w.Wait(2 * 24 * time.Hour)
		visited(t, w, "fourth", 5, "nobody may know the day")

		zahra = w.As("zahra") // her session has ended meanwhile
		p := zahra.Get("/feedback")
		days := p.Find("#calendar a.mark")
		if days.Length() != 2 {
			t.Fatalf("%d days, want 2: an anonymous answer has none", days.Length())
		}
		if told := days.First().AttrOr("aria-label", ""); !strings.HasSuffix(told, ": 1 positive and 1 negative") {
			t.Errorf("the first day says %q", told)
		}
		if days.First().Find("i[data-up]").Length() != 1 || days.First().Find("i[data-down]").Length() != 1 {
			t.Error("the first day has not both signs")
		}
		first := zahra.Get("/feedback" + days.First().AttrOr("href", ""))
		expect(t, first, 200, "Answers of", "first day, good", "first day, bad")
		if strings.Contains(first.Find(".quote").Text(), "three days later") {
			t.Error("a day leads to other days")
		}
		if last := zahra.Get("/feedback" + days.Last().AttrOr("href", "")); last.Find(".quote").Length() != 1 {
			t.Errorf("the last day shows %d answers", last.Find(".quote").Length())
		}
		answered := w.Now().Add(-time.Hour).In(w.App.Store.Zone()).Format(time.DateOnly)
		if p := zahra.Get("/feedback?for=employee&day=" + answered); strings.Contains(p.Find(".quote").Text(), "nobody may know the day") {
			t.Error("asking for the day of an anonymous answer finds it")
		}
		if p := zahra.Get("/feedback?for=employee&day=nonsense"); p.Find(".quote").Length() != 4 {
			t.Error("nonsense in place of a day narrows the list")
		}
		for _, login := range []string{"nikos", "olga"} {
			if p := w.As(login).Get("/feedback?for=employee"); p.Find("#calendar a.mark").Length() != 0 {
				t.Errorf("%s sees days of another", login)
			}
		}
		if p := zahra.Language("fa").Get("/feedback"); p.Find("#calendar thead th").First().Text() != "ش" {
			t.Errorf("a Persian week begins with %q", p.Find("#calendar thead th").First().Text())
		}
	})
}
