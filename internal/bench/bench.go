// Package bench settles arguments about speed with figures: what the product does is measured in turn with its own limit
// and with the obvious way of doing it, in one run on one machine, and printed as ratios, because times alone say more
// about the machine. It works in a database of its own beside the one it is given, and removes it.
//
// It is not for anything that serves somebody, and not for tests: what must hold is tested where it is made. The obvious
// way, one GORM transaction for each answer, is kept here on purpose and nowhere else.
package bench

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how long a bench takes.
type Options struct {
	Size   int // of one measurement, in the unit of the bench
	Rounds int // each thing is measured so often, in turn; the median counts
	Zone   *time.Location
	Tell   func(done string) // what has just been measured
}

func (o Options) tell(done string) {
	if o.Tell != nil {
		o.Tell(done)
	}
}

// Report is what a bench found.
type Report struct {
	Bench    string    `json:"bench"`
	Engine   string    `json:"engine"`
	Cores    int       `json:"cores"`
	Size     int       `json:"size"`
	Unit     string    `json:"unit"` // what is counted: answers, pages, figures, ratings, bytes
	Rounds   int       `json:"rounds"`
	Measured []Measure `json:"measured"`
	Ratios   []Ratio   `json:"ratios"`
	Notes    []string  `json:"notes,omitempty"` // what else is worth knowing: what was left out, and why
	Differs  int       `json:"differences"`     // cells of figures that do not say what the records say, over all measurements
}

// Measure is one thing as it was measured. Rate and the times are medians of the rounds.
type Measure struct {
	Name    string    `json:"name"`
	Clients int       `json:"clients"`
	Rate    float64   `json:"per_second"`
	P50     float64   `json:"p50_ms,omitempty"`
	P99     float64   `json:"p99_ms,omitempty"`
	Rates   []float64 `json:"rounds"` // the rate, by round: how far they differ is the noise of the machine
}

// Ratio compares two of them: the median of the ratios of the rounds.
type Ratio struct {
	Name string  `json:"name"`
	Is   float64 `json:"is"`
	Goal float64 `json:"goal,omitempty"`
	Most bool    `json:"at_most,omitempty"` // the goal is a ceiling
	Met  bool    `json:"met"`
}

// lap is one measurement.
type lap struct {
	rate, p50, p99 float64
}

// series is one thing measured round by round.
type series struct {
	name    string
	clients int
	laps    []lap
}

func (s *series) of(f func(lap) float64) []float64 {
	out := make([]float64, len(s.laps))
	for i, l := range s.laps {
		out[i] = f(l)
	}
	return out
}

func rateOf(l lap) float64 { return l.rate }
func p50Of(l lap) float64  { return l.p50 }
func p99Of(l lap) float64  { return l.p99 }

func (s *series) measure() Measure {
	return Measure{Name: s.name, Clients: s.clients, Rate: median(s.of(rateOf)), P50: median(s.of(p50Of)), P99: median(s.of(p99Of)), Rates: s.of(rateOf)}
}

// against compares round by round, so that what slows the machine for a while slows both.
func (s *series) against(other *series, of func(lap) float64) float64 {
	ratios := make([]float64, len(s.laps))
	for i := range ratios {
		ratios[i] = of(s.laps[i]) / of(other.laps[i])
	}
	return median(ratios)
}

func atLeast(name string, is, goal float64) Ratio {
	return Ratio{Name: name, Is: is, Goal: goal, Met: is >= goal}
}

func atMost(name string, is, goal float64) Ratio {
	return Ratio{Name: name, Is: is, Goal: goal, Most: true, Met: is <= goal}
}

func median(x []float64) float64 { return quantile(x, .5) }

// quantile is the nearest rank; 0 of nothing.
func quantile(x []float64, p float64) float64 {
	if len(x) == 0 {
		return 0
	}
	x = slices.Sorted(slices.Values(x))
	return x[min(len(x)-1, int(p*float64(len(x))))]
}

// drive lets clients do work 0 … n−1 as fast as they can, for as long as most at the most, and times each. The first
// error ends it.
func drive(ctx context.Context, clients, n int, most time.Duration, do func(ctx context.Context, i int) error) (lap, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	runtime.GC() // the garbage of preparing is not this measurement's
	var next atomic.Int64
	times := make([][]float64, clients)
	began := time.Now()
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for time.Since(began) < most {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				asked := time.Now()
				if err := do(ctx, i); err != nil {
					stop(err)
					return
				}
				times[c] = append(times[c], float64(time.Since(asked).Microseconds())/1000)
			}
		})
	}
	all.Wait()
	took := time.Since(began).Seconds()
	done := slices.Concat(times...)
	return lap{float64(len(done)) / took, median(done), quantile(done, .99)}, cmp.Or(context.Cause(ctx), nil)
}
