package main

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// call runs the command with an environment of its own.
func call(t *testing.T, environ []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, environ, &out, &errs)
	return code, out.String(), errs.String()
}

func TestEveryVerbExplainsItselfWithAnExample(t *testing.T) {
	for _, verb := range []string{"serve", "demo", "import", "figures", "measures", "cases", "migrate", "verify", "user add", "user role", "user password"} {
		code, out, errs := call(t, nil, append(strings.Fields(verb), "--help")...)
		if code != 0 || errs != "" || !strings.Contains(out, "Example:") || !strings.Contains(out, "journeyloop "+strings.Fields(verb)[0]) {
			t.Errorf("%s --help: exit %d, %q %s", verb, code, errs, out)
		}
	}
}

func TestWrongUsageExitsTwoWithOneLine(t *testing.T) {
	db := "--db=sqlite:" + filepath.Join(t.TempDir(), "x.db")
	for story, args := range map[string][]string{
		"an unknown verb":             {"dance"},
		"an unknown flag":             {"verify", db, "--loud"},
		"import without a mapping":    {"import", db, "x.csv"},
		"import with a mapping of no": {"import", db, "--mapping", "nobody", "x.csv"},
		"a database of no kind":       {"verify", "--db", "mysql://root:geheim@localhost/x"},
		"a database without a path":   {"verify", "--db", "sqlite:"},
		"an address without a port":   {"serve", db, "--addr", "localhost"},
		"a port that cannot be":       {"demo", db, "--addr", "localhost:99999"},
		"figures by weather":          {"figures", db, "--by", "weather"},
		"figures from no date":        {"figures", db, "--by", "team", "--from", "31.12.2026"},
	} {
		code, _, errs := call(t, nil, args...)
		if lines := strings.Count(errs, "\n"); code != 2 || !strings.HasPrefix(lastLine(errs), "journeyloop: ") || strings.Contains(errs, "ingest.") || strings.Contains(errs, "⟦") {
			t.Errorf("%s: exit %d, %d lines: %s", story, code, lines, errs)
		}
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

func TestFailuresExitOneAndKeepSecrets(t *testing.T) {
	for story, args := range map[string][]string{
		"figures of a slip of the pen":  {"figures", "--by", "team", "--db", "sqlite:" + filepath.Join(t.TempDir(), "no", "such.db")},
		"a folder for a database":       {"verify", "--db", "sqlite:" + t.TempDir()},
		"a server that is not there":    {"verify", "--db", "postgres://app:geheim@127.0.0.1:1/x"},
		"a file that is not there":      {"import", "--db=sqlite:" + filepath.Join(t.TempDir(), "x.db"), "--mapping", "service-centre", "nowhere.csv"},
		"a journey that does not exist": {"figures", "--db=sqlite:" + filepath.Join(t.TempDir(), "y.db"), "--by", "team", "--journey", "nothing"},
	} {
		code, _, errs := call(t, nil, args...)
		if code != 1 || strings.Count(errs, "\n") != 1 || strings.Contains(errs, "geheim") || strings.Contains(errs, "⟦") {
			t.Errorf("%s: exit %d: %s", story, code, errs)
		}
	}
}

func TestRejectedRowsCanBeCorrectedAndImportedAgain(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file, url := filepath.Join(dir, "helpdesk.csv"), storetest.URL(t, engine)
			text := "Case ID,Activity,Resource,Complete Timestamp,customer\n" +
				"Case 1,Take in charge ticket,Зоя,2012/10/09 14:50:17.000,C1\n" +
				"Case 1,Resolve ticket,Зоя,yesterday,C1\n" +
				"Case 2,Closed,زهرا,2012/10/10 14:50:17.000,C2\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			code, out, errs := call(t, nil, "import", "--db", url, "--mapping", "event-log", file)
			if code != 0 || !strings.Contains(out, "2 runs, 2 interactions") || !strings.Contains(out, "Rejected: 1.") || !strings.Contains(errs, "helpdesk.csv:3 (Complete Timestamp") {
				t.Fatalf("exit %d\n%s%s", code, out, errs)
			}
			rejected := filepath.Join(dir, "helpdesk.rejected.csv")
			raw, err := os.ReadFile(rejected)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(rejected, bytes.ReplaceAll(raw, []byte("yesterday"), []byte("2012/10/11 10:00:00.000")), 0o600); err != nil {
				t.Fatal(err)
			}
			if code, out, errs := call(t, nil, "import", "--db", url, "--mapping", "event-log", rejected); code != 0 || !strings.Contains(out, "0 runs, 1 interactions") {
				t.Fatalf("the corrected rows: exit %d\n%s%s", code, out, errs)
			}
		})
	}
}

func TestVerifyFindsAndRepairsWhatIsDamaged(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			jl(t, "import", "--db", url, "--mapping", "service-centre", contacts(t, 60))
			damage(t, url, "UPDATE marginals SET n = n + 1 WHERE dim = 'touchpoint'")
			for _, x := range []struct {
				args []string
				code int
				says string
			}{
				{[]string{"verify"}, 1, "figures n "},
				{[]string{"verify", "--repair"}, 0, " differences, repaired.\n"},
				{[]string{"verify", "--repair", "--json"}, 0, `"repaired": true`},
				{[]string{"verify"}, 0, "0 differences.\n"},
			} {
				code, out, errs := call(t, nil, append(x.args, "--db", url)...)
				if code != x.code || !strings.Contains(out, x.says) {
					t.Errorf("%v: exit %d\n%s%s", x.args, code, out, errs)
				}
			}
		})
	}
}

// damage changes a database behind the program's back.
func damage(t *testing.T, url, query string) {
	t.Helper()
	driver, source := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, source = "sqlite", path
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

func TestASettingThatIsNoneIsPointedOutAndNothingElseChanges(t *testing.T) {
	db := storetest.URL(t, "sqlite")
	code, out, errs := call(t, []string{"JOURNEYLOOP_TIMEZONE=Europe/Athens"}, "verify", "--db", db)
	if code != 0 || out != "0 differences.\n" || errs != "journeyloop: JOURNEYLOOP_TIMEZONE is not a setting and was ignored; did you mean JOURNEYLOOP_TIME_ZONE?\n" {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

func TestADatabaseOfANewerProgramIsLeftAlone(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		url := storetest.URL(t, engine)
		newer(t, url)
		for _, verb := range []string{"verify", "migrate"} {
			code, _, errs := call(t, nil, verb, "--db", url)
			if code != 1 || !strings.Contains(errs, "belongs to a newer Journeyloop") || strings.Count(errs, "\n") != 1 {
				t.Errorf("%s on %s: exit %d: %s", verb, engine, code, errs)
			}
		}
	}
}

// newer writes down a step this program does not have.
func newer(t *testing.T, url string) {
	t.Helper()
	driver, address := "pgx", url
	if path, embedded := strings.CutPrefix(url, "sqlite:"); embedded {
		driver, address = "sqlite", path
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, TRUE)")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}
