package auth

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
)

func TestPasswordRules(t *testing.T) {
	for sentence, c := range map[string]struct{ login, password, key string }{
		"nine letters are too few":                        {"john", "abcdefghi", "auth.password_too_short"},
		"ten letters are enough":                          {"john", "abcdefghij", ""},
		"ten Persian letters are enough":                  {"مریم", "ابپتثجچحخد", ""},
		"nine Greek letters of two bytes are too few":     {"ελένη", "αβγδεζηθι", "auth.password_too_short"},
		"an accent of its own is not a character":         {"john", "cafe\u0301cafe\u0301x", "auth.password_too_short"},
		"spaces are characters":                           {"john", "a b c d e f", ""},
		"the login is not a password":                     {"maria.papadopoulou", "maria.papadopoulou", "auth.password_is_login"},
		"nor is it in capitals":                           {"наталья.иванова", "НАТАЛЬЯ.ИВАНОВА", "auth.password_is_login"},
		"a book is too long":                              {"john", strings.Repeat("a", MaxPassword+1), "auth.password_too_long"},
		"bytes that are no letters cannot be typed again": {"john", "abcdefghij\xff", "auth.password_unreadable"},
	} {
		t.Run(sentence, func(t *testing.T) {
			err := CheckPassword("password", c.login, c.password)
			if c.key == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantFault(t, err, fault.KindInvalid, c.key)
		})
	}
}

func TestAPasswordIsTheSameFromEveryKeyboard(t *testing.T) {
	p := NewPasswords()
	hash, err := p.Hash(t.Context(), "Καλημέρα κόσμε") // composed letters
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %s", hash)
	}
	right, err := p.Verify(t.Context(), "Καλημε\u0301ρα κο\u0301σμε", hash) // letters with accents of their own
	if err != nil || !right {
		t.Errorf("%v, %v", right, err)
	}
	right, err = p.Verify(t.Context(), "Καλημερα κοσμε", hash)
	if err != nil || right {
		t.Errorf("without accents: %v, %v", right, err)
	}
}

func TestAFloodWaitsItsTurnAndIsThenToldWeAreBusy(t *testing.T) {
	p := NewPasswords()
	synctest.Test(t, func(t *testing.T) {
		p.turns = make(chan struct{}, 1)
		p.turns <- struct{}{} // somebody hashes, and hashes
		start := time.Now()
		_, err := p.Verify(t.Context(), good, "")
		wantFault(t, err, fault.KindBusy, "auth.busy")
		if waited := time.Since(start); waited != patience {
			t.Errorf("after %v", waited)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.Hash(ctx, good); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who went away: %v", err)
		}
		go func() { time.Sleep(time.Second); <-p.turns }()
		if _, err := p.Hash(t.Context(), good); err != nil {
			t.Errorf("when the turn came: %v", err)
		}
		if len(p.turns) != 0 {
			t.Error("the turn was not given back")
		}
	})
}

func TestLoginsInOneForm(t *testing.T) {
	for typed, login := range map[string]string{
		" John ": "john", "МАРИЯ": "мария", "ΕΛΈΝΗ": "ελένη", "Νίκος": Login("ΝΊΚΟΣ"), "مریم": "مریم", "cafe\u0301": "café",
	} {
		if got := Login(typed); got != login {
			t.Errorf("%q became %q, not %q", typed, got, login)
		}
	}
}

func TestABrowserIsKeptAsALine(t *testing.T) {
	_, s := NewSession(1, "Fire\nfox\x00\xff "+strings.Repeat("ж", 500), time.Now())
	if !strings.HasPrefix(s.Agent, "Firefox ж") || len([]rune(s.Agent)) != maxAgent {
		t.Errorf("%q", s.Agent)
	}
}
