package stat

import "fmt"

// Tally is everything the figures of one scale are made of, in whole numbers that add up: two tallies of the same
// scale are pooled by Plus, a correction is an Add of −1 and one of +1 (model.md, rollups).
type Tally struct {
	N, Sum, SumSq int64                // answers, their sum and the sum of their squares, as given (not turned around)
	Counts        [MaxAnswer + 1]int64 // Counts[x] answers were x

	// How the experience compared with what was expected (methods.md §2.1); not everyone who rates says so.
	Below, Met, Above int64
}

// Add counts the answer x, times times; negative times takes answers back. It panics when x is outside 0..10: check
// with Scale.Valid where answers come in.
func (t *Tally) Add(x int, times int64) {
	if x < 0 || x > MaxAnswer {
		panic(fmt.Sprintf("stat: answer %d is on no scale", x))
	}
	t.N += times
	t.Sum += int64(x) * times
	t.SumSq += int64(x) * int64(x) * times
	t.Counts[x] += times
}

// AddExpectation counts one comparison with what was expected, times times: worse is negative (−2, −1), as expected 0,
// better positive (methods.md §2.1).
func (t *Tally) AddExpectation(compared int, times int64) {
	switch {
	case compared < 0:
		t.Below += times
	case compared > 0:
		t.Above += times
	default:
		t.Met += times
	}
}

// Plus returns the tally of both together. They must be of one scale.
func (t Tally) Plus(u Tally) Tally {
	t.N += u.N
	t.Sum += u.Sum
	t.SumSq += u.SumSq
	for x, n := range u.Counts {
		t.Counts[x] += n
	}
	t.Below += u.Below
	t.Met += u.Met
	t.Above += u.Above
	return t
}

// Check says what is impossible about the tally on this scale: a negative count, an answer the scale does not offer,
// or totals that do not agree with the counts.
func (t Tally) Check(s Scale) error {
	if err := s.Check(); err != nil {
		return err
	}
	if min(t.Below, t.Met, t.Above) < 0 {
		return fmt.Errorf("tally of %s: negative expectations", s)
	}
	var again Tally
	for x, n := range t.Counts {
		if n < 0 || n > 0 && !s.Valid(x) {
			return fmt.Errorf("tally of %s: %d answers of %d", s, n, x)
		}
		again.Add(x, n)
	}
	if again.N != t.N || again.Sum != t.Sum || again.SumSq != t.SumSq {
		return fmt.Errorf("tally of %s: n %d, sum %d, squares %d, but the counts give %d, %d, %d",
			s, t.N, t.Sum, t.SumSq, again.N, again.Sum, again.SumSq)
	}
	return nil
}

// Negative is the tally that takes t back: t.Plus(t.Negative()) counts nothing.
func (t Tally) Negative() Tally {
	t.N, t.Sum, t.SumSq, t.Below, t.Met, t.Above = -t.N, -t.Sum, -t.SumSq, -t.Below, -t.Met, -t.Above
	for i := range t.Counts {
		t.Counts[i] = -t.Counts[i]
	}
	return t
}
