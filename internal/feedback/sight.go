package feedback

import (
	"slices"

	"github.com/journeyloop/journeyloop/internal/people"
)

// InSight: a rating is read by managers, the journey's leader, the touchpoint's owner, the supervisors of the teams it
// counts for and the people it concerns; a colleague's rating is nobody else's business.
func (r Rating) InSight(scope people.Scope) bool {
	if scope.Company() || slices.Contains(scope.Journeys(), r.JourneyID) || slices.Contains(scope.Touchpoints(), r.TouchpointID) {
		return true
	}
	return slices.ContainsFunc(r.Active(), func(a Attribution) bool {
		return a.TeamID != 0 && slices.Contains(scope.Teams(), a.TeamID) || a.EmployeeID != 0 && a.EmployeeID == scope.Employee()
	})
}
