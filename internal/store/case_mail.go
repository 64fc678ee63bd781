package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
)

// SaveCaseRating implements casework.Store.
func (s *Store) SaveCaseRating(ctx context.Context, r casework.Rating) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("case_ratings").Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error
	})
}

// CaseRating implements casework.Store.
func (s *Store) CaseRating(ctx context.Context, id int64) (casework.Rating, error) {
	return one[casework.Rating](s.read(ctx).Table("case_ratings").Where("case_id = ?", id), caseMissing)
}

const mailMissing = "cases.mail_missing"

// AddMail implements casework.Store.
func (s *Store) AddMail(ctx context.Context, m casework.Mail) (added bool, err error) {
	err = s.change(ctx, func(db *gorm.DB) error {
		db = db.Table("case_mails").Clauses(clause.OnConflict{DoNothing: true}).Create(&m)
		added = db.RowsAffected > 0
		return db.Error
	})
	return added, err
}

// MailByID implements casework.Store.
func (s *Store) MailByID(ctx context.Context, id int64) (casework.Mail, error) {
	return one[casework.Mail](s.kept(ctx).Table("case_mails").Where("id = ?", id), mailMissing)
}

// MailByToken implements casework.Store.
func (s *Store) MailByToken(ctx context.Context, token string) (casework.Mail, error) {
	return one[casework.Mail](s.kept(ctx).Table("case_mails").Where("token = ? AND token <> ''", token), mailMissing)
}

// SaveMail implements casework.Store.
func (s *Store) SaveMail(ctx context.Context, m casework.Mail) error {
	return s.change(ctx, func(db *gorm.DB) error { return db.Table("case_mails").Save(&m).Error })
}

// MailsOf implements casework.Store.
func (s *Store) MailsOf(ctx context.Context, caseID int64) ([]casework.Mail, error) {
	return all[casework.Mail](s.read(ctx).Table("case_mails").Where("case_id = ?", caseID).Order("made_at, id"))
}

// LostMails lists what came in and belongs to no case yet, the latest first. Whose it is nobody knows, so only who sees the
// whole company sees it.
func (s *Store) LostMails(ctx context.Context, scope people.Scope, ask page.Ask) (page.Of[casework.Mail], error) {
	db := s.read(ctx).Table("case_mails").Where("state = 'lost'")
	if !scope.Company() {
		db = db.Where("1 = 0")
	}
	return paged[casework.Mail](db, ask, "made_at DESC, id DESC")
}

// DueMails implements casework.Store.
func (s *Store) DueMails(ctx context.Context, now time.Time, limit int) (ids []int64, err error) {
	return ids, s.read(ctx).Table("case_mails").Where("next_at IS NOT NULL AND next_at <= ?", now).Order("next_at, id").Limit(limit).Pluck("id", &ids).Error
}

// AddMailFiles implements casework.Store.
func (s *Store) AddMailFiles(ctx context.Context, files []casework.MailFile) error {
	return s.change(ctx, func(db *gorm.DB) error { return insert(db, "mail_files", files) })
}

// MailFilesOf lists what came with lost letters, with its content if that is wanted.
func (s *Store) MailFilesOf(ctx context.Context, mails []int64, whole bool) ([]casework.MailFile, error) {
	columns := "id, mail_id, name, type, size, refused"
	if whole {
		columns += ", bytes"
	}
	return in[casework.MailFile](s.read(ctx).Select(columns).Order("id"), "mail_files", "mail_id", mails)
}

// TakeMailFiles implements casework.Store.
func (s *Store) TakeMailFiles(ctx context.Context, mail int64) ([]casework.MailFile, error) {
	files, err := all[casework.MailFile](s.kept(ctx).Table("mail_files").Where("mail_id = ?", mail).Order("id"))
	if err != nil || len(files) == 0 {
		return nil, err
	}
	return files, s.change(ctx, func(db *gorm.DB) error { return db.Exec("DELETE FROM mail_files WHERE mail_id = ?", mail).Error })
}

// TakeMailEvent implements casework.Store. No page shows these.
func (s *Store) TakeMailEvent(ctx context.Context, id string, at time.Time) (first bool, err error) {
	db := s.quiet(ctx).Exec("INSERT INTO mail_events (id, at) VALUES (?, ?) ON CONFLICT DO NOTHING", id, at)
	return db.RowsAffected > 0, db.Error
}

// AddressDied implements casework.Store.
func (s *Store) AddressDied(ctx context.Context, address string) error {
	return s.change(ctx, func(db *gorm.DB) error {
		if err := db.Exec("UPDATE customers SET dead_email = email WHERE lower(email) = ? AND email <> ''", address).Error; err != nil {
			return err
		}
		return db.Exec("UPDATE customers SET dead_phone = phone WHERE phone = ? AND phone <> ''", address).Error
	})
}
