package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// asCommand makes this test binary be the real command when it is started again with this variable: a process of its
// own that can be killed.
const asCommand = "JOURNEYLOOP_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		dieAt(os.Getenv(asCommandDies))
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
