package pgtest

import (
	"bufio"
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/journeyloop/journeyloop/internal/id"
)

func migrate(dsn string) error { return execute(dsn, "CREATE TABLE walk (name text)") }

func rows(t *testing.T, dsn string) (n int) {
	t.Helper()
	err := with(dsn, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT count(*) FROM walk").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	for i := range 8 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			dsn := Database(t, migrate)
			if n := rows(t, dsn); n != 0 {
				t.Errorf("%d rows of somebody else", n)
			}
			if err := execute(dsn, "INSERT INTO walk VALUES ('سارا'), ('Ελένη')"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAMigrationRunsOnceHoweverManyAskForIt(t *testing.T) {
	var runs atomic.Int32
	schema := id.Token()
	counted := func(dsn string) error { runs.Add(1); return migrate(dsn) }
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, drop, err := clone(schema, counted)
			if err == nil {
				err = drop()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := runs.Load(); n != 1 {
		t.Fatalf("the migration ran %d times", n)
	}
}

func TestADatabaseIsGoneAfterItsTest(t *testing.T) {
	var dsn string
	t.Run("the test that owns it leaves a connection open", func(t *testing.T) {
		dsn = Database(t, migrate)
		if _, err := pgx.Connect(t.Context(), dsn); err != nil {
			t.Fatal(err)
		}
	})
	if err := execute(dsn, "SELECT 1"); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Fatalf("reaching it afterwards: %v", err)
	}
}

func TestAMigrationThatFailsIsToldAndLeavesNoTemplate(t *testing.T) {
	schema, wrong := id.Token(), errors.New("wrong")
	fails := func(dsn string) error { return errors.Join(migrate(dsn), wrong) }
	if _, _, err := clone(schema, fails); !errors.Is(err, wrong) {
		t.Fatalf("first time: %v", err)
	}
	dsn, drop, err := clone(schema, migrate)
	if err != nil {
		t.Fatalf("second time: %v", err)
	}
	if n := rows(t, dsn); n != 0 {
		t.Errorf("%d rows", n)
	}
	if err := drop(); err != nil {
		t.Error(err)
	}
}

func TestBinariesAreFoundOrTheErrorSaysWhatToInstall(t *testing.T) {
	half, whole := t.TempDir(), t.TempDir()
	for _, file := range []string{half + "/initdb", whole + "/initdb", whole + "/postgres"} {
		if err := os.WriteFile(file, nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		dirs []string
		want string
	}{
		{"the first folder with both programs is taken", []string{half, whole, "/nowhere"}, whole},
		{"a client without a server is not enough", []string{half}, ""},
		{"no folder at all", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := firstOf(c.dirs)
			if got != c.want || (c.want == "") != errors.Is(err, ErrMissing) {
				t.Fatalf("%q, %v", got, err)
			}
		})
	}
	if !strings.Contains(ErrMissing.Error(), "apt-get install postgresql") {
		t.Fatal(ErrMissing)
	}
}

func TestStopEndsTheServerAndRemovesItsFolder(t *testing.T) {
	s, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pid, known := serverIn(s.dir)
	if !known || !alive(pid) {
		t.Fatalf("server %d does not run", pid)
	}
	s.Stop()
	gone(t, s.dir, pid)
}

// TestMain lets this binary also play the process that is killed in the middle of its tests.
func TestMain(m *testing.M) {
	if os.Getenv("PGTEST_VICTIM") == "" {
		os.Exit(m.Run())
	}
	s, err := Start(context.Background())
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(s.dir + "\n")
	select {}
}

func TestAServerDoesNotOutliveAKilledOwner(t *testing.T) {
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), "PGTEST_VICTIM=1")
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	dir := strings.TrimSpace(line)
	pid, known := serverIn(dir)
	if !known || !alive(pid) {
		t.Fatalf("server %d does not run", pid)
	}
	victim.Process.Kill()
	victim.Wait()
	gone(t, dir, pid)
}

func TestSweepRemovesOnlyWhatIsDead(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	old := time.Now().Add(-time.Hour)
	for _, c := range []struct {
		name, pid string
		at        time.Time
		stays     bool
	}{
		{"a server that runs stays", "1", old, true},
		{"a server that died goes", "2147483000", time.Now(), false},
		{"one just being initialised stays", "", time.Now(), true},
		{"one given up long ago goes", "", old, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(temp, prefix+url.PathEscape(c.name))
			if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
				t.Fatal(err)
			}
			if c.pid != "" {
				os.WriteFile(filepath.Join(dir, "data", "postmaster.pid"), []byte(c.pid+"\n"+dir+"\n"), 0o600)
			}
			os.Chtimes(dir, c.at, c.at)
			sweep()
			if _, err := os.Stat(dir); (err == nil) != c.stays {
				t.Fatalf("stat after the sweep: %v", err)
			}
		})
	}
}

// gone waits for a server's end: the keeper works after the owner's death, so it takes a moment.
func gone(t *testing.T, dir string, pid int) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		_, err := os.Stat(dir)
		if os.IsNotExist(err) && !alive(pid) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("20 s later: folder %v, server runs: %t", err, alive(pid))
		}
		time.Sleep(20 * time.Millisecond)
	}
}
