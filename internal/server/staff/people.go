package staff

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

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

func (d *Desk) peopleRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/people", Guard: reply.Office, Handle: d.teamTree},
		{Method: http.MethodGet, Path: "/people/teams/new", Guard: reply.Administrator, Handle: d.newTeam},
		{Method: http.MethodPost, Path: "/people/teams", Guard: reply.Administrator, Handle: d.saveTeam},
		{Method: http.MethodGet, Path: "/people/teams/:id", Guard: reply.Office, Handle: d.oneTeam},
		{Method: http.MethodPost, Path: "/people/teams/:id", Guard: reply.Administrator, Handle: d.saveTeam},
		{Method: http.MethodGet, Path: "/people/employees", Guard: reply.Office, Handle: d.employeeList},
		{Method: http.MethodGet, Path: "/people/employees/import", Guard: reply.Administrator, Handle: d.importPage},
		{Method: http.MethodPost, Path: "/people/employees/import", Guard: reply.Administrator, Handle: d.importEmployees},
		{Method: http.MethodGet, Path: "/people/employees/new", Guard: reply.Administrator, Handle: d.newEmployee},
		{Method: http.MethodPost, Path: "/people/employees", Guard: reply.Administrator, Handle: d.saveEmployee},
		{Method: http.MethodGet, Path: "/people/employees/:id", Guard: reply.Office, Handle: d.employeePage},
		{Method: http.MethodPost, Path: "/people/employees/:id", Guard: reply.Administrator, Handle: d.saveEmployee},
	}
}

// peopleCrumbs lead back to the organisation.
func peopleCrumbs(c echo.Context, rest ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Text: reply.T(c, "people.title"), Href: "/people"}}, rest...)
}

func (d *Desk) teamTree(c echo.Context) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return err
	}
	heads, err := d.Store.Headcount(ctx)
	if err != nil {
		return err
	}
	var supervisors []int64
	for _, t := range tree.Teams {
		supervisors = append(supervisors, t.SupervisorID)
	}
	names, err := d.Store.EmployeeNames(ctx, supervisors)
	if err != nil {
		return err
	}
	v := view.TreeView{MayChange: reply.Actor(c).MayAdminister()}
	eachTeam(tree, r, func(t people.Team, depth int) {
		row := view.TeamRow{ID: t.ID, Depth: depth, Name: t.Name.In(r.Lang()), Supervisor: names[t.SupervisorID]}
		for _, below := range tree.Below(t.ID) {
			row.People += heads[below]
		}
		v.Rows = append(v.Rows, row)
	})
	return reply.Page(c, reply.Frame{Title: reply.T(c, "people.title")}, view.Tree(v))
}

// eachTeam walks the tree from the top, siblings in the order of the reader's alphabet.
func eachTeam(tree people.Tree, r *i18n.Reader, visit func(t people.Team, depth int)) {
	var down func(parent int64, depth int)
	down = func(parent int64, depth int) {
		children := slices.Clone(tree.Children(parent))
		slices.SortFunc(children, func(a, b int64) int {
			return r.Compare(tree.Teams[a].Name.In(r.Lang()), tree.Teams[b].Name.In(r.Lang()))
		})
		for _, id := range children {
			visit(tree.Teams[id], depth)
			down(id, depth+1)
		}
	}
	down(0, 0)
}

// teamOptions are the teams to choose from, indented as they stand in the tree; none is the choice of no team.
func teamOptions(tree people.Tree, r *i18n.Reader, none string, chosen int64) []ui.Option {
	out := []ui.Option{{Value: "0", Text: none, Chosen: chosen == 0}}
	eachTeam(tree, r, func(t people.Team, depth int) {
		out = append(out, ui.Option{Value: strconv.FormatInt(t.ID, 10), Text: strings.Repeat("\u2003", depth) + t.Name.In(r.Lang()), Chosen: t.ID == chosen})
	})
	return out
}

func (d *Desk) newTeam(c echo.Context) error {
	return d.teamForm(c, http.StatusOK, people.Team{ParentID: queryID(c, "parent"), Name: i18n.Text{}}, nil)
}

func (d *Desk) oneTeam(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	tree, err := d.Store.Tree(c.Request().Context())
	if err != nil {
		return err
	}
	t, ok := tree.Teams[id]
	if !ok {
		return fault.Missing("people.team_missing")
	}
	return d.teamForm(c, http.StatusOK, t, nil)
}

func (d *Desk) saveTeam(c echo.Context) error {
	t := people.Team{Key: c.FormValue("key"), Name: i18n.Text{}, ParentID: reply.FormID(c, "parent"), SupervisorID: reply.FormID(c, "supervisor")}
	if c.Param("id") != "" {
		id, err := reply.ID(c, "id")
		if err != nil {
			return err
		}
		t.ID = id
	}
	for _, l := range i18n.Languages {
		if name := strings.TrimSpace(c.FormValue("name_" + string(l))); name != "" {
			t.Name[l] = name
		}
	}
	saved, err := d.People.SaveTeam(c.Request().Context(), reply.Actor(c), t)
	if problems, ok := reply.Problems(err); ok {
		return d.teamForm(c, http.StatusUnprocessableEntity, t, problems)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, fmt.Sprintf("/people/teams/%d", saved.ID), "common.saved")
}

// mostChoices is how many employees a form offers to choose from.
const mostChoices = 200

func (d *Desk) teamForm(c echo.Context, status int, t people.Team, problems []fault.Field) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return err
	}
	v := view.TeamView{ID: t.ID, Key: t.Key, Name: t.Name, Problems: problems, MayChange: reply.Actor(c).MayAdminister(), Title: reply.T(c, "people.add_team"),
		Parents:       teamOptions(tree, r, r.T("people.top"), t.ParentID),
		EmployeesHref: fmt.Sprintf("/people/employees?team=%d", t.ID), AddHref: fmt.Sprintf("/people/employees/new?team=%d", t.ID)}
	if old, ok := tree.Teams[t.ID]; ok {
		v.Title, v.Key = old.Name.In(r.Lang()), old.Key
		if v.Members, err = d.members(ctx, t.ID); err != nil {
			return err
		}
	}
	if v.Supervisors, err = d.supervisorOptions(ctx, tree, t); err != nil {
		return err
	}
	return reply.Page(c, reply.Frame{Title: v.Title, Crumbs: peopleCrumbs(c, ui.Crumb{Text: v.Title}), Status: status}, view.Team(v))
}

func (d *Desk) members(ctx context.Context, team int64) ([]view.Line, error) {
	found, err := d.Store.EmployeesBy(ctx, store.EmployeeFilter{Teams: []int64{team}}, page.Ask{Size: 50})
	var out []view.Line
	for _, e := range found.Rows {
		out = append(out, view.Line{Href: employeeHref(e.ID), Name: e.Name})
	}
	return out, err
}

func employeeHref(id int64) string { return fmt.Sprintf("/people/employees/%d", id) }

// supervisorOptions offers the people of the team, of those above and below it, and whoever supervises it now; in a
// small company that is everybody.
func (d *Desk) supervisorOptions(ctx context.Context, tree people.Tree, t people.Team) ([]ui.Option, error) {
	r := i18n.From(ctx)
	people, err := d.near(ctx, append(tree.Path(t.ParentID), tree.Below(t.ID)...))
	if err != nil {
		return nil, err
	}
	if t.SupervisorID != 0 && !slices.ContainsFunc(people, func(e employee) bool { return e.ID == t.SupervisorID }) {
		e, err := d.Store.EmployeeByID(ctx, t.SupervisorID)
		if err != nil && fault.KindOf(err) != fault.KindMissing {
			return nil, err
		}
		people = append(people, e)
	}
	slices.SortFunc(people, func(a, b employee) int { return r.Compare(a.Name, b.Name) })
	out := []ui.Option{{Value: "0", Text: r.T("people.nobody"), Chosen: t.SupervisorID == 0}}
	for _, e := range people {
		if e.ID != 0 {
			out = append(out, ui.Option{Value: strconv.FormatInt(e.ID, 10), Text: e.Name, Chosen: e.ID == t.SupervisorID})
		}
	}
	return out, nil
}

// near are the people of these teams; in a small company everybody.
func (d *Desk) near(ctx context.Context, teams []int64) ([]employee, error) {
	found, err := d.Store.EmployeesBy(ctx, store.EmployeeFilter{}, page.Ask{Size: mostChoices})
	if err == nil && found.Total > mostChoices {
		found, err = d.Store.EmployeesBy(ctx, store.EmployeeFilter{Teams: teams}, page.Ask{Size: mostChoices})
	}
	return found.Rows, err
}

type employee = people.Employee

func (d *Desk) employeeList(c echo.Context) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return err
	}
	team := queryID(c, "team")
	f := store.EmployeeFilter{Query: c.QueryParam("q"), Left: c.QueryParam("left") == "1"}
	if team != 0 {
		f.Teams = tree.Below(team)
	}
	found, err := d.Store.EmployeesBy(ctx, f, reply.Ask(c))
	if err != nil {
		return err
	}
	v := view.EmployeesView{Path: c.Request().URL.RequestURI(), Query: f.Query, Left: f.Left, Teams: teamOptions(tree, r, r.T("common.all"), team),
		Rows: page.Of[view.Line]{Total: found.Total, Ask: found.Ask}, MayChange: reply.Actor(c).MayAdminister()}
	for _, e := range found.Rows {
		v.Rows.Rows = append(v.Rows.Rows, view.Line{Href: employeeHref(e.ID), Name: e.Name, Key: e.Key, Team: tree.Teams[e.TeamID].Name.In(r.Lang()), Email: e.Email, Active: e.Active})
	}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "people.employees"), Crumbs: peopleCrumbs(c, ui.Crumb{Text: reply.T(c, "people.employees")})}, view.EmployeeList(v))
}

// teamPath is a team's path in names from the top, as the import reads it.
func teamPath(tree people.Tree, team int64) string {
	var names []string
	for _, id := range tree.Path(team) {
		names = append(names, tree.Teams[id].Name.In(i18n.English))
	}
	return strings.Join(names, " / ")
}

func (d *Desk) importPage(c echo.Context) error {
	return d.importForm(c, http.StatusOK, view.ImportView{})
}

func (d *Desk) importForm(c echo.Context, status int, v view.ImportView) error {
	title := reply.T(c, "people.import")
	crumbs := peopleCrumbs(c, ui.Crumb{Text: reply.T(c, "people.employees"), Href: "/people/employees"}, ui.Crumb{Text: title})
	return reply.Page(c, reply.Frame{Title: title, Crumbs: crumbs, Status: status}, view.Import(v))
}

func (d *Desk) importEmployees(c echo.Context) error {
	file, err := uploaded(c, "file")
	if err != nil {
		return err
	}
	report, err := d.People.Import(c.Request().Context(), reply.Actor(c), file)
	if problems, ok := reply.Problems(err); ok {
		return d.importForm(c, http.StatusUnprocessableEntity, view.ImportView{Problems: problems})
	}
	if err != nil {
		return err
	}
	return d.importForm(c, http.StatusOK, view.ImportView{Report: &report})
}

// uploaded reads a file of a form, one byte more than is allowed at most; no file is an empty one.
func uploaded(c echo.Context, name string) ([]byte, error) {
	head, err := c.FormFile(name)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || errors.Is(err, http.ErrMissingBoundary) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	file, err := head.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, people.MaxImport+1))
}

func (d *Desk) newEmployee(c echo.Context) error {
	return d.employeeForm(c, http.StatusOK, view.EmployeeView{Employee: people.Employee{TeamID: queryID(c, "team"), Active: true}})
}

func (d *Desk) employeePage(c echo.Context) error {
	e, err := d.employeeOf(c)
	if err != nil {
		return err
	}
	return d.employeeForm(c, http.StatusOK, view.EmployeeView{Employee: e})
}

func (d *Desk) employeeOf(c echo.Context) (people.Employee, error) {
	id, err := reply.ID(c, "id")
	if err != nil {
		return people.Employee{}, err
	}
	return d.Store.EmployeeByID(c.Request().Context(), id)
}

func (d *Desk) saveEmployee(c echo.Context) error {
	e := people.Employee{Key: c.FormValue("key"), Name: c.FormValue("name"), TeamID: reply.FormID(c, "team"), Email: c.FormValue("email"),
		Language: i18n.Lang(c.FormValue("language")), Active: c.FormValue("active") == "1"}
	if c.Param("id") != "" {
		old, err := d.employeeOf(c)
		if err != nil {
			return err
		}
		e.ID, e.Key = old.ID, old.Key
	}
	saved, err := d.People.SaveEmployee(c.Request().Context(), reply.Actor(c), e)
	if problems, ok := reply.Problems(err); ok {
		return d.employeeForm(c, http.StatusUnprocessableEntity, view.EmployeeView{Employee: e, Problems: problems})
	}
	if err != nil {
		return err
	}
	return reply.Done(c, employeeHref(saved.ID), "common.saved")
}

// employeeForm fills in what every showing of the form needs.
func (d *Desk) employeeForm(c echo.Context, status int, v view.EmployeeView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return err
	}
	v.Teams, v.MayChange = teamOptions(tree, r, r.T("people.no_team"), v.Employee.TeamID), reply.Actor(c).MayAdminister()
	v.Title = reply.T(c, "people.add_employee")
	if v.Employee.ID != 0 {
		old, err := d.Store.EmployeeByID(ctx, v.Employee.ID)
		if err != nil {
			return err
		}
		v.Title = old.Name
		if v.Absences, err = d.absencesPart(c, old.ID); err != nil {
			return err
		}
		u, err := d.Store.UserOf(ctx, old.ID)
		if err == nil {
			v.User = &u
		} else if fault.KindOf(err) != fault.KindMissing {
			return err
		}
	}
	crumbs := peopleCrumbs(c, ui.Crumb{Text: reply.T(c, "people.employees"), Href: "/people/employees"}, ui.Crumb{Text: v.Title})
	return reply.Page(c, reply.Frame{Title: v.Title, Crumbs: crumbs, Status: status}, view.Employee(v))
}
