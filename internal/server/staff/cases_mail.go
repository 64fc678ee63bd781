package staff

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/cases"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) caseMailRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: lostPath, Guard: reply.Manager, Handle: d.lostMails},
		{Method: http.MethodPost, Path: lostPath + "/:id", Guard: reply.Manager, Handle: d.bringMail},
	}
}

const lostPath = "/cases/mail"

func (d *Desk) writeCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Write(c.Request().Context(), actor, id, c.FormValue("subject"), c.FormValue("letter"))
	return err
}

// lostMails lists what came in and belongs to no case, with the open cases that it could belong to.
func (d *Desk) lostMails(c echo.Context) error {
	ctx, scope := c.Request().Context(), reply.Actor(c).Scope()
	found, err := d.Store.LostMails(ctx, scope, reply.Ask(c))
	if err != nil {
		return err
	}
	v := cases.LostView{Pager: ui.PagerOf(c.Request().URL.RequestURI(), found)}
	for _, m := range found.Rows {
		lost, err := d.lostMail(ctx, m)
		if err != nil {
			return err
		}
		v.Mails = append(v.Mails, lost)
	}
	open, err := d.Store.CasesFor(ctx, scope, casework.Filter{}, page.Ask{Number: 1, Size: mostOpen, Sort: "customer"})
	if err != nil {
		return err
	}
	var customers []int64
	for _, k := range open.Rows {
		customers = append(customers, k.CustomerID)
	}
	known, err := d.Store.CustomersByID(ctx, customers)
	for _, k := range open.Rows {
		who := known[k.CustomerID]
		v.Cases = append(v.Cases, ui.Option{Value: fmt.Sprint(k.ID), Text: customerName(who) + " · " + reply.Reader(c).Date(k.OpenedAt)})
	}
	if err != nil {
		return err
	}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "letters.lost")}, cases.Lost(v))
}

// lostMail shows one of them, with the open case of the customer whose address stands above it: whether she wrote it is for
// the reader to say.
func (d *Desk) lostMail(ctx context.Context, m casework.Mail) (cases.LostMail, error) {
	v := cases.LostMail{ID: fmt.Sprint(m.ID), Sender: m.Sender, Subject: m.Subject, Words: m.Words, At: m.MadeAt}
	files, err := d.Store.MailFilesOf(ctx, []int64{m.ID}, false)
	if err != nil {
		return v, err
	}
	for _, f := range files {
		v.Files = append(v.Files, cases.LostFile{Name: f.Name, LeftOut: f.Refused != ""})
	}
	open, err := d.Store.OpenCasesOf(ctx, m.Sender)
	if len(open) > 0 {
		v.Suggested = fmt.Sprint(open[0].ID)
	}
	return v, err
}

// mostOpen is how many open cases are offered.
const mostOpen = 200

// bringMail says to which case a mail belongs; without a case it is set aside.
func (d *Desk) bringMail(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	to := reply.FormID(c, "case")
	if err := d.Cases.Assign(c.Request().Context(), reply.Actor(c), id, to); err != nil {
		return err
	}
	if to == 0 {
		return reply.Done(c, lostPath, "letters.was_set_aside")
	}
	return reply.Done(c, caseHref(to), "letters.brought")
}
