package insight

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Tolerated is how many false alarms a year all charts together may sound where nobody has said otherwise.
const Tolerated = 6.0

const (
	// A point of a chart holds at least WatchLeast answers (methods.md §6.1), and so many that of the rarer kind, satisfied or
	// not, watchRare are to be expected: where nearly all are satisfied, a few who are not are no news.
	WatchLeast, watchRare = 20, 4
	// baseWeeks and baseAnswers are what a baseline is made of at least: the first weeks on record. Fewer answers would make
	// the chart sound for the baseline's own luck.
	baseWeeks, baseAnswers = 20, 200
	// leastRun is the shortest run length to set a chart to, whatever the budget of a company with few charts allows.
	leastRun, mostRun = 100.0, 100_000.0
)

// Watch is the control chart of one touchpoint on one scale: the share of the best answers, week by week, against its own
// first weeks (methods.md §6.1). Weeks are whole ones; those with few answers are put together. The baseline is what came
// first and stays what it is: nothing that happens later moves it.
type Watch struct {
	Line     // the touchpoint; without tally and figure
	Base     stat.Baseline
	Counted  stat.Count // in the baseline
	From, To int32      // days of the baseline, both included
	Points   []Watched
}

// Watched is one point of a chart, shares 0..1. Smooth is the moving average on the scale of the shares; beyond Low or High it
// sounds.
type Watched struct {
	From, To int32 // days, both included
	stat.Count
	Share, Smooth, Low, High float64
	Sounds, Down             bool
}

// Signal is a chart that sounds at its latest point: since about when, and what came since.
type Signal struct {
	Watch
	Since int32 // first day of the point from which on it changed
	Down  bool
	Now   stat.Rate // of the answers since
}

// Signals is what changed and has stayed changed, and what listening for it costs.
type Signals struct {
	Charts    int     // watched
	Few       int     // touchpoints without a baseline yet
	Tolerated float64 // false alarms a year, of all charts
	RunLength float64 // points a chart runs on average without a false alarm
	List      []Signal
}

// watches are the charts of all touchpoints, by key, not listened to yet, and how many have too few answers for one. It reads
// marginals only.
func (s *Service) watches(ctx context.Context) (charts []Watch, few int, err error) {
	c := Question{By: feedback.ByTouchpoint, To: Monday(i18n.Day(s.Now(), s.Zone)) - 1}.count()
	c.PerDay = true
	rows, err := s.Store.Counts(ctx, c)
	if err != nil {
		return nil, 0, err
	}
	buckets, first, last := bucketed(rows, 7)
	var ids []int64
	for k, tallies := range buckets {
		w := Watch{Line: Line{ID: k.id, Scale: k.scale}}
		err := w.chart(tallies, first, last)
		if tooFew := new(stat.TooFew); errors.As(err, &tooFew) || errors.Is(err, stat.ErrNoVariance) {
			few++
			continue
		}
		if err != nil {
			return nil, 0, fmt.Errorf("touchpoint %d: %w", k.id, err)
		}
		charts, ids = append(charts, w), append(ids, k.id)
	}
	names, err := s.Store.Names(ctx, feedback.ByTouchpoint, ids)
	for i, w := range charts {
		charts[i].Key, charts[i].Name = names[w.ID].Key, names[w.ID].Name
	}
	slices.SortFunc(charts, func(a, b Watch) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Scale.String(), b.Scale.String()))
	})
	return charts, few, err
}

// chart freezes the first weeks and puts the others together to points.
func (w *Watch) chart(tallies map[int32]stat.Tally, first, last int32) (err error) {
	var weeks []stat.Count
	week, with := first, 0
	for ; week <= last && (with < baseWeeks || w.Counted.N < baseAnswers); week += 7 {
		c := w.count(tallies[week])
		if c.N > 0 {
			if with++; with == 1 {
				w.From = week
			}
		}
		weeks, w.Counted = append(weeks, c), stat.Count{X: w.Counted.X + c.X, N: w.Counted.N + c.N}
	}
	w.To = week - 1
	if w.Counted.N < baseAnswers {
		return &stat.TooFew{N: w.Counted.N, Need: baseAnswers}
	}
	if w.Base, err = stat.BaselineOf(weeks); err != nil {
		return err
	}
	least := max(WatchLeast, int64(math.Ceil(watchRare/min(w.Base.Rate, 1-w.Base.Rate))))
	for ; week <= last; week += 7 {
		w.add(week, tallies[week], least)
	}
	if n := len(w.Points) - 1; n < 0 || w.Points[n].N < least {
		w.Points = w.Points[:max(n, 0)] // it waits for the coming weeks
	}
	if len(w.Points) == 0 {
		return &stat.TooFew{Need: least}
	}
	return nil
}

func (w *Watch) count(t stat.Tally) stat.Count { return stat.Count{X: satisfied(w.Scale, t), N: t.N} }

// add puts a week to the point before as long as that has too few answers; the last point may stay too small.
func (w *Watch) add(week int32, t stat.Tally, least int64) {
	n := len(w.Points) - 1
	if n < 0 || w.Points[n].N >= least {
		w.Points, n = append(w.Points, Watched{From: week}), n+1
	}
	c, p := w.count(t), &w.Points[n]
	p.To, p.X, p.N = week+6, p.X+c.X, p.N+c.N
}

// listen works out the moving average and its limits, L of stat.EWMA.
func (w *Watch) listen(limit float64) error {
	counts := make([]stat.Count, len(w.Points))
	for i, p := range w.Points {
		counts[i] = p.Count
	}
	alarms, err := stat.EWMA(w.Base, counts, limit)
	for i, a := range alarms {
		p := &w.Points[i]
		at := func(z float64) float64 { return min(1, max(0, w.Base.Rate+z*w.Base.Deviation(p.N))) }
		p.Share, p.Smooth, p.Low, p.High = float64(p.X)/float64(p.N), at(a.Average), at(-a.Limit), at(a.Limit)
		p.Sounds, p.Down = a.Sounds, a.Down
	}
	return err
}

// Sounding is the signal of a chart whose latest point sounds. It dates the change where the answers since lie farthest from
// the baseline for their number, the likeliest moment of a step (Pignatiello & Samuel 2001).
func (w Watch) Sounding() (Signal, bool) {
	last := w.Points[len(w.Points)-1]
	if !last.Sounds {
		return Signal{}, false
	}
	out := Signal{Watch: w, Down: last.Down}
	farthest, since := 0.0, stat.Count{}
	for i := len(w.Points) - 1; i >= 0; i-- {
		since = stat.Count{X: since.X + w.Points[i].X, N: since.N + w.Points[i].N}
		off := (float64(since.X)/float64(since.N) - w.Base.Rate) / w.Base.Deviation(since.N)
		if away := math.Abs(off); away > farthest && off < 0 == last.Down {
			farthest, out.Since = away, w.Points[i].From
			out.Now, _ = stat.RateOf(since.X, since.N) // a sum of counts
		}
	}
	return out, farthest > 0
}

// Signals are the charts that sound, falls first. The budget is the company's: a leader's charts sound at the same point as
// her manager's. Whoever shows them leaves out what is not in sight.
func (s *Service) Signals(ctx context.Context, tolerated float64) (Signals, error) {
	charts, out, err := s.listening(ctx, tolerated)
	for _, w := range charts {
		if signal, sounds := w.Sounding(); sounds {
			out.List = append(out.List, signal)
		}
	}
	slices.SortStableFunc(out.List, func(a, b Signal) int {
		return cmp.Or(-compareBool(a.Down, b.Down), cmp.Compare(b.Since, a.Since))
	})
	return out, err
}

// WatchOf is the charts of one touchpoint, with the limits that the number of all charts asks for.
func (s *Service) WatchOf(ctx context.Context, touchpoint int64, tolerated float64) ([]Watch, Signals, error) {
	charts, budget, err := s.listening(ctx, tolerated)
	return slices.DeleteFunc(slices.Clone(charts), func(w Watch) bool { return w.ID != touchpoint }), budget, err
}

// listening are all charts with the limit that their number and the tolerated alarms ask for (methods.md §6.1), kept until a
// figure may have changed.
func (s *Service) listening(ctx context.Context, tolerated float64) ([]Watch, Signals, error) {
	version, err := s.Store.DataVersion(ctx)
	if err != nil {
		return nil, Signals{}, err
	}
	s.heard.mu.Lock()
	defer s.heard.mu.Unlock()
	day := Monday(i18n.Day(s.Now(), s.Zone))
	if h := &s.heard; h.version == version && h.week == day && h.budget.Tolerated == tolerated {
		return h.charts, h.budget, nil
	}
	charts, budget, err := s.listen(ctx, tolerated)
	if err != nil {
		return nil, budget, fmt.Errorf("signals: %w", err)
	}
	s.heard.version, s.heard.week, s.heard.charts, s.heard.budget = version, day, charts, budget
	return charts, budget, nil
}

// heard are the charts of one data version and week. They are shared: nobody changes one.
type heard struct {
	mu      sync.Mutex
	version int64
	week    int32
	charts  []Watch
	budget  Signals
}

func (s *Service) listen(ctx context.Context, tolerated float64) ([]Watch, Signals, error) {
	out := Signals{Tolerated: tolerated}
	charts, few, err := s.watches(ctx)
	if err != nil {
		return nil, out, err
	}
	out.Charts, out.Few = len(charts), few
	out.RunLength = runLength(len(charts), tolerated)
	limit, err := stat.LimitFor(stat.EWMAWeight, out.RunLength)
	for i := range charts {
		if err == nil {
			err = charts[i].listen(limit)
		}
	}
	return charts, out, err
}

// runLength is what so many charts need to keep to the tolerated false alarms a year, which are above 0.
func runLength(charts int, tolerated float64) float64 {
	run, _ := stat.AlarmBudget{Charts: int64(charts)}.RunLength(tolerated)
	return min(mostRun, max(leastRun, run))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
