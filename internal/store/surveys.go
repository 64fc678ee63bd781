package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/survey"
	"gorm.io/gorm"
)

// SurveyByID implements survey.Store.
func (s *Store) SurveyByID(ctx context.Context, id int64) (survey.Survey, error) {
	return one[survey.Survey](s.read(ctx).Table("surveys").Where("id = ?", id), "errors.survey_missing")
}

// JourneyName implements survey.Store.
func (s *Store) JourneyName(ctx context.Context, journey int64) (i18n.Text, error) {
	j, err := s.JourneyByID(ctx, journey)
	return j.Name, err
}

// HistoryFor implements survey.Store.
func (s *Store) HistoryFor(ctx context.Context, customer int64, now time.Time) (survey.History, error) {
	var h survey.History
	if customer == 0 {
		return h, nil
	}
	if lock := s.lock(ctx); lock != "" {
		if err := s.read(ctx).Exec("SELECT id FROM customers WHERE id = ?"+lock, customer).Error; err != nil {
			return h, fmt.Errorf("lock customer %d: %w", customer, err)
		}
	}
	all, err := s.histories(ctx, []int64{customer}, now)
	return all[customer], err
}

// CallPlanned implements survey.Store.
func (s *Store) CallPlanned(ctx context.Context, customer int64) (bool, error) {
	n, err := howMany(s.read(ctx).Table("outreach_members").Where("customer_id = ? AND held = false AND done_at IS NULL", customer))
	return n > 0, err
}

// histories are what the contact policy must know of customers: surveys that went out or are to, conversations on the phone
// that we began or are to, and open cases.
func (s *Store) histories(ctx context.Context, customers []int64, now time.Time) (map[int64]survey.History, error) {
	out := map[int64]survey.History{}
	year := now.AddDate(-1, 0, 0)
	asked, err := in[survey.Invitation](s.read(ctx).Where("planned_at > ? AND state NOT IN ?", year,
		[]survey.State{survey.Suppressed, survey.Bounced}), "invitations", "customer_id", customers)
	if err != nil {
		return nil, err
	}
	for _, i := range asked {
		h := out[i.CustomerID]
		switch {
		case i.SentAt != nil:
			h = h.Asked(*i.SentAt, i.AnsweredAt)
		case i.State == survey.Planned:
			h.SurveyAt = &i.PlannedAt
		default:
			h = h.Asked(i.PlannedAt, i.AnsweredAt)
		}
		out[i.CustomerID] = h
	}
	called, err := in[outreach.Member](s.read(ctx).Where("held = false AND (done_at IS NULL OR called_at > ? AND outcome IN ?)", year, outreach.Reached), "outreach_members", "customer_id", customers)
	if err != nil {
		return nil, err
	}
	for _, m := range called {
		h := out[m.CustomerID]
		if m.DoneAt == nil {
			h.CallPlanned = true
		} else {
			h = h.Asked(*m.CalledAt, nil)
		}
		out[m.CustomerID] = h
	}
	open, err := in[casework.Case](s.read(ctx).Where("closed_at IS NULL"), "cases", "customer_id", customers)
	for _, c := range open {
		h := out[c.CustomerID]
		h.OpenCase = true
		out[c.CustomerID] = h
	}
	return out, err
}

const policyKey = "contact_policy"

type settingRow struct {
	Key       string `gorm:"primaryKey"`
	Value     string
	UpdatedAt time.Time
}

// ContactPolicy implements survey.Store; without one of its own a company has the recommended policy.
func (s *Store) ContactPolicy(ctx context.Context) (survey.Policy, error) {
	p := survey.DefaultPolicy()
	return p, s.setting(ctx, policyKey, &p)
}

// SaveContactPolicy replaces the contact policy.
func (s *Store) SaveContactPolicy(ctx context.Context, p survey.Policy) error {
	return s.SaveSetting(ctx, policyKey, p)
}

// setting reads a setting into v, which keeps its value when there is none.
func (s *Store) setting(ctx context.Context, key string, v any) error {
	row, err := one[settingRow](s.read(ctx).Table("settings").Where("key = ?", key), "errors.setting_missing")
	if missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(row.Value), v)
}

// Setting reads a setting into v, which keeps its value when there is none.
func (s *Store) Setting(ctx context.Context, key string, v any) error { return s.setting(ctx, key, v) }

// SaveSetting keeps a setting as JSON.
func (s *Store) SaveSetting(ctx context.Context, key string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("settings").Save(&settingRow{Key: key, Value: string(raw), UpdatedAt: time.Now().UTC()}).Error
	})
}

// InvitationByID implements survey.Store; within a transaction the row is kept until its end.
func (s *Store) InvitationByID(ctx context.Context, id int64) (survey.Invitation, error) {
	return one[survey.Invitation](s.kept(ctx).Table("invitations").Where("id = ?", id), "errors.invitation_missing")
}

// InvitationOfRun implements survey.Store; the row is kept for this transaction.
func (s *Store) InvitationOfRun(ctx context.Context, run int64) (survey.Invitation, error) {
	return one[survey.Invitation](s.kept(ctx).Table("invitations").Where("run_id = ?", run), "errors.invitation_missing")
}

// InvitationByToken implements survey.Store; within a transaction the row is kept until its end.
func (s *Store) InvitationByToken(ctx context.Context, hash []byte) (survey.Invitation, error) {
	token, err := one[tokenRow](s.read(ctx).Table("invitation_tokens").Where("hash = ?", hash), "errors.invitation_missing")
	if err != nil {
		return survey.Invitation{}, err
	}
	inv, err := s.InvitationByID(ctx, token.InvitationID)
	inv.Handed = token.Handed
	return inv, err
}

// openedRow is an invitation with one of its tokens.
type openedRow struct {
	survey.Invitation
	Hash   []byte
	ByHand bool
}

// InvitationsByToken implements feedback.Store. Invitations are locked in the order of their numbers, so that two batches
// cannot wait for each other in a circle.
func (s *Store) InvitationsByToken(ctx context.Context, hashes [][]byte) (map[string]survey.Invitation, error) {
	out := make(map[string]survey.Invitation, len(hashes))
	lock := s.lock(ctx)
	if lock != "" {
		lock += " OF i"
		if err := s.d.byKey(s.read(ctx)); err != nil {
			return nil, err
		}
	}
	for some := range slices.Chunk(hashes, portion) {
		where, hashes := s.d.amongBytes("t.hash", some)
		rows, err := fetch[openedRow](s.read(ctx).Raw(`SELECT i.*, t.hash, t.handed AS by_hand FROM invitation_tokens t JOIN invitations i ON i.id = t.invitation_id
			WHERE `+where+" ORDER BY i.id"+lock, hashes))
		if err != nil {
			return nil, fmt.Errorf("load invitations by token: %w", err)
		}
		for _, r := range rows {
			r.Handed = r.ByHand
			out[string(r.Hash)] = r.Invitation
		}
	}
	return out, nil
}

// answeredRow is what an answer changes in its invitation.
type answeredRow struct {
	ID         int64
	OpenedAt   *time.Time
	AnsweredAt *time.Time
}

// AnswerInvitations implements feedback.Store.
func (s *Store) AnswerInvitations(ctx context.Context, answered ...survey.Invitation) error {
	rows := make([]answeredRow, len(answered))
	for i, a := range answered {
		rows[i] = answeredRow{a.ID, a.OpenedAt, a.AnsweredAt}
	}
	return amend(ctx, s, "invitations", rows, "state = '"+string(survey.Answered)+"', next_at = NULL, opened_at = given.opened_at, answered_at = given.answered_at")
}

// SaveInvitation adds or replaces an invitation.
func (s *Store) SaveInvitation(ctx context.Context, i survey.Invitation) error {
	return s.change(ctx, func(db *gorm.DB) error { return db.Table("invitations").Save(&i).Error })
}

// SaveToken implements survey.Store. Pages never show tokens.
func (s *Store) SaveToken(ctx context.Context, hash []byte, invitation int64, handed bool, now time.Time) error {
	// Not by Exec: after a parenthesis GORM spreads a slice into its elements, bytes too.
	return insert(s.quiet(ctx), "invitation_tokens", []tokenRow{{Hash: hash, InvitationID: invitation, Handed: handed, CreatedAt: now}})
}

type tokenRow struct {
	Hash         []byte `gorm:"primaryKey"`
	InvitationID int64
	Handed       bool
	CreatedAt    time.Time
}

// DueInvitations implements survey.Store.
func (s *Store) DueInvitations(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	var ids []int64
	err := s.read(ctx).Table("invitations").Where("next_at IS NOT NULL AND next_at <= ?", now).Order("next_at, id").Limit(limit).Pluck("id", &ids).Error
	return ids, err
}

// AnsweredRun implements survey.Store.
func (s *Store) AnsweredRun(ctx context.Context, run int64) (bool, error) {
	var n int64
	err := s.read(ctx).Table("responses").Where("run_id = ?", run).Count(&n).Error
	return n > 0, err
}

// MarkRead implements feedback.Store. It locks what a new answer locks, in the same order, so that neither undoes the other.
func (s *Store) MarkRead(ctx context.Context, employee int64, at time.Time, notices []feedback.Notice) error {
	responses := make([]int64, len(notices))
	for i, n := range notices {
		responses[i] = n.ResponseID
	}
	return s.InTx(ctx, func(ctx context.Context) error {
		if err := s.lockAnswers(ctx, responses...); err != nil {
			return err
		}
		if err := s.setApart(ctx, employee, responses...); err != nil {
			return err
		}
		for _, n := range notices {
			err := s.write(ctx).Exec(`UPDATE notices SET read_at = ? WHERE employee_id = ? AND response_id = ? AND touchpoint_id = ? AND at <= ? AND read_at IS NULL`,
				at, employee, n.ResponseID, n.TouchpointID, n.At).Error
			if err != nil {
				return fmt.Errorf("mark feedback read: %w", err)
			}
		}
		return nil
	})
}

// Reworded lists when published versions of the journeys began to ask about the whole in other words than the version
// before them, by the ledger.
func (s *Store) Reworded(ctx context.Context, journeys []int64) ([]survey.Reworded, error) {
	type asked struct {
		JourneyID int64
		Number    int
		Question  i18n.Text
	}
	versions, err := all[asked](s.read(ctx).Table("surveys").Select("v.journey_id, v.number, surveys.question").
		Joins("JOIN journey_versions v ON v.id = surveys.version_id").Where("v.journey_id IN ? AND v.state <> ?", some(journeys), journey.Draft).
		Order("v.journey_id, v.number"))
	if err != nil || len(versions) == 0 {
		return nil, err
	}
	published, err := all[eventRow](s.read(ctx).Table("events").
		Where("subject_kind = 'journey' AND subject_id IN ? AND verb = ?", some(journeys), event.JourneyPublished).Order("at, id"))
	if err != nil {
		return nil, err
	}
	type version struct {
		journey int64
		number  int
	}
	since := map[version]time.Time{}
	for _, e := range published {
		var what struct{ Version int }
		if err := json.Unmarshal([]byte(e.Particulars), &what); err != nil {
			return nil, fmt.Errorf("event %d: %w", e.ID, err)
		}
		if k := (version{e.SubjectID, what.Version}); since[k].IsZero() {
			since[k] = e.At.UTC()
		}
	}
	var out []survey.Reworded
	for i := 1; i < len(versions); i++ {
		before, now := versions[i-1], versions[i]
		at := since[version{now.JourneyID, now.Number}]
		if before.JourneyID == now.JourneyID && !maps.Equal(before.Question, now.Question) && !at.IsZero() {
			out = append(out, survey.Reworded{JourneyID: now.JourneyID, Version: now.Number, At: at})
		}
	}
	return out, nil
}
