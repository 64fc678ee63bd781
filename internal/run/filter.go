package run

import "time"

// Filter is what a list of runs can be asked for; zero fields ask for everything.
type Filter struct {
	JourneyID   int64
	State       State
	From, Until *time.Time // the last contact was at or after From and before Until
	Key         string     // part of the business key, in either case
	Broken      int64      // a touchpoint whose promise to this customer was broken: kept late, or still open and due before Today
	Today       time.Time  // as it begins: what is due today may still be kept
}

// Listed is a run in a list, with what a list says about it.
type Listed struct {
	Run      Run
	Contacts int
	Answered bool
}
