package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

type figuresCmd struct {
	By      string `required:"" enum:"journey,touchpoint,team,employee,promise" help:"What to count by: journey, touchpoint, team, employee, or promise: what touchpoints promised and what came of it."`
	Journey string `help:"Only this journey." placeholder:"KEY"`
	From    string `help:"First day, YYYY-MM-DD." placeholder:"DAY"`
	To      string `help:"Last day, YYYY-MM-DD." placeholder:"DAY"`
	JSON    bool   `help:"Print JSON."`
}

func (figuresCmd) Help() string {
	return "The same figures the pages show: NPS with adjusted Wald, CSAT and CES as top box with Wilson; fewer than 5 answers are hidden.\n\nExample:\n  journeyloop figures --by team --from 2026-01-01 --to 2026-03-31 --json"
}

// figure is one line of the output. Values are null where there is none, or where fewer than five answered.
type figure struct {
	Key    string      `json:"key"`
	Name   string      `json:"name"`
	Metric stat.Metric `json:"metric"`
	Scale  stat.Scale  `json:"scale"`
	N      int64       `json:"n"`
	Counts []int64     `json:"counts"` // answers Lo..Hi of the scale; null where hidden
	Mean   *float64    `json:"mean"`
	Score  *float64    `json:"score"`
	Low    *float64    `json:"low"` // of the score
	High   *float64    `json:"high"`
	Level  stat.Level  `json:"level"`

	MeanLow  *float64 `json:"mean_low"`
	MeanHigh *float64 `json:"mean_high"`
}

func (c figuresCmd) Run(w *world) error {
	q := insight.Question{By: feedback.Dim(c.By)}
	var err error
	if q.From, err = day("--from", c.From); err != nil {
		return err
	}
	if q.To, err = day("--to", c.To); err != nil {
		return err
	}
	s, err := w.openKept()
	if err != nil {
		return err
	}
	defer s.Close()
	if c.Journey != "" {
		j, err := s.JourneyByKey(w.ctx, c.Journey)
		if err != nil {
			return err
		}
		q.Journey = j.ID
	}
	if err := s.FoldAll(w.ctx); err != nil {
		return err
	}
	service := &insight.Service{Store: s, Zone: w.config.TimeZone, Now: time.Now}
	if c.By == "promise" {
		return c.promises(w, service, q)
	}
	lines, err := service.Figures(w.ctx, q)
	if err != nil {
		return err
	}
	out := make([]figure, len(lines))
	for i, l := range lines {
		out[i] = figureOf(l)
	}
	if c.JSON {
		return w.print(out)
	}
	return w.table(out)
}

func figureOf(l insight.Line) figure {
	f := l.Figure
	out := figure{Key: l.Key, Name: l.Name.In(i18n.English), Metric: l.Scale.Metric, Scale: l.Scale, N: f.N,
		Mean: f.Mean, Score: f.Score, Low: f.Low, High: f.High, Level: f.Level, MeanLow: f.MeanLow, MeanHigh: f.MeanHigh}
	if f.Level != stat.Suppressed {
		out.Counts = f.Counts[l.Scale.Lo : l.Scale.Hi+1]
	}
	return out
}

// day reads a date; "" is 0, an open side.
func day(flag, text string) (int32, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, usage{fmt.Errorf("%s: %q is not a date like 2026-03-31", flag, text)}
	}
	return i18n.Day(t, time.UTC), nil
}

func (w *world) table(figures []figure) error {
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "key\tscale\tn\tmean\tscore\t95 % interval\tlevel")
	for _, f := range figures {
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s … %s\t%s\n", oneLine(f.Key), f.Scale, f.N, number(f.Mean, 3), number(f.Score, 1), number(f.Low, 1), number(f.High, 1), f.Level)
	}
	return t.Flush()
}

func number(x *float64, decimals int) string {
	if x == nil {
		return "–"
	}
	return strings.TrimSpace(fmt.Sprintf("%.*f", decimals, *x))
}
