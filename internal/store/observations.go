package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// heard asks for the observations o in sight that stand.
func (s *Store) heard(ctx context.Context, scope people.Scope) *gorm.DB {
	db := s.read(ctx).Table("observations o").Where("o.withdrawn_at IS NULL")
	if where, args := s.hearing(ctx, scope); where != "" {
		db = db.Where(where, args...)
	}
	return db
}

// hearing is the condition under which an observation o is in sight; "" for the company.
func (s *Store) hearing(ctx context.Context, scope people.Scope) (string, []any) {
	if scope.Company() {
		return "", nil
	}
	led := s.read(ctx).Table("steps").Select("1").Joins("JOIN journeys j ON j.version_id = steps.version_id").
		Where("steps.touchpoint_id = o.touchpoint_id AND j.id IN ?", some(scope.Journeys()))
	return `((o.employee_id = ? AND o.employee_id <> 0) OR o.team_id IN ? OR (o.touchpoint_id IN ? AND o.touchpoint_id <> 0)
		OR (o.journey_id IN ? AND o.journey_id <> 0) OR EXISTS (?))`,
		[]any{scope.Employee(), supervised(scope), some(scope.Touchpoints()), some(scope.Journeys()), led}
}

// ObservationFor implements observation.Store.
func (s *Store) ObservationFor(ctx context.Context, scope people.Scope, id int64) (observation.Observation, error) {
	return one[observation.Observation](s.heard(ctx, scope).Clauses(s.locking(ctx)...).Where("o.id = ?", id), "observations.missing")
}

// ObservationByID finds an observation that stands regardless of who asks; for jobs and rules, not for pages.
func (s *Store) ObservationByID(ctx context.Context, id int64) (observation.Observation, error) {
	return one[observation.Observation](s.read(ctx).Table("observations").Where("id = ? AND withdrawn_at IS NULL", id), "observations.missing")
}

// joinable asks for the observations that others may say they heard too: any wish about a place near, but of complaints and
// praise, which may be about colleagues, only those in sight.
func (s *Store) joinable(ctx context.Context, scope people.Scope) (*gorm.DB, error) {
	db := s.read(ctx).Table("observations o").Where("o.withdrawn_at IS NULL")
	where, args := s.hearing(ctx, scope)
	if where == "" {
		return db, nil
	}
	var near []int64
	if scope.Employee() != 0 {
		var err error
		if near, _, err = s.TouchpointsNear(ctx, scope); err != nil {
			return nil, err
		}
	}
	return db.Where("((o.kind = ? AND o.touchpoint_id IN ?) OR "+where+")", append([]any{observation.Wish, append(near, 0)}, args...)...), nil
}

// ThemeFor implements observation.Store.
func (s *Store) ThemeFor(ctx context.Context, scope people.Scope, theme int64) (observation.Theme, error) {
	db, err := s.joinable(ctx, scope)
	if err != nil {
		return observation.Theme{}, err
	}
	o, err := one[observation.Observation](db.Where("o.theme_id = ?", theme).Order("o.id"), "observations.missing")
	if err != nil {
		return observation.Theme{}, err
	}
	themes, err := s.themesOf(ctx, []observation.Observation{o})
	if err != nil {
		return observation.Theme{}, err
	}
	return themes[0], nil
}

// mostHeard is among how many observations similar ones are looked for, the latest.
const mostHeard = 500

// Themes implements observation.Store.
func (s *Store) Themes(ctx context.Context, scope people.Scope, kind observation.Kind, since time.Time) ([]observation.Theme, error) {
	db, err := s.joinable(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("list themes: %w", err)
	}
	rows, err := all[observation.Observation](db.Where("o.kind = ? AND o.at >= ? AND o.words <> ''", kind, since).
		Order("o.at DESC, o.id DESC").Limit(mostHeard))
	if err != nil {
		return nil, fmt.Errorf("list themes: %w", err)
	}
	return s.themesOf(ctx, rows)
}

// themesOf counts what says the same as observations do.
func (s *Store) themesOf(ctx context.Context, rows []observation.Observation) ([]observation.Theme, error) {
	out := make([]observation.Theme, len(rows))
	ids := make([]int64, len(rows))
	for i, o := range rows {
		out[i].Observation, ids[i] = o, o.ThemeID
	}
	said, err := in[struct {
		ThemeID int64
		At      time.Time
	}](s.read(ctx).Select("theme_id, at").Where("withdrawn_at IS NULL"), "observations", "theme_id", unique(ids))
	n, last := map[int64]int{}, map[int64]time.Time{}
	for _, x := range said {
		n[x.ThemeID]++
		if x.At.After(last[x.ThemeID]) {
			last[x.ThemeID] = x.At
		}
	}
	for i := range out {
		out[i].N, out[i].Last = n[out[i].ThemeID], last[out[i].ThemeID]
	}
	return out, err
}

// observations asks for those in sight that the filter wants.
func (s *Store) observations(ctx context.Context, scope people.Scope, f observation.Filter) *gorm.DB {
	db := s.heard(ctx, scope)
	if f.Own {
		db = db.Where("o.employee_id = ? AND o.employee_id <> 0", scope.Employee())
	}
	if f.Kind != "" {
		db = db.Where("o.kind = ?", f.Kind)
	}
	if f.State != "" {
		db = db.Where("o.state = ?", f.State)
	}
	if f.Touchpoint != 0 {
		db = db.Where("o.touchpoint_id = ?", f.Touchpoint)
	}
	if q := i18n.Normalize(f.Words); q != "" {
		db = db.Where(containing("o.search", q))
	}
	if f.Candidates {
		db = db.Where(`o.kind = ? AND o.state IN ? AND (SELECT COUNT(*) FROM observations c WHERE c.theme_id = o.theme_id AND c.withdrawn_at IS NULL) >= ?`,
			observation.Wish, []observation.State{observation.New, observation.Seen}, observation.Candidate)
	}
	return db.Session(&gorm.Session{})
}

// ThemesFor lists the themes in sight of which something is as the filter wants, the one heard last first, each through
// the first of those in sight.
func (s *Store) ThemesFor(ctx context.Context, scope people.Scope, f observation.Filter, ask page.Ask) (page.Of[observation.Theme], error) {
	ask = ask.Clean()
	out := page.Of[observation.Theme]{Ask: ask}
	db := s.observations(ctx, scope, f)
	var err error
	if out.Total, err = howMany(db.Distinct("o.theme_id")); err != nil {
		return out, fmt.Errorf("count themes: %w", err)
	}
	out.Ask = ask.Within(out.Total)
	firsts, err := all[struct{ ID int64 }](db.Select("MIN(o.id) AS id").Group("o.theme_id").Order(themeOrder(ask)).Limit(ask.Size).Offset(out.Ask.Offset()))
	if err != nil {
		return out, fmt.Errorf("list themes: %w", err)
	}
	ids := make([]int64, len(firsts))
	for i, f := range firsts {
		ids[i] = f.ID
	}
	rows, err := in[observation.Observation](s.read(ctx), "observations", "id", ids)
	if err != nil {
		return out, err
	}
	byID := mapped(rows, func(o observation.Observation) (int64, observation.Observation) { return o.ID, o })
	rows = rows[:0]
	for _, id := range ids {
		rows = append(rows, byID[id])
	}
	out.Rows, err = s.themesOf(ctx, rows)
	return out, err
}

func themeOrder(ask page.Ask) string {
	column := map[string]string{"n": "COUNT(*)", "last": "MAX(o.at)", "said": "MIN(o.search)", "kind": "MIN(o.kind)", "state": "MIN(o.state)"}[ask.Sort]
	switch {
	case column == "":
		return "MAX(o.at) DESC, o.theme_id DESC"
	case ask.Desc:
		return column + " DESC, o.theme_id DESC"
	}
	return column + ", o.theme_id"
}

// SayingTheSame lists what is in sight of a theme, the latest first, a screenful.
func (s *Store) SayingTheSame(ctx context.Context, scope people.Scope, theme int64) ([]observation.Observation, error) {
	return all[observation.Observation](s.heard(ctx, scope).Where("o.theme_id = ?", theme).Order("o.at DESC, o.id DESC").Limit(batch))
}

// AnswersToHear counts what an employee wrote down and has not yet read the answer to.
func (s *Store) AnswersToHear(ctx context.Context, employee int64) (int, error) {
	return howMany(s.read(ctx).Table("observations").Where("employee_id = ? AND employee_id <> 0 AND withdrawn_at IS NULL AND answered_at IS NOT NULL AND heard_at IS NULL", employee))
}

// EachObservation hands over what of ThemesFor is in sight, one by one.
func (s *Store) EachObservation(ctx context.Context, scope people.Scope, f observation.Filter, fn func([]observation.Observation) error) error {
	return inPages(func(last *observation.Observation) ([]observation.Observation, error) {
		db := s.observations(ctx, scope, f)
		if last != nil {
			db = db.Where("o.id > ?", last.ID)
		}
		return all[observation.Observation](db.Order("o.id").Limit(batch))
	}, fn)
}

// CountObservations is how many those are.
func (s *Store) CountObservations(ctx context.Context, scope people.Scope, f observation.Filter) (int, error) {
	return howMany(s.observations(ctx, scope, f))
}

// TouchpointsHeardAt lists the touchpoints of what is in sight.
func (s *Store) TouchpointsHeardAt(ctx context.Context, scope people.Scope) ([]int64, error) {
	return plucked[int64](s.heard(ctx, scope).Where("o.touchpoint_id <> 0").Distinct(), "o.touchpoint_id")
}

// usualSince is how far back one looks for where somebody usually serves.
const usualSince = 90 * 24 * time.Hour

// TouchpointsNear lists where an employee may say that she heard something: where she lately served, most often first, the
// touchpoints of her teams, what she owns, and whatever else is on the journeys that these or those she leads have. usual
// is how many of them are her own. What is next door stays there.
func (s *Store) TouchpointsNear(ctx context.Context, scope people.Scope) (near []int64, usual int, err error) {
	e, err := s.EmployeeByID(ctx, scope.Employee())
	if err != nil {
		return nil, 0, err
	}
	served, err := all[struct{ ID int64 }](s.read(ctx).Table("interaction_people p").Select("i.touchpoint_id AS id").Joins("JOIN interactions i ON i.id = p.interaction_id").
		Where("p.employee_id = ? AND i.started_at >= ?", e.ID, s.Now().Add(-usualSince).Truncate(tells)).Group("i.touchpoint_id").Order("COUNT(*) DESC, i.touchpoint_id").Limit(mostUsual))
	if err != nil {
		return nil, 0, fmt.Errorf("list usual touchpoints of %d: %w", e.ID, err)
	}
	for _, t := range served {
		near = append(near, t.ID)
	}
	own, err := plucked[int64](s.read(ctx).Table("touchpoints").
		Where("(team_id = ? AND team_id <> 0) OR team_id IN ? OR id IN ?", e.TeamID, supervised(scope), some(scope.Touchpoints())).Order("id"), "id")
	if err != nil {
		return nil, 0, err
	}
	near = merged(near, own)
	usual = len(near)
	there := s.read(ctx).Table("touchpoints t").Order("t.id")
	if !scope.Company() {
		there = there.Where(`EXISTS (SELECT 1 FROM steps JOIN journeys j ON j.version_id = steps.version_id WHERE steps.touchpoint_id = t.id
			AND (j.id IN ? OR EXISTS (SELECT 1 FROM steps own WHERE own.version_id = j.version_id AND own.touchpoint_id IN ?)))`, some(scope.Journeys()), some(near))
	}
	rest, err := plucked[int64](there, "t.id")
	return merged(near, rest), usual, err
}

// merged adds to a list what it has not yet.
func merged(list, more []int64) []int64 {
	for _, id := range more {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// mostUsual is how many of those where she served are under the thumb.
const mostUsual = 6

// SubjectFor implements observation.Store.
func (s *Store) SubjectFor(ctx context.Context, scope people.Scope, key string) (observation.Subject, error) {
	r, err := one[run.Run](walked(s.read(ctx).Table("runs").Where("runs.key = ?", key), scope).Order("runs.last_contact_at DESC, runs.id DESC"), "errors.run_missing")
	if err == nil {
		return observation.Subject{RunID: r.ID, JourneyID: r.JourneyID, CustomerID: r.CustomerID}, nil
	}
	if fault.KindOf(err) != fault.KindMissing {
		return observation.Subject{}, err
	}
	latest := identified(s.read(ctx).Table("runs").Select("runs.*").Joins("JOIN customers ON customers.id = runs.customer_id").Where("customers.key = ?", key), scope)
	r, err = one[run.Run](latest.Order("runs.last_contact_at DESC, runs.id DESC"), "errors.customer_missing")
	return observation.Subject{RunID: r.ID, JourneyID: r.JourneyID, CustomerID: r.CustomerID}, err
}

// TouchpointNear implements observation.Store.
func (s *Store) TouchpointNear(ctx context.Context, scope people.Scope, id int64) (bool, error) {
	near, _, err := s.TouchpointsNear(ctx, scope)
	return slices.Contains(near, id), err
}

// SaveObservation implements observation.Store.
func (s *Store) SaveObservation(ctx context.Context, o observation.Observation) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("observations").Clauses(replacing).Create(&o).Error
	})
}

// AnswerTheme implements observation.Store.
func (s *Store) AnswerTheme(ctx context.Context, o observation.Observation) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Exec("UPDATE observations SET state = ?, answer = ?, answered_at = ?, answered_by = ?, heard_at = NULL WHERE theme_id = ? AND withdrawn_at IS NULL",
			o.State, o.Answer, o.AnsweredAt, o.AnsweredBy, o.ThemeID).Error
	})
}

// MergeThemes implements observation.Store.
func (s *Store) MergeThemes(ctx context.Context, theme int64, into observation.Observation) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Exec(`UPDATE observations SET theme_id = ?, touchpoint_id = ?, state = ?, answer = ?, answered_at = ?, answered_by = ?, heard_at = NULL WHERE theme_id = ?`,
			into.ThemeID, into.TouchpointID, into.State, into.Answer, into.AnsweredAt, into.AnsweredBy, theme).Error
	})
}

// MarkHeard implements observation.Store.
func (s *Store) MarkHeard(ctx context.Context, employee int64, now time.Time, ids []int64) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Exec("UPDATE observations SET heard_at = ? WHERE id IN ? AND employee_id = ? AND heard_at IS NULL", now, some(ids), employee).Error
	})
}

// CustomersSeen loads those of the customers that are in sight by name.
func (s *Store) CustomersSeen(ctx context.Context, scope people.Scope, ids []int64) (map[int64]run.Customer, error) {
	db := s.read(ctx).Table("customers").Where("customers.id IN ?", some(unique(ids)))
	rows, err := all[run.Customer](s.named(ctx, db, scope))
	return mapped(rows, func(c run.Customer) (int64, run.Customer) { return c.ID, c }), err
}

// named keeps the customers that are in sight by name; who was erased has none.
func (s *Store) named(ctx context.Context, db *gorm.DB, scope people.Scope) *gorm.DB {
	db = db.Where("customers.erased_at IS NULL")
	if scope.Company() {
		return db
	}
	return db.Where("EXISTS (?)", identified(s.read(ctx).Table("runs").Select("1").Where("runs.customer_id = customers.id"), scope))
}
