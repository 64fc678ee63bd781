package i18n

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/currency"
)

// ErrMoney says that an amount or a currency cannot be read.
var ErrMoney = errors.New("not an amount of money")

// MinorDigits is how many decimals a currency counts in, by CLDR: 2 for EUR, 0 for JPY and IRR. ok is false for what is
// not an ISO 4217 code.
func MinorDigits(code string) (digits int, ok bool) {
	unit, err := currency.ParseISO(code)
	if err != nil {
		return 2, false
	}
	digits, _ = currency.Standard.Rounding(unit)
	return digits, true
}

// Money writes an amount of minor units in major ones, with its currency code.
func (r *Reader) Money(minor int64, code string) string {
	digits, _ := MinorDigits(code)
	return strings.TrimSpace(r.Float(float64(minor)/math.Pow10(digits), digits) + "\u00a0" + code)
}

// Amount is money as an argument of a message; the reader writes it, isolated.
type Amount struct {
	Minor    int64
	Currency string
}

// MoneyField writes an amount as a form shows it and ParseMoney reads it back: plain digits and a point.
func MoneyField(minor int64, code string) string {
	digits, _ := MinorDigits(code)
	return plain(float64(minor)/math.Pow10(digits), digits)
}

// ParseMoney reads an amount in major units, in any of the readers' digits and with . or , or ٫ before the decimals, into
// minor units. Thousands are not grouped: "1.000" is refused for EUR rather than guessed at.
func ParseMoney(s, code string) (int64, error) {
	digits, ok := MinorDigits(code)
	if !ok {
		return 0, ErrMoney
	}
	s = strings.NewReplacer(",", ".", "٫", ".").Replace(LatinDigits(strings.TrimSpace(s)))
	whole, part, _ := strings.Cut(s, ".")
	if len(part) > digits || whole == "" && part == "" || strings.Trim(whole+part, "0123456789") != "" {
		return 0, ErrMoney
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", digits-len(part)), 10, 64)
	if err != nil {
		return 0, ErrMoney
	}
	return n, nil
}
