package store

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/casework"
)

// SaveCaseRating implements casework.Store.
func (s *Store) SaveCaseRating(ctx context.Context, r casework.Rating) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("case_ratings").Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error
	})
}

// CaseRating implements casework.Store.
func (s *Store) CaseRating(ctx context.Context, id int64) (casework.Rating, error) {
	return one[casework.Rating](s.read(ctx).Table("case_ratings").Where("case_id = ?", id), caseMissing)
}
