package staff

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/company"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) companyRoutes() []reply.Route {
	return []reply.Route{{Method: http.MethodGet, Path: "/company", Guard: reply.Manager, Handle: d.companyPage, Lasts: true}}
}

// How long feedback may take to be opened, and over which time it is asked whether it was: only feedback old enough to
// have been opened in time counts.
const (
	patienceDays = 7
	waitingDays  = 30
)

func (d *Desk) companyPage(c echo.Context) error {
	p := d.periodOf(c)
	lines, shifts, err := d.journeyLines(c, p, "")
	if err != nil {
		return err
	}
	ids := make([]int64, len(lines))
	for i, l := range lines {
		ids[i] = l.ID
	}
	breaks, err := d.breaksOf(c.Request().Context(), reply.Reader(c), ids)
	if err != nil {
		return err
	}
	v := company.View{Period: p.tabs(c), File: fileOf(c, "/company/figures.csv"), AllWords: ui.Link("/tasks", "journey", "0") + "#words", Contrast: ui.Link("/company/contrast", "days", c.QueryParam("days")), Lines: lines, Journeys: journeysView(c, lines, true)}
	d.fillChanges(c, shifts, p, breaks, &v)
	if err := d.fillCharts(c, shifts, p, breaks, &v); err != nil {
		return err
	}
	if v.Rate, err = d.rateWords(c, 0, p); err != nil {
		return err
	}
	for _, fill := range []func(echo.Context, *company.View) error{d.fillWaiting, d.fillReaders, d.fillOpen, d.fillLatest} {
		if err := fill(c, &v); err != nil {
			return err
		}
	}
	if v.Loop, err = d.loopLine(c, 0, p); err != nil {
		return err
	}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "company.title"), Live: true, Charts: true}, company.Page(v))
}

// fillChanges says which journeys rose or fell beyond noise, the steepest fall first, and counts the others. A journey
// counts by its most answered scale.
func (d *Desk) fillChanges(c echo.Context, shifts []insight.Shift, p period, breaks map[int64][]chart.Break, v *company.View) {
	r := reply.Reader(c)
	if p.days == 0 {
		v.Rest = []string{r.T("company.all_time")}
		return
	}
	v.Since = r.T("company.since", "since", fullDay(r, p.from()), "before", fullDay(r, p.withBefore()))
	var beyond []insight.Shift
	unchanged, few, broken := 0, 0, 0
	for _, line := range v.Lines {
		own := shiftsOf(shifts, line.ID)
		switch {
		case len(own) == 0 || !own[0].Solid():
			few++
		case p.brokenIn(breaks[line.ID]):
			broken++
		case own[0].Change.Beyond:
			beyond = append(beyond, own[0])
		default:
			unchanged++
		}
	}
	slices.SortFunc(beyond, func(a, b insight.Shift) int { return cmp.Compare(*a.Change.Diff, *b.Change.Diff) })
	for _, s := range beyond {
		v.Changes = append(v.Changes, changeWords(r, s, c.QueryParam("days")))
	}
	if unchanged > 0 {
		v.Rest = append(v.Rest, r.N("company.unchanged", unchanged))
	}
	if few > 0 {
		v.Rest = append(v.Rest, r.N("company.too_few", few))
	}
	if broken > 0 {
		v.Rest = append(v.Rest, r.N("company.broken", broken))
	}
}

func changeWords(r *i18n.Reader, s insight.Shift, days string) company.Change {
	key, low, high := "company.rose", *s.Change.Low, *s.Change.High
	by := *s.Change.Diff
	if by < 0 {
		key, by, low, high = "company.fell", -by, -high, -low
	}
	number := func(x float64) string { return i18n.Isolate(r.Float(x, 0)) }
	text := r.T(key, "name", i18n.Isolate(s.Name.In(r.Lang())), "by", number(by), "low", number(low), "high", number(high),
		"metric", r.T("journeys.score_of_"+string(s.Scale.Metric)), "before", s.Before.N, "after", s.Tally.N)
	out := company.Change{Text: text, Href: ui.Link("/journeys/"+strconv.FormatInt(s.ID, 10), "days", days), Better: *s.Change.Diff > 0}
	if !out.Better {
		out.Why = out.Href + "#fix"
	}
	return out
}

func (d *Desk) fillWaiting(c echo.Context, v *company.View) error {
	rows, err := d.Store.WaitingBy(c.Request().Context(), store.Span{From: d.Now().AddDate(0, 0, -waitingDays)})
	for _, w := range rows {
		v.Waiting = append(v.Waiting, company.Waiting{Audience: reply.T(c, "company.audience_"+string(w.Audience)), Got: w.Got, Unread: w.Unread, Unreplied: w.Unreplied})
	}
	return err
}

func (d *Desk) fillReaders(c echo.Context, v *company.View) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	until := d.Now().AddDate(0, 0, -patienceDays)
	rows, err := d.Store.ReadersBy(ctx, store.Span{From: until.AddDate(0, 0, -waitingDays), Until: until}, patienceDays*24*time.Hour)
	if err != nil || len(rows) == 0 || rows[0].Got == 0 {
		return err
	}
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return err
	}
	counts := make([]int64, len(rows)-1)
	for i, row := range rows[1:] {
		counts[i] = int64(row.Got)
	}
	hide := append([]bool{rows[0].Got < stat.K}, stat.Suppress(counts)...)
	for i, row := range rows {
		if row.Got == 0 {
			continue
		}
		name := r.T("company.no_team")
		if row.TeamID != 0 {
			name = tree.Teams[row.TeamID].Name.In(r.Lang())
		}
		v.Readers = append(v.Readers, company.Readers{Name: name, All: i == 0, Got: row.Got, Hidden: hide[i], Share: r.Percent(100*float64(row.Opened)/float64(row.Got), 0)})
	}
	return nil
}

func (d *Desk) fillOpen(c echo.Context, v *company.View) (err error) {
	ctx, r := c.Request().Context(), reply.Reader(c)
	if v.Disputes, err = d.Store.OpenDisputes(ctx); err != nil {
		return err
	}
	if v.Unattributed, err = d.Store.Unattributed(ctx, store.Span{From: d.Now().AddDate(0, 0, -waitingDays)}); err != nil {
		return err
	}
	cases, since, err := d.Store.OpenCases(ctx)
	v.Cases, v.CasesHint = cases, r.T("company.cases_none")
	if since != nil {
		v.CasesHint = r.T("company.cases_since", "ago", r.Ago(*since, d.Now()))
	}
	return err
}

// fillLatest shows the last praise and the last blame, about journeys as a whole.
func (d *Desk) fillLatest(c echo.Context, v *company.View) error {
	for mood, into := range map[stat.Mood]*[]ui.QuoteView{stat.Positive: &v.Praise, stat.Negative: &v.Blame} {
		list, err := d.Store.WordsFor(c.Request().Context(), reply.Actor(c).Scope(), store.WordFilter{Whole: true, Mood: mood}, page.Ask{Size: 3})
		if err != nil {
			return err
		}
		if *into, err = d.wordQuotes(c, list.Rows, true); err != nil {
			return err
		}
	}
	return nil
}
