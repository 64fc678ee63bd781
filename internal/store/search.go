package store

import (
	"context"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// containing is true for a column with q in it. What LIKE would read as a pattern is text here.
func containing(column, q string) clause.Expr {
	q = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(q)
	return gorm.Expr(column+" LIKE ? ESCAPE '!'", "%"+q+"%")
}

// keyed is true for a business key with q in it, in either case where the engine knows the script's cases.
func keyed(column, q string) clause.Expr {
	q = strings.TrimSpace(q)
	return gorm.Expr("(? OR ?)", containing(column, q), containing("LOWER("+column+")", strings.ToLower(q)))
}

// Found is one kind of what a search found: the first few and how many there are.
type Found[T any] struct {
	Rows  []T
	Total int
}

// Findings is everything a search found in the asker's sight.
type Findings struct {
	Employees   Found[people.Employee]
	Teams       Found[people.Team]
	Journeys    Found[journey.Journey]
	Touchpoints Found[journey.Touchpoint]
	Runs        Found[run.Run]
	Customers   Found[run.Customer]
}

// Total is how many things were found.
func (f Findings) Total() int {
	return f.Employees.Total + f.Teams.Total + f.Journeys.Total + f.Touchpoints.Total + f.Runs.Total + f.Customers.Total
}

// firstFound is how many of each kind a search shows.
const firstFound = 10

// Search looks for q, as typed, in all that the actor may see: the whole organisation for managers and administrators,
// supervised teams for supervisors; journeys and touchpoints that they may open; runs by key where the walk is in sight;
// customers where the name is.
func (s *Store) Search(ctx context.Context, actor people.Actor, q string) (Findings, error) {
	var f Findings
	words := i18n.Normalize(q)
	if words == "" {
		return f, nil
	}
	scope := actor.Scope()
	var err error
	take := func(e error) {
		if err == nil {
			err = e
		}
	}
	db := func(table string) *gorm.DB { return s.read(ctx).Table(table) }
	named := func(table string) *gorm.DB {
		return db(table).Where("(? OR ?)", containing(table+".search", words), keyed(table+".key", q))
	}
	employees, teams := named("employees"), named("teams")
	if !actor.MaySeePeople() {
		employees = employees.Where("team_id IN ?", supervised(scope))
		teams = teams.Where("id IN ?", supervised(scope))
	}
	take(first(employees, "active DESC, name, id", &f.Employees))
	take(first(teams, "search, id", &f.Teams))
	take(first(s.openJourneys(ctx, named("journeys"), scope), "search, id", &f.Journeys))
	take(first(s.openTouchpoints(ctx, named("touchpoints"), scope), "search, id", &f.Touchpoints))
	take(first(walked(db("runs").Where(keyed("runs.key", q)), scope), "runs.last_contact_at DESC, runs.id", &f.Runs))
	take(first(s.named(ctx, named("customers"), scope), "customers.name, customers.id", &f.Customers))
	return f, err
}

// openJourneys keeps what JourneyFor would find.
func (s *Store) openJourneys(ctx context.Context, db *gorm.DB, scope people.Scope) *gorm.DB {
	if scope.Company() {
		return db
	}
	steps := s.read(ctx).Table("steps").Select("1").Joins("JOIN touchpoints t ON t.id = steps.touchpoint_id").
		Where("steps.version_id = journeys.version_id AND (t.id IN ? OR t.team_id IN ?)", some(scope.Touchpoints()), supervised(scope))
	return db.Where("(journeys.id IN ? OR EXISTS (?))", some(scope.Journeys()), steps)
}

// openTouchpoints keeps those owned and those on a journey led.
func (s *Store) openTouchpoints(ctx context.Context, db *gorm.DB, scope people.Scope) *gorm.DB {
	if scope.Company() {
		return db
	}
	steps := s.read(ctx).Table("steps").Select("1").Joins("JOIN journeys j ON j.version_id = steps.version_id").
		Where("steps.touchpoint_id = touchpoints.id AND j.id IN ?", some(scope.Journeys()))
	return db.Where("(touchpoints.id IN ? OR EXISTS (?))", some(scope.Touchpoints()), steps)
}

// first counts what a query finds and loads the beginning of it.
func first[T any](db *gorm.DB, order string, into *Found[T]) error {
	db = db.Session(&gorm.Session{})
	var total int64
	if err := db.Count(&total).Error; err != nil {
		return err
	}
	into.Total = int(total)
	if total == 0 {
		return nil
	}
	var err error
	into.Rows, err = all[T](db.Order(order).Limit(firstFound))
	return err
}
