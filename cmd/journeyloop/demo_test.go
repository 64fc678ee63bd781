package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/testkit/pgtest"
)

// startDemo starts a small demo, reads its sign-in page, and stops it as Ctrl-C does.
func startDemo(t *testing.T, args ...string) (stdout, page string) {
	t.Helper()
	addr := freeAddress(t)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	var out, errs bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"demo", "--scale=0.01", "--addr", addr}, args...), nil, &out, &errs)
	}()
	for page == "" {
		select {
		case code := <-ended:
			t.Fatalf("the demo ended with %d: %s", code, errs.String())
		case <-time.After(20 * time.Millisecond):
		}
		page = get("http://" + addr + "/sign-in")
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("the demo ended with %d: %s", code, errs.String())
	}
	if !strings.Contains(out.String(), "http://"+addr+"\n") {
		t.Errorf("the address is not printed: %s", out.String())
	}
	return strings.ReplaceAll(out.String(), addr, ""), page
}

// get is a page, "" while nobody answers.
func get(url string) string {
	r, err := http.Get(url)
	if err != nil {
		return ""
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		return ""
	}
	return string(body)
}

var passwords = regexp.MustCompile(`[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}`)

func TestTheDemoIsPlayedOnceAndKept(t *testing.T) {
	empty := func(string) error { return nil }
	for story, url := range map[string]string{
		"a file that is not there yet":       "sqlite:" + filepath.Join(t.TempDir(), "new.db"),
		"an embedded database with tables":   storetest.URL(t, "sqlite"),
		"PostgreSQL, an empty database":      pgtest.Database(t, empty),
		"PostgreSQL, a database with tables": storetest.URL(t, "postgres"),
	} {
		t.Run(story, func(t *testing.T) {
			first, page := startDemo(t, "--db", url)
			made := passwords.FindAllString(first, -1)
			if len(made) != 6 {
				t.Fatalf("%d passwords: %s", len(made), first)
			}
			for _, password := range made {
				if !strings.Contains(page, password) {
					t.Errorf("the sign-in page does not offer %s", password)
				}
			}
			code, out, errs := call(t, nil, "figures", "--db", url, "--by", "journey", "--json")
			if code != 0 || strings.Count(out, `"key"`) != 4 {
				t.Errorf("figures: exit %d, %s%s", code, out, errs)
			}
			second, _ := startDemo(t, "--db", url)
			if first != second {
				t.Errorf("the second start says\n%s\nthe first said\n%s", second, first)
			}
			if _, again, _ := call(t, nil, "figures", "--db", url, "--by", "journey", "--json"); again != out {
				t.Errorf("the second start changed the figures:\n%s\n%s", out, again)
			}
			if code, _, errs := call(t, nil, "verify", "--db", url); code != 0 {
				t.Errorf("verify: exit %d, %s", code, errs)
			}
		})
	}
}

func TestAnInterruptedFirstStartLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	ctx, interrupt := context.WithCancel(t.Context())
	defer time.AfterFunc(time.Second, interrupt).Stop() // the year takes much longer
	var out, errs bytes.Buffer
	code := run(ctx, []string{"demo", "--scale=5", "--db", "sqlite:" + filepath.Join(dir, "demo.db")}, nil, &out, &errs)
	if code != 1 || !strings.Contains(lastLine(errs.String()), "nothing was kept") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestWhatAKilledFirstStartLeftIsClearedAway(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"demo.db.draft", "demo.db.draft-wal", "demo.db.draft-shm"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half a company"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	startDemo(t, "--db", "sqlite:"+filepath.Join(dir, "demo.db"))
	left, err := filepath.Glob(filepath.Join(dir, "*draft*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestTheDemoStaysOutOfWhatIsNotADemo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(path, []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for story, url := range map[string]string{
		"a company's embedded database": company(t, "sqlite"),
		"a company's PostgreSQL":        company(t, "postgres"),
		"a file that is no database":    "sqlite:" + path,
	} {
		code, out, errs := call(t, nil, "demo", "--addr=127.0.0.1:0", "--scale=0.01", "--db", url)
		if code != 1 || out != "" || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit %d, %s%s", story, code, out, errs)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "not a database" {
		t.Errorf("the file says %q, %v", text, err)
	}
}

// company is a database with one sign-in.
func company(t *testing.T, engine string) string {
	t.Helper()
	url := storetest.URL(t, engine)
	s, err := store.Open(t.Context(), url, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	u := people.User{ID: id.New(), Login: "maria", Name: "Μαρία", CreatedAt: time.Now().UTC()}
	if err := errors.Join(s.SaveUser(t.Context(), u), s.Close()); err != nil {
		t.Fatal(err)
	}
	return url
}

func TestTwoFirstStartsAtOnceServeOneCompany(t *testing.T) {
	db := "sqlite:" + filepath.Join(t.TempDir(), "demo[1].db")
	said := make([]string, 2)
	var both sync.WaitGroup
	for i := range said {
		both.Go(func() {
			c := command(t, "demo", "--scale=0.05", "--db", db, "--addr", "127.0.0.1:0")
			var errs bytes.Buffer
			c.Stderr = &errs
			out, err := c.StdoutPipe()
			if err == nil {
				err = c.Start()
			}
			if err != nil {
				t.Error(err)
				return
			}
			for lines := bufio.NewScanner(out); lines.Scan() && !strings.Contains(lines.Text(), " is at "); {
				said[i] += lines.Text() + "\n"
			}
			if err := errors.Join(c.Process.Signal(os.Interrupt), c.Wait()); err != nil {
				t.Errorf("demo %d: %v: %s", i, err, errs.String())
			}
		})
	}
	both.Wait()
	if len(passwords.FindAllString(said[0], -1)) != 6 || said[0] != said[1] {
		t.Errorf("one says\n%s\nthe other\n%s", said[0], said[1])
	}
	jl(t, "verify", "--db", db)
}

func TestAnAddressThatIsTakenIsSaidBeforeAnythingIsPlayed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	path := filepath.Join(t.TempDir(), "demo.db")
	code, out, errs := call(t, nil, "demo", "--db", "sqlite:"+path, "--addr", l.Addr().String())
	if code != 1 || out != "" || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, l.Addr().String()+" is in use") {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a database was made")
	}
}
