package served_test

import (
	"testing"

	"github.com/journeyloop/journeyloop/internal/bench"
	"github.com/journeyloop/journeyloop/internal/bench/served"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// TestTheWholeServerTakesEveryAnswerOnce looks at everything but speed.
func TestTheWholeServerTakesEveryAnswerOnce(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			told := 0
			r, err := served.Post(t.Context(), storetest.URL(t, engine), bench.Options{Size: 80, Rounds: 1, Zone: storetest.Zone, Tell: func(string) { told++ }})
			if err != nil {
				t.Fatal(err)
			}
			if r.Engine != engine || r.Differs != 0 || len(r.Measured) != 4 || len(r.Ratios) != 4 || told != 4 {
				t.Errorf("told %d times: %+v", told, r)
			}
			if refused := r.Ratios[2]; refused.Is != 0 || !refused.Met {
				t.Errorf("%+v", refused)
			}
			for _, m := range r.Measured {
				if m.Rate <= 0 || len(m.Rates) != 1 {
					t.Errorf("%+v", m)
				}
			}
		})
	}
}
