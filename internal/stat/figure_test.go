package stat

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

// shared/data/callcentre: 17 182 answers on 1..5, 14 211 of them 4 or 5.
func TestServiceCentre(t *testing.T) {
	f := Of(csat5, tallyOf(0, 2241, 227, 503, 2277, 11934))
	if f.N != 17182 || f.Level != Solid {
		t.Errorf("n %d, level %s", f.N, f.Level)
	}
	half := 1.96 * 1.374493 / math.Sqrt(17182)
	for what, c := range map[string]struct{ got, want, margin float64 }{
		"CSAT":      {*f.Score, 82.708649, 5e-7},
		"mean":      {*f.Mean, 4.247585, 5e-7},
		"mean low":  {*f.MeanLow, 4.247585 - half, 2e-6},
		"mean high": {*f.MeanHigh, 4.247585 + half, 2e-6},
	} {
		if !within(c.got, c.want, c.margin) {
			t.Errorf("%s = %v, want %v", what, c.got, c.want)
		}
	}
}

// shared/data/airline: "satisfied" or not, 11 403 of 25 976.
func TestSatisfiedYesOrNo(t *testing.T) {
	f := Of(csatYes, tallyOf(25976-11403, 11403))
	if !within(*f.Score, 43.8982, 5e-5) || !near(*f.Mean, 0.438982137) {
		t.Errorf("score %v, mean %v", *f.Score, *f.Mean)
	}
}

func TestEffort(t *testing.T) {
	// Who finds it easy says 7 on one scale and 1 on the other.
	high := Of(ces7, tallyOf(0, 1, 2, 3, 4, 5, 6, 7))
	if !near(*high.Score, 100*18.0/28) || !near(*high.Mean, 5) {
		t.Errorf("ces_1_7: score %v, mean %v", *high.Score, *high.Mean)
	}
	low := Of(ces5low, tallyOf(0, 6, 3, 1, 0, 0))
	if !near(*low.Score, 90) || !near(*low.Mean, 4.5) || low.Counts[5] != 6 || low.Counts[3] != 1 {
		t.Errorf("ces_1_5_low: %+v, score %v, mean %v", low, *low.Score, *low.Mean)
	}
}

// methods.md §1.0: half-widths that its table gives for 50/30/20 and for 85 %.
func TestWidthsOfTheSpecification(t *testing.T) {
	for n, want := range map[int64]float64{10: 42, 30: 27, 100: 15, 400: 8} {
		var tally Tally
		tally.Add(10, n*5/10)
		tally.Add(7, n*3/10)
		tally.Add(0, n*2/10)
		f := Of(nps10, tally)
		if half := (*f.High - *f.Low) / 2; !near(*f.Score, 30) || !within(half, want, 2) {
			t.Errorf("NPS of %d answers: %v ± %v, want ± %v", n, *f.Score, half, want)
		}
	}
	for n, want := range map[int64]float64{100: 7, 400: 3.5} {
		f := Of(csat5, tallyOf(0, n*15/100, 0, 0, 0, n*85/100))
		if half := (*f.High - *f.Low) / 2; !within(half, want, 0.3) {
			t.Errorf("CSAT of %d answers: ± %v, want ± %v", n, half, want)
		}
	}
}

// Coverage of the adjusted Wald(+3) interval, summed over every possible outcome instead of simulated: methods.md
// §1.1 found 94.2–96.6 % for n ≥ 10.
func TestNPSIntervalCovers(t *testing.T) {
	for _, shares := range [][2]float64{{0.5, 0.2}, {1.0 / 3, 1.0 / 3}, {0.7, 0.1}} {
		for _, n := range []int{10, 30, 60} {
			if c := coverage(n, shares[0], shares[1]); c < 0.94 || c > 0.97 {
				t.Errorf("n=%d, promoters %v, detractors %v: covers %v", n, shares[0], shares[1], c)
			}
		}
	}
}

func coverage(n int, p, d float64) (covered float64) {
	choose := func(n int) float64 { v, _ := math.Lgamma(float64(n + 1)); return v }
	for promoters := 0; promoters <= n; promoters++ {
		for detractors := 0; promoters+detractors <= n; detractors++ {
			passives := n - promoters - detractors
			var tally Tally
			tally.Add(9, int64(promoters))
			tally.Add(8, int64(passives))
			tally.Add(6, int64(detractors))
			f := Of(nps10, tally)
			if *f.Low <= 100*(p-d) && 100*(p-d) <= *f.High {
				covered += math.Exp(choose(n) - choose(promoters) - choose(passives) - choose(detractors) +
					float64(promoters)*math.Log(p) + float64(passives)*math.Log(1-p-d) + float64(detractors)*math.Log(d))
			}
		}
	}
	return covered
}

// The same figures, computed answer by answer.
func TestFigureAgainstSecondComputation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScale.Draw(t, "scale")
		tally := anyTally(s, 20).Draw(t, "tally")
		tally.Add(s.Lo, 2)
		var values, codes, top []float64
		for _, x := range answersOf(tally) {
			u := s.U(x)
			values = append(values, float64(s.Lo)+u*float64(s.Hi-s.Lo))
			codes = append(codes, map[Mood]float64{Positive: 1, Negative: -1}[s.Mood(x)])
			box := u > 0.75-1e-9
			if s.Metric == CES {
				box = u > 2.0/3-1e-9
			}
			top = append(top, map[bool]float64{true: 100}[box])
		}
		f := Of(s, tally)
		mean, deviation := stat.MeanStdDev(values, nil)
		half := studentT(float64(tally.N-1)) * stat.StdErr(deviation, float64(tally.N))
		same(t, "mean", *f.Mean, mean)
		same(t, "mean low", *f.MeanLow, max(float64(s.Lo), mean-half))
		same(t, "mean high", *f.MeanHigh, min(float64(s.Hi), mean+half))
		if s.Metric != NPS {
			same(t, "share", *f.Score, stat.Mean(top, nil))
			return
		}
		same(t, "NPS", *f.Score, 100*stat.Mean(codes, nil))
		weights := append(ones(len(codes)), 0.75, 1.5, 0.75)
		e := stat.Mean(append(codes, 1, 0, -1), weights)
		v := stat.MomentAbout(2, append(codes, 1, 0, -1), e, weights)
		half = z * math.Sqrt(v/float64(tally.N+3))
		same(t, "NPS low", *f.Low, 100*max(-1, min(e-half, *f.Score/100)))
		same(t, "NPS high", *f.High, 100*min(1, max(e+half, *f.Score/100)))
	})
}

func ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

func same(t *rapid.T, what string, got, want float64) {
	t.Helper()
	if !near(got, want) {
		t.Fatalf("%s = %v, the second computation says %v", what, got, want)
	}
}

func TestFigureKeepsItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScale.Draw(t, "scale")
		tally := anyTally(s, rapid.SampledFrom([]int64{1, 30, 1 << 40}).Draw(t, "most")).Draw(t, "tally")
		if tally.N == 0 {
			tally.Add(s.Lo, 1)
		}
		f := Of(s, tally)
		worst := 0.0
		if s.Metric == NPS {
			worst = -100
		}
		if !(worst <= *f.Low && *f.Low <= *f.Score && *f.Score <= *f.High && *f.High <= 100) {
			t.Fatalf("score %v in %v..%v", *f.Score, *f.Low, *f.High)
		}
		if tally.N > 1 && !(float64(s.Lo) <= *f.MeanLow && *f.MeanLow <= *f.Mean && *f.Mean <= *f.MeanHigh && *f.MeanHigh <= float64(s.Hi)) {
			t.Fatalf("mean %v in %v..%v", *f.Mean, *f.MeanLow, *f.MeanHigh)
		}
		if (f.MeanLow == nil) != (tally.N == 1) || f.N != tally.N || f.Level != LevelOf(tally.N) {
			t.Fatalf("%+v", f)
		}
	})
}

func TestBetterAnswersRaiseTheFigure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScale.Draw(t, "scale")
		tally := anyTally(s, 40).Draw(t, "tally")
		worst, best := s.Lo, s.Hi
		if s.LowGood {
			worst, best = best, worst
		}
		tally.Add(worst, 1)
		better := tally
		better.Add(worst, -1)
		better.Add(best, 1)
		a, b := Of(s, tally), Of(s, better)
		if !(*a.Mean < *b.Mean && *a.Score < *b.Score && *a.Low <= *b.Low && *a.High <= *b.High) {
			t.Fatalf("%v (%v..%v) became %v (%v..%v)", *a.Score, *a.Low, *a.High, *b.Score, *b.Low, *b.High)
		}
	})
}

func TestMoreAnswersAreSurer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScale.Draw(t, "scale")
		tally := anyTally(s, 40).Draw(t, "tally")
		tally.Add(s.Hi, 2)
		a, b := Of(s, tally), Of(s, tally.Plus(tally))
		same(t, "score", *b.Score, *a.Score)
		if *b.High-*b.Low >= *a.High-*a.Low {
			t.Fatalf("%v..%v became %v..%v", *a.Low, *a.High, *b.Low, *b.High)
		}
	})
}

func TestLowGoodIsTheSameTurnedAround(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		high := anyScale.Filter(func(s Scale) bool { return s.Metric != NPS && !s.LowGood }).Draw(t, "scale")
		tally := anyTally(high, 40).Draw(t, "tally")
		low := high
		low.LowGood = true
		var turned Tally
		for _, x := range answersOf(tally) {
			turned.Add(high.Lo+high.Hi-x, 1)
		}
		a, _ := json.Marshal(Of(high, tally))
		b, _ := json.Marshal(Of(low, turned))
		if string(a) != string(b) {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

func TestNoValue(t *testing.T) {
	spoilt := tallyOf(0, 5, 5)
	spoilt.N = 3
	negative := tallyOf(0, 5, 5)
	negative.Add(3, -1)
	for what, f := range map[string]Figure{
		"nobody answered":                Of(csat5, Tally{}),
		"answers not on the scale":       Of(csat5, tallyOf(3)),
		"n that does not agree":          Of(csat5, spoilt),
		"a negative count":               Of(csat5, negative),
		"no scale":                       Of(Scale{}, tallyOf(3)),
		"nobody compared":                NetExpectation(tallyOf(3)),
		"comparisons taken back too far": NetExpectation(Tally{Below: -1, Met: 5}),
	} {
		if f != (Figure{Level: None}) {
			t.Errorf("%s: %+v", what, f)
		}
	}
}

func TestSmallGroupsAreHidden(t *testing.T) {
	four, five := Of(csat5, tallyOf(0, 1, 0, 0, 0, 3)), Of(csat5, tallyOf(0, 1, 0, 0, 0, 4))
	if four.Score == nil || four.Level != Suppressed {
		t.Errorf("who handles the answers sees %+v", four)
	}
	if four.Shown() != (Figure{N: 4, Level: Suppressed}) {
		t.Errorf("of four answers is shown %+v", four.Shown())
	}
	if five.Shown() != five || five.Level != Indicative {
		t.Errorf("of five answers is shown %+v", five.Shown())
	}
	if five.Hidden() != (Figure{N: 5, Level: Suppressed}) {
		t.Errorf("hidden on purpose, yet %+v", five.Hidden())
	}
}

func TestFigureWithoutValueIsNullInJSON(t *testing.T) {
	data, err := json.Marshal(Of(nps10, Tally{}))
	if err != nil || !strings.Contains(string(data), `"score":null`) || !strings.Contains(string(data), `"level":"none"`) {
		t.Errorf("%s, %v", data, err)
	}
}

func TestNetExpectationIsTheArithmeticOfNPS(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyTally(csat5, 50).Draw(t, "tally")
		var as Tally
		as.Add(0, e.Below)
		as.Add(8, e.Met)
		as.Add(10, e.Above)
		got, want := NetExpectation(e), Of(nps10, as)
		want.Counts, want.Mean, want.MeanLow, want.MeanHigh = got.Counts, nil, nil, nil
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		if string(a) != string(b) {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}
