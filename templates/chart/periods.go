package chart

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Break is a day from which figures must not be compared with those before, and why.
type Break struct {
	Day int32
	Why string
}

// TrendOf draws the points of one scale. Its finding is the change from the first third of the time since the last break
// to the last third, when that was tested to be beyond noise.
func TrendOf(r *i18n.Reader, id string, scale stat.Scale, points []insight.Point, breaks []Break) TrendView {
	v := TrendView{Frame: Frame{ID: id, About: r.T("chart.trend.about"), How: HowOf(r, scale.Metric)}, Min: 0, Max: 100, Percent: true}
	if scale.Metric == stat.NPS {
		v.Min, v.Percent = -100, false
	}
	ticks := ticksOf(r, points)
	for i, p := range points {
		t := TrendPoint{When: when(r, p.From), Tick: ticks[i], Value: p.Figure.Score, Low: p.Figure.Low, High: p.Figure.High, N: p.Figure.N, Level: p.Figure.Level}
		for _, b := range breaks {
			if i > 0 && p.From <= b.Day && b.Day <= p.To {
				t.Break = b.Why
			}
		}
		v.Points = append(v.Points, t)
	}
	v.Finding = trendFinding(r, scale, sinceBreak(v.Points, points))
	return v
}

// when names the day a stretch of time begins, in the reader's calendar.
func when(r *i18n.Reader, day int32) string { return r.Date(noon(r, day)) }

// noon of a day where the reader is, so that its date is the day's.
func noon(r *i18n.Reader, day int32) time.Time {
	t := i18n.DayTime(day)
	return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, r.Zone())
}

func dayMonth(r *i18n.Reader, day int32) string { return r.DayMonth(noon(r, day)) }

func sinceBreak(drawn []TrendPoint, points []insight.Point) []insight.Point {
	for i := len(drawn) - 1; i > 0; i-- {
		if drawn[i].Break != "" {
			return points[i:]
		}
	}
	return points
}

// trendFinding says what changed, and only what was tested (methods.md §1.0): the first third against the last third.
func trendFinding(r *i18n.Reader, scale stat.Scale, points []insight.Point) string {
	third := (len(points) + 2) / 3
	if len(points) < 2 {
		return r.T("chart.trend.few")
	}
	before, after := pooled(points[:third]), pooled(points[len(points)-third:])
	change := stat.Changed(scale, before, after)
	from, to := dayMonth(r, points[0].From), dayMonth(r, points[len(points)-1].From)
	switch {
	case stat.LevelOf(before.N) != stat.Solid || stat.LevelOf(after.N) != stat.Solid || change.Diff == nil:
		return r.T("chart.trend.few")
	case !change.Beyond:
		return r.T("chart.trend.noise", "from", from, "to", to)
	case *change.Diff < 0:
		return r.T("chart.trend.down", "by", r.Float(-*change.Diff, 0), "from", from, "to", to)
	}
	return r.T("chart.trend.up", "by", r.Float(*change.Diff, 0), "from", from, "to", to)
}

func pooled(points []insight.Point) (t stat.Tally) {
	for _, p := range points {
		t = t.Plus(p.Tally)
	}
	return t
}

// mostTicks is how many dates fit under a plot on a phone.
const mostTicks = 3

// ticksOf chooses which stretches of time have their date under the axis: the first that begins in each of the reader's
// months, every few months where there are many, or every few stretches where there are hardly any months.
func ticksOf(r *i18n.Reader, points []insight.Point) []string {
	out := make([]string, len(points))
	var firsts []int
	for i, p := range points {
		if i > 0 && r.Month(noon(r, p.From)) != r.Month(noon(r, points[i-1].From)) {
			firsts = append(firsts, i)
		}
	}
	if len(firsts) < 2 {
		firsts = nil
		for i := range points {
			firsts = append(firsts, i)
		}
	}
	every := (len(firsts) + mostTicks - 1) / mostTicks
	for k := 0; k < len(firsts); k += max(every, 1) {
		out[firsts[k]] = dayMonth(r, points[firsts[k]].From)
	}
	if len(firsts) > 0 && 5*firsts[0] >= 2*len(points) {
		out[0] = dayMonth(r, points[0].From)
	}
	return out
}
