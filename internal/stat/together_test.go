package stat

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestHolmAgainstValuesWorkedByHand(t *testing.T) {
	none := math.NaN()
	for sentence, c := range map[string]struct{ p, want []float64 }{
		"nothing tested":                            {nil, nil},
		"one test is not adjusted":                  {[]float64{.03}, []float64{.03}},
		"the smallest counts for all, then fewer":   {[]float64{.01, .04, .03, .005}, []float64{.03, .06, .06, .02}},
		"a later one never falls below an earlier":  {[]float64{.02, .021, .022}, []float64{.06, .06, .06}},
		"none exceeds 1":                            {[]float64{.6, .9, .4}, []float64{1, 1, 1}},
		"what was not tested takes nothing from it": {[]float64{none, .02, none, .2}, []float64{none, .04, none, .2}},
	} {
		got := Holm(c.p)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-12 }) {
			t.Errorf("%s: %v", sentence, got)
		}
	}
}

// Holm's own description: walk up from the smallest and stop at the first that is not below α over those left.
func TestHolmNamesWhatItsStepsName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, .2), 1, 40).Draw(t, "p")
		adjusted, sorted := Holm(p), slices.Sorted(slices.Values(p))
		named := 0
		for k, x := range sorted {
			if x >= .05/float64(len(p)-k) {
				break
			}
			named++
		}
		got := 0
		for i, a := range adjusted {
			if a < p[i] {
				t.Fatalf("%v became the smaller %v", p[i], a)
			}
			if a < .05-1e-12 {
				got++
			}
		}
		if got != named && !nearThreshold(adjusted) {
			t.Fatalf("%d named, by the steps %d", got, named)
		}
	})
}

// nearThreshold: rounding may put what lies on the line on either side.
func nearThreshold(p []float64) bool {
	return slices.ContainsFunc(p, func(x float64) bool { return math.Abs(x-.05) < 1e-9 })
}

func TestChangesSideBySideNeedMoreThanOneAlone(t *testing.T) {
	// 70 % against 56 % of 100 each: p ≈ 0.04.
	slight := func() *Change {
		c := Changed(csat5, tallyOf(0, 30, 0, 0, 0, 70), tallyOf(0, 44, 0, 0, 0, 56))
		return &c
	}
	clear := func() *Change {
		c := Changed(csat5, tallyOf(0, 10, 0, 0, 0, 90), tallyOf(0, 40, 0, 0, 0, 60))
		return &c
	}
	few := func() *Change {
		c := Changed(csat5, tallyOf(0, 10, 0, 0, 0, 10), tallyOf(0, 2, 0, 0, 0, 18))
		return &c
	}
	for sentence, c := range map[string]struct {
		changes []*Change
		solid   []bool
		want    []bool
	}{
		"alone a slight one counts":                  {[]*Change{slight()}, []bool{true}, []bool{true}},
		"beside others it may be chance":             {[]*Change{slight(), slight(), slight()}, []bool{true, true, true}, []bool{false, false, false}},
		"a clear one stays, a slight one alone left": {[]*Change{clear(), slight()}, []bool{true, true}, []bool{true, true}},
		"a clear one does not carry two slight":      {[]*Change{clear(), slight(), slight()}, []bool{true, true, true}, []bool{true, false, false}},
		"what has too few answers is no comparison":  {[]*Change{slight(), few(), {}}, []bool{true, false, false}, []bool{true, false, false}},
	} {
		Together(c.changes, func(i int) bool { return c.solid[i] })
		for i, x := range c.changes {
			if x.Beyond != c.want[i] {
				t.Errorf("%s: the %d. is beyond noise: %v", sentence, i+1, x.Beyond)
			}
		}
	}
}
