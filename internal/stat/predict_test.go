package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// Meng, Rosenthal & Rubin 1992, their first example: n 15, .63 against −.03, which correlate −.19: Z = 1.68.
func TestMengOfThePaper(t *testing.T) {
	c, err := CompareCorrelations(0.63, -0.03, -0.19, 15)
	if err != nil || !within(c.Z, 1.68, 0.005) || !near(c.P, twoSided(c.Z)) {
		t.Errorf("%+v %v", c, err)
	}
	c, err = CompareCorrelations(0.6, 0.45, 0.7, 500)
	if err != nil || !near(c.Relative, 1.0/3) || c.P > 0.001 {
		t.Errorf("%+v %v", c, err)
	}
	if c, err := CompareCorrelations(0.3, 0, 0.2, 50); err != nil || !math.IsNaN(c.Relative) {
		t.Errorf("against nothing: %+v %v", c, err)
	}
	refused(t, map[string]error{
		"three answers":                     second(CompareCorrelations(0.5, 0.4, 0.3, 3)),
		"a perfect correlation":             second(CompareCorrelations(1, 0.4, 0.3, 30)),
		"a correlation that is none":        second(CompareCorrelations(0.1, 0.4, math.NaN(), 30)),
		"correlations that cannot go along": second(CompareCorrelations(0.9, -0.9, 0.9, 30)),
	})
}

// Simulated: when both correlate alike the test rejects one time in twenty.
func TestMengHoldsItsLevel(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	const runs, n = 2000, 60
	rejected := 0
	for range runs {
		var y, a, b [n]float64
		for i := range n {
			y[i] = random.NormFloat64()
			a[i] = y[i] + random.NormFloat64()
			b[i] = y[i] + random.NormFloat64()
		}
		c, err := CompareCorrelations(correlationBetween(y[:], a[:]), correlationBetween(y[:], b[:]), correlationBetween(a[:], b[:]), n)
		if err != nil {
			t.Fatal(err)
		}
		if c.P < 0.05 {
			rejected++
		}
	}
	if rejected < runs*3/100 || rejected > runs*7/100 {
		t.Errorf("rejected %d of %d", rejected, runs)
	}
}

func correlationBetween(a, b []float64) float64 {
	n := float64(len(a))
	ma, mb := totalOf(a)/n, totalOf(b)/n
	aa, bb, ab := 0.0, 0.0, 0.0
	for i := range a {
		aa += (a[i] - ma) * (a[i] - ma)
		bb += (b[i] - mb) * (b[i] - mb)
		ab += (a[i] - ma) * (b[i] - mb)
	}
	return ab / math.Sqrt(aa*bb)
}

func TestPredictionsFindThePlantedOne(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	const n = 300
	y, good, poor, other := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		good[i], poor[i], other[i] = random.NormFloat64(), random.NormFloat64(), random.NormFloat64()
		y[i] = 2*good[i] + 0.3*poor[i] + random.NormFloat64()
	}
	p, err := ComparePredictions(y, [][]float64{good}, [][]float64{poor, other}, 1)
	if err != nil || p.Verdict != FirstPredicts || !within(p.First, 0.78, 0.06) || p.Second > 0.1 || p.N != n || !near(p.Diff, p.First-p.Second) {
		t.Errorf("%+v %v", p, err)
	}
	back, err := ComparePredictions(y, [][]float64{poor, other}, [][]float64{good, good}, 1) // one column twice: no harm
	if err != nil || back.Verdict != SecondPredicts || !within(back.Diff, -p.Diff, 1e-9) {
		t.Errorf("turned around: %+v %v", back, err)
	}
	alike, err := ComparePredictions(y, [][]float64{good}, [][]float64{good, other}, 1)
	if err != nil || alike.Verdict != Alike {
		t.Errorf("with a column of noise: %+v %v", alike, err)
	}
	if again, _ := ComparePredictions(y, [][]float64{good}, [][]float64{good, other}, 1); again != alike {
		t.Error("the same question gave two answers")
	}
}

func TestPredictionsThatCannotBe(t *testing.T) {
	short, long := make([]float64, 99), make([]float64, 100)
	var few *TooFew
	if _, err := ComparePredictions(short, nil, nil, 1); !errors.As(err, &few) || few.Need != 100 {
		t.Errorf("ninety-nine: %v", err)
	}
	if _, err := ComparePredictions(long, nil, nil, 1); !errors.Is(err, ErrNoVariance) {
		t.Errorf("everybody alike: %v", err)
	}
	refused(t, map[string]error{
		"a column too short": second(ComparePredictions(long, [][]float64{short}, nil, 1)),
		"an outcome of NaNs": second(ComparePredictions([]float64{math.NaN()}, nil, nil, 1)),
	})
}

// Which rating is called the first only turns the sign.
func TestMengIsAntisymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := func(name string) float64 { return rapid.Float64Range(-0.99, 0.99).Draw(t, name) }
		r1, r2, rx, n := r("r1"), r("r2"), r("rx"), rapid.Int64Range(4, 1e6).Draw(t, "n")
		a, err1 := CompareCorrelations(r1, r2, rx, n)
		b, err2 := CompareCorrelations(r2, r1, rx, n)
		if (err1 == nil) != (err2 == nil) {
			t.Fatal(err1, err2)
		}
		if err1 == nil {
			same(t, "z", a.Z, -b.Z)
			same(t, "p", a.P, b.P)
		}
	})
}

func FuzzMeng(f *testing.F) {
	f.Add(0.5, 0.4, 0.3, int64(100))
	f.Fuzz(func(t *testing.T, r1, r2, rx float64, n int64) {
		if c, err := CompareCorrelations(r1, r2, rx, n); err == nil && !(c.P >= 0 && c.P <= 1) {
			t.Fatalf("%+v", c)
		}
	})
}
