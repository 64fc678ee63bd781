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

// Week says when a company does not work: on which weekdays, and on which days besides.
type Week struct {
	Off      []time.Weekday
	Holidays []Holiday
}

// DefaultWeek is a company's until it says otherwise.
func DefaultWeek() Week { return Week{Off: []time.Weekday{time.Saturday, time.Sunday}} }

// Works reports whether a day (since 1970-01-01) is a business day.
func (w Week) Works(day int32) bool { return !w.off(day) && !w.rests(day) }

// off reports whether a day is one of the weekdays off. 1970-01-01 was a Thursday.
func (w Week) off(day int32) bool {
	return slices.Contains(w.Off, time.Weekday((int64(day)%7+7+int64(time.Thursday))%7))
}

// BusinessDays counts the business days after from, up to and with to; it is negative where to comes first. From Friday
// to Monday is one, from Friday to Sunday none.
func (w Week) BusinessDays(from, to int32) int {
	if to < from {
		return -w.BusinessDays(to, from)
	}
	weeks := (int(to) - int(from)) / 7
	n := 0
	for day := from + 1; day <= from+7 && weeks > 0; day++ {
		if !w.off(day) {
			n += weeks
		}
	}
	for day := from + int32(7*weeks) + 1; day <= to; day++ {
		if !w.off(day) {
			n++
		}
	}
	return n - w.holidaysIn(from, to)
}

// holidaysIn counts the days after from, up to and with to, that only a holiday keeps from being business days.
func (w Week) holidaysIn(from, to int32) (n int) {
	if len(w.Holidays) == 0 {
		return 0
	}
	for day := max(from+1, firstKnown); day <= min(to, lastKnown); day++ {
		if !w.off(day) && w.rests(day) {
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
	if len(w.Holidays) > mostHolidays {
		p.Add("date", "holidays.too_many", "max", mostHolidays)
	}
	keys := map[string]bool{}
	for _, h := range w.Holidays {
		h.check(&p)
		if keys[h.Key()] {
			p.Add("date", "holidays.twice")
		}
		keys[h.Key()] = true
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

// SetWeek says on which weekdays nobody works; only administrators may. Promises made before are counted by it too: nothing
// that is kept holds business days, so the ledger's line is all there is to tell of the change.
func (s *Service) SetWeek(ctx context.Context, actor people.Actor, off []time.Weekday) error {
	return s.changeWeek(ctx, actor, event.WeekChanged, func(w *Week) map[string]any {
		before := w.Off
		w.Off = off
		return map[string]any{"before": before, "after": off}
	})
}

// AddHolidays adds those that are not there yet, and says how many; only administrators may. What is counted in business
// days is counted anew, as by SetWeek.
func (s *Service) AddHolidays(ctx context.Context, actor people.Actor, holidays ...Holiday) (added int, err error) {
	err = s.changeWeek(ctx, actor, event.HolidaysAdded, func(w *Week) map[string]any {
		var keys []string
		for _, h := range holidays {
			if !slices.ContainsFunc(w.Holidays, func(o Holiday) bool { return o.Key() == h.Key() }) {
				w.Holidays, keys = append(w.Holidays, h), append(keys, h.Key())
			}
		}
		added = len(keys)
		if added == 0 {
			return nil
		}
		return map[string]any{"holidays": keys}
	})
	return added, err
}

// RemoveHoliday takes away the holiday with this key; Missing where there is none. Only administrators may.
func (s *Service) RemoveHoliday(ctx context.Context, actor people.Actor, key string) error {
	gone := false
	err := s.changeWeek(ctx, actor, event.HolidayRemoved, func(w *Week) map[string]any {
		n := len(w.Holidays)
		w.Holidays = slices.DeleteFunc(w.Holidays, func(h Holiday) bool { return h.Key() == key })
		if gone = len(w.Holidays) < n; !gone {
			return nil
		}
		return map[string]any{"holidays": []string{key}}
	})
	if err == nil && !gone {
		return fault.Missing("holidays.missing")
	}
	return err
}

// changeWeek makes one change and tells the ledger what change returns; nothing changed where that is nil.
func (s *Service) changeWeek(ctx context.Context, actor people.Actor, verb string, change func(w *Week) map[string]any) error {
	if !actor.MayAdminister() {
		return fault.Forbidden("people.administrators_only")
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		w, err := s.Store.WeekToChange(ctx)
		if err != nil {
			return err
		}
		particulars := change(&w)
		if err := w.Check(); err != nil || particulars == nil {
			return err
		}
		if err := s.Store.SaveWeek(ctx, w); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "policy", ActorID: actor.UserID, At: s.Now(), Particulars: particulars})
	})
}
