package staff

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/handover"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) handoverRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/runs/:id/handover", Guard: reply.Signed, Handle: d.handoverPage},
		{Method: http.MethodPost, Path: "/runs/:id/handover", Guard: reply.Signed, Handle: d.handOver},
	}
}

func (d *Desk) handoverPage(c echo.Context) error {
	r, err := d.runInSight(c)
	if err != nil {
		return err
	}
	return d.handover(c, r, http.StatusOK, handover.View{})
}

// handOver answers with the link itself and not with a redirect: the token exists nowhere else.
func (d *Desk) handOver(c echo.Context) error {
	r, err := d.runInSight(c)
	if err != nil {
		return err
	}
	token, err := d.Surveys.HandOver(c.Request().Context(), r.ID)
	if f := fault.Of(err); f != nil && f.Kind == fault.KindConflict {
		return d.handover(c, r, http.StatusConflict, handover.View{Problem: reply.T(c, f.Key, f.Args...)})
	}
	if err != nil {
		return err
	}
	link := d.PublicURL + survey.Path(token)
	code, err := handover.CodeOf(link)
	if err != nil {
		return err
	}
	return d.handover(c, r, http.StatusOK, handover.View{Link: link, Code: code})
}

func (d *Desk) runInSight(c echo.Context) (run.Run, error) {
	id, err := reply.ID(c, "id")
	if err != nil {
		return run.Run{}, err
	}
	walk, err := d.Store.WalkFor(c.Request().Context(), reply.Actor(c).Scope(), id)
	return walk.Run, err
}

func (d *Desk) handover(c echo.Context, r run.Run, status int, v handover.View) error {
	v.Run, v.Back = r.Key, "/runs/"+strconv.FormatInt(r.ID, 10)
	v.Action = v.Back + "/handover"
	title := reply.T(c, "invitation.handover_title")
	crumbs := []ui.Crumb{{Text: r.Key, Href: v.Back}, {Text: title}}
	return reply.Page(c, reply.Frame{Title: title, Crumbs: crumbs, Status: status}, handover.Page(v))
}
