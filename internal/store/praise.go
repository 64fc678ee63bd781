package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/praise"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// SaveShare implements praise.Store.
func (s *Store) SaveShare(ctx context.Context, x praise.Share) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("praise_shares").Clauses(replacing).Create(&x).Error
	})
}

// DropShare implements praise.Store.
func (s *Store) DropShare(ctx context.Context, x praise.Share) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Exec("DELETE FROM praise_shares WHERE employee_id = ? AND response_id = ? AND touchpoint_id = ?", x.EmployeeID, x.ResponseID, x.TouchpointID).Error
	})
}

// Shared says which of one employee's feedback she shares with her team.
func (s *Store) Shared(ctx context.Context, employee int64, quotes []feedback.Quote) (map[[2]int64]bool, error) {
	rows, err := in[praise.Share](s.read(ctx).Where("employee_id = ?", employee), "praise_shares", "response_id", responsesIn(quotes))
	return mapped(rows, func(x praise.Share) ([2]int64, bool) { return [2]int64{x.ResponseID, x.TouchpointID}, true }), err
}

// SharedPraise is praise that an employee lets her team read.
type SharedPraise struct {
	feedback.Quote
	EmployeeID int64
	Employee   string
}

// SharedPraiseFor lists what employees let their teams read, in the reader's own team, in those she supervises, or in all of
// the company; what was shared last comes first. Whoever left the team took her praise along; what is no praise any more,
// or concerns somebody else now, is not there.
func (s *Store) SharedPraiseFor(ctx context.Context, scope people.Scope, ask page.Ask) (page.Of[SharedPraise], error) {
	db := s.read(ctx).Table("praise_shares x").
		Joins("JOIN employees e ON e.id = x.employee_id AND e.active AND e.team_id = x.team_id").
		Joins("JOIN feedback f ON f.employee_id = x.employee_id AND f.response_id = x.response_id AND f.touchpoint_id = x.touchpoint_id").
		Joins("JOIN responses p ON p.id = x.response_id").
		Joins("JOIN journeys j ON j.id = p.journey_id").
		Joins("LEFT JOIN touchpoints t ON t.id = x.touchpoint_id").
		Joins("LEFT JOIN ratings r ON r.response_id = x.response_id AND r.touchpoint_id = x.touchpoint_id").
		Where("f.withdrawn_at IS NULL AND f.audience = ? AND f.mood = ? AND f.reply NOT IN ?", feedback.ToEmployee, stat.Positive, []feedback.Reply{feedback.ReplyNotMe, feedback.ReplySystem}).
		Where("(x.touchpoint_id = 0 OR r.response_id IS NOT NULL) AND x.response_id NOT IN " + hushed)
	if !scope.Company() {
		db = db.Where("(x.team_id IN ? OR x.team_id = (SELECT m.team_id FROM employees m WHERE m.id = ? AND m.id <> 0 AND m.active))", supervised(scope), scope.Employee())
	}
	out, err := paged[SharedPraise](db.Select(ratingColumns+", x.touchpoint_id, x.employee_id, e.name AS employee, f.mood, f.audience"), ask, "x.at DESC, x.response_id DESC, x.touchpoint_id")
	if err != nil {
		return out, fmt.Errorf("list shared praise: %w", err)
	}
	return out, nil
}

// ConsentOf implements praise.Store.
func (s *Store) ConsentOf(ctx context.Context, response int64) (praise.Consent, bool, error) {
	c, err := one[praise.Consent](s.kept(ctx).Table("praise_consents").Where("response_id = ?", response), "praise.missing")
	if missing(err) {
		return c, false, nil
	}
	return c, err == nil, err
}

// consents asks for the consents c that hold for the words of responses r as they are now: it was praise when the customer
// said yes, and has not changed since.
func (s *Store) consents(ctx context.Context, scope people.Scope) *gorm.DB {
	db := s.read(ctx).Table("praise_consents c").Joins("JOIN responses r ON r.id = c.response_id AND r.revision = c.revision").
		Joins("JOIN journeys j ON j.id = r.journey_id").Where("r.comment <> ''")
	if !scope.Company() {
		db = db.Where("r.journey_id IN ?", some(scope.Journeys()))
	}
	return db
}

// ConsentFor implements praise.Store.
func (s *Store) ConsentFor(ctx context.Context, scope people.Scope, response int64) (praise.Consent, error) {
	return one[praise.Consent](s.consents(ctx, scope).Select("c.*").Where("c.response_id = ?", response), "praise.missing")
}

// SaveConsent implements praise.Store.
func (s *Store) SaveConsent(ctx context.Context, c praise.Consent) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("praise_consents").Clauses(replacing).Create(&c).Error
	})
}

// DropConsent implements praise.Store.
func (s *Store) DropConsent(ctx context.Context, response int64) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Exec("DELETE FROM praise_consents WHERE response_id = ?", response).Error
	})
}

// AllowedFor lists what may be published of the journeys in sight, the newest first.
func (s *Store) AllowedFor(ctx context.Context, scope people.Scope, ask page.Ask) (page.Of[praise.Allowed], error) {
	return paged[praise.Allowed](s.consents(ctx, scope).Select(allowedColumns), ask, "c.at DESC, c.response_id DESC")
}

const allowedColumns = "c.*, j.name AS journey, r.comment, r.language, r.anonymity, r.answered_at"

// mostPublished is how many the public page shows.
const mostPublished = 30

// Published implements praise.Store.
func (s *Store) Published(ctx context.Context) ([]praise.Allowed, error) {
	return all[praise.Allowed](s.consents(ctx, people.System().Scope()).Select(allowedColumns).Where("c.chosen_at IS NOT NULL").Order("c.chosen_at DESC, c.response_id DESC").Limit(mostPublished))
}
