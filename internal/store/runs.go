package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// Walks loads runs with their customers and contacts, contacts in order of time.
func (s *Store) Walks(ctx context.Context, runs []run.Run) (map[int64]run.Walk, error) {
	ids, customers := make([]int64, len(runs)), make([]int64, len(runs))
	for i, r := range runs {
		ids[i], customers[i] = r.ID, r.CustomerID
	}
	known, err := in[run.Customer](s.read(ctx), "customers", "id", unique(customers))
	if err != nil {
		return nil, err
	}
	byID := map[int64]run.Customer{}
	for _, c := range known {
		byID[c.ID] = c
	}
	out := make(map[int64]run.Walk, len(runs))
	for _, r := range runs {
		out[r.ID] = run.Walk{Run: r, Customer: byID[r.CustomerID]}
	}
	contacts, err := s.contactsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, c := range contacts {
		w := out[c.Interaction.RunID]
		w.Contacts = append(w.Contacts, c)
		out[c.Interaction.RunID] = w
	}
	return out, nil
}

// metRow is one person of a contact, or a contact without any.
type metRow struct {
	RunID        int64
	ID           int64
	TouchpointID int64
	StartedAt    time.Time
	PromiseDue   *time.Time
	PromiseKept  *time.Time
	EmployeeID   int64
	TeamID       int64
	Position     int

	PromiseBusiness bool
}

func (m metRow) contact() run.Contact {
	return run.Contact{Interaction: run.Interaction{ID: m.ID, RunID: m.RunID, TouchpointID: m.TouchpointID, StartedAt: m.StartedAt,
		PromiseDue: m.PromiseDue, PromiseKept: m.PromiseKept, PromiseBusiness: m.PromiseBusiness}}
}

// meetings loads what decides whom answers concern: the walks of runs without their customers, and of each contact only
// where and when it was, what was promised and who served. One question, contacts in order of time, people in theirs.
func (s *Store) meetings(ctx context.Context, runs []run.Run) (map[int64]run.Walk, error) {
	db := s.read(ctx).Select(`interactions.run_id, interactions.id, interactions.touchpoint_id, interactions.started_at,
		interactions.promise_due, interactions.promise_kept, interactions.promise_business,
		COALESCE(p.employee_id, 0) AS employee_id, COALESCE(p.team_id, 0) AS team_id, COALESCE(p.position, 0) AS position`).
		Joins("LEFT JOIN interaction_people p ON p.interaction_id = interactions.id")
	rows, err := in[metRow](db, "interactions", "interactions.run_id", ids(runs))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b metRow) int {
		return cmp.Or(cmp.Compare(a.RunID, b.RunID), a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Position, b.Position))
	})
	contacts := make(map[int64][]run.Contact, len(runs))
	met, people := make([]run.Contact, 0, len(rows)), make([]run.Person, 0, len(rows)) // each has a part of these
	first := 0
	for i, m := range rows {
		if i > 0 && rows[i-1].RunID != m.RunID {
			first = len(met)
		}
		if len(met) == first || met[len(met)-1].Interaction.ID != m.ID {
			met = append(met, m.contact())
		}
		if m.EmployeeID != 0 || m.TeamID != 0 {
			people = append(people, run.Person{InteractionID: m.ID, EmployeeID: m.EmployeeID, TeamID: m.TeamID, Position: m.Position})
			c := &met[len(met)-1]
			n := len(people)
			c.People = people[n-1-len(c.People) : n : n]
		}
		contacts[m.RunID] = met[first:len(met):len(met)]
	}
	out := make(map[int64]run.Walk, len(runs))
	for _, r := range runs {
		out[r.ID] = run.Walk{Run: r, Contacts: contacts[r.ID]}
	}
	return out, nil
}

// RunsByID loads runs that somebody was found to see already.
func (s *Store) RunsByID(ctx context.Context, ids []int64) ([]run.Run, error) {
	return in[run.Run](s.read(ctx), "runs", "id", unique(ids))
}

func (s *Store) contactsOf(ctx context.Context, runs []int64) ([]run.Contact, error) {
	return contactsIn(s.read(ctx), runs)
}

func contactsIn(db *gorm.DB, runs []int64) ([]run.Contact, error) {
	interactions, err := in[run.Interaction](db, "interactions", "run_id", unique(runs))
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(interactions))
	for i, x := range interactions {
		ids[i] = x.ID
	}
	rows, err := in[run.Person](db, "interaction_people", "interaction_id", ids)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b run.Person) int { return a.Position - b.Position })
	served := map[int64][]run.Person{}
	for _, p := range rows {
		served[p.InteractionID] = append(served[p.InteractionID], p)
	}
	slices.SortFunc(interactions, func(a, b run.Interaction) int {
		if c := a.StartedAt.Compare(b.StartedAt); c != 0 {
			return c
		}
		return int(min(1, max(-1, a.ID-b.ID)))
	})
	out := make([]run.Contact, len(interactions))
	for i, x := range interactions {
		out[i] = run.Contact{Interaction: x, People: served[x.ID]}
	}
	return out, nil
}

// WalkFor loads a run in sight: the company's, those on a journey led, at a touchpoint owned, or served by the person or
// a supervised team.
func (s *Store) WalkFor(ctx context.Context, scope people.Scope, id int64) (run.Walk, error) {
	db := walked(s.read(ctx).Table("runs").Where("runs.id = ?", id), scope)
	r, err := one[run.Run](db, "errors.run_missing")
	if err != nil {
		return run.Walk{}, err
	}
	return s.walk(ctx, r)
}

// WalkOf loads a run regardless of who asks; for jobs and rules, not for pages.
func (s *Store) WalkOf(ctx context.Context, id int64) (run.Walk, error) {
	r, err := one[run.Run](s.read(ctx).Table("runs").Where("id = ?", id), "errors.run_missing")
	if err != nil {
		return run.Walk{}, err
	}
	return s.walk(ctx, r)
}

func (s *Store) walk(ctx context.Context, r run.Run) (run.Walk, error) {
	walks, err := s.Walks(ctx, []run.Run{r})
	return walks[r.ID], err
}

// RunsByKey finds the runs with a business key: one, unless two journeys use the same. They are kept for this transaction.
func (s *Store) RunsByKey(ctx context.Context, key string) ([]run.Run, error) {
	return all[run.Run](s.kept(ctx).Table("runs").Where("key = ?", key).Order("id"))
}

// SaveRun replaces a run.
func (s *Store) SaveRun(ctx context.Context, r run.Run) error {
	return s.change(ctx, func(db *gorm.DB) error { return db.Table("runs").Save(&r).Error })
}

// SaveCustomer adds or replaces a customer.
func (s *Store) SaveCustomer(ctx context.Context, c run.Customer) error {
	return s.change(ctx, func(db *gorm.DB) error { return db.Table("customers").Save(&c).Error })
}

// CustomerByID finds a customer regardless of who asks; for jobs and rules, not for pages. She is kept for this
// transaction, as she is written back whole: a feed that fills in her name must not undo her "do not ask me".
func (s *Store) CustomerByID(ctx context.Context, id int64) (run.Customer, error) {
	return one[run.Customer](s.kept(ctx).Table("customers").Where("id = ?", id), "errors.customer_missing")
}

// JourneyKey implements run.Store.
func (s *Store) JourneyKey(ctx context.Context, journey int64) (string, error) {
	j, err := s.JourneyByID(ctx, journey)
	return j.Key, err
}

// Silent implements run.Store. The days differ by version, so each version asks for its own. The runs are kept for this
// transaction.
func (s *Store) Silent(ctx context.Context, now time.Time, limit int) ([]run.Run, error) {
	versions, err := all[journey.Version](s.read(ctx).Table("journey_versions").
		Where("EXISTS (SELECT 1 FROM runs WHERE runs.version_id = journey_versions.id AND runs.state = ?)", run.Open))
	if err != nil {
		return nil, err
	}
	var out []run.Run
	for _, v := range versions {
		since := now.AddDate(0, 0, -v.AbandonAfterDays)
		rows, err := all[run.Run](s.read(ctx).Table("runs").Where("version_id = ? AND state = ? AND last_contact_at < ?", v.ID, run.Open, since).
			Order("last_contact_at").Limit(limit).Clauses(s.locking(ctx)...))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out[:min(limit, len(out))], nil
}

const weekKey = "week"

// Week implements run.Store.
func (s *Store) Week(ctx context.Context) (run.Week, error) {
	w := run.DefaultWeek()
	return w, s.setting(ctx, weekKey, &w)
}

// WeekToChange implements run.Store. Where nobody has set a week yet there is no row to hold on to: the default is written
// first.
func (s *Store) WeekToChange(ctx context.Context) (run.Week, error) {
	var w run.Week
	raw, err := json.Marshal(run.DefaultWeek())
	if err != nil {
		return w, err
	}
	first := settingRow{Key: weekKey, Value: string(raw), UpdatedAt: time.Now().UTC()}
	if err := s.write(ctx).Table("settings").Clauses(clause.OnConflict{DoNothing: true}).Create(&first).Error; err != nil {
		return w, err
	}
	row, err := one[settingRow](s.kept(ctx).Table("settings").Where("key = ?", weekKey), "errors.setting_missing")
	if err != nil {
		return w, err
	}
	return w, json.Unmarshal([]byte(row.Value), &w)
}

// SaveWeek implements run.Store.
func (s *Store) SaveWeek(ctx context.Context, w run.Week) error {
	return s.SaveSetting(ctx, weekKey, w)
}
