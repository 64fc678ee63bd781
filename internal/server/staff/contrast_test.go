package staff_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// moodsIn are a complaint and a praise in each language; the technician is named in both, and only dissatisfied customers
// name themselves.
var moodsIn = map[i18n.Lang][2]string{
	i18n.English: {"Hello. The technician was late again.", "The technician was kind and tidy."},
	i18n.Persian: {"سلام. زهرا دیر آمد و عذر نخواست.", "زهرا مودب و تمیز کار کرد."},
	i18n.Greek:   {"Είμαι η Μαρία. Ο τεχνικός άργησε πολύ σήμερα.", "Ο τεχνικός ήταν ευγενικός και γρήγορος."},
	i18n.Russian: {"Здравствуйте. Мастер опоздал и не извинился.", "Мастер приехал вовремя и вежлив."},
}

// speak records that many dissatisfied and satisfied customers of each language.
func speak(w *servertest.World, each int) {
	var records []ingest.Record
	for lang, said := range moodsIn {
		for i := range 2 * each {
			r := w.Answered(fmt.Sprint(lang, i), 1+4*(i%2), said[i%2])
			r.Answer.Language = string(lang)
			r.Answer.Ratings[0].Comment = ""
			records = append(records, r)
		}
	}
	w.Take(records...)
}

// toldIn are the words of one side in one language.
func toldIn(p servertest.Page, mood string, lang i18n.Lang) (words []string, quotes string) {
	side := p.Find(fmt.Sprintf(`#words-%s [aria-labelledby="%s-%s"]`, lang, mood, lang))
	side.Find("button bdi").Each(func(_ int, s *goquery.Selection) { words = append(words, s.Text()) })
	return words, side.Find("blockquote").Text()
}

func TestWordsOfDissatisfiedCustomersStandBesideThoseOfSatisfiedOnes(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		speak(w, 9)
		path := at(w.Fibre, "/contrast?days=30")
		olga := w.As("olga")
		expect(t, olga.Get(path), 200, "Not enough comments yet")
		speak(w, 12)
		p := olga.Get(path)
		for lang, want := range map[i18n.Lang][2]string{i18n.English: {"late", "kind"}, i18n.Persian: {"دیر", "مودب"}, i18n.Greek: {"άργησε", "ευγενικός"}, i18n.Russian: {"опоздал", "вовремя"}} {
			low, quotes := toldIn(p, "unhappy", lang)
			high, _ := toldIn(p, "happy", lang)
			if !slices.Contains(low, want[0]) || !slices.Contains(high, want[1]) {
				t.Errorf("%s: low %q, high %q", lang, low, high)
			}
			for _, name := range []string{"زهرا", "μαρία", "Μαρία"} {
				if slices.Contains(append(low, high...), name) || strings.Contains(quotes, name) {
					t.Errorf("%s: %q is told: %q, %q", lang, name, low, quotes)
				}
			}
		}
		if p.Find(`main [href*="late"], main [action*="late"]`).Length() != 0 {
			t.Error("a customer's word stands in an address")
		}
		expect(t, p, 200, "in 12 of their 12 comments (100%); on the other side in 0 of 12 (0%)", "Answers given since 19 February 2026.")

		said := olga.Post(path, url.Values{"word": {"αργησε"}, "language": {"el"}, "mood": {"negative"}})
		if expect(t, said, 200, "Comments with “άργησε”"); said.Find("blockquote").Length() != 12 {
			t.Errorf("%d comments with the word", said.Find("blockquote").Length())
		}
		if nothing := olga.Post(path, url.Values{"word": {hostile}, "language": {"xx"}, "mood": {"positive"}}); nothing.Status != 200 || nothing.Find("blockquote").Length() != 0 {
			t.Errorf("nonsense finds something: %d", nothing.Status)
		}
	})
}

func TestWordsAreContrastedInSightOnly(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		speak(w, 12)
		records := make([]ingest.Record, 24)
		for i := range records { // said in the visit's own question
			r := w.Answered(fmt.Sprint("visit-", i), 1+4*(i%2), "")
			r.Answer.Ratings[0].Comment = []string{"They tracked mud through my hall.", "A clean hall afterwards, thanks."}[i%2]
			r.Answer.Language = string(i18n.English)
			records[i] = r
		}
		w.Take(records...)
		visit := fmt.Sprintf("/touchpoints/%d/contrast?days=30", w.Visit.ID)
		word := url.Values{"word": {"late"}, "language": {"en"}, "mood": {"negative"}}
		for sentence, c := range map[string]struct {
			who, path string
			sees      bool // the visit's word
			whole     bool // the word about the whole journey
		}{
			"the leader sees both":                           {"olga", at(w.Fibre, "/contrast"), true, true},
			"the manager sees both":                          {"ann", "/company/contrast", true, true},
			"the owner sees her touchpoint's on the journey": {"nikos", at(w.Fibre, "/contrast"), true, false},
			"and on its page":                                {"nikos", visit, true, false},
			"the supervisor sees her team's":                 {"nikos", "/team/contrast", true, false},
			"a manager sees every team's":                    {"ann", "/team/contrast", true, false},
		} {
			p := w.As(c.who).Get(c.path)
			low, _ := toldIn(p, "unhappy", i18n.English)
			if p.Status != 200 || slices.Contains(low, "mud") != c.sees || slices.Contains(low, "late") != c.whole {
				t.Errorf("%s: %d, %q", sentence, p.Status, low)
			}
			if said := w.As(c.who).Post(c.path, word); (said.Find("blockquote").Length() > 0) != c.whole {
				t.Errorf("%s: the word alone leads to %d comments", sentence, said.Find("blockquote").Length())
			}
		}
		for sentence, c := range map[string]struct {
			who, path string
			status    int
		}{
			"a journey out of sight":         {"boris", at(w.Fibre, "/contrast"), http.StatusForbidden},
			"an administrator is no manager": {"admin", "/company/contrast", http.StatusForbidden},
			"a technician has no team":       {"zahra", "/team/contrast", http.StatusForbidden},
		} {
			if p := w.As(c.who).Get(c.path); p.Status != c.status {
				t.Errorf("%s: %d, want %d", sentence, p.Status, c.status)
			}
			if p := w.As(c.who).Post(c.path, word); p.Status != c.status {
				t.Errorf("%s, by a word: %d, want %d", sentence, p.Status, c.status)
			}
		}
		other(t, w) // Boris leads another one now
		if p := w.As("boris").Post(at(w.Fibre, "/contrast"), word); p.Status != http.StatusNotFound {
			t.Errorf("the leader of another journey: %d", p.Status)
		}
	})
}

func TestWordsOfAnonymousAnswersTellNoDay(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.Survey.Anonymity = survey.Anonymous
		if err := w.App.Store.SaveSurvey(t.Context(), w.Survey); err != nil {
			t.Fatal(err)
		}
		speak(w, 12)
		said := w.As("olga").Post(at(w.Fibre, "/contrast"), url.Values{"word": {"late"}, "language": {"en"}, "mood": {"negative"}})
		if expect(t, said, 200, "Week of 16–22 March 2026"); said.Find("blockquote").Length() != 12 || said.Find("time, a[href^='/runs/']").Length() != 0 {
			t.Errorf("%d comments, %d tell more than the week", said.Find("blockquote").Length(), said.Find("time, a[href^='/runs/']").Length())
		}
	})
}
