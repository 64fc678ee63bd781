package casework

import (
	"slices"
	"time"
)

// Need is what asks somebody to do something now.
type Need string

// Hers and overdue, hers and due today, nobody's in her sight; hers where she waits for the customer, or where the customer
// is asked whether it is solved.
const (
	NeedsHurry Need = "late"
	NeedsToday Need = "today"
	NeedsOwner Need = "unowned"
	NeedsReply Need = "waiting"
	NeedsWord  Need = "asked"
)

// Needs in the order they are shown, what presses most first.
var Needs = []Need{NeedsHurry, NeedsToday, NeedsOwner, NeedsReply, NeedsWord}

// Whose cases a list shows.
type Whose string

// Hers, or those of her team: the people beside her and those she supervises. Anything else is all in sight.
const (
	Mine Whose = "mine"
	Team Whose = "team"
)

// Whoses in the order they are offered.
var Whoses = []Whose{Mine, Team}

// Stages a list can be narrowed to besides single states; nothing at all is what is open.
const (
	Over       State = "closed"
	Everything State = "all"
)

// Stages in the order they are offered.
var Stages = append(slices.Clone(States), Over, Everything)

// Filter is what a list of cases can be asked for; the zero one is what is open. Now and DayEnds say what is overdue and
// what is due today.
type Filter struct {
	Need      Need
	Whose     Whose
	Stage     State
	JourneyID int64
	RunID     int64
	// CustomerID narrows to one customer, Customer to words of names and details or to keys.
	CustomerID int64
	Cause      Cause
	Severity   Severity
	Overdue    bool
	Reopened   bool
	Customer   string
	Now        time.Time
	DayEnds    time.Time
}
