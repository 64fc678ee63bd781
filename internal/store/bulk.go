package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"reflect"
	"sync"
	"time"

	"gorm.io/gorm/schema"
)

// bulk is rows of one table on their way in, by GORM's description of their type but without its statements, which cost
// more than the rows when they are many: each column is a parameter on PostgreSQL, so that the statement stays the same
// however many rows there are; see dialect.fill.
type bulk struct {
	table   string
	columns []string
	kinds   []string // as PostgreSQL calls them
	rows    int
	value   func(column, row int) any
	then    string // what to do with rows that are there already; "" fails
}

// descriptions are GORM's, of all row types.
var descriptions sync.Map

// pour inserts rows with one statement, or as few as the engine takes. Unlike insert it must be in a transaction.
func pour[T any](ctx context.Context, s *Store, table string, rows []T, then string) error {
	if len(rows) == 0 {
		return nil
	}
	d, err := schema.Parse(new(T), &descriptions, schema.NamingStrategy{})
	if err != nil {
		return fmt.Errorf("describe %s: %w", table, err)
	}
	b := bulk{table: table, rows: len(rows), then: then}
	var fields []*schema.Field
	for _, f := range d.Fields {
		if f.DBName != "" {
			fields, b.columns, b.kinds = append(fields, f), append(b.columns, f.DBName), append(b.kinds, kindOf(f))
		}
	}
	all := reflect.ValueOf(rows)
	b.value = func(column, row int) any {
		v, _ := fields[column].ValueOf(ctx, all.Index(row))
		return v
	}
	db := s.write(ctx)
	if db.Error != nil {
		return db.Error
	}
	if err := s.d.fill(ctx, db.Statement.ConnPool, b); err != nil {
		return fmt.Errorf("insert into %s: %w", table, translating{d: s.d}.Translate(err))
	}
	return nil
}

var (
	timeType   = reflect.TypeFor[time.Time]()
	valuerType = reflect.TypeFor[driver.Valuer]()
)

// kindOf is the type of a column for PostgreSQL. What writes itself, and what is kept as JSON, is text.
func kindOf(f *schema.Field) string {
	of := f.IndirectFieldType
	switch {
	case f.Serializer != nil || of.Implements(valuerType):
		return "text"
	case of == timeType:
		return "timestamptz"
	case of.Kind() == reflect.Bool:
		return "boolean"
	case of.Kind() == reflect.Slice:
		return "bytea"
	case of.Kind() == reflect.String:
		return "text"
	}
	return "bigint"
}
