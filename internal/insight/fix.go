package insight

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Way is what about a touchpoint costs the journey.
type Way string

// Rating: customers leave the touchpoint dissatisfied, and such customers say worse things of the whole. Meeting: those
// who come by the touchpoint at all say worse things of the whole than those who do not, however they rate it.
const (
	WayRating  Way = "rating"
	WayMeeting Way = "meeting"
)

// Fix is one touchpoint of a journey with what mending it is worth (methods.md §4). Points are those of the journey's
// index, 0..100, so that journeys on different scales can stand in one list.
type Fix struct {
	Line // the ratings of the touchpoint
	Way  Way
	stat.Worth
	EffortKnown bool
	// Whole is what those who met it said of the journey; for WayMeeting the dissatisfied among these are counted.
	Whole stat.Figure
}

// Fixes is what to mend first on a journey, and what it rests on.
type Fixes struct {
	Journey int64
	Drivers Drivers
	List    []Fix  // ranked, the first first
	Quiet   []Line // rated by enough, with nothing to recover that could be told from noise
	Scarce  []Line // rated by too few to be ranked (methods.md §1.0)
	// Linked: impact is how far the touchpoint pulls the whole. Otherwise there are not enough answers to say so, and the
	// list counts dissatisfied customers alone.
	Linked bool
	Months float64 // how long the time asked for is
}

// Passed is how many runs met each touchpoint within a stretch of days, and the first day anything on the journey was
// rated, 0 when nothing was.
type Passed struct {
	Runs  map[int64]int
	First int32
}

const daysPerMonth = 365.25 / 12

// FixFirst ranks the touchpoints of a journey by what mending them is worth.
//
// Volume is customers who met the touchpoint, per month. Dissatisfied is the lower limit of their share. Impact is what
// each of them takes off the journey: the slope times how far below satisfied they are, or, where meeting the touchpoint
// at all is worse than not meeting it beyond noise (each at 5 % divided by their number, as for Spoiler), what that
// costs. A touchpoint stands in the list once, for the way that is worth more. Effort is what the leader has said.
func (s *Service) FixFirst(ctx context.Context, journey int64, from, to int32) (Fixes, error) {
	drivers, err := s.Drivers(ctx, journey, from, to)
	if err != nil {
		return Fixes{}, fmt.Errorf("what to fix first: %w", err)
	}
	out := Fixes{Journey: journey, Drivers: drivers, Linked: drivers.Known()}
	q := Question{From: from, To: to}.count()
	passed, err := s.Store.PassedOn(ctx, journey, q.From, q.To)
	if err != nil {
		return Fixes{}, fmt.Errorf("what to fix first: %w", err)
	}
	efforts, err := s.Store.Efforts(ctx, journey)
	if err != nil {
		return Fixes{}, fmt.Errorf("what to fix first: %w", err)
	}
	met := map[int64]stat.Tally{}
	if out.Linked {
		if _, met, err = s.answersByMet(ctx, journey, drivers.Scale, q.From, q.To); err != nil {
			return Fixes{}, fmt.Errorf("what to fix first: %w", err)
		}
	}
	out.Months = s.months(q.From, q.To, passed)
	return out, out.rank(passed, met, efforts)
}

// months is how long the time was that was asked for, without what lies before the first rating or after today; at least
// one, so that a week is not taken for a habit.
func (s *Service) months(from, to int32, p Passed) float64 {
	first, last := max(from, p.First), min(to, i18n.Day(s.Now(), s.Zone))
	return max(1, float64(last-first+1)/daysPerMonth)
}

// rank fills the lists.
func (f *Fixes) rank(passed Passed, met map[int64]stat.Tally, efforts map[int64]float64) error {
	var candidates []Fix
	for i, l := range f.Drivers.Touchpoints {
		if stat.LevelOf(l.Tally.N) != stat.Solid {
			f.Scarce = append(f.Scarce, l)
			continue
		}
		volume := stat.Fix{PerMonth: float64(passed.Runs[l.ID]) / f.Months, EffortDays: efforts[l.ID]}
		fix := Fix{Line: l, Way: WayRating, EffortKnown: efforts[l.ID] > 0, Whole: stat.Of(f.Drivers.Scale, met[l.ID]).Shown()}
		fix.Worth.Fix = f.byRating(volume, l, i)
		if spared, ok := f.byMeeting(volume, met[l.ID], i); ok && worth(spared) > worth(fix.Worth.Fix) {
			fix.Way, fix.Worth.Fix = WayMeeting, spared
		}
		candidates = append(candidates, fix)
	}
	plain := make([]stat.Fix, len(candidates))
	for i, c := range candidates {
		plain[i] = c.Worth.Fix
	}
	worths, err := stat.Worths(plain)
	if err != nil {
		return fmt.Errorf("what to fix first: %w", err)
	}
	for i, c := range candidates {
		c.Worth = worths[i]
		if c.Rank == 0 {
			f.Quiet = append(f.Quiet, c.Line)
		} else {
			f.List = append(f.List, c)
		}
	}
	slices.SortStableFunc(f.List, func(a, b Fix) int { return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Key, b.Key)) })
	return nil
}

// worth is what a fix would score alone.
func worth(x stat.Fix) float64 {
	w, err := stat.Worths([]stat.Fix{x})
	if err != nil {
		return 0
	}
	return w[0].Score
}

// byRating weighs the customers who leave a touchpoint dissatisfied; without a link to the whole each of them counts one.
func (f *Fixes) byRating(x stat.Fix, l Line, i int) stat.Fix {
	var below float64
	x.Bad, below = stat.Dissatisfied(l.Scale, l.Tally)
	x.Rated = l.Tally.N
	if !f.Linked {
		x.Impact = 1
		return x
	}
	d := f.Drivers.Analysis.Drivers[i]
	if d.Out || d.Overlaps() || math.IsNaN(d.Slope) {
		return x
	}
	x.Impact, x.SE = f.points(d.Slope*below), f.points(d.SlopeSE*below)
	return x
}

// byMeeting weighs what meeting a touchpoint costs; false when that cannot be told from noise.
func (f *Fixes) byMeeting(x stat.Fix, whole stat.Tally, i int) (stat.Fix, bool) {
	if !f.Linked {
		return x, false
	}
	tried := 0
	for _, d := range f.Drivers.Analysis.Drivers {
		if !math.IsNaN(d.Meeting) {
			tried++
		}
	}
	d := f.Drivers.Analysis.Drivers[i]
	if math.IsNaN(d.Meeting) || d.Meeting >= 0 || d.MeetingSE <= 0 || math.Erfc(-d.Meeting/d.MeetingSE/math.Sqrt2)*float64(tried) >= 0.05 {
		return x, false
	}
	if stat.LevelOf(whole.N) != stat.Solid {
		return x, false
	}
	x.Bad, _ = stat.Dissatisfied(f.Drivers.Scale, whole)
	x.Rated = whole.N
	x.Impact, x.SE = f.points(-d.Meeting), f.points(d.MeetingSE)
	return x, true
}

// points turns points of the journey's scale into those of its index, 0..100 (methods.md §1.2).
func (f *Fixes) points(x float64) float64 {
	return 100 * x / float64(f.Drivers.Scale.Hi-f.Drivers.Scale.Lo)
}
