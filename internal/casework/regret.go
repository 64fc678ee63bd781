package casework

import (
	"context"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Regret is how long somebody may take back that she took over or handed over a case, while nothing else happens to it.
const Regret = 15 * time.Minute

// Regrettable reports whether the last of a case's steps is one that a user may still take back, and whose the case was
// before it.
func Regrettable(steps []Step, user int64, now time.Time) (before int64, ok bool) {
	last := len(steps) - 1
	if last < 0 || user == 0 {
		return 0, false
	}
	s := steps[last]
	ok = s.ActorID == user && (s.Kind == StepTaken || s.Kind == StepHanded) && now.Sub(s.At) <= Regret
	return OwnerIn(steps[:last]), ok
}

// OwnerIn is who a case went to last, 0 nobody.
func OwnerIn(steps []Step) int64 {
	for _, s := range slices.Backward(steps) {
		switch s.Kind {
		case StepAssigned, StepTaken, StepHanded:
			return s.EmployeeID
		}
	}
	return 0
}

// TakeBack undoes what the actor has just done about whose a case is; also where she has lost sight of it by that. Faults:
// Missing out of sight, Conflict cases.too_late.
func (s *Service) TakeBack(ctx context.Context, actor people.Actor, id int64) (Case, error) {
	var out Case
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.Store.CaseByID(ctx, id)
		if err != nil {
			return err
		}
		steps, err := s.Store.StepsOf(ctx, id)
		if err != nil {
			return err
		}
		owner, ok := Regrettable(steps, actor.UserID, s.Now())
		if !ok {
			if _, err := s.Store.CaseFor(ctx, actor.Scope(), id); err != nil {
				return err
			}
			return fault.Conflict("cases.too_late")
		}
		clock, err := s.clock(ctx)
		if err != nil {
			return err
		}
		c.OwnerID = owner
		out, err = s.keep(ctx, c, clock, done{event.CaseHandedOver, Step{Kind: StepHanded, ActorID: actor.UserID, EmployeeID: owner}})
		return err
	})
	return out, err
}
