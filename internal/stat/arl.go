package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
)

// RunLength is how many points an EWMA chart with fixed limits runs on average until it sounds, when the values are shift
// standard deviations off their centre: lambda is the weight of the newest point, limit L counts standard errors. It solves
// the integral equation of Crowder 1987 by Gauss–Legendre quadrature (methods.md §6.1). An error for a weight outside
// 0.02..1, a limit outside 0.1..6, and for what is no number.
func RunLength(lambda, limit, shift float64) (float64, error) {
	if !(lambda >= 0.02 && lambda <= 1) || !(limit >= 0.1 && limit <= 6) || !finite(shift) {
		return 0, fmt.Errorf("run length: weight %v, limit %v, shift %v", lambda, limit, shift)
	}
	const nodes = 96
	edge := limit * math.Sqrt(lambda/(2-lambda))
	at, weight := make([]float64, nodes), make([]float64, nodes)
	quad.Legendre{}.FixedLocations(at, weight, -edge, edge)
	step := func(from, to float64) float64 {
		u := (to-(1-lambda)*from)/lambda - shift
		return math.Exp(-u*u/2) / math.Sqrt(2*math.Pi) / lambda
	}
	a, ones := mat.NewDense(nodes, nodes, nil), mat.NewVecDense(nodes, nil)
	for i := range nodes {
		ones.SetVec(i, 1)
		for j := range nodes {
			a.Set(i, j, -weight[j]*step(at[i], at[j]))
		}
		a.Set(i, i, a.At(i, i)+1)
	}
	var run mat.VecDense
	err := run.SolveVec(a, ones)
	length := 1.0
	for j := range nodes {
		length += weight[j] * step(0, at[j]) * run.AtVec(j)
	}
	return length, err
}

// LimitFor is the limit L at which an EWMA chart in control runs arl points on average, fixed limits (methods.md §6.1). An
// error for a weight outside 0.02..1 and an arl outside 10..100000.
func LimitFor(lambda, arl float64) (float64, error) {
	if !(lambda >= 0.02 && lambda <= 1) || !(arl >= 10 && arl <= 100_000) {
		return 0, fmt.Errorf("limit: weight %v, run length %v", lambda, arl)
	}
	low, high := 0.1, 6.0
	for high-low > 1e-7 {
		mid := (low + high) / 2
		if length, err := RunLength(lambda, mid, 0); err != nil || length > arl {
			high = mid
		} else {
			low = mid
		}
	}
	return (low + high) / 2, nil
}

// weeksOfYear is how many points a chart has in a year.
const weeksOfYear = 52

// AlarmBudget is what false alarms cost: how many a year so many weekly charts sound at a run length, and the run length
// that keeps them to what is tolerated (methods.md §6.1): alarms = charts·52/ARL. One rule for all charts; several rules on
// one chart would each have its own false alarms.
type AlarmBudget struct{ Charts int64 }

// Alarms is how many false alarms a year there are at a run length; an error for one that is not above 0.
func (b AlarmBudget) Alarms(arl float64) (float64, error) { return b.over("run length", arl) }

// RunLength is the least run length that keeps to so many false alarms a year; an error for a number not above 0.
func (b AlarmBudget) RunLength(tolerated float64) (float64, error) {
	return b.over("tolerated", tolerated)
}

func (b AlarmBudget) over(what string, by float64) (float64, error) {
	if !finite(by) || by <= 0 || b.Charts < 0 {
		return 0, fmt.Errorf("alarm budget of %d charts: %s %v", b.Charts, what, by)
	}
	return float64(b.Charts) * weeksOfYear / by, nil
}
