// Package people is the pages that keep the organisation: teams as a tree, employees, sign-ins. It never shows a figure
// about a person.
package people

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	staff "github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// Part is one of the three pages of people.
type Part string

// Parts.
const (
	Teams     Part = "teams"
	Employees Part = "employees"
	Users     Part = "users"
)

// part is a tab over the page.
type part struct {
	Part      Part
	Href, Key string
}

var parts = []part{
	{Teams, "/people", "people.teams"},
	{Employees, "/people/employees", "people.employees"},
	{Users, "/people/users", "people.users"},
}

// TreeView is the whole organisation.
type TreeView struct {
	Rows      []TeamRow
	MayChange bool
}

// TeamRow is one team where it stands in the tree.
type TeamRow struct {
	ID         int64
	Depth      int
	Name       string
	Supervisor string
	People     int // in this team and below
}

// TeamView is the form of one team; ID 0 adds one.
type TeamView struct {
	ID                     int64
	Title                  string
	Key                    string
	Name                   i18n.Text
	Parents, Supervisors   []ui.Option
	Problems               []fault.Field
	MayChange              bool
	Members                []Line
	EmployeesHref, AddHref string
}

func (v TeamView) action() string {
	if v.ID == 0 {
		return "/people/teams"
	}
	return fmt.Sprintf("/people/teams/%d", v.ID)
}

// Line is an employee in a list.
type Line struct {
	Href, Name, Key, Team, Email string
	Active                       bool
}

// EmployeesView is the list of employees.
type EmployeesView struct {
	Path      string
	Query     string
	Teams     []ui.Option
	Left      bool
	Rows      page.Of[Line]
	MayChange bool
}

// filtered reports whether anything was asked for.
func (v EmployeesView) filtered() bool {
	return v.Query != "" || v.Left || slices.ContainsFunc(v.Teams, func(o ui.Option) bool { return o.Chosen && o.Value != "0" })
}

// first is the next step where nobody works here yet.
func (v EmployeesView) first(ctx context.Context) ui.ButtonView {
	if !v.MayChange {
		return ui.ButtonView{}
	}
	return ui.ButtonView{Text: ui.T(ctx, "people.add_employee"), Href: "/people/employees/new", Icon: "plus"}
}

// first is the next step where there are no teams yet.
func (v TreeView) first(ctx context.Context) ui.ButtonView {
	if !v.MayChange {
		return ui.ButtonView{}
	}
	return ui.ButtonView{Text: ui.T(ctx, "people.add_team"), Href: "/people/teams/new", Icon: "plus"}
}

// EmployeeView is the form of one employee and, below it, her sign-in.
type EmployeeView struct {
	Employee  staff.Employee
	Title     string
	Teams     []ui.Option
	Problems  []fault.Field
	MayChange bool
	User      *staff.User
	Login     string // as typed for a new sign-in
	LoginBad  []fault.Field
	Absences  templ.Component // nothing to those who may not enter them; nil for somebody new
}

func (v EmployeeView) action() string {
	if v.Employee.ID == 0 {
		return "/people/employees"
	}
	return fmt.Sprintf("/people/employees/%d", v.Employee.ID)
}

// UsersView is the list of sign-ins.
type UsersView struct {
	Path      string
	Query     string
	Rows      page.Of[UserLine]
	MayChange bool
}

// UserLine is a sign-in in a list.
type UserLine struct {
	Href, Login, Name      string
	Manager, Administrator bool
	Disabled               bool
}

// UserView is one sign-in.
type UserView struct {
	User         staff.User
	EmployeeHref string
	LastSeen     *time.Time
	Sessions     int
	MayChange    bool
	Self         bool
}

// SightView is what somebody sees, in counts: never in words.
type SightView struct {
	Name, Href string
	Home       string // the page she opens first
	Roles      []RoleView
	Menu       []ui.NavItem
	Counts     []SightCount
}

// RoleView is one role and why somebody has it.
type RoleView struct {
	Name, Why string
	For       []string // teams, touchpoints or journeys it comes from
}

// SightCount is how many rows of a kind are in sight.
type SightCount struct {
	What string
	N    int64
}

// PasswordView shows a password this once.
type PasswordView struct {
	Name, Login, Password string
	Href                  string
}

// ImportView is the upload and what came of it.
type ImportView struct {
	Problems []fault.Field
	Report   *staff.Report
}

// languages are the languages an employee can have; "" is the company's.
func languages(ctx context.Context, chosen i18n.Lang) []ui.Option {
	out := []ui.Option{{Value: "", Text: ui.T(ctx, "people.language_company"), Chosen: chosen == ""}}
	for _, l := range i18n.Languages {
		out = append(out, ui.Option{Value: string(l), Text: l.Name(), Chosen: l == chosen})
	}
	return out
}

// where says where in the file a problem stands; a column also by its name in the head line.
func where(ctx context.Context, w staff.Wrong) string {
	if w.Column == 0 {
		return ui.T(ctx, "people.import.at_line", "line", w.Line)
	}
	return ui.T(ctx, "people.import.at", "line", w.Line, "column", w.Column, "name", w.Name)
}

func (v EmployeesView) filter(ctx context.Context) ui.FilterView {
	return ui.FilterView{Path: v.Path, Label: ui.T(ctx, "people.find"), Own: []string{"q", "team", "left"}, Filtered: v.filtered()}
}

func (v UsersView) filter(ctx context.Context) ui.FilterView {
	return ui.FilterView{Path: v.Path, Label: ui.T(ctx, "people.find"), Own: []string{"q"}, Filtered: v.Query != ""}
}
