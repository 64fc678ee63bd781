package faces

// charts shows what templates/chart draws, each from the sample beside it: {"Trend", func(r *i18n.Reader) templ.Component
// { return chart.Trend(chart.SampleTrend(r)) }}.
func charts() Group {
	return Group{"charts", []Sample{}}
}
