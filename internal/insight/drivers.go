package insight

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// DriverQuestion asks what was said of a journey as a whole together with what was said of its touchpoints: answers on
// one scale, ratings of each touchpoint on the one named with it. Days are both included.
type DriverQuestion struct {
	Journey     int64
	Scale       stat.Scale
	Touchpoints []Rated
	From, To    int32
}

// Rated is a touchpoint and the scale its ratings are looked at on; others are left out, as scales never mix.
type Rated struct {
	ID    int64
	Scale stat.Scale
}

// Drivers says which touchpoints of a journey go together with what is said of it as a whole (methods.md §3). It is not
// for proving causes. Touchpoints and Analysis.Drivers are in the same order: of the share, the greatest first, those
// left out last.
type Drivers struct {
	Scale       stat.Scale // of the whole
	From, To    int32
	Analysis    stat.Drivers
	Touchpoints []Line       // the ratings of each
	TooFew      *stat.TooFew // why nothing can be said yet
	Alike       bool         // everybody said the same of the whole
}

// Known reports whether there are shares to show.
func (d Drivers) Known() bool {
	return d.TooFew == nil && !d.Alike && slices.ContainsFunc(d.Analysis.Drivers, func(x stat.Driver) bool { return !x.Out })
}

// Resamples is how many times the days are drawn again for the intervals: enough for their ends to hold still to about a
// tenth of their width.
const Resamples = 400

// seed makes the same question give the same intervals.
const seed = 20160114

// Drivers answers for one journey and stretch of time, on the scale most of its answers are on. What was worked out is
// kept until a figure may have changed, as drawing intervals takes longer than a page should.
func (s *Service) Drivers(ctx context.Context, journey int64, from, to int32) (Drivers, error) {
	return remembered(ctx, s, fmt.Sprint("drivers ", journey, from, to), func(ctx context.Context) (Drivers, error) { return s.analyse(ctx, journey, from, to) })
}

func (s *Service) analyse(ctx context.Context, journey int64, from, to int32) (Drivers, error) {
	whole, err := s.Figures(ctx, Question{By: feedback.ByJourney, IDs: []int64{journey}, From: from, To: to})
	if err != nil {
		return Drivers{}, err
	}
	points, err := s.Figures(ctx, Question{By: feedback.ByTouchpoint, Journey: journey, From: from, To: to})
	if err != nil {
		return Drivers{}, err
	}
	out := Drivers{From: from, To: to, Touchpoints: mostRated(points)}
	if len(whole) == 0 {
		out.TooFew = &stat.TooFew{Need: stat.NeedForDrivers(len(out.Touchpoints))}
		return out, nil
	}
	out.Scale = Scales(whole)[0]
	q := DriverQuestion{Journey: journey, Scale: out.Scale, From: from, To: to}
	for _, l := range out.Touchpoints {
		q.Touchpoints = append(q.Touchpoints, Rated{l.ID, l.Scale})
	}
	days, err := s.Store.DriverDays(ctx, q)
	if err != nil {
		return Drivers{}, fmt.Errorf("drivers of journey %d: %w", journey, err)
	}
	out.Analysis, err = stat.DriversOf(days, Resamples, seed)
	switch {
	case errors.As(err, &out.TooFew):
		return out, nil
	case errors.Is(err, stat.ErrNoVariance):
		out.Alike = true
		return out, nil
	case err != nil:
		return Drivers{}, fmt.Errorf("drivers of journey %d: %w", journey, err)
	}
	out.sort()
	return out, nil
}

// mostRated keeps of each touchpoint the scale with most ratings.
func mostRated(lines []Line) []Line {
	var out []Line
	for _, l := range lines {
		i := slices.IndexFunc(out, func(o Line) bool { return o.ID == l.ID })
		switch {
		case i < 0:
			out = append(out, l)
		case l.Tally.N > out[i].Tally.N:
			out[i] = l
		}
	}
	return out
}

func (d *Drivers) sort() {
	order := make([]int, len(d.Touchpoints))
	for i := range order {
		order[i] = i
	}
	share := func(i int) float64 {
		if x := d.Analysis.Drivers[i]; !x.Out {
			return x.Share
		}
		return math.Inf(-1)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case share(a) > share(b):
			return -1
		case share(a) < share(b):
			return 1
		}
		return 0
	})
	points, drivers := make([]Line, len(order)), make([]stat.Driver, len(order))
	for to, from := range order {
		points[to], drivers[to] = d.Touchpoints[from], d.Analysis.Drivers[from]
	}
	d.Touchpoints, d.Analysis.Drivers = points, drivers
}
