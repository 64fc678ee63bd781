package i18n

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ sentence, text, want string }{
		{"case", "Fibre At HOME", "fibre at home"},
		{"Latin accents", "Zoë Émile Łódź", "zoe emile łodz"},
		{"decomposed accents", "Zoe\u0308", "zoe"},
		{"Persian with ZWNJ", "می‌کند", "میکند"},
		{"Persian that lost it", "میکند", "میکند"},
		{"a space stays a space", "می کند", "می کند"},
		{"Arabic yeh and kaf", "كلیه مشتريها", "کلیه مشتریها"},
		{"alef maksura, hamza on yeh, barree", "ى ئ ے", "ی ی ی"},
		{"heh of all keyboards", "ة ۀ ہ ە", "ه ه ه ه"},
		{"ezafe above heh", "نقطهٔ تماس", "نقطه تماس"},
		{"hamza on waw and alef", "مؤثر أحمد إسلام ٱ", "موثر احمد اسلام ا"},
		{"alef with madda stays", "آب", "آب"},
		{"also when decomposed", "ا\u0653ب", "آب"},
		{"harakat and tatweel", "مُشتَرِی مشـــتری", "مشتری مشتری"},
		{"presentation forms", "ﻣﺸﺘﺮﻱ", "مشتری"},
		{"Persian and Arabic digits", "۱۲۳ ٤٥٦", "123 456"},
		{"Greek accents and dialytika", "Ταξίδι Μαΐου ΰ", "ταξιδι μαιου υ"},
		{"final sigma", "πελάτης ΠΕΛΑΤΗΣ", "πελατησ πελατησ"},
		{"Greek of old prints", "ἀρχή", "αρχη"},
		{"Russian yo", "Ёлка ещё", "елка еще"},
		{"decomposed yo", "е\u0308", "е"},
		{"Russian short i keeps its mark", "Йод мой", "йод мой"},
		{"also when decomposed", "и\u0306", "й"},
		{"stress marks", "за\u0301мок", "замок"},
		{"compatibility forms", "ﬁbre № ①", "fibre no 1"},
		{"direction marks, joiners and byte order marks", "\ufeffa\u200eb\u2067c\u2069\u200d", "abc"},
		{"a soft hyphen", "jour\u00adney", "journey"},
		{"white space of all kinds", "  a\u00a0 b\t\r\nc ", "a b c"},
		{"NUL and broken bytes", "a\x00b\xffc", "abc"},
		{"vowel signs of other scripts are letters", "हिन्दी", "हिन्दी"},
		{"nothing", "", ""},
	} {
		if got := Normalize(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.want)
		}
	}
}

func TestNormalizeIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := Normalize(rapid.String().Draw(t, "text"))
		if twice := Normalize(once); twice != once || !utf8.ValidString(once) {
			t.Fatalf("%q became %q", once, twice)
		}
	})
}

func FuzzNormalize(f *testing.F) {
	f.Add("می‌کند ΠΕΛΆΤΗΣ Ёлка")
	f.Fuzz(func(t *testing.T, s string) {
		once := Normalize(s)
		if twice := Normalize(once); twice != once {
			t.Errorf("%q became %q", once, twice)
		}
	})
}

func BenchmarkNormalize(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Normalize("تکنسین روز چهارشنبه نیامد و هیچ‌کس خبر نداد؛ ۳ روز منتظر ماندم.")
	}
}
