package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Tree loads the whole organisation.
func (s *Store) Tree(ctx context.Context) (people.Tree, error) {
	teams, err := all[people.Team](s.read(ctx).Table("teams").Order("id"))
	if err != nil {
		return people.Tree{}, fmt.Errorf("load teams: %w", err)
	}
	return people.NewTree(teams), nil
}

// ActorOf makes the actor of a user: what she was given, and what follows from the organisation today.
func (s *Store) ActorOf(ctx context.Context, user int64) (people.Actor, people.User, error) {
	u, err := one[people.User](s.read(ctx).Table("users").Where("id = ? AND NOT disabled", user), "errors.user_missing")
	if err != nil {
		return people.Actor{}, u, err
	}
	a := people.Actor{UserID: u.ID, EmployeeID: u.EmployeeID, Name: u.Name, Manager: u.Manager, Administrator: u.Administrator}
	if u.EmployeeID == 0 {
		return a, u, nil
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return a, u, err
	}
	a.Supervises = tree.SupervisedBy(u.EmployeeID)
	if a.Owns, err = plucked[int64](s.read(ctx).Table("touchpoints").Where("owner_id = ?", u.EmployeeID).Order("id"), "id"); err != nil {
		return a, u, err
	}
	a.Leads, err = plucked[int64](s.read(ctx).Table("journeys").Where("leader_id = ?", u.EmployeeID).Order("id"), "id")
	return a, u, err
}

// Users lists the sign-ins.
func (s *Store) Users(ctx context.Context) ([]people.User, error) {
	return all[people.User](s.read(ctx).Table("users").Order("login"))
}

// UserByLogin finds a sign-in by its name.
func (s *Store) UserByLogin(ctx context.Context, login string) (people.User, error) {
	return one[people.User](s.read(ctx).Table("users").Where("login = ?", login), "errors.user_missing")
}

// UserByID finds a sign-in by its number.
func (s *Store) UserByID(ctx context.Context, id int64) (people.User, error) {
	return one[people.User](s.read(ctx).Table("users").Where("id = ?", id), "errors.user_missing")
}

// SaveUser adds or replaces a sign-in; a login that is taken is a Conflict.
func (s *Store) SaveUser(ctx context.Context, u people.User) error {
	return s.change(ctx, func(db *gorm.DB) error { return s.taken(db.Table("users").Save(&u).Error, "errors.login_taken") })
}

// taken turns a violated unique key into the message that says which name is taken.
func (s *Store) taken(err error, key string) error {
	if s.d.constraint(err) {
		return fault.Conflict(key)
	}
	return err
}

// EmployeeByID finds an employee.
func (s *Store) EmployeeByID(ctx context.Context, id int64) (people.Employee, error) {
	return one[people.Employee](s.read(ctx).Table("employees").Where("id = ?", id), "errors.employee_missing")
}

// EmployeeByKey finds an employee by the company's own key.
func (s *Store) EmployeeByKey(ctx context.Context, key string) (people.Employee, error) {
	return one[people.Employee](s.read(ctx).Table("employees").Where("key = ?", key), "errors.employee_missing")
}

// EmployeeNames maps employees to their names.
func (s *Store) EmployeeNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	rows, err := in[people.Employee](s.read(ctx), "employees", "id", unique(ids))
	return mapped(rows, func(e people.Employee) (int64, string) { return e.ID, e.Name }), err
}

// Employees lists employees whose name contains q (normalised), of the given teams or, with nil, of all.
func (s *Store) Employees(ctx context.Context, q string, teams []int64, ask page.Ask) (page.Of[people.Employee], error) {
	db := s.read(ctx).Table("employees")
	if q != "" {
		db = db.Where(containing("search", q))
	}
	if teams != nil {
		db = db.Where("team_id IN ?", teams)
	}
	return paged[people.Employee](db, ask, employeeOrder(ask))
}

// SaveEmployee adds or replaces an employee.
func (s *Store) SaveEmployee(ctx context.Context, e people.Employee) error {
	return s.change(ctx, func(db *gorm.DB) error { return s.taken(db.Table("employees").Save(&e).Error, "errors.key_taken") })
}

// SaveTeam adds or replaces a team.
func (s *Store) SaveTeam(ctx context.Context, t people.Team) error {
	return s.change(ctx, func(db *gorm.DB) error { return s.taken(db.Table("teams").Save(&t).Error, "errors.key_taken") })
}

// unique sorts ids and drops repeats and zeros.
func unique(ids []int64) []int64 {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > 0 && ids[0] == 0 {
		ids = ids[1:]
	}
	return ids
}

// paged loads one part of a list and counts the whole.
func paged[T any](db *gorm.DB, ask page.Ask, order string) (page.Of[T], error) {
	ask = ask.Clean()
	out := page.Of[T]{Ask: ask}
	db = db.Session(&gorm.Session{})
	var err error
	if out.Total, err = howMany(db); err != nil {
		return out, err
	}
	out.Ask = ask.Within(out.Total)
	out.Rows, err = all[T](db.Order(order).Limit(ask.Size).Offset(out.Ask.Offset()))
	return out, err
}
