package server

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/web"
)

// Routes is the whole route table: who may knock where.
func (s *Server) Routes() []reply.Route {
	static := echo.WrapHandler(web.Handler())
	all := []reply.Route{
		{Method: http.MethodGet, Path: "/healthz", Guard: reply.Public, Handle: s.healthy},
		{Method: http.MethodGet, Path: "/static/*", Guard: reply.Public, Handle: static},
		{Method: http.MethodHead, Path: "/static/*", Guard: reply.Public, Handle: static},
		{Method: http.MethodGet, Path: "/events", Guard: reply.Signed, Handle: s.events},
	}
	for _, room := range s.Rooms {
		all = append(all, room.Routes()...)
	}
	return all
}

// healthy says that the server answers and the database does.
func (s *Server) healthy(c echo.Context) error {
	if _, err := s.Store.DataVersion(c.Request().Context()); err != nil {
		s.Log.Error("unhealthy", "error", err)
		return c.String(http.StatusServiceUnavailable, "database unreachable\n")
	}
	return c.String(http.StatusOK, "ok\n")
}

// guarded lets in whom the route's guard admits.
func (s *Server) guarded(r reply.Route) echo.HandlerFunc {
	switch r.Guard {
	case reply.Public:
		return r.Handle
	case reply.Key:
		return s.keyed(r.Handle)
	}
	return func(c echo.Context) error {
		actor := reply.Actor(c)
		if !actor.Signed() {
			return signInFirst(c)
		}
		if !r.Guard.Admits(actor) {
			return fault.Forbidden("errors.forbidden")
		}
		return r.Handle(c)
	}
}

// keyed lets in machines with an API key, sent as "Authorization: Bearer jl_…".
func (s *Server) keyed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		kind, text, _ := strings.Cut(c.Request().Header.Get("Authorization"), " ")
		if !strings.EqualFold(kind, "bearer") {
			text = ""
		}
		if _, err := s.Keys.Recognise(c.Request().Context(), strings.TrimSpace(text)); err != nil {
			if f := fault.Of(err); f != nil {
				c.Response().Header().Set("WWW-Authenticate", `Bearer realm="Journeyloop"`)
				return &refusal{status: http.StatusUnauthorized, key: f.Key}
			}
			return err
		}
		return next(c)
	}
}

// signInFirst leads a browser to the sign-in page and back again. What cannot be led is told: a script's request, and a
// form, so that what was written in it stays one step back.
func signInFirst(c echo.Context) error {
	r := c.Request()
	if isPart(c) {
		c.Response().Header().Set("HX-Redirect", "/sign-in?next="+url.QueryEscape(pageOf(r)))
	}
	if r.Method != http.MethodGet || isPart(c) || !wantsPage(c) {
		return &refusal{status: http.StatusUnauthorized, key: "auth.session_ended"}
	}
	path := "/sign-in"
	if at := r.URL.RequestURI(); at != "/" {
		path += "?next=" + url.QueryEscape(at)
	}
	return c.Redirect(http.StatusSeeOther, path)
}

// pageOf is the page that a part belongs to.
func pageOf(r *http.Request) string {
	u, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.RequestURI()
}

// isPart tells whether a script asked, for a part of a page.
func isPart(c echo.Context) bool { return c.Request().Header.Get("HX-Request") == "true" }

// wantsPage is false for programs that ask for something else by name.
func wantsPage(c echo.Context) bool {
	accept := c.Request().Header.Get("Accept")
	return accept == "" || strings.Contains(accept, "text/html") || strings.Contains(accept, "*/*")
}

// isAPI tells whether machines talk here: problems are JSON.
func isAPI(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, "/api/") }
