package insight

import (
	"context"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// What ratings beside promises stand for: promises kept, late, and past due.
const (
	besideKept = iota
	besideLate
	besidePastDue
	besides // how many there are
)

// guardedRatings finds the ratings beside promises that a longer time, or all journeys, would let somebody subtract down to
// fewer than k answers (methods.md §1.12); days are what the question itself is answered from.
func (s *Service) guardedRatings(ctx context.Context, q PromiseQuestion, days []PromiseDay, today int32) (map[side][besides]bool, error) {
	out := map[side][besides]bool{}
	own, ever := ratedBeside(days, q.From, q.To, today), map[int64][]PromiseDay{}
	if len(own) == 0 {
		return nil, nil
	}
	for _, view := range s.coarser(Question{By: feedback.ByTouchpoint, Journey: q.Journey, From: q.From, To: q.To}) {
		all, known := ever[view.Journey]
		if !known {
			var err error
			if all, err = s.Store.PromiseDays(ctx, PromiseQuestion{Touchpoints: q.Touchpoints, Journey: view.Journey}); err != nil {
				return nil, err
			}
			ever[view.Journey] = all
		}
		wide := ratedBeside(all, view.From, view.To, today)
		for of, n := range own {
			guarded := out[of]
			for i := range n {
				guarded[i] = guarded[i] || n[i] > 0 && stat.Guard(n[i], wide[of][i]) != nil
			}
			out[of] = guarded
		}
	}
	return out, nil
}

// ratedBeside counts the answers beside the promises of everybody made within days, both included; 0 leaves that side open.
func ratedBeside(days []PromiseDay, from, to, today int32) map[side][besides]int64 {
	out := map[side][besides]int64{}
	for _, d := range days {
		if d.TeamID != 0 || from != 0 && d.Day < from || to != 0 && d.Day > to {
			continue
		}
		for _, c := range d.Counts {
			if c.Beside == feedback.Alone {
				continue
			}
			of := side{clock{d.TouchpointID, c.Business}, c.Beside, c.Scale}
			n := out[of]
			switch {
			case c.Late:
				n[besideLate] += c.N
			case c.Took != feedback.Open:
				n[besideKept] += c.N
			case d.Day+c.Promised < today:
				n[besidePastDue] += c.N
			}
			out[of] = n
		}
	}
	return out
}
