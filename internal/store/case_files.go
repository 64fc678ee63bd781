package store

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
)

const fileColumns = "id, case_id, step_id, name, type, size, at"

// FilesOf implements casework.Store.
func (s *Store) FilesOf(ctx context.Context, id int64) ([]casework.File, error) {
	return all[casework.File](s.read(ctx).Table("case_files").Select(fileColumns).Where("case_id = ?", id).Order("at, id"))
}

type fileRow struct {
	casework.File
	Bytes []byte
}

// AddFile implements casework.Store.
func (s *Store) AddFile(ctx context.Context, f casework.File, content []byte) error {
	return s.change(ctx, func(db *gorm.DB) error {
		return db.Table("case_files").Create(&fileRow{f, content}).Error
	})
}

// CaseFile reads a file of a case that somebody was found to see. It is not kept in memory: nobody looks twice.
func (s *Store) CaseFile(ctx context.Context, caseID, id int64) (f casework.File, content []byte, err error) {
	var row fileRow
	err = s.read(ctx).Table("case_files").Where("case_id = ? AND id = ?", caseID, id).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = fault.Missing("cases.file_missing")
	}
	return row.File, row.Bytes, err
}
