package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// Longley-like by hand: y = 1 2 2 4 on x = 0 1 2 3. b = .9, a = .9; the covariances are worked out from sums.
func TestRegressionByHand(t *testing.T) {
	x := mat.NewDense(4, 2, []float64{1, 0, 1, 1, 1, 2, 1, 3})
	f, err := regress(x, []float64{1, 2, 2, 4})
	if err != nil || !near(f.b[0], 0.9) || !near(f.b[1], 0.9) {
		t.Fatal(f, err)
	}
	// residuals .1 .2 −.7 .4: Σe² = .7, σ² = .35, Var(b) = .35/5
	if v := f.classical().At(1, 1); !near(v, 0.07) {
		t.Errorf("classical %v", v)
	}
	// HC3 slope: Σ ((x−1.5)/5)² (e/(1−h))², h = .7 .3 .3 .7
	want := 0.09*math.Pow(0.1/0.3, 2) + 0.01*math.Pow(0.2/0.7, 2) + 0.01*math.Pow(0.7/0.7, 2) + 0.09*math.Pow(0.4/0.3, 2)
	v, err := f.hc3()
	if err != nil || !near(v.At(1, 1), want) {
		t.Errorf("HC3 %v, want %v, %v", v.At(1, 1), want, err)
	}
	// Newey–West, lag 1: u = (x−1.5)/5·e; n/(n−p)·(Σu² + 2·½·Σu_i·u_{i−1})
	u := []float64{-0.03, -0.02, -0.07, 0.12}
	sum := 0.0
	for i := range u {
		sum += u[i] * u[i]
		if i > 0 {
			sum += u[i] * u[i-1]
		}
	}
	if v := f.neweyWest(1).At(1, 1); !near(v, 2*sum) {
		t.Errorf("Newey–West %v, want %v", v, 2*sum)
	}
}

func TestRegressionsThatCannotBe(t *testing.T) {
	for sentence, x := range map[string]*mat.Dense{
		"two columns that are the same":  mat.NewDense(4, 2, []float64{1, 2, 1, 2, 1, 2, 1, 2}),
		"a column of nothing":            mat.NewDense(4, 2, []float64{1, 0, 1, 0, 1, 0, 1, 0}),
		"as many columns as rows":        mat.NewDense(2, 2, []float64{1, 0, 1, 1}),
		"columns of too different sizes": mat.NewDense(4, 2, []float64{1, 1e20, 1, 0, 1, 0, 1, 1e19}),
		"a column that is no number":     mat.NewDense(4, 2, []float64{1, math.NaN(), 1, 0, 1, 0, 1, 0}),
	} {
		n, _ := x.Dims()
		if _, err := regress(x, make([]float64, n)); !errors.Is(err, ErrNotIdentifiable) {
			t.Errorf("%s: %v", sentence, err)
		}
	}
	f, err := regress(mat.NewDense(4, 2, []float64{1, 0, 1, 0, 1, 0, 1, 1}), []float64{1, 2, 3, 9})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.hc3(); !errors.Is(err, ErrNotIdentifiable) {
		t.Errorf("one row alone decides: %v", err)
	}
}

// With unequal variances HC3 covers the truth about 95 times in a hundred; the classical interval does not.
func TestHC3Covers(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	hit, classicalHit := 0, 0
	const runs, n = 400, 60
	for range runs {
		x, y := mat.NewDense(n, 2, nil), make([]float64, n)
		for i := range n {
			v := random.ExpFloat64()
			x.SetRow(i, []float64{1, v})
			y[i] = 1 + 2*v + v*v*random.NormFloat64()
		}
		f, err := regress(x, y)
		if err != nil {
			t.Fatal(err)
		}
		v, err := f.hc3()
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(f.b[1]-2) < z*math.Sqrt(v.At(1, 1)) {
			hit++
		}
		if math.Abs(f.b[1]-2) < z*math.Sqrt(f.classical().At(1, 1)) {
			classicalHit++
		}
	}
	if hit < runs*85/100 || classicalHit > hit-runs/10 {
		t.Errorf("HC3 covers %d of %d, the classical interval %d", hit, runs, classicalHit)
	}
}
