package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/people"
)

// NoticeFor implements coaching.Store.
func (s *Store) NoticeFor(ctx context.Context, scope people.Scope, employee, response, touchpoint int64) (feedback.Quote, error) {
	return one[feedback.Quote](s.notices(ctx, scope, employee, feedback.Filter{Audience: feedback.ToEmployee}).Select(noticeColumns).
		Where("f.response_id = ? AND f.touchpoint_id = ?", response, touchpoint), "errors.feedback_missing")
}

// lastTalk is when the two talked last.
func (s *Store) lastTalk(ctx context.Context, pair coaching.Pair) (time.Time, error) {
	rows, err := s.TalksOf(ctx, pair, 1)
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	return *rows[0].HeldAt, nil
}

// mostReplied is how much of that one talk can take.
const mostReplied = 30

// RepliedFor implements coaching.Store.
func (s *Store) RepliedFor(ctx context.Context, scope people.Scope, pair coaching.Pair) ([]feedback.Quote, error) {
	last, err := s.lastTalk(ctx, pair)
	if err != nil {
		return nil, err
	}
	return all[feedback.Quote](s.notices(ctx, scope, pair.EmployeeID, feedback.Filter{Audience: feedback.ToEmployee, Reply: feedback.ReplyOneToOne}).
		Select(noticeColumns).Where("f.replied_at > ?", last).Order("f.replied_at, f.response_id, f.touchpoint_id").Limit(mostReplied))
}

// of keeps the rows of the two.
func of(db *gorm.DB, pair coaching.Pair) *gorm.DB {
	return db.Where("employee_id = ? AND supervisor_id = ? AND employee_id <> 0", pair.EmployeeID, pair.SupervisorID)
}

// NextTalk implements coaching.Store.
func (s *Store) NextTalk(ctx context.Context, pair coaching.Pair) (coaching.Talk, error) {
	t, err := one[coaching.Talk](of(s.kept(ctx).Table("coaching_talks"), pair).Where("held_at IS NULL"), "coaching.missing")
	if missing(err) {
		return coaching.Talk{}, nil
	}
	return t, err
}

// TalkByID finds a talk regardless of who asks; for jobs, not for pages.
func (s *Store) TalkByID(ctx context.Context, id int64) (coaching.Talk, error) {
	return one[coaching.Talk](s.read(ctx).Table("coaching_talks").Where("id = ?", id), "coaching.missing")
}

// TalksOf lists the talks that the two had, the latest first.
func (s *Store) TalksOf(ctx context.Context, pair coaching.Pair, most int) ([]coaching.Talk, error) {
	return all[coaching.Talk](of(s.read(ctx).Table("coaching_talks"), pair).Where("held_at IS NOT NULL").Order("held_at DESC, id DESC").Limit(most))
}

// TalksHeld counts the talks of employees, which is all that others may know of them.
func (s *Store) TalksHeld(ctx context.Context, employees []int64) (map[int64]coaching.Held, error) {
	rows, err := in[coaching.Talk](s.read(ctx).Where("held_at IS NOT NULL"), "coaching_talks", "employee_id", unique(employees))
	out := map[int64]coaching.Held{}
	for _, t := range rows {
		h := out[t.EmployeeID]
		h.N++
		if h.Last == nil || t.HeldAt.After(*h.Last) {
			h.Last = t.HeldAt
		}
		out[t.EmployeeID] = h
	}
	return out, err
}

// SaveTalk implements coaching.Store.
func (s *Store) SaveTalk(ctx context.Context, t coaching.Talk) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("coaching_talks").Clauses(replacing).Create(&t).Error
	})
}

// EntriesOf lists what the two put on their sheet: for talks, 0 being the next, in the order in which it came.
func (s *Store) EntriesOf(ctx context.Context, pair coaching.Pair, talks ...int64) ([]coaching.Entry, error) {
	return all[coaching.Entry](of(s.read(ctx).Table("coaching_entries"), pair).Where("talk_id IN ?", talks).Order("at, id"))
}

// EntryOf implements coaching.Store.
func (s *Store) EntryOf(ctx context.Context, pair coaching.Pair, id int64) (coaching.Entry, error) {
	return one[coaching.Entry](of(s.kept(ctx).Table("coaching_entries"), pair).Where("id = ? AND talk_id = 0", id), "coaching.missing")
}

// SaveEntry implements coaching.Store.
func (s *Store) SaveEntry(ctx context.Context, e coaching.Entry) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("coaching_entries").Clauses(clause.OnConflict{DoNothing: true}).Create(&e).Error
	})
}

// DropEntry implements coaching.Store.
func (s *Store) DropEntry(ctx context.Context, id int64) error {
	return s.change(ctx, func(db *gorm.DB) error { return db.Exec("DELETE FROM coaching_entries WHERE id = ?", id).Error })
}

// TakeEntries implements coaching.Store.
func (s *Store) TakeEntries(ctx context.Context, t coaching.Talk) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Exec("UPDATE coaching_entries SET talk_id = ? WHERE employee_id = ? AND supervisor_id = ? AND talk_id = 0", t.ID, t.EmployeeID, t.SupervisorID).Error
	})
}

// QuotesOf loads the feedback that entries mark, as far as the scope sees it.
func (s *Store) QuotesOf(ctx context.Context, scope people.Scope, employee int64, entries []coaching.Entry) (map[[2]int64]feedback.Quote, error) {
	ids := []int64{}
	for _, e := range entries {
		ids = append(ids, e.ResponseID)
	}
	rows, err := all[feedback.Quote](s.notices(ctx, scope, employee, feedback.Filter{Audience: feedback.ToEmployee}).Select(noticeColumns).Where("f.response_id IN ?", some(unique(ids))))
	return mapped(rows, func(q feedback.Quote) ([2]int64, feedback.Quote) { return [2]int64{q.ResponseID, q.TouchpointID}, q }), err
}

// ObservationsOf loads the observations that entries mark, as far as the scope sees them.
func (s *Store) ObservationsOf(ctx context.Context, scope people.Scope, entries []coaching.Entry) (map[int64]observation.Observation, error) {
	ids := []int64{}
	for _, e := range entries {
		ids = append(ids, e.ObservationID)
	}
	rows, err := all[observation.Observation](s.heard(ctx, scope).Where("o.id IN ?", some(unique(ids))))
	return mapped(rows, func(o observation.Observation) (int64, observation.Observation) { return o.ID, o }), err
}

// WrittenBy lists the latest observations that an employee wrote down, as far as the scope sees them.
func (s *Store) WrittenBy(ctx context.Context, scope people.Scope, employee int64, most int) ([]observation.Observation, error) {
	return all[observation.Observation](s.heard(ctx, scope).Where("o.employee_id = ? AND o.employee_id <> 0 AND o.words <> ''", employee).Order("o.at DESC, o.id DESC").Limit(most))
}

// GoalOf implements coaching.Store.
func (s *Store) GoalOf(ctx context.Context, employee, id int64) (coaching.Goal, error) {
	return one[coaching.Goal](s.kept(ctx).Table("coaching_goals").Where("employee_id = ? AND employee_id <> 0 AND id = ?", employee, id), "coaching.missing")
}

// GoalsOf lists an employee's goals: open ones first, then those that were closed last.
func (s *Store) GoalsOf(ctx context.Context, employee int64, most int) ([]coaching.Goal, error) {
	rows, err := all[coaching.Goal](s.read(ctx).Table("coaching_goals").Where("employee_id = ? AND employee_id <> 0", employee).
		Order("CASE WHEN state = 'open' THEN 0 ELSE 1 END, COALESCE(closed_at, set_at) DESC, id DESC").Limit(most))
	if err != nil {
		return nil, fmt.Errorf("list goals of %d: %w", employee, err)
	}
	return rows, nil
}

// SaveGoal implements coaching.Store.
func (s *Store) SaveGoal(ctx context.Context, g coaching.Goal) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("coaching_goals").Clauses(replacing).Create(&g).Error
	})
}
