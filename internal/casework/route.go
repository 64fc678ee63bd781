package casework

import (
	"slices"

	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// House is who could take a case of a run.
type House struct {
	Walk        run.Walk
	Leader      int64
	Touchpoints map[int64]journey.Touchpoint
	Tree        people.Tree
	Away        people.Away
	Active      func(employee int64) bool
	Day         int32
}

// present is who would really get what goes to an employee: whoever stands in while she is away, 0 for nobody.
func (h House) present(employee int64) int64 {
	who := h.Away.Standing(employee)
	if who == 0 || !h.Active(who) {
		return 0
	}
	return who
}

// owner finds who gets a new case, by the rules; 0 where none of them finds anybody who is there. While the run is still
// open its leader comes first: she can turn it round.
func (h House) owner(r Rules, c Case, inTurn []int64) int64 {
	routes := r.Route
	if h.Walk.Run.State == run.Open {
		routes = append([]Route{ToLeader}, routes...)
	}
	for _, route := range routes {
		for _, who := range h.candidates(route, c, inTurn) {
			if who = h.present(who); who != 0 {
				return who
			}
		}
	}
	return 0
}

func (h House) candidates(route Route, c Case, inTurn []int64) []int64 {
	switch route {
	case ToOwner:
		return []int64{h.Touchpoints[c.TouchpointID].OwnerID}
	case ToSupervisor:
		return h.supervisors(c.TouchpointID)
	case ToLeader:
		return []int64{h.Leader}
	case ToTeam:
		return inTurn
	}
	return nil
}

// supervisors are those of who served at the touchpoint, or anywhere on the run where it is the journey as a whole; then
// the one of the touchpoint's own team.
func (h House) supervisors(touchpoint int64) []int64 {
	var out []int64
	add := func(team int64) {
		if who := h.Tree.Supervisor(team); who != 0 && !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	for _, c := range h.Walk.Contacts {
		if touchpoint == 0 || c.Interaction.TouchpointID == touchpoint {
			for _, p := range c.People {
				add(p.TeamID)
			}
		}
	}
	add(h.Touchpoints[touchpoint].TeamID)
	return out
}
