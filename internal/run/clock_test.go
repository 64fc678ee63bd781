package run

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// weeksOfThree are the weeks of companies in three calendars, with their holidays.
func weeksOfThree(t testing.TB) map[string]Week {
	return map[string]Week{
		"Friday":              {[]time.Weekday{time.Friday}, setOf(t, "IR")},
		"Thursday and Friday": {[]time.Weekday{time.Thursday, time.Friday}, setOf(t, "IR")},
		"Saturday and Sunday": {[]time.Weekday{time.Saturday, time.Sunday}, setOf(t, "GR")},
		"none":                {},
	}
}

const clockForm = "2006-01-02 15:04"

func TestBusinessTime(t *testing.T) {
	weeks := weeksOfThree(t)
	for sentence, c := range map[string]struct {
		week, zone string
		from       string
		d          time.Duration
		want       string
	}{
		"24 hours on working days are a day":                         {"Saturday and Sunday", "Europe/Athens", "2026-11-16 10:00", 24 * time.Hour, "2026-11-17 10:00"},
		"a weekend waits":                                            {"Saturday and Sunday", "Europe/Athens", "2026-11-20 10:00", 24 * time.Hour, "2026-11-23 10:00"},
		"where only Friday rests, Thursday goes on on Saturday":      {"Friday", "Asia/Tehran", "2026-11-19 10:00", 24 * time.Hour, "2026-11-21 10:00"},
		"where Thursday rests too, Wednesday does":                   {"Thursday and Friday", "Asia/Tehran", "2026-11-18 10:00", 24 * time.Hour, "2026-11-21 10:00"},
		"what comes at the weekend counts from Monday's midnight":    {"Saturday and Sunday", "Europe/Athens", "2026-11-21 15:00", 24 * time.Hour, "2026-11-24 00:00"},
		"the end of Friday is the end, not Monday's beginning":       {"Saturday and Sunday", "Europe/Athens", "2026-11-20 00:00", 24 * time.Hour, "2026-11-21 00:00"},
		"a nanosecond more is":                                       {"Saturday and Sunday", "Europe/Athens", "2026-11-20 00:00", 24*time.Hour + 1, "2026-11-23 00:00"},
		"no time is at once, at a weekend too":                       {"Saturday and Sunday", "Europe/Athens", "2026-11-21 15:00", 0, "2026-11-21 15:00"},
		"Nowruz and the Friday in it wait":                           {"Friday", "Asia/Tehran", "2026-03-19 10:00", 24 * time.Hour, "2026-03-25 10:00"},
		"Greek Easter waits from Good Friday to Monday":              {"Saturday and Sunday", "Europe/Athens", "2026-04-09 12:00", 24 * time.Hour, "2026-04-14 12:00"},
		"a Monday after the clock went forward at the weekend is 24": {"Saturday and Sunday", "Europe/Athens", "2026-03-27 12:00", 24 * time.Hour, "2026-03-30 12:00"},
		"without weekends the clock's jump takes its hour":           {"none", "Europe/Athens", "2026-03-28 12:00", 24 * time.Hour, "2026-03-29 13:00"},
		"and gives it back in autumn":                                {"none", "Europe/Athens", "2026-10-24 12:00", 24 * time.Hour, "2026-10-25 11:00"},
		"Tehran's last summer began by skipping midnight":            {"none", "Asia/Tehran", "2022-03-21 12:00", 24 * time.Hour, "2022-03-22 13:00"},
		"and ended with 25 hours in the day before":                  {"none", "Asia/Tehran", "2022-09-21 12:00", 24 * time.Hour, "2022-09-22 11:00"},
		"since then a day in spring is a day":                        {"Friday", "Asia/Tehran", "2023-05-21 12:00", 24 * time.Hour, "2023-05-22 12:00"},
		"Moscow put its clock back for good on a Sunday":             {"none", "Europe/Moscow", "2014-10-25 12:00", 24 * time.Hour, "2014-10-26 11:00"},
		"which a company that rests on Sundays does not notice":      {"Saturday and Sunday", "Europe/Moscow", "2014-10-24 12:00", 24 * time.Hour, "2014-10-27 12:00"},
		"five business days are a week":                              {"Saturday and Sunday", "Europe/Athens", "2026-11-16 10:00", 5 * 24 * time.Hour, "2026-11-23 10:00"},
	} {
		zone := zoneOf(t, c.zone)
		from, err := time.ParseInLocation(clockForm, c.from, zone)
		if err != nil {
			t.Fatal(err)
		}
		got := weeks[c.week].Add(from, c.d, zone)
		if got.Format(clockForm) != c.want {
			t.Errorf("%s: %s, want %s", sentence, got.Format(clockForm), c.want)
		}
		if back := weeks[c.week].Between(from, got, zone); back != c.d {
			t.Errorf("%s: %s lie between, want %s", sentence, back, c.d)
		}
	}
}

func TestSoManyBusinessDaysLater(t *testing.T) {
	weeks := weeksOfThree(t)
	for sentence, c := range map[string]struct {
		week, zone, from string
		n                int
		want             string
	}{
		"one is tomorrow":                               {"Saturday and Sunday", "Europe/Athens", "2026-11-16 10:00", 1, "2026-11-17 10:00"},
		"five are a week":                               {"Saturday and Sunday", "Europe/Athens", "2026-11-16 10:00", 5, "2026-11-23 10:00"},
		"from a Sunday, one is Monday":                  {"Saturday and Sunday", "Europe/Athens", "2026-11-22 10:00", 1, "2026-11-23 10:00"},
		"none is at once":                               {"Saturday and Sunday", "Europe/Athens", "2026-11-22 10:00", 0, "2026-11-22 10:00"},
		"one back from Monday is Friday":                {"Saturday and Sunday", "Europe/Athens", "2026-11-23 10:00", -1, "2026-11-20 10:00"},
		"where only Friday rests six are a week":        {"Friday", "Asia/Tehran", "2026-11-16 10:00", 6, "2026-11-23 10:00"},
		"over Nowruz":                                   {"Thursday and Friday", "Asia/Tehran", "2026-03-18 09:30", 1, "2026-03-25 09:30"},
		"over Christmas":                                {"Saturday and Sunday", "Europe/Athens", "2026-12-24 09:30", 1, "2026-12-28 09:30"},
		"over the clock's change the hour stays":        {"Saturday and Sunday", "Europe/Athens", "2026-03-27 09:30", 1, "2026-03-30 09:30"},
		"midnight where the clock jumps over it is one": {"none", "Asia/Tehran", "2022-03-21 00:00", 1, "2022-03-22 01:00"},
		"the hour it jumps over is moved by an hour":    {"none", "Europe/Athens", "2026-03-28 03:30", 1, "2026-03-29 04:30"},
	} {
		zone := zoneOf(t, c.zone)
		from, err := time.ParseInLocation(clockForm, c.from, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := weeks[c.week].AddDays(from, c.n, zone).Format(clockForm); got != c.want {
			t.Errorf("%s: %s, want %s", sentence, got, c.want)
		}
	}
}

// zonesOfClocks change their clocks in all the ways there are: at night, over midnight forward and back, by half an hour,
// for good, by a whole day.
var zonesOfClocks = []string{"UTC", "Asia/Tehran", "Europe/Athens", "Europe/Moscow", "America/Havana", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"}

// naive is business time counted minute by minute: by nothing but the clock on the wall and the days that work. It knows
// only clocks that are not put back over midnight.
func naive(w Week, a, b time.Time, zone *time.Location) (d time.Duration) {
	for ; a.Before(b); a = a.Add(time.Minute) {
		if w.Works(i18n.Day(a, zone)) {
			d += time.Minute
		}
	}
	return d
}

func TestBusinessTimeIsCountedMinuteByMinute(t *testing.T) {
	weeks := weeksOfThree(t)
	for sentence, c := range map[string]struct{ week, zone, from string }{
		"Nowruz of the last year with a summer in Tehran": {"Friday", "Asia/Tehran", "2022-03-17 07:13"},
		"the end of that summer":                          {"Thursday and Friday", "Asia/Tehran", "2022-09-19 22:47"},
		"the clock goes forward in Athens":                {"Saturday and Sunday", "Europe/Athens", "2026-03-26 11:11"},
		"back again":                                      {"none", "Europe/Athens", "2026-10-23 23:59"},
		"the last change in Moscow":                       {"none", "Europe/Moscow", "2014-10-24 00:01"},
	} {
		zone, w := zoneOf(t, c.zone), weeks[c.week]
		from, err := time.ParseInLocation(clockForm, c.from, zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, hours := range []int{1, 20, 49, 120} {
			to := from.Add(time.Duration(hours) * time.Hour)
			if got, want := w.Between(from, to, zone), naive(w, from, to, zone); got != want {
				t.Errorf("%s, %d hours on: %s, want %s", sentence, hours, got, want)
			}
		}
	}
}

// TestAddAndBetweenTakeEachOtherBack holds in any week and zone, for any moment and duration.
func TestAddAndBetweenTakeEachOtherBack(t *testing.T) {
	weeks := weeksOfThree(t)
	names := []string{"Friday", "Thursday and Friday", "Saturday and Sunday", "none"}
	rapid.Check(t, func(r *rapid.T) {
		w := weeks[rapid.SampledFrom(names).Draw(r, "week")]
		zone := zoneOf(t, rapid.SampledFrom(zonesOfClocks).Draw(r, "zone"))
		from := time.Unix(rapid.Int64Range(1_000_000_000, 1_900_000_000).Draw(r, "from"), rapid.Int64Range(0, 999_999_999).Draw(r, "nanosecond"))
		d := time.Duration(rapid.Int64Range(0, int64(60*24*time.Hour)).Draw(r, "d"))
		holdAdd(r, w, from, d, zone)
	})
}

// tb is what testing.T and rapid.T share.
type tb interface {
	Fatalf(format string, args ...any)
}

// holdAdd holds Add to what it says: d has passed by then, and a moment before it had not.
func holdAdd(t tb, w Week, from time.Time, d time.Duration, zone *time.Location) {
	to := w.Add(from, d, zone)
	if got := w.Between(from, to, zone); got != d {
		t.Fatalf("%s and %s of business time is %s, %s later", from.In(zone), d, to, got)
	}
	if got := w.Between(to, from, zone); got != -d {
		t.Fatalf("back from %s are %s, want %s", to, got, -d)
	}
	if d > 0 {
		if early := w.Between(from, to.Add(-1), zone); early != d-1 {
			t.Fatalf("a nanosecond before %s, %s of %s had passed", to, early, d)
		}
	}
	half := w.Add(w.Add(from, d/2, zone), d-d/2, zone)
	if !half.Equal(to) {
		t.Fatalf("%s and %s from %s in two steps is %s, in one %s", d/2, d-d/2, from.In(zone), half, to)
	}
}

func TestAddDaysAndBusinessDaysTakeEachOtherBack(t *testing.T) {
	weeks := weeksOfThree(t)
	names := []string{"Friday", "Thursday and Friday", "Saturday and Sunday", "none"}
	rapid.Check(t, func(r *rapid.T) {
		w := weeks[rapid.SampledFrom(names).Draw(r, "week")]
		zone := zoneOf(t, rapid.SampledFrom([]string{"Asia/Tehran", "Europe/Athens", "Europe/Moscow"}).Draw(r, "zone"))
		from := time.Unix(rapid.Int64Range(1_000_000_000, 1_900_000_000).Draw(r, "from"), 0)
		n := rapid.IntRange(0, 60).Draw(r, "n")
		to := w.AddDays(from, n, zone)
		if got := w.BusinessDays(i18n.Day(from, zone), i18n.Day(to, zone)); got != n {
			r.Fatalf("%d business days after %s is %s, which is %d", n, from.In(zone), to, got)
		}
		if n > 0 && !w.Works(i18n.Day(to, zone)) {
			r.Fatalf("%d business days after %s is %s, when nobody works", n, from.In(zone), to)
		}
	})
}

func FuzzBusinessTime(f *testing.F) {
	f.Add(int64(1_647_863_999), int64(24*time.Hour), uint8(1), uint8(2), int32(19_072))
	f.Add(int64(1_663_792_200), int64(time.Hour), uint8(5), uint8(0b1100000), int32(0))
	f.Add(int64(1_320_000_000), int64(90*24*time.Hour), uint8(5), uint8(0), int32(15_276))
	f.Fuzz(func(t *testing.T, unix, d int64, zone, off uint8, holiday int32) {
		if off&127 == 127 || unix < -2_000_000_000 || unix > 4_000_000_000 || d < 0 || d > int64(400*24*time.Hour) {
			return
		}
		w := Week{Holidays: append(setOf(t, "GR"), HolidayOn(holiday%80_000, Repeats(AllRepeats[int(zone)%4]), i18n.Plain("x")))}
		for day := range time.Weekday(7) {
			if off>>day&1 == 1 {
				w.Off = append(w.Off, day)
			}
		}
		holdAdd(t, w, time.Unix(unix, 0), time.Duration(d), zoneOf(t, zonesOfClocks[int(zone)%len(zonesOfClocks)]))
	})
}

func BenchmarkWorks(b *testing.B) {
	w := weeksOfThree(b)["Thursday and Friday"]
	day := int32(0)
	for b.Loop() {
		w.Works(20_000 + day%365)
		day++
	}
}
