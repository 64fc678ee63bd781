// Package stat is the arithmetic of methods.md: what a rating means, how ratings add up to a figure, how sure a figure
// is, and when it may be shown. Every public function names the section of methods.md it follows and its source.
//
// It is not for reading a clock or a database, for formatting numbers (i18n does), or for deciding who may see what
// (people and insight do). It knows no journey, employee or customer: only answers, waits, traces of numbered places, and
// counts of them.
//
// What has no value is nil in a struct and NaN where a function returns plain numbers: nobody answered. It is never 0,
// which would be read as a result. What cannot be (negative counts, more satisfied than asked) is an error where a function
// returns one and without a value where it does not.
package stat

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	// z is Φ⁻¹(0.975): all intervals are two-sided at 95 % (methods.md, head).
	z = 1.959963984540054

	// K is the least number of answers an aggregate may be shown for (methods.md §1.12).
	K = 5

	// SolidFrom is the least number of answers for a trend, a band or a comparison (methods.md §1.0).
	SolidFrom = 30
)

// Level says how a figure may be displayed (methods.md §1.0).
type Level string

const (
	None       Level = "none"       // nobody answered
	Suppressed Level = "suppressed" // fewer than K: hidden from everyone who does not handle the answers
	Indicative Level = "indicative" // shown with its interval, grey; no trend, no band
	Solid      Level = "solid"      // SolidFrom answers or more
)

// LevelOf returns the display level of a figure made of n answers; a negative n is nobody (methods.md §1.0).
func LevelOf(n int64) Level {
	switch {
	case n <= 0:
		return None
	case n < K:
		return Suppressed
	case n < SolidFrom:
		return Indicative
	}
	return Solid
}

// twoSided is the probability of a normal deviate at least as far from 0 as x. Erfc keeps the small ones exact.
func twoSided(x float64) float64 { return math.Erfc(math.Abs(x) / math.Sqrt2) }

func exactT(degrees float64) float64 { return distuv.StudentsT{Sigma: 1, Nu: degrees}.Quantile(0.975) }

// tableT holds exactT of 1 to 99 degrees.
var tableT = sync.OnceValue(func() (t [100]float64) {
	for degrees := 1; degrees < len(t); degrees++ {
		t[degrees] = exactT(float64(degrees))
	}
	return t
})

// studentT is the 97.5 % quantile of Student's t. From 100 degrees its expansion in 1/degrees is right to 2e-8 and a
// hundred times faster, which pages of many figures notice (Abramowitz & Stegun 26.7.5); below, whole degrees have a table.
func studentT(degrees float64) float64 {
	switch whole := int(degrees); {
	case degrees < 1, degrees < 100 && float64(whole) != degrees:
		return exactT(degrees)
	case degrees < 100:
		return tableT()[whole]
	}
	const (
		z2 = z * z
		g1 = z * (z2 + 1) / 4
		g2 = z * ((5*z2+16)*z2 + 3) / 96
		g3 = z * (((3*z2+19)*z2+17)*z2 - 15) / 384
	)
	return z + (g1+(g2+g3/degrees)/degrees)/degrees
}

// around returns low and high clipped to lo..hi and widened, where needed, to contain the point.
func around(point, low, high, lo, hi float64) (float64, float64) {
	return min(point, max(lo, low)), max(point, min(hi, high))
}
