package stat

import "math"

// Figure is what a page shows of many answers: the score of its metric and the mean, each with a 95 % interval, how
// many answers it rests on, and how it may be displayed. High is good in all of it: answers of a LowGood scale are
// turned around, counts included (methods.md §1.3).
type Figure struct {
	N      int64                `json:"n"`
	Counts [MaxAnswer + 1]int64 `json:"counts"` // by answer, 0..10

	// Mean is in points of the scale. One answer alone has a mean but no interval.
	Mean     *float64 `json:"mean"`
	MeanLow  *float64 `json:"mean_low"`
	MeanHigh *float64 `json:"mean_high"`

	// Score is −100..100 for NPS (a number, not a percent), 0..100 percent for CSAT and CES.
	Score *float64 `json:"score"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`

	Level Level `json:"level"`
}

// Of returns the figure of a tally, unrounded.
//
//   - NPS: 100·(promoters − detractors)/n with the adjusted Wald(+3) interval (methods.md §1.1; Rocks 2016).
//   - CSAT: percent of answers with u ≥ ¾, Wilson interval (§1.2).
//   - CES: percent of answers with u ≥ ⅔, which is 5..7 on 1..7, Wilson interval (§1.3).
//   - Mean: t interval, n−1 degrees, clipped to the scale (§1.2).
//
// It computes for any n: whoever shows it to people who do not handle the answers calls Shown. A tally that cannot be
// one of this scale (Tally.Check) gives a figure without values, at level none.
func Of(s Scale, t Tally) Figure {
	if !t.countsAgree(s) || t.N == 0 {
		return Figure{Level: None}
	}
	f := Figure{N: t.N, Level: LevelOf(t.N)}
	for x := s.Lo; x <= s.Hi; x++ {
		f.Counts[s.Good(x)] = t.Counts[x]
	}
	f.setMean(s)
	if s.Metric == NPS {
		promoters, detractors := t.classes()
		f.setNet(promoters, detractors)
	} else {
		f.setShare(t.top(s))
	}
	return f
}

// Shown returns the figure as people may see it who do not handle the answers: without values when it rests on fewer
// than K answers (methods.md §1.12). Cells of a table with a total need Suppress as well.
func (f Figure) Shown() Figure {
	if f.Level == Suppressed {
		return f.Hidden()
	}
	return f
}

// Hidden returns the figure without anything that was answered: only n is left, at level suppressed (methods.md
// §1.12).
func (f Figure) Hidden() Figure { return Figure{N: f.N, Level: Suppressed} }

// NetExpectation is the share who found it better than expected minus the share who found it worse, −100..100, with
// n = Below+Met+Above and the interval of NPS, whose arithmetic it shares (methods.md §2.1; Oliver 1980). Counts and
// mean stay empty. Negative counts give a figure without values.
func NetExpectation(t Tally) Figure {
	n := t.Below + t.Met + t.Above
	if n <= 0 || min(t.Below, t.Met, t.Above) < 0 {
		return Figure{Level: None}
	}
	f := Figure{N: n, Level: LevelOf(n)}
	f.setNet(t.Above, t.Below)
	return f
}

func (f *Figure) setMean(s Scale) {
	n := float64(f.N)
	mean := 0.0
	for x, count := range f.Counts {
		mean += float64(x) * float64(count)
	}
	mean /= n
	f.Mean = &mean
	if f.N < 2 {
		return
	}
	squares := 0.0
	for x, count := range f.Counts {
		squares += float64(count) * (float64(x) - mean) * (float64(x) - mean)
	}
	half := studentT(n-1) * math.Sqrt(squares/(n-1)/n)
	low, high := around(mean, mean-half, mean+half, float64(s.Lo), float64(s.Hi))
	f.MeanLow, f.MeanHigh = &low, &high
}

func (f *Figure) setNet(good, bad int64) {
	e, variance, n := adjustedNet(good, bad, f.N)
	half := z * math.Sqrt(variance/n)
	score := float64(good-bad) / float64(f.N)
	low, high := around(score, e-half, e+half, -1, 1)
	f.setScore(100*score, 100*low, 100*high)
}

func (f *Figure) setShare(top int64) {
	low, high := Wilson(top, f.N)
	f.setScore(100*float64(top)/float64(f.N), 100*low, 100*high)
}

func (f *Figure) setScore(score, low, high float64) { f.Score, f.Low, f.High = &score, &low, &high }

// adjustedNet returns net share, variance of one answer coded +1/0/−1, and n after ¾, 1½ and ¾ imaginary answers are
// added to good, neither and bad: the adjusted Wald(+3) of methods.md §1.1.
func adjustedNet(good, bad, n int64) (net, variance, size float64) {
	size = float64(n) + 3
	p, d := (float64(good)+0.75)/size, (float64(bad)+0.75)/size
	net = p - d
	return net, p + d - net*net, size
}

// classes counts promoters and detractors.
func (t Tally) classes() (promoters, detractors int64) {
	for x, n := range t.Counts {
		switch npsMood(x) {
		case Positive:
			promoters += n
		case Negative:
			detractors += n
		}
	}
	return promoters, detractors
}

// top counts the answers that make the score of a box metric.
func (t Tally) top(s Scale) (n int64) {
	for x := s.Lo; x <= s.Hi; x++ {
		if s.top(x) {
			n += t.Counts[x]
		}
	}
	return n
}

// countsAgree is the part of Check that figures rest on.
func (t Tally) countsAgree(s Scale) bool {
	if s.Check() != nil {
		return false
	}
	var n int64
	for x, count := range t.Counts {
		if count < 0 || count > 0 && (x < s.Lo || x > s.Hi) {
			return false
		}
		n += count
	}
	return n == t.N
}
