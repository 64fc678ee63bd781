package outreach

import (
	"slices"
	"time"
)

const (
	day = 24 * time.Hour
	// gone is after how long a silence a customer has not lapsed but left.
	gone = 2 * 365 * day
)

// Habit is one customer's runs, as far as they tell how often she comes. It is meant to be used again for the next customer.
type Habit struct {
	customer, latest int64
	gaps             []time.Duration
	opened, seen     time.Time // of the run before; the last contact of all
	underWay         bool
}

// Meet adds a run; runs come in the order in which they were opened. The first of another customer begins anew.
func (h *Habit) Meet(customer, run int64, opened, lastContact time.Time, open bool) {
	if customer != h.customer {
		*h = Habit{customer: customer, gaps: h.gaps[:0]}
	} else {
		h.gaps = append(h.gaps, opened.Sub(h.opened))
	}
	h.opened, h.underWay = opened, h.underWay || open
	if !lastContact.Before(h.seen) {
		h.seen, h.latest = lastContact, run
	}
}

// Lapsed tells whether a list is for her: she has been silent for longer than so many of her own median gaps, and has
// nothing under way. Whose median gap is less than a day came once, with several matters.
func (h *Habit) Lapsed(l List, now time.Time) (Candidate, bool) {
	silent := now.Sub(h.seen)
	if h.customer == 0 || h.underWay || len(h.gaps)+1 < l.AtLeast || silent > gone {
		return Candidate{}, false
	}
	slices.Sort(h.gaps)
	n := len(h.gaps)
	usual := (h.gaps[(n-1)/2] + h.gaps[n/2]) / 2
	if usual < day || float64(silent) <= l.Times*float64(usual) {
		return Candidate{}, false
	}
	return Candidate{CustomerID: h.customer, RunID: h.latest, Usual: int64(usual / day), Silent: int64(silent / day)}, true
}

// Before orders candidates: who has just lapsed comes first, where the rule tells.
func (c Candidate) Before(o Candidate) int {
	a, b := c.Silent*o.Usual, o.Silent*c.Usual
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
