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

func TestOneImprovementShowsAndOneDoesNot(t *testing.T) {
	if c := change(t, feedback.ByTouchpoint, demo.Worked.Touchpoint, demo.Worked.DaysAgo); !c.Beyond || *c.Diff < 10 {
		t.Errorf("%s: %+v", demo.Worked.Touchpoint, c)
	}
	if c := change(t, feedback.ByTouchpoint, demo.DidNotWork.Touchpoint, demo.DidNotWork.DaysAgo); c.Beyond || *c.P < .1 {
		t.Errorf("%s: %+v", demo.DidNotWork.Touchpoint, c)
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
