package stat

import (
	"fmt"
	"math"
	"math/bits"

	"gonum.org/v1/gonum/mat"
)

const (
	// ExactDrivers is the greatest number of players whose Shapley shares are computed exactly (methods.md §3.2).
	ExactDrivers = 15

	// singular is the pivot, or eigenvalue of a correlation matrix, below which a column says nothing that the others do
	// not say already (methods.md §3.2).
	singular = 1e-8
)

// Shapley divides R² among groups of columns: the share of a group is what it adds to R², averaged over all orders in
// which the groups can come (methods.md §3.2, §3.3; Lindeman, Merenda & Gold 1980; Grömping 2006). corr is the
// correlation matrix of all columns, group after group, with the outcome as its last row; sizes are the columns of each
// group. A column without variance is a row of zeros, its diagonal too, and adds nothing. The shares come in the order
// of the groups and add up to R², 0..1.
//
// An error says that the matrix is not one of correlations, that sizes do not fit it, or that there are more than
// ExactDrivers groups; RelativeWeights takes those.
//
// All 2^p subsets are walked depth first. Taking a column in is one step of a Cholesky factorisation of what is left,
// leaving it out costs nothing, so that most of the work is done on matrices of one or two columns: 14 groups of two
// columns take well below a millisecond.
func Shapley(corr mat.Symmetric, sizes []int) ([]float64, error) {
	if len(sizes) == 0 || len(sizes) > ExactDrivers {
		return nil, fmt.Errorf("shapley: %d groups, want 1 to %d", len(sizes), ExactDrivers)
	}
	w, err := newWalk(corr, sizes)
	if err != nil {
		return nil, fmt.Errorf("shapley: %w", err)
	}
	return w.shares()
}

// walk visits every subset of groups once.
type walk struct {
	n      int         // columns, the outcome included
	start  []int       // first column of each group, then the outcome's
	whole  []float64   // the matrix, n×n, upper triangle
	inside [][]float64 // by group: what is left when the group is in
	r2     []float64   // by subset, as bits
	bad    float64     // the most negative pivot met
}

func newWalk(corr mat.Symmetric, sizes []int) (*walk, error) {
	n := corr.SymmetricDim()
	if err := correlations(corr); err != nil {
		return nil, err
	}
	w := &walk{n: n, start: make([]int, 1, len(sizes)+1), whole: make([]float64, n*n), r2: make([]float64, 1<<len(sizes))}
	for _, size := range sizes {
		if size < 1 {
			return nil, fmt.Errorf("a group of %d columns", size)
		}
		w.start = append(w.start, w.start[len(w.start)-1]+size)
		w.inside = append(w.inside, make([]float64, n*n))
	}
	if last := w.start[len(sizes)]; last != n-1 {
		return nil, fmt.Errorf("%d columns in groups, %d and the outcome in the matrix", last, n-1)
	}
	w.fill(corr)
	return w, nil
}

func (w *walk) fill(corr mat.Symmetric) {
	for i := range w.n {
		for j := i; j < w.n; j++ {
			w.whole[i*w.n+j] = corr.At(i, j)
		}
	}
}

// correlations checks what can be checked of a correlation matrix without factorising it.
func correlations(corr mat.Symmetric) error {
	n := corr.SymmetricDim()
	if n < 2 {
		return fmt.Errorf("a correlation matrix of %d rows, want a driver and an outcome", n)
	}
	for i := range n {
		d := corr.At(i, i)
		if d != 0 && math.Abs(d-1) > 1e-9 || math.IsNaN(d) {
			return fmt.Errorf("diagonal %d of a correlation matrix is %v", i, d)
		}
		for j := range i {
			if x := corr.At(i, j); !(math.Abs(x) <= 1+1e-9) || d == 0 && x != 0 {
				return fmt.Errorf("correlation %d,%d is %v", i, j, x)
			}
		}
	}
	if corr.At(n-1, n-1) == 0 {
		return fmt.Errorf("everybody said the same: %w", ErrNoVariance)
	}
	return nil
}

func (w *walk) shares() ([]float64, error) {
	w.bad = 0
	w.visit(0, w.whole, 0, 0)
	if w.bad < -1e-6 {
		return nil, fmt.Errorf("shapley: no data have these correlations (pivot %v)", w.bad)
	}
	return shares(w.r2, len(w.inside)), nil
}

// visit decides about one group; a is what is left of the matrix, of which only columns from the group on are looked at.
func (w *walk) visit(group int, a []float64, subset int, r2 float64) {
	if group == len(w.inside)-1 { // half of all subsets end here: nothing that is left has to be worked out
		w.r2[subset], w.r2[subset|1<<group] = min(1, r2), min(1, r2+w.gain(a, w.start[group], w.start[group+1]))
		return
	}
	w.visit(group+1, a, subset, r2)
	for v := w.start[group]; v < w.start[group+1]; v++ {
		var gain float64
		a, gain = w.take(a, w.inside[group], v)
		r2 += gain
	}
	w.visit(group+1, a, subset|1<<group, r2)
}

// gain is what columns from v to end add to R² when nothing comes after them.
func (w *walk) gain(a []float64, v, end int) float64 {
	n := w.n
	switch {
	case end-v > 2 || end-v == 2 && a[v*n+v] < singular:
		total, b := 0.0, w.inside[len(w.inside)-1]
		for ; v < end; v++ {
			var gain float64
			a, gain = w.take(a, b, v)
			total += gain
		}
		return total
	case a[v*n+v] < singular:
		w.bad = min(w.bad, a[v*n+v])
		return 0
	}
	first, y := a[v*n:v*n+n], n-1
	total := first[y] * first[y] / first[v]
	if end-v == 1 {
		return total
	}
	second := a[(v+1)*n : (v+1)*n+n]
	f := first[v+1] / first[v]
	pivot, rest := second[v+1]-f*first[v+1], second[y]-f*first[y]
	if pivot < singular {
		w.bad = min(w.bad, pivot)
		return total
	}
	return total + rest*rest/pivot
}

// take eliminates column v of a into b and returns what is left and what v adds to R². A column that the others make up
// changes nothing.
func (w *walk) take(a, b []float64, v int) ([]float64, float64) {
	n := w.n
	row := a[v*n : v*n+n]
	pivot := row[v]
	if pivot < singular {
		w.bad = min(w.bad, pivot)
		return a, 0
	}
	for i := v + 1; i < n; i++ {
		f := row[i] / pivot
		from, to, by := a[i*n+i:i*n+n], b[i*n+i:i*n+n], row[i:]
		for j, x := range by {
			to[j] = from[j] - f*x
		}
	}
	return b, row[n-1] * row[n-1] / pivot
}

// shares weighs the R² of all subsets: a group's share is Σ over subsets T with it of w(|T|−1)·R²(T), minus the same over
// subsets without it of w(|T|)·R²(T), with w(s) = s!(p−s−1)!/p!. Folding the halves together leaves 2^p additions in all
// instead of p·2^p. It uses r2 up.
func shares(r2 []float64, p int) []float64 {
	weight := make([]float64, p+1) // weight[s] = s!(p−s−1)!/p!
	for s := range p {
		lower, _ := math.Lgamma(float64(s + 1))
		upper, _ := math.Lgamma(float64(p - s))
		all, _ := math.Lgamma(float64(p + 1))
		weight[s] = math.Exp(lower + upper - all)
	}
	without := 0.0
	for subset := range r2 {
		size := bits.OnesCount(uint(subset))
		out := weight[size] * r2[subset] // weight[p] is 0: nothing is without anybody there
		without += out
		if size > 0 {
			r2[subset] = out + weight[size-1]*r2[subset]
		}
	}
	phi := make([]float64, p)
	for j := p - 1; j >= 0; j-- {
		half := 1 << j
		in := 0.0
		for k := range half {
			in += r2[half+k]
			r2[k] += r2[half+k]
		}
		phi[j] = in - without
	}
	return phi
}

// RelativeWeights divides R² among columns by Johnson's relative weights: ε_j = Σ_k Λ_jk²·β_k², where Λ is the symmetric
// root of the correlations of the columns and β the regression on their nearest orthogonal counterparts (methods.md §3.2;
// Johnson 2000; Tonidandel & LeBreton 2011). corr is as for Shapley, with which it agrees for two columns and nearly for
// more; it costs the cube of the columns instead of two to their power. The weights add up to R².
func RelativeWeights(corr mat.Symmetric) ([]float64, error) {
	if err := correlations(corr); err != nil {
		return nil, fmt.Errorf("relative weights: %w", err)
	}
	values, vectors, err := eigen(corr)
	if err != nil {
		return nil, fmt.Errorf("relative weights: %w", err)
	}
	p := corr.SymmetricDim() - 1
	beta := make([]float64, p)      // on the orthogonal counterparts
	root := mat.NewDense(p, p, nil) // Q Λ^½ Q'
	for e, value := range values {
		if value < singular {
			continue
		}
		along := 0.0
		for i := range p {
			along += vectors.At(i, e) * corr.At(i, p)
		}
		s := math.Sqrt(value)
		for i := range p {
			beta[i] += vectors.At(i, e) / s * along
			for j := range p {
				root.Set(i, j, root.At(i, j)+vectors.At(i, e)*s*vectors.At(j, e))
			}
		}
	}
	out := make([]float64, p)
	for j := range p {
		for k := range p {
			out[j] += root.At(j, k) * root.At(j, k) * beta[k] * beta[k]
		}
	}
	return out, nil
}

// VIF returns the variance inflation of every column, 1 and above: how much less is known of its slope because the
// others move with it, (R⁻¹)_jj; and the least eigenvalue of their correlations (methods.md §3.2: warn above 5; above 10,
// or with an eigenvalue below 1e-8, they cannot be told apart). Columns without variance, and all columns when there is
// such an eigenvalue, have an infinite one. corr is as for Shapley.
func VIF(corr mat.Symmetric) (vif []float64, least float64, err error) {
	if err := correlations(corr); err != nil {
		return nil, 0, fmt.Errorf("vif: %w", err)
	}
	values, vectors, err := eigen(corr)
	if err != nil {
		return nil, 0, fmt.Errorf("vif: %w", err)
	}
	least = values[0] // gonum sorts them
	vif = make([]float64, len(values))
	for j := range vif {
		for e, value := range values {
			if least < singular {
				vif[j] = math.Inf(1)
				break
			}
			vif[j] += vectors.At(j, e) * vectors.At(j, e) / value
		}
	}
	return vif, least, nil
}

// eigen factorises the correlations of the columns, the outcome left out; values ascend.
func eigen(corr mat.Symmetric) ([]float64, *mat.Dense, error) {
	p := corr.SymmetricDim() - 1
	x := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			x.SetSym(i, j, corr.At(i, j))
		}
	}
	var f mat.EigenSym
	if !f.Factorize(x, true) {
		return nil, nil, fmt.Errorf("no eigenvalues found")
	}
	values := f.Values(nil)
	if values[0] < -1e-6 {
		return nil, nil, fmt.Errorf("no data have these correlations (eigenvalue %v)", values[0])
	}
	var vectors mat.Dense
	f.VectorsTo(&vectors)
	return values, &vectors, nil
}
