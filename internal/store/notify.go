package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Praised implements notify.Store.
func (s *Store) Praised(ctx context.Context, run int64) (notify.Praise, error) {
	rows, err := all[struct{ ResponseID, JourneyID, EmployeeID int64 }](s.read(ctx).Table("feedback f").
		Joins("JOIN responses p ON p.id = f.response_id").
		Where("p.run_id = ? AND f.audience = ? AND f.mood = ? AND f.withdrawn_at IS NULL AND f.employee_id <> 0", run, feedback.ToEmployee, stat.Positive).
		Select("DISTINCT p.id AS response_id, p.journey_id, f.employee_id").Order("f.employee_id"))
	var out notify.Praise
	for _, row := range rows {
		out.ResponseID, out.JourneyID = row.ResponseID, row.JourneyID
		out.Employees = append(out.Employees, row.EmployeeID)
	}
	if err != nil {
		err = fmt.Errorf("find praise for run %d: %w", run, err)
	}
	return out, err
}

// TaskAsker implements notify.Store.
func (s *Store) TaskAsker(ctx context.Context, task int64) (int64, error) {
	row, err := one[struct{ UserID int64 }](s.read(ctx).Table("tasks").Where("id = ?", task).Select("user_id"), "tasks.missing")
	return row.UserID, err
}

// tellable asks for those who can be told anything: they may sign in, and work here if they are employees.
func (s *Store) tellable(ctx context.Context) *gorm.DB {
	return s.read(ctx).Table("users u").
		Joins("LEFT JOIN employees e ON e.id = u.employee_id").
		Joins("LEFT JOIN notify_people p ON p.user_id = u.id").
		Where("NOT u.disabled AND (u.employee_id = 0 OR e.active)").
		Select(`u.id AS user_id, u.employee_id, u.name, COALESCE(e.email, '') AS email, u.language, u.calendar,
			COALESCE(p.settings, '') AS settings, COALESCE(p.stop, '') AS stop, p.digest_at, p.bounced_at`)
}

// ToTell implements notify.Store.
func (s *Store) ToTell(ctx context.Context, employees, users []int64) ([]notify.Person, error) {
	return all[notify.Person](s.tellable(ctx).Where("(u.id IN ? OR (u.employee_id <> 0 AND u.employee_id IN ?))", some(users), some(employees)).Order("u.id"))
}

// AddNotifications implements notify.Store.
func (s *Store) AddNotifications(ctx context.Context, list []notify.Notification) error {
	if len(list) == 0 {
		return nil
	}
	once := clause.OnConflict{Columns: []clause.Column{{Name: "user_id"}, {Name: "event_id"}}, DoNothing: true}
	return s.change(ctx, func(db *gorm.DB) error { return insert(db.Clauses(once), "notifications", list) })
}

// NotificationsOf lists what a user was told, what she has not read first.
func (s *Store) NotificationsOf(ctx context.Context, user int64, ask page.Ask) (page.Of[notify.Notification], error) {
	return paged[notify.Notification](s.read(ctx).Table("notifications").Where("user_id = ?", user), ask, "CASE WHEN read_at IS NULL THEN 0 ELSE 1 END, at DESC, id DESC")
}

// Unread is how much of what a user was told she has not read.
func (s *Store) Unread(ctx context.Context, user int64) (n int64, err error) {
	err = s.read(ctx).Table("notifications").Where("user_id = ? AND read_at IS NULL", user).Count(&n).Error
	return n, err
}

// ReadNotifications notes that a user has read one notification, or with 0 everything she was told until now. What she has read
// stays read since when she read it first.
func (s *Store) ReadNotifications(ctx context.Context, user, notification int64, now time.Time) error {
	return s.change(ctx, func(db *gorm.DB) error {
		db = db.Table("notifications").Where("user_id = ? AND read_at IS NULL AND at <= ?", user, now)
		if notification != 0 {
			db = db.Where("id = ?", notification)
		}
		return db.Update("read_at", now).Error
	})
}

// Person finds who a user is to those who tell her something.
func (s *Store) Person(ctx context.Context, user int64) (notify.Person, error) {
	return one[notify.Person](s.tellable(ctx).Where("u.id = ?", user), "errors.user_missing")
}
