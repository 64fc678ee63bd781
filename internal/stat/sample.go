package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Sample is how many, their mean and the variance between them (n−1 below the line), in any one unit.
type Sample struct {
	N         int64
	Mean, Var float64
}

// SampleOf is the sample of a tally, high good (Scale.Good); the variance of one answer is 0. An error when the tally
// cannot be one of the scale.
func SampleOf(s Scale, t Tally) (Sample, error) {
	if err := t.Check(s); err != nil {
		return Sample{}, fmt.Errorf("sample: %w", err)
	}
	if t.N == 0 {
		return Sample{}, nil
	}
	n, sum := float64(t.N), float64(t.Sum)
	out := Sample{N: t.N, Mean: sum / n}
	if t.N > 1 {
		squares := 0.0
		for x, count := range t.Counts {
			squares += float64(count) * (float64(x) - out.Mean) * (float64(x) - out.Mean)
		}
		out.Var = squares / (n - 1)
	}
	if s.LowGood {
		out.Mean = float64(s.Lo+s.Hi) - out.Mean
	}
	return out, nil
}

// ShareSample is the sample of a share: x ones among n answers, the rest noughts.
func ShareSample(x, n int64) (Sample, error) {
	if n < 2 || x < 0 || x > n {
		return Sample{}, fmt.Errorf("sample: %d of %d", x, n)
	}
	p := float64(x) / float64(n)
	return Sample{n, p, p * (1 - p) * float64(n) / float64(n-1)}, nil
}

// Effect is a difference in points with its 95 % interval; Degrees are those of its t.
type Effect struct{ Diff, SE, Low, High, Degrees float64 }

// P is the two-sided probability of a t at least as far from 0 if there were no effect.
func (e Effect) P() float64 {
	if e.SE == 0 {
		if e.Diff == 0 {
			return 1
		}
		return 0
	}
	return studentTail(e.Diff/e.SE, e.Degrees)
}

// Welch is the mean of a minus that of b, independent samples of unequal variance (Welch 1947). An error unless both have
// two or more.
func Welch(a, b Sample) (Effect, error) { return contrast([]Sample{a, b}, []float64{1, -1}) }

// contrast is Σ factor·mean with the SE √Σ factor²s²/n and the degrees of Welch and Satterthwaite.
func contrast(samples []Sample, factors []float64) (Effect, error) {
	var e Effect
	variance, below := 0.0, 0.0
	for i, s := range samples {
		if s.N < 2 || !finite(s.Mean, s.Var) || s.Var < 0 {
			return Effect{}, fmt.Errorf("difference: %+v is no sample of two or more", s)
		}
		n := float64(s.N)
		v := factors[i] * factors[i] * s.Var / n
		e.Diff += factors[i] * s.Mean
		variance += v
		below += v * v / (n - 1)
	}
	e.SE, e.Degrees = math.Sqrt(variance), math.Inf(1)
	if below > 0 {
		e.Degrees = variance * variance / below
	}
	half := studentT(e.Degrees) * e.SE
	e.Low, e.High = e.Diff-half, e.Diff+half
	if !finite(e.Diff, half) {
		return Effect{}, fmt.Errorf("difference: %+v are too large", samples)
	}
	return e, nil
}

// studentTail is the two-sided probability of a t at least as far from 0.
func studentTail(t, degrees float64) float64 {
	if degrees > 1e6 {
		return twoSided(t)
	}
	return mathext.RegIncBeta(degrees/2, 0.5, degrees/(degrees+t*t))
}
