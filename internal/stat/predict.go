package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Correlated compares how well two ratings go together with one outcome.
type Correlated struct {
	Z, P     float64
	Relative float64 // r₁/r₂ − 1, as McKinsey states it; NaN when r₂ is 0
}

// CompareCorrelations tests whether a rating correlates more with an outcome (r1) than another does (r2) when they
// correlate with each other (rx), all among the same n (methods.md §3.1; Meng, Rosenthal & Rubin 1992). The outcome must
// come from another occasion than the ratings. An error for fewer than four, for correlations that are not inside −1..1,
// and for three that no data can have.
func CompareCorrelations(r1, r2, rx float64, n int64) (Correlated, error) {
	for _, r := range []float64{r1, r2, rx} {
		if !(math.Abs(r) < 1) {
			return Correlated{}, fmt.Errorf("compare correlations: %v", r)
		}
	}
	if n < 4 || 1+2*r1*r2*rx-r1*r1-r2*r2-rx*rx < -1e-12 {
		return Correlated{}, fmt.Errorf("compare correlations: %v, %v and %v of %d cannot be", r1, r2, rx, n)
	}
	square := (r1*r1 + r2*r2) / 2
	f := min(1, (1-rx)/(2*(1-square)))
	h := (1 - f*square) / (1 - square)
	out := Correlated{Z: (math.Atanh(r1) - math.Atanh(r2)) * math.Sqrt(float64(n-3)/(2*(1-rx)*h)), Relative: math.NaN()}
	out.P = twoSided(out.Z)
	if r2 != 0 {
		out.Relative = r1/r2 - 1
	}
	return out, nil
}

// Predictor says which of two sets of ratings foretells an outcome better.
type Predictor string

// What a comparison can come to.
const (
	FirstPredicts  Predictor = "first"
	SecondPredicts Predictor = "second"
	Alike          Predictor = "not_distinguishable"
)

// Prediction compares two models on answers they were not fitted to.
type Prediction struct {
	N             int64
	First, Second float64 // cross-validated R²; below 0 is worse than the mean
	Diff          float64
	Low, High     float64 // 95 % percentile interval of First − Second, customers drawn in pairs
	Verdict       Predictor
}

const (
	needForPrediction = 100
	foldings          = 10
	folds             = 5
	predictionDraws   = 1000
)

// ComparePredictions cross-validates two linear models of the outcome y, ten times in five parts, and draws customers with
// replacement for the interval of the difference; the seed makes it repeatable (methods.md §3.1). first and second are
// columns, each as long as y: a journey's rating alone, say, against all its touchpoints, with a column each for having
// skipped one (§3.3). The verdict is one only if the interval excludes 0.
//
// Errors: *TooFew below 100; ErrNoVariance; columns of other lengths; what is no number.
func ComparePredictions(y []float64, first, second [][]float64, seed uint64) (Prediction, error) {
	n := len(y)
	for _, column := range slices.Concat([][]float64{y}, first, second) {
		if len(column) != n || !finite(column...) {
			return Prediction{}, fmt.Errorf("compare predictions: a column of %d for %d outcomes, or with what is no number", len(column), n)
		}
	}
	if n < needForPrediction {
		return Prediction{}, fmt.Errorf("compare predictions: %w", &TooFew{N: int64(n), Need: needForPrediction})
	}
	if slices.Min(y) == slices.Max(y) {
		return Prediction{}, fmt.Errorf("compare predictions: %w", ErrNoVariance)
	}
	random := rand.New(rand.NewPCG(seed, foldings))
	a, b, none := make([]float64, n), make([]float64, n), make([]float64, n)
	for range foldings {
		order := random.Perm(n)
		for part := range folds {
			missPart(y, first, order, part, a)
			missPart(y, second, order, part, b)
			missPart(y, nil, order, part, none)
		}
	}
	out := Prediction{N: int64(n)}
	out.First, out.Second = 1-totalOf(a)/totalOf(none), 1-totalOf(b)/totalOf(none)
	out.Diff = out.First - out.Second
	drawn := make([]float64, predictionDraws)
	for i := range drawn {
		gain, all := 0.0, 0.0
		for range n {
			at := random.IntN(n)
			gain += b[at] - a[at]
			all += none[at]
		}
		drawn[i] = gain / all
	}
	slices.Sort(drawn)
	out.Low, out.High = around(out.Diff, percentile(drawn, 0.025), percentile(drawn, 0.975), math.Inf(-1), math.Inf(1))
	out.Verdict = Alike
	if out.Low > 0 {
		out.Verdict = FirstPredicts
	} else if out.High < 0 {
		out.Verdict = SecondPredicts
	}
	return out, nil
}

// missPart fits all but one part and adds to misses, by row, the squares by which that part is missed. Columns that make each
// other up in what is left are given the shortest of the slopes that fit.
func missPart(y []float64, columns [][]float64, order []int, part int, misses []float64) {
	var train, test []int
	for i, at := range order {
		if i%folds == part {
			test = append(test, at)
		} else {
			train = append(train, at)
		}
	}
	fill := func(rows []int) *mat.Dense {
		x := mat.NewDense(len(rows), len(columns)+1, nil)
		for i, at := range rows {
			x.Set(i, 0, 1)
			for j, c := range columns {
				x.Set(i, j+1, c[at])
			}
		}
		return x
	}
	outcome := mat.NewVecDense(len(train), nil)
	for i, at := range train {
		outcome.SetVec(i, y[at])
	}
	var svd mat.SVD
	svd.Factorize(fill(train), mat.SVDThin)
	var b, foretold mat.VecDense
	svd.SolveVecTo(&b, outcome, max(1, svd.Rank(fullRank)))
	foretold.MulVec(fill(test), &b)
	for i, at := range test {
		miss := y[at] - foretold.AtVec(i)
		misses[at] += miss * miss
	}
}

func totalOf(xs []float64) (sum float64) {
	for _, x := range xs {
		sum += x
	}
	return sum
}
