package bench_test

import (
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/journeyloop/journeyloop/internal/bench"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// TestTheWriteBenchIsExactAndLeavesNothingBehind looks at everything but speed.
func TestTheWriteBenchIsExactAndLeavesNothingBehind(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			told := 0
			r, err := bench.Write(t.Context(), url, bench.Options{Size: 60, Rounds: 2, Zone: storetest.Zone, Tell: func(string) { told++ }})
			if err != nil {
				t.Fatal(err)
			}
			if r.Engine != engine || r.Differs != 0 || len(r.Measured) != 7 || len(r.Ratios) != 6 || told != 14 {
				t.Errorf("told %d times: %+v", told, r)
			}
			for _, m := range r.Measured {
				if m.Rate <= 0 || len(m.Rates) != 2 {
					t.Errorf("%+v", m)
				}
			}
			for _, x := range r.Ratios {
				if x.Is <= 0 {
					t.Errorf("%+v", x)
				}
			}
			if left := benches(t, engine, url); left != 0 {
				t.Errorf("%d databases of the bench are left", left)
			}
		})
	}
}

// benches counts what the bench made beside the database at url.
func benches(t *testing.T, engine, url string) (n int) {
	t.Helper()
	if engine == "sqlite" {
		left, err := filepath.Glob(url[len("sqlite:"):] + ".*")
		if err != nil {
			t.Fatal(err)
		}
		return len(left)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'journeyloop_bench_%'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheImportBenchIsExactAndLeavesNothingBehind(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			r, err := bench.Import(t.Context(), url, bench.Options{Size: 300, Rounds: 1, Zone: storetest.Zone})
			if err != nil {
				t.Fatal(err)
			}
			if r.Engine != engine || r.Differs != 0 || len(r.Measured) != 3 || len(r.Ratios) != 3 {
				t.Errorf("%+v", r)
			}
			for _, m := range r.Measured {
				if m.Rate <= 0 {
					t.Errorf("%+v", m)
				}
			}
			if left := benches(t, engine, url); left != 0 {
				t.Errorf("%d databases of the bench are left", left)
			}
		})
	}
}
