package staff

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/cases"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) caseRoutes() []reply.Route {
	post := func(below string, verb func(c echo.Context, actor people.Actor, id int64) error, done string) reply.Route {
		return reply.Route{Method: http.MethodPost, Path: "/cases/:id/" + below, Guard: reply.Signed, Handle: d.onCase(verb, done)}
	}
	return []reply.Route{
		{Method: http.MethodGet, Path: "/cases", Guard: reply.Signed, Handle: d.caseList},
		{Method: http.MethodGet, Path: "/cases.csv", Guard: reply.Signed, Handle: d.exportCases},
		{Method: http.MethodGet, Path: "/cases/:id", Guard: reply.Signed, Handle: d.casePage},
		post("owner", d.takeCase, "cases.taken"),
		post("handover", d.handCase, "cases.handed"),
		post("attempts", d.attemptCase, "cases.attempted"),
		post("notes", d.noteCase, "cases.noted"),
		post("causes", d.codeCase, "cases.coded"),
		post("solution", d.proposeCase, "cases.proposed"),
		post("waiting", d.waitCase, "cases.waited"),
		post("resumption", d.resumeCase, "cases.resumed"),
		post("unreachable", d.giveUpCase, "cases.gave_up"),
	}
}

func caseHref(id int64) string { return fmt.Sprintf("/cases/%d", id) }

// onCase does one thing about a case and comes back to its page, with what was typed where it cannot be taken.
func (d *Desk) onCase(verb func(c echo.Context, actor people.Actor, id int64) error, done string) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, err := reply.ID(c, "id")
		if err != nil {
			return err
		}
		err = verb(c, reply.Actor(c), id)
		if problems, ok := reply.Problems(err); ok {
			return d.showCase(c, http.StatusUnprocessableEntity, problems)
		}
		if err != nil {
			return err
		}
		return reply.Done(c, caseHref(id), done)
	}
}

func (d *Desk) takeCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.TakeOver(c.Request().Context(), actor, id, reply.FormID(c, "from"))
	return err
}

func (d *Desk) handCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.HandOver(c.Request().Context(), actor, id, reply.FormID(c, "from"), reply.FormID(c, "to"), c.FormValue("note"))
	return err
}

func (d *Desk) attemptCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Attempt(c.Request().Context(), actor, id, casework.Tried{Channel: casework.Channel(c.FormValue("channel")),
		Result: casework.Result(c.FormValue("result")), Words: c.FormValue("words")})
	return err
}

func (d *Desk) noteCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Note(c.Request().Context(), actor, id, c.FormValue("words"))
	return err
}

func (d *Desk) codeCase(c echo.Context, actor people.Actor, id int64) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	var others []casework.Cause
	for _, other := range form["also"] {
		others = append(others, casework.Cause(other))
	}
	_, err = d.Cases.Code(c.Request().Context(), actor, id, casework.Cause(c.FormValue("cause")), others...)
	return err
}

func (d *Desk) proposeCase(c echo.Context, actor people.Actor, id int64) error {
	_, _, err := d.Cases.Propose(c.Request().Context(), actor, id, casework.Solved{Solution: c.FormValue("solution"),
		CompensationMinor: reply.FormID(c, "compensation"), Currency: c.FormValue("currency")})
	return err
}

func (d *Desk) waitCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Wait(c.Request().Context(), actor, id, c.FormValue("words"))
	return err
}

func (d *Desk) resumeCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Resume(c.Request().Context(), actor, id)
	return err
}

func (d *Desk) giveUpCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.GiveUp(c.Request().Context(), actor, id, c.FormValue("words"))
	return err
}

func (d *Desk) casePage(c echo.Context) error { return d.showCase(c, http.StatusOK, nil) }

func (d *Desk) showCase(c echo.Context, status int, problems []fault.Field) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), reply.Actor(c)
	found, err := d.Store.CaseFor(ctx, actor.Scope(), id)
	if err != nil {
		return err
	}
	p := casePage{d: d, ctx: ctx, r: reply.Reader(c), actor: actor, c: found}
	v, err := p.view()
	if err != nil {
		return err
	}
	v.Problems = problems
	v.Form = map[string]string{}
	for _, name := range []string{"to", "note", "channel", "result", "words", "cause", "solution"} {
		v.Form[name] = c.FormValue(name)
	}
	return reply.Page(c, reply.Frame{Title: v.Customer, Status: status,
		Crumbs: []ui.Crumb{{Text: reply.T(c, "cases.title"), Href: "/cases"}, {Text: v.Customer}}}, cases.Page(v))
}

// casePage puts one case together.
type casePage struct {
	d     *Desk
	ctx   context.Context
	r     *i18n.Reader
	actor people.Actor
	c     casework.Case
}

func (p *casePage) view() (cases.PageView, error) {
	c, now := p.c, p.d.Now()
	customer, err := p.d.Store.CustomerByID(p.ctx, c.CustomerID)
	if err != nil {
		return cases.PageView{}, err
	}
	v := cases.PageView{Base: caseHref(c.ID), Customer: customerName(customer), State: p.r.T("cases.state_" + string(c.State)), Tone: caseTone(c.State),
		Grave: c.Severity == casework.Grave, Overdue: c.Overdue(now), OwnerID: c.OwnerID, Opened: c.OpenedAt, ContactDue: c.ContactDue, ResolveDue: c.ResolveDue,
		ContactedAt: c.ContactedAt, WaitingSince: c.WaitingSince, ClosedAt: c.ClosedAt, Reopened: c.Reopened,
		MayWork: c.MayWork(p.actor), MayTake: c.MayTake(p.actor), MayPropose: c.MayPropose(), MayWait: c.MayWait(), MayResume: c.WaitingSince != nil, MayGiveUp: c.ContactedAt == nil}
	for key, value := range map[string]string{"customers.phone": customer.Phone, "customers.email": customer.Email} {
		if value != "" {
			v.Contact = append(v.Contact, ui.Fact{Name: p.r.T(key), Value: value})
		}
	}
	slices.SortFunc(v.Contact, func(a, b ui.Fact) int { return len(a.Value) - len(b.Value) })
	for _, fill := range []func(*cases.PageView) error{p.around, p.why, p.story, p.choices} {
		if err := fill(&v); err != nil {
			return v, err
		}
	}
	return v, nil
}

// around fills in where the case belongs, and leads to the customer and her walk where the reader may see them.
func (p *casePage) around(v *cases.PageView) error {
	names, err := p.d.Store.JourneysByID(p.ctx, []int64{p.c.JourneyID})
	if err != nil {
		return err
	}
	v.Journey = names[p.c.JourneyID].In(p.r.Lang())
	owners, err := p.d.Store.EmployeeNames(p.ctx, []int64{p.c.OwnerID})
	if err != nil {
		return err
	}
	v.Owner = owners[p.c.OwnerID]
	if v.Place, err = p.place(p.c.TouchpointID); err != nil {
		return err
	}
	if _, err := p.d.Store.CustomerFor(p.ctx, p.actor.Scope(), p.c.CustomerID); err == nil {
		v.CustomerHref = customerHref(p.c.CustomerID)
	} else if fault.KindOf(err) != fault.KindMissing {
		return err
	}
	return p.leadToWalk(v)
}

func (p *casePage) leadToWalk(v *cases.PageView) error {
	_, err := p.d.Store.WalkFor(p.ctx, p.actor.Scope(), p.c.RunID)
	if fault.KindOf(err) == fault.KindMissing {
		return nil
	}
	if err != nil {
		return err
	}
	answers, err := p.d.Store.ResponsesOfRuns(p.ctx, []int64{p.c.RunID})
	if a, answered := answers[p.c.RunID]; err == nil && (!answered || a.Anonymity == survey.Identified) {
		v.RunHref = runHref(p.c.RunID)
	}
	return err
}

func (p *casePage) place(touchpoint int64) (string, error) {
	if touchpoint == 0 {
		return p.r.T("cases.whole"), nil
	}
	found, err := p.d.Store.TouchpointsByID(p.ctx, []int64{touchpoint})
	return found[touchpoint].Name.In(p.r.Lang()), err
}

func (p *casePage) why(v *cases.PageView) error {
	triggers, err := p.d.Store.TriggersOf(p.ctx, p.c.ID)
	if err != nil {
		return err
	}
	for _, t := range triggers {
		line := cases.Trigger{At: t.At, What: p.r.T("cases.kind_" + string(t.Kind)), Why: p.particulars(t)}
		if t.TouchpointID != 0 {
			if line.Place, err = p.place(t.TouchpointID); err != nil {
				return err
			}
		}
		v.Triggers = append(v.Triggers, line)
	}
	return nil
}

// particulars says what was seen: a rating on its scale, or the word that was found.
func (p *casePage) particulars(t casework.Trigger) string {
	if word := t.Particulars["word"]; word != "" {
		return "«" + word + "»"
	}
	scale, err := stat.ParseScale(t.Particulars["scale"])
	if err != nil {
		return ""
	}
	var value int
	if _, err := fmt.Sscan(t.Particulars["value"], &value); err != nil {
		return ""
	}
	return ui.ScoreOf(p.r, scale, value)
}

func (p *casePage) story(v *cases.PageView) error {
	steps, err := p.d.Store.StepsOf(p.ctx, p.c.ID)
	if err != nil {
		return err
	}
	var users, employees []int64
	for _, s := range steps {
		users, employees = append(users, s.ActorID), append(employees, s.EmployeeID)
	}
	actors, err := p.d.Store.UserNames(p.ctx, users)
	if err != nil {
		return err
	}
	names, err := p.d.Store.EmployeeNames(p.ctx, employees)
	for _, s := range steps {
		line := cases.Step{At: s.At, What: p.step(s, names[s.EmployeeID]), Who: actors[s.ActorID], Words: s.Words,
			ByCustomer: s.Kind == casework.StepVerdict || s.Kind == casework.StepMailIn}
		switch {
		case line.ByCustomer:
			line.Who = v.Customer
		case line.Who == "":
			line.Who = p.r.T("cases.by_itself")
		}
		v.Steps = append(v.Steps, line)
	}
	return err
}

func (p *casePage) step(s casework.Step, name string) string {
	key := "cases.step_" + string(s.Kind)
	switch s.Kind {
	case casework.StepVerdict:
		return p.r.T(key + "_" + s.Result)
	case casework.StepAttempt:
		return p.r.T(key, "channel", p.r.T("cases.channel_"+string(s.Channel)), "result", p.r.T("cases.result_"+s.Result))
	case casework.StepCoded:
		return p.r.T(key, "cause", p.r.T("cases.cause_"+s.Result))
	case casework.StepAssigned, casework.StepTaken, casework.StepHanded:
		return p.r.T(key, "name", i18n.Isolate(name))
	case casework.StepWarned:
		if name == "" {
			name = p.r.T("cases.managers")
		}
		var percent float64
		_, _ = fmt.Sscan(s.Result, &percent)
		return p.r.T(key, "name", i18n.Isolate(name), "percent", i18n.Isolate(p.r.Percent(percent, 0)))
	}
	return p.r.T(key)
}

// choices are what the forms offer.
func (p *casePage) choices(v *cases.PageView) error {
	if !v.MayWork {
		return nil
	}
	choose := ui.Option{Text: p.r.T("cases.choose")}
	v.Causes, v.People = append(v.Causes, choose), append(v.People, choose)
	for _, channel := range casework.Channels {
		v.Channels = append(v.Channels, ui.Option{Value: string(channel), Text: p.r.T("cases.channel_" + string(channel))})
	}
	for _, result := range casework.Results {
		v.Results = append(v.Results, ui.Option{Value: string(result), Text: p.r.T("cases.result_" + string(result))})
	}
	for _, cause := range casework.Causes {
		v.Causes = append(v.Causes, ui.Option{Value: string(cause), Text: p.r.T("cases.cause_" + string(cause)), Chosen: cause == p.c.Cause})
	}
	hands, err := p.d.Store.CaseHands(p.ctx, p.c)
	if len(hands) == 0 {
		v.People = nil
	}
	for _, e := range hands {
		v.People = append(v.People, ui.Option{Value: fmt.Sprint(e.ID), Text: e.Name})
	}
	return err
}
