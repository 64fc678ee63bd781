package stat

import "math"

// The smallest changes worth an arrow, in points of the score (methods.md §1.0).
const (
	SmallestNPS = 5.0
	SmallestBox = 3.0
)

// Change is the difference between two independent samples in points of the score, after minus before, with its 95 %
// interval and the two-sided p of no difference; all nil when either has no value.
type Change struct {
	Diff *float64 `json:"diff"`
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
	P    *float64 `json:"p"`

	// Beyond noise: p < 0.05, at least the smallest change worth an arrow, and both samples solid. Only then may a
	// page say that something rose or fell.
	Beyond bool `json:"beyond"`
}

// Changed compares the scores of two tallies of different customers on one scale. NPS: adjusted two-sample test, +3
// to each sample (methods.md §1.1; Rocks 2016). CSAT and CES: N−1 two-proportion test with Newcombe's interval
// (§1.11). It is not for the same customers asked twice.
func Changed(s Scale, before, after Tally) Change {
	if !before.countsAgree(s) || !after.countsAgree(s) || before.N == 0 || after.N == 0 {
		return Change{}
	}
	smallest := SmallestBox
	compare := changedShare
	if s.Metric == NPS {
		smallest, compare = SmallestNPS, changedNet
	}
	diff, low, high, p := compare(s, before, after)
	solid := LevelOf(before.N) == Solid && LevelOf(after.N) == Solid
	// The margin keeps a change of exactly the smallest from being lost to rounding.
	beyond := solid && p < 0.05 && math.Abs(diff) >= smallest-1e-9
	return Change{Diff: &diff, Low: &low, High: &high, P: &p, Beyond: beyond}
}

func changedNet(_ Scale, before, after Tally) (diff, low, high, p float64) {
	p1, d1 := before.classes()
	p2, d2 := after.classes()
	e1, v1, n1 := adjustedNet(p1, d1, before.N)
	e2, v2, n2 := adjustedNet(p2, d2, after.N)
	se := math.Sqrt(v1/n1 + v2/n2)
	diff = float64(p2-d2)/float64(after.N) - float64(p1-d1)/float64(before.N)
	low, high = around(diff, e2-e1-z*se, e2-e1+z*se, -2, 2)
	return 100 * diff, 100 * low, 100 * high, twoSided((e2 - e1) / se)
}

func changedShare(s Scale, before, after Tally) (diff, low, high, p float64) {
	x1, x2 := before.top(s), after.top(s)
	diff, low, high = Newcombe(x2, after.N, x1, before.N)
	return 100 * diff, 100 * low, 100 * high, TwoProportions(x2, after.N, x1, before.N)
}
