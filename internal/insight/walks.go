package insight

import (
	"context"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// MostWalks is how many ended runs a picture of the walks is drawn from, the latest of the time asked for: more would not
// change what is to be seen, but what it costs.
const MostWalks = 2_000

// Contact is one contact of an ended run.
type Contact struct {
	RunID        int64
	TouchpointID int64
	StartedAt    time.Time
	PromiseDue   *time.Time
	PromiseKept  *time.Time
	GaveUp       bool // the run was abandoned
}

// Walks is what customers really did on one journey.
type Walks struct {
	stat.Process
	Names   map[int64]i18n.Text // of the touchpoints
	Bounded bool                // there were more; these are the latest MostWalks
}

// Place finds what was done at a touchpoint; nothing of one that is hidden or was never met.
func (w Walks) Place(touchpoint int64) stat.Place {
	for _, p := range w.Places {
		if p.ID == touchpoint {
			return p
		}
	}
	return stat.Place{ID: touchpoint}
}

// Walks answers for the runs of one journey that ended within days, both included; 0 leaves that side open. What tells of
// fewer than k walks is merged (stat.Process.Shown). It reads contacts, which no marginal holds, and no ratings. What the
// answer holds is shared: nobody changes it.
func (s *Service) Walks(ctx context.Context, journey int64, from, to int32) (Walks, error) {
	return rememberedNow(ctx, s, fmt.Sprint("walks ", journey, from, to), func(ctx context.Context) (Walks, error) { return s.walks(ctx, journey, from, to) })
}

func (s *Service) walks(ctx context.Context, journey int64, from, to int32) (Walks, error) {
	contacts, err := s.Store.WalksOn(ctx, journey, s.dayStart(from), s.dayStart(next(to)), MostWalks+1)
	if err != nil {
		return Walks{}, fmt.Errorf("walks: %w", err)
	}
	walks := walksOf(contacts, s.Now())
	out := Walks{Bounded: len(walks) > MostWalks}
	out.Process = stat.ProcessOf(walks[:min(len(walks), MostWalks)]).Shown()
	ids := make([]int64, len(out.Places))
	for i, p := range out.Places {
		ids[i] = p.ID
	}
	names, err := s.Store.Names(ctx, feedback.ByTouchpoint, ids)
	if err != nil {
		return Walks{}, fmt.Errorf("walks: %w", err)
	}
	out.Names = map[int64]i18n.Text{}
	for id, n := range names {
		out.Names[id] = n.Name
	}
	return out, nil
}

// next is the day after the last one asked for; an open side stays open.
func next(day int32) int32 {
	if day == 0 {
		return 0
	}
	return day + 1
}

// dayStart is when a day of the company begins; the zero time for day 0.
func (s *Service) dayStart(day int32) time.Time {
	if day == 0 {
		return time.Time{}
	}
	y, m, d := i18n.DayTime(day).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, s.Zone).UTC()
}

// walksOf cuts contacts, in order of run and time, into walks.
func walksOf(contacts []Contact, now time.Time) []stat.Walked {
	var out []stat.Walked
	for i, c := range contacts {
		v := stat.Visit{Place: c.TouchpointID, Promise: c.promised(now)}
		if i == 0 || contacts[i-1].RunID != c.RunID {
			out = append(out, stat.Walked{GaveUp: c.GaveUp})
		} else {
			v.Wait = c.StartedAt.Sub(contacts[i-1].StartedAt)
		}
		last := &out[len(out)-1]
		last.Visits = append(last.Visits, v)
	}
	return out
}

// promised is what came of the promise made there: kept in time; broken when late or past due; otherwise none that counts.
func (c Contact) promised(now time.Time) stat.Promised {
	switch {
	case c.PromiseDue == nil:
		return stat.NoPromise
	case c.PromiseKept != nil && !c.PromiseKept.After(*c.PromiseDue):
		return stat.Kept
	case c.PromiseKept != nil || c.PromiseDue.Before(now):
		return stat.Broken
	}
	return stat.NoPromise
}
