package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/api"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// machine is another system with a key of its own.
type machine struct {
	*servertest.World
	t   *testing.T
	key string
}

func connect(t *testing.T, w *servertest.World) machine {
	t.Helper()
	key, _, err := w.App.Keys.Issue(context.Background(), "CRM")
	if err != nil {
		t.Fatal(err)
	}
	return machine{w, t, key}
}

// reply is an answer of the door: a report, a problem, or both.
type reply struct {
	api.Problem
	api.Report
	api.Completed
	code   int
	header http.Header
	body   string
}

func (m machine) post(path, body string) reply {
	m.t.Helper()
	return m.send(path, strings.NewReader(body), func(*http.Request) {})
}

func (m machine) send(path string, body io.Reader, change func(*http.Request)) reply {
	m.t.Helper()
	r, err := http.NewRequestWithContext(m.t.Context(), http.MethodPost, m.URL+path, body)
	if err != nil {
		m.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+m.key)
	change(r)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		m.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	got := reply{code: answer.StatusCode, header: answer.Header, body: string(text)}
	for _, part := range []any{&got.Problem, &got.Report, &got.Completed} {
		if err := json.Unmarshal(text, part); err != nil {
			m.t.Fatalf("status %d: %v: %s", answer.StatusCode, err, text)
		}
	}
	if strings.Contains(got.body, "⟦") {
		m.t.Errorf("a message is missing: %s", got.body)
	}
	if kind := answer.Header.Get("Content-Type"); (answer.StatusCode >= 400) != (kind == "application/problem+json") {
		m.t.Errorf("status %d as %s", answer.StatusCode, kind)
	}
	return got
}

// complaints of a reply: "index member code" per defect of an item.
func (r reply) complaints() []string {
	var out []string
	for _, item := range r.Items {
		for _, e := range item.Errors {
			out = append(out, fmt.Sprintf("%d %s %s", item.Index, e.Member, e.Code))
		}
	}
	return out
}

// contact is a good item, with members changed; nil takes one away.
func contact(key string, change map[string]any) map[string]any {
	x := map[string]any{"key": key, "run": "order-1", "journey": "fibre", "touchpoint": "shop", "started": "2026-03-19T11:00:00+03:30"}
	for name, v := range change {
		if x[name] = v; v == nil {
			delete(x, name)
		}
	}
	return x
}

func batch(items ...map[string]any) string {
	body, err := json.Marshal(items)
	if err != nil {
		panic(err)
	}
	return string(body)
}

func (m machine) verify() {
	m.t.Helper()
	differs, err := m.App.Store.Verify(context.Background())
	if err != nil || len(differs) > 0 {
		m.t.Errorf("figures differ from raw records: %+v %v", differs, err)
	}
}

// walk is the only run with this key.
func (m machine) walk(key string) run.Walk {
	m.t.Helper()
	runs, err := m.App.Store.RunsByKey(context.Background(), key)
	if err != nil || len(runs) != 1 {
		m.t.Fatalf("%d runs with key %q: %v", len(runs), key, err)
	}
	walk, err := m.App.Store.WalkOf(context.Background(), runs[0].ID)
	if err != nil {
		m.t.Fatal(err)
	}
	return walk
}

func (m machine) nothingTaken(key string) {
	m.t.Helper()
	if runs, err := m.App.Store.RunsByKey(context.Background(), key); err != nil || len(runs) != 0 {
		m.t.Errorf("something was taken: %v %v", runs, err)
	}
}

const interactions = "/api/v1/interactions"

func TestAContactIsTakenWithEverythingItSays(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		got := m.post(interactions, batch(contact("c-1", map[string]any{
			"touchpoint": "visit", "ended": "2026-03-19T12:00:00+03:30", "channel": "visit", "topic": "نصب مودم", "resolved": true,
			"customer":  map[string]any{"key": "k-7", "name": "Μαρία Ιωάννου", "email": "maria@example.org", "phone": "+30 210 1234567", "language": "el", "channel": "sms", "segment": "home"},
			"people":    []any{map[string]any{"employee": "zahra"}, map[string]any{"employee": "new-1", "name": "Сергей", "team_path": []string{"Field", "North"}}},
			"promise":   map[string]any{"due": "2026-03-25T09:00:00Z", "kept": nil, "business": true},
			"completed": "2026-03-20T08:00:00Z"})))
		if got.code != http.StatusOK || got.Created != 1 || got.Report.Items[0].Status != "created" {
			t.Fatalf("%d %s", got.code, got.body)
		}
		walk := m.walk("order-1")
		x := walk.Contacts[0].Interaction
		if walk.Customer.Name != "Μαρία Ιωάννου" || walk.Customer.Channel != "sms" || walk.Customer.Language != "el" || !walk.Run.Ask || walk.Run.State != run.Completed {
			t.Errorf("%+v %+v", walk.Run, walk.Customer)
		}
		if x.Topic != "نصب مودم" || x.Resolved == nil || !*x.Resolved || x.PromiseDue == nil || x.PromiseKept != nil || !x.PromiseBusiness ||
			!x.StartedAt.Equal(time.Date(2026, 3, 19, 7, 30, 0, 0, time.UTC)) || x.EndedAt == nil {
			t.Errorf("%+v", x)
		}
		served := walk.Contacts[0].People
		if len(served) != 2 || served[0].EmployeeID != w.Zahra.ID || served[0].TeamID != w.North.ID || served[1].TeamID == 0 {
			t.Errorf("served: %+v", served)
		}
		w.Drain()
		if _, err := w.App.Store.InvitationOfRun(t.Context(), walk.Run.ID); err != nil {
			t.Errorf("nobody is asked: %v", err)
		}
	})
}

func TestWhoMayKnock(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		revoked, key, err := w.App.Keys.Issue(t.Context(), "old CRM")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.App.Keys.Revoke(t.Context(), key.ID); err != nil {
			t.Fatal(err)
		}
		for sentence, header := range map[string]string{
			"without a key":         "",
			"with an unknown key":   "Bearer jl_aaaaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbb",
			"with half of a key":    "Bearer " + m.key[:20],
			"with a revoked key":    "Bearer " + revoked,
			"with something else":   "Basic YTpi",
			"with hostile nonsense": "Bearer ' OR 1=1 --",
		} {
			for _, path := range []string{interactions, "/api/v1/runs/order-1/completion"} {
				got := m.send(path, strings.NewReader(batch(contact("c-1", nil))), func(r *http.Request) { r.Header.Set("Authorization", header) })
				if got.code != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") == "" || got.Code == "" {
					t.Errorf("%s: %d %s", sentence, got.code, got.body)
				}
			}
		}
		m.nothingTaken("order-1")
	})
}

func TestBodiesThatCannotBeRead(t *testing.T) {
	good := batch(contact("c-1", nil))
	many := make([]map[string]any, 1001)
	for i := range many {
		many[i] = contact(fmt.Sprint("c-", i), nil)
	}
	for sentence, c := range map[string]struct {
		body   string
		kind   string
		status int
		code   string
	}{
		"nothing":                        {"", "", 400, "api.json_ends"},
		"an object":                      {`{"interactions":[]}`, "", 400, "api.not_batch"},
		"a string":                       {`"[]"`, "", 400, "api.not_batch"},
		"half of it":                     {good[:len(good)-9], "", 400, "api.json_ends"},
		"no closing bracket":             {good[:len(good)-1], "", 400, "api.json_ends"},
		"a trailing comma":               {good[:len(good)-1] + ",]", "", 400, "api.json_broken"},
		"a comment":                      {"// hello\n" + good, "", 400, "api.json_broken"},
		"two arrays":                     {good + good, "", 400, "api.json_goes_on"},
		"a zero byte after it":           {good + "\x00", "", 400, "api.json_goes_on"},
		"a zero byte within a string":    {strings.Replace(good, "c-1", "c\x001", 1), "", 400, "api.json_broken"},
		"UTF-16":                         {"\xff\xfe[\x00]\x00", "", 400, "api.json_broken"},
		"a form":                         {"key=1", "application/x-www-form-urlencoded", 415, "api.content_type"},
		"another charset":                {good, "application/json; charset=windows-1256", 415, "api.content_type"},
		"no content type":                {good, "none", 415, "api.content_type"},
		"more than 1000 items":           {batch(many...), "", 413, "api.too_many_items"},
		"nesting that would eat a stack": {`[{"key":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}]`, "", 400, "api.json_broken"},
	} {
		t.Run(sentence, func(t *testing.T) {
			servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
				m := connect(t, w)
				got := m.send(interactions, strings.NewReader(c.body), func(r *http.Request) {
					if c.kind != "" {
						r.Header.Set("Content-Type", c.kind)
					}
				})
				if got.code != c.status || got.Code != c.code {
					t.Errorf("%d %s", got.code, got.body)
				}
				m.nothingTaken("order-1")
			})
		})
	}
}

func TestBodiesThatAreTooLarge(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		ten := batch(contact("c-1", map[string]any{"topic": strings.Repeat("x", 10<<20)}))
		for sentence, body := range map[string]io.Reader{
			"said beforehand":     strings.NewReader(ten),
			"not said beforehand": io.MultiReader(strings.NewReader(ten)), // chunked
		} {
			if got := m.send(interactions, body, func(*http.Request) {}); got.code != http.StatusRequestEntityTooLarge || got.Code == "" {
				t.Errorf("%s: %d %s", sentence, got.code, got.body)
			}
		}
		m.nothingTaken("order-1")
	})
}

func TestAByteOrderMarkIsPassedOver(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		if got := connect(t, w).post(interactions, "\xef\xbb\xbf"+batch(contact("c-1", nil))); got.code != http.StatusOK || got.Created != 1 {
			t.Errorf("%d %s", got.code, got.body)
		}
	})
}

func TestItemsThatAreWrong(t *testing.T) {
	customer := func(change map[string]any) map[string]any {
		c := map[string]any{"key": "k-1"}
		for name, v := range change {
			c[name] = v
		}
		return map[string]any{"customer": c}
	}
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	items := []struct {
		sentence string
		change   map[string]any
		want     []string // member and code
	}{
		{"an unknown member", map[string]any{"colour": "red"}, []string{"colour api.member_unknown"}},
		{"a member in other letters", map[string]any{"Topic": "x"}, []string{"Topic api.member_unknown"}},
		{"an unknown member within", customer(map[string]any{"vip": true}), []string{"customer.vip api.member_unknown"}},
		{"a member given twice", map[string]any{"promise": raw(`{"business":true,"business":false}`)}, []string{"promise.business api.member_repeated"}},
		{"everything missing", map[string]any{"key": nil, "run": nil, "journey": nil, "touchpoint": nil, "started": nil},
			[]string{"journey ingest.value_missing", "key ingest.value_missing", "run ingest.value_missing", "started ingest.value_missing", "touchpoint ingest.value_missing"}},
		{"a blank key", map[string]any{"run": " \t"}, []string{"run ingest.value_missing"}},
		{"a number for a key", map[string]any{"run": 17}, []string{"run api.not_text"}},
		{"a list for a text", map[string]any{"topic": []string{"a"}}, []string{"topic api.not_text"}},
		{"a text for a flag", map[string]any{"resolved": "yes"}, []string{"resolved api.not_flag"}},
		{"a text for an object", map[string]any{"customer": "k-1"}, []string{"customer api.not_object"}},
		{"an object for a list", map[string]any{"people": map[string]any{}}, []string{"people api.not_list"}},
		{"a person without anything", map[string]any{"people": []any{map[string]any{}}}, []string{"people[0].employee ingest.value_missing"}},
		{"null in a list", map[string]any{"people": []any{nil}}, []string{"people[0] api.not_object"}},
		{"a wrong team", map[string]any{"people": []any{map[string]any{"team_path": []any{"Field", 3}}}}, []string{"people[0].team_path[1] api.not_text"}},
		{"a crowd", map[string]any{"people": slices.Repeat([]any{map[string]any{"employee": "e"}}, 21)}, []string{"people api.list_too_long"}},
		{"a zero byte, escaped", map[string]any{"topic": "a\x00b"}, []string{"topic ingest.nul_byte"}},
		{"a bell", map[string]any{"topic": "a\x07b"}, []string{"topic api.control_character"}},
		{"half a character", map[string]any{"topic": raw(`"\ud800"`)}, []string{"topic ingest.encoding_invalid"}},
		{"a key of 300 characters", map[string]any{"run": strings.Repeat("س", 300)}, []string{"run ingest.key_too_long"}},
		{"a date without zone", map[string]any{"started": "2026-03-19T11:00:00"}, []string{"started api.date_unreadable"}},
		{"a date in another order", map[string]any{"started": "19.03.2026 11:00"}, []string{"started api.date_unreadable"}},
		{"a date that is none", map[string]any{"started": "2026-02-30T11:00:00Z"}, []string{"started api.date_unreadable"}},
		{"a date as a number", map[string]any{"started": 1773909000}, []string{"started api.not_text"}},
		{"a date of long ago", map[string]any{"started": "0001-01-01T00:00:00Z"}, []string{"started api.date_unreadable"}},
		{"a start in the future", map[string]any{"started": servertest.Start.Add(6 * time.Minute)}, []string{"started ingest.date_future"}},
		{"an end before the start", map[string]any{"ended": "2026-03-19T10:59:59+03:30"}, []string{"ended api.before_started"}},
		{"a completion before the start", map[string]any{"completed": "2026-03-18T11:00:00Z"}, []string{"completed api.before_started"}},
		{"a promise kept in the future", map[string]any{"promise": map[string]any{"kept": "2026-04-19T11:00:00Z"}}, []string{"promise.kept ingest.date_future"}},
		{"a channel nobody knows", map[string]any{"channel": "fax"}, []string{"channel api.choice"}},
		{"a customer without key", map[string]any{"customer": map[string]any{"name": "Ann"}}, []string{"customer.key ingest.value_missing"}},
		{"a language we do not speak", customer(map[string]any{"language": "tlh"}), []string{"customer.language api.choice"}},
		{"an address that is none", customer(map[string]any{"email": "Ann <ann@example.org>"}), []string{"customer.email api.email_unreadable"}},
		{"an address with a header in it", customer(map[string]any{"email": "ann@example.org\r\nBcc: all@example.org"}), []string{"customer.email api.email_unreadable"}},
		{"an unknown journey", map[string]any{"journey": "moon"}, []string{"journey api.journey_unknown"}},
		{"an unknown touchpoint", map[string]any{"touchpoint": "moon"}, []string{"touchpoint api.touchpoint_unknown"}},
	}
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		for i, c := range items {
			got := m.post(interactions, batch(contact(fmt.Sprint("bad-", i), c.change)))
			want := make([]string, len(c.want))
			for n, s := range c.want {
				want[n] = "0 " + s
			}
			if got.code != http.StatusUnprocessableEntity || got.Code != "api.all_rejected" || got.Rejected != 1 || !slices.Equal(got.complaints(), want) {
				t.Errorf("%s: %d %v\n%s", c.sentence, got.code, got.complaints(), got.body)
			}
		}
		m.nothingTaken("order-1")
	})
}

func TestBytesThatAreNoTextAreTheItemsProblem(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		body := strings.Replace(batch(contact("c-1", map[string]any{"topic": "TOPIC"}), contact("c-2", nil)), "TOPIC", "\xff\xfe", 1)
		got := connect(t, w).post(interactions, body)
		if got.code != http.StatusOK || got.Created != 1 || !slices.Equal(got.complaints(), []string{"0 topic ingest.encoding_invalid"}) {
			t.Errorf("%d %s", got.code, got.body)
		}
	})
}

func TestTheGoodHalfOfABatchIsTaken(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		body := batch(contact("c-1", nil), contact("c-2", map[string]any{"started": "yesterday"}), contact("c-3", nil), contact("c-4", map[string]any{"journey": "moon"}))
		got := m.post(interactions, body)
		if got.code != http.StatusOK || got.Created != 2 || got.Rejected != 2 || len(got.Items) != 4 {
			t.Fatalf("%d %s", got.code, got.body)
		}
		if n := len(m.walk("order-1").Contacts); n != 2 {
			t.Errorf("%d contacts", n)
		}
		again := m.post(interactions, body)
		if again.Created != 0 || again.Unchanged != 2 || again.Rejected != 2 {
			t.Errorf("again: %s", again.body)
		}
	})
}

func TestAContactIsOnOneRunOnly(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		elsewhere := map[string]any{"run": "order-2", "customer": map[string]any{"key": "k-2"}}
		if got := m.post(interactions, batch(contact("c-1", nil), contact("c-1", elsewhere), contact("c-1", nil))); got.Created != 1 || got.Unchanged != 1 ||
			!slices.Equal(got.complaints(), []string{"1 key ingest.contact_elsewhere"}) {
			t.Errorf("in one batch: %s", got.body)
		}
		if got := m.post(interactions, batch(contact("c-1", elsewhere))); !slices.Equal(got.complaints(), []string{"0 key ingest.contact_elsewhere"}) {
			t.Errorf("in the next: %s", got.body)
		}
		m.nothingTaken("order-2")
		if n := len(m.walk("order-1").Contacts); n != 1 {
			t.Errorf("%d contacts", n)
		}
	})
}

func TestASecondDeliveryFillsInWhatTheFirstLeftUnsaid(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		m.post(interactions, batch(contact("c-1", map[string]any{"promise": map[string]any{"due": "2026-03-25T09:00:00Z"}})))
		got := m.post(interactions, batch(contact("c-1", map[string]any{"resolved": true, "promise": map[string]any{"kept": "2026-03-20T09:00:00Z"}})))
		x := m.walk("order-1").Contacts[0].Interaction
		if got.Unchanged != 1 || x.Resolved == nil || x.PromiseDue == nil || x.PromiseKept == nil {
			t.Errorf("%s %+v", got.body, x)
		}
	})
}

func TestTheSameBatchSixteenTimesAtOnceIsTakenOnce(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		var items []map[string]any
		for i := range 60 {
			key := fmt.Sprint("c-", i)
			items = append(items, contact(key, map[string]any{"run": fmt.Sprint("order-", i%20), "journey": "move", "touchpoint": fmt.Sprint("desk-", i%7),
				"customer": map[string]any{"key": fmt.Sprint("k-", i%20)}, "people": []any{map[string]any{"employee": fmt.Sprint("e-", i%11), "team_path": []string{"Sales", fmt.Sprint(i % 3)}}},
				"completed": "2026-03-20T08:00:00Z"}))
		}
		body := batch(items...)
		var mu sync.Mutex
		sum := 0
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				got := m.post(interactions+"?create=1", body)
				mu.Lock()
				defer mu.Unlock()
				sum += got.Created
				if got.code != http.StatusOK || got.Created+got.Unchanged != 60 {
					t.Errorf("%d %.300s", got.code, got.body)
				}
			})
		}
		all.Wait()
		if sum != 60 {
			t.Errorf("%d were created", sum)
		}
		contacts := 0
		for i := range 20 {
			walk := m.walk(fmt.Sprint("order-", i))
			contacts += len(walk.Contacts)
			ended := 0
			events, err := w.App.Store.EventsOf(t.Context(), "run", walk.Run.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if e.Verb == event.RunCompleted {
					ended++
				}
			}
			if ended != 1 {
				t.Errorf("run %d ended %d times", i, ended)
			}
		}
		if contacts != 60 {
			t.Errorf("%d contacts", contacts)
		}
		m.verify()
	})
}

func TestADryRunTakesNothing(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		m.post(interactions, batch(contact("c-0", map[string]any{"run": "order-0"})))
		got := m.post(interactions+"?dry=1", batch(contact("c-0", map[string]any{"run": "order-0"}), contact("c-1", nil), contact("c-2", map[string]any{"channel": "fax"})))
		if got.code != http.StatusOK || !got.Dry || got.Created != 1 || got.Unchanged != 1 || got.Rejected != 1 {
			t.Errorf("%d %s", got.code, got.body)
		}
		m.nothingTaken("order-1")
		if got := m.post(interactions+"?dry=perhaps", "[]"); got.code != http.StatusUnprocessableEntity || got.Problem.Errors[0].Member != "?dry" {
			t.Errorf("%d %s", got.code, got.body)
		}
		if got := m.post(interactions, "[]"); got.code != http.StatusOK || len(got.Items) != 0 {
			t.Errorf("an empty batch: %d %s", got.code, got.body)
		}
	})
}

func TestUnknownJourneysAreMadeWhenAskedFor(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		got := m.post(interactions+"?create=1", batch(contact("c-1", map[string]any{"journey": "جابه‌جایی", "touchpoint": "تماس"})))
		if got.code != http.StatusOK || got.Created != 1 {
			t.Fatalf("%d %s", got.code, got.body)
		}
		known, err := w.App.Store.KnownJourneys(t.Context(), []string{"جابه‌جایی", "other"})
		if err != nil || len(known) != 1 {
			t.Errorf("%v %v", known, err)
		}
	})
}

func TestHostileTextsAreOnlyTexts(t *testing.T) {
	hostile := []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'; DROP TABLE runs; --`, `=HYPERLINK("http://evil")`,
		`{{.Secret}} ${jndi:ldap://x} %s%n`, "\u202egnp.exe", "𝕏 ﷽ 👩‍👩‍👧", `..\..\etc/passwd`}
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		var items []map[string]any
		for i, s := range hostile {
			items = append(items, contact(fmt.Sprint(s, i), map[string]any{"run": "run " + s, "topic": s,
				"customer": map[string]any{"key": s, "name": s, "segment": s, "phone": "1"}, "people": []any{map[string]any{"employee": s, "name": s, "team_path": []string{s}}}}))
		}
		if got := m.post(interactions, batch(items...)); got.code != http.StatusOK || got.Created != len(hostile) {
			t.Fatalf("%d %s", got.code, got.body)
		}
		for _, s := range hostile {
			if walk := m.walk("run " + s); walk.Customer.Key != s || walk.Contacts[0].Interaction.Key == "" {
				t.Errorf("%q became %+v", s, walk.Customer)
			}
			if got := m.post("/api/v1/runs/"+url.PathEscape("run "+s)+"/completion", ""); got.code != http.StatusOK || got.Completed.Run != "run "+s {
				t.Errorf("complete %q: %d %s", s, got.code, got.body)
			}
		}
		for _, e := range []string{"ann"} {
			p := w.As(e).Get("/me")
			if strings.Contains(p.Body, "<script>alert") || strings.Contains(p.Body, "<img src=x") {
				t.Error("a text became markup")
			}
		}
	})
}

func TestARunIsSaidToBeOver(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		keys := []string{"order-1", "سفارش ۷", "50%/a b?c#d", "../x", "a%2Fb"}
		for i, key := range keys {
			m.post(interactions, batch(contact(fmt.Sprint("c-", i), map[string]any{"run": key, "customer": map[string]any{"key": key, "email": "a@example.org"}})))
			path := "/api/v1/runs/" + url.PathEscape(key) + "/completion"
			first := m.post(path, `{"at":"2026-03-20T08:00:00Z"}`)
			again := m.post(path, `{"at":"2026-03-20T08:30:00Z","journey":"fibre"}`)
			if first.code != http.StatusOK || first.State != "completed" || first.Completed.Run != key || !first.Ended.Equal(time.Date(2026, 3, 20, 8, 0, 0, 0, time.UTC)) {
				t.Errorf("%s: %d %s", key, first.code, first.body)
			}
			if again.code != http.StatusOK || !again.Ended.Equal(first.Ended) {
				t.Errorf("%s again: %d %s", key, again.code, again.body)
			}
		}
		w.Drain()
		for _, key := range keys {
			if _, err := w.App.Store.InvitationOfRun(t.Context(), m.walk(key).Run.ID); err != nil {
				t.Errorf("%s: nobody is asked: %v", key, err)
			}
		}
	})
}

func TestEndsThatCannotBe(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		m.post(interactions+"?create=1", batch(contact("c-1", nil), contact("c-2", map[string]any{"run": "twice"}), contact("c-3", map[string]any{"run": "twice", "journey": "move"})))
		for _, c := range []struct {
			sentence, run, body string
			status              int
			code, member        string
		}{
			{"of a run nobody knows", "nowhere", "", 404, "errors.run_missing", ""},
			{"of a run of another journey", "order-1", `{"journey":"move"}`, 404, "errors.run_missing", ""},
			{"of one of two runs", "twice", "{}", 409, "run.key_ambiguous", ""},
			{"before it opened", "order-1", `{"at":"2026-03-01T00:00:00Z"}`, 422, "errors.invalid", "at"},
			{"in the future", "order-1", `{"at":"2026-03-21T00:00:00Z"}`, 422, "errors.invalid", "at"},
			{"at no date", "order-1", `{"at":"soon"}`, 422, "errors.invalid", "at"},
			{"with an unknown member", "order-1", `{"when":"2026-03-20T08:00:00Z"}`, 422, "errors.invalid", "when"},
			{"as a list", "order-1", `[]`, 422, "errors.invalid", ""},
			{"in broken JSON", "order-1", `{"at":`, 400, "api.json_ends", ""},
			{"with more after it", "order-1", `{} {}`, 400, "api.json_goes_on", ""},
		} {
			got := m.post("/api/v1/runs/"+c.run+"/completion", c.body)
			member := ""
			if len(got.Problem.Errors) > 0 {
				member = got.Problem.Errors[0].Member
			}
			if got.code != c.status || got.Code != c.code || member != c.member {
				t.Errorf("%s: %d %s", c.sentence, got.code, got.body)
			}
		}
		if walk := m.walk("order-1"); walk.Run.State != run.Open {
			t.Errorf("the run is %s", walk.Run.State)
		}
		if got := m.post("/api/v1/runs/twice/completion", `{"journey":"move"}`); got.code != http.StatusOK {
			t.Errorf("with its journey: %d %s", got.code, got.body)
		}
	})
}

func TestContactsAndTheEndArrivingTogetherLoseNothing(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m := connect(t, w)
		m.post(interactions, batch(contact("c-0", nil)))
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				at := servertest.Start.Add(time.Duration(i-60) * time.Minute)
				if got := m.post(interactions, batch(contact(fmt.Sprint("c-", i+1), map[string]any{"started": at}))); got.Created != 1 {
					t.Errorf("%d %s", got.code, got.body)
				}
			})
			if i%4 == 0 {
				all.Go(func() {
					if got := m.post("/api/v1/runs/order-1/completion", ""); got.code != http.StatusOK {
						t.Errorf("%d %s", got.code, got.body)
					}
				})
			}
		}
		all.Wait()
		walk := m.walk("order-1")
		if walk.Run.State != run.Completed || len(walk.Contacts) != 13 || !walk.Run.LastContactAt.Equal(servertest.Start.Add(-49*time.Minute)) {
			t.Errorf("%d contacts, %+v", len(walk.Contacts), walk.Run)
		}
	})
}

func TestAKeyThatKnocksTooFastWaits(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		m, other := connect(t, w), connect(t, w)
		for range 2000 {
			if got := m.post(interactions, "[]"); got.code != http.StatusOK {
				if got.code != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" || got.Code != "api.too_fast" {
					t.Errorf("%d %s", got.code, got.body)
				}
				if got := other.post(interactions, "[]"); got.code != http.StatusOK {
					t.Errorf("another key: %d", got.code)
				}
				return
			}
		}
		t.Error("2000 requests in a row")
	})
}

func TestTheDescriptionIsServed(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		p := w.Stranger().Get("/api/v1/openapi.json")
		var doc map[string]any
		if err := json.NewDecoder(bytes.NewReader([]byte(p.Body))).Decode(&doc); err != nil || p.Status != http.StatusOK || doc["openapi"] == nil {
			t.Errorf("%d %v", p.Status, err)
		}
	})
}

func TestProblemsSpeakTheLanguageAskedFor(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	m := connect(t, w)
	for accept, want := range map[string]struct{ lang, detail, message string }{
		"":               {"en", "None of the interactions could be taken.", "A value is needed here."},
		"fa":             {"fa", "هیچ‌یک از تماس‌ها پذیرفته نشد.", "اینجا باید مقداری باشد."},
		"el-GR,en;q=0.5": {"el", "Καμία από τις επαφές δεν έγινε δεκτή.", "Εδώ χρειάζεται μια τιμή."},
		"ru":             {"ru", "Ни один из контактов не принят.", "Здесь нужно значение."},
		"ja":             {"en", "None of the interactions could be taken.", "A value is needed here."},
	} {
		got := m.send(interactions, strings.NewReader(batch(contact("c-1", map[string]any{"run": nil}))), func(r *http.Request) {
			r.Header.Set("Accept-Language", accept)
			r.Header.Set("Cookie", "jl_lang=ru")
		})
		if got.header.Get("Content-Language") != want.lang || !strings.Contains(got.body, want.detail) || !strings.Contains(got.body, want.message) || got.Code != "api.all_rejected" {
			t.Errorf("asked for %q: %s %s", accept, got.header.Get("Content-Language"), got.body)
		}
	}
}
