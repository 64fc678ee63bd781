package staff_test

import (
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// The world's journey is named in English and Persian, its touchpoints in English and one language each.
func TestATextMissingInTheReadersLanguageSaysSo(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	w.AddAnswered("X-1", 2, words)
	for lang, own := range map[string]bool{"en": true, "fa": true, "el": false, "ru": false} {
		p := w.As("ann").Language(lang).Get("/journeys")
		foreign := p.Find(`th bdi[lang="en"]`).Text()
		if own == strings.Contains(foreign, "Fibre at home") {
			t.Errorf("in %s the English name is marked as %q", lang, foreign)
		}
		if marks := p.Find("th .other-lang .sr-only").Length(); (marks == 0) && !own {
			t.Errorf("in %s nothing tells that the name is in another language", lang)
		}
	}
	p := w.As("ann").Language("ru").Get(at(w.Fibre, ""))
	if got := p.Find(`h1 bdi[lang="en"]`).Text(); got != "Fibre at home" {
		t.Errorf("the head of the page marks %q", got)
	}
	if got := p.Find(`.figure-label bdi[lang="en"]`).Text(); !strings.Contains(got, "Visit") || strings.Contains(got, "Звонок") {
		t.Errorf("the touchpoints in another language are %q", got)
	}
}

func TestTheEditorListsWhatIsNotTranslated(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	p := w.As("ann").Language("ru").Get(at(w.Fibre, "/edit"))
	list := plainly(p.Find("#translations").Text())
	for _, want := range []string{"Fibre at home", "Не хватает языков: Греческий и Русский", "Visit", "Точка контакта: Shop"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list does not say %q: %s", want, list)
		}
	}
	if strings.Contains(list, "Английский") {
		t.Errorf("English is missing nowhere: %s", list)
	}
	if p.Find(`#translations a[href$="/edit#f-name"]`).Length() != 1 {
		t.Error("nothing leads to the journey's name")
	}
	if len(p.Find(`#f-name`).Nodes) != 1 {
		t.Error("and its field is not there")
	}
}
