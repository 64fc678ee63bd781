package staff

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/journeys"
)

// wholeOf is what a strip ends with: the journey's own figure on the scale that has most answers, and how many walked it.
type wholeOf struct {
	scale  stat.Scale
	figure stat.Figure
	said   string // how it stands beside its touchpoints
	runs   int
}

// stripView draws the designed journey with what really happened on it: scores of the scale of the whole, contacts, the
// median wait before each touchpoint, and the promises kept there.
func stripView(r *i18n.Reader, stages []journeys.Stage, walks insight.Walks, touchpoints map[int64]journey.Touchpoint, whole wholeOf, answered string) chart.StripView {
	v := chart.StripView{Frame: chart.Frame{ID: "strip", Finding: whole.said, About: r.T("chart.strip.about")},
		Whole: chart.StripStep{Name: r.T("chart.strip.whole"), StripFigure: stripFigure(whole.scale, whole.figure, whole.scale), Volume: r.N("chart.runs", whole.runs)}}
	if v.Finding == "" {
		v.Finding = r.T("walks.strip_finding")
	}
	promised := 0
	for _, st := range stages {
		for i, s := range st.Steps {
			step := chart.StripStep{Name: s.Figures[0].Label, NameIn: s.Figures[0].LabelIn, Href: s.Figures[0].Href, Volume: r.N("chart.contacts", s.Contacts), StripFigure: chart.StripFigure{Level: stat.None, Percent: whole.scale.Metric != stat.NPS}}
			if i == 0 {
				step.Stage, step.StageIn = st.Name, st.NameIn
			}
			if len(s.Lines) > 0 {
				step.StripFigure = stripFigure(s.Lines[0].Scale, s.Lines[0].Figure, whole.scale)
			}
			place := walks.Place(s.Touchpoint)
			if place.Waits > 0 {
				step.Wait = r.Duration(rounded(place.Wait))
				step.Long = promised > 0 && place.Wait > time.Duration(promised)*24*time.Hour
			}
			if place.Promises > 0 {
				step.Kept = r.T("chart.kept_share", "share", r.Percent(100*float64(place.Kept)/float64(place.Promises), 0))
			}
			promised = touchpoints[s.Touchpoint].PromiseDays
			v.Steps = append(v.Steps, step)
		}
	}
	v.How = chart.How(r.T("how.strip"), answered)
	return v
}

// stripFigure is a figure on the strip; of another scale than the whole it is written, not drawn beside it.
func stripFigure(scale stat.Scale, f stat.Figure, whole stat.Scale) chart.StripFigure {
	return chart.StripFigure{Value: f.Score, Low: f.Low, High: f.High, N: f.N, Level: f.Level, Percent: scale.Metric != stat.NPS, Other: scale != whole}
}

// rounded cuts a wait to what one would say: whole hours within three days, whole days beyond.
func rounded(d time.Duration) time.Duration {
	switch {
	case d >= 72*time.Hour:
		return d.Round(24 * time.Hour)
	case d >= time.Hour:
		return d.Round(time.Hour)
	}
	return d
}

// linesOf are a touchpoint's lines with that of the scale first, if it has one, otherwise the most answered.
func linesOf(lines []insight.Line, touchpoint int64, scale stat.Scale) []insight.Line {
	var out []insight.Line
	for _, l := range lines {
		if l.ID != touchpoint {
			continue
		}
		out = append(out, l)
		if last := len(out) - 1; l.Scale == scale || out[0].Scale != scale && l.Tally.N > out[0].Tally.N {
			out[0], out[last] = out[last], out[0]
		}
	}
	return out
}
