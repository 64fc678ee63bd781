package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Praised implements notify.Store.
func (s *Store) Praised(ctx context.Context, run int64) (notify.Praise, error) {
	rows, err := all[struct{ ResponseID, JourneyID, EmployeeID int64 }](s.read(ctx).Table("feedback f").
		Joins("JOIN responses p ON p.id = f.response_id").
		Where("p.run_id = ? AND f.audience = ? AND f.mood = ? AND f.withdrawn_at IS NULL AND f.employee_id <> 0 AND p.anonymity <> ?", run, feedback.ToEmployee, stat.Positive, survey.Anonymous).
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
		Select(`u.id AS user_id, u.employee_id, u.name, ` + mailedTo + ` AS email, COALESCE(p.own_email, '') AS own_email, COALESCE(p.dead_email, '') AS dead_email,
			u.language, u.calendar, COALESCE(p.settings, '') AS settings, COALESCE(p.stop, '') AS stop, p.digest_at`)
}

// mailedTo is where mail to an employee e, or a person p, goes.
const mailedTo = "COALESCE(NULLIF(e.email, ''), p.own_email, '')"

// Addressed implements notify.Mail.
func (s *Store) Addressed(ctx context.Context, letter int64, address string) ([]notify.Person, error) {
	return all[notify.Person](s.tellable(ctx).Where("((lower("+mailedTo+") = ? AND "+mailedTo+" <> '') OR u.id IN (?))", address,
		s.read(ctx).Table("notify_letters").Select("user_id").Where("id = ?", letter)).Order("u.id"))
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

// NotificationOf finds one that a user was told.
func (s *Store) NotificationOf(ctx context.Context, user, id int64) (notify.Notification, error) {
	return one[notify.Notification](s.read(ctx).Table("notifications").Where("user_id = ? AND id = ?", user, id), "notifications.missing")
}

// Unread is how much of what a user was told she has not read.
func (s *Store) Unread(ctx context.Context, user int64) (int, error) {
	return howMany(s.read(ctx).Table("notifications").Where("user_id = ? AND read_at IS NULL", user))
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

// Person implements notify.Store.
func (s *Store) Person(ctx context.Context, user int64) (notify.Person, error) {
	return one[notify.Person](s.tellable(ctx).Where("u.id = ?", user), "errors.user_missing")
}

// PersonByToken finds to whom a letter was written; Missing for a token that is none.
func (s *Store) PersonByToken(ctx context.Context, token string) (notify.Person, error) {
	return one[notify.Person](s.tellable(ctx).Where("p.stop = ?", token), "notifications.stop_missing")
}

// CustomersOfCases says whose those of the cases are that are in sight.
func (s *Store) CustomersOfCases(ctx context.Context, scope people.Scope, ids []int64) (map[int64]int64, error) {
	type row struct{ ID, CustomerID int64 }
	rows, err := in[row](s.casesIn(ctx, scope).Select("cases.id, cases.customer_id"), "cases", "cases.id", unique(ids))
	return mapped(rows, func(r row) (int64, int64) { return r.ID, r.CustomerID }), err
}

// What follows no remembered page shows: it is about mail alone, and the page of its settings is made anew each time.

// Meet implements notify.Mail.
func (s *Store) Meet(ctx context.Context, user int64, stop string) error {
	err := s.quiet(ctx).Exec("INSERT INTO notify_people (user_id, stop) VALUES (?, ?) ON CONFLICT (user_id) DO NOTHING", user, stop).Error
	if err == nil {
		_, err = all[struct{ UserID int64 }](s.kept(ctx).Table("notify_people").Select("user_id").Where("user_id = ?", user))
	}
	return err
}

// SavePerson implements notify.Mail.
func (s *Store) SavePerson(ctx context.Context, p notify.Person) error {
	return s.quiet(ctx).Table("notify_people").Where("user_id = ?", p.UserID).
		Updates(map[string]any{"settings": p.Settings, "own_email": p.OwnEmail, "dead_email": p.DeadEmail, "digest_at": p.DigestAt}).Error
}

// Unmet implements notify.Mail.
func (s *Store) Unmet(ctx context.Context, limit int) ([]int64, error) {
	rows, err := all[notify.Person](s.tellable(ctx).Where("p.user_id IS NULL AND e.email <> ''").Order("u.id").Limit(limit))
	out := make([]int64, len(rows))
	for i, row := range rows {
		out[i] = row.UserID
	}
	return out, err
}

// ToWrite implements notify.Mail.
func (s *Store) ToWrite(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	rows, err := all[struct{ UserID int64 }](s.read(ctx).Raw(`SELECT user_id FROM notifications WHERE mail_due IS NOT NULL AND mail_due <= ?
		UNION SELECT user_id FROM notify_people WHERE digest_at IS NOT NULL AND digest_at <= ?
		UNION SELECT user_id FROM notify_letters WHERE next_at IS NOT NULL AND next_at <= ? ORDER BY user_id LIMIT ?`, now, now, now, limit))
	out := make([]int64, len(rows))
	for i, row := range rows {
		out[i] = row.UserID
	}
	return out, err
}

// OpenLetter implements notify.Mail.
func (s *Store) OpenLetter(ctx context.Context, user int64) (notify.Letter, bool, error) {
	rows, err := all[notify.Letter](s.read(ctx).Table("notify_letters").Where("user_id = ? AND next_at IS NOT NULL", user).Order("next_at, id").Limit(1))
	if err != nil || len(rows) == 0 {
		return notify.Letter{}, false, err
	}
	return rows[0], true, nil
}

// SaveLetter implements notify.Mail.
func (s *Store) SaveLetter(ctx context.Context, l notify.Letter) error {
	return s.quiet(ctx).Table("notify_letters").Save(&l).Error
}

// Enclose implements notify.Mail.
func (s *Store) Enclose(ctx context.Context, l notify.Letter) (int, error) {
	done := s.quiet(ctx).Exec("UPDATE notifications SET letter_id = ?, mail_due = NULL WHERE user_id = ? AND mail_due <= ?", l.ID, l.UserID, l.MadeAt)
	return int(done.RowsAffected), done.Error
}

// Enclosed implements notify.Mail.
func (s *Store) Enclosed(ctx context.Context, letter int64) ([]notify.Notification, error) {
	return all[notify.Notification](s.read(ctx).Table("notifications").Where("letter_id = ? AND letter_id <> 0", letter).Order("at, id"))
}

// Pending implements notify.Mail.
func (s *Store) Pending(ctx context.Context, user int64) ([]notify.Notification, error) {
	return all[notify.Notification](s.read(ctx).Table("notifications").Where("user_id = ? AND mail_due IS NOT NULL", user))
}

// SaveDue implements notify.Mail.
func (s *Store) SaveDue(ctx context.Context, notification int64, due *time.Time) error {
	return s.quiet(ctx).Table("notifications").Where("id = ?", notification).Update("mail_due", due).Error
}

// Postpone implements notify.Mail.
func (s *Store) Postpone(ctx context.Context, user int64, now time.Time, until *time.Time) error {
	db := s.quiet(ctx)
	for _, column := range [][2]string{{"notifications", "mail_due"}, {"notify_people", "digest_at"}, {"notify_letters", "next_at"}} {
		if err := db.Table(column[0]).Where("user_id = ? AND "+column[1]+" <= ?", user, now).Update(column[1], until).Error; err != nil {
			return err
		}
	}
	return nil
}

// mostOfWeek is how much of a kind a letter lists.
const mostOfWeek = 20

// WeekOf implements notify.Mail. Answers that we promised to keep anonymous are not in it: a letter tells the week they came in.
func (s *Store) WeekOf(ctx context.Context, p notify.Person, since time.Time) (notify.Week, error) {
	w := notify.Week{Since: since}
	if p.EmployeeID == 0 {
		return w, nil
	}
	var err error
	quotes := func(mood stat.Mood) []feedback.Quote {
		f := feedback.Filter{Audience: feedback.ToEmployee, Mood: mood, Since: since, Dated: true}
		found, wrong := s.NoticesFor(ctx, people.Actor{EmployeeID: p.EmployeeID}.OwnScope(), p.EmployeeID, f, page.Ask{})
		err = errors.Join(err, wrong)
		return found.Rows
	}
	w.Good, w.Bad = quotes(stat.Positive), quotes(stat.Negative)
	cases := func(where string, args ...any) []casework.Case {
		found, wrong := all[casework.Case](s.read(ctx).Table("cases").Where("owner_id = ?", p.EmployeeID).Where(where, args...).Order("resolve_due, id").Limit(mostOfWeek))
		err = errors.Join(err, wrong)
		return found
	}
	w.Open, w.Verified = cases("closed_at IS NULL"), cases("state = ? AND closed_at >= ?", casework.Verified, since)
	var wrong error
	w.Answered, wrong = all[observation.Observation](s.read(ctx).Table("observations").Where("employee_id = ? AND withdrawn_at IS NULL AND answered_at >= ?", p.EmployeeID, since).
		Order("answered_at, id").Limit(mostOfWeek))
	return w, errors.Join(err, wrong)
}
