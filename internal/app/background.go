package app

import (
	"context"
	"log/slog"
	"time"
)

// foldEvery keeps an open page within a second of what was answered.
const foldEvery = 200 * time.Millisecond

// Background does what nobody waits for until ctx ends: it folds changes into the figures.
func (a *App) Background(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(foldEvery)
	defer tick.Stop()
	for {
		if _, err := a.Store.Fold(ctx); err != nil && ctx.Err() == nil {
			log.Error("cannot fold", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
