package praise

import (
	"context"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Store is what praise needs kept. Finders answer Missing faults.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	EmployeeByID(ctx context.Context, id int64) (people.Employee, error)
	// NoticeFor finds feedback that an employee got, as far as the scope sees it.
	NoticeFor(ctx context.Context, scope people.Scope, employee, response, touchpoint int64) (feedback.Quote, error)
	SaveShare(ctx context.Context, s Share) error
	DropShare(ctx context.Context, s Share) error

	InvitationByToken(ctx context.Context, hash []byte) (survey.Invitation, error)
	ResponseOf(ctx context.Context, run int64) (feedback.Response, error)
	ConsentOf(ctx context.Context, response int64) (c Consent, found bool, err error)
	// ConsentFor finds a consent to words on a journey led, that holds for the words as they are now.
	ConsentFor(ctx context.Context, scope people.Scope, response int64) (Consent, error)
	SaveConsent(ctx context.Context, c Consent) error
	DropConsent(ctx context.Context, response int64) error
	// Published lists what the company chose of it, the newest first: for everybody, so that no scope is asked for.
	Published(ctx context.Context) ([]Allowed, error)
	Setting(ctx context.Context, key string, v any) error
	SaveSetting(ctx context.Context, key string, v any) error
}

// Service is how praise goes further.
type Service struct {
	Store  Store
	Ledger event.Ledger
	Now    func() time.Time
}

// MayShare: good words about her own work, which nobody disputes.
func MayShare(q feedback.Quote) bool {
	return q.Audience == feedback.ToEmployee && q.Praises() && !q.Reply.Disowns()
}

// ShareWithTeam lets her team read praise for her own work. Faults: Missing for what is not hers, Conflict for what is no
// praise or for who has no team.
func (s *Service) ShareWithTeam(ctx context.Context, actor people.Actor, response, touchpoint int64) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		q, err := s.Store.NoticeFor(ctx, actor.OwnScope(), actor.EmployeeID, response, touchpoint)
		if err != nil {
			return err
		}
		author, err := s.Store.EmployeeByID(ctx, actor.EmployeeID)
		if err != nil {
			return err
		}
		if !MayShare(q) || author.TeamID == 0 {
			return fault.Conflict("praise.cannot_share")
		}
		share := Share{EmployeeID: actor.EmployeeID, ResponseID: response, TouchpointID: touchpoint, TeamID: author.TeamID, At: s.Now()}
		if err := s.Store.SaveShare(ctx, share); err != nil {
			return fmt.Errorf("share praise %d/%d: %w", response, touchpoint, err)
		}
		return s.tell(ctx, actor, event.PraiseShared, share)
	})
}

// TakeBack ends that; of what was not shared it changes nothing.
func (s *Service) TakeBack(ctx context.Context, actor people.Actor, response, touchpoint int64) error {
	if actor.EmployeeID == 0 {
		return fault.Missing("errors.feedback_missing")
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		share := Share{EmployeeID: actor.EmployeeID, ResponseID: response, TouchpointID: touchpoint}
		if err := s.Store.DropShare(ctx, share); err != nil {
			return fmt.Errorf("take praise %d/%d back: %w", response, touchpoint, err)
		}
		return s.tell(ctx, actor, event.PraiseTakenBack, share)
	})
}

func (s *Service) tell(ctx context.Context, actor people.Actor, verb string, x Share) error {
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "praise", SubjectID: x.ResponseID, ActorID: actor.UserID, At: s.Now(),
		Particulars: map[string]any{"touchpoint": fmt.Sprint(x.TouchpointID), "employee": fmt.Sprint(x.EmployeeID)}})
}
