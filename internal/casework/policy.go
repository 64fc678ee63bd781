package casework

import (
	"slices"

	"github.com/journeyloop/journeyloop/internal/people"
)

// MayClose: the leader of the journey on which it went wrong, and managers.
func (c Case) MayClose(a people.Actor) bool {
	return c.ClosedAt == nil && (a.Manager || slices.Contains(a.Leads, c.JourneyID))
}
