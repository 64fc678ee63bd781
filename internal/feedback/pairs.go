package feedback

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// Met is a touchpoint that a customer met, with her rating where she gave one: what she said of the whole is held
// against it (methods.md §3.3).
type Met struct {
	ID    int64  `json:"id,string"`
	Scale string `json:"scale,omitempty"` // "" when she did not rate it
	Value int    `json:"value,omitempty"`
}

// met lists what was met, by id; what was rated was met.
func (r Response) met() []Met {
	var out []Met
	for _, rating := range r.Ratings {
		out = append(out, Met{rating.TouchpointID, rating.Scale.String(), rating.Value})
	}
	for _, id := range r.Met {
		if !slices.ContainsFunc(out, func(m Met) bool { return m.ID == id }) {
			out = append(out, Met{ID: id})
		}
	}
	slices.SortFunc(out, func(a, b Met) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Pair is the address of one row of the driver statistics: two touchpoints of a journey, or the journey as a whole (A = 0)
// and one, on one day. Scales keep what was asked differently apart; "" is a touchpoint that was met and not rated.
type Pair struct {
	JourneyID int64
	Scale     string // of the whole
	Day       int32
	A         int64
	ScaleA    string
	B         int64
	ScaleB    string
}

// Pairs adds what the delta of a journey says of its touchpoints to sums: every pair once, and each with itself. Deltas of
// anything else add nothing.
func (d Delta) Pairs(sums map[Pair]stat.Products) error {
	if d.Dim != ByJourney {
		return nil
	}
	type side struct {
		id      int64
		scale   string
		x, r, m int64
	}
	whole, err := stat.ParseScale(d.Scale)
	if err != nil {
		return fmt.Errorf("pairs of journey %d: %w", d.JourneyID, err)
	}
	sides := []side{{0, "", int64(whole.Good(d.Value)), 1, 1}}
	for _, met := range d.Met {
		s := side{met.ID, met.Scale, 0, 0, 1}
		if met.Scale != "" {
			scale, err := stat.ParseScale(met.Scale)
			if err != nil {
				return fmt.Errorf("pairs of journey %d: %w", d.JourneyID, err)
			}
			s.x, s.r = int64(scale.Good(met.Value)), 1
		}
		sides = append(sides, s)
	}
	for i, a := range sides {
		for _, b := range sides[i:] {
			at := Pair{d.JourneyID, d.Scale, d.Day, a.id, a.scale, b.id, b.scale}
			p := sums[at]
			for u, left := range []int64{a.x, a.r, a.m} {
				for v, right := range []int64{b.x, b.r, b.m} {
					p[3*u+v] += int64(d.Times) * left * right
				}
			}
			sums[at] = p
		}
	}
	return nil
}
