package observation

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/people"
)

// MayRecord: whoever works here hears customers.
func MayRecord(a people.Actor) bool { return a.EmployeeID != 0 }

// MayChange: its author, for a few minutes and until somebody answered it alone.
func (o Observation) MayChange(a people.Actor, now time.Time) bool {
	return a.EmployeeID != 0 && o.EmployeeID == a.EmployeeID && o.WithdrawnAt == nil && now.Before(o.At.Add(Undo))
}
