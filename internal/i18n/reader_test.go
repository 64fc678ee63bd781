package i18n

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func reader(lang Lang) *Reader { return NewReader(lang, "", nil) }

func TestMatch(t *testing.T) {
	for header, want := range map[string]Lang{
		"":                              English,
		"fa-IR,fa;q=0.9,en;q=0.8":       Persian,
		"el-CY":                         Greek,
		"de-DE,de;q=0.9,ru;q=0.5":       Russian,
		"ja":                            English,
		"*":                             English,
		"en;q=0.1, ru;q=0.9":            Russian,
		"\x00;;;,,,q=":                  English,
		"fa_IR":                         Persian,
		"zh-Hant-TW, el;q=0.2, *;q=0.1": Greek,
	} {
		if got := Match(header); got != want {
			t.Errorf("Match(%q) = %s, want %s", header, got, want)
		}
	}
}

func TestLanguages(t *testing.T) {
	for _, l := range Languages {
		if got, ok := Known(string(l)); !ok || got != l {
			t.Errorf("%s is not known", l)
		}
		if l.Name() == "" || (l.Dir() == "rtl") != (l == Persian) {
			t.Errorf("%s: %q, %s", l, l.Name(), l.Dir())
		}
	}
	if _, ok := Known("de"); ok {
		t.Error("de is known")
	}
}

func TestNewReaderFillsWhatIsLeftOpen(t *testing.T) {
	if r := reader(Persian); r.Calendar() != Jalali || r.Zone() != time.UTC || r.Dir() != "rtl" {
		t.Errorf("Persian: %s, %s, %s", r.Calendar(), r.Zone(), r.Dir())
	}
	if r := reader(Russian); r.Calendar() != Gregorian {
		t.Errorf("Russian: %s", r.Calendar())
	}
	if r := NewReader("de", "lunar", nil); r.Lang() != English || r.Calendar() != Gregorian {
		t.Errorf("unknown: %s, %s", r.Lang(), r.Calendar())
	}
}

func TestReaderRidesInContext(t *testing.T) {
	r := reader(Greek)
	if From(With(context.Background(), r)) != r {
		t.Error("another reader came back")
	}
	if got := From(context.Background()); got.Lang() != English || got.Zone() != time.UTC {
		t.Errorf("without one: %s, %s", got.Lang(), got.Zone())
	}
}

type score int

func TestT(t *testing.T) {
	fa, en := reader(Persian), reader(English)
	for _, c := range []struct{ sentence, got, want string }{
		{"integers take the reader's digits", fa.T("common.page_of", "page", 3, "pages", int64(12)), "صفحهٔ ۳ از ۱۲"},
		{"so do integers of other types", fa.T("common.n_equals", "n", score(1234)), "n = ۱٬۲۳۴"},
		{"and unsigned ones", fa.T("common.n_equals", "n", uint8(7)), "n = ۷"},
		{"floats keep their decimals", fa.T("common.n_equals", "n", 2.5), "n = ۲٫۵"},
		{"strings stay as they are", fa.T("common.n_equals", "n", "7"), "n = 7"},
		{"times become dates", en.T("common.n_equals", "n", DayTime(0)), "n = 1 January 1970"},
		{"durations become words", en.T("common.n_equals", "n", time.Hour), "n = 1 hour"},
		{"a text gives the reader's language", fa.T("common.n_equals", "n", Text{English: "fibre", Persian: "فیبر"}), "n = فیبر"},
		{"a missing key is seen", en.T("common.nowhere"), "⟦common.nowhere⟧"},
		{"a missing key with a count too", en.N("common.nowhere", 2), "⟦common.nowhere⟧"},
		{"a missing argument is seen", en.T("common.page_of", "page", 1), "Page 1 of ⟦pages⟧"},
		{"a name without a value is ignored", en.T("common.n_equals", "n", 1, "odd"), "n = 1"},
		{"what looks like a placeholder in a value stays text", en.T("common.n_equals", "n", "{{.x}}"), "n = {{.x}}"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, c.got, c.want)
		}
	}
	if !en.Has("common.yes") || en.Has("common.nowhere") {
		t.Error("Has is wrong")
	}
}

func TestPlaceholdersStandAnywhereInAText(t *testing.T) {
	r := reader(Persian)
	for text, want := range map[string]string{
		"{{.n}}": "۳", "{{.n}} روز": "۳ روز", "روز {{.n}}": "روز ۳", "{{.n}}{{.n}}": "۳۳", "{{ .n }}": "۳", "روز": "روز",
	} {
		parts, err := cut(text)
		if got := r.fill(parts, nil, []any{"n", 3}); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestN(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		n    int
		want string
	}{
		{English, 0, "0 days"}, {English, 1, "1 day"}, {English, -1, "−1 day"}, {English, 1_000_001, "1,000,001 days"},
		{Persian, 0, "۰ روز"}, {Persian, 1, "۱ روز"}, {Persian, 12, "۱۲ روز"},
		{Greek, 1, "1 ημέρα"}, {Greek, 0, "0 ημέρες"}, {Greek, 21, "21 ημέρες"},
		{Russian, 1, "1 день"}, {Russian, 2, "2 дня"}, {Russian, 5, "5 дней"}, {Russian, 11, "11 дней"}, {Russian, 12, "12 дней"},
		{Russian, 21, "21 день"}, {Russian, 24, "24 дня"}, {Russian, 0, "0 дней"}, {Russian, 111, "111 дней"}, {Russian, 1001, "1\u00a0001 день"},
	} {
		if got := reader(c.lang).N("common.days", c.n); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}

func TestCompareOrdersAsTheLanguageDoes(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		want []string
	}{
		{Persian, []string{"آرش", "بابک", "پریسا", "تارا", "چنگیز", "ژاله", "کاوه", "گلناز", "لاله", "مریم", "ناصر", "وحید", "هاله", "یلدا"}},
		{Greek, []string{"Άννα", "Βασίλης", "Έλενα", "Ζωή", "Ιωάννης", "Όλγα", "Χρήστος", "Ωμέγα"}},
		{Russian, []string{"Анна", "Егор", "Ёлка", "Жанна", "Иван", "Йохан", "Кирилл", "Яна"}},
		{English, []string{"adam", "Bob", "Émile", "Frank", "team 2", "team 10"}},
	} {
		got := slices.Clone(c.want)
		slices.Reverse(got)
		slices.SortFunc(got, reader(c.lang).Compare)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
	if reader(English).Compare("a", "a") != 0 {
		t.Error("a is not itself")
	}
}

func TestIsolate(t *testing.T) {
	if got := Isolate("Anna"); got != "\u2068Anna\u2069" {
		t.Errorf("%q", got)
	}
}

func TestOneReaderServesManyAtOnce(t *testing.T) {
	r := NewReader(Persian, "", time.FixedZone("", 3*3600+1800))
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for i := range 200 {
				if r.N("common.days", 3) != "۳ روز" || r.Compare("آرش", "یلدا") != -1 || reader(Greek).T("common.yes") != "Ναι" {
					t.Error("disturbed by another goroutine")
					return
				}
				r.Date(DayTime(int32(i)))
			}
		})
	}
	all.Wait()
}

func BenchmarkT(b *testing.B) {
	r := reader(Persian)
	b.ReportAllocs()
	for b.Loop() {
		r.T("common.page_of", "page", 3, "pages", 12)
	}
}

func BenchmarkN(b *testing.B) {
	r := reader(Russian)
	b.ReportAllocs()
	for b.Loop() {
		r.N("common.days", 21)
	}
}

func TestNamesInTheReadersAlphabetComeFirst(t *testing.T) {
	names := []string{"Борис", "Bob", "کاوه", "Άννα", "1", Isolate("Ζωή")}
	for lang, want := range map[Lang]string{English: "1 Bob Άννα ⁨Ζωή⁩ Борис کاوه", Greek: "1 Άννα ⁨Ζωή⁩ Bob Борис کاوه",
		Russian: "1 Борис Bob Άννα ⁨Ζωή⁩ کاوه", Persian: "1 کاوه Bob Άννα ⁨Ζωή⁩ Борис"} {
		got := slices.Clone(names)
		slices.SortFunc(got, reader(lang).Compare)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", lang, strings.Join(got, " "), want)
		}
	}
}

func TestAValueThatEndsWithAFullStopEndsTheSentence(t *testing.T) {
	for sentence, c := range map[string]struct{ written, text, want string }{
		"the short year of a Russian date":  {"начиная с 27 мая 2026\u00a0г.", ". Названы изменения", " Названы изменения"},
		"isolated":                          {"с \u2068Mirava Ltd.\u2069", ".", ""},
		"no stop in the value":              {"начиная с 27 мая", ". Названы изменения", ". Названы изменения"},
		"another mark follows":              {"27 мая 2026\u00a0г.", ", 14:05", ", 14:05"},
		"the first word of a message stays": {"", ".csv", ".csv"},
	} {
		if got := afterStop(c.written, c.text); got != c.want {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
	r := reader(Russian)
	day := r.Date(time.Date(2026, 5, 27, 0, 0, 0, 0, time.UTC))
	if got := r.T("company.since", "since", day, "before", Isolate(day)); strings.Contains(withoutIsolates.Replace(got), "..") {
		t.Error(got)
	}
}
