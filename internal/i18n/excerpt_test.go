package i18n

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestAWordIsShownAsItsWriterWroteIt(t *testing.T) {
	for sentence, c := range map[string]struct {
		lang             Lang
		text, word, want string
	}{
		"an English word with a capital":            {English, "Late again! So late.", "late", "Late"},
		"without the possessive's noun losing it":   {English, "The technician's van", "technician", "technician's"},
		"a negation with a function word between":   {English, "It was not the best call", "not best", "not the best"},
		"a Greek accent and final sigma come back":  {Greek, "Δεν ήρθε ο ΤΕΧΝΙΚΌΣ.", "τεχνικοσ", "ΤΕΧΝΙΚΌΣ"},
		"a Greek negation":                          {Greek, "Τελικά δεν ήρθε κανείς", "δεν ηρθε", "δεν ήρθε"},
		"a Russian ё":                               {Russian, "Тёмный договор", "темный", "Тёмный"},
		"a Persian half-space":                      {Persian, "تکنسین دیر می‌کند.", "میکند", "می‌کند"},
		"a Persian prefix written apart":            {Persian, "تکنسین دیر می کند.", "میکند", "می کند"},
		"a Persian word from an Arabic keyboard":    {Persian, "مشتريها ناراضی", "مشتریها", "مشتريها"},
		"a word that is not there is found nowhere": {Greek, "Τίποτα", "αργα", ""},
		"a half of a longer word is not the word":   {English, "later", "late", ""},
	} {
		start, end, ok := Spelt(c.lang, c.text, c.word)
		if got := c.text[start:end]; got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
}

func TestTheSentenceAroundAWord(t *testing.T) {
	long := strings.Repeat("слово ", 40) + "поздно " + strings.Repeat("слово ", 40)
	for sentence, c := range map[string]struct{ text, word, want string }{
		"the middle one of three":          {"All fine. He came late, sadly! Bye.", "late", "He came late, sadly!"},
		"the whole, where it is one":       {"  κανείς   δεν ήρθε", "ήρθε", "κανείς δεν ήρθε"},
		"a Persian question":               {"دیر شد؟ نه، خوب بود.", "دیر", "دیر شد؟"},
		"a line is an end":                 {"bad\nlate\nbad", "late", "late"},
		"one too long, cut at whole words": {long, "поздно", "… слово слово слово поздно слово слово …"},
	} {
		start := strings.Index(c.text, c.word)
		if got := Sentence(c.text, start, start+len(c.word), 44); got != c.want {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
}

func TestALanguageIsTheStoredOneUnlessItsLettersAreMissing(t *testing.T) {
	for sentence, c := range map[string]struct {
		stored Lang
		text   string
		want   Lang
	}{
		"Persian with a brand name":           {Persian, "Wifi قطع شد", Persian},
		"a Greek page answered in English":    {Greek, "too late", English},
		"an English page answered in Russian": {English, "поздно", Russian},
		"nothing stored":                      {"", "αργά", Greek},
		"nothing but a smile":                 {Greek, "👏 10", Greek},
	} {
		if got := WrittenIn(c.stored, c.text); got != c.want {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
}

func TestExcerptsAreWholeAndInBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(Languages).Draw(t, "lang")
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-zα-ωа-яا-ی'’\x{200c}]{1,6}[ .!\n]{1,2}){0,30}`)).Draw(t, "text")
		for _, w := range Words(lang, text) {
			start, end, ok := Spelt(lang, text, w)
			if !ok {
				continue // glued over more than one writes in a row
			}
			said := Sentence(text, start, end, 60)
			word := strings.Join(strings.Fields(text[start:end]), " ")
			if !utf8.ValidString(text) {
				continue
			}
			if !strings.Contains(said, word) || utf8.RuneCountInString(said) > max(60, utf8.RuneCountInString(word))+4 {
				t.Fatalf("%q around %q in %q", said, w, text)
			}
		}
	})
}
