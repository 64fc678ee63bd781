package chart

import (
	"cmp"
	"math"
	"slices"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// QuadrantView lays touchpoints out by how much they matter for the whole (along the width) and how well they do (upwards),
// cut at the mean of both (methods.md §3.4): low and important is what to fix first.
type QuadrantView struct {
	Frame
	Points     []QuadrantPoint // at best the most urgent first: they are numbered in this order
	CutX, CutY float64
	Measure    string  // what upwards is, in words: "satisfied"
	Min, Max   float64 // the ends of what is possible upwards: 0..100, -100..100
	Percent    bool    // upwards is in percent; importance always is
}

// QuadrantPoint is one touchpoint with both intervals. Importance is a share 0..100 of what explains the whole.
type QuadrantPoint struct {
	Name                                         string
	Importance, ImportanceLow, ImportanceHigh    *float64
	Performance, PerformanceLow, PerformanceHigh *float64
	N                                            int64
	Level                                        stat.Level
}

// The places of the drawing, in pixels from its top.
const (
	quadrantHeight = 392
	quadrantTop    = 52.0
	quadrantFloor  = 332.0
	quadrantInset  = 0.03
	quadrantRadius = 11.0
)

func (q QuadrantPoint) shown() bool {
	return !hidden(q.Level) && q.Level != stat.None && finite(q.Importance) && finite(q.Performance)
}

// corner is which of the four corners a point lies in, as a message.
func (v QuadrantView) corner(q QuadrantPoint) string {
	switch important, good := *q.Importance >= v.CutX, *q.Performance >= v.CutY; {
	case important && !good:
		return "quadrant.fix"
	case important:
		return "quadrant.keep"
	case good:
		return "quadrant.overkill"
	}
	return "quadrant.low"
}

func (v QuadrantView) number(r *i18n.Reader, x float64) string {
	if v.Percent {
		return r.Percent(x, 0)
	}
	return r.Float(x, 0)
}

func (v QuadrantView) sentence(r *i18n.Reader, q QuadrantPoint) string {
	name := i18n.Isolate(q.Name)
	switch {
	case hidden(q.Level):
		return r.T("quadrant.point_hidden", "name", name, "k", stat.K)
	case !q.shown():
		return r.T("quadrant.point_none", "name", name)
	}
	s := r.T("quadrant.point", "name", name, "corner", r.T(v.corner(q)), "measure", v.Measure,
		"performance", v.ranged(r, v.number, q.Performance, q.PerformanceLow, q.PerformanceHigh),
		"importance", v.ranged(r, percent, q.Importance, q.ImportanceLow, q.ImportanceHigh), "answers", r.N("common.answers", int(q.N)))
	if q.Level == stat.Indicative {
		s += " " + r.T("chart.point.indicative")
	}
	return s
}

func percent(r *i18n.Reader, x float64) string { return r.Percent(x, 0) }

// ranged is a number with its interval, where there is one.
func (v QuadrantView) ranged(r *i18n.Reader, number func(*i18n.Reader, float64) string, x, low, high *float64) string {
	if !finite(low) || !finite(high) {
		return number(r, *x)
	}
	return r.T("quadrant.ranged", "x", number(r, *x), "low", number(r, *low), "high", number(r, *high))
}

func (v QuadrantView) table(r *i18n.Reader) Twin {
	t := Twin{Head: []string{r.T("dumbbell.what"), r.T("quadrant.importance"), v.Measure, r.T("chart.answers"), r.T("chart.remark")},
		Numeric: []bool{false, true, true, true, false}}
	for _, q := range v.Points {
		row := []string{q.Name, "–", "–", "–", ""}
		switch {
		case hidden(q.Level):
			row[4] = r.T("chart.hidden")
		case q.shown():
			row = []string{q.Name, v.ranged(r, percent, q.Importance, q.ImportanceLow, q.ImportanceHigh),
				v.ranged(r, v.number, q.Performance, q.PerformanceLow, q.PerformanceHigh), r.Int(q.N), r.T(v.corner(q))}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (v QuadrantView) filled(r *i18n.Reader) QuadrantView {
	v.Twin = v.table(r)
	if v.Empty == "" && len(v.Points) == 0 {
		v.Empty = r.T("chart.nothing")
	}
	return v
}

// axes are what the width and the height show: all points with their intervals, and both cuts.
func (v QuadrantView) axes() (x, y axis) {
	lowX, highX, lowY, highY := v.CutX, v.CutX, v.CutY, v.CutY
	for _, q := range v.Points {
		if !q.shown() {
			continue
		}
		for _, f := range []*float64{q.Importance, q.ImportanceLow, q.ImportanceHigh} {
			if finite(f) {
				lowX, highX = math.Min(lowX, *f), math.Max(highX, *f)
			}
		}
		for _, f := range []*float64{q.Performance, q.PerformanceLow, q.PerformanceHigh} {
			if finite(f) {
				lowY, highY = math.Min(lowY, *f), math.Max(highY, *f)
			}
		}
	}
	return axisFor(lowX, highX, 0, 100, 10), axisFor(lowY, highY, v.Min, v.Max, (v.Max-v.Min)/5)
}

// Where labels may stand beside their points, as a text's anchor and its distance in pixels.
var labelPlaces = []struct {
	anchor string
	dx, dy float64
}{{"start", 14, -5}, {"end", -14, -5}, {"middle", 0, -17}, {"middle", 0, 25}}

// The widths, in pixels, between which labels are shown: on a narrower drawing all names are in the list below, and wider
// than that it never gets. quadrant.css holds the same bounds.
const quadrantNarrow, quadrantWide = 544.0, 1200.0

// box is what a text or a point covers: begin and width in pixels from a share of the drawing's width, and pixels down.
type box struct {
	u, begin, width float64
	top, bottom     float64
}

// meets says whether two boxes touch at any width of the drawing between narrow and wide. Both move along straight lines as
// the drawing grows, therefore each condition holds for the widths on one side of a bound.
func (a box) meets(b box, narrow, wide float64) bool {
	if a.bottom <= b.top || b.bottom <= a.top {
		return false
	}
	clip := func(slope, rest float64) { // keep the widths with slope·w + rest < 0
		switch {
		case slope > 0:
			wide = math.Min(wide, -rest/slope)
		case slope < 0:
			narrow = math.Max(narrow, -rest/slope)
		case rest >= 0:
			narrow = math.Inf(1)
		}
	}
	clip(a.u-b.u, a.begin-b.begin-b.width)
	clip(b.u-a.u, b.begin-a.begin-a.width)
	return narrow < wide
}

// inside says whether a box lies within the drawing at every such width.
func (a box) inside(narrow, wide float64) bool {
	for _, w := range []float64{narrow, wide} {
		if at := a.u*w + a.begin; at < 0 || at+a.width > w {
			return false
		}
	}
	return true
}

// letterWidth is how much room a letter takes at most, on average: Cyrillic is the widest.
const letterWidth = 7.2

// labels finds a place for every name that has one, greedily in the order of the points; -1 is none.
func (v QuadrantView) labels(x, y axis) []int {
	var taken []box
	for _, q := range v.Points {
		if q.shown() {
			at := y.y(*q.Performance, quadrantTop, quadrantFloor)
			taken = append(taken, box{x.share(*q.Importance), -quadrantRadius - 2, 2*quadrantRadius + 4, at - quadrantRadius - 2, at + quadrantRadius + 2})
		}
	}
	out := make([]int, len(v.Points))
	for i, q := range v.Points {
		out[i] = -1
		if !q.shown() {
			continue
		}
		at := y.y(*q.Performance, quadrantTop, quadrantFloor)
		for k, place := range labelPlaces {
			width := letterWidth * float64(len([]rune(q.Name)))
			b := box{x.share(*q.Importance), place.dx, width, at + place.dy - 13, at + place.dy + 5}
			switch place.anchor {
			case "end":
				b.begin -= width
			case "middle":
				b.begin -= width / 2
			}
			if b.top < quadrantTop-6 || b.bottom > quadrantFloor+6 || !b.inside(quadrantNarrow, quadrantWide) ||
				slices.ContainsFunc(taken, func(t box) bool { return t.meets(b, quadrantNarrow, quadrantWide) }) {
				continue
			}
			out[i], taken = k, append(taken, b)
			break
		}
	}
	return out
}

// share is where a value stands along the width.
func (a axis) share(x float64) float64 {
	return quadrantInset + a.y(x, 1-2*quadrantInset, 0)
}

func (v QuadrantView) plot(r *i18n.Reader, labels []int) string {
	p := pencilFor(r)
	x, y := v.axes()
	down := func(f float64) float64 { return y.y(f, quadrantTop, quadrantFloor) }
	cutX, cutY := x.share(v.CutX), down(v.CutY)
	p.open(v.Frame, "chart-plot quadrant-plot", quadrantHeight)
	p.rect("first", cutX, 1-quadrantInset/2, cutY, quadrantFloor+14-cutY)
	for _, t := range y.ticks {
		p.line("rule", 0, down(t), 1, down(t))
	}
	p.line("cut", cutX, quadrantTop-14, cutX, quadrantFloor+14)
	p.line("cut", 0, cutY, 1, cutY)
	p.words("corner", "start", 0, quadrantTop-20, r.T("quadrant.overkill"))
	p.words("corner", "end", 1, quadrantTop-20, r.T("quadrant.keep"))
	p.words("corner", "start", 0, quadrantFloor+30, r.T("quadrant.low"))
	p.words("corner strong", "end", 1, quadrantFloor+30, r.T("quadrant.fix"))
	p.words("tick", "start", 0, 12, r.T("quadrant.up", "measure", v.Measure))
	p.words("tick", "end", 1, quadrantFloor+56, r.T("quadrant.along"))
	for _, t := range y.ticks {
		p.words("tick halo", "start", 0, down(t)-3, v.number(r, t))
	}
	v.points(p, r, x, y, labels)
	p.close()
	return p.String()
}

func (v QuadrantView) points(p *pencil, r *i18n.Reader, x, y axis, labels []int) {
	down := func(f float64) float64 { return y.y(f, quadrantTop, quadrantFloor) }
	first := true
	for i, q := range v.Points {
		if !q.shown() {
			continue
		}
		u, at := x.share(*q.Importance), down(*q.Performance)
		p.mark(first, v.sentence(r, q))
		first = false
		if finite(q.ImportanceLow) && finite(q.ImportanceHigh) {
			p.line("whisker", x.share(*q.ImportanceLow), at, x.share(*q.ImportanceHigh), at)
		}
		if finite(q.PerformanceLow) && finite(q.PerformanceHigh) {
			p.line("whisker", u, down(*q.PerformanceLow), u, down(*q.PerformanceHigh))
		}
		class := "solid"
		if q.Level == stat.Indicative {
			class = "hollow"
		}
		p.circle(class, u, at, quadrantRadius)
		p.words("numeral", "middle", u, at+4, r.Int(int64(i+1)))
		if labels[i] >= 0 {
			v.label(p, u, at, q.Name, labels[i])
		}
		p.markEnd()
	}
}

// label writes a name beside its point. A distance in pixels goes to the left where one reads to the left.
func (v QuadrantView) label(p *pencil, u, at float64, name string, k int) {
	place := labelPlaces[k]
	dx := place.dx
	if p.rtl {
		dx = -dx
	}
	p.put(`<text class="label halo" x="`, p.x(u), `" dx="`, number(dx), `" y="`, number(at+place.dy), `" text-anchor="`, place.anchor, `">`)
	p.text(name)
	p.put(`</text>`)
}

// entry is one line of the list below the drawing: Placed is named in a wide drawing already.
type entry struct {
	Number, Name, Hidden string
	Placed               bool
}

func (v QuadrantView) entries(r *i18n.Reader, labels []int) []entry {
	out := make([]entry, len(v.Points))
	for i, q := range v.Points {
		out[i] = entry{Number: r.Int(int64(i + 1)), Name: q.Name, Placed: labels[i] >= 0}
		switch {
		case hidden(q.Level):
			out[i].Hidden = r.T("chart.hidden")
		case !q.shown():
			out[i].Hidden = r.T("quadrant.none")
		}
	}
	return out
}

// SampleQuadrant shows touchpoints in all four corners, an indicative, a hidden and two that lie close together.
func SampleQuadrant(r *i18n.Reader) QuadrantView {
	v := QuadrantView{Frame: Frame{ID: "sample-quadrant", Finding: r.T("quadrant.sample_finding", "name", i18n.Isolate(sampleName(r, 0))), About: r.T("quadrant.about")},
		CutX: 100. / 6, CutY: 74, Measure: r.T("quadrant.satisfied"), Max: 100, Percent: true}
	for i, c := range []struct {
		share, half float64
		n           int64
		top         float64
	}{{34, 7, 220, .55}, {26, 6, 340, .86}, {17, 8, 95, .71}, {15, 5, 410, .73}, {6, 4, 180, .9}, {4, 3, 22, .6}, {9, 4, 3, .3}} {
		f := stat.Of(sampleScale, sampleTally(c.n, c.top)).Shown()
		q := QuadrantPoint{Name: sampleName(r, i), N: f.N, Level: f.Level, Performance: f.Score, PerformanceLow: f.Low, PerformanceHigh: f.High,
			Importance: new(c.share), ImportanceLow: new(c.share - c.half), ImportanceHigh: new(c.share + c.half)}
		v.Points = append(v.Points, q)
	}
	slices.SortStableFunc(v.Points, func(a, b QuadrantPoint) int { return cmp.Compare(*b.Importance, *a.Importance) })
	return v
}
