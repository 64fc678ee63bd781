package faces

import (
	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/templates/chart"
)

// charts shows what templates/chart draws, each from the sample that lies beside it.
func charts() Group {
	return Group{"charts", []Sample{
		{"Trend", func(r *i18n.Reader) templ.Component {
			v := chart.SampleTrend(r)
			v.Frame.ID = id(r, v.Frame.ID)
			return chart.Trend(v)
		}},
		{"Control", func(r *i18n.Reader) templ.Component {
			v := chart.SampleControl(r)
			v.Frame.ID = id(r, v.Frame.ID)
			return chart.Trend(v)
		}},
		{"Distribution", func(r *i18n.Reader) templ.Component {
			v := chart.SampleDistribution(r)
			v.Frame.ID = id(r, v.Frame.ID)
			return chart.Distribution(v)
		}},
		{"Strip", func(r *i18n.Reader) templ.Component {
			v := chart.SampleStrip(r)
			v.Frame.ID = id(r, v.Frame.ID)
			return chart.Strip(v)
		}},
		{"Heat", func(r *i18n.Reader) templ.Component {
			v := chart.SampleHeat(r)
			v.Frame.ID = id(r, v.Frame.ID)
			return chart.Heat(v)
		}},
		{"Quadrant", func(r *i18n.Reader) templ.Component {
			v := chart.SampleQuadrant(r)
			v.Frame.ID = id(r, v.Frame.ID)
			return chart.Quadrant(v)
		}},
		{"Dumbbell", func(r *i18n.Reader) templ.Component {
			v := chart.SampleDumbbell(r)
			v.Frame.ID = id(r, v.Frame.ID)
			return chart.Dumbbell(v)
		}},
		{"Path", func(r *i18n.Reader) templ.Component {
			v := chart.SamplePath(r)
			v.Frame.ID = id(r, v.Frame.ID)
			return chart.Path(v)
		}},
		{"Calendar", func(r *i18n.Reader) templ.Component {
			v := chart.SampleCalendar(r)
			v.Frame.ID = id(r, v.Frame.ID)
			return chart.Calendar(v)
		}},
	}}
}
