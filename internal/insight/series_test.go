package insight

import (
	"maps"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// someDay, some of them at the ends of what a day can be.
var someDay = rapid.OneOf(rapid.Int32Range(20_000, 20_700), rapid.SampledFrom([]int32{math.MinInt32, -1, 0, math.MaxInt32}))

// someCounts are mostly those of a quiet day, and sometimes of a loud or an impossible one.
var someCounts = rapid.Custom(func(t *rapid.T) (c counts) {
	most := rapid.SampledFrom([]int64{0, 3, 3, 90, 5_000_000_000}).Draw(t, "most")
	least := rapid.SampledFrom([]int64{0, 0, 0, -most}).Draw(t, "least")
	answers := rapid.SampledFrom([][2]int{{1, 5}, {1, 5}, {0, 10}}).Draw(t, "answers")
	for i := range c {
		if i >= answers[0] && i <= answers[1] || i >= expectations {
			c[i] = rapid.Int64Range(least, most).Draw(t, "n")
		}
	}
	return c
})

// TestASeriesAnswersAsAListOfDaysDoes whatever is added and taken away, in whatever order.
func TestASeriesAnswersAsAListOfDaysDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := map[int32]counts{}
		now := &series{lo: 1, hi: 5}
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			more := rapid.MapOfN(someDay, someCounts, 1, 60).Draw(t, "days")
			undone := rapid.Bool().Draw(t, "undone")
			var days []daily
			for _, day := range slices.Sorted(maps.Keys(more)) {
				if was, known := want[day]; known && undone {
					more[day] = counts{}.plus(was, -1)
				}
				days = append(days, daily{day, more[day]})
				if want[day] = want[day].plus(more[day], 1); want[day] == (counts{}) {
					delete(want, day)
				}
			}
			before := *now
			entries := slices.Clone(now.entries)
			next := now.plus(days)
			if !slices.Equal(entries, before.entries) || !slices.Equal(before.entries, now.entries) {
				t.Fatal("the old series has changed")
			}
			if next == nil != (len(want) == 0) {
				t.Fatalf("%d days left, and the series is %v", len(want), next)
			}
			if now = next; now == nil {
				now = &series{lo: 1, hi: 5}
			}
		}
		got := map[int32]counts{}
		now.days(0, func(d daily) bool { got[d.day] = d.counts; return true })
		if !maps.Equal(got, want) {
			t.Fatalf("days %v, want %v", got, want)
		}
		from, to := someDay.Draw(t, "from"), someDay.Draw(t, "to")
		var sum counts
		for day, c := range want {
			if from <= day && day <= to {
				sum = sum.plus(c, 1)
			}
		}
		if between := now.between(from, to); from <= to && between != sum {
			t.Fatalf("from %d to %d: %v, want %v", from, to, between, sum)
		}
	})
}

func TestATallyIsKeptWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want stat.Tally
		for range rapid.IntRange(0, 9).Draw(t, "answers") {
			want.Add(rapid.IntRange(0, 10).Draw(t, "answer"), rapid.Int64Range(-3, 1000).Draw(t, "times"))
			want.AddExpectation(rapid.IntRange(-2, 2).Draw(t, "compared"), 1)
		}
		if got := countsOf(want).tally(); got != want {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
}

// TestAYearOfAPersonTakesFewBytes: a thousand of them must fit beside everything else.
func TestAYearOfAPersonTakesFewBytes(t *testing.T) {
	s := &series{lo: 1, hi: 5}
	var days []daily
	for day := range int32(365) {
		days = append(days, daily{day, counts{1: 1, 4: 2, 5: int64(day % 7), expectations: 1}})
	}
	if size := s.plus(days).size(); size > 365*14 {
		t.Errorf("%d bytes", size)
	}
}
