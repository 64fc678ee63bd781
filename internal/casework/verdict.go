package casework

import (
	"context"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Solved is what was done for the customer. Compensation is all that she gets in this case, in minor units of the company's
// currency; 0 is none.
type Solved struct {
	Solution          string
	CompensationMinor int64
}

func (v *Solved) check() error {
	var p fault.Problems
	if v.Solution = text(v.Solution, &p); v.Solution == "" {
		p.Add("solution", "errors.required")
	}
	if v.CompensationMinor < 0 || v.CompensationMinor > mostCompensation {
		p.Add("compensation", "cases.money_wrong")
	}
	return p.Err()
}

// Propose says what was done, and asks the customer whether it is solved: by a link that goes out to her (see Ask), which
// nobody here sees. She must have been contacted, and the main cause be known; above a limit of the rules a manager proposes.
func (s *Service) Propose(ctx context.Context, actor people.Actor, caseID int64, v Solved) (Case, error) {
	if err := v.check(); err != nil {
		return Case{}, err
	}
	return s.work(ctx, actor, caseID, func(ctx context.Context, c *Case, clock Clock) (done, error) {
		if err := c.unfitToPropose(); err != nil {
			return done{}, err
		}
		now := s.Now()
		c.resume(clock, now)
		c.State, c.ProposedAt, c.Warned = Proposed, &now, 0
		c.Solution = v.Solution
		if err := s.compensate(ctx, actor, c, v.CompensationMinor); err != nil {
			return done{}, err
		}
		return done{event.CaseProposed, Step{Kind: StepProposed, Words: v.Solution}}, nil
	})
}

// Hand makes another link for the question that is open, for somebody who is with a customer to whom nothing can be sent. The
// story tells that she had it: it is the customer's to answer. Faults: those of all work on a case, Conflict cases.not_asked,
// and cases.link_sent where the customer can be sent the question herself (see AskAgain).
func (s *Service) Hand(ctx context.Context, actor people.Actor, caseID int64) (token string, err error) {
	_, err = s.work(ctx, actor, caseID, func(ctx context.Context, c *Case, _ Clock) (done, error) {
		if c.State != Proposed {
			return done{}, fault.Conflict("cases.not_asked")
		}
		customer, err := s.Store.CustomerByID(ctx, c.CustomerID)
		if err != nil {
			return done{}, err
		}
		if len(AskedBy(customer)) > 0 {
			return done{}, fault.Conflict("cases.link_sent")
		}
		var link Link
		token, link = c.NewLink(s.Now())
		return done{event.CaseNoted, Step{Kind: StepLinked}}, s.Store.AddLink(ctx, link)
	})
	return token, err
}

// NewLink makes a link for the present round of asking, and the token that leads to it.
func (c Case) NewLink(now time.Time) (token string, l Link) {
	token = id.Token()
	return token, Link{Hash: id.Hash(token), CaseID: c.ID, Round: c.Reopened, AskedAt: now}
}

// Asked is what the page behind a link shows.
type Asked struct {
	Case     Case
	Journey  i18n.Text
	Language i18n.Lang // the customer's, "" when unknown
	Verdict  string    // what she has said by this link already, "" for nothing
	Words    string    // and in which words
	Scale    stat.Scale
	Rating   *int // how she has rated the journey since, on Scale
}

// Question opens the page behind a token and records nothing. Faults: Missing cases.link_missing, Conflict cases.link_over
// for a question that is closed: the case was reopened since, or is settled, or the link is too old.
func (s *Service) Question(ctx context.Context, token string) (Asked, error) {
	link, err := s.Store.LinkByHash(ctx, id.Hash(token))
	if err != nil {
		return Asked{}, unknown(err)
	}
	var out Asked
	if out.Case, err = s.Store.CaseByID(ctx, link.CaseID); err != nil {
		return out, unknown(err)
	}
	customer, err := s.Store.CustomerByID(ctx, out.Case.CustomerID)
	if err != nil {
		return out, err
	}
	out.Language, out.Verdict = customer.Language, link.Verdict
	j, err := s.Store.JourneyByID(ctx, out.Case.JourneyID)
	if out.Journey = j.Name; err != nil {
		return out, err
	}
	if link.Verdict != "" {
		return out, s.said(ctx, &out, link)
	}
	if !out.Case.asks(link, s.Now()) {
		err = fault.Conflict("cases.link_over")
	}
	return out, err
}

// said fills in what she has said by a link, and since.
func (s *Service) said(ctx context.Context, out *Asked, link Link) error {
	steps, err := s.Store.StepsOf(ctx, out.Case.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(steps, func(step Step) bool {
		return step.Kind == StepVerdict && link.UsedAt != nil && !step.At.Before(*link.UsedAt)
	})
	if i >= 0 {
		out.Words = steps[i].Words
	}
	if out.Scale, err = s.scale(ctx, out.Case); err != nil {
		return err
	}
	r, err := s.Store.CaseRating(ctx, out.Case.ID)
	if fault.KindOf(err) == fault.KindMissing {
		return nil
	}
	if r.Scale == out.Scale {
		out.Rating = &r.Value
	}
	return err
}

func unknown(err error) error {
	if fault.KindOf(err) == fault.KindMissing {
		return fault.Missing("cases.link_missing")
	}
	return err
}

// linkLife is how long a link asks. Silence ends the case sooner, and does not keep her from answering late.
const linkLife = 60 * 24 * time.Hour

// asks reports whether a link still asks: in its own round, for as long as it lives, and until she has said it is solved.
func (c Case) asks(l Link, now time.Time) bool {
	return l.Round == c.Reopened && now.Sub(l.AskedAt) < linkLife && (c.State == Proposed || c.State == Unverified)
}

// Verdict takes the customer's word: solved ends the case verified, not solved sends it back to work with a new clock and
// her words; where another case of hers is open on the journey by then, it goes to that one, which is returned. The same again changes nothing; the faults are those of Question, and Conflict cases.link_used for another
// word by the same link.
func (s *Service) Verdict(ctx context.Context, token string, solved bool, words string) (Case, error) {
	var p fault.Problems
	words = text(words, &p)
	if err := p.Err(); err != nil {
		return Case{}, err
	}
	verdict := VerdictNo
	if solved {
		verdict = VerdictYes
	}
	var out Case
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		link, err := s.Store.LinkByHash(ctx, id.Hash(token))
		if err != nil {
			return unknown(err)
		}
		if out, err = s.Store.CaseByID(ctx, link.CaseID); err != nil {
			return unknown(err)
		}
		switch {
		case link.Verdict == verdict:
			return nil
		case link.Verdict != "":
			return fault.Conflict("cases.link_used")
		case !out.asks(link, s.Now()):
			return fault.Conflict("cases.link_over")
		}
		now := s.Now()
		link.UsedAt, link.Verdict = &now, verdict
		if err := s.Store.SaveLink(ctx, link); err != nil {
			return err
		}
		out, err = s.judged(ctx, out, solved, words)
		return err
	})
	return out, err
}

func (s *Service) judged(ctx context.Context, c Case, solved bool, words string) (Case, error) {
	clock, err := s.clock(ctx)
	if err != nil {
		return c, err
	}
	if solved {
		c.end(Verified, s.Now())
		return s.keep(ctx, c, clock, done{event.CaseVerified, Step{Kind: StepVerdict, Result: VerdictYes, Words: words}})
	}
	rules, err := s.Store.CaseRules(ctx, c.JourneyID)
	if err != nil {
		return c, err
	}
	old := c
	c.reopen(clock, rules, s.Now())
	c.next(clock)
	open, reopened, err := s.Store.ReopenCase(ctx, c)
	switch {
	case err != nil:
		return old, err
	case !reopened:
		return open, s.lateNo(ctx, open, old, words)
	}
	return open, s.tell(ctx, event.CaseReopened, open, Step{Kind: StepVerdict, Result: VerdictNo, Words: words})
}

// lateNo adds a customer's "no" about a case that her silence had ended to the one she has open on the journey now: whoever
// works on that one hears her, and the old one stays ended.
func (s *Service) lateNo(ctx context.Context, open, old Case, words string) error {
	_, err := s.Store.AddTriggers(ctx, Trigger{CaseID: open.ID, Kind: Unresolved, RunID: old.RunID, TouchpointID: old.TouchpointID, SourceID: old.ID, At: s.Now()})
	if err != nil {
		return err
	}
	return s.tell(ctx, event.CaseTriggered, open, Step{Kind: StepVerdict, Result: VerdictNo, Words: words})
}

// reopen sends a case back to work, with a new clock for the solution; she was contacted already.
func (c *Case) reopen(clock Clock, rules Rules, now time.Time) {
	c.State, c.ProposedAt, c.ClosedAt, c.ClosedBy = Working, nil, nil, 0
	c.Reopened++
	c.start(clock, rules, now)
}
