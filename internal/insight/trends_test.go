package insight

import (
	"testing"

	"github.com/journeyloop/journeyloop/internal/stat"
)

func TestTrendsOfManyStandOverTheSameStretches(t *testing.T) {
	csat := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	day := func(id int64, day int32, n int64) Counted {
		var tally stat.Tally
		tally.Add(4, n)
		return Counted{ID: id, Scale: csat, Day: day, Tally: tally}
	}
	// Monday 4 begins a week; subject 2 answers from the second week on.
	got := stretches([]Counted{day(1, 4, 10), day(1, 10, 20), day(1, 11, 40), day(1, 25, 50), day(2, 12, 60)}, 7)
	one, two := got[subject{1, csat}], got[subject{2, csat}]
	if len(one) != 4 || len(two) != 4 || one[0].From != 4 || two[0].From != 4 || two[3].To != 31 {
		t.Fatalf("%v\n%v", one, two)
	}
	for i, n := range []int64{30, 40, 0, 50} {
		if one[i].Figure.N != n {
			t.Errorf("week %d has %d answers, want %d", i, one[i].Figure.N, n)
		}
	}
	if two[0].Figure.Level != stat.None || two[1].Figure.Level != stat.Solid {
		t.Errorf("%+v", two)
	}
}

func TestAHiddenStretchIsNotTheSumLessTheOthers(t *testing.T) {
	csat := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	var rows []Counted
	for i, n := range []int64{50, 3, 8, 60} {
		var tally stat.Tally
		tally.Add(2, n)
		rows = append(rows, Counted{ID: 1, Scale: csat, Day: 4 + 7*int32(i), Tally: tally})
	}
	for i, p := range stretches(rows, 7)[subject{1, csat}] {
		hidden := p.Figure.Level == stat.Suppressed
		if want := i == 1 || i == 2; hidden != want || hidden && p.Figure.Score != nil {
			t.Errorf("stretch %d: %+v", i, p.Figure)
		}
	}
}

func TestTheIndexSetsScalesSideBySide(t *testing.T) {
	for _, tt := range []struct {
		scale  stat.Scale
		answer int
		want   float64
	}{{stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}, 4, 75}, {stat.Scale{Metric: stat.NPS, Lo: 0, Hi: 10}, 4, 40}, {stat.Scale{Metric: stat.CES, Lo: 1, Hi: 5, LowGood: true}, 1, 100}} {
		var tally stat.Tally
		tally.Add(tt.answer, 40)
		mean, low, high := Index(tt.scale, stat.Of(tt.scale, tally))
		if mean == nil || *mean != tt.want || *low > *mean || *high < *mean {
			t.Errorf("%s, all answer %d: %v %v %v", tt.scale, tt.answer, mean, low, high)
		}
	}
	if mean, low, high := Index(stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}, stat.Figure{N: 3, Level: stat.Suppressed}); mean != nil || low != nil || high != nil {
		t.Error("a hidden figure has an index")
	}
}
