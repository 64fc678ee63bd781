package run

import (
	"math"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// day of March 2026, whose first is a Sunday.
func march(n int) time.Time { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC) }

var (
	western = DefaultWeek()
	iranian = Week{Off: []time.Weekday{time.Thursday, time.Friday}}
	always  = Week{}
)

func TestBusinessDays(t *testing.T) {
	for sentence, c := range map[string]struct {
		week     Week
		from, to int // of March 2026
		want     int
	}{
		"the same day is none":                                            {western, 4, 4, 0},
		"the next working day is one":                                     {western, 4, 5, 1},
		"from Friday to Monday is one":                                    {western, 6, 9, 1},
		"from Friday to Sunday is none":                                   {western, 6, 8, 0},
		"from Saturday to Monday is one":                                  {western, 7, 9, 1},
		"from Saturday to Sunday is none":                                 {western, 7, 8, 0},
		"a whole week is five":                                            {western, 4, 11, 5},
		"a whole week that begins on a Sunday is five":                    {western, 1, 8, 5},
		"four weeks and a day":                                            {western, 2, 31, 21},
		"backwards it is negative":                                        {western, 9, 6, -1},
		"backwards over a week":                                           {western, 11, 4, -5},
		"where Thursday and Friday are off, Wednesday to Saturday is one": {iranian, 4, 7, 1},
		"and Wednesday to Friday none":                                    {iranian, 4, 6, 0},
		"where nobody rests every day counts":                             {always, 6, 9, 3},
	} {
		from, to := i18n.Day(march(c.from), time.UTC), i18n.Day(march(c.to), time.UTC)
		if got := c.week.BusinessDays(from, to); got != c.want {
			t.Errorf("%s: %d, want %d", sentence, got, c.want)
		}
	}
}

// TestBusinessDaysAreCountedOneByOne holds the short cut over whole weeks against counting every day.
func TestBusinessDaysAreCountedOneByOne(t *testing.T) {
	for _, w := range []Week{western, iranian, always, {Off: []time.Weekday{time.Friday}}, {Off: []time.Weekday{0, 1, 2, 3, 4, 5}}, {iranian.Off, setOf(t, "IR")}, {western.Off, setOf(t, "GR")}} {
		for from := int32(-20); from < 20; from++ {
			n := 0
			for to := from; to < from+40; to++ {
				if to > from && w.Works(to) {
					n++
				}
				if got := w.BusinessDays(from, to); got != n {
					t.Fatalf("%v from %d to %d: %d, want %d", w.Off, from, to, got, n)
				}
				if back := w.BusinessDays(to, from); back != -n {
					t.Fatalf("%v from %d back to %d: %d, want %d", w.Off, to, from, back, -n)
				}
			}
		}
	}
	if got := western.BusinessDays(0, math.MaxInt32-7); got < 1e9 {
		t.Errorf("millennia are %d business days", got)
	}
}

func TestHowLateAPromiseWasKept(t *testing.T) {
	tehran := time.FixedZone("Tehran", 3*3600+1800)
	at := func(t time.Time) *time.Time { return &t }
	for sentence, c := range map[string]struct {
		x    Interaction
		zone *time.Location
		want int
	}{
		"calendar days count the weekend":             {Interaction{PromiseDue: at(march(6)), PromiseKept: at(march(9))}, time.UTC, 3},
		"business days do not":                        {Interaction{PromiseDue: at(march(6)), PromiseKept: at(march(9)), PromiseBusiness: true}, time.UTC, 1},
		"kept on the weekend after is no day late":    {Interaction{PromiseDue: at(march(6)), PromiseKept: at(march(8)), PromiseBusiness: true}, time.UTC, 0},
		"kept before a weekend is a day early":        {Interaction{PromiseDue: at(march(9)), PromiseKept: at(march(6)), PromiseBusiness: true}, time.UTC, -1},
		"not kept yet is nothing":                     {Interaction{PromiseDue: at(march(6)), PromiseBusiness: true}, time.UTC, 0},
		"nothing promised is nothing":                 {Interaction{PromiseKept: at(march(6))}, time.UTC, 0},
		"the day is the company's: 21:00 is tomorrow": {Interaction{PromiseDue: at(march(4)), PromiseKept: at(march(4).Add(9 * time.Hour)), PromiseBusiness: true}, tehran, 1},
	} {
		if got := c.x.Late(western, c.zone); got != c.want {
			t.Errorf("%s: %d, want %d", sentence, got, c.want)
		}
	}
}

func TestAWeekThatIsOne(t *testing.T) {
	for sentence, c := range map[string]struct {
		off []time.Weekday
		ok  bool
	}{
		"the default":                {DefaultWeek().Off, true},
		"no day off":                 {nil, true},
		"six days off":               {[]time.Weekday{0, 1, 2, 3, 4, 5}, true},
		"every day off":              {[]time.Weekday{0, 1, 2, 3, 4, 5, 6}, false},
		"one day seven times is one": {[]time.Weekday{5, 5, 5, 5, 5, 5, 5}, true},
		"an eighth day":              {[]time.Weekday{7}, false},
		"a day before the first":     {[]time.Weekday{-1}, false},
	} {
		if err := (Week{Off: c.off}).Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", sentence, err)
		}
	}
}
