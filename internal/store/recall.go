package store

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/recall"
)

// tells is the finest unit in which a page that lasts tells the time: questions about the time since so long ago are the
// same within it.
const tells = time.Minute

// question is what was asked for, how, in which words and with which values: the scope is among them.
type question struct {
	of     reflect.Type
	how    string
	sql    string
	values string
}

// recalled answers a question of a page with what others were told, as long as that holds, or finds the rows. Within
// transactions nothing is recalled, and changes that do not move the version (quiet) are none of what pages show. Whoever
// gets the rows may change the slice, but nothing that they point to.
func recalled[T any](db *gorm.DB, how string, find func(db *gorm.DB) ([]T, error)) ([]T, error) {
	t, ok := db.Dialector.(translating)
	if !ok || !recall.From(db.Statement.Context).Keeps() {
		return find(db)
	}
	db = db.Session(&gorm.Session{}) // it is read twice
	q, ok := questionOf[T](db, how)
	if !ok {
		return find(db)
	}
	size := func(rows []T) int { return len(rows) }
	rows, err := recall.Find(db.Statement.Context, &t.s.told, q, size, func(ctx context.Context) ([]T, error) { return find(db.WithContext(ctx)) })
	return slices.Clone(rows), err
}

// questionOf puts a question into words without asking it; not one with a value that has no words.
func questionOf[T any](db *gorm.DB, how string) (question, bool) {
	var none []T
	dry := db.Session(&gorm.Session{DryRun: true}).Find(&none)
	values := make([]byte, 0, 16*len(dry.Statement.Vars))
	for _, x := range dry.Statement.Vars {
		var ok bool
		if values, ok = appendValue(values, x); !ok {
			return question{}, false
		}
	}
	return question{reflect.TypeFor[T](), how, dry.Statement.SQL.String(), string(values)}, dry.Error == nil
}

func appendValue(b []byte, x any) ([]byte, bool) {
	switch v := x.(type) {
	case time.Time:
		return append(strconv.AppendInt(b, v.Truncate(tells).Unix(), 10), ' '), true
	case []byte:
		return strconv.AppendQuote(b, string(v)), true
	}
	switch v := reflect.ValueOf(x); v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return append(strconv.AppendInt(b, v.Int(), 10), ' '), true
	case reflect.String:
		return strconv.AppendQuote(b, v.String()), true
	case reflect.Float64:
		return append(strconv.AppendFloat(b, v.Float(), 'g', -1, 64), ' '), true
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool()), true
	case reflect.Slice: // PostgreSQL takes many numbers as one value
		for i := range v.Len() {
			var ok bool
			if b, ok = appendValue(b, v.Index(i).Interface()); !ok {
				return b, false
			}
		}
		return append(b, ';'), true
	}
	return b, false
}

// howMany is how many rows a question has.
func howMany(db *gorm.DB) (int, error) {
	n, err := recalled(db, "count", func(db *gorm.DB) ([]int64, error) {
		var n int64
		err := db.Count(&n).Error
		return []int64{n}, err
	})
	if err != nil {
		return 0, err
	}
	return int(n[0]), nil
}

// plucked is one column of a question.
func plucked[T any](db *gorm.DB, column string) ([]T, error) {
	return recalled(db, "pluck "+column, func(db *gorm.DB) (out []T, err error) {
		err = db.Pluck(column, &out).Error
		return out, err
	})
}
