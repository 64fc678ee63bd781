package stat

import (
	"fmt"
	"math"
)

// Rate is how many of N it holds for, as a share 0..1 with its Wilson interval; the shares are nil when there was nobody
// (methods.md §1.0: a missing denominator is "no responses", never 0; §1.11).
//
// It is what closure (closed of opened), contact on time (contacted in time of those whose deadline has passed) and every
// other share of §1.9 are shown as: the counts are the caller's, who knows the cohort.
type Rate struct {
	X     int64    `json:"x"`
	N     int64    `json:"n"`
	Share *float64 `json:"share"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	Level Level    `json:"level"`
}

// RateOf is the rate of x in n; an error when x is not in 0..n (methods.md §1.11; Wilson 1927).
func RateOf(x, n int64) (Rate, error) {
	if n < 0 || x < 0 || x > n {
		return Rate{}, fmt.Errorf("rate: %d of %d cannot be", x, n)
	}
	r := Rate{X: x, N: n, Level: LevelOf(n)}
	if n > 0 {
		share := float64(x) / float64(n)
		low, high := Wilson(x, n)
		r.Share, r.Low, r.High = &share, &low, &high
	}
	return r, nil
}

// RateDifference is the share of after minus that of before, independent samples, with Newcombe's interval; nil without
// both (methods.md §1.11; Newcombe 1998b method 10).
type RateDifference struct {
	Diff *float64 `json:"diff"`
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
}

// Over is r minus the other, in −1..1.
func (r Rate) Over(other Rate) RateDifference {
	diff, low, high := Newcombe(r.X, r.N, other.X, other.N)
	if math.IsNaN(diff) {
		return RateDifference{}
	}
	return RateDifference{Diff: &diff, Low: &low, High: &high}
}

// finite tells whether every number is one.
func finite(numbers ...float64) bool {
	for _, x := range numbers {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}
