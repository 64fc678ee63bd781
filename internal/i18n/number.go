package i18n

import (
	"math"
	"strconv"
	"strings"
)

// symbols are CLDR's number symbols of one language, except that the minus is the real one (U+2212) everywhere. Persian
// signs carry a left-to-right mark: without it they would hop behind their number on a right-to-left page.
type symbols struct {
	zero                                 rune
	group, decimal, minus, plus, perCent string
}

var numbers = map[Lang]symbols{
	English: {'0', ",", ".", "−", "+", "%"},
	Persian: {'۰', "٬", "٫", "\u200e−", "\u200e+", "٪"},
	Greek:   {'0', ".", ",", "−", "+", "%"},
	Russian: {'0', "\u00a0", ",", "−", "+", "\u00a0%"},
}

func (r *Reader) symbols() symbols { return numbers[r.book.lang] }

// Int writes a whole number, grouped by thousands, in the reader's digits.
func (r *Reader) Int(n int64) string { return r.symbols().write(strconv.FormatInt(n, 10)) }

// Float writes x rounded to that many decimals, halves away from zero as spreadsheets do; a dash when x is not a number.
func (r *Reader) Float(x float64, decimals int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return r.symbols().write(plain(x, decimals))
}

func plain(x float64, decimals int) string {
	decimals = min(max(decimals, 0), 15)
	if unit := math.Pow10(decimals); math.Abs(x)*unit < 1<<52 {
		x = math.Round(x*unit) / unit
	}
	return strconv.FormatFloat(x, 'f', decimals, 64)
}

// Signed is Float with a plus before what is above zero, for differences.
func (r *Reader) Signed(x float64, decimals int) string {
	s := r.Float(x, decimals)
	if x > 0 && !math.IsInf(x, 1) && strings.ContainsAny(plain(x, decimals), "123456789") {
		return r.symbols().plus + s
	}
	return s
}

// Percent writes x, a percentage from 0 to 100, with the reader's sign.
func (r *Reader) Percent(x float64, decimals int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return r.Float(x, decimals)
	}
	return r.Float(x, decimals) + r.symbols().perCent
}

// Digits turns the Latin digits in s into the reader's, and touches nothing else: for years, phone numbers and codes,
// which are never grouped.
func (r *Reader) Digits(s string) string {
	zero := r.symbols().zero
	if zero == '0' || !strings.ContainsAny(s, "0123456789") {
		return s
	}
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return zero + c - '0'
		}
		return c
	}, s)
}

// LatinDigits turns Persian and Arabic digits in s into Latin ones, for reading what somebody typed.
func LatinDigits(s string) string { return strings.Map(latinDigit, s) }

func latinDigit(c rune) rune {
	switch {
	case c >= '۰' && c <= '۹':
		return '0' + c - '۰'
	case c >= '٠' && c <= '٩':
		return '0' + c - '٠'
	}
	return c
}

// write dresses a number as strconv prints it ("-1234.50"); zero never carries a sign.
func (s symbols) write(number string) string {
	number, negative := strings.CutPrefix(number, "-")
	whole, fraction, broken := strings.Cut(number, ".")
	var b strings.Builder
	if negative && strings.ContainsAny(number, "123456789") {
		b.WriteString(s.minus)
	}
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(s.group)
		}
		b.WriteRune(s.zero + c - '0')
	}
	if broken {
		b.WriteString(s.decimal)
		for _, c := range fraction {
			b.WriteRune(s.zero + c - '0')
		}
	}
	return b.String()
}
