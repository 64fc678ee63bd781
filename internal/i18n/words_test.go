package i18n

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		sentence string
		lang     Lang
		text     string
		want     string
	}{
		{"English", English, "The technician's visit was LATE — 3 days!", "technician visit late days"},
		{"a negation stays and is joined", English, "It was not the best call", "not not best best call"},
		{"n't is a not", English, "They didn’t call and don't care", "not not call call not not care care"},
		{"hyphens split", English, "follow-up", "follow up"},
		{"a negation at the end", English, "late? no", "late no"},
		{"Persian with ZWNJ", Persian, "تکنسین دیر می‌کند", "تکنسین دیر میکند"},
		{"with a space instead", Persian, "تکنسین دیر می کند", "تکنسین دیر میکند"},
		{"that lost it", Persian, "تکنسین دیر میکند", "تکنسین دیر میکند"},
		{"a prefix that denies", Persian, "پیک بی ادب، بی‌ادب", "پیک بیادب بیادب"},
		{"how much is no word of experience", Persian, "خیلی خوب", "خوب"},
		{"nor in Greek", Greek, "Πολύ καλά", "καλα"},
		{"nor in Russian", Russian, "очень долго", "долго"},
		{"plural with ZWNJ", Persian, "مشتری‌ها", "مشتریها"},
		{"plural with a space", Persian, "مشتری ها", "مشتریها"},
		{"plural from an Arabic keyboard", Persian, "مشتريها", "مشتریها"},
		{"the ezafe of seed 004", Persian, "بند ی", "بند"},
		{"a suffix at the beginning", Persian, "ها کلیه", "ها کلیه"},
		{"a prefix at the end", Persian, "کلیه می", "کلیه"},
		{"Persian no", Persian, "نه خوب", "نه نه خوب خوب"},
		{"Persian digits are numbers", Persian, "۱۲ روز", "روز"},
		{"Greek", Greek, "Ο πελάτης δεν ΕΞΥΠΗΡΕΤΉΘΗΚΕ", "πελατησ δεν δεν εξυπηρετηθηκε εξυπηρετηθηκε"},
		{"Russian", Russian, "Мне не перезвонили, ёлки!", "не не перезвонили перезвонили елки"},
		{"short i stays", Russian, "долгий срок", "долгий срок"},
		{"nothing", English, " — ", ""},
	} {
		// Bigrams hold a space; the expected ones are written out flat.
		if got := strings.Join(Words(c.lang, c.text), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.want)
		}
	}
	if got := Words(Russian, "не работает"); !slices.Equal(got, []string{"не", "не работает", "работает"}) {
		t.Errorf("%q", got)
	}
}

// What common lists throw away is what customers write about (methods.md §9).
func TestWordsOfExperienceStay(t *testing.T) {
	for lang, words := range map[Lang]string{
		English: "problem help good never not call wait", Russian: "долго ждать хорошо не", Greek: "δεν αργά καλά", Persian: "دیر خوب بد نه",
	} {
		for _, w := range strings.Fields(words) {
			if functionWords[lang][Normalize(w)] {
				t.Errorf("%s is thrown away in %s", w, lang)
			}
		}
		if n := len(functionWords[lang]); n < 60 || n > 115 {
			t.Errorf("%d function words in %s", n, lang)
		}
		for w := range negations[lang] {
			if functionWords[lang][w] {
				t.Errorf("the negation %s is thrown away in %s", w, lang)
			}
		}
	}
}

func TestByScript(t *testing.T) {
	for text, want := range map[string]Lang{"3 روز late": Persian, "αργά": Greek, "долго": Russian, "late روز": English, "123 !": ""} {
		if got, ok := ByScript(text); got != want || ok != (want != "") {
			t.Errorf("%q is %q", text, got)
		}
	}
}

func TestWordsAreNormal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(Languages).Draw(t, "lang")
		for _, w := range Words(lang, rapid.String().Draw(t, "text")) {
			if !utf8.ValidString(w) || w == "" || Normalize(w) != w || functionWords[lang][w] {
				t.Fatalf("%q", w)
			}
		}
	})
}

func FuzzWords(f *testing.F) {
	f.Add("fa", "می کند مشتری ها نه")
	f.Fuzz(func(t *testing.T, lang, text string) {
		for _, w := range Words(Lang(lang), text) {
			if w == "" || strings.TrimSpace(w) != w {
				t.Errorf("%q", w)
			}
		}
	})
}
