package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// walked keeps the runs whose walk is in sight: the company's, those on a journey led, at a touchpoint owned, or served
// by the person or a supervised team, as it was recorded or as it was corrected afterwards.
func walked(db *gorm.DB, scope people.Scope) *gorm.DB {
	if scope.Company() {
		return db
	}
	return db.Where(`(runs.journey_id IN ? OR EXISTS (SELECT 1 FROM interactions i
		LEFT JOIN interaction_people p ON p.interaction_id = i.id
		WHERE i.run_id = runs.id AND (i.touchpoint_id IN ? OR p.team_id IN ? OR (p.employee_id = ? AND p.employee_id <> 0)))
		OR EXISTS (SELECT 1 FROM responses r JOIN attributions a ON a.response_id = r.id AND a.active
		WHERE r.run_id = runs.id AND (a.team_id IN ? OR (a.employee_id = ? AND a.employee_id <> 0))))`,
		some(scope.Journeys()), some(scope.Touchpoints()), supervised(scope), scope.Employee(), supervised(scope), scope.Employee())
}

// identified keeps the runs on which the customer is in sight by name; the same rule as run.Walk.MayIdentify.
func identified(db *gorm.DB, scope people.Scope) *gorm.DB {
	if scope.Company() {
		return db
	}
	return db.Where(`(runs.journey_id IN ? OR EXISTS (SELECT 1 FROM interactions i
		JOIN interaction_people p ON p.interaction_id = i.id WHERE i.run_id = runs.id AND p.team_id IN ?))`,
		some(scope.Journeys()), supervised(scope))
}

// supervised are the teams in sight; team 0 means "not known" on an interaction and is nobody's.
func supervised(scope people.Scope) []int64 {
	if teams := unique(scope.Teams()); len(teams) > 0 {
		return teams
	}
	return []int64{-1}
}

// RunsFor lists the runs in sight, the latest contact first.
func (s *Store) RunsFor(ctx context.Context, scope people.Scope, f run.Filter, ask page.Ask) (page.Of[run.Listed], error) {
	found, err := paged[run.Run](s.runsBy(ctx, scope, f), ask, runOrder(ask))
	if err != nil {
		return page.Of[run.Listed]{}, err
	}
	rows, err := s.listed(ctx, found.Rows)
	return page.Of[run.Listed]{Rows: rows, Total: found.Total, Ask: found.Ask}, err
}

func (s *Store) runsBy(ctx context.Context, scope people.Scope, f run.Filter) *gorm.DB {
	db := walked(s.read(ctx).Table("runs"), scope)
	if f.JourneyID != 0 {
		db = db.Where("runs.journey_id = ?", f.JourneyID)
	}
	if f.State != "" {
		db = db.Where("runs.state = ?", f.State)
	}
	if f.From != nil {
		db = db.Where("runs.last_contact_at >= ?", *f.From)
	}
	if f.Until != nil {
		db = db.Where("runs.last_contact_at < ?", *f.Until)
	}
	if f.Key != "" {
		db = db.Where(keyed("runs.key", f.Key))
	}
	if f.Broken != 0 {
		db = db.Where(`EXISTS (SELECT 1 FROM interactions b WHERE b.run_id = runs.id AND b.touchpoint_id = ? AND b.promise_due IS NOT NULL
			AND (b.promise_kept > b.promise_due OR (b.promise_kept IS NULL AND b.promise_due < ?)))`, f.Broken, f.Today)
	}
	return db
}

func runOrder(ask page.Ask) string {
	column := map[string]string{"key": "runs.key", "opened": "runs.opened_at", "last": "runs.last_contact_at", "state": "runs.state"}[ask.Sort]
	switch {
	case column == "":
		return "runs.last_contact_at DESC, runs.id DESC"
	case ask.Desc:
		return column + " DESC, runs.id DESC"
	}
	return column + ", runs.id"
}

func (s *Store) listed(ctx context.Context, runs []run.Run) ([]run.Listed, error) {
	ids := make([]int64, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	contacts, err := s.counted(ctx, "interactions", ids)
	if err != nil {
		return nil, err
	}
	answers, err := s.counted(ctx, "responses", ids)
	out := make([]run.Listed, len(runs))
	for i, r := range runs {
		out[i] = run.Listed{Run: r, Contacts: contacts[r.ID], Answered: answers[r.ID] > 0}
	}
	return out, err
}

// counted counts the rows of a table by run.
func (s *Store) counted(ctx context.Context, table string, runs []int64) (map[int64]int, error) {
	type row struct {
		RunID int64
		N     int
	}
	rows, err := all[row](s.read(ctx).Table(table).Select("run_id, COUNT(*) AS n").Where("run_id IN ?", some(runs)).Group("run_id"))
	return mapped(rows, func(r row) (int64, int) { return r.RunID, r.N }), err
}

// CustomerFor finds a customer in sight by name: she walked a run on which identified holds.
func (s *Store) CustomerFor(ctx context.Context, scope people.Scope, id int64) (run.Customer, error) {
	return one[run.Customer](s.named(ctx, s.read(ctx).Table("customers").Where("customers.id = ?", id), scope), "errors.customer_missing")
}

// mostRuns is how many of a customer's runs her page shows, the latest ones.
const mostRuns = 200

// WalksOfCustomer loads the runs of a customer on which she is in sight by name, the latest first.
func (s *Store) WalksOfCustomer(ctx context.Context, scope people.Scope, customer int64) ([]run.Walk, error) {
	runs, err := all[run.Run](identified(s.read(ctx).Table("runs").Where("runs.customer_id = ?", customer), scope).
		Order("runs.opened_at DESC, runs.id DESC").Limit(mostRuns))
	if err != nil {
		return nil, err
	}
	walks, err := s.Walks(ctx, runs)
	if err != nil {
		return nil, err
	}
	out := make([]run.Walk, len(runs))
	for i, r := range runs {
		out[i] = walks[r.ID]
	}
	return out, nil
}

// ResponsesOfRuns loads answers whole, by run.
func (s *Store) ResponsesOfRuns(ctx context.Context, runs []int64) (map[int64]feedback.Response, error) {
	return s.ResponsesOf(ctx, unique(runs))
}

// InvitationsOfRuns loads invitations by run.
func (s *Store) InvitationsOfRuns(ctx context.Context, runs []int64) (map[int64]survey.Invitation, error) {
	rows, err := in[survey.Invitation](s.read(ctx), "invitations", "run_id", unique(runs))
	return mapped(rows, func(i survey.Invitation) (int64, survey.Invitation) { return i.RunID, i }), err
}

// JourneysByID maps journeys to their names.
func (s *Store) JourneysByID(ctx context.Context, ids []int64) (map[int64]i18n.Text, error) {
	type row struct {
		ID   int64
		Name i18n.Text
	}
	rows, err := in[row](s.read(ctx), "journeys", "id", unique(ids))
	return mapped(rows, func(r row) (int64, i18n.Text) { return r.ID, r.Name }), err
}

// UserNames maps sign-ins to the names of those behind them.
func (s *Store) UserNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	rows, err := in[people.User](s.read(ctx), "users", "id", unique(ids))
	return mapped(rows, func(u people.User) (int64, string) { return u.ID, u.Name }), err
}

// InvitationFilter is what the list of invitations can be asked for.
type InvitationFilter struct {
	State  survey.State
	Reason string
}

// InvitationLine is an invitation in a list.
type InvitationLine struct {
	survey.Invitation
	RunKey    string
	JourneyID int64
}

// Invitations lists who was asked and who was not, the latest first; without names, for those who keep the system.
func (s *Store) Invitations(ctx context.Context, f InvitationFilter, ask page.Ask) (page.Of[InvitationLine], error) {
	found, err := paged[survey.Invitation](s.invitationsBy(ctx, f), ask, invitationOrder(ask))
	if err != nil {
		return page.Of[InvitationLine]{}, err
	}
	lines, err := s.invitationLines(ctx, found.Rows)
	return page.Of[InvitationLine]{Rows: lines, Total: found.Total, Ask: found.Ask}, err
}

func invitationOrder(ask page.Ask) string {
	column := map[string]string{"planned": "invitations.planned_at", "sent": "invitations.sent_at"}[ask.Sort]
	switch {
	case column == "":
		return "invitations.planned_at DESC, invitations.id DESC"
	case ask.Desc:
		return column + " IS NULL, " + column + " DESC, invitations.id DESC"
	}
	return column + " IS NULL, " + column + ", invitations.id"
}

func (s *Store) invitationsBy(ctx context.Context, f InvitationFilter) *gorm.DB {
	db := s.read(ctx).Table("invitations")
	if f.State != "" {
		db = db.Where("invitations.state = ?", f.State)
	}
	if f.Reason != "" {
		db = db.Where("invitations.reason = ?", f.Reason)
	}
	return db
}

// invitationLines adds the runs that invitations are about.
func (s *Store) invitationLines(ctx context.Context, invitations []survey.Invitation) ([]InvitationLine, error) {
	ids := make([]int64, len(invitations))
	for i, inv := range invitations {
		ids[i] = inv.RunID
	}
	runs, err := in[run.Run](s.read(ctx), "runs", "id", unique(ids))
	byID := make(map[int64]run.Run, len(runs))
	for _, r := range runs {
		byID[r.ID] = r
	}
	out := make([]InvitationLine, len(invitations))
	for i, inv := range invitations {
		r := byID[inv.RunID]
		out[i] = InvitationLine{Invitation: inv, RunKey: r.Key, JourneyID: r.JourneyID}
	}
	return out, err
}

// InvitationReasons lists the reasons that occur.
func (s *Store) InvitationReasons(ctx context.Context) ([]string, error) {
	var out []string
	err := s.read(ctx).Table("invitations").Where("reason <> ''").Distinct("reason").Order("reason").Pluck("reason", &out).Error
	return out, err
}
