package insight

import (
	"context"
	"errors"
	"fmt"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Periods are the times that pages offer, in days up to today; beside them stands all time.
var Periods = []int32{30, 90, 365}

// PeriodStart is the first day of about the last days: as many whole weeks as come nearest, and the week that is on. A filter
// that moves once a week cannot be moved by one day's answers (methods.md §1.12).
func PeriodStart(today, days int32) int32 { return Monday(today) - weeks(days) }

// PeriodBefore is the first day of the weeks that such a period is compared with; they end where it begins.
func PeriodBefore(today, days int32) int32 { return PeriodStart(today, days) - weeks(days) }

// weeks are the days of the whole weeks next to so many days.
func weeks(days int32) int32 { return (days + 3) / 7 * 7 }

// Snapped widens the days of a question to whole weeks from Monday to Sunday, or leaves whole months as they are; an open
// side stays open. An error for a last day before the first.
func (q Question) Snapped() (Question, error) {
	from, until := i18n.DayTime(q.From), i18n.DayTime(q.To).AddDate(0, 0, 1)
	switch {
	case q.From != 0 && q.To != 0 && q.To < q.From:
		return q, fmt.Errorf("%s is before %s", isoDay(q.To), isoDay(q.From))
	case (q.From == 0 || from.Day() == 1) && (q.To == 0 || until.Day() == 1):
		return q, nil
	}
	if q.From != 0 {
		q.From = Monday(q.From)
	}
	if q.To != 0 {
		q.To = Monday(q.To) + 6
	}
	return q, nil
}

// guard hides the figures that a coarser view published beside them would let somebody subtract down to fewer than k answers.
func (s *Service) guard(ctx context.Context, q Question, lines []Line) error {
	for _, coarser := range s.coarser(q) {
		whole, err := s.tallies(ctx, coarser)
		if err != nil {
			return err
		}
		for i, l := range lines {
			err := stat.Guard(l.Tally.N, whole[subject{l.ID, l.Scale}].N)
			switch {
			case errors.Is(err, stat.ErrDifferencing):
				lines[i].Figure = l.Figure.Hidden()
			case err != nil:
				return err
			}
		}
	}
	return nil
}

// coarser are the views that are published beside a question: the same touchpoints on all journeys, the longer times that
// pages offer, and all time. Teams have no page for other times.
func (s *Service) coarser(q Question) []Question {
	var out []Question
	if q.By == feedback.ByTouchpoint && q.Journey != 0 {
		whole := q
		whole.Journey = 0
		out = append(out, whole)
	}
	if q.From == 0 && q.To == 0 {
		return out
	}
	whole := q
	today := i18n.Day(s.Now(), s.Zone)
	if q.To != 0 {
		today = min(today, q.To) // the views of that day
	}
	for _, days := range Periods {
		if start := PeriodStart(today, days); q.By != feedback.ByTeam && start < q.From {
			whole.From, whole.To = start, 0
			out = append(out, whole)
		}
	}
	whole.From, whole.To = 0, 0
	return append(out, whole)
}
