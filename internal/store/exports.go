package store

import (
	"context"
	"fmt"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Lists that leave the house whole are handed over a page at a time, in the order in which their rows were recorded: each
// page continues behind the last row of the one before, so that none is skipped or doubled however long the reader takes,
// and no transaction waits for her.

// inPages hands over what load finds until there is no more. load gets the last row of the page before, nil at first, and
// finds up to a batch of those behind it.
func inPages[T any](load func(last *T) ([]T, error), fn func([]T) error) error {
	var last *T
	for {
		rows, err := load(last)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := fn(rows); err != nil || len(rows) < batch {
			return err
		}
		last = &rows[len(rows)-1]
	}
}

// EachRun hands over the runs that RunsFor lists.
func (s *Store) EachRun(ctx context.Context, scope people.Scope, f run.Filter, fn func([]run.Listed) error) error {
	return inPages(func(last *run.Run) ([]run.Run, error) {
		db := s.runsBy(ctx, scope, f)
		if last != nil {
			db = db.Where("runs.id > ?", last.ID)
		}
		return all[run.Run](db.Order("runs.id").Limit(batch))
	}, func(rows []run.Run) error {
		listed, err := s.listed(ctx, rows)
		if err != nil {
			return err
		}
		return fn(listed)
	})
}

// EachNotice hands over the feedback that NoticesFor lists.
func (s *Store) EachNotice(ctx context.Context, scope people.Scope, employee int64, f feedback.Filter, fn func([]feedback.Quote) error) error {
	return inPages(func(last *feedback.Quote) ([]feedback.Quote, error) {
		db := s.notices(ctx, scope, employee, f)
		if last != nil {
			db = db.Where("(f.response_id, f.touchpoint_id) > (?, ?)", last.ResponseID, last.TouchpointID)
		}
		return all[feedback.Quote](db.Select(noticeColumns).Order("f.response_id, f.touchpoint_id").Limit(batch))
	}, fn)
}

// EachWord hands over the words that WordsFor lists.
func (s *Store) EachWord(ctx context.Context, scope people.Scope, f WordFilter, fn func([]Word) error) error {
	scales, err := s.scalesOf(ctx, f)
	if err != nil {
		return err
	}
	return inPages(func(last *wordPlace) ([]wordPlace, error) {
		union, args := f.union(scope, scales, last)
		return all[wordPlace](s.read(ctx).Raw("SELECT response_id, touchpoint_id FROM ("+union+") q ORDER BY response_id, touchpoint_id LIMIT ?", append(args, batch)...))
	}, func(places []wordPlace) error {
		words, err := s.wordsAt(ctx, places)
		if err != nil {
			return err
		}
		return fn(words)
	})
}

// EachTeamWord hands over all of what TeamWordsFor lists.
func (s *Store) EachTeamWord(ctx context.Context, scope people.Scope, f TeamWords, fn func([]feedback.Quote) error) error {
	words, err := s.teamWords(ctx, scope, f)
	if err != nil {
		return err
	}
	return inPages(func(last *feedback.Quote) ([]feedback.Quote, error) {
		db := words
		if last != nil {
			db = db.Where("(r.response_id, r.touchpoint_id) > (?, ?)", last.ResponseID, last.TouchpointID)
		}
		return all[feedback.Quote](db.Select(ratingColumns + ", r.touchpoint_id").Order("r.response_id, r.touchpoint_id").Limit(batch))
	}, func(rows []feedback.Quote) error {
		quotes, err := s.withParties(ctx, rows)
		if err != nil {
			return err
		}
		return fn(quotes)
	})
}

// EachInvitation hands over what Invitations lists.
func (s *Store) EachInvitation(ctx context.Context, f InvitationFilter, fn func([]InvitationLine) error) error {
	return inPages(func(last *survey.Invitation) ([]survey.Invitation, error) {
		db := s.invitationsBy(ctx, f)
		if last != nil {
			db = db.Where("invitations.id > ?", last.ID)
		}
		return all[survey.Invitation](db.Order("invitations.id").Limit(batch))
	}, func(rows []survey.Invitation) error {
		lines, err := s.invitationLines(ctx, rows)
		if err != nil {
			return err
		}
		return fn(lines)
	})
}

// EachWalkOfCustomer hands over every run of a customer that WalksOfCustomer lists the latest of.
func (s *Store) EachWalkOfCustomer(ctx context.Context, scope people.Scope, customer int64, fn func([]run.Walk) error) error {
	return inPages(func(last *run.Run) ([]run.Run, error) {
		db := identified(s.read(ctx).Table("runs").Where("runs.customer_id = ?", customer), scope)
		if last != nil {
			db = db.Where("runs.id > ?", last.ID)
		}
		return all[run.Run](db.Order("runs.id").Limit(batch))
	}, func(rows []run.Run) error {
		walks, err := s.Walks(ctx, rows)
		if err != nil {
			return err
		}
		out := make([]run.Walk, len(rows))
		for i, r := range rows {
			out[i] = walks[r.ID]
		}
		return fn(out)
	})
}

// KeysOfCustomer lists the keys under which other systems know a customer.
func (s *Store) KeysOfCustomer(ctx context.Context, customer int64) ([]string, error) {
	var keys []string
	err := s.read(ctx).Table("customer_keys").Where("customer_id = ?", customer).Order("key").Pluck("key", &keys).Error
	return keys, err
}

// RunsSeen says of runs what a scope may know: the keys of the walks in sight, and the customers of those on which she is
// in sight by name.
func (s *Store) RunsSeen(ctx context.Context, scope people.Scope, ids []int64) (keys map[int64]string, customers map[int64]run.Customer, err error) {
	keys, customers = map[int64]string{}, map[int64]run.Customer{}
	seen, err := all[run.Run](walked(s.read(ctx).Table("runs").Where("runs.id IN ?", some(unique(ids))), scope))
	if err != nil {
		return nil, nil, fmt.Errorf("load runs: %w", err)
	}
	for _, r := range seen {
		keys[r.ID] = r.Key
	}
	named, err := all[run.Run](identified(s.read(ctx).Table("runs").Where("runs.id IN ?", some(unique(ids))), scope))
	if err != nil {
		return nil, nil, fmt.Errorf("load runs: %w", err)
	}
	var who []int64
	for _, r := range named {
		who = append(who, r.CustomerID)
	}
	known, err := in[run.Customer](s.read(ctx), "customers", "id", unique(who))
	byID := map[int64]run.Customer{}
	for _, c := range known {
		byID[c.ID] = c
	}
	for _, r := range named {
		if c, ok := byID[r.CustomerID]; ok {
			customers[r.ID] = c
		}
	}
	return keys, customers, err
}

// Sight is how many rows of each kind somebody may see; never what is in them.
type Sight struct {
	Feedback, Runs, Customers, Journeys, Touchpoints, People int64
}

// SightOf counts what is in an actor's sight, by the rules of the lists themselves.
func (s *Store) SightOf(ctx context.Context, actor people.Actor) (Sight, error) {
	var n Sight
	scope := actor.Scope()
	employees := s.read(ctx).Table("employees")
	if !actor.MaySeePeople() {
		employees = employees.Where("team_id IN ?", supervised(scope))
	}
	for _, err := range []error{
		s.notices(ctx, actor.OwnScope(), actor.EmployeeID, feedback.Filter{}).Count(&n.Feedback).Error,
		walked(s.read(ctx).Table("runs"), scope).Count(&n.Runs).Error,
		s.named(ctx, s.read(ctx).Table("customers"), scope).Count(&n.Customers).Error,
		journeysInSight(s.read(ctx).Table("journeys"), scope).Count(&n.Journeys).Error,
		touchpointsInSight(s.read(ctx).Table("touchpoints"), scope).Count(&n.Touchpoints).Error,
		employees.Count(&n.People).Error,
	} {
		if err != nil {
			return n, fmt.Errorf("count what user %d sees: %w", actor.UserID, err)
		}
	}
	return n, nil
}
