package auth

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
)

func TestMaryamSignsInWorksAndSignsOut(t *testing.T) {
	w := newWorld(t)
	token, session := w.signIn(t, "  مریم ")
	if session.UserID != 1 || bytes.Contains(session.Hash, []byte(token)) || !bytes.Equal(session.Hash, id.Hash(token)) {
		t.Fatalf("session %+v of token %s", session, token)
	}
	who, err := w.Who(t.Context(), token)
	if err != nil || who.UserID != 1 {
		t.Fatalf("%+v, %v", who, err)
	}
	if err := w.SignOut(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	_, err = w.Who(t.Context(), token)
	wantFault(t, err, fault.KindMissing, "auth.session_ended")
	if err := w.SignOut(t.Context(), token); err != nil {
		t.Errorf("signing out twice: %v", err)
	}
}

func TestWhoMayNotSignIn(t *testing.T) {
	w := newWorld(t)
	for sentence, c := range map[string]struct{ login, password string }{
		"a wrong password":                             {"مریم", good + "!"},
		"no password":                                  {"مریم", ""},
		"a book as a password":                         {"مریم", strings.Repeat("x", 1<<20)},
		"somebody unknown":                             {"nobody", good},
		"nobody at all":                                {"", ""},
		"somebody disabled, with the password":         {"ελένη", good},
		"somebody without a password, by an empty one": {"наталья", ""},
		"a login that is another script's look-alike":  {"jоhn", good},
	} {
		t.Run(sentence, func(t *testing.T) {
			_, _, err := w.SignIn(t.Context(), c.login, c.password, "192.0.2.1", "")
			wantFault(t, err, fault.KindInvalid, "auth.wrong")
		})
	}
	if len(w.sessions) != 0 {
		t.Errorf("%d sessions were made", len(w.sessions))
	}
}

// TestAnUnknownLoginIsHashedLikeAKnownOne looks at the memory that a hash takes, not at its time: the machine may be busy.
func TestAnUnknownLoginIsHashedLikeAKnownOne(t *testing.T) {
	w := newWorld(t)
	for _, login := range []string{"مریم", "nobody", "наталья", "ελένη"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := w.SignIn(t.Context(), login, "a wrong password", "", "")
		runtime.ReadMemStats(&after)
		wantFault(t, err, fault.KindInvalid, "auth.wrong")
		if took, hash := after.TotalAlloc-before.TotalAlloc, uint64(strength.Memory)<<10; took < hash || took >= 2*hash {
			t.Errorf("%s took %d bytes of memory, a hash takes %d", login, took, hash)
		}
	}
}

func TestASessionEnds(t *testing.T) {
	for sentence, c := range map[string]struct {
		uses  time.Duration // a request this often
		until time.Duration
		lives bool
	}{
		"not while it is used":                  {time.Hour, 13 * 24 * time.Hour, true},
		"after twelve hours without a use":      {12 * time.Hour, 12 * time.Hour, false},
		"not a moment before":                   {12*time.Hour - time.Second, 12*time.Hour - time.Second, true},
		"after fourteen days however much used": {time.Hour, 14 * 24 * time.Hour, false},
	} {
		t.Run(sentence, func(t *testing.T) {
			w := newWorld(t)
			token, _ := w.signIn(t, "مریم")
			var err error
			for passed := time.Duration(0); passed < c.until; passed += c.uses {
				w.wait(c.uses)
				_, err = w.Who(t.Context(), token)
			}
			if lives := err == nil; lives != c.lives {
				t.Fatalf("lives: %v (%v)", lives, err)
			}
			if err := w.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if kept := len(w.sessions) == 1; kept != c.lives {
				t.Errorf("kept by the sweep: %v", kept)
			}
		})
	}
}

func TestABusyPageDoesNotWriteOnEveryRequest(t *testing.T) {
	w := newWorld(t)
	token, _ := w.signIn(t, "مریم")
	for range 120 {
		w.wait(time.Second)
		if _, err := w.Who(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if w.touches != 2 {
		t.Errorf("%d writes in two minutes", w.touches)
	}
}

func TestARotationEndsTheOldTokenAndProlongsNothing(t *testing.T) {
	w := newWorld(t)
	old, before := w.signIn(t, "مریم")
	w.wait(time.Hour)
	fresh, after, err := w.Rotate(t.Context(), old)
	if err != nil || fresh == old || !after.ExpiresAt.Equal(before.ExpiresAt) || !after.CreatedAt.Equal(before.CreatedAt) {
		t.Fatalf("%+v became %+v, %v", before, after, err)
	}
	_, err = w.Who(t.Context(), old)
	wantFault(t, err, fault.KindMissing, "auth.session_ended")
	if _, err := w.Who(t.Context(), fresh); err != nil {
		t.Error(err)
	}
	_, _, err = w.Rotate(t.Context(), old)
	wantFault(t, err, fault.KindMissing, "auth.session_ended")
}

func TestChangingThePasswordEndsTheOtherSessions(t *testing.T) {
	w := newWorld(t)
	phone, _ := w.signIn(t, "مریم")
	laptop, session := w.signIn(t, "مریم")
	john, _ := w.signIn(t, "john")
	token, _, err := w.ChangePassword(t.Context(), session, "مریم", good, "گذرواژهٔ تازهٔ من")
	if err != nil {
		t.Fatal(err)
	}
	for whose, c := range map[string]struct {
		token string
		lives bool
	}{"the phone": {phone, false}, "the laptop's old": {laptop, false}, "the laptop's new": {token, true}, "John's": {john, true}} {
		if _, err := w.Who(t.Context(), c.token); (err == nil) != c.lives {
			t.Errorf("%s session: %v", whose, err)
		}
	}
	_, _, err = w.SignIn(t.Context(), "مریم", good, "", "")
	wantFault(t, err, fault.KindInvalid, "auth.wrong")
	if _, _, err := w.SignIn(t.Context(), "مریم", "گذرواژهٔ تازهٔ من", "", ""); err != nil {
		t.Error(err)
	}
}

func TestAPasswordIsNotChanged(t *testing.T) {
	w := newWorld(t)
	_, session := w.signIn(t, "مریم")
	for sentence, c := range map[string]struct{ login, current, next, key string }{
		"without the current one":          {"مریم", "something else", "a new long password", "auth.wrong_current"},
		"to one that is too short":         {"مریم", good, "short", "auth.password_too_short"},
		"through another person's session": {"john", good, "a new long password", "auth.wrong_current"},
	} {
		t.Run(sentence, func(t *testing.T) {
			before := w.users["مریم"].hash + w.users["john"].hash
			_, _, err := w.ChangePassword(t.Context(), session, c.login, c.current, c.next)
			wantFault(t, err, fault.KindInvalid, c.key)
			if w.users["مریم"].hash+w.users["john"].hash != before {
				t.Error("a hash changed")
			}
		})
	}
}

func TestAStolenSessionDoesNotHelpToGuessThePassword(t *testing.T) {
	w := newWorld(t)
	_, session := w.signIn(t, "مریم")
	var err error
	for range int(perLogin.burst) + 1 {
		_, _, err = w.ChangePassword(t.Context(), session, "مریم", "a guess at it", "a new long password")
	}
	wantFault(t, err, fault.KindBusy, "auth.too_many")
}

func TestAnAdministratorSetsAPassword(t *testing.T) {
	w := newWorld(t)
	token, _ := w.signIn(t, "john")
	if err := w.Service.SetPassword(t.Context(), 4, "john", "a new long password"); err != nil {
		t.Fatal(err)
	}
	_, err := w.Who(t.Context(), token)
	wantFault(t, err, fault.KindMissing, "auth.session_ended")
	wantFault(t, w.Service.SetPassword(t.Context(), 99, "x", "a new long password"), fault.KindMissing, "people.user_missing")
	wantFault(t, w.Service.SetPassword(t.Context(), 4, "john", "short"), fault.KindInvalid, "auth.password_too_short")
}

func TestDisablingEndsEverySession(t *testing.T) {
	w := newWorld(t)
	token, session := w.signIn(t, "مریم")
	if err := w.SignOutEverywhere(t.Context(), session.UserID); err != nil {
		t.Fatal(err)
	}
	_, err := w.Who(t.Context(), token)
	wantFault(t, err, fault.KindMissing, "auth.session_ended")
}

func TestADamagedHashIsAnErrorAndNobodysPassword(t *testing.T) {
	w := newWorld(t)
	for sentence, hash := range map[string]string{
		"no hash at all":            "password",
		"an empty key":              "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$",
		"no passes":                 "$argon2id$v=19$m=19456,t=0,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"no lanes":                  "$argon2id$v=19$m=19456,t=2,p=0$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"more memory than there is": "$argon2id$v=19$m=4000000000,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
	} {
		t.Run(sentence, func(t *testing.T) {
			w.users["john"].hash = hash
			_, _, err := w.SignIn(t.Context(), "john", good, "", "")
			if !errors.Is(err, errUnsound) || strings.Contains(err.Error(), "argon2id$") {
				t.Errorf("%v", err)
			}
		})
	}
}
