package insight

import "github.com/journeyloop/journeyloop/internal/stat"

// Verdict says how a journey stands beside its touchpoints.
type Verdict string

// Spoiled: every touchpoint is rated better than the journey as a whole, so what spoils it lies between them. Weak: one
// touchpoint is rated worse than the journey. Even: neither can be told from noise.
const (
	Even    Verdict = ""
	Spoiled Verdict = "spoiled"
	Weak    Verdict = "weak"
)

// Whole is a journey beside its touchpoints, on the 0..100 index that makes scales comparable (methods.md §1.2): 100·u of
// the mean answer. Weakest is the touchpoint with the lowest index.
type Whole struct {
	Verdict Verdict
	Journey float64
	Weakest Line
	Lowest  float64
}

// WholeOf holds a journey's figure against those of its touchpoints. It speaks only when the journey's figure is solid and
// every touchpoint that was answered about shows a figure, two of them at least; "better" and "worse" mean that the 95 %
// intervals of the means do not meet, which for the same customers errs on the side of silence (methods.md §3.1).
func WholeOf(journey Line, touchpoints []Line) Whole {
	var w Whole
	if journey.Figure.Level != stat.Solid || len(touchpoints) < 2 {
		return w
	}
	low, high, mean := index(journey)
	w.Journey = mean
	for i, t := range touchpoints {
		if t.Figure.Mean == nil || t.Figure.MeanLow == nil {
			return Whole{}
		}
		if _, _, m := index(t); i == 0 || m < w.Lowest {
			w.Weakest, w.Lowest = t, m
		}
	}
	weakLow, weakHigh, _ := index(w.Weakest)
	switch {
	case weakLow > high:
		w.Verdict = Spoiled
	case weakHigh < low:
		w.Verdict = Weak
	}
	return w
}

// index is the mean with its interval on 0..100.
func index(l Line) (low, high, mean float64) {
	m, from, to := Index(l.Scale, l.Figure)
	of := func(x *float64) float64 {
		if x == nil {
			return 0
		}
		return *x
	}
	return of(from), of(to), of(m)
}

// Index is the mean of a figure with its interval on the 0..100 on which scales may be compared (methods.md §1.2); nil where
// the figure has none.
func Index(s stat.Scale, f stat.Figure) (mean, low, high *float64) {
	u := func(x *float64) *float64 {
		if x == nil || s.Hi == s.Lo {
			return nil
		}
		share := 100 * (*x - float64(s.Lo)) / float64(s.Hi-s.Lo)
		return &share
	}
	return u(f.Mean), u(f.MeanLow), u(f.MeanHigh)
}
