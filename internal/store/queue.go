package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// Queue is the job library's own way into the database, beside GORM's: T is the transaction its driver speaks. It has
// connections of its own, so that background work never waits for a page and no page for background work.
type Queue[T any] struct {
	Driver riverdriver.Driver[T]
	Close  func()
	take   func(ctx context.Context, tx T, limit int) ([][]byte, error)
}

// errandsAtOnce is how many errands one Relay moves.
const errandsAtOnce = 500

// deleteErrands takes the oldest errands out of the outbox; the lock clause keeps two nodes off the same rows.
func deleteErrands(lock, limit string) string {
	return "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE topic = '" + topicJob + "' ORDER BY id LIMIT " + limit + lock +
		") RETURNING payload"
}

// PostgresQueue opens the queue of a PostgreSQL store.
func (s *Store) PostgresQueue(ctx context.Context) (*Queue[pgx.Tx], error) {
	config, err := pgxpool.ParseConfig(s.URL)
	if err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	config.MaxConns = 4
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	take := func(ctx context.Context, tx pgx.Tx, limit int) ([][]byte, error) {
		rows, err := tx.Query(ctx, deleteErrands(" FOR UPDATE SKIP LOCKED", "$1"), limit)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, pgx.RowTo[[]byte])
	}
	return &Queue[pgx.Tx]{Driver: riverpgxv5.New(pool), Close: pool.Close, take: take}, nil
}

// SQLiteQueue opens the queue of a SQLite store: one connection, which waits its turn to write among those of the store
// and of other processes.
func (s *Store) SQLiteQueue(context.Context) (*Queue[*sql.Tx], error) {
	// A power cut may bring back a job that was done already; never lose one, as errand and job stand in one file.
	db, err := sql.Open("sqlite", sqliteDSN(s.path(), "&_pragma=synchronous(NORMAL)&_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	take := func(ctx context.Context, tx *sql.Tx, limit int) ([][]byte, error) {
		rows, err := tx.QueryContext(ctx, deleteErrands("", "?"), limit)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var out [][]byte
		for rows.Next() {
			var payload []byte
			if err := rows.Scan(&payload); err != nil {
				return nil, err
			}
			out = append(out, payload)
		}
		return out, rows.Err()
	}
	return &Queue[*sql.Tx]{Driver: riversqlite.New(db), Close: func() { _ = db.Close() }, take: take}, nil
}

// Relay moves errands from the outbox to wherever enqueue puts them, in one transaction of the job library: an errand is
// in the outbox or a job, never both and never neither. It returns how many it moved.
func (q *Queue[T]) Relay(ctx context.Context, enqueue func(ctx context.Context, tx T, errands []Errand) error) (int, error) {
	tx, err := q.Driver.GetExecutor().Begin(ctx)
	if err != nil {
		return 0, fmt.Errorf("relay: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	payloads, err := q.take(ctx, q.Driver.UnwrapTx(tx), errandsAtOnce)
	if err != nil || len(payloads) == 0 {
		return 0, err
	}
	errands := make([]Errand, len(payloads))
	for i, payload := range payloads {
		if err := json.Unmarshal(payload, &errands[i]); err != nil {
			return 0, fmt.Errorf("relay: read errand: %w", err)
		}
	}
	if err := enqueue(ctx, q.Driver.UnwrapTx(tx), errands); err != nil {
		return 0, fmt.Errorf("relay %d errands: %w", len(errands), err)
	}
	if err := tx.Commit(ctx); err != nil {
		return 0, fmt.Errorf("relay %d errands: %w", len(errands), err)
	}
	return len(errands), nil
}

// ErrandsWaiting looks without taking any lock whether the outbox holds errands.
func (s *Store) ErrandsWaiting(ctx context.Context) (bool, error) { return s.waiting(ctx, topicJob) }

// WithErrands hands over the oldest errands and takes them out of the outbox once do has done them all: whoever works
// without a queue does each at least once. It returns how many there were.
func (s *Store) WithErrands(ctx context.Context, do func(ctx context.Context, e Errand) error) (int, error) {
	rows, err := all[outboxRow](s.read(ctx).Table("outbox").Where("topic = ?", topicJob).Order("id").Limit(errandsAtOnce))
	if err != nil {
		return 0, fmt.Errorf("read errands: %w", err)
	}
	done := make([]int64, len(rows))
	for i, row := range rows {
		var e Errand
		if err := json.Unmarshal(row.Payload, &e); err != nil {
			return 0, fmt.Errorf("read errand %d: %w", row.ID, err)
		}
		if err := do(ctx, e); err != nil {
			return 0, err
		}
		done[i] = row.ID
	}
	if len(done) == 0 {
		return 0, nil
	}
	return len(done), s.quiet(ctx).Exec("DELETE FROM outbox WHERE id IN ?", done).Error
}

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
