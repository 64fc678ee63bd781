package chart

import (
	"math"
	"strconv"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// DumbbellView compares before and after, one row for each journey, touchpoint or improvement.
type DumbbellView struct {
	Frame
	Rows          []DumbbellRow
	Before, After string  // what the two ends are: "January to March"
	Min, Max      float64 // the ends of what is possible: -100..100, 0..100, 1..5
	Percent       bool
	Decimals      int
}

// DumbbellRow is one subject at two times. Diff is after less before; it is not shown where either end is hidden. Beyond
// says that it was tested to be beyond noise (stat.Change).
type DumbbellRow struct {
	Name                    string
	Before, After           DumbbellEnd
	Diff, DiffLow, DiffHigh *float64
	Beyond                  bool
}

// DumbbellEnd is a figure at one time. A nil value is no answers.
type DumbbellEnd struct {
	Value, Low, High *float64
	N                int64
	Level            stat.Level
}

// EndOf is a figure as an end of a dumbbell.
func EndOf(f stat.Figure) DumbbellEnd {
	return DumbbellEnd{Value: f.Score, Low: f.Low, High: f.High, N: f.N, Level: f.Level}
}

// DumbbellRowOf compares two tallies on one scale, as tested by stat.Changed.
func DumbbellRowOf(name string, scale stat.Scale, before, after stat.Tally) DumbbellRow {
	c := stat.Changed(scale, before, after)
	return DumbbellRow{Name: name, Before: EndOf(stat.Of(scale, before).Shown()), After: EndOf(stat.Of(scale, after).Shown()),
		Diff: c.Diff, DiffLow: c.Low, DiffHigh: c.High, Beyond: c.Beyond}
}

// The places of a row, in pixels from its top.
const (
	dumbbellTop    = 8
	dumbbellRow    = 76
	dumbbellName   = 14.0
	dumbbellBefore = 28.0
	dumbbellAfter  = 40.0
	dumbbellWords  = 60.0
	dumbbellAxis   = 24
	dumbbellInset  = 0.02
)

func (e DumbbellEnd) shown() bool {
	return !hidden(e.Level) && !silent(e.Level, e.Value) && finite(e.Value)
}

// finite says that there is a number.
func finite(x *float64) bool { return x != nil && !math.IsNaN(*x) && !math.IsInf(*x, 0) }

// compared says whether the difference may be seen: where both ends may.
func (w DumbbellRow) compared() bool { return w.Before.shown() && w.After.shown() && finite(w.Diff) }

func (v DumbbellView) number(r *i18n.Reader, x float64) string {
	if v.Percent {
		return r.Percent(x, v.Decimals)
	}
	return r.Float(x, v.Decimals)
}

// verdict says in words what came of it.
func (v DumbbellView) verdict(r *i18n.Reader, w DumbbellRow) string {
	signed := func(x float64) string { return r.Signed(x, v.Decimals) }
	switch {
	case hidden(w.Before.Level) || hidden(w.After.Level):
		return r.T("dumbbell.hidden", "k", stat.K)
	case !w.compared():
		return r.T("dumbbell.unknown")
	case !w.Beyond:
		return r.T("dumbbell.noise", "by", signed(*w.Diff))
	}
	key := "dumbbell.better"
	if *w.Diff < 0 {
		key = "dumbbell.worse"
	}
	if !finite(w.DiffLow) || !finite(w.DiffHigh) {
		return r.T(key+"_bare", "by", signed(*w.Diff))
	}
	return r.T(key, "by", signed(*w.Diff), "low", signed(*w.DiffLow), "high", signed(*w.DiffHigh))
}

// end says one end in words.
func (v DumbbellView) end(r *i18n.Reader, when string, e DumbbellEnd) string {
	switch {
	case hidden(e.Level):
		return r.T("dumbbell.end_hidden", "when", when)
	case !e.shown():
		return r.T("dumbbell.end_none", "when", when)
	case !finite(e.Low) || !finite(e.High):
		return r.T("dumbbell.end_bare", "when", when, "value", v.number(r, *e.Value), "answers", r.N("common.answers", int(e.N)))
	}
	return r.T("dumbbell.end", "when", when, "value", v.number(r, *e.Value), "low", v.number(r, *e.Low), "high", v.number(r, *e.High),
		"answers", r.N("common.answers", int(e.N)))
}

func (v DumbbellView) sentence(r *i18n.Reader, w DumbbellRow) string {
	return r.T("dumbbell.row", "name", i18n.Isolate(w.Name), "verdict", v.verdict(r, w), "before", v.end(r, v.Before, w.Before), "after", v.end(r, v.After, w.After))
}

// table is the chart as its twin.
func (v DumbbellView) table(r *i18n.Reader) Twin {
	t := Twin{Head: []string{r.T("dumbbell.what"), v.Before, v.After, r.T("dumbbell.change")}, Numeric: []bool{false, true, true, false}}
	cell := func(e DumbbellEnd) string {
		switch {
		case hidden(e.Level):
			return r.T("chart.hidden")
		case !e.shown():
			return "–"
		case !finite(e.Low) || !finite(e.High):
			return r.T("dumbbell.cell_bare", "value", v.number(r, *e.Value), "answers", r.N("common.answers", int(e.N)))
		}
		return r.T("dumbbell.cell", "value", v.number(r, *e.Value), "low", v.number(r, *e.Low), "high", v.number(r, *e.High), "answers", r.N("common.answers", int(e.N)))
	}
	for _, w := range v.Rows {
		t.Rows = append(t.Rows, []string{w.Name, cell(w.Before), cell(w.After), v.verdict(r, w)})
	}
	return t
}

func (v DumbbellView) filled(r *i18n.Reader) DumbbellView {
	v.Twin = v.table(r)
	v.Key = []Sign{{"before", v.Before}, {"after", v.After}}
	if v.Empty == "" && len(v.Rows) == 0 {
		v.Empty = r.T("chart.nothing")
	}
	return v
}

func (v DumbbellView) axis() axis {
	low, high := math.Inf(1), math.Inf(-1)
	for _, w := range v.Rows {
		for _, e := range []DumbbellEnd{w.Before, w.After} {
			if !e.shown() {
				continue
			}
			for _, x := range []*float64{e.Value, e.Low, e.High} {
				if finite(x) {
					low, high = math.Min(low, *x), math.Max(high, *x)
				}
			}
		}
	}
	return axisFor(low, high, v.Min, v.Max, (v.Max-v.Min)/5)
}

// place is where a value stands along the width.
func (a axis) place(x float64) float64 { return dumbbellInset + a.y(x, 1-2*dumbbellInset, 0) }

func (v DumbbellView) plot(r *i18n.Reader) string {
	p, a := pencilFor(r), v.axis()
	height := dumbbellTop + dumbbellRow*len(v.Rows)
	p.open(v.Frame, "chart-plot dumbbell", height+dumbbellAxis)
	p.hatching(v.Frame)
	for i, x := range a.ticks {
		u := a.place(x)
		p.line("rule", u, dumbbellTop, u, float64(height))
		p.words("tick", anchorAt(i, len(a.ticks)), u, float64(height)+16, v.number(r, x))
	}
	for i, w := range v.Rows {
		v.draw(p, r, a, i, w)
	}
	p.close()
	return p.String()
}

// anchorAt keeps the first and the last of several labels inside the drawing.
func anchorAt(i, of int) string {
	switch {
	case i == 0:
		return "start"
	case i == of-1:
		return "end"
	}
	return "middle"
}

func (v DumbbellView) draw(p *pencil, r *i18n.Reader, a axis, i int, w DumbbellRow) {
	y := float64(dumbbellTop + i*dumbbellRow)
	class, words := "noise", "verdict"
	switch {
	case w.compared() && w.Beyond && *w.Diff < 0:
		class, words = "worse", "verdict worse"
	case w.compared() && w.Beyond:
		class, words = "better", "verdict better"
	}
	p.mark(i == 0, v.sentence(r, w))
	p.rect("hit", 0, 1, y, dumbbellRow-6)
	p.words("name", "start", 0, y+dumbbellName, clipped(w.Name, 40))
	p.put(`<g class="`, class, `">`)
	if w.compared() {
		p.line("bar", a.place(*w.Before.Value), y+dumbbellBefore, a.place(*w.After.Value), y+dumbbellAfter)
	}
	w.Before.draw(p, v.Frame, a, "before", y+dumbbellBefore)
	w.After.draw(p, v.Frame, a, "after", y+dumbbellAfter)
	p.put(`</g>`)
	p.words(words, "start", 0, y+dumbbellWords, v.verdict(r, w))
	p.markEnd()
}

// draw puts one end on its line: its interval and a circle (before) or a square (after); a hidden one only hatching.
func (e DumbbellEnd) draw(p *pencil, f Frame, a axis, class string, y float64) {
	if hidden(e.Level) {
		p.hatched(f, dumbbellInset, 1-dumbbellInset, y-5, 10)
		return
	}
	if !e.shown() {
		return
	}
	if e.Level == stat.Indicative {
		class += " light"
	}
	if finite(e.Low) && finite(e.High) {
		p.line("whisker "+class, a.place(*e.Low), y, a.place(*e.High), y)
	}
	u := a.place(*e.Value)
	if class[0] == 'b' {
		p.circle("end "+class, u, y, 5)
		return
	}
	p.put(`<rect class="end `, class, `" x="`, p.x(u), `" y="`, number(y-5), `" width="10" height="10" transform="translate(-5)"/>`)
}

// clipped is a text of at most so many letters; the whole is in the mark's sentence and in the table.
func clipped(s string, most int) string {
	letters := []rune(s)
	if len(letters) <= most {
		return s
	}
	return string(letters[:most-1]) + "…"
}

// SampleDumbbell shows a row of every kind: better, worse, within noise, few answers, hidden, and nobody asked before.
func SampleDumbbell(r *i18n.Reader) DumbbellView {
	v := DumbbellView{Frame: Frame{ID: "sample-dumbbell", Finding: r.T("dumbbell.sample_finding"), About: r.T("dumbbell.about")},
		Before: r.T("dumbbell.before"), After: r.T("dumbbell.after"), Max: 100, Percent: true}
	for i, c := range []struct {
		before, after int64
		from, to      float64
	}{{240, 260, .58, .79}, {310, 290, .81, .66}, {120, 115, .7, .74}, {22, 19, .6, .7}, {90, 3, .6, .5}, {0, 140, .5, .83}} {
		v.Rows = append(v.Rows, DumbbellRowOf(sampleName(r, i), sampleScale, sampleTally(c.before, c.from), sampleTally(c.after, c.to)))
	}
	return v
}

// sampleName names the subjects of samples in four alphabets' own words.
func sampleName(r *i18n.Reader, i int) string { return r.T("drawings.sample_" + strconv.Itoa(i%10)) }
