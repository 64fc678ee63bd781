package run

import (
	"slices"

	"github.com/journeyloop/journeyloop/internal/people"
)

// MayIdentify: who the customer is, is the business of the company's managers, of the journey's leader and of the
// supervisors of teams that served her. Everybody else sees the walk of somebody.
func (w Walk) MayIdentify(scope people.Scope) bool {
	if scope.Company() || slices.Contains(scope.Journeys(), w.Run.JourneyID) {
		return true
	}
	return slices.ContainsFunc(w.Contacts, func(c Contact) bool {
		return slices.ContainsFunc(c.People, func(p Person) bool {
			return p.TeamID != 0 && slices.Contains(scope.Teams(), p.TeamID)
		})
	})
}

// MaySetConsent: whether a customer is asked at all is set in her name by managers and administrators.
func MaySetConsent(a people.Actor) bool { return a.Manager || a.Administrator }
