package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Verdict says what came of an improvement (methods.md §6.3). Its loop stays open until there is one.
type Verdict string

// The verdicts.
const (
	Improved     Verdict = "improved"
	Worse        Verdict = "worse"
	NoChange     Verdict = "no_meaningful_change"
	Inconclusive Verdict = "inconclusive"
)

// VerdictOf judges an interval, high good, by the smallest relevant change: improved when it lies above 0 and reaches the
// smallest, worse when it lies below 0, no meaningful change when all of it is smaller than the smallest either way, otherwise
// inconclusive (methods.md §6.3, but for its "or below it": −10…2 with a smallest change of 3 does not reach the smallest, yet
// may be a fall of 10, of which nobody may say that nothing happened). An error for a smallest change not above 0, or for no
// interval.
func VerdictOf(low, high, smallest float64) (Verdict, error) {
	switch {
	case !finite(low, high, smallest) || smallest <= 0 || low > high:
		return "", fmt.Errorf("verdict on %v..%v with a smallest change of %v", low, high, smallest)
	case low > 0 && high >= smallest:
		return Improved, nil
	case high < 0:
		return Worse, nil
	case -smallest < low && high < smallest:
		return NoChange, nil
	}
	return Inconclusive, nil
}

// Pair is one group before and after.
type Pair struct{ Before, After Sample }

// Compared is a difference in differences with the same difference where nothing had happened yet.
type Compared struct {
	Effect
	// Placebo is the same comparison over two periods before the change; nil when they were not given. Parallel tells
	// that it is not beyond noise: the groups went alike before, as the comparison supposes.
	Placebo  *Effect
	Parallel bool
}

// DifferenceInDifferences is how much more the treated changed than the untouched, (T₁−T₀) − (C₁−C₀), SE √Σs²/n (methods.md
// §6.3). earlier are both groups over two periods before the change, nil for none. It is the first choice of the three ways
// to see what an improvement did. An error unless every sample has two or more.
func DifferenceInDifferences(treated, untouched Pair, earlier *[2]Pair) (Compared, error) {
	effect, err := inDifferences(treated, untouched)
	if err != nil {
		return Compared{}, fmt.Errorf("difference in differences: %w", err)
	}
	out := Compared{Effect: effect}
	if earlier != nil {
		placebo, err := inDifferences(earlier[0], earlier[1])
		if err != nil {
			return Compared{}, fmt.Errorf("placebo: %w", err)
		}
		out.Placebo, out.Parallel = &placebo, placebo.Low <= 0 && 0 <= placebo.High
	}
	return out, nil
}

func inDifferences(treated, untouched Pair) (Effect, error) {
	return contrast([]Sample{treated.After, treated.Before, untouched.After, untouched.Before}, []float64{1, -1, -1, 1})
}

// Interrupted is a series broken by a change: y = b₀ + b₁t + b₂D + b₃D(t−t₀), D from the change on (methods.md §6.3).
type Interrupted struct {
	Trend Effect // b₁: per point, before the change
	Level Effect // b₂: at the change
	Slope Effect // b₃: per point, what the trend changed by

	NeweyWest bool // the errors allow for points that go together; otherwise ordinary ones
	Short     bool // fewer than eight points on a side: no ground for a verdict
}

const (
	needSide       = 3  // points on each side, or there is no line to break
	firmSide       = 8  // points on each side for a verdict
	neweyWestFrom  = 12 // points in all
	parametersOfIT = 4
)

// InterruptedSeries fits a series of equally spaced points whose change came at the index change, the first point after it:
// ordinary errors below 12 points, Newey–West's from there on, t intervals on n−4 degrees, which still come out too narrow
// (methods.md §6.3; Wagner et al. 2002, Turner et al. 2021). High good or not is the caller's. An error for fewer than three
// points on a side and for what is no number.
func InterruptedSeries(y []float64, change int) (Interrupted, error) {
	n := len(y)
	if change < needSide || n-change < needSide || !finite(y...) {
		return Interrupted{}, fmt.Errorf("interrupted series: %d points, changed at %d", n, change)
	}
	x := mat.NewDense(n, parametersOfIT, nil)
	for i := range n {
		after, since := 0.0, 0.0
		if i >= change {
			after, since = 1, float64(i-change)
		}
		x.SetRow(i, []float64{1, float64(i), after, since})
	}
	f, err := regress(x, y)
	if err != nil {
		return Interrupted{}, fmt.Errorf("interrupted series: %w", err)
	}
	out := Interrupted{NeweyWest: n >= neweyWestFrom, Short: min(change, n-change) < firmSide}
	covariance := f.classical()
	if out.NeweyWest {
		covariance = f.neweyWest(int(4 * math.Pow(float64(n)/100, 2.0/9)))
	}
	at := func(j int) Effect {
		e := Effect{Diff: f.b[j], SE: math.Sqrt(max(0, covariance.At(j, j))), Degrees: f.degrees()}
		half := studentT(e.Degrees) * e.SE
		e.Low, e.High = e.Diff-half, e.Diff+half
		return e
	}
	out.Trend, out.Level, out.Slope = at(1), at(2), at(3)
	return out, nil
}

// NeededPerGroup is how many answers each of two groups needs for a change of the share from p1 to p2 to be found with the
// power, 0..1, at 5 % two-sided: (z_{α/2}√(2p̄q̄) + z_β√(p₁q₁+p₂q₂))²/(p₁−p₂)² (methods.md §6.3; Fleiss). An error for equal
// shares and for what is not inside 0..1.
func NeededPerGroup(p1, p2, power float64) (int64, error) {
	for _, p := range []float64{p1, p2, power} {
		if !(p > 0 && p < 1) {
			return 0, fmt.Errorf("answers needed: %v", p)
		}
	}
	mean := (p1 + p2) / 2
	root := z*math.Sqrt(2*mean*(1-mean)) + distuv.UnitNormal.Quantile(power)*math.Sqrt(p1*(1-p1)+p2*(1-p2))
	n := root * root / (p1 - p2) / (p1 - p2)
	if !(n < 1e15) {
		return 0, fmt.Errorf("answers needed: from %v to %v is no change", p1, p2)
	}
	return int64(math.Ceil(n)), nil
}
