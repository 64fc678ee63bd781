package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/fault"
)

const (
	// MinPassword is in characters, so that every script is asked for the same.
	MinPassword = 10
	// MaxPassword is in bytes; it only keeps a request from making us hash a book.
	MaxPassword = 1024
	// patience is how long a sign-in waits for its turn to hash before it is told that we are busy.
	patience = 5 * time.Second
)

// strength is the OWASP choice for argon2id with one lane: 19 MiB, two passes (Password Storage Cheat Sheet).
var strength = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Passwords hashes and verifies. At most twice as many hashes run at once as there are cores, so that a flood of
// sign-ins costs at most 38 MiB per core.
type Passwords struct {
	turns    chan struct{}
	patience time.Duration
	decoy    string // the hash of no password, verified when there is no other
}

// NewPasswords makes the one hasher of the process.
func NewPasswords() *Passwords {
	return &Passwords{turns: make(chan struct{}, 2*runtime.NumCPU()), patience: patience, decoy: decoy()}
}

// decoy is drawn, not hashed: it takes as long to verify as a real one, and no time to make.
func decoy() string {
	salt, key := make([]byte, strength.SaltLength), make([]byte, strength.KeyLength)
	_, _ = rand.Read(salt) // never fails
	_, _ = rand.Read(key)
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", strength.Memory, strength.Iterations, strength.Parallelism, text(salt), text(key))
}

// CheckPassword holds a new password against the rules: long enough, not too long, not the login itself. The fault is
// Invalid with the named field.
func CheckPassword(field, login, password string) error {
	var p fault.Problems
	password = norm.NFC.String(password)
	switch {
	case !utf8.ValidString(password):
		p.Add(field, "auth.password_unreadable")
	case utf8.RuneCountInString(password) < MinPassword:
		p.Add(field, "auth.password_too_short", "min", MinPassword)
	case len(password) > MaxPassword:
		p.Add(field, "auth.password_too_long", "max", MaxPassword)
	case Login(password) == Login(login):
		p.Add(field, "auth.password_is_login")
	}
	return p.Err()
}

// Hash makes the stored form of a password, whatever keyboard composed it (NFC). It may wait; Busy is auth.busy.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	done, err := p.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	hash, err := argon2id.CreateHash(norm.NFC.String(password), &strength)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// Verify tells whether the password belongs to the hash. An empty hash (nobody there, or no password set yet) takes
// as long as a real one and belongs to no password. It may wait; Busy is auth.busy.
func (p *Passwords) Verify(ctx context.Context, password, hash string) (bool, error) {
	nobody := hash == ""
	if nobody {
		hash = p.decoy
	}
	if err := sound(hash); err != nil {
		return false, fmt.Errorf("verify password: %w", err)
	}
	if len(password) > MaxPassword {
		password = "" // nobody's: CheckPassword refuses both
	}
	done, err := p.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	same, err := argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
	if err != nil {
		return false, fmt.Errorf("verify password: %w", err)
	}
	return same && !nobody, nil
}

// turn waits for one of the places.
func (p *Passwords) turn(ctx context.Context) (done func(), err error) {
	timer := time.NewTimer(p.patience)
	defer timer.Stop()
	select {
	case p.turns <- struct{}{}:
		return func() { <-p.turns }, nil
	case <-timer.C:
		return nil, fault.Busy("auth.busy")
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash: %w", ctx.Err())
	}
}

var errUnsound = errors.New("the stored hash is damaged")

// sound refuses a stored hash on which the library would panic, eat the memory, or take every password (empty key).
func sound(hash string) error {
	params, salt, key, err := argon2id.DecodeHash(hash)
	if err != nil {
		return errUnsound
	}
	if len(salt) < 8 || len(key) < 16 || params.Iterations < 1 || params.Parallelism < 1 || params.Memory > 1<<20 {
		return errUnsound
	}
	return nil
}
