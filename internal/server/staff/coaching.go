package staff

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	faces "github.com/journeyloop/journeyloop/templates/coaching"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// The sheet stands at two addresses: for the supervisor beside what her employee's customers said, for the employee among
// her own pages.
func (d *Desk) coachingRoutes() []reply.Route {
	out := []reply.Route{
		{Method: http.MethodPost, Path: faces.MyPath + "/goals", Guard: reply.Employee, Handle: d.setGoal},
		{Method: http.MethodPost, Path: faces.MyPath + "/goals/:goal", Guard: reply.Employee, Handle: d.closeGoal},
	}
	for _, at := range []struct {
		base  string
		guard reply.Guard
	}{{"/team/employees/:id/coaching", reply.Supervisor}, {faces.MyPath, reply.Employee}} {
		base, guard := at.base, at.guard
		out = append(out,
			reply.Route{Method: http.MethodGet, Path: base, Guard: guard, Handle: d.coachingPage},
			reply.Route{Method: http.MethodPost, Path: base + "/entries", Guard: guard, Handle: d.putOnSheet},
			reply.Route{Method: http.MethodPost, Path: base + "/entries/:entry/withdrawal", Guard: guard, Handle: d.takeOffSheet},
			reply.Route{Method: http.MethodPost, Path: base + "/plan", Guard: guard, Handle: d.planTalk},
			reply.Route{Method: http.MethodPost, Path: base + "/talks", Guard: guard, Handle: d.holdTalk})
	}
	return out
}

// How much of the past a sheet shows, and how far back causes are counted.
const (
	talksOnSheet = 10
	goalsOnSheet = 8
	heardOnSheet = 5
	causesSince  = 365 // days
)

func coachingHref(employee int64) string { return fmt.Sprintf("/team/employees/%d/coaching", employee) }

// coached is whose sheet the address asks for, and where it stands; for a supervisor one in her sight.
func (d *Desk) coached(c echo.Context) (e people.Employee, base string, err error) {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	if c.Param("id") == "" {
		e, err = d.Store.EmployeeByID(ctx, actor.EmployeeID)
		return e, faces.MyPath, err
	}
	id, err := reply.ID(c, "id")
	if err != nil {
		return e, "", err
	}
	e, err = d.Store.EmployeeFor(ctx, actor.Scope(), id)
	return e, coachingHref(id), err
}

func (d *Desk) coachingPage(c echo.Context) error {
	return d.sheetWith(c, http.StatusOK, faces.Form{})
}

// sheetWith shows the sheet, with what a form that came back has to say. Who sees the employee but is none of the two gets
// counts.
func (d *Desk) sheetWith(c echo.Context, status int, form faces.Form) error {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	e, base, err := d.coached(c)
	if err != nil {
		return err
	}
	v := faces.PageView{Base: base, Mine: base == faces.MyPath, Form: form, Example: r.DateField(d.Now())}
	pair, err := d.Coaching.PairOf(ctx, actor, e.ID)
	v.Alone = fault.KindOf(err) == fault.KindMissing
	if err != nil && !v.Alone {
		return err
	}
	if v.Alone && !v.Mine {
		return d.coachingCounts(c, e)
	}
	parts := []func(echo.Context, coaching.Pair, *faces.PageView) error{d.sheetGoals}
	if !v.Alone {
		parts = append(parts, d.sheetLead, d.sheetWay, d.sheetPlan, d.sheetAgenda, d.sheetTalks)
	}
	pair.EmployeeID = e.ID
	for _, part := range parts {
		if err := part(c, pair, &v); err != nil {
			return err
		}
	}
	return reply.Page(c, reply.Frame{Status: status, Title: r.T("coaching.title"), Crumbs: coachingCrumbs(c, e, v.Mine)}, faces.Page(v))
}

func coachingCrumbs(c echo.Context, e people.Employee, mine bool) []ui.Crumb {
	title := ui.Crumb{Text: reply.T(c, "coaching.title")}
	if mine {
		return []ui.Crumb{{Text: reply.T(c, "feedback.title"), Href: "/feedback"}, title}
	}
	return []ui.Crumb{{Text: reply.T(c, "team.title"), Href: "/team"}, {Text: e.Name, Href: fmt.Sprintf("/team/employees/%d", e.ID)}, title}
}

// coachingCounts is what others than the two may know: how often they talked.
func (d *Desk) coachingCounts(c echo.Context, e people.Employee) error {
	r := reply.Reader(c)
	held, err := d.Store.TalksHeld(c.Request().Context(), []int64{e.ID})
	if err != nil {
		return err
	}
	text := r.N("coaching.held", held[e.ID].N)
	if last := held[e.ID].Last; last != nil {
		text += " " + r.T("coaching.held_last", "date", r.Date(*last))
	}
	return reply.Page(c, reply.Frame{Title: r.T("coaching.title"), Crumbs: coachingCrumbs(c, e, false)}, faces.Counts(faces.CountsView{Text: text}))
}

func (d *Desk) sheetLead(c echo.Context, pair coaching.Pair, v *faces.PageView) error {
	names, err := d.Store.EmployeeNames(c.Request().Context(), []int64{pair.EmployeeID, pair.SupervisorID})
	v.Lead = reply.T(c, "coaching.lead", "employee", i18n.Isolate(names[pair.EmployeeID]), "supervisor", i18n.Isolate(names[pair.SupervisorID]))
	return err
}

// sheetWay says how much of what went wrong lay in the way things are done, for her cases and for the company's, so that
// nobody is blamed for the system (methods.md §5.5).
func (d *Desk) sheetWay(c echo.Context, pair coaching.Pair, v *faces.PageView) error {
	ctx, r, since := c.Request().Context(), reply.Reader(c), d.Now().AddDate(0, 0, -causesSince)
	hers, err := d.Store.CausesMet(ctx, pair.EmployeeID, since)
	if err != nil {
		return err
	}
	all, err := d.Store.CausesSince(ctx, since)
	if err != nil {
		return err
	}
	own, company := coaching.CausesOf(hers), coaching.CausesOf(all)
	switch {
	case own.N() == 0:
		v.Way = append(v.Way, r.T("coaching.way_none", "days", causesSince))
	case own.N() < stat.K:
		v.Way = append(v.Way, r.N("coaching.way_hidden", own.N(), "k", stat.K, "days", causesSince))
	default:
		v.Way = append(v.Way, r.T("coaching.way_own", "way", own.Way, "n", own.N(), "people", own.People, "days", causesSince))
		if stat.LevelOf(int64(own.N())) != stat.Solid {
			v.Way = append(v.Way, r.T("coaching.way_few"))
		}
	}
	if company.N() >= stat.K {
		v.Way = append(v.Way, r.T("coaching.way_company", "way", company.Way, "n", company.N(), "people", company.People))
	}
	return nil
}

func (d *Desk) sheetPlan(c echo.Context, pair coaching.Pair, v *faces.PageView) error {
	t, err := d.Store.NextTalk(c.Request().Context(), pair)
	if t.Planned != 0 {
		v.Planned, v.Day = fullDay(reply.Reader(c), t.Planned), reply.Reader(c).DateField(i18n.DayTime(t.Planned))
	}
	if typed := c.FormValue("day"); typed != "" {
		v.Day = typed
	}
	return err
}

// sheetAgenda is what the next talk is prepared with.
func (d *Desk) sheetAgenda(c echo.Context, pair coaching.Pair, v *faces.PageView) error {
	ctx, scope := c.Request().Context(), reply.Actor(c).Scope()
	entries, err := d.Store.EntriesOf(ctx, pair, 0)
	if err != nil {
		return err
	}
	replied, err := d.Store.RepliedFor(ctx, scope, pair)
	if err != nil {
		return err
	}
	items, err := d.sheetItems(c, pair, entries)
	if err != nil {
		return err
	}
	marked := map[[2]int64]bool{}
	seen := map[int64]bool{}
	for i, e := range entries {
		marked[[2]int64{e.ResponseID, e.TouchpointID}], seen[e.ObservationID] = true, true
		if items[i].Kind == coaching.Note {
			v.Notes = append(v.Notes, items[i])
		} else {
			v.Agenda = append(v.Agenda, items[i])
		}
	}
	for _, q := range replied {
		if !marked[[2]int64{q.ResponseID, q.TouchpointID}] {
			quote := quoteView(reply.Reader(c), q, d.Now())
			v.Agenda = append(v.Agenda, faces.Item{Kind: coaching.Feedback, Quote: &quote, By: reply.T(c, "coaching.by_reply")})
		}
	}
	written, err := d.Store.WrittenBy(ctx, scope, pair.EmployeeID, heardOnSheet)
	for _, o := range written {
		if !seen[o.ID] {
			v.Heard = append(v.Heard, faces.Item{Mark: o.ID, Kind: coaching.Observation, Words: o.Words, By: reply.T(c, "observations.kind_"+string(o.Kind))})
		}
	}
	return err
}

// sheetItems shows entries; what a reader may not see, or is no longer there, stands without words.
func (d *Desk) sheetItems(c echo.Context, pair coaching.Pair, entries []coaching.Entry) ([]faces.Item, error) {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	quotes, err := d.Store.QuotesOf(ctx, actor.Scope(), pair.EmployeeID, entries)
	if err != nil {
		return nil, err
	}
	heard, err := d.Store.ObservationsOf(ctx, actor.Scope(), entries)
	if err != nil {
		return nil, err
	}
	names, err := d.Store.EmployeeNames(ctx, []int64{pair.EmployeeID, pair.SupervisorID})
	if err != nil {
		return nil, err
	}
	items := make([]faces.Item, len(entries))
	for i, e := range entries {
		items[i] = faces.Item{ID: e.ID, Kind: e.Kind, Words: e.Words, Withdraw: e.TalkID == 0 && e.AuthorID == actor.EmployeeID,
			By: r.T("coaching.by", "who", i18n.Isolate(names[e.AuthorID]), "date", r.RelativeDay(e.At, d.Now()))}
		if q, ok := quotes[[2]int64{e.ResponseID, e.TouchpointID}]; ok && e.Kind == coaching.Feedback {
			items[i].Quote = d.sheetQuote(r, q)
		}
		if e.Kind == coaching.Observation {
			items[i].Words = heard[e.ObservationID].Words
		}
	}
	return items, nil
}

func (d *Desk) sheetQuote(r *i18n.Reader, q feedback.Quote) *ui.QuoteView {
	v := quoteView(r, q, d.Now())
	v.ID = "" // it may stand in an earlier talk as well
	return &v
}

func (d *Desk) sheetTalks(c echo.Context, pair coaching.Pair, v *faces.PageView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	talks, err := d.Store.TalksOf(ctx, pair, talksOnSheet)
	if err != nil || len(talks) == 0 {
		return err
	}
	entries, err := d.Store.EntriesOf(ctx, pair, ids(talks, func(t coaching.Talk) int64 { return t.ID })...)
	if err != nil {
		return err
	}
	items, err := d.sheetItems(c, pair, entries)
	if err != nil {
		return err
	}
	for _, t := range talks {
		shown := faces.Talk{ID: t.ID, When: r.Date(*t.HeldAt)}
		for i, e := range entries {
			if e.TalkID == t.ID {
				shown.Items = append(shown.Items, items[i])
			}
		}
		v.Talks = append(v.Talks, shown)
	}
	return nil
}

// sheetGoals are her own, with her range when she set them and now.
func (d *Desk) sheetGoals(c echo.Context, pair coaching.Pair, v *faces.PageView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	goals, err := d.Store.GoalsOf(ctx, pair.EmployeeID, goalsOnSheet)
	if err != nil {
		return err
	}
	own, err := d.Insight.Own(ctx, pair.EmployeeID, true)
	if err != nil {
		return err
	}
	for _, g := range goals {
		shown := faces.Goal{ID: g.ID, Words: g.Words, State: g.State, Dates: r.T("coaching.set_on", "date", r.Date(g.SetAt))}
		if g.Until != 0 {
			shown.Dates += " · " + r.T("coaching.until_day", "date", fullDay(r, g.Until))
		}
		shown.Measured = measured(r, g, own)
		v.Goals = append(v.Goals, shown)
	}
	v.Measures = []ui.Option{{Text: r.T("coaching.no_measure")}}
	for _, o := range own {
		if o.Low != nil {
			v.Measures = append(v.Measures, ui.Option{Value: measure(o), Text: o.Name.In(r.Lang())})
		}
	}
	return nil
}

// measure names one of her ranges in a form.
func measure(o insight.Own) string {
	return strconv.FormatInt(o.Touchpoint, 10) + " " + o.Scale.String()
}

// measured says her range when she set a goal and now, as ranges, beside each other and beside nobody else's.
func measured(r *i18n.Reader, g coaching.Goal, own []insight.Own) string {
	if g.TouchpointID == 0 || g.Low == nil {
		return ""
	}
	for _, o := range own {
		if o.Touchpoint == g.TouchpointID && o.Scale == g.Scale && o.Low != nil {
			return r.T("coaching.measured", "touchpoint", i18n.Isolate(o.Name.In(r.Lang())), "then", i18n.Isolate(r.PercentRange(float64(*g.Low), float64(*g.High), 0)), "then_n", g.N,
				"now", i18n.Isolate(r.PercentRange(*o.Low, *o.High, 0)), "n", o.Figure.N)
		}
	}
	return ""
}

// afterSheet answers a change of the sheet: back to it, or the form again.
func (d *Desk) afterSheet(c echo.Context, err error, form faces.Form, done string) error {
	if fields, invalid := reply.Problems(err); invalid {
		form.Problems = fields
		return d.sheetWith(c, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	_, base, err := d.coached(c)
	if err != nil {
		return err
	}
	return reply.Done(c, reply.Local(c.FormValue("back"), base), done)
}

func (d *Desk) putOnSheet(c echo.Context) error {
	e, _, err := d.coached(c)
	if err != nil {
		return err
	}
	kind := coaching.Kind(c.FormValue("kind"))
	form := faces.Form{Topic: lines(c.FormValue("topic")), Note: lines(c.FormValue("note"))}
	draft := coaching.Draft{Kind: kind, Response: reply.FormID(c, "response"), Touchpoint: reply.FormID(c, "touchpoint"), Observation: reply.FormID(c, "observation"), Words: form.Topic}
	if kind == coaching.Note {
		draft.Words = form.Note
	}
	err = d.Coaching.Put(c.Request().Context(), reply.Actor(c), e.ID, draft)
	return d.afterSheet(c, err, form, "coaching.put")
}

func (d *Desk) takeOffSheet(c echo.Context) error {
	e, _, err := d.coached(c)
	if err != nil {
		return err
	}
	entry, err := reply.ID(c, "entry")
	if err != nil {
		return err
	}
	return d.afterSheet(c, d.Coaching.Withdraw(c.Request().Context(), reply.Actor(c), e.ID, entry), faces.Form{}, "coaching.withdrawn")
}

// dayIfTyped reads a date in the reader's calendar; none is 0.
func dayIfTyped(c echo.Context, field string) (int32, error) {
	if strings.TrimSpace(c.FormValue(field)) == "" {
		return 0, nil
	}
	var p fault.Problems
	day := typedDay(c, &p, field)
	return day, p.Err()
}

func (d *Desk) planTalk(c echo.Context) error {
	e, _, err := d.coached(c)
	if err != nil {
		return err
	}
	day, err := dayIfTyped(c, "day")
	if err == nil {
		err = d.Coaching.Plan(c.Request().Context(), reply.Actor(c), e.ID, day)
	}
	return d.afterSheet(c, err, faces.Form{}, "common.saved")
}

func (d *Desk) holdTalk(c echo.Context) error {
	e, _, err := d.coached(c)
	if err != nil {
		return err
	}
	return d.afterSheet(c, d.Coaching.Hold(c.Request().Context(), reply.Actor(c), e.ID), faces.Form{}, "coaching.held_noted")
}

func (d *Desk) setGoal(c echo.Context) error {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	form := faces.Form{Goal: lines(c.FormValue("goal")), Until: c.FormValue("until"), Measure: c.FormValue("measure")}
	until, err := dayIfTyped(c, "until")
	if err == nil {
		var g coaching.Goal
		if g, err = d.measuredBy(ctx, actor.EmployeeID, form.Measure); err != nil {
			return err
		}
		g.Words, g.Until = form.Goal, until
		err = d.Coaching.SetGoal(ctx, actor, g)
	}
	return d.afterSheet(c, err, form, "coaching.goal_set")
}

// measuredBy is a goal with her range as it stands, if she measures it by one.
func (d *Desk) measuredBy(ctx context.Context, employee int64, by string) (g coaching.Goal, err error) {
	if by == "" {
		return g, nil
	}
	own, err := d.Insight.Own(ctx, employee, true)
	for _, o := range own {
		if o.Low != nil && measure(o) == by {
			low, high := int(math.Round(*o.Low)), int(math.Round(*o.High))
			g.TouchpointID, g.Scale, g.Low, g.High, g.N = o.Touchpoint, o.Scale, &low, &high, int(o.Figure.N)
		}
	}
	return g, err
}

func (d *Desk) closeGoal(c echo.Context) error {
	goal, err := reply.ID(c, "goal")
	if err != nil {
		return err
	}
	err = d.Coaching.CloseGoal(c.Request().Context(), reply.Actor(c), goal, coaching.GoalState(c.FormValue("state")))
	return d.afterSheet(c, err, faces.Form{}, "common.saved")
}
