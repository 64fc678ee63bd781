package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/store"
)

// How often the loops look, which cost one read each when there is nothing to do.
const (
	foldEvery  = 200 * time.Millisecond
	relayEvery = 200 * time.Millisecond
	dueEvery   = 2 * time.Second
	longEvery  = 500 * time.Millisecond // somebody looks at a page and waits
	afterError = 5 * time.Second
)

// Crew is the background work of one process: any number of processes may have one on the same database.
type Crew struct {
	work       Work
	relay, due func(ctx context.Context) (more bool, err error)
	long       func(ctx context.Context) (more bool, err error)
	unfinished func(ctx context.Context) (bool, error)
	stop       func()
}

// Start sets a crew to work until Stop or the end of ctx.
func Start(ctx context.Context, w Work) (*Crew, error) {
	if w.Store.Engine() == "sqlite" {
		q, err := w.Store.SQLiteQueue(ctx)
		return start(ctx, w, q, err)
	}
	q, err := w.Store.PostgresQueue(ctx)
	return start(ctx, w, q, err)
}

// Stop ends the crew and waits until it is gone: jobs under way get ten seconds. Stopping twice changes nothing.
func (c *Crew) Stop() { c.stop() }

func start[T any](ctx context.Context, w Work, q *store.Queue[T], err error) (*Crew, error) {
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	w.stop = ctx
	client, err := riverClient(q, w)
	if err != nil {
		cancel()
		q.Close()
		return nil, fmt.Errorf("start background work: %w", err)
	}
	c := &Crew{work: w, relay: relayOf(w, q, client), due: dueOf(w, client), long: longOf(w, client), unfinished: unfinishedOf(client)}
	if err := client.Start(ctx); err != nil {
		cancel()
		q.Close()
		return nil, fmt.Errorf("start background work: %w", err)
	}
	var loops sync.WaitGroup
	loops.Go(func() { w.every(ctx, foldEvery, "fold", w.fold) })
	loops.Go(func() { w.every(ctx, relayEvery, "relay", c.relay) })
	loops.Go(func() { w.every(ctx, dueEvery, "due", c.due) })
	loops.Go(func() { w.every(ctx, longEvery, "long", c.long) })
	c.stop = sync.OnceFunc(func() {
		cancel()
		loops.Wait()
		<-client.Stopped()
		q.Close()
	})
	return c, nil
}

func riverClient[T any](q *store.Queue[T], w Work) (*river.Client[T], error) {
	return river.NewClient(q.Driver, config(w))
}

func config(w Work) *river.Config {
	sqlite := w.Store.Engine() == "sqlite"
	return &river.Config{
		Logger:            slog.New(warnings{w.Log.Handler()}),
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 8}, longQueue: {MaxWorkers: 2}},
		Workers:           workers(w),
		PeriodicJobs:      timetable(),
		PollOnly:          sqlite, // there is nobody to be told by; inserts of this process still wake it
		FetchPollInterval: map[bool]time.Duration{true: 500 * time.Millisecond, false: time.Second}[sqlite],
		SoftStopTimeout:   10 * time.Second,
		JobTimeout:        time.Minute,
		// A job whose process was killed is taken up again after this long.
		RescueStuckJobsAfter: 5 * time.Minute,
		// What a job did is in the ledger; only failures are worth keeping for somebody to look at.
		CompletedJobRetentionPeriod: time.Hour,
		CancelledJobRetentionPeriod: 14 * 24 * time.Hour,
		DiscardedJobRetentionPeriod: 14 * 24 * time.Hour,
	}
}

// every calls do again and again: at once while there is more, after a pause when there is not, after a longer one when
// it failed.
func (w Work) every(ctx context.Context, pause time.Duration, name string, do func(ctx context.Context) (more bool, err error)) {
	for {
		more, err := do(ctx)
		wait := pause
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			w.Log.ErrorContext(ctx, "background work failed", "work", name, "error", err)
			wait = max(pause, afterError)
		case more:
			wait = 0
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// fold brings the figures up to date. All nodes try, one at a time gets to.
func (w Work) fold(ctx context.Context) (more bool, err error) {
	done, err := w.Store.Fold(ctx)
	return done.More, err
}

func relayOf[T any](w Work, q *store.Queue[T], client *river.Client[T]) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		if waiting, err := w.Store.ErrandsWaiting(ctx); err != nil || !waiting {
			return false, err
		}
		n, err := q.Relay(ctx, func(ctx context.Context, tx T, errands []store.Errand) error {
			jobs := make([]river.InsertManyParams, len(errands))
			for i, e := range errands {
				jobs[i].Args = errandArgs{e}
			}
			_, err := client.InsertManyTx(ctx, tx, jobs)
			return err
		})
		return n > 0, err
	}
}

// dueOf makes a job for every invitation, case and letter with something due, and for everybody with notices due, unless it has
// an unfinished one: so nodes may look at the same time.
func dueOf[T any](w Work, client *river.Client[T]) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		invitations, err := w.Surveys.Due(ctx, dueAtOnce)
		if err != nil {
			return false, err
		}
		cases, err := w.Cases.Due(ctx, dueAtOnce)
		if err != nil {
			return false, err
		}
		letters, err := w.Cases.DueMails(ctx, dueAtOnce)
		if err != nil {
			return false, err
		}
		readers, err := w.Notify.Due(ctx, dueAtOnce)
		if err != nil || len(invitations)+len(cases)+len(letters)+len(readers) == 0 {
			return false, err
		}
		jobs := make([]river.InsertManyParams, 0, len(invitations)+len(cases)+len(letters)+len(readers))
		for _, id := range invitations {
			jobs = append(jobs, river.InsertManyParams{Args: deliverArgs{id}})
		}
		for _, id := range cases {
			jobs = append(jobs, river.InsertManyParams{Args: attendArgs{id}})
		}
		for _, id := range letters {
			jobs = append(jobs, river.InsertManyParams{Args: letterArgs{id}})
		}
		for _, id := range readers {
			jobs = append(jobs, river.InsertManyParams{Args: noticesArgs{id}})
		}
		_, err = client.InsertMany(ctx, jobs)
		return false, err
	}
}

// longOf makes a job for every task that waits, or whose attempt fell silent, unless that attempt has one.
func longOf[T any](w Work, client *river.Client[T]) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		due, err := w.Tasks.Due(ctx)
		if err != nil || len(due) == 0 {
			return false, err
		}
		jobs := make([]river.InsertManyParams, len(due))
		for i, t := range due {
			jobs[i].Args = taskArgs{Task: t.ID, Attempt: t.Attempt}
		}
		_, err = client.InsertMany(ctx, jobs)
		return false, err
	}
}

func unfinishedOf[T any](client *river.Client[T]) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		list, err := client.JobList(ctx, river.NewJobListParams().First(1).
			States(rivertype.JobStateAvailable, rivertype.JobStateRunning))
		if err != nil {
			return true, err
		}
		return len(list.Jobs) > 0, nil
	}
}

// final logs why a job failed, and keeps it from being tried again when time does not heal that: a fault that somebody
// would have to act on.
func (w Work) final(ctx context.Context, job *rivertype.JobRow, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	kind := fault.KindOf(err)
	again := kind == fault.KindInternal || kind == fault.KindBusy
	w.Log.ErrorContext(ctx, "job failed", "job", job.ID, "kind", job.Kind, "attempt", job.Attempt, "again", again, "error", err)
	if again {
		return err
	}
	return river.JobCancel(err)
}

// warnings keeps the library's chatter about its own life out of the log; what a job failed of is logged by final.
type warnings struct{ slog.Handler }

func (h warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// Handle leaves out what fails because the crew was told to stop.
func (h warnings) Handle(ctx context.Context, r slog.Record) error {
	if ctx.Err() != nil {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func (h warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{h.Handler.WithAttrs(attrs)}
}

func (h warnings) WithGroup(name string) slog.Handler { return warnings{h.Handler.WithGroup(name)} }
