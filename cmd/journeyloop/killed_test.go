package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// A server is killed among answers and contacts that come in together: at moments chosen within the fold and the intake,
// and at any. On PostgreSQL a trigger holds it there until the test has killed it; on SQLite, which is in the process, it
// kills itself; see moments.

// crashRounds is how often each engine's server is killed; "make crash" asks for more.
const crashRounds = "JOURNEYLOOP_TEST_CRASHES"

// A moment is before or after a change of a row that says so, or when the transaction with that change ends.
type moment struct {
	name    string
	change  string // and the table
	when    string // of the row
	commits bool
	rare    bool // a few times a round; else dozens
}

var moments = []moment{
	{name: "the fold has taken from the outbox", change: "AFTER DELETE ON outbox", when: "OLD.topic = 'fold'", rare: true},
	{name: "an answer is in", change: "AFTER INSERT ON responses"},
	{name: "the fold counts", change: "BEFORE INSERT ON marginals", rare: true},
	{name: "the answers commit", change: "AFTER INSERT ON responses", commits: true},
	{name: "the fold commits", change: "AFTER DELETE ON outbox", when: "OLD.topic = 'fold'", commits: true, rare: true},
	{name: "what an answer changes waits to be folded", change: "AFTER INSERT ON outbox", when: "NEW.topic = 'fold'", rare: true},
	{name: "contacts commit", change: "AFTER INSERT ON interactions", commits: true},
	{name: "the fold adds up for the drivers", change: "BEFORE INSERT ON driver_days", rare: true},
	{name: "contacts are in", change: "AFTER INSERT ON interactions"},
	{name: "at any moment, among requests"},
}

func TestAServerKilledAtAnyMomentLosesAndDoublesNothing(t *testing.T) {
	rounds, err := strconv.Atoi(cmp.Or(os.Getenv(crashRounds), "5"))
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			k := &killing{T: t, db: storetest.URL(t, engine), engine: engine, hits: map[string]int{}}
			k.prepare()
			from := rand.IntN(len(moments)) // so that a few rounds each time meet all of them in time
			for n := range rounds {
				k.round(n, (from+n)%len(moments))
			}
			k.settled(rounds)
		})
	}
}

// killing is a database whose server is killed again and again.
type killing struct {
	*testing.T
	db, engine string
	store      *store.Store
	key        string // of the feed
	visit      int64  // the touchpoint
	killer     *pgx.Conn

	said    []*said
	batches []batchSent
	hits    map[string]int // kills at the moment that was meant
	cut     int            // requests that were under way when their server was killed
	stored  int            // of those, answers that were on record although nobody was told
}

// said is what one customer answers.
type said struct {
	run          int64
	link, words  string
	value        int
	acknowledged bool
}

// batchSent is what a feed sent: a run with contacts.
type batchSent struct {
	run          string
	contacts     []string
	acknowledged bool
}

func (k *killing) prepare() {
	k.Helper()
	var err error
	if k.store, err = store.Open(k.Context(), k.db, storetest.Zone); err != nil {
		k.Fatal(err)
	}
	k.Cleanup(func() { k.store.Close() })
	if k.key, _, err = (auth.Keyring{Store: k.store, Now: app.Clock}).Issue(k.Context(), "feed"); err != nil {
		k.Fatal(err)
	}
	k.hand(1) // brings the journey and its touchpoint
	all, err := k.store.Touchpoints(k.Context())
	if err != nil || len(all) != 1 {
		k.Fatal(all, err)
	}
	k.visit = all[0].ID
	if k.engine == "postgres" {
		k.gates()
	}
}

// gates makes each moment wait for a lock that the test may hold.
func (k *killing) gates() {
	k.Helper()
	conn, err := pgx.Connect(k.Context(), k.db)
	if err != nil {
		k.Fatal(err)
	}
	k.killer = conn
	k.Cleanup(func() { conn.Close(context.Background()) })
	made := []string{`CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		PERFORM pg_advisory_lock_shared(TG_ARGV[0]::bigint), pg_advisory_unlock_shared(TG_ARGV[0]::bigint); RETURN COALESCE(NEW, OLD); END $$`}
	for i, m := range moments {
		if m.change == "" {
			continue
		}
		kind, late, when := "TRIGGER", "", ""
		if m.commits {
			kind, late = "CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED"
		}
		if m.when != "" {
			when = "WHEN (" + m.when + ")"
		}
		made = append(made, fmt.Sprintf("CREATE %s gate_%d %s %s FOR EACH ROW %s EXECUTE FUNCTION gate('%d')", kind, i, m.change, late, when, lockOf(i)))
	}
	for _, q := range made {
		if _, err := conn.Exec(k.Context(), q); err != nil {
			k.Fatalf("%s: %v", q, err)
		}
	}
}

func lockOf(moment int) int { return 4100 + moment }

// hand makes n completed runs with a link for each customer.
func (k *killing) hand(n int) []*said {
	k.Helper()
	now, records := app.Clock(), make([]ingest.Record, n)
	for i := range records {
		key := fmt.Sprint("run-", len(k.said)+i)
		records[i] = ingest.Record{Journey: ingest.Named{Key: "fibre", Name: "Fibre"}, Run: key, Customer: ingest.Customer{Key: key, Name: "زهرا"}, Ask: true,
			Contacts: []ingest.Contact{{Key: key + "/1", Touchpoint: ingest.Named{Key: "visit"}, Started: now.Add(-time.Hour),
				People: []ingest.Person{{Employee: ingest.Named{Key: fmt.Sprint("e", i%3)}, Team: []string{"Field"}}}}}, Completed: now}
	}
	if _, err := k.store.Take(k.Context(), records); err != nil {
		k.Fatal(err)
	}
	surveys := &survey.Service{Store: k.store, Ledger: k.store, Zone: storetest.Zone, Now: app.Clock}
	var handed []*said
	for i, r := range records {
		runs, err := k.store.RunsByKey(k.Context(), r.Run)
		if err != nil {
			k.Fatal(err)
		}
		token, err := surveys.HandOver(k.Context(), runs[0].ID)
		if err != nil {
			k.Fatal(err)
		}
		handed = append(handed, &said{run: runs[0].ID, link: survey.Path(token), words: "ήρθε νωρίς " + r.Run, value: 1 + i%5})
	}
	k.said = append(k.said, handed...)
	return handed
}

// round starts a server, lets those ask again whose answer was never confirmed, and kills the server among new ones.
func (k *killing) round(n, which int) {
	k.Helper()
	fresh := k.hand(40)
	var todo []*said // those of earlier rounds too
	for _, x := range k.said[:len(k.said)-len(fresh)] {
		if !x.acknowledged {
			todo = append(todo, x)
		}
	}
	todo = append(todo, fresh...)
	hit := false
	switch {
	case moments[which].change == "":
		hit = k.killedAmong(todo)
	case k.engine == "sqlite":
		hit = k.diesAt(which, todo)
	default:
		hit = k.killedAt(which, todo)
	}
	if hit {
		k.hits[moments[which].name]++
	}
	for _, x := range todo {
		if k.found(x) && !x.acknowledged {
			k.stored++
		}
	}
	k.exact()
	if k.Failed() {
		k.Fatalf("after round %d: %s (hit: %t)", n, moments[which].name, hit)
	}
}

// site is a server process; gone closes when it has ended.
type site struct {
	base    string
	process *exec.Cmd
	gone    chan struct{}
}

func (s site) kill() {
	s.process.Process.Kill()
	<-s.gone
}

// serving starts a server process with more in its environment, and waits until it answers. One that is to kill itself may
// be gone before: what the last one left to be folded is folded at once.
func (k *killing) serving(more ...string) site {
	k.Helper()
	addr := freeAddress(k.T)
	c := command(k.T, "serve", "--db", k.db, "--addr", addr)
	c.Env = append(c.Env, more...)
	var said bytes.Buffer
	c.Stderr = &said
	if err := c.Start(); err != nil {
		k.Fatal(err)
	}
	s := site{"http://" + addr, c, make(chan struct{})}
	go func() { c.Wait(); close(s.gone) }()
	k.Cleanup(s.kill)
	for late := time.After(time.Minute); ; {
		if answer, err := http.Get(s.base + "/healthz"); err == nil {
			answer.Body.Close()
			return s
		}
		select {
		case <-time.After(20 * time.Millisecond):
			continue
		case <-s.gone:
			if len(more) > 0 {
				return s
			}
		case <-late:
			s.kill()
		}
		k.Fatalf("the server does not answer: %s", said.String())
	}
}

// patience is how long a moment may take to come.
const patience = 30 * time.Second

// diesAt lets a server answer that kills itself.
func (k *killing) diesAt(which int, todo []*said) (hit bool) {
	k.Helper()
	times := 1 + rand.IntN(30)
	if moments[which].rare {
		times = 1 + rand.IntN(2)
	}
	s := k.serving(fmt.Sprintf("%s=%d:%d", asCommandDies, which, times))
	stop := k.load(s, todo)
	select {
	case <-s.gone:
		hit = true
	case <-time.After(patience):
		s.kill()
	}
	stop()
	return hit
}

// killedAt closes the gate of a moment while a server answers, and kills the server when it stands there.
func (k *killing) killedAt(which int, todo []*said) (hit bool) {
	k.Helper()
	lock := lockOf(which)
	s := k.serving()
	stop := k.load(s, todo)
	time.Sleep(time.Duration(rand.IntN(15)) * time.Millisecond)
	k.sql("SELECT pg_advisory_lock($1)", lock)
	for end := time.Now().Add(patience); !hit && time.Now().Before(end); time.Sleep(time.Millisecond) {
		err := k.killer.QueryRow(k.Context(), "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1)", lock).Scan(&hit)
		if err != nil {
			k.Fatal(err)
		}
	}
	time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond) // others come as far as they get
	s.kill()
	stop()
	k.sql("SELECT pg_advisory_unlock($1)", lock)
	return hit
}

// killedAmong kills a server whenever that happens to be.
func (k *killing) killedAmong(todo []*said) (hit bool) {
	k.Helper()
	before, s := k.cut, k.serving()
	stop := k.load(s, todo)
	time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
	s.kill()
	stop()
	return k.cut > before
}

func (k *killing) sql(q string, args ...any) {
	k.Helper()
	if _, err := k.killer.Exec(k.Context(), q, args...); err != nil {
		k.Fatal(err)
	}
}

func (k *killing) answer(base string, x *said) (status int, err error) {
	form := url.Values{"overall": {fmt.Sprint(x.value)}, "comment": {x.words}, fmt.Sprintf("t%d", k.visit): {fmt.Sprint(x.value)}}
	return post(base+x.link, "application/x-www-form-urlencoded", "", form.Encode())
}

// delivered is how many batches each feed sends at most.
const delivered = 60

// load answers and delivers by many at once until all is done or the server is gone. stop waits for that.
func (k *killing) load(s site, todo []*said) (stop func()) {
	var next, cut atomic.Int64
	var all sync.WaitGroup
	sent := make([][]batchSent, 3)
	for range 12 {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(todo); i = int(next.Add(1)) - 1 {
				status, err := k.answer(s.base, todo[i])
				if todo[i].acknowledged = status == http.StatusSeeOther; errors.Is(err, syscall.ECONNREFUSED) {
					return // gone
				}
				if err != nil {
					cut.Add(1)
				}
			}
		})
	}
	for f := range sent {
		all.Go(func() {
			for n := range delivered {
				b, body := batch(fmt.Sprintf("feed-%d-%d-%d", len(k.said), f, n))
				status, err := post(s.base+"/api/v1/interactions?create=1", "application/json", k.key, body)
				b.acknowledged = status == http.StatusOK
				if sent[f] = append(sent[f], b); errors.Is(err, syscall.ECONNREFUSED) {
					return
				}
				if err != nil {
					cut.Add(1)
				}
			}
		})
	}
	return func() {
		all.Wait()
		k.cut += int(cut.Load())
		k.batches = append(k.batches, slices.Concat(sent...)...)
	}
}

// batch is a run with four contacts as a feed sends it.
func batch(run string) (b batchSent, body string) {
	b.run = run
	var items []map[string]any
	for i := range 4 {
		key := fmt.Sprint(run, "/", i)
		b.contacts = append(b.contacts, key)
		items = append(items, map[string]any{"key": key, "run": run, "journey": "fibre", "touchpoint": "visit", "started": "2026-03-20T08:00:00Z", "customer": map[string]any{"key": run, "name": "Ольга"}})
	}
	text, err := json.Marshal(items)
	if err != nil {
		panic(err) // of plain strings
	}
	return b, string(text)
}

var browser = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func post(address, kind, key, body string) (status int, err error) {
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", kind)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	answer, err := browser.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

// found holds what one customer said against the record: once where it was acknowledged, at most once where not.
func (k *killing) found(x *said) bool {
	k.Helper()
	r, err := k.store.ResponseOf(k.Context(), x.run)
	lines, failed := k.store.EventsOf(k.Context(), "run", x.run)
	if failed != nil {
		k.Fatal(failed)
	}
	n := 0
	for _, e := range lines {
		if e.Verb == event.ResponseAnswered {
			n++
		}
	}
	switch {
	case err != nil && (x.acknowledged || n != 0):
		k.Errorf("%s: acknowledged %t, %d lines in the ledger, %v", x.words, x.acknowledged, n, err)
	case err == nil && (r.Comment != x.words || *r.Overall != x.value || r.Revision != 1 || n != 1):
		k.Errorf("%s is on record as %+v with %d lines in the ledger", x.words, r, n)
	}
	return err == nil
}

// exact holds the figures against the records, and what feeds were told against the contacts: all of a batch or nothing.
func (k *killing) exact() {
	k.Helper()
	jl(k.T, "verify", "--db", k.db)
	for _, b := range k.batches {
		there, err := k.store.WhereContacts(k.Context(), b.contacts)
		if err != nil || len(there) != len(b.contacts) && (b.acknowledged || len(there) != 0) {
			k.Errorf("batch %s: acknowledged %t, %d contacts are there, %v", b.run, b.acknowledged, len(there), err)
		}
	}
	k.batches = nil
}

// settled lets everybody answer at last, and counts.
func (k *killing) settled(rounds int) {
	k.Helper()
	s := k.serving()
	for _, x := range k.said {
		status, err := k.answer(s.base, x)
		if x.acknowledged = status == http.StatusSeeOther; err != nil || !x.acknowledged {
			k.Errorf("%s after the last restart: %d %v", x.words, status, err)
		}
	}
	s.kill()
	for _, x := range k.said {
		k.found(x)
	}
	k.exact()
	var all []figure
	if err := json.Unmarshal(jl(k.T, "figures", "--db", k.db, "--by", "journey", "--json"), &all); err != nil || len(all) != 1 || all[0].N != int64(len(k.said)) {
		k.Errorf("figures %+v, want each of %d answers once (%v)", all, len(k.said), err)
	}
	hits := 0
	for _, n := range k.hits {
		hits += n
	}
	k.Logf("%d kills, %d at the moment that was meant; %d requests cut off, %d of them stored all the same", rounds, hits, k.cut, k.stored)
	for _, name := range slices.Sorted(maps.Keys(k.hits)) {
		k.Logf("%4d  %s", k.hits[name], name)
	}
	if 2*hits < rounds || k.cut == 0 {
		k.Error("too few servers were killed where they were meant to be: the test proves nothing")
	}
}
