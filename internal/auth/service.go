package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
)

// Service is the verbs of signing in. All fields are needed.
type Service struct {
	Users     UserStore
	Sessions  SessionStore
	Tx        Tx
	Passwords *Passwords
	Attempts  *Attempts
	Now       func() time.Time
}

// wrong does not tell whether the login, the password or the permission was wrong.
func wrong() error { return &fault.Error{Kind: fault.KindInvalid, Key: "auth.wrong"} }

func ended() error { return fault.Missing("auth.session_ended") }

// SignIn begins a session for who knows the password, and returns its token for the browser. addr is the address of
// the browser. The door ends the session that the browser had before, if any (SignOut). Faults: Invalid auth.wrong (a
// disabled sign-in too), Busy auth.too_many, Busy auth.busy.
func (s *Service) SignIn(ctx context.Context, login, password, addr, agent string) (string, Session, error) {
	userID, err := s.verify(ctx, login, password, addr)
	if err != nil {
		return "", Session{}, err
	}
	token, session := NewSession(userID, agent, s.Now())
	if err := s.Sessions.SaveSession(ctx, session); err != nil {
		return "", Session{}, fmt.Errorf("sign in user %d: %w", userID, err)
	}
	return token, session, nil
}

// verify returns whose login and password these are. Unknown, disabled and passwordless sign-ins take the same time.
func (s *Service) verify(ctx context.Context, login, password, addr string) (int64, error) {
	if err := s.Attempts.Take(login, addr); err != nil {
		return 0, err
	}
	userID, hash, disabled, err := s.Users.Credentials(ctx, Login(login))
	if err != nil && fault.KindOf(err) != fault.KindMissing {
		return 0, fmt.Errorf("find credentials: %w", err)
	}
	if err != nil {
		userID, hash = 0, ""
	}
	right, err := s.Passwords.Verify(ctx, password, hash)
	if err != nil {
		return 0, err
	}
	if !right || disabled {
		return 0, wrong()
	}
	s.Attempts.Forgive(login, addr)
	return userID, nil
}

// Who returns the session of a token and notes its use. Fault: Missing auth.session_ended, whether it never existed,
// was revoked or has ended.
func (s *Service) Who(ctx context.Context, token string) (Session, error) {
	if token == "" {
		return Session{}, ended()
	}
	session, err := s.Sessions.SessionFor(ctx, id.Hash(token))
	if fault.KindOf(err) == fault.KindMissing {
		return Session{}, ended()
	}
	if err != nil {
		return Session{}, fmt.Errorf("find session: %w", err)
	}
	now := moment(s.Now())
	if session.Ended(now) {
		return Session{}, ended()
	}
	if !session.ShouldTouch(now) {
		return session, nil
	}
	if err := s.Sessions.TouchSession(ctx, session.Hash, now); err != nil {
		return Session{}, fmt.Errorf("touch session of user %d: %w", session.UserID, err)
	}
	session.SeenAt = now
	return session, nil
}

// SignOut ends the session of a token; an unknown token is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	err := s.Sessions.DeleteSession(ctx, id.Hash(token))
	if err != nil && fault.KindOf(err) != fault.KindMissing {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// SignOutEverywhere ends every session of a user: when the sign-in is disabled, or a device was lost.
func (s *Service) SignOutEverywhere(ctx context.Context, userID int64) error {
	if err := s.Sessions.DeleteSessionsOf(ctx, userID); err != nil {
		return fmt.Errorf("sign out user %d everywhere: %w", userID, err)
	}
	return nil
}

// Rotate gives a session a new token and ends the old one. Fault: that of Who.
func (s *Service) Rotate(ctx context.Context, token string) (string, Session, error) {
	old, err := s.Who(ctx, token)
	if err != nil {
		return "", Session{}, err
	}
	fresh, session := old.rotated(s.Now())
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.Sessions.DeleteSession(ctx, old.Hash); err != nil {
			return err
		}
		return s.Sessions.SaveSession(ctx, session)
	})
	if fault.KindOf(err) == fault.KindMissing {
		return "", Session{}, ended() // revoked in this moment
	}
	if err != nil {
		return "", Session{}, fmt.Errorf("rotate session of user %d: %w", old.UserID, err)
	}
	return fresh, session, nil
}

// ChangePassword replaces the password of who is signed in, ends all their sessions, and returns the one new session
// of this browser. login is that of the session's user. Faults: Invalid current (auth.wrong_current), Invalid
// password (the rules), Busy as in SignIn: a stolen session does not help to guess the password.
func (s *Service) ChangePassword(ctx context.Context, who Session, login, current, next string) (string, Session, error) {
	if err := CheckPassword("password", login, next); err != nil {
		return "", Session{}, err
	}
	userID, err := s.verify(ctx, login, current, "")
	if fault.KindOf(err) == fault.KindInvalid || err == nil && userID != who.UserID {
		return "", Session{}, fault.Invalid(fault.Field{Name: "current", Key: "auth.wrong_current"})
	}
	if err != nil {
		return "", Session{}, err
	}
	hash, err := s.Passwords.Hash(ctx, next)
	if err != nil {
		return "", Session{}, err
	}
	token, session := who.rotated(s.Now())
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.replace(ctx, userID, hash); err != nil {
			return err
		}
		return s.Sessions.SaveSession(ctx, session)
	})
	if err != nil {
		return "", Session{}, fmt.Errorf("change password of user %d: %w", userID, err)
	}
	return token, session, nil
}

// SetPassword gives a user a password without asking for the old one (an administrator, the command line), and ends
// all their sessions. Faults: Invalid password, Busy auth.busy, those of UserStore.SetPassword.
func (s *Service) SetPassword(ctx context.Context, userID int64, login, next string) error {
	if err := CheckPassword("password", login, next); err != nil {
		return err
	}
	hash, err := s.Passwords.Hash(ctx, next)
	if err != nil {
		return err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error { return s.replace(ctx, userID, hash) })
	if err != nil {
		return fmt.Errorf("set password of user %d: %w", userID, err)
	}
	return nil
}

// replace is one change: no session of the old password outlives it.
func (s *Service) replace(ctx context.Context, userID int64, hash string) error {
	if err := s.Users.SetPassword(ctx, userID, hash); err != nil {
		return err
	}
	return s.Sessions.DeleteSessionsOf(ctx, userID)
}

// Sweep deletes the sessions that have ended; a periodic job calls it.
func (s *Service) Sweep(ctx context.Context) error {
	if err := s.Sessions.DeleteExpiredSessions(ctx, moment(s.Now())); err != nil {
		return fmt.Errorf("delete expired sessions: %w", err)
	}
	return nil
}
