package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
)

const (
	keyMark   = "jl"
	prefixLen = 12
)

// APIKey lets a machine in. Its text is "jl_" + Prefix + "_" + secret: the prefix is public (it finds the key, and
// names it in lists), the whole text is shown once and kept as a hash.
type APIKey struct {
	ID         int64
	Name       string // what it is for, in the company's words
	Prefix     string
	Hash       []byte
	CreatedAt  time.Time
	LastUsedAt *time.Time // to the minute
	RevokedAt  *time.Time
}

// KeyStore keeps API keys.
type KeyStore interface {
	// SaveAPIKey adds a new key; its prefix is unique.
	SaveAPIKey(ctx context.Context, k APIKey) error
	// APIKeyFor finds a key by prefix, revoked ones too; none is a fault of kind Missing.
	APIKeyFor(ctx context.Context, prefix string) (APIKey, error)
	// APIKeys lists all keys, newest first, revoked ones too.
	APIKeys(ctx context.Context) ([]APIKey, error)
	// TouchAPIKey notes a use; it never moves LastUsedAt back.
	TouchAPIKey(ctx context.Context, keyID int64, usedAt time.Time) error
	// RevokeAPIKey ends a key for ever; the first time stands when repeated. No such key is a fault of kind Missing.
	RevokeAPIKey(ctx context.Context, keyID int64, at time.Time) error
}

// Generate makes a key and its text, which nobody can show again.
func Generate(name string, now time.Time) (text string, k APIKey) {
	prefix := rand26()[:prefixLen]
	text = strings.Join([]string{keyMark, prefix, rand26()}, "_")
	return text, APIKey{ID: id.New(), Name: name, Prefix: prefix, Hash: id.Hash(text), CreatedAt: moment(now)}
}

// PrefixOf reads the public part out of what was presented; false when it has not the shape of a key.
func PrefixOf(text string) (string, bool) {
	parts := strings.Split(text, "_")
	if len(parts) != 3 || parts[0] != keyMark || len(parts[1]) != prefixLen || parts[2] == "" {
		return "", false
	}
	return parts[1], true
}

// Check tells whether the text is this key and still good. Faults: Forbidden auth.key_unknown, auth.key_revoked (the
// latter only to who holds the secret).
func (k APIKey) Check(text string) error {
	if subtle.ConstantTimeCompare(id.Hash(text), k.Hash) != 1 {
		return fault.Forbidden("auth.key_unknown")
	}
	if k.RevokedAt != nil {
		return fault.Forbidden("auth.key_revoked")
	}
	return nil
}

// Keyring is the verbs of API keys.
type Keyring struct {
	Store KeyStore
	Now   func() time.Time
}

// Issue makes a key and returns its text, this once. A blank name is Invalid: name.
func (r Keyring) Issue(ctx context.Context, name string) (text string, k APIKey, err error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", APIKey{}, fault.Invalid(fault.Field{Name: "name", Key: "auth.key_name_required"})
	}
	text, k = Generate(name, r.Now())
	if err := r.Store.SaveAPIKey(ctx, k); err != nil {
		return "", APIKey{}, fmt.Errorf("issue api key: %w", err)
	}
	return text, k, nil
}

// Recognise returns the key whose text was presented, or the faults of Check.
func (r Keyring) Recognise(ctx context.Context, text string) (APIKey, error) {
	prefix, ok := PrefixOf(text)
	if !ok {
		return APIKey{}, fault.Forbidden("auth.key_unknown")
	}
	k, err := r.Store.APIKeyFor(ctx, prefix)
	if fault.KindOf(err) == fault.KindMissing {
		return APIKey{}, fault.Forbidden("auth.key_unknown")
	}
	if err != nil {
		return APIKey{}, fmt.Errorf("recognise api key: %w", err)
	}
	if err := k.Check(text); err != nil {
		return APIKey{}, err
	}
	return r.used(ctx, k)
}

// used notes the use, once a minute at most.
func (r Keyring) used(ctx context.Context, k APIKey) (APIKey, error) {
	now := moment(r.Now())
	if k.LastUsedAt != nil && now.Sub(*k.LastUsedAt) < touchEvery {
		return k, nil
	}
	if err := r.Store.TouchAPIKey(ctx, k.ID, now); err != nil {
		return APIKey{}, fmt.Errorf("note use of api key %d: %w", k.ID, err)
	}
	k.LastUsedAt = &now
	return k, nil
}

// Keys lists all keys, newest first.
func (r Keyring) Keys(ctx context.Context) ([]APIKey, error) {
	keys, err := r.Store.APIKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("list api keys: %w", err)
	}
	return keys, nil
}

// Revoke ends a key for ever.
func (r Keyring) Revoke(ctx context.Context, keyID int64) error {
	if err := r.Store.RevokeAPIKey(ctx, keyID, moment(r.Now())); err != nil {
		return fmt.Errorf("revoke api key %d: %w", keyID, err)
	}
	return nil
}

// rand26 is 130 random bits in 26 characters without sign or case, so that a double click selects all of it.
func rand26() string { return strings.ToLower(rand.Text()) }
