package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	sqlite "modernc.org/sqlite"
)

type sqliteDialect struct{}

func (sqliteDialect) name() string { return "sqlite" }
func (sqliteDialect) writers() int { return 1 }
func (sqliteDialect) lock() string { return "" } // transactions begin immediate: one writes at a time

// SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE, _FOREIGNKEY.
func (sqliteDialect) constraint(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code() == 1555 || e.Code() == 2067 || e.Code() == 787)
}

func (sqliteDialect) snapshot(readOnly bool) *sql.TxOptions {
	return &sql.TxOptions{ReadOnly: readOnly}
}

// Times are microseconds; see sqlitePool.
func (sqliteDialect) soon(later, earlier string) string {
	return later + " - " + earlier + " <= ? * 1000000"
}

func (sqliteDialect) seconds(later, earlier string) string {
	return "((" + later + " - " + earlier + ") / 1000000)"
}

// SQLITE_BUSY and SQLITE_LOCKED.
func (sqliteDialect) busy(err error) bool { return sqliteCode(err, 5, 6) }

func (sqliteDialect) away(error) bool { return false }

// SQLITE_FULL, _IOERR, _READONLY, _CANTOPEN.
func (sqliteDialect) full(err error) bool { return sqliteCode(err, 13, 10, 8, 14) }

// sqliteCode compares primary codes, whatever their extension.
func sqliteCode(err error, codes ...int) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && slices.Contains(codes, e.Code()&0xff)
}

func (sqliteDialect) among(column string, ids []int64) (string, any) { return column + " IN ?", ids }
func (sqliteDialect) amongBytes(column string, of [][]byte) (string, any) {
	return column + " IN ?", of
}

func (sqliteDialect) byKey(*gorm.DB) error { return nil }

func (sqliteDialect) lead(*gorm.DB) (bool, error) { return true, nil }

// openSQLite opens one writing connection and a few reading ones: SQLite lets one write at a time, and a queue in Go is
// fairer than its busy handler.
func (s *Store) openSQLite(ctx context.Context, path string) error {
	s.d = sqliteDialect{}
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return err
		}
	}
	return plain(path, s.openPools(ctx, path))
}

// plain puts into words what a person can do something about: SQLITE_CANTOPEN, _READONLY and _NOTADB.
func plain(path string, err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	says, ok := map[int]string{14: "cannot be opened: is it a file in a folder that may be written to?",
		8: "may not be written to", 26: "is not a SQLite database"}[e.Code()&0xff]
	if !ok {
		return err
	}
	return fmt.Errorf("%s %s", path, says)
}

func (s *Store) openPools(ctx context.Context, path string) error {
	var err error
	if s.w, err = s.sqlitePool(ctx, path, "&_pragma=synchronous(FULL)&_txlock=immediate", 1); err != nil {
		return err
	}
	if s.r, err = s.sqlitePool(ctx, path, "&_pragma=query_only(1)", max(4, runtime.NumCPU())); err != nil {
		return err
	}
	return s.numbered(ctx, path)
}

// numbered refuses a file from before times were numbers: they would be read as the beginning of time. A file whose first
// event is told in numbers is a file of today.
func (s *Store) numbered(ctx context.Context, path string) error {
	var there int
	var kind string
	db := s.r.WithContext(ctx)
	if err := db.Raw("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'events'").Scan(&there).Error; err != nil || there == 0 {
		return err // a new file
	}
	if err := db.Raw("SELECT typeof(at) FROM events ORDER BY id LIMIT 1").Scan(&kind).Error; err != nil || kind != "text" {
		return err
	}
	return fmt.Errorf("%s was written by an earlier Journeyloop, which kept times as text: move it away, and a new one is made; what it holds is read with the program that wrote it", path)
}

// sqlitePool opens connections that keep times as numbers of microseconds, a quarter of their text: they stand in most
// rows and indexes, and neither need be written out nor read again.
func (s *Store) sqlitePool(ctx context.Context, path, more string, conns int) (*gorm.DB, error) {
	db, err := gorm.Open(translating{gormsqlite.Dialector{DriverName: "sqlite", DSN: sqliteDSN(path, "&_time_integer_format=unix_micro&_inttotime=1"+more)}, s}, gormConfig())
	if err != nil {
		return nil, err
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	s.close = append(s.close, pool.Close)
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return db, pool.PingContext(ctx)
}

// logged is how many pages the log holds before they go into the file: many commits write the same pages of indexes, and
// in the file they need to be once. 16 MB.
const logged = "4000"

func sqliteDSN(path, more string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(15000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=cache_size(-32000)&_pragma=wal_autocheckpoint(" + logged + ")" +
		"&_time_format=sqlite&_timezone=UTC" + more
}

// path is the file of a SQLite store.
func (s *Store) path() string { return strings.TrimPrefix(s.URL, "sqlite:") }

// parameters is how many one statement of SQLite takes here: reading its text takes longer than running it once does.
const parameters = 400

// fill implements dialect. The text is read once for all full statements, and once for the rest.
func (sqliteDialect) fill(ctx context.Context, db gorm.ConnPool, b bulk) error {
	each := max(1, parameters/len(b.columns))
	full := b.rows - b.rows%each
	if err := b.run(ctx, db, each, 0, full); err != nil {
		return err
	}
	return b.run(ctx, db, b.rows-full, full, b.rows)
}

// run writes the rows from … until, each at a time.
func (b bulk) run(ctx context.Context, db gorm.ConnPool, each, from, until int) error {
	if from == until {
		return nil
	}
	place := "(?" + strings.Repeat(",?", len(b.columns)-1) + ")"
	q, err := db.PrepareContext(ctx, b.around("VALUES "+place+strings.Repeat(","+place, each-1)))
	if err != nil {
		return err
	}
	defer q.Close()
	args := make([]any, 0, each*len(b.columns))
	for ; from < until; from += each {
		args = args[:0]
		for row := from; row < from+each; row++ {
			for column := range b.columns {
				args = append(args, b.value(column, row))
			}
		}
		if _, err := q.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}
