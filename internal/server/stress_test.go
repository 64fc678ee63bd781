package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// How long everybody does everything at once, and how many do.
const (
	stressTime = 4 * time.Second
	customers  = 10 // each with a survey of her own, and one that all of them answer
	feeds      = 8  // in pairs that deliver the same
	readers    = 12
)

// TestEverythingAtOnceLosesAndDoublesNothing lets 32 clients answer and change answers, deliver twice, complete, dispute,
// correct and read, beside an import, the fold and the crew. Nothing may fail but by "try again later"; afterwards every
// acknowledged word is there once, and the figures are what the records say.
func TestEverythingAtOnceLosesAndDoublesNothing(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s := &stress{World: servertest.Open(t, engine), acked: map[string]map[string]bool{}}
			s.prepare()
			s.rage()
			s.settled()
		})
	}
}

type stress struct {
	*servertest.World
	tokens, runs []string // a survey each, and the runs they are about

	mu        sync.Mutex
	acked     map[string]map[string]bool // comments acknowledged, by run; the last one alone where one customer answers
	contacts  []string                   // keys of interactions acknowledged
	completed []string                   // keys of runs whose completion was acknowledged
	imported  int
	slowest   time.Duration
	did, put  sync.Map // how often each kind of thing was done, and was put off
}

// prepare makes the runs that are asked about, each answered once, so that there is something to dispute.
func (s *stress) prepare() {
	s.T.Helper()
	for i := range customers + 1 {
		key := fmt.Sprint("asked-", i)
		r := s.Completed(key)
		r.Ask = true
		s.Take(r)
		s.runs = append(s.runs, key)
		token := s.Link(s.RunOf(key).ID)
		s.tokens = append(s.tokens, token)
		s.acked[key] = map[string]bool{}
		s.answer(s.Stranger(), i, false)
	}
	if len(s.runs) != customers+1 {
		s.T.Fatalf("%d runs", len(s.runs))
	}
}

func (s *stress) rage() {
	s.T.Helper()
	stop, err := s.App.Background(s.T.Context())
	if err != nil {
		s.T.Fatal(err)
	}
	defer stop()
	var clients []func(n int)
	again := func(do func(n int)) { clients = append(clients, do) }
	for i := range customers {
		mine, shared := s.Stranger(), s.Stranger()
		again(func(n int) { s.answer(mine, i, false); s.answer(shared, customers, true) })
	}
	for i := range feeds {
		crm := s.crm()
		again(func(n int) { s.deliver(crm, fmt.Sprintf("feed-%d-%d", i/2, n)) })
	}
	for i := range readers {
		who := []string{"zahra", "nikos", "ann", "olga"}[i%4]
		reader := s.As(who)
		again(func(n int) { s.read(reader, who, n) })
	}
	zahra, nikos := s.As("zahra"), s.As("nikos")
	again(func(n int) { s.dispute(zahra, n) })
	again(func(n int) { s.correct(nikos, n) })
	again(s.load)
	end := time.Now().Add(stressTime)
	var all sync.WaitGroup
	for _, do := range clients { // all have signed in
		all.Go(func() {
			for n := 0; time.Now().Before(end) && !s.T.Failed(); n++ {
				do(n)
			}
		})
	}
	all.Wait()
}

// do sends a request; ok is false when it was put off. Anything that is neither wanted nor "try again later" fails.
func (s *stress) do(kind string, c *servertest.Client, r *http.Request, wanted ...int) (page servertest.Page, ok bool) {
	page = c.Do(r)
	for _, status := range wanted {
		if page.Status == status {
			s.count(&s.did, kind)
			return page, true
		}
	}
	s.count(&s.put, kind)
	if page.Status != http.StatusServiceUnavailable || page.Header.Get("Retry-After") == "" {
		s.T.Errorf("%s: %s %s: %d %.300s", kind, r.Method, r.URL.Path, page.Status, page.Find("main").Text()+page.Body)
	}
	return page, false
}

func (s *stress) count(in *sync.Map, kind string) {
	n, _ := in.LoadOrStore(kind, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
}

func filled(c *servertest.Client, path string, values url.Values) *http.Request {
	r := c.Request("POST", path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", c.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

var words atomic.Int64

// answer fills in the survey, with words that were never said before. Of a survey that several answer at once, any of
// the acknowledged words may be the last.
func (s *stress) answer(c *servertest.Client, i int, shared bool) {
	said := fmt.Sprint("گفته ", words.Add(1))
	x := func() string { return fmt.Sprint(1 + rand.IntN(5)) }
	values := url.Values{"overall": {x()}, "comment": {said}, "t" + id(s.Visit.ID): {x()}, "t" + id(s.Shop.ID): {x()}}
	if rand.IntN(4) == 0 {
		values.Set("contact", "1")
	}
	if shared { // noted before: its answer may arrive after somebody looks
		s.ack(s.runs[i], said, true)
	}
	page, ok := s.do("answer", c, filled(c, "/s/"+s.tokens[i], values), 303)
	if ok && !shared {
		s.ack(s.runs[i], said, false)
	}
	if ok && rand.IntN(4) == 0 {
		s.do("thanks", c, c.Request("GET", page.Location, nil), 200)
	}
}

func (s *stress) ack(run, said string, also bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !also {
		clear(s.acked[run])
	}
	s.acked[run][said] = true
}

// crm is a client with a key of its own.
func (s *stress) crm() func(path, body string) *http.Request {
	key, _, err := s.App.Keys.Issue(context.Background(), "feed")
	if err != nil {
		s.T.Fatal(err)
	}
	c := s.Stranger()
	return func(path, body string) *http.Request {
		r := c.Request("POST", path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		return r
	}
}

// deliver sends a batch of runs with two contacts each, twice, and completes one of the runs. Another feed does the same
// at the same time.
func (s *stress) deliver(crm func(path, body string) *http.Request, batch string) {
	c := s.Stranger()
	var items []map[string]any
	var keys []string
	for i := range 5 {
		run := fmt.Sprint(batch, "-", i)
		for n, tp := range []string{"shop", "call"} {
			key := fmt.Sprint(run, "/", n)
			keys = append(keys, key)
			items = append(items, map[string]any{"key": key, "run": run, "journey": "fibre", "touchpoint": tp, "started": s.Now().Add(-time.Hour),
				"customer": map[string]any{"key": run, "name": "Μαρία", "email": "m@example.org"},
				"people":   []map[string]any{{"employee": "new-" + batch, "name": "Ольга", "team_path": []string{"Field", "Team " + batch}}}})
		}
	}
	body, err := json.Marshal(items)
	if err != nil {
		s.T.Error(err)
		return
	}
	for range 2 {
		if _, ok := s.do("batch", c, crm("/api/v1/interactions", string(body)), 200); !ok {
			return
		}
	}
	run := batch + "-0"
	_, ok := s.do("completion", c, crm("/api/v1/runs/"+run+"/completion", "{}"), 200)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.contacts = append(s.contacts, keys...)
	if ok {
		s.completed = append(s.completed, run)
	}
}

// read opens pages and the survey that everybody answers, and notes the slowest.
func (s *stress) read(c *servertest.Client, who string, n int) {
	paths := map[string][]string{"zahra": {"/feedback"}, "nikos": {"/team", "/feedback"},
		"ann": {"/company", "/runs", "/search?q=asked"}, "olga": {"/journeys/" + id(s.Fibre.ID), "/journeys"}}[who]
	began := time.Now()
	s.do("page", c, c.Request("GET", paths[n%len(paths)], nil), 200)
	s.do("survey", c, c.Request("GET", "/s/"+s.tokens[n%len(s.tokens)], nil), 200)
	took := time.Since(began)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slowest = max(s.slowest, took)
}

// dispute says "not me", or takes it back, while the answer it is about changes.
func (s *stress) dispute(zahra *servertest.Client, n int) {
	path, found := s.rating(n)
	if !found {
		return
	}
	said := []string{"not_me", "thanks", "system"}[rand.IntN(3)]
	s.do("reply", zahra, filled(zahra, "/feedback/"+path+"/reply", url.Values{"reply": {said}}), 303, 404, 409)
}

// correct moves ratings to and fro within the supervisor's team.
func (s *stress) correct(nikos *servertest.Client, n int) {
	path, found := s.rating(n)
	if !found {
		return
	}
	to := []string{"e" + id(s.Zahra.ID), "e" + id(s.Nikos.ID), "t" + id(s.North.ID)}[rand.IntN(3)]
	s.do("move", nikos, filled(nikos, "/team/ratings/"+path+"/attribution", url.Values{"to": {to}, "reason": {"اشتباه"}}), 303, 404, 409, 422)
	time.Sleep(10 * time.Millisecond) // what was moved by somebody cannot be disputed any more
}

func (s *stress) rating(n int) (path string, found bool) {
	r, err := s.App.Store.ResponseOf(context.Background(), s.RunOf(s.runs[n%len(s.runs)]).ID)
	if err != nil {
		s.T.Error(err)
		return "", false
	}
	return id(r.ID) + "/" + id(s.Visit.ID), true
}

// load is an import beside everything else; the same again and again.
func (s *stress) load(n int) {
	overall := 4
	records := make([]ingest.Record, 100)
	for i := range records {
		key := fmt.Sprintf("past-%d-%d", n%20, i)
		records[i] = ingest.Record{Journey: ingest.Named{Key: "past"}, Run: key, Completed: s.Now(), Customer: ingest.Customer{Key: key, Name: "سارا"},
			Contacts: []ingest.Contact{{Key: key, Touchpoint: ingest.Named{Key: "shop"}, Started: s.Now().Add(-time.Hour),
				People: []ingest.Person{{Employee: ingest.Named{Key: "zahra"}, Team: []string{"Field", "North"}}}}},
			Answer: &ingest.Answer{Key: key, At: s.Now(), Scale: stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}, Overall: &overall,
				Ratings: []ingest.Rating{{Touchpoint: ingest.Named{Key: "shop"}, Scale: servertest.CSAT, Value: 1 + i%5}}}}
	}
	out, err := s.App.Store.Take(context.Background(), records)
	if fault.KindOf(err) == fault.KindBusy {
		s.count(&s.put, "import")
		return
	}
	if err != nil {
		s.T.Errorf("import: %v", err)
		return
	}
	s.count(&s.did, "import")
	for _, o := range out {
		s.imported += o.Counts.Runs
	}
}

// settled looks at what is left when the dust has.
func (s *stress) settled() {
	s.T.Helper()
	ctx := context.Background()
	report := map[string]int64{}
	for _, kind := range []string{"answer", "batch", "completion", "page", "survey", "reply", "move", "import"} {
		n, ok := s.did.Load(kind)
		if !ok {
			s.T.Errorf("no %s got through", kind)
			continue
		}
		report[kind] = n.(*atomic.Int64).Load()
	}
	s.put.Range(func(kind, n any) bool { report[kind.(string)+" put off"] = n.(*atomic.Int64).Load(); return true })
	s.T.Logf("%v; slowest reader %v", report, s.slowest.Round(time.Millisecond))
	for _, key := range s.runs {
		r, err := s.App.Store.ResponseOf(ctx, s.RunOf(key).ID)
		if err != nil || !s.acked[key][r.Comment] {
			s.T.Errorf("run %s says %q, but acknowledged was %v (%v)", key, r.Comment, s.acked[key], err)
		}
	}
	where, err := s.App.Store.WhereContacts(ctx, s.contacts)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, key := range s.contacts {
		if want, _, _ := strings.Cut(key, "/"); where[key].Run != want {
			s.T.Errorf("contact %s is on run %q", key, where[key].Run)
		}
	}
	for _, key := range s.completed {
		if r := s.RunOf(key); r.State != "completed" {
			s.T.Errorf("run %s is %s", key, r.State)
		}
	}
	if want := 100 * int(min(20, report["import"])); s.imported != want {
		s.T.Errorf("%d runs imported, want %d", s.imported, want)
	}
	differs, err := s.App.Store.Verify(ctx)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, d := range differs {
		s.T.Errorf("figures differ from the records: %+v", d)
	}
}
