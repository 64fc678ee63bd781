package staff

import (
	"context"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/cases"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// caseFilter reads what the list of cases is narrowed to; what is none of the choices narrows nothing.
func (d *Desk) caseFilter(c echo.Context) casework.Filter {
	now := d.Now().In(d.Zone)
	y, m, day := now.Date()
	return casework.Filter{Need: oneOf(casework.Need(c.QueryParam("need")), casework.Needs...), Whose: oneOf(casework.Whose(c.QueryParam("whose")), casework.Whoses...),
		Stage: oneOf(casework.State(c.QueryParam("state")), casework.Stages...), JourneyID: queryID(c, "journey"), RunID: queryID(c, "run"),
		Cause: oneOf(casework.Cause(c.QueryParam("cause")), casework.Causes...), Severity: severities[c.QueryParam("severity")],
		Overdue: c.QueryParam("overdue") == "1", Reopened: c.QueryParam("reopened") == "1", Customer: typed(c.QueryParam("q")),
		Now: now.UTC().Truncate(time.Minute), DayEnds: time.Date(y, m, day+1, 0, 0, 0, 0, d.Zone).UTC()}
}

var severities = map[string]casework.Severity{"grave": casework.Grave, "normal": casework.Normal}

// caseList is an inbox: what needs the reader now comes first, then everything in her sight.
func (d *Desk) caseList(c echo.Context) error {
	ctx, scope, f := c.Request().Context(), reply.Actor(c).Scope(), d.caseFilter(c)
	found, err := d.Store.CasesFor(ctx, scope, f, reply.Ask(c))
	if err != nil {
		return err
	}
	b, err := d.caseBook(ctx)
	if err != nil {
		return err
	}
	v := cases.ListView{Handed: queryID(c, "handed"), Path: c.Request().URL.RequestURI(), File: fileOf(c, "/cases.csv"), Query: f.Customer, Overdue: f.Overdue, Reopened: f.Reopened, Choices: caseChoices(b.r, f),
		Finer: f.Overdue || f.Reopened || f.JourneyID != 0 || f.Cause != "" || f.Severity != 0,
		Rows:  page.Of[cases.Line]{Total: found.Total, Ask: found.Ask}}
	if casework.MaySetRules(reply.Actor(c), 0) {
		v.Rules = caseRulesPath
	}
	if v.Rows.Rows, err = b.lines(ctx, found.Rows); err != nil {
		return err
	}
	if _, v.Journeys, err = d.journeyOptions(ctx, f.JourneyID); err != nil {
		return err
	}
	lost, err := d.Store.LostMails(ctx, reply.Actor(c).Scope(), page.Ask{Number: 1, Size: 1})
	if err != nil {
		return err
	}
	if lost.Total > 0 {
		v.LostMail = lostPath
	}
	if v.Needs, err = d.caseNeeds(c, b, f); err != nil {
		return err
	}
	if f == (casework.Filter{Now: f.Now, DayEnds: f.DayEnds}) && found.Ask.Number <= 1 {
		if err := b.now(ctx, scope, f, &v); err != nil {
			return err
		}
	}
	if v.Rows.Ask.Sort == "" {
		v.Rows.Ask.Sort = "due"
	}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "cases.title"), Live: true}, cases.List(v))
}

// caseNeeds are what needs the reader now, counted.
func (d *Desk) caseNeeds(c echo.Context, b caseBook, f casework.Filter) ([]cases.Need, error) {
	counts, err := d.Store.CaseNeeds(c.Request().Context(), reply.Actor(c).Scope(), f.Now, f.DayEnds)
	var out []cases.Need
	for _, need := range casework.Needs {
		if n := counts[need]; n > 0 {
			out = append(out, cases.Need{Kind: need, Href: ui.Link("/cases", "need", string(need)), Text: b.r.N("cases.need_"+string(need), n), Tone: needTones[need], Active: f.Need == need})
		}
	}
	return out, err
}

// needShown is how many cases of each kind stand on the page before it is narrowed down.
const needShown = 4

// now shows the most pressing cases of each kind, and says which of all comes first, and why: what is grave before what is
// due sooner; where nothing presses, whatever of hers is due next.
func (b caseBook) now(ctx context.Context, scope people.Scope, f casework.Filter, v *cases.ListView) error {
	f.Whose = casework.Mine
	for i, need := range v.Needs {
		if need.Tone == ui.Plain {
			continue
		}
		found, err := b.d.Store.CasesFor(ctx, scope, casework.Filter{Need: need.Kind, Now: f.Now, DayEnds: f.DayEnds}, page.Ask{Size: needShown, Sort: "press"})
		if err != nil {
			return err
		}
		if v.First == nil && len(found.Rows) > 0 {
			if v.First, err = b.first(ctx, found.Rows[0]); err != nil {
				return err
			}
			v.First.Presses, found.Rows = true, found.Rows[1:]
		}
		if v.Needs[i].Lines, err = b.lines(ctx, found.Rows); err != nil {
			return err
		}
	}
	if v.First != nil {
		return nil
	}
	others, err := b.d.Store.CaseCount(ctx, scope, casework.Filter{Overdue: true, Now: f.Now})
	if err != nil {
		return err
	}
	if others > 0 { // none of them hers
		v.Others = b.r.N("cases.need_others", others)
	}
	found, err := b.d.Store.CasesFor(ctx, scope, f, page.Ask{Size: 1})
	if err == nil && len(found.Rows) > 0 && !found.Rows[0].Due().IsZero() {
		v.First, err = b.first(ctx, found.Rows[0])
	}
	return err
}

// first says why a case comes first.
func (b caseBook) first(ctx context.Context, c casework.Case) (*cases.First, error) {
	lines, err := b.lines(ctx, []casework.Case{c})
	if err != nil {
		return nil, err
	}
	v := &cases.First{Line: lines[0], What: b.r.T("cases.first_contact")}
	if c.State != casework.Open {
		v.What = b.r.T("cases.first_solution")
	}
	triggers, err := b.d.Store.TriggersOf(ctx, c.ID)
	for _, t := range triggers {
		if why := b.r.T("cases.kind_" + string(t.Kind)); !slices.Contains(v.Why, why) {
			v.Why = append(v.Why, why)
		}
	}
	return v, err
}

// needTones are how much each presses; what waits for the customer does not.
var needTones = map[casework.Need]ui.Tone{casework.NeedsHurry: ui.Error, casework.NeedsToday: ui.Warning, casework.NeedsOwner: ui.Info}

// caseChoices are what the filter offers.
func caseChoices(r *i18n.Reader, f casework.Filter) cases.Choices {
	v := cases.Choices{Whose: []ui.Option{{Text: r.T("cases.whose_all")}}, States: []ui.Option{{Text: r.T("cases.stage_open")}}, Causes: []ui.Option{{Text: r.T("common.all")}}}
	for _, whose := range casework.Whoses {
		v.Whose = append(v.Whose, ui.Option{Value: string(whose), Text: r.T("cases.whose_" + string(whose)), Chosen: whose == f.Whose})
	}
	for _, stage := range casework.Stages {
		key := "cases.state_" + string(stage)
		if stage == casework.Over || stage == casework.Everything {
			key = "cases.stage_" + string(stage)
		}
		v.States = append(v.States, ui.Option{Value: string(stage), Text: r.T(key), Chosen: stage == f.Stage})
	}
	for _, cause := range casework.Causes {
		v.Causes = append(v.Causes, ui.Option{Value: string(cause), Text: r.T("cases.cause_" + string(cause)), Chosen: cause == f.Cause})
	}
	v.Severities = []ui.Option{{Text: r.T("common.all")}, {Value: "grave", Text: r.T("cases.grave"), Chosen: f.Severity == casework.Grave},
		{Value: "normal", Text: r.T("cases.normal"), Chosen: f.Severity == casework.Normal}}
	return v
}

// caseBook puts cases into lines.
type caseBook struct {
	d     *Desk
	r     *i18n.Reader
	clock casework.Clock
}

func (d *Desk) caseBook(ctx context.Context) (caseBook, error) {
	week, err := d.Store.Week(ctx)
	return caseBook{d: d, r: i18n.From(ctx), clock: casework.Clock{Week: week, Zone: d.Zone}}, err
}

// around are the names that cases are told with.
type around struct {
	customers map[int64]run.Customer
	owners    map[int64]string
	journeys  map[int64]i18n.Text
}

func (b caseBook) around(ctx context.Context, list []casework.Case) (a around, err error) {
	var customers, owners, journeys []int64
	for _, c := range list {
		customers, owners, journeys = append(customers, c.CustomerID), append(owners, c.OwnerID), append(journeys, c.JourneyID)
	}
	if a.customers, err = b.d.Store.CustomersByID(ctx, customers); err != nil {
		return a, err
	}
	if a.owners, err = b.d.Store.EmployeeNames(ctx, owners); err != nil {
		return a, err
	}
	a.journeys, err = b.d.Store.JourneysByID(ctx, journeys)
	return a, err
}

func (b caseBook) lines(ctx context.Context, list []casework.Case) ([]cases.Line, error) {
	a, err := b.around(ctx, list)
	out := make([]cases.Line, len(list))
	for i, c := range list {
		out[i] = cases.Line{Href: caseHref(c.ID), Customer: customerName(a.customers[c.CustomerID]), State: b.r.T("cases.state_" + string(c.State)),
			Tone: caseTone(c.State), Grave: c.Severity == casework.Grave, Reopened: c.Reopened > 0, Owner: a.owners[c.OwnerID], Opened: c.OpenedAt, Due: b.due(c)}
		out[i].Journey, out[i].JourneyIn = a.journeys[c.JourneyID].Shown(b.r.Lang())
	}
	return out, err
}

// due says how long there is to the deadline of a case, or since when it is past: by the calendar, and in business time.
func (b caseBook) due(c casework.Case) cases.Due {
	at, now := c.Due(), b.d.Now()
	switch {
	case c.Closed():
		return cases.Due{Stands: b.r.T("cases.closed_on", "date", *c.ClosedAt)}
	case c.WaitingSince != nil:
		return cases.Due{Stands: b.r.T("cases.stands_waiting")}
	case at.IsZero():
		return cases.Due{Stands: b.r.T("cases.stands_asked")}
	case c.Overdue(now):
		return cases.Due{At: &at, When: b.moment(at), Overdue: true, Time: b.r.T("cases.late_by", "time", b.span(now.Sub(at))), Business: b.business(at, now)}
	}
	return cases.Due{At: &at, When: b.moment(at), Time: b.r.T("cases.left", "time", b.span(at.Sub(now))), Business: b.business(now, at)}
}

func (b caseBook) business(from, to time.Time) string {
	return b.r.T("cases.business_time", "time", b.span(b.clock.Between(from, to)))
}

// span is a time in words, without the seconds of a longer one.
func (b caseBook) span(d time.Duration) string {
	if d > time.Minute {
		d = d.Truncate(time.Minute)
	}
	return b.r.Duration(d)
}

// moment is when something is due: the midnight after a day is the end of that day.
func (b caseBook) moment(at time.Time) string {
	if local := at.In(b.d.Zone); local.Hour() == 0 && local.Minute() == 0 {
		return b.r.T("cases.end_of_day", "date", b.r.Date(at.Add(-time.Minute)))
	}
	return b.r.DateTime(at)
}

// exportCases hands over the cases of the list, with their customers: whoever has a case in sight may know whose it is.
func (d *Desk) exportCases(c echo.Context) error {
	ctx, scope, f := c.Request().Context(), reply.Actor(c).Scope(), d.caseFilter(c)
	n, err := d.Store.CaseCount(ctx, scope, f)
	if err != nil {
		return err
	}
	b, err := d.caseBook(ctx)
	if err != nil {
		return err
	}
	e := export{what: "cases", rows: n, columns: []string{reply.T(c, "cases.customer"), reply.T(c, "cases.journey"), reply.T(c, "cases.state"), reply.T(c, "cases.severity"), reply.T(c, "cases.owner"),
		reply.T(c, "cases.opened"), reply.T(c, "cases.contact_due"), reply.T(c, "cases.contacted_at"), reply.T(c, "cases.resolve_due"), reply.T(c, "cases.closed_at"), reply.T(c, "cases.reopened"), reply.T(c, "cases.code_main")}}
	return d.export(c, e, func(sheet *reply.Sheet) error {
		return d.Store.EachCase(ctx, scope, f, func(list []casework.Case) error { return b.rows(ctx, sheet, list) })
	})
}

func (b caseBook) rows(ctx context.Context, sheet *reply.Sheet, list []casework.Case) error {
	a, err := b.around(ctx, list)
	if err != nil {
		return err
	}
	for _, c := range list {
		severity, cause := "cases.normal", ""
		if c.Severity == casework.Grave {
			severity = "cases.grave"
		}
		if c.Cause != "" {
			cause = b.r.T("cases.cause_" + string(c.Cause))
		}
		err := sheet.Row(customerName(a.customers[c.CustomerID]), a.journeys[c.JourneyID].In(b.r.Lang()), b.r.T("cases.state_"+string(c.State)), b.r.T(severity), a.owners[c.OwnerID],
			c.OpenedAt, c.ContactDue, c.ContactedAt, c.ResolveDue, c.ClosedAt, c.Reopened, cause)
		if err != nil {
			return err
		}
	}
	return sheet.Flush()
}

func caseTone(s casework.State) ui.Tone {
	switch s {
	case casework.Open:
		return ui.Warning
	case casework.Verified:
		return ui.Success
	case casework.Contacted, casework.Working, casework.Proposed:
		return ui.Info
	}
	return ui.Plain
}
