// Package auth answers who is knocking: passwords, sessions and API keys as facts. It is not for cookies, forms or
// HTTP (the server's), not for SQL (the store's), and not for what a person may see or do once inside (people.Scope
// and the policies of the nouns).
//
// What is secret is never kept: passwords as argon2id hashes, session tokens and API keys as SHA-256 of values too
// random to be guessed.
package auth

import (
	"context"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Login is the form in which logins are stored and compared: NFC, without surrounding space, case folded, any script.
func Login(typed string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(strings.TrimSpace(typed))))
}

// UserStore is what auth needs to know about sign-ins.
type UserStore interface {
	// Credentials finds a sign-in by its login in the form of Login. Nobody by that login is a fault of kind Missing.
	// The hash is empty while no password was ever set; a disabled sign-in is found, and said to be disabled.
	Credentials(ctx context.Context, login string) (userID int64, hash string, disabled bool, err error)
	// SetPassword replaces the hash; no such user is a fault of kind Missing.
	SetPassword(ctx context.Context, userID int64, hash string) error
}

// SessionStore keeps sessions, found by the hash of their token.
type SessionStore interface {
	// SaveSession adds a new session; its hash is unique.
	SaveSession(ctx context.Context, s Session) error
	// SessionFor finds a session, also one that has ended but was not deleted yet; none is a fault of kind Missing.
	SessionFor(ctx context.Context, hash []byte) (Session, error)
	// TouchSession notes that the session was used; it never moves SeenAt back, and no such session is no error (it
	// was revoked in this moment).
	TouchSession(ctx context.Context, hash []byte, seenAt time.Time) error
	// DeleteSession revokes one session; none is a fault of kind Missing, so that a revoked session cannot be renewed.
	DeleteSession(ctx context.Context, hash []byte) error
	// DeleteSessionsOf revokes every session of a user.
	DeleteSessionsOf(ctx context.Context, userID int64) error
	// DeleteExpiredSessions deletes what has ended by now: ExpiresAt ≤ now, or SeenAt ≤ now − Idle.
	DeleteExpiredSessions(ctx context.Context, now time.Time) error
}

// Tx runs f in one transaction, joined when nested; the stores find it in ctx.
type Tx interface {
	InTx(ctx context.Context, f func(ctx context.Context) error) error
}

// moment is the precision every engine keeps.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
