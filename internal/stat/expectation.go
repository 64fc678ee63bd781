package stat

import (
	"fmt"
	"math"
)

// Asymmetry is how much less those rate who found it worse than expected, and how much more those who found it better,
// than those who found it as expected, in points of the rating (methods.md §2.1).
type Asymmetry struct {
	Worse, Better Effect // worse or better minus as expected

	// Ratio is −worse/better: how many times more it costs to fall short than it pays to exceed; nil unless better is
	// beyond noise above 0, as dividing by about nothing says nothing. The interval is Fieller's.
	Ratio, Low, High *float64
}

// AsymmetryOf compares the ratings, of one scale, of those who found it worse, as expected and better (methods.md §2.1;
// Mittal, Ross & Baldasare 1998; standard errors Welch 1947, the ratio's interval Fieller 1954). An error unless each group
// has two or more.
func AsymmetryOf(worse, met, better Sample) (Asymmetry, error) {
	down, err := Welch(worse, met)
	if err != nil {
		return Asymmetry{}, fmt.Errorf("worse than expected: %w", err)
	}
	up, err := Welch(better, met)
	if err != nil {
		return Asymmetry{}, fmt.Errorf("better than expected: %w", err)
	}
	out := Asymmetry{Worse: down, Better: up}
	// Both effects are taken from the same "as expected", so they move together; the sign of the first is turned.
	shared := -met.Var / float64(met.N)
	if ratio, low, high, ok := fieller(-down.Diff, up.Diff, down.SE*down.SE, up.SE*up.SE, shared); ok && up.Diff > 0 {
		out.Ratio, out.Low, out.High = &ratio, &low, &high
	}
	return out, nil
}

// fieller is a/b with its interval: the ratios r for which a − r·b is not beyond noise. Not ok when that is no interval,
// which is when b is not beyond noise itself.
func fieller(a, b, va, vb, cov float64) (ratio, low, high float64, ok bool) {
	square := b*b - z*z*vb
	if square <= 0 {
		return 0, 0, 0, false
	}
	middle := a*b - z*z*cov
	half := math.Sqrt(max(0, middle*middle-square*(a*a-z*z*va)))
	return a / b, (middle - half) / square, (middle + half) / square, true
}
