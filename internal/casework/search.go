package casework

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// longestLook is how far back runs are searched where that was not done for a while.
const longestLook = 7 * 24 * time.Hour

// firstLook is how far back they are searched the first time: what went wrong before is no news any more.
const firstLook = 24 * time.Hour

// Promised is a promise and when it was made.
type Promised struct {
	RunID, JourneyID      int64
	StartedAt, PromiseDue time.Time
}

// Search finds what no answer tells: promises that were broken without notice, and customers who had to contact us again
// on a run that is still open. It looks at what came since it did so last, and works out which customers are of high value.
func (s *Service) Search(ctx context.Context) error {
	now := s.Now()
	since, err := s.Store.Looked(ctx)
	if err != nil {
		return err
	}
	if since.IsZero() {
		since = now.Add(-firstLook)
	}
	if earliest := now.Add(-longestLook); since.Before(earliest) {
		since = earliest
	}
	if err := s.Store.WorkOutValueLine(ctx); err != nil {
		return fmt.Errorf("work out which customers are of high value: %w", err)
	}
	late, err := s.late(ctx, since, now)
	if err != nil {
		return err
	}
	again, err := s.Store.ContactedAgain(ctx, since)
	if err != nil {
		return err
	}
	var errs []error
	for _, run := range append(late, again...) {
		errs = append(errs, s.Consider(ctx, run))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return s.Store.SaveLooked(ctx, now)
}

// late lists the runs on which a promise was broken between two moments, by the rules of their journeys.
func (s *Service) late(ctx context.Context, since, now time.Time) (runs []int64, err error) {
	overdue, err := s.Store.Overdue(ctx, since.Add(-mostLate), now.Add(-lateBy))
	if err != nil {
		return nil, err
	}
	rules := map[int64]Rules{}
	for _, o := range overdue {
		r, known := rules[o.JourneyID]
		if !known {
			if r, err = s.Store.CaseRules(ctx, o.JourneyID); err != nil {
				return nil, err
			}
			rules[o.JourneyID] = r
		}
		if at := r.brokenAt(o.StartedAt, o.PromiseDue); at.After(since) && !at.After(now) {
			runs = append(runs, o.RunID)
		}
	}
	return runs, nil
}
