package staff_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

func TestTheCompanyIsDrawnWithWhatChangedFirst(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		other(t, w)
		if p := w.As("ann").Get("/company"); p.Find("#heat .chart-empty").Length() != 1 || !strings.Contains(p.Find("#heat-title").Text(), "Too few answers") {
			t.Error("where nobody answered, the weeks do not say so")
		}
		spoiled(w, 40, 5)
		w.Wait(40 * 24 * time.Hour)
		spoiled(w, 40, 1)
		for lang, says := range map[string][]string{
			"en": {"Worse beyond noise: ", "Fibre at home: down 100 points"},
			"fa": {"بدتر شدن فراتر از نوسان عادی", "۱۰۰ واحد افت"},
			"el": {"Χειροτέρεψαν πέρα", "πτώση 100 μονάδων"},
			"ru": {"Ухудшилось сверх", "ниже на 100 п."},
		} {
			p := w.As("ann").Language(lang).Get("/company?days=30")
			for id, sentence := range map[string]string{"#changes-percent-title": says[0], "#heat-title": "", "[id^=trend-][id$=-title]": says[1]} {
				if got := plainly(p.Find(id).Text()); got == "" || !strings.Contains(got, sentence) {
					t.Errorf("%s: %s is %q, want %q", lang, id, got, sentence)
				}
			}
			if p.Find("table.heat tbody tr").Length() != 1 || p.Find("#heat a[href^='/journeys/']").Length() != 1 {
				t.Errorf("%s: the weeks do not show one journey that leads to its page", lang)
			}
		}
		if p := w.As("ann").Get("/company?days=all"); p.Find("#changes-percent").Length() != 0 || p.Find("[id^=trend-][id$=-title]").Length() != 1 {
			t.Error("all time is compared with a time before it")
		}
	})
}

func TestATouchpointIsDrawnOverTimeAndByAnswers(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		visit := fmt.Sprintf("/touchpoints/%d", w.Visit.ID)
		spoiled(w, 3, 2)
		p := w.As("nikos").Get(visit)
		for _, sign := range []string{"3 answers", "(100%)", ">100<"} {
			if strings.Contains(p.Find("[id^=trend-], [id^=spread-]").Text(), sign) {
				t.Errorf("three answers are told: %q", sign)
			}
		}
		expect(t, p, 200, "Too few answers to show how they spread")
		spoiled(w, 40, 3)
		p = w.As("nikos").Get(visit)
		expect(t, p, 200, "Of 100 answers 100 are favourable and 0 unfavourable (43 answers)", "Visit: too few answers to say whether anything changed")
		if p.Find("[id^=trend-] .mark").Length() == 0 || p.Find("[id^=spread-] .mark").Length() != 5 {
			t.Error("the charts have no marks")
		}
	})
}

func TestNothingIsComparedAcrossAnotherQuestion(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		ctx := context.Background()
		spoiled(w, 40, 5)
		w.Wait(35 * 24 * time.Hour)
		ann := w.Actor("ann")
		if _, err := w.App.Journeys.StartDraft(ctx, ann, w.Fibre.ID); err != nil {
			t.Fatal(err)
		}
		j, err := w.App.Store.JourneyByID(ctx, w.Fibre.ID)
		if err != nil {
			t.Fatal(err)
		}
		draft, err := w.App.Journeys.Editable(ctx, j)
		if err != nil || draft.Version.State != journey.Draft {
			t.Fatal(draft.Version, err)
		}
		q := survey.Questions{Scale: servertest.CSAT, TouchpointScale: servertest.CSAT, Anonymity: survey.Identified, Question: i18n.Text{i18n.English: "How was it, honestly?"}}
		if _, err := w.App.Surveys.SetSurvey(ctx, ann, draft.Version.ID, q); err != nil {
			t.Fatal(err)
		}
		if list, err := w.App.Store.Reworded(ctx, []int64{w.Fibre.ID}); err != nil || len(list) != 0 {
			t.Fatalf("a draft already counts: %v %v", list, err)
		}
		if err := w.App.Journeys.Publish(ctx, ann, w.Fibre.ID); err != nil {
			t.Fatal(err)
		}
		if list, err := w.App.Store.Reworded(ctx, []int64{w.Fibre.ID}); err != nil || len(list) != 1 || list[0].Version != 2 || !list[0].At.Equal(w.Now()) {
			t.Fatalf("%v %v, now %v", list, err, w.Now())
		}
		w.Wait(24 * time.Hour)
		spoiled(w, 40, 1)
		p := w.As("ann").Get("/company?days=30")
		expect(t, p, 200, "1 journey cannot be compared", "because the question changed", "not comparable across this line")
		if text := plainly(p.Text()); strings.Contains(text, "fell by") || strings.Contains(text, "beyond noise: ") || strings.Contains(text, "down 100") {
			t.Error("answers to two questions are compared")
		}
		if p.Find("[id^=trend-] .chart-plot line.break").Length() != 1 || p.Find("#changes-percent").Length() != 0 {
			t.Error("the break is not drawn, or before stands beside after")
		}
	})
}
