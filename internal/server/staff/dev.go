package staff

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/faces"
)

// HelloPath answers with nothing but a greeting, so that pages can be compared with what the doors themselves cost.
const HelloPath = "/dev/hello"

func hello(c echo.Context) error { return c.String(http.StatusOK, "hello") }

// devRoutes are pages for those who work on this program; a deployment has none of them.
func (d *Desk) devRoutes() []reply.Route {
	if !d.Dev {
		return nil
	}
	return []reply.Route{
		{Method: http.MethodGet, Path: faces.Path, Guard: reply.Public, Handle: d.faces},
		{Method: http.MethodGet, Path: faces.PartPath, Guard: reply.Public, Handle: d.facesPart},
		{Method: http.MethodGet, Path: HelloPath, Guard: reply.Signed, Handle: hello},
	}
}

func (d *Desk) faces(c echo.Context) error {
	theme := people.KnownTheme(c.QueryParam("theme"))
	reply.SetTheme(c, theme)
	return reply.Page(c, reply.Frame{Title: reply.T(c, "faces.title"), Charts: true}, faces.Page(faces.View{Theme: theme, Only: c.QueryParam("only"), Group: c.QueryParam("group")}))
}

// facesPart is what the samples of a card that loads by itself ask for: one gets it, one is refused.
func (d *Desk) facesPart(c echo.Context) error {
	if c.QueryParam("fail") != "" {
		return c.NoContent(http.StatusInternalServerError)
	}
	return reply.Component(c, http.StatusOK, faces.Loaded())
}
