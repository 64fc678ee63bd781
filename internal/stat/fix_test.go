package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestSatisfyingIsTheLowestAnswerOfMoodPositive(t *testing.T) {
	for _, name := range []string{"csat_1_5", "csat_0_10", "csat_1_7", "ces_1_7", "ces_1_5_low", "nps_0_10", "nps_1_10", "csat_0_1", "csat_1_4"} {
		s, err := ParseScale(name)
		if err != nil {
			t.Fatal(err)
		}
		for x := s.Lo; x <= s.Hi; x++ {
			if (s.Good(x) >= s.Satisfying()) != (s.Mood(x) == Positive) {
				t.Errorf("%s: %d is of mood %s, satisfying is %d", name, x, s.Mood(x), s.Satisfying())
			}
		}
	}
}

func TestDissatisfiedCountsAndMeasures(t *testing.T) {
	five := Scale{Metric: CSAT, Lo: 1, Hi: 5}
	n, below := Dissatisfied(five, tallyOf(0, 2, 1, 7, 4, 4)) // 1, 1, 2 are 3, 3, 2 points below 4
	if n != 3 || !closeTo(below, 8.0/3, 1e-12) {
		t.Errorf("%d, %v points below", n, below)
	}
	if n, below := Dissatisfied(five, tallyOf(0, 0, 0, 7)); n != 0 || below != 0 {
		t.Errorf("nobody: %d, %v", n, below)
	}
	hard := Scale{Metric: CES, Lo: 1, Hi: 5, LowGood: true}
	if n, below := Dissatisfied(hard, tallyOf(0, 7, 4, 4, 1, 2)); n != 3 || !closeTo(below, 8.0/3, 1e-12) {
		t.Errorf("with the lowest the best: %d, %v points below", n, below)
	}
}

func TestUpliftIsTheSlopeTimesWhatIsMissing(t *testing.T) {
	five := Scale{Metric: CSAT, Lo: 1, Hi: 5}
	ratings := tallyOf(0, 10, 10, 10, 30, 40) // 30, 20 and 10 points to 4
	lift, se := Uplift(.5, .1, five, ratings, 4, 200)
	if !closeTo(lift, .5*60/200, 1e-12) || !closeTo(se, .1*60/200, 1e-12) {
		t.Errorf("%v ± %v", lift, se)
	}
	for name, lift := range map[string]float64{
		"nobody answered":   first(Uplift(.5, .1, five, ratings, 4, 0)),
		"a target of nine":  first(Uplift(.5, .1, five, ratings, 9, 100)),
		"answers of eleven": first(Uplift(.5, .1, five, Tally{N: 3}, 4, 100)),
	} {
		if !math.IsNaN(lift) {
			t.Errorf("%s: %v", name, lift)
		}
	}
}

func first(a, _ float64) float64 { return a }

func TestFewBadAnswersDoNotOutrankMany(t *testing.T) {
	got, err := Worths([]Fix{
		{PerMonth: 100, Bad: 8, Rated: 40, Impact: 1, SE: .2},   // 20 %, but it may be 10
		{PerMonth: 100, Bad: 60, Rated: 300, Impact: 1, SE: .2}, // 20 %, at least 16
	})
	if err != nil || got[0].Rank != 2 || got[1].Rank != 1 || got[0].Plain != got[1].Plain {
		t.Fatalf("%+v, %v", got, err)
	}
	w := got[1]
	low, _ := Wilson(60, 300)
	if !closeTo(w.Score, 100*low*1*w.Confidence, 1e-9) || !closeTo(w.Confidence, .9999997133, 1e-9) || w.Effort != 1 {
		t.Errorf("%+v", w)
	}
	if got[0].Swing != FactorShare || got[0].Best != 1 || got[0].Worst != 2 {
		t.Errorf("what would change the rank: %s, %d to %d", got[0].Swing, got[0].Best, got[0].Worst)
	}
}

func TestWhatTakesLongerIsWorthLess(t *testing.T) {
	one := Fix{PerMonth: 100, Bad: 60, Rated: 300, Impact: 1, SE: .2}
	slow, unsaid := one, one
	one.EffortDays, slow.EffortDays = 5, 20
	got, err := Worths([]Fix{slow, unsaid, one})
	if err != nil || got[0].Rank != 3 || got[1].Rank != 2 || got[2].Rank != 1 || got[1].Effort != 12.5 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatCannotBeRecoveredIsNotRanked(t *testing.T) {
	got, err := Worths([]Fix{{PerMonth: 100, Bad: 60, Rated: 300, Impact: -1, SE: .2}, {PerMonth: 100, Impact: 1, SE: 1}, {Bad: 1, Rated: 2, Impact: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range got {
		if w.Rank != 0 || w.Score != 0 || w.Swing != "" {
			t.Errorf("fix %d: %+v", i, w)
		}
	}
}

func TestFixesThatCannotBeAreRefused(t *testing.T) {
	for name, f := range map[string]Fix{"more bad than asked": {Bad: 2, Rated: 1}, "negative volume": {PerMonth: -1}, "an impact that is no number": {Impact: math.NaN()},
		"a negative effort": {EffortDays: -1}, "an infinite error": {SE: math.Inf(1)}} {
		if got, err := Worths([]Fix{f}); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestRanksFollowScoresInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := rapid.Custom(func(t *rapid.T) Fix {
			rated := rapid.Int64Range(1, 300).Draw(t, "rated")
			return Fix{PerMonth: rapid.Float64Range(0, 1000).Draw(t, "volume"), Rated: rated, Bad: rapid.Int64Range(0, rated).Draw(t, "bad"),
				Impact: rapid.Float64Range(-1, 5).Draw(t, "impact"), SE: rapid.Float64Range(0, 2).Draw(t, "se")}
		})
		got, err := Worths(rapid.SliceOfN(one, 0, 8).Draw(t, "fixes"))
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range got {
			if (a.Rank == 0) != (a.Score <= 0) || a.Rank > 0 && (a.Best > a.Rank || a.Worst < a.Rank) || a.Score > a.Plain+1e-9 {
				t.Fatalf("%+v", a)
			}
			for _, b := range got {
				if a.Rank > 0 && b.Rank > 0 && (a.Rank < b.Rank) != (a.Score > b.Score) {
					t.Fatalf("%+v before %+v", a, b)
				}
			}
		}
	})
}
