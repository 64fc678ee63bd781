package chart

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// TrendView is a figure over time with its confidence band.
type TrendView struct {
	Frame
	Points   []TrendPoint // equally long stretches of time, the earliest first
	Min, Max float64      // the ends of what is possible: -100..100, 0..100, 1..5
	Percent  bool
	Decimals int
	Centre   *float64 // a level to hold the line against; nil draws none
}

// TrendPoint is one stretch of time. A nil value is a gap; at level suppressed only the fact that somebody answered is drawn.
type TrendPoint struct {
	When             string // "5 March 2026"
	Tick             string // what stands under the axis; "" where the axis shows none
	Value, Low, High *float64
	N                int64
	Level            stat.Level
	Break            string // why it must not be compared with what was before; "" where it may be
	Says             string // what it answers when asked, where the band is no interval; "" is its value with its interval
	Out              bool   // ringed
}

const (
	trendHeight = 216
	trendTop    = 16.0
	trendFloor  = 184.0 // where the plot ends and the dates begin
	trendInset  = 0.02  // of the width, so that the first and the last point are whole
	axisWidth   = 44
)

func (v TrendView) number(r *i18n.Reader, x float64) string {
	if v.Percent {
		return r.Percent(x, v.Decimals)
	}
	return r.Float(x, v.Decimals)
}

// shown says whether a point has a value that may be seen.
func (t TrendPoint) shown() bool {
	return !hidden(t.Level) && !silent(t.Level, t.Value) && !math.IsNaN(*t.Value)
}

// place is where a point stands along the width.
func (v TrendView) place(i int) float64 {
	if len(v.Points) < 2 {
		return 0.5
	}
	return trendInset + (1-2*trendInset)*float64(i)/float64(len(v.Points)-1)
}

// half is half the width of one stretch of time.
func (v TrendView) half() float64 { return (1 - 2*trendInset) / 2 / float64(max(len(v.Points)-1, 1)) }

func (v TrendView) axis() axis {
	low, high := math.Inf(1), math.Inf(-1)
	for _, t := range v.Points {
		if !t.shown() {
			continue
		}
		for _, x := range []*float64{t.Value, t.Low, t.High} {
			if x != nil && !math.IsNaN(*x) {
				low, high = math.Min(low, *x), math.Max(high, *x)
			}
		}
	}
	return axisFor(low, high, v.Min, v.Max, (v.Max-v.Min)/5)
}

// sentence is what a point answers when asked.
func (v TrendView) sentence(r *i18n.Reader, t TrendPoint) string {
	s := t.Says
	switch {
	case hidden(t.Level):
		s = r.T("chart.point.hidden", "when", t.When, "k", stat.K)
	case !t.shown():
		s = r.T("chart.point.none", "when", t.When)
	case s != "":
	case t.Low == nil || t.High == nil:
		s = r.T("chart.point.bare", "when", t.When, "value", v.number(r, *t.Value), "answers", r.N("common.answers", int(t.N)))
	default:
		s = r.T("chart.point", "when", t.When, "value", v.number(r, *t.Value), "low", v.number(r, *t.Low), "high", v.number(r, *t.High),
			"answers", r.N("common.answers", int(t.N)))
	}
	if t.shown() && t.Level == stat.Indicative {
		s += " " + r.T("chart.point.indicative")
	}
	if t.Break != "" {
		s += " " + r.T("chart.point.break", "why", t.Break)
	}
	return s
}

// table is the trend as its twin.
func (v TrendView) table(r *i18n.Reader) Twin {
	t := Twin{Head: []string{r.T("chart.when"), r.T("chart.value"), r.T("chart.low"), r.T("chart.high"), r.T("chart.answers"), r.T("chart.remark")},
		Numeric: []bool{false, true, true, true, true, false}}
	for _, p := range v.Points {
		row := []string{p.When, "–", "–", "–", "–", p.Break}
		switch {
		case hidden(p.Level):
			row[1] = r.T("chart.hidden")
		case p.shown():
			row[1], row[4] = v.number(r, *p.Value), r.Int(p.N)
			if p.Low != nil && p.High != nil {
				row[2], row[3] = v.number(r, *p.Low), v.number(r, *p.High)
			}
			if p.Level == stat.Indicative && p.Break == "" {
				row[5] = r.T("ui.figure.indicative")
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// signs explains only what is drawn.
func (v TrendView) signs(r *i18n.Reader) []Sign {
	var solid, hollow, hatched, broken, band bool
	for _, t := range v.Points {
		hatched = hatched || hidden(t.Level)
		broken = broken || t.Break != ""
		if t.shown() {
			solid, hollow = solid || t.Level != stat.Indicative, hollow || t.Level == stat.Indicative
			band = band || t.Low != nil && t.High != nil
		}
	}
	var out []Sign
	add := func(is bool, class, key string) {
		if is {
			out = append(out, Sign{class, r.T(key, "k", stat.K, "solid", stat.SolidFrom)})
		}
	}
	add(solid, "solid", "chart.sign.solid")
	add(hollow, "hollow", "chart.sign.hollow")
	add(band, "band", "chart.sign.band")
	add(hatched, "hatched", "chart.sign.hatched")
	add(broken, "break", "chart.sign.break")
	return out
}

// filled is the view with what follows from its points: the twin, the key, the empty state.
func (v TrendView) filled(r *i18n.Reader) TrendView {
	if v.Twin.Rows == nil {
		v.Twin, v.Key = v.table(r), v.signs(r)
	}
	if v.Empty == "" && len(v.Points) == 0 {
		v.Empty = r.T("chart.nothing")
	}
	return v
}

// scale draws the values beside the plot; the page's direction puts it where the reader begins.
func (v TrendView) scale(r *i18n.Reader, a axis) string {
	p := pencilFor(r)
	p.put(`<svg class="chart-scale" width="`, strconv.Itoa(axisWidth), `" height="`, strconv.Itoa(trendHeight), `" aria-hidden="true">`)
	for _, t := range a.ticks {
		p.words("tick", "end", 0.86, a.y(t, trendTop, trendFloor)+4, v.number(r, t))
	}
	p.close()
	return p.String()
}

// plot draws the trend itself.
func (v TrendView) plot(r *i18n.Reader, a axis) string {
	p := pencilFor(r)
	y := func(x float64) float64 { return a.y(x, trendTop, trendFloor) }
	p.open(v.Frame, "chart-plot", trendHeight)
	p.hatching(v.Frame)
	for _, t := range a.ticks {
		p.line("rule", 0, y(t), 1, y(t))
	}
	if v.Centre != nil {
		p.line("centre", 0, y(*v.Centre), 1, y(*v.Centre))
	}
	p.stretch(trendHeight)
	v.runs(func(from, to int) {
		v.area(p, from, to, y)
		v.strokes(p, from, to, y)
	})
	p.close()
	v.dates(p)
	for i, t := range v.Points {
		v.draw(p, r, i, t, y)
	}
	p.close()
	return p.String()
}

// runs calls for every stretch of points without gap or break.
func (v TrendView) runs(each func(from, to int)) {
	for from := 0; from < len(v.Points); {
		to := from
		for to < len(v.Points) && v.Points[to].shown() && (to == from || v.Points[to].Break == "") {
			to++
		}
		if to-from > 1 {
			each(from, to)
		}
		from = max(to, from+1)
	}
}

func (v TrendView) area(p *pencil, from, to int, y func(float64) float64) {
	for _, t := range v.Points[from:to] {
		if t.Low == nil || t.High == nil {
			return
		}
	}
	p.put(`<path class="band" d="`)
	pen := byte('M')
	for i := from; i < to; i++ {
		p.point(pen, v.place(i), y(*v.Points[i].High))
		pen = 'L'
	}
	for i := to - 1; i >= from; i-- {
		p.point('L', v.place(i), y(*v.Points[i].Low))
	}
	p.put(`Z"/>`)
}

// strokes draws the line; what leads to or from an indicative point is lighter.
func (v TrendView) strokes(p *pencil, from, to int, y func(float64) float64) {
	light := func(i int) bool {
		return v.Points[i].Level == stat.Indicative || v.Points[i+1].Level == stat.Indicative
	}
	for i := from; i < to-1; {
		class, kind := "line", light(i)
		if kind {
			class = "line light"
		}
		p.put(`<path class="`, class, `" d="`)
		p.point('M', v.place(i), y(*v.Points[i].Value))
		for ; i < to-1 && light(i) == kind; i++ {
			p.point('L', v.place(i+1), y(*v.Points[i+1].Value))
		}
		p.put(`"/>`)
	}
}

// letter is how much of a plot's width a letter of a date takes on the narrowest phone: 7 of about 270 px.
const letter = 0.026

// dates writes the dates under the axis, leaving out one that would stand on the one before.
func (v TrendView) dates(p *pencil) {
	free := -1.0
	for i, t := range v.Points {
		if t.Tick == "" {
			continue
		}
		u, anchor := v.place(i), "middle"
		if u < 0.1 {
			anchor = "start"
		} else if u > 0.9 {
			anchor = "end"
		}
		wide := letter * float64(utf8.RuneCountInString(t.Tick)+1)
		begins := u - wide*map[string]float64{"start": 0, "middle": 0.5, "end": 1}[anchor]
		if begins < free {
			continue
		}
		free = begins + wide
		p.line("rule", u, trendFloor, u, trendFloor+5)
		p.words("tick", anchor, u, trendFloor+20, t.Tick)
	}
}

// draw puts one point on the plot: a circle, hollow where indicative; hatching where it is hidden; nothing but its sentence
// in a gap.
func (v TrendView) draw(p *pencil, r *i18n.Reader, i int, t TrendPoint, y func(float64) float64) {
	u, half := v.place(i), v.half()
	if t.Break != "" && i > 0 {
		p.line("break", u-half, trendTop-8, u-half, trendFloor)
	}
	p.mark(i == 0, v.sentence(r, t))
	switch {
	case hidden(t.Level):
		p.hatched(v.Frame, math.Max(0, u-half*0.8), math.Min(1, u+half*0.8), trendTop, trendFloor-trendTop)
	case !t.shown():
		p.line("gap", u, trendFloor-4, u, trendFloor+4)
	default:
		if t.Low != nil && t.High != nil && len(v.Points) == 1 {
			p.line("whisker", u, y(*t.High), u, y(*t.Low))
		}
		class := "solid"
		if t.Level == stat.Indicative {
			class = "hollow"
		}
		p.circle(class, u, y(*t.Value), 4)
		if t.Out {
			p.circle("ring", u, y(*t.Value), 8)
		}
	}
	p.markEnd()
}
