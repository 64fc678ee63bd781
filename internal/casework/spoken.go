package casework

import (
	"context"
	"slices"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// What a customer says to somebody here while she is asked whether it is solved goes two ways. A no is written down: nobody
// here gains by it. A yes is not: closed means that she agrees, so she is sent the question again, and says it herself.

// Deny takes a no that the customer has said to the actor: back to work, with a new clock. Faults: those of all work on a
// case, Invalid, and Conflict cases.not_asked.
func (s *Service) Deny(ctx context.Context, actor people.Actor, caseID int64, by Channel, words string) (Case, error) {
	var p fault.Problems
	if !slices.Contains(Channels, by) {
		p.Add("channel", "errors.choice")
	}
	if words = text(words, &p); words == "" {
		p.Add("words", "errors.required")
	}
	if err := p.Err(); err != nil {
		return Case{}, err
	}
	return s.work(ctx, actor, caseID, func(ctx context.Context, c *Case, clock Clock) (done, error) {
		if c.State != Proposed {
			return done{}, fault.Conflict("cases.not_asked")
		}
		rules, err := s.Store.CaseRules(ctx, c.JourneyID)
		c.reopen(clock, rules, s.Now())
		return done{event.CaseReopened, Step{Kind: StepVerdict, Channel: by, Result: VerdictNo, Words: words}}, err
	})
}

// mostAgain is how often the question may be sent again in one round of asking.
const mostAgain = 3

// AskAgain sends the question whether it is solved once more and at once, since the customer is there to answer it. Faults:
// those of all work on a case, Conflict cases.not_asked, cases.no_address and cases.asked_enough.
func (s *Service) AskAgain(ctx context.Context, actor people.Actor, caseID int64, by string) (Case, error) {
	return s.work(ctx, actor, caseID, func(ctx context.Context, c *Case, _ Clock) (done, error) {
		if c.State != Proposed {
			return done{}, fault.Conflict("cases.not_asked")
		}
		customer, err := s.Store.CustomerByID(ctx, c.CustomerID)
		if err != nil {
			return done{}, err
		}
		if !slices.Contains(AskedBy(customer), by) {
			return done{}, fault.Conflict("cases.no_address")
		}
		mails, err := s.Store.MailsOf(ctx, c.ID)
		if err != nil {
			return done{}, err
		}
		m, sent := Mail{CaseID: c.ID, Kind: MailAgain, Channel: by, Round: c.Reopened, ActorID: actor.UserID}, 0
		for _, other := range mails {
			if other.Kind == m.Kind && other.Round == m.Round {
				sent++
			}
		}
		if sent >= mostAgain {
			return done{}, fault.Conflict("cases.asked_enough")
		}
		return done{}, s.post(ctx, m, s.Now())
	})
}

// AskedBy are the ways on which a question can go out to a customer.
func AskedBy(customer run.Customer) (ways []string) {
	if customer.Phone != "" {
		ways = append(ways, survey.BySMS)
	}
	if customer.MailTo() != "" {
		ways = append(ways, survey.ByMail)
	}
	return ways
}
