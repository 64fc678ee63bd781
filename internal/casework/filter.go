package casework

import "slices"

// Which cases a list shows.
type Which string

// Open ones unless something else is asked for.
const (
	WhichOpen    Which = ""
	WhichMine    Which = "mine"
	WhichUnowned Which = "unowned"
	WhichOverdue Which = "overdue"
	WhichClosed  Which = "closed"
)

// Whiches in the order they are offered.
var Whiches = []Which{WhichOpen, WhichMine, WhichUnowned, WhichOverdue, WhichClosed}

// WhichOf reads a choice; anything else is open ones.
func WhichOf(s string) Which {
	if w := Which(s); slices.Contains(Whiches, w) {
		return w
	}
	return WhichOpen
}

// Filter is what a list of cases can be asked for.
type Filter struct {
	Which     Which
	JourneyID int64 // 0 is all
}
