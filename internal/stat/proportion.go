package stat

import "math"

// Wilson returns the 95 % score interval, in 0..1, of the share x of n; exactly 0 at x = 0 and exactly 1 at x = n.
// NaN when nobody was asked or x is not in 0..n (methods.md §1.11; Wilson 1927, Newcombe 1998a method 3).
func Wilson(x, n int64) (low, high float64) {
	if n <= 0 || x < 0 || x > n {
		return math.NaN(), math.NaN()
	}
	size := float64(n)
	p := float64(x) / size
	centre := p + z*z/(2*size)
	half := z * math.Sqrt(p*(1-p)/size+z*z/(4*size*size))
	scale := 1 + z*z/size
	return around(p, (centre-half)/scale, (centre+half)/scale, 0, 1)
}

// Newcombe returns the difference x1/n1 − x2/n2 of two independent shares, in −1..1, with its 95 % interval. NaN when
// Wilson has none for either (methods.md §1.11; Newcombe 1998b method 10).
func Newcombe(x1, n1, x2, n2 int64) (diff, low, high float64) {
	l1, u1 := Wilson(x1, n1)
	l2, u2 := Wilson(x2, n2)
	p1, p2 := float64(x1)/float64(n1), float64(x2)/float64(n2)
	if math.IsNaN(l1) || math.IsNaN(l2) {
		return math.NaN(), math.NaN(), math.NaN()
	}
	diff = p1 - p2
	low, high = around(diff, diff-math.Hypot(p1-l1, u2-p2), diff+math.Hypot(u1-p1, p2-l2), -1, 1)
	return diff, low, high
}

// TwoProportions returns the two-sided p of the N−1 two-proportion test that two independent shares are the same.
// 1 when all or none of both were satisfied, NaN for impossible counts (methods.md §1.11; Campbell 2007).
func TwoProportions(x1, n1, x2, n2 int64) float64 {
	if n1 <= 0 || n2 <= 0 || x1 < 0 || x2 < 0 || x1 > n1 || x2 > n2 {
		return math.NaN()
	}
	a, b := float64(n1), float64(n2)
	n := a + b
	pooled := float64(x1+x2) / n
	if x1+x2 == 0 || x1+x2 == n1+n2 {
		return 1
	}
	d := float64(x1)/a - float64(x2)/b
	return twoSided(d / math.Sqrt(pooled*(1-pooled)*(1/a+1/b)) * math.Sqrt((n-1)/n))
}
