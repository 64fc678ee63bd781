package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm/schema"
)

// bulk is rows on their way in, by GORM's description of their type but without its statements, which cost more than the
// rows when they are many: each column is a parameter on PostgreSQL, so that the statement stays the same however many
// rows there are; see dialect.fill.
type bulk struct {
	into    string // the table the rows are simply added to; "" where there is more to do
	columns []string
	kinds   []string // as PostgreSQL calls them
	rows    int
	field   func(column, row int) reflect.Value // not of what is written as another type
	value   func(column, row int) any
	around  func(rows string) string // the statement around the query that yields the rows
}

// descriptions are GORM's, of all row types.
var descriptions sync.Map

// pour inserts rows with one statement, or as few as the engine takes; then says what to do with those that are there
// already, "" fails. Unlike insert it must be in a transaction.
func pour[T any](ctx context.Context, s *Store, table string, rows []T, then string) error {
	into := table
	if then != "" {
		into = ""
	}
	err := stream(ctx, s, rows, into, func(columns, rows string) string {
		return "INSERT INTO " + table + " (" + columns + ") " + rows + " " + then
	})
	if err != nil {
		return fmt.Errorf("insert into %s: %w", table, err)
	}
	return nil
}

// amend changes rows that are there by rows called given, in a transaction.
func amend[T any](ctx context.Context, s *Store, table string, rows []T, set string) error {
	err := stream(ctx, s, rows, "", func(columns, rows string) string {
		return "WITH given (" + columns + ") AS (" + rows + ") UPDATE " + table + " SET " + set + " FROM given WHERE given.id = " + table + ".id"
	})
	if err != nil {
		return fmt.Errorf("amend %s: %w", table, err)
	}
	return nil
}

// stream runs the statement that around makes, with the rows in it.
func stream[T any](ctx context.Context, s *Store, rows []T, into string, around func(columns, rows string) string) error {
	if len(rows) == 0 {
		return nil
	}
	d, err := schema.Parse(new(T), &descriptions, schema.NamingStrategy{})
	if err != nil {
		return err
	}
	b := bulk{into: into, rows: len(rows)}
	b.around = func(rows string) string { return around(strings.Join(b.columns, ", "), rows) }
	var fields []*schema.Field
	for _, f := range d.Fields {
		if f.DBName != "" {
			fields, b.columns, b.kinds = append(fields, f), append(b.columns, f.DBName), append(b.kinds, kindOf(f))
		}
	}
	all := reflect.ValueOf(rows)
	b.field = func(column, row int) reflect.Value { return fields[column].ReflectValueOf(ctx, all.Index(row)) }
	b.value = func(column, row int) any {
		v, _ := fields[column].ValueOf(ctx, all.Index(row))
		return v
	}
	db := s.write(ctx)
	if db.Error != nil {
		return db.Error
	}
	if t, ok := s.txOf(ctx); ok {
		t.changed |= areasIn(b.around(""))
	}
	return translating{s: s}.Translate(s.d.fill(ctx, db.Statement.ConnPool, b))
}

var (
	timeType   = reflect.TypeFor[time.Time]()
	valuerType = reflect.TypeFor[driver.Valuer]()
)

// written is the kind of what writes itself, and of what is kept as JSON: text.
const written = "text"

// kindOf is the type of a column for PostgreSQL.
func kindOf(f *schema.Field) string {
	of := f.IndirectFieldType
	switch {
	case f.Serializer != nil || of.Implements(valuerType):
		return written
	case of == timeType:
		return "timestamptz"
	case of.Kind() == reflect.Bool:
		return "boolean"
	case of.Kind() == reflect.Slice:
		return "bytea"
	case of.Kind() == reflect.String:
		return "varchar"
	}
	return "bigint"
}

// plain is a value as drivers take it, without asking it what it is.
func (b bulk) plain(column, row int) (driver.Value, error) {
	if b.kinds[column] == written {
		return driver.DefaultParameterConverter.ConvertValue(b.value(column, row))
	}
	v := b.field(column, row)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, nil
		}
		v = v.Elem()
	}
	switch b.kinds[column] {
	case "bigint":
		return v.Int(), nil
	case "varchar":
		return v.String(), nil
	case "boolean":
		return v.Bool(), nil
	case "timestamptz":
		return *v.Addr().Interface().(*time.Time), nil
	}
	if v.IsNil() {
		return nil, nil
	}
	return v.Bytes(), nil
}

// asText is many values as one text.
func asText[T any](begin byte, of []T, end byte, put func(to []byte, one T) []byte) string {
	out := []byte{begin}
	for i, one := range of {
		if i > 0 {
			out = append(out, ',')
		}
		out = put(out, one)
	}
	return string(append(out, end))
}
