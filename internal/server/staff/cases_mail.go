package staff

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/cases"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) caseMailRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: lostPath, Guard: reply.Manager, Handle: d.lostMails},
		{Method: http.MethodGet, Path: lostPath + "/:id", Guard: reply.Manager, Handle: d.findCase},
		{Method: http.MethodPost, Path: lostPath + "/:id", Guard: reply.Manager, Handle: d.bringMail},
	}
}

const lostPath = "/cases/mail"

func (d *Desk) writeCase(c echo.Context, actor people.Actor, id int64) error {
	_, err := d.Cases.Write(c.Request().Context(), actor, id, c.FormValue("subject"), c.FormValue("letter"))
	return err
}

// lostMails lists what came in and belongs to no case, each with the open cases of whoever sent it.
func (d *Desk) lostMails(c echo.Context) error {
	ctx, scope := c.Request().Context(), reply.Actor(c).Scope()
	found, err := d.Store.LostMails(ctx, scope, reply.Ask(c))
	if err != nil {
		return err
	}
	v := cases.LostView{Pager: ui.PagerOf(c.Request().URL.RequestURI(), found)}
	for _, m := range found.Rows {
		mail, err := d.lostMail(ctx, scope, m, m.Sender)
		if err != nil {
			return err
		}
		v.Mails = append(v.Mails, mail)
	}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "letters.lost"), Crumbs: lostCrumbs(c)}, cases.Lost(v))
}

func lostCrumbs(c echo.Context) []ui.Crumb {
	return []ui.Crumb{{Text: reply.T(c, "cases.title"), Href: "/cases"}, {Text: reply.T(c, "letters.lost"), Href: lostPath}}
}

// lostMail is one mail with the open cases that what was asked for finds: by the name of a customer, an address or a key.
func (d *Desk) lostMail(ctx context.Context, scope people.Scope, m casework.Mail, asked string) (cases.LostMail, error) {
	v := cases.LostMail{ID: fmt.Sprint(m.ID), Base: fmt.Sprintf("%s/%d", lostPath, m.ID), Sender: m.Sender, Subject: m.Subject, Words: m.Words, At: m.MadeAt}
	files, err := d.Store.MailFilesOf(ctx, []int64{m.ID}, false)
	if err != nil {
		return v, err
	}
	for _, f := range files {
		v.Files = append(v.Files, cases.LostFile{Name: f.Name, LeftOut: f.Refused != ""})
	}
	found, err := d.Store.CasesFor(ctx, scope, casework.Filter{Customer: asked}, page.Ask{Size: mostFound})
	if err != nil || asked == "" {
		return v, err
	}
	b, err := d.caseBook(ctx)
	if err != nil {
		return v, err
	}
	lines, err := b.lines(ctx, found.Rows)
	for i, l := range lines {
		v.Cases = append(v.Cases, ui.Option{Value: fmt.Sprint(found.Rows[i].ID), Text: l.Customer, Chosen: len(lines) == 1,
			Hint: strings.Join([]string{l.Journey, l.State, b.r.Date(l.Opened)}, " · ")})
	}
	return v, err
}

// findCase looks for the case of one lost mail.
func (d *Desk) findCase(c echo.Context) error { return d.lostOne(c, http.StatusOK, "") }

func (d *Desk) lostOne(c echo.Context, status int, problem string) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	m, err := d.Store.MailByID(ctx, id)
	switch {
	case err != nil:
		return err
	case m.State != casework.MailLost:
		return fault.Conflict("cases.mail_found")
	}
	query := typed(c.QueryParam("q"))
	mail, err := d.lostMail(ctx, reply.Actor(c).Scope(), m, cmp.Or(query, m.Sender))
	if err != nil {
		return err
	}
	mail.Problem = problem
	title := reply.T(c, "letters.find")
	return reply.Page(c, reply.Frame{Title: title, Status: status, Crumbs: append(lostCrumbs(c), ui.Crumb{Text: title})},
		cases.FindCase(cases.FindView{Path: c.Request().URL.RequestURI(), Query: query, Mail: mail}))
}

// bringMail says to which case a mail belongs, or sets it aside.
func (d *Desk) bringMail(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	to, aside := reply.FormID(c, "case"), c.FormValue("aside") != ""
	if to == 0 && !aside {
		return d.lostOne(c, http.StatusUnprocessableEntity, reply.T(c, "errors.choice"))
	}
	if aside {
		to = 0
	}
	if err := d.Cases.Assign(c.Request().Context(), reply.Actor(c), id, to); err != nil {
		return err
	}
	if aside {
		return reply.Done(c, lostPath, "letters.was_set_aside")
	}
	return reply.Done(c, caseHref(to), "letters.brought")
}
