package store

import (
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// living makes connections that the pool takes back only while they live: whoever hangs up within a question ends her
// connection, and database/sql would hand it to the next in the queue.
type living struct{ driver.Connector }

// Connect implements driver.Connector.
func (l living) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := l.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return valid{conn.(*stdlib.Conn)}, nil
}

type valid struct{ *stdlib.Conn }

// IsValid implements driver.Validator.
func (v valid) IsValid() bool { return !v.Conn.Conn().IsClosed() }

// copy writes rows the way PostgreSQL takes them in quickest: nothing is parsed or planned, and a page is filled at once.
func (p *pooled) copy(ctx context.Context, b bulk, types []uint32) error {
	rows, err := copied(make([]byte, 0, roomOf*b.rows*len(types)), b, types)
	if err != nil {
		return err
	}
	return p.conn.Raw(func(conn any) error {
		_, err := conn.(valid).Conn.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(rows), "COPY "+b.into+" ("+strings.Join(b.columns, ", ")+") FROM STDIN (FORMAT binary)")
		return err
	})
}

// roomOf is how many bytes most values take with their length, on an average.
const roomOf = 12

// copied are rows in the binary form of COPY: a head, for each row the number of its values and for each value its length
// and its bytes, and an end.
func copied(to []byte, b bulk, types []uint32) ([]byte, error) {
	var err error
	to = append(to, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	for row := range b.rows {
		to = binary.BigEndian.AppendUint16(to, uint16(len(types)))
		for column, of := range types {
			if to, err = b.put(to, column, row, of); err != nil {
				return to, fmt.Errorf("column %s: %w", b.columns[column], err)
			}
		}
	}
	return binary.BigEndian.AppendUint16(to, 1<<16-1), nil
}

// epoch is when PostgreSQL's time begins, in microseconds of ours.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

var errWide = errors.New("a number too large for its column")

// put appends one value for a column of a type.
func (b bulk) put(to []byte, column, row int, of uint32) ([]byte, error) {
	if b.kinds[column] == written {
		v, err := driver.DefaultParameterConverter.ConvertValue(b.value(column, row))
		return sized(to, v), err
	}
	v := b.field(column, row)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return absent(to), nil
		}
		v = v.Elem()
	}
	switch of {
	case pgtype.Int8OID:
		return wide(to, v.Int()), nil
	case pgtype.Int4OID:
		x := v.Int()
		return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(to, 4), uint32(x)), narrow(x, math.MaxInt32)
	case pgtype.Int2OID:
		x := v.Int()
		return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32(to, 2), uint16(x)), narrow(x, math.MaxInt16)
	case pgtype.TimestamptzOID:
		return wide(to, v.Addr().Interface().(*time.Time).UnixMicro()-epoch), nil
	case pgtype.BoolOID:
		to = binary.BigEndian.AppendUint32(to, 1)
		if v.Bool() {
			return append(to, 1), nil
		}
		return append(to, 0), nil
	case pgtype.ByteaOID:
		return sized(to, v.Bytes()), nil
	}
	return sized(to, v.String()), nil
}

func absent(to []byte) []byte { return binary.BigEndian.AppendUint32(to, math.MaxUint32) }

func wide(to []byte, x int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(to, 8), uint64(x))
}

func narrow(x, most int64) error {
	if x > most || x < -most-1 {
		return errWide
	}
	return nil
}

// sized appends text or bytes with their length; what is neither is absent.
func sized(to []byte, v driver.Value) []byte {
	switch v := v.(type) {
	case string:
		return append(binary.BigEndian.AppendUint32(to, uint32(len(v))), v...)
	case []byte:
		if v != nil {
			return append(binary.BigEndian.AppendUint32(to, uint32(len(v))), v...)
		}
	}
	return absent(to)
}

// typesOf are the types of the columns of b, by the numbers PostgreSQL gives them; they stay as long as the store is open.
func (d *postgresDialect) typesOf(ctx context.Context, db gorm.ConnPool, b bulk) ([]uint32, error) {
	key := b.into + " " + strings.Join(b.columns, " ")
	if known, ok := d.types.Load(key); ok {
		return known.([]uint32), nil
	}
	types := make([]uint32, len(b.columns))
	for i, name := range b.columns {
		row := db.QueryRowContext(ctx, "SELECT atttypid FROM pg_attribute WHERE attrelid = CAST($1 AS text)::regclass AND attname = $2", b.into, name)
		if err := row.Scan(&types[i]); err != nil {
			return nil, fmt.Errorf("column %s: %w", name, err)
		}
	}
	d.types.Store(key, types)
	return types, nil
}
