package staff

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/store"
	view "github.com/journeyloop/journeyloop/templates/people"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// Whose absences somebody may see is whose she may enter (people.Actor.MayKeepAbsences); others do not exist for her.
func (d *Desk) absenceRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/employees/:id/absences", Guard: reply.Signed, Handle: d.absencesPage},
		{Method: http.MethodPost, Path: "/employees/:id/absences", Guard: reply.Signed, Handle: d.setAbsence},
		{Method: http.MethodGet, Path: "/employees/:id/absences/:absence/ending", Guard: reply.Signed, Handle: d.confirmAbsenceEnding},
		{Method: http.MethodPost, Path: "/employees/:id/absences/:absence/ending", Guard: reply.Signed, Handle: d.endAbsence},
	}
}

func absencesPath(employee int64) string { return fmt.Sprintf("/employees/%d/absences", employee) }

func (d *Desk) absencesPage(c echo.Context) error {
	return d.absences(c, http.StatusOK, view.AbsencesView{}, 0)
}

// absences is the page of one employee's absences, and the form for another with whom was chosen to stand in.
func (d *Desk) absences(c echo.Context, status int, v view.AbsencesView, substitute int64) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, r := c.Request().Context(), reply.Reader(c)
	kept, err := d.absencesOf(ctx, reply.Actor(c), id)
	if err != nil {
		return err
	}
	kept.From, kept.Until, kept.Problems, kept.Example = v.From, v.Until, v.Problems, r.DateField(d.Now())
	if kept.Substitutes, err = d.substituteOptions(c, id, substitute); err != nil {
		return err
	}
	title, crumbs := r.T("absences.title"), []ui.Crumb{{Text: r.T("session.me"), Href: "/me"}}
	if id != reply.Actor(c).EmployeeID {
		title, crumbs = r.T("absences.of", "name", i18n.Isolate(kept.Name)), peopleCrumbs(c, ui.Crumb{Text: kept.Name, Href: employeeHref(id)})
		if !reply.Actor(c).MaySeePeople() {
			crumbs = []ui.Crumb{{Text: r.T("team.title"), Href: "/team"}, {Text: kept.Name, Href: fmt.Sprintf("/team/employees/%d", id)}}
		}
	}
	return reply.Page(c, reply.Frame{Title: title, Crumbs: append(crumbs, ui.Crumb{Text: r.T("absences.title")}), Status: status}, view.AbsencesPage(title, kept))
}

// absencesOf are an employee's absences as the reader sees them.
func (d *Desk) absencesOf(ctx context.Context, actor people.Actor, employee int64) (view.AbsencesView, error) {
	v := view.AbsencesView{Employee: employee}
	found, err := d.People.AbsencesOf(ctx, actor, employee)
	if err != nil {
		return v, err
	}
	ids := []int64{employee}
	for _, a := range found {
		ids = append(ids, a.SubstituteID)
	}
	names, err := d.Store.EmployeeNames(ctx, ids)
	if err != nil {
		return v, err
	}
	v.Name = names[employee]
	r, today := i18n.From(ctx), i18n.Day(d.Now(), d.Zone)
	noon := func(day int32) time.Time { return i18n.DayStart(day, r.Zone()).Add(12 * time.Hour) }
	for _, a := range found {
		v.Lines = append(v.Lines, view.AbsenceLine{ID: a.ID, Days: r.DateRange(noon(a.FromDay), noon(a.UntilDay)), Substitute: names[a.SubstituteID], Now: a.FromDay <= today})
	}
	return v, nil
}

// absencesPart is what other pages show of an employee's absences; nothing to whoever may not enter them.
func (d *Desk) absencesPart(c echo.Context, employee int64) (templ.Component, error) {
	v, err := d.absencesOf(c.Request().Context(), reply.Actor(c), employee)
	if fault.KindOf(err) == fault.KindMissing {
		return templ.NopComponent, nil
	}
	return view.AbsencesPart(v), err
}

// substituteOptions offers who may stand in for somebody.
func (d *Desk) substituteOptions(c echo.Context, employee, chosen int64) ([]ui.Option, error) {
	near, err := d.substitutes(c, employee)
	if err != nil {
		return nil, err
	}
	r := reply.Reader(c)
	slices.SortFunc(near, func(a, b people.Employee) int { return r.Compare(a.Name, b.Name) })
	out := []ui.Option{{Value: "0", Text: r.T("absences.nobody"), Chosen: chosen == 0}}
	for _, o := range near {
		if o.ID != employee {
			out = append(out, ui.Option{Value: strconv.FormatInt(o.ID, 10), Text: o.Name, Chosen: o.ID == chosen})
		}
	}
	return out, nil
}

// substitutes are the people of the teams above and below somebody's, whom she knows anyway; in a small company whoever may
// see people chooses among all.
func (d *Desk) substitutes(c echo.Context, employee int64) ([]people.Employee, error) {
	ctx := c.Request().Context()
	e, err := d.Store.EmployeeByID(ctx, employee)
	if err != nil {
		return nil, err
	}
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	teams := append(tree.Path(e.TeamID), tree.Below(e.TeamID)...)
	if reply.Actor(c).MaySeePeople() {
		return d.near(ctx, teams)
	}
	if e.TeamID == 0 {
		return nil, nil
	}
	found, err := d.Store.EmployeesBy(ctx, store.EmployeeFilter{Teams: teams}, page.Ask{Size: mostChoices})
	return found.Rows, err
}

// mayStandIn keeps a form from naming somebody whom the page does not offer.
func (d *Desk) mayStandIn(c echo.Context, p *fault.Problems, a people.Absence) error {
	if a.SubstituteID == 0 || a.SubstituteID == a.EmployeeID { // the latter has a word of its own
		return nil
	}
	near, err := d.substitutes(c, a.EmployeeID)
	if err == nil && !slices.ContainsFunc(near, func(e people.Employee) bool { return e.ID == a.SubstituteID }) {
		p.Add("substitute", "errors.choice")
	}
	return err
}

func (d *Desk) setAbsence(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	v := view.AbsencesView{From: c.FormValue("from"), Until: c.FormValue("until")}
	a := people.Absence{EmployeeID: id, SubstituteID: reply.FormID(c, "substitute")}
	var p fault.Problems
	a.FromDay, a.UntilDay = typedDay(c, &p, "from"), typedDay(c, &p, "until")
	if _, err := d.absencesOf(c.Request().Context(), reply.Actor(c), id); err != nil {
		return err
	}
	if err := d.mayStandIn(c, &p, a); err != nil {
		return err
	}
	if err = p.Err(); err == nil {
		_, err = d.People.SetAbsence(c.Request().Context(), reply.Actor(c), a)
	}
	if problems, ok := reply.Problems(err); ok {
		v.Problems = problems
		return d.absences(c, http.StatusUnprocessableEntity, v, a.SubstituteID)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, absencesPath(id), "absences.set")
}

// typedDay reads a day as the reader types it.
func typedDay(c echo.Context, p *fault.Problems, name string) int32 {
	r := reply.Reader(c)
	at, err := r.ParseDate(c.FormValue(name))
	if err != nil {
		key, args := r.DateProblem(err)
		p.Add(name, key, args...)
		return 0
	}
	return i18n.Day(at, r.Zone())
}

func (d *Desk) confirmAbsenceEnding(c echo.Context) error {
	employee, absence, err := absenceIDs(c)
	if err != nil {
		return err
	}
	v, err := d.absencesOf(c.Request().Context(), reply.Actor(c), employee)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(v.Lines, func(l view.AbsenceLine) bool { return l.ID == absence })
	if i < 0 {
		return fault.Missing("absences.missing")
	}
	text, button := v.Lines[i].Ending(c.Request().Context(), v.Name)
	return confirm(c, ui.ConfirmationView{Text: text, Button: button, Kind: ui.Primary, Back: absencesPath(employee)})
}

func (d *Desk) endAbsence(c echo.Context) error {
	employee, absence, err := absenceIDs(c)
	if err != nil {
		return err
	}
	if err := d.People.EndAbsence(c.Request().Context(), reply.Actor(c), employee, absence); err != nil {
		return err
	}
	return reply.Done(c, absencesPath(employee), "absences.ended")
}

func absenceIDs(c echo.Context) (employee, absence int64, err error) {
	if employee, err = reply.ID(c, "id"); err != nil {
		return 0, 0, err
	}
	absence, err = reply.ID(c, "absence")
	return employee, absence, err
}
