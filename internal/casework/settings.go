package casework

import (
	"context"
	"slices"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/people"
)

// MaySetRules: managers and administrators set the company's rules, the leader those of her journey too. Journey 0 is the
// company.
func MaySetRules(a people.Actor, journey int64) bool {
	return a.Manager || a.Administrator || journey != 0 && slices.Contains(a.Leads, journey)
}

// SetRules sets what opens cases on a journey, or in the company (0), from now on; nil makes a journey follow the company's
// rules again. Cases that are open keep their due times.
func (s *Service) SetRules(ctx context.Context, actor people.Actor, journey int64, rules *Rules) error {
	if !MaySetRules(actor, journey) {
		return fault.Forbidden("cases.rules_not_yours")
	}
	if rules != nil {
		if err := rules.Check(); err != nil {
			return err
		}
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.SaveCaseRules(ctx, journey, rules); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: event.CaseRulesChanged, SubjectKind: "journey", SubjectID: journey, ActorID: actor.UserID, At: s.Now(),
			Particulars: map[string]any{"after": rules}})
	})
}
