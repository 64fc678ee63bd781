package staff

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	view "github.com/journeyloop/journeyloop/templates/people"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// viewAs shows an administrator what somebody sees: roles and their reasons, menu, and counts. Customers' words are none
// of an administrator's business, so there are none on it. That she looked is in the ledger before she sees it.
func (d *Desk) viewAs(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	u, err := d.Store.UserByID(ctx, id)
	if err != nil {
		return err
	}
	if u.Disabled {
		return fault.Conflict("people.view_disabled")
	}
	whose, _, err := d.Store.ActorOf(ctx, id)
	if err != nil {
		return err
	}
	v, err := d.sightView(ctx, whose)
	if err != nil {
		return err
	}
	err = d.Store.Record(ctx, event.Event{Verb: event.UserViewedAs, SubjectKind: "user", SubjectID: id, ActorID: reply.Actor(c).UserID, At: d.Now()})
	if err != nil {
		return err
	}
	title := reply.T(c, "people.view_as")
	crumbs := peopleCrumbs(c, ui.Crumb{Text: reply.T(c, "people.users"), Href: "/people/users"}, ui.Crumb{Text: u.Login, Href: v.Href}, ui.Crumb{Text: title})
	return reply.Page(c, reply.Frame{Title: title, Crumbs: crumbs}, view.Sight(v))
}

func (d *Desk) sightView(ctx context.Context, whose people.Actor) (view.SightView, error) {
	r := i18n.From(ctx)
	cases, err := d.Store.OwnOpenCases(ctx, whose.EmployeeID)
	if err != nil {
		return view.SightView{}, err
	}
	calls, err := d.Store.CallsFrom(ctx, whose)
	if err != nil {
		return view.SightView{}, err
	}
	v := view.SightView{Name: whose.Name, Href: userHref(whose.UserID), Menu: reply.Menu(whose, "", reply.Waiting{Cases: cases, Calls: calls}), Home: reply.Home(whose)}
	for _, role := range whose.Roles() {
		reasons, err := d.reasonsFor(ctx, whose, role)
		if err != nil {
			return v, err
		}
		v.Roles = append(v.Roles, view.RoleView{Name: r.T("role." + string(role)), Why: r.T("people.because_" + string(role)), For: reasons})
	}
	n, err := d.Store.SightOf(ctx, whose)
	v.Counts = []view.SightCount{{What: r.T("people.sight_feedback"), N: n.Feedback}, {What: r.T("people.sight_runs"), N: n.Runs}, {What: r.T("people.sight_customers"), N: n.Customers},
		{What: r.T("people.sight_journeys"), N: n.Journeys}, {What: r.T("people.sight_touchpoints"), N: n.Touchpoints}, {What: r.T("people.sight_people"), N: n.People}}
	return v, err
}

// reasonsFor names what a role comes from, in the reader's alphabet; the roles that were given have no such thing.
func (d *Desk) reasonsFor(ctx context.Context, whose people.Actor, role people.Role) ([]string, error) {
	r := i18n.From(ctx)
	var out []string
	switch role {
	case people.RoleSupervisor:
		tree, err := d.Store.Tree(ctx)
		if err != nil {
			return nil, err
		}
		for _, id := range whose.Supervises {
			out = append(out, tree.Teams[id].Name.In(r.Lang()))
		}
	case people.RoleOwner, people.RoleLeader:
		dim, ids := feedback.ByTouchpoint, whose.Owns
		if role == people.RoleLeader {
			dim, ids = feedback.ByJourney, whose.Leads
		}
		names, err := d.Store.Names(ctx, dim, ids)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			out = append(out, names[id].Name.In(r.Lang()))
		}
	}
	slices.SortFunc(out, r.Compare)
	return out, nil
}
