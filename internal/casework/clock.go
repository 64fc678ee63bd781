package casework

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/run"
)

// Clock counts business time: the time of business days, midnight to midnight, in the company's zone.
type Clock struct {
	Week run.Week
	Zone *time.Location
}

// start sets the due times of a case from a moment on.
func (c *Case) start(clock Clock, rules Rules, at time.Time) {
	hours, days := rules.ContactHours, rules.ResolveDays
	if c.Severity == Grave {
		hours, days = rules.GraveContactHours, rules.GraveResolveDays
	}
	c.ClockAt, c.Waited, c.WaitingSince, c.Warned = at, 0, nil, 0
	if c.ContactedAt == nil {
		c.ContactDue = clock.Add(at, time.Duration(hours)*time.Hour)
	}
	c.ResolveDue = clock.AddDays(at, days)
}

// hasten makes a case grave: what is left of its clock, which runs again, is no more than a grave case has from now on.
func (c *Case) hasten(clock Clock, rules Rules, now time.Time) {
	c.Severity = Grave
	c.resume(clock, now)
	if at := clock.Add(now, time.Duration(rules.GraveContactHours)*time.Hour); at.Before(c.ContactDue) {
		c.ContactDue = at
	}
	if at := clock.AddDays(now, rules.GraveResolveDays); at.Before(c.ResolveDue) {
		c.ResolveDue = at
	}
}

// deadline is what the clock runs to: the first contact, then the solution. It is false where none runs.
func (c Case) deadline() (due time.Time, ok bool) {
	switch {
	case c.Closed(), c.WaitingSince != nil, c.State == Proposed:
		return time.Time{}, false
	case c.State == Open:
		return c.ContactDue, true
	}
	return c.ResolveDue, true
}

// Due is what the clock runs to, for who looks; the zero time where it stands or is over.
func (c Case) Due() time.Time {
	due, _ := c.deadline()
	return due
}

// Overdue reports whether the deadline has passed.
func (c Case) Overdue(now time.Time) bool {
	due, ok := c.deadline()
	return ok && now.After(due)
}

// warnings are the shares of a deadline, in per cent, at which the next person up is told.
var warnings = []int{80, 100, 200}

// Patience is how long a customer may be silent, after she was asked whether it is solved, until the case ends unverified.
const Patience = 7 * 24 * time.Hour

// mostWait is how long the clock may stand while the customer is to answer, in business time since it began to run.
const mostWait = 5 * 24 * time.Hour

// at is when so many per cent of the time to the deadline have passed.
func (c Case) at(clock Clock, due time.Time, percent int) time.Time {
	allowed := clock.Between(c.ClockAt, due) - c.Waited
	return clock.Add(c.ClockAt, allowed*time.Duration(percent)/100+c.Waited)
}

// next sets when somebody or something has to look at the case again.
func (c *Case) next(clock Clock) {
	c.NextAt = nil
	look := func(at time.Time) { c.NextAt = &at }
	if c.Closed() {
		return
	}
	if c.State == Proposed {
		look(c.ProposedAt.Add(Patience))
		return
	}
	if c.WaitingSince != nil {
		look(clock.Add(*c.WaitingSince, mostWait-c.Waited))
		return
	}
	due, _ := c.deadline()
	for _, percent := range warnings {
		if percent > c.Warned {
			look(c.at(clock, due, percent))
			return
		}
	}
}

// reached is the highest warning that the clock has come to and nobody was given, 0 for none.
func (c Case) reached(clock Clock, now time.Time) (percent int) {
	due, ok := c.deadline()
	if !ok {
		return 0
	}
	for _, p := range warnings {
		if p > c.Warned && !now.Before(c.at(clock, due, p)) {
			percent = p
		}
	}
	return percent
}

// Add is the first moment by which so much business time has passed.
func (c Clock) Add(from time.Time, d time.Duration) time.Time {
	return c.Week.Add(from, d, c.Zone).UTC()
}

// AddDays is the same time of day so many business days later.
func (c Clock) AddDays(from time.Time, days int) time.Time {
	return c.Week.AddDays(from, days, c.Zone).UTC()
}

// Between is the business time from one moment to another.
func (c Clock) Between(from, to time.Time) time.Duration { return c.Week.Between(from, to, c.Zone) }
