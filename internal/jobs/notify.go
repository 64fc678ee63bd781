package jobs

import (
	"context"
	"errors"

	"github.com/riverqueue/river"

	"github.com/journeyloop/journeyloop/internal/notify"
)

// noticesArgs is a person to whom notices are to be written.
type noticesArgs struct {
	User int64 `json:"user,string"`
}

func (noticesArgs) Kind() string { return "notices" }

func (noticesArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: oneUnfinished} }

// acquaintArgs is the search for those who are new here.
type acquaintArgs struct{}

func (acquaintArgs) Kind() string { return "acquaint" }

func (acquaintArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: oneUnfinished} }

// praise tells employees of answers that are good to hear. One that fails keeps none of the others back.
func (w Work) praise(ctx context.Context, runs []int64) error {
	var errs []error
	for _, run := range runs {
		errs = append(errs, w.Notify.Praise(ctx, run))
	}
	return errors.Join(errs...)
}

// listenArgs is the look at the control charts.
type listenArgs struct{}

func (listenArgs) Kind() string { return "listen" }

func (listenArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: oneUnfinished} }

// listen tells of the control charts that have begun to sound.
func (w Work) listen(ctx context.Context) error {
	to, err := w.Insight.Listening(ctx)
	if err != nil {
		return err
	}
	found, err := w.Insight.Signals(ctx, to)
	if err != nil {
		return err
	}
	var now []notify.Signal
	for _, s := range found.List {
		now = append(now, notify.Signal{TouchpointID: s.ID, Scale: s.Scale.String(), Since: s.Since, Down: s.Down})
	}
	return w.Notify.Listen(ctx, now)
}

// writeAll writes everybody what is due, and returns to how many.
func (w Work) writeAll(ctx context.Context) (int, error) {
	if err := w.Notify.Acquaint(ctx); err != nil {
		return 0, err
	}
	due, err := w.Notify.Due(ctx, dueAtOnce)
	if err != nil {
		return 0, err
	}
	for _, user := range due {
		if err := w.Notify.Write(ctx, user); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
