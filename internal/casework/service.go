package casework

import (
	"context"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Store is what cases need kept.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// CaseFor finds a case whose customer's walk is in sight with her name, and keeps it for the transaction.
	CaseFor(ctx context.Context, scope people.Scope, id int64) (Case, error)
	SaveCase(ctx context.Context, c Case) error
}

// Service is how cases are worked on.
type Service struct {
	Store  Store
	Ledger event.Ledger
	Now    func() time.Time
}

// Close takes a case off the list: somebody has talked to the customer. Faults: Missing out of sight, Forbidden for who
// may see but not close it, Conflict when it is closed already.
func (s *Service) Close(ctx context.Context, actor people.Actor, id int64) (Case, error) {
	var closed Case
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.Store.CaseFor(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		switch {
		case c.ClosedAt != nil:
			return fault.Conflict("customers.case_closed_already")
		case !c.MayClose(actor):
			return fault.Forbidden("customers.case_not_yours")
		}
		now := s.Now()
		c.ClosedAt, c.ClosedBy = &now, actor.UserID
		if err := s.Store.SaveCase(ctx, c); err != nil {
			return err
		}
		closed = c
		return s.Ledger.Record(ctx, event.Event{Verb: event.CaseClosed, SubjectKind: "run", SubjectID: c.RunID, ActorID: actor.UserID, At: now,
			Particulars: map[string]any{"case": fmt.Sprint(c.ID)}})
	})
	return closed, err
}
