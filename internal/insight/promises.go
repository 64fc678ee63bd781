package insight

import "github.com/journeyloop/journeyloop/internal/feedback"

// PromiseQuestion asks for the promises made at touchpoints, on one journey or on all with 0, on days both included; a zero
// From or To leaves that side open.
type PromiseQuestion struct {
	Touchpoints []int64
	Journey     int64
	From, To    int32
	PerTeam     bool // those of each team as well
}

// PromiseDay is the promises made on one day, by everybody or by one team.
type PromiseDay struct {
	feedback.PromiseDay
	Promises feedback.Promises
}
