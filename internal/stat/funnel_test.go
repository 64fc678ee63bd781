package stat

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// By hand at n = 3, θ = ½: F = ⅛, ½, ⅞, 1. q = .975: r = 3, a = .025/⅛ = .2, (3 − .2)/3.
func TestFunnelByHand(t *testing.T) {
	l, err := FunnelLimits(0.5, 3)
	if err != nil || !near(l.AlertHigh, 2.8/3) || !near(l.AlarmHigh, (3-0.001*8)/3) || l.AlertLow != 0 || l.AlarmLow != 0 {
		t.Errorf("%+v %v", l, err)
	}
	refused(t, map[string]error{
		"no answers":                 second(FunnelLimits(0.5, 0)),
		"a target of everything":     second(FunnelLimits(1, 10)),
		"a target that is no number": second(FunnelLimits(math.NaN(), 10)),
	})
}

// With many answers the exact limits are the normal ones.
func TestFunnelOfMany(t *testing.T) {
	const n, target = 1_000_000, 0.85
	l, err := FunnelLimits(target, n)
	if err != nil {
		t.Fatal(err)
	}
	sd := math.Sqrt(target * (1 - target) / n)
	for q, got := range map[float64]float64{0.001: l.AlarmLow, 0.025: l.AlertLow, 0.975: l.AlertHigh, 0.999: l.AlarmHigh} {
		if want := target + sd*distuv.UnitNormal.Quantile(q); !within(got, want, 2e-6) {
			t.Errorf("%v: %v, want %v", q, got, want)
		}
	}
}

func TestDispersion(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 5))
	draw := func(sd float64) (units []Share) {
		for range 3000 {
			p := min(0.99, max(0.5, 0.85+sd*random.NormFloat64()))
			units = append(units, Share{int64(distuv.Binomial{N: 200, P: p, Src: random}.Rand()), 200})
		}
		return append(units, Share{})
	}
	luck, err1 := Dispersion(draw(0), 0.85)
	people, err2 := Dispersion(draw(0.04), 0.85)
	// Winsorising takes about a third off even where there is luck alone: E of min(z², 1.2816²) is .66.
	if err1 != nil || err2 != nil || luck > 0.75 || luck < 0.55 || people < 1.5 {
		t.Errorf("luck %v, people %v, %v %v", luck, people, err1, err2)
	}
	// By hand: z = −1 and +1, quantiles ∓.8.
	if d, err := Dispersion([]Share{{20, 64}, {44, 64}}, 0.5); err != nil || !near(d, 9*0.64) {
		t.Errorf("by hand %v %v", d, err)
	}
	refused(t, map[string]error{
		"one unit":               second(Dispersion([]Share{{1, 2}, {}}, 0.5)),
		"more than all":          second(Dispersion([]Share{{3, 2}, {1, 2}}, 0.5)),
		"a target of everything": second(Dispersion([]Share{{1, 2}, {1, 2}}, 1)),
	})
}

func TestStandings(t *testing.T) {
	l := Limits{0.6, 0.7, 0.9, 0.95}
	for share, want := range map[float64]Standing{0.5: AlarmLow, 0.6: AlertLow, 0.7: Inside, 0.8: Inside, 0.92: AlertHigh, 0.96: AlarmHigh} {
		if got := l.Of(share); got != want {
			t.Errorf("%v is %s", share, got)
		}
	}
	if w := l.Widened(0.8, 4); !near(w.AlarmLow, 0.4) || !near(w.AlertLow, 0.6) || !near(w.AlertHigh, 1) || w.AlarmHigh != 1 {
		t.Errorf("widened %+v", w)
	}
	if w := l.Widened(0.8, 0.7); !near(w.AlarmLow, 0.6) {
		t.Errorf("under-dispersed people are not narrowed: %+v", w)
	}
	for sentence, c := range map[string]struct {
		periods []Standing
		want    bool
	}{
		"once":                 {[]Standing{Inside, AlarmLow}, false},
		"twice":                {[]Standing{Inside, AlarmLow, AlarmLow}, true},
		"twice, long ago":      {[]Standing{AlarmLow, AlarmLow, Inside}, false},
		"alarm and then alert": {[]Standing{AlarmLow, AlertLow}, false},
		"the first period":     {[]Standing{AlarmLow}, false},
	} {
		if LowTwice(c.periods) != c.want {
			t.Error(sentence)
		}
	}
}

func TestFunnelNarrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target, n := rapid.Float64Range(0.01, 0.99).Draw(t, "target"), rapid.Int64Range(1, 100_000).Draw(t, "n")
		l, err1 := FunnelLimits(target, n)
		more, err2 := FunnelLimits(target, 4*n+100)
		if err1 != nil || err2 != nil || !(l.AlarmLow <= l.AlertLow && l.AlertLow <= l.AlertHigh && l.AlertHigh <= l.AlarmHigh) {
			t.Fatalf("%+v", l)
		}
		if more.AlarmHigh-more.AlarmLow > l.AlarmHigh-l.AlarmLow+1e-9 {
			t.Fatalf("%d: %+v, %d: %+v", n, l, 4*n+100, more)
		}
	})
}

func FuzzFunnel(f *testing.F) {
	f.Add(0.85, int64(30))
	f.Fuzz(func(t *testing.T, target float64, n int64) {
		if l, err := FunnelLimits(target, n%1_000_000); err == nil && !(0 <= l.AlarmLow && l.AlarmLow <= l.AlarmHigh && l.AlarmHigh <= 1) {
			t.Fatalf("%+v", l)
		}
	})
}
