package stat

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// RatedDelivery is a promise, how long it took, and how the customer rated it, high good.
type RatedDelivery struct{ Promised, Took, Rating float64 }

func (d RatedDelivery) early() float64 { return max(0, d.Promised-d.Took) }
func (d RatedDelivery) late() float64  { return max(0, d.Took-d.Promised) }
func (d RatedDelivery) missed() float64 {
	if d.Took > d.Promised {
		return 1
	}
	return 0
}

// Coefficient is a slope with its HC3 standard error, in points of the rating.
type Coefficient struct{ Slope, SE float64 }

// PromiseEffect tells slowness from the breaking of promises (methods.md §2.3).
type PromiseEffect struct {
	N       int64
	Slower  Coefficient  // per day it took
	Early   *Coefficient // per day early; nil when only one promise was ever made
	Late    Coefficient  // per day late
	Missed  Coefficient  // for being late at all
	R2      float64
	Least   float64 // shortest and longest promise seen
	Longest float64

	// UpperBound: only one promise was ever made, so that Early is not told apart and stands in the other slopes.
	UpperBound bool

	deliveries []Counted[RatedDelivery]
	covariance *mat.Dense
}

// needForPromise is how many rated deliveries the four slopes need (methods.md §3.2's rule).
const needForPromise = 50

// PromiseEffectOf fits rating = b₀ + b_dur·took + b_E·early + b_L·late + b_J·missed by least squares with HC3 errors
// (methods.md §2.3). Where there was one promise only, but deliveries on time and late, it fits without early and says so.
//
// Errors: *TooFew; ErrNotIdentifiable when all came late, or on time, or by one promise in one way — vary the promise in
// some shops or weeks; numbers that cannot be.
func PromiseEffectOf(ds []RatedDelivery) (PromiseEffect, error) {
	return PromiseEffectOfCounts(once(ds))
}

// PromiseEffectOfCounts is PromiseEffectOf of deliveries that are counted: as many terms as there are different ones.
func PromiseEffectOfCounts(ds []Counted[RatedDelivery]) (PromiseEffect, error) {
	n, err := seenIn(ds)
	if err != nil {
		return PromiseEffect{}, fmt.Errorf("promise effect: %w", err)
	}
	out := PromiseEffect{N: n, deliveries: slices.Clone(ds), Least: math.Inf(1), Longest: math.Inf(-1)}
	y, times := make([]float64, len(ds)), make([]float64, len(ds))
	for i, c := range ds {
		d := c.Of
		if !finite(d.Promised, d.Took, d.Rating) || d.Promised < 0 || d.Took < 0 {
			return PromiseEffect{}, fmt.Errorf("promise effect: %+v cannot be", d)
		}
		y[i], times[i] = d.Rating, float64(c.N)
		out.Least, out.Longest = min(out.Least, d.Promised), max(out.Longest, d.Promised)
	}
	if out.N < needForPromise {
		return PromiseEffect{}, fmt.Errorf("promise effect: %w", &TooFew{N: out.N, Need: needForPromise})
	}
	out.UpperBound = out.Least == out.Longest
	x := mat.NewDense(len(ds), len(out.columns(RatedDelivery{}))+1, nil)
	for i, d := range ds {
		x.SetRow(i, append([]float64{1}, out.columns(d.Of)...))
	}
	f, err := regressCounted(x, y, times)
	if err != nil {
		return PromiseEffect{}, fmt.Errorf("promise effect: %w", err)
	}
	if out.covariance, err = f.hc3(); err != nil {
		return PromiseEffect{}, fmt.Errorf("promise effect: %w", err)
	}
	out.read(f)
	return out, nil
}

// columns are those of the model but the constant: took, late, missed and, when it can be told apart, early.
func (e *PromiseEffect) columns(d RatedDelivery) []float64 {
	c := []float64{d.Took, d.late(), d.missed()}
	if !e.UpperBound {
		c = append(c, d.early())
	}
	return c
}

func (e *PromiseEffect) read(f *fit) {
	at := func(j int) Coefficient { return Coefficient{f.b[j], math.Sqrt(e.covariance.At(j, j))} }
	e.Slower, e.Late, e.Missed = at(1), at(2), at(3)
	if !e.UpperBound {
		early := at(4)
		e.Early = &early
	}
	mean, all, rest := 0.0, 0.0, 0.0
	for _, d := range e.deliveries {
		mean += d.Of.Rating * float64(d.N) / float64(e.N)
	}
	for i, d := range e.deliveries {
		all += float64(d.N) * (d.Of.Rating - mean) * (d.Of.Rating - mean)
		rest += float64(d.N) * f.left[i] * f.left[i]
	}
	if all > 1e-12*float64(e.N)*(1+mean*mean) { // everybody alike, but for rounding
		e.R2 = max(0, 1-rest/all)
	}
}

// Otherwise is what the mean rating would have changed by.
type Otherwise struct {
	Change, SE, Low, High float64
	Extrapolated          bool // outside the promises that were ever made
}

// Promising is what the mean rating would have changed by had every delivery been promised in q, deliveries staying as they
// were and the association being causal: Δ = ḡ'b, SE = √(ḡ'Vḡ), ḡ the mean change of early, late and missed (methods.md
// §2.3). A longer promise costs sales, which this does not see: choose the shortest one that is kept (LeastPromise). An
// error for a q that is negative or no number.
func (e PromiseEffect) Promising(q float64) (Otherwise, error) {
	if !finite(q) || q < 0 || e.N == 0 {
		return Otherwise{}, fmt.Errorf("promising %v", q)
	}
	b := []float64{0, e.Slower.Slope, e.Late.Slope, e.Missed.Slope}
	if e.Early != nil {
		b = append(b, e.Early.Slope)
	}
	g := mat.NewVecDense(len(b), nil)
	for _, c := range e.deliveries {
		d := c.Of
		before := e.columns(d)
		d.Promised = q
		for j, x := range e.columns(d) {
			g.SetVec(j+1, g.AtVec(j+1)+(x-before[j])*float64(c.N)/float64(e.N))
		}
	}
	out := Otherwise{Extrapolated: q < e.Least || q > e.Longest}
	out.Change = mat.Dot(g, mat.NewVecDense(len(b), b))
	out.SE = math.Sqrt(max(0, mat.Inner(g, e.covariance, g)))
	out.Low, out.High = out.Change-z*out.SE, out.Change+z*out.SE
	return out, nil
}
