package stat

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		sentence  string
		low, high float64
		want      Verdict
	}{
		{"above nothing and far enough", 1, 6, Improved},
		{"above nothing, surely too little", 0.5, 2, NoChange},
		{"just far enough", 0.1, 3, Improved},
		{"below nothing", -5, -0.1, Worse},
		{"around nothing, narrow", -2, 2, NoChange},
		{"around nothing, wide", -4, 8, Inconclusive},
		{"from nothing on", 0, 8, Inconclusive},
		{"surely no gain, perhaps a great loss", -10, 2, Inconclusive},
		{"surely no loss worth the name, perhaps a gain", -2, 10, Inconclusive},
		{"as far down as counts", -3, 2, Inconclusive},
	} {
		if v, err := VerdictOf(c.low, c.high, 3); err != nil || v != c.want {
			t.Errorf("%s: %s %v", c.sentence, v, err)
		}
	}
	refused(t, map[string]error{
		"an interval the wrong way": second(VerdictOf(2, 1, 3)),
		"no smallest change":        second(VerdictOf(1, 2, 0)),
		"no interval":               second(VerdictOf(math.NaN(), 2, 3)),
	})
}

// Card & Krueger 1994, table 3: full-time equivalents in New Jersey 20.44 (SE .51) → 21.03 (.52), Pennsylvania 23.33 (1.35)
// → 21.17 (.94): 2.76. Their SE of 1.36 knows which shop is which; of four independent means it is √(.51²+.52²+1.35²+.94²).
func TestDifferenceInDifferencesOfCardAndKrueger(t *testing.T) {
	of := func(mean, se float64, n int64) Sample { return Sample{n, mean, se * se * float64(n)} }
	nj, pa := Pair{of(20.44, 0.51, 321), of(21.03, 0.52, 319)}, Pair{of(23.33, 1.35, 77), of(21.17, 0.94, 77)}
	d, err := DifferenceInDifferences(nj, pa, nil)
	if err != nil || !within(d.Diff, 2.75, 0.02) || !near(d.SE, math.Sqrt(0.51*0.51+0.52*0.52+1.35*1.35+0.94*0.94)) || d.Placebo != nil {
		t.Errorf("%+v %v", d, err)
	}
	d, err = DifferenceInDifferences(nj, pa, &[2]Pair{{of(4, 0.1, 50), of(4.1, 0.1, 50)}, {of(3, 0.1, 50), of(3.15, 0.1, 50)}})
	if err != nil || !d.Parallel || !near(d.Placebo.Diff, -0.05) {
		t.Errorf("parallel: %+v %v", d, err)
	}
	d, err = DifferenceInDifferences(nj, pa, &[2]Pair{{of(4, 0.1, 50), of(5, 0.1, 50)}, {of(3, 0.1, 50), of(3, 0.1, 50)}})
	if err != nil || d.Parallel {
		t.Errorf("not parallel: %+v %v", d, err)
	}
	refused(t, map[string]error{
		"one answer":          second(DifferenceInDifferences(Pair{}, pa, nil)),
		"a placebo of nobody": second(DifferenceInDifferences(nj, pa, &[2]Pair{})),
	})
}

func TestInterruptedSeriesFindsWhatWasPlanted(t *testing.T) {
	random := rand.New(rand.NewPCG(41, 42))
	hit := 0
	const runs = 300
	for range runs {
		y := make([]float64, 60)
		noise := 0.0
		for i := range y {
			noise = 0.3*noise + random.NormFloat64()
			y[i] = 70 + 0.1*float64(i) + noise
			if i >= 30 {
				y[i] += 4 + 0.2*float64(i-30)
			}
		}
		s, err := InterruptedSeries(y, 30)
		if err != nil || !s.NeweyWest || s.Short {
			t.Fatal(s, err)
		}
		if s.Level.Low <= 4 && 4 <= s.Level.High {
			hit++
		}
	}
	if hit < runs*82/100 || hit > runs*98/100 { // too narrow, as is known
		t.Errorf("the level is held in %d of %d", hit, runs)
	}
}

func TestShortSeriesAreOrdinary(t *testing.T) {
	y := []float64{1, 2, 3, 4, 5, 16, 19, 22, 25, 28}
	s, err := InterruptedSeries(y, 5)
	if err != nil || s.NeweyWest || !s.Short || !near(s.Trend.Diff, 1) || !near(s.Level.Diff, 10) || !near(s.Slope.Diff, 2) || s.Level.SE > 1e-9 {
		t.Errorf("%+v %v", s, err)
	}
	refused(t, map[string]error{
		"two points before":  second(InterruptedSeries(y, 2)),
		"two points after":   second(InterruptedSeries(y, 8)),
		"a point of nothing": second(InterruptedSeries([]float64{1, 2, 3, math.NaN(), 5, 6, 7}, 4)),
		"a series too large": second(InterruptedSeries([]float64{1, 2, 3}, 1)),
	})
}

// methods.md §6.3 [C]: from 80 to 85 % with power .8 takes 906 each.
func TestNeededPerGroup(t *testing.T) {
	if n, err := NeededPerGroup(0.8, 0.85, 0.8); err != nil || n != 906 {
		t.Errorf("%v %v", n, err)
	}
	refused(t, map[string]error{
		"no change":         second(NeededPerGroup(0.8, 0.8, 0.8)),
		"a share of all":    second(NeededPerGroup(0.8, 1, 0.8)),
		"certainty":         second(NeededPerGroup(0.8, 0.85, 1)),
		"a share below all": second(NeededPerGroup(-0.1, 0.85, 0.8)),
	})
}

// Simulated: with that many the test finds it about as often as was asked.
func TestNeededPerGroupHasItsPower(t *testing.T) {
	n, _ := NeededPerGroup(0.6, 0.75, 0.8)
	before, after := draws(1500, n, 0.6, 0, 51), draws(1500, n, 0.75, 0, 52)
	found := 0
	for i := range before {
		if TwoProportions(before[i].X, n, after[i].X, n) < 0.05 {
			found++
		}
	}
	if found < 1500*76/100 || found > 1500*84/100 {
		t.Errorf("%d each find it in %d of 1500", n, found)
	}
}

// The two groups going alike is no effect, whatever they go like.
func TestGoingAlikeIsNoEffect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := func(mean float64) Sample {
			return Sample{rapid.Int64Range(2, 900).Draw(t, "n"), mean, rapid.Float64Range(0, 5).Draw(t, "var")}
		}
		a, b, both := rapid.Float64Range(1, 5).Draw(t, "a"), rapid.Float64Range(1, 5).Draw(t, "b"), rapid.Float64Range(-2, 2).Draw(t, "both")
		d, err := DifferenceInDifferences(Pair{s(a), s(a + both)}, Pair{s(b), s(b + both)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "effect", d.Diff, 0)
	})
}

func FuzzEvaluation(f *testing.F) {
	f.Add([]byte("a series of weeks"), 8, 0.5)
	f.Fuzz(func(t *testing.T, bytes []byte, change int, smallest float64) {
		y := make([]float64, len(bytes))
		for i, b := range bytes {
			y[i] = float64(b)
		}
		s, err := InterruptedSeries(y, change)
		if err != nil {
			return
		}
		if v, err := VerdictOf(s.Level.Low, s.Level.High, smallest); err == nil && v == "" {
			t.Fatalf("%+v", s)
		}
	})
}
