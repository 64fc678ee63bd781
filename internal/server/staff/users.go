package staff

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	view "github.com/journeyloop/journeyloop/templates/people"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) userRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodPost, Path: "/people/employees/:id/sign-in", Guard: reply.Administrator, Handle: d.addUser},
		{Method: http.MethodGet, Path: "/people/users", Guard: reply.Office, Handle: d.userList},
		{Method: http.MethodGet, Path: "/people/users/:id", Guard: reply.Office, Handle: d.userPage},
		{Method: http.MethodPost, Path: "/people/users/:id/roles", Guard: reply.Administrator, Handle: d.setRoles},
		{Method: http.MethodGet, Path: "/people/users/:id/access", Guard: reply.Administrator, Handle: d.confirmAccess},
		{Method: http.MethodPost, Path: "/people/users/:id/access", Guard: reply.Administrator, Handle: d.setAccess},
		{Method: http.MethodPost, Path: "/people/users/:id/view", Guard: reply.Administrator, Handle: d.viewAs},
		{Method: http.MethodGet, Path: "/people/users/:id/password", Guard: reply.Administrator, Handle: d.confirmReset},
		{Method: http.MethodPost, Path: "/people/users/:id/password", Guard: reply.Administrator, Handle: d.resetPassword},
	}
}

func userHref(id int64) string { return fmt.Sprintf("/people/users/%d", id) }

func (d *Desk) userList(c echo.Context) error {
	q := c.QueryParam("q")
	found, err := d.Store.UsersBy(c.Request().Context(), q, reply.Ask(c))
	if err != nil {
		return err
	}
	v := view.UsersView{Path: c.Request().URL.RequestURI(), Query: q, MayChange: reply.Actor(c).MayAdminister(),
		Rows: page.Of[view.UserLine]{Total: found.Total, Ask: found.Ask}}
	for _, u := range found.Rows {
		v.Rows.Rows = append(v.Rows.Rows, view.UserLine{Href: userHref(u.ID), Login: u.Login, Name: u.Name, Manager: u.Manager, Administrator: u.Administrator, Disabled: u.Disabled})
	}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "people.users"), Crumbs: peopleCrumbs(c, ui.Crumb{Text: reply.T(c, "people.users")})}, view.UserList(v))
}

func (d *Desk) userPage(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), reply.Actor(c)
	u, err := d.Store.UserByID(ctx, id)
	if err != nil {
		return err
	}
	sessions, err := d.Store.SessionsOf(ctx, id)
	if err != nil {
		return err
	}
	v := view.UserView{User: u, MayChange: actor.MayAdminister(), Self: actor.UserID == u.ID}
	for _, s := range sessions {
		if v.LastSeen == nil {
			v.LastSeen = &s.SeenAt
		}
		if !s.Ended(d.Now()) {
			v.Sessions++
		}
	}
	if u.EmployeeID != 0 {
		v.EmployeeHref = employeeHref(u.EmployeeID)
	}
	crumbs := peopleCrumbs(c, ui.Crumb{Text: reply.T(c, "people.users"), Href: "/people/users"}, ui.Crumb{Text: u.Login})
	return reply.Page(c, reply.Frame{Title: u.Login, Crumbs: crumbs}, view.User(v))
}

// addUser answers with the first password instead of leading on: it is shown this once.
func (d *Desk) addUser(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	u, password, err := d.People.AddUser(ctx, reply.Actor(c), id, c.FormValue("login"))
	if problems, ok := reply.Problems(err); ok {
		e, err := d.Store.EmployeeByID(ctx, id)
		if err != nil {
			return err
		}
		return d.employeeForm(c, http.StatusUnprocessableEntity, view.EmployeeView{Employee: e, Login: c.FormValue("login"), LoginBad: problems})
	}
	if err != nil {
		return err
	}
	return d.showPassword(c, u, password)
}

func (d *Desk) resetPassword(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	u, password, err := d.People.ResetPassword(c.Request().Context(), reply.Actor(c), id)
	if err != nil {
		return err
	}
	return d.showPassword(c, u, password)
}

func (d *Desk) showPassword(c echo.Context, u people.User, password string) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	v := view.PasswordView{Name: u.Name, Login: u.Login, Password: password, Href: userHref(u.ID)}
	return reply.Page(c, reply.Frame{Title: u.Name, Crumbs: peopleCrumbs(c, ui.Crumb{Text: u.Login})}, view.Password(v))
}

func (d *Desk) setRoles(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	err = d.People.SetRoles(c.Request().Context(), reply.Actor(c), id, c.FormValue("manager") == "1", c.FormValue("administrator") == "1")
	if err != nil {
		return err
	}
	if id == reply.Actor(c).UserID { // who gave away her own right has no such page any more
		return reply.Done(c, "/", "common.saved")
	}
	return reply.Done(c, userHref(id), "common.saved")
}

func (d *Desk) setAccess(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	disabled := c.FormValue("disabled") == "1"
	if err := d.People.SetDisabled(c.Request().Context(), reply.Actor(c), id, disabled); err != nil {
		return err
	}
	key := "people.enabled_noted"
	if disabled {
		key = "people.disabled_noted"
	}
	return reply.Done(c, userHref(id), key)
}
