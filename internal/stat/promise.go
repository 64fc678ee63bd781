package stat

import (
	"fmt"
	"math"
	"slices"
)

// Delivery is what was promised and what came of it, both in one unit on one clock, calendar days or business days: Took
// is how long it took or, while Open, how long it has taken so far (methods.md §2.2).
type Delivery struct {
	Promised, Took float64
	Open           bool
}

func checkDeliveries(ds []Delivery) error {
	for _, d := range ds {
		if !finite(d.Promised, d.Took) || d.Promised < 0 || d.Took < 0 {
			return fmt.Errorf("delivery: %+v cannot be", d)
		}
	}
	return nil
}

// KeptRate is the share of promises kept, grace included. What is open and past due is broken; what is open and not yet
// due does not count (methods.md §2.2). An error for negative or missing numbers.
func KeptRate(ds []Delivery, grace float64) (Rate, error) {
	if !finite(grace) || grace < 0 {
		return Rate{}, fmt.Errorf("kept rate: a grace of %v", grace)
	}
	if err := checkDeliveries(ds); err != nil {
		return Rate{}, fmt.Errorf("kept rate: %w", err)
	}
	var kept, n int64
	for _, d := range ds {
		intime := d.Took <= d.Promised+grace
		if d.Open && intime {
			continue
		}
		n++
		if intime {
			kept++
		}
	}
	return RateOf(kept, n)
}

// Calibrated is how many deliveries a promise of Promise would have kept.
type Calibrated struct{ Promise, Kept, Low, High float64 }

// Calibration is the share that each promise of a grid would have kept, with its 95 % interval: Wilson's, and 1 minus the
// Kaplan–Meier curve with its log-log one when some are open (methods.md §2.2). Of no deliveries it is empty. An error for
// impossible deliveries and promises.
func Calibration(ds []Delivery, grid []float64) ([]Calibrated, error) {
	if err := checkDeliveries(ds); err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	took, open := tookOf(ds)
	curve, err := SurvivalOf(open)
	if err != nil || len(ds) == 0 {
		return nil, err
	}
	out := make([]Calibrated, len(grid))
	for i, q := range grid {
		if !finite(q) || q < 0 {
			return nil, fmt.Errorf("calibration: a promise of %v", q)
		}
		if len(took) < len(ds) {
			wait, low, high := curve.Waiting(q)
			out[i] = Calibrated{q, 1 - wait, 1 - high, 1 - low}
			continue
		}
		kept := countUpTo(took, q)
		low, high := Wilson(kept, int64(len(took)))
		out[i] = Calibrated{q, float64(kept) / float64(len(took)), low, high}
	}
	return out, nil
}

// LeastPromise is the shortest promise of a curve whose lower limit keeps the target, 0..1: a longer one costs sales
// (methods.md §2.3). False when none does.
func LeastPromise(curve []Calibrated, target float64) (Calibrated, bool) {
	best, ok := Calibrated{}, false
	for _, c := range curve {
		if c.Low >= target && (!ok || c.Promise < best.Promise) {
			best, ok = c, true
		}
	}
	return best, ok
}

// tookOf is how long the completed ones took, sorted, and all as spells.
func tookOf(ds []Delivery) (took []float64, all []Spell) {
	for _, d := range ds {
		all = append(all, Spell{d.Took, !d.Open})
		if !d.Open {
			took = append(took, d.Took)
		}
	}
	slices.Sort(took)
	return took, all
}

func countUpTo(sorted []float64, q float64) int64 {
	n := int64(0)
	for _, x := range sorted {
		if x > q {
			break
		}
		n++
	}
	return n
}

// Exact is a quantile of times with the limits that order statistics give it, whatever their distribution. Low and High
// are nil where there are too few times to have one.
type Exact struct {
	At, Low, High *float64

	// Coverage is the chance, at least .95, that the interval holds the quantile; 0 unless it has both ends.
	Coverage float64
}

// QuantileOf is the time within which the share p of n completed deliveries came, x_(⌈np⌉), with the distribution-free
// interval of 95 % (methods.md §2.2; Hahn & Meeker 1991, §5.2). All nil of no times. An error for p outside 0..1, ends not
// included, and for what is no number.
func QuantileOf(times []float64, p float64) (Exact, error) {
	sorted, err := ordered(times, p)
	if err != nil || len(sorted) == 0 {
		return Exact{}, err
	}
	n := float64(len(sorted))
	at := quantileOf(sorted, p)
	out := Exact{At: &at}
	low := searchRank(len(sorted), func(r int) bool { return binomialCDF(float64(r-1), n, p) > 0.025 }) - 1
	high := searchRank(len(sorted), func(r int) bool { return binomialCDF(float64(r-1), n, p) >= 0.975 })
	if low >= 1 {
		out.Low = &sorted[low-1]
	}
	if high <= len(sorted) {
		out.High = &sorted[high-1]
	}
	if out.Low != nil && out.High != nil {
		out.Coverage = binomialCDF(float64(high-1), n, p) - binomialCDF(float64(low-1), n, p)
	}
	return out, nil
}

// Safe is a promise one can be 95 % sure at least the share asked for will keep.
type Safe struct {
	Promise *float64 // nil: not enough deliveries yet
	N, Need int64
}

// NeedForSafe is how many deliveries a safe promise needs: the least n with p^n ≤ .05, 29 for .9 and 59 for .95 (methods.md
// §2.2; Wilks 1941). An error for p outside 0..1, ends not included.
func NeedForSafe(p float64) (int64, error) {
	if !(p > 0 && p < 1) {
		return 0, fmt.Errorf("safe promise for the share %v", p)
	}
	return int64(math.Ceil(math.Log(0.05) / math.Log(p))), nil
}

// SafePromise is the shortest time that, with 95 % confidence, at least the share p of deliveries keeps: x_(s), s =
// min{r: B(r−1; n, p) ≥ .95} (methods.md §2.2; Hahn & Meeker 1991). times are those of completed deliveries; leaving open
// ones out makes it too short, so take deliveries old enough to have ended. Errors as QuantileOf.
func SafePromise(times []float64, p float64) (Safe, error) {
	sorted, err := ordered(times, p)
	if err != nil {
		return Safe{}, err
	}
	need, err := NeedForSafe(p)
	out := Safe{N: int64(len(sorted)), Need: need}
	if err != nil || out.N < need {
		return out, err
	}
	s := searchRank(len(sorted), func(r int) bool { return binomialCDF(float64(r-1), float64(out.N), p) >= 0.95 })
	out.Promise = &sorted[s-1]
	return out, nil
}

func ordered(times []float64, p float64) ([]float64, error) {
	if !(p > 0 && p < 1) {
		return nil, fmt.Errorf("quantile: the share %v", p)
	}
	if !finite(times...) {
		return nil, fmt.Errorf("quantile: a time that is no number")
	}
	sorted := slices.Clone(times)
	slices.Sort(sorted)
	return sorted, nil
}

// searchRank is the least rank 1..n it holds for, n+1 for none; once it holds it goes on to.
func searchRank(n int, holds func(int) bool) int {
	low, high := 1, n+1
	for low < high {
		if mid := (low + high) / 2; holds(mid) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}
