package feedback

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/run"
)

// Pass is the address of the runs of a journey that met a touchpoint for the first time on a day. A run counts once for
// each touchpoint, so that days add up; where a contact comes in later that was earlier, it moves to that day.
type Pass struct {
	JourneyID, TouchpointID int64
	Day                     int32
}

// Pass counts the first contacts at each touchpoint of a run, times times.
func (s Sums) Pass(journey int64, contacts []run.Interaction, zone *time.Location, times int64) {
	first := map[int64]time.Time{}
	for _, c := range contacts {
		if at, met := first[c.TouchpointID]; !met || c.StartedAt.Before(at) {
			first[c.TouchpointID] = c.StartedAt
		}
	}
	for touchpoint, at := range first {
		s.Passes[Pass{journey, touchpoint, i18n.Day(at, zone)}] += times
	}
}
