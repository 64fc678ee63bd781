package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// servedSlices is how many equal stretches of time a sample of runs is taken from. Whatever the length of the whole, the
// stretches do not all begin at the same hour.
const servedSlices = 60

// ServedIn implements insight.Store: one look at an index for each stretch, and none reads more than its share.
func (s *Store) ServedIn(ctx context.Context, from, until time.Time, most int) (insight.Sample, error) {
	first, err := s.firstServed(ctx)
	out := insight.Sample{Since: first}
	if from.IsZero() {
		from = first
	}
	if err != nil || first.IsZero() || !from.Before(until) {
		return out, err
	}
	each, step := max(1, most/servedSlices), until.Sub(from)/servedSlices
	parts, args := make([]string, servedSlices), make([]any, 0, 3*servedSlices)
	for i := range parts {
		parts[i] = "SELECT * FROM (SELECT " + strconv.Itoa(i) + ` AS slice, id AS run_id, journey_id, customer_id FROM runs
			WHERE last_contact_at >= ? AND last_contact_at < ? ORDER BY last_contact_at, id LIMIT ?) q`
		args = append(args, from.Add(time.Duration(i)*step), from.Add(time.Duration(i+1)*step), each+1)
	}
	args[len(args)-2] = until
	rows, err := all[struct {
		Slice int
		insight.Served
	}](s.read(ctx).Raw(strings.Join(parts, " UNION ALL "), args...))
	if err != nil {
		return out, fmt.Errorf("sample of runs: %w", err)
	}
	taken := make([]int, servedSlices)
	for _, r := range rows {
		if taken[r.Slice]++; taken[r.Slice] > each {
			out.Bounded = true
			continue
		}
		out.Runs = append(out.Runs, r.Served)
	}
	return out, nil
}

// firstServed is the earliest last contact on record; zero when there is none.
func (s *Store) firstServed(ctx context.Context) (time.Time, error) {
	rows, err := all[struct{ LastContactAt time.Time }](s.read(ctx).Table("runs").Select("last_contact_at").Order("last_contact_at, id").Limit(1))
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	return rows[0].LastContactAt, nil
}

// InvitedOn implements insight.Store.
func (s *Store) InvitedOn(ctx context.Context, runs []int64, now time.Time) ([]insight.Invited, error) {
	return in[insight.Invited](s.read(ctx).Select("run_id, state = ? AS bounced, answered_at IS NOT NULL AS answered", survey.Bounced).
		Where("expires_at <= ? AND (sent_at IS NOT NULL OR state = ?)", now, survey.Bounced), "invitations", "run_id", runs)
}

// ServedAgain implements insight.Store.
func (s *Store) ServedAgain(ctx context.Context, customers []int64, from, until time.Time) ([]int64, error) {
	rows, err := in[struct{ CustomerID int64 }](s.read(ctx).Select("DISTINCT customer_id").
		Where("last_contact_at >= ? AND last_contact_at < ?", from, until), "runs", "customer_id", customers)
	out := make([]int64, len(rows))
	for i, r := range rows {
		out[i] = r.CustomerID
	}
	return out, err
}

// SolvingContacts implements insight.Store.
func (s *Store) SolvingContacts(ctx context.Context, customers, runs []int64, since time.Time) ([]insight.Solving, error) {
	var out []insight.Solving
	for column, ids := range map[string][]int64{"runs.customer_id": customers, "runs.id": runs} {
		rows, err := in[insight.Solving](s.read(ctx).Select("runs.customer_id, runs.id AS run_id, runs.journey_id, i.topic, i.started_at").
			Joins("JOIN interactions i ON i.run_id = runs.id JOIN touchpoints t ON t.id = i.touchpoint_id").
			Where("runs.last_contact_at >= ? AND i.resolved IS NOT NULL AND t.element IN ?", since, []string{"support", ""}), "runs", column, ids)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// CasesOn implements insight.Store. The customers lead to their cases, as runs have no index to them.
func (s *Store) CasesOn(ctx context.Context, customers []int64) ([]insight.Waited, error) {
	return in[insight.Waited](s.read(ctx).Select("run_id, journey_id, opened_at, closed_at"), "cases", "customer_id", customers)
}

// MoneyOf implements insight.Store.
func (s *Store) MoneyOf(ctx context.Context, customers []int64, since time.Time) ([]insight.Money, error) {
	worth, err := in[insight.Money](s.read(ctx).Select("id AS customer_id, value_minor AS revenue").Where("value_minor <> 0"), "customers", "id", customers)
	if err != nil || len(worth) == 0 {
		return nil, err
	}
	costs, err := in[insight.Money](s.read(ctx).Select("runs.customer_id, CAST(SUM(i.cost_minor) AS BIGINT) AS cost").
		Joins("JOIN interactions i ON i.run_id = runs.id").Where("i.started_at >= ?", since).Group("runs.customer_id"), "runs", "runs.customer_id", customers)
	cost := mapped(costs, func(m insight.Money) (int64, int64) { return m.CustomerID, m.Cost })
	for i, m := range worth {
		worth[i].Cost = cost[m.CustomerID]
	}
	return worth, err
}

// Currency implements insight.Store.
func (s *Store) Currency(ctx context.Context) (string, error) {
	rows, err := all[struct{ Currency string }](s.read(ctx).Table("touchpoints").Select("DISTINCT currency").Where("currency <> ''").Limit(2))
	if err != nil || len(rows) != 1 {
		return "", err
	}
	return rows[0].Currency, nil
}
