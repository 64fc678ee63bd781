package jobs

import (
	"context"
	"errors"
)

// consider looks whether the customers of runs must be won back. One that fails keeps none of the others back.
func (w Work) consider(ctx context.Context, runs []int64) error {
	var errs []error
	for _, run := range runs {
		errs = append(errs, w.Cases.Consider(ctx, run))
	}
	return errors.Join(errs...)
}
