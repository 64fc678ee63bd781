package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
)

const caseMissing = "cases.missing"

// casesIn keeps the cases in sight: the company's; those on a journey led, at a touchpoint owned, or of a run that a
// supervised team served; the person's own, those of whoever she stands in for today, and those of the people in the teams
// she supervises.
func (s *Store) casesIn(ctx context.Context, scope people.Scope) *gorm.DB {
	db := s.read(ctx).Table("cases")
	if scope.Company() {
		return db
	}
	me, today := own(scope), i18n.Day(s.Now(), s.zone)
	return db.Where(`(EXISTS (?) OR (cases.touchpoint_id <> 0 AND cases.touchpoint_id IN ?) OR cases.owner_id = ?
		OR EXISTS (SELECT 1 FROM absences a WHERE a.employee_id = cases.owner_id AND a.substitute_id = ? AND a.from_day <= ? AND a.until_day >= ?)
		OR EXISTS (SELECT 1 FROM employees e WHERE e.id = cases.owner_id AND e.team_id IN ?))`,
		identified(s.read(ctx).Table("runs").Select("1").Where("runs.id = cases.run_id"), scope), some(scope.Touchpoints()), me,
		me, today, today, supervised(scope))
}

// CaseFor implements casework.Store.
func (s *Store) CaseFor(ctx context.Context, scope people.Scope, id int64) (casework.Case, error) {
	return one[casework.Case](s.casesIn(ctx, scope).Where("cases.id = ?", id).Clauses(s.locking(ctx)...), caseMissing)
}

// CaseByID implements casework.Store.
func (s *Store) CaseByID(ctx context.Context, id int64) (casework.Case, error) {
	return one[casework.Case](s.kept(ctx).Table("cases").Where("id = ?", id), caseMissing)
}

var errCaseCameAndWent = errors.New("the open case of a customer was closed, and another opened, again and again")

// OpenCase implements casework.Store.
func (s *Store) OpenCase(ctx context.Context, c casework.Case) (open casework.Case, opened bool, err error) {
	for range 3 {
		err = s.change(ctx, func(db *gorm.DB) error {
			db = db.Table("cases").Clauses(clause.OnConflict{DoNothing: true}).Create(&c)
			opened = db.RowsAffected > 0
			return db.Error
		})
		if err != nil || opened {
			return c, opened, err
		}
		if open, err = s.openCaseOf(ctx, c); !missing(err) {
			return open, false, err
		}
	}
	return open, false, errCaseCameAndWent
}

// openCaseOf finds the case that the same customer has open on the same journey.
func (s *Store) openCaseOf(ctx context.Context, c casework.Case) (casework.Case, error) {
	return one[casework.Case](s.kept(ctx).Table("cases").Where("customer_id = ? AND journey_id = ? AND closed_at IS NULL", c.CustomerID, c.JourneyID), caseMissing)
}

// ReopenCase implements casework.Store. Only the index knows of a case that somebody else opens meanwhile; a savepoint
// keeps what the transaction has done so far where it refuses.
func (s *Store) ReopenCase(ctx context.Context, c casework.Case) (open casework.Case, reopened bool, err error) {
	for range 3 {
		next := c
		err = s.change(ctx, func(db *gorm.DB) error {
			if err := db.Exec("SAVEPOINT reopening").Error; err != nil {
				return err
			}
			saved := s.SaveCase(ctx, &next)
			if reopened = saved == nil; !s.d.constraint(saved) {
				return saved
			}
			return db.Exec("ROLLBACK TO SAVEPOINT reopening").Error
		})
		if err != nil || reopened {
			return next, reopened, err
		}
		if open, err = s.openCaseOf(ctx, c); !missing(err) {
			return open, false, err
		}
	}
	return open, false, errCaseCameAndWent
}

// SaveCase implements casework.Store.
func (s *Store) SaveCase(ctx context.Context, c *casework.Case) error {
	seen := c.Version
	c.Version++
	return s.change(ctx, func(db *gorm.DB) error {
		db = db.Table("cases").Where("version = ?", seen).Select("*").Updates(c)
		if db.Error == nil && db.RowsAffected == 0 {
			return fault.Conflict("cases.changed_meanwhile")
		}
		return db.Error
	})
}

// CasesOf lists a customer's cases, the latest first.
func (s *Store) CasesOf(ctx context.Context, customer int64) ([]casework.Case, error) {
	return all[casework.Case](s.read(ctx).Table("cases").Where("customer_id = ?", customer).Order("opened_at DESC, id DESC"))
}

// turns are what a walk tells of its cases: how they came and went. The rest is told on their own pages.
var turns = []string{event.CaseOpened, event.CaseReopened, event.CaseVerified, event.CaseUnverified, event.CaseUnreachable, event.CaseWithdrawn}

// CaseEventsOfRun lists the beginnings and ends of a run's cases, the latest first.
func (s *Store) CaseEventsOfRun(ctx context.Context, run int64) ([]event.Event, error) {
	var ids []int64
	if err := s.read(ctx).Table("cases").Where("run_id = ?", run).Pluck("id", &ids).Error; err != nil {
		return nil, err
	}
	var out []event.Event
	for _, id := range ids {
		events, err := s.EventsOf(ctx, "case", id)
		if err != nil {
			return nil, err
		}
		out = append(out, slices.DeleteFunc(events, func(e event.Event) bool { return !slices.Contains(turns, e.Verb) })...)
	}
	return out, nil
}

// AddTriggers implements casework.Store.
func (s *Store) AddTriggers(ctx context.Context, triggers ...casework.Trigger) (added int, err error) {
	for i := range triggers {
		if triggers[i].Particulars == nil {
			triggers[i].Particulars = map[string]string{}
		}
	}
	err = s.change(ctx, func(db *gorm.DB) error {
		db = db.Table("case_triggers").Clauses(clause.OnConflict{DoNothing: true}).Create(&triggers)
		added = int(db.RowsAffected)
		return db.Error
	})
	return added, err
}

// RemoveTrigger implements casework.Store.
func (s *Store) RemoveTrigger(ctx context.Context, t casework.Trigger) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Exec("DELETE FROM case_triggers WHERE case_id = ? AND kind = ? AND run_id = ? AND touchpoint_id = ? AND source_id = ?",
			t.CaseID, t.Kind, t.RunID, t.TouchpointID, t.SourceID).Error
	})
}

// TriggersFrom implements casework.Store.
func (s *Store) TriggersFrom(ctx context.Context, source int64) ([]casework.Trigger, error) {
	return all[casework.Trigger](s.kept(ctx).Table("case_triggers").Where("source_id = ? AND source_id <> 0", source))
}

// TriggersOfRun implements casework.Store.
func (s *Store) TriggersOfRun(ctx context.Context, run int64) ([]casework.Trigger, error) {
	return all[casework.Trigger](s.read(ctx).Table("case_triggers").Where("run_id = ?", run))
}

// TriggersOf lists why cases were opened and what came to them, in order of time.
func (s *Store) TriggersOf(ctx context.Context, cases ...int64) ([]casework.Trigger, error) {
	return all[casework.Trigger](s.read(ctx).Table("case_triggers").Where("case_id IN ?", some(cases)).Order("case_id, at, kind, touchpoint_id"))
}

// AddSteps implements casework.Store.
func (s *Store) AddSteps(ctx context.Context, steps ...casework.Step) error {
	return s.change(ctx, func(db *gorm.DB) error { return insert(db, "case_steps", steps) })
}

// StepsOf lists what happened to a case, in order of time.
func (s *Store) StepsOf(ctx context.Context, id int64) ([]casework.Step, error) {
	return all[casework.Step](s.read(ctx).Table("case_steps").Where("case_id = ?", id).Order("at, id"))
}

// SaveCauses implements casework.Store.
func (s *Store) SaveCauses(ctx context.Context, id int64, causes []casework.Coded) error {
	return s.change(ctx, func(db *gorm.DB) error {
		if err := db.Exec("DELETE FROM case_causes WHERE case_id = ?", id).Error; err != nil {
			return err
		}
		return insert(db, "case_causes", causes)
	})
}

// CausesOf lists why cases went wrong, the main cause of each first.
func (s *Store) CausesOf(ctx context.Context, cases ...int64) ([]casework.Coded, error) {
	return all[casework.Coded](s.read(ctx).Table("case_causes").Where("case_id IN ?", some(cases)).Order("case_id, main DESC, cause"))
}

// AddLink implements casework.Store. Pages never show links.
func (s *Store) AddLink(ctx context.Context, l casework.Link) error {
	return insert(s.quiet(ctx), "case_links", []casework.Link{l})
}

// LinkByHash implements casework.Store.
func (s *Store) LinkByHash(ctx context.Context, hash []byte) (casework.Link, error) {
	return one[casework.Link](s.kept(ctx).Table("case_links").Where("hash = ?", hash), caseMissing)
}

// SaveLink implements casework.Store.
func (s *Store) SaveLink(ctx context.Context, l casework.Link) error {
	return s.change(ctx, func(db *gorm.DB) error { return db.Table("case_links").Save(&l).Error })
}

// DueCases implements casework.Store.
func (s *Store) DueCases(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	var ids []int64
	err := s.read(ctx).Table("cases").Where("next_at IS NOT NULL AND next_at <= ?", now).Order("next_at, id").Limit(limit).Pluck("id", &ids).Error
	return ids, err
}

type rulesRow struct {
	JourneyID int64 `gorm:"primaryKey;autoIncrement:false"` // 0 is the company's, not a number to be made
	Value     string
	UpdatedAt time.Time
}

// CaseRules implements casework.Store.
func (s *Store) CaseRules(ctx context.Context, journey int64) (casework.Rules, error) {
	rules := casework.DefaultRules()
	rows, err := all[rulesRow](s.read(ctx).Table("case_policies").Where("journey_id IN ?", []int64{0, journey}).Order("journey_id DESC").Limit(1))
	if err != nil || len(rows) == 0 {
		return rules, err
	}
	rules.Route = nil
	if err := json.Unmarshal([]byte(rows[0].Value), &rules); err != nil {
		return rules, fmt.Errorf("rules of cases on journey %d: %w", rows[0].JourneyID, err)
	}
	return rules, nil
}

// SaveCaseRules keeps the rules of a journey, or of the company (0); nil makes a journey follow the company's again.
func (s *Store) SaveCaseRules(ctx context.Context, journey int64, rules *casework.Rules) error {
	if rules == nil {
		return s.change(ctx, func(db *gorm.DB) error {
			return db.Exec("DELETE FROM case_policies WHERE journey_id = ?", journey).Error
		})
	}
	raw, err := json.Marshal(rules)
	if err != nil {
		return err
	}
	row := rulesRow{JourneyID: journey, Value: string(raw), UpdatedAt: s.Now()}
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("case_policies").Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
}

// CaseCurrency implements casework.Store.
func (s *Store) CaseCurrency(ctx context.Context) (string, error) {
	rules, err := s.CaseRules(ctx, 0)
	if err != nil || rules.Compensation.Currency != "" {
		return rules.Compensation.Currency, err
	}
	return s.Currency(ctx)
}

// GivenSince implements casework.Store.
func (s *Store) GivenSince(ctx context.Context, c casework.Case, currency string, since time.Time) (minor int64, err error) {
	return minor, s.read(ctx).Table("cases").Where("customer_id = ? AND id <> ? AND currency = ? AND opened_at >= ?", c.CustomerID, c.ID, currency, since).
		Select("COALESCE(SUM(compensation_minor), 0)").Scan(&minor).Error
}

// JourneysWithCaseRules are the journeys that do not follow the company's rules.
func (s *Store) JourneysWithCaseRules(ctx context.Context) ([]int64, error) {
	return plucked[int64](s.read(ctx).Table("case_policies").Where("journey_id <> 0").Order("journey_id"), "journey_id")
}

// Managers implements casework.Store.
func (s *Store) Managers(ctx context.Context) ([]int64, error) {
	var ids []int64
	err := s.read(ctx).Table("users").Where("manager AND NOT disabled AND employee_id <> 0").Order("employee_id").Pluck("employee_id", &ids).Error
	return ids, err
}

// mostHands is to how many people a case is offered to be handed.
const mostHands = 200

// CaseHands lists to whom a case can be handed: the people of the teams that served, those who answer for them or for the
// touchpoints met, and the journey's leader; by name, without who owns it.
func (s *Store) CaseHands(ctx context.Context, c casework.Case) ([]people.Employee, error) {
	return all[people.Employee](s.read(ctx).Table("employees").Where(`active AND id <> ? AND (
		(team_id <> 0 AND team_id IN (SELECT p.team_id FROM interaction_people p JOIN interactions i ON i.id = p.interaction_id WHERE i.run_id = ?))
		OR id IN (SELECT t.owner_id FROM touchpoints t JOIN interactions i ON i.touchpoint_id = t.id WHERE i.run_id = ?)
		OR id IN (SELECT m.supervisor_id FROM teams m JOIN interaction_people p ON p.team_id = m.id JOIN interactions i ON i.id = p.interaction_id WHERE i.run_id = ?)
		OR id IN (SELECT leader_id FROM journeys WHERE id = ?))`, c.OwnerID, c.RunID, c.RunID, c.RunID, c.JourneyID).Order("name, id").Limit(mostHands))
}

// CustomersByID loads customers that somebody was found to see already.
func (s *Store) CustomersByID(ctx context.Context, ids []int64) (map[int64]run.Customer, error) {
	rows, err := in[run.Customer](s.read(ctx), "customers", "id", unique(ids))
	return mapped(rows, func(c run.Customer) (int64, run.Customer) { return c.ID, c }), err
}

// OverallBefore implements casework.Store.
func (s *Store) OverallBefore(ctx context.Context, customer, run int64, scale stat.Scale, before time.Time) (*int, error) {
	rows, err := all[struct{ Overall int }](s.read(ctx).Table("responses").Select("overall").
		Where("customer_id = ? AND run_id <> ? AND answered_at < ? AND scale = ? AND overall IS NOT NULL", customer, run, before, scale).
		Order("answered_at DESC").Limit(1))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0].Overall, nil
}

// Settings of the search for cases.
const (
	valueLineKey = "case_value_line"
	lookedKey    = "cases_looked"
)

// ValueLine implements casework.Store.
func (s *Store) ValueLine(ctx context.Context) (line int64, err error) {
	return line, s.setting(ctx, valueLineKey, &line)
}

// WorkOutValueLine implements casework.Store, among the customers whose value is known.
func (s *Store) WorkOutValueLine(ctx context.Context) error {
	valued := s.read(ctx).Table("customers").Where("value_minor > 0").Session(&gorm.Session{})
	n, err := howMany(valued)
	if err != nil {
		return err
	}
	rows, err := all[struct{ ValueMinor int64 }](valued.Select("value_minor").Order("value_minor DESC").Limit(1).Offset(max(n/5-1, 0)))
	if err != nil || len(rows) == 0 {
		return err
	}
	before, err := s.ValueLine(ctx)
	if err != nil || before == rows[0].ValueMinor {
		return err
	}
	return s.SaveSetting(ctx, valueLineKey, rows[0].ValueMinor)
}

// Looked implements casework.Store.
func (s *Store) Looked(ctx context.Context) (at time.Time, err error) {
	return at, s.setting(ctx, lookedKey, &at)
}

// SaveLooked implements casework.Store.
func (s *Store) SaveLooked(ctx context.Context, until time.Time) error {
	return s.SaveSetting(ctx, lookedKey, until)
}

// Overdue implements casework.Store.
func (s *Store) Overdue(ctx context.Context, from, until time.Time) ([]casework.Promised, error) {
	return all[casework.Promised](s.read(ctx).Table("interactions").Joins("JOIN runs ON runs.id = interactions.run_id AND runs.ask").
		Select("interactions.run_id, runs.journey_id, interactions.started_at, interactions.promise_due").
		Where("promise_due > ? AND promise_due <= ? AND (promise_kept IS NULL OR promise_kept > promise_due)", from, until).Order("interactions.run_id"))
}

// ContactedAgain implements casework.Store.
func (s *Store) ContactedAgain(ctx context.Context, since time.Time) (runs []int64, err error) {
	return runs, s.read(ctx).Table("runs").Where(`runs.state = ? AND runs.ask AND runs.last_contact_at > ? AND EXISTS (SELECT 1 FROM interactions i
		WHERE i.run_id = runs.id AND i.resolved = ? AND i.started_at < runs.last_contact_at)`, run.Open, since, false).
		Order("runs.id").Pluck("runs.id", &runs).Error
}

// InTurn implements casework.Store.
func (s *Store) InTurn(ctx context.Context, team int64) (employees []int64, err error) {
	return employees, s.read(ctx).Table("employees").Where("active AND team_id = ? AND team_id <> 0", team).
		Order("COALESCE((SELECT MAX(s.id) FROM case_steps s WHERE s.employee_id = employees.id AND s.kind = 'assigned'), 0), id").Pluck("id", &employees).Error
}
