package bench_test

import (
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/bench"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// TestTheReadBenchFindsTheFiguresOfTheRawRows looks at everything but speed.
func TestTheReadBenchFindsTheFiguresOfTheRawRows(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			r, err := bench.Read(t.Context(), url, bench.Options{Size: 5000, Rounds: 1, Zone: storetest.Zone})
			if err != nil {
				t.Fatal(err)
			}
			if r.Engine != engine || r.Differs != 0 || len(r.Measured) != 2*41+15 || len(r.Ratios) != 41+1+15 || len(r.Notes) < 2 {
				t.Errorf("%d measured, %d ratios: %+v", len(r.Measured), len(r.Ratios), r)
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

// TestABenchThatWouldFillTheDiskIsRefused before it writes anything, and says how much there would have to be.
func TestABenchThatWouldFillTheDiskIsRefused(t *testing.T) {
	url := storetest.URL(t, "sqlite")
	_, err := bench.Read(t.Context(), url, bench.Options{Size: 1 << 50, Rounds: 1, Zone: storetest.Zone})
	if err == nil || !strings.Contains(err.Error(), "GB are free") {
		t.Errorf("%v", err)
	}
	if left := benches(t, "sqlite", url); left != 0 {
		t.Errorf("%d databases of the bench are left", left)
	}
}
