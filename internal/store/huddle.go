package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/praise"
	"github.com/journeyloop/journeyloop/internal/run"
)

// TryOf implements coaching.Store.
func (s *Store) TryOf(ctx context.Context, team int64, day int32) (coaching.Try, error) {
	return one[coaching.Try](s.kept(ctx).Table("huddle_tries").Where("team_id = ? AND day = ?", team, day), "huddle.try_missing")
}

// SaveTry implements coaching.Store.
func (s *Store) SaveTry(ctx context.Context, t coaching.Try) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("huddle_tries").Clauses(replacing).Create(&t).Error
	})
}

// TriesOf lists what a team tried, the latest first.
func (s *Store) TriesOf(ctx context.Context, team int64, most int) ([]coaching.Try, error) {
	return all[coaching.Try](s.read(ctx).Table("huddle_tries").Where("team_id = ?", team).Order("day DESC").Limit(most))
}

// Members are the people of a team itself, by name.
func (s *Store) Members(ctx context.Context, team int64) ([]people.Employee, error) {
	return all[people.Employee](s.read(ctx).Table("employees").Where("team_id = ? AND active", team).Order("name, id"))
}

// SharedBy says which employees share the praise in quotes with the team in sight.
func (s *Store) SharedBy(ctx context.Context, scope people.Scope, quotes []feedback.Quote) (map[[2]int64][]int64, error) {
	rows, err := in[praise.Share](s.read(ctx).Joins("JOIN employees e ON e.id = praise_shares.employee_id AND e.active AND e.team_id = praise_shares.team_id").
		Select("praise_shares.*").Where("praise_shares.team_id IN ?", some(scope.Teams())).Order("e.name"), "praise_shares", "response_id", responsesIn(quotes))
	out := map[[2]int64][]int64{}
	for _, x := range rows {
		k := [2]int64{x.ResponseID, x.TouchpointID}
		out[k] = append(out[k], x.EmployeeID)
	}
	return out, err
}

// HeardBy lists what was written down by the teams in sight, or about their touchpoints, since a time, the latest first.
func (s *Store) HeardBy(ctx context.Context, scope people.Scope, since time.Time, most int) ([]observation.Observation, error) {
	rows, err := all[observation.Observation](s.read(ctx).Table("observations o").
		Where("o.withdrawn_at IS NULL AND o.words <> '' AND o.at >= ?", since).
		Where("(o.team_id IN ? OR o.touchpoint_id IN (?))", some(scope.Teams()), s.ownedBy(ctx, scope)).Order("o.at DESC, o.id DESC").Limit(most))
	if err != nil {
		return nil, fmt.Errorf("list what teams heard: %w", err)
	}
	return rows, nil
}

// ownedBy asks for the touchpoints of the teams in sight.
func (s *Store) ownedBy(ctx context.Context, scope people.Scope) *gorm.DB {
	return s.read(ctx).Table("touchpoints").Select("id").Where("team_id IN ?", supervised(scope))
}

// Due is a promise that is still to be kept.
type Due struct {
	RunID        int64
	Run          string // its key
	TouchpointID int64
	PromiseDue   time.Time
}

// DuePromises lists the promises that the teams in sight made, or that were made at their touchpoints, that fall due in a
// time and are not kept, to customers who have not given up, the first due first.
func (s *Store) DuePromises(ctx context.Context, scope people.Scope, from, until time.Time, ask page.Ask) (page.Of[Due], error) {
	db := s.read(ctx).Table("interactions i").Select("i.run_id, runs.key AS run, i.touchpoint_id, i.promise_due").
		Joins("JOIN runs ON runs.id = i.run_id").
		Where("i.promise_due >= ? AND i.promise_due < ? AND i.promise_kept IS NULL AND runs.state <> ?", from, until, run.Abandoned).
		Where("(i.touchpoint_id IN (?) OR EXISTS (SELECT 1 FROM interaction_people p WHERE p.interaction_id = i.id AND p.team_id IN ?))", s.ownedBy(ctx, scope), supervised(scope))
	out, err := paged[Due](db, ask, "i.promise_due, i.id")
	if err != nil {
		return out, fmt.Errorf("list promises that fall due: %w", err)
	}
	return out, nil
}

// CausesServed counts the main causes of cases opened since a time, on runs that the teams in sight served or at their
// touchpoints.
func (s *Store) CausesServed(ctx context.Context, scope people.Scope, since time.Time) (map[casework.Cause]int, error) {
	db := s.read(ctx).Table("cases").Where("(cases.touchpoint_id IN (?) OR (cases.touchpoint_id = 0 AND EXISTS (?)))", s.ownedBy(ctx, scope),
		s.read(ctx).Table("interactions i").Select("1").Joins("JOIN interaction_people p ON p.interaction_id = i.id").Where("i.run_id = cases.run_id AND p.team_id IN ?", supervised(scope)))
	return causes(db, since)
}

// CausesMet counts the main causes of cases opened since a time that came from contacts at which an employee served.
func (s *Store) CausesMet(ctx context.Context, employee int64, since time.Time) (map[casework.Cause]int, error) {
	return causes(s.read(ctx).Table("cases").Where(`EXISTS (SELECT 1 FROM interactions i JOIN interaction_people p ON p.interaction_id = i.id
		WHERE i.run_id = cases.run_id AND (cases.touchpoint_id = 0 OR i.touchpoint_id = cases.touchpoint_id) AND p.employee_id = ? AND p.employee_id <> 0)`, employee), since)
}

// CausesSince counts the main causes of the company's cases opened since a time.
func (s *Store) CausesSince(ctx context.Context, since time.Time) (map[casework.Cause]int, error) {
	return causes(s.read(ctx).Table("cases"), since)
}

func causes(db *gorm.DB, since time.Time) (map[casework.Cause]int, error) {
	rows, err := all[struct {
		Cause casework.Cause
		N     int
	}](db.Where("cases.cause <> '' AND cases.opened_at >= ?", since).Select("cases.cause, COUNT(*) AS n").Group("cases.cause"))
	out := map[casework.Cause]int{}
	for _, r := range rows {
		out[r.Cause] = r.N
	}
	return out, err
}
