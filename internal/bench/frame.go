package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/store"
)

// What benches of higher floors share with those here: a ground, a crowd, and things measured in turn.

// Lap is one measurement of a thing.
type Lap = lap

// Rate and P99 are what laps are compared by.
func Rate(l Lap) float64 { return l.rate }
func P99(l Lap) float64  { return l.p99 }

// Most is how long one measurement may take, however slow the machine is.
const Most = most

// Drive lets clients do work 0 … n−1 as fast as they can, for as long as Most at the most, and times each. The first error
// ends it.
func Drive(ctx context.Context, clients, n int, do func(ctx context.Context, i int) error) (Lap, error) {
	return drive(ctx, clients, n, most, do)
}

// Thing is what a bench measures, round by round.
type Thing struct {
	series
	Measure func(ctx context.Context) (Lap, error)
}

// NewThing names a thing that clients ask for at the same time.
func NewThing(name string, clients int, measure func(ctx context.Context) (Lap, error)) *Thing {
	return &Thing{series{name: name, clients: clients}, measure}
}

// Against compares two things round by round: the median of the ratios.
func (t *Thing) Against(other *Thing, of func(Lap) float64) float64 {
	return t.against(&other.series, of)
}

// Median of what was measured.
func (t *Thing) Median(of func(Lap) float64) float64 { return median(t.of(of)) }

// Measure measures things in turn, as many rounds as the options say, and puts them into the report.
func (r *Report) Measure(ctx context.Context, o Options, things ...*Thing) error {
	r.Cores, r.Size, r.Rounds = runtime.NumCPU(), o.Size, o.Rounds
	for round := range o.Rounds {
		for _, t := range things {
			l, err := t.Measure(ctx)
			if err != nil {
				return fmt.Errorf("measure %s: %w", t.name, err)
			}
			t.laps = append(t.laps, l)
			if o.Tell != nil {
				o.Tell(fmt.Sprintf("%d/%d %s, %d clients: %.0f %s/s", round+1, o.Rounds, t.name, t.clients, l.rate, r.Unit))
			}
		}
	}
	for _, t := range things {
		r.Measured = append(r.Measured, t.measure())
	}
	return nil
}

// AtLeast and AtMost put a ratio with its goal into the report.
func (r *Report) AtLeast(name string, is, goal float64) {
	r.Ratios = append(r.Ratios, atLeast(name, is, goal))
}
func (r *Report) AtMost(name string, is, goal float64) {
	r.Ratios = append(r.Ratios, atMost(name, is, goal))
}

// Ground is a database of the bench's own, beside the one named.
type Ground struct{ *ground }

// Open makes the ground: a schema on PostgreSQL, a file for SQLite.
func Open(ctx context.Context, url string, zone *time.Location) (Ground, error) {
	g, err := open(ctx, url, zone)
	if err != nil {
		return Ground{}, fmt.Errorf("prepare the bench: %w", err)
	}
	return Ground{g}, nil
}

// Close removes the database. The store is closed with it.
func (g Ground) Close() error { return g.close() }

// Store is the product's way into the database.
func (g Ground) Store() *store.Store { return g.store }

// URL is the address of the database.
func (g Ground) URL() string { return g.url }

// Embedded is true on SQLite.
func (g Ground) Embedded() bool { return g.embedded }

// Exec is the plain way into the database, beside the store's.
func (g Ground) Exec(ctx context.Context, q string, args ...any) error {
	return g.db.WithContext(ctx).Exec(q, args...).Error
}

// Forget takes every answer back.
func (g Ground) Forget(ctx context.Context) error { return g.forget(ctx) }

// Crowd is people with a link to a survey each.
type Crowd struct{ *crowd }

// Invite makes a crowd of n whose runs met five of forty touchpoints, served by one of two hundred employees.
func (g Ground) Invite(ctx context.Context, name string, n int) (Crowd, error) {
	c, err := g.invite(ctx, name, n, true)
	if err != nil {
		return Crowd{}, err
	}
	c.settings = nil // for the naive way alone, and most of what is remembered of a crowd
	return Crowd{c}, nil
}

// Tokens are those in the links.
func (c Crowd) Tokens() []string { return c.tokens }

// Answer is what the i-th says.
func (c Crowd) Answer(i int) feedback.Answer { return c.answer(i) }
