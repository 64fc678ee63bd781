package run

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// Business time is the time of business days, from midnight to midnight in the company's zone: 24 hours each, 23 or 25
// where the clock changes. Each function below is exact to the nanosecond, for weeks that Check lets pass.

// Add is the first moment, from from on, by which d of business time has passed: from itself for none, and for the whole
// of a last business day its end, whatever day follows.
func (w Week) Add(from time.Time, d time.Duration, zone *time.Location) time.Time {
	if d <= 0 {
		return from
	}
	at := from
	for day := dayAt(from, zone); ; day++ {
		end := i18n.DayStart(day+1, zone)
		if w.Works(day) {
			left := end.Sub(at)
			if d <= left {
				return at.Add(d).In(zone)
			}
			d -= left
		}
		at = end
	}
}

// dayAt is the day whose midnights lie around t. It is not the one the clock shows in the hour after midnight in which some
// zones have put it back to the evening before.
func dayAt(t time.Time, zone *time.Location) int32 {
	day := i18n.Day(t, zone)
	if !t.Before(i18n.DayStart(day+1, zone)) {
		day++
	}
	return day
}

// AddDays is the same time of day n business days later, or earlier where n is negative; from itself where it is 0. Where
// the clock jumps over that time it is moved by the jump.
func (w Week) AddDays(from time.Time, n int, zone *time.Location) time.Time {
	if n == 0 {
		return from
	}
	day, step := i18n.Day(from, zone), int32(1)
	if n < 0 {
		n, step = -n, -1
	}
	for n > 0 {
		if day += step; w.Works(day) {
			n--
		}
	}
	y, m, d := i18n.DayTime(day).Date()
	from = from.In(zone)
	at := time.Date(y, m, d, from.Hour(), from.Minute(), from.Second(), from.Nanosecond(), zone)
	if start := i18n.DayStart(day, zone); at.Before(start) {
		return start
	}
	return at
}

// Between is the business time from a to b; it is negative where b comes first.
func (w Week) Between(a, b time.Time, zone *time.Location) time.Duration {
	if b.Before(a) {
		return -w.Between(b, a, zone)
	}
	var passed time.Duration
	last := dayAt(b, zone)
	for day := dayAt(a, zone); day < last; day++ {
		end := i18n.DayStart(day+1, zone)
		if w.Works(day) {
			passed += end.Sub(a)
		}
		a = end
	}
	if w.Works(last) {
		passed += b.Sub(a)
	}
	return passed
}
