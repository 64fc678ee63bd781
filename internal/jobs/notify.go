package jobs

import (
	"context"
	"errors"
)

// praise tells employees of answers that are good to hear. One that fails keeps none of the others back.
func (w Work) praise(ctx context.Context, runs []int64) error {
	var errs []error
	for _, run := range runs {
		errs = append(errs, w.Notify.Praise(ctx, run))
	}
	return errors.Join(errs...)
}
