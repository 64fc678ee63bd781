package store_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// A company of the test works by one calendar in one zone. All the three weekends meet all the four zones.
type company struct {
	off  []time.Weekday
	zone *time.Location
	// passed is how many business minutes have passed by each minute since yearFrom, counted one by one.
	passed []int32
	cases  []told
}

var ofFive = stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}

var weekends = [][]time.Weekday{{time.Friday}, {time.Thursday, time.Friday}, {time.Saturday, time.Sunday}}

var zones = []string{"Asia/Tehran", "Europe/Athens", "Africa/Cairo", "America/New_York"}

// The year has four clock changes in three of the zones; now is a Wednesday evening while the last cases are still young.
var (
	yearFrom  = time.Date(2025, 2, 20, 0, 0, 0, 0, time.UTC)
	yearUntil = time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)
	yearNow   = time.Date(2026, 3, 11, 17, 23, 0, 0, time.UTC)
	holidays  = []string{"2025-03-20", "2025-03-21", "2025-03-31", "2025-04-25", "2025-05-01", "2025-10-28", "2025-12-25", "2026-01-01", "2026-03-10"}
)

// companies count every minute of the year, and make up their cases, once for both engines.
var companies = sync.OnceValue(func() (out []company) {
	r := rand.New(rand.NewPCG(5, 1000))
	for _, off := range weekends {
		for _, name := range zones {
			zone, err := time.LoadLocation(name)
			if err != nil {
				panic(err)
			}
			c, passed := company{off: off, zone: zone}, int32(0)
			for m := yearFrom; m.Before(yearUntil); m = m.Add(time.Minute) {
				c.passed = append(c.passed, passed)
				if local := m.In(zone); !slices.Contains(off, local.Weekday()) && !resting(local) {
					passed++
				}
			}
			for range 417 {
				c.cases = append(c.cases, events(r, c))
			}
			out = append(out, c)
		}
	}
	return out
})

func resting(local time.Time) bool {
	if local.Minute() == 0 || restedOn != local.YearDay() {
		restedOn, rested = local.YearDay(), slices.Contains(holidays, local.Format(time.DateOnly))
	}
	return rested
}

// What resting found for the day it looked at last: a year has many minutes.
var (
	restedOn int
	rested   bool
)

func minute(t time.Time) int { return int(t.Sub(yearFrom) / time.Minute) }

// business are the business hours between two whole minutes.
func (c company) business(from, to time.Time) float64 {
	return float64(c.passed[minute(to)]-c.passed[minute(from)]) / 60
}

// after is the first minute by which so many business hours have passed.
func (c company) after(from time.Time, hours int) time.Time {
	m := minute(from)
	for want := c.passed[m] + int32(60*hours); c.passed[m] < want; {
		m++
	}
	return yearFrom.Add(time.Duration(m) * time.Minute)
}

// daysAfter is the same time of day so many business days later, found minute by minute.
func (c company) daysAfter(from time.Time, days int) time.Time {
	clock := from.In(c.zone)
	for m := from; ; {
		m = m.Add(time.Minute)
		local := m.In(c.zone)
		if local.Minute() != clock.Minute() || local.Hour() != clock.Hour() || slices.Contains(c.off, local.Weekday()) || slices.Contains(holidays, local.Format(time.DateOnly)) {
			continue
		}
		if days--; days == 0 {
			return m
		}
	}
}

func (c company) week(t *testing.T) run.Week {
	t.Helper()
	w := run.Week{Off: c.off}
	for _, h := range holidays {
		at, err := time.Parse(time.DateOnly, h)
		if err != nil {
			t.Fatal(err)
		}
		w.Holidays = append(w.Holidays, run.HolidayOn(i18n.Day(at, time.UTC), run.Once, i18n.Plain(h)))
	}
	return w
}

// told is one case as its events tell it, before anybody has counted anything.
type told struct {
	casework.Case
	grave            bool
	stood            int       // business hours that the clock stood
	contact, resolve time.Time // the deadlines, as counted by hand
	rated            int       // how she rates the journey after her case, of 1..5; 0 not at all
}

// events makes up one case: opened at any minute at which no clock changes, and whatever came of it until now.
func events(r *rand.Rand, c company) told {
	x := fate(r, c)
	hours, days := 48, 10
	if x.grave {
		hours, days = 24, 5
	}
	if x.ClosedAt != nil && r.IntN(5) < 2 {
		x.rated = 1 + r.IntN(5)
	}
	x.contact, x.resolve = c.after(x.OpenedAt, hours), c.after(c.daysAfter(x.OpenedAt, days), x.stood)
	return x
}

func fate(r *rand.Rand, c company) told {
	opened := yearFrom.AddDate(0, 0, 5).Add(time.Duration(r.IntN(minute(yearNow)-8*24*60)) * time.Minute)
	for h := opened.In(c.zone).Hour(); h < 4 || h > 21; h = opened.In(c.zone).Hour() {
		opened = opened.Add(time.Hour)
	}
	x := told{Case: casework.Case{State: casework.Open, Severity: casework.Normal, OpenedAt: opened, ClockAt: opened}, grave: r.IntN(3) == 0}
	if x.grave {
		x.Severity = casework.Grave
	}
	x.OwnerID, x.TouchpointID = int64(r.IntN(4)), int64(r.IntN(3)) // the how-manieth; see load
	later := func(from time.Time, days float64) *time.Time {
		at := from.Add(time.Duration(r.ExpFloat64()*days*24*60) * time.Minute)
		if at.After(yearNow) {
			return nil
		}
		return &at
	}
	if r.IntN(8) == 0 { // nobody reaches her
		if closed := later(opened.AddDate(0, 0, 5), 4); closed != nil && r.IntN(2) == 0 {
			x.State, x.ClosedAt = casework.Unreachable, closed
		}
		return x
	}
	if x.ContactedAt = later(opened, 1.5); x.ContactedAt == nil {
		return x
	}
	x.State = casework.Working
	switch r.IntN(6) {
	case 0:
		x.WaitingSince = x.ContactedAt
		return x
	case 1:
		x.stood = 1 + r.IntN(100)
	case 2:
		return x // forgotten
	}
	x.Cause = casework.Causes[r.IntN(len(casework.Causes))]
	if x.ProposedAt = later(*x.ContactedAt, 4); x.ProposedAt == nil {
		return x
	}
	x.State = casework.Proposed
	if x.ClosedAt = later(*x.ProposedAt, 3); x.ClosedAt == nil {
		return x
	}
	switch r.IntN(4) {
	case 0:
		x.State = casework.Unverified
	case 1: // she said no
		x.State, x.ClosedAt, x.ProposedAt, x.Reopened = casework.Working, nil, nil, 1
		x.ClockAt = *x.ContactedAt
	default:
		x.State, x.Reopened = casework.Verified, r.IntN(5)/4
	}
	return x
}

// due sets the deadlines as the program does.
func due(x *told, clock casework.Clock) {
	rules := casework.DefaultRules()
	hours, days := rules.ContactHours, rules.ResolveDays
	if x.grave {
		hours, days = rules.GraveContactHours, rules.GraveResolveDays
	}
	x.ContactDue = clock.Add(x.OpenedAt, time.Duration(hours)*time.Hour)
	x.ResolveDue = clock.Add(clock.AddDays(x.OpenedAt, days), time.Duration(x.stood)*time.Hour)
}

// figures are what the test counts by itself.
type figures struct {
	opened, open, overdue, due, onTime, verified, unverified, unreachable, reopened int64
	contact, contactBusiness, closing, closingBusiness                              []stat.Spell
}

func (f *figures) count(x told, c company) {
	one := func(into *int64, is bool) {
		if is {
			*into++
		}
	}
	contact, resolve, closed := x.contact, x.resolve, x.ClosedAt != nil
	one(&f.opened, true)
	one(&f.open, !closed)
	one(&f.due, contact.Before(yearNow))
	one(&f.onTime, contact.Before(yearNow) && x.ContactedAt != nil && !x.ContactedAt.After(contact))
	one(&f.verified, x.State == casework.Verified)
	one(&f.unverified, x.State == casework.Unverified)
	one(&f.unreachable, x.State == casework.Unreachable)
	one(&f.reopened, x.Reopened > 0)
	standing := x.WaitingSince != nil || x.State == casework.Proposed
	one(&f.overdue, !closed && !standing && (x.ContactedAt == nil && contact.Before(yearNow) || x.ContactedAt != nil && resolve.Before(yearNow)))
	seen := yearNow
	if closed {
		seen = *x.ClosedAt
	}
	wait := func(end *time.Time) (calendar, business stat.Spell) {
		until := seen
		if end != nil {
			until = *end
		}
		return stat.Spell{Lasted: float64(until.Sub(x.OpenedAt)/time.Minute) / 60, Ended: end != nil}, stat.Spell{Lasted: c.business(x.OpenedAt, until), Ended: end != nil}
	}
	calendar, business := wait(x.ContactedAt)
	f.contact, f.contactBusiness = append(f.contact, calendar), append(f.contactBusiness, business)
	calendar, business = wait(x.ClosedAt)
	f.closing, f.closingBusiness = append(f.closing, calendar), append(f.closingBusiness, business)
}

// over is when so great a share of the waits is over, as one would work it out by hand: at each end those still waiting are
// counted, and the share that goes on is multiplied.
func over(waits []stat.Spell, share float64) float64 {
	waits = slices.SortedFunc(slices.Values(waits), func(a, b stat.Spell) int { return int(math.Copysign(1, a.Lasted-b.Lasted)) })
	left := 1.0
	for i := 0; i < len(waits); {
		risk, ended, at := len(waits)-i, 0, waits[i].Lasted
		for ; i < len(waits) && waits[i].Lasted == at; i++ {
			if waits[i].Ended {
				ended++
			}
		}
		if left *= 1 - float64(ended)/float64(risk); left <= 1-share+1e-9 {
			return at
		}
	}
	return math.NaN()
}

func (f figures) agree(t *testing.T, what string, got insight.LoopLine) {
	t.Helper()
	for name, c := range map[string]struct{ got, want int64 }{
		"opened": {got.Opened, f.opened}, "open": {got.Open, f.open}, "overdue": {got.Overdue, f.overdue},
		"closed": {got.Closed.X, f.opened - f.open}, "deadlines passed": {got.OnTime.N, f.due}, "on time": {got.OnTime.X, f.onTime},
		"verified": {got.Verified.X, f.verified}, "verified of": {got.Verified.N, f.opened}, "unverified": {got.Unverified.X, f.unverified},
		"unreachable": {got.Unreachable.X, f.unreachable}, "reopened": {got.Reopened.X, f.reopened},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s %d, want %d", what, name, c.got, c.want)
		}
	}
	n, x := float64(f.opened), float64(f.verified)
	const z = 1.959963984540054
	half, scale := z*math.Sqrt(x/n*(1-x/n)/n+z*z/(4*n*n)), 1+z*z/n
	if low, high := (x/n+z*z/(2*n)-half)/scale, (x/n+z*z/(2*n)+half)/scale; math.Abs(*got.Verified.Low-low) > 1e-12 || math.Abs(*got.Verified.High-high) > 1e-12 {
		t.Errorf("%s: verified between %v and %v, want %v and %v", what, *got.Verified.Low, *got.Verified.High, low, high)
	}
	for name, c := range map[string]struct {
		got   stat.Span
		waits []stat.Spell
		share float64
	}{
		"first contact, half":          {got.Contact.Calendar.Median, f.contact, .5},
		"first contact, nine of ten":   {got.Contact.Calendar.Most, f.contact, .9},
		"first contact, business":      {got.Contact.Business.Median, f.contactBusiness, .5},
		"first contact, business, 90%": {got.Contact.Business.Most, f.contactBusiness, .9},
		"closing, half":                {got.Closing.Calendar.Median, f.closing, .5},
		"closing, business":            {got.Closing.Business.Median, f.closingBusiness, .5},
		"closing, nine of ten":         {got.Closing.Calendar.Most, f.closing, .9},
	} {
		want := over(c.waits, c.share)
		if (c.got.At == nil) != math.IsNaN(want) || c.got.At != nil && math.Abs(*c.got.At-want) > 1e-9 {
			t.Errorf("%s: %s %v hours, want %v", what, name, c.got.At, want)
		}
	}
}

// A year of five thousand cases in twelve companies, each a journey of its own: what the pages tell of it is what somebody
// finds who counts minute by minute and knows nothing of the program's clocks.
func TestTheInnerLoopIsWhatOneCountsByHand(t *testing.T) {
	companies := companies()
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		var records []ingest.Record
		for i := range companies {
			rec := fibre(fmt.Sprint("loop-", i), 1, at(5, 9), "")
			rec.Journey = ingest.Named{Key: fmt.Sprint("loop-", i)}
			records = append(records, rec)
		}
		take(t, s, records...)
		owners, places := owners(t, s)
		for i, c := range companies {
			load(t, s, c, runNamed(t, s, fmt.Sprint("loop-", i)), owners, places)
		}
		neglected := neglect(t, s, companies)
		for i, w := range companies {
			if err := s.SaveWeek(t.Context(), w.week(t)); err != nil {
				t.Fatal(err)
			}
			service := &insight.Service{Store: s, Zone: w.zone, Now: func() time.Time { return yearNow }}
			from, to := i18n.Day(yearFrom, time.UTC)+int32(15*i), i18n.Day(yearNow, time.UTC)-int32(i%3)
			q := insight.LoopQuestion{Scope: people.System().Scope(), Journey: runNamed(t, s, fmt.Sprint("loop-", i)).JourneyID, Mine: owners[1], From: from, To: to}
			got, err := service.Loop(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			var all, mine figures
			var rerated, control again
			causes, coded := map[string]int64{}, int64(0)
			for _, x := range w.cases {
				if day := i18n.DayTime(i18n.Day(x.OpenedAt, w.zone)); day.Before(i18n.DayTime(from)) || day.After(i18n.DayTime(to)) {
					continue
				}
				all.count(x, w)
				if x.ClosedAt != nil { // the answer of every run was 1 of 5
					rerated.add(x.rated)
				}
				if x.OwnerID == 1 {
					mine.count(x, w)
				}
				if x.Cause != "" {
					causes[string(x.Cause)]++
					coded++
				}
			}
			name := fmt.Sprintf("off %v in %s", w.off, w.zone)
			all.agree(t, name, got.All)
			mine.agree(t, name+", her own", *got.Mine)
			all.agree(t, name+", as a journey", got.Journeys[0])
			for _, c := range got.Causes {
				if causes[c.Key] != c.Opened {
					t.Errorf("%s: %s caused %d, want %d", name, c.Key, c.Opened, causes[c.Key])
				}
			}
			if got.Coded.X != coded || got.Process.N != coded || got.Process.X != causes["authority"]+causes["process"] || got.Bounded {
				t.Errorf("%s: coded %+v, process %+v, want %d and %d", name, got.Coded, got.Process, coded, causes["authority"]+causes["process"])
			}
			for _, n := range neglected {
				if n.company == i && i18n.Day(n.at, w.zone) >= from && i18n.Day(n.at, w.zone) <= to {
					control.add(n.later)
				}
			}
			rerated.agree(t, name, got.Recovery, control)
			if all.opened < 180 || all.overdue == 0 || all.onTime == 0 || all.onTime == all.due {
				t.Errorf("%s: the cases test little: %d opened, %d overdue, %d of %d on time", name, all.opened, all.overdue, all.onTime, all.due)
			}
		}
		sights(t, s, runNamed(t, s, "loop-0").JourneyID, owners[1])
	})
}

// load puts a company's cases into the store, on one run.
func load(t *testing.T, s *store.Store, c company, on run.Run, owners, places []int64) {
	t.Helper()
	clock := casework.Clock{Week: c.week(t), Zone: c.zone}
	err := s.InTx(t.Context(), func(ctx context.Context) error {
		for _, x := range c.cases {
			x.ID = id.New()
			x.CustomerID, x.RunID, x.JourneyID, x.OwnerID, x.TouchpointID = x.ID, on.ID, on.JourneyID, owners[x.OwnerID], places[x.TouchpointID]
			due(&x, clock)
			if _, opened, err := s.OpenCase(ctx, x.Case); err != nil || !opened {
				return fmt.Errorf("opened %t: %w", opened, err)
			}
			if x.rated == 0 {
				continue
			}
			if err := s.SaveCaseRating(ctx, casework.Rating{CaseID: x.ID, Value: x.rated, Scale: ofFive, At: yearNow}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sights ask whose cases are counted.
func sights(t *testing.T, s *store.Store, journey, owner int64) {
	t.Helper()
	service := &insight.Service{Store: s, Zone: time.UTC, Now: func() time.Time { return yearNow }}
	for sentence, c := range map[string]struct {
		who people.Actor
		ok  func(insight.Loop) bool
	}{
		"a manager counts all, from some of which the times come": {people.Actor{Manager: true}, func(l insight.Loop) bool {
			return l.All.Opened == 5004+4 && l.Bounded && len(l.Journeys) == 12 && l.All.Closing.N > 1000
		}},
		"a leader counts those of her journey":                      {people.Actor{Leads: []int64{journey}}, func(l insight.Loop) bool { return l.All.Opened == 417+1 && len(l.Journeys) == 1 && l.Mine == nil }},
		"an employee counts her own":                                {people.Actor{EmployeeID: owner}, func(l insight.Loop) bool { return l.Mine != nil && l.All.Opened == l.Mine.Opened && l.All.Opened > 500 }},
		"who has nothing to do with any case counts nothing at all": {people.Actor{EmployeeID: 1}, func(l insight.Loop) bool { return l.All.Opened == 0 && l.Mine == nil && l.Journeys == nil }},
	} {
		got, err := service.Loop(t.Context(), insight.LoopQuestion{Scope: c.who.Scope(), Mine: c.who.EmployeeID})
		if err != nil || !c.ok(got) {
			t.Errorf("%s: %d cases, %d journeys, mine %v (%v)", sentence, got.All.Opened, len(got.Journeys), got.Mine != nil, err)
		}
	}
}

// owners are nobody and three employees; places the whole and two touchpoints.
func owners(t *testing.T, s *store.Store) (owners, places []int64) {
	t.Helper()
	owners, places = []int64{0}, []int64{0}
	for _, key := range []string{"e1", "e2", "e3"} {
		e, err := s.EmployeeByKey(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		owners = append(owners, e.ID)
	}
	touchpoints, err := s.Touchpoints(t.Context())
	if err != nil || len(touchpoints) != 2 {
		t.Fatalf("%d touchpoints %v", len(touchpoints), err)
	}
	for _, p := range touchpoints {
		places = append(places, p.ID)
	}
	return owners, places
}

// again is how those rated again who had been dissatisfied: 4 and 5 of 5 are won back.
type again struct{ asked, answered, recovered int64 }

func (a *again) add(rating int) {
	a.asked++
	if rating > 0 {
		a.answered++
	}
	if rating >= 4 {
		a.recovered++
	}
}

func (a again) agree(t *testing.T, what string, got insight.Recovery, control again) {
	t.Helper()
	for name, c := range map[string]struct {
		got  stat.Rate
		x, n int64
	}{"recovered": {got.Recovered, a.recovered, a.answered}, "at least": {got.AtLeast, a.recovered, a.asked}, "rated again": {got.Answered, a.answered, a.asked}} {
		if c.got.X != c.x || c.got.N != c.n {
			t.Errorf("%s: %s %d of %d, want %d of %d", what, name, c.got.X, c.got.N, c.x, c.n)
		}
	}
	if got.Uncontacted != control.asked || got.Control.N != control.answered || control.answered >= 5 && got.Control.X != control.recovered {
		t.Errorf("%s: uncontacted %d, %+v, want %+v", what, got.Uncontacted, got.Control, control)
	}
	switch share := func(x, n int64) float64 { return float64(x) / float64(n) }; {
	case control.answered < 5:
		if got.Effect.Diff != nil || got.Control.Share != nil {
			t.Errorf("%s: %d uncontacted ones are told of", what, control.answered)
		}
	case math.Abs(*got.Effect.Diff-share(a.recovered, a.answered)+share(control.recovered, control.answered)) > 1e-12 || *got.Effect.Low >= *got.Effect.Diff || *got.Effect.High <= *got.Effect.Diff:
		t.Errorf("%s: a difference of %v", what, *got.Effect.Diff)
	}
}

// alone is a dissatisfied customer whom nobody contacted; later is what she rated next, 0 for nothing.
type alone struct {
	company, later int
	at             time.Time
}

// neglect lets customers of the first companies be dissatisfied without a case: some answer again later, one has been
// contacted about it and is no control, one is content.
func neglect(t *testing.T, s *store.Store, companies []company) (out []alone) {
	t.Helper()
	var records []ingest.Record
	answer := func(company int, who string, nth, overall int, at time.Time) {
		r := fibre(fmt.Sprintf("alone-%d-%s-%d", company, who, nth), overall, at, "")
		r.Journey, r.Customer = ingest.Named{Key: fmt.Sprint("loop-", company)}, ingest.Customer{Key: fmt.Sprintf("alone-%d-%s", company, who)}
		records = append(records, r)
	}
	for i := range companies {
		out = append(out, alone{i, 0, at(5, 9)}) // of the run that bears the cases
		if i > 3 {
			continue
		}
		for n := range 4 + 6*i {
			who, first := fmt.Sprint(n), yearFrom.AddDate(0, 0, 80+9*n)
			x := alone{i, (n * 7) % 6, first}
			answer(i, who, 0, 1+n%2, first)
			if x.later > 0 {
				answer(i, who, 1, x.later, first.AddDate(0, 0, 7+n))
				answer(i, who, 2, 5, first.AddDate(0, 0, 60+n)) // what comes after the next does not count
			}
			out = append(out, x)
		}
		answer(i, "content", 0, 4, yearFrom.AddDate(0, 0, 100))
		answer(i, "contacted", 0, 1, yearFrom.AddDate(0, 0, 100))
	}
	take(t, s, records...)
	for i := range 4 {
		r, old := runNamed(t, s, fmt.Sprintf("alone-%d-contacted-0", i)), yearFrom.AddDate(0, 0, -9)
		c := casework.Case{ID: id.New(), CustomerID: r.CustomerID, RunID: r.ID, JourneyID: r.JourneyID, State: casework.Verified, OpenedAt: old, ContactedAt: &old, ClosedAt: &old}
		if _, _, err := s.OpenCase(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
