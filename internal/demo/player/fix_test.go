package player

import (
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/insight"
)

// fixes asks what to fix first on a journey over the last days; 0 is all time.
func fixes(t *testing.T, journey string, days int) insight.Fixes {
	t.Helper()
	service := &insight.Service{Store: played(t), Zone: demo.Zone(), Now: func() time.Time { return morning }}
	from := int32(0)
	if days > 0 {
		from = day(days - 1)
	}
	f, err := service.FixFirst(t.Context(), journeyID(t, journey), from, 0)
	if err != nil {
		t.Fatal(err)
	}
	d := f.Drivers.Analysis
	t.Logf("%s, %d days: %d answers, R² %.3f, linked %t, few %+v", journey, days, d.N, d.R2, f.Linked, f.Drivers.TooFew)
	for i, l := range f.Drivers.Touchpoints {
		if i < len(d.Drivers) {
			x := d.Drivers[i]
			t.Logf("  %-18s rated %d met %d out %t share %.3f (%.3f–%.3f) first %.2f slope %.2f±%.2f meeting %.2f±%.2f vif %.1f", l.Key, x.Rated, x.Met, x.Out, x.Share, x.Low, x.High, x.First, x.Slope, x.SlopeSE, x.Meeting, x.MeetingSE, x.VIF)
		}
	}
	for _, x := range f.List {
		t.Logf("  %d. %-18s by %s: %.1f a month × %.2f (of %.2f, %d of %d) × %.1f ± %.1f × %.2f ÷ %.0f = %.2f; swing %s %d–%d", x.Rank, x.Key, x.Way, x.PerMonth, x.Worth.Low, x.Share, x.Bad, x.Rated, x.Impact, x.SE, x.Confidence, x.Effort, x.Score, x.Swing, x.Best, x.Worst)
	}
	for _, l := range f.Quiet {
		t.Logf("  quiet: %s", l.Key)
	}
	for _, l := range f.Scarce {
		t.Logf("  scarce: %s (%d)", l.Key, l.Tally.N)
	}
	return f
}

// TestWhatIsPlantedComesFirst: the broken promise is felt in the shops that made it, the spoiled hand-over costs whoever
// meets it though its own ratings do not say so, and the slow packing is felt where things are packed.
func TestWhatIsPlantedComesFirst(t *testing.T) {
	for _, c := range []struct {
		journey, touchpoint string
		way                 insight.Way
		days                []int
	}{
		{demo.FibrePromise.Journey, demo.FibrePromise.Touchpoint, insight.WayRating, []int{0, 365, 90}},
		{demo.HandOver.Journey, demo.HandOver.Touchpoint, insight.WayMeeting, []int{0, 365, 90}},
		{demo.Slowdown.Journey, demo.Slowdown.Touchpoint, insight.WayRating, []int{0, 365}},
	} {
		for _, days := range c.days {
			f := fixes(t, c.journey, days)
			if !f.Linked || len(f.List) < 2 || f.List[0].Key != c.touchpoint || f.List[0].Way != c.way {
				t.Errorf("%s over %d days: %s is not first", c.journey, days, c.touchpoint)
				continue
			}
			first, second := f.List[0], f.List[1]
			if first.Confidence < .95 || first.Score < 1.3*second.Score {
				t.Errorf("%s over %d days: %s scores %.0f with confidence %.2f, %s %.0f", c.journey, days, first.Key, first.Score, first.Confidence, second.Key, second.Score)
			}
		}
	}
}

func TestAnUnspoiledContactIsNotBlamedForBeingThere(t *testing.T) {
	for _, j := range []string{"fibre", "broken", "bill", "product"} {
		for _, x := range fixes(t, j, 0).List {
			if x.Way == insight.WayMeeting && x.Key != demo.HandOver.Touchpoint {
				t.Errorf("%s: meeting %s costs %.1f ± %.1f", j, x.Key, x.Impact, x.SE)
			}
		}
	}
}

func TestAWeekOfAnswersIsNotRankedByWhatItPulls(t *testing.T) {
	f := fixes(t, "bill", 7)
	if f.Linked || f.Drivers.TooFew == nil || len(f.Drivers.TooFew.Error()) == 0 {
		t.Errorf("%+v", f)
	}
}
