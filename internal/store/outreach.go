package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// outreachIn asks for the lists in sight: of a journey led, of a team supervised, of the person's own team.
func (s *Store) outreachIn(ctx context.Context, scope people.Scope) *gorm.DB {
	db := s.read(ctx).Table("outreach_lists l")
	if scope.Company() {
		return db
	}
	own := s.read(ctx).Table("employees").Select("team_id").Where("id = ? AND team_id <> 0", scope.Employee())
	return db.Where("((l.journey_id IN ? AND l.journey_id <> 0) OR l.team_id IN ? OR l.team_id IN (?))", some(scope.Journeys()), supervised(scope), own)
}

// OutreachFor implements outreach.Store.
func (s *Store) OutreachFor(ctx context.Context, scope people.Scope, id int64) (outreach.List, error) {
	return one[outreach.List](s.outreachIn(ctx, scope).Where("l.id = ?", id), "outreach.missing")
}

// OutreachByID implements outreach.Store; within a change it keeps the list.
func (s *Store) OutreachByID(ctx context.Context, id int64) (outreach.List, error) {
	return one[outreach.List](s.kept(ctx).Table("outreach_lists").Where("id = ?", id), "outreach.missing")
}

// OutreachesFor lists those in sight, the open ones first, the newest first.
func (s *Store) OutreachesFor(ctx context.Context, scope people.Scope, ask page.Ask) (page.Of[outreach.List], error) {
	return paged[outreach.List](s.outreachIn(ctx, scope), ask, "l.ended_at IS NOT NULL, l.made_at DESC, l.id DESC")
}

// CallsFrom implements server.Store: of the own team, or one supervised.
func (s *Store) CallsFrom(ctx context.Context, actor people.Actor) (bool, error) {
	if actor.EmployeeID == 0 {
		return false, nil
	}
	own := s.read(ctx).Table("employees").Select("team_id").Where("id = ? AND team_id <> 0", actor.EmployeeID)
	n, err := howMany(s.read(ctx).Table("outreach_lists").Where("ended_at IS NULL AND (team_id IN (?) OR team_id IN ?)", own, some(actor.Supervises)))
	return n > 0, err
}

// OutreachDue implements outreach.Store.
func (s *Store) OutreachDue(ctx context.Context, since time.Time) ([]int64, error) {
	return plucked[int64](s.read(ctx).Table("outreach_lists").Where("ended_at IS NULL AND (sought_at IS NULL OR sought_at < ?)", since).Order("id"), "id")
}

// SaveOutreach implements outreach.Store.
func (s *Store) SaveOutreach(ctx context.Context, l outreach.List) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("outreach_lists").Clauses(replacing).Create(&l).Error
	})
}

// TeamExists implements outreach.Store.
func (s *Store) TeamExists(ctx context.Context, id int64) (bool, error) {
	n, err := howMany(s.read(ctx).Table("teams").Where("id = ?", id))
	return n > 0, err
}

// AddMembers implements outreach.Store.
func (s *Store) AddMembers(ctx context.Context, members []outreach.Member) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return insert(db.Clauses(clause.OnConflict{DoNothing: true}), "outreach_members", members)
	})
}

// waits is the condition that a member can be taken, with its parameters: a moment, and InHand before it.
const waits = "held = false AND done_at IS NULL AND after <= ? AND (taken_at IS NULL OR taken_at < ?)"

// TakeNext implements outreach.Store. Whoever changes the row first has her; the other looks again.
func (s *Store) TakeNext(ctx context.Context, list, caller int64, now time.Time) (outreach.Member, error) {
	for {
		m, err := one[outreach.Member](s.read(ctx).Table("outreach_members").Where("list_id = ? AND "+waits, list, now, now.Add(-outreach.InHand)).
			Order("after, id"), "outreach.nobody_waits")
		if err != nil {
			return m, err
		}
		taken := s.write(ctx).Exec("UPDATE outreach_members SET caller_id = ?, taken_at = ? WHERE id = ? AND "+waits, caller, now, m.ID, now, now.Add(-outreach.InHand))
		if taken.Error != nil {
			return m, fmt.Errorf("take the next of list %d: %w", list, taken.Error)
		}
		if taken.RowsAffected == 1 {
			m.CallerID, m.TakenAt = caller, &now
			return m, nil
		}
	}
}

// OutreachWaiting is how many of a list can be taken now, and when the next can where nobody can.
func (s *Store) OutreachWaiting(ctx context.Context, list int64, now time.Time) (n int, next *time.Time, err error) {
	if n, err = howMany(s.read(ctx).Table("outreach_members").Where("list_id = ? AND "+waits, list, now, now.Add(-outreach.InHand))); err != nil || n > 0 {
		return n, nil, err
	}
	first, err := one[outreach.Member](s.read(ctx).Table("outreach_members").Where("list_id = ? AND held = false AND done_at IS NULL AND after > ?", list, now).Order("after, id"), "outreach.nobody_waits")
	if missing(err) {
		return 0, nil, nil
	}
	return 0, &first.After, err
}

// MemberInHand implements outreach.Store.
func (s *Store) MemberInHand(ctx context.Context, list, caller int64, now time.Time) (outreach.Member, error) {
	if caller == 0 {
		return outreach.Member{}, fault.Missing("outreach.nobody_waits")
	}
	return one[outreach.Member](s.read(ctx).Table("outreach_members").
		Where("list_id = ? AND held = false AND done_at IS NULL AND caller_id = ? AND taken_at >= ?", list, caller, now.Add(-outreach.InHand)), "outreach.nobody_waits")
}

// MemberOf implements outreach.Store.
func (s *Store) MemberOf(ctx context.Context, list, id int64) (outreach.Member, error) {
	return one[outreach.Member](s.kept(ctx).Table("outreach_members").Where("id = ? AND list_id = ? AND held = false", id, list), "outreach.missing")
}

// MemberByID finds one regardless of who asks; for jobs, not for pages.
func (s *Store) MemberByID(ctx context.Context, id int64) (outreach.Member, error) {
	return one[outreach.Member](s.read(ctx).Table("outreach_members").Where("id = ?", id), "outreach.missing")
}

// SaveMember implements outreach.Store.
func (s *Store) SaveMember(ctx context.Context, m outreach.Member) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("outreach_members").Clauses(replacing).Create(&m).Error
	})
}

// MembersFor lists of whom something is known on a list in sight, the latest call first. Who is held out is on no list.
func (s *Store) MembersFor(ctx context.Context, scope people.Scope, f outreach.Filter, ask page.Ask) (page.Of[outreach.Member], error) {
	db := s.membersIn(ctx, scope, f.List).Where("m.outcome <> ''")
	if f.Caller != 0 {
		db = db.Where("m.caller_id = ?", f.Caller)
	}
	if f.Outcome != "" {
		db = db.Where("m.outcome = ?", f.Outcome)
	}
	if words := i18n.Normalize(f.Query); words != "" {
		db = db.Where("m.customer_id IN (?)", s.read(ctx).Table("customers").Select("id").Where("(? OR ?)", containing("search", words), keyed("key", f.Query)))
	}
	return paged[outreach.Member](db, ask, "COALESCE(m.called_at, m.done_at) DESC, m.id DESC")
}

// membersIn asks for the members of a list in sight who are not held out.
func (s *Store) membersIn(ctx context.Context, scope people.Scope, list int64) *gorm.DB {
	return s.read(ctx).Table("outreach_members m").Where("m.list_id IN (?) AND m.held = false", s.outreachIn(ctx, scope).Select("l.id").Where("l.id = ?", list))
}

// EachMember hands over everybody on a list in sight who is not held out, one by one.
func (s *Store) EachMember(ctx context.Context, scope people.Scope, list int64, fn func([]outreach.Member) error) error {
	return inPages(func(last *outreach.Member) ([]outreach.Member, error) {
		db := s.membersIn(ctx, scope, list)
		if last != nil {
			db = db.Where("m.id > ?", last.ID)
		}
		return all[outreach.Member](db.Order("m.id").Limit(batch))
	}, fn)
}

// OutreachCounts is how far lists are.
func (s *Store) OutreachCounts(ctx context.Context, lists []int64) (map[int64]outreach.Counts, error) {
	type row struct {
		ListID   int64
		Held     bool
		Outcome  outreach.Outcome
		Reason   string
		Done     bool
		CameBack *bool
		N        int64
	}
	rows, err := all[row](s.read(ctx).Table("outreach_members").Select("list_id, held, outcome, reason, (done_at IS NOT NULL) AS done, came_back, COUNT(*) AS n").
		Where("list_id IN ?", some(lists)).Group("list_id, held, outcome, reason, (done_at IS NOT NULL), came_back"))
	out := map[int64]outreach.Counts{}
	for _, r := range rows {
		c := out[r.ListID]
		c.Add(r.Held, r.Done, r.Outcome, r.Reason, r.CameBack, r.N)
		out[r.ListID] = c
	}
	return out, err
}

// SettleMembers implements outreach.Store. Where a run under way was the matter, she came back who completed it within the
// horizon; else who began another, on the list's journey if it has one that she is to come back to.
func (s *Store) SettleMembers(ctx context.Context, until time.Time) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Exec(`UPDATE outreach_members SET came_back = CASE WHEN EXISTS (
			SELECT 1 FROM outreach_lists l JOIN runs r ON r.customer_id = outreach_members.customer_id WHERE l.id = outreach_members.list_id AND CASE
				WHEN l.rule IN ? THEN r.id = outreach_members.run_id AND r.state = ? AND r.ended_at > outreach_members.at AND r.ended_at <= outreach_members.until
				ELSE r.opened_at > outreach_members.at AND r.opened_at <= outreach_members.until AND (l.rule <> ? OR l.journey_id IN (0, r.journey_id)) END
			) THEN true ELSE false END WHERE came_back IS NULL AND until <= ?`, outreach.UnderWay, run.Completed, outreach.Lapsed, until).Error
	})
}

// DropMembers implements outreach.Store.
func (s *Store) DropMembers(ctx context.Context, list int64, before time.Time, reason string, now time.Time) error {
	return s.change(ctx, func(db *gorm.DB) error {
		db = db.Table("outreach_members").Where(waits, before, now.Add(-outreach.InHand))
		if list != 0 {
			db = db.Where("list_id = ?", list)
		}
		return db.Updates(map[string]any{"outcome": outreach.Dropped, "reason": reason, "done_at": now, "taken_at": nil}).Error
	})
}

// Moot implements outreach.Store.
func (s *Store) Moot(ctx context.Context, rule outreach.Rule, m outreach.Member) (bool, error) {
	if rule == outreach.Promise {
		n, err := howMany(s.read(ctx).Table("interactions i").Joins("JOIN runs r ON r.id = i.run_id").
			Where("r.id = ? AND r.state = ? AND i.promise_due IS NOT NULL AND i.promise_kept IS NULL", m.RunID, run.Open))
		return n == 0, err
	}
	n, err := howMany(s.read(ctx).Table("runs").Where("customer_id = ? AND last_contact_at > ?", m.CustomerID, m.At))
	return n > 0, err
}

// Contacted implements outreach.Store. Another list has a customer until its horizon is over, held out or not: called by
// both, or held out by one and called by the other, she would tell of neither.
func (s *Store) Contacted(ctx context.Context, ids []int64, now time.Time) (map[int64]run.Customer, map[int64]survey.History, map[int64]bool, error) {
	customers, err := s.CustomersByID(ctx, ids)
	if err != nil {
		return nil, nil, nil, err
	}
	histories, err := s.histories(ctx, ids, now)
	if err != nil {
		return nil, nil, nil, err
	}
	rows, err := in[outreach.Member](s.read(ctx).Where("until > ?", now), "outreach_members", "customer_id", ids)
	return customers, histories, mapped(rows, func(m outreach.Member) (int64, bool) { return m.CustomerID, true }), err
}
