// Package casework is the inner loop: one customer being won back. Today it holds what the contact policy needs — a
// customer who asked to be contacted has an open case, is not surveyed meanwhile, and stays on the list until somebody
// closes it. Due times, causes and the customer's own verdict are not here yet.
package casework

import "time"

// CauseContact: the customer asked to be contacted.
const CauseContact = "contact_requested"

// Case is one customer and journey with something to put right; at most one is open for both.
type Case struct {
	ID         int64
	CustomerID int64
	RunID      int64
	JourneyID  int64
	Cause      string
	OpenedAt   time.Time
	ClosedAt   *time.Time
	ClosedBy   int64
}
