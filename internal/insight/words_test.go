package insight

import (
	"slices"
	"testing"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

func TestNamesOfWhoeverWasOnTheRunAreNoFinding(t *testing.T) {
	for sentence, c := range map[string]struct {
		lang       i18n.Lang
		text, name string
		want       []string
	}{
		"the name itself":                   {i18n.English, "Bill was late", "Bill Price", []string{"late"}},
		"a word that is nobody's name here": {i18n.English, "the bill was late", "Ann Smith", []string{"bill", "late"}},
		"a Persian name":                    {i18n.Persian, "زهرا دیر آمد", "زهرا احمدی", []string{"دیر", "آمد"}},
		"a Greek name as one calls her":     {i18n.Greek, "Ο Νίκο άργησε", "Νίκος Παπαδόπουλος", []string{"αργησε"}},
		"a Russian name in another case":    {i18n.Russian, "С Ольгой долго", "Ольга Иванова", []string{"долго"}},
		"a short one in another case":       {i18n.Russian, "Спасибо Анне", "Анна", []string{"спасибо"}},
		"one that ends with a consonant":    {i18n.Russian, "Ждали Ивана Смирнова", "Иван Смирнов", []string{"ждали"}},
		"one that ends like an adjective":   {i18n.Russian, "Дмитрию Достоевскому спасибо", "Дмитрий Достоевский", []string{"спасибо"}},
		"a word that only begins like one":  {i18n.Russian, "Роман романтично ждал", "Роман", []string{"романтично", "ждал"}},
		"a short Greek name":                {i18n.Greek, "Ευχαριστώ την Άννα, της Άννας", "Άννα", []string{"ευχαριστω"}},
		"a word that is no case of a name":  {i18n.Russian, "Это верно", "Вера", []string{"верно"}},
		"a negated name":                    {i18n.English, "never Bill again", "Bill", []string{"never", "again"}},
	} {
		if got := take(c.lang, Comment{Text: c.text}, []string{c.name}).words; !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
}

func TestQuotationsAreShortTellAndComeFromTwoCustomers(t *testing.T) {
	for sentence, c := range map[string]struct {
		found []sentence
		want  []string
		told  string // under another word
	}{
		"the shortest first": {found: []sentence{{1, "this is a rather long sentence", false}, {2, "nobody came that day", false}, {3, "again nobody came that day", false}},
			want: []string{"nobody came that day", "again nobody came that day"}},
		"not twice the same customer": {found: []sentence{{1, "nobody came that day", false}, {1, "nobody came on that day", false}, {2, "it was late once more", false}},
			want: []string{"nobody came that day", "it was late once more"}},
		"not the same words twice":           {found: []sentence{{1, "nobody came that day", false}, {2, "Nobody came that day", false}}, want: []string{"nobody came that day"}},
		"what tells little comes last":       {found: []sentence{{1, "late", false}, {2, "it came late by weeks", false}}, want: []string{"it came late by weeks", "late"}},
		"not what stands under another word": {found: []sentence{{1, "nobody came that day", false}, {2, "it was late once more", false}}, want: []string{"it was late once more"}, told: "nobody came that day"},
		"no sentence with a name of hers":    {found: []sentence{{1, "Maria waited for too long", true}}, want: nil},
	} {
		if got := quoted(c.found, map[string]bool{c.told: true}); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
}
