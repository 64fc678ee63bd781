package insight

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// desk answers with promises from memory.
type desk struct {
	Store
	days []PromiseDay
	week run.Week
}

func (d *desk) PromiseDays(_ context.Context, q PromiseQuestion) (out []PromiseDay, err error) {
	for _, x := range d.days {
		if q.From == 0 || x.Day >= q.From {
			out = append(out, x)
		}
	}
	return out, nil
}
func (*desk) Look(context.Context) (*recall.Sight, error) { return new(recall.Changes).Look(1), nil }
func (d *desk) Week(context.Context) (run.Week, error)    { return d.week, nil }
func (d *desk) Names(context.Context, feedback.Dim, []int64) (map[int64]Named, error) {
	return nil, nil
}

// today is a Friday.
var today = i18n.Day(time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC), time.UTC)

// made adds n promises of that kind, made days ago by a team.
func (d *desk) made(ago int32, team int64, n int64, c feedback.PromiseCell) {
	for _, id := range []int64{0, team} {
		d.days = append(d.days, PromiseDay{feedback.PromiseDay{JourneyID: 1, TouchpointID: 2, TeamID: id, Day: today - ago}, feedback.Promises{c: n}.Counts()})
		if team == 0 {
			return
		}
	}
}

func (d *desk) ask(t *testing.T) []Promised { return d.askSince(t, 0) }

func (d *desk) askSince(t *testing.T, from int32) []Promised {
	t.Helper()
	if d.week.Off == nil {
		d.week = run.DefaultWeek()
	}
	now := i18n.DayTime(today).Add(12 * time.Hour)
	out, err := (&Service{Store: d, Zone: time.UTC, Now: func() time.Time { return now }}).Promises(t.Context(), PromiseQuestion{PerTeam: true, From: from})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func took(promised, took int32) feedback.PromiseCell {
	return feedback.PromiseCell{Promised: promised, Took: took, Late: took > promised}
}

func given(c feedback.PromiseCell, value int) feedback.PromiseCell {
	c.Beside, c.Scale, c.Value = feedback.BesideTouchpoint, "csat_1_5", value
	return c
}

// TestTheFibreOfTheSource reproduces what source 004 tells: 8 days promised, 12 to 15 taken, 15 to be promised.
func TestTheFibreOfTheSource(t *testing.T) {
	d := &desk{}
	for days := int32(12); days <= 15; days++ {
		d.made(60, 0, 30, took(8, days))
		d.made(60, 0, 30, given(took(8, days), 2))
	}
	p := d.ask(t)[0]
	if p.Kept.X != 0 || p.Kept.N != 120 || math.Abs(*p.Kept.High-.031) > 5e-4 {
		t.Errorf("kept %+v", p.Kept)
	}
	if p.Safe.Promise == nil || *p.Safe.Promise != 15 || p.Safe.N != 120 || *p.Ninety.At != 15 || *p.Median.At != 13 {
		t.Errorf("safe %+v", p.Safe)
	}
	if c := p.Curve[15]; c.Promise != 15 || c.Kept != 1 || p.Curve[14].Kept != .75 || p.Gaps[4] != 30 || p.Gaps[7] != 30 {
		t.Errorf("curve %+v, gaps %v", p.Curve, p.Gaps)
	}
	if r := p.Ratings[0]; !r.Effect.Unknown || r.Less != nil || r.Late.N != 120 {
		t.Errorf("one promise, always late, tells its effect: %+v", r)
	}
}

func TestWhatCountsAsKept(t *testing.T) {
	open := feedback.PromiseCell{Promised: 8, Took: feedback.Open}
	lateOnTheDay := feedback.PromiseCell{Promised: 8, Took: 8, Late: true}
	tests := map[string]struct {
		ago                    int32
		cell                   feedback.PromiseCell
		kept, n, past, waiting int64
	}{
		"delivered in time":                         {30, took(8, 8), 1, 1, 0, 0},
		"delivered late":                            {30, took(8, 9), 0, 1, 0, 0},
		"on the day, but past the hour":             {30, lateOnTheDay, 0, 1, 0, 0},
		"not delivered the day after it fell due":   {9, open, 0, 1, 1, 0},
		"not delivered on the day it is due":        {8, open, 0, 0, 0, 1},
		"not delivered, and due later":              {2, open, 0, 0, 0, 1},
		"delivered before it is due, which is soon": {2, took(8, 1), 1, 1, 0, 0},
	}
	for name, test := range tests {
		d := &desk{}
		d.made(test.ago, 0, 1, test.cell)
		p := d.ask(t)[0]
		if p.Kept.X != test.kept || p.Kept.N != test.n || p.PastDue != test.past || p.Waiting != test.waiting {
			t.Errorf("%s: %d of %d kept, %d past due, %d waiting", name, p.Kept.X, p.Kept.N, p.PastDue, p.Waiting)
		}
	}
}

func TestBusinessDaysAreCountedByTheWeekOfToday(t *testing.T) {
	d := &desk{}
	d.made(7, 0, 1, feedback.PromiseCell{Business: true, Promised: 7, Took: 4, Late: false}) // from Friday to Friday; came on Tuesday
	for _, test := range []struct {
		off            []time.Weekday
		holiday        int32 // days after the promise; 0 is none
		promised, took int
	}{{[]time.Weekday{time.Saturday, time.Sunday}, 0, 5, 2}, {[]time.Weekday{time.Friday}, 0, 6, 4}, {[]time.Weekday{time.Saturday, time.Sunday}, 3, 4, 1}} {
		d.week = run.Week{Off: test.off}
		if test.holiday != 0 {
			d.week.Holidays = []run.Holiday{run.HolidayOn(d.days[0].Day+test.holiday, run.Once, nil)}
		}
		p := d.ask(t)[0]
		if !p.Business || p.PromiseFigures.Promised[0].Days != test.promised || p.Took[0].Days != test.took {
			t.Errorf("without %v: %+v", test.off, p.PromiseFigures)
		}
	}
}

func TestWhatIsSafeToPromise(t *testing.T) {
	open := func(promised int32) feedback.PromiseCell {
		return feedback.PromiseCell{Promised: promised, Took: feedback.Open}
	}
	tests := map[string]struct {
		fill func(d *desk)
		want float64 // 0: not enough
		n    int64
	}{
		"28 deliveries are not enough": {func(d *desk) { d.made(60, 0, 28, took(8, 5)) }, 0, 28},
		"29 are, and the slowest of them decides": {func(d *desk) {
			d.made(60, 0, 28, took(8, 5))
			d.made(60, 0, 1, took(8, 20))
		}, 20, 29},
		"what came quickly of the last days does not make it look shorter": {func(d *desk) {
			d.made(60, 0, 100, took(8, 12))
			d.made(5, 0, 900, took(8, 2))
			d.made(5, 0, 900, open(8))
		}, 12, 100},
		"what is still open after a long time is longer than any": {func(d *desk) {
			d.made(60, 0, 80, took(8, 5))
			d.made(60, 0, 20, open(8))
		}, math.Inf(1), 100},
		"what is past due but may still come in its usual time is not held against it": {func(d *desk) {
			d.made(60, 0, 100, took(2, 12))
			d.made(8, 0, 60, open(2))
		}, 12, 100},
	}
	for name, test := range tests {
		d := &desk{}
		test.fill(d)
		safe := d.ask(t)[0].Safe
		got := 0.0
		if safe.Promise != nil {
			got = *safe.Promise
		}
		if got != test.want || safe.N != test.n {
			t.Errorf("%s: %v of %d, want %v of %d", name, got, safe.N, test.want, test.n)
		}
	}
}

func TestTeamsAddUpAndSmallOnesAreHiddenWithAnother(t *testing.T) {
	d := &desk{}
	d.made(60, 7, 40, took(8, 12))
	d.made(60, 8, 30, took(15, 12))
	d.made(60, 9, 3, took(8, 4))
	d.made(60, 0, 20, took(8, 8))
	p := d.ask(t)[0]
	made, hidden := int64(0), map[int64]bool{}
	for _, team := range p.Teams {
		made += team.Made
		hidden[team.ID] = team.Hide
	}
	if made != p.Made || made != 93 || len(p.Teams) != 4 || !hidden[9] || !hidden[0] || hidden[7] || hidden[8] {
		t.Errorf("%d of %d, hidden %v", made, p.Made, hidden)
	}
	if pilot := p.Teams[1]; pilot.ID != 8 || pilot.Kept.X != 30 || pilot.PromiseFigures.Promised[0].Days != 15 || *pilot.Safe.Promise != 12 {
		t.Errorf("%+v", pilot)
	}
}

func TestAWeekThatIsNotAllDueIsNotTold(t *testing.T) {
	d := &desk{}
	d.made(20, 0, 40, took(8, 8))
	d.made(3, 0, 40, took(8, 1))
	d.made(3, 0, 1, feedback.PromiseCell{Promised: 8, Took: feedback.Open})
	weeks := d.ask(t)[0].Weeks
	if len(weeks) != 4 || weeks[0].Open || weeks[0].Kept.N != 40 || weeks[1].Kept.N != 0 || !weeks[3].Open {
		t.Errorf("%+v", weeks)
	}
}

func TestRatingsInTimeAgainstLate(t *testing.T) {
	d := &desk{}
	for value, n := range map[int]int64{4: 20, 5: 30} {
		d.made(60, 0, n, given(took(8, 8), value))
		d.made(60, 0, n, given(took(8, 5), value))
		d.made(60, 0, n, given(took(8, 12), value-3))
		d.made(60, 0, n, given(took(12, 12), value))
		d.made(60, 0, 1, given(feedback.PromiseCell{Promised: 8, Took: feedback.Open}, 1))
	}
	r := d.ask(t)[0].Ratings[0]
	if r.Kept.N != 150 || r.Late.N != 50 || r.PastDue.Level != stat.Suppressed || r.PastDue.Mean != nil {
		t.Fatalf("%+v", r)
	}
	if r.Less != nil { // hiding the two that are past due hides another with them
		t.Errorf("the difference gives away what is hidden: %+v", r.Less)
	}
	d.made(60, 0, 20, given(feedback.PromiseCell{Promised: 8, Took: feedback.Open}, 1))
	r = d.ask(t)[0].Ratings[0]
	if r.Less == nil || math.Abs(r.Less.Diff+3) > 1e-9 || r.Less.High >= 0 || r.PastDue.N != 22 || r.Asymmetry == nil {
		t.Errorf("%+v", r)
	}
	d.made(1, 0, 2, given(feedback.PromiseCell{Promised: 8, Took: feedback.Open}, 1))
	if r = d.ask(t)[0].Ratings[0]; r.PastDue.Level != stat.Suppressed || r.Kept.Mean == nil {
		t.Errorf("two who rated before it was due are what the touchpoint's figure has more: %+v", r)
	}
}

func TestARatingBesideAPromiseIsNotFoundInTheDifferenceOfTwoTimes(t *testing.T) {
	late := func(n int64, ago int32) func(d *desk) {
		return func(d *desk) {
			c := took(3, 5)
			c.Beside, c.Scale, c.Value = feedback.BesideTouchpoint, five.String(), 2
			d.made(ago, 0, n, c)
		}
	}
	kept := func(n int64) func(d *desk) {
		return func(d *desk) {
			c := took(3, 2)
			c.Beside, c.Scale, c.Value = feedback.BesideTouchpoint, five.String(), 5
			d.made(20, 0, n, c)
		}
	}
	for sentence, c := range map[string]struct {
		made       []func(d *desk)
		late, kept stat.Level
	}{
		"nobody more in the longer time":       {[]func(*desk){late(40, 20), kept(50)}, stat.Solid, stat.Solid},
		"enough more in the longer time":       {[]func(*desk){late(40, 20), kept(50), late(5, 200)}, stat.Solid, stat.Solid},
		"three more, and one beside is hidden": {[]func(*desk){late(40, 20), kept(50), late(3, 200)}, stat.Suppressed, stat.Suppressed},
		"three more, at the edge of all time":  {[]func(*desk){late(40, 20), kept(50), late(3, 900)}, stat.Suppressed, stat.Suppressed},
		"three more, but five in another year": {[]func(*desk){late(40, 20), kept(50), late(3, 200), late(5, 900)}, stat.Suppressed, stat.Suppressed},
	} {
		t.Run(sentence, func(t *testing.T) {
			d := &desk{}
			for _, make := range c.made {
				make(d)
			}
			r := d.askSince(t, PeriodStart(today, 90))[0].Ratings
			if len(r) != 1 || r[0].Late.Level != c.late || r[0].Kept.Level != c.kept {
				t.Errorf("%+v", r)
			}
		})
	}
}
