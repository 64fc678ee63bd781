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
	files, err := fs.Sub(migrations.Files, s.d.name())
	if err != nil {
		return 0, err
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption(nil)
	if s.d.name() == "postgres" {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return 0, err
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	return len(results), err
}
