package store

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// migrateJobs makes the tables of the job library beside ours.
func (s *Store) migrateJobs(ctx context.Context, db *sql.DB) error {
	if s.d.name() == "sqlite" {
		m, err := rivermigrate.New(riversqlite.New(db), nil)
		return riverUp(ctx, m, err)
	}
	pool, err := pgxpool.New(ctx, s.URL)
	if err != nil {
		return err
	}
	defer pool.Close()
	m, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	return riverUp(ctx, m, err)
}

func riverUp[T any](ctx context.Context, m *rivermigrate.Migrator[T], err error) error {
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
