package insight

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// OwnDays is how far back a person's own range looks; her past is as many days before that.
const OwnDays = 90

// Own is how satisfied customers were with one employee at one touchpoint. It is for her own eyes and for the talk with
// her supervisor: a range and her own past, never a place among colleagues (methods.md §5).
type Own struct {
	Touchpoint int64
	Name       i18n.Text
	Scale      stat.Scale
	Figure     stat.Figure // raw, hidden below k
	Satisfied  int64       // answers of the best class; 0 while hidden
	Past       stat.Change // against the OwnDays before; no values when either is below k

	// The range she is likely in, in percent satisfied; nil while hidden. Shrunk: drawn towards what is known of all who
	// serve at this touchpoint, as far as people differ there, or in the company where too few serve there. Alike: what they have in common lies inside it.
	Low, High *float64
	Shrunk    bool
	Alike     bool
}

// Own answers for one employee, one line per touchpoint and scale, the most answered first. With colleagues, those who
// serve at the same touchpoint steady the range (methods.md §5.2); without, it is hers alone.
func (s *Service) Own(ctx context.Context, employee int64, colleagues bool) ([]Own, error) {
	ctx, err := s.look(ctx)
	if err != nil {
		return nil, fmt.Errorf("own figures: %w", err)
	}
	if ctx, err = s.moment(ctx); err != nil {
		return nil, fmt.Errorf("own figures: %w", err)
	}
	today := i18n.Day(s.Now(), s.Zone)
	mine, err := s.served(ctx, Count{IDs: []int64{employee}, From: today - OwnDays + 1, To: today})
	if err != nil || len(mine) == 0 {
		return nil, err
	}
	past, err := s.served(ctx, Count{IDs: []int64{employee}, From: today - 2*OwnDays + 1, To: today - OwnDays})
	if err != nil {
		return nil, err
	}
	var priors map[station]stat.Prior
	if colleagues {
		places := slices.Sorted(slices.Values(touchpointsOf(mine)))
		priors, err = remembered(ctx, s, fmt.Sprint("priors ", slices.Compact(places)), func(ctx context.Context) (map[station]stat.Prior, error) { return s.priors(ctx, places, today) })
		if err != nil {
			return nil, err
		}
	}
	names, err := s.Store.Names(ctx, feedback.ByTouchpoint, touchpointsOf(mine))
	if err != nil {
		return nil, fmt.Errorf("own figures: %w", err)
	}
	before := map[station]stat.Tally{}
	for _, r := range past {
		before[at(r)] = r.Tally
	}
	out := make([]Own, len(mine))
	for i, r := range mine {
		out[i] = ownOf(r, before[at(r)], priors[at(r)])
		out[i].Name = names[r.TouchpointID].Name
	}
	slices.SortFunc(out, func(a, b Own) int {
		return cmp.Or(cmp.Compare(b.Figure.N, a.Figure.N), cmp.Compare(a.Touchpoint, b.Touchpoint), cmp.Compare(a.Scale.String(), b.Scale.String()))
	})
	return out, nil
}

// station is a touchpoint judged on a scale: only there are people comparable.
type station struct {
	touchpoint int64
	scale      stat.Scale
}

func at(r Counted) station { return station{r.TouchpointID, r.Scale} }

func touchpointsOf(rows []Counted) []int64 {
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.TouchpointID)
	}
	return ids
}

func (s *Service) served(ctx context.Context, c Count) ([]Counted, error) {
	c.Dim, c.PerTouchpoint = feedback.ByEmployeeTouchpoint, true
	rows, err := s.Store.Counts(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("own figures: %w", err)
	}
	return rows, nil
}

// priors learns from everybody who serves where she serves. Where too few people or answers are there, it still learns from
// the whole company how much people differ (methods.md §5.2), as long as there are colleagues enough to say what is usual.
func (s *Service) priors(ctx context.Context, places []int64, today int32) (map[station]stat.Prior, error) {
	rows, err := s.served(ctx, Count{TouchpointIDs: places, From: today - OwnDays + 1, To: today})
	if err != nil {
		return nil, err
	}
	shares := map[station][]stat.Share{}
	for _, r := range rows {
		shares[at(r)] = append(shares[at(r)], stat.Share{Satisfied: satisfied(r.Scale, r.Tally), N: r.Tally.N})
	}
	out := map[station]stat.Prior{}
	var scarce []station
	for k, employees := range shares {
		if p := stat.PriorOf(employees); p.Enough() {
			out[k] = p
		} else if p.Employees > fewColleagues && stat.LevelOf(p.Responses) == stat.Solid {
			out[k], scarce = p, append(scarce, k)
		}
	}
	if len(scarce) == 0 {
		return out, nil
	}
	spread, err := remembered(ctx, s, "spread", func(ctx context.Context) (stat.Prior, error) { return s.spread(ctx, today) })
	for _, k := range scarce {
		if p := out[k]; spread.Enough() {
			p.Gamma = spread.Gamma
			out[k] = p
		} else {
			delete(out, k)
		}
	}
	return out, err
}

// fewColleagues are too few, with herself, for what is usual among them to hide who they are.
const fewColleagues = 3

// spread is how much people of the whole company differ, each adjusted for the touchpoints she serves at: without that, who
// serves where nobody can please would count as a difference between people (methods.md §5.4).
func (s *Service) spread(ctx context.Context, today int32) (stat.Prior, error) {
	rows, err := s.served(ctx, Count{From: today - OwnDays + 1, To: today})
	if err != nil {
		return stat.Prior{}, err
	}
	_, shares, err := adjustedOf(rows)
	return stat.PriorOf(shares), err
}

func ownOf(r Counted, before stat.Tally, prior stat.Prior) Own {
	own := Own{Touchpoint: r.TouchpointID, Scale: r.Scale, Figure: stat.Of(r.Scale, r.Tally).Shown()}
	if own.Figure.Level == stat.Suppressed || own.Figure.Level == stat.None {
		return own
	}
	own.Satisfied = satisfied(r.Scale, r.Tally)
	if before.N >= stat.K {
		own.Past = stat.Changed(r.Scale, before, r.Tally)
	}
	low, high := stat.Wilson(own.Satisfied, r.Tally.N)
	if prior.Responses > 0 {
		if _, l, h := stat.Shrink(prior, own.Satisfied, r.Tally.N); !math.IsNaN(l) {
			low, high, own.Shrunk = l, h, true
			own.Alike = l <= prior.Mean() && prior.Mean() <= h
		}
	}
	low, high = 100*low, 100*high
	own.Low, own.High = &low, &high
	return own
}

// satisfied counts the answers of the best class: promoters, or those that make the score of a box metric.
func satisfied(scale stat.Scale, t stat.Tally) (n int64) {
	if scale.Metric != stat.NPS {
		if f := stat.Of(scale, t); f.Score != nil {
			return int64(math.Round(*f.Score * float64(f.N) / 100))
		}
		return 0
	}
	for x, times := range t.Counts {
		if scale.Mood(x) == stat.Positive {
			n += times
		}
	}
	return n
}
