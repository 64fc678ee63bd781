// Package servertest opens the whole server on a fresh database with the small world of the tests in it: people named in
// four alphabets, two teams, one journey. It signs in and knocks as a browser does. It is for tests only, and the one
// package under the doors that may reach up to app.
package servertest

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/intake"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server"
	"github.com/journeyloop/journeyloop/internal/server/staff"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/testkit/clock"
)

// Start is when every world begins: a Friday morning in spring.
var Start = time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)

// World is a running server with the small world in its database.
type World struct {
	T      testing.TB
	App    *app.App
	Server *server.Server
	URL    string
	Mail   *Mail

	Database string // its address, for whoever asks beside the server

	// North is a team of Field; South is another. Fibre is the journey: shop, call, visit, invoice.
	Field, North, South            people.Team
	Nikos, Zahra, Olga, Ann, Boris people.Employee
	Shop, Call, Visit, Invoice     journey.Touchpoint
	Fibre                          journey.Journey
	Plan                           journey.Plan
	Survey                         survey.Survey

	*clock.Clock
}

// Mail keeps what would have left the house.
type Mail struct {
	mu   sync.Mutex
	sent []survey.Message
}

// Send implements survey.Sender.
func (m *Mail) Send(_ context.Context, message survey.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, message)
	return nil
}

// Sent lists the messages so far.
func (m *Mail) Sent() []survey.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]survey.Message(nil), m.sent...)
}

// Exercise runs the same test on both engines, each in a world of its own.
func Exercise(t *testing.T, test func(t *testing.T, w *World)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, Open(t, engine))
		})
	}
}

// Option changes a world before its server starts.
type Option func(*settings)

type settings struct {
	config config.Config
	demo   []staff.SignIn
	sender survey.Sender // nil keeps messages in World.Mail
	narrow bool
	desk   func(*app.App) *intake.Desk // nil is the App's own
}

// ByMail lets invitations leave through a real mail server.
func ByMail(host string, port int) Option {
	return func(s *settings) {
		s.config.SMTP = config.SMTP{Host: host, Port: port, TLS: config.TLSNone, From: "Journeyloop <ask@example.org>", Timeout: 10 * time.Second}
		sender, err := app.Sender(s.config)
		if err != nil {
			panic(err) // only a test can ask for nonsense here
		}
		s.sender = sender
	}
}

// Configure changes the settings of the deployment.
func Configure(change func(*config.Config)) Option {
	return func(s *settings) { change(&s.config) }
}

// Demo offers sign-ins on the sign-in page.
func Demo(people ...staff.SignIn) Option { return func(s *settings) { s.demo = people } }

// Narrow gives the server one database connection, so that whatever needs a second one while it holds the first never
// ends; see Client.
func Narrow() Option { return func(s *settings) { s.narrow = true } }

// Intake puts another desk between the doors and the store.
func Intake(desk func(*app.App) *intake.Desk) Option { return func(s *settings) { s.desk = desk } }

// Open starts a server on a fresh database of the engine, with the small world in it; it stops when the test ends.
func Open(t testing.TB, engine string, options ...Option) *World {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := settings{config: config.Config{Addr: l.Addr().String(), PublicURL: "http://" + l.Addr().String(), CompanyName: "Journeyloop",
		TimeZone: storetest.Zone, Language: "en", PageMemory: 8}}
	for _, o := range options {
		o(&s)
	}
	w := &World{T: t, URL: "http://" + l.Addr().String(), Mail: &Mail{}, Clock: clock.At(Start)}
	if s.sender == nil {
		s.sender = w.Mail
	}
	w.Database = storetest.URL(t, engine)
	database := storetest.OpenAt(t, w.Database)
	if s.narrow {
		w.must(database.Narrow())
	}
	if w.App, err = app.On(database, s.config, s.sender, w.Now); err != nil {
		t.Fatal(err)
	}
	if s.desk != nil {
		w.App.Intake.Close()
		w.App.Intake = s.desk(w.App)
	}
	w.seed()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	if w.Server, err = w.App.Server(log, s.demo...); err != nil {
		t.Fatal(err)
	}
	w.serve(l)
	return w
}

// serve answers, and keeps the figures fresh as a deployment does, until the test ends.
func (w *World) serve(l net.Listener) {
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		if err := w.Server.Serve(ctx, l); err != nil {
			w.T.Errorf("serve: %v", err)
		}
	})
	all.Go(func() { w.fold(ctx) })
	w.T.Cleanup(func() {
		stop()
		all.Wait()
	})
}

// fold is the only background work: the errands of the ledger wait for Drain, because the world's clock stands still.
func (w *World) fold(ctx context.Context) {
	for tick := time.Tick(100 * time.Millisecond); ; {
		// What is busy is tried again, as the crew does.
		if _, err := w.App.Store.Fold(ctx); err != nil && ctx.Err() == nil && fault.KindOf(err) != fault.KindBusy {
			w.T.Errorf("fold: %v", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
	}
}

// Drain does everything that waits or is due by the world's time: errands, invitations, figures.
func (w *World) Drain() {
	w.T.Helper()
	w.must(w.App.Drain(context.Background()))
}

// Link is a link to the survey of a run as a message brings it to the customer, who may change her answer with it. (One that
// an employee hands over is used up by the answer.)
func (w *World) Link(run int64) string {
	w.T.Helper()
	ctx := context.Background()
	_, err := w.App.Surveys.HandOver(ctx, run)
	w.must(err)
	inv, err := w.App.Store.InvitationOfRun(ctx, run)
	w.must(err)
	token := id.Token()
	w.must(w.App.Store.SaveToken(ctx, id.Hash(token), inv.ID, false, w.Now()))
	return token
}

// Fold brings the figures up to date with what was recorded.
func (w *World) Fold() {
	w.T.Helper()
	w.must(w.App.Store.FoldAll(context.Background()))
}

// Take records what a feed says, and fails the test when any of it is refused.
func (w *World) Take(records ...ingest.Record) []ingest.Outcome {
	w.T.Helper()
	out, err := w.App.Store.Take(context.Background(), records)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, o := range out {
		if o.Problem != nil {
			w.T.Fatalf("refused: %+v", o.Problem)
		}
	}
	w.Fold()
	return out
}
