package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
)

// outreachArgs is the look for customers whom lists should have, once a day; it is asked every hour whether it is one.
type outreachArgs struct{}

func (outreachArgs) Kind() string { return "outreach" }

func (outreachArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: oneUnfinished} }

// outreachWorker may take longer than other jobs: it looks at every customer.
type outreachWorker struct {
	river.WorkerDefaults[outreachArgs]
	w Work
}

// Timeout implements river.Worker.
func (outreachWorker) Timeout(*river.Job[outreachArgs]) time.Duration { return 30 * time.Minute }

// Work implements river.Worker.
func (o outreachWorker) Work(ctx context.Context, job *river.Job[outreachArgs]) error {
	return o.w.final(ctx, job.JobRow, o.w.Outreach.Nightly(ctx))
}

// called opens cases for the customers of lists who said that something is wrong, until that is taken back.
func (w Work) called(ctx context.Context, members []int64) error {
	var errs []error
	for _, id := range members {
		m, err := w.Store.MemberByID(ctx, id)
		var reasons []casework.Trigger
		if err == nil && m.OpensCase() {
			reasons = []casework.Trigger{{Kind: casework.Called, At: *m.CalledAt}}
		}
		if err == nil || fault.KindOf(err) == fault.KindMissing {
			err = w.Cases.Hear(ctx, id, m.RunID, reasons...)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
