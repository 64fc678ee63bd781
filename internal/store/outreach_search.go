package store

import (
	"cmp"
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
	// mostFound bounds what a rule about runs under way may name at a time.
	mostFound = 20_000
	// gone is after how many seconds of silence a customer has not lapsed but left.
	gone = 2 * 365 * 86400
	// usualRuns is how many completed runs say what is usual, lately: within usualYear.
	usualRuns = 30
	usualYear = 365 * day
	// usedFor is for how long after its day a first use is still worth a call.
	usedFor = 7 * day
)

// Candidates implements outreach.Store.
func (s *Store) Candidates(ctx context.Context, l outreach.List, now time.Time) ([]outreach.Candidate, error) {
	find := map[outreach.Rule]func(context.Context, outreach.List, time.Time) ([]outreach.Candidate, error){
		outreach.Lapsed: s.lapsed, outreach.Quiet: s.quietRuns, outreach.Promise: s.promisesDue, outreach.FirstUse: s.firstUses}[l.Rule]
	found, err := find(ctx, l, now)
	if err != nil {
		return nil, err
	}
	ids, err := plucked[int64](s.read(ctx).Table("outreach_members").Where("list_id = ?", l.ID), "customer_id")
	if err != nil {
		return nil, err
	}
	met := make(map[int64]bool, len(ids))
	for _, id := range ids {
		met[id] = true
	}
	return slices.DeleteFunc(found, func(c outreach.Candidate) bool {
		again := met[c.CustomerID]
		met[c.CustomerID] = true
		return again
	}), nil
}

// journeyOf narrows a question about runs to a list's journey.
func journeyOf(l outreach.List, column string) (string, []any) {
	if l.JourneyID == 0 {
		return "", nil
	}
	return " AND " + column + " = ?", []any{l.JourneyID}
}

// lapsed finds regular customers who have been silent for longer than so many of their own median gaps and have nothing
// under way; who has just lapsed comes first. It goes through the customers in portions, each by the index of their runs.
func (s *Store) lapsed(ctx context.Context, l outreach.List, now time.Time) ([]outreach.Candidate, error) {
	var out []outreach.Candidate
	for from := int64(0); ; {
		edge, err := plucked[int64](s.read(ctx).Table("customers").Where("id > ?", from).Order("id").Offset(together-1).Limit(1), "id")
		if err != nil {
			return nil, err
		}
		until := int64(1<<63 - 1)
		if len(edge) > 0 {
			until = edge[0]
		}
		some, err := s.lapsedAmong(ctx, l, now, from, until)
		if err != nil {
			return nil, fmt.Errorf("look for customers who stopped: %w", err)
		}
		if out = append(out, some...); len(edge) == 0 {
			break
		}
		from = until
	}
	slices.SortFunc(out, func(a, b outreach.Candidate) int {
		return cmp.Or(cmp.Compare(a.Silent*b.Usual, b.Silent*a.Usual), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return out, nil
}

// lapsedAmong is lapsed for the customers from … until. The median of n−1 gaps, in order, is the mean of those at n/2 and
// (n+1)/2. Gaps of less than a day are one visit.
func (s *Store) lapsedAmong(ctx context.Context, l outreach.List, now time.Time, from, until int64) ([]outreach.Candidate, error) {
	journey, args := journeyOf(l, "journey_id")
	gap, silent := s.d.seconds("opened_at", "before"), s.d.seconds("?", "seen")
	query := `WITH r AS (
		SELECT customer_id, opened_at, LAG(opened_at) OVER (PARTITION BY customer_id ORDER BY opened_at, id) AS before,
			FIRST_VALUE(id) OVER (PARTITION BY customer_id ORDER BY last_contact_at DESC, id DESC) AS run_id,
			MAX(last_contact_at) OVER (PARTITION BY customer_id) AS seen, COUNT(*) OVER (PARTITION BY customer_id) AS n,
			SUM(CASE WHEN state = ? THEN 1 ELSE 0 END) OVER (PARTITION BY customer_id) AS under_way
		FROM runs WHERE customer_id > ? AND customer_id <= ?` + journey + `
	), g AS (
		SELECT customer_id, run_id, n, ` + gap + ` AS gap, ` + silent + ` AS silent,
			ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ` + gap + `) AS place
		FROM r WHERE before IS NOT NULL AND under_way = 0 AND n >= ?
	)
	SELECT customer_id, MAX(run_id) AS run_id, CAST(AVG(gap) AS bigint) / 86400 AS usual, MAX(silent) / 86400 AS silent
	FROM g WHERE place IN (n / 2, (n + 1) / 2) GROUP BY customer_id
	HAVING AVG(gap) >= 86400 AND MAX(silent) > ? * AVG(gap) AND MAX(silent) <= ?`
	all := append([]any{run.Open, from, until}, args...)
	var out []outreach.Candidate
	err := s.read(ctx).Raw(query, append(all, now, l.AtLeast, l.Times, gone)...).Scan(&out).Error
	return out, err
}

// journeys are the list's own, or all of them.
func (s *Store) journeysOf(ctx context.Context, l outreach.List) ([]int64, error) {
	if l.JourneyID != 0 {
		return []int64{l.JourneyID}, nil
	}
	return plucked[int64](s.read(ctx).Table("journeys").Order("id"), "id")
}

// each asks about every journey of a list.
func (s *Store) each(ctx context.Context, l outreach.List, find func(journey int64) ([]outreach.Candidate, error)) ([]outreach.Candidate, error) {
	journeys, err := s.journeysOf(ctx, l)
	if err != nil {
		return nil, err
	}
	var out []outreach.Candidate
	for _, j := range journeys {
		found, err := find(j)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// quietRuns finds the open runs that have taken longer than nine of ten completed ones of their journey and had no contact
// for some days, the longest silence last: it may have ended otherwise.
func (s *Store) quietRuns(ctx context.Context, l outreach.List, now time.Time) ([]outreach.Candidate, error) {
	return s.each(ctx, l, func(journey int64) ([]outreach.Candidate, error) {
		long, err := s.longRun(ctx, journey, now)
		if err != nil || long == 0 {
			return nil, err
		}
		var rows []struct {
			CustomerID    int64
			ID            int64
			LastContactAt time.Time
		}
		err = s.read(ctx).Table("runs").Select("customer_id, id, last_contact_at").Where("state = ? AND journey_id = ? AND ask AND customer_id <> 0 AND opened_at < ? AND last_contact_at < ?",
			run.Open, journey, now.Add(-long), now.AddDate(0, 0, -l.Days)).Order("last_contact_at DESC, id").Limit(mostFound).Scan(&rows).Error
		out := make([]outreach.Candidate, len(rows))
		for i, r := range rows {
			out[i] = outreach.Candidate{CustomerID: r.CustomerID, RunID: r.ID, Silent: int64(now.Sub(r.LastContactAt) / day)}
		}
		return out, err
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
func (s *Store) promisesDue(ctx context.Context, l outreach.List, now time.Time) ([]outreach.Candidate, error) {
	journey, args := journeyOf(l, "r.journey_id")
	var out []outreach.Candidate
	err := s.read(ctx).Table("interactions i").Select("r.customer_id, r.id AS run_id").Joins("JOIN runs r ON r.id = i.run_id").
		Where("i.promise_due > ? AND i.promise_due <= ? AND i.promise_kept IS NULL AND r.state = ? AND r.ask AND r.customer_id <> 0"+journey,
			append([]any{now.AddDate(0, 0, -l.Days), now.AddDate(0, 0, l.Days), run.Open}, args...)...).
		Order("i.promise_due, i.id").Limit(mostFound).Scan(&out).Error
	return out, err
}

// firstUses finds the runs that were completed lately, to be called about some days after.
func (s *Store) firstUses(ctx context.Context, l outreach.List, now time.Time) ([]outreach.Candidate, error) {
	return s.each(ctx, l, func(journey int64) ([]outreach.Candidate, error) {
		var out []outreach.Candidate
		err := s.read(ctx).Table("runs").Select("customer_id, id AS run_id, ended_at AS ready").
			Where("journey_id = ? AND ended_at > ? AND ended_at <= ? AND state = ? AND ask AND customer_id <> 0", journey, now.AddDate(0, 0, -l.Days).Add(-usedFor), now, run.Completed).
			Order("ended_at, id").Limit(mostFound).Scan(&out).Error
		for i := range out {
			out[i].Ready = out[i].Ready.AddDate(0, 0, l.Days)
		}
		return out, err
	})
}
