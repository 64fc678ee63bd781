package surveytest

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // reads PostgreSQL behind the store's back
)

// Dump is every row of every table, so that a test can say that nothing has changed.
func (w *World) Dump(t testing.TB) []string {
	t.Helper()
	db := w.open(t)
	defer db.Close()
	tables := column(t, db, map[string]string{
		"sqlite":   "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
		"postgres": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name",
	}[w.Store.Engine()])
	var out []string
	for _, table := range tables {
		rows := dump(t, db, table)
		slices.Sort(rows)
		out = append(append(out, fmt.Sprintf("%s has %d rows", table, len(rows))), rows...)
	}
	return out
}

func (w *World) open(t testing.TB) *sql.DB {
	t.Helper()
	driver, name := "pgx", w.URL
	if path, ok := strings.CutPrefix(w.URL, "sqlite:"); ok {
		driver, name = "sqlite", path
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func column(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func dump(t testing.TB, db *sql.DB, table string) []string {
	t.Helper()
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		line := table + ":"
		for i, c := range cells {
			line += fmt.Sprintf(" %s=%v", columns[i], *c.(*any))
		}
		out = append(out, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
