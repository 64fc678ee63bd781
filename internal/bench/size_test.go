package bench_test

import (
	"testing"

	"github.com/journeyloop/journeyloop/internal/bench"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// TestTheSizeBenchFindsEveryTableOfAnswersWithItsIndexes on both engines.
func TestTheSizeBenchFindsEveryTableOfAnswersWithItsIndexes(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			r, err := bench.Size(t.Context(), url, bench.Options{Size: 500, Rounds: 1, Zone: storetest.Zone})
			if err != nil {
				t.Fatal(err)
			}
			if r.Engine != engine || r.Size != 500 || r.Differs != 0 || len(r.Ratios) != 5 || len(r.Notes) < 4+4 {
				t.Errorf("%+v", r)
			}
			sum := 0.
			for _, x := range r.Ratios[:4] {
				if sum += x.Is; x.Is <= 0 {
					t.Errorf("%+v", x)
				}
			}
			if whole := r.Ratios[4].Is; whole < sum*.999 || whole > sum*1.001 {
				t.Errorf("all together take %g bytes, and one by one %g", whole, sum)
			}
			if left := benches(t, engine, url); left != 0 {
				t.Errorf("%d databases of the bench are left", left)
			}
		})
	}
}
