package stat

import (
	"cmp"
	"math"
	"slices"
)

// Holm adjusts the p-values of tests made at once, so that naming every test whose adjusted p lies below α names one too
// many in at most α of all looks, however the tests hang together (Holm 1979, Scandinavian Journal of Statistics 6, 65–70;
// methods.md §1.11 for each test alone). The k-th smallest of m is multiplied by m − k + 1, never falls below a smaller one
// and never exceeds 1. NaN is a test that was not made: it stays NaN and counts for none.
func Holm(p []float64) []float64 {
	out, order := slices.Clone(p), make([]int, 0, len(p))
	for i, x := range p {
		if !math.IsNaN(x) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	least := 0.0
	for k, i := range order {
		least = max(least, min(1, float64(len(order)-k)*p[i]))
		out[i] = least
	}
	return out
}

// Together judges changes that are looked at side by side: of those beyond noise alone, only those stay so whose p survives
// Holm's adjustment over all comparisons between solid samples. One change alone stays as it is. P stays that of each alone.
func Together(changes []*Change, solid func(i int) bool) {
	p := make([]float64, len(changes))
	for i, c := range changes {
		p[i] = math.NaN()
		if c.P != nil && solid(i) {
			p[i] = *c.P
		}
	}
	for i, adjusted := range Holm(p) {
		changes[i].Beyond = changes[i].Beyond && adjusted < 0.05
	}
}
