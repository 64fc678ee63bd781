package i18n

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WrittenIn is the language of a text: the one stored with it, unless not a letter of that language's script is in it, then
// what the script says. A customer may answer a Greek page in English.
func WrittenIn(stored Lang, text string) Lang {
	guess, ok := ByScript(text)
	own := func(c rune) bool {
		lang, letter := ByScript(string(c))
		return letter && lang == stored
	}
	if !ok || strings.ContainsFunc(text, own) {
		return stored
	}
	return guess
}

// widestSpelling is how many tokens of a text one counted word may take up: a negation, function words, the word negated.
const widestSpelling = 4

// Spelt finds the first place where a word, as Words counts it, stands in a text: the fewest tokens in a row that make it.
// What Words gives is for comparing and never to be shown; this is how the writer wrote it.
func Spelt(lang Lang, text, word string) (start, end int, ok bool) {
	tokens := spans(text)
	for wide := 1 + strings.Count(word, " "); wide <= widestSpelling; wide++ {
		for i := 0; i+wide <= len(tokens); i++ {
			start, end = tokens[i][0], tokens[i+wide-1][1]
			if slices.Contains(Words(lang, text[start:end]), word) {
				return start, end, true
			}
		}
	}
	return 0, 0, false
}

// spans are where the tokens of a text stand, in bytes; a joiner or apostrophe inside a token belongs to it.
func spans(text string) [][2]int {
	var out [][2]int
	in := false
	for i, c := range text {
		letter := unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c)
		switch {
		case letter && !in:
			out, in = append(out, [2]int{i, i + utf8.RuneLen(c)}), true
		case letter:
			out[len(out)-1][1] = i + utf8.RuneLen(c)
		case !strings.ContainsRune("\u200c'’", c):
			in = false
		}
	}
	return out
}

// Sentence is the sentence of a text around text[start:end]; of one longer than so many characters, whole words before and
// after that place, with an ellipsis where it was cut.
func Sentence(text string, start, end, longest int) string {
	from, to := 0, len(text)
	if i := strings.LastIndexFunc(text[:start], endsSentence); i >= 0 {
		_, n := utf8.DecodeRuneInString(text[i:])
		from = i + n
	}
	if i := strings.IndexFunc(text[end:], endsSentence); i >= 0 {
		_, n := utf8.DecodeRuneInString(text[end+i:])
		to = end + i + n
	}
	before, after := text[from:start], text[end:to]
	if room := longest - utf8.RuneCountInString(text[start:end]); utf8.RuneCountInString(before+after) > room {
		before = lastWords(before, max(room/2, room-utf8.RuneCountInString(after)))
		after = firstWords(after, room-utf8.RuneCountInString(before))
	}
	return strings.Join(strings.Fields(before+text[start:end]+after), " ")
}

func endsSentence(c rune) bool { return strings.ContainsRune(".!?…؟;\n۔", c) }

// lastWords are the last whole words of s in at most so many characters.
func lastWords(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	rest := string(runes[len(runes)-max(0, most):])
	if i := strings.IndexFunc(rest, unicode.IsSpace); i >= 0 {
		return "…" + rest[i:]
	}
	return "… "
}

// firstWords are the first whole words of s in at most so many characters.
func firstWords(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	rest := string(runes[:max(0, most)])
	if i := strings.LastIndexFunc(rest, unicode.IsSpace); i >= 0 {
		return rest[:i] + " …"
	}
	return " …"
}
