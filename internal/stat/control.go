package stat

import (
	"fmt"
	"math"
)

// Count is one period: X of N.
type Count struct{ X, N int64 }

// Baseline is what a chart measures against, frozen until a person freezes it again with a reason (methods.md §6.1).
type Baseline struct {
	Periods int
	Answers int64   // 0: the rate is known, not estimated
	Rate    float64 // p̄, pooled
	Spread  float64 // Laney's σ_z: how much more than by luck the periods differ; 1 is luck
}

const (
	needPeriods = 20 // of a baseline
	// laneyFrom is the spread from which limits are widened.
	laneyFrom = 1.2
	// meanRange is how far apart two standard normal values are on average, d₂ for pairs.
	meanRange = 1.128
	// exactBelow is the n·min(p,1−p) under which limits are the binomial's own.
	exactBelow = 10
	// tail is what three standard deviations leave on one side.
	tail = 0.00135
)

// MergeWeeks puts periods together, from the first on, until each has at least the answers; what is left at the end too
// small joins the last (methods.md §6.1: at least 20). An error for impossible counts and for a least below 1.
func MergeWeeks(weeks []Count, least int64) ([]Count, error) {
	if least < 1 {
		return nil, fmt.Errorf("merge weeks to %d answers", least)
	}
	if err := checkCounts(weeks); err != nil {
		return nil, fmt.Errorf("merge weeks: %w", err)
	}
	var out []Count
	var open Count
	for _, w := range weeks {
		open = Count{open.X + w.X, open.N + w.N}
		if open.N >= least {
			out, open = append(out, open), Count{}
		}
	}
	switch last := len(out) - 1; {
	case open.N > 0 && last >= 0:
		out[last] = Count{out[last].X + open.X, out[last].N + open.N}
	case open.N > 0:
		out = append(out, open)
	}
	return out, nil
}

func checkCounts(counts []Count) error {
	for _, c := range counts {
		if c.N < 0 || c.X < 0 || c.X > c.N {
			return fmt.Errorf("%d of %d cannot be", c.X, c.N)
		}
	}
	return nil
}

// BaselineOf freezes periods, in order of time, as what to measure against; those without answers are left out (methods.md
// §6.1; Laney 2002 for the spread: σ_z = mean|z_i − z_(i−1)|/1.128). An error for fewer than 20 with answers, for impossible
// counts, and when all or none were satisfied.
func BaselineOf(periods []Count) (Baseline, error) {
	if err := checkCounts(periods); err != nil {
		return Baseline{}, fmt.Errorf("baseline: %w", err)
	}
	var b Baseline
	x, n := 0.0, 0.0
	for _, c := range periods {
		if c.N > 0 {
			b.Periods++
			x += float64(c.X)
			n += float64(c.N)
		}
	}
	if b.Periods < needPeriods {
		return Baseline{}, fmt.Errorf("baseline: %w", &TooFew{N: int64(b.Periods), Need: needPeriods})
	}
	if x == 0 || x == n {
		return Baseline{}, fmt.Errorf("baseline: %w", ErrNoVariance)
	}
	b.Rate, b.Answers = x/n, int64(n)
	last, moves, have := 0.0, 0.0, false
	for _, c := range periods {
		if c.N == 0 {
			continue
		}
		at := b.deviate(c)
		if have {
			moves += math.Abs(at - last)
		}
		last, have = at, true
	}
	b.Spread = moves / float64(b.Periods-1) / meanRange
	return b, nil
}

// sound tells whether a chart can be measured against it.
func (b Baseline) sound() bool { return b.Rate > 0 && b.Rate < 1 && b.Spread >= 0 && finite(b.Spread) }

func (b Baseline) sigma(n int64) float64 { return math.Sqrt(b.Rate * (1 - b.Rate) / float64(n)) }

// deviate is z, by luck alone.
func (b Baseline) deviate(c Count) float64 {
	return (float64(c.X)/float64(c.N) - b.Rate) / b.sigma(c.N)
}

// widening is 1 unless the periods of the baseline differ by clearly more than luck.
func (b Baseline) widening() float64 {
	if b.Spread > laneyFrom {
		return b.Spread
	}
	return 1
}

// Deviation is how far a share of n answers lies from the rate by luck, one standard deviation; widened where the baseline's
// periods differ by clearly more than luck.
func (b Baseline) Deviation(n int64) float64 { return b.sigma(n) * b.widening() }

// ChartKind says how the limits of a point were made.
type ChartKind string

// The kinds of limits.
const (
	ThreeSigma ChartKind = "p"
	ExactTails ChartKind = "exact" // binomial, .00135 each side: few answers or a share near 0 or 1
	Laneys     ChartKind = "laney" // widened by what the baseline's periods differ beyond luck
)

// ChartPoint is one period of a p-chart, shares 0..1. A period without answers has no share and is never out.
type ChartPoint struct {
	Count
	Share     *float64
	Low, High float64
	Kind      ChartKind
	Out       bool
}

// PChart gives each period its limits: p̄ ± 3√(p̄(1−p̄)/n), Laney's p′ when the baseline's spread is above 1.2, exact binomial
// limits when n·min(p̄,1−p̄) is below 10 (methods.md §6.1; Montgomery; Laney 2002). It is for drawing; the alarm is EWMA's,
// the one rule there is. An error for impossible counts or an empty baseline.
func PChart(b Baseline, periods []Count) ([]ChartPoint, error) {
	if !b.sound() {
		return nil, fmt.Errorf("p-chart on %+v", b)
	}
	if err := checkCounts(periods); err != nil {
		return nil, fmt.Errorf("p-chart: %w", err)
	}
	out := make([]ChartPoint, len(periods))
	for i, c := range periods {
		out[i] = ChartPoint{Count: c, Low: 0, High: 1, Kind: ThreeSigma}
		if c.N == 0 {
			continue
		}
		point := &out[i]
		share := float64(c.X) / float64(c.N)
		point.Share = &share
		point.Low, point.High, point.Kind = b.limits(c.N)
		point.Out = share < point.Low-1e-12 || share > point.High+1e-12
	}
	return out, nil
}

func (b Baseline) limits(n int64) (low, high float64, kind ChartKind) {
	wide := b.widening()
	if wide == 1 && float64(n)*min(b.Rate, 1-b.Rate) < exactBelow {
		size := float64(n)
		return float64(binomialQuantile(tail, n, b.Rate)) / size, float64(binomialQuantile(1-tail, n, b.Rate)) / size, ExactTails
	}
	kind = ThreeSigma
	if wide > 1 {
		kind = Laneys
	}
	half := 3 * b.sigma(n) * wide
	return max(0, b.Rate-half), min(1, b.Rate+half), kind
}

// NetCount is one period of an NPS chart.
type NetCount struct{ Promoters, Detractors, N int64 }

// NetPoint is one period of an NPS chart, −100..100.
type NetPoint struct {
	NetCount
	Score     *float64
	Low, High float64
	Out       bool
}

// NPSChart gives each period the limits c ± 3σ₁/√n, σ₁² = (ΣP+ΣD)/Σn − c², of a frozen baseline of at least 20 periods
// (methods.md §6.1). An error for fewer, for impossible counts, and when everybody in the baseline answered alike.
func NPSChart(baseline, periods []NetCount) ([]NetPoint, error) {
	var good, bad, n float64
	with := 0
	for i, c := range append(append([]NetCount{}, baseline...), periods...) {
		if c.Promoters < 0 || c.Detractors < 0 || c.N < 0 || c.Promoters > c.N-c.Detractors {
			return nil, fmt.Errorf("NPS chart: %+v cannot be", c)
		}
		if i < len(baseline) && c.N > 0 {
			with++
			good, bad, n = good+float64(c.Promoters), bad+float64(c.Detractors), n+float64(c.N)
		}
	}
	if with < needPeriods {
		return nil, fmt.Errorf("NPS chart: %w", &TooFew{N: int64(with), Need: needPeriods})
	}
	centre := (good - bad) / n
	variance := (good+bad)/n - centre*centre
	if variance <= 0 {
		return nil, fmt.Errorf("NPS chart: %w", ErrNoVariance)
	}
	out := make([]NetPoint, len(periods))
	for i, c := range periods {
		out[i] = NetPoint{NetCount: c, Low: -100, High: 100}
		if c.N == 0 {
			continue
		}
		score := 100 * float64(c.Promoters-c.Detractors) / float64(c.N)
		half := 300 * math.Sqrt(variance/float64(c.N))
		out[i].Score, out[i].Low, out[i].High = &score, max(-100, 100*centre-half), min(100, 100*centre+half)
		out[i].Out = score < out[i].Low-1e-9 || score > out[i].High+1e-9
	}
	return out, nil
}

// EWMAWeight is the weight of the newest point (methods.md §6.1).
const EWMAWeight = 0.2

// Alarm is one period of the EWMA chart: the moving average of the standardised residuals, and the limit either side that
// it sounds beyond. Down tells a fall.
type Alarm struct {
	Average, Limit float64
	Sounds, Down   bool
}

// EWMA is the default alarm: E = λz + (1−λ)E, λ = .2, z the deviate from the baseline, divided by its spread when that is
// above 1.2; limit L√(λ/(2−λ)·(1−(1−λ)^2i)) (methods.md §6.1; Lucas & Saccucci 1990). limit is L, of LimitFor. A period
// without answers leaves the average as it was. An error for impossible counts, an empty baseline, or an L not above 0.
//
// That limit is for a rate that is known. Where it was estimated from N answers its error moves every residual the same way,
// and a chart of four hundred answers in its baseline would sound twice to four times as often as L says. What that error adds
// to the variance of E, (Σλ(1−λ)^(i−j)√n_j)²/N, is added under the root (in the spirit of Jones, Champ & Rigdon 2001).
func EWMA(b Baseline, periods []Count, limit float64) ([]Alarm, error) {
	if !b.sound() || !finite(limit) || limit <= 0 {
		return nil, fmt.Errorf("EWMA on %+v at %v", b, limit)
	}
	if err := checkCounts(periods); err != nil {
		return nil, fmt.Errorf("EWMA: %w", err)
	}
	out := make([]Alarm, len(periods))
	average, seen, shared := 0.0, 0.0, 0.0
	for i, c := range periods {
		if c.N > 0 {
			seen++
			shared = EWMAWeight*math.Sqrt(float64(c.N)) + (1-EWMAWeight)*shared
			average = EWMAWeight*b.deviate(c)/b.widening() + (1-EWMAWeight)*average
		}
		variance := EWMAWeight / (2 - EWMAWeight) * (1 - math.Pow(1-EWMAWeight, 2*seen))
		if b.Answers > 0 {
			variance += shared * shared / float64(b.Answers)
		}
		a := Alarm{Average: average, Limit: limit * math.Sqrt(variance)}
		a.Sounds, a.Down = c.N > 0 && math.Abs(average) > a.Limit, average < 0
		out[i] = a
	}
	return out, nil
}
