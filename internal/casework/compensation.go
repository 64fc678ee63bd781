package casework

import (
	"context"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// Compensation is what is proposed for a promise that was kept late: Minor from FromDays days on, and PerDayMinor more for
// each further day; nothing of either proposes nothing. MostMinor is what may be given in one case, MostYearMinor to one
// customer in a year, without a manager; 0 sets no limit. All are in minor units of the company's currency, which the
// company's own rules name.
type Compensation struct {
	FromDays      int
	Minor         int64
	PerDayMinor   int64
	MostMinor     int64
	MostYearMinor int64
	Currency      string
}

// may is a Conflict where an amount needs a manager; given is what the customer has been given in other cases of a year.
func (o Compensation) may(a people.Actor, minor, given int64, currency string) error {
	amount := func(minor int64) i18n.Amount { return i18n.Amount{Minor: minor, Currency: currency} }
	switch {
	case minor == 0, a.Manager:
		return nil
	case o.MostMinor > 0 && minor > o.MostMinor:
		return fault.Conflict("cases.compensation_most", "most", amount(o.MostMinor))
	case o.MostYearMinor > 0 && minor+given > o.MostYearMinor:
		return fault.Conflict("cases.compensation_year", "most", amount(o.MostYearMinor), "given", amount(given))
	}
	return nil
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
	minor = o.Minor + int64(days-o.FromDays)*o.PerDayMinor
	if o.MostMinor > 0 {
		minor = min(minor, o.MostMinor)
	}
	return minor, days
}

// mostCompensation keeps a slip of the finger from becoming a proposal, in minor units.
const mostCompensation = 100_000_000_00

func (o Compensation) check(p *fault.Problems) {
	if o.FromDays < 1 || o.FromDays > 60 {
		p.Add("late_from", "errors.range", "lo", 1, "hi", 60)
	}
	named := o.Currency != ""
	for _, amount := range []struct {
		field string
		minor int64
	}{{"late_amount", o.Minor}, {"late_more", o.PerDayMinor}, {"late_most", o.MostMinor}, {"late_year", o.MostYearMinor}} {
		named = named || amount.minor != 0
		if amount.minor < 0 || amount.minor > mostCompensation {
			p.Add(amount.field, "cases.money_wrong")
		}
	}
	if _, known := i18n.MinorDigits(o.Currency); named && !known {
		p.Add("late_currency", "cases.currency_wrong")
	}
}

// compensate notes what a customer gets for what went wrong, in all that is given in her case. Faults: Conflict
// cases.no_currency, cases.compensation_most and cases.compensation_year.
func (s *Service) compensate(ctx context.Context, actor people.Actor, c *Case, minor int64) error {
	if c.CompensationMinor == minor {
		return nil
	}
	currency, err := s.Store.CaseCurrency(ctx)
	if err != nil {
		return err
	}
	if currency == "" {
		return fault.Conflict("cases.no_currency")
	}
	rules, err := s.Store.CaseRules(ctx, c.JourneyID)
	if err != nil {
		return err
	}
	given, err := s.Store.GivenSince(ctx, *c, currency, s.Now().AddDate(-1, 0, 0))
	if err != nil {
		return err
	}
	if err := rules.Compensation.may(actor, minor, given, currency); err != nil {
		return err
	}
	c.CompensationMinor, c.Currency = minor, currency
	return s.Ledger.Record(ctx, event.Event{Verb: event.CaseCompensated, SubjectKind: "case", SubjectID: c.ID, ActorID: actor.UserID, At: s.Now(),
		Particulars: map[string]any{"minor": minor, "currency": currency}})
}
