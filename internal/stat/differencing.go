package stat

import (
	"errors"
	"fmt"
	"time"
)

// ErrDifferencing says that a filter would let somebody find fewer than K answers by subtraction.
var ErrDifferencing = errors.New("too close to another view")

// Guard refuses a filter whose n differs from that of a coarser view already published by 1..K−1: subtraction would show
// what these few answered (methods.md §1.12). The same n is the same answers and may be shown; a view smaller than the
// filter is not coarser and is compared just the same. The team without one of its own is such a pair too: Guard(own,
// team). It is not Suppress, which hides what is small in itself. Other errors are for negative counts.
func Guard(n int64, published ...int64) error {
	if n < 0 {
		return fmt.Errorf("guard: %d answers", n)
	}
	for _, view := range published {
		if view < 0 {
			return fmt.Errorf("guard: a view of %d answers", view)
		}
		if apart := max(n, view) - min(n, view); 0 < apart && apart < K {
			return fmt.Errorf("guard: %d answers next to a view of %d: %w", n, view, ErrDifferencing)
		}
	}
	return nil
}

// Weeks widens the days from..to, the last one not included, to whole weeks that begin on first, so that no filter of
// dates can be moved by a day (methods.md §1.12). Days are those of from's and to's own zones; the clock times are put to
// midnight. An error when to is not after from.
func Weeks(from, to time.Time, first time.Weekday) (time.Time, time.Time, error) {
	if !from.Before(to) {
		return from, to, fmt.Errorf("weeks: %s is not before %s", from.Format(time.DateOnly), to.Format(time.DateOnly))
	}
	back := (int(from.Weekday()) - int(first) + 7) % 7
	start := time.Date(from.Year(), from.Month(), from.Day()-back, 0, 0, 0, 0, from.Location())
	end := time.Date(to.Year(), to.Month(), to.Day(), 0, 0, 0, 0, to.Location())
	if end.Before(to) {
		end = end.AddDate(0, 0, 1)
	}
	ahead := (int(first) - int(end.Weekday()) + 7) % 7
	return start, end.AddDate(0, 0, ahead), nil
}
