package staff

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/company"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) loopRoutes() []reply.Route {
	return []reply.Route{{Method: http.MethodGet, Path: "/cases/figures", Guard: reply.Signed, Handle: d.loopPage}}
}

// loopPage counts the cases in the reader's sight; of the people who own cases it tells her of herself only.
func (d *Desk) loopPage(c echo.Context) error {
	p, r, actor := d.periodOf(c), reply.Reader(c), reply.Actor(c)
	l, err := d.Insight.Loop(c.Request().Context(), insight.LoopQuestion{Scope: actor.Scope(), Mine: actor.EmployeeID, From: p.from(), To: p.to()})
	if err != nil {
		return err
	}
	w := loopWords{measureWords: measureWords{r: r}, loop: l}
	if w.opens, err = d.opens(c); err != nil {
		return err
	}
	v := company.LoopView{Period: p.tabs(c)}
	if l.All.Opened > 0 {
		v.Cards = w.cards()
		v.Sections = w.sections()
	}
	return reply.Page(c, reply.Frame{Title: r.T("loop.title"), Live: true,
		Crumbs: []ui.Crumb{{Text: r.T("cases.title"), Href: "/cases"}, {Text: r.T("loop.title")}}}, company.LoopPage(v))
}

// opens are the pages of journeys and touchpoints that the reader may open. Cases reach further: a supervisor has those of
// journeys that her people serve on.
func (d *Desk) opens(c echo.Context) (map[string]bool, error) {
	ctx, actor, out := c.Request().Context(), reply.Actor(c), map[string]bool{}
	if !reply.Leader.Admits(actor) {
		return out, nil
	}
	journeys, err := d.Store.JourneysFor(ctx, actor.Scope())
	if err != nil {
		return nil, err
	}
	for _, j := range journeys {
		out["/journeys/"+strconv.FormatInt(j.ID, 10)] = true
	}
	touchpoints, err := d.Store.TouchpointsFor(ctx, actor.Scope())
	for _, t := range touchpoints {
		out["/touchpoints/"+strconv.FormatInt(t.ID, 10)] = true
	}
	return out, err
}

// loopWords puts the inner loop into the reader's words.
type loopWords struct {
	measureWords
	loop  insight.Loop
	opens map[string]bool // by path; no other line is a link
}

// figure names the question that a value answers, as journeyloop cases prints it.
func (w loopWords) figure(part, key, measure string) string {
	return "cases:" + part + ":" + url.QueryEscape(key) + ":" + measure + ":" + insight.Span(w.loop.From, w.loop.To)
}

func (w loopWords) cards() []company.LoopCard {
	all := w.loop.All
	verified := w.share(all.Verified, "all", "", "verified")
	hint := verified.Note
	if verified.Value != "" {
		hint = verified.Of + " · " + verified.Range
	}
	count := func(measure string, n int64) company.LoopCard {
		return company.LoopCard{Figure: w.figure("all", "", measure), Label: w.r.T("loop." + measure), Value: w.r.Int(n), Hint: w.r.T("loop." + measure + "_hint")}
	}
	return []company.LoopCard{{Figure: verified.Figure, Label: w.r.T("loop.verified"), Value: verified.Value, Hint: hint},
		count("opened", all.Opened), count("open", all.Open), count("overdue", all.Overdue)}
}

func (w loopWords) sections() []company.Measure {
	out := []company.Measure{w.ends("all", w.r.T("loop.ends"), w.loop.All), w.times(), w.causes(), w.recovery()}
	for _, of := range []struct {
		part, first, none string
		lines             []insight.LoopLine
		href              string
	}{
		{"journeys", w.r.T("journeys.journey"), "", w.loop.Journeys, "/journeys/"},
		{"touchpoints", w.r.T("loop.touchpoint"), w.r.T("cases.whole"), w.loop.Touchpoints, "/touchpoints/"},
		{"teams", w.r.T("loop.team"), w.r.T("loop.no_team"), w.loop.Teams, ""},
	} {
		out = append(out, w.by(of.part, of.first, of.none, of.href, of.lines))
	}
	if mine := w.loop.Mine; mine != nil && mine.Opened < w.loop.All.Opened {
		own := w.ends("mine", w.r.T("loop.mine"), *mine)
		own.Said = w.r.T("loop.mine_said", "n", mine.Opened, "open", mine.Open, "overdue", mine.Overdue)
		out = append(out, own)
	}
	return out
}

func (w loopWords) count(n int64, part, key, measure string) company.MeasureCell {
	return company.MeasureCell{Value: w.r.Int(n), Figure: w.figure(part, key, measure)}
}

func (w loopWords) share(x stat.Rate, part, key, measure string) company.MeasureCell {
	cell := w.rate(x)
	if cell.Value != "" {
		cell.Figure = w.figure(part, key, measure)
	}
	return cell
}

// ends is what became of cases, one row for each share.
func (w loopWords) ends(part, title string, line insight.LoopLine) company.Measure {
	m := company.Measure{ID: part, Title: title, First: w.r.T("loop.measure"), Columns: []string{w.r.T("loop.share")},
		Said: w.saidOf("loop.ends_said", line.Verified, "n", line.Opened), How: chart.How(w.r.T("loop.how_ends"), w.basis())}
	if line.Verified.Level == stat.Suppressed {
		m.Said = w.r.T("loop.few", "n", line.Opened, "k", stat.K)
	}
	for _, row := range []struct {
		measure string
		rate    stat.Rate
	}{{"on_time", line.OnTime}, {"verified", line.Verified}, {"unverified", line.Unverified}, {"unreachable", line.Unreachable}, {"closed", line.Closed}, {"reopened", line.Reopened}} {
		m.Rows = append(m.Rows, company.MeasureRow{Name: w.r.T("loop." + row.measure), Cells: []company.MeasureCell{w.share(row.rate, part, "", row.measure)}})
	}
	return m
}

// basis says which cases were counted.
func (w loopWords) basis() string {
	if w.loop.From == 0 {
		return w.r.T("loop.basis_all", "n", w.loop.All.Opened)
	}
	return w.r.T("loop.basis_since", "n", w.loop.All.Opened, "from", fullDay(w.r, w.loop.From))
}

func (w loopWords) times() company.Measure {
	more := ""
	if w.loop.Bounded {
		more = w.r.T("loop.bounded")
	}
	m := company.Measure{ID: "times", Title: w.r.T("loop.times"), Said: w.r.T("loop.times_said"), First: w.r.T("loop.measure"), How: chart.How(w.r.T("loop.how_times"), w.basis(), more),
		Columns: []string{w.r.T("loop.median_business"), w.r.T("loop.most_business"), w.r.T("loop.median_calendar"), w.r.T("loop.most_calendar")}}
	all := w.loop.All
	for _, row := range []struct {
		measure string
		times   insight.LoopTimes
		unit    unit
	}{{"to_contact", all.Contact, hours}, {"to_close", all.Closing, days}} {
		cell := func(s stat.Span, which string) company.MeasureCell {
			return w.span(s, row.times, row.unit, "all", "", row.measure+"."+which)
		}
		m.Rows = append(m.Rows, company.MeasureRow{Name: w.r.T("loop." + row.measure), Cells: []company.MeasureCell{
			cell(row.times.Business.Median, "business_hours.median"), cell(row.times.Business.Most, "business_hours.p90"),
			cell(row.times.Calendar.Median, "calendar_hours.median"), cell(row.times.Calendar.Most, "calendar_hours.p90")}})
	}
	return m
}

// unit is how a time is told: contacts in hours, closing in days of 24.
type unit struct {
	key  string
	each float64
}

var hours, days = unit{"loop.hours", 1}, unit{"measures.days", 24}

func (w loopWords) span(s stat.Span, of insight.LoopTimes, in unit, part, key, measure string) company.MeasureCell {
	switch {
	case of.N == 0:
		return company.MeasureCell{Note: w.r.T("measures.none")}
	case of.Level == stat.Suppressed:
		return w.hidden(of.N)
	case s.At == nil:
		return company.MeasureCell{Note: w.r.T("measures.not_reached")}
	}
	end := func(x *float64) string {
		if x == nil {
			return w.r.T("measures.not_reached")
		}
		return w.number(*x/in.each, 1)
	}
	return company.MeasureCell{Value: w.r.T(in.key, "n", w.r.Float(*s.At/in.each, 1)), Range: w.r.T("ui.figure.range", "low", end(s.Low), "high", end(s.High)),
		Of: w.r.T("measures.of", "x", of.Ended, "n", of.N), Level: of.Level, Figure: w.figure(part, key, measure)}
}

func (w loopWords) causes() company.Measure {
	m := company.Measure{ID: "causes", Title: w.r.T("loop.causes"), Said: w.r.T("loop.causes_none"), First: w.r.T("loop.cause"), How: chart.How(w.r.T("loop.how_causes"), w.basis())}
	if w.loop.Coded.X+w.loop.Process.N == 0 {
		return m
	}
	m.Said = w.saidOf("loop.process_said", w.loop.Process, "n", w.loop.Process.N)
	if w.loop.Process.Level == stat.Suppressed {
		m.Said = w.r.T("loop.few", "n", w.loop.Process.N, "k", stat.K)
	}
	m.Columns = []string{w.r.T("loop.opened"), w.r.T("loop.cause_share"), w.r.T("loop.verified")}
	for _, line := range w.loop.Causes {
		share, err := stat.RateOf(line.Opened, w.loop.Process.N)
		if err != nil {
			continue // it cannot be: they are the parts of it
		}
		m.Rows = append(m.Rows, company.MeasureRow{Name: w.r.T("cases.cause_" + line.Key), Cells: []company.MeasureCell{
			w.count(line.Opened, "causes", line.Key, "opened"), w.rate(share), w.share(line.Verified, "causes", line.Key, "verified")}})
	}
	return m
}

// recovery tells who was won back, never without whom nobody contacted and what to make of it.
func (w loopWords) recovery() company.Measure {
	x, bounded := w.loop.Recovery, ""
	if x.Bounded {
		bounded = w.r.T("loop.bounded")
	}
	m := company.Measure{ID: "recovery", Title: w.r.T("loop.recovery"), Said: w.r.T("loop.recovery_none"), First: w.r.T("loop.measure"), Columns: []string{w.r.T("loop.share")},
		How: chart.How(w.r.T("loop.how_recovery"), bounded)}
	if x.Recovered.N == 0 {
		return m
	}
	m.Said = w.saidOf("loop.recovery_said", x.Recovered, "n", x.Recovered.N)
	if x.Recovered.Level == stat.Suppressed {
		m.Said = w.r.T("loop.few_ratings", "n", x.Recovered.N, "k", stat.K)
	}
	m.More = []string{w.r.T("loop.warning"), w.r.T("loop.paradox")}
	for _, row := range []struct {
		measure string
		rate    stat.Rate
	}{{"recovered", x.Recovered}, {"at_least", x.AtLeast}, {"answered", x.Answered}, {"control", x.Control}} {
		m.Rows = append(m.Rows, company.MeasureRow{Name: w.r.T("loop." + row.measure), Cells: []company.MeasureCell{w.share(row.rate, "recovery", "", row.measure)}})
	}
	if e := x.Effect; e.Diff != nil {
		points := func(x float64) string { return i18n.Isolate(w.r.Signed(100*x, 0)) }
		m.Rows = append(m.Rows, company.MeasureRow{Name: w.r.T("loop.effect"), Cells: []company.MeasureCell{{Value: w.r.T("loop.points", "n", points(*e.Diff)),
			Range: w.r.T("ui.figure.range", "low", points(*e.Low), "high", points(*e.High)), Figure: w.figure("recovery", "", "effect")}}})
	}
	return m
}

// by is a table of cases that have something in common, in the order of keys: it is no ranking.
func (w loopWords) by(part, first, none, href string, lines []insight.LoopLine) company.Measure {
	m := company.Measure{ID: part, Title: w.r.T("loop.by_" + part), First: first, How: chart.How(w.r.T("loop.how_by"), w.basis()),
		Columns: []string{w.r.T("loop.opened"), w.r.T("loop.open"), w.r.T("loop.overdue"), w.r.T("loop.on_time"), w.r.T("loop.verified"), w.r.T("loop.median_closing")}}
	for _, line := range lines {
		row := company.MeasureRow{Name: none}
		if line.ID != 0 {
			row.Name, row.NameIn = line.Name.Shown(w.r.Lang())
			if to := href + strconv.FormatInt(line.ID, 10); w.opens[to] {
				row.Href = to
			}
		}
		row.Cells = []company.MeasureCell{w.count(line.Opened, part, line.Key, "opened"), w.count(line.Open, part, line.Key, "open"), w.count(line.Overdue, part, line.Key, "overdue"),
			w.share(line.OnTime, part, line.Key, "on_time"), w.share(line.Verified, part, line.Key, "verified"),
			w.span(line.Closing.Business.Median, line.Closing, days, part, line.Key, "to_close.business_hours.median")}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// loopLine says in a line how the cases in the reader's sight do that were opened in a time, on one journey or on all with
// 0; "" without any.
func (d *Desk) loopLine(c echo.Context, journey int64, p period) (string, error) {
	r := reply.Reader(c)
	l, err := d.Insight.LoopCounts(c.Request().Context(), insight.LoopQuestion{Scope: reply.Actor(c).Scope(), Journey: journey, From: p.from(), To: p.to()})
	switch {
	case err != nil || l.Opened == 0:
		return "", err
	case l.Verified.Share == nil:
		return r.T("loop.hint_few", "opened", l.Opened, "open", l.Open, "overdue", l.Overdue), nil
	}
	share := i18n.Isolate(r.Percent(100**l.Verified.Share, 0))
	return r.T("loop.hint", "opened", l.Opened, "open", l.Open, "overdue", l.Overdue, "share", share), nil
}
