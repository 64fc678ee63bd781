package i18n

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Normalize is the form of a text that search compares (methods.md §9): compatibility forms, case, accents, harakat and
// the many keyboards' yeh, kaf and heh folded, digits Latin, invisible characters gone, white space single. Cyrillic й
// and Persian آ stay themselves. ZWNJ is deleted, so می‌کند is found by میکند; a space in its place stays a space, gluing
// is for the analysis of comments. Store it beside the text and never show it.
func Normalize(s string) string {
	s = strings.Map(visible, strings.ToValidUTF8(s, ""))
	var b strings.Builder
	b.Grow(len(s))
	for _, c := range norm.NFKC.String(s) {
		fold(&b, unicode.ToLower(c))
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// visible drops what nobody sees (joiners, direction marks, soft hyphens, NUL) and makes other controls a space.
func visible(c rune) rune {
	switch {
	case c == 0 || unicode.Is(unicode.Cf, c):
		return -1
	case unicode.IsControl(c):
		return ' '
	}
	return c
}

func fold(b *strings.Builder, c rune) {
	if c < unicode.MaxASCII {
		b.WriteRune(c)
		return
	}
	if isMark(c) {
		return
	}
	if to, ok := folded[c]; ok {
		b.WriteRune(to)
		return
	}
	b.WriteRune(baseLetter(latinDigit(c)))
}

// folded are the letters whose folding is not the removal of a mark, or that must not lose theirs.
var folded = map[rune]rune{
	'ي': 'ی', 'ى': 'ی', 'ئ': 'ی', 'ے': 'ی', 'ې': 'ی',
	'ك': 'ک',
	'ة': 'ه', 'ۀ': 'ه', 'ہ': 'ه', 'ە': 'ه', 'ۂ': 'ه', 'ۃ': 'ه',
	'ؤ': 'و', 'أ': 'ا', 'إ': 'ا', 'ٱ': 'ا', 'آ': 'آ',
	'ς': 'σ', 'й': 'й', 'ё': 'е',
}

// isMark tells the marks that search ignores: accents, harakat, tatweel. Vowel signs of other scripts are letters.
func isMark(c rune) bool {
	switch {
	case c >= 0x0300 && c <= 0x036F, c >= 0x064B && c <= 0x065F, c == 0x0670, c == 0x0640:
		return true
	case c >= 0x06D6 && c <= 0x06ED:
		return unicode.Is(unicode.Mn, c)
	}
	return false
}

// baseLetter strips the accents of a Latin, Greek or Cyrillic letter.
func baseLetter(c rune) rune {
	if !unicode.In(c, unicode.Latin, unicode.Greek, unicode.Cyrillic) {
		return c
	}
	for _, base := range norm.NFD.String(string(c)) {
		return base
	}
	return c
}
