package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/run"
)

const day = 24 * time.Hour

const (
	// together is how many customers one question of a search looks at.
	together = 20_000
	// mostFound bounds what a search hands over; it counts all.
	mostFound = 20_000
	// usualRuns is how many completed runs say what is usual, lately: within usualYear.
	usualRuns = 30
	usualYear = 365 * day
	// usedFor is for how long after its day a first use is still worth a call.
	usedFor = 7 * day
)

// finds gathers who is found for a list and not on it yet, each once: the first mostFound of them, and how many there are.
type finds struct {
	met   map[int64]bool
	found []outreach.Candidate
	total int
}

func (f *finds) add(c outreach.Candidate) {
	if f.met[c.CustomerID] {
		return
	}
	f.total++
	if f.found = append(f.found, c); len(f.found) == 2*mostFound {
		f.cut()
	}
}

// once is add for rules that may name a customer twice.
func (f *finds) once(c outreach.Candidate) {
	f.add(c)
	f.met[c.CustomerID] = true
}

// cut leaves the first ones; a stable order keeps that of the question where a rule has none of its own.
func (f *finds) cut() {
	slices.SortStableFunc(f.found, outreach.Candidate.Before)
	f.found = f.found[:min(len(f.found), mostFound)]
}

// Candidates implements outreach.Store.
func (s *Store) Candidates(ctx context.Context, l outreach.List, now time.Time) ([]outreach.Candidate, int, error) {
	find := map[outreach.Rule]func(context.Context, outreach.List, time.Time, *finds) error{
		outreach.Lapsed: s.lapsed, outreach.Quiet: s.quietRuns, outreach.Promise: s.promisesDue, outreach.FirstUse: s.firstUses}[l.Rule]
	members, err := plucked[int64](s.read(ctx).Table("outreach_members").Where("list_id = ?", l.ID), "customer_id")
	if err != nil {
		return nil, 0, err
	}
	f := finds{met: make(map[int64]bool, len(members))}
	for _, id := range members {
		f.met[id] = true
	}
	if err := find(ctx, l, now, &f); err != nil {
		return nil, 0, fmt.Errorf("look for customers of list %d: %w", l.ID, err)
	}
	f.cut()
	return f.found, f.total, nil
}

// journeyOf narrows a question about runs to a list's journey.
func journeyOf(l outreach.List, column string) (string, []any) {
	if l.JourneyID == 0 {
		return "", nil
	}
	return " AND " + column + " = ?", []any{l.JourneyID}
}

// lapsed finds regular customers who stopped. It reads everybody's runs once, in portions of customers, each by the index of
// their runs, and remembers one customer at a time.
func (s *Store) lapsed(ctx context.Context, l outreach.List, now time.Time, f *finds) error {
	for from := int64(0); ; {
		edge, err := plucked[int64](s.read(ctx).Table("customers").Where("id > ?", from).Order("id").Offset(together-1).Limit(1), "id")
		if err != nil {
			return err
		}
		until := int64(1<<63 - 1)
		if len(edge) > 0 {
			until = edge[0]
		}
		if err := s.lapsedAmong(ctx, l, now, from, until, f); err != nil || len(edge) == 0 {
			return err
		}
		from = until
	}
}

// lapsedAmong is lapsed for the customers after from up to until.
func (s *Store) lapsedAmong(ctx context.Context, l outreach.List, now time.Time, from, until int64, f *finds) error {
	journey, args := journeyOf(l, "journey_id")
	rows, err := s.read(ctx).Raw("SELECT customer_id, id, opened_at, last_contact_at, state FROM runs WHERE customer_id > ? AND customer_id <= ?"+journey+
		" ORDER BY customer_id, opened_at, id", append([]any{from, until}, args...)...).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	var her outreach.Habit
	var before int64
	judge := func() {
		if c, lapsed := her.Lapsed(l, now); lapsed {
			f.add(c)
		}
	}
	for rows.Next() {
		var customer, id int64
		var opened, last time.Time
		var state run.State
		if err := rows.Scan(&customer, &id, &opened, &last, &state); err != nil {
			return err
		}
		if customer != before {
			judge()
		}
		before = customer
		her.Meet(customer, id, opened, last, state == run.Open)
	}
	judge()
	return rows.Err()
}

// journeys are the list's own, or all of them.
func (s *Store) journeysOf(ctx context.Context, l outreach.List) ([]int64, error) {
	if l.JourneyID != 0 {
		return []int64{l.JourneyID}, nil
	}
	return plucked[int64](s.read(ctx).Table("journeys").Order("id"), "id")
}

// each asks about every journey of a list.
func (s *Store) each(ctx context.Context, l outreach.List, find func(journey int64) error) error {
	journeys, err := s.journeysOf(ctx, l)
	for _, j := range journeys {
		if err = find(j); err != nil {
			return err
		}
	}
	return err
}

// quietRuns finds the open runs that have taken longer than nine of ten completed ones of their journey and had no contact
// for some days, the longest silence last: it may have ended otherwise.
func (s *Store) quietRuns(ctx context.Context, l outreach.List, now time.Time, f *finds) error {
	return s.each(ctx, l, func(journey int64) error {
		long, err := s.longRun(ctx, journey, now)
		if err != nil || long == 0 {
			return err
		}
		var rows []struct {
			CustomerID    int64
			ID            int64
			LastContactAt time.Time
		}
		err = s.read(ctx).Table("runs").Select("customer_id, id, last_contact_at").Where("state = ? AND journey_id = ? AND ask AND customer_id <> 0 AND opened_at < ? AND last_contact_at < ?",
			run.Open, journey, now.Add(-long), now.AddDate(0, 0, -l.Days)).Order("last_contact_at DESC, id").Limit(mostFound).Scan(&rows).Error
		for _, r := range rows {
			f.once(outreach.Candidate{CustomerID: r.CustomerID, RunID: r.ID, Silent: int64(now.Sub(r.LastContactAt) / day)})
		}
		return err
	})
}

// longRun is how long nine of ten completed runs of a journey took at most; 0 where too few say.
func (s *Store) longRun(ctx context.Context, journey int64, now time.Time) (time.Duration, error) {
	done := func() (string, []any) {
		return "journey_id = ? AND ended_at >= ? AND state = ?", []any{journey, now.Add(-usualYear), run.Completed}
	}
	where, args := done()
	n, err := howMany(s.read(ctx).Table("runs").Where(where, args...))
	if err != nil || n < usualRuns {
		return 0, err
	}
	took, err := plucked[int64](s.read(ctx).Table("runs").Where(where, args...).Order(s.d.seconds("ended_at", "opened_at")).Offset(9*n/10).Limit(1), s.d.seconds("ended_at", "opened_at"))
	if err != nil || len(took) == 0 {
		return 0, err
	}
	return time.Duration(took[0]) * time.Second, nil
}

// promisesDue finds the open runs with a promise not kept that is due within some days or was, as recently.
func (s *Store) promisesDue(ctx context.Context, l outreach.List, now time.Time, f *finds) error {
	journey, args := journeyOf(l, "r.journey_id")
	var out []outreach.Candidate
	err := s.read(ctx).Table("interactions i").Select("r.customer_id, r.id AS run_id").Joins("JOIN runs r ON r.id = i.run_id").
		Where("i.promise_due > ? AND i.promise_due <= ? AND i.promise_kept IS NULL AND r.state = ? AND r.ask AND r.customer_id <> 0"+journey,
			append([]any{now.AddDate(0, 0, -l.Days), now.AddDate(0, 0, l.Days), run.Open}, args...)...).
		Order("i.promise_due, i.id").Limit(mostFound).Scan(&out).Error
	for _, c := range out {
		f.once(c)
	}
	return err
}

// firstUses finds the runs that were completed lately, to be called about some days after.
func (s *Store) firstUses(ctx context.Context, l outreach.List, now time.Time, f *finds) error {
	return s.each(ctx, l, func(journey int64) error {
		var out []outreach.Candidate
		err := s.read(ctx).Table("runs").Select("customer_id, id AS run_id, ended_at AS ready").
			Where("journey_id = ? AND ended_at > ? AND ended_at <= ? AND state = ? AND ask AND customer_id <> 0", journey, now.AddDate(0, 0, -l.Days).Add(-usedFor), now, run.Completed).
			Order("ended_at, id").Limit(mostFound).Scan(&out).Error
		for _, c := range out {
			c.Ready = c.Ready.AddDate(0, 0, l.Days)
			f.once(c)
		}
		return err
	})
}
