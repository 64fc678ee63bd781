package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/journeyloop/journeyloop/migrations"
)

// Migrate brings the tables up to date and returns how many steps that took. Several nodes may call it at once.
func (s *Store) Migrate(ctx context.Context) (int, error) {
	db, err := s.w.DB()
	if err != nil {
		return 0, err
	}
	steps, err := s.migrateTables(ctx, db)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	if err := s.migrateJobs(ctx, db); err != nil {
		return 0, fmt.Errorf("migrate jobs: %w", err)
	}
	return steps, nil
}

func (s *Store) migrateTables(ctx context.Context, db *sql.DB) (int, error) {
	provider, err := s.provider(db)
	if err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	return len(results), err
}

// Migrated reports whether the tables are up to date.
func (s *Store) Migrated(ctx context.Context) (bool, error) {
	db, err := s.w.DB()
	if err != nil {
		return false, err
	}
	provider, err := s.provider(db)
	if err != nil {
		return false, err
	}
	pending, err := provider.HasPending(ctx)
	return !pending, err
}

func (s *Store) provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations.Files, s.d.name())
	if err != nil {
		return nil, err
	}
	if s.d.name() == "sqlite" {
		return goose.NewProvider(goose.DialectSQLite3, db, files)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
}

// Untouched reports whether the database has no tables at all, ours or anybody's.
func (s *Store) Untouched(ctx context.Context) (bool, error) {
	tables, err := s.r.WithContext(ctx).Migrator().GetTables()
	return len(tables) == 0, err
}
