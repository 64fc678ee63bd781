package i18n

import (
	"testing"
	"time"
)

func TestJalaliDays(t *testing.T) {
	for sentence, c := range map[string]struct {
		y, m, d int
		want    string // "" is no such day
	}{
		"Nowruz 1405":                        {1405, 1, 1, "2026-03-21"},
		"Nowruz 1403 came a day earlier":     {1403, 1, 1, "2024-03-20"},
		"1403 ended with 30 Esfand":          {1403, 12, 30, "2025-03-20"},
		"1404 did not":                       {1404, 12, 30, ""},
		"Mehr has thirty days":               {1404, 7, 31, ""},
		"the epoch":                          {1348, 10, 11, "1970-01-01"},
		"there is no thirteenth month":       {1404, 13, 1, ""},
		"and no day before the first":        {1404, 1, 0, ""},
		"the last of the first half is long": {1404, 6, 31, "2025-09-22"},
	} {
		day, ok := JalaliDay(c.y, c.m, c.d)
		if got := DayTime(day).Format(time.DateOnly); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s: %s, %v", sentence, got, ok)
		}
	}
	for day := int32(-25_000); day < 80_000; day += 7 {
		y, m, d := JalaliDate(day)
		if back, ok := JalaliDay(y, m, d); !ok || back != day {
			t.Fatalf("day %d is %d/%d/%d, which is day %d", day, y, m, d, back)
		}
	}
}

// TestADayBeginsAtItsFirstMoment looks at zones that change their clocks over midnight, and at all hours around.
func TestADayBeginsAtItsFirstMoment(t *testing.T) {
	for sentence, c := range map[string]struct{ zone, day, want string }{
		"an ordinary midnight":                            {"Europe/Athens", "2026-11-22", "2026-11-22T00:00:00+02:00"},
		"the day the clock changes at three":              {"Europe/Athens", "2026-03-29", "2026-03-29T00:00:00+02:00"},
		"the clock jumps over midnight":                   {"Asia/Tehran", "2022-03-22", "2022-03-22T01:00:00+04:30"},
		"it goes back to the evening before, once":        {"Asia/Tehran", "2022-09-22", "2022-09-22T00:00:00+03:30"},
		"midnight comes twice, the first counts":          {"America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00"},
		"a minute after midnight it is the evening again": {"America/St_Johns", "2010-11-07", "2010-11-07T00:00:00-02:30"},
		"a day that was left out begins with the next":    {"Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayStart(Day(at, time.UTC), zone).Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", sentence, got, c.want)
		}
	}
}
