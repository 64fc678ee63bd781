package stat

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// symmetric is a symmetric matrix whose upper triangle is in x.
type symmetric struct {
	n int
	x []float64
}

func (s *symmetric) SymmetricDim() int   { return s.n }
func (s *symmetric) Dims() (int, int)    { return s.n, s.n }
func (s *symmetric) T() mat.Matrix       { return s }
func (s *symmetric) At(i, j int) float64 { return s.x[min(i, j)*s.n+max(i, j)] }

// TooFew says that there are not enough answers for a driver analysis.
type TooFew struct{ N, Need int64 }

func (e *TooFew) Error() string { return fmt.Sprintf("%d answers, %d are needed", e.N, e.Need) }

// Drivers says which ratings go together with what was said of the whole. It is not for saying what causes what: a
// customer in a good mood rates everything better (halo, methods.md §3.3), only a dated comparison proves an effect (§6).
type Drivers struct {
	N         int64    // answers about the whole
	R2, AdjR2 float64  // how much of what differs between the answers the ratings account for, 0..1
	Exact     bool     // Shapley shares; otherwise Johnson's relative weights
	Drivers   []Driver // as they came; those left out too
	Least     float64  // eigenvalue of the correlations; below 1e-8 no slope can be given
	Days      int      // that the intervals are drawn from
	Stable    bool     // n ≥ 50+8p, and the intervals of the two greatest shares do not meet (methods.md §3.2)
}

// Driver is what one touchpoint has to do with the outcome. All but the counts are NaN when Out.
type Driver struct {
	Rated, Met int64
	Out        bool // rated by fewer than 30 or by less than 10 %, or by all alike: not in the model (methods.md §3.3)

	Share     float64 // of R², grouped with having met it: the shares of all drivers add up to R²
	Low, High float64 // 95 % percentile interval of the share; NaN without enough days to resample
	First     float64 // the share of resamples in which it is the greatest, 0..1

	Slope, SlopeSE     float64 // points of the outcome per point of the rating, others equal, among who rated it
	Meeting, MeetingSE float64 // points of the outcome for having met it at all, others equal; NaN unless 30 did not
	VIF                float64 // of its rating; above 5 it moves with others, above 10 they cannot be told apart
}

// Overlaps says that a driver's slope cannot be told from that of others (methods.md §3.2).
func (d Driver) Overlaps() bool { return !d.Out && !(d.VIF <= 10) }

// NeedForDrivers is how many answers p drivers need: max(50, 10·p) (methods.md §3.2).
func NeedForDrivers(p int) int64 { return max(50, 10*int64(p)) }

// leastDays is how many days a resample needs to be drawn from.
const leastDays = 15

// DriversOf analyses the sums of days (or of any other blocks that belong together; one block is enough, without
// intervals). Outcome and ratings high is good.
//
//   - Shares: grouped Shapley with skip indicators up to 15 drivers (methods.md §3.2, §3.3; Grömping 2006), relative
//     weights above.
//   - Intervals and First: times resamples of whole days, percentiles, from the seed: the same question gives the same
//     interval. Days are resampled because answers of one day have its troubles in common; that also makes the cost that
//     of the days, not of the answers.
//   - Slopes by least squares; standard errors are the greater of the classical one and that robust to unequal variance
//     within and to likeness of the answers of a day (Liang & Zeger 1986), which daily sums are enough for, unlike HC3.
//
// Errors: *TooFew; ErrNoVariance when everybody said the same of the whole; sums that cannot be.
func DriversOf(days []DriverSums, times int, seed uint64) (Drivers, error) {
	total, err := pooled(days)
	if err != nil {
		return Drivers{}, fmt.Errorf("drivers: %w", err)
	}
	out := Drivers{N: total.N, Days: len(days), Exact: true, Drivers: make([]Driver, total.Drivers)}
	nan := math.NaN()
	for j := range out.Drivers {
		out.Drivers[j] = Driver{Rated: total.Rated(j), Met: total.Met(j), Out: true, Share: nan, Low: nan, High: nan, First: nan,
			Slope: nan, SlopeSE: nan, Meeting: nan, MeetingSE: nan, VIF: nan}
	}
	d := designOf(total)
	if need := NeedForDrivers(len(d.drivers)); total.N < need {
		return out, fmt.Errorf("drivers: %w", &TooFew{total.N, need})
	}
	products := d.products(total.flat(), d.means, nil)
	n := len(d.terms)
	if products[n*n-1] < 1e-9*float64(total.N) {
		return out, fmt.Errorf("drivers: %w", ErrNoVariance)
	}
	if len(d.drivers) == 0 {
		return out, nil
	}
	corr := correlationOf(products, n)
	shares, err := d.shares(corr)
	if err != nil {
		return out, fmt.Errorf("drivers: %w", err)
	}
	out.Exact = len(d.drivers) <= ExactDrivers
	for g, j := range d.drivers {
		out.Drivers[j].Out, out.Drivers[j].Share = false, shares[g]
		out.R2 += shares[g]
	}
	free := float64(total.N) - float64(n) // n−1 columns and the mean
	out.AdjR2 = 1 - (1-out.R2)*float64(total.N-1)/max(1, free)
	if err := out.slopes(d, days, products, corr); err != nil {
		return out, fmt.Errorf("drivers: %w", err)
	}
	if err := out.resample(d, days, times, seed); err != nil {
		return out, fmt.Errorf("drivers: %w", err)
	}
	return out, nil
}

func pooled(days []DriverSums) (DriverSums, error) {
	if len(days) == 0 {
		return DriverSums{}, errShape
	}
	total := NewDriverSums(days[0].Drivers)
	for _, day := range days {
		if err := day.Check(); err != nil {
			return total, err
		}
		if day.Drivers != total.Drivers {
			return total, errShape
		}
		total.N += day.N
		for i, x := range day.Sums {
			total.Sums[i] += x
		}
		for i, x := range day.Cross {
			total.Cross[i] += x
		}
	}
	return total, nil
}

// shares divides R² among the drivers of the design.
func (d design) shares(corr *symmetric) ([]float64, error) {
	if len(d.drivers) <= ExactDrivers {
		return Shapley(corr, d.sizes)
	}
	each, err := RelativeWeights(corr)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(d.sizes))
	column := 0
	for g, size := range d.sizes {
		for range size {
			out[g] += each[column]
			column++
		}
	}
	return out, nil
}

// slopes fills slopes, their errors and inflation; nothing when columns make each other up.
func (out *Drivers) slopes(d design, days []DriverSums, products []float64, corr *symmetric) error {
	vif, least, err := VIF(corr)
	if err != nil {
		return err
	}
	out.Least = least
	n := len(d.terms)
	p := n - 1
	inverse, ok := invert(products, n)
	b := make([]float64, p)
	if ok && least >= singular {
		for i := range p {
			for j := range p {
				b[i] += inverse.At(i, j) * products[min(j, p)*n+p]
			}
		}
	}
	variance := d.variances(days, b, inverse, (1-out.R2)*products[n*n-1]/max(1, float64(out.N)-float64(n)))
	column := 0
	for g, j := range d.drivers {
		driver := &out.Drivers[j]
		driver.VIF = math.Inf(1)
		for range d.sizes[g] {
			slope, se := math.NaN(), math.NaN()
			if ok && least >= singular {
				slope, se = b[column], math.Sqrt(variance[column])
			}
			if d.terms[column][1].factor != 0 || d.terms[column][0].column == ratingColumn(j) {
				driver.Slope, driver.SlopeSE, driver.VIF = slope, se, vif[column]
			} else {
				driver.Meeting, driver.MeetingSE = slope, se
			}
			column++
		}
	}
	return nil
}

// invert inverts the products of the columns, the outcome left out; ok is false when they make each other up.
func invert(products []float64, n int) (*mat.SymDense, bool) {
	p := n - 1
	x := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			x.SetSym(i, j, products[i*n+j])
		}
	}
	var f mat.Cholesky
	out := mat.NewSymDense(p, nil)
	if !f.Factorize(x) || f.InverseTo(out) != nil {
		return mat.NewSymDense(p, nil), false
	}
	return out, true
}

// variances are those of the slopes: the greater of the classical ones and those of whole days.
func (d design) variances(days []DriverSums, b []float64, inverse *mat.SymDense, residual float64) []float64 {
	n := len(d.terms)
	p := n - 1
	meat := make([]float64, p)
	var buffer []float64
	for _, day := range days {
		buffer = d.products(day.flat(), d.means, buffer)
		score := make([]float64, p)
		for i := range p {
			score[i] = buffer[i*n+p]
			for j := range p {
				score[i] -= buffer[min(i, j)*n+max(i, j)] * b[j]
			}
		}
		for i := range p {
			influence := 0.0
			for j := range p {
				influence += inverse.At(i, j) * score[j]
			}
			meat[i] += influence * influence
		}
	}
	groups := float64(len(days))
	for i := range meat {
		if groups > 1 {
			meat[i] *= groups / (groups - 1)
		}
		meat[i] = max(meat[i], residual*inverse.At(i, i))
	}
	return meat
}

// resample draws whole days with replacement and sees how far the shares move.
func (out *Drivers) resample(d design, days []DriverSums, times int, seed uint64) error {
	if times < 2 || len(days) < leastDays {
		return nil
	}
	flats := make([][]float64, len(days))
	for i, day := range days {
		flats[i] = day.flat()
	}
	source := rand.New(rand.NewPCG(seed, uint64(times)))
	drawn := make([][]float64, len(d.drivers)) // by driver
	first := make([]int, len(d.drivers))
	done := 0
	total := make([]float64, len(flats[0]))
	var buffer []float64
	for range times {
		draw(source, flats, total)
		a := d.again(total)
		buffer = a.products(total, a.means, buffer)
		n := len(a.terms)
		if buffer[n*n-1] < 1e-9*total[0] || total[0] < 1 {
			continue // everybody drawn said the same
		}
		shares, err := a.shares(correlationOf(buffer, n))
		if err != nil {
			return err
		}
		best := 0
		for g, x := range shares {
			drawn[g] = append(drawn[g], x)
			if x > shares[best] {
				best = g
			}
		}
		first[best]++
		done++
	}
	if done < times/2 {
		return nil
	}
	for g, j := range d.drivers {
		slices.Sort(drawn[g])
		driver := &out.Drivers[j]
		driver.Low, driver.High = around(driver.Share, percentile(drawn[g], 0.025), percentile(drawn[g], 0.975), 0, 1)
		driver.First = float64(first[g]) / float64(done)
	}
	out.Stable = out.stable(len(d.drivers))
	return nil
}

// draw adds up as many days as there are, drawn with replacement.
func draw(source *rand.Rand, flats [][]float64, total []float64) {
	clear(total)
	often := make([]int, len(flats))
	for range flats {
		often[source.IntN(len(flats))]++
	}
	for i, n := range often {
		if n == 0 {
			continue
		}
		f, row := float64(n), flats[i]
		for c := range total {
			total[c] += f * row[c]
		}
	}
}

// percentile of sorted numbers, between neighbours.
func percentile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

func (out *Drivers) stable(p int) bool {
	ranked := slices.Clone(out.Drivers)
	ranked = slices.DeleteFunc(ranked, func(d Driver) bool { return d.Out })
	slices.SortFunc(ranked, func(a, b Driver) int { return cmp.Compare(b.Share, a.Share) })
	return out.N >= 50+8*int64(p) && (len(ranked) < 2 || ranked[0].Low > ranked[1].High)
}
