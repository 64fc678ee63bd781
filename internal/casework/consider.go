package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Consider looks at a run and what the customer said of it, and opens a case or adds to the open one where the rules of the
// journey ask for it. What has opened a case before opens none again, so that considering twice changes nothing.
func (s *Service) Consider(ctx context.Context, runID int64) error {
	return s.look(ctx, runID, func(story Story, rules Rules) []Trigger { return rules.Triggers(story) })
}

// Raise opens a case about a run, or adds to the open one, for reasons that somebody else has found.
func (s *Service) Raise(ctx context.Context, runID int64, triggers ...Trigger) error {
	return s.look(ctx, runID, func(_ Story, rules Rules) []Trigger {
		var out []Trigger
		for _, t := range triggers {
			if t.RunID = runID; rules.Opens(t.Kind) {
				out = append(out, t)
			}
		}
		return out
	})
}

// look opens a case for what is found of a run and has opened none yet. A run that was taken out meanwhile has no reasons.
func (s *Service) look(ctx context.Context, runID int64, find func(Story, Rules) []Trigger) error {
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		story, err := s.story(ctx, runID)
		if err != nil || story.Walk.Run.CustomerID == 0 {
			return err
		}
		rules, err := s.Store.CaseRules(ctx, story.Walk.Run.JourneyID)
		if err != nil {
			return err
		}
		known, err := s.Store.TriggersOfRun(ctx, runID)
		if err != nil {
			return err
		}
		fresh := slices.DeleteFunc(find(story, rules), func(t Trigger) bool {
			return slices.ContainsFunc(known, t.same)
		})
		if len(fresh) == 0 {
			return nil
		}
		return s.open(ctx, story, rules, fresh)
	})
	if err != nil && fault.KindOf(err) != fault.KindMissing {
		return fmt.Errorf("look at run %d: %w", runID, err)
	}
	return nil
}

func (s *Service) story(ctx context.Context, runID int64) (Story, error) {
	walk, err := s.Store.WalkOf(ctx, runID)
	if err != nil {
		return Story{}, err
	}
	story := Story{Walk: walk, Now: s.Now()}
	if story.ValueLine, err = s.Store.ValueLine(ctx); err != nil {
		return story, err
	}
	a, err := s.Store.ResponseOf(ctx, runID)
	if fault.KindOf(err) == fault.KindMissing {
		return story, nil
	}
	if err != nil {
		return story, err
	}
	story.Response = &a
	if a.CustomerID != 0 && a.Overall != nil {
		story.Before, err = s.Store.OverallBefore(ctx, a.CustomerID, runID, a.Scale, a.AnsweredAt)
	}
	return story, err
}

// open opens a case for the triggers, or adds them to the one that is open.
func (s *Service) open(ctx context.Context, story Story, rules Rules, triggers []Trigger) error {
	clock, err := s.clock(ctx)
	if err != nil {
		return err
	}
	c := s.fresh(story, triggers)
	c.start(clock, rules, s.began(story, triggers))
	c.next(clock)
	if c.OwnerID, err = s.owner(ctx, story, rules, c); err != nil {
		return err
	}
	open, opened, err := s.Store.OpenCase(ctx, c)
	if err != nil {
		return err
	}
	for i := range triggers {
		triggers[i].CaseID = open.ID
	}
	added, err := s.Store.AddTriggers(ctx, triggers...)
	switch {
	case err != nil, added == 0: // the same errand, done by another at once
		return err
	case !opened:
		return s.append(ctx, clock, rules, open, story.severity(triggers), triggers)
	}
	if err := s.tell(ctx, event.CaseOpened, open, Step{Kind: StepOpened}); err != nil || open.OwnerID == 0 {
		return err
	}
	return s.tell(ctx, event.CaseAssigned, open, Step{Kind: StepAssigned, EmployeeID: open.OwnerID})
}

func (s *Service) fresh(story Story, triggers []Trigger) Case {
	r := story.Walk.Run
	c := Case{ID: id.New(), CustomerID: r.CustomerID, RunID: r.ID, JourneyID: r.JourneyID, State: Open, Severity: story.severity(triggers), OpenedAt: s.Now(), Version: 1}
	for _, t := range triggers {
		if t.TouchpointID != 0 {
			c.TouchpointID = t.TouchpointID
			break
		}
	}
	return c
}

// began is when the customer began to wait for us: when her answer was written down, not when somebody read it. What she did
// not tell us herself begins when it is found.
func (s *Service) began(story Story, triggers []Trigger) time.Time {
	if story.Response == nil || !slices.ContainsFunc(triggers, func(t Trigger) bool { return t.SourceID == story.Response.ID }) {
		return s.Now()
	}
	said := story.Response.AnsweredAt
	if story.Response.CreatedAt.After(said) {
		said = story.Response.CreatedAt // it came by way of another system
	}
	return said
}

// append notes that more has come to an open case. Worse news shorten what is left of the clock, from now on; nothing
// lengthens it. Whoever was asked whether it is solved, and has had another reason since, is not asked any more: the case
// is open again as by her no.
func (s *Service) append(ctx context.Context, clock Clock, rules Rules, c Case, severity Severity, triggers []Trigger) error {
	d := done{event.CaseTriggered, Step{Kind: StepTriggered}}
	if severity > c.Severity {
		c.hasten(clock, rules, s.Now())
	}
	if c.State == Proposed && slices.ContainsFunc(triggers, func(t Trigger) bool { return t.At.After(*c.ProposedAt) }) {
		c.reopen(clock, rules, s.Now())
		d.verb = event.CaseReopened
	}
	_, err := s.keep(ctx, c, clock, d)
	return err
}

// owner finds who gets a new case.
func (s *Service) owner(ctx context.Context, story Story, rules Rules, c Case) (int64, error) {
	h, err := s.house(ctx, story)
	if err != nil {
		return 0, err
	}
	var inTurn []int64
	if slices.Contains(rules.Route, ToTeam) {
		if inTurn, err = s.Store.InTurn(ctx, rules.TeamID); err != nil {
			return 0, err
		}
	}
	return h.owner(rules, c, inTurn), nil
}

func (s *Service) house(ctx context.Context, story Story) (House, error) {
	h := House{Walk: story.Walk, Day: i18n.Day(s.Now(), s.Zone), Active: func(employee int64) bool {
		e, err := s.Store.EmployeeByID(ctx, employee)
		return err == nil && e.Active
	}}
	j, err := s.Store.JourneyByID(ctx, story.Walk.Run.JourneyID)
	if err != nil {
		return h, err
	}
	h.Leader = j.LeaderID
	if h.Touchpoints, err = s.Store.TouchpointsByID(ctx, story.Walk.Met()); err != nil {
		return h, err
	}
	if h.Tree, err = s.Store.Tree(ctx); err != nil {
		return h, err
	}
	absences, err := s.Store.Absences(ctx, h.Day, h.Day)
	h.Away = people.AwayOn(absences, h.Day)
	return h, err
}
