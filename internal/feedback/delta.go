package feedback

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// Dim names a marginal: what the figures are counted by.
type Dim string

// The marginals. All carry the journey, so that each can be asked for one journey or for all.
const (
	ByJourney            Dim = "journey"
	ByTouchpoint         Dim = "touchpoint"
	ByTeam               Dim = "team"
	ByEmployeeTouchpoint Dim = "employee_touchpoint"
	// ByTeamSet counts the ratings that several teams share, per set of teams: a team above two of them would count such
	// a rating twice when it adds them up, and takes it back with these.
	ByTeamSet Dim = "team_set"
	// ByMet counts what was said of a journey as a whole, per touchpoint, by those who met it, whether they rated it or not.
	ByMet Dim = "met"

	// ByEmployee is asked for but not kept: whoever was rated was so at a touchpoint, and ByEmployeeTouchpoint says by whom.
	ByEmployee Dim = "employee"
)

// KeptAs is the marginal that answers for a dimension.
func (d Dim) KeptAs() Dim {
	if d == ByEmployee {
		return ByEmployeeTouchpoint
	}
	return d
}

// MonthDays are the days of a month: four weeks from a Monday, as trends show them, whatever calendar the reader goes by.
const MonthDays = 28

// Months is the marginal that counts whole months of the same; the day of its cells is the first of the month.
func (d Dim) Months() Dim { return d + "/month" }

// MonthOf is the first day of the month that a day falls in; day 4 (5 January 1970) was a Monday.
func MonthOf(day int64) int64 { return day - ((day-4)%MonthDays+MonthDays)%MonthDays }

// WithMonths are cells of days, and the cells of months that they add up to.
func WithMonths(days map[Cell]stat.Tally) map[Cell]stat.Tally {
	out := make(map[Cell]stat.Tally, len(days)+len(days)/4)
	for c, t := range days {
		out[c] = t
		c.Dim, c.Day = c.Dim.Months(), int32(MonthOf(int64(c.Day)))
		out[c] = out[c].Plus(t)
	}
	return out
}

// Cell is the address of one row of a marginal.
type Cell struct {
	Dim          Dim    `json:"dim"`
	ID           int64  `json:"id,string"`
	JourneyID    int64  `json:"journey,string"`
	TouchpointID int64  `json:"touchpoint,string"` // 0 except in employee_touchpoint
	Scale        string `json:"scale"`
	Day          int32  `json:"day"`
}

// CompareCells puts the days of the same subject one after the other.
func CompareCells(a, b Cell) int {
	return cmp.Or(cmp.Compare(a.Dim, b.Dim), cmp.Compare(a.ID, b.ID), cmp.Compare(a.JourneyID, b.JourneyID),
		cmp.Compare(a.TouchpointID, b.TouchpointID), cmp.Compare(a.Scale, b.Scale), cmp.Compare(a.Day, b.Day))
}

// Delta adds (Times +1) or takes back (Times −1) one answer in one cell.
type Delta struct {
	Cell
	Teams       []int64 // the members, in team_set
	Value       int
	Expectation *int
	Times       int
}

// Deltas is how a response counts: once for the journey and for every touchpoint it met, and per rating once for the touchpoint, once for every person
// and once for every team it is actively attributed to.
func (r *Response) Deltas(times int) []Delta {
	return r.deltas(make([]Delta, 0, 1+len(r.Met)+5*len(r.Ratings)), times)
}

// deltas adds them to others.
func (r *Response) deltas(out []Delta, times int) []Delta {
	out = r.whole(out, times)
	for i := range r.Ratings {
		out = r.Ratings[i].deltas(out, times)
	}
	return out
}

// whole is how what is said of the whole counts: for the journey, and for the touchpoints it met; what was rated was met.
func (r *Response) whole(out []Delta, times int) []Delta {
	if r.Overall == nil {
		return out
	}
	d := Delta{Cell: Cell{Dim: ByJourney, ID: r.JourneyID, JourneyID: r.JourneyID, Scale: r.Scale.String(), Day: r.Day}, Value: *r.Overall, Expectation: r.Expectation, Times: times}
	out = append(out, d)
	return r.met(out, d)
}

// met counts d for every touchpoint that was met, once.
func (r *Response) met(out []Delta, d Delta) []Delta {
	before := len(out)
	add := func(id int64) {
		d.Dim, d.ID = ByMet, id
		if !slices.ContainsFunc(out[before:], func(o Delta) bool { return o.ID == id }) {
			out = append(out, d)
		}
	}
	for _, id := range r.Met {
		add(id)
	}
	for i := range r.Ratings {
		add(r.Ratings[i].TouchpointID)
	}
	return out
}

// MetDeltas is how a response that says something of the whole counts for the touchpoints it met.
func (r *Response) MetDeltas(times int) []Delta {
	whole := r.whole(nil, times)
	return whole[min(1, len(whole)):]
}

// Deltas is how one rating counts.
func (r *Rating) Deltas(times int) []Delta { return r.deltas(nil, times) }

// deltas adds them to others. They are few: whether a cell has been counted already is found by looking at them.
func (r *Rating) deltas(out []Delta, times int) []Delta {
	before, scale := len(out), r.Scale.String()
	var few [4]int64
	teams := few[:0]
	add := func(dim Dim, id, touchpoint int64) {
		c := Cell{Dim: dim, ID: id, JourneyID: r.JourneyID, TouchpointID: touchpoint, Scale: scale, Day: r.Day}
		if id != 0 && !slices.ContainsFunc(out[before:], func(d Delta) bool { return d.Dim == dim && d.ID == id }) {
			out = append(out, Delta{Cell: c, Value: r.Value, Expectation: r.Expectation, Times: times})
		}
	}
	add(ByTouchpoint, r.TouchpointID, 0)
	for _, a := range r.Attributions {
		if a.Active {
			add(ByEmployeeTouchpoint, a.EmployeeID, r.TouchpointID)
			add(ByTeam, a.TeamID, 0)
			teams = append(teams, a.TeamID)
		}
	}
	if len(teams) < 2 {
		return out
	}
	if set, members := TeamSet(teams); len(members) > 1 {
		add(ByTeamSet, set, 0)
		out[len(out)-1].Teams = members
	}
	return out
}

// TeamSet sorts teams, drops repeats and 0, and numbers the set: the same teams always get the same number.
func TeamSet(teams []int64) (set int64, members []int64) {
	members = slices.Clone(teams)
	slices.Sort(members)
	members = slices.DeleteFunc(slices.Compact(members), func(id int64) bool { return id == 0 })
	h := fnv.New64a()
	for _, id := range members {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(id))
		h.Write(b[:])
	}
	return int64(h.Sum64() >> 1), members
}

// Add counts the delta into a tally.
func (d Delta) Add(t stat.Tally) stat.Tally {
	times := int64(d.Times)
	t.Add(d.Value, times)
	if d.Expectation != nil {
		t.AddExpectation(*d.Expectation, times)
	}
	return t
}
