package feedback

import (
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
)

// Disown takes a rating off an employee who says it was not her, or that it was the system. The team that served keeps
// it; a person's figures no longer count it. Nothing changes when it was not hers.
func (r *Rating) Disown(employee int64, now time.Time) bool {
	changed := false
	for i, a := range r.Attributions {
		if a.Active && a.EmployeeID == employee && employee != 0 {
			r.Attributions[i].Active, r.Attributions[i].Cause, r.Attributions[i].ChangedAt = false, CauseDisowned, now
			r.put(0, a.TeamID, CauseDisowned, now)
			changed = true
		}
	}
	return changed
}

// Reclaim undoes Disown: the rating concerns the employee again, and the team only through her. Nothing changes when she
// had not disowned it.
func (r *Rating) Reclaim(employee int64, now time.Time) bool {
	cause := CauseServed
	for _, a := range r.Attributions {
		if a.Cause == CauseMoved { // it came to her from somebody else
			cause = CauseMoved
		}
	}
	changed := false
	for i, a := range r.Attributions {
		if a.Active || a.Cause != CauseDisowned || a.EmployeeID != employee || employee == 0 {
			continue
		}
		r.Attributions[i].Active, r.Attributions[i].Cause, r.Attributions[i].ChangedAt = true, cause, now
		r.drop(a.TeamID, now)
		changed = true
	}
	return changed
}

// drop takes back that a team holds a rating because somebody disowned it.
func (r *Rating) drop(team int64, now time.Time) {
	for i, a := range r.Attributions {
		if a.EmployeeID == 0 && a.TeamID == team && a.Cause == CauseDisowned {
			r.Attributions[i].Active, r.Attributions[i].ChangedAt = false, now
		}
	}
}

// Move gives a rating to another employee and team, taking it from whom it concerned before; employee 0 leaves it with
// the team alone.
func (r *Rating) Move(employee, team int64, now time.Time) error {
	if employee == 0 && team == 0 {
		return fault.Invalid(fault.Field{Name: "employee", Key: "errors.required"})
	}
	for i := range r.Attributions {
		if r.Attributions[i].Active {
			r.Attributions[i].Active, r.Attributions[i].Cause, r.Attributions[i].ChangedAt = false, CauseMoved, now
		}
	}
	r.put(employee, team, CauseMoved, now)
	return nil
}

// put makes one attribution active, adding it when it is new.
func (r *Rating) put(employee, team int64, cause Cause, now time.Time) {
	i := slices.IndexFunc(r.Attributions, func(a Attribution) bool { return a.EmployeeID == employee && a.TeamID == team })
	if i < 0 {
		r.Attributions = append(r.Attributions, Attribution{ResponseID: r.ResponseID, TouchpointID: r.TouchpointID, EmployeeID: employee, TeamID: team})
		i = len(r.Attributions) - 1
	}
	r.Attributions[i].Active, r.Attributions[i].Cause, r.Attributions[i].ChangedAt = true, cause, now
}

// Active lists the attributions in force.
func (r Rating) Active() []Attribution {
	return slices.DeleteFunc(slices.Clone(r.Attributions), func(a Attribution) bool { return !a.Active })
}

// Concerns reports whether the rating counts for the employee.
func (r Rating) Concerns(employee int64) bool {
	return slices.ContainsFunc(r.Attributions, func(a Attribution) bool { return a.Active && a.EmployeeID == employee && employee != 0 })
}
