package stat

import (
	"fmt"
	"math"
	"slices"
)

// Limits are where a funnel plot's lines are for one n, as shares 0..1: 95 % to be alert, 99.8 % for an alarm.
type Limits struct{ AlarmLow, AlertLow, AlertHigh, AlarmHigh float64 }

// FunnelLimits are the exact binomial limits around the target for n answers, interpolated between the whole numbers, so
// that the lines are smooth: (r − a)/n, r the quantile, a = (F(r) − q)/(F(r) − F(r−1)) (methods.md §5.3; Spiegelhalter
// 2005). An error for a target outside 0..1, ends not included, and for an n below 1.
func FunnelLimits(target float64, n int64) (Limits, error) {
	if n < 1 || !(target > 0 && target < 1) {
		return Limits{}, fmt.Errorf("funnel: target %v at %d answers", target, n)
	}
	at := func(q float64) float64 {
		size := float64(n)
		r := binomialQuantile(q, n, target)
		above, below := binomialCDF(float64(r), size, target), 0.0
		if r > 0 {
			below = binomialCDF(float64(r-1), size, target)
		}
		back := (above - q) / (above - below)
		return min(1, max(0, (float64(r)-back)/size))
	}
	return Limits{at(0.001), at(0.025), at(0.975), at(0.999)}, nil
}

// binomialQuantile is the least r with F(r) ≥ q.
func binomialQuantile(q float64, n int64, p float64) int64 {
	low, high := int64(0), n
	for low < high {
		if mid := low + (high-low)/2; binomialCDF(float64(mid), float64(n), p) >= q {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}

// Widened are the limits with the over-dispersion φ, moved away from the target by √φ; as they are for φ ≤ 1.
func (l Limits) Widened(target, dispersion float64) Limits {
	by := math.Sqrt(max(1, dispersion))
	move := func(x float64) float64 { return min(1, max(0, target+(x-target)*by)) }
	return Limits{move(l.AlarmLow), move(l.AlertLow), move(l.AlertHigh), move(l.AlarmHigh)}
}

// Dispersion is φ, the mean of z² with z winsorised at its 10 % and 90 % quantiles: 1 when the units differ by luck alone,
// more when they do so by things nobody has counted, as people's always do (methods.md §5.3; Spiegelhalter 2005). Units
// without answers are left out. An error for a target outside 0..1, for impossible counts, and for fewer than two units.
func Dispersion(units []Share, target float64) (float64, error) {
	if !(target > 0 && target < 1) {
		return 0, fmt.Errorf("dispersion: target %v", target)
	}
	var zs []float64
	for _, u := range units {
		if u.N < 0 || u.Satisfied < 0 || u.Satisfied > u.N {
			return 0, fmt.Errorf("dispersion: %+v cannot be", u)
		}
		if u.N > 0 {
			n := float64(u.N)
			zs = append(zs, (float64(u.Satisfied)/n-target)/math.Sqrt(target*(1-target)/n))
		}
	}
	if len(zs) < 2 {
		return 0, fmt.Errorf("dispersion: %d units", len(zs))
	}
	slices.Sort(zs)
	low, high := percentile(zs, 0.1), percentile(zs, 0.9)
	sum := 0.0
	for _, x := range zs {
		x = min(high, max(low, x))
		sum += x * x
	}
	return sum / float64(len(zs)), nil
}

// Standing is where a share lies among the limits. Low is only below the alarm in two periods in a row, and then calls for
// a conversation about conditions, never for a label (methods.md §5.3): see LowTwice.
type Standing string

// Where a share may stand.
const (
	Inside    Standing = "inside"
	AlertLow  Standing = "alert_low"
	AlarmLow  Standing = "alarm_low"
	AlertHigh Standing = "alert_high"
	AlarmHigh Standing = "alarm_high"
)

// Of is the standing of a share 0..1; on a line is within it.
func (l Limits) Of(share float64) Standing {
	switch {
	case share < l.AlarmLow:
		return AlarmLow
	case share < l.AlertLow:
		return AlertLow
	case share > l.AlarmHigh:
		return AlarmHigh
	case share > l.AlertHigh:
		return AlertHigh
	}
	return Inside
}

// LowTwice tells whether the last two periods were both below the alarm: the only ground for a conversation.
func LowTwice(periods []Standing) bool {
	n := len(periods)
	return n >= 2 && periods[n-1] == AlarmLow && periods[n-2] == AlarmLow
}
