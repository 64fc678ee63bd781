package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
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

// As one text, so that the statement is the same however many there are.
func (sqliteDialect) among(column string, ids []int64) (string, any) {
	return column + " IN (SELECT value FROM json_each(?))", asText('[', ids, ']', func(to []byte, id int64) []byte { return strconv.AppendInt(to, id, 10) })
}

func (sqliteDialect) amongBytes(column string, of [][]byte) (string, any) {
	return column + " IN (SELECT unhex(value) FROM json_each(?))", asText('[', of, ']', func(to []byte, b []byte) []byte {
		return append(hex.AppendEncode(append(to, '"'), b), '"')
	})
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
func (s *Store) sqlitePool(ctx context.Context, path, more string, most int) (*gorm.DB, error) {
	connector, err := sqlite.NewConnector(sqliteDSN(path, "&_time_integer_format=unix_micro&_inttotime=1"+more))
	if err != nil {
		return nil, err
	}
	conns := sql.OpenDB(keeping{connector})
	s.close = append(s.close, conns.Close)
	conns.SetMaxOpenConns(most)
	conns.SetMaxIdleConns(most)
	if err := conns.PingContext(ctx); err != nil {
		return nil, err
	}
	return gorm.Open(translating{gormsqlite.Dialector{Conn: pool{conns}}, s}, gormConfig())
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

// parameters is how many one statement of SQLite takes here.
const parameters = 1000

// fill implements dialect, with statements of 1, 2, 4, … rows: those are kept, however many rows there are.
func (sqliteDialect) fill(ctx context.Context, db gorm.ConnPool, b bulk) error {
	tx, ok := db.(*pooled)
	if !ok {
		return gorm.ErrInvalidTransaction
	}
	return tx.conn.Raw(func(conn any) error { return conn.(*keeper).fill(ctx, b) })
}

func (k *keeper) fill(ctx context.Context, b bulk) (err error) {
	each := 1 << (bits.Len(uint(max(1, parameters/len(b.columns)))) - 1)
	args := make([]driver.NamedValue, each*len(b.columns))
	for from := 0; from < b.rows; from += each {
		for each > b.rows-from {
			each /= 2
		}
		args = args[:each*len(b.columns)]
		for i := range args {
			args[i].Ordinal = i + 1
			if args[i].Value, err = b.plain(i%len(b.columns), from+i/len(b.columns)); err != nil {
				return err
			}
		}
		if err := k.run(ctx, b.values(each), args); err != nil {
			return err
		}
	}
	return nil
}

// values is the statement for so many rows. Where one of them cannot be, those before it stay until the transaction is
// rolled back, as it is: to take them back first, SQLite would have to keep every page as it was before the statement.
func (b bulk) values(rows int) string {
	place := "(?" + strings.Repeat(",?", len(b.columns)-1) + ")"
	text := b.around("VALUES " + place + strings.Repeat(","+place, rows-1))
	return strings.Replace(text, "INSERT INTO", "INSERT OR FAIL INTO", 1)
}
