package staff

import (
	"cmp"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/server/reply"
	faces "github.com/journeyloop/journeyloop/templates/praise"
	"github.com/journeyloop/journeyloop/templates/respond"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) praiseRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodPost, Path: "/feedback/:response/:touchpoint/sharing", Guard: reply.Employee, Handle: d.sharePraise},
		{Method: http.MethodGet, Path: faces.TeamPath, Guard: reply.Signed, Handle: d.teamPraise},
		{Method: http.MethodGet, Path: faces.ChoicePath, Guard: reply.Leader, Handle: d.praiseChoice},
		{Method: http.MethodPost, Path: faces.ChoicePath, Guard: reply.Manager, Handle: d.setPraisePublic},
		{Method: http.MethodPost, Path: faces.ChoicePath + "/:response", Guard: reply.Leader, Handle: d.choosePraise},
	}
}

// sharePraise lets the team read a praise, or with share=0 takes that back.
func (d *Desk) sharePraise(c echo.Context) error {
	response, touchpoint, err := ratingInPath(c)
	if err != nil {
		return err
	}
	ctx, key := c.Request().Context(), "praise.shared"
	if c.FormValue("share") == "0" {
		key, err = "praise.taken_back", d.Praise.TakeBack(ctx, reply.Actor(c), response, touchpoint)
	} else {
		err = d.Praise.ShareWithTeam(ctx, reply.Actor(c), response, touchpoint)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, reply.Local(c.FormValue("back"), "/feedback"), key)
}

// teamPraise is what colleagues let their team read. Of the customer it shows nothing but words and week.
func (d *Desk) teamPraise(c echo.Context) error {
	r := reply.Reader(c)
	list, err := d.Store.SharedPraiseFor(c.Request().Context(), reply.Actor(c).Scope(), reply.Ask(c))
	if err != nil {
		return err
	}
	v := faces.TeamView{Pager: ui.PagerOf(c.Request().URL.RequestURI(), list), Choice: reply.Leader.Admits(reply.Actor(c))}
	for _, s := range list.Rows {
		q := quoteView(r, s.Quote, d.Now())
		q.ID, q.Href, q.By, q.When = "", "", s.Employee, weekOf(r, s.AnsweredAt, r.Zone())
		v.Quotes = append(v.Quotes, q)
	}
	title := r.T("praise.team")
	return reply.Page(c, reply.Frame{Title: title, Live: true}, faces.Team(v))
}

// praiseChoice lists the words that customers let the company publish, for who may choose among them.
func (d *Desk) praiseChoice(c echo.Context) error {
	ctx, r, actor := c.Request().Context(), reply.Reader(c), reply.Actor(c)
	list, err := d.Store.AllowedFor(ctx, actor.Scope(), reply.Ask(c))
	if err != nil {
		return err
	}
	v := faces.ChoiceView{Pager: ui.PagerOf(c.Request().URL.RequestURI(), list), MaySet: actor.Manager, Address: d.PublicURL + respond.PublishedPath, Badge: d.PublicURL + respond.BadgePath}
	if v.Public, err = d.Praise.Public(ctx); err != nil {
		return err
	}
	for _, a := range list.Rows {
		o := faces.Offer{ID: a.ResponseID, Words: a.Comment, By: cmp.Or(a.Name, r.T("praise.a_customer")), Published: a.ChosenAt != nil}
		o.Journey, o.JourneyIn = a.Journey.Shown(r.Lang())
		v.Offers = append(v.Offers, o)
	}
	return reply.Page(c, reply.Frame{Title: r.T("praise.choice")}, faces.Choice(v))
}

func (d *Desk) setPraisePublic(c echo.Context) error {
	yes := c.FormValue("public") == "1"
	if err := d.Praise.SetPublic(c.Request().Context(), reply.Actor(c), yes); err != nil {
		return err
	}
	return reply.Done(c, faces.ChoicePath, "common.saved")
}

func (d *Desk) choosePraise(c echo.Context) error {
	id, err := reply.ID(c, "response")
	if err != nil {
		return err
	}
	publish, key := c.FormValue("publish") != "0", "praise.published"
	if !publish {
		key = "praise.taken_down"
	}
	if err := d.Praise.Choose(c.Request().Context(), reply.Actor(c), id, publish); err != nil {
		return err
	}
	return reply.Done(c, faces.ChoicePath, key)
}
