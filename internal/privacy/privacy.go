// Package privacy forgets a customer who asks for it (GDPR article 17): her name, her addresses, her keys, every word of
// hers and about her, what she attached, and the links that were sent to her. What was counted stays counted: her ratings
// and contacts remain as those of nobody, no figure moves, and the ledger keeps that it happened, when and by whom. It is
// not for the file of her data that she may ask for (a page of its own), and not for what employees leave behind.
//
// What becomes of each table is in internal/store/erasure.go; a test there asks it of every column there is.
package privacy

import (
	"context"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// Store is what forgetting needs kept.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// CustomerFor finds a customer in sight by name: nobody who was erased.
	CustomerFor(ctx context.Context, scope people.Scope, id int64) (run.Customer, error)
	// CustomerByID keeps her for the transaction.
	CustomerByID(ctx context.Context, id int64) (run.Customer, error)
	// PublishedOf lists the answers of a customer that stand on the public page of praise.
	PublishedOf(ctx context.Context, customer int64) ([]int64, error)
	// EraseCustomer takes her words, keys and addresses out of every table.
	EraseCustomer(ctx context.Context, c run.Customer, at time.Time) error
}

// Cases ends what is under way for a customer.
type Cases interface {
	Forget(ctx context.Context, actor people.Actor, customer int64) error
}

// Service forgets.
type Service struct {
	Store  Store
	Ledger event.Ledger
	Cases  Cases
	Now    func() time.Time
}

// MayErase: whoever may see all there is about a customer.
func MayErase(a people.Actor) bool { return a.Manager }

// Erase forgets a customer, for good. Faults: Forbidden for who is no manager, Missing for who is not there (any more).
func (s *Service) Erase(ctx context.Context, actor people.Actor, customer int64) error {
	if !MayErase(actor) {
		return fault.Forbidden("errors.forbidden")
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.Store.CustomerFor(ctx, actor.Scope(), customer); err != nil {
			return err
		}
		c, err := s.Store.CustomerByID(ctx, customer)
		if err != nil {
			return err
		}
		if err := s.Cases.Forget(ctx, actor, c.ID); err != nil {
			return fmt.Errorf("end the cases of customer %d: %w", c.ID, err)
		}
		lines, err := s.lines(ctx, actor, c.ID)
		if err != nil {
			return err
		}
		if err := s.Store.EraseCustomer(ctx, c, s.Now()); err != nil {
			return fmt.Errorf("erase customer %d: %w", c.ID, err)
		}
		return s.Ledger.Record(ctx, lines...)
	})
}

// lines are what the ledger keeps of it.
func (s *Service) lines(ctx context.Context, actor people.Actor, customer int64) ([]event.Event, error) {
	published, err := s.Store.PublishedOf(ctx, customer)
	if err != nil {
		return nil, err
	}
	out := []event.Event{{Verb: event.CustomerErased, SubjectKind: "customer", SubjectID: customer, ActorID: actor.UserID, At: s.Now()}}
	for _, response := range published {
		out = append(out, event.Event{Verb: event.PraiseTakenDown, SubjectKind: "praise", SubjectID: response, ActorID: actor.UserID, At: s.Now()})
	}
	return out, nil
}
