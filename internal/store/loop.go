package store

import (
	"context"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// casesOpened are the cases of a span, each with the team of its owner. What was opened by mistake is none.
func (s *Store) casesOpened(ctx context.Context, q insight.CaseSpan) *gorm.DB {
	db := s.casesIn(ctx, q.Scope).Where("cases.state <> ?", casework.Withdrawn).Joins("LEFT JOIN employees o ON o.id = cases.owner_id")
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
	db, about := s.casesOpened(ctx, q), ""
	if !q.Whole {
		db, about = db.Group("1, 2, 3, 4, 5"), casesAbout(q.Mine)+", "
	}
	return all[insight.CaseCount](db.Select(about+`COUNT(*) AS opened,
		COUNT(CASE WHEN cases.closed_at IS NULL THEN 1 END) AS open,
		COUNT(CASE WHEN `+caseRuns+" AND "+caseDue+` < ? THEN 1 END) AS overdue,
		COUNT(CASE WHEN cases.contact_due < ? THEN 1 END) AS due,
		COUNT(CASE WHEN cases.contact_due < ? AND cases.contacted_at <= cases.contact_due THEN 1 END) AS on_time,
		COUNT(CASE WHEN cases.state = ? THEN 1 END) AS verified,
		COUNT(CASE WHEN cases.state = ? THEN 1 END) AS unverified,
		COUNT(CASE WHEN cases.state = ? THEN 1 END) AS unreachable,
		COUNT(CASE WHEN cases.reopened > 0 THEN 1 END) AS reopened`,
		now, now, now, casework.Verified, casework.Unverified, casework.Unreachable))
}

// CaseTimes implements insight.Store.
func (s *Store) CaseTimes(ctx context.Context, q insight.CaseSpan, every int64) ([]insight.CaseTime, error) {
	db := s.casesOpened(ctx, q).Select(casesAbout(q.Mine) + ", cases.opened_at, cases.contacted_at, cases.closed_at")
	if every > 1 {
		db = db.Where("cases.id % ? = 0", every) // numbers count up from a random start: these are spread evenly
	}
	return all[insight.CaseTime](db)
}

// CaseRatings implements insight.Store.
func (s *Store) CaseRatings(ctx context.Context, q insight.CaseSpan, every int64) ([]insight.Rerated, error) {
	return all[insight.Rerated](s.casesOpened(ctx, q).
		Joins("JOIN responses r ON r.run_id = cases.run_id AND r.overall IS NOT NULL LEFT JOIN case_ratings l ON l.case_id = cases.id").
		Select("r.scale, r.overall AS value, COALESCE(l.scale, '') AS later_scale, COALESCE(l.value, 0) AS later, COUNT(*) AS n").
		Where("cases.closed_at IS NOT NULL AND cases.id % ? = 0", every).Group("1, 2, 3, 4"))
}

// Uncontacted implements insight.Store.
func (s *Store) Uncontacted(ctx context.Context, q insight.CaseSpan, journeys []int64, low map[stat.Scale][]int, most int) ([]insight.Answered, error) {
	if len(low) == 0 {
		return nil, nil
	}
	// A customer has few cases, a journey many: adding nothing keeps the engine from looking through the journey's.
	dissatisfied := s.read(ctx).Session(&gorm.Session{NewDB: true})
	for scale, values := range low {
		dissatisfied = dissatisfied.Or("r.scale = ? AND r.overall IN ?", scale, values)
	}
	db := s.read(ctx).Table("responses r").Where("r.journey_id IN ? AND r.customer_id <> 0", some(journeys)).Where(dissatisfied).
		Where(`NOT EXISTS (SELECT 1 FROM cases c WHERE c.customer_id = r.customer_id AND c.journey_id + 0 = r.journey_id AND c.contacted_at IS NOT NULL)`)
	if !q.From.IsZero() {
		db = db.Where("r.answered_at >= ?", q.From)
	}
	if !q.Until.IsZero() {
		db = db.Where("r.answered_at < ?", q.Until)
	}
	return all[insight.Answered](db.Select(`r.customer_id, r.journey_id, r.scale, (SELECT n.overall FROM responses n WHERE n.customer_id = r.customer_id
		AND n.journey_id = r.journey_id AND n.scale = r.scale AND n.answered_at > r.answered_at AND n.overall IS NOT NULL
		ORDER BY n.answered_at, n.id LIMIT 1) AS later`).Order("r.answered_at, r.id").Limit(most))
}
