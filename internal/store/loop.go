package store

import (
	"context"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/insight"
)

// casesOpened are the cases of a span, each with the team of its owner.
func (s *Store) casesOpened(ctx context.Context, q insight.CaseSpan) *gorm.DB {
	db := s.casesIn(ctx, q.Scope).Joins("LEFT JOIN employees o ON o.id = cases.owner_id")
	if q.Journey != 0 {
		db = db.Where("cases.journey_id = ?", q.Journey)
	}
	if !q.From.IsZero() {
		db = db.Where("cases.opened_at >= ?", q.From)
	}
	if !q.Until.IsZero() {
		db = db.Where("cases.opened_at < ?", q.Until)
	}
	return db
}

// casesAbout are the columns of insight.CasesAbout. The employee stands in it as a number, as both engines group by it.
func casesAbout(mine int64) string {
	return "cases.journey_id, cases.touchpoint_id, COALESCE(o.team_id, 0) AS team_id, cases.cause, (cases.owner_id <> 0 AND cases.owner_id = " + strconv.FormatInt(mine, 10) + ") AS mine"
}

// CaseCounts implements insight.Store.
func (s *Store) CaseCounts(ctx context.Context, q insight.CaseSpan, now time.Time) ([]insight.CaseCount, error) {
	return all[insight.CaseCount](s.casesOpened(ctx, q).Select(casesAbout(q.Mine)+`, COUNT(*) AS opened,
		COUNT(CASE WHEN cases.closed_at IS NULL THEN 1 END) AS open,
		COUNT(CASE WHEN `+caseRuns+" AND "+caseDue+` < ? THEN 1 END) AS overdue,
		COUNT(CASE WHEN cases.contact_due < ? THEN 1 END) AS due,
		COUNT(CASE WHEN cases.contact_due < ? AND cases.contacted_at <= cases.contact_due THEN 1 END) AS on_time,
		COUNT(CASE WHEN cases.state = ? THEN 1 END) AS verified,
		COUNT(CASE WHEN cases.state = ? THEN 1 END) AS unverified,
		COUNT(CASE WHEN cases.state = ? THEN 1 END) AS unreachable,
		COUNT(CASE WHEN cases.reopened > 0 THEN 1 END) AS reopened`,
		now, now, now, casework.Verified, casework.Unverified, casework.Unreachable).Group("1, 2, 3, 4, 5"))
}

// CaseTimes implements insight.Store.
func (s *Store) CaseTimes(ctx context.Context, q insight.CaseSpan, every int64) ([]insight.CaseTime, error) {
	db := s.casesOpened(ctx, q).Select(casesAbout(q.Mine) + ", cases.opened_at, cases.contacted_at, cases.closed_at")
	if every > 1 {
		db = db.Where("cases.id % ? = 0", every) // numbers count up from a random start: these are spread evenly
	}
	return all[insight.CaseTime](db)
}
