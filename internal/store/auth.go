package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Credentials implements auth.UserStore.
func (s *Store) Credentials(ctx context.Context, login string) (int64, string, bool, error) {
	u, err := one[people.User](s.read(ctx).Table("users").Where("login = ?", login), "errors.user_missing")
	return u.ID, u.PasswordHash, u.Disabled, err
}

// SetPassword implements auth.UserStore.
func (s *Store) SetPassword(ctx context.Context, user int64, hash string) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return found(db.Table("users").Where("id = ?", user).Update("password_hash", hash), "errors.user_missing")
	})
}

// SaveSession implements auth.SessionStore. Nobody was shown anything by it yet, so no page changes.
func (s *Store) SaveSession(ctx context.Context, session auth.Session) error {
	return s.quiet(ctx).Table("sessions").Create(&session).Error
}

// SessionFor implements auth.SessionStore.
func (s *Store) SessionFor(ctx context.Context, hash []byte) (auth.Session, error) {
	return one[auth.Session](s.read(ctx).Table("sessions").Where("hash = ?", hash), "errors.session_missing")
}

// SessionsOf lists where a user is signed in, the latest first.
func (s *Store) SessionsOf(ctx context.Context, user int64) ([]auth.Session, error) {
	return all[auth.Session](s.read(ctx).Table("sessions").Where("user_id = ?", user).Order("seen_at DESC"))
}

// TouchSession implements auth.SessionStore. Only its own list, which is never remembered, shows the time.
func (s *Store) TouchSession(ctx context.Context, hash []byte, seenAt time.Time) error {
	return s.quiet(ctx).Table("sessions").Where("hash = ?", hash).Update("seen_at", seenAt).Error
}

// DeleteSession implements auth.SessionStore.
func (s *Store) DeleteSession(ctx context.Context, hash []byte) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return found(db.Exec("DELETE FROM sessions WHERE hash = ?", hash), "errors.session_missing")
	})
}

// DeleteSessionsOf implements auth.SessionStore.
func (s *Store) DeleteSessionsOf(ctx context.Context, user int64) error {
	return s.change(ctx, func(db *gorm.DB) error { return db.Exec("DELETE FROM sessions WHERE user_id = ?", user).Error })
}

// DeleteExpiredSessions implements auth.SessionStore. They were over already.
func (s *Store) DeleteExpiredSessions(ctx context.Context, now time.Time) error {
	return s.quiet(ctx).Exec("DELETE FROM sessions WHERE expires_at <= ? OR seen_at <= ?", now, now.Add(-auth.Idle)).Error
}

// SaveAPIKey implements auth.KeyStore.
func (s *Store) SaveAPIKey(ctx context.Context, k auth.APIKey) error {
	return s.change(ctx, func(db *gorm.DB) error { return db.Table("api_keys").Create(&k).Error })
}

// APIKeyFor implements auth.KeyStore.
func (s *Store) APIKeyFor(ctx context.Context, prefix string) (auth.APIKey, error) {
	return one[auth.APIKey](s.read(ctx).Table("api_keys").Where("prefix = ?", prefix), "errors.key_missing")
}

// APIKeys implements auth.KeyStore.
func (s *Store) APIKeys(ctx context.Context) ([]auth.APIKey, error) {
	return all[auth.APIKey](s.read(ctx).Table("api_keys").Order("id DESC"))
}

// TouchAPIKey implements auth.KeyStore. Only the list of keys, which is never remembered, shows the time.
func (s *Store) TouchAPIKey(ctx context.Context, key int64, usedAt time.Time) error {
	return s.quiet(ctx).Table("api_keys").Where("id = ?", key).Update("last_used_at", usedAt).Error
}

// RevokeAPIKey implements auth.KeyStore.
func (s *Store) RevokeAPIKey(ctx context.Context, key int64, at time.Time) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return found(db.Table("api_keys").Where("id = ? AND revoked_at IS NULL", key).Update("revoked_at", at), "errors.key_missing")
	})
}

// found turns "no row was changed" into a Missing fault.
func found(db *gorm.DB, missing string) error {
	if db.Error == nil && db.RowsAffected == 0 {
		return fault.Missing(missing)
	}
	return db.Error
}
