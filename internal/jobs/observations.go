package jobs

import (
	"context"
	"errors"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
)

// heard looks whether the customers of observations must be won back. One that was withdrawn says nothing.
func (w Work) heard(ctx context.Context, observations []int64) error {
	var errs []error
	for _, id := range observations {
		o, err := w.Store.ObservationByID(ctx, id)
		if err == nil || fault.KindOf(err) == fault.KindMissing {
			err = w.Cases.Hear(ctx, id, o.RunID, casework.Heard(o)...)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
