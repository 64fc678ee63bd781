package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/journeyloop/journeyloop/internal/testkit/pgtest"
)

// schemaSQL lists "table.column nullable" of our own tables, the job library's left out.
var schemaSQL = map[string]string{
	"sqlite": `SELECT m.name || '.' || c.name || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN '' ELSE ' nullable' END
		FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'river%' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'goose%'`,
	"postgres": `SELECT table_name || '.' || column_name || CASE WHEN is_nullable = 'NO' THEN '' ELSE ' nullable' END
		FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
		WHERE table_type = 'BASE TABLE' AND table_schema = 'public' AND table_name NOT LIKE 'river%' AND table_name NOT LIKE 'goose%'`,
}

// indexSQL lists the indexes we named.
var indexSQL = map[string]string{
	"sqlite":   `SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND name NOT LIKE 'river%'`,
	"postgres": `SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey' AND indexname NOT LIKE '%_key' AND indexname NOT LIKE 'river%' AND indexname NOT LIKE 'goose%'`,
}

func list(t *testing.T, s *Store, query string) []string {
	t.Helper()
	db, err := s.w.DB()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var line sql.NullString
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func migrated(url string) error {
	s, err := Open(context.Background(), url, time.UTC)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.Migrate(context.Background())
	return err
}

func TestBothEnginesHaveTheSameTables(t *testing.T) {
	found := map[string][]string{}
	indexes := map[string][]string{}
	for engine, url := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "schema.db"),
		"postgres": pgtest.Database(t, migrated),
	} {
		s, err := Open(t.Context(), url, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		if _, err := s.Migrate(t.Context()); err != nil { // a second time changes nothing
			t.Fatal(err)
		}
		found[engine], indexes[engine] = list(t, s, schemaSQL[engine]), list(t, s, indexSQL[engine])
	}
	if len(found["sqlite"]) < 200 {
		t.Errorf("only %d columns: %v", len(found["sqlite"]), fmt.Sprint(found["sqlite"]))
	}
	if d := cmp.Diff(found["sqlite"], found["postgres"]); d != "" {
		t.Errorf("columns differ (-sqlite +postgres):\n%s", d)
	}
	if d := cmp.Diff(indexes["sqlite"], indexes["postgres"]); d != "" {
		t.Errorf("indexes differ (-sqlite +postgres):\n%s", d)
	}
}
