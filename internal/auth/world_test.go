package auth

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
)

// A small world: four people, named in four alphabets, and a clock that only moves when told.

type user struct {
	id       int64
	hash     string
	disabled bool
}

type memory struct {
	mu       sync.Mutex
	users    map[string]*user
	sessions []Session
	keys     []APIKey
	touches  int
}

func (m *memory) InTx(ctx context.Context, f func(ctx context.Context) error) error { return f(ctx) }

func (m *memory) Credentials(_ context.Context, login string) (int64, string, bool, error) {
	u, ok := m.users[login]
	if !ok {
		return 0, "", false, fault.Missing("people.user_missing")
	}
	return u.id, u.hash, u.disabled, nil
}

func (m *memory) SetPassword(_ context.Context, userID int64, hash string) error {
	for _, u := range m.users {
		if u.id == userID {
			u.hash = hash
			return nil
		}
	}
	return fault.Missing("people.user_missing")
}

func (m *memory) at(hash []byte) int {
	return slices.IndexFunc(m.sessions, func(s Session) bool { return bytes.Equal(s.Hash, hash) })
}

func (m *memory) SaveSession(_ context.Context, s Session) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions = append(m.sessions, s)
	return nil
}

func (m *memory) SessionFor(_ context.Context, hash []byte) (Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.at(hash); i >= 0 {
		return m.sessions[i], nil
	}
	return Session{}, fault.Missing("auth.session_ended")
}

func (m *memory) TouchSession(_ context.Context, hash []byte, seenAt time.Time) error {
	m.touches++
	if i := m.at(hash); i >= 0 {
		m.sessions[i].SeenAt = seenAt
	}
	return nil
}

func (m *memory) DeleteSession(_ context.Context, hash []byte) error {
	i := m.at(hash)
	if i < 0 {
		return fault.Missing("auth.session_ended")
	}
	m.sessions = slices.Delete(m.sessions, i, i+1)
	return nil
}

func (m *memory) DeleteSessionsOf(_ context.Context, userID int64) error {
	m.sessions = slices.DeleteFunc(m.sessions, func(s Session) bool { return s.UserID == userID })
	return nil
}

func (m *memory) DeleteExpiredSessions(_ context.Context, now time.Time) error {
	m.sessions = slices.DeleteFunc(m.sessions, func(s Session) bool { return s.Ended(now) })
	return nil
}

func (m *memory) SaveAPIKey(_ context.Context, k APIKey) error {
	m.keys = append(m.keys, k)
	return nil
}

func (m *memory) APIKeyFor(_ context.Context, prefix string) (APIKey, error) {
	for _, k := range m.keys {
		if k.Prefix == prefix {
			return k, nil
		}
	}
	return APIKey{}, fault.Missing("auth.key_unknown")
}

func (m *memory) APIKeys(context.Context) ([]APIKey, error) { return m.keys, nil }

func (m *memory) TouchAPIKey(_ context.Context, keyID int64, usedAt time.Time) error {
	m.touches++
	for i := range m.keys {
		if m.keys[i].ID == keyID {
			m.keys[i].LastUsedAt = &usedAt
		}
	}
	return nil
}

func (m *memory) RevokeAPIKey(_ context.Context, keyID int64, at time.Time) error {
	for i := range m.keys {
		if m.keys[i].ID == keyID {
			m.keys[i].RevokedAt = &at
			return nil
		}
	}
	return fault.Missing("auth.key_unknown")
}

type world struct {
	*Service
	*memory
	clock *time.Time
}

func (w world) wait(d time.Duration) { *w.clock = w.clock.Add(d) }

const good = "یک گذرواژهٔ بلند"

func newWorld(t *testing.T) world {
	t.Helper()
	passwords := NewPasswords()
	hash, err := passwords.Hash(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	now := func() time.Time { return clock }
	m := &memory{users: map[string]*user{
		"مریم":    {id: 1, hash: hash},
		"ελένη":   {id: 2, hash: hash, disabled: true},
		"наталья": {id: 3}, // was never given a password
		"john":    {id: 4, hash: hash},
	}}
	return world{clock: &clock, memory: m, Service: &Service{
		Users: m, Sessions: m, Tx: m, Passwords: passwords, Attempts: NewAttempts(now), Now: now,
	}}
}

func (w world) signIn(t *testing.T, login string) (string, Session) {
	t.Helper()
	token, session, err := w.SignIn(t.Context(), login, good, "192.0.2.1", "Firefox")
	if err != nil {
		t.Fatal(err)
	}
	return token, session
}

func wantFault(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	f := fault.Of(err)
	if f == nil || f.Kind != kind {
		t.Fatalf("%v is not a fault of kind %d", err, kind)
	}
	keys := []string{f.Key}
	for _, field := range f.Fields {
		keys = append(keys, field.Key)
	}
	if !slices.Contains(keys, key) {
		t.Fatalf("%v is not about %s", err, key)
	}
}
