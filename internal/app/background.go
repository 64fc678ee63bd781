package app

import (
	"context"
	"log/slog"
	"sync"

	"github.com/journeyloop/journeyloop/internal/jobs"
	"github.com/journeyloop/journeyloop/internal/workshop"
)

func (a *App) work() jobs.Work {
	return jobs.Work{Store: a.Store, Surveys: a.Surveys, Cases: a.Cases, Outreach: a.Outreach, Notify: a.Notify, Insight: a.Insight, Runs: a.Runs, Auth: a.Auth, Tasks: a.Tasks, Log: slog.Default(),
		Shop: &workshop.Workshop{Store: a.Store, Tasks: a.Tasks, Zone: a.Config.TimeZone, Now: a.Now}}
}

// Background starts everything nobody waits for: the fold, the relay of errands, River with its workers and timetable, and
// the first look at the figures. stop ends all of it and returns when it has ended; so does the end of ctx, but stop must
// be called before Close.
func (a *App) Background(ctx context.Context) (stop func(), err error) {
	crew, err := jobs.Start(ctx, a.work())
	if err != nil {
		return nil, err
	}
	a.crew.Store(crew)
	ctx, cancel := context.WithCancel(ctx)
	var warming sync.WaitGroup
	warming.Go(func() { _ = a.cube.Warm(ctx) }) // what goes wrong now goes wrong again for whoever asks, and is told there
	return func() {
		cancel()
		warming.Wait()
		a.crew.CompareAndSwap(crew, nil)
		crew.Stop()
	}, nil
}

// Drain returns when everything that waits or is due by Now is done: by the crew where Background is at work, else here
// and now.
func (a *App) Drain(ctx context.Context) error {
	if crew := a.crew.Load(); crew != nil {
		return crew.Settle(ctx)
	}
	return a.work().Drain(ctx)
}
