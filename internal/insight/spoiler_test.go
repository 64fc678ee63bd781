package insight

import (
	"testing"

	"github.com/journeyloop/journeyloop/internal/stat"
)

func TestATouchpointWhoseCustomersAreLessSatisfiedWithTheJourney(t *testing.T) {
	csat := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	of := func(happy, unhappy int64) (t stat.Tally) {
		t.Add(5, happy)
		t.Add(1, unhappy)
		return t
	}
	all := of(120, 60)
	for sentence, c := range map[string]struct {
		met  map[int64]stat.Tally
		want int64
	}{
		"the one whose customers are unhappy":             {map[int64]stat.Tally{1: of(10, 40), 2: of(70, 30)}, 1},
		"the wider of two gaps":                           {map[int64]stat.Tally{1: of(10, 40), 2: of(20, 35)}, 1},
		"not one whose customers are happier":             {map[int64]stat.Tally{1: of(50, 2)}, 0},
		"not one that everybody meets":                    {map[int64]stat.Tally{1: of(120, 60)}, 0},
		"not from few answers":                            {map[int64]stat.Tally{1: of(2, 27)}, 0},
		"not a gap within noise":                          {map[int64]stat.Tally{1: of(32, 20)}, 0},
		"not a gap that is chance among many that agree":  {map[int64]stat.Tally{1: of(27, 22), 2: of(60, 30), 3: of(60, 30), 4: of(60, 30), 5: of(60, 30)}, 0},
		"though the same gap counts where one was looked": {map[int64]stat.Tally{1: of(27, 22)}, 1},
		"nobody has answered":                             {nil, 0},
	} {
		if got := widest(csat, all, c.met); got.Touchpoint != c.want {
			t.Errorf("%s: touchpoint %d, want %d", sentence, got.Touchpoint, c.want)
		}
	}
	got := widest(csat, all, map[int64]stat.Tally{1: of(10, 40)})
	if got.Met.N != 50 || *got.Met.Score != 20 || got.Others.N != 130 {
		t.Errorf("met %d (%v), others %d", got.Met.N, *got.Met.Score, got.Others.N)
	}
}
