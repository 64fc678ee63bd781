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
// had not disowned it, or when it was given to somebody since.
func (r *Rating) Reclaim(employee int64, now time.Time) bool {
	cause := CauseServed
	for _, a := range r.Attributions {
		if a.Cause == CauseMoved { // it came to her from somebody else
			cause = CauseMoved
		}
	}
	changed := false
	for i, a := range r.Attributions {
		if a.Active || a.Cause != CauseDisowned || a.EmployeeID != employee || employee == 0 || r.movedSince(a.ChangedAt) {
			continue
		}
		r.Attributions[i].Active, r.Attributions[i].Cause, r.Attributions[i].ChangedAt = true, cause, now
		r.drop(a.TeamID, now)
		changed = true
	}
	return changed
}

// movedSince reports whether a supervisor has given the rating to somebody after then.
func (r *Rating) movedSince(then time.Time) bool {
	return slices.ContainsFunc(r.Attributions, func(a Attribution) bool {
		return a.Active && a.Cause == CauseMoved && a.ChangedAt.After(then)
	})
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

// Plainly is the attribution of a rating that concerns one person or team as it came in; ok is false where several share
// it, nobody holds it, or somebody corrected it.
func (r Rating) Plainly() (a Attribution, ok bool) {
	if len(r.Attributions) != 1 {
		return a, false
	}
	a = r.Attributions[0]
	cause := CauseServed
	if !r.Judged.AgainstPeople() {
		cause = CauseProcess
	}
	return a, a.Active && a.Cause == cause && a.ChangedAt.Equal(r.AnsweredAt) && (a.EmployeeID != 0 || a.TeamID != 0)
}

// Active lists the attributions in force.
func (r Rating) Active() []Attribution {
	return slices.DeleteFunc(slices.Clone(r.Attributions), func(a Attribution) bool { return !a.Active })
}

// Concerns reports whether the rating counts for the employee.
func (r Rating) Concerns(employee int64) bool {
	return slices.ContainsFunc(r.Attributions, func(a Attribution) bool { return a.Active && a.EmployeeID == employee && employee != 0 })
}

// Corrected reports whether somebody said whom the rating concerns after it came in.
func (r Rating) Corrected() bool {
	return slices.ContainsFunc(r.Attributions, func(a Attribution) bool { return a.Cause == CauseMoved || a.Cause == CauseDisowned })
}

// Inherit keeps what was corrected on the answer this one replaces: the customer changed her mind about the rating, not
// about who served her. Who it no longer concerns is not told again; who it was given to, is.
func (r *Response) Inherit(old Response) {
	for i, rating := range r.Ratings {
		at := slices.IndexFunc(old.Ratings, func(o Rating) bool { return o.TouchpointID == rating.TouchpointID })
		if at < 0 || !old.Ratings[at].Corrected() {
			continue
		}
		rating.Attributions = slices.Clone(old.Ratings[at].Attributions)
		r.Ratings[i] = rating
		r.Notices = slices.DeleteFunc(slices.Clone(r.Notices), func(n Notice) bool {
			return n.TouchpointID == rating.TouchpointID && n.Audience == ToEmployee && !rating.Concerns(n.EmployeeID)
		})
		for _, a := range rating.Active() {
			r.tell(rating, a.EmployeeID)
		}
	}
}

// tell brings a rating to an employee it concerns; if she watches it already, from now on as her own.
func (r *Response) tell(rating Rating, employee int64) {
	if employee == 0 {
		return
	}
	for i, n := range r.Notices {
		if n.TouchpointID == rating.TouchpointID && n.EmployeeID == employee {
			r.Notices[i].Audience = ToEmployee
			return
		}
	}
	r.Notices = append(r.Notices, Notice{ResponseID: r.ID, TouchpointID: rating.TouchpointID, EmployeeID: employee,
		Audience: ToEmployee, Mood: rating.Scale.Mood(rating.Value), At: r.AnsweredAt})
}
