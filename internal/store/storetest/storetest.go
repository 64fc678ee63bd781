// Package storetest opens fresh stores for tests, one per engine, and holds the small world that tests tell their
// stories in. It is for tests only.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/testkit/pgtest"
)

// Zone is the company's time zone in tests: half an hour off, without summer time.
var Zone = time.FixedZone("Tehran", 3*3600+1800)

// Exercise runs the same test on both engines, each with a fresh, migrated database.
func Exercise(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, Open(t, engine))
		})
	}
}

// URL makes a fresh, migrated database and returns its address.
func URL(t testing.TB, engine string) string {
	t.Helper()
	if engine == "postgres" {
		return pgtest.Database(t, migrate)
	}
	made, err := empty()
	if err != nil {
		t.Fatalf("migrate: %v", err)
	}
	file := filepath.Join(t.TempDir(), "journeyloop.db")
	if err := os.WriteFile(file, made, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + file
}

// empty is a migrated SQLite database, made once: every test begins with a copy.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "journeyloop-empty-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "journeyloop.db")
	if err := migrate("sqlite:" + file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// Open makes a fresh, migrated database, opens it, and closes it when the test ends.
func Open(t testing.TB, engine string) *store.Store {
	t.Helper()
	return OpenAt(t, URL(t, engine))
}

// OpenAt opens a migrated database, and closes it when the test ends.
func OpenAt(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), url, Zone)
	if err != nil {
		t.Fatal(err)
	}
	s.Watch(func(stack string) { t.Errorf("the store is used beside the open transaction:\n%s", stack) })
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}

func migrate(url string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, url, Zone)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.Migrate(ctx)
	return err
}
