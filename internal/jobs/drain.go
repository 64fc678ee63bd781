package jobs

import (
	"context"
	"fmt"
	"time"
)

// Drain does here and now everything that waits or is due by the services' clock, until nothing is left. It is for a
// house without a Crew (tests, the demo's play, a command that wants to leave nothing behind): the same work, one piece
// after the other, without River.
func (w Work) Drain(ctx context.Context) error {
	seen := map[int64]bool{}
	for {
		n, err := w.round(ctx, seen)
		if err != nil {
			return fmt.Errorf("drain: %w", err)
		}
		if n == 0 {
			return w.Store.FoldAll(ctx)
		}
	}
}

// round does each kind of work once and returns how much there was.
func (w Work) round(ctx context.Context, seen map[int64]bool) (int, error) {
	n, err := w.Store.WithErrands(ctx, w.follow)
	if err != nil {
		return 0, err
	}
	ended, err := w.abandon(ctx)
	if err != nil {
		return 0, err
	}
	due, err := w.Surveys.Due(ctx, dueAtOnce)
	if err != nil {
		return 0, err
	}
	for _, invitation := range due {
		if seen[invitation] { // time stands still meanwhile, so this would never end
			return 0, fmt.Errorf("invitation %d is still due after it was delivered", invitation)
		}
		seen[invitation] = true
		if err := w.deliver(ctx, invitation); err != nil {
			return 0, err
		}
	}
	cases, err := w.attendAll(ctx)
	if err != nil {
		return 0, err
	}
	letters, err := w.letters(ctx)
	if err != nil {
		return 0, err
	}
	readers, err := w.writeAll(ctx)
	if err != nil {
		return 0, err
	}
	long, err := w.Tasks.Due(ctx)
	if err != nil {
		return 0, err
	}
	for _, t := range long {
		if err := w.Shop.Do(ctx, t.ID, t.Attempt); err != nil {
			return 0, err
		}
	}
	return n + ended + len(due) + cases + letters + readers + len(long), nil
}

// Settle waits until the crew has done everything that waits or is due; other nodes' jobs count too.
func (c *Crew) Settle(ctx context.Context) error {
	if _, err := c.work.abandon(ctx); err != nil {
		return err
	}
	for {
		busy, err := c.busy(ctx)
		if err != nil {
			return fmt.Errorf("settle: %w", err)
		}
		if !busy {
			return c.work.Store.FoldAll(ctx)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (c *Crew) busy(ctx context.Context) (bool, error) {
	if _, err := c.relay(ctx); err != nil {
		return true, err
	}
	if _, err := c.due(ctx); err != nil {
		return true, err
	}
	if _, err := c.long(ctx); err != nil {
		return true, err
	}
	due, err := c.work.Surveys.Due(ctx, 1)
	if err != nil || len(due) > 0 {
		return true, err
	}
	cases, err := c.work.Cases.Due(ctx, 1)
	if err != nil || len(cases) > 0 {
		return true, err
	}
	letters, err := c.work.Cases.DueMails(ctx, 1)
	if err != nil || len(letters) > 0 {
		return true, err
	}
	readers, err := c.work.Notify.Due(ctx, 1)
	if err != nil || len(readers) > 0 {
		return true, err
	}
	long, err := c.work.Tasks.Due(ctx)
	if err != nil || len(long) > 0 {
		return true, err
	}
	return c.unfinished(ctx)
}
