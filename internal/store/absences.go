package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/people"
)

// Absences implements people.Store.
func (s *Store) Absences(ctx context.Context, from, until int32) ([]people.Absence, error) {
	found, err := all[people.Absence](s.absences(ctx).Where("from_day <= ? AND until_day >= ?", until, from).Order("absences.id"))
	if err != nil {
		return nil, fmt.Errorf("load absences: %w", err)
	}
	return found, nil
}

// AbsencesOf implements people.Store.
func (s *Store) AbsencesOf(ctx context.Context, employee int64, day int32) ([]people.Absence, error) {
	found, err := all[people.Absence](s.absences(ctx).Where("employee_id = ? AND until_day >= ?", employee, day).Order("from_day, absences.id"))
	if err != nil {
		return nil, fmt.Errorf("load absences of employee %d: %w", employee, err)
	}
	return found, nil
}

func (s *Store) absences(ctx context.Context) *gorm.DB {
	return s.read(ctx).Table("absences").
		Select("absences.id, employee_id, from_day, until_day, absences.created_at, COALESCE(stands.id, 0) AS substitute_id").
		Joins("JOIN employees away ON away.id = employee_id AND away.active").
		Joins("LEFT JOIN employees stands ON stands.id = substitute_id AND stands.active")
}

// SaveAbsence implements people.Store.
func (s *Store) SaveAbsence(ctx context.Context, a people.Absence) error {
	return s.change(ctx, func(db *gorm.DB) error { return db.Table("absences").Save(&a).Error })
}

// RemoveAbsence implements people.Store.
func (s *Store) RemoveAbsence(ctx context.Context, absence int64) error {
	return s.change(ctx, func(db *gorm.DB) error { return db.Exec("DELETE FROM absences WHERE id = ?", absence).Error })
}
