package chart

import (
	"cmp"
	"math"
	"strconv"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// DistributionView is how many gave each answer.
type DistributionView struct {
	Frame
	Bars  []DistributionBar // in the order they are drawn, the best answer first
	Head  string            // of what the bars are; "" is answers. Their labels are words then, not numbers
	Words Wording           // of what is counted
}

// DistributionBar is one answer.
type DistributionBar struct {
	Label string
	Count int64
	Mood  stat.Mood
}

const (
	wordWidth = 112 // of labels that are words
	barRow    = 30
	barHeight = 16.0
)

// DistributionOf spreads the answers of a figure, the best first. A figure that is hidden has no bars.
func DistributionOf(r *i18n.Reader, id string, scale stat.Scale, f stat.Figure) DistributionView {
	v := DistributionView{Frame: Frame{ID: id, About: r.T("chart.distribution.about")}}
	if silent(f.Level, f.Score) || hidden(f.Level) {
		v.Finding = r.T("chart.distribution.few", "k", stat.K)
		v.Empty = r.T("chart.nothing_shown", "k", stat.K)
		return v
	}
	moods := map[stat.Mood]int64{}
	high := scale
	high.LowGood = false // a figure's counts are turned round already: high is good
	for x := scale.Hi; x >= scale.Lo; x-- {
		mood := high.Mood(x)
		answer := x
		if scale.LowGood {
			answer = scale.Lo + scale.Hi - x
		}
		v.Bars = append(v.Bars, DistributionBar{Label: r.Int(int64(answer)), Count: f.Counts[x], Mood: mood})
		moods[mood] += f.Counts[x]
	}
	shares := stat.Percentages([]int64{moods[stat.Positive], moods[stat.Neutral], moods[stat.Negative]})
	v.Finding = r.T("chart.distribution.finding", "good", shares[0], "bad", shares[2], "answers", r.N("common.answers", int(f.N)))
	if f.Level == stat.Indicative {
		v.Finding += " · " + r.T("ui.figure.indicative")
	}
	return v
}

func (v DistributionView) counts() []int64 {
	out := make([]int64, len(v.Bars))
	for i, b := range v.Bars {
		out[i] = max(b.Count, 0)
	}
	return out
}

// share is one answer's part of all with its interval, in percent. Shown are whole percents that sum to 100.
type share struct {
	exact, low, high float64
	whole            int
}

func (v DistributionView) shares() []share {
	counts := v.counts()
	whole := stat.Percentages(counts)
	out := make([]share, len(counts))
	if whole == nil {
		return out
	}
	total := int64(0)
	for _, n := range counts {
		total += n
	}
	for i, n := range counts {
		low, high := stat.Wilson(n, total)
		out[i] = share{100 * float64(n) / float64(total), 100 * low, 100 * high, whole[i]}
	}
	return out
}

func (v DistributionView) filled(r *i18n.Reader) DistributionView {
	shares := v.shares()
	if v.Empty == "" && stat.Percentages(v.counts()) == nil {
		v.Empty = r.T("chart.nothing")
	}
	if v.Empty != "" {
		return v
	}
	v.Twin = Twin{Head: []string{cmp.Or(v.Head, r.T("chart.answer")), r.T(v.Words.or().Counts), r.T("chart.share"), r.T("chart.low"), r.T("chart.high")},
		Numeric: []bool{false, true, true, true, true}}
	for i, b := range v.Bars {
		s := shares[i]
		v.Twin.Rows = append(v.Twin.Rows, []string{b.Label, r.Int(b.Count), r.Percent(float64(s.whole), 0), r.Percent(s.low, 0), r.Percent(s.high, 0)})
	}
	v.Key = []Sign{{"whisker", r.T("chart.sign.band")}}
	return v
}

func (v DistributionView) height() int { return barRow * len(v.Bars) }

// column writes one text a row, beside the bars.
func (v DistributionView) column(r *i18n.Reader, width int, anchor string, u float64, text func(i int) string) string {
	p := pencilFor(r)
	p.put(`<svg class="chart-scale" width="`, strconv.Itoa(width), `" height="`, strconv.Itoa(v.height()), `" aria-hidden="true">`)
	for i := range v.Bars {
		p.words("", anchor, u, float64(i*barRow)+barRow/2+4, text(i))
	}
	p.close()
	return p.String()
}

func (v DistributionView) labels(r *i18n.Reader) string {
	if v.Head != "" {
		return v.column(r, wordWidth, "start", 0, func(i int) string { return v.Bars[i].Label })
	}
	return v.column(r, 32, "middle", 0.5, func(i int) string { return v.Bars[i].Label })
}

func (v DistributionView) values(r *i18n.Reader, shares []share) string {
	return v.column(r, 96, "end", 1, func(i int) string {
		return r.T("chart.distribution.value", "count", v.Bars[i].Count, "share", r.Percent(float64(shares[i].whole), 0))
	})
}

// plot draws the bars to the widest interval.
func (v DistributionView) plot(r *i18n.Reader, shares []share) string {
	p := pencilFor(r)
	p.open(v.Frame, "chart-plot", v.height())
	most := 1.0
	for _, s := range shares {
		most = math.Max(most, s.high)
	}
	for i, b := range v.Bars {
		s, y := shares[i], float64(i*barRow)+(barRow-barHeight)/2
		p.mark(i == 0, r.T("chart.distribution.mark", "answer", b.Label, "answers", r.N(v.Words.or().Count, int(b.Count)), "share", r.Percent(float64(s.whole), 0),
			"low", r.Percent(s.low, 0), "high", r.Percent(s.high, 0)))
		p.rect("track", 0, 1, y, barHeight)
		p.rect("bar "+string(b.Mood), 0, s.exact/most, y, barHeight)
		p.line("whisker", s.low/most, y+barHeight/2, s.high/most, y+barHeight/2)
		p.markEnd()
	}
	p.close()
	return p.String()
}

// SampleDistribution is a scale of five.
func SampleDistribution(r *i18n.Reader) DistributionView {
	var t stat.Tally
	for x, n := range map[int]int64{1: 41, 2: 37, 3: 70, 4: 158, 5: 211} {
		t.Add(x, n)
	}
	return DistributionOf(r, "sample-distribution", sampleScale, stat.Of(sampleScale, t).Shown())
}
