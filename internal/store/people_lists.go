package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
)

// EmployeeFilter is what the list of employees can be asked for; Query is as typed.
type EmployeeFilter struct {
	Query string
	Teams []int64 // nil is every team
	Left  bool    // those who left too
}

// EmployeesBy lists employees by a filter.
func (s *Store) EmployeesBy(ctx context.Context, f EmployeeFilter, ask page.Ask) (page.Of[people.Employee], error) {
	return paged[people.Employee](s.employees(ctx, f), ask, employeeOrder(ask))
}

func (s *Store) employees(ctx context.Context, f EmployeeFilter) *gorm.DB {
	db := s.read(ctx).Table("employees")
	if q := i18n.Normalize(f.Query); q != "" {
		db = db.Where("(? OR ?)", containing("search", q), keyed("key", f.Query))
	}
	if f.Teams != nil {
		db = db.Where("team_id IN ?", some(f.Teams))
	}
	if !f.Left {
		db = db.Where("active")
	}
	return db
}

func employeeOrder(ask page.Ask) string {
	column := map[string]string{"key": "key", "name": "name", "email": "email"}[ask.Sort]
	switch {
	case column == "":
		return "name, id"
	case ask.Desc:
		return column + " DESC, id DESC"
	}
	return column + ", id"
}

// EachEmployee hands over every employee in order of the key, those who left too.
func (s *Store) EachEmployee(ctx context.Context, fn func(people.Employee) error) error {
	after := ""
	for {
		rows, err := all[people.Employee](s.read(ctx).Table("employees").Where("key > ?", after).Order("key").Limit(batch))
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, e := range rows {
			if err := fn(e); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].Key
	}
}

// Headcount counts the active employees of each team, without the teams below.
func (s *Store) Headcount(ctx context.Context) (map[int64]int, error) {
	type row struct {
		TeamID int64
		N      int
	}
	rows, err := all[row](s.read(ctx).Table("employees").Select("team_id, COUNT(*) AS n").Where("active").Group("team_id"))
	return mapped(rows, func(r row) (int64, int) { return r.TeamID, r.N }), err
}

// UsersBy lists sign-ins whose name or login contains q, as typed.
func (s *Store) UsersBy(ctx context.Context, q string, ask page.Ask) (page.Of[people.User], error) {
	db := s.read(ctx).Table("users")
	if q != "" {
		// A sign-in has no search column: names are found through the employee, logins by their folded form.
		db = db.Where("(? OR EXISTS (?))", keyed("users.login", q),
			s.read(ctx).Table("employees e").Select("1").Where("e.id = users.employee_id").Where(containing("e.search", i18n.Normalize(q))))
	}
	return paged[people.User](db, ask, userOrder(ask))
}

func userOrder(ask page.Ask) string {
	column := map[string]string{"login": "users.login", "name": "users.name"}[ask.Sort]
	switch {
	case column == "":
		return "users.login"
	case ask.Desc:
		return column + " DESC, users.id DESC"
	}
	return column + ", users.id"
}

// LockPeople implements people.Store: whoever holds these rows is the only one to move teams or to count administrators.
func (s *Store) LockPeople(ctx context.Context) error {
	if s.d.lock() == "" {
		return nil
	}
	for _, q := range []string{"SELECT id FROM teams ORDER BY id", "SELECT id FROM users WHERE administrator ORDER BY id"} {
		if err := s.read(ctx).Exec(q + s.d.lock()).Error; err != nil {
			return err
		}
	}
	return nil
}

// EmployeesByKey implements people.Store.
func (s *Store) EmployeesByKey(ctx context.Context, keys []string) (map[string]people.Employee, error) {
	rows, err := in[people.Employee](s.read(ctx), "employees", "key", keys)
	return mapped(rows, func(e people.Employee) (string, people.Employee) { return e.Key, e }), err
}

// UserOf implements people.Store.
func (s *Store) UserOf(ctx context.Context, employee int64) (people.User, error) {
	if employee == 0 {
		return people.User{}, fault.Missing("errors.user_missing")
	}
	return one[people.User](s.read(ctx).Table("users").Where("employee_id = ?", employee), "errors.user_missing")
}

// Administrators implements people.Store.
func (s *Store) Administrators(ctx context.Context) ([]int64, error) {
	return plucked[int64](s.read(ctx).Table("users").Where("administrator AND NOT disabled").Order("id"), "id")
}
