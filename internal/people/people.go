// Package people holds employees, teams and users, and the two values every question carries: the Actor (who asks) and
// the Scope (how far that person sees). It is not about customers (see run) and not about passwords (see auth).
package people

import (
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// Team is a node of the organisation tree. ParentID 0 is the top; SupervisorID 0 means nobody yet.
type Team struct {
	ID           int64
	Key          string
	Name         i18n.Text
	Search       string
	ParentID     int64
	SupervisorID int64
	CreatedAt    time.Time
}

// Employee is a person who works here; may or may not sign in.
type Employee struct {
	ID        int64
	Key       string
	Name      string
	Search    string
	TeamID    int64
	Email     string
	Language  i18n.Lang
	Active    bool
	CreatedAt time.Time
}

// User is a sign-in. Supervisor, owner and leader are derived from the organisation; manager and administrator are given.
type User struct {
	ID            int64
	EmployeeID    int64 // 0 for a user who is not an employee
	Login         string
	Name          string
	PasswordHash  string
	Manager       bool
	Administrator bool
	Language      i18n.Lang
	Calendar      i18n.Calendar
	Theme         Theme
	Disabled      bool
	CreatedAt     time.Time
}

// Tree is the whole organisation in memory: a company has thousands of teams at most.
type Tree struct {
	Teams    map[int64]Team
	children map[int64][]int64
}

// NewTree arranges teams by their parents, children in the order given.
func NewTree(teams []Team) Tree {
	t := Tree{Teams: make(map[int64]Team, len(teams)), children: map[int64][]int64{}}
	for _, team := range teams {
		t.Teams[team.ID] = team
		t.children[team.ParentID] = append(t.children[team.ParentID], team.ID)
	}
	return t
}

// Below returns the team and everything under it; a circle in the data is walked once.
func (t Tree) Below(id int64) []int64 {
	seen := map[int64]bool{}
	var walk func(int64)
	var out []int64
	walk = func(id int64) {
		if seen[id] {
			return
		}
		seen[id] = true
		out = append(out, id)
		for _, child := range t.children[id] {
			walk(child)
		}
	}
	walk(id)
	return out
}

// Children returns the teams directly under id; 0 asks for the top.
func (t Tree) Children(id int64) []int64 { return t.children[id] }

// Path returns the team and those above it, the top first.
func (t Tree) Path(id int64) []int64 {
	var path []int64
	for id != 0 && !slices.Contains(path, id) {
		path = append(path, id)
		id = t.Teams[id].ParentID
	}
	slices.Reverse(path)
	return path
}

// SupervisedBy returns every team the employee answers for: those she supervises and all below them.
func (t Tree) SupervisedBy(employee int64) []int64 {
	var out []int64
	if employee == 0 {
		return nil
	}
	for id, team := range t.Teams {
		if team.SupervisorID == employee {
			out = append(out, t.Below(id)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Supervisor is the nearest supervisor at or above a team, 0 for none.
func (t Tree) Supervisor(team int64) int64 {
	path := t.Path(team)
	for i := len(path) - 1; i >= 0; i-- {
		if who := t.Teams[path[i]].SupervisorID; who != 0 {
			return who
		}
	}
	return 0
}

// Departments are the parts the company is first divided into: the teams under the top one, or the top ones where there
// are several.
func (t Tree) Departments() []int64 {
	top := t.Children(0)
	if len(top) == 1 && len(t.Children(top[0])) > 0 {
		return t.Children(top[0])
	}
	return top
}
