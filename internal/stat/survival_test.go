package stat

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Freireich et al. 1963: weeks in remission; minus is censored.
var (
	mercaptopurine = spells(6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35)
	placebo        = spells(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
)

func spells(weeks ...float64) (out []Spell) {
	for _, w := range weeks {
		out = append(out, Spell{math.Abs(w), w > 0})
	}
	return out
}

// Kleinbaum & Klein, Survival Analysis, table 2.2 and the standard errors of the usual programs.
func TestSurvivalOfFreireich(t *testing.T) {
	s, err := SurvivalOf(mercaptopurine)
	if err != nil || s.N != 21 || s.Ended != 9 {
		t.Fatal(s, err)
	}
	for i, want := range []struct {
		at           float64
		risk, ended  int64
		survival, se float64
	}{
		{6, 21, 3, 0.8571, 0.0764}, {7, 17, 1, 0.8067, 0.0869}, {10, 15, 1, 0.7529, 0.0963}, {13, 12, 1, 0.6902, 0.1068},
		{16, 11, 1, 0.6275, 0.1141}, {22, 7, 1, 0.5378, 0.1282}, {23, 6, 1, 0.4482, 0.1346},
	} {
		p := s.Points[i]
		if p.At != want.at || p.AtRisk != want.risk || p.Ended != want.ended || !within(p.Survival, want.survival, 5e-5) || !within(p.SE, want.se, 5e-5) {
			t.Errorf("week %v: %+v", want.at, p)
		}
	}
	median, err := s.Within(0.5)
	if err != nil {
		t.Fatal(err)
	}
	is(t, "median", median.At, 23, 0)
	is(t, "median from", median.Low, 13, 0)
	is(t, "median to", median.High, nobody, 0)
	p90, _ := s.Within(0.9)
	is(t, "P90 has not been reached", p90.At, nobody, 0)

	p, _ := SurvivalOf(placebo)
	median, _ = p.Within(0.5)
	is(t, "placebo", median.At, 8, 0)
	is(t, "placebo from", median.Low, 4, 0)
	is(t, "placebo to", median.High, 11, 0)
}

func TestStillWaiting(t *testing.T) {
	s, _ := SurvivalOf(mercaptopurine)
	if share, low, high := s.Waiting(5.9); share != 1 || low != 1 || high != 1 {
		t.Errorf("before anything ended: %v in %v..%v", share, low, high)
	}
	// exp(−exp(ln(−ln S) ± z·se/|S ln S|)) at week 10, with the SE of the table
	share, low, high := s.Waiting(12)
	at := math.Log(-math.Log(share))
	off := z * 0.0963486 / (share * math.Abs(math.Log(share)))
	if !within(low, math.Exp(-math.Exp(at+off)), 1e-4) || !within(high, math.Exp(-math.Exp(at-off)), 1e-4) {
		t.Errorf("week 12: %v in %v..%v", share, low, high)
	}
	p, _ := SurvivalOf(placebo)
	if share, low, high := p.Waiting(30); share != 0 || low != 0 || high != 0 {
		t.Errorf("all over: %v in %v..%v", share, low, high)
	}
}

func TestWaitsThatCannotBe(t *testing.T) {
	s, err := SurvivalOf(nil)
	if err != nil || len(s.Points) != 0 {
		t.Errorf("no waits: %+v %v", s, err)
	}
	if m, err := s.Within(0.5); err != nil || m.At != nil {
		t.Errorf("median of no waits: %+v %v", m, err)
	}
	refused(t, map[string]error{
		"a wait of no end":   second(SurvivalOf([]Spell{{math.Inf(1), true}})),
		"a wait of nothing":  second(SurvivalOf([]Spell{{math.NaN(), true}})),
		"a wait before time": second(SurvivalOf([]Spell{{-1, true}})),
		"all of them":        second(s.Within(1)),
		"none of them":       second(s.Within(0)),
	})
}

// Without censoring the curve is one minus the empirical distribution, and its error that of a binomial share.
func TestSurvivalWithoutCensoring(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		waits := rapid.SliceOfN(rapid.IntRange(0, 20), 1, 60).Draw(t, "waits")
		var all []Spell
		var sorted []float64
		for _, w := range waits {
			all = append(all, Spell{float64(w), true})
			sorted = append(sorted, float64(w))
		}
		slices.Sort(sorted)
		s, err := SurvivalOf(all)
		if err != nil {
			t.Fatal(err)
		}
		n := float64(len(waits))
		for _, p := range s.Points {
			left := 0.0
			for _, w := range sorted {
				if w > p.At {
					left++
				}
			}
			same(t, "survival", p.Survival, left/n)
			if left > 0 {
				same(t, "error", p.SE, math.Sqrt(left/n*(1-left/n)/n))
			}
		}
		for _, q := range []float64{0.1, 0.5, 0.9} {
			span, err := s.Within(q)
			if err != nil || *span.At != quantileOf(sorted, q) || *span.Low > *span.At || span.High != nil && *span.High < *span.At {
				t.Fatalf("%v of %v: %+v", q, sorted, span)
			}
		}
	})
}

func FuzzSurvival(f *testing.F) {
	f.Add([]byte{3, 3, 130, 7}, 0.5)
	f.Fuzz(func(t *testing.T, waits []byte, q float64) {
		var all []Spell
		for _, w := range waits {
			all = append(all, Spell{float64(w & 127), w < 128})
		}
		s, err := SurvivalOf(all)
		if err != nil {
			t.Fatal(err)
		}
		last := 1.0
		for _, p := range s.Points {
			share, low, high := s.Waiting(p.At)
			if !(low <= share && share <= high && share <= last && p.Ended > 0) {
				t.Fatalf("%+v: %v..%v after %v", p, low, high, last)
			}
			last = share
		}
		if _, err := s.Within(q); (err == nil) != (q > 0 && q < 1) {
			t.Fatal(q, err)
		}
	})
}
