package outreach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
)

// asked is about how many customers the store is asked at once what the policy must know.
const asked = 500

// Nightly looks once a day for whom open lists should have, and notes who of those whose horizon is over came back. One list
// that fails keeps none of the others back.
func (s *Service) Nightly(ctx context.Context) error {
	now := s.Now().In(s.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, s.Zone).UTC()
	due, err := s.Store.OutreachDue(ctx, today)
	errs := []error{err, s.Store.SettleMembers(ctx, s.Now().Add(-Late))}
	for _, list := range due {
		errs = append(errs, s.Fill(ctx, list))
	}
	return errors.Join(errs...)
}

// Fill looks for customers that a list should have: those its rule names, but whom the contact policy protects or another
// list has, as many as it takes at a time. The lot then says who is held out. A list that ended or was taken out has enough.
func (s *Service) Fill(ctx context.Context, list int64) error {
	l, err := s.Store.OutreachByID(ctx, list)
	if fault.KindOf(err) == fault.KindMissing || err == nil && !l.Open() {
		return nil
	}
	if err != nil {
		return err
	}
	now := s.Now()
	candidates, err := s.Store.Candidates(ctx, l, now)
	if err != nil {
		return fmt.Errorf("search for list %d: %w", list, err)
	}
	l.SoughtAt, l.Found, l.LeftOut = &now, len(candidates), map[string]int{}
	var members []Member
	for some := range slices.Chunk(candidates, asked) {
		fit, err := s.fit(ctx, &l, some, now)
		if err != nil {
			return fmt.Errorf("look at candidates of list %d: %w", list, err)
		}
		if members = append(members, fit...); len(members) >= l.Most {
			members = members[:l.Most]
			break
		}
	}
	return s.fill(ctx, l, members)
}

// fit makes members of the candidates that may be called.
func (s *Service) fit(ctx context.Context, l *List, candidates []Candidate, now time.Time) ([]Member, error) {
	ids := make([]int64, len(candidates))
	for i, c := range candidates {
		ids[i] = c.CustomerID
	}
	policy, err := s.Store.ContactPolicy(ctx)
	if err != nil {
		return nil, err
	}
	customers, histories, listed, err := s.Store.Contacted(ctx, ids, now)
	if err != nil {
		return nil, err
	}
	var out []Member
	for _, c := range candidates {
		reason := policy.Suppress(customers[c.CustomerID], histories[c.CustomerID], now)
		if reason == "" && listed[c.CustomerID] {
			reason = BecauseListed
		}
		if reason != "" {
			l.LeftOut[reason]++
			continue
		}
		out = append(out, Member{ID: id.New(), ListID: l.ID, CustomerID: c.CustomerID, RunID: c.RunID, Usual: c.Usual, Silent: c.Silent,
			At: now, Until: now.AddDate(0, 0, l.Horizon), After: now, Held: l.Holds(c.CustomerID)})
	}
	return out, nil
}

func (s *Service) fill(ctx context.Context, l List, members []Member) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		fresh, err := s.Store.OutreachByID(ctx, l.ID)
		if err != nil || !fresh.Open() {
			return err
		}
		if err := s.Store.AddMembers(ctx, members); err != nil {
			return err
		}
		if err := s.Store.SaveOutreach(ctx, l); err != nil {
			return err
		}
		held := 0
		for _, m := range members {
			if m.Held {
				held++
			}
		}
		return s.tell(ctx, people.System(), event.OutreachFilled, l, map[string]any{"added": len(members), "held": held, "found": l.Found, "left_out": l.LeftOut})
	})
}
