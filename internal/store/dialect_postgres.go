package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

type postgresDialect struct {
	types sync.Map // of the columns of tables, once asked for
}

func (*postgresDialect) name() string { return "postgres" }

// Three: while one waits for the disk and one for the server, one works. More of them only cut the batches smaller.
func (*postgresDialect) writers() int { return 3 }
func (*postgresDialect) lock() string { return " FOR NO KEY UPDATE" } // what refers to the row need not wait

func (*postgresDialect) constraint(err error) bool {
	return pgCode(err, "23505", "23503")
}

func (*postgresDialect) snapshot(readOnly bool) *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: readOnly}
}

func (*postgresDialect) soon(later, earlier string) string {
	return later + " <= " + earlier + " + make_interval(secs => ?)"
}

func (*postgresDialect) seconds(later, earlier string) string {
	return "CAST(EXTRACT(EPOCH FROM " + later + " - " + earlier + ") AS bigint)"
}

// Serialization failure, deadlock, lock not available.
func (*postgresDialect) busy(err error) bool { return pgCode(err, "40001", "40P01", "55P03") }

// Shut down by an administrator, crashed, starting up, too many connections; or no answer at all. What the asker gave up
// is not away.
func (*postgresDialect) away(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if pgCode(err, "57P01", "57P02", "57P03", "53300") || pgconn.SafeToRetry(err) {
		return true
	}
	_, refused := errors.AsType[*pgconn.ConnectError](err)
	_, cut := errors.AsType[*net.OpError](err)
	return refused || cut || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn)
}

// No room on the disk, out of memory, a replica.
func (*postgresDialect) full(err error) bool { return pgCode(err, "53100", "53200", "25006") }

func pgCode(err error, codes ...string) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && slices.Contains(codes, e.Code)
}

// As text, which GORM does not spread into as many parameters.
func (*postgresDialect) among(column string, ids []int64) (string, any) {
	return column + " = ANY (CAST(? AS bigint[]))", asText('{', ids, '}', func(to []byte, id int64) []byte { return strconv.AppendInt(to, id, 10) })
}

func (*postgresDialect) amongBytes(column string, of [][]byte) (string, any) {
	return column + " = ANY (CAST(? AS bytea[]))", asText('{', of, '}', func(to []byte, b []byte) []byte {
		return append(hex.AppendEncode(append(to, `"\\x`...), b), '"')
	})
}

// Tables that are small, or were when the statement was first planned, would be read whole; not so where it costs nothing
// to leap.
func (*postgresDialect) byKey(tx *gorm.DB) error {
	return tx.Exec("SET LOCAL random_page_cost = 0").Error
}

// foldLock is the advisory lock of whoever folds; any number will do as long as it stays.
const foldLock = 7_302_026

func (*postgresDialect) lead(tx *gorm.DB) (bool, error) {
	var got bool
	err := tx.Raw("SELECT pg_try_advisory_xact_lock(?)", foldLock).Scan(&got).Error
	return got, err
}

func (s *Store) openPostgres(ctx context.Context, url string) error {
	s.d = &postgresDialect{}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return once(err)
	}
	conns := sql.OpenDB(living{stdlib.GetConnector(*config)})
	s.close = append(s.close, conns.Close)
	most := 2*runtime.NumCPU() + 1
	conns.SetMaxOpenConns(most)
	conns.SetMaxIdleConns(most)
	db, err := gorm.Open(translating{postgres.New(postgres.Config{Conn: pool{conns}}), s}, gormConfig())
	if err != nil {
		return once(err)
	}
	s.w, s.r = db, db
	return conns.PingContext(ctx)
}

func withoutTLS(line string) bool {
	return strings.HasSuffix(line, "tls error: server refused TLS connection")
}

// once says the same thing once: where the address leaves TLS open, the library tries with and without, and reports
// both. That a server has no TLS is then not the reason.
func once(err error) error {
	var said []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		line = strings.TrimSpace(line)
		if !slices.Contains(said, line) {
			said = append(said, line)
		}
	}
	if without := slices.DeleteFunc(slices.Clone(said), withoutTLS); len(without) > 1 {
		said = without
	}
	return errors.New(strings.Join(said, " "))
}

// fill implements dialect.
func (d *postgresDialect) fill(ctx context.Context, db gorm.ConnPool, b bulk) error {
	if tx, ok := db.(*pooled); ok && b.into != "" && b.rows >= copyFrom {
		types, err := d.typesOf(ctx, db, b)
		if err != nil {
			return err
		}
		return tx.copy(ctx, b, types)
	}
	places, args := make([]string, len(b.columns)), make([]any, len(b.columns))
	for column, kind := range b.kinds {
		places[column] = fmt.Sprintf("$%d::%s[]", column+1, kind)
		args[column] = b.array(column)
	}
	_, err := db.ExecContext(ctx, b.around("SELECT * FROM unnest("+strings.Join(places, ", ")+")"), args...)
	return err
}

// copyFrom is how many rows are worth a COPY, whose statement is read anew each time.
const copyFrom = 4

// array is a column as pgx encodes it without looking at each of its values anew.
func (b bulk) array(column int) any {
	switch b.kinds[column] {
	case "bigint":
		return arrayOf(b, column, reflect.Value.Int)
	case "varchar":
		return arrayOf(b, column, reflect.Value.String)
	case "boolean":
		return arrayOf(b, column, reflect.Value.Bool)
	case "timestamptz":
		return arrayOf(b, column, func(v reflect.Value) time.Time { return *v.Addr().Interface().(*time.Time) })
	}
	values := make([]any, b.rows)
	for row := range values {
		values[row] = b.value(column, row)
	}
	return values
}

// arrayOf is a column of values that may be absent: as they are when none can be, else as pointers.
func arrayOf[V any](b bulk, column int, of func(reflect.Value) V) any {
	values := make([]V, b.rows)
	if b.field(column, 0).Kind() != reflect.Pointer {
		for row := range values {
			values[row] = of(b.field(column, row))
		}
		return values
	}
	pointers := make([]*V, b.rows)
	for row := range values {
		if v := b.field(column, row); !v.IsNil() {
			values[row] = of(v.Elem())
			pointers[row] = &values[row]
		}
	}
	return pointers
}
