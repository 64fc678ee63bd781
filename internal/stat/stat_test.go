package stat

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// near is the tolerance of methods.md: |a−b| ≤ 1e-6·max(1,|expected|).
func near(got, want float64) bool { return math.Abs(got-want) <= 1e-6*max(1, math.Abs(want)) }

// within checks a value against one printed with so many decimals.
func within(got, want, margin float64) bool { return math.Abs(got-want) <= margin }

// tallyOf counts answers given as a list of how many said 0, 1, 2 …
func tallyOf(counts ...int64) (t Tally) {
	for x, n := range counts {
		t.Add(x, n)
	}
	return t
}

// answersOf writes a tally out again, one number an answer.
func answersOf(t Tally) (answers []int) {
	for x, n := range t.Counts {
		for range n {
			answers = append(answers, x)
		}
	}
	return answers
}

var (
	nps10   = Scale{Metric: NPS, Lo: 0, Hi: 10}
	csat5   = Scale{Metric: CSAT, Lo: 1, Hi: 5}
	csatYes = Scale{Metric: CSAT, Lo: 0, Hi: 1}
	ces7    = Scale{Metric: CES, Lo: 1, Hi: 7}
	ces5low = Scale{Metric: CES, Lo: 1, Hi: 5, LowGood: true}
)

var anyScale = rapid.Custom(func(t *rapid.T) Scale {
	metric := rapid.SampledFrom([]Metric{NPS, CSAT, CES}).Draw(t, "metric")
	if metric == NPS {
		return Scale{Metric: NPS, Lo: rapid.IntRange(0, 1).Draw(t, "lo"), Hi: 10}
	}
	lo := rapid.IntRange(0, 9).Draw(t, "lo")
	return Scale{metric, lo, rapid.IntRange(lo+1, 10).Draw(t, "hi"), rapid.Bool().Draw(t, "low is good")}
})

func anyTally(s Scale, most int64) *rapid.Generator[Tally] {
	return rapid.Custom(func(t *rapid.T) (tally Tally) {
		for x := s.Lo; x <= s.Hi; x++ {
			tally.Add(x, rapid.Int64Range(0, most).Draw(t, "count"))
		}
		for compared := -1; compared <= 1; compared++ {
			tally.AddExpectation(compared, rapid.Int64Range(0, most).Draw(t, "expectation"))
		}
		return tally
	})
}

func TestDisplayLevel(t *testing.T) {
	for n, want := range map[int64]Level{
		-1: None, 0: None, 1: Suppressed, 4: Suppressed, 5: Indicative, 29: Indicative, 30: Solid, 1 << 40: Solid,
	} {
		if got := LevelOf(n); got != want {
			t.Errorf("level of %d answers = %s, want %s", n, got, want)
		}
	}
}

// Fisher & Yates table III, two-sided 5 %.
func TestStudentT(t *testing.T) {
	for degrees, want := range map[float64]float64{1: 12.706, 2: 4.303, 4: 2.776, 9: 2.262, 29: 2.045, 120: 1.980, 1e6: 1.960, 1e12: 1.960} {
		if got := studentT(degrees); !within(got, want, 5e-4) {
			t.Errorf("t(%v) = %v, want %v", degrees, got, want)
		}
	}
}

func TestStudentTExpansion(t *testing.T) {
	for _, degrees := range []float64{100, 101, 150, 1000, 17181, 1e5} {
		want := distuv.StudentsT{Sigma: 1, Nu: degrees}.Quantile(0.975)
		if got := studentT(degrees); !within(got, want, 2e-8) {
			t.Errorf("t(%v) = %.10f, want %.10f", degrees, got, want)
		}
	}
}
