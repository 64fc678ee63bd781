package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/people"
)

type casesCmd struct {
	Days    int32  `default:"90" help:"Cases opened in the last so many days, from a Monday on; 0 is all time."`
	Journey string `help:"Only this journey." placeholder:"KEY"`
	JSON    bool   `help:"Print JSON."`
}

func (casesCmd) Help() string {
	return "The inner loop, as on the page /cases/figures: cases opened, open, overdue, contacted in time, closed and by whose word, how long they take, and why it went wrong.\n\nExample:\n  journeyloop cases --days 365 --json"
}

func (c casesCmd) Run(w *world) error {
	if c.Days < 0 {
		return usage{fmt.Errorf("--days: %d is no length of time", c.Days)}
	}
	s, err := w.openKept()
	if err != nil {
		return err
	}
	defer s.Close()
	q := insight.LoopQuestion{Scope: people.System().Scope()}
	if c.Days > 0 {
		q.To = i18n.Day(time.Now(), w.config.TimeZone)
		q.From = insight.PeriodStart(q.To, c.Days)
	}
	if c.Journey != "" {
		j, err := s.JourneyByKey(w.ctx, c.Journey)
		if err != nil {
			return err
		}
		q.Journey = j.ID
	}
	l, err := (&insight.Service{Store: s, Zone: w.config.TimeZone, Now: time.Now}).Loop(w.ctx, q)
	if err != nil {
		return err
	}
	if c.JSON {
		return w.print(l)
	}
	return w.loopTable(l)
}

func (w *world) loopTable(l insight.Loop) error {
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "by\tof\topened\topen\toverdue\tverified, %\t95 % interval\ton time, %\tdays to close, median\tp90")
	percent := func(x *float64, factor float64) string {
		if x == nil {
			return number(nil, 0)
		}
		y := *x * factor
		return number(&y, 1)
	}
	for _, part := range []struct {
		by    string
		lines []insight.LoopLine
	}{{"all", []insight.LoopLine{l.All}}, {"journey", l.Journeys}, {"touchpoint", l.Touchpoints}, {"team", l.Teams}, {"cause", l.Causes}} {
		for _, line := range part.lines {
			v, closing := line.Verified, line.Closing.Business
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%s\t%s … %s\t%s\t%s\t%s\n", part.by, oneLine(line.Key), line.Opened, line.Open, line.Overdue, percent(v.Share, 100), percent(v.Low, 100), percent(v.High, 100),
				percent(line.OnTime.Share, 100), percent(closing.Median.At, 1./24), percent(closing.Most.At, 1./24))
		}
	}
	return t.Flush()
}
