package stat

import (
	"fmt"
	"math"
)

// Cell is how many of the N answers about one employee in one stratum were satisfied. A stratum is what the employee does
// not choose: touchpoint, journey, channel (methods.md §5.4).
type Cell struct{ Employee, Stratum, Satisfied, N int64 }

// Adjusted is an employee's share as it would be with everybody's mix of strata. All of it is as a share 0..1 but for N,
// Expected and Z.
type Adjusted struct {
	Employee, N, Satisfied int64
	Expected               float64 // satisfied answers the others would have had with the same mix
	Raw, Share             float64 // as it is, and adjusted; adjusted can lie outside 0..1
	Z                      float64 // standard errors between observed and expected; NaN when nothing could differ
}

// CaseMix adjusts employees' shares for what they had to deal with: expected by the rate of the others in each stratum,
// p = (X − x + ½P)/(N − n + ½), adjusted P + (O−E)/n, z = (O−E)/√Σnp(1−p), P the rate of all (methods.md §5.4, indirect
// standardisation, leaving the employee herself out). In the order of first appearance; cells without answers are nobody's.
// To shrink an adjusted share, take n·Share as what was satisfied. An error for impossible counts.
func CaseMix(cells []Cell) ([]Adjusted, error) {
	type count struct{ x, n float64 }
	var all count
	strata, own := map[int64]count{}, map[[2]int64]count{}
	var order [][2]int64
	place := map[int64]int{}
	var out []Adjusted
	for _, c := range cells {
		if c.N < 0 || c.Satisfied < 0 || c.Satisfied > c.N {
			return nil, fmt.Errorf("case mix: %+v cannot be", c)
		}
		if c.N == 0 {
			continue
		}
		x, n := float64(c.Satisfied), float64(c.N)
		add := func(to count) count { return count{to.x + x, to.n + n} }
		all, strata[c.Stratum] = add(all), add(strata[c.Stratum])
		key := [2]int64{c.Employee, c.Stratum}
		if _, known := own[key]; !known {
			order = append(order, key)
		}
		own[key] = add(own[key])
		if _, known := place[c.Employee]; !known {
			place[c.Employee] = len(out)
			out = append(out, Adjusted{Employee: c.Employee})
		}
		e := &out[place[c.Employee]]
		e.N += c.N
		e.Satisfied += c.Satisfied
	}
	rate := all.x / all.n
	variance := make([]float64, len(out))
	for _, key := range order {
		mine, stratum, i := own[key], strata[key[1]], place[key[0]]
		p := (stratum.x - mine.x + rate/2) / (stratum.n - mine.n + 0.5)
		out[i].Expected += mine.n * p
		variance[i] += mine.n * p * (1 - p)
	}
	for i := range out {
		e := &out[i]
		n, more := float64(e.N), float64(e.Satisfied)-e.Expected
		e.Raw, e.Share, e.Z = float64(e.Satisfied)/n, rate+more/n, math.NaN()
		if variance[i] > 0 {
			e.Z = more / math.Sqrt(variance[i])
		}
	}
	return out, nil
}
