package insight

import (
	"context"
	"fmt"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Spoiler is the touchpoint whose customers are less satisfied with the journey as a whole than the customers of the same
// journey who never met it. It says where to look, not why: those who are sent there may have had the harder problem.
type Spoiler struct {
	Touchpoint  int64 // 0: none stands out
	Name        i18n.Text
	Scale       stat.Scale
	Met, Others stat.Figure // the journey's score, not the touchpoint's
}

// Spoiler compares, for every touchpoint some customers met and some did not, what both said of the whole journey, and
// returns the widest gap downwards. A gap counts when both groups are solid and it is beyond noise; because so many
// touchpoints are tried at once, each must pass at 5 % divided by their number (Bonferroni).
func (s *Service) Spoiler(ctx context.Context, journey int64, scale stat.Scale, from int32) (Spoiler, error) {
	if from == 0 {
		from = firstDay
	}
	all, met, err := s.answersByMet(ctx, journey, scale, from, lastDay)
	if err != nil {
		return Spoiler{}, fmt.Errorf("spoiler: %w", err)
	}
	out := widest(scale, all, met)
	if out.Touchpoint == 0 {
		return out, nil
	}
	names, err := s.Store.Names(ctx, feedback.ByTouchpoint, []int64{out.Touchpoint})
	if err != nil {
		return Spoiler{}, fmt.Errorf("spoiler: %w", err)
	}
	out.Name = names[out.Touchpoint].Name
	return out, nil
}

// answersByMet counts what was said of a journey as a whole on one scale, by all and by those who met each touchpoint.
func (s *Service) answersByMet(ctx context.Context, journey int64, scale stat.Scale, from, to int32) (all stat.Tally, met map[int64]stat.Tally, err error) {
	rows, err := s.Store.Counts(ctx, Count{Dim: feedback.ByMet, JourneyID: journey, From: from, To: to})
	if err != nil {
		return all, nil, err
	}
	met = map[int64]stat.Tally{}
	for _, r := range rows {
		if r.Scale == scale {
			met[r.ID] = r.Tally
		}
	}
	rows, err = s.Store.Counts(ctx, Count{Dim: feedback.ByJourney, IDs: []int64{journey}, From: from, To: to})
	for _, r := range rows {
		if r.Scale == scale {
			all = r.Tally
		}
	}
	return all, met, err
}

func widest(scale stat.Scale, all stat.Tally, met map[int64]stat.Tally) Spoiler {
	out := Spoiler{Scale: scale}
	changes := map[int64]stat.Change{}
	for id, here := range met {
		others := all.Plus(here.Negative())
		if stat.LevelOf(here.N) == stat.Solid && stat.LevelOf(others.N) == stat.Solid {
			changes[id] = stat.Changed(scale, others, here)
		}
	}
	gap := 0.0
	for id, c := range changes {
		if !c.Beyond || *c.P*float64(len(changes)) >= 0.05 || *c.Diff > gap || *c.Diff == gap && id > out.Touchpoint {
			continue
		}
		gap, out.Touchpoint = *c.Diff, id
		out.Met, out.Others = stat.Of(scale, met[id]), stat.Of(scale, all.Plus(met[id].Negative()))
	}
	return out
}
