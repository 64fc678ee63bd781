package staff

import (
	"fmt"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// The pages that ask before something is done, for readers without script: GET where the change itself is POST.

func confirm(c echo.Context, v ui.ConfirmationView) error {
	v.Action = c.Request().URL.Path
	return reply.Page(c, reply.Frame{Title: v.Button, Crumbs: []ui.Crumb{{Text: reply.T(c, "common.back"), Href: v.Back}, {Text: v.Button}}}, ui.Confirmation(v))
}

func (d *Desk) confirmEndOthers(c echo.Context) error {
	return confirm(c, ui.ConfirmationView{Text: reply.T(c, "session.end_others_confirm"), Button: reply.T(c, "session.end_others"), Back: "/me"})
}

func (d *Desk) confirmConsent(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	customer, err := d.Store.CustomerFor(c.Request().Context(), reply.Actor(c).Scope(), id)
	if err != nil {
		return err
	}
	if !run.MaySetConsent(reply.Actor(c)) {
		return fault.Forbidden("customers.consent_not_yours")
	}
	ask, verb := "0", "opt_out"
	if c.QueryParam("ask") == "1" {
		ask, verb = "1", "opt_in"
	}
	return confirm(c, ui.ConfirmationView{Text: reply.T(c, "customers."+verb+"_confirm", "name", i18n.Isolate(customer.Name)), Button: reply.T(c, "customers."+verb),
		Kind: ui.Primary, Hidden: map[string]string{"ask": ask}, Back: fmt.Sprintf("/customers/%d", id)})
}

func (d *Desk) confirmErasure(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	customer, err := d.Store.CustomerFor(c.Request().Context(), reply.Actor(c).Scope(), id)
	if err != nil {
		return err
	}
	return confirm(c, ui.ConfirmationView{Text: reply.T(c, "customers.erase_confirm", "name", i18n.Isolate(customerName(customer))), Button: reply.T(c, "customers.erase"), Back: customerHref(id)})
}

func (d *Desk) confirmRevocation(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	keys, err := d.Keys.Keys(c.Request().Context())
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.ID == id && k.RevokedAt == nil {
			return confirm(c, revocation(c, k))
		}
	}
	return fault.Missing("errors.key_missing")
}

func revocation(c echo.Context, k auth.APIKey) ui.ConfirmationView {
	return ui.ConfirmationView{Text: reply.T(c, "settings.revoke_confirm", "name", i18n.Isolate(k.Name)), Button: reply.T(c, "settings.revoke"), Back: "/settings/keys"}
}

func (d *Desk) confirmCancellation(c echo.Context) error {
	t, err := d.taskOf(c)
	if err != nil {
		return err
	}
	return confirm(c, ui.ConfirmationView{Text: reply.T(c, "tasks.stop_"+string(t.Kind), "file", i18n.Isolate(t.Asked.File)), Button: reply.T(c, "tasks.stop"), Back: taskHref(t.ID)})
}

func (d *Desk) confirmDiscard(c echo.Context) error {
	t, err := d.taskOf(c)
	if err != nil {
		return err
	}
	return confirm(c, ui.ConfirmationView{Text: reply.T(c, "tasks.discard_confirm", "file", i18n.Isolate(t.Asked.File)), Button: reply.T(c, "tasks.discard"), Back: taskHref(t.ID)})
}

func (d *Desk) confirmReset(c echo.Context) error {
	return d.confirmUser(c, "people.reset_confirm", ui.ConfirmationView{Button: reply.T(c, "people.reset_password")})
}

func (d *Desk) confirmAccess(c echo.Context) error {
	if c.QueryParam("disabled") == "1" {
		return d.confirmUser(c, "people.disable_confirm", ui.ConfirmationView{Button: reply.T(c, "people.disable"), Hidden: map[string]string{"disabled": "1"}})
	}
	return d.confirmUser(c, "people.enable_confirm", ui.ConfirmationView{Button: reply.T(c, "people.enable"), Hidden: map[string]string{"disabled": "0"}, Kind: ui.Primary})
}

func (d *Desk) confirmUser(c echo.Context, key string, v ui.ConfirmationView) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	u, err := d.Store.UserByID(c.Request().Context(), id)
	if err != nil {
		return err
	}
	v.Text, v.Back = reply.T(c, key, "name", i18n.Isolate(u.Name)), userHref(id)
	return confirm(c, v)
}
