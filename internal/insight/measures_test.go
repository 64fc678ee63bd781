package insight

import (
	"testing"

	"github.com/journeyloop/journeyloop/internal/stat"
)

func TestATotalNeverTellsWhatIsHidden(t *testing.T) {
	five := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	for sentence, test := range map[string]struct {
		answers []int64
		shown   bool
	}{
		"all journeys are shown":                            {[]int64{40, 5}, true},
		"one is hidden: it is the total less the others":    {[]int64{40, 30, 3}, false},
		"two are hidden, of four answers together":          {[]int64{40, 2, 2}, false},
		"two are hidden, which nobody can tell apart":       {[]int64{40, 4, 3}, true},
		"one is all there is beside an empty one: too few ": {[]int64{4, 0}, false},
	} {
		var parts []Line
		for _, n := range test.answers {
			var tally stat.Tally
			tally.Add(4, n)
			parts = append(parts, Line{Scale: five, Tally: tally, Figure: stat.Of(five, tally).Shown()})
		}
		if total := totalOf(five, parts); (total.Figure.Score != nil) != test.shown {
			t.Errorf("%s: %+v", sentence, total.Figure)
		}
	}
}
