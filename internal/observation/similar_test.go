package observation_test

import (
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/observation"
)

func TestAlike(t *testing.T) {
	var said []observation.Theme
	themes := []int64{1, 2, 3, 3, 5, 6, 1}
	for i, words := range []string{"The fitter should call before coming", "Please open on Sundays", "نصاب قبل از آمدن تماس بگیرد", "Τηλεφωνήστε πριν έρθετε", "Пусть мастер позвонит заранее", "Calling", "Call us before the weekend"} {
		lang, _ := i18n.ByScript(words)
		said = append(said, observation.Theme{Observation: observation.Observation{ThemeID: themes[i], Words: words, Language: lang}, N: 1})
	}
	said[5].N = 9
	for does, x := range map[string]struct{ typed, finds string }{
		"an ending hides nothing":           {"fitters calling", "The fitter should call before coming|Calling"},
		"the likest comes first":            {"call before coming", "The fitter should call before coming"},
		"a theme comes once":                {"call before a weekend", "Call us before the weekend"},
		"half a word is not yet a word":     {"fit", ""},
		"nothing typed":                     {" ", ""},
		"words that all sentences have":     {"the on", ""},
		"something else":                    {"parking is expensive", ""},
		"Persian":                           {"نصاب تماس بگیرد", "نصاب قبل از آمدن تماس بگیرد"},
		"Greek, without accents":            {"τηλεφωνηστε πριν", "Τηλεφωνήστε πριν έρθετε"},
		"Russian, another form of the word": {"мастера позвоните", "Пусть мастер позвонит заранее"},
	} {
		var found []string
		for _, f := range observation.Alike(x.typed, i18n.English, said) {
			found = append(found, f.Words)
		}
		if got := strings.Join(found, "|"); got != x.finds {
			t.Errorf("%s: %q finds %q, want %q", does, x.typed, got, x.finds)
		}
	}
}
