package stat

import (
	"cmp"
	"errors"
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

// Counted is something that was seen N times, so that a histogram can stand for a sample: whatever takes counts gives what
// the same things one by one give.
type Counted[T any] struct {
	Of T
	N  int64
}

func once[T any](list []T) []Counted[T] {
	out := make([]Counted[T], len(list))
	for i, x := range list {
		out[i] = Counted[T]{x, 1}
	}
	return out
}

// seenIn is how many are counted; an error for a count below 1.
func seenIn[T any](list []Counted[T]) (n int64, err error) {
	for _, c := range list {
		if c.N < 1 {
			return 0, fmt.Errorf("%+v was seen %d times", c.Of, c.N)
		}
		n += c.N
	}
	return n, nil
}

func checkDeliveries(ds []Counted[Delivery]) error {
	for _, c := range ds {
		d := c.Of
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
	if err := checkDeliveries(once(ds)); err != nil {
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
	return CalibrationOfCounts(once(ds), grid)
}

// CalibrationOfCounts is Calibration of deliveries that are counted.
func CalibrationOfCounts(ds []Counted[Delivery], grid []float64) ([]Calibrated, error) {
	n, err := seenIn(ds)
	if err := errors.Join(err, checkDeliveries(ds)); err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	took, open := tookOf(ds)
	curve, err := SurvivalOfCounts(open)
	if err != nil || len(ds) == 0 {
		return nil, err
	}
	out := make([]Calibrated, len(grid))
	for i, q := range grid {
		if !finite(q) || q < 0 {
			return nil, fmt.Errorf("calibration: a promise of %v", q)
		}
		if took.n() < n {
			wait, low, high := curve.Waiting(q)
			out[i] = Calibrated{q, 1 - wait, 1 - high, 1 - low}
			continue
		}
		kept := took.upTo(q)
		low, high := Wilson(kept, n)
		out[i] = Calibrated{q, float64(kept) / float64(n), low, high}
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

// tookOf is how long the completed ones took, and all as spells.
func tookOf(ds []Counted[Delivery]) (took ranked, all []Counted[Spell]) {
	var times []Counted[float64]
	for _, d := range ds {
		all = append(all, Counted[Spell]{Spell{d.Of.Took, !d.Of.Open}, d.N})
		if !d.Of.Open {
			times = append(times, Counted[float64]{d.Of.Took, d.N})
		}
	}
	return rankedOf(times), all
}

// ranked are counted times in order, each with how many there are up to it.
type ranked struct {
	times []float64
	upto  []int64
}

func rankedOf(times []Counted[float64]) ranked {
	times = slices.Clone(times)
	slices.SortFunc(times, func(a, b Counted[float64]) int { return cmp.Compare(a.Of, b.Of) })
	var r ranked
	n := int64(0)
	for _, t := range times {
		n += t.N
		r.times, r.upto = append(r.times, t.Of), append(r.upto, n)
	}
	return r
}

func (r ranked) n() int64 { return r.upTo(math.Inf(1)) }

// upTo counts the times that are no longer than q.
func (r ranked) upTo(q float64) int64 {
	i, _ := slices.BinarySearchFunc(r.times, q, func(x, q float64) int {
		if x <= q {
			return -1
		}
		return 1
	})
	if i == 0 {
		return 0
	}
	return r.upto[i-1]
}

// at is the time of a rank, 1..n.
func (r ranked) at(rank int) *float64 {
	i, _ := slices.BinarySearch(r.upto, int64(rank))
	return &r.times[i]
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
func QuantileOf(times []float64, p float64) (Exact, error) { return QuantileOfCounts(once(times), p) }

// QuantileOfCounts is QuantileOf of times that are counted.
func QuantileOfCounts(times []Counted[float64], p float64) (Exact, error) {
	sorted, err := ordered(times, p)
	if err != nil || len(sorted.times) == 0 {
		return Exact{}, err
	}
	count := int(sorted.n())
	n := float64(count)
	at := *sorted.at(rankOfShare(count, p))
	out := Exact{At: &at}
	low := searchRank(count, func(r int) bool { return binomialCDF(float64(r-1), n, p) > 0.025 }) - 1
	high := searchRank(count, func(r int) bool { return binomialCDF(float64(r-1), n, p) >= 0.975 })
	if low >= 1 {
		out.Low = sorted.at(low)
	}
	if high <= count {
		out.High = sorted.at(high)
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
	return SafePromiseOfCounts(once(times), p)
}

// SafePromiseOfCounts is SafePromise of times that are counted. A time may be infinite: not delivered yet, and longer than
// any that may come out; where it comes out, no promise is safe and Promise is +Inf.
func SafePromiseOfCounts(times []Counted[float64], p float64) (Safe, error) {
	sorted, err := ordered(times, p)
	if err != nil {
		return Safe{}, err
	}
	need, err := NeedForSafe(p)
	out := Safe{N: sorted.n(), Need: need}
	if err != nil || out.N < need {
		return out, err
	}
	s := searchRank(int(out.N), func(r int) bool { return binomialCDF(float64(r-1), float64(out.N), p) >= 0.95 })
	out.Promise = sorted.at(s)
	return out, nil
}

func ordered(times []Counted[float64], p float64) (ranked, error) {
	if !(p > 0 && p < 1) {
		return ranked{}, fmt.Errorf("quantile: the share %v", p)
	}
	for _, t := range times {
		if math.IsNaN(t.Of) || math.IsInf(t.Of, -1) {
			return ranked{}, fmt.Errorf("quantile: a time that is no number")
		}
	}
	if _, err := seenIn(times); err != nil {
		return ranked{}, fmt.Errorf("quantile: %w", err)
	}
	return rankedOf(times), nil
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
