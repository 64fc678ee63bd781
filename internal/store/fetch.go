package store

import (
	"context"
	"database/sql"
	"errors"
	"reflect"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// fetch is all for the rows of many answers at once: it lets the driver write straight into their fields, which is
// several times quicker than GORM's own scanning. A type with a field that GORM translates on the way is left to GORM.
func fetch[T any](db *gorm.DB) ([]T, error) { return recalled(db, "all", scanned[T]) }

func scanned[T any](db *gorm.DB) (out []T, err error) {
	d, err := schema.Parse(new(T), &descriptions, schema.NamingStrategy{})
	if err != nil {
		return nil, err
	}
	for _, f := range d.Fields {
		if f.Serializer != nil {
			err = db.Find(&out).Error
			return out, err
		}
	}
	rows, err := db.Rows()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	fields := make([]*schema.Field, len(names))
	for i, name := range names {
		fields[i] = d.LookUpField(name)
	}
	into := make([]any, len(names))
	for i := range into {
		into[i] = new(sql.RawBytes) // for a column that nobody asks for
	}
	for rows.Next() {
		var row T
		v := reflect.ValueOf(&row).Elem()
		for i, f := range fields {
			if f != nil {
				into[i] = f.ReflectValueOf(context.Background(), v).Addr().Interface()
			}
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		return nil, db.Dialector.(gorm.ErrorTranslator).Translate(err)
	}
	return out, nil
}
