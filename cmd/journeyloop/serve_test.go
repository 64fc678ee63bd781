package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/testkit/pgtest"
)

// freeAddress is where nobody listens, for a process that is called there and is not asked. Not of the ports that connections leave by: thousands of those come and go in these
// tests, and one would take it before the server does.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000)))
		if err != nil {
			continue
		}
		defer l.Close()
		return l.Addr().String()
	}
	t.Fatal("no port is free")
	return ""
}

// running is a running "serve" and what it printed once it has ended.
type running struct {
	url  string
	stop func() (code int, stdout, stderr string)
}

func serve(t *testing.T, db string) running {
	t.Helper()
	addr := freeAddress(t)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	var out, errs bytes.Buffer
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"serve", "--db", db, "--addr", addr}, nil, &out, &errs) }()
	s := running{url: "http://" + addr, stop: func() (int, string, string) {
		cancel()
		return <-code, out.String(), errs.String()
	}}
	for deadline := time.Now().Add(30 * time.Second); ; {
		if answer, err := http.Get(s.url + "/healthz"); err == nil {
			answer.Body.Close()
			return s
		}
		if time.Now().After(deadline) {
			_, out, errs := s.stop()
			t.Fatalf("never answered: %s %s", out, errs)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// signsIn tells whether the server takes the password.
func (s running) signsIn(t *testing.T, login, password string) bool {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.PostForm(s.url+"/sign-in", url.Values{"login": {login}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusSeeOther
}

// made runs a user command and returns the sign-in it printed.
func made(t *testing.T, args ...string) (login, password string) {
	t.Helper()
	code, out, errs := call(t, nil, append(args, "--json")...)
	var user struct{ Login, Password string }
	if err := json.Unmarshal([]byte(out), &user); err != nil || code != 0 {
		t.Fatalf("%v: exit %d, %q %s", args, code, out, errs)
	}
	return user.Login, user.Password
}

func TestANewCompanyServesAndItsFirstAdministratorSignsIn(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			db := storetest.URL(t, engine)
			login, first := made(t, "user", "add", "МАРИЯ", "--administrator", "--db", db)
			if login != "мария" {
				t.Errorf("the login is kept as %q", login)
			}
			s := serve(t, db)
			if !s.signsIn(t, "Мария", first) || s.signsIn(t, "Мария", first+"x") {
				t.Error("the password that was printed is not the one that is taken")
			}
			_, second := made(t, "user", "password", "Мария", "--db", db)
			if s.signsIn(t, "мария", first) || !s.signsIn(t, "мария", second) {
				t.Error("the password was not replaced")
			}
			code, out, errs := s.stop()
			if code != 0 || !strings.Contains(out, "Journeyloop is at "+s.url) {
				t.Errorf("exit %d: %s%s", code, out, errs)
			}
			if strings.Contains(out+errs, second) || strings.Contains(errs, "мария") || !strings.Contains(errs, "route=/sign-in") {
				t.Errorf("the log says too much or too little: %s", errs)
			}
		})
	}
}

func TestServeAsksForMigrateOnPostgreSQL(t *testing.T) {
	db := pgtest.Database(t, func(string) error { return nil })
	code, _, errs := call(t, nil, "serve", "--db", db, "--addr", "127.0.0.1:0")
	if code != 1 || !strings.Contains(errs, "run journeyloop migrate first") || strings.Count(errs, "\n") != 1 {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestSignInsFromTheCommandLine(t *testing.T) {
	db := storetest.URL(t, "sqlite")
	call(t, nil, "user", "add", "ada", "--administrator", "--db", db)
	call(t, nil, "user", "add", "ولی", "--db", db)
	for _, step := range []struct {
		story string
		args  []string
		code  int
		says  string
	}{
		{"a login that is taken, written differently", []string{"add", " ADA "}, 1, "already in use"},
		{"a blank login", []string{"add", "  "}, 2, "must not be blank"},
		{"an employee nobody knows", []string{"add", "x", "--employee", "nobody"}, 1, "no such employee"},
		{"a manager", []string{"role", "ولی", "--manager"}, 0, "manager true, administrator false"},
		{"no longer", []string{"role", "ولی", "--no-manager", "--administrator"}, 0, "manager false, administrator true"},
		{"one of two administrators", []string{"role", "ada", "--no-administrator"}, 0, "administrator false"},
		{"the last administrator", []string{"role", "ولی", "--no-administrator"}, 1, ""},
		{"no role named", []string{"role", "ada"}, 2, "--no-manager"},
		{"nobody's role", []string{"role", "nobody", "--manager"}, 1, "no such sign-in"},
		{"nobody's password", []string{"password", "nobody"}, 1, "no such sign-in"},
	} {
		code, out, errs := call(t, nil, append(append([]string{"user"}, step.args...), "--db", db)...)
		if code != step.code || !strings.Contains(out+errs, step.says) {
			t.Errorf("%s: exit %d, want %d with %q: %s%s", step.story, code, step.code, step.says, out, errs)
		}
	}
}

func TestAPasswordCanBeGivenOnStandardInput(t *testing.T) {
	db := storetest.URL(t, "sqlite")
	for story, c := range map[string]struct {
		typed string
		code  int
	}{
		"a good one, with the line's end": {"یک گذرواژهٔ بلند\nmore\n", 0},
		"one without a line's end":        {"long enough, surely", 0},
		"a short one":                     {"short\n", 1},
		"nothing":                         {"", 1},
	} {
		file := filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(file, []byte(c.typed), 0o600); err != nil {
			t.Fatal(err)
		}
		in, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		keyboard := os.Stdin
		os.Stdin = in
		code, out, errs := call(t, nil, "user", "add", story, "--password-stdin", "--db", db)
		os.Stdin = keyboard
		in.Close()
		if code != c.code || strings.Contains(out+errs, strings.TrimSpace(c.typed)) && c.typed != "" {
			t.Errorf("%s: exit %d: %s%s", story, code, out, errs)
		}
		if c.code != 0 {
			if code, _, _ := call(t, nil, "user", "role", story, "--manager", "--db", db); code != 1 {
				t.Errorf("%s: a sign-in was left behind", story)
			}
		}
	}
}
