package stat

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Spell is one stretch of waiting, in whatever unit the caller keeps to: how long it has lasted, and whether it has ended
// or is still open. Leaving the open ones out would make the wait look shorter than it is (methods.md §1.9).
type Spell struct {
	Lasted float64
	Ended  bool
}

// Point is where the curve of a Survival steps down.
type Point struct {
	At       float64 // unit of the spells
	AtRisk   int64   // still waiting just before
	Ended    int64   // ended then
	Survival float64 // share still waiting just after
	SE       float64 // Greenwood's standard error of that share; NaN once nobody waits any longer
	hazard   float64 // Σ d/(n(n−d)), Greenwood's sum
}

// Survival is how long waits last when some have not ended: the Kaplan–Meier curve (methods.md §1.9; Kaplan & Meier 1958).
type Survival struct {
	N, Ended int64
	Points   []Point // by time, one for each time something ended
}

// SurvivalOf is the curve of spells. At one time what ends comes before what is only censored. An error for a spell that is
// negative or no number. No spells have a curve without points.
func SurvivalOf(spells []Spell) (Survival, error) { return SurvivalOfCounts(once(spells)) }

// SurvivalOfCounts is SurvivalOf of spells that are counted.
func SurvivalOfCounts(spells []Counted[Spell]) (Survival, error) {
	n, err := seenIn(spells)
	if err != nil {
		return Survival{}, fmt.Errorf("survival: %w", err)
	}
	sorted := slices.Clone(spells)
	slices.SortFunc(sorted, func(a, b Counted[Spell]) int { return cmp.Compare(a.Of.Lasted, b.Of.Lasted) })
	out := Survival{N: n}
	share, hazard := 1.0, 0.0
	for i := 0; i < len(sorted); {
		at, ended, risk := sorted[i].Of.Lasted, int64(0), n
		if !finite(at) || at < 0 {
			return Survival{}, fmt.Errorf("survival: a wait of %v", at)
		}
		for ; i < len(sorted) && sorted[i].Of.Lasted == at; i++ {
			n -= sorted[i].N
			if sorted[i].Of.Ended {
				ended += sorted[i].N
			}
		}
		if ended == 0 {
			continue
		}
		out.Ended += ended
		share *= float64(risk-ended) / float64(risk)
		hazard += float64(ended) / (float64(risk) * float64(risk-ended))
		out.Points = append(out.Points, Point{At: at, AtRisk: risk, Ended: ended, Survival: share, SE: share * math.Sqrt(hazard), hazard: hazard})
	}
	return out, nil
}

// Waiting is the share, 0..1, that still waits after t, with the 95 % log-log interval on Greenwood's variance
// (Kalbfleisch & Prentice 1980). Before the first end it is 1..1; after the last, when everything has ended, 0..0.
func (s Survival) Waiting(t float64) (share, low, high float64) {
	at := -1
	for i, p := range s.Points {
		if p.At > t {
			break
		}
		at = i
	}
	if at < 0 {
		return 1, 1, 1
	}
	low, high = s.Points[at].interval()
	return s.Points[at].Survival, low, high
}

func (p Point) interval() (low, high float64) {
	if p.Survival <= 0 {
		return 0, 0
	}
	spread := z * math.Sqrt(p.hazard) / math.Abs(math.Log(p.Survival))
	return math.Pow(p.Survival, math.Exp(spread)), math.Pow(p.Survival, math.Exp(-spread))
}

// Span is a time with its 95 % interval; nil where the waits seen do not reach far enough to say.
type Span struct {
	At   *float64 `json:"at"`
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
}

// leastRest is how near to the share asked for the curve counts as having come to it.
const leastRest = 1e-9

// Within is the time by which the share p of the waits has ended, 0 < p < 1: .5 is the median, .9 the P90. The interval
// holds the times whose log-log interval holds 1−p (methods.md §1.9; Brookmeyer & Crowley 1982). Where the curve stays at
// exactly 1−p for a while the time is its beginning. An error for another p.
func (s Survival) Within(p float64) (Span, error) {
	if !(p > 0 && p < 1) {
		return Span{}, fmt.Errorf("survival: the time by which %v have ended", p)
	}
	rest := 1 - p + leastRest
	var out Span
	for i := range s.Points {
		point := &s.Points[i]
		low, high := point.interval()
		if out.Low == nil && low <= rest {
			out.Low = &point.At
		}
		if out.At == nil && point.Survival <= rest {
			out.At = &point.At
		}
		if out.High == nil && high <= rest {
			out.High = &point.At
		}
	}
	return out, nil
}

// quantileOf is the smallest of sorted numbers that at least the share p does not exceed (inverse ECDF, type 1).
func quantileOf(sorted []float64, p float64) float64 { return sorted[rankOfShare(len(sorted), p)-1] }

// rankOfShare is ⌈np⌉, 1..n.
func rankOfShare(n int, p float64) int {
	return min(n, max(1, int(math.Ceil(float64(n)*p-leastRest))))
}

// binomialCDF is the chance of at most k of n at p; 0 below none, 1 from all.
func binomialCDF(k, n, p float64) float64 { return distuv.Binomial{N: n, P: p}.CDF(k) }
