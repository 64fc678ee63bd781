package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/intake"
)

// most is how long one measurement may take, however slow the machine is.
const most = 15 * time.Second

// Write measures how fast answers are taken in: each 1 response, 5 ratings with whom they concern, their notices, ledger
// and outbox, acknowledged when they are on disk.
func Write(ctx context.Context, url string, o Options) (Report, error) {
	g, err := open(ctx, url, o.Zone)
	if err != nil {
		return Report{}, fmt.Errorf("prepare the bench: %w", err)
	}
	w := &writing{ground: g, Options: o}
	err = errors.Join(w.run(ctx), g.close())
	return w.report(), err
}

// writing is one bench on its way.
type writing struct {
	*ground
	Options
	spread, hot  *crowd
	copyRatings  *limit
	copyWhole    *limit
	differs      int
	ratings, all *series
	naive64      *series
	few, many    *series // intake with few and many callers
	folded       *series
	same         *series // everybody at the same place
}

func (w *writing) run(ctx context.Context) error {
	var err error
	if w.spread, err = w.invite(ctx, "spread", w.Size, true); err != nil {
		return err
	}
	if w.hot, err = w.invite(ctx, "hot", w.Size, false); err != nil {
		return err
	}
	if err := w.prepare(ctx); err != nil {
		return err
	}
	for round := range w.Rounds {
		for _, m := range w.measures() {
			l, err := m.measure(ctx)
			if err != nil {
				return fmt.Errorf("measure %s: %w", m.name, err)
			}
			m.laps = append(m.laps, l)
			if w.Tell != nil {
				w.Tell(fmt.Sprintf("%d/%d %s, %d callers: %.0f answers/s", round+1, w.Rounds, m.name, m.clients, l.rate))
			}
		}
	}
	return nil
}

// prepare takes every answer once, so that caches are warm and the limit knows what to write.
func (w *writing) prepare(ctx context.Context) error {
	if err := w.forget(ctx); err != nil {
		return err
	}
	if _, err := w.takeIn(ctx, w.spread, 64); err != nil {
		return err
	}
	var err error
	if w.copyRatings, err = w.newLimit(ctx, "packed_ratings"); err != nil {
		return err
	}
	if w.copyWhole, err = w.newLimit(ctx, "responses", "packed_ratings", "further_attributions", "notices", "events", "outbox"); err != nil {
		return err
	}
	few, many := 64, 512
	if w.embedded {
		many = 2048
	}
	w.ratings, w.all = &series{name: "limit: the ratings alone", clients: 8}, &series{name: "limit: every row of the answers", clients: 8}
	if w.embedded {
		w.ratings.clients, w.all.clients = 1, 1
	}
	w.naive64 = &series{name: "naive: one transaction each, figures in it", clients: few}
	w.few, w.many = &series{name: "intake", clients: few}, &series{name: "intake", clients: many}
	w.folded = &series{name: "intake while the figures are folded", clients: many}
	w.same = &series{name: "intake, everybody at the same touchpoints and employee", clients: many}
	return w.forget(ctx)
}

type measured struct {
	*series
	measure func(ctx context.Context) (lap, error)
}

func (w *writing) measures() []measured {
	in := func(s *series, c *crowd) measured {
		return measured{s, func(ctx context.Context) (lap, error) { return w.exactly(ctx, c, s.clients) }}
	}
	return []measured{
		{w.ratings, w.copyRatings.measure},
		in(w.many, w.spread),
		{w.all, w.copyWhole.measure},
		in(w.same, w.hot),
		{w.folded, w.whileFolding},
		in(w.few, w.spread),
		{w.naive64, w.naively},
	}
}

// takeIn lets clients answer for the crowd through the intake.
func (w *writing) takeIn(ctx context.Context, c *crowd, clients int) (lap, error) {
	service := &feedback.Service{Store: w.store, Ledger: w.store, Now: w.store.Now}
	desk := intake.Open(service, w.store, w.store.Writers())
	defer desk.Close()
	return drive(ctx, clients, len(c.tokens), most, func(ctx context.Context, i int) error {
		_, err := desk.Answer(ctx, c.tokens[i], c.answer(i))
		return err
	})
}

// exactly takes the crowd's answers in, checks that the figures say what was said, and takes everything back.
func (w *writing) exactly(ctx context.Context, c *crowd, clients int) (lap, error) {
	l, err := w.takeIn(ctx, c, clients)
	if err != nil {
		return l, err
	}
	return l, w.settled(ctx)
}

func (w *writing) settled(ctx context.Context) error {
	found, err := w.store.Verify(ctx)
	w.differs += len(found)
	return errors.Join(err, w.forget(ctx))
}

// whileFolding takes answers in while they are added to the figures, every 200 ms as the product does.
func (w *writing) whileFolding(ctx context.Context) (lap, error) {
	folding, stop := context.WithCancel(ctx)
	var fold sync.WaitGroup
	fold.Go(func() {
		for tick := time.Tick(200 * time.Millisecond); folding.Err() == nil; {
			select {
			case <-tick:
				_, _ = w.store.Fold(folding) // what it cannot do now, Verify does
			case <-folding.Done():
			}
		}
	})
	l, err := w.takeIn(ctx, w.spread, w.folded.clients)
	stop()
	fold.Wait()
	if err != nil {
		return l, err
	}
	return l, w.settled(ctx)
}

func (w *writing) naively(ctx context.Context) (lap, error) {
	l, err := drive(ctx, w.naive64.clients, len(w.spread.tokens), most/3, func(ctx context.Context, i int) error { return w.naive(ctx, w.spread, i) })
	return l, errors.Join(err, w.forget(ctx))
}

func (w *writing) report() Report {
	r := Report{Bench: "write", Cores: runtime.NumCPU(), Size: w.Size, Unit: "answers", Rounds: w.Rounds, Differs: w.differs}
	if w.naive64 == nil || len(w.naive64.laps) < w.Rounds {
		return r
	}
	r.Engine = w.store.Engine()
	for _, s := range []*series{w.ratings, w.all, w.many, w.folded, w.same, w.few, w.naive64} {
		r.Measured = append(r.Measured, s.measure())
	}
	if r.Engine == "sqlite" {
		r.Ratios = append(r.Ratios, atLeast("64 callers against the bulk limit", w.few.against(w.ratings, rateOf), .35),
			atLeast("2048 callers against the bulk limit", w.many.against(w.ratings, rateOf), .9))
	} else {
		r.Ratios = append(r.Ratios, atLeast("512 callers against the COPY of the ratings", w.many.against(w.ratings, rateOf), .5),
			atLeast("the same while the figures are folded", w.folded.against(w.ratings, rateOf), .4))
	}
	r.Ratios = append(r.Ratios,
		Ratio{Name: "many callers against writing the same rows in bulk", Is: w.many.against(w.all, rateOf), Met: true},
		atLeast("64 callers against the naive way", w.few.against(w.naive64, rateOf), 10),
		atMost("p99 of 64 callers against the naive way", w.few.against(w.naive64, p99Of), .2),
		atLeast("the same touchpoints and employee against spread out", w.same.against(w.many, rateOf), .8))
	return r
}
