package jobs

import (
	"context"
	"errors"

	"github.com/riverqueue/river"
)

// attendArgs is a case with something due.
type attendArgs struct {
	Case int64 `json:"case,string"`
}

func (attendArgs) Kind() string { return "attend" }

func (attendArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: oneUnfinished} }

// searchArgs is the search for what no answer tells.
type searchArgs struct{}

func (searchArgs) Kind() string { return "search" }

func (searchArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: oneUnfinished} }

// consider looks whether the customers of runs must be won back. One that fails keeps none of the others back.
func (w Work) consider(ctx context.Context, runs []int64) error {
	var errs []error
	for _, run := range runs {
		errs = append(errs, w.Cases.Consider(ctx, run))
	}
	return errors.Join(errs...)
}

// attendAll does what is due about cases, and returns of how many.
func (w Work) attendAll(ctx context.Context) (int, error) {
	due, err := w.Cases.Due(ctx, dueAtOnce)
	if err != nil {
		return 0, err
	}
	for _, c := range due {
		if err := w.Cases.Attend(ctx, c); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
