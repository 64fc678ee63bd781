package outreach

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Store is what lists need kept. Finders answer Missing faults for what is out of sight.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	EmployeeByID(ctx context.Context, id int64) (people.Employee, error)
	TeamExists(ctx context.Context, id int64) (bool, error)
	// OutreachFor finds a list in sight: of a journey led, of a team supervised, of the person's own team.
	OutreachFor(ctx context.Context, scope people.Scope, id int64) (List, error)
	OutreachByID(ctx context.Context, id int64) (List, error)
	// OutreachDue lists the open lists for which nobody was looked for since a moment.
	OutreachDue(ctx context.Context, since time.Time) ([]int64, error)
	SaveOutreach(ctx context.Context, l List) error
	// Candidates are whom a list's rule names, not on it yet, who should be called first coming first, and how many there are:
	// where they are very many, only the first are handed over.
	Candidates(ctx context.Context, l List, now time.Time) ([]Candidate, int, error)
	// Contacted is what the contact policy must know of customers, and who of them another list has.
	Contacted(ctx context.Context, customers []int64, now time.Time) (map[int64]run.Customer, map[int64]survey.History, map[int64]bool, error)
	// AddMembers leaves out who is on the list already.
	AddMembers(ctx context.Context, members []Member) error
	// TakeNext gives a caller whom nobody has in hand, the longest on the list first; a Missing fault when nobody waits.
	TakeNext(ctx context.Context, list, caller int64, now time.Time) (Member, error)
	// MemberInHand finds whom a caller has in hand; Missing when nobody.
	MemberInHand(ctx context.Context, list, caller int64, now time.Time) (Member, error)
	// MemberOf finds a member of a list who is not held out and keeps her for the transaction.
	MemberOf(ctx context.Context, list, id int64) (Member, error)
	SaveMember(ctx context.Context, m Member) error
	// SettleMembers notes of those whose horizon was over at a moment whether they came back.
	SettleMembers(ctx context.Context, until time.Time) error
	// DropMembers takes off, for a reason, who has waited since before a moment and is in nobody's hands; list 0 is all.
	DropMembers(ctx context.Context, list int64, before time.Time, reason string, now time.Time) error
	// Moot reports whether what a member was listed for is settled: she has been in touch, or has no promise to wait for.
	Moot(ctx context.Context, rule Rule, m Member) (bool, error)
	ContactPolicy(ctx context.Context) (survey.Policy, error)
	HistoryFor(ctx context.Context, customer int64, now time.Time) (survey.History, error)
	CustomerByID(ctx context.Context, id int64) (run.Customer, error)
	SaveCustomer(ctx context.Context, c run.Customer) error
	RunsByID(ctx context.Context, ids []int64) ([]run.Run, error)
}

// Service is how lists are made and worked through.
type Service struct {
	Store        Store
	Ledger       event.Ledger
	Observations *observation.Service
	Zone         *time.Location
	Now          func() time.Time
}

// Make keeps a list; who is on it is looked for soon after. Faults: Forbidden for a journey that somebody else leads,
// Invalid for a form with something wrong.
func (s *Service) Make(ctx context.Context, actor people.Actor, l List) (List, error) {
	if !MayMake(actor, l.JourneyID) {
		return l, fault.Forbidden("outreach.not_your_journey")
	}
	if err := l.Check(); err != nil {
		return l, err
	}
	l.ID, l.Seed, l.MadeAt, l.MadeBy = id.New(), rand.Int64(), s.Now(), actor.UserID
	l.EndedAt, l.SoughtAt, l.Found, l.LeftOut = nil, nil, 0, map[string]int{}
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		there, err := s.Store.TeamExists(ctx, l.TeamID)
		if err != nil {
			return err
		}
		if !there {
			return fault.Invalid(fault.Field{Name: "team", Key: "errors.required"})
		}
		if err := s.Store.SaveOutreach(ctx, l); err != nil {
			return fmt.Errorf("make list: %w", err)
		}
		return s.tell(ctx, actor, event.OutreachMade, l, map[string]any{"rule": string(l.Rule), "share": l.Share, "horizon": l.Horizon, "seed": fmt.Sprint(l.Seed)})
	})
	return l, err
}

// Seek asks for more customers now, not only tonight.
func (s *Service) Seek(ctx context.Context, actor people.Actor, list int64) error {
	return s.change(ctx, actor, list, event.OutreachSought, func(_ context.Context, l *List) error {
		l.SoughtAt = nil
		return nil
	})
}

// End stops a list: nobody is looked for or called any more, but whom somebody has in hand. What became of those who were on
// it still comes in.
func (s *Service) End(ctx context.Context, actor people.Actor, list int64) error {
	return s.change(ctx, actor, list, event.OutreachEnded, func(ctx context.Context, l *List) error {
		now := s.Now()
		l.EndedAt = &now
		return s.Store.DropMembers(ctx, l.ID, now.AddDate(1, 0, 0), BecauseEnded, now)
	})
}

func (s *Service) change(ctx context.Context, actor people.Actor, list int64, verb string, do func(context.Context, *List) error) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		l, err := s.open(ctx, actor, list)
		if err != nil {
			return err
		}
		if !MayMake(actor, l.JourneyID) {
			return fault.Forbidden("outreach.not_your_journey")
		}
		if err := do(ctx, &l); err != nil {
			return err
		}
		if err := s.Store.SaveOutreach(ctx, l); err != nil {
			return err
		}
		return s.tell(ctx, actor, verb, l, nil)
	})
}

// open finds a list in sight that has not ended.
func (s *Service) open(ctx context.Context, actor people.Actor, list int64) (List, error) {
	l, err := s.Store.OutreachFor(ctx, actor.Scope(), list)
	if err == nil && !l.Open() {
		err = fault.Conflict("outreach.ended_already")
	}
	return l, err
}

func (s *Service) tell(ctx context.Context, actor people.Actor, verb string, l List, more map[string]any) error {
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "outreach", SubjectID: l.ID, ActorID: actor.UserID, At: s.Now(), Particulars: more})
}

// Next gives a caller the next customer of a list, or the one she has in hand. Two who ask at once get two customers. Whom
// the contact policy protects by now is dropped. Faults: Forbidden for who is not of the team, Conflict in the quiet hours,
// Missing when nobody waits.
func (s *Service) Next(ctx context.Context, actor people.Actor, list int64) (Member, error) {
	var m Member
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		l, err := s.calls(ctx, actor, list)
		if err != nil {
			return err
		}
		if m, err = s.Store.MemberInHand(ctx, l.ID, actor.EmployeeID, s.Now()); fault.KindOf(err) != fault.KindMissing {
			return err
		}
		m, err = s.take(ctx, l, actor.EmployeeID)
		return err
	})
	if err == nil && m.ID == 0 {
		err = fault.Missing("outreach.nobody_waits")
	}
	return m, err
}

// take takes the next whom the policy lets us call; the zero Member when nobody waits. Whom it dropped on the way stays so.
func (s *Service) take(ctx context.Context, l List, caller int64) (Member, error) {
	policy, err := s.Store.ContactPolicy(ctx)
	if err != nil {
		return Member{}, err
	}
	if policy.OutOfQuiet(s.Now(), s.Zone).After(s.Now()) {
		return Member{}, fault.Conflict("outreach.quiet_hours")
	}
	for {
		m, err := s.Store.TakeNext(ctx, l.ID, caller, s.Now())
		if fault.KindOf(err) == fault.KindMissing {
			return Member{}, nil
		}
		if err != nil {
			return m, err
		}
		reason, err := s.protected(ctx, policy, l.Rule, m)
		if err != nil || reason == "" {
			return m, err
		}
		m.drop(reason, s.Now())
		if err := s.Store.SaveMember(ctx, m); err != nil {
			return m, err
		}
	}
}

// protected is why a customer must not be called now, or "".
func (s *Service) protected(ctx context.Context, policy survey.Policy, rule Rule, m Member) (string, error) {
	if moot, err := s.Store.Moot(ctx, rule, m); err != nil || moot {
		return BecauseMoot, err
	}
	history, err := s.Store.HistoryFor(ctx, m.CustomerID, s.Now())
	if err != nil {
		return "", err
	}
	customer, err := s.Store.CustomerByID(ctx, m.CustomerID)
	return policy.SuppressCall(customer, history, s.Now()), err
}

// calls finds an open list that the actor may call for.
func (s *Service) calls(ctx context.Context, actor people.Actor, list int64) (List, error) {
	l, err := s.open(ctx, actor, list)
	if err != nil {
		return l, err
	}
	return l, s.mayCall(ctx, actor, l)
}

func (s *Service) mayCall(ctx context.Context, actor people.Actor, l List) error {
	if actor.EmployeeID == 0 {
		return fault.Forbidden("outreach.not_your_list")
	}
	e, err := s.Store.EmployeeByID(ctx, actor.EmployeeID)
	if err == nil && !l.MayCall(actor, e) {
		err = fault.Forbidden("outreach.not_your_list")
	}
	return err
}

// Answer notes what a call came to. Something wrong opens a case by way of the ledger, a wish becomes an observation, and
// who asks not to be called is asked nothing any more. Faults: Invalid, and Conflict for who has not got her in hand.
func (s *Service) Answer(ctx context.Context, actor people.Actor, list, member int64, o Outcome, words string) error {
	words = strings.TrimSpace(words)
	var p fault.Problems
	if !slices.Contains(Outcomes, o) {
		p.Add("outcome", "outreach.outcome_needed")
	}
	if utf8.RuneCountInString(words) > LongestNote {
		p.Add("note", "errors.too_long", "max", LongestNote)
	}
	return s.inHand(ctx, actor, list, member, func(ctx context.Context, l List, m *Member) error {
		if err := p.Err(); err != nil {
			return err // only now: where nothing is in hand, there is no form to put right
		}
		m.note(o, words, s.Now())
		if err := s.follow(ctx, actor, m); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: event.OutreachAnswered, SubjectKind: "outreach_member", SubjectID: m.ID, ActorID: actor.UserID, At: s.Now(),
			Particulars: map[string]any{"list": fmt.Sprint(l.ID), "outcome": string(o), "try": m.Tries}, Heed: o == Wrong})
	})
}

// follow does what an outcome asks for at once.
func (s *Service) follow(ctx context.Context, actor people.Actor, m *Member) error {
	switch m.Outcome {
	case Wants:
		runs, err := s.Store.RunsByID(ctx, []int64{m.RunID})
		if err != nil {
			return err
		}
		about := observation.Subject{RunID: m.RunID, CustomerID: m.CustomerID}
		for _, r := range runs {
			about.JourneyID = r.JourneyID
		}
		o, err := s.Observations.RecordOf(ctx, actor, observation.Draft{Kind: observation.Wish, Words: m.Note}, about)
		m.ObservationID = o.ID
		return err
	case OptedOut:
		return s.consent(ctx, actor, m.CustomerID, event.CustomerOptedOut, m.CalledAt)
	}
	return nil
}

// consent notes that a customer is not to be asked any more, or with nil that she may be.
func (s *Service) consent(ctx context.Context, actor people.Actor, customer int64, verb string, at *time.Time) error {
	c, err := s.Store.CustomerByID(ctx, customer)
	if err != nil || (c.OptedOutAt == nil) == (at == nil) {
		return err
	}
	c.OptedOutAt = at
	if err := s.Store.SaveCustomer(ctx, c); err != nil {
		return err
	}
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "customer", SubjectID: c.ID, ActorID: actor.UserID, At: s.Now()})
}

// PutBack leaves a customer to another caller.
func (s *Service) PutBack(ctx context.Context, actor people.Actor, list, member int64) error {
	return s.inHand(ctx, actor, list, member, func(_ context.Context, _ List, m *Member) error {
		m.TakenAt = nil
		return nil
	})
}

// inHand changes a member whom the actor has in hand. It may end after the list did.
func (s *Service) inHand(ctx context.Context, actor people.Actor, list, member int64, change func(context.Context, List, *Member) error) error {
	return s.onList(ctx, actor, list, member, func(ctx context.Context, l List, m *Member) error {
		if !m.With(actor.EmployeeID, s.Now()) {
			return fault.Conflict("outreach.not_in_hand")
		}
		return change(ctx, l, m)
	})
}

func (s *Service) onList(ctx context.Context, actor people.Actor, list, member int64, change func(context.Context, List, *Member) error) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		l, err := s.Store.OutreachFor(ctx, actor.Scope(), list)
		if err != nil {
			return err
		}
		m, err := s.Store.MemberOf(ctx, l.ID, member)
		if err != nil {
			return err
		}
		if err := change(ctx, l, &m); err != nil {
			return err
		}
		return s.Store.SaveMember(ctx, m)
	})
}

// Undo takes back what the caller has just noted, with all that followed from it.
func (s *Service) Undo(ctx context.Context, actor people.Actor, list, member int64) error {
	return s.onList(ctx, actor, list, member, func(ctx context.Context, l List, m *Member) error {
		if !m.MayUndo(actor.EmployeeID, s.Now()) {
			return fault.Conflict("outreach.too_late")
		}
		if _, err := s.Store.MemberInHand(ctx, l.ID, actor.EmployeeID, s.Now()); fault.KindOf(err) != fault.KindMissing {
			if err == nil {
				err = fault.Conflict("outreach.one_at_a_time")
			}
			return err
		}
		if err := s.unfollow(ctx, actor, *m); err != nil {
			return err
		}
		opened := m.OpensCase()
		m.undo(s.Now())
		return s.Ledger.Record(ctx, event.Event{Verb: event.OutreachUndone, SubjectKind: "outreach_member", SubjectID: m.ID, ActorID: actor.UserID, At: s.Now(), Heed: opened})
	})
}

func (s *Service) unfollow(ctx context.Context, actor people.Actor, m Member) error {
	switch {
	case m.Outcome == OptedOut:
		return s.consent(ctx, actor, m.CustomerID, event.CustomerOptedIn, nil)
	case m.ObservationID != 0:
		return s.Observations.Withdraw(ctx, actor, m.ObservationID)
	}
	return nil
}
