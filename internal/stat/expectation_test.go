package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestAsymmetryByHand(t *testing.T) {
	a, err := AsymmetryOf(Sample{100, 2, 1}, Sample{400, 4, 0.64}, Sample{100, 4.5, 0.25})
	if err != nil {
		t.Fatal(err)
	}
	if !near(a.Worse.Diff, -2) || !near(a.Worse.SE, math.Sqrt(0.01+0.0016)) || !near(a.Better.Diff, 0.5) || !near(a.Better.SE, math.Sqrt(0.0025+0.0016)) {
		t.Errorf("%+v", a)
	}
	is(t, "ratio", a.Ratio, 4, 1e-9)
	// At its ends −worse − r·better is just 1.96 standard errors from nothing: variances by the three independent means.
	for _, end := range []float64{*a.Low, *a.High} {
		variance := 0.01 + end*end*0.0025 + (1-(-end))*(1+end)*0.0016
		if off := (2 - end*0.5) / math.Sqrt(variance); !near(math.Abs(off), z) {
			t.Errorf("at %v it is %v standard errors off", end, off)
		}
	}
	flat, err := AsymmetryOf(Sample{100, 2, 1}, Sample{400, 4, 0.64}, Sample{100, 4, 0.25})
	if err != nil || flat.Ratio != nil {
		t.Errorf("better that pays nothing: %+v %v", flat, err)
	}
	if upside, err := AsymmetryOf(Sample{100, 2, 1}, Sample{400, 4, 0.64}, Sample{100, 3, 0.25}); err != nil || upside.Ratio != nil {
		t.Errorf("better that costs: %+v %v", upside, err)
	}
	refused(t, map[string]error{
		"one who found it worse":  second(AsymmetryOf(Sample{1, 2, 0}, Sample{9, 3, 1}, Sample{9, 4, 1})),
		"one who found it better": second(AsymmetryOf(Sample{9, 2, 1}, Sample{9, 3, 1}, Sample{1, 4, 0})),
	})
}

func TestAsymmetryHoldsItsRatio(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Sample {
			return Sample{rapid.Int64Range(2, 500).Draw(t, name), rapid.Float64Range(1, 5).Draw(t, name), rapid.Float64Range(0, 4).Draw(t, name)}
		}
		a, err := AsymmetryOf(draw("worse"), draw("met"), draw("better"))
		if err != nil {
			t.Fatal(err)
		}
		if a.Ratio != nil && !(*a.Low <= *a.Ratio+1e-9 && *a.Ratio <= *a.High+1e-9) {
			t.Fatalf("%v in %v..%v", *a.Ratio, *a.Low, *a.High)
		}
	})
}

func FuzzAsymmetry(f *testing.F) {
	f.Add(2.0, 1.0, 4.0, 1.0, 4.5, 0.5)
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g float64) {
		x, err := AsymmetryOf(Sample{30, a, b}, Sample{30, c, d}, Sample{30, e, g})
		if err == nil && x.Ratio != nil && x.Better.Diff <= 0 {
			t.Fatalf("%+v", x)
		}
	})
}
