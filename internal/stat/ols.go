package stat

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// ErrNotIdentifiable says that the data cannot tell the effects apart: something always goes with something else.
var ErrNotIdentifiable = errors.New("not identifiable")

// fit is a least-squares line through rows of x.
type fit struct {
	x       *mat.Dense
	b       []float64
	left    []float64 // residuals
	times   []float64 // how often each row was seen; nil: once
	inverse *mat.Dense
}

// seen is how often a row was.
func (f *fit) seen(row int) float64 {
	if f.times == nil {
		return 1
	}
	return f.times[row]
}

// fullRank is the least ratio of singular values, columns scaled to the same length, that tells columns apart.
const fullRank = 1e-8

// rankOf counts the columns that are not made up of others, each scaled to length 1; the constant among them.
func rankOf(x *mat.Dense) int {
	n, p := x.Dims()
	scaled := mat.DenseCopyOf(x)
	for j := range p {
		length := mat.Norm(x.ColView(j), 2)
		if length == 0 {
			continue
		}
		for i := range n {
			scaled.Set(i, j, x.At(i, j)/length)
		}
	}
	var svd mat.SVD
	if !svd.Factorize(scaled, mat.SVDNone) {
		return 0
	}
	return svd.Rank(fullRank)
}

// regress fits y by the columns of x, which hold their own constant. ErrNotIdentifiable when the columns make each other
// up or there is nothing left to judge the fit by.
func regress(x *mat.Dense, y []float64) (*fit, error) { return regressCounted(x, y, nil) }

// regressCounted is regress of rows that were each seen times times: a row stands there once, √times long, which leaves the
// normal equations as they are.
func regressCounted(x *mat.Dense, y, times []float64) (*fit, error) {
	_, p := x.Dims()
	out := &fit{x: x, times: times, inverse: mat.NewDense(p, p, nil)}
	scaled, long, n := out.lengthened(y)
	if n <= float64(p) || rankOf(scaled) < p {
		return nil, fmt.Errorf("%v rows, %d columns: %w", n, p, ErrNotIdentifiable)
	}
	var qr mat.QR
	qr.Factorize(scaled)
	var b mat.VecDense
	var r, inverse, left mat.Dense
	qr.RTo(&r)
	if qr.SolveVecTo(&b, false, mat.NewVecDense(len(y), long)) != nil || inverse.Inverse(r.Slice(0, p, 0, p)) != nil {
		return nil, fmt.Errorf("columns of too different sizes: %w", ErrNotIdentifiable)
	}
	out.b = b.RawVector().Data
	out.inverse.Mul(&inverse, inverse.T())
	left.Mul(x, &b)
	for i, v := range y {
		out.left = append(out.left, v-left.At(i, 0))
	}
	return out, nil
}

// lengthened is the system with each row √times long, and how many rows were seen.
func (f *fit) lengthened(y []float64) (x *mat.Dense, long []float64, n float64) {
	if f.times == nil {
		return f.x, y, float64(len(y))
	}
	x, long = mat.DenseCopyOf(f.x), slices.Clone(y)
	for i, times := range f.times {
		n += times
		root := math.Sqrt(times)
		floats.Scale(root, x.RawRowView(i))
		long[i] *= root
	}
	return x, long, n
}

// degrees are those left to the residuals.
func (f *fit) degrees() float64 { n, p := f.x.Dims(); return float64(n - p) }

// classical is the covariance of b when every residual has the same variance and none knows of another.
func (f *fit) classical() *mat.Dense {
	sum := 0.0
	for _, e := range f.left {
		sum += e * e
	}
	var v mat.Dense
	v.Scale(sum/f.degrees(), f.inverse)
	return &v
}

// hc3 is the covariance of b that holds for unequal variances too, each residual enlarged by its leverage (MacKinnon &
// White 1985; Long & Ervin 2000). ErrNotIdentifiable when one row alone decides a slope.
func (f *fit) hc3() (*mat.Dense, error) {
	n, p := f.x.Dims()
	meat := mat.NewDense(p, p, nil)
	for i := range n {
		row := f.x.RowView(i)
		leverage := mat.Inner(row, f.inverse, row)
		if 1-leverage < 1e-9 {
			return nil, fmt.Errorf("row %d alone decides: %w", i, ErrNotIdentifiable)
		}
		e := f.left[i] / (1 - leverage)
		meat.RankOne(meat, f.seen(i)*e*e, row, row)
	}
	return f.sandwich(meat), nil
}

// neweyWest is the covariance of b for rows in order of time whose residuals go together up to lag rows apart (Newey &
// West 1987, Bartlett weights, enlarged by n/(n−p)).
func (f *fit) neweyWest(lag int) *mat.Dense {
	n, p := f.x.Dims()
	meat := mat.NewDense(p, p, nil)
	for l := 0; l <= lag; l++ {
		weight := 1 - float64(l)/float64(lag+1)
		for i := l; i < n; i++ {
			e := weight * f.left[i] * f.left[i-l]
			meat.RankOne(meat, e, f.x.RowView(i), f.x.RowView(i-l))
			if l > 0 {
				meat.RankOne(meat, e, f.x.RowView(i-l), f.x.RowView(i))
			}
		}
	}
	meat.Scale(float64(n)/f.degrees(), meat)
	return f.sandwich(meat)
}

func (f *fit) sandwich(meat mat.Matrix) *mat.Dense {
	var v mat.Dense
	v.Product(f.inverse, meat, f.inverse)
	return &v
}
