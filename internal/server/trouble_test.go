package server_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// asked makes runs about which nothing was said yet, with the token of each one's survey.
func asked(w *servertest.World, n int) (keys, tokens []string) {
	w.T.Helper()
	for i := range n {
		key := fmt.Sprint("asked-", i)
		r := w.Completed(key)
		r.Ask = true
		w.Take(r)
		token := w.Link(w.RunOf(key).ID)
		keys, tokens = append(keys, key), append(tokens, token)
	}
	return keys, tokens
}

// TestACustomerWhoHangsUpLeavesAllOrNothing cuts requests off at any moment.
func TestACustomerWhoHangsUpLeavesAllOrNothing(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		const each, contacts = 40, 20
		keys, tokens := asked(w, 6)
		key, _, err := w.App.Keys.Issue(t.Context(), "CRM")
		if err != nil {
			t.Fatal(err)
		}
		var cut atomic.Int32
		hangUp := func(r *http.Request) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(25_000))*time.Microsecond)
			defer cancel()
			answer, err := http.DefaultTransport.RoundTrip(r.WithContext(ctx))
			if err != nil {
				cut.Add(1)
				return
			}
			answer.Body.Close()
			if answer.StatusCode >= 500 {
				t.Errorf("%s: %d", r.URL.Path, answer.StatusCode)
			}
		}
		var all sync.WaitGroup
		for i, token := range tokens {
			c := w.Stranger()
			all.Go(func() {
				for n := range each {
					hangUp(filled(c, "/s/"+token, url.Values{"overall": {fmt.Sprint(1 + n%5)}, "comment": {fmt.Sprint("گفته ", n)}, "t" + id(w.Visit.ID): {"2"}}))
					var items []string
					for x := range contacts {
						items = append(items, fmt.Sprintf(`{"key":"cut-%d-%d/%d","run":"cut-%[1]d-%[2]d","journey":"fibre","touchpoint":"shop","started":"2026-03-20T08:00:00Z"}`, i, n, x))
					}
					r := c.Request("POST", "/api/v1/interactions", strings.NewReader("["+strings.Join(items, ",")+"]"))
					r.Header.Set("Authorization", "Bearer "+key)
					r.Header.Set("Content-Type", "application/json")
					hangUp(r)
				}
			})
		}
		all.Wait()
		if cut.Load() == 0 {
			t.Error("nobody hung up")
		}
		// The connections are as good as new, and what was said last counts.
		for i, token := range tokens {
			if p := w.Stranger().Post("/s/"+token, url.Values{"overall": {"3"}, "comment": {"آخر"}, "t" + id(w.Visit.ID): {"4"}}); p.Status != 303 {
				t.Errorf("after it: %d %s", p.Status, p.Body)
			}
			if r, err := w.App.Store.ResponseOf(t.Context(), w.RunOf(keys[i]).ID); err != nil || r.Comment != "آخر" || len(r.Ratings) != 1 {
				t.Errorf("run %s says %+v %v", keys[i], r, err)
			}
		}
		for i := range tokens {
			for n := range each {
				var batch []string
				for x := range contacts {
					batch = append(batch, fmt.Sprintf("cut-%d-%d/%d", i, n, x))
				}
				there, err := w.App.Store.WhereContacts(t.Context(), batch)
				if err != nil || len(there) != 0 && len(there) != contacts {
					t.Errorf("%d of a batch of %d are there (%v)", len(there), contacts, err)
				}
			}
		}
		unharmed(w)
		t.Logf("%d requests cut off", cut.Load())
	})
}

func unharmed(w *servertest.World) {
	w.T.Helper()
	differs, err := w.App.Store.Verify(w.T.Context())
	if err != nil || len(differs) != 0 {
		w.T.Errorf("verify: %v %v", differs, err)
	}
}

// TestTheServerOutlivesItsConnections ends every connection to PostgreSQL again and again, as a restart or a failover
// does: whoever asks in that moment is told to come again, and everything goes on by itself.
func TestTheServerOutlivesItsConnections(t *testing.T) {
	w := servertest.Open(t, "postgres")
	keys, tokens := asked(w, 4)
	stop, err := w.App.Background(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	ann := w.As("ann")
	changes := listen(t, w.As("ann"))
	killer, err := pgx.Connect(t.Context(), w.App.Store.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer killer.Close(context.Background())
	ended := 0
	end := func() {
		tag, err := killer.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		if err != nil {
			t.Fatal(err)
		}
		ended += int(tag.RowsAffected())
	}
	fine := make([]map[string]bool, len(tokens)) // acknowledged and perhaps stored, by customer
	var all sync.WaitGroup
	done := make(chan struct{})
	for i, token := range tokens {
		fine[i] = map[string]bool{}
		all.Go(func() {
			c := w.Stranger()
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				said := fmt.Sprint("گفته ", n)
				switch p := c.Post("/s/"+token, url.Values{"overall": {fmt.Sprint(1 + n%5)}, "comment": {said}}); p.Status {
				case 303:
					clear(fine[i])
				case 503: // nobody knows whether it was stored: the connection may have ended during the commit
				default:
					t.Errorf("an answer: %d %s", p.Status, p.Body)
				}
				fine[i][said] = true
			}
		})
	}
	for range 15 {
		end()
		time.Sleep(60 * time.Millisecond)
		if p := ann.Get("/company"); p.Status != 200 && p.Status != 503 {
			t.Errorf("a page: %d %s", p.Status, p.Body)
		}
	}
	close(done)
	all.Wait()
	if ended < 15 {
		t.Errorf("only %d connections were ended", ended)
	}
	end()
	// It recovers: pages, answers, jobs, the live channel.
	within(t, "a page", func() bool { return ann.Get("/company").Status == 200 })
	for i, key := range keys {
		if r, err := w.App.Store.ResponseOf(t.Context(), w.RunOf(key).ID); err != nil || !fine[i][r.Comment] {
			t.Errorf("run %s says %q, acknowledged was one of %v (%v)", key, r.Comment, fine[i], err)
		}
	}
	r := w.Completed("later")
	r.Ask = true
	before := changes.Load()
	w.Take(r)
	within(t, "a job", func() bool {
		_, err := w.App.Store.InvitationOfRun(t.Context(), w.RunOf("later").ID)
		return err == nil
	})
	if p := w.Stranger().Post("/s/"+tokens[0], url.Values{"overall": {"1"}, "comment": {"آخر"}}); p.Status != 303 {
		t.Errorf("an answer afterwards: %d", p.Status)
	}
	within(t, "the live channel", func() bool { return changes.Load() > before })
	unharmed(w)
	t.Logf("%d connections ended", ended)
}

// listen counts what the live channel says, on one stream.
func listen(t *testing.T, c *servertest.Client) *atomic.Int32 {
	t.Helper()
	var changes atomic.Int32
	stream, err := (&http.Client{Jar: c.HTTP.Jar}).Do(c.Request("GET", "/events", nil))
	if err != nil || stream.StatusCode != 200 {
		t.Fatal(stream, err)
	}
	t.Cleanup(func() { stream.Body.Close() })
	go func() {
		for lines := bufio.NewScanner(stream.Body); lines.Scan(); {
			if lines.Text() == "event: changed" {
				changes.Add(1)
			}
		}
	}()
	return &changes
}

// within waits for what comes back by itself: the longest pause after an error is five seconds.
func within(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 200 {
		if holds() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s does not come back", what)
}
