package casework

import (
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/people"
)

// MayWork: whoever has the case in sight may work on it, as long as it is open and she is an employee or a manager. Sight
// is the store's (CaseFor): managers, the journey's leader, the owner, who stands in for her, her supervisor, the
// touchpoint's owner, and the supervisors of teams that served.
func (c Case) MayWork(a people.Actor) bool { return !c.Closed() && (a.Manager || a.EmployeeID != 0) }

// MayTake: whoever may work on it and can own it, unless it is hers already.
func (c Case) MayTake(a people.Actor) bool {
	return c.MayWork(a) && a.EmployeeID != 0 && c.OwnerID != a.EmployeeID
}

// MayPropose: she was contacted, is not being asked already, and it is known why it went wrong.
func (c Case) MayPropose() bool { return !c.Closed() && c.unfitToPropose() == nil }

func (c Case) unfitToPropose() error {
	switch {
	case c.ContactedAt == nil:
		return fault.Conflict("cases.not_contacted")
	case c.State == Proposed:
		return fault.Conflict("cases.asked_already")
	case c.Cause == "":
		return fault.Conflict("cases.cause_first")
	}
	return nil
}

// MayWait: the clock runs to the solution, and has not stood as long as it may.
func (c Case) MayWait() bool { return !c.Closed() && c.unfitToWait() == nil }

func (c Case) unfitToWait() error {
	switch {
	case c.ContactedAt == nil:
		return fault.Conflict("cases.not_contacted")
	case c.State == Proposed, c.WaitingSince != nil:
		return fault.Conflict("cases.waiting_already")
	case c.Waited >= mostWait:
		return fault.Conflict("cases.waited_enough")
	}
	return nil
}
