package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/intake"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// What comparable systems were seen to get wrong under load, and what holds it here:
//
//	numbering by MAX + 1               store TestNoNumberIsMadeFromTheLargest, intake TestTwoNodesTakeTheSameAnswersOnce,
//	                                   TestDraftsBegunAtOnceAreOne
//	a second connection in a           intake TestClientsBeyondThePoolDoNotWaitForEachOther (a pool of one), every world with
//	transaction                        servertest.Narrow, store.Watch in all tests,
//	                                   TestMoreCustomersThanConnectionsToTheDatabaseAreAllServed
//	an error for what was stored       intake TestAnAnswerStoredWhoseConfirmationWasLostIsAcknowledged, TestACallerWhoLeaves,
//	                                   TestACustomerWhoHangsUpLeavesAllOrNothing, TestTheServerOutlivesItsConnections
//	a summary that reads every row     store TestFiguresAreToldWithoutTheRecords
//	paging by an id that does not      TestWhatIsTakenInLateIsInEveryListFigureAndFile
//	follow time
//	shared maps in log and metric      TestTheLogTellsOfEachRequestOnce, TestEverythingAtOnceLosesAndDoublesNothing (make test
//	code                               ARGS=-race)
//	a file cut off by the server's     TestASlowReaderGetsAWholeFile
//	write timeout
//	a full queue                       intake TestAFullQueueSaysSoAtOnceAndForgetsIt, TestAFullQueueOfAnswersSaysComeAgain…,
//	                                   TestAFullQueueOfContactsSaysComeAgain…
//	a process killed at any moment     cmd/journeyloop crash_test.go

// links makes runs about which nothing was said yet, and a link for each that is good for one answer.
func links(w *servertest.World, name string, n int) (keys, links []string) {
	w.T.Helper()
	records := make([]ingest.Record, n)
	for i := range records {
		records[i] = w.Completed(fmt.Sprint(name, "-", i))
		records[i].Ask = true
		keys = append(keys, records[i].Run)
	}
	w.Take(records...)
	for _, key := range keys {
		token, err := w.App.Surveys.HandOver(context.Background(), w.RunOf(key).ID)
		if err != nil {
			w.T.Fatal(err)
		}
		links = append(links, survey.Path(token))
	}
	return keys, links
}

// filledIn is what the i-th customer fills in.
func filledIn(w *servertest.World, i int) url.Values {
	return url.Values{"overall": {fmt.Sprint(1 + i%5)}, "comment": {fmt.Sprint("گفته ", i)}, "t" + id(w.Visit.ID): {fmt.Sprint(1 + i%4)}}
}

// saidOnce holds a run against what its customer was told is stored: there as she said it, and once.
func saidOnce(w *servertest.World, key string, i int) {
	w.T.Helper()
	r, err := w.App.Store.ResponseOf(context.Background(), w.RunOf(key).ID)
	if err != nil || r.Comment != fmt.Sprint("گفته ", i) || r.Revision != 1 || len(r.Ratings) != 1 {
		w.T.Errorf("%s is on record as %+v, %v", key, r, err)
	}
}

// TestMoreCustomersThanConnectionsToTheDatabaseAreAllServed: whatever took a second connection while it held one would
// wait for itself once there are more customers than connections (two for each core and one).
func TestMoreCustomersThanConnectionsToTheDatabaseAreAllServed(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for _, clients := range []int{8, 32, 256} {
			keys, open := links(w, fmt.Sprint("with-", clients), clients)
			var all sync.WaitGroup
			for i, link := range open {
				c := w.Stranger()
				all.Go(func() {
					if p := c.Post(link, filledIn(w, i)); p.Status != http.StatusSeeOther {
						t.Errorf("one of %d: %d %s", clients, p.Status, p.Find("main").Text())
					}
				})
			}
			all.Wait()
			for i, key := range keys {
				saidOnce(w, key, i)
			}
		}
		unharmed(w)
	})
}

// gate lets nothing be stored until it opens.
type gate struct {
	open chan struct{}
	intake.Answers
	ingest.Sink
}

func (g *gate) pass(ctx context.Context) error {
	select {
	case <-g.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *gate) AnswerAll(ctx context.Context, all []feedback.Submission) ([]feedback.Outcome, error) {
	if err := g.pass(ctx); err != nil {
		return nil, err
	}
	return g.Answers.AnswerAll(ctx, all)
}

func (g *gate) Take(ctx context.Context, records []ingest.Record) ([]ingest.Outcome, error) {
	if err := g.pass(ctx); err != nil {
		return nil, err
	}
	return g.Sink.Take(ctx, records)
}

// cramped is a world in which few may wait, behind a gate.
func cramped(t *testing.T, engine string, room int) (*servertest.World, *gate) {
	t.Helper()
	g := &gate{open: make(chan struct{})}
	return servertest.Open(t, engine, servertest.Intake(func(a *app.App) *intake.Desk {
		g.Answers, g.Sink = a.Feedback, a.Store
		return intake.OpenCramped(g, g, 1, room)
	})), g
}

// crowd knocks n times at once at a closed gate, opens it when so many were sent away as cannot have found room, and
// returns all answers.
func crowd(g *gate, n, away int, knock func(i int) servertest.Page) []servertest.Page {
	pages, refused := make([]servertest.Page, n), make(chan struct{}, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if pages[i] = knock(i); pages[i].Status == http.StatusServiceUnavailable {
				refused <- struct{}{}
			}
		})
	}
	for range away {
		<-refused
	}
	close(g.open)
	all.Wait()
	return pages
}

func TestAFullQueueOfAnswersSaysComeAgainAndLosesNothing(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			const room, n = 4, 16
			w, g := cramped(t, engine, room)
			keys, open := links(w, "crowd", n)
			pages := crowd(g, n, n-2*room, func(i int) servertest.Page { return w.Stranger().Post(open[i], filledIn(w, i)) })
			taken := 0
			for i, p := range pages {
				if p.Status == http.StatusSeeOther {
					saidOnce(w, keys[i], i)
					taken++
					continue
				}
				if p.Status != http.StatusServiceUnavailable || p.Header.Get("Retry-After") != "5" || p.Find("main").Text() == "" {
					t.Errorf("sent away with %d, Retry-After %q: %s", p.Status, p.Header.Get("Retry-After"), p.Body)
				}
				if _, err := w.App.Store.ResponseOf(t.Context(), w.RunOf(keys[i]).ID); fault.KindOf(err) != fault.KindMissing {
					t.Errorf("%s was sent away and is on record (%v)", keys[i], err)
				}
				if p := w.Stranger().Post(open[i], filledIn(w, i)); p.Status != http.StatusSeeOther {
					t.Errorf("when she comes again: %d", p.Status)
				}
				saidOnce(w, keys[i], i)
			}
			if taken == 0 || taken > 2*room {
				t.Errorf("%d found room", taken)
			}
			unharmed(w)
		})
	}
}

func TestAFullQueueOfContactsSaysComeAgainAndLosesNothing(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			const room, n, each = 4, 12, 3 // one batch is being stored and one waits
			w, g := cramped(t, engine, room)
			key, _, err := w.App.Keys.Issue(t.Context(), "CRM")
			if err != nil {
				t.Fatal(err)
			}
			var batches [][]string
			knock := func(i int) servertest.Page {
				var items []string
				for _, key := range batches[i] {
					items = append(items, fmt.Sprintf(`{"key":%q,"run":"feed-%d","journey":"fibre","touchpoint":"shop","started":"2026-03-20T08:00:00Z"}`, key, i))
				}
				c := w.Stranger()
				r := c.Request("POST", "/api/v1/interactions", strings.NewReader("["+strings.Join(items, ",")+"]"))
				r.Header.Set("Authorization", "Bearer "+key)
				r.Header.Set("Content-Type", "application/json")
				return c.Do(r)
			}
			for i := range n {
				batches = append(batches, []string{fmt.Sprint(i, "/a"), fmt.Sprint(i, "/b"), fmt.Sprint(i, "/c")})
			}
			there := func(i int) int {
				found, err := w.App.Store.WhereContacts(t.Context(), batches[i])
				if err != nil {
					t.Fatal(err)
				}
				return len(found)
			}
			taken := 0
			for i, p := range crowd(g, n, n-2, knock) {
				if p.Status == http.StatusOK {
					taken++
				} else if p.Status != http.StatusServiceUnavailable || p.Header.Get("Retry-After") != "5" || !strings.Contains(p.Body, `"code":"errors.busy"`) || there(i) != 0 {
					t.Errorf("sent away with %d, Retry-After %q, %d on record: %s", p.Status, p.Header.Get("Retry-After"), there(i), p.Body)
				} else if again := knock(i); again.Status != http.StatusOK || !strings.Contains(again.Body, `"created":3`) {
					t.Errorf("when it comes again: %d %s", again.Status, again.Body)
				}
				if again := knock(i); there(i) != each || !strings.Contains(again.Body, `"unchanged":3`) {
					t.Errorf("%d of a batch of %d are there: %s", there(i), each, again.Body)
				}
			}
			if taken == 0 || taken > 2 {
				t.Errorf("%d batches found room", taken)
			}
		})
	}
}

// TestDraftsBegunAtOnceAreOne: versions are numbered within their journey, by one more than the largest so far. Whoever
// comes second must see what the first has begun.
func TestDraftsBegunAtOnceAreOne(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.AddAnswered("order-1", 4, "")
		olga, plans := w.Actor("olga"), make([]int64, 4)
		var inside atomic.Int32
		var all sync.WaitGroup
		for i := range plans {
			all.Go(func() {
				plan, err := w.App.Journeys.Edit(t.Context(), olga, w.Fibre.ID, func(*journey.Plan) error {
					inside.Add(1)
					for end := time.Now().Add(100 * time.Millisecond); inside.Load() < 2 && time.Now().Before(end); { // for somebody who got as far
						time.Sleep(time.Millisecond)
					}
					return nil
				})
				if plans[i] = plan.Version.ID; err != nil || plan.Version.Number != 2 {
					t.Errorf("a draft: number %d, %v", plan.Version.Number, err)
				}
			})
		}
		all.Wait()
		if slices.Sort(plans); plans[0] != plans[len(plans)-1] {
			t.Errorf("drafts %v, want one", plans)
		}
	})
}

// TestWhatIsTakenInLateIsInEveryListFigureAndFile: what happened long ago is recorded today. Its numbers are the newest
// while its time is the oldest, so whatever pages or bounds by the wrong one of the two leaves it out.
func TestWhatIsTakenInLateIsInEveryListFigureAndFile(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		const n = 30 // more than a page of a list
		long := w.Now().AddDate(-1, -3, 0)
		var records []ingest.Record
		var keys, said []string
		for i := range 2 * n {
			key, words := fmt.Sprintf("order-%03d", i), fmt.Sprintf("گفته %03d", i)
			r := w.Answered(key, 1+i%5, words)
			if i >= n { // after the others, and before their time
				back := long.Add(time.Duration(i) * time.Hour).Sub(w.Now())
				r.Contacts[0].Started, r.Contacts[1].Started = r.Contacts[0].Started.Add(back), r.Contacts[1].Started.Add(back)
				r.Completed, r.Answer.At = r.Completed.Add(back), r.Answer.At.Add(back)
			}
			records, keys, said = append(records, r), append(keys, key), append(said, words)
		}
		w.Take(records[:n]...)
		w.Take(records[n:]...)
		ann, zahra, olga := w.As("ann"), w.As("zahra"), w.As("olga")
		fibre := "/journeys/" + id(w.Fibre.ID)
		missesNone(t, "the list of runs", everyPage(t, ann, "/runs?x=1", "page"), keys)
		missesNone(t, "the file of runs", ann.Get("/runs.csv").Body, keys)
		missesNone(t, "the runs of that time", everyPage(t, ann, "/runs?to="+long.AddDate(0, 1, 0).Format(time.DateOnly), "page"), keys[n:])
		missesNone(t, "own feedback", everyPage(t, zahra, "/feedback?mood=", "page")+everyPage(t, zahra, "/feedback?for=employee", "page"), said)
		missesNone(t, "the file of own feedback", zahra.Get("/feedback.csv?for=employee").Body, said)
		missesNone(t, "a journey's words", everyPage(t, olga, fibre+"?days=all", "page"), said)
		missesNone(t, "the file of a journey's words", ann.Get(fibre+"/words.csv?days=all").Body, said)
		missesNone(t, "the customers", everyPage(t, ann, "/customers?x=1", "page"), keys)
		for path, rows := range map[string]int{"/company/figures.csv?days=all": 1, "/journeys/figures.csv?days=all": 1, fibre + "/figures.csv?days=all": 2} {
			counted(t, olga, ann, path, rows, 2*n)
		}
		for path, rows := range map[string]int{"/company/figures.csv?days=30": 1, fibre + "/figures.csv?days=30": 2} {
			counted(t, olga, ann, path, rows, n)
		}
		for sentence, by := range map[string]insight.Question{
			"journey": {By: feedback.ByJourney}, "touchpoint": {By: feedback.ByTouchpoint, IDs: []int64{w.Visit.ID}},
			"team": {By: feedback.ByTeam, IDs: []int64{w.North.ID}}, "employee": {By: feedback.ByEmployee, IDs: []int64{w.Zahra.ID}},
		} {
			by.To = i18n.Day(long.AddDate(0, 1, 0), w.App.Config.TimeZone)
			lines, err := w.App.Insight.Figures(t.Context(), by)
			if err != nil || len(lines) != 1 || lines[0].Figure.N != n {
				t.Errorf("figures by %s of that time: %+v %v", sentence, lines, err)
			}
		}
		unharmed(w)
	})
}

// everyPage is the text of a list from its first page to its last.
func everyPage(t *testing.T, c *servertest.Client, path, name string) string {
	t.Helper()
	var all strings.Builder
	for n := 1; n < 40; n++ {
		p := c.Get(fmt.Sprint(path, "&", name, "=", n))
		if p.Status != http.StatusOK {
			t.Fatalf("%s: %d", path, p.Status)
		}
		all.WriteString(p.Find("main").Text() + "\n")
		if p.Find(fmt.Sprintf("main a[href*='%s=%d']", name, n+1)).Length() == 0 {
			return all.String()
		}
	}
	t.Fatalf("%s has no last page", path)
	return ""
}

func missesNone(t *testing.T, what, text string, wanted []string) {
	t.Helper()
	var missing []string
	for _, x := range wanted {
		if !strings.Contains(text, x) {
			missing = append(missing, x)
		}
	}
	if len(missing) > 0 {
		t.Errorf("%s: %d of %d are missing: %.200v", what, len(missing), len(wanted), missing)
	}
}

// counted looks at the numbers in a file of figures.
func counted(t *testing.T, olga, ann *servertest.Client, path string, rows, n int) {
	t.Helper()
	c := olga
	if strings.HasPrefix(path, "/company") {
		c = ann
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(c.Get(path).Body, "\ufeff"))).ReadAll()
	if err != nil || len(lines) != rows+1 {
		t.Fatalf("%s: %v %v", path, lines, err)
	}
	for _, line := range lines[1:] {
		if line[slices.Index(lines[0], "Answers")] != strconv.Itoa(n) {
			t.Errorf("%s: %v, want n = %d", path, line, n)
		}
	}
}

// journal takes log lines from many at once, as a file does.
type journal struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines.Write(p)
}

// TestTheLogTellsOfEachRequestOnce lets many kinds of requests through the middleware at once: under the race detector it
// finds what they share without asking.
func TestTheLogTellsOfEachRequestOnce(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	w.AddAnswered("order-1", 2, "سلام")
	key, _, err := w.App.Keys.Issue(t.Context(), "CRM")
	if err != nil {
		t.Fatal(err)
	}
	log := &journal{}
	door, err := w.App.Server(slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewServer(door.Handler())
	defer site.Close()
	signed := w.As("ann").HTTP.Jar.Cookies(mustURL(t, w.URL))
	kinds := []func() *http.Request{
		func() *http.Request { return request(t, "GET", site.URL+"/runs", "", signed) },
		func() *http.Request { return request(t, "GET", site.URL+"/static/app.css", "", nil) },
		func() *http.Request { return request(t, "GET", site.URL+"/nowhere?lang=fa", "", nil) },
		func() *http.Request { return request(t, "GET", site.URL+"/healthz", "", nil) },
		func() *http.Request { return request(t, "POST", site.URL+"/s/nonsense", "overall=3", nil) },
		func() *http.Request { return request(t, "POST", site.URL+"/sign-in", "login=x&password=y", nil) },
		func() *http.Request {
			r := request(t, "POST", site.URL+"/api/v1/interactions", "[]", nil)
			r.Header.Set("Authorization", "Bearer "+key)
			r.Header.Set("Content-Type", "application/json")
			return r
		},
	}
	const clients, each = 14, 8
	named := make([][]string, clients)
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for n := range each {
				answer, err := http.DefaultTransport.RoundTrip(kinds[(c+n)%len(kinds)]())
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				named[c] = append(named[c], answer.Header.Get("X-Request-Id"))
			}
		})
	}
	all.Wait()
	site.Close() // the last line is written after the answer has left
	want, got := slices.Sorted(slices.Values(slices.Concat(named...))), []string{}
	for lines := bufio.NewScanner(&log.lines); lines.Scan(); {
		var line struct{ Msg, ID string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		if line.Msg == "request" {
			got = append(got, line.ID)
		}
	}
	slices.Sort(got)
	if len(got) != clients*each || !slices.Equal(got, want) || len(slices.Compact(got)) != clients*each {
		t.Errorf("%d lines about %d requests", len(got), clients*each)
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func request(t *testing.T, method, address, body string, cookies []*http.Cookie) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

// narrow is a listener whose connections hold little in the machine, so that a slow reader is felt at once.
type narrow struct{ net.Listener }

func (n narrow) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		err = tcp.SetWriteBuffer(32 << 10)
	}
	return c, err
}

// TestASlowReaderGetsAWholeFile: the server's time limit is for pages; a file takes as long as its reader does.
func TestASlowReaderGetsAWholeFile(t *testing.T) {
	const limit, runs = 300 * time.Millisecond, 400 // two pages of words
	w := servertest.Open(t, "sqlite")
	var records []ingest.Record
	for i := range runs {
		records = append(records, w.Answered(fmt.Sprint("order-", i), 1+i%5, fmt.Sprint("گفته ", i, strings.Repeat(" سلام", 100))))
	}
	w.Take(records...)
	site := &httptest.Server{Listener: listening(t), Config: &http.Server{Handler: w.Server.Handler(), WriteTimeout: limit}}
	site.Start()
	defer site.Close()
	for _, path := range []string{"/journeys/" + id(w.Fibre.ID) + "/words.csv?days=all", "/feedback.csv?for=leader"} {
		login := map[bool]string{true: "ann", false: "olga"}[strings.HasPrefix(path, "/journeys")]
		signed := w.As(login).HTTP.Jar.Cookies(mustURL(t, w.URL))
		began := time.Now()
		body := slowly(t, request(t, "GET", site.URL+path, "", signed), 2*limit)
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || len(rows) < runs+1 || time.Since(began) < 2*limit {
			t.Errorf("%s: %d rows after %v, %v", path, len(rows), time.Since(began), err)
		}
	}
}

func listening(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return narrow{l}
}

// slowly reads an answer a little at a time for as long as it is told, and then the rest.
func slowly(t *testing.T, r *http.Request, while time.Duration) string {
	t.Helper()
	browser := &http.Client{Transport: &http.Transport{DisableCompression: true, ReadBufferSize: 4 << 10,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			if tcp, ok := c.(*net.TCPConn); ok {
				err = tcp.SetReadBuffer(32 << 10)
			}
			return c, err
		}}}
	defer browser.CloseIdleConnections()
	answer, err := browser.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%+v %v", answer, err)
	}
	defer answer.Body.Close()
	var body bytes.Buffer
	for end := time.Now().Add(while); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if _, err := io.CopyN(&body, answer.Body, 1<<10); err != nil {
			t.Fatalf("cut off after %d bytes: %v", body.Len(), err)
		}
	}
	if _, err := io.Copy(&body, answer.Body); err != nil {
		t.Fatalf("cut off after %d bytes: %v", body.Len(), err)
	}
	return body.String()
}
