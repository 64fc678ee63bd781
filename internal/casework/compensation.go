package casework

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/run"
)

// Compensation is what is proposed for a promise that was kept late: Minor from FromDays days on, and PerDayMinor more for
// each further day, in minor units of the currency. Nothing of either proposes nothing.
type Compensation struct {
	FromDays    int
	Minor       int64
	PerDayMinor int64
	Currency    string
}

// For is what is proposed for a walk, by the promise that was broken by most days, and by how many; a promise that is still
// not kept is late until now. Days are those the promise was made in.
func (o Compensation) For(w run.Walk, clock Clock, now time.Time) (minor int64, days int) {
	for _, c := range w.Contacts {
		x := c.Interaction
		if x.PromiseKept == nil {
			x.PromiseKept = &now
		}
		days = max(days, x.Late(clock.Week, clock.Zone))
	}
	if days == 0 || days < o.FromDays {
		return 0, days
	}
	return o.Minor + int64(days-o.FromDays)*o.PerDayMinor, days
}

// mostCompensation keeps a slip of the finger from becoming a proposal, in minor units.
const mostCompensation = 100_000_000_00

func (o Compensation) check(p *fault.Problems) {
	if o.FromDays < 1 || o.FromDays > 60 {
		p.Add("late_from", "errors.range", "lo", 1, "hi", 60)
	}
	if o.Minor < 0 || o.Minor > mostCompensation {
		p.Add("late_amount", "cases.money_wrong")
	}
	if o.PerDayMinor < 0 || o.PerDayMinor > mostCompensation {
		p.Add("late_more", "cases.money_wrong")
	}
	if _, known := i18n.MinorDigits(o.Currency); !known && (o.Minor != 0 || o.PerDayMinor != 0) {
		p.Add("late_currency", "cases.currency_wrong")
	}
}
