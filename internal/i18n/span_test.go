package i18n

import (
	"strings"
	"testing"
	"time"
)

func TestSpansReadAsInEachLanguage(t *testing.T) {
	en, fa, el, ru := reader(English), reader(Persian), reader(Greek), reader(Russian)
	day := func(s string) time.Time { return dayOf(t, s) }
	a, b := day("2026-11-03"), day("2026-11-09")
	for _, c := range []struct{ sentence, got, want string }{
		{"a range within a month says it once", en.DateRange(a, b), "3–9 November 2026"},
		{"a Persian range is said in a word", fa.DateRange(a, b), "۱۲ تا ۱۸ آبان ۱۴۰۵"},
		{"Greek months of a range are genitive", el.DateRange(a, b), "3–9 Νοεμβρίου 2026"},
		{"Russian months of a range are genitive", ru.DateRange(a, b), "3–9 ноября 2026\u00a0г."},
		{"over two months", ru.DateRange(day("2026-10-28"), a), "28 октября – 3 ноября 2026\u00a0г."},
		{"over two years", en.DateRange(day("2025-12-28"), day("2026-01-03")), "28 December 2025 – 3 January 2026"},
		{"one Gregorian year may be two Jalali ones", fa.DateRange(day("2026-03-15"), day("2026-03-25")), "۲۴ اسفند ۱۴۰۴ تا ۵ فروردین ۱۴۰۵"},
		{"without a year", el.DayMonthRange(day("2026-10-28"), a), "28 Οκτωβρίου – 3 Νοεμβρίου"},
		{"one day is a date", en.DateRange(a, a), "3 November 2026"},
		{"an open range", en.DateRange(time.Time{}, a), "– – 3 November 2026"},
		{"numbers", en.IntRange(3, 9), "3–9"},
		{"numbers in Persian", fa.IntRange(3, 9), "۳ تا ۹"},
		{"numbers below zero take words", el.IntRange(-5, 5), "−5 έως 5"},
		{"and Russian ones two", ru.IntRange(-5, 5), "от −5 до 5"},
		{"decimals", ru.FloatRange(1.5, 2, 1), "1,5–2,0"},
		{"one sign for both percentages", fa.PercentRange(39, 61, 0), "۳۹ تا ۶۱٪"},
		{"one sign for both in Russian", ru.PercentRange(39, 61, 0), "39–61\u00a0%"},
		{"a list", fa.List("الف", "ب", "پ"), "الف، ب و پ"},
		{"a list of one", en.List("a"), "a"},
		{"a list of none", en.List(), ""},
		{"a choice", el.ListOr("a", "b", "c"), "a, b ή c"},
		{"business days", ru.Days(3, true), "3 рабочих дня"},
		{"calendar days", ru.Days(5, false), "5 календарных дней"},
		{"business days in Persian", fa.Days(15, true), "۱۵ روز کاری"},
		{"a short date", ru.ShortDayMonth(a), "3 нояб."},
		{"a short Jalali date is whole", fa.ShortDayMonth(a), "۱۲ آبان"},
		{"no day is short", fa.ShortDayMonth(time.Time{}) + en.ShortMonth(time.Time{}), "––"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, c.got, c.want)
		}
	}
}

func TestNearDaysAreNamed(t *testing.T) {
	athens, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 5, 22, 30, 0, 0, time.UTC) // already the sixth in Athens
	el, en := NewReader(Greek, "", athens), reader(English)
	for _, c := range []struct{ sentence, got, want string }{
		{"the day is the reader's", el.RelativeDay(now, now), "σήμερα"},
		{"an hour ago was yesterday in Athens", el.RelativeDay(now.Add(-time.Hour), now), "χθες"},
		{"and today in London", en.RelativeDay(now.Add(-time.Hour), now), "today"},
		{"tomorrow", en.RelativeDay(now.Add(2*time.Hour), now), "tomorrow"},
		{"this year needs no year", en.RelativeDay(now.AddDate(0, -2, 0), now), "5 September"},
		{"another year does", en.RelativeDay(now.AddDate(-1, 0, 0), now), "5 November 2025"},
		{"with its time", en.RelativeDateTime(now.AddDate(0, 0, -1), now), "yesterday, 22:30"},
		{"never", en.RelativeDay(time.Time{}, now) + en.RelativeDateTime(time.Time{}, now), "––"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, c.got, c.want)
		}
	}
}

func TestAWeekBeginsWhereTheReaderExpectsIt(t *testing.T) {
	thursday := time.Date(2026, 3, 5, 14, 5, 0, 0, time.UTC)
	for lang, want := range map[Lang]string{Persian: "2026-02-28", English: "2026-03-02", Greek: "2026-03-02", Russian: "2026-03-02"} {
		r := reader(lang)
		start := r.WeekOf(thursday)
		if got := start.Format(time.DateOnly); got != want || start.Weekday() != r.WeekStart() || r.Weekdays()[0] != r.WeekStart() {
			t.Errorf("%s: the week of that Thursday begins on %s, want %s", lang, got, want)
		}
		if !r.WeekOf(start).Equal(start) || !r.WeekOf(start.AddDate(0, 0, 6)).Equal(start) {
			t.Errorf("%s: the first and the last day are in another week", lang)
		}
		seen := map[time.Weekday]bool{}
		for _, w := range r.Weekdays() {
			seen[w] = true
		}
		if len(seen) != 7 {
			t.Errorf("%s: the week is %v", lang, r.Weekdays())
		}
	}
}

func TestADateThatCannotBeReadSaysWhy(t *testing.T) {
	for typed, want := range map[string]string{"soon": "common.date_form", "3/25/2026": "common.date_day", "30.2.2026": "common.date_day", "1404/12/14": "common.date_calendar", "25/11/26": "common.date_form"} {
		for _, lang := range []Lang{English, Greek, Russian} {
			r := reader(lang)
			_, err := r.ParseDate(typed)
			key, args := r.DateProblem(err)
			if key != want || !strings.Contains(r.T(key, args...), "2026-11-25") {
				t.Errorf("%s %q: %s, want %s: %s", lang, typed, key, want, r.T(key, args...))
			}
		}
	}
	fa := reader(Persian)
	_, err := fa.ParseDate("۱۴۰۴/۱۲/۳۰")
	if key, args := fa.DateProblem(err); key != "common.date_day" || !strings.Contains(fa.T(key, args...), "۱۴۰۵/۰۹/۰۴") {
		t.Errorf("the last day of no leap year: %s", fa.T(key, args...))
	}
}
