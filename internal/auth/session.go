package auth

import (
	"strings"
	"time"
	"unicode"

	"github.com/journeyloop/journeyloop/internal/id"
)

const (
	// Idle is how long a session lives without being used.
	Idle = 12 * time.Hour
	// Absolute is how long a session lives at most.
	Absolute = 14 * 24 * time.Hour
	// touchEvery keeps a busy page from writing on every request.
	touchEvery = time.Minute
	// maxAgent is how much of a browser's self-description is kept, in characters.
	maxAgent = 200
)

// Session is one signed-in browser. Its token exists only in that browser; here is the hash.
//
// Rotation rule: whenever what a browser may do changes hands, it gets a new token and the old one ends: at sign-in
// (never continue a session that existed before), when the password changes, and on Service.Rotate. A rotation keeps
// CreatedAt and ExpiresAt: it never prolongs the absolute lifetime.
type Session struct {
	Hash      []byte
	UserID    int64
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time // the absolute end
	Agent     string    // what the browser calls itself, so that a person recognises it in a list
}

// NewSession begins a session and returns the token for the browser.
func NewSession(userID int64, agent string, now time.Time) (token string, s Session) {
	now = moment(now)
	token = id.Token()
	return token, Session{
		Hash: id.Hash(token), UserID: userID, Agent: shortAgent(agent),
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(Absolute),
	}
}

// Ended tells whether the session is over: unused for Idle, or at its absolute end.
func (s Session) Ended(now time.Time) bool {
	return !now.Before(s.ExpiresAt) || !now.Before(s.SeenAt.Add(Idle))
}

// rotated is the same session under a new token.
func (s Session) rotated(now time.Time) (string, Session) {
	token := id.Token()
	s.Hash, s.SeenAt = id.Hash(token), moment(now)
	return token, s
}

// ShouldTouch tells whether it is time to note that the session is in use.
func (s Session) ShouldTouch(now time.Time) bool { return now.Sub(s.SeenAt) >= touchEvery }

// shortAgent keeps what can be shown: no control characters, no broken letters, not longer than a line or two.
func shortAgent(agent string) string {
	kept := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(agent, ""))
	if letters := []rune(kept); len(letters) > maxAgent {
		kept = string(letters[:maxAgent])
	}
	return strings.TrimSpace(kept)
}
