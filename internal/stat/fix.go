package stat

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Uplift is how much the mean of the outcome would rise if every rating below the target were lifted to it, in points of
// the outcome, with its standard error — if the association is causal, which only a dated comparison shows (methods.md
// §3.4). slope and se are points of the outcome per point of the rating; the ratings are of scale s, target one of its
// answers with high good; answers is how many answered about the whole, rated or not. NaN for impossible counts.
func Uplift(slope, se float64, s Scale, ratings Tally, target int, answers int64) (lift, error float64) {
	missing, _ := shortfall(s, ratings, target)
	if answers <= 0 || !s.Valid(target) || !ratings.countsAgree(s) {
		return math.NaN(), math.NaN()
	}
	mean := missing / float64(answers)
	return slope * mean, math.Abs(se) * mean
}

// shortfall is Σ max(0, target − x) over all ratings.
func shortfall(s Scale, t Tally, target int) (sum float64, n int64) {
	for x := s.Lo; x <= s.Hi; x++ {
		if good := s.Good(x); good < target {
			sum += float64(target-good) * float64(t.Counts[x])
			n += t.Counts[x]
		}
	}
	return sum, n
}

// Satisfying is the lowest answer, high good, that counts as satisfied: u ≥ ¾, and 9 for NPS; it is the target that
// dissatisfied customers are lifted to (methods.md §3.4: 4 of 1..5).
func (s Scale) Satisfying() int {
	if s.Metric == NPS {
		return 9
	}
	return s.Lo + (3*(s.Hi-s.Lo)+3)/4
}

// Dissatisfied counts the ratings of mood negative and says how many points they are below the target on average, 0 when
// there are none (methods.md §1.2, §4).
func Dissatisfied(s Scale, t Tally) (n int64, below float64) {
	sum := 0.0
	for x := s.Lo; x <= s.Hi; x++ {
		if s.Mood(x) == Negative {
			n += t.Counts[x]
			sum += float64(t.Counts[x]) * float64(s.Satisfying()-s.Good(x))
		}
	}
	if n == 0 {
		return 0, 0
	}
	return n, sum / float64(n)
}

// Fix is one thing that could be mended, in measured factors (methods.md §4; reach × impact × confidence ÷ effort, with
// every guess but the effort replaced by a count).
type Fix struct {
	PerMonth   float64 // customers who pass per month
	Bad, Rated int64   // how many of those asked it went wrong for
	Impact, SE float64 // points of the outcome that each of these loses
	EffortDays float64 // person-days; 0 when nobody has said
}

// Factor names what goes into a score.
type Factor string

// The factors whose uncertainty is known.
const (
	FactorShare  Factor = "share"
	FactorImpact Factor = "impact"
)

// Worth is a fix with what it is worth.
type Worth struct {
	Fix
	Share, Low, High float64 // of those it goes wrong for, 0..1, with the Wilson interval
	Confidence       float64 // that there is an effect at all: Φ(impact/se), 0..1
	Effort           float64 // the days the score was divided by
	// Score is points of the outcome recovered per month and person-day, with the lower limit of the share, so that 4 of
	// 40 does not outrank 60 of 300. Plain is the same with the share itself.
	Score, Plain float64
	Rank         int // from 1; equal scores share one; 0 when there is nothing to recover
	// Swing is the factor that would change the rank most, were it at the other end of its interval; Best and Worst are
	// the ranks that it would give.
	Swing       Factor
	Best, Worst int
}

// Worths weighs fixes against each other (methods.md §4). They come back in the order they came. A fix nobody has given
// an effort for is taken to cost the median of those that have one, and one day where none has: the effort then orders
// nothing. An error names the fix that cannot be.
func Worths(fixes []Fix) ([]Worth, error) {
	usual := medianEffort(fixes)
	out := make([]Worth, len(fixes))
	for i, f := range fixes {
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("fix %d: %w", i, err)
		}
		w := Worth{Fix: f, Effort: f.EffortDays}
		if f.EffortDays == 0 {
			w.Effort = usual
		}
		if f.Rated > 0 {
			w.Share = float64(f.Bad) / float64(f.Rated)
			w.Low, w.High = Wilson(f.Bad, f.Rated)
		}
		w.Confidence = confidence(f.Impact, f.SE)
		w.Score, w.Plain = w.score(w.Low, f.Impact), w.score(w.Share, f.Impact)
		out[i] = w
	}
	for i := range out {
		out[i].Rank = rank(out, i, out[i].Score)
	}
	for i := range out {
		out[i].swing(out, i)
	}
	return out, nil
}

func (f Fix) check() error {
	for _, x := range []float64{f.PerMonth, f.Impact, f.SE, f.EffortDays} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%+v is not finite", f)
		}
	}
	if f.PerMonth < 0 || f.SE < 0 || f.EffortDays < 0 || f.Bad < 0 || f.Bad > f.Rated {
		return fmt.Errorf("%+v cannot be", f)
	}
	return nil
}

func medianEffort(fixes []Fix) float64 {
	var days []float64
	for _, f := range fixes {
		if f.EffortDays > 0 {
			days = append(days, f.EffortDays)
		}
	}
	if len(days) == 0 {
		return 1
	}
	slices.Sort(days)
	return (days[(len(days)-1)/2] + days[len(days)/2]) / 2
}

func confidence(impact, se float64) float64 {
	switch {
	case se > 0:
		return 0.5 * math.Erfc(-impact/se/math.Sqrt2)
	case impact > 0:
		return 1
	}
	return 0
}

// score is 0 where the impact is not one that can be recovered.
func (w Worth) score(share, impact float64) float64 {
	if impact <= 0 {
		return 0
	}
	return w.PerMonth * share * impact * w.Confidence / w.Effort
}

// rank is the place a score would have among the others; 0 for no score.
func rank(all []Worth, i int, score float64) int {
	if score <= 0 {
		return 0
	}
	place := 1
	for k, w := range all {
		if k != i && w.Score > score {
			place++
		}
	}
	return place
}

// swing tries each factor at both ends of its interval.
func (w *Worth) swing(all []Worth, i int) {
	w.Best, w.Worst = w.Rank, w.Rank
	if w.Rank == 0 {
		return
	}
	last := len(all)
	place := func(score float64) int {
		return cmp.Or(rank(all, i, score), last)
	}
	try := func(f Factor, low, high float64) {
		best, worst := min(w.Rank, place(high)), max(w.Rank, place(low))
		if worst-best > w.Worst-w.Best {
			w.Swing, w.Best, w.Worst = f, best, worst
		}
	}
	try(FactorShare, w.score(w.Low, w.Impact), w.score(w.High, w.Impact))
	try(FactorImpact, w.score(w.Low, w.Impact-z*w.SE), w.score(w.Low, w.Impact+z*w.SE))
}
