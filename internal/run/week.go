package run

import (
	"context"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Week says on which weekdays a company does not work. It knows no public holidays: a promise in business days that spans
// one counts it.
type Week struct {
	Off []time.Weekday
}

// DefaultWeek is a company's until it says otherwise.
func DefaultWeek() Week { return Week{Off: []time.Weekday{time.Saturday, time.Sunday}} }

// Works reports whether a day (since 1970-01-01) is a business day.
func (w Week) Works(day int32) bool { return !slices.Contains(w.Off, i18n.DayTime(day).Weekday()) }

// BusinessDays counts the business days after from, up to and with to; it is negative where to comes first. From Friday
// to Monday is one, from Friday to Sunday none.
func (w Week) BusinessDays(from, to int32) int {
	if to < from {
		return -w.BusinessDays(to, from)
	}
	weeks := (int(to) - int(from)) / 7
	n := 0
	for day := from + 1; day <= from+7 && weeks > 0; day++ {
		if w.Works(day) {
			n += weeks
		}
	}
	for day := from + int32(7*weeks) + 1; day <= to; day++ {
		if w.Works(day) {
			n++
		}
	}
	return n
}

// Check keeps a company from never working.
func (w Week) Check() error {
	var p fault.Problems
	days := map[time.Weekday]bool{}
	for _, day := range w.Off {
		if day < time.Sunday || day > time.Saturday {
			p.Add("off", "errors.choice")
		}
		days[day] = true
	}
	if len(days) >= 7 {
		p.Add("off", "settings.week_all_off")
	}
	return p.Err()
}

// Late is how many days after its due time a promise was kept, by the days of the company's zone: business days where it
// was promised in them. It is negative when kept earlier. Whether it was kept in time is not asked here: that goes by the
// due time itself.
func (x Interaction) Late(w Week, zone *time.Location) int {
	if x.PromiseDue == nil || x.PromiseKept == nil {
		return 0
	}
	due, kept := i18n.Day(*x.PromiseDue, zone), i18n.Day(*x.PromiseKept, zone)
	if x.PromiseBusiness {
		return w.BusinessDays(due, kept)
	}
	return int(kept) - int(due)
}

// SetWeek says on which weekdays nobody works; only administrators may. Promises made before are counted by it too.
func (s *Service) SetWeek(ctx context.Context, actor people.Actor, w Week) error {
	if !actor.MayAdminister() {
		return fault.Forbidden("people.administrators_only")
	}
	if err := w.Check(); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		before, err := s.Store.Week(ctx)
		if err != nil {
			return err
		}
		if err := s.Store.SaveWeek(ctx, w); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: event.WeekChanged, SubjectKind: "policy", ActorID: actor.UserID, At: s.Now(),
			Particulars: map[string]any{"before": before, "after": w}})
	})
}
