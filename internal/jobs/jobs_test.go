package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"
	"go.uber.org/goleak"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/task"
	"github.com/journeyloop/journeyloop/internal/testkit/clock"
	"github.com/journeyloop/journeyloop/internal/workshop"
)

// postbox counts the messages that left the building, by invitation.
type postbox struct {
	mu   sync.Mutex
	sent map[int64]int
}

func (p *postbox) Send(_ context.Context, m survey.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent[m.Invitation.ID]++
	return nil
}

func (p *postbox) counts() (invitations, messages int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.sent {
		messages += n
	}
	return len(p.sent), messages
}

var noon = time.Date(2026, 3, 4, 8, 30, 0, 0, time.UTC) // noon in the company's zone

// node is what one process works with.
func node(s *store.Store, box *postbox, c *clock.Clock) Work {
	tasks := &task.Service{Store: s, Ledger: s, Now: c.Now}
	return Work{
		Store:   s,
		Tasks:   tasks,
		Shop:    &workshop.Workshop{Store: s, Tasks: tasks, Zone: storetest.Zone, Now: c.Now},
		Surveys: &survey.Service{Store: s, Ledger: s, Sender: box, Zone: storetest.Zone, Now: c.Now},
		Cases:   &casework.Service{Store: s, Ledger: s, Zone: storetest.Zone, Now: c.Now},
		Notify:  &notify.Service{Store: s, Ledger: s, Zone: storetest.Zone, Now: c.Now},
		Insight: &insight.Service{Store: s, Zone: storetest.Zone, Now: c.Now},
		Runs:    &run.Service{Store: s, Ledger: s, Now: c.Now},
		Auth:    &auth.Service{Sessions: s, Now: c.Now},
		Log:     slog.New(slog.DiscardHandler),
	}
}

func world(s *store.Store) (Work, *postbox, *clock.Clock) {
	box, c := &postbox{sent: map[int64]int{}}, clock.At(noon)
	return node(s, box, c), box, c
}

// complete takes n runs that are over, each of another customer who may be asked.
func complete(t *testing.T, s *store.Store, n int) {
	t.Helper()
	records := make([]ingest.Record, n)
	for i := range records {
		key := fmt.Sprint("order-", i)
		records[i] = ingest.Record{Journey: ingest.Named{Key: "fibre"}, Run: key, Ask: true, Completed: noon,
			Customer: ingest.Customer{Key: "customer-" + key, Name: "Ольга", Email: key + "@example.org", Language: "ru"},
			Contacts: []ingest.Contact{{Key: key + "/1", Touchpoint: ingest.Named{Key: "shop"}, Started: noon.Add(-time.Hour)}}}
	}
	if _, err := s.Take(context.Background(), records); err != nil {
		t.Fatal(err)
	}
}

func begin(t *testing.T, w Work) *Crew {
	t.Helper()
	crew, err := Start(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(crew.Stop)
	return crew
}

func settle(t *testing.T, crew *Crew) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := crew.Settle(ctx); err != nil {
		t.Fatal(err)
	}
}

func drain(t *testing.T, w Work) {
	t.Helper()
	if err := w.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func wantSent(t *testing.T, box *postbox, invitations, messages int) {
	t.Helper()
	if i, m := box.counts(); i != invitations || m != messages {
		t.Errorf("%d messages about %d invitations, want %d about %d", m, i, messages, invitations)
	}
}

func TestCompletedRunsAreAskedAboutOnce(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		w, box, c := world(s)
		crew := begin(t, w)
		complete(t, s, 20)
		settle(t, crew)
		wantSent(t, box, 0, 0) // a day passes before customers are asked
		c.Wait(25 * time.Hour)
		settle(t, crew)
		wantSent(t, box, 20, 20)
		c.Wait(3 * 24 * time.Hour)
		settle(t, crew)
		wantSent(t, box, 20, 40) // the first reminder
	})
}

func TestDrainDoesTheSameWithoutACrew(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		w, box, c := world(s)
		complete(t, s, 20)
		drain(t, w)
		drain(t, w)
		wantSent(t, box, 0, 0)
		for _, step := range []struct {
			later    time.Duration
			messages int
		}{{25 * time.Hour, 20}, {0, 20}, {3 * 24 * time.Hour, 40}, {4 * 24 * time.Hour, 60}, {30 * 24 * time.Hour, 60}} {
			c.Wait(step.later)
			drain(t, w)
			wantSent(t, box, 20, step.messages)
		}
		if due, err := w.Surveys.Due(context.Background(), 1); err != nil || len(due) != 0 {
			t.Errorf("still due: %v %v", due, err)
		}
	})
}

func TestAnEventThatIsRolledBackLeavesNoErrand(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		changedMind := errors.New("changed my mind")
		err := s.InTx(ctx, func(ctx context.Context) error {
			if err := s.Record(ctx, event.Event{Verb: event.RunCompleted, SubjectKind: "run", SubjectID: 7}); err != nil {
				return err
			}
			return changedMind
		})
		if !errors.Is(err, changedMind) {
			t.Fatal(err)
		}
		if waiting, err := s.ErrandsWaiting(ctx); err != nil || waiting {
			t.Errorf("errands wait: %t %v", waiting, err)
		}
	})
}

func TestARelayThatFailsLeavesTheErrandAndNoJob(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		complete(t, s, 3)
		if s.Engine() == "sqlite" {
			q, err := s.SQLiteQueue(context.Background())
			failingRelay(t, s, q, err)
			return
		}
		q, err := s.PostgresQueue(context.Background())
		failingRelay(t, s, q, err)
	})
}

// failingRelay inserts the jobs, and fails before the transaction commits.
func failingRelay[T any](t *testing.T, s *store.Store, q *store.Queue[T], err error) {
	t.Helper()
	ctx := context.Background()
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	w, box, c := world(s)
	client, err := riverClient(q, w)
	if err != nil {
		t.Fatal(err)
	}
	crash := errors.New("power cut")
	_, err = q.Relay(ctx, func(ctx context.Context, tx T, errands []store.Errand) error {
		if len(errands) != 3 {
			t.Errorf("%d errands", len(errands))
		}
		for _, e := range errands {
			if _, err := client.InsertTx(ctx, tx, errandArgs{e}, nil); err != nil {
				return err
			}
		}
		return crash
	})
	if !errors.Is(err, crash) {
		t.Fatal(err)
	}
	if busy, err := unfinishedOf(client)(ctx); err != nil || busy {
		t.Errorf("jobs are left: %t %v", busy, err)
	}
	drain(t, w) // the errands are still there
	c.Wait(25 * time.Hour)
	drain(t, w)
	wantSent(t, box, 3, 3)
}

func TestWhatWasRelayedBeforeACrashIsDoneAfterIt(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		w, box, c := world(s)
		complete(t, s, 10)
		relayAlone(t, w)
		if waiting, err := s.ErrandsWaiting(context.Background()); err != nil || waiting {
			t.Fatalf("errands wait: %t %v", waiting, err)
		}
		crew := begin(t, w)
		settle(t, crew)
		c.Wait(25 * time.Hour)
		settle(t, crew)
		wantSent(t, box, 10, 10)
	})
}

// relayAlone moves the errands to River and ends before anybody works.
func relayAlone(t *testing.T, w Work) {
	t.Helper()
	ctx := context.Background()
	if w.Store.Engine() == "sqlite" {
		q, err := w.Store.SQLiteQueue(ctx)
		relayWith(t, w, q, err)
		return
	}
	q, err := w.Store.PostgresQueue(ctx)
	relayWith(t, w, q, err)
}

func relayWith[T any](t *testing.T, w Work, q *store.Queue[T], err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	client, err := riverClient(q, w)
	if err != nil {
		t.Fatal(err)
	}
	if more, err := relayOf(w, q, client)(context.Background()); err != nil || !more {
		t.Fatalf("relayed: %t %v", more, err)
	}
}

func TestWorkDoneTwiceHasOneEffect(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		w, box, c := world(s)
		complete(t, s, 1)
		runs, err := s.RunsByKey(ctx, "order-0")
		if err != nil || len(runs) != 1 {
			t.Fatal(runs, err)
		}
		for range 3 {
			if err := w.follow(ctx, store.Errand{Verb: event.RunCompleted, Subject: runs[0].ID}); err != nil {
				t.Fatal(err)
			}
		}
		c.Wait(25 * time.Hour)
		inv, err := s.InvitationOfRun(ctx, runs[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := w.deliver(ctx, inv.ID); err != nil {
				t.Fatal(err)
			}
		}
		wantSent(t, box, 1, 1)
		planned := 0
		events, err := s.EventsOf(ctx, "run", runs[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Verb == event.InvitationPlanned {
				planned++
			}
		}
		if planned != 1 {
			t.Errorf("planned %d times", planned)
		}
	})
}

func TestOnlyWhatTimeMayHealIsTriedAgain(t *testing.T) {
	w := Work{Log: slog.New(slog.DiscardHandler)}
	for sentence, c := range map[string]struct {
		err   error
		again bool
	}{
		"a database that is away":       {errors.New("connection refused"), true},
		"somebody else holds it":        {fault.Busy("errors.busy"), true},
		"a run that is not there":       {fmt.Errorf("plan: %w", fault.Missing("errors.run_missing")), false},
		"a journey in no state to plan": {fault.Conflict("errors.conflict"), false},
	} {
		err := w.final(context.Background(), &rivertype.JobRow{}, c.err)
		if _, given := errors.AsType[*rivertype.JobCancelError](err); given == c.again {
			t.Errorf("%s: %v", sentence, err)
		}
	}
	if err := w.final(context.Background(), &rivertype.JobRow{}, nil); err != nil {
		t.Error(err)
	}
}

func TestSeveralProcessesOnOneDatabaseDoNotDouble(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			box, c := &postbox{sent: map[int64]int{}}, clock.At(noon)
			var crews []*Crew
			var stores []*store.Store
			for range 2 {
				s, err := store.Open(context.Background(), url, storetest.Zone)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = s.Close() })
				stores, crews = append(stores, s), append(crews, begin(t, node(s, box, c)))
			}
			complete(t, stores[0], 60)
			importMeanwhile(t, url)
			settle(t, crews[1])
			c.Wait(25 * time.Hour)
			var both sync.WaitGroup
			for _, crew := range crews {
				both.Go(func() { settle(t, crew) })
			}
			both.Wait()
			wantSent(t, box, 60, 60)
		})
	}
}

// importMeanwhile is another process without a crew that writes as fast as it can.
func importMeanwhile(t *testing.T, url string) {
	t.Helper()
	s, err := store.Open(context.Background(), url, storetest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	csat := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	overall := 4
	for part := range 15 {
		records := make([]ingest.Record, 200)
		for i := range records {
			key := fmt.Sprint("past-", part, "-", i)
			records[i] = ingest.Record{Journey: ingest.Named{Key: "past"}, Run: key, Completed: noon,
				Contacts: []ingest.Contact{{Key: key, Touchpoint: ingest.Named{Key: "shop"}, Started: noon.Add(-time.Hour)}},
				Answer:   &ingest.Answer{Key: key, At: noon, Scale: csat, Overall: &overall}}
		}
		if _, err := s.Take(context.Background(), records); err != nil {
			t.Fatal(err)
		}
	}
	if differs, err := s.Verify(context.Background()); err != nil || len(differs) > 0 {
		t.Errorf("figures differ: %v %v", differs, err)
	}
}

func TestRunsThatFellSilentAreAbandonedByTheTimetable(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		w, _, c := world(s)
		_, err := s.Take(ctx, []ingest.Record{{Journey: ingest.Named{Key: "fibre"}, Run: "order-1", Ask: true,
			Contacts: []ingest.Contact{{Key: "1", Touchpoint: ingest.Named{Key: "shop"}, Started: noon}}}})
		if err != nil {
			t.Fatal(err)
		}
		c.Wait(100 * 24 * time.Hour)
		begin(t, w)
		for range 600 { // River elects its leader and then runs the timetable
			runs, err := s.RunsByKey(ctx, "order-1")
			if err != nil || len(runs) != 1 {
				t.Fatal(runs, err)
			}
			if runs[0].State == run.Abandoned {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Error("the run is still open")
	})
}

func TestTheTimetableForgetsEndedSessions(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		w, _, c := world(s)
		if err := s.SaveUser(ctx, people.User{ID: 1, Login: "νίκος", CreatedAt: noon}); err != nil {
			t.Fatal(err)
		}
		_, session := auth.NewSession(1, "browser", c.Now())
		if err := s.SaveSession(ctx, session); err != nil {
			t.Fatal(err)
		}
		if err := w.sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if of, err := s.SessionsOf(ctx, 1); err != nil || len(of) != 1 {
			t.Fatal(of, err)
		}
		c.Wait(400 * 24 * time.Hour)
		if err := w.sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if of, err := s.SessionsOf(ctx, 1); err != nil || len(of) != 0 {
			t.Error(of, err)
		}
	})
}

// Not parallel: it looks at the goroutines of the whole process, so it must run before the parallel tests resume.
func TestACrewThatStoppedLeavesNothingRunning(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s := storetest.Open(t, engine)
			before := goleak.IgnoreCurrent()
			for name, stop := range map[string]func(cancel func(), c *Crew){
				"by stop":               func(_ func(), c *Crew) { c.Stop() },
				"by its context":        func(cancel func(), c *Crew) { cancel(); c.Stop() },
				"while it was starting": func(cancel func(), c *Crew) { c.Stop(); c.Stop() },
			} {
				w, _, _ := world(s)
				ctx, cancel := context.WithCancel(context.Background())
				crew, err := Start(ctx, w)
				if err != nil {
					t.Fatal(name, err)
				}
				if name != "while it was starting" {
					settle(t, crew)
				}
				stop(cancel, crew)
				cancel()
			}
			goleak.VerifyNone(t, before)
		})
	}
}
