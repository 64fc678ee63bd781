package insight

import (
	"testing"

	"github.com/journeyloop/journeyloop/internal/stat"
)

func line(scale stat.Scale, id int64, counts map[int]int64) Line {
	var t stat.Tally
	for x, n := range counts {
		t.Add(x, n)
	}
	return Line{ID: id, Scale: scale, Tally: t, Figure: stat.Of(scale, t).Shown()}
}

func TestTheJourneyBesideItsTouchpoints(t *testing.T) {
	csat, nps := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}, stat.Scale{Metric: stat.NPS, Lo: 0, Hi: 10}
	good, fair, bad := map[int]int64{5: 40, 4: 20}, map[int]int64{4: 30, 3: 30}, map[int]int64{1: 30, 2: 30}
	badNPS := map[int]int64{2: 30, 6: 30}
	for sentence, c := range map[string]struct {
		journey     Line
		touchpoints []Line
		want        Verdict
		weakest     int64
	}{
		"every touchpoint is green, the journey red":                 {line(csat, 1, bad), []Line{line(csat, 2, good), line(csat, 3, fair)}, Spoiled, 3},
		"scales may differ, the index is compared":                   {line(nps, 1, badNPS), []Line{line(csat, 2, good), line(csat, 3, good)}, Spoiled, 2},
		"one touchpoint is worse than the journey":                   {line(csat, 1, fair), []Line{line(csat, 2, good), line(csat, 3, bad)}, Weak, 3},
		"what cannot be told from noise is not said":                 {line(csat, 1, fair), []Line{line(csat, 2, fair), line(csat, 3, fair)}, Even, 2},
		"a journey with few answers is not judged":                   {line(csat, 1, map[int]int64{1: 20}), []Line{line(csat, 2, good), line(csat, 3, good)}, Even, 0},
		"one touchpoint alone has nothing between":                   {line(csat, 1, bad), []Line{line(csat, 2, good)}, Even, 0},
		"a touchpoint that may not be shown keeps the sentence back": {line(csat, 1, bad), []Line{line(csat, 2, good), line(csat, 3, map[int]int64{5: 4})}, Even, 0},
	} {
		if w := WholeOf(c.journey, c.touchpoints); w.Verdict != c.want || w.Weakest.ID != c.weakest {
			t.Errorf("%s: verdict %q, weakest %d; want %q, %d", sentence, w.Verdict, w.Weakest.ID, c.want, c.weakest)
		}
	}
}
