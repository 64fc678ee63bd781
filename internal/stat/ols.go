package stat

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// ErrNotIdentifiable says that the data cannot tell the effects apart: something always goes with something else.
var ErrNotIdentifiable = errors.New("not identifiable")

// fit is a least-squares line through rows of x.
type fit struct {
	x       *mat.Dense
	b       []float64
	left    []float64 // residuals
	inverse *mat.Dense
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
func regress(x *mat.Dense, y []float64) (*fit, error) {
	n, p := x.Dims()
	if n <= p || rankOf(x) < p {
		return nil, fmt.Errorf("%d rows, %d columns: %w", n, p, ErrNotIdentifiable)
	}
	var qr mat.QR
	qr.Factorize(x)
	var b mat.VecDense
	var r, inverse, left mat.Dense
	qr.RTo(&r)
	if qr.SolveVecTo(&b, false, mat.NewVecDense(n, y)) != nil || inverse.Inverse(r.Slice(0, p, 0, p)) != nil {
		return nil, fmt.Errorf("columns of too different sizes: %w", ErrNotIdentifiable)
	}
	out := &fit{x: x, b: b.RawVector().Data, inverse: mat.NewDense(p, p, nil)}
	out.inverse.Mul(&inverse, inverse.T())
	left.Mul(x, &b)
	for i, v := range y {
		out.left = append(out.left, v-left.At(i, 0))
	}
	return out, nil
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
		meat.RankOne(meat, e*e, row, row)
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
