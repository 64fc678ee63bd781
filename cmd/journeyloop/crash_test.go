package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// asCommand makes this test binary be the real command when it is started again with this variable: a process of its
// own that can be killed.
const asCommand = "JOURNEYLOOP_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// command is a journeyloop process with these arguments, not yet started.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, args...)
	c.Env = append(os.Environ(), asCommand+"=1")
	return c
}

// contacts writes a file of n rated contacts in four alphabets, two or three to a run.
func contacts(t *testing.T, n int) string {
	t.Helper()
	words := []string{"خیلی خوب بود", "Πολύ αργά", "Быстро и вежливо", "fine, thanks\nreally"}
	agents := []string{"زهرا", "Νίκος", "Ольга", "Ann"}
	var b bytes.Buffer
	b.WriteString("Unique id,channel_name,category,Sub-category,Customer Remarks,Issue_reported at,issue_responded,Survey_response_Date,Agent_name,Supervisor,Manager,CSAT Score\n")
	for i := range n {
		fmt.Fprintf(&b, "u%d,Inbound,Category %d,Topic,\"%s\",%02d/08/2023 09:00,%02d/08/2023 09:30,%02d-Aug-23,%s,Team %d,Department %d,%d\n",
			i, i%7, strings.ReplaceAll(words[i%4], `"`, "'"), 1+i%28, 1+i%28, 1+i%28, agents[i%4]+fmt.Sprint(i%40), i%9, i%3, 1+i%5)
	}
	path := filepath.Join(t.TempDir(), "contacts.csv")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnImportKilledInTheMiddleIsFinishedByRunningItAgain(t *testing.T) {
	const rows = 6000
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			file, url := contacts(t, rows), storetest.URL(t, engine)
			interrupted := 0
			for range 6 {
				c := command(t, "import", "--db", url, "--mapping", "service-centre", file)
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(150+rand.IntN(500)) * time.Millisecond)
				if err := c.Process.Kill(); err == nil {
					interrupted++
				}
				c.Wait()
				jl(t, "verify", "--db", url)
			}
			if interrupted == 0 {
				t.Error("no import was interrupted: the test proves nothing")
			}
			jl(t, "import", "--db", url, "--mapping", "service-centre", file)
			jl(t, "verify", "--db", url)
			var all []figure
			if err := json.Unmarshal(jl(t, "figures", "--db", url, "--by", "journey", "--json"), &all); err != nil {
				t.Fatal(err)
			}
			if len(all) != 1 || all[0].N != rows {
				t.Fatalf("figures %+v, want every one of %d rows once", all, rows)
			}
		})
	}
}

func TestTwoImportsOfTheSameFileAtOnceTakeItOnce(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			file, url := contacts(t, 1500), storetest.URL(t, engine)
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					if out, err := command(t, "import", "--db", url, "--mapping", "service-centre", file).CombinedOutput(); err != nil {
						t.Errorf("import: %v: %s", err, out)
					}
				})
			}
			wg.Wait()
			out := string(jl(t, "figures", "--db", url, "--by", "journey"))
			if !strings.Contains(out, " 1500 ") {
				t.Errorf("want every row once:\n%s", out)
			}
			jl(t, "verify", "--db", url)
		})
	}
}

// handedOut makes n completed runs and the links that were handed to their customers.
func handedOut(t *testing.T, db string, n int) []string {
	t.Helper()
	now := app.Clock()
	s, err := store.Open(t.Context(), db, storetest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	records := make([]ingest.Record, n)
	for i := range records {
		key := fmt.Sprintf("run-%d", i)
		records[i] = ingest.Record{Journey: ingest.Named{Key: "fibre", Name: "Fibre"}, Run: key, Customer: ingest.Customer{Key: key, Name: "زهرا"}, Ask: true,
			Contacts: []ingest.Contact{{Key: key + "/1", Touchpoint: ingest.Named{Key: "visit"}, Started: now.Add(-time.Hour),
				People: []ingest.Person{{Employee: ingest.Named{Key: fmt.Sprint("e", i%3)}, Team: []string{"Field"}}}}}, Completed: now}
	}
	if _, err := s.Take(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	surveys := &survey.Service{Store: s, Ledger: s, Zone: storetest.Zone, Now: app.Clock}
	links := make([]string, n)
	for i := range links {
		runs, err := s.RunsByKey(t.Context(), fmt.Sprintf("run-%d", i))
		if err != nil {
			t.Fatal(err)
		}
		token, err := surveys.HandOver(t.Context(), runs[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		links[i] = survey.Path(token)
	}
	return links
}

// serving starts a server process and waits until it answers.
func serving(t *testing.T, db string) (base string, c *exec.Cmd) {
	t.Helper()
	addr := freeAddress(t)
	c = command(t, "serve", "--db", db, "--addr", addr)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get("http://" + addr + "/healthz"); err == nil {
			answer.Body.Close()
			return "http://" + addr, c
		}
	}
	t.Fatal("the server does not answer")
	return "", nil
}

// answerAll posts one answer per link, all at once, and says which were acknowledged.
func answerAll(base string, links []string) []bool {
	acknowledged := make([]bool, len(links))
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var wg sync.WaitGroup
	for i, link := range links {
		wg.Go(func() {
			form := url.Values{"overall": {fmt.Sprint(1 + i%5)}, "comment": {"ήρθε νωρίς " + fmt.Sprint(i)}}
			answer, err := browser.PostForm(base+link, form)
			if err != nil {
				return
			}
			answer.Body.Close()
			acknowledged[i] = answer.StatusCode == http.StatusSeeOther
		})
	}
	wg.Wait()
	return acknowledged
}

func TestSixtyFourAnswersSurviveAServerKilledAmongThem(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := storetest.URL(t, engine)
			links := handedOut(t, db, 64)
			kept, partly := make([]bool, len(links)), false
			for round := 0; round < 40 && !partly; round++ {
				base, c := serving(t, db)
				killed := time.AfterFunc(time.Duration(5+rand.IntN(10*(round+1)))*time.Millisecond, func() { c.Process.Kill() })
				n := 0
				for i, ok := range answerAll(base, links) {
					if ok {
						n, kept[i] = n+1, true
					}
				}
				partly = n > 0 && n < len(links)
				killed.Stop()
				c.Process.Kill()
				c.Wait()
				holdsAll(t, db, kept)
			}
			if !partly {
				t.Error("no round was killed in the middle of the answers: the test proves nothing")
			}
			base, _ := serving(t, db)
			for i, ok := range answerAll(base, links) {
				if !ok {
					t.Errorf("answer %d was not taken after the restart", i)
				}
				kept[i] = true
			}
			holdsAll(t, db, kept)
		})
	}
}

// holdsAll checks that every acknowledged answer is on record once, with what it said, and that the figures are exact.
func holdsAll(t *testing.T, db string, acknowledged []bool) {
	t.Helper()
	jl(t, "verify", "--db", db)
	s, err := store.Open(t.Context(), db, storetest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, ok := range acknowledged {
		runs, err := s.RunsByKey(t.Context(), fmt.Sprintf("run-%d", i))
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.ResponseOf(t.Context(), runs[0].ID)
		if ok && (err != nil || *r.Overall != 1+i%5 || r.Comment != "ήρθε νωρίς "+fmt.Sprint(i) || r.Revision != 1) {
			t.Errorf("answer %d was acknowledged and is on record as %+v, %v", i, r, err)
		}
	}
}
