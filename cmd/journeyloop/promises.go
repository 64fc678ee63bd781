package main

import (
	"fmt"
	"math"
	"text/tabwriter"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// promised is what a touchpoint promised and what came of it, as its page shows it; values are null where there is none or
// fewer than five would be told of.
type promised struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	Business bool   `json:"business"` // days are business days
	promiseFigures
	Median  exact           `json:"median"`
	Ninety  exact           `json:"ninety"`
	Curve   []calibrated    `json:"curve"`
	Teams   []promiseTeam   `json:"teams"`
	Ratings []promiseRating `json:"ratings"`
}

type (
	promiseFigures struct {
		Made      int64          `json:"made"`
		Kept      *stat.Rate     `json:"kept"`      // of those delivered or past due
		Delivered *stat.Rate     `json:"delivered"` // of those delivered
		PastDue   *int64         `json:"past_due"`
		Waiting   *int64         `json:"waiting"`
		Promised  []insight.Days `json:"promised"`
		Took      []insight.Days `json:"took"`
		Safe      safe           `json:"safe"`
	}
	// safe is the promise that 9 of 10 keep; null with Undelivered when too many have no delivery on record.
	safe struct {
		Promise     *float64 `json:"promise"`
		N           int64    `json:"n"`
		Need        int64    `json:"need"`
		Undelivered bool     `json:"undelivered"`
	}
	exact struct {
		At   *float64 `json:"at"`
		Low  *float64 `json:"low"`
		High *float64 `json:"high"`
	}
	calibrated struct {
		Days float64 `json:"days"`
		Kept float64 `json:"kept"`
		Low  float64 `json:"low"`
		High float64 `json:"high"`
	}
	promiseTeam struct {
		Name string `json:"name"`
		promiseFigures
	}
	promiseRating struct {
		Of      string      `json:"of"` // touchpoint or journey
		Scale   stat.Scale  `json:"scale"`
		Kept    stat.Figure `json:"kept"`
		Late    stat.Figure `json:"late"`
		PastDue stat.Figure `json:"past_due"`
		Less    *less       `json:"difference"` // of the means, late minus kept
		Effect  string      `json:"effect"`     // identified, not_identifiable, too_few
	}
	less struct {
		Diff float64 `json:"diff"`
		Low  float64 `json:"low"`
		High float64 `json:"high"`
	}
)

func (c figuresCmd) promises(w *world, service *insight.Service, q insight.Question) error {
	found, err := service.Promises(w.ctx, insight.PromiseQuestion{Journey: q.Journey, From: q.From, To: q.To, PerTeam: true})
	if err != nil {
		return err
	}
	out := make([]promised, len(found))
	for i, p := range found {
		out[i] = promisedLine(p)
	}
	if c.JSON {
		return w.print(out)
	}
	return w.promises(out)
}

func promisedLine(p insight.Promised) promised {
	out := promised{Key: p.Key, Name: p.Name.In(i18n.English), Business: p.Business, promiseFigures: promiseFiguresOf(p.PromiseFigures, p.Hidden())}
	if p.Hidden() {
		return out
	}
	out.Median, out.Ninety = exact{p.Median.At, p.Median.Low, p.Median.High}, exact{p.Ninety.At, p.Ninety.Low, p.Ninety.High}
	for _, c := range p.Curve {
		out.Curve = append(out.Curve, calibrated{c.Promise, c.Kept, c.Low, c.High})
	}
	for _, t := range p.Teams {
		out.Teams = append(out.Teams, promiseTeam{t.Name.In(i18n.English), promiseFiguresOf(t.PromiseFigures, t.Hide)})
	}
	for _, r := range p.Ratings {
		out.Ratings = append(out.Ratings, promiseRatingOf(r))
	}
	return out
}

func promiseFiguresOf(f insight.PromiseFigures, hide bool) promiseFigures {
	out := promiseFigures{Made: f.Made, Safe: safe{N: f.Safe.N, Need: f.Safe.Need}}
	if hide {
		return out
	}
	out.Kept, out.Delivered, out.PastDue, out.Waiting, out.Promised, out.Took = &f.Kept, &f.Delivered, &f.PastDue, &f.Waiting, f.Promised, f.Took
	if days := f.Safe.Promise; days != nil {
		if out.Safe.Undelivered = math.IsInf(*days, 1); !out.Safe.Undelivered {
			out.Safe.Promise = days
		}
	}
	return out
}

func promiseRatingOf(r insight.PromiseRating) promiseRating {
	out := promiseRating{Of: "touchpoint", Scale: r.Scale, Kept: r.Kept, Late: r.Late, PastDue: r.PastDue, Effect: "identified"}
	if r.Beside == feedback.BesideWhole {
		out.Of = "journey"
	}
	if r.Less != nil {
		out.Less = &less{r.Less.Diff, r.Less.Low, r.Less.High}
	}
	switch {
	case r.Effect.TooFew != nil:
		out.Effect = "too_few"
	case r.Effect.Unknown:
		out.Effect = "not_identifiable"
	}
	return out
}

func (w *world) promises(list []promised) error {
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "key\tdays\tmade\tkept %\t95 % interval\tof\tpast due\tsafe promise\tits n")
	for _, p := range list {
		clock := "calendar"
		if p.Business {
			clock = "business"
		}
		if p.Kept == nil {
			fmt.Fprintf(t, "%s\t%s\t%d\thidden\n", oneLine(p.Key), clock, p.Made)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s … %s\t%d\t%d\t%s\t%d\n", oneLine(p.Key), clock, p.Made, percent(p.Kept.Share), percent(p.Kept.Low), percent(p.Kept.High),
			p.Kept.N, *p.PastDue, number(p.Safe.Promise, 0), p.Safe.N)
	}
	return t.Flush()
}

func percent(share *float64) string {
	if share == nil {
		return number(nil, 1)
	}
	x := 100 * *share
	return number(&x, 1)
}
