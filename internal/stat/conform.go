package stat

import (
	"cmp"
	"fmt"
	"slices"
)

// Step is one place of a designed journey.
type Step struct {
	Place      int64
	Optional   bool // may be left out
	Repeatable bool // may come several times in a row
}

// Alignment is the cheapest way to read a trace as the designed journey.
type Alignment struct {
	Cost    int64   // places too many and mandatory steps left out
	Fitness float64 // 1 − cost/(|trace| + mandatory steps); 1 when there is neither
	Missing []int64 // mandatory steps left out, in the design's order
	Extra   []int64 // places too many, in the trace's order
}

// Align reads a trace against a design, steps in order: a place too many costs 1, a mandatory step left out 1, optional
// steps and allowed repeats nothing (methods.md §10; van der Aalst, Adriansyah & van Dongen 2012). It takes time and room of
// the one's length times the other's. Of equally cheap readings it takes the one that finds the earliest steps. That
// something does not conform is a question, not a fault.
func Align(trace []int64, design []Step) Alignment {
	n, m := len(trace), len(design)
	// rest[i][j] is the cost of reading the trace from i on as the design from j on. inside[i][j]: the same, when step j has
	// just been met and may be met again.
	rest, inside := table(n+1, m+1), table(n+1, m+1)
	for i := n; i >= 0; i-- {
		for j := m; j >= 0; j-- {
			rest[i][j], _ = cheapest(trace, design, rest, inside, i, j)
			if j < m {
				inside[i][j] = again(trace, design, rest, inside, i, j)
			}
		}
	}
	out := Alignment{Cost: rest[0][0], Fitness: 1}
	out.read(trace, design, rest, inside)
	if whole := int64(n) + mandatory(design); whole > 0 {
		out.Fitness = 1 - float64(out.Cost)/float64(whole)
	}
	return out
}

type move int

const (
	finished move = iota
	meet
	leaveOut
	passBy
)

// cheapest is the best move at i, j before step j has been met.
func cheapest(trace []int64, design []Step, rest, inside [][]int64, i, j int) (int64, move) {
	if i == len(trace) && j == len(design) {
		return 0, finished
	}
	best, how := int64(-1), finished
	try := func(cost int64, m move) {
		if best < 0 || cost < best {
			best, how = cost, m
		}
	}
	if i < len(trace) && j < len(design) && trace[i] == design[j].Place {
		try(inside[i+1][j], meet)
	}
	if i < len(trace) {
		try(1+rest[i+1][j], passBy)
	}
	if j < len(design) {
		try(design[j].missing()+rest[i][j+1], leaveOut)
	}
	return best, how
}

func (s Step) missing() int64 {
	if s.Optional {
		return 0
	}
	return 1
}

// again is the cost from i on after step j has been met: meet it again where that is allowed, pass by a place too many, or
// go on.
func again(trace []int64, design []Step, rest, inside [][]int64, i, j int) int64 {
	best := rest[i][j+1]
	if i < len(trace) && design[j].Repeatable {
		if trace[i] == design[j].Place {
			best = min(best, inside[i+1][j])
		}
		best = min(best, 1+inside[i+1][j])
	}
	return best
}

// read follows the cheapest moves from the beginning.
func (a *Alignment) read(trace []int64, design []Step, rest, inside [][]int64) {
	for i, j, met := 0, 0, false; i < len(trace) || j < len(design); {
		if met {
			switch cost := inside[i][j]; {
			case i < len(trace) && design[j].Repeatable && trace[i] == design[j].Place && cost == inside[i+1][j]:
				i++
			case cost == rest[i][j+1]:
				j, met = j+1, false
			default:
				a.Extra = append(a.Extra, trace[i])
				i++
			}
			continue
		}
		switch _, how := cheapest(trace, design, rest, inside, i, j); how {
		case meet:
			i, met = i+1, true
		case passBy:
			a.Extra = append(a.Extra, trace[i])
			i++
		default:
			if !design[j].Optional {
				a.Missing = append(a.Missing, design[j].Place)
			}
			j++
		}
	}
}

func table(rows, columns int) [][]int64 {
	cells := make([]int64, rows*columns)
	out := make([][]int64, rows)
	for i := range out {
		out[i] = cells[i*columns : (i+1)*columns]
	}
	return out
}

func mandatory(design []Step) (n int64) {
	for _, s := range design {
		n += s.missing()
	}
	return n
}

// Deviation is one way walks differ from the design, and how many do.
type Deviation struct {
	Place   int64
	Missing bool // left out; otherwise too many
	Walks   int64
}

// Conformance is how many walks to a design or to one of several went so (methods.md §10).
type Conformance struct {
	Conforming Rate
	Fitness    *float64 // mean; nil without walks
	Deviations []Deviation
	// Satisfied of those that conform minus of those that do not, with Newcombe's interval: to be looked at before anybody
	// is made to keep to the design.
	Gain RateDifference
}

// ConformanceOf reads every trace against the design it fits best, the first of equals (methods.md §10). Deviations come by
// most walks. Walks without a place do not count. An error without a design.
func ConformanceOf(traces []Trace, designs ...[]Step) (Conformance, error) {
	if len(designs) == 0 {
		return Conformance{}, fmt.Errorf("conformance: no design")
	}
	type way struct {
		place   int64
		missing bool
	}
	ways := map[way]int64{}
	var sum float64
	var walks, good int64
	var x, n [2]int64 // satisfied and rated, conforming first
	for _, t := range traces {
		if len(t.Places) == 0 {
			continue
		}
		best := Align(t.Places, designs[0])
		for _, d := range designs[1:] {
			if a := Align(t.Places, d); a.Cost < best.Cost {
				best = a
			}
		}
		walks++
		sum += best.Fitness
		side := 1
		if best.Cost == 0 {
			good++
			side = 0
		}
		if t.Rated {
			n[side]++
			if t.Satisfied {
				x[side]++
			}
		}
		seen := map[way]bool{}
		for _, p := range best.Missing {
			seen[way{p, true}] = true
		}
		for _, p := range best.Extra {
			seen[way{p, false}] = true
		}
		for w := range seen {
			ways[w]++
		}
	}
	var out Conformance
	out.Conforming, _ = RateOf(good, walks) // counted here
	if walks > 0 {
		mean := sum / float64(walks)
		out.Fitness = &mean
	}
	for w, n := range ways {
		out.Deviations = append(out.Deviations, Deviation{w.place, w.missing, n})
	}
	slices.SortFunc(out.Deviations, func(a, b Deviation) int {
		missingFirst := map[bool]int{true: 0, false: 1}
		return cmp.Or(cmp.Compare(b.Walks, a.Walks), cmp.Compare(a.Place, b.Place), cmp.Compare(missingFirst[a.Missing], missingFirst[b.Missing]))
	})
	keeps, _ := RateOf(x[0], n[0])
	differs, _ := RateOf(x[1], n[1])
	out.Gain = keeps.Over(differs)
	return out, nil
}
