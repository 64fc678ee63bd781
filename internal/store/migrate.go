package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"

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
	at, err := provider.GetDBVersion(ctx) // under the lock: two nodes may be making the first table
	if err == nil {
		err = tooNew(at, newest(provider))
	}
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
	if err != nil {
		return false, err
	}
	at, known, err := provider.GetVersions(ctx)
	return !pending, errors.Join(err, tooNew(at, known))
}

func newest(p *goose.Provider) int64 {
	steps := p.ListSources()
	return steps[len(steps)-1].Version
}

// tooNew keeps an older program away from tables it does not know.
func tooNew(at, known int64) error {
	if at <= known {
		return nil
	}
	return fmt.Errorf("the database belongs to a newer Journeyloop: its tables are at step %d, this program knows %d", at, known)
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

// Untouched reports whether nothing was ever kept here: no tables at all, or ours with nobody and nothing in them.
func (s *Store) Untouched(ctx context.Context) (bool, error) {
	tables, err := s.r.WithContext(ctx).Migrator().GetTables()
	if err != nil || len(tables) == 0 {
		return err == nil, err
	}
	for _, table := range []string{"users", "teams", "employees", "journeys", "customers"} {
		if !slices.Contains(tables, table) {
			return false, nil
		}
		var n int64
		if err := s.read(ctx).Table(table).Limit(1).Count(&n).Error; err != nil || n > 0 {
			return false, err
		}
	}
	return true, nil
}
