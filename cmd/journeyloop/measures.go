package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

type measuresCmd struct {
	Days int32 `default:"90" help:"About the last so many days, from a Monday on; 0 is all time."`
	JSON bool  `help:"Print JSON."`
}

func (measuresCmd) Help() string {
	return "Managers' measures, as on the page /company/measures: scores with bands, response rates, first-contact resolution, retention and attrition, how long cases take, customer value. Counted on at most 3,600 walks.\n\nExample:\n  journeyloop measures --days 365 --json"
}

func (c measuresCmd) Run(w *world) error {
	if c.Days < 0 {
		return usage{fmt.Errorf("--days: %d is no length of time", c.Days)}
	}
	s, err := w.openKept()
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.FoldAll(w.ctx); err != nil {
		return err
	}
	today, from := i18n.Day(time.Now(), w.config.TimeZone), int32(0)
	if c.Days > 0 {
		from = insight.PeriodStart(today, c.Days)
	}
	m, err := (&insight.Service{Store: s, Zone: w.config.TimeZone, Now: time.Now}).Measures(w.ctx, from, today)
	if err != nil {
		return err
	}
	if c.JSON {
		return w.print(m)
	}
	return w.measureTable(m)
}

func (w *world) measureTable(m insight.Measures) error {
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	line := func(measure, of string, n int64, value, low, high *float64, factor float64, level stat.Level) {
		times := func(x *float64) *float64 {
			if x == nil {
				return nil
			}
			y := *x * factor
			return &y
		}
		if of == "" {
			of = "(all)"
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s … %s\t%s\n", measure, oneLine(of), n, number(times(value), 1), number(times(low), 1), number(times(high), 1), level)
	}
	fmt.Fprintln(t, "measure\tof\tn\tvalue\t95 % interval\tlevel")
	for _, s := range m.Scores {
		line(s.Scale.String(), s.Key, s.Figure.N, s.Figure.Score, s.Figure.Low, s.Figure.High, 1, s.Figure.Level)
	}
	for _, l := range append([]insight.Measured{m.Company}, m.Of...) {
		rate := func(measure string, r stat.Rate) { line(measure, l.Key, r.N, r.Share, r.Low, r.High, 100, r.Level) }
		rate("answered of delivered, %", l.Response.Delivered)
		rate("answered of sent, %", l.Response.Sent)
		rate("solved at first contact, %", l.FirstContact.Resolved)
		if l.Retention != nil {
			rate("stayed, %", l.Retention.Kept)
			rate("left, %", l.Attrition.PerStart)
		}
		line("days to close, median", l.Key, l.Closing.N, l.Closing.Median.At, l.Closing.Median.Low, l.Closing.Median.High, 1, l.Closing.Level)
		line("days to close, 90 %", l.Key, l.Closing.N, l.Closing.Most.At, l.Closing.Most.Low, l.Closing.Most.High, 1, l.Closing.Level)
	}
	return t.Flush()
}
