// Package surveytest is a small world in which a customer has just walked a journey and can be asked about it: real
// services over a real store, a clock that tests turn, and a letter box instead of the post. It is for tests only.
package surveytest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/testkit/clock"
)

// World is the company with its one journey.
type World struct {
	URL      string // of the database
	Store    *store.Store
	Surveys  *survey.Service
	Feedback *feedback.Service
	Cases    *casework.Service
	Box      *Box

	*clock.Clock
}

// Start is a Monday in March, noon in Tehran; the walk of every Run ended an hour before.
var Start = time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)

// Exercise runs the same test on both engines, each with a world of its own.
func Exercise(t *testing.T, test func(t *testing.T, w *World)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, Open(t, storetest.URL(t, engine)))
		})
	}
}

// Open starts the world in a fresh database, such as storetest.URL makes.
func Open(t testing.TB, url string) *World {
	t.Helper()
	s, err := store.Open(t.Context(), url, storetest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	w := &World{URL: url, Store: s, Box: &Box{}, Clock: clock.At(Start)}
	w.Surveys = &survey.Service{Store: s, Ledger: s, Sender: w.Box, Zone: storetest.Zone, Now: w.Now}
	w.Feedback = &feedback.Service{Store: s, Ledger: s, Now: w.Now}
	w.Cases = &casework.Service{Store: s, Ledger: s, Zone: storetest.Zone, Now: w.Now}
	return w
}

// Days is a length of time.
func Days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// Run lets a customer walk: the shop (judged by the person, Νίκος served), the back office (judged by the process) and the
// technician's visit (both, زهرا served). She is مریم, reads Persian, and has a mail address; change tells it otherwise.
func (w *World) Run(t testing.TB, key string, change ...func(*ingest.Record)) int64 {
	t.Helper()
	ended := w.Now().Add(-time.Hour)
	person := func(key, name string, team ...string) []ingest.Person {
		return []ingest.Person{{Employee: ingest.Named{Key: key, Name: name}, Team: team}}
	}
	r := ingest.Record{Journey: ingest.Named{Key: "fibre", Name: "I want fibre at home"}, Run: key, Ask: true, Completed: ended,
		Customer: ingest.Customer{Key: "c-" + key, Name: "مریم", Email: key + "@customers.example", Language: "fa"},
		Contacts: []ingest.Contact{
			{Key: key + "/1", Touchpoint: ingest.Named{Key: "shop", Name: "Κατάστημα"}, Judged: "person", Started: ended.Add(-Days(9)), People: person("nikos", "Νίκος", "Sales", "Athens")},
			{Key: key + "/2", Touchpoint: ingest.Named{Key: "office", Name: "Back office"}, Judged: "process", Started: ended.Add(-Days(6)), People: person("olga", "Ольга", "Operations")},
			{Key: key + "/3", Touchpoint: ingest.Named{Key: "visit", Name: "ویزیت نصاب"}, Judged: "both", Started: ended, People: person("zahra", "زهرا", "Field", "North")},
		}}
	for _, f := range change {
		f(&r)
	}
	out, err := w.Store.Take(t.Context(), []ingest.Record{r})
	if err != nil || out[0].Problem != nil {
		t.Fatalf("take a run: %+v %v", out, err)
	}
	runs, err := w.Store.RunsByKey(t.Context(), key)
	if err != nil || len(runs) != 1 {
		t.Fatalf("find the run: %v %v", runs, err)
	}
	return runs[0].ID
}

// Customer loads who walked.
func (w *World) Customer(t testing.TB, runID int64) run.Customer {
	t.Helper()
	walk, err := w.Store.WalkOf(t.Context(), runID)
	if err != nil {
		t.Fatal(err)
	}
	return walk.Customer
}

// Invitation loads what was planned about a run.
func (w *World) Invitation(t testing.TB, runID int64) survey.Invitation {
	t.Helper()
	inv, err := w.Store.InvitationOfRun(t.Context(), runID)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// Survey changes what is asked about runs of the journey.
func (w *World) Survey(t testing.TB, runID int64, change func(*survey.Survey)) {
	t.Helper()
	walk, err := w.Store.WalkOf(t.Context(), runID)
	if err != nil {
		t.Fatal(err)
	}
	sv, err := w.Store.SurveyOf(t.Context(), walk.Run.VersionID)
	if err != nil {
		t.Fatal(err)
	}
	change(&sv)
	if err := w.Store.SaveSurvey(t.Context(), sv); err != nil {
		t.Fatal(err)
	}
}

// Ask plans and sends the invitation of a run, and returns the token in the letter.
func (w *World) Ask(t testing.TB, runID int64) string {
	t.Helper()
	inv, err := w.Surveys.Plan(t.Context(), runID)
	if err != nil || inv.State != survey.Planned {
		t.Fatalf("plan: %+v %v", inv, err)
	}
	w.Turn(*inv.NextAt)
	before := len(w.Box.All())
	if err := w.Surveys.Deliver(t.Context(), inv.ID); err != nil {
		t.Fatal(err)
	}
	sent := w.Box.All()
	if len(sent) != before+1 {
		t.Fatalf("%d letters, want one more than %d", len(sent), before)
	}
	return sent[before].Token
}

// DeliverDue does what is due now, and returns how many letters left the house.
func (w *World) DeliverDue(t testing.TB) int {
	t.Helper()
	before := len(w.Box.All())
	due, err := w.Surveys.Due(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range due {
		if err := w.Surveys.Deliver(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	return len(w.Box.All()) - before
}

// Verify fails the test unless every figure equals what the raw records say.
func (w *World) Verify(t testing.TB) {
	t.Helper()
	differs, err := w.Store.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differs {
		t.Errorf("figures differ from raw records: %+v", d)
	}
}

// Box keeps letters instead of sending them.
type Box struct {
	mu      sync.Mutex
	letters []survey.Message
	fail    error
}

// Fail refuses every letter from now on with err; nil takes them again.
func (b *Box) Fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = err
}

// Send implements survey.Sender.
func (b *Box) Send(_ context.Context, m survey.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return b.fail
	}
	b.letters = append(b.letters, m)
	return nil
}

// All returns the letters, the oldest first.
func (b *Box) All() []survey.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]survey.Message(nil), b.letters...)
}

// Link is the token by which a customer who is asked whether it is solved gives her word.
func Link(t testing.TB, s *store.Store, c casework.Case) string {
	t.Helper()
	token, link := c.NewLink(*c.ProposedAt)
	if err := s.AddLink(context.WithoutCancel(t.Context()), link); err != nil {
		t.Fatal(err)
	}
	return token
}
