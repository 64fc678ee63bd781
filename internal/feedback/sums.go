package feedback

import (
	"encoding/json"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// Sums are what answers change in the figures, added up: however many answers, as much as they have cells. Two are added
// together by Plus.
type Sums struct {
	Tallies map[Cell]stat.Tally
	Sets    map[int64][]int64 // the members of the sets of teams among the cells
	Drivers map[DriverDay]*Pairs

	Promises map[PromiseDay]Promises
	Passes   map[Pass]int64
}

// NewSums starts with no answers.
func NewSums() Sums {
	return Sums{map[Cell]stat.Tally{}, map[int64][]int64{}, map[DriverDay]*Pairs{}, map[PromiseDay]Promises{}, map[Pass]int64{}}
}

// Answer counts a response whole, times times; −1 takes it back. An error when it is on no scale.
func (s Sums) Answer(r *Response, times int) error {
	s.Count(r.Deltas(times)...)
	s.rate(r.Promises, r, times)
	return s.Drive(r, times)
}

// Drive counts a response in the driver statistics alone.
func (s Sums) Drive(r *Response, times int) error {
	if r.Overall == nil {
		return nil
	}
	return s.day(DriverDay{r.JourneyID, r.Scale.String(), r.Day}).Answer(r, times)
}

// Count counts deltas, and nothing of the driver statistics.
func (s Sums) Count(deltas ...Delta) {
	for _, d := range deltas {
		s.Tallies[d.Cell] = d.Add(s.Tallies[d.Cell])
		if len(d.Teams) > 0 {
			s.Sets[d.ID] = d.Teams
		}
	}
}

// day are the driver statistics of a day, new ones when there are none.
func (s Sums) day(d DriverDay) *Pairs {
	p := s.Drivers[d]
	if p == nil {
		p = &Pairs{}
		s.Drivers[d] = p
	}
	return p
}

// Plus adds other sums.
func (s Sums) Plus(o Sums) {
	for c, t := range o.Tallies {
		s.Tallies[c] = s.Tallies[c].Plus(t)
	}
	for set, teams := range o.Sets {
		s.Sets[set] = teams
	}
	for d, p := range o.Drivers {
		s.day(d).Plus(p)
	}
	for d, p := range o.Promises {
		s.promises(d).Plus(p, 1)
	}
	for p, n := range o.Passes {
		s.Passes[p] += n
	}
}

// Size is how many cells there are.
func (s Sums) Size() int { return len(s.Tallies) + len(s.Drivers) + len(s.Promises) + len(s.Passes) }

// The written form, short because every answer has one. A tally is n, sum, squares, below, met, above and the counts, the
// zeros at its end left out.
type (
	writtenSums struct {
		Tallies  []writtenTally    `json:"tallies"`
		Sets     map[int64][]int64 `json:"sets,omitempty"`
		Drivers  []writtenDay      `json:"drivers,omitempty"`
		Promises []writtenPromises `json:"promises,omitempty"`
		Passes   []writtenPass     `json:"passes,omitempty"`
	}
	writtenTally struct {
		Cell
		Tally []int64 `json:"tally"`
	}
	writtenDay struct {
		JourneyID int64  `json:"journey,string"`
		Scale     string `json:"scale"`
		Day       int32  `json:"day"`
		Pairs     []byte `json:"pairs"`
	}
	writtenPass struct {
		Pass
		N int64 `json:"n"`
	}
	writtenPromises struct {
		JourneyID    int64  `json:"journey,string"`
		TouchpointID int64  `json:"touchpoint,string"`
		TeamID       int64  `json:"team,string"`
		Day          int32  `json:"day"`
		Cells        []byte `json:"cells"`
	}
)

// MarshalJSON leaves out what is 0.
func (s Sums) MarshalJSON() ([]byte, error) {
	w := writtenSums{Tallies: make([]writtenTally, 0, len(s.Tallies)), Sets: s.Sets}
	for c, t := range s.Tallies {
		if t != (stat.Tally{}) {
			w.Tallies = append(w.Tallies, writtenTally{c, short(t)})
		}
	}
	for d, p := range s.Drivers {
		if p.Empty() {
			continue
		}
		pairs, err := p.MarshalBinary()
		if err != nil {
			return nil, err
		}
		w.Drivers = append(w.Drivers, writtenDay{d.JourneyID, d.Scale, d.Day, pairs})
	}
	for d, p := range s.Promises {
		if len(p) == 0 {
			continue
		}
		cells, err := p.MarshalBinary()
		if err != nil {
			return nil, err
		}
		w.Promises = append(w.Promises, writtenPromises{d.JourneyID, d.TouchpointID, d.TeamID, d.Day, cells})
	}
	for p, n := range s.Passes {
		if n != 0 {
			w.Passes = append(w.Passes, writtenPass{p, n})
		}
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Sums) UnmarshalJSON(raw []byte) error {
	var w writtenSums
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}
	*s = NewSums()
	for _, t := range w.Tallies {
		s.Tallies[t.Cell] = s.Tallies[t.Cell].Plus(long(t.Tally))
	}
	for set, teams := range w.Sets {
		s.Sets[set] = teams
	}
	for _, d := range w.Drivers {
		if err := s.day(DriverDay{d.JourneyID, d.Scale, d.Day}).UnmarshalBinary(d.Pairs); err != nil {
			return err
		}
	}
	for _, d := range w.Promises {
		var p Promises
		if err := p.UnmarshalBinary(d.Cells); err != nil {
			return err
		}
		s.Promises[PromiseDay{d.JourneyID, d.TouchpointID, d.TeamID, d.Day}] = p
	}
	for _, p := range w.Passes {
		s.Passes[p.Pass] += p.N
	}
	return nil
}

const beforeCounts = 6

func short(t stat.Tally) []int64 {
	out := append([]int64{t.N, t.Sum, t.SumSq, t.Below, t.Met, t.Above}, t.Counts[:]...)
	for len(out) > 0 && out[len(out)-1] == 0 {
		out = out[:len(out)-1]
	}
	return out
}

func long(written []int64) stat.Tally {
	x := make([]int64, beforeCounts+stat.MaxAnswer+1)
	copy(x, written)
	t := stat.Tally{N: x[0], Sum: x[1], SumSq: x[2], Below: x[3], Met: x[4], Above: x[5]}
	copy(t.Counts[:], x[beforeCounts:])
	return t
}
