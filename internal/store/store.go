// Package store is the only room with SQL: it keeps every Store interface of the floors below on SQLite and on
// PostgreSQL, a file per aggregate. It decides nothing: rules are the nouns', sight is the Scope's. What differs between
// the engines is in dialect_*.go and nowhere else.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/recall"
)

// Store is one open database.
type Store struct {
	w, r  *gorm.DB // SQLite has one writing connection and several reading ones; PostgreSQL one pool for both
	d     dialect
	zone  *time.Location
	URL   string
	Now   func() time.Time // when what comes in is written down; the demo's play turns it back
	close []func() error
	watch *watch        // only in tests
	told  recall.Memory // of rows, by the question that found them

	changes recall.Changes

	design atomic.Pointer[design] // as of the last version that an answer came in with
}

// dialect is what the engines do differently. It grows only when a test of both engines forces it to.
type dialect interface {
	// name is the folder of the migrations and the goose dialect.
	name() string
	// fill inserts many rows with as few statements as the engine takes.
	fill(ctx context.Context, db gorm.ConnPool, b bulk) error
	// writers is how many transactions that write are of use at the same time.
	writers() int
	// constraint reports whether err says that a unique key or a reference was violated.
	constraint(err error) bool
	// lock is the clause that keeps a row for this transaction; empty where transactions are alone anyway.
	lock() string
	// among is the condition that a column is one of ids, and its parameter.
	among(column string, ids []int64) (where string, arg any)
	amongBytes(column string, of [][]byte) (where string, arg any)
	// byKey says of what a transaction still does that it finds all by its keys.
	byKey(tx *gorm.DB) error
	// lead reports whether this transaction may fold; at most one does at a time.
	lead(tx *gorm.DB) (bool, error)
	// snapshot are the options of a transaction that reads all as of one moment.
	snapshot(readOnly bool) *sql.TxOptions
	// soon is true when the time in one column is at most so many seconds (its parameter) after that in the other.
	soon(later, earlier string) string
	// seconds is how much later one time is than another, in whole seconds.
	seconds(later, earlier string) string
	// busy reports whether err says that somebody else holds what was asked for, so that trying again helps.
	busy(err error) bool
	// away reports whether err says that the database cannot be reached just now; what was under way did not happen,
	// or its end is unknown.
	away(err error) bool
	// full reports whether err says that nothing can be written down: no room, or no right to.
	full(err error) bool
}

// Open opens the database at url: sqlite:PATH or postgres://…. zone is the company's: it decides which day a contact
// belongs to. The tables are not touched; see Migrate.
func Open(ctx context.Context, url string, zone *time.Location) (*Store, error) {
	s := &Store{URL: url, zone: zone, Now: clock}
	var err error
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		err = s.openSQLite(ctx, strings.TrimPrefix(url, "sqlite:"))
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		err = s.openPostgres(ctx, url)
	default:
		return nil, fmt.Errorf("open database: %q is neither sqlite:PATH nor postgres://…", scheme(url))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.Close())
	}
	return s, nil
}

// clock is the time to the microsecond, which is what both engines keep.
func clock() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// scheme keeps passwords out of messages.
func scheme(url string) string {
	if head, _, ok := strings.Cut(url, ":"); ok {
		return head + ":…"
	}
	return "…"
}

// Close ends every connection.
func (s *Store) Close() error {
	var errs []error
	for i := len(s.close) - 1; i >= 0; i-- {
		errs = append(errs, s.close[i]())
	}
	return errors.Join(errs...)
}

// Narrow leaves the store one connection on PostgreSQL, and one to read and one to write with on SQLite. It is for
// tests: what takes a second connection while it holds one never ends.
func (s *Store) Narrow() error {
	for _, db := range []*gorm.DB{s.w, s.r} {
		pool, err := db.DB()
		if err != nil {
			return err
		}
		pool.SetMaxOpenConns(1)
	}
	return nil
}

// Engine is "sqlite" or "postgres".
func (s *Store) Engine() string { return s.d.name() }

// Writers is how many transactions that change something can usefully be open at the same time.
func (s *Store) Writers() int { return s.d.writers() }

// Zone is the company's time zone.
func (s *Store) Zone() *time.Location { return s.zone }

// gormConfig leaves out GORM's own cache of prepared statements (PrepareStmt): whoever looks up a statement that another
// is preparing waits under the cache's lock, and the other waits for a connection. Once transactions that want the lock
// hold every connection, all wait for ever. pgx keeps statements by connection, which has no such lock.
func gormConfig() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,           // see translating
		Logger:                 logger.Discard, // errors are returned; rows are people's words and do not belong in logs
		NowFunc:                clock,
	}
}

// batch is how many rows one INSERT carries: SQLite takes 32 766 parameters.
const batch = 500

// insert writes rows in batches; what to do with those already there is a clause of db.
func insert[T any](db *gorm.DB, table string, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	if err := db.Table(table).CreateInBatches(rows, batch).Error; err != nil {
		return fmt.Errorf("insert into %s: %w", table, err)
	}
	return nil
}

// one loads a single row or says which message key to show for its absence.
func one[T any](db *gorm.DB, missing string) (T, error) {
	rows, err := recalled(db, "one", func(db *gorm.DB) ([]T, error) {
		var row T
		err := db.Take(&row).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil, nil
		}
		return []T{row}, err
	})
	var row T
	if err == nil && len(rows) == 0 {
		return row, fault.Missing(missing)
	}
	if len(rows) > 0 {
		row = rows[0]
	}
	return row, err
}

// all loads every row of a query.
func all[T any](db *gorm.DB) ([]T, error) {
	return recalled(db, "all", func(db *gorm.DB) (rows []T, err error) {
		err = db.Find(&rows).Error
		return rows, err
	})
}

// portion is how many values one IN () carries.
const portion = 1000

// in loads the rows whose column is among ids, in portions that both engines take.
func in[T any, K comparable](db *gorm.DB, table, column string, ids []K) ([]T, error) {
	var out []T
	db = db.Session(&gorm.Session{}) // each portion begins with db as it came, without the conditions of the one before
	for some := range slices.Chunk(ids, portion) {
		where, arg := among(db, column, some)
		rows, err := fetch[T](db.Table(table).Where(where, arg))
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", table, err)
		}
		out = append(out, rows...)
	}
	return out, nil
}

// among is the condition that a column is one of ids; the statement is the same however many there are, where the engine
// can keep it.
func among[K comparable](db *gorm.DB, column string, ids []K) (where string, arg any) {
	if numbers, ok := any(ids).([]int64); ok {
		if t, ok := db.Dialector.(translating); ok {
			return t.s.d.among(column, numbers)
		}
	}
	return column + " IN ?", ids
}

// mapped makes a map of rows; of several with one key the last stays.
func mapped[T any, K comparable, V any](rows []T, entry func(T) (K, V)) map[K]V {
	out := make(map[K]V, len(rows))
	for _, row := range rows {
		key, value := entry(row)
		out[key] = value
	}
	return out
}

// byKey loads the rows that have one of the keys, by key.
func byKey[T any](db *gorm.DB, table string, keys []string, key func(T) string) (map[string]T, error) {
	rows, err := in[T](db, table, "key", distinct(keys))
	return mapped(rows, func(row T) (string, T) { return key(row), row }), err
}

// retry runs fn again when somebody else made the same new name first, held a lock or cut the connection; three times at most.
func (s *Store) retry(fn func() error) error {
	var err error
	for range 4 {
		if err = fn(); err == nil || !(s.d.constraint(err) || s.d.busy(err) || s.d.away(err)) {
			return err
		}
	}
	return err
}
