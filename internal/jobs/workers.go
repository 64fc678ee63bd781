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
	return []*river.PeriodicJob{hourly("abandon", abandonArgs{}), hourly("sweep", sweepArgs{})}
}

func workers(w Work) *river.Workers {
	all := river.NewWorkers()
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[errandArgs]) error {
		return w.final(ctx, job.JobRow, w.follow(ctx, job.Args.Errand))
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[deliverArgs]) error {
		return w.final(ctx, job.JobRow, w.deliver(ctx, job.Args.Invitation))
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[abandonArgs]) error {
		_, err := w.abandon(ctx)
		return w.final(ctx, job.JobRow, err)
	}))
	river.AddWorker(all, river.WorkFunc(func(ctx context.Context, job *river.Job[sweepArgs]) error {
		return w.final(ctx, job.JobRow, w.sweep(ctx))
	}))
	return all
}
