package staff

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	faces "github.com/journeyloop/journeyloop/templates/praise"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) praiseRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodPost, Path: "/feedback/:response/:touchpoint/sharing", Guard: reply.Employee, Handle: d.sharePraise},
		{Method: http.MethodGet, Path: faces.TeamPath, Guard: reply.Signed, Handle: d.teamPraise},
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
	v := faces.TeamView{Pager: ui.PagerOf(c.Request().URL.RequestURI(), list)}
	for _, s := range list.Rows {
		q := quoteView(r, s.Quote, d.Now())
		q.ID, q.Href, q.By, q.When = "", "", s.Employee, weekOf(r, s.AnsweredAt, r.Zone())
		v.Quotes = append(v.Quotes, q)
	}
	title := r.T("praise.team")
	return reply.Page(c, reply.Frame{Title: title, Live: true}, faces.Team(v))
}

// mayShare: praise for her own work, which nobody disputes.
func mayShare(q feedback.Quote) bool {
	return q.Audience == feedback.ToEmployee && q.Mood == stat.Positive && !q.Reply.Disowns()
}
