package stat

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// Percentages returns the counts as whole percents that sum to exactly 100, by largest remainder; among equal
// remainders the larger count is rounded up first, then the earlier. Nil when there is nothing to share out, a count
// is negative, or the total does not fit 63 bits (methods.md §1.0; Hamilton's method).
func Percentages(counts []int64) []int {
	total, ok := sum(counts)
	if !ok || total == 0 {
		return nil
	}
	percents, remainders := make([]int, len(counts)), make([]uint64, len(counts))
	order := make([]int, len(counts))
	left := 100
	for i, n := range counts {
		high, low := bits.Mul64(100, uint64(n)) // 128 bits, so that no count is too large
		quotient, remainder := bits.Div64(high, low, uint64(total))
		percents[i], remainders[i], order[i] = int(quotient), remainder, i
		left -= percents[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(remainders[b], remainders[a]), cmp.Compare(counts[b], counts[a]))
	})
	for _, i := range order[:left] {
		percents[i]++
	}
	return percents
}

// Suppress tells which cells of a one-way table must be hidden when its total is shown: those of 1..K−1 answers, and
// then the smallest others until at least two are hidden that hold at least K answers together, so that none can be
// found by subtraction. Empty cells may be shown. Impossible counts hide the whole table (methods.md §1.12).
//
// When everything there is has been hidden and is still a single cell, the total gives it away: hide the total too.
func Suppress(counts []int64) []bool { return SuppressBeside(counts, nil) }

// SuppressBeside is Suppress of a table of which some cells are hidden already, for another reason, whatever they hold: they
// can be found by subtraction as well. already is as long as counts, or nil.
func SuppressBeside(counts []int64, already []bool) []bool {
	hide := make([]bool, len(counts))
	_, possible := sum(counts)
	cells, answers := 0, int64(0)
	conceal := func(i int) {
		hide[i] = true
		cells++
		answers += counts[i]
	}
	for i, n := range counts {
		if !possible {
			hide[i] = true
		} else if 0 < n && (n < K || already != nil && already[i]) {
			conceal(i)
		}
	}
	for cells == 1 || cells > 0 && answers < K {
		i := smallestShown(counts, hide)
		if i < 0 {
			break
		}
		conceal(i)
	}
	return hide
}

// smallestShown is the first of the smallest cells that are neither hidden nor empty, or −1.
func smallestShown(counts []int64, hide []bool) int {
	at := -1
	for i, n := range counts {
		if n > 0 && !hide[i] && (at < 0 || n < counts[at]) {
			at = i
		}
	}
	return at
}

// sum adds counts up; false when one is negative or the sum does not fit.
func sum(counts []int64) (total int64, ok bool) {
	for _, n := range counts {
		if n < 0 || n > math.MaxInt64-total {
			return 0, false
		}
		total += n
	}
	return total, true
}
