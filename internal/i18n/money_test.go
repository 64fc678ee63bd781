package i18n

import "testing"

func TestMoneyIsReadAsItIsTyped(t *testing.T) {
	for sentence, c := range map[string]struct {
		typed, code string
		want        int64
		ok          bool
	}{
		"cents after a point":                      {"12.50", "EUR", 1250, true},
		"cents after a comma":                      {"12,5", "EUR", 1250, true},
		"whole euros":                              {"12", "EUR", 1200, true},
		"Persian digits and separator":             {"۱۲٫۵۰", "EUR", 1250, true},
		"rials have no decimals":                   {"150000", "IRR", 150000, true},
		"rials with decimals are refused":          {"1.5", "IRR", 0, false},
		"thousands are not guessed at":             {"1.000", "EUR", 0, false},
		"three decimals where a currency has them": {"1.234", "KWD", 1234, true},
		"nothing":                  {"", "EUR", 0, false},
		"a minus":                  {"-3", "EUR", 0, false},
		"words":                    {"ten", "EUR", 0, false},
		"no such currency":         {"1", "EURO", 0, false},
		"more than there is money": {"99999999999999999999", "EUR", 0, false},
	} {
		got, err := ParseMoney(c.typed, c.code)
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("%s: %q is %d, %v; want %d", sentence, c.typed, got, err, c.want)
		}
		if c.ok {
			if again, err := ParseMoney(MoneyField(got, c.code), c.code); again != got || err != nil {
				t.Errorf("%s: the form shows %q, which reads as %d, %v", sentence, MoneyField(got, c.code), again, err)
			}
		}
	}
}

func TestMoneyIsWrittenForTheReader(t *testing.T) {
	for lang, want := range map[Lang]string{English: "12.50\u00a0EUR", Persian: "۱۲٫۵۰\u00a0EUR", Greek: "12,50\u00a0EUR", Russian: "12,50\u00a0EUR"} {
		if got := NewReader(lang, "", nil).Money(1250, "EUR"); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
