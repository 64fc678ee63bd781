package i18n

import (
	"testing"
	"time"
	_ "time/tzdata" // the tests must not depend on the machine's zones

	"pgregory.net/rapid"
)

var march = time.Date(2026, 3, 5, 14, 5, 0, 0, time.UTC)

func TestDatesReadAsInEachLanguage(t *testing.T) {
	en, fa, el, ru := reader(English), reader(Persian), reader(Greek), reader(Russian)
	miladi := NewReader(Persian, Gregorian, nil)
	for _, c := range []struct{ sentence, got, want string }{
		{"English", en.Date(march), "5 March 2026"},
		{"Persian counts by the Jalali calendar", fa.Date(march), "۱۴ اسفند ۱۴۰۴"},
		{"unless the reader chose otherwise", miladi.Date(march), "۵ مارس ۲۰۲۶"},
		{"a silent heh shows its ezafe", miladi.Date(march.AddDate(0, -2, 0)), "۵ ژانویهٔ ۲۰۲۶"},
		{"but not without a year", miladi.DayMonth(march.AddDate(0, -2, 0)), "۵ ژانویه"},
		{"Greek months after a day are genitive", el.Date(march), "5 Μαρτίου 2026"},
		{"and nominative alone", el.Month(march), "Μάρτιος 2026"},
		{"Russian months after a day are genitive", ru.Date(march), "5 марта 2026\u00a0г."},
		{"and nominative alone", ru.Month(march), "март 2026\u00a0г."},
		{"a Jalali month", fa.Month(march), "اسفند ۱۴۰۴"},
		{"a day without its year", en.DayMonth(march), "5 March"},
		{"a Russian in Tehran", NewReader(Russian, Jalali, nil).Date(march), "14 эсфанда 1404\u00a0г."},
		{"a Greek in Tehran", NewReader(Greek, Jalali, nil).Date(march), "14 Εσφάντ 1404"},
		{"English weekday", en.Weekday(march), "Thursday"},
		{"Persian weekday", fa.Weekday(march), "پنجشنبه"},
		{"Greek weekday", el.Weekday(march), "Πέμπτη"},
		{"Russian weekday", ru.Weekday(march), "четверг"},
		{"time of day", en.Time(march), "14:05"},
		{"date and time", fa.DateTime(march), "۱۴ اسفند ۱۴۰۴، ۱۴:۰۵"},
		{"date and time in Russian", ru.DateTime(march), "5 марта 2026\u00a0г., 14:05"},
		{"a form's field", en.DateField(march), "2026-03-05"},
		{"a Jalali form's field", fa.DateField(march.AddDate(0, 1, 0)), "۱۴۰۵/۰۱/۱۶"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, c.got, c.want)
		}
	}
}

func TestTheZeroTimeIsNever(t *testing.T) {
	for _, r := range []*Reader{reader(English), reader(Persian), NewReader(Russian, Jalali, time.FixedZone("", -3600))} {
		for name, write := range map[string]func(time.Time) string{"Date": r.Date, "DayMonth": r.DayMonth, "Month": r.Month, "Weekday": r.Weekday,
			"Time": r.Time, "DateTime": r.DateTime, "Ago": func(t time.Time) string { return r.Ago(t, march) }} {
			if got := write(time.Time{}); got != "–" {
				t.Errorf("%s %s: %q", r.Lang(), name, got)
			}
		}
		if got := r.DateField(time.Time{}); got != "" {
			t.Errorf("%s field: %q", r.Lang(), got)
		}
	}
}

func TestADayBeginsInTheReadersZone(t *testing.T) {
	tehran, err := time.LoadLocation("Asia/Tehran")
	if err != nil {
		t.Fatal(err)
	}
	newYear := time.Date(2025, 3, 20, 20, 30, 0, 0, time.UTC) // midnight in Tehran
	for at, want := range map[time.Time]string{newYear.Add(-time.Second): "۳۰ اسفند ۱۴۰۳", newYear: "۱ فروردین ۱۴۰۴"} {
		if got := NewReader(Persian, "", tehran).Date(at); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		typed,
		want string
	}{
		{English, "2026-03-05", "2026-03-05"},
		{English, " 2026/3/5 ", "2026-03-05"},
		{English, "5/3/2026", "2026-03-05"},
		{Greek, "05.03.2026", "2026-03-05"},
		{Russian, "5.3.2026", "2026-03-05"},
		{Russian, "5.3.2026 г.", "2026-03-05"},
		{English, "۵/۳/۲۰۲۶", "2026-03-05"},
		{Persian, "1404/12/14", "2026-03-05"},
		{Persian, "۱۴۰۴/۱۲/۱۴", "2026-03-05"},
		{Persian, "١٤٠٤/١٢/١٤", "2026-03-05"},
		{Persian, "\u200e۱۴۰۴/۱۲/۱۴\u200e", "2026-03-05"},
		{Persian, "1404-12-14", "2026-03-05"},
		{Persian, "14/12/1404", "2026-03-05"},
		{Persian, "2026-03-05", "2026-03-05"},
		{Persian, "1403/12/30", "2025-03-20"}, // a leap year
		{English, "29.2.2024", "2024-02-29"},
	} {
		got, err := reader(c.lang).ParseDate(c.typed)
		if err != nil || got.Format(time.DateOnly) != c.want {
			t.Errorf("%s %q: %v, %v, want %s", c.lang, c.typed, got, err, c.want)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	for typed, lang := range map[string]Lang{
		"":               English,
		"soon":           English,
		"29.2.2026":      English,
		"3/25/2026":      English, // month first
		"2026-13-01":     English,
		"2026-00-10":     English,
		"5/3/26":         English,
		"1404/12/14":     English, // a Jalali year typed by a reader of the other calendar
		"1404/12/30":     Persian, // not a leap year
		"1404/07/31":     Persian,
		"1404/13/01":     Persian,
		"1404/00/01":     Persian,
		"0999/01/01":     Persian,
		"2026-03/05":     English,
		"2026--03--05":   English,
		"2026-03-05-06":  English,
		"20260-03-05":    English,
		"2026 March 5":   English,
		"12026-03-05000": English,
	} {
		if got, err := reader(lang).ParseDate(typed); err == nil {
			t.Errorf("%s %q was read as %v", lang, typed, got)
		}
	}
}

func TestWhatAFormShowsIsReadBack(t *testing.T) {
	zones := []*time.Location{time.UTC}
	for _, name := range []string{"Asia/Tehran", "Europe/Athens", "America/Sao_Paulo", "Pacific/Auckland"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	for _, calendar := range []Calendar{Gregorian, Jalali} {
		rapid.Check(t, func(t *rapid.T) {
			zone := rapid.SampledFrom(zones).Draw(t, "zone")
			r := NewReader(rapid.SampledFrom(Languages).Draw(t, "language"), calendar, zone)
			at := time.Unix(rapid.Int64Range(-1_500_000_000, 4_000_000_000).Draw(t, "at"), 0)
			back, err := r.ParseDate(r.DateField(at))
			if err != nil || Day(back, zone) != Day(at, zone) || back.After(at) {
				t.Fatalf("%s in %s became %q, then %s (%v)", at, zone, r.DateField(at), back, err)
			}
		})
	}
}

// The clock of São Paulo jumped from 0:00 to 1:00 that night.
func TestADayWithoutMidnightBeginsAtOne(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	got, err := NewReader(English, "", zone).ParseDate("2018-11-04")
	if err != nil || got.Format(time.DateTime) != "2018-11-04 01:00:00" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestDays(t *testing.T) {
	west := time.FixedZone("", -5*3600)
	for _, c := range []struct {
		sentence string
		at       time.Time
		zone     *time.Location
		want     int32
	}{
		{"the first day", time.Unix(0, 0), nil, 0},
		{"a second before it", time.Unix(-1, 0), nil, -1},
		{"the same moment further west", time.Unix(0, 0), west, -1},
		{"a day is that of the zone asked for, not of the time's own", time.Date(2026, 3, 5, 23, 0, 0, 0, west), time.UTC, 20518},
		{"the zone west of it", time.Date(2026, 3, 5, 23, 0, 0, 0, west), west, 20517},
	} {
		if got := Day(c.at, c.zone); got != c.want {
			t.Errorf("%s: %d, want %d", c.sentence, got, c.want)
		}
	}
	for _, day := range []int32{-800_000, -1, 0, 1, 20517, 800_000} {
		if got := Day(DayTime(day), time.UTC); got != day {
			t.Errorf("day %d came back as %d", day, got)
		}
	}
}

func TestAgo(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		past time.Duration
		want string
	}{
		{English, 3 * day, "3 days ago"}, {Persian, 3 * day, "۳ روز پیش"}, {Greek, 3 * day, "πριν από 3 ημέρες"}, {Russian, 3 * day, "3 дня назад"},
		{English, 59 * time.Second, "just now"}, {English, -59 * time.Second, "just now"}, {Persian, 0, "همین حالا"},
		{Russian, time.Minute, "1 минуту назад"}, {Russian, 5 * time.Minute, "5 минут назад"}, {English, 90 * time.Minute, "1 hour ago"},
		{Greek, 40 * day, "πριν από 1 μήνα"}, {Russian, 5 * 365 * day, "5 лет назад"}, {English, 364 * day, "12 months ago"},
		{English, -2 * time.Hour, "in 2 hours"}, {Persian, -2 * time.Hour, "۲ ساعت دیگر"}, {Greek, -day, "σε 1 ημέρα"}, {Russian, -21 * day, "через 21 день"},
	} {
		if got := reader(c.lang).Ago(march.Add(-c.past), march); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.lang, c.past, got, c.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		lang   Lang
		length time.Duration
		want   string
	}{
		{English, 0, "0 seconds"}, {English, time.Millisecond, "0 seconds"}, {English, -time.Millisecond, "0 seconds"},
		{English, 61 * time.Second, "1 minute 1 second"}, {English, 2*day + 4*time.Hour + 59*time.Minute, "2 days 4 hours"},
		{English, day + 5*time.Minute, "1 day"}, {English, 45 * time.Second, "45 seconds"},
		{Persian, 2*day + 4*time.Hour, "۲ روز و ۴ ساعت"}, {Greek, 2*day + 4*time.Hour, "2 ημέρες και 4 ώρες"}, {Russian, 2*day + 5*time.Hour, "2 дня 5 часов"},
		{Russian, -3 * day, "−3 дня"}, {English, -1 << 63, "−106,751 days 23 hours"},
	} {
		if got := reader(c.lang).Duration(c.length); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.lang, c.length, got, c.want)
		}
	}
}
