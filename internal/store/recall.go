package store

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"gorm.io/gorm"
)

// recall remembers what was found for questions of pages under one version of the data, the scope being a part of every
// question: the same words with the same values. A newer version forgets everything.
type recall struct {
	mu      sync.Mutex
	version int64
	known   map[question]any // slices of rows, which nobody changes
	rows    int
}

// maxRecalled bounds the memory, in rows.
const maxRecalled = 30_000

// tells is the finest unit in which a page that lasts tells the time: questions about the time since so long ago are the
// same within it.
const tells = time.Minute

// question is what was asked for, how, in which words and with which values.
type question struct {
	of     reflect.Type
	how    string
	sql    string
	values string
}

type recallKey struct{}

// view is the memory of one version.
type view struct {
	*recall
	version int64
}

// AsOf lets what is asked with the ctx it returns be answered with what others were told since the data has had a
// version, which the caller has just read. It is for pages that may be shown for as long as the version stays; changes
// that do not move it (quiet) are none of what they show. Within transactions nothing is remembered.
func (s *Store) AsOf(ctx context.Context, version int64) context.Context {
	r := &s.told
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.version > version {
		return ctx
	}
	if r.version < version || r.known == nil {
		r.version, r.known, r.rows = version, map[question]any{}, 0
	}
	return context.WithValue(ctx, recallKey{}, view{r, version})
}

// viewOf is the memory that a question may use.
func viewOf(db *gorm.DB) (v view, ok bool) {
	if v, ok = db.Statement.Context.Value(recallKey{}).(view); ok {
		_, within := db.Statement.ConnPool.(gorm.TxCommitter)
		ok = !within
	}
	return v, ok
}

func (v view) find(q question) (any, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	found, ok := v.known[q]
	return found, ok && v.recall.version == v.version
}

func (v view) keep(q question, found any, rows int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.recall.version == v.version && v.rows+rows < maxRecalled {
		v.known[q], v.rows = found, v.rows+rows+1
	}
}

// recalled answers a question from the memory of its ctx, or finds the rows and remembers them. Whoever gets them may
// change the slice, but nothing that its rows point to.
func recalled[T any](db *gorm.DB, how string, find func(db *gorm.DB) ([]T, error)) ([]T, error) {
	v, ok := viewOf(db)
	if !ok {
		return find(db)
	}
	db = db.Session(&gorm.Session{}) // it is read twice
	q, ok := questionOf[T](db, how)
	if !ok {
		return find(db)
	}
	if found, ok := v.find(q); ok {
		return slices.Clone(found.([]T)), nil
	}
	rows, err := find(db)
	if err == nil {
		v.keep(q, slices.Clone(rows), len(rows))
	}
	return rows, err
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
