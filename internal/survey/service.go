package survey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/run"
)

// Store is what asking needs kept. Finders answer Missing faults.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	WalkOf(ctx context.Context, run int64) (run.Walk, error)
	SurveyOf(ctx context.Context, version int64) (Survey, error)
	SurveyByID(ctx context.Context, id int64) (Survey, error)
	JourneyName(ctx context.Context, journey int64) (i18n.Text, error)
	// HistoryFor is what the contact policy must know about a customer; the customer is locked meanwhile.
	HistoryFor(ctx context.Context, customer int64, now time.Time) (History, error)
	// CallPlanned reports whether a list has a customer who waits to be called.
	CallPlanned(ctx context.Context, customer int64) (bool, error)
	ContactPolicy(ctx context.Context) (Policy, error)
	SaveContactPolicy(ctx context.Context, p Policy) error
	InvitationByID(ctx context.Context, id int64) (Invitation, error)
	InvitationOfRun(ctx context.Context, run int64) (Invitation, error)
	// InvitationByToken finds and locks the invitation that a token opens.
	InvitationByToken(ctx context.Context, hash []byte) (Invitation, error)
	SaveInvitation(ctx context.Context, i Invitation) error
	// AnsweredRun reports whether the customer has said something about a run, here or in another system.
	AnsweredRun(ctx context.Context, run int64) (bool, error)
	// SaveToken keeps a link; handed says that an employee gives it to the customer.
	SaveToken(ctx context.Context, hash []byte, invitation int64, handed bool, now time.Time) error
	// DueInvitations lists invitations with something due, the oldest first.
	DueInvitations(ctx context.Context, now time.Time, limit int) ([]int64, error)
	CustomerByID(ctx context.Context, id int64) (run.Customer, error)
	SaveCustomer(ctx context.Context, c run.Customer) error
	JourneyByID(ctx context.Context, id int64) (journey.Journey, error)
	// PlanOf finds a version of a journey.
	PlanOf(ctx context.Context, version int64) (journey.Plan, error)
	// Answered reports whether the survey of a version has answers.
	Answered(ctx context.Context, version int64) (bool, error)
	SaveSurvey(ctx context.Context, sv Survey) error
}

// Message is one letter to a customer. Token makes the links; it exists nowhere else in the clear.
type Message struct {
	Invitation Invitation
	Customer   run.Customer
	Journey    i18n.Text
	Survey     Survey
	Token      string
	Reminder   int // 0 is the first message
}

// ErrBounced says that an address does not take messages and that trying again will not help.
var ErrBounced = errors.New("the address does not take messages")

// Sender takes messages out of the house. An error that is ErrBounced is final; any other may pass.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Service is how customers are asked.
type Service struct {
	Store  Store
	Ledger event.Ledger
	Sender Sender
	Zone   *time.Location
	Now    func() time.Time
}

// Plan decides about a run that has just ended: an invitation is planned, or suppressed with its reason. Asking twice
// about the same run changes nothing.
func (s *Service) Plan(ctx context.Context, runID int64) (Invitation, error) {
	var inv Invitation
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		var err error
		if inv, err = s.Store.InvitationOfRun(ctx, runID); fault.KindOf(err) != fault.KindMissing {
			return err
		}
		walk, err := s.Store.WalkOf(ctx, runID)
		if err != nil {
			return err
		}
		sv, err := s.Store.SurveyOf(ctx, walk.Run.VersionID)
		if fault.KindOf(err) == fault.KindMissing {
			return nil // nothing is asked at the end of this journey
		}
		if err != nil {
			return err
		}
		if inv, err = s.decide(ctx, walk, sv); err != nil {
			return err
		}
		if err := s.Store.SaveInvitation(ctx, inv); err != nil {
			return err
		}
		verb := event.InvitationPlanned
		if inv.State == Suppressed {
			verb = event.InvitationSuppressed
		}
		return s.tell(ctx, verb, inv, map[string]any{"reason": inv.Reason, "channel": inv.Channel})
	})
	return inv, err
}

func (s *Service) decide(ctx context.Context, walk run.Walk, sv Survey) (Invitation, error) {
	now := s.Now()
	policy, err := s.Store.ContactPolicy(ctx)
	if err != nil {
		return Invitation{}, err
	}
	history, err := s.Store.HistoryFor(ctx, walk.Run.CustomerID, now)
	if err != nil {
		return Invitation{}, err
	}
	at := policy.PlannedAt(walk.Ended(), now, s.Zone)
	inv := Invitation{ID: id.New(), RunID: walk.Run.ID, CustomerID: walk.Run.CustomerID, SurveyID: sv.ID, Channel: policy.Channel(walk.Customer),
		Language: walk.Customer.Language, State: Planned, PlannedAt: at, NextAt: &at, CreatedAt: now,
		ExpiresAt: at.Add(time.Duration(policy.ExpiryDays) * 24 * time.Hour)}
	inv.Reason = policy.Suppress(walk.Customer, history, now)
	if !walk.Run.Ask {
		inv.Reason = BecausePast
	}
	if inv.Reason != "" {
		inv.State, inv.NextAt = Suppressed, nil
	}
	return inv, nil
}

func (s *Service) tell(ctx context.Context, verb string, inv Invitation, more map[string]any) error {
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "run", SubjectID: inv.RunID, At: s.Now(), Particulars: more})
}

// Due lists the invitations with something to do now.
func (s *Service) Due(ctx context.Context, limit int) ([]int64, error) {
	return s.Store.DueInvitations(ctx, s.Now(), limit)
}

// attemptsAllowed is how often sending is tried before an invitation counts as bounced, with growing pauses between.
const attemptsAllowed = 6

// Deliver does what is due about one invitation: the first message, a reminder, or its expiry. A token is kept before
// its message leaves, so a crash in between costs at most a second copy of the message, never a dead link.
func (s *Service) Deliver(ctx context.Context, invitation int64) error {
	message, err := s.prepare(ctx, invitation)
	if err != nil || message == nil {
		return err
	}
	sent := s.Sender.Send(ctx, *message)
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		inv, err := s.Store.InvitationByID(ctx, invitation)
		if err != nil || !inv.Asking() {
			return err
		}
		if sent != nil {
			return s.failed(ctx, inv, sent)
		}
		return s.sent(ctx, inv)
	})
}

// prepare returns the message that is due, or nil when none is (any more).
func (s *Service) prepare(ctx context.Context, invitation int64) (*Message, error) {
	var out *Message
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		now := s.Now()
		inv, err := s.Store.InvitationByID(ctx, invitation)
		if err != nil || !inv.Asking() || inv.NextAt == nil || inv.NextAt.After(now) {
			return err
		}
		if !now.Before(inv.ExpiresAt) {
			return s.expire(ctx, inv)
		}
		policy, err := s.Store.ContactPolicy(ctx)
		if err != nil {
			return err
		}
		if at := policy.OutOfQuiet(now, s.Zone); at.After(now) {
			inv.NextAt = &at
			return s.Store.SaveInvitation(ctx, inv)
		}
		customer, err := s.Store.CustomerByID(ctx, inv.CustomerID)
		if err != nil {
			return err
		}
		if customer.OptedOutAt != nil {
			return s.suppress(ctx, inv, BecauseOptedOut)
		}
		if inv.SentAt == nil {
			if called, err := s.Store.CallPlanned(ctx, inv.CustomerID); err != nil {
				return err
			} else if called {
				return s.suppress(ctx, inv, BecauseCall)
			}
		}
		if !Reaches(customer, inv.Channel) {
			return s.bounced(ctx, inv)
		}
		out, err = s.message(ctx, inv, customer)
		return err
	})
	return out, err
}

func (s *Service) message(ctx context.Context, inv Invitation, customer run.Customer) (*Message, error) {
	sv, err := s.Store.SurveyByID(ctx, inv.SurveyID)
	if err != nil {
		return nil, err
	}
	name, err := s.Store.JourneyName(ctx, sv.JourneyID)
	if err != nil {
		return nil, err
	}
	m := &Message{Invitation: inv, Customer: customer, Journey: name, Survey: sv, Token: id.Token()}
	if inv.SentAt != nil {
		m.Reminder = inv.Reminders + 1
	}
	return m, s.Store.SaveToken(ctx, id.Hash(m.Token), inv.ID, false, s.Now())
}

func (s *Service) sent(ctx context.Context, inv Invitation) error {
	now := s.Now()
	policy, err := s.Store.ContactPolicy(ctx)
	if err != nil {
		return err
	}
	verb := event.InvitationReminded
	if inv.SentAt == nil {
		verb = event.InvitationSent
		inv.SentAt, inv.State = &now, Sent
		inv.ExpiresAt = now.Add(time.Duration(policy.ExpiryDays) * 24 * time.Hour)
	} else {
		inv.Reminders++
	}
	inv.Attempts, inv.Reason = 0, ""
	next := policy.Next(inv, s.Zone)
	inv.NextAt = &next
	if err := s.Store.SaveInvitation(ctx, inv); err != nil {
		return err
	}
	return s.tell(ctx, verb, inv, map[string]any{"channel": inv.Channel, "reminder": inv.Reminders})
}

// unconfigured is how long a message waits for somebody to configure the channel that it would take.
const unconfigured = time.Hour

// failed plans another attempt after 2, 4, 8 … minutes, or gives up. A house that cannot send at all (a Conflict) made no
// attempt: its messages wait, with the reason.
func (s *Service) failed(ctx context.Context, inv Invitation, cause error) error {
	if fault.KindOf(cause) == fault.KindConflict {
		next := s.Now().Add(unconfigured)
		inv.Reason, inv.NextAt = fault.Of(cause).Key, &next
		return s.Store.SaveInvitation(ctx, inv)
	}
	inv.Attempts++
	inv.Reason = "invitation.not_sent"
	if f := fault.Of(cause); f != nil {
		inv.Reason = f.Key
	}
	switch {
	case errors.Is(cause, ErrBounced):
		return s.bounced(ctx, inv)
	case inv.Attempts >= attemptsAllowed:
		return s.unsent(ctx, inv)
	}
	next := s.Now().Add(time.Minute << inv.Attempts)
	inv.NextAt = &next
	return s.Store.SaveInvitation(ctx, inv)
}

func (s *Service) expire(ctx context.Context, inv Invitation) error {
	inv.State, inv.NextAt = Expired, nil
	if err := s.Store.SaveInvitation(ctx, inv); err != nil {
		return err
	}
	return s.tell(ctx, event.InvitationExpired, inv, nil)
}

func (s *Service) suppress(ctx context.Context, inv Invitation, reason string) error {
	inv.State, inv.Reason, inv.NextAt = Suppressed, reason, nil
	if err := s.Store.SaveInvitation(ctx, inv); err != nil {
		return err
	}
	return s.tell(ctx, event.InvitationSuppressed, inv, map[string]any{"reason": reason})
}

// HandOver makes a link for an employee to give to the customer in person. It works for a run without an invitation,
// and for one whose invitation was never sent for want of an address; the customer's own "do not ask me" stays. Once she
// has answered there is none to be had: it would show the answer, with what she said about others, and let it be changed.
func (s *Service) HandOver(ctx context.Context, runID int64) (token string, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		inv, err := s.Store.InvitationOfRun(ctx, runID)
		if fault.KindOf(err) == fault.KindMissing {
			inv, err = s.Plan(ctx, runID)
		}
		if err != nil {
			return err
		}
		answered, err := s.Store.AnsweredRun(ctx, runID)
		if err != nil {
			return err
		}
		now := s.Now()
		switch {
		case inv.ID == 0:
			return fault.Conflict("invitation.nothing_asked")
		case answered:
			return fault.Conflict("invitation.answered_already")
		case inv.State == Suppressed && inv.Reason != BecauseNoContact && inv.Reason != BecauseNoCustomer:
			return fault.Conflict(inv.Reason)
		case inv.State == Suppressed, inv.State == Planned:
			policy, err := s.Store.ContactPolicy(ctx)
			if err != nil {
				return err
			}
			inv.ExpiresAt = now.Add(time.Duration(policy.ExpiryDays) * 24 * time.Hour)
			inv.Channel, inv.State, inv.Reason, inv.SentAt, inv.NextAt = ByHandover, Sent, "", &now, &inv.ExpiresAt
			inv.Reminders = len(policy.ReminderDays) // nothing can be sent after a link that was handed over
		case !inv.MayAnswer(now):
			return fault.Conflict("invitation.over")
		}
		if err := s.Store.SaveInvitation(ctx, inv); err != nil {
			return err
		}
		token = id.Token()
		if err := s.Store.SaveToken(ctx, id.Hash(token), inv.ID, true, now); err != nil {
			return err
		}
		return s.tell(ctx, event.InvitationHandedOver, inv, nil)
	})
	if err != nil {
		return "", fmt.Errorf("hand over run %d: %w", runID, err)
	}
	return token, nil
}

// OptOut is the customer's "do not ask me again", by the link in any message. Doing it twice changes nothing.
func (s *Service) OptOut(ctx context.Context, token string) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		inv, err := s.Store.InvitationByToken(ctx, id.Hash(token))
		if err != nil || inv.CustomerID == 0 { // nobody knows whom a handed-over link reached: nobody will be asked
			return err
		}
		c, err := s.Store.CustomerByID(ctx, inv.CustomerID)
		if err != nil || c.OptedOutAt != nil {
			return err
		}
		now := s.Now()
		c.OptedOutAt = &now
		if err := s.Store.SaveCustomer(ctx, c); err != nil {
			return err
		}
		if err := s.tell(ctx, event.CustomerOptedOut, inv, nil); err != nil {
			return err
		}
		if inv.Asking() {
			return s.suppress(ctx, inv, BecauseOptedOut)
		}
		return nil
	})
}
