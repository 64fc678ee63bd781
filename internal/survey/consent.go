package survey

import (
	"context"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// SetConsent notes in a customer's name whether she may be asked: she said so on the phone or at the counter. Saying the
// same again changes nothing; what is planned already is suppressed when it falls due. The caller has found the customer
// in the actor's sight.
func (s *Service) SetConsent(ctx context.Context, actor people.Actor, customer int64, ask bool) error {
	if !run.MaySetConsent(actor) {
		return fault.Forbidden("customers.consent_not_yours")
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.Store.CustomerByID(ctx, customer)
		if err != nil || (c.OptedOutAt == nil) == ask {
			return err
		}
		now, verb := s.Now(), event.CustomerOptedIn
		c.OptedOutAt = nil
		if !ask {
			c.OptedOutAt, verb = &now, event.CustomerOptedOut
		}
		if err := s.Store.SaveCustomer(ctx, c); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "customer", SubjectID: c.ID, ActorID: actor.UserID, At: now})
	})
}

// SetPolicy replaces the contact policy; decisions taken before stay as they are. Only administrators may.
func (s *Service) SetPolicy(ctx context.Context, actor people.Actor, p Policy) error {
	if !actor.MayAdminister() {
		return fault.Forbidden("people.administrators_only")
	}
	if err := p.Check(); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		before, err := s.Store.ContactPolicy(ctx)
		if err != nil {
			return err
		}
		if err := s.Store.SaveContactPolicy(ctx, p); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: event.PolicyChanged, SubjectKind: "policy", ActorID: actor.UserID, At: s.Now(),
			Particulars: map[string]any{"before": before, "after": p}})
	})
}

// Check lists what is wrong with a policy before it is kept.
func (p Policy) Check() error {
	var problems fault.Problems
	within := func(name string, x, lo, hi int) {
		if x < lo || x > hi {
			problems.Add(name, "errors.range", "lo", lo, "hi", hi)
		}
	}
	within("delay_hours", p.DelayHours, 0, 30*24)
	within("quarantine_answered", p.QuarantineAnsweredDays, 0, 365)
	within("quarantine_silent", p.QuarantineSilentDays, 0, 365)
	within("yearly_cap", p.YearlyCap, 0, 365)
	within("quiet_from", p.QuietFrom, 0, 23)
	within("quiet_until", p.QuietUntil, 0, 23)
	within("expiry", p.ExpiryDays, 1, 365)
	for i, day := range p.ReminderDays {
		if day < 1 || day >= p.ExpiryDays || i > 0 && day <= p.ReminderDays[i-1] {
			problems.Add("reminders", "settings.reminders_wrong", "expiry", p.ExpiryDays)
			break
		}
	}
	if len(p.ReminderDays) > 5 {
		problems.Add("reminders", "settings.reminders_many", "max", 5)
	}
	if p.DefaultChannel != ByMail && p.DefaultChannel != BySMS {
		problems.Add("channel", "errors.choice")
	}
	return problems.Err()
}
