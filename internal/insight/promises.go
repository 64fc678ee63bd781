package insight

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// PromiseQuestion asks for the promises made at touchpoints, on one journey or on all with 0, on days both included; a zero
// From or To leaves that side open.
type PromiseQuestion struct {
	Touchpoints []int64 // nil: all
	Journey     int64
	From, To    int32
	PerTeam     bool // those of each team as well
}

// PromiseDay is the promises made on one day, by everybody or by one team.
type PromiseDay struct {
	feedback.PromiseDay
	Counts []feedback.PromiseCount
}

// SafeShare is the share of deliveries that a safe promise keeps (methods.md §2.2).
const SafeShare = .9

// Promised is what a touchpoint promised on one clock and what came of it (methods.md §2.2). Days are calendar or business
// days, whole ones after the day of the promise.
type Promised struct {
	Touchpoint int64
	Key        string
	Name       i18n.Text
	Business   bool
	PromiseFigures

	Curve          []stat.Calibrated // the share that each promise would have kept, 0..1
	Median, Ninety stat.Exact        // within how many days half, and 9 of 10, of the deliveries came
	Gaps           map[int]int64     // deliveries by days late; early is below 0
	Weeks          []PromiseWeek
	Teams          []PromiseTeam
	Ratings        []PromiseRating
}

// PromiseFigures are those that stand for everybody and for each team.
type PromiseFigures struct {
	Made      int64
	Kept      stat.Rate // in time, of those kept and those past due
	Delivered stat.Rate // in time, of those delivered
	PastDue   int64     // not delivered and past due: broken. Due days are past from the next day on
	Waiting   int64     // not delivered and not yet due: not counted
	Promised  []Days    // how many for how long, the shortest first
	Took      []Days    // how many deliveries took how long

	// Safe is the promise one can be 95 % sure that 9 of 10 keep; its N are the promises made long enough ago to have been
	// kept within it, delivered or not, so that what is still open does not make it look shorter. +Inf: more are not
	// delivered than any promise allows.
	Safe stat.Safe
}

// Hidden says that too few promises were kept or fell due to be told of.
func (f PromiseFigures) Hidden() bool { return f.Kept.N < stat.K }

// Days is how many of something there are of a number of days.
type Days struct {
	Days int   `json:"days"`
	N    int64 `json:"n"`
}

// PromiseWeek is the share kept of the promises made in one week, or in four where there are many weeks. Open says that some are not due yet: the week is not told,
// as what is kept early comes in first.
type PromiseWeek struct {
	From int32
	Days int32
	Kept stat.Rate
	Open bool
	Hide bool // too few, or given away by the others (methods.md §1.12)
}

// PromiseTeam is the promises that one team made; Hide as in PromiseWeek. The zero ID is those of no team on record.
type PromiseTeam struct {
	ID   int64
	Name i18n.Text
	Hide bool
	PromiseFigures
}

// PromiseRating is how customers rated beside what became of the promise, on one scale: the touchpoint itself or the journey
// as a whole. Each answer counts once, by the first promise its run got there.
type PromiseRating struct {
	Beside  feedback.Beside
	Scale   stat.Scale
	Kept    stat.Figure
	Late    stat.Figure
	PastDue stat.Figure
	Less    *stat.Effect // mean when late minus mean when kept; nil while either is hidden

	Asymmetry *stat.Asymmetry // late, on the day and early; nil while one of them is hidden
	Effect    PromiseEffect
}

// PromiseEffect is what another promise would have done to ratings (methods.md §2.3).
type PromiseEffect struct {
	Fit     *stat.PromiseEffect
	TooFew  *stat.TooFew
	Unknown bool            // not identifiable: the promise never varied
	Safe    *stat.Otherwise // had everybody been promised the safe promise
}

// Promises answers what touchpoints promised: one for each clock a touchpoint promised by, in the order of keys. What the
// answers hold is shared: nobody changes it.
func (s *Service) Promises(ctx context.Context, q PromiseQuestion) ([]Promised, error) {
	found, err := remembered(ctx, s, fmt.Sprintf("promises %#v", q), func(ctx context.Context) ([]Promised, error) { return s.promises(ctx, q) })
	return slices.Clone(found), err
}

func (s *Service) promises(ctx context.Context, q PromiseQuestion) ([]Promised, error) {
	days, err := s.Store.PromiseDays(ctx, q)
	if err != nil {
		return nil, err
	}
	week, err := s.Store.Week(ctx)
	if err != nil {
		return nil, fmt.Errorf("promises: %w", err)
	}
	today := i18n.Day(s.Now(), s.Zone)
	made := kept(days, week, today)
	guarded, err := s.guardedRatings(ctx, q, days, today)
	if err != nil {
		return nil, fmt.Errorf("promises: %w", err)
	}
	var ids, teams []int64
	for of, list := range made {
		ids = append(ids, of.touchpoint)
		for _, x := range list {
			teams = append(teams, x.team)
		}
	}
	names, err := s.Store.Names(ctx, feedback.ByTouchpoint, ids)
	if err != nil {
		return nil, fmt.Errorf("promises: %w", err)
	}
	called, err := s.Store.Names(ctx, feedback.ByTeam, teams)
	if err != nil {
		return nil, fmt.Errorf("promises: %w", err)
	}
	out := make([]Promised, 0, len(made))
	for of, list := range made {
		p, err := promisedOf(list, called, func(beside feedback.Beside, scale string) [besides]bool { return guarded[side{of, beside, scale}] })
		if err != nil {
			return nil, fmt.Errorf("promises of touchpoint %d: %w", of.touchpoint, err)
		}
		p.Touchpoint, p.Business, p.Key, p.Name = of.touchpoint, of.business, names[of.touchpoint].Key, names[of.touchpoint].Name
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Promised) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Touchpoint, b.Touchpoint), cmp.Compare(b.Made, a.Made))
	})
	return out, nil
}

// clock is a touchpoint's promises in calendar or in business days.
type clock struct {
	touchpoint int64
	business   bool
}

// kind is promises that went alike: made on one day by one team (0: everybody), in days of one clock. Took is feedback.Open
// while they are open; ago is how long ago they were made.
type kind struct {
	team           int64
	day            int32
	promised, took int
	ago            int
	late, due      bool // due: its due day is over
	beside         feedback.Beside
	scale          string
	value          int
	n              int64
}

// kept lays promises out in the days of their clock. Business days are counted by the week of today.
func kept(days []PromiseDay, week run.Week, today int32) map[clock][]kind {
	out, rated := map[clock][]kind{}, map[side]map[way]int64{}
	var of side
	var ways map[way]int64 // of what was looked at last: cells come in the order of what they are about
	business := businessDays{week: week, first: first(days)}
	for _, d := range days {
		from := since{day: d.Day, business: &business}
		for _, c := range d.Counts {
			k := kind{team: d.TeamID, day: d.Day, promised: from.span(c.Business, c.Promised), took: feedback.Open, late: c.Late, n: c.N}
			if c.Took != feedback.Open {
				k.took = from.span(c.Business, c.Took)
			} else {
				k.due = d.Day+c.Promised < today
			}
			switch {
			case c.Beside == feedback.Alone:
				k.ago = max(0, from.span(c.Business, today-d.Day))
				of := clock{d.TouchpointID, c.Business}
				out[of] = append(out[of], k)
			case d.TeamID == 0: // ratings are told of everybody only, and when it was does not matter: few ways are left
				if now := (side{clock{d.TouchpointID, c.Business}, c.Beside, c.Scale}); ways == nil || now != of {
					if of, ways = now, rated[now]; ways == nil {
						ways = map[way]int64{}
						rated[now] = ways
					}
				}
				ways[way{int32(k.promised), int32(k.took), int32(c.Value), k.late, k.due}] += c.N
			}
		}
	}
	for of, ways := range rated {
		for w, n := range ways {
			out[of.clock] = append(out[of.clock], kind{promised: int(w.promised), took: int(w.took), late: w.late, due: w.due, beside: of.beside, scale: of.scale, value: int(w.value), n: n})
		}
	}
	return out
}

// side is what promises of one clock were rated beside, on which scale.
type side struct {
	clock
	beside feedback.Beside
	scale  string
}

// way is how a promise went and was rated, whenever that was.
type way struct {
	promised, took, value int32
	late, due             bool
}

// since counts the days after a day.
type since struct {
	day      int32
	business *businessDays
}

// span is how many days of a clock so many days are.
func (s since) span(business bool, days int32) int {
	if !business {
		return int(days)
	}
	return s.business.between(s.day, s.day+days)
}

// businessDays counts by a week what is asked for many times over.
type businessDays struct {
	week  run.Week
	first int32   // day that is asked about
	upTo  []int32 // business days up to so many days after first; those known
}

// longestKnown bounds upTo: what is asked beyond was mistyped, and counted each time.
const longestKnown = 100 * 366

func (b *businessDays) between(from, to int32) int {
	if from < b.first || to < from || int64(to)-int64(b.first) > longestKnown {
		return b.week.BusinessDays(from, to)
	}
	if b.upTo == nil {
		b.upTo = []int32{0}
	}
	for day := b.first + int32(len(b.upTo)); day <= to; day++ {
		n := b.upTo[len(b.upTo)-1]
		if b.week.Works(day) {
			n++
		}
		b.upTo = append(b.upTo, n)
	}
	return int(b.upTo[to-b.first] - b.upTo[from-b.first])
}

// first is the earliest day of all; 0 of none.
func first(days []PromiseDay) int32 {
	if len(days) == 0 {
		return 0
	}
	return slices.MinFunc(days, func(a, b PromiseDay) int { return cmp.Compare(a.Day, b.Day) }).Day
}

func (k kind) open() bool { return k.took == feedback.Open }

// promisedOf works out one clock of a touchpoint; guarded are its ratings that must not be told.
func promisedOf(all []kind, names map[int64]Named, guarded func(feedback.Beside, string) [besides]bool) (Promised, error) {
	teams := map[int64][]kind{}
	var rated []kind
	for _, k := range all {
		if k.beside == feedback.Alone {
			teams[k.team] = append(teams[k.team], k)
		} else {
			rated = append(rated, k)
		}
	}
	own := teams[0]
	figures, err := promiseFiguresOf(own)
	if err != nil {
		return Promised{}, err
	}
	out := Promised{PromiseFigures: figures, Gaps: map[int]int64{}}
	for _, k := range own {
		if !k.open() {
			out.Gaps[k.took-k.promised] += k.n
		}
	}
	if err := out.calibrate(own); err != nil {
		return Promised{}, err
	}
	out.Weeks, err = promiseWeeks(own)
	if err != nil {
		return Promised{}, err
	}
	if out.Teams, err = promiseTeams(teams, names); err != nil {
		return Promised{}, err
	}
	out.Ratings, err = promiseRatings(rated, out.Safe, guarded)
	return out, err
}

// promiseFiguresOf counts what became of promises.
func promiseFiguresOf(of []kind) (PromiseFigures, error) {
	var all fate
	promised, took := map[int]int64{}, map[int]int64{}
	for _, k := range of {
		all.add(k)
		promised[k.promised] += k.n
		if !k.open() {
			took[k.took] += k.n
		}
	}
	f := PromiseFigures{Made: all.delivered + all.pastDue + all.waiting, PastDue: all.pastDue, Waiting: all.waiting, Promised: daysOf(promised), Took: daysOf(took)}
	var err1, err2, err3 error
	f.Kept, err1 = all.kept()
	f.Delivered, err2 = stat.RateOf(all.inTime, all.delivered)
	f.Safe, err3 = safe(of)
	return f, errors.Join(err1, err2, err3)
}

// fate is what became of promises.
type fate struct{ delivered, inTime, pastDue, waiting int64 }

func (f *fate) add(k kind) {
	switch {
	case !k.open():
		f.delivered += k.n
		if !k.late {
			f.inTime += k.n
		}
	case k.due:
		f.pastDue += k.n
	default:
		f.waiting += k.n
	}
}

// kept is the share in time of those delivered and those past due.
func (f fate) kept() (stat.Rate, error) { return stat.RateOf(f.inTime, f.delivered+f.pastDue) }

func daysOf(counts map[int]int64) []Days {
	out := make([]Days, 0, len(counts))
	for _, days := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, Days{days, counts[days]})
	}
	return out
}

// safe is the safe promise of promises made long enough ago. How long that is depends on what comes out: it starts with what
// the delivered ones alone say, which is short at most, and goes on until every promise looked at has had as many days as
// the one that comes out.
func safe(of []kind) (stat.Safe, error) {
	ago := 0
	for {
		took, never := map[int]int64{}, int64(0)
		for _, k := range of {
			switch {
			case k.ago < ago:
			case !k.open():
				took[k.took] += k.n
			case ago > 0:
				never += k.n
			}
		}
		counts := lasting(took)
		if never > 0 {
			counts = append(counts, stat.Counted[float64]{Of: math.Inf(1), N: never})
		}
		out, err := stat.SafePromiseOfCounts(counts, SafeShare)
		if err != nil || out.Promise == nil || math.IsInf(*out.Promise, 1) || int(*out.Promise) <= ago {
			return out, err
		}
		ago = int(*out.Promise)
	}
}

// lasting lists how many took how many days.
func lasting(took map[int]int64) []stat.Counted[float64] {
	out := make([]stat.Counted[float64], 0, len(took))
	for days, n := range took {
		out = append(out, stat.Counted[float64]{Of: float64(days), N: n})
	}
	return out
}

func tallied[T comparable](counts map[T]int64) []stat.Counted[T] {
	out := make([]stat.Counted[T], 0, len(counts))
	for of, n := range counts {
		out = append(out, stat.Counted[T]{Of: of, N: n})
	}
	return out
}

// mostDays is how long a calibration curve goes on at most.
const mostDays = 120

// calibrate draws the curve over every number of days up to the one within which nearly all came or were promised.
func (p *Promised) calibrate(of []kind) error {
	came, waits := map[int]int64{}, map[int]int64{}
	for _, k := range of {
		if k.open() {
			waits[k.ago] += k.n
		} else {
			came[k.took] += k.n
		}
	}
	took := lasting(came)
	var all []stat.Counted[stat.Delivery]
	for open, list := range map[bool][]stat.Counted[float64]{true: lasting(waits), false: took} {
		for _, c := range list {
			all = append(all, stat.Counted[stat.Delivery]{Of: stat.Delivery{Took: c.Of, Open: open}, N: c.N})
		}
	}
	var err1, err2, err3, err4 error
	p.Median, err1 = stat.QuantileOfCounts(took, .5)
	p.Ninety, err2 = stat.QuantileOfCounts(took, SafeShare)
	last, err3 := stat.QuantileOfCounts(took, .99)
	if last.At != nil {
		end := min(mostDays, max(int(*last.At)+1, middle(p.Promised, .95)+1))
		grid := make([]float64, end+1)
		for i := range grid {
			grid[i] = float64(i)
		}
		p.Curve, err4 = stat.CalibrationOfCounts(all, grid)
	}
	return errors.Join(err1, err2, err3, err4)
}

// middle is the number of days that a share of all does not exceed.
func middle(list []Days, share float64) int {
	n, seen := int64(0), int64(0)
	for _, d := range list {
		n += d.N
	}
	for _, d := range list {
		if seen += d.N; float64(seen) >= share*float64(n) {
			return d.Days
		}
	}
	return 0
}

// Usual is the range that holds the middle nine tenths, and the most frequent of all.
func Usual(list []Days) (low, high, most int) {
	best := int64(0)
	for _, d := range list {
		if d.N > best {
			best, most = d.N, d.Days
		}
	}
	return middle(list, .05), middle(list, .95), most
}

// mostWeeks is how many weeks are told one by one: half a year's.
const mostWeeks = 26

func promiseWeeks(of []kind) ([]PromiseWeek, error) {
	if len(of) == 0 {
		return nil, nil
	}
	compareDays := func(a, b kind) int { return cmp.Compare(a.day, b.day) }
	first, last, step := slices.MinFunc(of, compareDays).day, slices.MaxFunc(of, compareDays).day, int32(7)
	if (last-first)/step > mostWeeks {
		step *= 4
	}
	weeks := map[int32]fate{}
	for _, k := range of {
		week := weeks[bucket(k.day, step)]
		week.add(k)
		weeks[bucket(k.day, step)] = week
	}
	var out []PromiseWeek
	var counts []int64
	for from := bucket(first, step); from <= last; from += step {
		kept, err := weeks[from].kept()
		if err != nil {
			return nil, err
		}
		out, counts = append(out, PromiseWeek{From: from, Days: step, Kept: kept, Open: weeks[from].waiting > 0}), append(counts, kept.N)
	}
	for i, hide := range stat.Suppress(counts) {
		out[i].Hide = hide
	}
	return out, nil
}

// promiseTeams are those of each team, and of none: the rest, so that they add up. One alone says nothing new.
func promiseTeams(teams map[int64][]kind, names map[int64]Named) ([]PromiseTeam, error) {
	if len(teams) < 2 {
		return nil, nil
	}
	rest := slices.Clone(teams[0])
	var out []PromiseTeam
	for id, own := range teams {
		if id == 0 {
			continue
		}
		f, err := promiseFiguresOf(own)
		if err != nil {
			return nil, err
		}
		out = append(out, PromiseTeam{ID: id, Name: names[id].Name, PromiseFigures: f})
		rest = append(rest, takenBack(own)...)
	}
	slices.SortFunc(out, func(a, b PromiseTeam) int {
		return cmp.Or(cmp.Compare(names[a.ID].Key, names[b.ID].Key), cmp.Compare(a.ID, b.ID))
	})
	if f, err := promiseFiguresOf(merged(rest)); err != nil {
		return nil, err
	} else if f.Made > 0 {
		out = append(out, PromiseTeam{PromiseFigures: f})
	}
	if len(out) < 2 {
		return nil, nil
	}
	counts := make([]int64, len(out))
	for i, t := range out {
		counts[i] = t.Kept.N
	}
	for i, hide := range stat.Suppress(counts) {
		out[i].Hide = hide
	}
	return out, nil
}

// takenBack are promises off everybody's.
func takenBack(some []kind) []kind {
	out := slices.Clone(some)
	for i := range out {
		out[i].team, out[i].n = 0, -out[i].n
	}
	return out
}

// merged adds up what went alike on the same day, and drops what cancels out.
func merged(all []kind) []kind {
	type gone struct {
		day, promised, took int32
		late, due           bool
	}
	places := make(map[gone]int, len(all))
	var out []kind
	for _, k := range all {
		g := gone{k.day, int32(k.promised), int32(k.took), k.late, k.due}
		if i, ok := places[g]; ok {
			out[i].n += k.n
			continue
		}
		places[g] = len(out)
		out = append(out, k)
	}
	return slices.DeleteFunc(out, func(k kind) bool { return k.n == 0 })
}

// promiseRatings are those of each scale: of the touchpoint first, then of the whole, the most answered scale first.
func promiseRatings(rated []kind, safe stat.Safe, guarded func(feedback.Beside, string) [besides]bool) ([]PromiseRating, error) {
	type on struct {
		beside feedback.Beside
		scale  string
	}
	groups := map[on][]kind{}
	for _, k := range rated {
		groups[on{k.beside, k.scale}] = append(groups[on{k.beside, k.scale}], k)
	}
	var out []PromiseRating
	for of, group := range groups {
		scale, err := stat.ParseScale(of.scale)
		if err != nil {
			return nil, err
		}
		r, err := promiseRatingOf(scale, group, safe, guarded(of.beside, of.scale))
		if err != nil {
			return nil, err
		}
		r.Beside = of.beside
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b PromiseRating) int {
		return cmp.Or(cmp.Compare(a.Beside, b.Beside), cmp.Compare(b.Kept.N+b.Late.N, a.Kept.N+a.Late.N), cmp.Compare(a.Scale.String(), b.Scale.String()))
	})
	return out, nil
}

// outcomes are the ratings given beside each way a promise can go; in time is early or on the day.
type outcomes struct{ inTime, early, onDay, late, never, waiting stat.Tally }

func (o *outcomes) add(k kind) {
	switch {
	case k.open() && k.due:
		o.never.Add(k.value, k.n)
	case k.open():
		o.waiting.Add(k.value, k.n)
	case k.late:
		o.late.Add(k.value, k.n)
	case k.took < k.promised:
		o.inTime.Add(k.value, k.n)
		o.early.Add(k.value, k.n)
	default:
		o.inTime.Add(k.value, k.n)
		o.onDay.Add(k.value, k.n)
	}
}

func promiseRatingOf(scale stat.Scale, group []kind, safe stat.Safe, guarded [besides]bool) (PromiseRating, error) {
	var o outcomes
	deliveries := map[stat.RatedDelivery]int64{}
	for _, k := range group {
		if o.add(k); !k.open() {
			deliveries[stat.RatedDelivery{Promised: float64(k.promised), Took: float64(k.took), Rating: float64(scale.Good(k.value))}] += k.n
		}
	}
	out := PromiseRating{Scale: scale, Kept: stat.Of(scale, o.inTime), Late: stat.Of(scale, o.late), PastDue: stat.Of(scale, o.never)}
	var rest stat.Figure // shown nowhere, but what is left when the others are taken from the touchpoint's own figure
	for i, hide := range stat.SuppressBeside([]int64{o.inTime.N, o.late.N, o.never.N, o.waiting.N}, append(guarded[:], false)) {
		if f := []*stat.Figure{&out.Kept, &out.Late, &out.PastDue, &rest}[i]; hide {
			*f = f.Hidden()
		}
	}
	if out.Kept.Mean != nil && out.Late.Mean != nil {
		less, err := compared(scale, o.late, o.inTime)
		if err != nil {
			return out, err
		}
		out.Less = &less
	}
	if out.Less != nil && o.early.N >= stat.K && o.onDay.N >= stat.K {
		if a, err := asymmetry(scale, o.late, o.onDay, o.early); err == nil {
			out.Asymmetry = &a
		}
	}
	var err error
	out.Effect, err = promiseEffect(inOrder(deliveries), safe)
	return out, err
}

func compared(scale stat.Scale, a, b stat.Tally) (stat.Effect, error) {
	x, err1 := stat.SampleOf(scale, a)
	y, err2 := stat.SampleOf(scale, b)
	if err := errors.Join(err1, err2); err != nil {
		return stat.Effect{}, err
	}
	return stat.Welch(x, y)
}

func asymmetry(scale stat.Scale, late, onDay, early stat.Tally) (stat.Asymmetry, error) {
	x, err1 := stat.SampleOf(scale, late)
	y, err2 := stat.SampleOf(scale, onDay)
	z, err3 := stat.SampleOf(scale, early)
	if err := errors.Join(err1, err2, err3); err != nil {
		return stat.Asymmetry{}, err
	}
	return stat.AsymmetryOf(x, y, z)
}

// inOrder makes the same deliveries always give the same digits.
func inOrder(deliveries map[stat.RatedDelivery]int64) []stat.Counted[stat.RatedDelivery] {
	out := tallied(deliveries)
	slices.SortFunc(out, func(a, b stat.Counted[stat.RatedDelivery]) int {
		return cmp.Or(cmp.Compare(a.Of.Promised, b.Of.Promised), cmp.Compare(a.Of.Took, b.Of.Took), cmp.Compare(a.Of.Rating, b.Of.Rating))
	})
	return out
}

func promiseEffect(deliveries []stat.Counted[stat.RatedDelivery], safe stat.Safe) (PromiseEffect, error) {
	var out PromiseEffect
	fit, err := stat.PromiseEffectOfCounts(deliveries)
	switch {
	case errors.As(err, &out.TooFew):
		return out, nil
	case errors.Is(err, stat.ErrNotIdentifiable):
		out.Unknown = true
		return out, nil
	case err != nil:
		return out, err
	}
	out.Fit = &fit
	if safe.Promise == nil || math.IsInf(*safe.Promise, 1) {
		return out, nil
	}
	other, err := fit.Promising(*safe.Promise)
	out.Safe = &other
	return out, err
}
