package player

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Each planted truth is found again in the figures that the pages show, after everything between a contact and a figure
// has had its chance to lose it.

func ask(t *testing.T, q insight.Question) map[string]insight.Line {
	t.Helper()
	service := &insight.Service{Store: played(t), Zone: demo.Zone(), Now: func() time.Time { return morning }}
	lines, err := service.Figures(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]insight.Line{}
	for _, l := range lines {
		out[l.Key] = l
	}
	return out
}

func journeyID(t *testing.T, key string) int64 {
	t.Helper()
	j, err := played(t).JourneyByKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

// day is the company's day some days before the play's end.
func day(ago int) int32 { return i18n.Day(morning.AddDate(0, 0, -ago), demo.Zone()) }

// change compares a subject before and since a day, as an improvement would be judged.
func change(t *testing.T, by feedback.Dim, key string, daysAgo int) stat.Change {
	t.Helper()
	before := ask(t, insight.Question{By: by, To: day(daysAgo + 1)})[key]
	after := ask(t, insight.Question{By: by, From: day(daysAgo - 1)})[key]
	c := stat.Changed(before.Scale, before.Tally, after.Tally)
	if c.Diff == nil {
		t.Fatalf("%s cannot be compared", key)
	}
	t.Logf("%s: %.1f of %d, then %.1f points more of %d (p %.4f)", key, *before.Figure.Score, before.Tally.N, *c.Diff, after.Tally.N, *c.P)
	return c
}

func TestThePromiseIsKeptInThePilotOnlyAndItsShopIsRatedBetter(t *testing.T) {
	kept := func(pilot bool) float64 {
		return raw[float64](t, `SELECT avg(promise_kept <= promise_due) FROM interactions i JOIN touchpoints p ON p.id = i.touchpoint_id
			WHERE p.key = ? AND promise_kept IS NOT NULL AND (SELECT t.key FROM interaction_people x JOIN teams t ON t.id = x.team_id
				WHERE x.interaction_id = i.id AND x.position = 0) = ?`, demo.FibrePromise.Touchpoint, map[bool]string{true: demo.FibrePromise.PilotTeam, false: "shop-centre"}[pilot])
	}
	if pilot, other := kept(true), kept(false); pilot < .95 || other > .02 {
		t.Errorf("kept: %.2f in the pilot, %.2f elsewhere", pilot, other)
	}
	teams := ask(t, insight.Question{By: feedback.ByTeam, Journey: journeyID(t, demo.FibrePromise.Journey)})
	pilot := teams[demo.FibrePromise.PilotTeam]
	for _, key := range []string{"shop-centre", "shop-harbour"} {
		if c := stat.Changed(pilot.Scale, teams[key].Tally, pilot.Tally); !c.Beyond || *c.Diff < 15 {
			t.Errorf("the pilot against %s: %+v", key, c)
		}
	}
	if fibre := ask(t, insight.Question{By: feedback.ByJourney})[demo.FibrePromise.Journey]; *fibre.Figure.High > 0 {
		t.Errorf("fibre has an NPS of %.0f to %.0f", *fibre.Figure.Low, *fibre.Figure.High)
	}
	if done := ask(t, insight.Question{By: feedback.ByTouchpoint})[demo.FibrePromise.DeliveredAt]; *done.Figure.Score < 80 {
		t.Errorf("technicians' work is rated %.0f", *done.Figure.Score)
	}
}

func TestTheBrokenJourneyIsBelowItsTouchpoints(t *testing.T) {
	whole := ask(t, insight.Question{By: feedback.ByJourney})[demo.HandOver.Journey]
	points := ask(t, insight.Question{By: feedback.ByTouchpoint, Journey: journeyID(t, demo.HandOver.Journey)})
	t.Logf("journey %.1f (%.1f to %.1f)", *whole.Figure.Score, *whole.Figure.Low, *whole.Figure.High)
	for key, p := range points {
		t.Logf("%s %.1f (%.1f to %.1f)", key, *p.Figure.Score, *p.Figure.Low, *p.Figure.High)
		below := *p.Figure.Score < *whole.Figure.Score
		if below != (key == demo.HandOver.Touchpoint) || !below && *p.Figure.Low <= *whole.Figure.High {
			t.Errorf("%s is rated %.1f, the journey %.1f", key, *p.Figure.Score, *whole.Figure.Score)
		}
	}
	if len(points) != 6 {
		t.Errorf("%d touchpoints", len(points))
	}
}

// TestOneImprovementWorkedAndOneDidNot judges both as an improvement is judged: before against after, and against a touchpoint
// nothing was done to, which had gone alike before.
func TestOneImprovementWorkedAndOneDidNot(t *testing.T) {
	for _, c := range []struct {
		demo.Improvement
		untouched string
		worked    bool
	}{{demo.Worked, "bill-answer", true}, {demo.DidNotWork, "repair-visit", false}} {
		alone := change(t, feedback.ByTouchpoint, c.Touchpoint, c.DaysAgo)
		verdict, err := stat.VerdictOf(*alone.Low, *alone.High, stat.SmallestBox)
		if err != nil || (verdict == stat.Improved) != c.worked || verdict == stat.Worse {
			t.Errorf("%s, before and after: %s %v", c.Touchpoint, verdict, err)
		}
		beside, err := stat.DifferenceInDifferences(pair(t, c.Touchpoint, c.DaysAgo, 0, 400), pair(t, c.untouched, c.DaysAgo, 0, 400),
			&[2]stat.Pair{pair(t, c.Touchpoint, c.DaysAgo+90, c.DaysAgo+2, 400), pair(t, c.untouched, c.DaysAgo+90, c.DaysAgo+2, 400)})
		if err != nil {
			t.Fatal(err)
		}
		verdict, err = stat.VerdictOf(100*beside.Low, 100*beside.High, stat.SmallestBox)
		if err != nil || (verdict == stat.Improved) != c.worked || !beside.Parallel {
			t.Errorf("%s beside %s: %s, %.2f (%.2f to %.2f), alike before %t %v", c.Touchpoint, c.untouched, verdict, beside.Diff, beside.Low, beside.High, beside.Parallel, err)
		}
	}
}

// pair is the satisfied of a touchpoint before and since a day so many days ago, from the one until the other.
func pair(t *testing.T, key string, ago, until, from int) stat.Pair {
	t.Helper()
	of := func(from, to int) stat.Sample {
		tally := ask(t, insight.Question{By: feedback.ByTouchpoint, From: day(from), To: day(to)})[key].Tally
		s, err := stat.ShareSample(satisfied(tally), tally.N)
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		return s
	}
	return stat.Pair{Before: of(from, ago+1), After: of(ago-1, until)}
}

// TestTheHandOverIsFoundByWhoMetIt: nobody has to suspect it first.
func TestTheHandOverIsFoundByWhoMetIt(t *testing.T) {
	service := &insight.Service{Store: played(t), Zone: demo.Zone(), Now: func() time.Time { return morning }}
	whole := ask(t, insight.Question{By: feedback.ByJourney})[demo.HandOver.Journey]
	found, err := service.Spoiler(t.Context(), whole.ID, whole.Scale, 0)
	if want := raw[int64](t, `SELECT id FROM touchpoints WHERE key = ?`, demo.HandOver.Touchpoint); err != nil || found.Touchpoint != want {
		t.Errorf("%+v %v", found, err)
	}
}

// TestNobodyOrdinaryIsCalledToTalkAboutConditions: whatever stretch of time is looked at, only who really differs may be below
// the alarm in two of them in a row.
func TestNobodyOrdinaryIsCalledToTalkAboutConditions(t *testing.T) {
	service := &insight.Service{Store: played(t), Zone: demo.Zone(), Now: func() time.Time { return morning }}
	for _, ago := range []int{0, 45, 90, 135, 180} {
		service.Now = func() time.Time { return morning.AddDate(0, 0, -ago) }
		for _, days := range []int32{30, 90} {
			named, err := service.Conditions(t.Context(), days)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range named {
				key := raw[string](t, `SELECT key FROM employees WHERE id = ?`, id)
				if !slices.ContainsFunc(demo.Standouts, func(s demo.Standout) bool { return s.Employee == key && s.Effect < 0 }) {
					t.Errorf("%s is named, %d days ago, %d days", key, ago, days)
				}
				t.Logf("%s, %d days ago, %d days", key, ago, days)
			}
		}
	}
}

func TestOnlyOneJourneyGotWorse(t *testing.T) {
	for key := range ask(t, insight.Question{By: feedback.ByJourney}) {
		c := change(t, feedback.ByJourney, key, demo.Slowdown.DaysAgo)
		if worse := c.Beyond && *c.Diff < 0; worse != (key == demo.Slowdown.Journey) {
			t.Errorf("%s: %+v", key, c)
		}
	}
}

// TestNoOrdinaryEmployeeStandsOut compares everybody with the colleagues at the same touchpoint, with the bar raised for
// the number of comparisons (Bonferroni): only those who really differ may clear it.
func TestNoOrdinaryEmployeeStandsOut(t *testing.T) {
	s := played(t)
	type one struct {
		touchpoint, employee string
		share                float64
		p                    float64
	}
	var all []one
	for _, point := range demo.Play(morning, .01).Touchpoints {
		if point.Judged != "person" {
			continue
		}
		id := raw[int64](t, `SELECT id FROM touchpoints WHERE key = ?`, point.Key)
		rows, err := s.Counts(t.Context(), insight.Count{Dim: feedback.ByEmployeeTouchpoint, TouchpointIDs: []int64{id}, From: 0, To: math.MaxInt32})
		if err != nil {
			t.Fatal(err)
		}
		var total stat.Tally
		for _, r := range rows {
			total = total.Plus(r.Tally)
		}
		names, err := s.Names(t.Context(), feedback.ByEmployeeTouchpoint, idsOf(rows))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			yes, others := satisfied(r.Tally), satisfied(total)-satisfied(r.Tally)
			if r.Tally.N >= 8 && total.N-r.Tally.N >= 8 {
				all = append(all, one{point.Key, names[r.ID].Key, float64(yes)/float64(r.Tally.N) - float64(others)/float64(total.N-r.Tally.N),
					stat.TwoProportions(yes, r.Tally.N, others, total.N-r.Tally.N)})
			}
		}
	}
	if len(all) < 40 {
		t.Fatalf("%d comparisons", len(all))
	}
	found := 0
	for _, x := range all {
		i := slices.IndexFunc(demo.Standouts, func(s demo.Standout) bool { return s.Employee == x.employee && s.Touchpoint == x.touchpoint })
		switch {
		case i < 0 && x.p < .05/float64(len(all)):
			t.Errorf("%s at %s differs by %.2f (p %.5f)", x.employee, x.touchpoint, x.share, x.p)
		case i >= 0 && x.p < .05 && x.share*demo.Standouts[i].Effect > 0:
			found++
		}
	}
	if found != len(demo.Standouts) {
		t.Errorf("%d of %d who really differ were found", found, len(demo.Standouts))
	}
}

func satisfied(t stat.Tally) int64 { return t.Counts[4] + t.Counts[5] }

func idsOf(rows []insight.Counted) []int64 {
	out := make([]int64, len(rows))
	for i, r := range rows {
		out[i] = r.ID
	}
	return out
}
