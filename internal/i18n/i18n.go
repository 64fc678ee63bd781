// Package i18n is one reader's language: the words of the product, plurals, direction, digits, dates in the Gregorian
// and the Jalali calendar, sorting, and the form of a text that searching compares. It also holds Text, a company's own
// words in several languages.
//
// It is not for deciding which language somebody gets (the doors do that), not for translating what customers wrote,
// and not for HTML: everything it returns is plain text that a template still escapes.
//
// The words lie in catalogue/<area>.<lang>.toml, in go-i18n's message format: one area per room, keys flat and dotted, a
// placeholder is {{.name}} and nothing else. Every key exists in all four languages; a test holds that, and the rules of
// glossary.md that a machine can check.
package i18n

import (
	"context"
	"sync"

	"golang.org/x/text/language"
)

// Lang is a language the product speaks, by its ISO 639-1 code.
type Lang string

// The four languages of the product.
const (
	English Lang = "en"
	Persian Lang = "fa"
	Greek   Lang = "el"
	Russian Lang = "ru"
)

// Languages lists them in the order they are offered and fallen back to. It is read, never changed.
var Languages = []Lang{English, Persian, Greek, Russian}

// Known tells whether s is the code of a language the product speaks.
func Known(s string) (Lang, bool) {
	switch l := Lang(s); l {
	case English, Persian, Greek, Russian:
		return l, true
	}
	return "", false
}

// Dir is the direction of the script, as the dir attribute of HTML wants it.
func (l Lang) Dir() string {
	if l == Persian {
		return "rtl"
	}
	return "ltr"
}

// Name is what speakers call their language, for menus that must be readable before a language is chosen.
func (l Lang) Name() string {
	switch l {
	case Persian:
		return "فارسی"
	case Greek:
		return "Ελληνικά"
	case Russian:
		return "Русский"
	default:
		return "English"
	}
}

var matcher = sync.OnceValue(func() language.Matcher {
	tags := make([]language.Tag, len(Languages))
	for i, l := range Languages {
		tags[i] = language.Make(string(l))
	}
	return language.NewMatcher(tags)
})

// Match picks the language for an Accept-Language header; English when nothing in it fits.
func Match(acceptLanguage string) Lang {
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return English
	}
	_, i, confidence := matcher().Match(tags...)
	if confidence == language.No {
		return English
	}
	return Languages[i]
}

// Calendar is how a reader counts years, months and days.
type Calendar string

// The two calendars. Jalali is the solar calendar of Iran.
const (
	Gregorian Calendar = "gregorian"
	Jalali    Calendar = "jalali"
)

type readerKey struct{}

// With gives everything below ctx this reader.
func With(ctx context.Context, r *Reader) context.Context {
	return context.WithValue(ctx, readerKey{}, r)
}

// From returns the reader of ctx, or an English one in UTC where nobody set one.
func From(ctx context.Context) *Reader {
	if r, ok := ctx.Value(readerKey{}).(*Reader); ok {
		return r
	}
	return NewReader(English, Gregorian, nil)
}

// Isolate wraps s in Unicode isolates, so that a Latin name inside a Persian sentence (or the reverse) neither turns
// the sentence around nor is turned by it. Messages isolate nothing themselves.
func Isolate(s string) string { return "\u2068" + s + "\u2069" }
