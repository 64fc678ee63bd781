package run

import (
	"context"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
)

// Store is what ending runs needs kept.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// RunsByKey finds and locks the runs with a business key: one, unless two journeys use the same.
	RunsByKey(ctx context.Context, key string) ([]Run, error)
	SaveRun(ctx context.Context, r Run) error
	JourneyKey(ctx context.Context, journey int64) (string, error)
	// Silent lists and locks open runs without a contact for as long as their journey's version allows.
	Silent(ctx context.Context, now time.Time, limit int) ([]Run, error)
	// Week is the company's, DefaultWeek without one of its own.
	Week(ctx context.Context) (Week, error)
	// WeekToChange is Week, and lets nobody else change it until the transaction ends.
	WeekToChange(ctx context.Context) (Week, error)
	SaveWeek(ctx context.Context, w Week) error
}

// Service is how runs end, and by which week promises on them are counted. How they grow is the business of intake (see
// ingest).
type Service struct {
	Store  Store
	Ledger event.Ledger
	Now    func() time.Time
}

// Complete ends the run with this key because somebody says so, at the given moment. Saying it again changes nothing.
// journey may be "" while the key is used by one journey only.
func (s *Service) Complete(ctx context.Context, journey, key string, at time.Time) (Run, error) {
	var done Run
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		r, err := s.find(ctx, journey, key)
		if err != nil {
			return err
		}
		done = r
		if r.State == Completed {
			return nil
		}
		if at.Before(r.OpenedAt) {
			return fault.Invalid(fault.Field{Name: "at", Key: "run.before_it_opened"})
		}
		r.State, r.EndedAt = Completed, &at
		done = r
		if err := s.Store.SaveRun(ctx, r); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: event.RunCompleted, SubjectKind: "run", SubjectID: r.ID, At: s.Now()})
	})
	return done, err
}

func (s *Service) find(ctx context.Context, journey, key string) (Run, error) {
	runs, err := s.Store.RunsByKey(ctx, key)
	if err != nil {
		return Run{}, err
	}
	var found []Run
	for _, r := range runs {
		of, err := s.Store.JourneyKey(ctx, r.JourneyID)
		if err != nil {
			return Run{}, err
		}
		if journey == "" || journey == of {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return Run{}, fault.Missing("errors.run_missing")
	case 1:
		return found[0], nil
	}
	return Run{}, fault.Conflict("run.key_ambiguous")
}

// silentAtOnce is how many runs are abandoned in one transaction.
const silentAtOnce = 500

// AbandonSilent ends open runs in which nothing happened for too long, silentAtOnce at most, and returns how many.
func (s *Service) AbandonSilent(ctx context.Context) (int, error) {
	now, ended := s.Now(), 0
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		runs, err := s.Store.Silent(ctx, now, silentAtOnce)
		if err != nil {
			return err
		}
		ended = len(runs)
		for _, r := range runs {
			at := r.LastContactAt
			r.State, r.EndedAt = Abandoned, &at
			if err := s.Store.SaveRun(ctx, r); err != nil {
				return err
			}
			if err := s.Ledger.Record(ctx, event.Event{Verb: event.RunAbandoned, SubjectKind: "run", SubjectID: r.ID, At: now}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("abandon silent runs: %w", err)
	}
	return ended, nil
}
