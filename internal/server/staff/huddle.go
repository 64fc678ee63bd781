package staff

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/survey"
	faces "github.com/journeyloop/journeyloop/templates/huddle"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) huddleRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: faces.Path, Guard: reply.Signed, Handle: d.huddlePage},
		{Method: http.MethodPost, Path: faces.Path + "/try", Guard: reply.Signed, Handle: d.writeTry},
		{Method: http.MethodPost, Path: faces.Path + "/outcome", Guard: reply.Signed, Handle: d.noteTry},
	}
}

// How much of each a meeting of a quarter of an hour goes through.
const (
	praiseAtHuddle  = 3
	casesAtHuddle   = 6
	promisesAtOnce  = 6
	heardAtHuddle   = 3
	lookedThrough   = 40 // among which that much is found that may be read out
	praiseReachesTo = 30 // days back, where none has come since (methods.md §5.5)
	speaksFor       = 90 // days that a suggestion looks back
)

// meeting is one team's, as it stands now.
type meeting struct {
	team    people.Team
	scope   people.Scope
	members []people.Employee
	since   time.Time // the beginning of the last working day
	today   int32
}

func (m meeting) names() []string {
	out := make([]string, len(m.members))
	for i, e := range m.members {
		out[i] = e.Name
	}
	return out
}

// huddled is the meeting that the address asks for: that of the asker's own team where it asks for none, or of the first
// she supervises.
func (d *Desk) huddled(c echo.Context) (m meeting, choices []ui.Option, err error) {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return m, nil, err
	}
	own := int64(0)
	if actor.EmployeeID != 0 {
		me, err := d.Store.EmployeeByID(ctx, actor.EmployeeID)
		if err != nil {
			return m, nil, err
		}
		own = me.TeamID
	}
	teams := insight.Arrange(tree, teamsInSight(actor))
	m.team = tree.Teams[d.whichTeam(c, own, teams)]
	if m.scope, err = d.Coaching.Meeting(ctx, actor, m.team.ID); err != nil {
		return m, nil, err
	}
	if m.members, err = d.Store.Members(ctx, m.team.ID); err != nil {
		return m, nil, err
	}
	week, err := d.Store.Week(ctx)
	m.today = i18n.Day(d.Now(), d.Zone)
	m.since = i18n.DayStart(coaching.LastWorkingDay(week, m.today), d.Zone).UTC()
	return m, teamChoices(reply.Reader(c), tree, teams, own, m.team.ID), err
}

func (d *Desk) whichTeam(c echo.Context, own int64, teams []insight.TeamLine) int64 {
	if asked := reply.FormID(c, "team"); asked != 0 {
		return asked
	}
	if own == 0 && len(teams) > 0 {
		return teams[0].Team.ID
	}
	return own
}

// teamChoices are the teams whose meetings somebody may join; none where there is one.
func teamChoices(r *i18n.Reader, tree people.Tree, teams []insight.TeamLine, own, chosen int64) []ui.Option {
	var out []ui.Option
	add := func(t people.Team) {
		out = append(out, ui.Option{Value: strconv.FormatInt(t.ID, 10), Text: t.Name.In(r.Lang()), Chosen: t.ID == chosen})
	}
	if own != 0 && !slices.ContainsFunc(teams, func(l insight.TeamLine) bool { return l.Team.ID == own }) {
		add(tree.Teams[own])
	}
	for _, l := range teams {
		add(l.Team)
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

func (d *Desk) huddlePage(c echo.Context) error {
	return d.huddleWith(c, http.StatusOK, func(*faces.PageView) {})
}

// huddleWith shows the agenda, with what a form that came back has to say.
func (d *Desk) huddleWith(c echo.Context, status int, typed func(*faces.PageView)) error {
	r := reply.Reader(c)
	m, choices, err := d.huddled(c)
	if err != nil {
		return err
	}
	v := faces.PageView{TeamID: m.team.ID, Teams: choices, Here: huddleHref(m.team.ID), Screen: c.QueryParam("screen") == "1",
		Since: r.RelativeDay(m.since, d.Now()), Today: r.T("huddle.today", "day", fullDay(r, m.today), "since", r.RelativeDay(m.since, d.Now())), Small: len(m.members) < stat.K}
	v.Team, v.TeamIn = m.team.Name.Shown(r.Lang())
	for _, part := range []func(echo.Context, meeting, *faces.PageView) error{d.huddlePraise, d.huddleCases, d.huddlePromises, d.huddleHeard, d.huddleTries} {
		if err := part(c, m, &v); err != nil {
			return err
		}
	}
	typed(&v)
	title := r.T("huddle.title")
	return reply.Page(c, reply.Frame{Status: status, Title: title, Live: true, Crumbs: d.huddleCrumbs(c, title)}, faces.Page(v))
}

func (d *Desk) huddleCrumbs(c echo.Context, title string) []ui.Crumb {
	if reply.Supervisor.Admits(reply.Actor(c)) {
		return []ui.Crumb{{Text: reply.T(c, "team.title"), Href: "/team"}, {Text: title}}
	}
	return []ui.Crumb{{Text: reply.T(c, "feedback.title"), Href: "/feedback"}, {Text: title}}
}

func huddleHref(team int64) string { return ui.Link(faces.Path, "team", strconv.FormatInt(team, 10)) }

// huddlePraise are words to be read out: those that came since the last working day, or else the latest.
func (d *Desk) huddlePraise(c echo.Context, m meeting, v *faces.PageView) error {
	var err error
	if v.Praise, err = d.readOut(c, m, m.since, praiseAtHuddle); err != nil || len(v.Praise) > 0 {
		return err
	}
	v.Praise, err = d.readOut(c, m, d.Now().AddDate(0, 0, -praiseReachesTo), 1)
	v.Older = len(v.Praise) > 0
	return err
}

func (d *Desk) readOut(c echo.Context, m meeting, since time.Time, most int) ([]faces.Praise, error) {
	ctx, r := c.Request().Context(), reply.Reader(c)
	said, err := d.Store.TeamWordsFor(ctx, m.scope, store.TeamWords{Since: since, Mood: stat.Positive}, page.Ask{Size: lookedThrough})
	if err != nil {
		return nil, err
	}
	shared, err := d.Store.SharedBy(ctx, m.scope, said.Rows)
	if err != nil {
		return nil, err
	}
	var out []faces.Praise
	for _, q := range said.Rows {
		by := shared[[2]int64{q.ResponseID, q.TouchpointID}]
		if len(out) == most || !q.Praises() || len(by) == 0 && (q.Anonymity == survey.Anonymous || !coaching.MayBeRead(q.Words(), m.names())) {
			continue
		}
		p := faces.Praise{Words: q.Words(), For: r.T("huddle.for_somebody")}
		if len(by) > 0 {
			p.For = r.T("huddle.for", "who", ui.Listed(ctx, m.called(by)))
		}
		p.Where, p.WhereIn = q.Touchpoint.Shown(r.Lang())
		out = append(out, p)
	}
	return out, nil
}

func (m meeting) called(ids []int64) []string {
	var out []string
	for _, e := range m.members {
		if slices.Contains(ids, e.ID) {
			out = append(out, e.Name)
		}
	}
	return out
}

// huddleCases are those that somebody has to take.
func (d *Desk) huddleCases(c echo.Context, m meeting, v *faces.PageView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	unowned, err := d.Store.CasesFor(ctx, m.scope, casework.Filter{Need: casework.NeedsOwner, Now: d.Now()}, page.Ask{Size: casesAtHuddle})
	if err != nil {
		return err
	}
	overdue, err := d.Store.CasesFor(ctx, m.scope, casework.Filter{Overdue: true, Now: d.Now()}, page.Ask{Size: casesAtHuddle})
	if err != nil {
		return err
	}
	v.Unowned, v.Overdue = unowned.Total, overdue.Total
	rows := append(unowned.Rows, slices.DeleteFunc(overdue.Rows, func(o casework.Case) bool { return o.OwnerID == 0 })...)
	rows = rows[:min(len(rows), casesAtHuddle)]
	places, err := d.Store.TouchpointsByID(ctx, ids(rows, func(o casework.Case) int64 { return o.TouchpointID }))
	if err != nil {
		return err
	}
	for _, o := range rows {
		line := faces.Case{Where: r.T("huddle.whole_journey"), Why: r.T("huddle.nobody_has_it")}
		if o.OwnerID != 0 {
			line.Why = r.T("huddle.overdue_since", "when", r.RelativeDay(o.Due(), d.Now()))
		}
		if o.TouchpointID != 0 {
			line.Where, line.WhereIn = places[o.TouchpointID].Name.Shown(r.Lang())
		}
		if reply.Actor(c).MaySupervise(m.team.ID) {
			line.Href = caseHref(o.ID) + "/handover"
		}
		v.Cases = append(v.Cases, line)
	}
	return nil
}

func ids[T any](rows []T, of func(T) int64) []int64 {
	out := make([]int64, len(rows))
	for i, row := range rows {
		out[i] = of(row)
	}
	return out
}

// huddlePromises are those that can still be kept today and tomorrow, and those of today that were not.
func (d *Desk) huddlePromises(c echo.Context, m meeting, v *faces.PageView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	from, until := i18n.DayStart(m.today, d.Zone), i18n.DayStart(m.today+2, d.Zone)
	due, err := d.Store.DuePromises(ctx, m.scope, from.UTC(), until.UTC(), page.Ask{Size: promisesAtOnce})
	if err != nil {
		return err
	}
	places, err := d.Store.TouchpointsByID(ctx, ids(due.Rows, func(p store.Due) int64 { return p.TouchpointID }))
	if err != nil {
		return err
	}
	v.Promises = due.Total
	for _, p := range due.Rows {
		line := faces.Promise{Run: p.Run, Due: r.RelativeDateTime(p.PromiseDue, d.Now()), At: p.PromiseDue}
		line.Where, line.WhereIn = places[p.TouchpointID].Name.Shown(r.Lang())
		if reply.Actor(c).MaySupervise(m.team.ID) {
			line.Href = fmt.Sprintf("/runs/%d", p.RunID)
		}
		v.Due = append(v.Due, line)
	}
	return nil
}

// huddleHeard is what was written down since the last working day. A wish tells of nobody; everything else only where it may
// be read out.
func (d *Desk) huddleHeard(c echo.Context, m meeting, v *faces.PageView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	heard, err := d.Store.HeardBy(ctx, m.scope, m.since, lookedThrough)
	if err != nil {
		return err
	}
	heard = slices.DeleteFunc(heard, func(o observation.Observation) bool {
		if o.Kind == observation.Wish {
			return coaching.Names(o.Words, m.names())
		}
		return !coaching.MayBeRead(o.Words, m.names())
	})
	heard = heard[:min(len(heard), heardAtHuddle)]
	places, err := d.Store.TouchpointsByID(ctx, ids(heard, func(o observation.Observation) int64 { return o.TouchpointID }))
	if err != nil {
		return err
	}
	for _, o := range heard {
		line := faces.Heard{Kind: r.T("observations.kind_" + string(o.Kind)), Words: o.Words}
		line.Where, line.WhereIn = places[o.TouchpointID].Name.Shown(r.Lang())
		v.Heard = append(v.Heard, line)
	}
	return nil
}

// huddleTries is what the team tried last, and what it tries today.
func (d *Desk) huddleTries(c echo.Context, m meeting, v *faces.PageView) error {
	ctx := c.Request().Context()
	tries, err := d.Store.TriesOf(ctx, m.team.ID, 2)
	if err != nil {
		return err
	}
	suggested, found := coaching.Try{}, false
	if len(tries) == 0 || tries[0].Day != m.today {
		if suggested, found, err = d.suggestTry(ctx, m); err != nil {
			return err
		}
	}
	places, err := d.Store.TouchpointsByID(ctx, ids(append(slices.Clone(tries), suggested), func(t coaching.Try) int64 { return t.TouchpointID }))
	if err != nil {
		return err
	}
	if found {
		t := triedView(reply.Reader(c), suggested, places)
		v.Tries.Suggested = &t
	}
	for _, t := range tries {
		shown := triedView(reply.Reader(c), t, places)
		switch {
		case t.Day == m.today:
			v.Tries.Today = &shown
		case v.Last == nil:
			shown.When = fullDay(reply.Reader(c), t.Day)
			v.Last = &shown
		}
	}
	return nil
}

// triedView says a try in words, with what speaks for it.
func triedView(r *i18n.Reader, t coaching.Try, places map[int64]journey.Touchpoint) faces.Tried {
	v := faces.Tried{Day: t.Day, Outcome: t.Outcome, Remark: t.Remark, Own: t.Rule == coaching.Own, Text: t.About}
	switch t.Rule {
	case coaching.ByCause:
		v.Text = r.T("huddle.try_" + t.About)
		v.Basis = r.T("huddle.basis_cause", "n", t.N, "whole", t.Whole, "days", speaksFor, "cause", i18n.Isolate(r.T("cases.cause_"+t.About)))
	case coaching.ByWord:
		v.Text = r.T("huddle.try_word", "word", i18n.Isolate(t.About))
		v.Basis = r.T("huddle.basis_word", "n", t.N, "whole", t.Whole, "days", speaksFor)
	case coaching.ByFix:
		v.Text = r.T("huddle.try_fix", "touchpoint", i18n.Isolate(places[t.TouchpointID].Name.In(r.Lang())))
		v.Basis = r.T("huddle.basis_fix", "n", t.N, "whole", t.Whole, "days", speaksFor)
	}
	if v.Basis != "" && stat.LevelOf(int64(t.Whole)) != stat.Solid {
		v.Basis += " " + r.T("huddle.few")
	}
	return v
}

// suggestTry asks the rules in their order; the later ones cost more, and are not asked in vain.
func (d *Desk) suggestTry(ctx context.Context, m meeting) (coaching.Try, bool, error) {
	since := d.Now().AddDate(0, 0, -speaksFor)
	counted, err := d.Store.CausesServed(ctx, m.scope, since)
	if err != nil {
		return coaching.Try{}, false, err
	}
	if t, ok := coaching.ByCases(counted); ok {
		return t, true, nil
	}
	said, err := d.Insight.Contrast(ctx, m.scope, insight.WordsQuestion{Teams: true, From: since})
	if err != nil {
		return coaching.Try{}, false, err
	}
	if len(said.Languages) > 0 {
		if unhappy := said.Languages[0].Unhappy; len(unhappy) > 0 {
			t, ok := coaching.Suggested(coaching.ByWord, coaching.Said{Word: unhappy[0].Spelt, N: int(unhappy[0].Low), Whole: said.Languages[0].Low})
			return t, ok, nil
		}
	}
	fixes, err := d.worthMending(ctx, m)
	t, ok := coaching.Suggested(coaching.ByFix, fixes...)
	return t, ok, err
}

// worthMending are the touchpoints at which the team was rated and their journeys would gain from mending, those with the
// most dissatisfied first. Of the journeys nothing else is told, so that it does not matter who leads them.
func (d *Desk) worthMending(ctx context.Context, m meeting) (out []coaching.Said, err error) {
	rated, err := d.Store.TouchpointsOfTeamWords(ctx, m.scope, store.TeamWords{Since: d.Now().AddDate(0, 0, -speaksFor)})
	if err != nil {
		return nil, err
	}
	for _, t := range rated {
		journeys, err := d.Store.JourneysOfTouchpoint(ctx, people.System().Scope(), t.ID)
		if err != nil {
			return nil, err
		}
		for _, j := range journeys {
			fixes, err := d.Insight.FixFirst(ctx, j.ID, m.today-speaksFor+1, m.today)
			if err != nil {
				return nil, err
			}
			for _, f := range fixes.List {
				if f.ID == t.ID {
					out = append(out, coaching.Said{TouchpointID: t.ID, N: int(f.Bad), Whole: int(f.Rated)})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b coaching.Said) int { return b.N - a.N })
	return out, nil
}

func (d *Desk) writeTry(c echo.Context) error {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	t := coaching.Try{Rule: coaching.Own, About: lines(c.FormValue("about"))}
	team := reply.FormID(c, "team")
	if team == 0 {
		return d.ofNoTeam(c)
	}
	if c.FormValue("take") == "1" {
		m, _, err := d.huddled(c)
		if err != nil {
			return err
		}
		found := false
		if t, found, err = d.suggestTry(ctx, m); err != nil {
			return err
		}
		if !found {
			return fault.Conflict("huddle.try_missing")
		}
	}
	err := d.Coaching.Try(ctx, actor, team, t)
	if fields, invalid := reply.Problems(err); invalid {
		return d.huddleWith(c, http.StatusUnprocessableEntity, func(v *faces.PageView) { v.Tries.Typed, v.Tries.Problems = t.About, fields })
	}
	if err != nil {
		return err
	}
	return reply.Done(c, huddleHref(team)+"#try", "huddle.try_written")
}

// ofNoTeam refuses a form that names no team: it is not taken to be of the asker's own.
func (d *Desk) ofNoTeam(c echo.Context) error {
	return d.huddleWith(c, http.StatusUnprocessableEntity, func(v *faces.PageView) {
		v.Problem, v.Tries.Typed = reply.T(c, "huddle.missing"), lines(c.FormValue("about"))
	})
}

func (d *Desk) noteTry(c echo.Context) error {
	team, remark := reply.FormID(c, "team"), lines(c.FormValue("remark"))
	if team == 0 {
		return d.ofNoTeam(c)
	}
	day := int32(min(reply.FormID(c, "day"), 1<<30))
	outcome := coaching.Outcome(c.FormValue("outcome"))
	err := d.Coaching.Note(c.Request().Context(), reply.Actor(c), team, day, outcome, remark)
	if fields, invalid := reply.Problems(err); invalid {
		return d.huddleWith(c, http.StatusUnprocessableEntity, func(v *faces.PageView) {
			if v.Last != nil {
				v.Last.Remark, v.Last.Problems = remark, fields
			}
		})
	}
	if err != nil {
		return err
	}
	return reply.Done(c, huddleHref(team)+"#last", "huddle.outcome_noted")
}
