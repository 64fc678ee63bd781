package stat

import (
	"errors"
	"fmt"
	"math"
)

// DriverSums is everything a driver analysis needs to know of the answers, in whole numbers that add up: how many
// answers about the whole, and the sums and products of what was said of the whole and of each driver (methods.md §3.3;
// model.md, rollups). Two of the same drivers and scales are pooled by Plus; a correction is an Add of −1 and one of +1.
// Its size is that of the drivers, whatever the number of answers.
//
// The columns are the outcome y and, per driver, the rating x (0 when there is none), whether it was rated r, and whether
// it was met m: not to meet a touchpoint is another thing than to meet it and not say how it was.
type DriverSums struct {
	Drivers int
	N       int64
	Sums    []int64 // by column
	Cross   []int64 // Σ of the product of two columns, upper triangle by rows
}

// DriverAnswer is what one answer holds about one driver: not met at all, met and not rated, or met and rated.
type DriverAnswer struct {
	Met, Rated bool
	Value      int // high is good; 0 unless rated
}

var (
	// ErrNoVariance says that an outcome does not differ between answers, so that nothing can explain it.
	ErrNoVariance = errors.New("no variance")
	errShape      = errors.New("sums of other drivers")
)

// NewDriverSums starts with no answers about p drivers.
func NewDriverSums(p int) DriverSums {
	k := columns(p)
	return DriverSums{Drivers: p, Sums: make([]int64, k), Cross: make([]int64, k*(k+1)/2)}
}

const outcomeColumn = 0

func columns(p int) int      { return 1 + 3*p }
func ratingColumn(j int) int { return 1 + 3*j }
func ratedColumn(j int) int  { return 2 + 3*j }
func metColumn(j int) int    { return 3 + 3*j }

// at is where the product of two columns of k stands.
func at(i, j, k int) int {
	if i > j {
		i, j = j, i
	}
	return i*k - i*(i-1)/2 + j - i
}

// Add counts one answer, times times; negative times takes it back. The outcome and the ratings are whole numbers 0..10,
// high is good (Scale.Good). The error says what cannot be: other drivers, numbers on no scale, a rating of what was not
// met.
func (s *DriverSums) Add(outcome int, answers []DriverAnswer, times int64) error {
	if len(answers) != s.Drivers || len(s.Sums) != columns(s.Drivers) {
		return fmt.Errorf("add answer: %d of %d drivers: %w", len(answers), s.Drivers, errShape)
	}
	if outcome < 0 || outcome > MaxAnswer {
		return fmt.Errorf("add answer: outcome %d is on no scale", outcome)
	}
	type entry struct {
		column int
		value  int64
	}
	row := make([]entry, 1, 1+3*len(answers))
	row[0] = entry{outcomeColumn, int64(outcome)}
	for j, a := range answers {
		if a.Value < 0 || a.Value > MaxAnswer || a.Rated && !a.Met || !a.Rated && a.Value != 0 {
			return fmt.Errorf("add answer: driver %d: %+v cannot be", j, a)
		}
		if a.Rated {
			row = append(row, entry{ratingColumn(j), int64(a.Value)}, entry{ratedColumn(j), 1})
		}
		if a.Met {
			row = append(row, entry{metColumn(j), 1})
		}
	}
	k := len(s.Sums)
	s.N += times
	for i, a := range row {
		s.Sums[a.column] += times * a.value
		for _, b := range row[i:] {
			s.Cross[at(a.column, b.column, k)] += times * a.value * b.value
		}
	}
	return nil
}

// Products are the products of rating x, rated r and met m of one thing with those of another, added up over answers:
// xx xr xm, rx rr rm, mx mr mm, the first of the pair first. The outcome counts as met and rated by everybody.
type Products [9]int64

// Outcome stands for the outcome where a driver is named by its place.
const Outcome = -1

// AddProducts adds what a rollup keeps of a pair of drivers, or of a driver and the outcome, the outcome first. It has to
// be called for every pair and for each with itself. An error when there is no such driver.
func (s *DriverSums) AddProducts(a, b int, p Products) error {
	if a < Outcome || b < Outcome || a >= s.Drivers || b >= s.Drivers || len(s.Sums) != columns(s.Drivers) || b == Outcome && a != Outcome {
		return fmt.Errorf("add products of %d and %d: %w", a, b, errShape)
	}
	k := len(s.Sums)
	switch {
	case a == Outcome && b == Outcome:
		s.N += p[4]
		s.Sums[outcomeColumn] += p[1]
		s.Cross[at(outcomeColumn, outcomeColumn, k)] += p[0]
	case a == Outcome:
		for v := range 3 {
			s.Sums[ratingColumn(b)+v] += p[3+v]
			s.Cross[at(outcomeColumn, ratingColumn(b)+v, k)] += p[v]
		}
	default:
		for u := range 3 {
			for v := range 3 {
				if a != b || u <= v { // with itself both halves are the same
					s.Cross[at(ratingColumn(a)+u, ratingColumn(b)+v, k)] += p[3*u+v]
				}
			}
		}
	}
	return nil
}

// Plus returns the sums of both together; an error when they are not of the same number of drivers.
func (s DriverSums) Plus(o DriverSums) (DriverSums, error) {
	if s.Drivers != o.Drivers || len(s.Sums) != len(o.Sums) || len(s.Cross) != len(o.Cross) {
		return DriverSums{}, fmt.Errorf("add sums: %w", errShape)
	}
	out := NewDriverSums(s.Drivers)
	out.N = s.N + o.N
	for i := range out.Sums {
		out.Sums[i] = s.Sums[i] + o.Sums[i]
	}
	for i := range out.Cross {
		out.Cross[i] = s.Cross[i] + o.Cross[i]
	}
	return out, nil
}

// Rated and Met count the answers that rated a driver and those that met it.
func (s DriverSums) Rated(j int) int64 { return s.Sums[ratedColumn(j)] }

// Met counts the answers of those who met a driver; N minus these skipped it.
func (s DriverSums) Met(j int) int64 { return s.Sums[metColumn(j)] }

// Check says what is impossible about the sums: shapes, negative counts, more rated than met or met than asked, indicators
// whose squares are not themselves.
func (s DriverSums) Check() error {
	k := columns(s.Drivers)
	if s.Drivers < 0 || len(s.Sums) != k || len(s.Cross) != k*(k+1)/2 {
		return fmt.Errorf("driver sums: %w", errShape)
	}
	if s.N < 0 || s.Sums[outcomeColumn] < 0 || s.Sums[outcomeColumn] > MaxAnswer*s.N {
		return fmt.Errorf("driver sums: %d answers that add up to %d", s.N, s.Sums[outcomeColumn])
	}
	for j := range s.Drivers {
		x, r, m := ratingColumn(j), ratedColumn(j), metColumn(j)
		wrong := s.Sums[r] < 0 || s.Sums[r] > s.Sums[m] || s.Sums[m] > s.N || s.Sums[x] < 0 || s.Sums[x] > MaxAnswer*s.Sums[r] ||
			s.Cross[at(r, r, k)] != s.Sums[r] || s.Cross[at(m, m, k)] != s.Sums[m] || s.Cross[at(r, m, k)] != s.Sums[r] ||
			s.Cross[at(x, r, k)] != s.Sums[x] || s.Cross[at(x, m, k)] != s.Sums[x]
		if wrong {
			return fmt.Errorf("driver sums: driver %d: %d met, %d rated with a sum of %d", j, s.Sums[m], s.Sums[r], s.Sums[x])
		}
	}
	return nil
}

// design is how sums become the columns of a regression: f = x − mean·r per driver with enough ratings, and m where
// enough did not meet it (methods.md §3.3). Whoever met a driver and did not rate it counts with its mean.
type design struct {
	k       int       // columns of the sums
	drivers []int     // those in the model
	sizes   []int     // columns of each
	terms   [][2]term // what each column is made of, the outcome last
	means   []float64 // of the columns
}

// term is a column of the sums with its factor; factor 0 is not there.
type term struct {
	column int
	factor float64
}

const (
	// leastRated and leastCover are what a driver needs to be in the model (methods.md §3.3).
	leastRated = 30
	leastCover = 0.10
	// leastSkipped is how many must not have met a driver, and how many met it, before that is told apart.
	leastSkipped = 30
)

func designOf(s DriverSums) design {
	d := design{k: len(s.Sums)}
	n := float64(s.N)
	for j := range s.Drivers {
		rated, met := s.Rated(j), s.Met(j)
		if rated < leastRated || float64(rated) < leastCover*n {
			continue
		}
		mean := float64(s.Sums[ratingColumn(j)]) / float64(rated)
		var terms [][2]term
		spread := float64(s.Cross[at(ratingColumn(j), ratingColumn(j), d.k)]) - mean*mean*float64(rated)
		if spread > 1e-9*float64(rated) {
			terms = append(terms, [2]term{{ratingColumn(j), 1}, {ratedColumn(j), -mean}})
		}
		if skipped := s.N - met; skipped >= leastSkipped {
			terms = append(terms, [2]term{{metColumn(j), 1}, {}})
		}
		if len(terms) == 0 {
			continue
		}
		d.drivers, d.sizes, d.terms = append(d.drivers, j), append(d.sizes, len(terms)), append(d.terms, terms...)
	}
	d.terms = append(d.terms, [2]term{{outcomeColumn, 1}, {}})
	for _, t := range d.terms {
		d.means = append(d.means, (t[0].factor*float64(s.Sums[t[0].column])+t[1].factor*float64(s.Sums[t[1].column]))/n)
	}
	return d
}

// flat is sums as floats in one row: n, the sums, the products.
func (s DriverSums) flat() []float64 {
	out := make([]float64, 0, 1+len(s.Sums)+len(s.Cross))
	out = append(out, float64(s.N))
	for _, x := range s.Sums {
		out = append(out, float64(x))
	}
	for _, x := range s.Cross {
		out = append(out, float64(x))
	}
	return out
}

// products is Σ (a−ā)(b−b̄) of the columns of the design, upper triangle in an n×n row of floats, with the given means;
// flat sums of some of the answers give what these contribute.
func (d design) products(flat, means, out []float64) []float64 {
	n := len(d.terms)
	if out == nil {
		out = make([]float64, n*n)
	}
	sums, cross := flat[1:1+d.k], flat[1+d.k:]
	total := make([]float64, n)
	for i, t := range d.terms {
		total[i] = t[0].factor*sums[t[0].column] + t[1].factor*sums[t[1].column]
	}
	for i, a := range d.terms {
		for j := i; j < n; j++ {
			b := d.terms[j]
			x := 0.0
			for _, ta := range a {
				if ta.factor == 0 {
					continue
				}
				for _, tb := range b {
					if tb.factor != 0 {
						x += ta.factor * tb.factor * cross[at(ta.column, tb.column, d.k)]
					}
				}
			}
			out[i*n+j] = x - means[i]*total[j] - total[i]*means[j] + flat[0]*means[i]*means[j]
		}
	}
	return out
}

// again centres a design on other sums of the same drivers, as a resample is.
func (d design) again(flat []float64) design {
	sums := flat[1 : 1+d.k]
	out := design{k: d.k, drivers: d.drivers, sizes: d.sizes, terms: make([][2]term, len(d.terms)), means: make([]float64, len(d.terms))}
	for i, t := range d.terms {
		if rated := sums[t[1].column]; t[1].factor != 0 && rated > 0 {
			t[1].factor = -sums[t[0].column] / rated
		}
		out.terms[i] = t
		if flat[0] > 0 {
			out.means[i] = (t[0].factor*sums[t[0].column] + t[1].factor*sums[t[1].column]) / flat[0]
		}
	}
	return out
}

// correlationOf turns products into correlations; a column without variance is zeros.
func correlationOf(products []float64, n int) *symmetric {
	c := &symmetric{n: n, x: make([]float64, n*n)}
	sd := make([]float64, n)
	for i := range n {
		sd[i] = math.Sqrt(max(0, products[i*n+i]))
	}
	for i := range n {
		for j := i; j < n; j++ {
			switch {
			case sd[i] < 1e-6 || sd[j] < 1e-6: // nobody differs
			case i == j:
				c.x[i*n+j] = 1
			default:
				c.x[i*n+j] = max(-1, min(1, products[i*n+j]/sd[i]/sd[j]))
			}
		}
	}
	return c
}
