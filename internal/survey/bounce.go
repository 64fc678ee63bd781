package survey

import (
	"context"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
)

// Bounced is told that the mail of an invitation came back for good after it had left. One that was answered, is over, or is
// not there (any more) stays as it is.
func (s *Service) Bounced(ctx context.Context, invitation int64) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		inv, err := s.Store.InvitationByID(ctx, invitation)
		if fault.KindOf(err) == fault.KindMissing || err == nil && !inv.Asking() {
			return nil
		}
		if err != nil {
			return err
		}
		return s.bounced(ctx, inv)
	})
}

// bounced ends asking at an address that takes nothing.
func (s *Service) bounced(ctx context.Context, inv Invitation) error {
	inv.Reason = "invitation.bounced"
	return s.unsent(ctx, inv)
}

// unsent ends asking because no message arrives.
func (s *Service) unsent(ctx context.Context, inv Invitation) error {
	inv.State, inv.NextAt = Bounced, nil
	if err := s.Store.SaveInvitation(ctx, inv); err != nil {
		return err
	}
	return s.tell(ctx, event.InvitationBounced, inv, map[string]any{"reason": inv.Reason})
}
