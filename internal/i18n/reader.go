package i18n

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/feature/plural"
)

// Reader is one reader's language, calendar and time zone. It never changes and may be shared.
type Reader struct {
	book     *book
	calendar Calendar
	zone     *time.Location
}

// NewReader makes a reader. An unknown language reads English, an empty calendar is Jalali for Persian and Gregorian for
// everybody else, no zone is UTC.
func NewReader(lang Lang, calendar Calendar, zone *time.Location) *Reader {
	if _, known := Known(string(lang)); !known {
		lang = English
	}
	if calendar != Gregorian && calendar != Jalali {
		calendar = Gregorian
		if lang == Persian {
			calendar = Jalali
		}
	}
	if zone == nil {
		zone = time.UTC
	}
	return &Reader{book: books[lang](), calendar: calendar, zone: zone}
}

// Lang is the reader's language.
func (r *Reader) Lang() Lang { return r.book.lang }

// Dir is the direction of the reader's script, "ltr" or "rtl".
func (r *Reader) Dir() string { return r.book.lang.Dir() }

// Calendar is the reader's calendar.
func (r *Reader) Calendar() Calendar { return r.calendar }

// Zone is where the reader's days begin.
func (r *Reader) Zone() *time.Location { return r.zone }

// Has tells whether the catalogue knows the key.
func (r *Reader) Has(key string) bool {
	_, ok := r.book.messages[key]
	return ok
}

// T is the text of a key. args are name, value pairs for its placeholders: integers are grouped and written in the
// reader's digits (so give years and ids as strings), times become dates, a Text gives the reader's language. A missing
// key or argument shows as ⟦its name⟧.
func (r *Reader) T(key string, args ...any) string {
	m, ok := r.book.messages[key]
	if !ok {
		return missing(key)
	}
	return r.fill(m[plural.Other], nil, args)
}

// N is the text of a key in the plural form that n asks for; {{.n}} is the count in the reader's digits.
func (r *Reader) N(key string, n int, args ...any) string {
	m, ok := r.book.messages[key]
	if !ok {
		return missing(key)
	}
	return r.fill(r.book.form(m, n), &n, args)
}

// Compare orders two texts as the reader's language does, numbers inside them by value; it returns -1, 0 or 1. Names in the
// reader's alphabet stand before those in the others, after numbers and signs.
func (r *Reader) Compare(a, b string) int {
	a, b = withoutIsolates.Replace(a), withoutIsolates.Replace(b)
	if c := cmp.Compare(r.alphabet(a), r.alphabet(b)); c != 0 {
		return c
	}
	c := r.book.collators.Get().(*collate.Collator)
	defer r.book.collators.Put(c)
	return c.CompareString(a, b)
}

// scripts are the alphabets of the languages; English needs none, Latin is first by itself.
var scripts = map[Lang]*unicode.RangeTable{Persian: unicode.Arabic, Greek: unicode.Greek, Russian: unicode.Cyrillic}

// alphabet is 0 for a text that begins with no letter, 1 for one in the reader's alphabet, 2 for the others.
func (r *Reader) alphabet(s string) int {
	own := scripts[r.book.lang]
	c, _ := utf8.DecodeRuneInString(s)
	switch {
	case own == nil || !unicode.IsLetter(c):
		return 0
	case unicode.Is(own, c):
		return 1
	}
	return 2
}

// withoutIsolates takes away the marks that Isolate puts around a name and that are no part of it.
var withoutIsolates = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\u200e", "", "\u200f", "")

func missing(name string) string { return "⟦" + name + "⟧" }

func (r *Reader) fill(parts []part, count *int, args []any) string {
	if len(parts) == 1 {
		return parts[0].text
	}
	var b strings.Builder
	for _, p := range parts {
		if p.name == "" {
			b.WriteString(afterStop(b.String(), p.text))
			continue
		}
		b.WriteString(r.argument(p.name, count, args))
	}
	return b.String()
}

// afterStop is the text that goes on after written: a value may end with a full stop of its own ("2026 г.", "20 п."), which
// then ends the sentence too.
func afterStop(written, text string) string {
	if strings.HasPrefix(text, ".") && strings.HasSuffix(strings.TrimRight(written, "\u2069"), ".") {
		return text[1:]
	}
	return text
}

func (r *Reader) argument(name string, count *int, args []any) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return r.word(args[i+1])
		}
	}
	if name == "n" && count != nil {
		return r.Int(int64(*count))
	}
	return missing(name)
}

// word writes one argument as this reader reads it.
func (r *Reader) word(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case Amount:
		return Isolate(r.Money(v.Minor, v.Currency))
	case int:
		return r.Int(int64(v))
	case int64:
		return r.Int(v)
	case float64:
		return r.number(v)
	case time.Time:
		return r.Date(v)
	case time.Duration:
		return r.Duration(v)
	case Text:
		return v.In(r.Lang())
	case fmt.Stringer:
		return v.String()
	}
	if rv := reflect.ValueOf(v); rv.CanInt() {
		return r.Int(rv.Int())
	}
	return r.Digits(fmt.Sprint(v))
}

// number writes as many decimals as x has.
func (r *Reader) number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return r.Float(x, 0)
	}
	return r.symbols().write(strconv.FormatFloat(x, 'f', -1, 64))
}
