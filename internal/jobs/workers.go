package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/journeyloop/journeyloop/internal/store"
)

// errandArgs is an event that work follows.
type errandArgs struct{ store.Errand }

func (errandArgs) Kind() string { return "errand" }

// deliverArgs is an invitation with something due.
type deliverArgs struct {
	Invitation int64 `json:"invitation,string"`
}

func (deliverArgs) Kind() string { return "deliver" }

func (deliverArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: oneUnfinished} }

// taskArgs is a task that was taken up Attempt times so far.
type taskArgs struct {
	Task    int64 `json:"task,string"`
	Attempt int   `json:"attempt"`
}

func (taskArgs) Kind() string { return "task" }

// InsertOpts: one try, as every further one is another attempt with a job of its own.
func (taskArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: oneUnfinished, Queue: longQueue, MaxAttempts: 1}
}

// longQueue is for work that takes minutes; a process does two at a time.
const longQueue = "long"

// taskWorker works without the limit of time that other jobs have, and stops at once when the crew does.
type taskWorker struct {
	river.WorkerDefaults[taskArgs]
	w Work
}

// Timeout implements river.Worker.
func (taskWorker) Timeout(*river.Job[taskArgs]) time.Duration { return -1 }

// Work implements river.Worker.
func (t taskWorker) Work(ctx context.Context, job *river.Job[taskArgs]) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.w.stop, cancel)()
	return t.w.final(ctx, job.JobRow, t.w.Shop.Do(ctx, job.Args.Task, job.Args.Attempt))
}

type abandonArgs struct{}

func (abandonArgs) Kind() string { return "abandon" }

func (abandonArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: oneUnfinished} }

type sweepArgs struct{}

func (sweepArgs) Kind() string { return "sweep" }

func (sweepArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: oneUnfinished} }

// oneUnfinished lets the same job be inserted again once it is over.
var oneUnfinished = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending,
	rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled}}

// timetable is what the leader among the nodes starts by the clock.
func timetable() []*river.PeriodicJob {
	hourly := func(name string, args river.JobArgs) *river.PeriodicJob {
		return river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) { return args, nil },
			&river.PeriodicJobOpts{ID: name, RunOnStart: true})
	}
	return []*river.PeriodicJob{hourly("abandon", abandonArgs{}), hourly("sweep", sweepArgs{}), hourly("search", searchArgs{}), hourly("acquaint", acquaintArgs{}), hourly("listen", listenArgs{}), hourly("outreach", outreachArgs{})}
}

func workers(w Work) *river.Workers {
	all := river.NewWorkers()
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[errandArgs]) error {
		return w.final(ctx, job.JobRow, w.follow(ctx, job.Args.Errand))
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[deliverArgs]) error {
		return w.final(ctx, job.JobRow, w.deliver(ctx, job.Args.Invitation))
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[attendArgs]) error {
		return w.final(ctx, job.JobRow, w.Cases.Attend(ctx, job.Args.Case))
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[letterArgs]) error {
		return w.final(ctx, job.JobRow, w.Cases.Deliver(ctx, job.Args.Letter))
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[abandonArgs]) error {
		_, err := w.abandon(ctx)
		return w.final(ctx, job.JobRow, err)
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[sweepArgs]) error {
		return w.final(ctx, job.JobRow, w.sweep(ctx))
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[searchArgs]) error {
		return w.final(ctx, job.JobRow, w.Cases.Search(ctx))
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[noticesArgs]) error {
		return w.final(ctx, job.JobRow, w.Notify.Write(ctx, job.Args.User))
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[acquaintArgs]) error {
		return w.final(ctx, job.JobRow, w.Notify.Acquaint(ctx))
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[listenArgs]) error {
		return w.final(ctx, job.JobRow, w.listen(ctx))
	}))
	river.AddWorker(all, outreachWorker{w: w})
	river.AddWorker(all, taskWorker{w: w})
	return all
}
