package casework

import (
	"context"
	"fmt"
	"slices"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
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

// MayNoteAbsence: everybody her own, a supervisor those of her teams' people, managers and administrators all.
func MayNoteAbsence(a people.Actor, e people.Employee) bool {
	return e.ID == a.EmployeeID || a.Administrator || a.MaySupervise(e.TeamID)
}

// NoteAbsence notes that an employee is away and who stands in: she sees and works on the cases meanwhile, and new ones go
// to her. Faults: Missing, Forbidden, Invalid until and substitute.
func (s *Service) NoteAbsence(ctx context.Context, actor people.Actor, a people.Absence) (people.Absence, error) {
	return a, s.Store.InTx(ctx, func(ctx context.Context) error {
		e, err := s.Store.EmployeeByID(ctx, a.EmployeeID)
		if err != nil {
			return err
		}
		if !MayNoteAbsence(actor, e) {
			return fault.Forbidden("cases.absence_not_yours")
		}
		var p fault.Problems
		if a.UntilDay < a.FromDay {
			p.Add("until", "cases.absence_backwards")
		}
		if a.SubstituteID != 0 {
			stands, err := s.Store.EmployeeByID(ctx, a.SubstituteID)
			if err != nil && fault.KindOf(err) != fault.KindMissing {
				return err
			}
			if err != nil || !stands.Active || a.SubstituteID == a.EmployeeID {
				p.Add("substitute", "errors.choice")
			}
		}
		if err := p.Err(); err != nil {
			return err
		}
		if a.ID == 0 {
			a.ID, a.CreatedAt = id.New(), s.Now()
		}
		if err := s.Store.SaveAbsence(ctx, a); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: event.AbsenceNoted, SubjectKind: "employee", SubjectID: a.EmployeeID, ActorID: actor.UserID, At: s.Now(),
			Particulars: map[string]any{"from": a.FromDay, "until": a.UntilDay, "substitute": fmt.Sprint(a.SubstituteID)}})
	})
}
