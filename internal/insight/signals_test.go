package insight

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// weeksOf are the weeks of one touchpoint: so many answers a week, of which a share is satisfied, which may change with the
// week.
func weeksOf(random *rand.Rand, weeks int, often float64, share func(week int) float64) map[int32]stat.Tally {
	out := map[int32]stat.Tally{}
	for week := range weeks {
		var t stat.Tally
		for range int(often) + random.IntN(3) {
			x := 2
			if random.Float64() < share(week) {
				x = 5
			}
			t.Add(x, 1)
		}
		out[int32(4+7*week)] = t
	}
	return out
}

func heardIn(t *testing.T, tallies map[int32]stat.Tally, weeks int, limit float64) Watch {
	t.Helper()
	w := Watch{Line: Line{Scale: five}}
	if err := w.chart(tallies, 4, int32(4+7*(weeks-1)), nil); err != nil {
		t.Fatal(err)
	}
	if err := w.listen(limit); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestChartsKeepToTheirBudget: companies of 30 touchpoints where nothing ever changes, watched for a year beyond their
// baselines. The charts begin to sound falsely no more often than is tolerated, though each is measured against a baseline
// that is itself only an estimate.
func TestChartsKeepToTheirBudget(t *testing.T) {
	const charts, years = 30, 8
	limit, err := stat.LimitFor(stat.EWMAWeight, runLength(charts, Tolerated))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		says         string
		often, share float64
	}{{"few answers", 8, .85}, {"many answers", 25, .85}, {"half are satisfied", 12, .5}, {"nearly all are", 20, .95}} {
		random := rand.New(rand.NewPCG(7, 11))
		began := 0
		for range charts * years {
			weeks := max(20, int(200/(c.often+1))+1) + 52
			w := heardIn(t, weeksOf(random, weeks, c.often, func(int) float64 { return c.share }), weeks, limit)
			before := false
			for _, p := range w.Points {
				if p.Sounds && !before {
					began++
				}
				before = p.Sounds
			}
		}
		if float64(began)/years > Tolerated {
			t.Errorf("%s: %.1f false alarms a year", c.says, float64(began)/years)
		}
	}
}

// TestAFallIsHeardAndDated: of charts of a touchpoint whose share of satisfied falls from 85 to 60 percent, nine of ten sound
// within ten weeks, downwards, and nearly all of these name a week within four of the fall; so do they upwards.
func TestAFallIsHeardAndDated(t *testing.T) {
	const weeks, changed, tries = 60, 45, 40
	for _, c := range []struct {
		says          string
		before, after float64
	}{{"a fall", .85, .6}, {"a rise", .5, .75}} {
		random := rand.New(rand.NewPCG(3, 5))
		heard, dated := 0, 0
		for range tries {
			w := heardIn(t, weeksOf(random, weeks, 20, func(week int) float64 {
				if week >= changed {
					return c.after
				}
				return c.before
			}), changed+10, 3)
			signal, sounds := w.Sounding()
			if sounds && signal.Down == (c.after < c.before) {
				heard++
				if off := signal.Since - int32(4+7*changed); -28 <= off && off <= 28 {
					dated++
				}
			}
		}
		if heard < tries*9/10 || dated < heard*9/10 {
			t.Errorf("%s: heard in %d of %d, dated in %d", c.says, heard, tries, dated)
		}
	}
}

func TestTooFewAnswersHaveNoChart(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for says, c := range map[string]struct {
		weeks int
		often float64
	}{"few weeks": {15, 40}, "few answers a week": {60, 1}, "nothing after the first weeks": {20, 20}} {
		w := Watch{Line: Line{Scale: five}}
		tooFew := new(stat.TooFew)
		if err := w.chart(weeksOf(random, c.weeks, c.often, func(int) float64 { return .8 }), 4, int32(4+7*(c.weeks-1)), nil); !errors.As(err, &tooFew) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestWeeksArePutTogetherUntilTheySaySomething(t *testing.T) {
	w := heardIn(t, weeksOf(rand.New(rand.NewPCG(1, 2)), 80, 6, func(int) float64 { return .9 }), 80, 3)
	for i, p := range w.Points {
		if p.N < WatchLeast || float64(p.N)*min(w.Base.Rate, 1-w.Base.Rate) < watchRare || (p.To-p.From+1)%7 != 0 || i > 0 && p.From != w.Points[i-1].To+1 {
			t.Errorf("%d to %d: %d answers", p.From, p.To, p.N)
		}
	}
	if w.Counted.N < baseAnswers || w.Points[0].From != w.To+1 {
		t.Errorf("%d answers in the baseline until %d, watched from %d", w.Counted.N, w.To, w.Points[0].From)
	}
}

// TestAChartDoesNotTellWhatATrendHides: a week of three answers among weeks of ten.
func TestAChartDoesNotTellWhatATrendHides(t *testing.T) {
	const weeks = 60
	last := int32(4 + 7*(weeks-1))
	for sentence, c := range map[string]struct {
		few  map[int32]int64 // answers by week
		left int64           // how many answers the points leave out
	}{
		"nothing is hidden": {nil, 0},
		"one small week is left out, and what hides it in two times": {map[int32]int64{55: 3}, 3 + 2*10},
		"two that hide each other stay where they stand together":    {map[int32]int64{54: 3, 55: 4}, 0},
		"long ago, months are told and not weeks":                    {map[int32]int64{22: 3}, 0},
	} {
		t.Run(sentence, func(t *testing.T) {
			tallies, all := map[int32]stat.Tally{}, int64(0)
			for week := range int32(weeks) {
				n := int64(10)
				if few, is := c.few[week]; is {
					n = few
				}
				tallies[4+7*week] = tally(n-n/4, n/4)
				all += n
			}
			w := Watch{Line: Line{Scale: five}}
			if err := w.chart(tallies, 4, last, untold(tallies, 4, last, last+6)); err != nil {
				t.Fatal(err)
			}
			told := w.Counted.N
			for _, p := range w.Points {
				told += p.N
			}
			if waits := all - told - c.left; waits < 0 || waits >= WatchLeast { // for the coming weeks
				t.Errorf("%d of %d answers are told, want %d left out: %+v", told, all, c.left, w.Points)
			}
		})
	}
}
