package outreach

import (
	"slices"

	"github.com/journeyloop/journeyloop/internal/people"
)

// MayMake: a journey's leader for it, managers for any and for the company.
func MayMake(a people.Actor, journey int64) bool {
	return a.Manager || journey != 0 && slices.Contains(a.Leads, journey)
}

// MayCall: the people of the team, and who supervises it.
func (l List) MayCall(a people.Actor, e people.Employee) bool {
	return a.EmployeeID != 0 && (e.TeamID == l.TeamID || slices.Contains(a.Supervises, l.TeamID))
}
