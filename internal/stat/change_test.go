package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// npsTally is so many promoters, passives and detractors.
func npsTally(promoters, passives, detractors int64) (t Tally) {
	t.Add(10, promoters)
	t.Add(7, passives)
	t.Add(3, detractors)
	return t
}

func TestWhenAChangeIsBeyondNoise(t *testing.T) {
	for sentence, c := range map[string]struct {
		scale         Scale
		before, after Tally
		want          bool
	}{
		"a clear rise":                           {csat5, tallyOf(0, 40, 0, 0, 0, 60), tallyOf(0, 10, 0, 0, 0, 90), true},
		"a clear fall":                           {csat5, tallyOf(0, 10, 0, 0, 0, 90), tallyOf(0, 40, 0, 0, 0, 60), true},
		"a clear rise of NPS":                    {nps10, npsTally(30, 30, 40), npsTally(60, 30, 10), true},
		"no change":                              {csat5, tallyOf(0, 40, 0, 0, 0, 60), tallyOf(0, 40, 0, 0, 0, 60), false},
		"large, but of few answers":              {csat5, tallyOf(0, 29, 0, 0, 0, 0), tallyOf(0, 0, 0, 0, 0, 200), false},
		"certain, but too small to matter":       {csat5, tallyOf(0, 20000, 0, 0, 0, 80000), tallyOf(0, 18000, 0, 0, 0, 82000), false},
		"exactly the smallest that matters":      {csat5, tallyOf(0, 20000, 0, 0, 0, 80000), tallyOf(0, 17000, 0, 0, 0, 83000), true},
		"NPS up 4 of many":                       {nps10, npsTally(40000, 30000, 30000), npsTally(44000, 26000, 30000), false},
		"NPS up exactly 5 of many":               {nps10, npsTally(40000, 30000, 30000), npsTally(45000, 25000, 30000), true},
		"large enough, but may be chance":        {csat5, tallyOf(0, 20, 0, 0, 0, 80), tallyOf(0, 15, 0, 0, 0, 85), false},
		"everybody happy before and after":       {csat5, tallyOf(0, 0, 0, 0, 0, 80), tallyOf(0, 0, 0, 0, 0, 95), false},
		"a rise where the lowest is best":        {ces5low, tallyOf(0, 60, 0, 0, 0, 40), tallyOf(0, 90, 0, 0, 0, 10), true},
		"nobody before":                          {csat5, Tally{}, tallyOf(0, 10, 0, 0, 0, 90), false},
		"an impossible tally":                    {csat5, tallyOf(90), tallyOf(0, 10, 0, 0, 0, 90), false},
		"only the mean fell, the score is equal": {csat5, tallyOf(0, 0, 0, 50, 0, 50), tallyOf(0, 50, 0, 0, 0, 50), false},
	} {
		if got := Changed(c.scale, c.before, c.after); got.Beyond != c.want {
			t.Errorf("%s: %v", sentence, got.Beyond)
		}
	}
}

// Worked by hand: 30/30/40 → 60/30/10, each with ¾, 1½, ¾ added.
func TestChangeOfNPSByHand(t *testing.T) {
	c := Changed(nps10, npsTally(30, 30, 40), npsTally(60, 30, 10))
	e1, e2 := (30.75-40.75)/103, (60.75-10.75)/103
	v1, v2 := 71.5/103-e1*e1, 71.5/103-e2*e2
	se := math.Sqrt((v1 + v2) / 103)
	for what, v := range map[string][2]float64{
		"diff": {*c.Diff, 60}, "low": {*c.Low, 100 * (e2 - e1 - z*se)}, "high": {*c.High, 100 * min(2, max(0.6, e2-e1+z*se))},
		"p": {*c.P, math.Erfc((e2 - e1) / se / math.Sqrt2)},
	} {
		if !near(v[0], v[1]) {
			t.Errorf("%s = %v, want %v", what, v[0], v[1])
		}
	}
}

func TestNoChangeWithoutValues(t *testing.T) {
	if got := Changed(nps10, Tally{}, npsTally(1, 1, 1)); got != (Change{}) {
		t.Errorf("from nobody: %+v", got)
	}
	if got := Changed(nps10, npsTally(1, 1, 1), Tally{}); got != (Change{}) {
		t.Errorf("to nobody: %+v", got)
	}
}

func TestChangeRunsBackwards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScale.Draw(t, "scale")
		a, b := anyTally(s, 60).Draw(t, "before"), anyTally(s, 60).Draw(t, "after")
		a.Add(s.Lo, 1)
		b.Add(s.Hi, 1)
		there, back := Changed(s, a, b), Changed(s, b, a)
		same(t, "diff", *there.Diff, *Of(s, b).Score-*Of(s, a).Score)
		same(t, "diff back", *back.Diff, -*there.Diff)
		same(t, "low back", *back.Low, -*there.High)
		same(t, "high back", *back.High, -*there.Low)
		same(t, "p back", *back.P, *there.P)
		if there.Beyond != back.Beyond || *there.P < 0 || *there.P > 1 || *there.Low > *there.Diff || *there.High < *there.Diff {
			t.Fatalf("%v in %v..%v, p %v", *there.Diff, *there.Low, *there.High, *there.P)
		}
	})
}
