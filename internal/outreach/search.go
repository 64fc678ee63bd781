package outreach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/people"
)

// asked is about how many customers the store is asked at once what the policy must know.
const asked = 500

// Nightly looks once a day for whom open lists should have, notes of those whose horizon is over what became of them, and
// takes off who has waited too long. One list that fails keeps none of the others back.
func (s *Service) Nightly(ctx context.Context) error {
	now := s.Now().In(s.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, s.Zone).UTC()
	due, err := s.Store.OutreachDue(ctx, today)
	errs := []error{err, s.Store.SettleMembers(ctx, s.Now().Add(-Late)), s.Store.DropMembers(ctx, 0, s.Now().Add(-Patience), BecauseLate, s.Now())}
	for _, list := range due {
		errs = append(errs, s.Fill(ctx, list))
	}
	return errors.Join(errs...)
}

// Fill looks for customers that a list should have: those its rule names and neither the contact policy protects nor another
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
	candidates, found, err := s.Store.Candidates(ctx, l, now)
	if err != nil {
		return fmt.Errorf("search for list %d: %w", list, err)
	}
	l.SoughtAt, l.Found, l.LeftOut = &now, found, map[string]int{}
	if more := found - len(candidates); more > 0 {
		l.LeftOut[BecauseEnough] = more
	}
	members, err := s.choose(ctx, &l, candidates, now)
	if err != nil {
		return fmt.Errorf("look at candidates of list %d: %w", list, err)
	}
	return s.fill(ctx, l, members)
}

// choose makes members of the candidates, the first ones first, as many as a list takes at a time; it counts by reason whom
// it leaves out.
func (s *Service) choose(ctx context.Context, l *List, candidates []Candidate, now time.Time) ([]Member, error) {
	policy, err := s.Store.ContactPolicy(ctx)
	if err != nil {
		return nil, err
	}
	var members []Member
	for some := range slices.Chunk(candidates, asked) {
		if len(members) == l.Most {
			l.LeftOut[BecauseEnough] += len(some)
			continue
		}
		ids := make([]int64, len(some))
		for i, c := range some {
			ids[i] = c.CustomerID
		}
		customers, histories, listed, err := s.Store.Contacted(ctx, ids, now)
		if err != nil {
			return nil, err
		}
		for _, c := range some {
			reason := policy.SuppressCall(customers[c.CustomerID], histories[c.CustomerID], now)
			switch {
			case reason == "" && listed[c.CustomerID]:
				reason = BecauseListed
			case reason == "" && len(members) == l.Most:
				reason = BecauseEnough
			}
			if reason != "" {
				l.LeftOut[reason]++
				continue
			}
			members = append(members, l.member(c, customers[c.CustomerID].Key, now))
		}
	}
	return members, nil
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
