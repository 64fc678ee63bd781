package casework

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// done is what somebody did about a case; without a verb nothing has changed.
type done struct {
	verb string
	step Step
}

// work lets somebody who may work on a case change it. Faults: Missing out of sight, Conflict cases.closed, Forbidden
// cases.not_yours, and those of do. The clock is set anew afterwards.
func (s *Service) work(ctx context.Context, actor people.Actor, id int64, do func(ctx context.Context, c *Case, clock Clock) (done, error)) (Case, error) {
	var out Case
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.Store.CaseFor(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		switch {
		case c.Closed():
			return fault.Conflict("cases.closed")
		case !c.MayWork(actor):
			return fault.Forbidden("cases.not_yours")
		}
		clock, err := s.clock(ctx)
		if err != nil {
			return err
		}
		d, err := do(ctx, &c, clock)
		if out = c; err != nil || d.verb == "" {
			return err
		}
		d.step.ActorID = actor.UserID
		out, err = s.keep(ctx, c, clock, d)
		return err
	})
	return out, err
}

// keep saves a changed case with its step and line.
func (s *Service) keep(ctx context.Context, c Case, clock Clock, d done) (Case, error) {
	c.next(clock)
	if err := s.Store.SaveCase(ctx, &c); err != nil {
		return c, err
	}
	return c, s.tell(ctx, d.verb, c, d.step)
}

// TakeOver makes the actor the owner. from is the owner she saw: where somebody else has taken the case meanwhile it is a
// Conflict that names her. Who owns it already changes nothing.
func (s *Service) TakeOver(ctx context.Context, actor people.Actor, id, from int64) (Case, error) {
	return s.work(ctx, actor, id, func(ctx context.Context, c *Case, _ Clock) (done, error) {
		switch {
		case actor.EmployeeID == 0:
			return done{}, fault.Forbidden("cases.no_employee")
		case c.OwnerID == actor.EmployeeID:
			return done{}, nil
		}
		if err := s.unmoved(ctx, *c, from); err != nil {
			return done{}, err
		}
		c.OwnerID = actor.EmployeeID
		return done{event.CaseTakenOver, Step{Kind: StepTaken, EmployeeID: c.OwnerID}}, nil
	})
}

// unmoved is a Conflict where the case has got another owner than was seen.
func (s *Service) unmoved(ctx context.Context, c Case, from int64) error {
	if c.OwnerID == from || c.OwnerID == 0 {
		return nil
	}
	owner, err := s.Store.EmployeeByID(ctx, c.OwnerID)
	if err != nil {
		return err
	}
	return fault.Conflict("cases.taken_by", "name", i18n.Isolate(owner.Name))
}

// HandOver gives the case to somebody else, with a note on what she must know; from as of TakeOver. Who is away cannot be
// given one.
func (s *Service) HandOver(ctx context.Context, actor people.Actor, id, from, to int64, note string) (Case, error) {
	note, err := needed("note", note)
	if err != nil {
		return Case{}, err
	}
	return s.work(ctx, actor, id, func(ctx context.Context, c *Case, _ Clock) (done, error) {
		if err := s.unmoved(ctx, *c, from); err != nil {
			return done{}, err
		}
		if err := s.there(ctx, to); err != nil {
			return done{}, err
		}
		if c.OwnerID == to {
			return done{}, fault.Invalid(fault.Field{Name: "to", Key: "cases.hers_already"})
		}
		c.OwnerID = to
		return done{event.CaseHandedOver, Step{Kind: StepHanded, EmployeeID: to, Words: note}}, nil
	})
}

// there is Invalid where an employee is not there to be given a case.
func (s *Service) there(ctx context.Context, employee int64) error {
	e, err := s.Store.EmployeeByID(ctx, employee)
	if fault.KindOf(err) == fault.KindMissing || err == nil && !e.Active {
		return fault.Invalid(fault.Field{Name: "to", Key: "errors.choice"})
	}
	if err != nil {
		return err
	}
	day := i18n.Day(s.Now(), s.Zone)
	absences, err := s.Store.Absences(ctx, day, day)
	if err == nil && people.AwayOn(absences, day).Standing(employee) != employee {
		err = fault.Invalid(fault.Field{Name: "to", Key: "cases.away", Args: []any{"name", i18n.Isolate(e.Name)}})
	}
	return err
}

// Tried is one attempt to contact the customer.
type Tried struct {
	Channel Channel
	Result  Result
	Words   string
}

// Attempt records an attempt to contact the customer. Only one that reached her is the first contact, and ends that clock;
// it also ends waiting for her.
func (s *Service) Attempt(ctx context.Context, actor people.Actor, id int64, t Tried) (Case, error) {
	var p fault.Problems
	if !slices.Contains(Channels, t.Channel) {
		p.Add("channel", "errors.choice")
	}
	if !slices.Contains(Results, t.Result) {
		p.Add("result", "errors.choice")
	}
	t.Words = text(t.Words, &p)
	if err := p.Err(); err != nil {
		return Case{}, err
	}
	return s.work(ctx, actor, id, func(_ context.Context, c *Case, clock Clock) (done, error) {
		d := done{event.CaseAttempted, Step{Kind: StepAttempt, Channel: t.Channel, Result: string(t.Result), Words: t.Words}}
		if t.Result == Reached {
			c.resume(clock, s.Now())
			if c.contact(s.Now()) {
				d.verb = event.CaseContacted
			}
		}
		return d, nil
	})
}

// contact notes that both sides have talked, and whether it was the first time.
func (c *Case) contact(now time.Time) bool {
	first := c.ContactedAt == nil
	if first {
		c.ContactedAt = &now
	}
	if c.State == Open {
		c.State, c.Warned = Contacted, 0
	}
	return first
}

// begin notes that work on the case goes on after the contact.
func (c *Case) begin() {
	if c.State == Contacted {
		c.State = Working
	}
}

// Note writes down what others who work on the case must know.
func (s *Service) Note(ctx context.Context, actor people.Actor, id int64, words string) (Case, error) {
	words, err := needed("words", words)
	if err != nil {
		return Case{}, err
	}
	return s.work(ctx, actor, id, func(_ context.Context, c *Case, _ Clock) (done, error) {
		c.begin()
		return done{event.CaseNoted, Step{Kind: StepNote, Words: words}}, nil
	})
}

// Code says why it went wrong: exactly one main cause, and any others. Coding again replaces them.
func (s *Service) Code(ctx context.Context, actor people.Actor, id int64, main Cause, others ...Cause) (Case, error) {
	if !main.Known() || slices.ContainsFunc(others, func(c Cause) bool { return !c.Known() }) {
		return Case{}, fault.Invalid(fault.Field{Name: "cause", Key: "errors.choice"})
	}
	return s.work(ctx, actor, id, func(ctx context.Context, c *Case, _ Clock) (done, error) {
		coded := []Coded{{c.ID, main, true}}
		for _, other := range Causes {
			if other != main && slices.Contains(others, other) {
				coded = append(coded, Coded{CaseID: c.ID, Cause: other})
			}
		}
		if err := s.Store.SaveCauses(ctx, c.ID, coded); err != nil {
			return done{}, err
		}
		c.begin()
		c.Cause = main
		return done{event.CaseCoded, Step{Kind: StepCoded, Result: string(main)}}, nil
	})
}

// Wait stops the clock because the customer is to answer; words say what she was asked.
func (s *Service) Wait(ctx context.Context, actor people.Actor, id int64, words string) (Case, error) {
	words, err := needed("words", words)
	if err != nil {
		return Case{}, err
	}
	return s.work(ctx, actor, id, func(_ context.Context, c *Case, _ Clock) (done, error) {
		if err := c.unfitToWait(); err != nil {
			return done{}, err
		}
		now := s.Now()
		c.begin()
		c.WaitingSince = &now
		return done{event.CaseWaiting, Step{Kind: StepWaiting, Words: words}}, nil
	})
}

// Resume lets the clock run again.
func (s *Service) Resume(ctx context.Context, actor people.Actor, id int64) (Case, error) {
	return s.work(ctx, actor, id, func(_ context.Context, c *Case, clock Clock) (done, error) {
		if c.WaitingSince == nil {
			return done{}, fault.Conflict("cases.not_waiting")
		}
		c.resume(clock, s.Now())
		return done{event.CaseResumed, Step{Kind: StepResumed}}, nil
	})
}

// resume moves the deadline by the business time that the clock stood, mostWait at most; it does nothing where it runs.
func (c *Case) resume(clock Clock, now time.Time) {
	if c.WaitingSince == nil {
		return
	}
	stood := min(clock.Between(*c.WaitingSince, now), mostWait-c.Waited)
	c.Waited, c.WaitingSince = c.Waited+stood, nil
	c.ResolveDue = clock.Add(c.ResolveDue, stood)
}

// What must have been tried before a customer counts as unreachable (methods.md §7).
const (
	triesNeeded    = 3
	channelsNeeded = 2
	triesOver      = 5 * 24 * time.Hour
)

// GiveUp ends a case because the customer could not be reached: three attempts, by two ways where she has two, over five
// days, and none of them reached her.
func (s *Service) GiveUp(ctx context.Context, actor people.Actor, id int64, words string) (Case, error) {
	var p fault.Problems
	words = text(words, &p)
	if err := p.Err(); err != nil {
		return Case{}, err
	}
	return s.work(ctx, actor, id, func(ctx context.Context, c *Case, _ Clock) (done, error) {
		if c.ContactedAt != nil {
			return done{}, fault.Conflict("cases.reached_before")
		}
		steps, err := s.Store.StepsOf(ctx, c.ID)
		if err != nil {
			return done{}, err
		}
		customer, err := s.Store.CustomerByID(ctx, c.CustomerID)
		if err != nil {
			return done{}, err
		}
		if !TriedEnough(steps, customer, s.Now()) {
			return done{}, fault.Conflict("cases.try_more", "tries", triesNeeded, "channels", channelsNeeded, "days", int(triesOver.Hours()/24))
		}
		c.end(Unreachable, s.Now())
		c.ClosedBy = actor.UserID
		return done{event.CaseUnreachable, Step{Kind: StepClosed, Result: string(Unreachable), Words: words}}, nil
	})
}

// Forget says on every case of a customer that her words were erased, and ends those that are open: nobody can reach her any
// more. The caller erases the words (see privacy).
func (s *Service) Forget(ctx context.Context, actor people.Actor, customer int64) error {
	cases, err := s.Store.CasesOf(ctx, customer)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if c, err = s.Store.CaseByID(ctx, c.ID); err != nil {
			return err
		}
		verb := event.CaseErased
		if !c.Closed() {
			c.end(Unreachable, s.Now())
			c.ClosedBy, verb = actor.UserID, event.CaseUnreachable
			if err := s.Store.SaveCase(ctx, &c); err != nil {
				return err
			}
		}
		if err := s.tell(ctx, verb, c, Step{Kind: StepErased, ActorID: actor.UserID}); err != nil {
			return err
		}
	}
	return nil
}

// TriedEnough reports whether the attempts among the steps are enough to give a customer up; who has no phone needs to be
// tried by one way only.
func TriedEnough(steps []Step, customer run.Customer, now time.Time) bool {
	channels := channelsNeeded
	if customer.Phone == "" {
		channels = 1
	}
	n, ways, first := 0, map[Channel]bool{}, now
	for _, step := range steps {
		if step.Kind == StepAttempt {
			n++
			ways[step.Channel] = true
			if step.At.Before(first) {
				first = step.At
			}
		}
	}
	return n >= triesNeeded && len(ways) >= channels && now.Sub(first) >= triesOver
}

// mostWords is how long a note may be, in characters.
const mostWords = 4000

// text cleans what somebody typed; too much is a problem of the field words.
func text(words string, p *fault.Problems) string {
	words = strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(words, "\r\n", "\n")))
	if p != nil && utf8.RuneCountInString(words) > mostWords {
		p.Add("words", "errors.too_long", "max", mostWords)
	}
	return words
}

// needed is text that must not be missing.
func needed(field, words string) (string, error) {
	var p fault.Problems
	if words = text(words, &p); words == "" {
		p.Add(field, "errors.required")
	}
	return words, p.Err()
}
