package casework

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Due lists the cases with something to do now, the longest due first.
func (s *Service) Due(ctx context.Context, limit int) ([]int64, error) {
	return s.Store.DueCases(ctx, s.Now(), limit)
}

// Attend does what is due about one case: it ends by her silence, its clock runs again, or the next person up is warned. It
// does nothing when nothing is due (any more).
func (s *Service) Attend(ctx context.Context, caseID int64) error {
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.Store.CaseByID(ctx, caseID)
		now := s.Now()
		if err != nil || c.NextAt == nil || c.NextAt.After(now) {
			return err
		}
		clock, err := s.clock(ctx)
		if err != nil {
			return err
		}
		switch {
		case c.State == Proposed:
			c.end(Unverified, now)
			_, err = s.keep(ctx, c, clock, done{event.CaseUnverified, Step{Kind: StepClosed, Result: string(Unverified)}})
		case c.WaitingSince != nil:
			c.resume(clock, now)
			_, err = s.keep(ctx, c, clock, done{event.CaseResumed, Step{Kind: StepResumed}})
		default:
			err = s.warn(ctx, c, clock, now)
		}
		return err
	})
	if fault.KindOf(err) == fault.KindMissing {
		return nil
	}
	if err != nil {
		return fmt.Errorf("attend to case %d: %w", caseID, err)
	}
	return nil
}

// warn tells the next person up how much of the time has passed. A case that nobody owns by then, or whose owner works here
// no more, gets an owner: whoever of those above is there.
func (s *Service) warn(ctx context.Context, c Case, clock Clock, now time.Time) error {
	percent := c.reached(clock, now)
	if percent == 0 { // the deadline moved
		c.next(clock)
		return s.Store.SaveCase(ctx, &c)
	}
	above, err := s.above(ctx, &c)
	if err != nil {
		return err
	}
	c.Warned = percent
	if c.OwnerID == 0 && len(above) > 0 {
		c.OwnerID = above[0]
		if err := s.tell(ctx, event.CaseAssigned, c, Step{Kind: StepAssigned, EmployeeID: c.OwnerID}); err != nil {
			return err
		}
	}
	to := int64(0) // the managers
	if i := slices.Index(warnings, percent); i < len(above) {
		to = above[i]
	}
	_, err = s.keep(ctx, c, clock, done{event.CaseWarned, Step{Kind: StepWarned, EmployeeID: to, Result: strconv.Itoa(percent)}})
	return err
}

// above are who stands above the owner of a case, the nearest first, without those who are away: her supervisor and the
// journey's leader. Above them are the managers; they are listed only of a case that nobody else could own. An owner who
// works here no more owns it no more.
func (s *Service) above(ctx context.Context, c *Case) ([]int64, error) {
	walk, err := s.Store.WalkOf(ctx, c.RunID)
	if err != nil {
		return nil, err
	}
	h, err := s.house(ctx, Story{Walk: walk, Now: s.Now()})
	if err != nil {
		return nil, err
	}
	var out []int64
	add := func(who int64) {
		if who = h.present(who); who != 0 && who != c.OwnerID && !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	owner, err := s.Store.EmployeeByID(ctx, c.OwnerID)
	if err != nil && fault.KindOf(err) != fault.KindMissing {
		return nil, err
	}
	add(supervisorOf(h.Tree, owner))
	if !owner.Active {
		c.OwnerID = 0
		for _, who := range h.supervisors(c.TouchpointID) {
			add(who)
		}
	}
	add(h.Leader)
	if c.OwnerID != 0 || len(out) > 0 {
		return out, nil
	}
	managers, err := s.Store.Managers(ctx)
	for _, who := range managers {
		add(who)
	}
	return out, err
}

// supervisorOf is the nearest supervisor above an employee who is not herself, 0 for none.
func supervisorOf(tree people.Tree, e people.Employee) int64 {
	path := tree.Path(e.TeamID)
	for _, team := range slices.Backward(path) {
		if who := tree.Teams[team].SupervisorID; who != 0 && who != e.ID {
			return who
		}
	}
	return 0
}
