package coaching

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Store is what meetings and sheets need kept. Finders answer Missing faults; within a transaction what they find is kept
// for it.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	Tree(ctx context.Context) (people.Tree, error)
	EmployeeByID(ctx context.Context, id int64) (people.Employee, error)
	// NoticeFor finds feedback that an employee got, as far as the scope sees it.
	NoticeFor(ctx context.Context, scope people.Scope, employee, response, touchpoint int64) (feedback.Quote, error)
	ObservationFor(ctx context.Context, scope people.Scope, id int64) (observation.Observation, error)

	// TryOf finds what a team tried on a day.
	TryOf(ctx context.Context, team int64, day int32) (Try, error)
	SaveTry(ctx context.Context, t Try) error

	// NextTalk is the talk of the two that is still to be held; the zero Talk where none was planned.
	NextTalk(ctx context.Context, pair Pair) (Talk, error)
	SaveTalk(ctx context.Context, t Talk) error
	// EntryOf finds an entry of the two for their next talk.
	EntryOf(ctx context.Context, pair Pair, id int64) (Entry, error)
	// SaveEntry adds an entry; what stands on the sheet already is not added again.
	SaveEntry(ctx context.Context, e Entry) error
	DropEntry(ctx context.Context, id int64) error
	// RepliedFor lists the feedback that an employee wants to talk about, by her reply, since the two talked last.
	RepliedFor(ctx context.Context, scope people.Scope, pair Pair) ([]feedback.Quote, error)
	// TakeEntries puts all that the two have for their next talk into it.
	TakeEntries(ctx context.Context, t Talk) error

	GoalOf(ctx context.Context, employee, id int64) (Goal, error)
	SaveGoal(ctx context.Context, g Goal) error
}

// Service is how a team and its people prepare their talks.
type Service struct {
	Store  Store
	Ledger event.Ledger
	Now    func() time.Time
	Zone   *time.Location
}

func (s *Service) today() int32 { return i18n.Day(s.Now(), s.Zone) }

// PairOf says whose sheet an employee's is: hers and her nearest supervisor's. Faults: Missing for everybody else, and
// where nobody supervises her.
func (s *Service) PairOf(ctx context.Context, actor people.Actor, employee int64) (Pair, error) {
	e, err := s.Store.EmployeeByID(ctx, employee)
	if err != nil {
		return Pair{}, err
	}
	tree, err := s.Store.Tree(ctx)
	if err != nil {
		return Pair{}, err
	}
	pair := Pair{EmployeeID: e.ID, SupervisorID: Supervisor(tree, e)}
	if pair.SupervisorID == 0 || !pair.Has(actor) {
		return Pair{}, fault.Missing("coaching.missing")
	}
	return pair, nil
}

// Supervisor is who talks with an employee: her nearest supervisor who is not herself, 0 for nobody.
func Supervisor(tree people.Tree, e people.Employee) int64 {
	for _, team := range slices.Backward(tree.Path(e.TeamID)) {
		if who := tree.Teams[team].SupervisorID; who != 0 && who != e.ID {
			return who
		}
	}
	return 0
}

// Has reports whether the actor is one of the two.
func (p Pair) Has(a people.Actor) bool {
	return a.EmployeeID != 0 && (a.EmployeeID == p.EmployeeID || a.EmployeeID == p.SupervisorID)
}

// Draft is what one of the two puts on the sheet.
type Draft struct {
	Kind                              Kind
	Response, Touchpoint, Observation int64
	Words                             string
}

// Put puts something on the sheet of an employee. Faults: Missing for who is none of the two and for what the one who
// marks it may not see; Invalid for words that are none or too many, and for a kind that is none.
func (s *Service) Put(ctx context.Context, actor people.Actor, employee int64, d Draft) error {
	return s.onSheet(ctx, actor, employee, event.CoachingMarked, func(ctx context.Context, pair Pair) (int64, error) {
		e := Entry{ID: id.New(), EmployeeID: pair.EmployeeID, SupervisorID: pair.SupervisorID, Kind: d.Kind, AuthorID: actor.EmployeeID, At: s.Now()}
		if err := s.fill(ctx, actor, &e, d); err != nil {
			return 0, err
		}
		return e.ID, s.Store.SaveEntry(ctx, e)
	})
}

// fill takes a draft over. An observation can be marked that the employee wrote down herself.
func (s *Service) fill(ctx context.Context, actor people.Actor, e *Entry, d Draft) error {
	switch d.Kind {
	case Feedback:
		q, err := s.Store.NoticeFor(ctx, actor.Scope(), e.EmployeeID, d.Response, d.Touchpoint)
		e.ResponseID, e.TouchpointID = q.ResponseID, q.TouchpointID
		return err
	case Observation:
		o, err := s.Store.ObservationFor(ctx, actor.Scope(), d.Observation)
		if err == nil && o.EmployeeID != e.EmployeeID {
			return fault.Missing("observations.missing")
		}
		e.ObservationID = o.ID
		return err
	case Topic, Note:
		var p fault.Problems
		e.Words = written(&p, string(d.Kind), d.Words)
		return p.Err()
	}
	return fault.Invalid(fault.Field{Name: "kind", Key: "errors.choice"})
}

// Withdraw takes off the sheet what the actor put there, until the talk was held.
func (s *Service) Withdraw(ctx context.Context, actor people.Actor, employee, entry int64) error {
	return s.onSheet(ctx, actor, employee, event.CoachingWithdrawn, func(ctx context.Context, pair Pair) (int64, error) {
		e, err := s.Store.EntryOf(ctx, pair, entry)
		if err != nil {
			return 0, err
		}
		if e.AuthorID != actor.EmployeeID {
			return 0, fault.Forbidden("errors.forbidden")
		}
		return e.ID, s.Store.DropEntry(ctx, e.ID)
	})
}

// Plan says when the two talk next; day 0 leaves it open again. Faults: Invalid for a day that is over.
func (s *Service) Plan(ctx context.Context, actor people.Actor, employee int64, day int32) error {
	if day != 0 && day < s.today() {
		return fault.Invalid(fault.Field{Name: "day", Key: "coaching.day_over"})
	}
	return s.onSheet(ctx, actor, employee, event.CoachingPlanned, func(ctx context.Context, pair Pair) (int64, error) {
		t, err := s.next(ctx, pair)
		if err != nil {
			return 0, err
		}
		t.Planned = day
		return t.ID, s.Store.SaveTalk(ctx, t)
	})
}

// Hold notes that the two have talked: what stood on the sheet becomes a part of that talk, and the next one begins empty.
func (s *Service) Hold(ctx context.Context, actor people.Actor, employee int64) error {
	return s.onSheet(ctx, actor, employee, event.CoachingHeld, func(ctx context.Context, pair Pair) (int64, error) {
		t, err := s.next(ctx, pair)
		if err != nil {
			return 0, err
		}
		now := s.Now()
		t.HeldAt = &now
		if err := s.keepReplied(ctx, actor, pair); err != nil {
			return 0, err
		}
		if err := s.Store.SaveTalk(ctx, t); err != nil {
			return 0, err
		}
		return t.ID, s.Store.TakeEntries(ctx, t)
	})
}

// keepReplied puts on the sheet what she brought by her reply, so that it stays with the talk.
func (s *Service) keepReplied(ctx context.Context, actor people.Actor, pair Pair) error {
	replied, err := s.Store.RepliedFor(ctx, actor.Scope(), pair)
	for _, q := range replied {
		if err == nil {
			err = s.Store.SaveEntry(ctx, Entry{ID: id.New(), EmployeeID: pair.EmployeeID, SupervisorID: pair.SupervisorID, Kind: Feedback,
				ResponseID: q.ResponseID, TouchpointID: q.TouchpointID, AuthorID: pair.EmployeeID, At: s.Now()})
		}
	}
	return err
}

// next is the talk of the two that is still to be held, made where there is none.
func (s *Service) next(ctx context.Context, pair Pair) (Talk, error) {
	t, err := s.Store.NextTalk(ctx, pair)
	if t.ID == 0 {
		t = Talk{ID: id.New(), EmployeeID: pair.EmployeeID, SupervisorID: pair.SupervisorID}
	}
	return t, err
}

// onSheet lets one of the two change their sheet. The line of the ledger tells that there was something, never what.
func (s *Service) onSheet(ctx context.Context, actor people.Actor, employee int64, verb string, change func(context.Context, Pair) (int64, error)) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		pair, err := s.PairOf(ctx, actor, employee)
		if err != nil {
			return err
		}
		subject, err := change(ctx, pair)
		if err != nil {
			return fmt.Errorf("%s on the sheet of %d: %w", verb, employee, err)
		}
		return s.tell(ctx, actor, verb, subject, map[string]any{"employee": fmt.Sprint(employee)})
	})
}

// SetGoal is an employee's goal in her own words. Only she sets one; what she measures it by is her own range.
func (s *Service) SetGoal(ctx context.Context, actor people.Actor, g Goal) error {
	var p fault.Problems
	g.Words = written(&p, "goal", g.Words)
	if g.Until != 0 && g.Until < s.today() {
		p.Add("until", "coaching.day_over")
	}
	if err := p.Err(); err != nil {
		return err
	}
	if actor.EmployeeID == 0 {
		return fault.Missing("coaching.missing")
	}
	g.ID, g.EmployeeID, g.State, g.SetAt = id.New(), actor.EmployeeID, GoalOpen, s.Now()
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.SaveGoal(ctx, g); err != nil {
			return fmt.Errorf("set a goal: %w", err)
		}
		return s.tell(ctx, actor, event.GoalSet, g.ID, nil)
	})
}

// CloseGoal says what became of it: kept or dropped, both by her alone. Faults: Missing for another's, Conflict where it
// is closed.
func (s *Service) CloseGoal(ctx context.Context, actor people.Actor, goal int64, state GoalState) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		g, err := s.Store.GoalOf(ctx, actor.EmployeeID, goal)
		if err != nil {
			return err
		}
		if g.State != GoalOpen || state != GoalReached && state != GoalDropped {
			return fault.Conflict("coaching.goal_closed_already")
		}
		now := s.Now()
		g.State, g.ClosedAt = state, &now
		if err := s.Store.SaveGoal(ctx, g); err != nil {
			return fmt.Errorf("close goal %d: %w", goal, err)
		}
		return s.tell(ctx, actor, event.GoalClosed, g.ID, nil)
	})
}

// Try writes what a team tries from today on; what was written today before is replaced until an outcome was noted.
// Faults: Missing for who does not belong to its meeting, Invalid for an idea of its own without words.
func (s *Service) Try(ctx context.Context, actor people.Actor, team int64, t Try) error {
	if t.Rule == Own {
		var p fault.Problems
		t.About = written(&p, "about", t.About)
		if err := p.Err(); err != nil {
			return err
		}
	}
	return s.inMeeting(ctx, actor, team, event.HuddleTryWritten, func(ctx context.Context) (Try, error) {
		was, err := s.Store.TryOf(ctx, team, s.today())
		if fault.KindOf(err) != fault.KindMissing && err != nil {
			return t, err
		}
		if was.Outcome != "" {
			return t, fault.Conflict("huddle.noted_already")
		}
		t.TeamID, t.Day, t.AuthorID, t.At = team, s.today(), actor.UserID, s.Now()
		return t, nil
	})
}

// Note says what came of what a team tried on a day; it can be said anew.
func (s *Service) Note(ctx context.Context, actor people.Actor, team int64, day int32, outcome Outcome, remark string) error {
	var p fault.Problems
	if remark != "" {
		remark = written(&p, "remark", remark)
	}
	if !outcome.known() {
		p.Add("outcome", "errors.required")
	}
	if err := p.Err(); err != nil {
		return err
	}
	return s.inMeeting(ctx, actor, team, event.HuddleOutcomeNoted, func(ctx context.Context) (Try, error) {
		t, err := s.Store.TryOf(ctx, team, day)
		now := s.Now()
		t.Outcome, t.Remark, t.NotedBy, t.NotedAt = outcome, remark, actor.UserID, &now
		return t, err
	})
}

// inMeeting lets who belongs to a team's meeting change what it tries.
func (s *Service) inMeeting(ctx context.Context, actor people.Actor, team int64, verb string, change func(context.Context) (Try, error)) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.Meeting(ctx, actor, team); err != nil {
			return err
		}
		t, err := change(ctx)
		if err == nil {
			err = s.Store.SaveTry(ctx, t)
		}
		if err != nil {
			return fmt.Errorf("%s of team %d: %w", verb, team, err)
		}
		return s.tell(ctx, actor, verb, team, map[string]any{"day": t.Day})
	})
}

// Meeting is how far a team sees together. Faults: Missing for who is not of it and does not supervise it.
func (s *Service) Meeting(ctx context.Context, actor people.Actor, team int64) (people.Scope, error) {
	var me people.Employee
	if actor.EmployeeID != 0 {
		var err error
		if me, err = s.Store.EmployeeByID(ctx, actor.EmployeeID); err != nil {
			return people.Scope{}, err
		}
	}
	scope := actor.MeetingScope(me, team)
	if len(scope.Teams()) == 0 {
		return scope, fault.Missing("huddle.missing")
	}
	return scope, nil
}

func (s *Service) tell(ctx context.Context, actor people.Actor, verb string, subject int64, particulars map[string]any) error {
	kind := "coaching"
	if verb == event.HuddleTryWritten || verb == event.HuddleOutcomeNoted {
		kind = "team"
	}
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: kind, SubjectID: subject, ActorID: actor.UserID, At: s.Now(), Particulars: particulars})
}
