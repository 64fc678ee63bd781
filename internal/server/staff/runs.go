package staff

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/runs"
	"github.com/journeyloop/journeyloop/templates/settings"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) runRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/runs", Guard: reply.Leader, Handle: d.runList},
		{Method: http.MethodGet, Path: "/runs/:id", Guard: reply.Signed, Handle: d.runPage},
	}
}

// runList lists the walks in sight. A date that is none is told, and the list shown without it.
func (d *Desk) runList(c echo.Context) error {
	ctx, r, scope := c.Request().Context(), reply.Reader(c), reply.Actor(c).Scope()
	f, problems := d.runFilter(c)
	v := runs.ListView{Path: c.Request().URL.RequestURI(), Key: f.Key, State: f.State, From: c.QueryParam("from"), To: c.QueryParam("to"), Problems: problems}
	if len(problems) == 0 {
		v.File = fileOf(c, "/runs.csv")
	}
	if f.Broken != 0 {
		at, err := d.Store.TouchpointFor(ctx, scope, f.Broken)
		if err != nil {
			return err
		}
		v.Broken = []ui.Option{{Value: "", Text: r.T("common.all")}, {Value: c.QueryParam("broken"), Text: at.Name.In(r.Lang()), Chosen: true}}
	}
	found, err := d.Store.RunsFor(ctx, scope, f, reply.Ask(c))
	if err != nil {
		return err
	}
	names, options, err := d.journeyOptions(ctx, f.JourneyID)
	if err != nil {
		return err
	}
	v.Journeys = options
	v.Rows = page.Of[runs.Line]{Total: found.Total, Ask: found.Ask}
	for _, l := range found.Rows {
		name, other := names[l.Run.JourneyID].Shown(r.Lang())
		v.Rows.Rows = append(v.Rows.Rows, runs.Line{Href: runHref(l.Run.ID), Key: l.Run.Key, Journey: name, JourneyIn: other, State: l.Run.State,
			Opened: l.Run.OpenedAt, Last: l.Run.LastContactAt, Contacts: l.Contacts, Answered: l.Answered})
	}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "runs.title")}, runs.List(v))
}

// runFilter reads what the list of walks is narrowed to.
func (d *Desk) runFilter(c echo.Context) (f run.Filter, problems []fault.Field) {
	r := reply.Reader(c)
	y, m, day := d.Now().In(d.Zone).Date()
	f = run.Filter{JourneyID: queryID(c, "journey"), Key: c.QueryParam("key"), Broken: queryID(c, "broken"), Today: time.Date(y, m, day, 0, 0, 0, 0, d.Zone).UTC(), State: oneOf(run.State(c.QueryParam("state")), run.Open, run.Completed, run.Abandoned)}
	f.From = readDay(r, "from", c.QueryParam("from"), 0, &problems)
	f.Until = readDay(r, "to", c.QueryParam("to"), 1, &problems)
	return f, problems
}

// readDay reads a day of a filter; later moves it, so that "until" includes its day.
func readDay(r *i18n.Reader, name, typed string, later int, problems *[]fault.Field) *time.Time {
	if typed == "" {
		return nil
	}
	day, err := r.ParseDate(typed)
	if err != nil {
		key, args := r.DateProblem(err)
		*problems = append(*problems, fault.Field{Name: name, Key: key, Args: args})
		return nil
	}
	day = day.AddDate(0, 0, later).UTC()
	return &day
}

// journeyOptions are the journeys that a list can be narrowed to: those the asker can open.
func (d *Desk) journeyOptions(ctx context.Context, chosen int64) (map[int64]i18n.Text, []ui.Option, error) {
	r, scope := i18n.From(ctx), people.From(ctx).Scope()
	all, err := d.Store.Journeys(ctx)
	names := make(map[int64]i18n.Text, len(all))
	options := []ui.Option{{Value: "", Text: r.T("common.all")}}
	for _, j := range all {
		names[j.ID] = j.Name
		if !scope.Company() && !slices.Contains(scope.Journeys(), j.ID) {
			if _, err := d.Store.JourneyFor(ctx, scope, j.ID); fault.KindOf(err) == fault.KindMissing {
				continue
			}
		}
		options = append(options, ui.Option{Value: strconv.FormatInt(j.ID, 10), Text: j.Name.In(r.Lang()), Chosen: j.ID == chosen})
	}
	return names, options, err
}

func queryID(c echo.Context, name string) int64 {
	n, err := strconv.ParseInt(c.QueryParam(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func runHref(id int64) string { return fmt.Sprintf("/runs/%d", id) }

func (d *Desk) runPage(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), reply.Actor(c)
	walk, err := d.Store.WalkFor(ctx, actor.Scope(), id)
	if err != nil {
		return err
	}
	p := walkPage{d: d, ctx: ctx, r: reply.Reader(c), actor: actor, walk: walk}
	v, err := p.view()
	if err != nil {
		return err
	}
	return reply.Page(c, reply.Frame{Title: v.Journey, Crumbs: []ui.Crumb{whence(c, actor), {Text: v.Key}}, Live: true}, runs.Page(v))
}

// whence is the list from which somebody comes to a walk: of all walks, else of a team's words, else of her own feedback.
func whence(c echo.Context, a people.Actor) ui.Crumb {
	switch {
	case reply.Leader.Admits(a):
		return ui.Crumb{Text: reply.T(c, "runs.title"), Href: "/runs"}
	case reply.Supervisor.Admits(a):
		return ui.Crumb{Text: reply.T(c, "team.title"), Href: "/team"}
	}
	return ui.Crumb{Text: reply.T(c, "feedback.title"), Href: "/feedback"}
}

// walkPage puts one walk together as one reader may see it.
type walkPage struct {
	d     *Desk
	ctx   context.Context
	r     *i18n.Reader
	actor people.Actor
	walk  run.Walk

	touchpoints map[int64]journey.Touchpoint
	names       map[int64]string // of employees
	tree        people.Tree
	response    *feedback.Response
	history     []feedback.Response
	invitation  *survey.Invitation
	anonymity   survey.Anonymity
	week        run.Week
}

func (p *walkPage) view() (runs.PageView, error) {
	for _, load := range []func() error{p.loadAnswer, p.loadInvitation, p.loadNames} {
		if err := load(); err != nil {
			return runs.PageView{}, err
		}
	}
	w, scope := p.walk.Run, p.actor.Scope()
	journeys, err := p.d.Store.JourneysByID(p.ctx, []int64{w.JourneyID})
	if err != nil {
		return runs.PageView{}, err
	}
	name, other := journeys[w.JourneyID].Shown(p.r.Lang())
	v := runs.PageView{Key: w.Key, Journey: name, JourneyIn: other, State: w.State, Opened: w.OpenedAt, Last: w.LastContactAt, Ended: w.EndedAt,
		Contacts: p.contacts(), Invitation: p.asked()}
	if _, err := p.d.Store.JourneyFor(p.ctx, scope, w.JourneyID); err == nil && reply.Leader.Admits(p.actor) {
		v.JourneyHref = fmt.Sprintf("/journeys/%d", w.JourneyID)
	} else if err != nil && fault.KindOf(err) != fault.KindMissing {
		return v, err
	}
	if i := p.invitation; i != nil && mayHandOver(*i, p.d.Now()) {
		v.HandOver = runHref(w.ID) + "/handover"
	}
	p.customer(&v)
	if p.response != nil {
		a := p.answer(*p.response)
		v.Answer = &a
	}
	for _, h := range p.history {
		v.Replaced = append(v.Replaced, p.answer(h))
	}
	if v.Cases, err = p.cases(); err != nil {
		return v, err
	}
	if p.walk.MayIdentify(scope) {
		v.Ledger, err = p.ledger()
	}
	return v, err
}

// cases lead to those about the walk; not from what was said in confidence, since they name the customer.
func (p *walkPage) cases() (out []ui.Crumb, err error) {
	if p.response != nil && p.anonymity != survey.Identified {
		return nil, nil
	}
	found, err := p.d.Store.CasesFor(p.ctx, p.actor.Scope(), casework.Filter{RunID: p.walk.Run.ID, Stage: casework.Everything}, page.Ask{})
	for _, c := range found.Rows {
		out = append(out, ui.Crumb{Text: p.r.T("cases.state_" + string(c.State)), Href: caseHref(c.ID)})
	}
	return out, err
}

func (p *walkPage) loadAnswer() error {
	found, err := p.d.Store.ResponseOf(p.ctx, p.walk.Run.ID)
	switch {
	case fault.KindOf(err) == fault.KindMissing:
		return nil
	case err != nil:
		return err
	}
	if p.response, p.anonymity = &found, found.Anonymity; found.Anonymity == survey.Anonymous {
		// Her walk tells who she is: what she said is read among the words of others only.
		found = feedback.Response{ID: found.ID, Anonymity: found.Anonymity, AnsweredAt: monday(found.AnsweredAt, p.d.Zone)}
		return nil
	}
	p.history, err = p.d.Store.HistoryOf(p.ctx, found.ID)
	return err
}

func (p *walkPage) loadInvitation() error {
	found, err := p.d.Store.InvitationOfRun(p.ctx, p.walk.Run.ID)
	if fault.KindOf(err) == fault.KindMissing {
		return nil
	}
	p.invitation = &found
	return err
}

func (p *walkPage) loadNames() error {
	touchpoints, employees := p.walk.Met(), []int64{}
	for _, c := range p.walk.Contacts {
		for _, who := range c.People {
			employees = append(employees, who.EmployeeID)
		}
	}
	answers := p.history
	if p.response != nil {
		answers = append(slices.Clone(answers), *p.response)
	}
	for _, a := range answers {
		for _, rating := range a.Ratings {
			touchpoints = append(touchpoints, rating.TouchpointID)
			for _, at := range rating.Attributions {
				employees = append(employees, at.EmployeeID)
			}
		}
	}
	var err error
	if p.week, err = p.d.Store.Week(p.ctx); err != nil {
		return err
	}
	if p.touchpoints, err = p.d.Store.TouchpointsByID(p.ctx, touchpoints); err != nil {
		return err
	}
	if p.names, err = p.d.Store.EmployeeNames(p.ctx, employees); err != nil {
		return err
	}
	p.tree, err = p.d.Store.Tree(p.ctx)
	return err
}

// customer names the customer to who may know, unless words on this page were given in confidence.
func (p *walkPage) customer(v *runs.PageView) {
	c := p.walk.Customer
	switch {
	case c.ID == 0, c.ErasedAt != nil:
		v.HiddenKey = "runs.customer_unknown"
	case !p.walk.MayIdentify(p.actor.Scope()):
		v.HiddenKey = "runs.customer_hidden"
	case p.response != nil && p.anonymity != survey.Identified:
		v.HiddenKey = "runs.customer_confidential"
	default:
		v.Customer, v.CustomerHref = customerName(c), fmt.Sprintf("/customers/%d", c.ID)
	}
}

// customerName is how a customer is called: by her name, else by her key; nobody knows any more how one is who was erased.
func customerName(c run.Customer) string {
	if c.ErasedAt != nil {
		return "—"
	}
	return cmp.Or(c.Name, c.Key)
}

func (p *walkPage) team(id int64) string { return p.tree.Teams[id].Name.In(p.r.Lang()) }

// contacts shows each contact with the wait before it, and the first at a touchpoint with its rating.
func (p *walkPage) contacts() []ui.Contact {
	out := make([]ui.Contact, 0, len(p.walk.Contacts))
	rated := map[int64]bool{}
	var last time.Time
	for i, c := range p.walk.Contacts {
		x := c.Interaction
		tp := p.touchpoints[x.TouchpointID]
		name, other := tp.Name.Shown(p.r.Lang())
		v := ui.Contact{At: x.StartedAt, Touchpoint: name, TouchpointIn: other, Topic: x.Topic, Marks: p.marks(x, tp)}
		if i > 0 {
			v.Wait = max(0, x.StartedAt.Sub(last))
			v.Long = brokenBetween(p.walk.Contacts[:i], last, x.StartedAt)
		}
		last = over(x)
		if hasTouchpoint(p.actor, x.TouchpointID) {
			v.Href = fmt.Sprintf("/touchpoints/%d", x.TouchpointID)
		}
		for _, who := range c.People {
			if v.Team == "" {
				v.Team = p.team(who.TeamID)
			}
			if name := p.names[who.EmployeeID]; name != "" {
				v.People = append(v.People, name)
			}
		}
		v.Note, v.NoteTone = p.promise(x)
		if rating := p.rating(x.TouchpointID); rating != nil && !rated[x.TouchpointID] {
			rated[x.TouchpointID] = true
			v.Mood, v.Score = rating.Scale.Mood(rating.Value), ui.ScoreOf(p.r, rating.Scale, rating.Value)
		}
		out = append(out, v)
	}
	return out
}

// over is when a contact ended, or began where its end is not known.
func over(x run.Interaction) time.Time {
	if x.EndedAt != nil && x.EndedAt.After(x.StartedAt) {
		return *x.EndedAt
	}
	return x.StartedAt
}

// brokenBetween reports whether a promise made before fell due during the wait and was not kept by then.
func brokenBetween(before []run.Contact, from, until time.Time) bool {
	return slices.ContainsFunc(before, func(c run.Contact) bool {
		due, kept := c.Interaction.PromiseDue, c.Interaction.PromiseKept
		return due != nil && due.After(from) && due.Before(until) && (kept == nil || kept.After(*due))
	})
}

// hasTouchpoint reports whether the actor has a page of the touchpoint.
func hasTouchpoint(a people.Actor, touchpoint int64) bool {
	return a.Manager || slices.Contains(a.Owns, touchpoint)
}

func (p *walkPage) marks(x run.Interaction, tp journey.Touchpoint) []ui.Mark {
	var out []ui.Mark
	channel := x.Channel
	if channel == "" {
		channel = tp.Channel
	}
	if channel != "" {
		out = append(out, ui.Mark{Text: p.word("channel.", channel)})
	}
	if x.Resolved != nil && *x.Resolved {
		out = append(out, ui.Mark{Tone: ui.Success, Text: p.r.T("runs.resolved")})
	} else if x.Resolved != nil {
		out = append(out, ui.Mark{Tone: ui.Warning, Text: p.r.T("runs.unresolved")})
	}
	return out
}

func (p *walkPage) word(prefix, value string) string { return wordOf(p.r, prefix, value) }

// promise says what was promised and whether it was kept: that goes by the due time, and how many days lie between by the
// days it was promised in.
func (p *walkPage) promise(x run.Interaction) (string, ui.Tone) {
	if x.PromiseDue == nil {
		return "", ui.Plain
	}
	due := p.r.Date(*x.PromiseDue)
	if x.PromiseKept == nil {
		if p.d.Now().After(*x.PromiseDue) {
			return p.r.T("runs.promise_overdue", "due", due), ui.Warning
		}
		return p.r.T("runs.promised", "due", due), ui.Info
	}
	business := ""
	if x.PromiseBusiness {
		business = "_business"
	}
	broken := x.PromiseKept.After(*x.PromiseDue)
	sameDay := i18n.Day(*x.PromiseKept, p.d.Zone) == i18n.Day(*x.PromiseDue, p.d.Zone)
	switch late := x.Late(p.week, p.d.Zone); {
	case late > 0:
		return p.r.N("runs.promise_late"+business, late, "due", due), ui.Warning
	case late < 0:
		return p.r.N("runs.promise_early"+business, -late, "due", due), ui.Success
	case broken && sameDay:
		return p.r.T("runs.promise_hours_late", "due", p.r.DateTime(*x.PromiseDue)), ui.Warning
	case broken:
		return p.r.T("runs.promise_weekend_late", "due", due, "kept", p.r.Date(*x.PromiseKept)), ui.Warning
	}
	return p.r.T("runs.promise_kept", "due", due), ui.Success
}

// rating is the rating of a touchpoint, nil where there is none or it is not the reader's to see.
func (p *walkPage) rating(touchpoint int64) *feedback.Rating {
	if p.response == nil {
		return nil
	}
	for _, r := range p.response.Ratings {
		if r.TouchpointID == touchpoint && r.InSight(p.actor.Scope()) {
			return &r
		}
	}
	return nil
}

func (p *walkPage) asked() *runs.InvitationView {
	i := p.invitation
	if i == nil {
		return nil
	}
	v := &runs.InvitationView{State: p.r.T("invitation.state_" + string(i.State)), Tone: settings.Tone(i.State), Planned: i.PlannedAt, Sent: i.SentAt,
		Opened: i.OpenedAt, Answered: i.AnsweredAt, Expires: i.ExpiresAt, Reminders: i.Reminders}
	if i.Channel != "" {
		v.Channel = p.word("invitation.channel_", i.Channel)
	}
	if i.Reason != "" {
		v.Reason = p.word("", i.Reason)
	}
	return v
}

// mayHandOver: a link can be given while nobody has answered and no wish or rule of the contact policy speaks against it
// (survey.Service.HandOver).
func mayHandOver(i survey.Invitation, now time.Time) bool {
	switch i.State {
	case survey.Suppressed:
		return i.Reason == survey.BecauseNoContact || i.Reason == survey.BecauseNoCustomer
	case survey.Planned, survey.Sent, survey.Opened:
		return i.MayAnswer(now)
	}
	return false
}

var expectations = map[int]string{-2: "much_worse", -1: "worse", 0: "as_expected", 1: "better", 2: "much_better"}

func (p *walkPage) expectation(x *int) string {
	if x == nil {
		return ""
	}
	return p.r.T("expectation." + expectations[*x])
}

// answer shows the words whole and the ratings that are this reader's to see.
func (p *walkPage) answer(a feedback.Response) runs.AnswerView {
	v := runs.AnswerView{Quote: ui.QuoteView{Text: a.Comment, At: a.AnsweredAt}, Expectation: p.expectation(a.Expectation),
		Resolved: a.Resolved, Contact: a.WantsContact, Anonymity: p.r.T("runs.anonymity_" + string(a.Anonymity))}
	if a.Overall != nil {
		v.Quote.Mood, v.Quote.Score = a.Scale.Mood(*a.Overall), ui.ScoreOf(p.r, a.Scale, *a.Overall)
	}
	for _, r := range a.Ratings {
		if !r.InSight(p.actor.Scope()) {
			v.Others++
			continue
		}
		v.Ratings = append(v.Ratings, runs.RatingView{Touchpoint: p.touchpoints[r.TouchpointID].Name.In(p.r.Lang()), Score: ui.ScoreOf(p.r, r.Scale, r.Value),
			Mood: r.Scale.Mood(r.Value), Expectation: p.expectation(r.Expectation), Comment: r.Comment, Concerns: p.concerns(r)})
	}
	return v
}

// concerns lists whom a rating concerns and concerned; a person sees herself, and colleagues only where she leads them.
func (p *walkPage) concerns(r feedback.Rating) []runs.Concern {
	scope := p.actor.Scope()
	all := scope.Company() || slices.Contains(scope.Journeys(), r.JourneyID) || slices.Contains(scope.Touchpoints(), r.TouchpointID)
	var out []runs.Concern
	for _, a := range r.Attributions {
		own := a.EmployeeID != 0 && a.EmployeeID == scope.Employee()
		if !all && !own && !slices.Contains(scope.Teams(), a.TeamID) {
			continue
		}
		who := p.names[a.EmployeeID]
		if who == "" {
			who = p.team(a.TeamID)
		}
		out = append(out, runs.Concern{Who: who, Why: p.r.T("runs.cause_" + string(a.Cause)), Active: a.Active})
	}
	return out
}

// ledger is what happened to the walk and to its answer, the latest first.
func (p *walkPage) ledger() ([]runs.LedgerLine, error) {
	events, err := p.d.Store.EventsOf(p.ctx, "run", p.walk.Run.ID)
	if err != nil {
		return nil, err
	}
	if p.response != nil {
		more, err := p.d.Store.EventsOf(p.ctx, "response", p.response.ID)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	cases, err := p.d.Store.CaseEventsOfRun(p.ctx, p.walk.Run.ID)
	if err != nil {
		return nil, err
	}
	events = append(events, cases...)
	slices.SortStableFunc(events, func(a, b event.Event) int { return b.At.Compare(a.At) })
	users := make([]int64, len(events))
	for i, e := range events {
		users[i] = e.ActorID
	}
	names, err := p.d.Store.UserNames(p.ctx, users)
	if err != nil {
		return nil, err
	}
	out := make([]runs.LedgerLine, len(events))
	for i, e := range events {
		who := names[e.ActorID]
		switch {
		case who != "":
		case slices.Contains(hers, e.Verb):
			who = p.r.T("runs.customer")
		default:
			who = p.r.T("runs.by_itself")
		}
		out[i] = runs.LedgerLine{At: e.At, What: p.word("runs.event.", e.Verb), Who: who, More: p.particulars(e)}
	}
	return out, nil
}

// hers are the verbs that are the customer's doing.
var hers = []string{event.ResponseAnswered, event.ResponseReplaced, event.CustomerOptedOut, event.CaseVerified, event.CaseReopened}

// particulars says why, where the ledger knows: a reason of ours in words, a person's reason as it was written.
func (p *walkPage) particulars(e event.Event) string {
	if reason, _ := e.Particulars["reason"].(string); reason != "" {
		return p.word("", reason)
	}
	return ""
}
