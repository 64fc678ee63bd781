package insight

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Conditions lists the employees with whom to talk about the conditions they work under: satisfied customers below the alarm
// limit of the funnel in each of the last two stretches of days, after what they do not choose was taken into account (the
// touchpoints they served at) and after the limits were widened by how much people differ anyway (methods.md §5.3, §5.4).
// Nothing less is a ground to name anybody, and it is a question, never a label: no page lists it.
func (s *Service) Conditions(ctx context.Context, days int32) ([]int64, error) {
	today := i18n.Day(s.Now(), s.Zone)
	var periods []map[int64]stat.Standing
	for _, to := range []int32{today - days, today} {
		rows, err := s.served(ctx, Count{From: to - days + 1, To: to})
		if err != nil {
			return nil, err
		}
		standings, err := standingsOf(rows)
		if err != nil {
			return nil, fmt.Errorf("conditions: %w", err)
		}
		periods = append(periods, standings)
	}
	var out []int64
	for who, now := range periods[1] {
		if stat.LowTwice([]stat.Standing{periods[0][who], now}) {
			out = append(out, who)
		}
	}
	slices.Sort(out)
	return out, nil
}

// standingsOf places every employee with k answers or more among the limits, adjusted for where she served.
func standingsOf(rows []Counted) (map[int64]stat.Standing, error) {
	adjusted, shares, err := adjustedOf(rows)
	if err != nil || len(shares) < 2 {
		return nil, err
	}
	all := stat.PriorOf(shares)
	if all.Satisfied == 0 || all.Satisfied == all.Responses {
		return nil, nil // nobody differs
	}
	dispersion, err := stat.Dispersion(shares, all.Mean())
	out := map[int64]stat.Standing{}
	for _, a := range adjusted {
		if err != nil {
			return nil, err
		}
		var limits stat.Limits
		limits, err = stat.FunnelLimits(all.Mean(), a.N)
		out[a.Employee] = limits.Widened(all.Mean(), dispersion).Of(a.Share)
	}
	return out, err
}

// adjustedOf are employees with k answers or more as they would be with everybody's mix of touchpoints, also as whole counts.
func adjustedOf(rows []Counted) ([]stat.Adjusted, []stat.Share, error) {
	strata := map[station]int64{}
	var cells []stat.Cell
	for _, r := range rows {
		if strata[at(r)] == 0 {
			strata[at(r)] = int64(len(strata) + 1)
		}
		cells = append(cells, stat.Cell{Employee: r.ID, Stratum: strata[at(r)], Satisfied: satisfied(r.Scale, r.Tally), N: r.Tally.N})
	}
	adjusted, err := stat.CaseMix(cells)
	adjusted = slices.DeleteFunc(adjusted, func(a stat.Adjusted) bool { return a.N < stat.K })
	shares := make([]stat.Share, len(adjusted))
	for i, a := range adjusted {
		shares[i] = stat.Share{Satisfied: min(a.N, max(0, int64(math.Round(a.Share*float64(a.N))))), N: a.N}
	}
	return adjusted, shares, err
}
