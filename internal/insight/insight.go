// Package insight holds the questions dashboards ask and turns counts into figures: with n, interval and level, small
// groups hidden. It reads marginals only, never raw ratings, and decides nobody's sight: callers hand it the ids their
// scope allows.
package insight

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Count asks the marginals. From and To are days, both included; JourneyID 0 asks for all journeys; IDs nil for
// everybody of that dimension; TouchpointIDs and PerTouchpoint are for what people are asked about only.
type Count struct {
	Dim           feedback.Dim
	JourneyID     int64
	TouchpointIDs []int64
	IDs           []int64
	From, To      int32
	PerDay        bool  // one row per day instead of one for the whole time
	Stretch       int32 // one row for so many days, aligned to Mondays, on their first day; instead of PerDay
	PerTouchpoint bool  // one row per touchpoint
}

// Counted is one row of an answer: what it is about, on which scale, and the counts.
type Counted struct {
	ID           int64
	Scale        stat.Scale
	Day          int32 // 0 unless PerDay or Stretch
	TouchpointID int64 // 0 unless PerTouchpoint
	Tally        stat.Tally
}

// Named is how a figure's subject is called.
type Named struct {
	Key  string
	Name i18n.Text
}

// Store answers counts from the marginals and knows the names.
type Store interface {
	WordStore
	LoopStore
	RecoveryStore
	Counts(ctx context.Context, c Count) ([]Counted, error)
	Names(ctx context.Context, dim feedback.Dim, ids []int64) (map[int64]Named, error)
	Tree(ctx context.Context) (people.Tree, error)
	// TeamSets lists the members of every set of teams that ever shared a rating.
	TeamSets(ctx context.Context) (map[int64][]int64, error)
	// Look is a look at the data as it is now.
	Look(ctx context.Context) (*recall.Sight, error)
	// Setting reads what a company decided, and leaves v where it decided nothing.
	Setting(ctx context.Context, key string, v any) error
	// DriverDays adds up what was said of a journey together with what was said of its touchpoints, day by day.
	DriverDays(ctx context.Context, q DriverQuestion) ([]stat.DriverSums, error)
	// PromiseDays are the promises made at touchpoints, by touchpoint and day.
	PromiseDays(ctx context.Context, q PromiseQuestion) ([]PromiseDay, error)
	// Week says on which weekdays the company does not work.
	Week(ctx context.Context) (run.Week, error)
	// PassedOn counts the runs of a journey that met each touchpoint within days, both included.
	PassedOn(ctx context.Context, journey int64, from, to int32) (Passed, error)
	// Efforts are the person-days that mending a touchpoint of a journey would take, as its leader has said.
	Efforts(ctx context.Context, journey int64) (map[int64]float64, error)
	// WalksOn lists the contacts of the latest ended runs of a journey, the latest run first and each by time; the run's end lies from from on and
	// before until, a zero time leaves that side open.
	WalksOn(ctx context.Context, journey int64, from, until time.Time, runs int) ([]Contact, error)
	// ServedIn lists the runs whose last contact lies from from on and before until, a zero from leaves that side open: at most
	// so many, spread evenly over the time.
	ServedIn(ctx context.Context, from, until time.Time, most int) (Sample, error)
	// InvitedOn lists the matured invitations of runs.
	InvitedOn(ctx context.Context, runs []int64, now time.Time) ([]Invited, error)
	// ServedAgain lists those of the customers who had the last contact of a run from from on and before until.
	ServedAgain(ctx context.Context, customers []int64, from, until time.Time) ([]int64, error)
	// SolvingContacts lists the contacts that were to solve something, of customers and of single runs, on runs not over
	// before since.
	SolvingContacts(ctx context.Context, customers, runs []int64, since time.Time) ([]Solving, error)
	// CasesOn lists the cases of customers.
	CasesOn(ctx context.Context, customers []int64) ([]Waited, error)
	// MoneyOf is what those of the customers bring in who have a yearly revenue on record; their costs are those since a time.
	MoneyOf(ctx context.Context, customers []int64, since time.Time) ([]Money, error)
	// Currency is the one in which costs are counted; "" where there is none, or more than one.
	Currency(ctx context.Context) (string, error)
}

// Service answers the questions.
type Service struct {
	Store Store
	Zone  *time.Location
	Now   func() time.Time

	told recall.Memory // what costs more to work out than to look up
}

// Line is one figure with its subject. Figures of different scales are different lines, never pooled.
type Line struct {
	ID     int64      `json:"-"`
	Key    string     `json:"key"`
	Name   i18n.Text  `json:"-"`
	Scale  stat.Scale `json:"scale"`
	Tally  stat.Tally `json:"-"`
	Source Source     `json:"-"`
	Figure stat.Figure
}

// Question is what a page or the command line wants to know. A zero From or To leaves that side open.
type Question struct {
	By       feedback.Dim
	Journey  int64
	IDs      []int64 // nil: all; an empty, non-nil list: none
	From, To int32
}

// firstDay and lastDay are before and after any day there can be.
const firstDay, lastDay = int32(math.MinInt32), int32(math.MaxInt32)

func (q Question) count() Count {
	c := Count{Dim: q.By, JourneyID: q.Journey, IDs: q.IDs, From: q.From, To: q.To}
	if c.From == 0 {
		c.From = firstDay
	}
	if c.To == 0 {
		c.To = lastDay
	}
	return c
}

// Figures answers a question: one line per subject and scale, in the order of keys. A team's figure includes the teams
// below it. Figures of fewer than k answers are hidden (level suppressed). The list is the caller's own; what its figures
// point to is shared.
func (s *Service) Figures(ctx context.Context, q Question) ([]Line, error) {
	found, err := remembered(ctx, s, fmt.Sprintf("figures %#v", q), func(ctx context.Context) ([]Line, error) { return s.figures(ctx, q) })
	return slices.Clone(found), err
}

func (s *Service) figures(ctx context.Context, q Question) ([]Line, error) {
	ctx, err := s.moment(ctx)
	if err != nil {
		return nil, fmt.Errorf("figures by %s: %w", q.By, err)
	}
	tallies, err := s.tallies(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("figures by %s: %w", q.By, err)
	}
	ids := make([]int64, 0, len(tallies))
	for k := range tallies {
		ids = append(ids, k.id)
	}
	names, err := s.Store.Names(ctx, q.By, ids)
	if err != nil {
		return nil, fmt.Errorf("figures by %s: %w", q.By, err)
	}
	source := Source{By: q.By, From: q.From, To: q.To}
	if q.Journey != 0 {
		on, err := s.Store.Names(ctx, feedback.ByJourney, []int64{q.Journey})
		if err != nil {
			return nil, fmt.Errorf("figures by %s: %w", q.By, err)
		}
		source.Journey = on[q.Journey].Key
	}
	lines := make([]Line, 0, len(tallies))
	for k, t := range tallies {
		source.Key, source.Scale = names[k.id].Key, k.scale
		lines = append(lines, Line{ID: k.id, Key: names[k.id].Key, Name: names[k.id].Name, Scale: k.scale, Tally: t, Source: source, Figure: stat.Of(k.scale, t).Shown()})
	}
	if err := s.guard(ctx, q, lines); err != nil {
		return nil, fmt.Errorf("figures by %s: %w", q.By, err)
	}
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Scale.String(), b.Scale.String()))
	})
	return lines, nil
}

type subject struct {
	id    int64
	scale stat.Scale
}

func (s *Service) tallies(ctx context.Context, q Question) (map[subject]stat.Tally, error) {
	c := q.count()
	if q.By != feedback.ByTeam {
		rows, err := s.Store.Counts(ctx, c)
		if err != nil {
			return nil, err
		}
		out := map[subject]stat.Tally{}
		for _, r := range rows {
			out[subject{r.ID, r.Scale}] = r.Tally
		}
		return out, nil
	}
	c.IDs = nil
	rows, err := s.Store.Counts(ctx, c)
	if err != nil {
		return nil, err
	}
	tree, err := s.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	sets, err := s.Store.TeamSets(ctx)
	if err != nil {
		return nil, err
	}
	c.Dim = feedback.ByTeamSet
	shared, err := s.Store.Counts(ctx, c)
	if err != nil {
		return nil, err
	}
	return rollUp(tree, rows, shared, sets, q.IDs), nil
}

// rollUp adds every team's counts to the teams above it, and takes back from a team what several teams below it share;
// only, when given, are the teams asked for.
func rollUp(tree people.Tree, rows, shared []Counted, sets map[int64][]int64, only []int64) map[subject]stat.Tally {
	out := map[subject]stat.Tally{}
	add := func(team int64, c Counted, times int) {
		if only == nil || slices.Contains(only, team) {
			k := subject{team, c.Scale}
			for range times {
				out[k] = out[k].Plus(c.Tally)
			}
		}
	}
	for _, r := range rows {
		for _, team := range tree.Path(r.ID) {
			add(team, r, 1)
		}
	}
	for _, r := range shared {
		counted := map[int64]int{}
		for _, member := range sets[r.ID] {
			for _, team := range tree.Path(member) {
				counted[team]++
			}
		}
		r.Tally = r.Tally.Negative()
		for team, times := range counted {
			add(team, r, times-1)
		}
	}
	return out
}

// Point is a figure of one stretch of time.
type Point struct {
	From, To int32 // days, both included
	Tally    stat.Tally
	Figure   stat.Figure
}

// Trend cuts the time of a question about one subject into stretches of days (7 or 28, aligned to Mondays) and answers
// each, per scale. Stretches without answers are there with n = 0. The answer is shared: nobody changes it.
func (s *Service) Trend(ctx context.Context, q Question, days int32) (map[stat.Scale][]Point, error) {
	return remembered(ctx, s, fmt.Sprintf("trend %#v %d", q, days), func(ctx context.Context) (map[stat.Scale][]Point, error) { return s.trend(ctx, q, days) })
}

func (s *Service) trend(ctx context.Context, q Question, days int32) (map[stat.Scale][]Point, error) {
	ctx, err := s.moment(ctx)
	if err != nil {
		return nil, fmt.Errorf("trend by %s: %w", q.By, err)
	}
	c := q.count()
	c.Stretch = days
	rows, err := s.parts(ctx, q, c)
	if err != nil {
		return nil, fmt.Errorf("trend by %s: %w", q.By, err)
	}
	for i := range rows {
		rows[i].ID = 0 // of one subject, whatever its parts are
	}
	out := map[stat.Scale][]Point{}
	for k, points := range stretches(rows, days) {
		out[k.scale] = points
	}
	return out, nil
}

// Trends is Trend of every subject of a question at once, from one look at the counts: all over the same stretches, so
// that they can stand in the rows of one table. It is not for teams, whose shared ratings Trend takes back. Of one journey's
// touchpoints a stretch is also hidden where what the other journeys have there would be too few to show: the touchpoint's own
// page tells the sum (methods.md §1.12). The answer is shared: nobody changes it.
func (s *Service) Trends(ctx context.Context, q Question, days int32) (map[int64]map[stat.Scale][]Point, error) {
	return remembered(ctx, s, fmt.Sprintf("trends %#v %d", q, days), func(ctx context.Context) (map[int64]map[stat.Scale][]Point, error) { return s.trends(ctx, q, days) })
}

func (s *Service) trends(ctx context.Context, q Question, days int32) (map[int64]map[stat.Scale][]Point, error) {
	ctx, err := s.moment(ctx)
	if err != nil {
		return nil, fmt.Errorf("trends by %s: %w", q.By, err)
	}
	c := q.count()
	c.Stretch = days
	rows, err := s.Store.Counts(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("trends by %s: %w", q.By, err)
	}
	var elsewhere map[subject]map[int32]stat.Tally
	if q.Journey != 0 {
		if elsewhere, err = s.elsewhere(ctx, c, rows, days); err != nil {
			return nil, fmt.Errorf("trends by %s: %w", q.By, err)
		}
	}
	out := map[int64]map[stat.Scale][]Point{}
	for k, points := range stretches(rows, days) {
		for i, p := range points {
			if few := elsewhere[k][p.From].N; few > 0 && few < stat.K && p.Tally.N > 0 {
				points[i].Figure = p.Figure.Hidden()
			}
		}
		if out[k.id] == nil {
			out[k.id] = map[stat.Scale][]Point{}
		}
		out[k.id][k.scale] = points
	}
	return out, nil
}

// elsewhere is what the other journeys have in each stretch.
func (s *Service) elsewhere(ctx context.Context, c Count, here []Counted, days int32) (map[subject]map[int32]stat.Tally, error) {
	c.JourneyID = 0
	rows, err := s.Store.Counts(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, r := range here {
		r.Tally = r.Tally.Negative()
		rows = append(rows, r)
	}
	buckets, _, _ := bucketed(rows, days)
	return buckets, nil
}

// bucketed adds up what is of the same stretch, and tells the first and the last in which anybody answered.
func bucketed(rows []Counted, days int32) (buckets map[subject]map[int32]stat.Tally, first, last int32) {
	buckets, first, last = map[subject]map[int32]stat.Tally{}, lastDay, firstDay
	for _, r := range rows {
		k, b := subject{r.ID, r.Scale}, bucket(r.Day, days)
		if buckets[k] == nil {
			buckets[k] = map[int32]stat.Tally{}
		}
		buckets[k][b] = buckets[k][b].Plus(r.Tally)
		first, last = min(first, b), max(last, b)
	}
	return buckets, first, last
}

// stretches adds up days to stretches of time, from the first in which anybody answered to the last. The sum of a series
// is shown beside it, so where a stretch must be hidden another is hidden with it (methods.md §1.12).
func stretches(rows []Counted, days int32) map[subject][]Point {
	buckets, first, last := bucketed(rows, days)
	out := map[subject][]Point{}
	for k, tallies := range buckets {
		var points []Point
		var counts []int64
		for b := first; b <= last; b += days {
			points = append(points, Point{From: b, To: b + days - 1, Tally: tallies[b], Figure: stat.Of(k.scale, tallies[b])})
			counts = append(counts, tallies[b].N)
		}
		for i, hide := range stat.Suppress(counts) {
			if hide {
				points[i].Figure = points[i].Figure.Hidden()
			}
		}
		out[k] = points
	}
	return out
}

// parts counts the stretches of a trend; those of a team are those of the teams below it, with what they share counted once.
func (s *Service) parts(ctx context.Context, q Question, c Count) ([]Counted, error) {
	if q.By != feedback.ByTeam || len(q.IDs) != 1 {
		return s.Store.Counts(ctx, c)
	}
	tree, err := s.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	below := tree.Below(q.IDs[0])
	c.IDs = below
	rows, err := s.Store.Counts(ctx, c)
	if err != nil {
		return nil, err
	}
	sets, err := s.Store.TeamSets(ctx)
	if err != nil {
		return nil, err
	}
	c.Dim, c.IDs = feedback.ByTeamSet, nil
	shared, err := s.Store.Counts(ctx, c)
	for _, r := range shared {
		inside := 0
		for _, team := range sets[r.ID] {
			if slices.Contains(below, team) {
				inside++
			}
		}
		for range inside - 1 {
			again := r
			again.Tally = r.Tally.Negative()
			rows = append(rows, again)
		}
	}
	return rows, err
}

// Monday is the first day of the week of a day.
func Monday(day int32) int32 { return bucket(day, 7) }

// bucket is the first day of the stretch a day falls in; day 4 (5 January 1970) was a Monday.
func bucket(day, days int32) int32 {
	d := (day - 4) % days
	if d < 0 {
		d += days
	}
	return day - d
}

// Shift is what changed for one subject between two stretches of time of equal length.
type Shift struct {
	Line
	Before stat.Tally
	Change stat.Change
}

// Shifts compares about the last days of every subject with the whole weeks before that come nearest to as many (see
// PeriodStart), each on its own scale. All subjects of a question are looked at side by side, so that the more of them there
// are, the clearer a change must be (stat.Together).
func (s *Service) Shifts(ctx context.Context, q Question, days int32) ([]Shift, error) {
	found, err := remembered(ctx, s, fmt.Sprintf("shifts %#v %d", q, days), func(ctx context.Context) ([]Shift, error) { return s.shifts(ctx, q, days) })
	return slices.Clone(found), err
}

func (s *Service) shifts(ctx context.Context, q Question, days int32) ([]Shift, error) {
	ctx, err := s.moment(ctx)
	if err != nil {
		return nil, fmt.Errorf("what changed by %s: %w", q.By, err)
	}
	today := i18n.Day(s.Now(), s.Zone)
	now, before := q, q
	now.From, now.To = PeriodStart(today, days), today
	before.From, before.To = PeriodBefore(today, days), now.From-1
	lines, err := s.Figures(ctx, now)
	if err != nil {
		return nil, err
	}
	earlier, err := s.tallies(ctx, before)
	if err != nil {
		return nil, err
	}
	out := make([]Shift, len(lines))
	for i, l := range lines {
		was := earlier[subject{l.ID, l.Scale}]
		out[i] = Shift{Line: l, Before: was}
		if l.Figure.Level != stat.Suppressed { // what is hidden has not changed either
			out[i].Change = stat.Changed(l.Scale, was, l.Tally)
		}
	}
	changes := make([]*stat.Change, len(out))
	for i := range out {
		changes[i] = &out[i].Change
	}
	stat.Together(changes, func(i int) bool { return out[i].Solid() })
	return out, nil
}

// Solid says that both times have the answers a comparison needs.
func (s Shift) Solid() bool {
	return s.Figure.Level == stat.Solid && stat.LevelOf(s.Before.N) == stat.Solid
}

// Scales lists the scales among lines, the most answered first.
func Scales(lines []Line) []stat.Scale {
	n := map[stat.Scale]int64{}
	for _, l := range lines {
		n[l.Scale] += l.Tally.N
	}
	return slices.SortedFunc(maps.Keys(n), func(a, b stat.Scale) int {
		return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a.String(), b.String()))
	})
}
