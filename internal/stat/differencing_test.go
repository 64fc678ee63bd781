package stat

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestGuard(t *testing.T) {
	for _, c := range []struct {
		sentence  string
		n         int64
		published []int64
		refused   bool
	}{
		{"nothing else published", 7, nil, false},
		{"the same answers", 100, []int64{100}, false},
		{"one answer fewer", 99, []int64{100}, true},
		{"four answers fewer", 96, []int64{400, 100}, true},
		{"five answers fewer", 95, []int64{100}, false},
		{"four answers more than a finer view", 104, []int64{100}, true},
		{"nobody next to a few", 0, []int64{4}, true},
		{"a team but for one colleague's three", 47, []int64{50}, true},
	} {
		if err := Guard(c.n, c.published...); errors.Is(err, ErrDifferencing) != c.refused || !c.refused && err != nil {
			t.Errorf("%s: %v", c.sentence, err)
		}
	}
	for sentence, err := range map[string]error{"negative answers": Guard(-1), "a negative view": Guard(9, -1)} {
		if err == nil || errors.Is(err, ErrDifferencing) {
			t.Errorf("%s: %v", sentence, err)
		}
	}
}

// Whatever passes cannot be subtracted to 1..K−1.
func TestNothingSmallIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 60).Draw(t, "n")
		views := rapid.SliceOf(rapid.Int64Range(0, 60)).Draw(t, "views")
		small := false
		for _, v := range views {
			d := v - n
			small = small || d != 0 && -K < d && d < K
		}
		if (Guard(n, views...) != nil) != small {
			t.Fatalf("%d next to %v", n, views)
		}
	})
}

func TestWeeks(t *testing.T) {
	date := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		sentence         string
		from, to         time.Time
		first            time.Weekday
		wantFrom, wantTo time.Time
	}{
		{"a whole week stays", date(2), date(9), time.Monday, date(2), date(9)},
		{"a Wednesday becomes its week", date(4), date(5), time.Monday, date(2), date(9)},
		{"the Persian week begins on Saturday", date(4), date(5), time.Saturday, time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC), date(7)},
		{"two days over a week's end", date(8), date(10), time.Monday, date(2), date(16)},
		{"an afternoon counts as its day", date(4).Add(15 * time.Hour), date(9).Add(time.Hour), time.Monday, date(2), date(16)},
	} {
		from, to, err := Weeks(c.from, c.to, c.first)
		if err != nil || !from.Equal(c.wantFrom) || !to.Equal(c.wantTo) {
			t.Errorf("%s: %v..%v %v", c.sentence, from, to, err)
		}
	}
	if _, _, err := Weeks(date(4), date(4), time.Monday); err == nil {
		t.Error("no days at all")
	}
}

func TestWeeksAreWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := day(float64(rapid.IntRange(0, 900).Draw(t, "from")))
		to := from.Add(time.Duration(rapid.Int64Range(1, int64(2000*time.Hour)).Draw(t, "long")))
		first := time.Weekday(rapid.IntRange(0, 6).Draw(t, "first"))
		a, b, err := Weeks(from, to, first)
		if err != nil || a.After(from) || b.Before(to) || a.Weekday() != first || b.Weekday() != first || b.Sub(a)%(7*24*time.Hour) != 0 {
			t.Fatalf("%v..%v became %v..%v", from, to, a, b)
		}
		if from.Sub(a) >= 7*24*time.Hour || b.Sub(to) >= 7*24*time.Hour {
			t.Fatalf("%v..%v became too wide: %v..%v", from, to, a, b)
		}
	})
}

func FuzzGuard(f *testing.F) {
	f.Add(int64(10), int64(12))
	f.Fuzz(func(t *testing.T, n, view int64) {
		if n >= 0 && view >= 0 && errors.Is(Guard(n, view), ErrDifferencing) != errors.Is(Guard(view, n), ErrDifferencing) {
			t.Fatalf("%d and %d", n, view)
		}
	})
}
