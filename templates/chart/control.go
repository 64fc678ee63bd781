package chart

import (
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// ControlOf draws a control chart (methods.md §6.1) as a trend: the moving average of the shares, the limits as its band, the
// baseline as the centre, points beyond the limits ringed. What is shown is tested, so the finding may say so.
func ControlOf(r *i18n.Reader, id string, w insight.Watch, how ...string) TrendView {
	centre := 100 * w.Base.Rate
	v := TrendView{Frame: Frame{ID: id, Finding: r.T("signals.chart_quiet"), About: r.T("signals.chart_about"), How: How(how...)}, Max: 100, Percent: true, Centre: &centre}
	v.Twin = Twin{Head: []string{r.T("chart.when"), r.T("signals.share"), r.T("signals.average"), r.T("signals.limits"), r.T("chart.answers"), r.T("chart.remark")},
		Numeric: []bool{false, true, true, true, true, false}}
	percent := func(x float64) string { return i18n.Isolate(r.Percent(100*x, 0)) }
	ticks := ticksOf(r, stretchesOf(w.Points))
	out := false
	for i, p := range w.Points {
		smooth, low, high := 100*p.Smooth, 100*p.Low, 100*p.High
		said, remark := "signals.point", ""
		if p.Sounds {
			said, remark = "signals.point_out", r.T("signals.beyond")
		}
		out = out || p.Sounds
		v.Points = append(v.Points, TrendPoint{When: when(r, p.From), Tick: ticks[i], Value: &smooth, Low: &low, High: &high, N: p.N, Level: stat.Solid, Out: p.Sounds,
			Says: r.T(said, "when", when(r, p.From), "share", percent(p.Share), "average", percent(p.Smooth), "low", percent(p.Low), "high", percent(p.High), "answers", r.N("common.answers", int(p.N)))})
		v.Twin.Rows = append(v.Twin.Rows, []string{when(r, p.From), r.Percent(100*p.Share, 0), r.Percent(smooth, 0), r.PercentRange(low, high, 0), r.Int(p.N), remark})
	}
	v.Key = []Sign{{"line", r.T("signals.sign_line")}, {"band", r.T("signals.sign_band")}, {"centre", r.T("signals.sign_centre")}}
	if out {
		v.Key = append(v.Key, Sign{"ring", r.T("signals.beyond")})
	}
	if signal, sounds := w.Sounding(); sounds {
		v.Finding = r.T(map[bool]string{true: "signals.chart_down", false: "signals.chart_up"}[signal.Down], "since", when(r, signal.Since))
	}
	return v
}

// stretchesOf are the times of a chart's points, for its dates.
func stretchesOf(points []insight.Watched) []insight.Point {
	out := make([]insight.Point, len(points))
	for i, p := range points {
		out[i] = insight.Point{From: p.From, To: p.To}
	}
	return out
}

// SampleControl falls beyond its limits in the end.
func SampleControl(r *i18n.Reader) TrendView {
	w := insight.Watch{Base: stat.Baseline{Periods: 20, Answers: 400, Rate: 0.84, Spread: 1}, Counted: stat.Count{X: 336, N: 400}}
	for i, share := range []float64{0.85, 0.88, 0.82, 0.84, 0.79, 0.61, 0.58, 0.6} {
		from := sampleDay + int32(7*i)
		smooth := 0.84 - 0.02*float64(max(0, i-3)*max(0, i-3))
		w.Points = append(w.Points, insight.Watched{From: from, To: from + 6, Count: stat.Count{X: int64(60 * share), N: 60}, Share: share, Smooth: smooth, Low: 0.76, High: 0.92, Sounds: smooth < 0.76, Down: i > 3})
	}
	return ControlOf(r, "sample-control", w, r.T("signals.how", "n", 20, "charts", 25, "alarms", 6, "run", 217))
}
