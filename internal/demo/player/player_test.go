package player

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

var morning = time.Date(2026, 11, 21, 10, 30, 0, 0, time.UTC)

// stage is the folder of the play that all tests share.
var stage string

// year is the whole play on an embedded database, made once for all tests that only read it.
var year = sync.OnceValues(func() (string, error) {
	path := filepath.Join(stage, "year.db")
	return path, play("sqlite:"+path, 1)
})

func TestMain(m *testing.M) {
	var err error
	if stage, err = os.MkdirTemp("", "demo"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(stage)
	os.Exit(code)
}

func play(url string, scale float64) error {
	ctx := context.Background()
	s, err := store.Open(ctx, url, demo.Zone())
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Migrate(ctx); err != nil {
		return err
	}
	_, err = Play(ctx, s, Options{Now: morning, Scale: scale})
	return err
}

func open(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, demo.Zone())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func played(t *testing.T) *store.Store {
	t.Helper()
	path, err := year()
	if err != nil {
		t.Fatal(err)
	}
	return open(t, "sqlite:"+path)
}

// raw asks the shared play what no service is asked.
func raw[T any](t *testing.T, query string, args ...any) (out T) {
	t.Helper()
	path, err := year()
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_time_integer_format=unix_micro&_inttotime=1&_timezone=UTC")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(query, args...).Scan(&out); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

func TestAYearIsLargeAndWhole(t *testing.T) {
	differences, err := played(t).Verify(t.Context())
	if err != nil || len(differences) > 0 {
		t.Errorf("%d figures differ from the raw records: %v", len(differences), err)
	}
	for _, c := range []struct {
		story  string
		query  string
		lo, hi int
	}{
		{"runs", `SELECT count(*) FROM runs`, 3000, 5000},
		{"responses", `SELECT count(*) FROM responses`, 1500, 3000},
		{"languages of comments", `SELECT count(DISTINCT language) FROM responses WHERE comment <> ''`, 4, 4},
		{"runs that are still open", `SELECT count(*) FROM runs WHERE state = 'open'`, 30, 200},
		{"abandoned runs", `SELECT count(*) FROM runs WHERE state = 'abandoned'`, 50, 300},
		{"runs that ended and were not decided about", `SELECT count(*) FROM runs WHERE state = 'completed' AND id NOT IN (SELECT run_id FROM invitations)`, 0, 0},
		{"customers left in peace", `SELECT count(*) FROM invitations WHERE state = 'suppressed' AND reason = 'invitation.quarantine'`, 30, 400},
		{"customers without an address", `SELECT count(*) FROM invitations WHERE reason = 'invitation.no_contact'`, 30, 400},
		{"invitations that bounced", `SELECT count(*) FROM invitations WHERE state = 'bounced'`, 10, 100},
		{"invitations that expired", `SELECT count(*) FROM invitations WHERE state = 'expired'`, 500, 2000},
		{"answers after a reminder", `SELECT count(*) FROM invitations WHERE state = 'answered' AND reminders > 0`, 20, 500},
		{"text messages", `SELECT count(*) FROM invitations WHERE channel = 'sms'`, 200, 1500},
		{"ratings of a contact with nobody on record", `SELECT count(*) FROM ratings r WHERE NOT EXISTS
			(SELECT 1 FROM attributions a WHERE a.response_id = r.response_id AND a.touchpoint_id = r.touchpoint_id)`, 50, 500},
		{"thanks", `SELECT count(*) FROM feedback WHERE reply = 'thanks'`, 300, 3000},
		{"feedback for a talk", `SELECT count(*) FROM feedback WHERE reply = 'one_to_one'`, 10, 300},
		{"feedback that was not about me", `SELECT count(*) FROM feedback WHERE reply IN ('not_me', 'system')`, 10, 150},
		{"cases", `SELECT count(*) FROM cases`, 600, 1100},
		{"cases she says are solved", `SELECT count(*) FROM cases WHERE state = 'verified'`, 350, 800},
		{"cases that ended in silence", `SELECT count(*) FROM cases WHERE state = 'unverified'`, 100, 300},
		{"customers nobody could reach", `SELECT count(*) FROM cases WHERE state = 'unreachable'`, 20, 90},
		{"cases that were opened again", `SELECT count(*) FROM cases WHERE reopened > 0`, 50, 200},
		{"first contacts that came late", `SELECT count(*) FROM cases WHERE contacted_at > contact_due`, 30, 250},
		{"cases that wait", `SELECT count(*) FROM cases WHERE closed_at IS NULL`, 25, 90},
		{"cases that wait too long", `SELECT count(*) FROM cases WHERE closed_at IS NULL AND warned >= 100`, 5, 40},
		{"ratings after a case", `SELECT count(*) FROM case_ratings`, 150, 500},
		{"notices of the last weeks, unread", `SELECT count(*) FROM notifications WHERE read_at IS NULL`, 50, 3000},
		{"cases nobody owns", `SELECT count(*) FROM cases WHERE owner_id = 0`, 0, 0},
		{"customers of late fibre who were compensated", `SELECT count(*) FROM cases WHERE cause = 'promise' AND compensation_minor > 0`, 100, 300},
		{"early warnings of a broken promise", `SELECT count(*) FROM case_triggers WHERE kind = 'promise'`, 4, 60},
		{"letters of the last days to customers", `SELECT count(*) FROM case_mails WHERE kind = 'letter' AND state = 'sent'`, 5, 60},
		{"questions of the last days whether it is solved", `SELECT count(*) FROM case_mails WHERE kind = 'ask' AND state = 'sent'`, 5, 90},
		{"letters of the last days from customers", `SELECT count(*) FROM case_mails WHERE kind = 'reply' AND state = 'came'`, 5, 90},
		{"mail that belongs to no case", `SELECT count(*) FROM case_mails WHERE state = 'lost'`, 2, 12},
		{"files at a step of a case", `SELECT count(*) FROM case_files f JOIN case_steps s ON s.id = f.step_id AND s.kind = 'mail_in'`, 3, 60},
		{"complaints heard at work that became cases", `SELECT count(*) FROM case_triggers WHERE kind = 'complaint'`, 2, 3},
		{"promises of technicians due today or tomorrow", `SELECT count(*) FROM interactions i JOIN touchpoints t ON t.id = i.touchpoint_id WHERE t.key = 'repair-visit'
			AND i.promise_kept IS NULL AND i.promise_due BETWEEN unixepoch('2026-11-21 10:30') * 1000000 AND unixepoch('2026-11-23') * 1000000`, 3, 3},
		{"errands nobody did", `SELECT count(*) FROM outbox`, 0, 0},
		{"teams or people that the feed had to make up", `SELECT (SELECT count(*) FROM teams) - 21 + (SELECT count(*) FROM employees) - (SELECT count(*) FROM users)`, 0, 0},
	} {
		if n := raw[int](t, c.query); n < c.lo || n > c.hi {
			t.Errorf("%s: %d, want %d to %d", c.story, n, c.lo, c.hi)
		}
	}
}

func TestEverythingIsWrittenDownInItsTime(t *testing.T) {
	for story, query := range map[string]string{
		"a contact was known before it took place": `SELECT count(*) FROM interactions WHERE created_at < ended_at`,
		"a promise was kept before it was known":   `SELECT count(*) FROM interactions WHERE promise_kept > unixepoch('2026-11-21 10:30:01') * 1000000`,
		"something happened after now":             `SELECT count(*) FROM events WHERE at > unixepoch('2026-11-21 10:30:01') * 1000000`,
		"something happened before the year":       `SELECT count(*) FROM events WHERE at < unixepoch('2025-11-17') * 1000000`,
		"an answer came before its message":        `SELECT count(*) FROM invitations WHERE answered_at < sent_at`,
		"a message left in the quiet hours":        `SELECT count(*) FROM events WHERE verb IN ('invitation.sent', 'invitation.reminded') AND time(at / 1000000, 'unixepoch') NOT BETWEEN '06:00:00' AND '18:00:00'`,
		"something is due and was not done":        `SELECT count(*) FROM invitations WHERE next_at <= unixepoch('2026-11-21 10:30:00') * 1000000`,
		"a case was looked at too late":            `SELECT count(*) FROM cases WHERE next_at <= unixepoch('2026-11-21 10:30:00') * 1000000`,
		"feedback was read before it came":         `SELECT count(*) FROM feedback WHERE read_at < at`,
	} {
		if n := raw[int](t, query); n > 0 {
			t.Errorf("%s: %d times", story, n)
		}
	}
}

func TestEveryRoleSignsInAndHasSomethingNewToRead(t *testing.T) {
	s := played(t)
	list, err := SignIns(t.Context(), s)
	if err != nil || len(list) != len(demo.SignIns()) {
		t.Fatalf("%d sign-ins: %v", len(list), err)
	}
	passwords := auth.NewPasswords()
	for _, sign := range list {
		user, hash, disabled, err := s.Credentials(t.Context(), sign.Login)
		if err != nil || disabled {
			t.Fatalf("%s: %v", sign.Login, err)
		}
		if same, err := passwords.Verify(t.Context(), sign.Password, hash); err != nil || !same {
			t.Errorf("%s cannot sign in: %v", sign.Login, err)
		}
		actor, _, err := s.ActorOf(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		if roles := actor.Roles(); !slices.ContainsFunc(roles, func(r people.Role) bool { return string(r) == sign.Role }) {
			t.Errorf("%s is %v, want %s", sign.Login, roles, sign.Role)
		}
		if slices.Contains([]string{"manager", "administrator"}, sign.Role) {
			continue // they are not told one by one
		}
		unread := raw[int](t, `SELECT count(*) FROM feedback f JOIN employees e ON e.id = f.employee_id
			WHERE e.key = ? AND f.read_at IS NULL AND f.withdrawn_at IS NULL AND f.at > unixepoch('2026-11-14') * 1000000`, sign.Employee)
		if unread < 3 {
			t.Errorf("%s has %d unread of the last week", sign.Login, unread)
		}
	}
}

// TestEveryVisitorHasACaseToWorkOn: whoever works with customers, or answers for those who do. An administrator as such
// knows of no customer.
func TestEveryVisitorHasACaseToWorkOn(t *testing.T) {
	s := played(t)
	s.Now = func() time.Time { return morning }
	for _, sign := range demo.SignIns() {
		user := raw[int64](t, `SELECT u.id FROM users u JOIN employees e ON e.id = u.employee_id WHERE e.key = ?`, sign.Employee)
		actor, _, err := s.ActorOf(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		which := casework.Filter{Whose: casework.Mine, Now: morning}
		if sign.Role == "manager" || sign.Role == "administrator" {
			which = casework.Filter{Overdue: true, Now: morning}
		}
		found, err := s.CasesFor(t.Context(), actor.Scope(), which, page.Ask{Number: 1, Size: 50})
		if err != nil || (found.Total == 0) != (sign.Role == "administrator") {
			t.Errorf("%s has %d cases: %v", sign.Employee, found.Total, err)
		}
	}
}

// TestWhatIsPlantedIsWhyItWentWrong: the broken promise at the shop, the hand-over between two services.
func TestWhatIsPlantedIsWhyItWentWrong(t *testing.T) {
	for cause, touchpoint := range map[string]string{"promise": demo.FibrePromise.Touchpoint, "process": demo.HandOver.Touchpoint} {
		first := raw[string](t, `SELECT cause FROM cases c JOIN touchpoints t ON t.id = c.touchpoint_id WHERE t.key = ? AND cause <> ''
			GROUP BY cause ORDER BY count(*) DESC LIMIT 1`, touchpoint)
		if first != cause {
			t.Errorf("at %s it is %s most often, want %s", touchpoint, first, cause)
		}
	}
}

func TestMostFeedbackIsReadButNotByEverybody(t *testing.T) {
	share := raw[float64](t, `SELECT avg(read_at IS NOT NULL) FROM feedback WHERE at < unixepoch('2026-11-01') * 1000000`)
	never := raw[int](t, `SELECT count(*) FROM (SELECT employee_id FROM feedback GROUP BY employee_id HAVING count(read_at) = 0)`)
	if share < .7 || share > .95 || never < 2 || never > 12 {
		t.Errorf("%.2f of older feedback was read, %d people never read", share, never)
	}
}

func TestTheSupervisorHasDisputesToSettle(t *testing.T) {
	n := raw[int](t, `SELECT count(*) FROM feedback f JOIN employees e ON e.id = f.employee_id JOIN teams t ON t.id = e.team_id
		WHERE t.key = 'field-east' AND f.reply IN ('not_me', 'system') AND f.settled_at IS NULL`)
	if n == 0 {
		t.Error("nothing to settle")
	}
}

// figures are all figures by the keys of their subjects, which are the same on every play; numbers of records are not.
func figures(t *testing.T, s *store.Store) []string {
	t.Helper()
	service := &insight.Service{Store: s, Zone: demo.Zone(), Now: func() time.Time { return morning }}
	var out []string
	for _, by := range []feedback.Dim{feedback.ByJourney, feedback.ByTouchpoint, feedback.ByTeam, feedback.ByEmployee} {
		lines, err := service.Figures(t.Context(), insight.Question{By: by})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			out = append(out, fmt.Sprint(by, " ", l.Key, " ", l.Scale, " ", l.Tally))
		}
	}
	return out
}

func TestTheSamePlayIsPlayedAlikeOnBothEngines(t *testing.T) {
	const scale = .04
	var plays [][]string
	for _, engine := range []string{"sqlite", "sqlite", "postgres"} {
		url := storetest.URL(t, engine)
		if err := play(url, scale); err != nil {
			t.Fatalf("%s: %v", engine, err)
		}
		s := open(t, url)
		if differences, err := s.Verify(t.Context()); err != nil || len(differences) > 0 {
			t.Errorf("%s: %d figures differ from the raw records: %v", engine, len(differences), err)
		}
		plays = append(plays, figures(t, s))
	}
	if len(plays[0]) < 60 || !slices.Equal(plays[0], plays[1]) {
		t.Errorf("two plays differ, or are small: %d figures", len(plays[0]))
	}
	if !slices.Equal(plays[0], plays[2]) {
		t.Errorf("the engines differ:\n%v\n%v", plays[0], plays[2])
	}
}

func TestOnlyAFinishedPlayIsADemo(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		ctx, stop := context.WithCancel(t.Context())
		_, err := Play(ctx, s, Options{Now: morning, Scale: .01, Progress: func(done, _ int64) {
			if done > 30 {
				stop()
			}
		}})
		if err == nil {
			t.Fatal("the play was not interrupted")
		}
		if list, err := SignIns(t.Context(), s); err != nil || len(list) > 0 {
			t.Errorf("%d sign-ins of half a company: %v", len(list), err)
		}
	})
}
