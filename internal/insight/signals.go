package insight

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

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
// first and stays what it is: nothing that happens later moves it, until somebody freezes it again (Listening.From).
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

// Listening is what a company has decided about its charts.
type Listening struct {
	Tolerated float64         // false alarms a year, of all charts
	From      map[int64]int32 // the day from which on a touchpoint's baseline was frozen again; what came before is not looked at
}

// ToleratedKey is the setting of how many false alarms a year are put up with, FrozenKey that of the days from which on
// baselines were frozen again, by touchpoint.
const (
	ToleratedKey = "signals.tolerated"
	FrozenKey    = "baselines"
)

// Listening is what the company has decided, or the usual.
func (s *Service) Listening(ctx context.Context) (Listening, error) {
	to := Listening{Tolerated: Tolerated}
	err := s.Store.Setting(ctx, ToleratedKey, &to.Tolerated)
	if err == nil {
		err = s.Store.Setting(ctx, FrozenKey, &to.From)
	}
	return to, err
}

// watches are the charts of all touchpoints, by key, not listened to yet, and how many have too few answers for one. It reads
// marginals only.
func (s *Service) watches(ctx context.Context, again map[int64]int32) (charts []Watch, few int, err error) {
	today := i18n.Day(s.Now(), s.Zone)
	c := Question{By: feedback.ByTouchpoint, To: today}.count()
	c.PerDay = true
	rows, err := s.Store.Counts(ctx, c)
	if err != nil {
		return nil, 0, err
	}
	buckets, first, last := bucketed(rows, 7)
	var ids []int64
	for k, tallies := range buckets {
		w := Watch{Line: Line{ID: k.id, Scale: k.scale}}
		from := first
		if day, frozen := again[k.id]; frozen {
			from = max(first, Monday(day))
		}
		err := w.chart(tallies, from, min(last, Monday(today)-7), untold(tallies, first, last, today))
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

// chart freezes the first weeks and puts the others together to points; untold are weeks that are hidden elsewhere.
func (w *Watch) chart(tallies map[int32]stat.Tally, first, last int32, untold map[int32]bool) (err error) {
	var weeks []stat.Count
	var sum together
	week, with := first, 0
	for ; week <= last && (with < baseWeeks || sum.told().N < baseAnswers); week += 7 {
		c := w.count(tallies[week])
		if c.N > 0 {
			if with++; with == 1 {
				w.From = week
			}
		}
		weeks = append(weeks, c)
		sum.add(c, untold[week])
	}
	w.To, w.Counted = week-1, sum.told()
	if w.Counted.N < baseAnswers {
		return &stat.TooFew{N: w.Counted.N, Need: baseAnswers}
	}
	for i := range weeks {
		if untold[first+7*int32(i)] && !sum.apart() {
			weeks[i] = stat.Count{}
		}
	}
	if w.Base, err = stat.BaselineOf(weeks); err != nil {
		return err
	}
	least := max(WatchLeast, int64(math.Ceil(watchRare/min(w.Base.Rate, 1-w.Base.Rate))))
	sum = together{}
	for ; week <= last; week += 7 {
		if len(w.Points) == 0 || sum.told().N >= least {
			w.Points, sum = append(w.Points, Watched{From: week}), together{}
		}
		sum.add(w.count(tallies[week]), untold[week])
		p := &w.Points[len(w.Points)-1]
		p.To, p.Count = week+6, sum.told()
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

// together is weeks put together. The trend beside the chart tells most of them one by one: what it hides must not be what is
// left when these are taken from the sum (methods.md §1.12).
type together struct {
	all, hidden stat.Count
	weeks       int // hidden
}

func (t *together) add(c stat.Count, hidden bool) {
	t.all = stat.Count{X: t.all.X + c.X, N: t.all.N + c.N}
	if hidden && c.N > 0 {
		t.hidden, t.weeks = stat.Count{X: t.hidden.X + c.X, N: t.hidden.N + c.N}, t.weeks+1
	}
}

// apart says that the hidden weeks among them cannot be told from each other: there is none, or several with enough answers.
func (t together) apart() bool { return t.weeks == 0 || t.weeks > 1 && t.hidden.N >= stat.K }

// told is what may be told: without the hidden weeks where these would be found by subtraction.
func (t together) told() stat.Count {
	if t.apart() {
		return t.all
	}
	return stat.Count{X: t.all.X - t.hidden.X, N: t.all.N - t.hidden.N}
}

// untold are the weeks of a touchpoint that the trends on its page hide: cut by 7 or 28 days, over the times that pages offer
// with as much before them, and over all time.
func untold(tallies map[int32]stat.Tally, first, last, today int32) map[int32]bool {
	out := map[int32]bool{}
	for _, trend := range []struct{ from, days int32 }{{PeriodBefore(today, 30), 7}, {PeriodBefore(today, 90), 7}, {PeriodBefore(today, 90), 28}, {PeriodBefore(today, 365), 28}, {first, 28}} {
		var counts []int64
		from := max(first, trend.from)
		stretch := func(week int32) int { return int(bucket(week, trend.days)-bucket(from, trend.days)) / int(trend.days) }
		for week := from; week <= last; week += 7 {
			if stretch(week) == len(counts) {
				counts = append(counts, 0)
			}
			counts[stretch(week)] += tallies[week].N
		}
		hide := stat.Suppress(counts)
		for week := from; week <= last; week += 7 {
			out[week] = out[week] || hide[stretch(week)]
		}
	}
	return out
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
func (s *Service) Signals(ctx context.Context, to Listening) (Signals, error) {
	charts, out, err := s.listening(ctx, to)
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
func (s *Service) WatchOf(ctx context.Context, touchpoint int64, to Listening) ([]Watch, Signals, error) {
	charts, budget, err := s.listening(ctx, to)
	return slices.DeleteFunc(slices.Clone(charts), func(w Watch) bool { return w.ID != touchpoint }), budget, err
}

// listening are all charts with the limit that their number and the tolerated alarms ask for (methods.md §6.1), kept until a
// figure may have changed, or what was decided.
func (s *Service) listening(ctx context.Context, to Listening) ([]Watch, Signals, error) {
	found, err := remembered(ctx, s, fmt.Sprintf("heard %#v", to), func(ctx context.Context) (heard, error) { return s.listen(ctx, to) })
	if err != nil {
		err = fmt.Errorf("signals: %w", err)
	}
	return found.charts, found.budget, err
}

// heard are charts and what was tolerated. They are shared: nobody changes one.
type heard struct {
	charts []Watch
	budget Signals
}

func (s *Service) listen(ctx context.Context, to Listening) (heard, error) {
	out := Signals{Tolerated: to.Tolerated}
	charts, few, err := s.watches(ctx, to.From)
	if err != nil {
		return heard{}, err
	}
	out.Charts, out.Few = len(charts), few
	out.RunLength = runLength(len(charts), to.Tolerated)
	limit, err := stat.LimitFor(stat.EWMAWeight, out.RunLength)
	for i := range charts {
		if err == nil {
			err = charts[i].listen(limit)
		}
	}
	return heard{charts, out}, err
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
