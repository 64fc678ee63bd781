package staff

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/customers"
	"github.com/journeyloop/journeyloop/templates/runs"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) customerRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/customers", Guard: reply.Named, Handle: d.customerList},
		{Method: http.MethodGet, Path: "/customers/:id", Guard: reply.Signed, Handle: d.customerPage},
		{Method: http.MethodGet, Path: "/customers/:id/consent", Guard: reply.Signed, Handle: d.confirmConsent},
		{Method: http.MethodPost, Path: "/customers/:id/consent", Guard: reply.Signed, Handle: d.setConsent},
		{Method: http.MethodGet, Path: "/customers/:id/erasure", Guard: reply.Manager, Handle: d.confirmErasure},
		{Method: http.MethodPost, Path: "/customers/:id/erasure", Guard: reply.Manager, Handle: d.eraseCustomer},
	}
}

// customerList lists the customers whom the asker may know by name.
func (d *Desk) customerList(c echo.Context) error {
	q := typed(c.QueryParam("q"))
	found, err := d.Store.CustomersFor(c.Request().Context(), reply.Actor(c).Scope(), q, reply.Ask(c))
	if err != nil {
		return err
	}
	v := customers.ListView{Path: c.Request().URL.RequestURI(), Query: q, Rows: page.Of[customers.Line]{Total: found.Total, Ask: found.Ask}}
	for _, l := range found.Rows {
		v.Rows.Rows = append(v.Rows.Rows, customers.Line{Href: customerHref(l.ID), Name: customerName(l.Customer), Key: l.Key,
			OptedOut: l.OptedOutAt != nil, Walks: l.Walks, Open: l.Open, Last: l.Last})
	}
	if v.Rows.Ask.Sort == "" {
		v.Rows.Ask.Sort = "name"
	}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "customers.title")}, customers.List(v))
}

func customerHref(id int64) string { return fmt.Sprintf("/customers/%d", id) }

func (d *Desk) customerPage(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), reply.Actor(c)
	customer, err := d.Store.CustomerFor(ctx, actor.Scope(), id)
	if err != nil {
		return err
	}
	v, err := d.customerView(ctx, actor, customer)
	if err != nil {
		return err
	}
	return reply.Page(c, reply.Frame{Title: v.Name, Crumbs: []ui.Crumb{{Text: reply.T(c, "customers.title"), Href: "/customers"}, {Text: v.Name}}}, customers.Page(v))
}

func (d *Desk) customerView(ctx context.Context, actor people.Actor, customer run.Customer) (customers.PageView, error) {
	r := i18n.From(ctx)
	v := customers.PageView{ID: customer.ID, Name: customerName(customer), Key: customer.Key, Email: customer.Email, Phone: customer.Phone,
		Segment: customer.Segment, OptedOut: customer.OptedOutAt, MaySetConsent: run.MaySetConsent(actor)}
	if reply.Manager.Admits(actor) {
		v.File, v.Erase = customerHref(customer.ID)+"/data.json", customerHref(customer.ID)+"/erasure"
	}
	if customer.Language != "" {
		v.Language = customer.Language.Name()
	}
	if customer.Channel != "" {
		v.Channel = wordOf(r, "channel.", customer.Channel)
	}
	walks, err := d.Store.WalksOfCustomer(ctx, actor.Scope(), customer.ID)
	if err != nil {
		return v, err
	}
	p := customerPage{d: d, ctx: ctx, r: r, actor: actor}
	if err := p.load(walks); err != nil {
		return v, err
	}
	for _, w := range walks {
		v.Runs = append(v.Runs, p.run(w))
	}
	v.Cases, err = p.cases(customer.ID)
	return v, err
}

// customerPage puts one customer together.
type customerPage struct {
	d           *Desk
	ctx         context.Context
	r           *i18n.Reader
	actor       people.Actor
	walks       map[int64]run.Walk
	journeys    map[int64]i18n.Text
	answers     map[int64]feedback.Response
	invitations map[int64]survey.Invitation
}

func (p *customerPage) load(walks []run.Walk) error {
	var ids, journeys []int64
	p.walks = map[int64]run.Walk{}
	for _, w := range walks {
		ids, journeys = append(ids, w.Run.ID), append(journeys, w.Run.JourneyID)
		p.walks[w.Run.ID] = w
	}
	var err error
	if p.journeys, err = p.d.Store.JourneysByID(p.ctx, journeys); err != nil {
		return err
	}
	if p.answers, err = p.d.Store.ResponsesOfRuns(p.ctx, ids); err != nil {
		return err
	}
	p.invitations, err = p.d.Store.InvitationsOfRuns(p.ctx, ids)
	return err
}

func (p *customerPage) confidential(runID int64) bool {
	a, answered := p.answers[runID]
	return answered && a.Anonymity != survey.Identified
}

func (p *customerPage) run(w run.Walk) customers.RunView {
	v := customers.RunView{Journey: p.journeys[w.Run.JourneyID].In(p.r.Lang()), State: w.Run.State, Tone: runs.StateTone(w.Run.State), Opened: w.Run.OpenedAt, Contacts: len(w.Contacts)}
	if v.Confidential = p.confidential(w.Run.ID); v.Confidential {
		return v
	}
	v.Key, v.Href = w.Run.Key, runHref(w.Run.ID)
	if a, ok := p.answers[w.Run.ID]; ok {
		v.Answer = a.Comment
		if a.Overall != nil {
			v.Mood, v.Score = a.Scale.Mood(*a.Overall), ui.ScoreOf(p.r, a.Scale, *a.Overall)
		}
	}
	if i, ok := p.invitations[w.Run.ID]; ok {
		v.Asked = p.r.T("invitation.state_" + string(i.State))
		if i.Reason != "" {
			v.Asked = p.r.T("customers.asked_because", "state", v.Asked, "reason", wordOf(p.r, "", i.Reason))
		}
	}
	return v
}

// wordOf is a fixed choice in words; what came in from outside the list shows as it came.
func wordOf(r *i18n.Reader, prefix, value string) string {
	if r.Has(prefix + value) {
		return r.T(prefix + value)
	}
	return value
}

// cases lists the cases of the walks in sight.
func (p *customerPage) cases(customer int64) ([]customers.CaseView, error) {
	all, err := p.d.Store.CasesOf(p.ctx, customer)
	var out []customers.CaseView
	for _, c := range all {
		if _, seen := p.walks[c.RunID]; seen {
			out = append(out, p.oneCase(c))
		}
	}
	return out, err
}

func (p *customerPage) oneCase(c casework.Case) customers.CaseView {
	v := customers.CaseView{ID: c.ID, Journey: p.journeys[c.JourneyID].In(p.r.Lang()), State: p.r.T("cases.state_" + string(c.State)), Tone: caseTone(c.State), Opened: c.OpenedAt, Closed: c.ClosedAt}
	if !p.confidential(c.RunID) {
		v.RunHref = runHref(c.RunID)
	}
	return v
}

func (d *Desk) setConsent(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), reply.Actor(c)
	if _, err := d.Store.CustomerFor(ctx, actor.Scope(), id); err != nil {
		return err
	}
	ask := c.FormValue("ask") == "1"
	if err := d.Surveys.SetConsent(ctx, actor, id, ask); err != nil {
		return err
	}
	key := "customers.opt_out_noted"
	if ask {
		key = "customers.opt_in_noted"
	}
	return reply.Done(c, customerHref(id), key)
}

// eraseCustomer forgets a customer at her wish.
func (d *Desk) eraseCustomer(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	if err := d.Privacy.Erase(c.Request().Context(), reply.Actor(c), id); err != nil {
		return err
	}
	return reply.Done(c, "/customers", "customers.erased")
}
