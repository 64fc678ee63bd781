package stat

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// Newcombe 1998a, table I, method 3.
func TestWilsonOfNewcombe(t *testing.T) {
	for _, c := range []struct {
		x, n      int64
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		low, high := Wilson(c.x, c.n)
		if !within(low, c.low, 5e-5) || !within(high, c.high, 5e-5) {
			t.Errorf("%d of %d: %.4f..%.4f, want %.4f..%.4f", c.x, c.n, low, high, c.low, c.high)
		}
	}
}

// Newcombe 1998b, table II, method 10.
func TestDifferencesOfNewcombe(t *testing.T) {
	for _, c := range []struct {
		x1, n1, x2, n2 int64
		low, high      float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339},
		{9, 10, 3, 10, 0.1705, 0.8090},
		{6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 20, -0.1611, 0.2775},
		{0, 10, 0, 10, -0.2775, 0.2775},
		{10, 10, 0, 20, 0.6791, 1},
		{10, 10, 0, 10, 0.6075, 1},
	} {
		_, low, high := Newcombe(c.x1, c.n1, c.x2, c.n2)
		if !within(low, c.low, 5e-5) || !within(high, c.high, 5e-5) {
			t.Errorf("%d/%d − %d/%d: %.4f..%.4f, want %.4f..%.4f", c.x1, c.n1, c.x2, c.n2, low, high, c.low, c.high)
		}
	}
}

// The ends of Wilson's interval are where the score test is just not significant, found here by halving.
func TestWilsonAgainstScoreTest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 100_000).Draw(t, "n")
		x := rapid.Int64Range(0, n).Draw(t, "x")
		p := float64(x) / float64(n)
		end := func(inside, outside float64) float64 {
			for range 200 {
				theta := (inside + outside) / 2
				if math.Abs(p-theta) <= z*math.Sqrt(theta*(1-theta)/float64(n)) {
					inside = theta
				} else {
					outside = theta
				}
			}
			return inside
		}
		low, high := Wilson(x, n)
		same(t, "low", low, end(p, 0))
		same(t, "high", high, end(p, 1))
		if x == 0 && low != 0 || x == n && high != 1 || low > p || high < p {
			t.Fatalf("%d of %d: %v..%v", x, n, low, high)
		}
	})
}

// The squared deviate is Pearson's chi-squared with N−1 in the place of N.
func TestTwoProportionsAgainstChiSquared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n1, n2 := rapid.Int64Range(1, 5000).Draw(t, "n1"), rapid.Int64Range(1, 5000).Draw(t, "n2")
		x1, x2 := rapid.Int64Range(0, n1).Draw(t, "x1"), rapid.Int64Range(0, n2).Draw(t, "x2")
		a, b, c, d := float64(x1), float64(n1-x1), float64(x2), float64(n2-x2)
		want := 1.0
		if a+c > 0 && b+d > 0 {
			n := a + b + c + d
			chi := (n - 1) * math.Pow(a*d-b*c, 2) / ((a + b) * (c + d) * (a + c) * (b + d))
			want = distuv.ChiSquared{K: 1}.Survival(chi)
		}
		same(t, "p", TwoProportions(x1, n1, x2, n2), want)
	})
}

func TestImpossibleShares(t *testing.T) {
	for _, c := range [][2]int64{{0, 0}, {-1, 5}, {6, 5}, {1, -5}} {
		low, high := Wilson(c[0], c[1])
		diff, from, to := Newcombe(c[0], c[1], 1, 2)
		diff2, _, _ := Newcombe(1, 2, c[0], c[1])
		for _, v := range []float64{low, high, diff, from, to, diff2, TwoProportions(c[0], c[1], 1, 2), TwoProportions(1, 2, c[0], c[1])} {
			if !math.IsNaN(v) {
				t.Errorf("%d of %d gave %v", c[0], c[1], v)
			}
		}
	}
}
