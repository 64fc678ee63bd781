package stat

import (
	"fmt"
	"math"
)

// Flow is money of one customer: what came in and what serving it cost, Days after the first purchase.
type Flow struct{ Days, Revenue, Cost float64 }

const daysOfYear = 365.25

// LifetimeValue is what a customer has been worth, at the money's value of the first purchase: Σ (revenue − cost) /
// (1+d)^(days/365.25), d the yearly discount, .1 for 10 % (methods.md §1.6 A). It is history; ProjectedValue looks ahead.
// An error for a discount of −1 or less, for days before the first purchase, and for what is no number.
func LifetimeValue(flows []Flow, discount float64) (float64, error) {
	if !finite(discount) || discount <= -1 {
		return 0, fmt.Errorf("lifetime value: a discount of %v", discount)
	}
	sum := 0.0
	for _, f := range flows {
		if !finite(f.Days, f.Revenue, f.Cost) || f.Days < 0 {
			return 0, fmt.Errorf("lifetime value: %+v cannot be", f)
		}
		sum += (f.Revenue - f.Cost) / math.Pow(1+discount, f.Days/daysOfYear)
	}
	if !finite(sum) {
		return 0, fmt.Errorf("lifetime value: %v", sum)
	}
	return sum, nil
}

// ProjectedValue is what a customer will be worth who brings the same margin every period, stays with probability
// retention, at a discount per period: m·r/(1+d−r) when the first margin is a period ahead, m·(1+d)/(1+d−r) when it is
// brought now (methods.md §1.6; Gupta & Lehmann 2003). nil when it has no end, r ≥ 1+d. An error for a retention outside
// 0..1, a discount of −1 or less, and for what is no number.
func ProjectedValue(margin, retention, discount float64, now bool) (*float64, error) {
	if !finite(margin, retention, discount) || retention < 0 || retention > 1 || discount <= -1 {
		return nil, fmt.Errorf("projected value: margin %v, retention %v, discount %v", margin, retention, discount)
	}
	if retention >= 1+discount {
		return nil, nil
	}
	first := retention
	if now {
		first = 1 + discount
	}
	value := margin * first / (1 + discount - retention)
	if !finite(value) {
		return nil, fmt.Errorf("projected value: margin %v is too much", margin)
	}
	return &value, nil
}

// RoughValue is the seed's estimate from the average order and the share who order again: AOV·(1+r), which counts one
// repeat only (methods.md §1.6 B). Forever is AOV/(1−r), were every order repeated with that chance; nil at r = 1. It is
// rough: not for decisions about money. An error for a negative order or a share outside 0..1.
func RoughValue(order, repeat float64) (once float64, forever *float64, err error) {
	if !finite(order, repeat) || order < 0 || repeat < 0 || repeat > 1 {
		return 0, nil, fmt.Errorf("rough value: order %v, repeated %v", order, repeat)
	}
	once = order * (1 + repeat)
	if always := order / (1 - repeat); finite(once, always) {
		forever = &always
	}
	if !finite(once) {
		return 0, nil, fmt.Errorf("rough value: order %v is too much", order)
	}
	return once, forever, nil
}

// MeanOf is the mean of numbers with its t interval, n−1 degrees; NaN for none, and one number alone has no interval
// (methods.md §1.2). It is for amounts: the mean of ratings is Of's.
func MeanOf(xs []float64) (mean, low, high float64) {
	n := float64(len(xs))
	for _, x := range xs {
		mean += x / n
	}
	if n < 2 {
		return mean / min(n, 1), math.NaN(), math.NaN()
	}
	squares := 0.0
	for _, x := range xs {
		squares += (x - mean) * (x - mean)
	}
	half := studentT(n-1) * math.Sqrt(squares/(n-1)/n)
	return mean, mean - half, mean + half
}
