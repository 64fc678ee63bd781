package stat

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gonum.org/v1/gonum/mat"
)

// Trace is one ended walk as the order of the places it came to (ties by the catalogue's order), how long it took in all,
// and what the customer said of the whole: Rated tells whether there is an answer, Satisfied which.
type Trace struct {
	Places           []int64
	Took             time.Duration
	Rated, Satisfied bool
}

// Variant is one exact sequence of places and the walks that went so.
type Variant struct {
	Places     []int64
	N          int64
	Share      float64 // of all walks
	Cumulative float64 // share of this and all more frequent ones
	Took       time.Duration
	Satisfied  Rate // of those that were rated
}

const (
	variantsUpTo = 10
	variantsOf   = 0.80
)

// VariantsOf are the most frequent sequences, until they are 80 % of the walks or ten; rest counts the walks of all others
// (methods.md §10). Ties go to the shorter, then to the earlier places. Walks without a place do not count. Took is the
// median. Show them as Shown.
func VariantsOf(traces []Trace) (variants []Variant, rest int64) {
	byPath := map[string][]Trace{}
	walks := int64(0)
	for _, t := range traces {
		if len(t.Places) > 0 {
			key := fmt.Sprint(t.Places)
			byPath[key] = append(byPath[key], t)
			walks++
		}
	}
	for _, same := range byPath {
		variants = append(variants, variantOf(same))
	}
	slices.SortFunc(variants, func(a, b Variant) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(len(a.Places), len(b.Places)), slices.Compare(a.Places, b.Places))
	})
	sum := int64(0)
	for i := range variants {
		v := &variants[i]
		sum += v.N
		v.Share, v.Cumulative = float64(v.N)/float64(walks), float64(sum)/float64(walks)
		if i+1 == variantsUpTo || v.Cumulative >= variantsOf {
			return variants[:i+1], walks - sum
		}
	}
	return variants, 0
}

func variantOf(traces []Trace) Variant {
	var took []time.Duration
	var rated, satisfied int64
	for _, t := range traces {
		took = append(took, t.Took)
		if t.Rated {
			rated++
			if t.Satisfied {
				satisfied++
			}
		}
	}
	v := Variant{Places: traces[0].Places, N: int64(len(traces)), Took: median(took)}
	v.Satisfied, _ = RateOf(satisfied, rated) // counted here
	return v
}

// Shown is the variant as anybody may see it: without what customers said when fewer than K walks went so or fewer than K
// rated them, and without the time when fewer than K (methods.md §1.12, §10).
func (v Variant) Shown() Variant {
	if v.N < K {
		v.Took = 0
	}
	if v.N < K || v.Satisfied.N < K {
		v.Satisfied = Rate{Level: Suppressed}
	}
	return v
}

// Repeat is how often a place was come to again (methods.md §10).
type Repeat struct {
	Place  int64
	Loops  int64 // came again at once
	Rework int64 // came again after something else
	Walks  int64 // walks with at least one of either
}

// Extra is how many visits there were beyond the first of each walk.
func (r Repeat) Extra() int64 { return r.Loops + r.Rework }

// RepeatsOf counts what was come to again, by most extra visits, then place; places without any are not there (methods.md
// §10).
func RepeatsOf(traces []Trace) []Repeat {
	byPlace := map[int64]*Repeat{}
	for _, t := range traces {
		seen, counted := map[int64]bool{}, map[int64]bool{}
		for i, p := range t.Places {
			if !seen[p] {
				seen[p] = true
				continue
			}
			r := byPlace[p]
			if r == nil {
				r = &Repeat{Place: p}
				byPlace[p] = r
			}
			if t.Places[i-1] == p {
				r.Loops++
			} else {
				r.Rework++
			}
			if !counted[p] {
				counted[p] = true
				r.Walks++
			}
		}
	}
	var out []Repeat
	for _, r := range byPlace {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Repeat) int {
		return cmp.Or(cmp.Compare(b.Extra(), a.Extra()), cmp.Compare(a.Place, b.Place))
	})
	return out
}

// ByContacts is how satisfied those were who needed one contact, two, three, and four or more (methods.md §10). It goes
// together; it does not cause.
func ByContacts(traces []Trace) [4]Rate {
	var x, n [4]int64
	for _, t := range traces {
		if len(t.Places) == 0 || !t.Rated {
			continue
		}
		i := min(len(t.Places), 4) - 1
		n[i]++
		if t.Satisfied {
			x[i]++
		}
	}
	var out [4]Rate
	for i := range out {
		out[i], _ = RateOf(x[i], n[i]) // counted here
	}
	return out
}

// ExpectedVisits is how often a walk comes to each place if the next step depends on the last only: the first row of
// (I−Q)⁻¹ over Q the shares of the transitions between places (methods.md §10; Kemeny & Snell 1960). A process of all its
// walks must give visits/walks again; that is what it is for. An error when there is no way out of some place.
func ExpectedVisits(p Process) (map[int64]float64, error) {
	at := map[int64]int{}
	for i, place := range p.Places {
		at[place.ID] = i
	}
	n := len(p.Places)
	out := make(map[int64]float64, n)
	if n == 0 {
		return out, nil
	}
	begin, a := mat.NewVecDense(n, nil), mat.NewDense(n, n, nil)
	for i := range n {
		a.Set(i, i, 1)
	}
	for _, t := range p.Transitions {
		to, inside := at[t.To]
		from, known := at[t.From]
		switch {
		case inside && t.From == Start:
			begin.SetVec(to, t.Share)
		case inside && known:
			a.Set(to, from, a.At(to, from)-t.Share)
		}
	}
	var visits mat.VecDense
	if err := visits.SolveVec(a, begin); err != nil {
		return nil, fmt.Errorf("expected visits: no way out: %w", err)
	}
	for id, i := range at {
		out[id] = visits.AtVec(i)
	}
	return out, nil
}

// Entered is one arrival at a step: how long until a later one or, when none has come, how long it has been.
type Entered struct {
	Waited time.Duration
	WentOn bool
}

// Horizon is the H of drop-off: the time within which 95 % of those who went on did so; 0 when nobody did (methods.md §10).
func Horizon(entered []Entered) time.Duration {
	var waits []float64
	for _, e := range entered {
		if e.WentOn {
			waits = append(waits, float64(e.Waited))
		}
	}
	if len(waits) == 0 {
		return 0
	}
	slices.Sort(waits)
	return time.Duration(quantileOf(waits, 0.95))
}

// DropOff is the share of mature arrivals, those that have had h or more, without a later step within h (methods.md §10).
// How long they stay is SurvivalOf. since is how long ago each arrived, in the order of entered. An error for a negative h
// or wait and for lists of different lengths.
func DropOff(entered []Entered, since []time.Duration, h time.Duration) (Rate, error) {
	if h < 0 || len(entered) != len(since) {
		return Rate{}, fmt.Errorf("drop-off within %v: %d arrivals, %d ages", h, len(entered), len(since))
	}
	var gone, mature int64
	for i, e := range entered {
		if e.Waited < 0 || e.Waited > since[i] {
			return Rate{}, fmt.Errorf("drop-off: waited %v in %v", e.Waited, since[i])
		}
		if since[i] < h {
			continue
		}
		mature++
		if !e.WentOn || e.Waited > h {
			gone++
		}
	}
	return RateOf(gone, mature)
}
