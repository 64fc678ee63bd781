package server_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

var update = flag.Bool("update", false, "write testdata/routes.golden anew")

const golden = "testdata/routes.golden"

func TestTheRouteTableIsTheOneThatWasReviewed(t *testing.T) {
	var lines []string
	for _, r := range servertest.Open(t, "sqlite").Server.Routes() {
		lines = append(lines, fmt.Sprintf("%-14s %-6s %s", r.Guard, r.Method, r.Path))
	}
	slices.Sort(lines)
	if again := slices.Compact(slices.Clone(lines)); len(again) != len(lines) {
		t.Errorf("a route is listed twice")
	}
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the routes changed; look at each guard, then run go test ./internal/server -run TheRouteTable -update\n%s", diff(string(want), got))
	}
}

// diff names the lines that went and came.
func diff(old, now string) string {
	var out []string
	before, after := strings.Split(old, "\n"), strings.Split(now, "\n")
	for _, l := range before {
		if !slices.Contains(after, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range after {
		if !slices.Contains(before, l) {
			out = append(out, "+ "+l)
		}
	}
	return strings.Join(out, "\n")
}

var parameter = regexp.MustCompile(`:[a-z_]+|\*`)

// knock asks for a route with numbers in place of its parameters.
func knock(c *servertest.Client, r reply.Route) servertest.Page {
	path := parameter.ReplaceAllString(r.Path, "1")
	if r.Method == http.MethodGet {
		return c.Get(path)
	}
	req := c.Request(r.Method, path, strings.NewReader(""))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", c.URL)
	return c.Do(req)
}

func TestWhatIsNotListedPublicNeedsASession(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	stranger := w.Stranger()
	for _, r := range w.Server.Routes() {
		page, name := knock(stranger, r), r.Method+" "+r.Path
		switch {
		case r.Guard == reply.Public:
			if page.Status == http.StatusUnauthorized || strings.HasPrefix(page.Location, "/sign-in?") {
				t.Errorf("%s is public, and asks to sign in", name)
			}
		case r.Guard == reply.Key:
			if page.Status != http.StatusUnauthorized || page.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s lets in who has no key: %d", name, page.Status)
			}
		case r.Method == http.MethodGet && r.Path != "/":
			path := parameter.ReplaceAllString(r.Path, "1")
			if page.Status != http.StatusSeeOther || page.Location != "/sign-in?next="+url.QueryEscape(path) {
				t.Errorf("%s: status %d to %q, want the sign-in page and back", name, page.Status, page.Location)
			}
		case r.Method == http.MethodGet:
			if page.Location != "/sign-in" {
				t.Errorf("%s leads to %q", name, page.Location)
			}
		case page.Status != http.StatusUnauthorized:
			t.Errorf("%s: status %d, want 401", name, page.Status)
		}
	}
}

func TestAGuardTurnsAwayWhoHasNotTheRole(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	for _, login := range []string{"nikos", "zahra", "olga", "ann", "boris", "admin"} {
		client, actor := w.As(login), w.Actor(login)
		for _, r := range w.Server.Routes() {
			if r.Guard == reply.Public || r.Guard == reply.Key || r.Guard.Admits(actor) {
				continue
			}
			if page := knock(client, r); page.Status != http.StatusForbidden {
				t.Errorf("%s at %s %s (%s): status %d, want 403", login, r.Method, r.Path, r.Guard, page.Status)
			}
		}
	}
}

func TestHomeIsWhereAPersonsWorkIs(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	for login, want := range map[string]string{"zahra": "/feedback", "nikos": "/team", "olga": "/journeys", "ann": "/company", "admin": "/people"} {
		if page := w.As(login).Get("/"); page.Status != http.StatusSeeOther || page.Location != want {
			t.Errorf("%s is led to %q, want %q", login, page.Location, want)
		}
	}
}
