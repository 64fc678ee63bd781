package i18n

import (
	"math"
	"strings"
	"testing"

	"golang.org/x/text/language"
	xmessage "golang.org/x/text/message"
	"golang.org/x/text/number"
	"pgregory.net/rapid"
)

func TestNumbers(t *testing.T) {
	en, fa, el, ru := reader(English), reader(Persian), reader(Greek), reader(Russian)
	for _, c := range []struct{ sentence, got, want string }{
		{"English groups by commas", en.Int(1234567), "1,234,567"},
		{"Persian has its own digits and group sign", fa.Int(1234567), "۱٬۲۳۴٬۵۶۷"},
		{"Greek groups by points", el.Int(1234567), "1.234.567"},
		{"Russian groups by unbreakable spaces", ru.Int(1234567), "1\u00a0234\u00a0567"},
		{"the smallest integer there is", en.Int(math.MinInt64), "−9,223,372,036,854,775,808"},
		{"a Persian minus keeps its place on a page from right to left", fa.Float(-12.5, 1), "\u200e−۱۲٫۵"},
		{"a Russian minus", ru.Float(-12.5, 1), "−12,5"},
		{"halves go away from zero", en.Float(82.5, 0), "83"},
		{"below zero too", en.Float(-82.5, 0), "−83"},
		{"what rounds to zero has no sign", en.Float(-0.04, 1), "0.0"},
		{"carried over a thousand", en.Float(999.995, 2), "1,000.00"},
		{"not a number", en.Float(math.NaN(), 1), "–"},
		{"without end", en.Percent(math.Inf(1), 1), "–"},
		{"English percent", en.Percent(82.7086, 1), "82.7%"},
		{"Persian percent", fa.Percent(82.7086, 1), "۸۲٫۷٪"},
		{"Greek percent", el.Percent(82.7086, 1), "82,7%"},
		{"Russian percent", ru.Percent(82.7086, 1), "82,7\u00a0%"},
		{"a difference above zero", en.Signed(3.24, 1), "+3.2"},
		{"below zero", fa.Signed(-3.24, 1), "\u200e−۳٫۲"},
		{"above zero in Persian", fa.Signed(3.24, 1), "\u200e+۳٫۲"},
		{"too small to see", en.Signed(0.04, 1), "0.0"},
		{"years are not grouped", fa.Digits("2026 م"), "۲۰۲۶ م"},
		{"other readers keep what is there", ru.Digits("2026"), "2026"},
		{"typed digits become Latin", LatinDigits("۱۴۰۴-٠٥"), "1404-05"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, c.got, c.want)
		}
	}
}

// x/text carries CLDR's numbers; it writes a hyphen for the minus, and rounds halves to even.
func TestNumbersAgreeWithCLDR(t *testing.T) {
	for _, lang := range Languages {
		r, printer := reader(lang), xmessage.NewPrinter(language.Make(string(lang)))
		rapid.Check(t, func(t *rapid.T) {
			n := rapid.Int64Range(-1<<53, 1<<53).Draw(t, "n")
			want := strings.ReplaceAll(printer.Sprint(number.Decimal(n)), "-", "−")
			if got := r.Int(n); got != want {
				t.Fatalf("%s: %q, CLDR has %q", lang, got, want)
			}
			x := float64(rapid.IntRange(-99_999, 99_999).Draw(t, "x"))/100 + 0.001
			want = strings.ReplaceAll(printer.Sprint(number.Decimal(x, number.Scale(1))), "-", "−")
			if got := r.Float(x, 1); got != want && strings.ContainsAny(LatinDigits(got), "123456789") {
				t.Fatalf("%s %v: %q, CLDR has %q", lang, x, got, want)
			}
		})
	}
}
