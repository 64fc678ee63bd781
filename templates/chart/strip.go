package chart

import (
	"math"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// StripView is a journey as one line of touchpoints, from the first contact to the journey as a whole: the map a leader
// shows in a meeting. All its words are written out, so that nothing has to be pointed at; on a phone the line runs down.
type StripView struct {
	Frame
	Steps []StripStep
	Whole StripStep // the journey itself, at the end of the line
}

// StripStep is one station. Numbers are of one unit over the whole strip, Percent of 0..100 or NPS of -100..100.
type StripStep struct {
	Stage           string // named above its first step; "" continues the stage before
	Name            string
	StageIn, NameIn i18n.Lang // another language than the reader's, where the text is in one
	Href            string    // "" is no link
	StripFigure
	Volume string // "312 contacts"; "" shows none
	Wait   string // since the step before, in words; "" shows none
	Long   bool   // the wait is longer than what was promised
	Kept   string // "88 % of promises kept"; "" where nothing is promised
}

// StripFigure is the score of a station.
type StripFigure struct {
	Value, Low, High *float64
	N                int64
	Level            stat.Level
	Percent          bool
	Other            bool // of another scale than the whole: written, not drawn beside it
}

const (
	stripHeight = 92
	stripTop    = 8.0
	stripFloor  = 84.0
)

func (f StripFigure) shown() bool {
	return !hidden(f.Level) && !silent(f.Level, f.Value) && !math.IsNaN(*f.Value)
}

// drawn says whether the station's score stands on the common axis.
func (f StripFigure) drawn() bool { return f.shown() && !f.Other }

func (f StripFigure) number(r *i18n.Reader, x float64) string {
	if f.Percent {
		return r.Percent(x, 0)
	}
	return r.Float(x, 0)
}

func (f StripFigure) value(r *i18n.Reader) string {
	switch {
	case hidden(f.Level):
		return r.T("chart.hidden")
	case !f.shown():
		return r.T("chart.none")
	}
	return f.number(r, *f.Value)
}

func (f StripFigure) interval(r *i18n.Reader) string {
	if !f.shown() || f.Low == nil || f.High == nil {
		return ""
	}
	return r.T("chart.range", "low", f.number(r, *f.Low), "high", f.number(r, *f.High))
}

func (f StripFigure) answers(r *i18n.Reader) string {
	switch {
	case hidden(f.Level):
		return r.T("chart.fewer", "k", stat.K)
	case !f.shown():
		return ""
	}
	return r.N("common.answers", int(f.N))
}

func (v StripView) all() []StripStep {
	return append(slices.Clone(v.Steps), v.Whole)
}

func (v StripView) axis() axis {
	low, high, least := math.Inf(1), math.Inf(-1), -100.0
	for _, s := range v.all() {
		if s.Percent {
			least = 0
		}
		if !s.drawn() {
			continue
		}
		for _, x := range []*float64{s.Value, s.Low, s.High} {
			if x != nil && !math.IsNaN(*x) {
				low, high = math.Min(low, *x), math.Max(high, *x)
			}
		}
	}
	return axisFor(low, high, least, 100, (100-least)/5)
}

func (v StripView) filled(r *i18n.Reader) StripView {
	if v.Empty == "" && len(v.Steps) == 0 {
		v.Empty = r.T("chart.nothing")
	}
	v.Twin = Twin{Head: []string{r.T("chart.touchpoint"), r.T("chart.stage"), r.T("chart.value"), r.T("chart.interval"), r.T("chart.answers"), r.T("chart.volume"), r.T("chart.wait"), r.T("chart.kept")},
		Numeric: []bool{false, false, true, true, true, true, true, true}}
	stage := ""
	for i, s := range v.all() {
		if s.Stage != "" {
			stage = s.Stage
		}
		if i == len(v.Steps) {
			stage = ""
		}
		n := "–"
		if s.shown() {
			n = r.Int(s.N)
		}
		v.Twin.Rows = append(v.Twin.Rows, []string{s.Name, dash(stage), s.value(r), dash(s.interval(r)), n, dash(s.Volume), dash(s.Wait), dash(s.Kept)})
	}
	return v
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// plot draws one station's score over its share of the line: rules that go on at the neighbours, the interval, the dot, and
// half of the way to each neighbour. A reader who cannot see it reads the words below.
func (v StripView) plot(r *i18n.Reader, a axis, i int) string {
	p := pencilFor(r)
	all := v.all()
	s := all[i]
	p.put(`<svg class="strip-plot" width="100%" height="`, number(stripHeight), `" aria-hidden="true">`)
	for _, end := range []float64{a.low, a.high} {
		y := a.y(end, stripTop, stripFloor)
		p.line("rule", 0, y, 1, y)
		if i == 0 {
			p.words("tick", "start", 0, y-3, s.number(r, end))
		}
	}
	if s.drawn() {
		y := a.y(*s.Value, stripTop, stripFloor)
		for _, n := range []struct {
			at int
			u  float64
		}{{i - 1, 0}, {i + 1, 1}} {
			if n.at >= 0 && n.at < len(v.Steps) && i < len(v.Steps) && all[n.at].drawn() {
				p.line("line light", 0.5, y, n.u, (y+a.y(*all[n.at].Value, stripTop, stripFloor))/2)
			}
		}
		if s.Low != nil && s.High != nil {
			p.line("whisker", 0.5, a.y(*s.High, stripTop, stripFloor), 0.5, a.y(*s.Low, stripTop, stripFloor))
		}
		class := "solid"
		if s.Level == stat.Indicative {
			class = "hollow"
		}
		p.circle(class, 0.5, y, 4)
	}
	p.close()
	return p.String()
}

// SampleStrip is a journey whose touchpoints are green and which is red itself.
func SampleStrip(r *i18n.Reader) StripView {
	figure := func(n int64, share float64) StripFigure {
		f := stat.Of(sampleScale, sampleTally(n, share)).Shown()
		return StripFigure{Value: f.Score, Low: f.Low, High: f.High, N: f.N, Level: f.Level, Percent: true}
	}
	volume := func(n int) string { return r.N("chart.contacts", n) }
	wait := func(days time.Duration) string { return r.Duration(days * 24 * time.Hour) }
	kept := func(share float64) string { return r.T("chart.kept_share", "share", r.Percent(share, 0)) }
	return StripView{
		Frame: Frame{ID: "sample-strip", Finding: r.T("chart.strip.sample"), About: r.T("chart.strip.about")},
		Steps: []StripStep{
			{Stage: r.T("chart.strip.before"), Name: "Website", Href: "/touchpoints/1", StripFigure: figure(212, 0.81), Volume: volume(640)},
			{Name: "فروشگاه ونک", Href: "/touchpoints/2", StripFigure: figure(340, 0.86), Volume: volume(512), Wait: wait(1), Kept: kept(42)},
			{Stage: r.T("chart.strip.during"), Name: "Back office", StripFigure: StripFigure{Level: stat.Suppressed, N: 3, Percent: true}, Volume: volume(498), Wait: wait(12), Long: true},
			{Name: "Техник на дому", Href: "/touchpoints/4", StripFigure: figure(301, 0.9), Volume: volume(455), Wait: wait(2), Kept: kept(88)},
			{Stage: r.T("chart.strip.after"), Name: "Τηλεφωνικό κέντρο", Href: "/touchpoints/5", StripFigure: figure(22, 0.74), Volume: volume(61), Wait: wait(5)},
		},
		Whole: StripStep{Name: r.T("chart.strip.whole"), StripFigure: figure(388, 0.58), Volume: r.N("chart.runs", 455)},
	}
}
