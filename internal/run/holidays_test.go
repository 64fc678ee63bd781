package run

import (
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

func dayOf(year int, month time.Month, day int) int32 {
	return i18n.Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC), time.UTC)
}

// solar is a day of the Jalali calendar.
func solar(t testing.TB, year, month, day int) int32 {
	t.Helper()
	found, ok := i18n.JalaliDay(year, month, day)
	if !ok {
		t.Fatalf("there is no %d/%d/%d", year, month, day)
	}
	return found
}

// setOf is a ready set as holidays.
func setOf(t testing.TB, country string) []Holiday {
	t.Helper()
	for _, set := range HolidaySets() {
		if set.Country == country {
			var out []Holiday
			for _, d := range set.Days {
				d.Name = i18n.Plain(d.Key)
				out = append(out, d.Holiday)
			}
			return out
		}
	}
	t.Fatalf("no holidays of %s", country)
	return nil
}

// TestOrthodoxEaster holds against the days on which it was and will be kept.
func TestOrthodoxEaster(t *testing.T) {
	for _, want := range []int32{
		dayOf(1918, 5, 5), dayOf(1983, 5, 8), dayOf(2000, 4, 30), dayOf(2010, 4, 4), dayOf(2011, 4, 24), dayOf(2012, 4, 15), dayOf(2013, 5, 5),
		dayOf(2014, 4, 20), dayOf(2016, 5, 1), dayOf(2017, 4, 16), dayOf(2018, 4, 8), dayOf(2019, 4, 28), dayOf(2020, 4, 19), dayOf(2021, 5, 2),
		dayOf(2022, 4, 24), dayOf(2023, 4, 16), dayOf(2024, 5, 5), dayOf(2025, 4, 20), dayOf(2026, 4, 12), dayOf(2027, 5, 2), dayOf(2028, 4, 16),
	} {
		year := i18n.DayTime(want).Year()
		if got := OrthodoxEaster(year); got != want {
			t.Errorf("Easter %d is on %s, want %s", year, i18n.DayTime(got).Format(time.DateOnly), i18n.DayTime(want).Format(time.DateOnly))
		}
	}
	for year := 1900; year < 2200; year++ {
		if i18n.DayTime(OrthodoxEaster(year)).Weekday() != time.Sunday {
			t.Errorf("Easter %d is no Sunday", year)
		}
	}
}

func TestHolidays(t *testing.T) {
	friday := []time.Weekday{time.Friday}
	iran, greece, russia := Week{friday, setOf(t, "IR")}, Week{DefaultWeek().Off, setOf(t, "GR")}, Week{DefaultWeek().Off, setOf(t, "RU")}
	leap := Week{Off: friday, Holidays: []Holiday{HolidayOn(solar(t, 1403, 12, 30), JalaliYears, nil), HolidayOn(dayOf(2024, 2, 29), Yearly, nil)}}
	for sentence, c := range map[string]struct {
		week  Week
		day   int32
		works bool
	}{
		"Nowruz 1405 rests":                           {iran, dayOf(2026, 3, 21), false},
		"Nowruz 1403 began a day earlier":             {iran, dayOf(2024, 3, 20), false},
		"the last day of 1404 rests, for oil":         {iran, solar(t, 1404, 12, 29), false},
		"the day after nature's works":                {iran, solar(t, 1405, 1, 14), false},
		"22 Bahman rests":                             {iran, dayOf(2026, 2, 11), false},
		"the eve of Nowruz in a leap year works":      {iran, solar(t, 1403, 12, 30), true},
		"Clean Monday rests":                          {greece, dayOf(2026, 2, 23), false},
		"Good Friday rests":                           {greece, dayOf(2026, 4, 10), false},
		"Easter Monday rests":                         {greece, dayOf(2026, 4, 13), false},
		"Whit Monday rests":                           {greece, dayOf(2026, 6, 1), false},
		"a year later Easter Monday is another day":   {greece, dayOf(2027, 4, 13), true},
		"the Western Good Friday works":               {greece, dayOf(2026, 4, 3), true},
		"28 October rests":                            {greece, dayOf(2026, 10, 28), false},
		"the eighth of January rests":                 {russia, dayOf(2026, 1, 8), false},
		"the ninth works":                             {russia, dayOf(2026, 1, 9), true},
		"30 Esfand rests where there is one":          {leap, solar(t, 1403, 12, 30), false},
		"where there is none, neither day beside it":  {leap, solar(t, 1405, 12, 29), true},
		"29 February rests where there is one":        {leap, dayOf(2028, 2, 29), false},
		"and 1 March does not stand in for it":        {leap, dayOf(2027, 3, 1), true},
		"a single day comes once":                     {Week{Holidays: []Holiday{HolidayOn(dayOf(2026, 5, 27), Once, nil)}}, dayOf(2026, 5, 27), false},
		"and not the year after":                      {Week{Holidays: []Holiday{HolidayOn(dayOf(2026, 5, 27), Once, nil)}}, dayOf(2027, 5, 27), true},
		"before 1900 nothing is known":                {greece, dayOf(1899, 12, 25), true},
		"a holiday at the weekend changes nothing":    {russia, dayOf(2026, 5, 9), false},
		"a holiday in a week without it is a workday": {Week{Off: friday}, dayOf(2026, 3, 21), true},
	} {
		if got := c.week.Works(c.day); got != c.works {
			t.Errorf("%s: works %v on %s", sentence, got, i18n.DayTime(c.day).Format(time.DateOnly))
		}
	}
}

func TestTwoHolidaysOnOneDayAreBothTold(t *testing.T) {
	w := Week{Holidays: setOf(t, "GR")}
	w.Holidays = append(w.Holidays, HolidayOn(OrthodoxEaster(2026), Once, i18n.Plain("ours")))
	if found := w.HolidaysOn(OrthodoxEaster(2026)); len(found) != 2 {
		t.Errorf("on Easter Sunday there are %v", found)
	}
	if found := w.HolidaysOn(OrthodoxEaster(2027)); len(found) != 1 {
		t.Errorf("a year later there are %v", found)
	}
}

// TestAHolidayFallsOnTheDayItWasMadeOf takes every day of leap years and others.
func TestAHolidayFallsOnTheDayItWasMadeOf(t *testing.T) {
	for _, repeats := range AllRepeats {
		for day := dayOf(2023, 1, 1); day < dayOf(2026, 1, 1); day++ {
			h := HolidayOn(day, repeats, i18n.Plain("x"))
			if w := (Week{Holidays: []Holiday{h}}); w.Works(day) {
				t.Fatalf("%s of %s is %+v, which does not fall on it", repeats, i18n.DayTime(day).Format(time.DateOnly), h)
			}
		}
	}
}

func TestTheReadySetsAreInOrder(t *testing.T) {
	sets := HolidaySets()
	if len(sets) != 3 {
		t.Fatalf("%d sets", len(sets))
	}
	for _, set := range sets {
		if err := (Week{Off: DefaultWeek().Off, Holidays: setOf(t, set.Country)}).Check(); err != nil {
			t.Errorf("%s: %v", set.Country, err)
		}
	}
}

func TestHolidaysThatAreNone(t *testing.T) {
	named := i18n.Plain("x")
	long := i18n.Plain(string(make([]rune, longestName+1)))
	many := make([]Holiday, mostHolidays+1)
	for i := range many {
		many[i] = HolidayOn(int32(i), Once, named)
	}
	for sentence, c := range map[string]struct {
		holidays []Holiday
		ok       bool
	}{
		"one of each kind":         {[]Holiday{{named, Once, 0, 0, 20_000}, {named, Yearly, 2, 29, 0}, {named, JalaliYears, 12, 30, 0}, {named, ByEaster, 0, 0, -48}}, true},
		"the same day twice":       {[]Holiday{{named, Yearly, 1, 1, 0}, {i18n.Plain("y"), Yearly, 1, 1, 0}}, false},
		"no name":                  {[]Holiday{{nil, Yearly, 1, 1, 0}}, false},
		"a name too long":          {[]Holiday{{long, Yearly, 1, 1, 0}}, false},
		"a thirteenth month":       {[]Holiday{{named, JalaliYears, 13, 1, 0}}, false},
		"half a year after Easter": {[]Holiday{{named, ByEaster, 0, 0, 180}}, false},
		"half a year before it":    {[]Holiday{{named, ByEaster, 0, 0, -180}}, false},
		"a year nobody will see":   {[]Holiday{{named, Once, 0, 0, lastKnown + 1}}, false},
		"a calendar of its own":    {[]Holiday{{named, "lunar", 1, 1, 0}}, false},
		"more than there can be":   {many, false},
		"as many as there can be":  {many[1:], true},
	} {
		if err := (Week{Off: DefaultWeek().Off, Holidays: c.holidays}).Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", sentence, err)
		}
	}
}
