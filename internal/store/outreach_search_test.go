package store_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// regulars fills a database with customers of one to six completed runs, every 10 to 69 days, the last a day to two years
// ago. $customers is how many, $now a moment in microseconds.
var regulars = map[string][]string{
	"sqlite": {
		`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $customers)
		INSERT INTO customers (id, key, phone, created_at) SELECT i, 'c' || i, '+30', 0 FROM c`,
		`WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 6)
		INSERT INTO runs (id, key, journey_id, version_id, customer_id, state, ask, opened_at, last_contact_at, ended_at, created_at)
		SELECT id * 8 + n, id || '-' || n, 1, 1, id, 'completed', true, at, at, at, 0 FROM (
			SELECT id, n, $now - (id * 7919 % 730 + 1 + n * (10 + id * 31 % 60) + n * n * (id % 5)) * 86400000000 AS at FROM customers, r WHERE n <= 1 + id % 6)`,
	},
	"postgres": {
		`SET session_replication_role = replica`,
		`INSERT INTO customers (id, key, phone, created_at) SELECT i, 'c' || i, '+30', now() FROM generate_series(1, $customers) i`,
		`INSERT INTO runs (id, key, journey_id, version_id, customer_id, state, ask, opened_at, last_contact_at, ended_at, created_at)
		SELECT id * 8 + n, id || '-' || n, 1, 1, id, 'completed', true, at, at, at, now() FROM (
			SELECT id, n, to_timestamp($now / 1000000) - (id * 7919 % 730 + 1 + n * (10 + id * 31 % 60) + n * n * (id % 5)) * interval '1 day' AS at
			FROM customers, generate_series(1, 6) n WHERE n <= 1 + id % 6) x`,
		`ANALYZE customers, runs`,
	},
}

// BenchmarkWhoHasLapsed looks at 20,000 customers; a million take fifty times as long and no more memory.
func BenchmarkWhoHasLapsed(b *testing.B) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for engine, statements := range regulars {
		b.Run(engine, func(b *testing.B) {
			url := storetest.URL(b, engine)
			db, err := sql.Open(map[string]string{"sqlite": "sqlite", "postgres": "pgx"}[engine], strings.TrimPrefix(url, "sqlite:"))
			if err != nil {
				b.Fatal(err)
			}
			db.SetMaxOpenConns(1)
			numbers := strings.NewReplacer("$customers", "20000", "$now", "1795334400000000")
			for _, x := range statements {
				if _, err := db.Exec(numbers.Replace(x)); err != nil {
					b.Fatal(err)
				}
			}
			if err := db.Close(); err != nil {
				b.Fatal(err)
			}
			s := storetest.OpenAt(b, url)
			for b.Loop() {
				if _, found, err := s.Candidates(b.Context(), outreach.Usual(), now); err != nil || found < 10_000 {
					b.Fatalf("%d found, %v", found, err)
				}
			}
		})
	}
}
