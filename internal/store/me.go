package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
)

// SetLanguage changes how a user reads, and nothing else of her sign-in.
func (s *Store) SetLanguage(ctx context.Context, user int64, lang i18n.Lang) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return found(db.Table("users").Where("id = ?", user).Update("language", lang), "errors.user_missing")
	})
}

// SetCalendar changes how a user counts days; "" is the way of her language.
func (s *Store) SetCalendar(ctx context.Context, user int64, calendar i18n.Calendar) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return found(db.Table("users").Where("id = ?", user).Update("calendar", calendar), "errors.user_missing")
	})
}

// SetTheme changes in which light a user reads.
func (s *Store) SetTheme(ctx context.Context, user int64, theme people.Theme) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return found(db.Table("users").Where("id = ?", user).Update("theme", theme), "errors.user_missing")
	})
}

// EndSession revokes one of a user's own sessions; another's is as missing as none.
func (s *Store) EndSession(ctx context.Context, user int64, hash []byte) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return found(db.Exec("DELETE FROM sessions WHERE user_id = ? AND hash = ?", user, hash), "errors.session_missing")
	})
}

// EndOtherSessions revokes all of a user's sessions but one.
func (s *Store) EndOtherSessions(ctx context.Context, user int64, keep []byte) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Exec("DELETE FROM sessions WHERE user_id = ? AND hash <> ?", user, keep).Error
	})
}
