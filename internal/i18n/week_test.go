package i18n

import (
	"testing"
	"time"
)

func TestAReadersWeek(t *testing.T) {
	nowruz := time.Date(2026, 3, 21, 12, 0, 0, 0, time.UTC) // a Saturday, 1 Farvardin 1405
	for lang, want := range map[Lang]struct {
		start       time.Weekday
		short, name string
		day         int
	}{
		English: {time.Monday, "Sat", "Saturday", 21},
		Persian: {time.Saturday, "ش", "شنبه", 1},
		Greek:   {time.Monday, "Σάβ", "Σάββατο", 21},
		Russian: {time.Monday, "сб", "суббота", 21},
	} {
		r := NewReader(lang, "", time.UTC)
		if r.WeekStart() != want.start || r.WeekdayShort(nowruz.Weekday()) != want.short || r.WeekdayName(nowruz.Weekday()) != want.name || r.DayOfMonth(nowruz) != want.day {
			t.Errorf("%s: %v %s %s %d", lang, r.WeekStart(), r.WeekdayShort(nowruz.Weekday()), r.WeekdayName(nowruz.Weekday()), r.DayOfMonth(nowruz))
		}
	}
	if d := NewReader(Persian, Gregorian, time.UTC).DayOfMonth(nowruz); d != 21 {
		t.Errorf("a Persian reader of the Gregorian calendar reads %d", d)
	}
}
