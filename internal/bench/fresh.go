package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/intake"
)

// watchers is how many answers are watched at the same time on their way into the figures; watched, how many of each may
// be in one round.
const (
	watchers = 8
	watched  = 100
)

// Fresh measures how long an acknowledged answer takes until the figures of its journey, its touchpoints, its employee and
// her team count it, while answers come in as fast as they are taken.
func Fresh(ctx context.Context, url string, o Options) (Report, error) {
	g, err := open(ctx, url, o.Zone)
	if err != nil {
		return Report{}, fmt.Errorf("prepare the bench: %w", err)
	}
	f := &freshness{ground: g, Options: o}
	err = errors.Join(f.run(ctx), g.close())
	return f.report(), err
}

// freshness is one bench on its way.
type freshness struct {
	*ground
	Options
	load    *crowd
	watched []*watch
	differs int
	seen    int
	taken   *series
	lag     *series
}

// watch is a journey of its own, whose answers come one after the other.
type watch struct {
	*crowd
	journey int64
}

func (f *freshness) run(ctx context.Context) error {
	var err error
	if f.load, err = f.invite(ctx, "load", f.Size, true); err != nil {
		return err
	}
	for i := range watchers {
		name := fmt.Sprint("watched", i)
		c, err := f.invite(ctx, name, watched, false)
		if err != nil {
			return err
		}
		j, err := f.store.JourneyByKey(ctx, name)
		if err != nil {
			return err
		}
		f.watched = append(f.watched, &watch{c, j.ID})
	}
	many := 512
	if f.embedded {
		many = 2048
	}
	f.taken, f.lag = &series{name: "answers taken in meanwhile", clients: many}, &series{name: "acknowledged until it counts everywhere", clients: watchers}
	for round := range f.Rounds {
		if err := f.round(ctx); err != nil {
			return fmt.Errorf("round %d: %w", round+1, err)
		}
		last := f.lag.laps[round]
		f.tell(fmt.Sprintf("%d/%d %.0f answers/s, counted after %.0f ms, 99 of 100 after %.0f ms", round+1, f.Rounds, f.taken.laps[round].rate, last.p50, last.p99))
	}
	return nil
}

// round takes the load in, watches meanwhile, and checks that the figures say what was said.
func (f *freshness) round(ctx context.Context) error {
	if err := f.forget(ctx); err != nil {
		return err
	}
	service := &feedback.Service{Store: f.store, Ledger: f.store, Now: f.store.Now}
	desk := intake.Open(service, f.store, f.store.Writers())
	stop := f.folding(ctx)
	watching, end := context.WithCancel(ctx)
	var all sync.WaitGroup
	lags, errs := make([][]float64, watchers), make([]error, watchers)
	cube := insight.NewCube(f.store)
	for i, w := range f.watched {
		all.Go(func() { lags[i], errs[i] = w.follow(ctx, watching.Done(), desk, cube) })
	}
	taken, err := drive(ctx, f.taken.clients, f.Size, 2*most, func(ctx context.Context, i int) error {
		_, err := desk.Answer(ctx, f.load.tokens[i], f.load.answer(i))
		return err
	})
	end()
	all.Wait()
	desk.Close()
	stop()
	found, wrong := f.store.Verify(ctx)
	f.differs += len(found)
	done := slices.Concat(lags...)
	f.seen += len(done)
	f.taken.laps = append(f.taken.laps, taken)
	f.lag.laps = append(f.lag.laps, lap{float64(len(done)) / (float64(f.Size) / taken.rate), median(done), quantile(done, .99)})
	return errors.Join(append(errs, err, wrong)...)
}

// folding adds what came in to the figures as the product does: every 200 ms, and at once while there is more.
func (g *ground) folding(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var one sync.WaitGroup
	one.Go(func() {
		for ctx.Err() == nil {
			if done, _ := g.store.Fold(ctx); done.More { // what it cannot do now, Verify does
				continue
			}
			select {
			case <-time.After(200 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	})
	return func() { cancel(); one.Wait() }
}

// follow answers again and again until done, and says how many milliseconds each took to be counted.
func (w *watch) follow(ctx context.Context, done <-chan struct{}, desk *intake.Desk, figures insight.Store) (lags []float64, err error) {
	for i, token := range w.tokens {
		select {
		case <-done:
			return lags, nil
		default:
		}
		if _, err := desk.Answer(ctx, token, w.answer(i)); err != nil {
			return lags, err
		}
		acknowledged := time.Now()
		for counted := false; !counted; {
			if counted, err = w.counted(ctx, figures, int64(i+1)); err != nil {
				return lags, err
			}
			if !counted {
				time.Sleep(2 * time.Millisecond)
			}
		}
		lags = append(lags, float64(time.Since(acknowledged).Microseconds())/1000)
	}
	return lags, nil
}

// counted looks whether so many answers are in every figure: once at the journey, five times at touchpoints, with the
// employee and her team.
func (w *watch) counted(ctx context.Context, figures insight.Store, answers int64) (bool, error) {
	for _, of := range []struct {
		dim   feedback.Dim
		times int64
	}{{feedback.ByJourney, 1}, {feedback.ByTouchpoint, met}, {feedback.ByEmployee, met}, {feedback.ByTeam, met}} {
		rows, err := figures.Counts(ctx, insight.Count{Dim: of.dim, JourneyID: w.journey, To: math.MaxInt32 / 2})
		if err != nil {
			return false, err
		}
		n := int64(0)
		for _, r := range rows {
			n += r.Tally.N
		}
		if n < answers*of.times {
			return false, nil
		}
	}
	return true, nil
}

func (f *freshness) report() Report {
	r := Report{Bench: "fresh", Cores: runtime.NumCPU(), Size: f.Size, Unit: "answers", Rounds: f.Rounds, Differs: f.differs}
	if f.lag == nil || len(f.lag.laps) < f.Rounds {
		return r
	}
	r.Engine = f.store.Engine()
	r.Measured = []Measure{f.taken.measure(), f.lag.measure()}
	r.Ratios = []Ratio{atMost("seconds until 99 of 100 count everywhere", slices.Max(f.lag.of(p99Of))/1000, 1)}
	r.Notes = []string{fmt.Sprintf("%d answers were watched on their way", f.seen)}
	return r
}
