package insight

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// MostTimed is from how many cases times are worked out at most: more would not change the times, but what they cost.
const MostTimed = 5_000

// LoopStore answers what became of the cases in sight that were opened in a time.
type LoopStore interface {
	// CaseCounts counts them, as of now, by what they are about.
	CaseCounts(ctx context.Context, q CaseSpan, now time.Time) ([]CaseCount, error)
	// CaseTimes lists every so-manieth of them.
	CaseTimes(ctx context.Context, q CaseSpan, every int64) ([]CaseTime, error)
}

// CaseSpan is the cases in sight that were opened from From on and before Until; a zero time leaves that side open. Journey 0
// is all. Mine is the employee whose own cases are told apart; Whole tells nothing apart.
type CaseSpan struct {
	Whole       bool
	Scope       people.Scope
	Journey     int64
	Mine        int64
	From, Until time.Time
}

// CasesAbout is what cases are counted by: the team is that of the owner, 0 nobody's.
type CasesAbout struct {
	JourneyID, TouchpointID, TeamID int64
	Cause                           casework.Cause
	Mine                            bool
}

// CaseCount counts cases that are about the same. Due are those whose deadline of the first contact has passed, OnTime those
// of them that were contacted within it.
type CaseCount struct {
	CasesAbout
	Opened, Open, Overdue, Due, OnTime, Verified, Unverified, Unreachable, Reopened int64
}

func (c CaseCount) plus(o CaseCount) CaseCount {
	return CaseCount{Opened: c.Opened + o.Opened, Open: c.Open + o.Open, Overdue: c.Overdue + o.Overdue, Due: c.Due + o.Due, OnTime: c.OnTime + o.OnTime,
		Verified: c.Verified + o.Verified, Unverified: c.Unverified + o.Unverified, Unreachable: c.Unreachable + o.Unreachable, Reopened: c.Reopened + o.Reopened}
}

// CaseTime is when one case was opened, its customer first talked to, and the case closed.
type CaseTime struct {
	CasesAbout
	OpenedAt              time.Time
	ContactedAt, ClosedAt *time.Time
}

// LoopQuestion asks for the inner loop over the cases in sight that were opened on days, both included; a zero From or To
// leaves that side open. Mine as in CaseSpan.
type LoopQuestion struct {
	Scope    people.Scope
	Journey  int64
	Mine     int64
	From, To int32
}

// Loop is how customers were won back, by the day their cases were opened (methods.md §1.9). Of the people who own cases
// only Mine is told, and only to her.
type Loop struct {
	From, To    int32      `json:"-"`
	All         LoopLine   `json:"all"`
	Mine        *LoopLine  `json:"mine,omitempty"`
	Journeys    []LoopLine `json:"journeys"`
	Touchpoints []LoopLine `json:"touchpoints"`
	Teams       []LoopLine `json:"teams"`
	Causes      []LoopLine `json:"causes"`
	Coded       stat.Rate  `json:"coded"`   // of all opened, those whose cause is known
	Process     stat.Rate  `json:"process"` // of those coded: process or policy, nothing that who served could help
	Recovery    Recovery   `json:"recovery"`
	Bounded     bool       `json:"times_bounded"`
}

// LoopLine is the figures of cases that have something in common. Whoever asks may look at each of these cases: the counts
// are always told, and what is hidden below k is hidden because so few say nothing, not because they are secret.
type LoopLine struct {
	ID          int64     `json:"-"`
	Key         string    `json:"key"`
	Name        i18n.Text `json:"-"`
	Opened      int64     `json:"opened"`
	Open        int64     `json:"open"`    // now
	Overdue     int64     `json:"overdue"` // now
	Verified    stat.Rate `json:"verified"`
	Closed      stat.Rate `json:"closed"` // in whatever way
	Unverified  stat.Rate `json:"unverified"`
	Unreachable stat.Rate `json:"unreachable"`
	Reopened    stat.Rate `json:"reopened"` // at least once; all of these are of those opened
	OnTime      stat.Rate `json:"on_time"`  // contacted within the deadline, of those whose deadline has passed
	Contact     LoopTimes `json:"to_contact"`
	Closing     LoopTimes `json:"to_close"`
}

// LoopTimes is how long something took in hours, open cases not left out (Kaplan–Meier): of business time, a business day
// having 24 of them, and of calendar time.
type LoopTimes struct {
	N        int64      `json:"n"`
	Ended    int64      `json:"ended"`
	Level    stat.Level `json:"level"`
	Business LoopWait   `json:"business_hours"`
	Calendar LoopWait   `json:"calendar_hours"`
}

// LoopWait is by when half, and nine of ten, were over.
type LoopWait struct {
	Median stat.Span `json:"median"`
	Most   stat.Span `json:"p90"`
}

// processCauses are those of process and policy (methods.md §7).
var processCauses = []casework.Cause{"authority", "process"}

// Loop answers a question. What is overdue depends on the minute; what the answer holds is shared: nobody changes it.
func (s *Service) Loop(ctx context.Context, q LoopQuestion) (Loop, error) {
	return rememberedNow(ctx, s, fmt.Sprintf("loop %#v", q), func(ctx context.Context) (Loop, error) {
		found, err := s.loop(ctx, q)
		if err != nil {
			err = fmt.Errorf("inner loop: %w", err)
		}
		return found, err
	})
}

func (s *Service) caseSpan(q LoopQuestion) CaseSpan {
	return CaseSpan{Scope: q.Scope, Journey: q.Journey, Mine: q.Mine, From: s.dayStart(q.From), Until: s.dayStart(next(q.To))}
}

// LoopCounts is the line of all that Loop has, counts and shares only, for pages on which it is one thing among many.
func (s *Service) LoopCounts(ctx context.Context, q LoopQuestion) (LoopLine, error) {
	return rememberedNow(ctx, s, fmt.Sprintf("counts %#v", q), func(ctx context.Context) (LoopLine, error) {
		span := s.caseSpan(q)
		span.Whole = true
		counts, err := s.Store.CaseCounts(ctx, span, s.Now())
		if err != nil || len(counts) == 0 {
			return LoopLine{}, err
		}
		return loopLine(counts[0], nil)
	})
}

func (s *Service) loop(ctx context.Context, q LoopQuestion) (Loop, error) {
	span, now := s.caseSpan(q), s.Now()
	counts, err := s.Store.CaseCounts(ctx, span, now)
	if err != nil {
		return Loop{}, err
	}
	opened := int64(0)
	for _, c := range counts {
		opened += c.Opened
	}
	every := (opened + MostTimed - 1) / MostTimed
	times, err := s.timesOf(ctx, span, every, now)
	if err != nil {
		return Loop{}, err
	}
	out := Loop{From: q.From, To: q.To, Bounded: every > 1}
	if err := out.lines(counts, times); err != nil {
		return Loop{}, err
	}
	if err := out.causes(); err != nil {
		return Loop{}, err
	}
	if out.Recovery, err = s.recovery(ctx, span, out); err != nil {
		return Loop{}, err
	}
	return out, s.callLoop(ctx, &out)
}

// timed is how long one case took, so far where it has not ended.
type timed struct {
	CasesAbout
	contact, closing, contactBusiness, closingBusiness stat.Spell
}

func (s *Service) timesOf(ctx context.Context, span CaseSpan, every int64, now time.Time) ([]timed, error) {
	if every == 0 {
		return nil, nil
	}
	rows, err := s.Store.CaseTimes(ctx, span, every)
	if err != nil {
		return nil, err
	}
	week, err := s.Store.Week(ctx)
	out, clock := make([]timed, len(rows)), casework.Clock{Week: week, Zone: s.Zone}
	for i, r := range rows {
		seen := now // until when it was waited, for what has not come
		if r.ClosedAt != nil {
			seen = *r.ClosedAt
		}
		out[i].CasesAbout = r.CasesAbout
		out[i].contact, out[i].contactBusiness = spellsOf(clock, r.OpenedAt, r.ContactedAt, seen)
		out[i].closing, out[i].closingBusiness = spellsOf(clock, r.OpenedAt, r.ClosedAt, seen)
	}
	return out, err
}

// spellsOf are the hours from a moment to what ended the wait, or until it was last seen: calendar and business time.
func spellsOf(clock casework.Clock, from time.Time, end *time.Time, seen time.Time) (calendar, business stat.Spell) {
	if end != nil {
		seen = *end
	}
	calendar = stat.Spell{Lasted: max(0, seen.Sub(from).Hours()), Ended: end != nil}
	business = stat.Spell{Lasted: max(0, clock.Between(from, seen).Hours()), Ended: end != nil}
	return calendar, business
}

// lines cuts the cases by each thing they are about.
func (l *Loop) lines(counts []CaseCount, times []timed) error {
	all, err := linesBy(counts, times, func(CasesAbout) int64 { return 0 })
	if err != nil || len(all) == 0 {
		return err
	}
	mine, err := linesBy(counts, times, func(a CasesAbout) int64 {
		if a.Mine {
			return 1
		}
		return 0
	})
	l.All = all[0]
	if i := slices.IndexFunc(mine, func(x LoopLine) bool { return x.ID == 1 }); i >= 0 {
		l.Mine, mine[i].ID = &mine[i], 0
	}
	var errs [4]error
	l.Journeys, errs[0] = linesBy(counts, times, func(a CasesAbout) int64 { return a.JourneyID })
	l.Touchpoints, errs[1] = linesBy(counts, times, func(a CasesAbout) int64 { return a.TouchpointID })
	l.Teams, errs[2] = linesBy(counts, times, func(a CasesAbout) int64 { return a.TeamID })
	l.Causes, errs[3] = linesBy(counts, times, func(a CasesAbout) int64 { return int64(slices.Index(casework.Causes, a.Cause)) })
	return errors.Join(append(errs[:], err)...)
}

func linesBy(counts []CaseCount, times []timed, by func(CasesAbout) int64) ([]LoopLine, error) {
	sums, spells := map[int64]CaseCount{}, map[int64][]timed{}
	for _, c := range counts {
		of := by(c.CasesAbout)
		sums[of] = sums[of].plus(c)
	}
	for _, t := range times {
		of := by(t.CasesAbout)
		spells[of] = append(spells[of], t)
	}
	out := make([]LoopLine, 0, len(sums))
	var errs []error
	for _, of := range slices.Sorted(maps.Keys(sums)) {
		line, err := loopLine(sums[of], spells[of])
		line.ID = of
		out, errs = append(out, line), append(errs, err)
	}
	return out, errors.Join(errs...)
}

func loopLine(c CaseCount, times []timed) (LoopLine, error) {
	out := LoopLine{Opened: c.Opened, Open: c.Open, Overdue: c.Overdue}
	var errs []error
	for _, r := range []struct {
		into *stat.Rate
		x, n int64
	}{
		{&out.Verified, c.Verified, c.Opened}, {&out.Closed, c.Opened - c.Open, c.Opened}, {&out.Unverified, c.Unverified, c.Opened},
		{&out.Unreachable, c.Unreachable, c.Opened}, {&out.Reopened, c.Reopened, c.Opened}, {&out.OnTime, c.OnTime, c.Due},
	} {
		rate, err := shownRate(r.x, r.n)
		*r.into, errs = rate, append(errs, err)
	}
	var err1, err2 error
	out.Contact, err1 = loopTimes(times, func(t timed) (business, calendar stat.Spell) { return t.contactBusiness, t.contact })
	out.Closing, err2 = loopTimes(times, func(t timed) (business, calendar stat.Spell) { return t.closingBusiness, t.closing })
	return out, errors.Join(append(errs, err1, err2)...)
}

// shownRate is a rate, hidden below k.
func shownRate(x, n int64) (stat.Rate, error) {
	r, err := stat.RateOf(x, n)
	if r.Level == stat.Suppressed {
		r = hidden(r)
	}
	return r, err
}

func loopTimes(times []timed, of func(timed) (business, calendar stat.Spell)) (LoopTimes, error) {
	business, calendar := make([]stat.Spell, len(times)), make([]stat.Spell, len(times))
	for i, t := range times {
		business[i], calendar[i] = of(t)
	}
	b, err1 := stat.SurvivalOf(business)
	c, err2 := stat.SurvivalOf(calendar)
	out := LoopTimes{N: b.N, Ended: b.Ended, Level: stat.LevelOf(b.N)}
	if out.Level == stat.Suppressed {
		return LoopTimes{N: out.N, Level: out.Level}, errors.Join(err1, err2)
	}
	out.Business, out.Calendar = loopWait(b), loopWait(c)
	return out, errors.Join(err1, err2)
}

func loopWait(s stat.Survival) (w LoopWait) {
	w.Median, _ = s.Within(.5) // both are shares
	w.Most, _ = s.Within(.9)
	return w
}

// causes counts what is coded; what is not is no cause.
func (l *Loop) causes() (err error) {
	coded, process := int64(0), int64(0)
	l.Causes = slices.DeleteFunc(l.Causes, func(c LoopLine) bool { return c.ID < 0 })
	for i, c := range l.Causes {
		cause := casework.Causes[c.ID]
		l.Causes[i].ID, l.Causes[i].Key = 0, string(cause)
		if coded += c.Opened; slices.Contains(processCauses, cause) {
			process += c.Opened
		}
	}
	slices.SortStableFunc(l.Causes, func(a, b LoopLine) int { return cmp.Compare(b.Opened, a.Opened) })
	if l.Coded, err = shownRate(coded, l.All.Opened); err == nil {
		l.Process, err = shownRate(process, coded)
	}
	return err
}

// callLoop gives the lines their names, in the order of keys: a list is no ranking.
func (s *Service) callLoop(ctx context.Context, l *Loop) error {
	for dim, lines := range map[feedback.Dim][]LoopLine{feedback.ByJourney: l.Journeys, feedback.ByTouchpoint: l.Touchpoints, feedback.ByTeam: l.Teams} {
		ids := make([]int64, len(lines))
		for i, line := range lines {
			ids[i] = line.ID
		}
		names, err := s.Store.Names(ctx, dim, ids)
		if err != nil {
			return err
		}
		for i, line := range lines {
			lines[i].Key, lines[i].Name = names[line.ID].Key, names[line.ID].Name
		}
		slices.SortFunc(lines, func(a, b LoopLine) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID)) })
	}
	return nil
}
