package insight

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
)

func TestStretchesBeginOnMondaysAlsoBefore1970(t *testing.T) {
	for _, c := range []struct{ day, want int32 }{
		{4, 4}, {10, 4}, {11, 11}, {3, -3}, {-3, -3}, {-4, -10}, {20_518, 20_514},
	} {
		if got := bucket(c.day, 7); got != c.want {
			t.Errorf("day %d falls in the stretch of %d, want %d", c.day, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		day, days := rapid.Int32Range(-100_000, 100_000).Draw(t, "day"), rapid.SampledFrom([]int32{7, 28}).Draw(t, "days")
		if b := bucket(day, days); b > day || day-b >= days || (b-4)%days != 0 {
			t.Fatalf("bucket(%d, %d) = %d", day, days, b)
		}
	})
}

func TestATeamIncludesTheTeamsBelowItAndNothingTwice(t *testing.T) {
	csat := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	tree := people.NewTree([]people.Team{{ID: 1}, {ID: 2, ParentID: 1}, {ID: 3, ParentID: 2}, {ID: 4, ParentID: 2}, {ID: 5, ParentID: 1}})
	of := func(id int64, n int) Counted {
		var tally stat.Tally
		tally.Add(4, int64(n))
		return Counted{ID: id, Scale: csat, Tally: tally}
	}
	// Teams 3 and 4 share two ratings, 3 and 5 share one, 3, 4 and 5 share one.
	rows := []Counted{of(3, 10), of(4, 7), of(5, 4), of(2, 1)}
	shared := []Counted{of(34, 2), of(35, 1), of(345, 1)}
	sets := map[int64][]int64{34: {3, 4}, 35: {3, 5}, 345: {3, 4, 5}}
	got := map[int64]int64{}
	for k, v := range rollUp(tree, rows, shared, sets, nil) {
		got[k.id] = v.N
	}
	// 2: 10+7+1 − 2 − 1; 1: 10+7+4+1 − 2 − 1 − 2.
	want := map[int64]int64{1: 17, 2: 15, 3: 10, 4: 7, 5: 4}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if only := rollUp(tree, rows, shared, sets, []int64{2}); len(only) != 1 || only[subject{2, csat}].N != 15 {
		t.Errorf("asked for team 2 alone: %v", only)
	}
}
