package casework

import (
	"context"
	"fmt"
	"slices"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/observation"
)

// Heard are the reasons for a case in what a customer told an employee: a complaint, and that she asked to be called.
func Heard(o observation.Observation) []Trigger {
	var out []Trigger
	if !o.OpensCase() {
		return nil
	}
	if o.Kind == observation.Complaint {
		out = append(out, Trigger{Kind: Complaint, TouchpointID: o.TouchpointID, At: o.At})
	}
	if o.WantsCall {
		out = append(out, Trigger{Kind: Contact, TouchpointID: o.TouchpointID, At: o.At})
	}
	return out
}

// Hear opens a case about a run, or adds to the open one, for what a source tells now: an observation, or a call. What it
// told before and tells no more is taken back: it was a mistake of who wrote it down.
func (s *Service) Hear(ctx context.Context, source, run int64, reasons ...Trigger) error {
	for i := range reasons {
		reasons[i].SourceID, reasons[i].RunID = source, run
	}
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		if len(reasons) > 0 {
			if err := s.Raise(ctx, run, reasons...); err != nil {
				return err
			}
		}
		before, err := s.Store.TriggersFrom(ctx, source)
		if err != nil {
			return err
		}
		for _, t := range before {
			if slices.ContainsFunc(reasons, t.same) {
				continue
			}
			if err := s.takeBack(ctx, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("hear source %d: %w", source, err)
	}
	return nil
}

// takeBack tells a case that a reason for it was none. Without any other, and while its customer has not heard of it, the case
// is over: it never was one, and no figure counts it. Otherwise whoever works on it decides what she tells the customer.
func (s *Service) takeBack(ctx context.Context, t Trigger) error {
	c, err := s.Store.CaseByID(ctx, t.CaseID)
	if err != nil {
		return err
	}
	if err := s.Store.RemoveTrigger(ctx, t); err != nil {
		return err
	}
	if err := s.tell(ctx, event.CaseTriggerWithdrawn, c, Step{Kind: StepTakenBack, Result: string(t.Kind)}); err != nil {
		return err
	}
	untold, err := s.untold(ctx, c)
	if err != nil || !untold {
		return err
	}
	left, err := s.Store.TriggersOf(ctx, c.ID)
	if err != nil || len(left) > 0 {
		return err
	}
	clock, err := s.clock(ctx)
	if err != nil {
		return err
	}
	c.end(Withdrawn, s.Now())
	_, err = s.keep(ctx, c, clock, done{event.CaseWithdrawn, Step{Kind: StepClosed, Result: string(Withdrawn)}})
	return err
}

// untold reports whether the customer knows nothing of an open case yet: nobody has tried to reach her.
func (s *Service) untold(ctx context.Context, c Case) (bool, error) {
	if c.State != Open || c.Cause != "" {
		return false, nil
	}
	steps, err := s.Store.StepsOf(ctx, c.ID)
	return !slices.ContainsFunc(steps, func(step Step) bool {
		return step.Kind == StepAttempt || step.Kind == StepMailOut || step.Kind == StepMailIn
	}), err
}
