package internal

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/journeyloop/journeyloop/"

// floors lists the rooms from the ground up; a room may import rooms of lower floors only. Rooms on one line stand on the
// same floor and have no door between them.
var floors = [][]string{
	{"internal/fault", "internal/i18n", "internal/page", "internal/stat", "internal/id", "internal/config", "internal/recall", "web", "migrations"},
	{"internal/event"},
	{"internal/people"},
	{"internal/task"},
	{"internal/journey"},
	{"internal/run"},
	{"internal/survey"},
	{"internal/feedback", "internal/observation"},
	{"internal/praise"},
	{"internal/casework", "internal/outreach"},
	{"internal/coaching"},
	{"internal/insight", "internal/auth", "internal/ingest", "internal/demo", "internal/notify", "internal/privacy"},
	{"internal/intake"},
	{"templates/ui"},
	{"templates/chart"},
	{"templates/*", "internal/store"},
	{"templates/faces", "internal/bench"},
	{"internal/server/reply", "internal/deliver", "internal/workshop"},
	{"internal/server/staff", "internal/server/respond", "internal/server/api", "internal/jobs"},
	{"internal/server"},
	{"internal/app"},
	{"internal/demo/player", "internal/bench/served"},
	{"cmd/journeyloop"},
}

// kept lists libraries that must not leave their rooms.
var kept = map[string][]string{
	"gorm.io/":                         {"internal/store", "internal/bench"},
	"github.com/labstack/echo/":        {"internal/server"},
	"github.com/a-h/templ":             {"templates", "internal/server"},
	"github.com/riverqueue/river":      {"internal/jobs", "internal/store", "internal/app"},
	"github.com/gorilla/sessions":      {"internal/server"},
	"github.com/wneessen/go-mail":      {"internal/deliver"},
	"database/sql":                     {"internal/store", "internal/jobs", "internal/i18n", "internal/stat"},
	"github.com/alecthomas/kong":       {"cmd/journeyloop"},
	"github.com/alexedwards/argon2id":  {"internal/auth"},
	"github.com/nicksnyder/go-i18n/v2": {"internal/i18n"},
}

type room struct {
	ImportPath string
	Imports    []string
}

func rooms(t *testing.T) []room {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []room
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var r room
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if len(all) < 20 {
		t.Fatalf("only %d packages: the list cannot be right", len(all))
	}
	return all
}

// floor is the number of a room's floor, -1 when the picture does not show it.
func floor(path string) int {
	for i, f := range floors {
		if slices.Contains(f, path) {
			return i
		}
	}
	for i, f := range floors {
		for _, pattern := range f {
			if dir, ok := strings.CutSuffix(pattern, "/*"); ok && strings.HasPrefix(path, dir+"/") {
				return i
			}
		}
	}
	return -1
}

// forTests: helpers of tests may reach anywhere; nothing else may reach them.
func forTests(path string) bool {
	return strings.HasPrefix(path, "internal/testkit") || strings.HasSuffix(path, "test")
}

func TestImportsOnlyGoDown(t *testing.T) {
	for _, r := range rooms(t) {
		from := strings.TrimPrefix(r.ImportPath, module)
		if forTests(from) || from == "internal" {
			continue
		}
		if floor(from) < 0 {
			t.Errorf("%s is not in the picture of internal/doc.go", from)
		}
		for _, i := range r.Imports {
			to, ours := strings.CutPrefix(i, module)
			if !ours {
				continue
			}
			if forTests(to) {
				t.Errorf("%s imports %s, which is for tests", from, to)
			}
			onTheGround := floor(from) == 0 && (to == "internal/fault" || to == "internal/i18n")
			if floor(to) >= floor(from) && !onTheGround {
				t.Errorf("%s reaches up or sideways to %s", from, to)
			}
		}
	}
}

func TestLibrariesStayInTheirRooms(t *testing.T) {
	for _, r := range rooms(t) {
		from := strings.TrimPrefix(r.ImportPath, module)
		if forTests(from) {
			continue
		}
		for _, i := range r.Imports {
			for library, homes := range kept {
				if !strings.HasPrefix(i, library) {
					continue
				}
				if !slices.ContainsFunc(homes, func(home string) bool { return strings.HasPrefix(from, home) }) {
					t.Errorf("%s imports %s, which belongs in %v", from, i, homes)
				}
			}
		}
	}
}
