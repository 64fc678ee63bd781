package observation

import (
	"cmp"
	"slices"
	"strings"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

const (
	mostAlike = 4  // how many similar ones are offered
	stemmed   = 4  // letters that two words must begin with alike to count as one; shorter ones must be the same
	alike     = .5 // share of the words typed that another must have
)

// Alike picks from others the themes that say much the same as text, the likest first, each through what is likest. Words are compared by how they begin:
// a suggestion may be wrong, since a person decides, but an ending must not hide one (unlike in figures, see i18n.Words).
func Alike(text string, reader i18n.Lang, others []Theme) []Theme {
	typed := bag(i18n.WrittenIn(reader, text), text)
	if len(typed) == 0 {
		return nil
	}
	type scored struct {
		Theme
		score float64
	}
	var found []scored
	for _, t := range others {
		if s := shared(typed, bag(t.Language, t.Words)); s >= alike {
			found = append(found, scored{t, s})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.N, a.N))
	})
	var out []Theme
	for _, f := range found {
		if len(out) < mostAlike && !slices.ContainsFunc(out, func(t Theme) bool { return t.ThemeID == f.ThemeID }) {
			out = append(out, f.Theme)
		}
	}
	return out
}

// bag are the beginnings of the words that count in a text, without the pairs that negations make.
func bag(lang i18n.Lang, text string) []string {
	var out []string
	for _, w := range i18n.Words(lang, text) {
		if strings.Contains(w, " ") {
			continue
		}
		if letters := []rune(w); len(letters) > stemmed {
			w = string(letters[:stemmed])
		}
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// shared is the share of a's words that b has too.
func shared(a, b []string) float64 {
	n := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			n++
		}
	}
	return float64(n) / float64(len(a))
}
