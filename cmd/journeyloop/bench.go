package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/journeyloop/journeyloop/internal/bench"
)

type benchCmd struct {
	Write benchWriteCmd `cmd:"" help:"How fast answers are taken in."`
	Post  benchPostCmd  `cmd:"" help:"How fast survey forms are taken in by the whole server."`
	Read  benchReadCmd  `cmd:"" help:"What figures cost, by how much was rated."`
	Size  benchSizeCmd  `cmd:"" help:"How much disk a rating takes."`
	Page  benchPageCmd  `cmd:"" help:"How fast pages are answered with."`
	Fresh benchFreshCmd `cmd:"" help:"How soon answers count."`
}

type benchWriteCmd struct {
	Answers int  `default:"6000" help:"How many answers each measurement takes in."`
	Rounds  int  `default:"3" help:"How often each is measured; medians count."`
	JSON    bool `help:"Print JSON."`
}

func (benchWriteCmd) Help() string {
	return "Measures in turn: the engine's own limit, the intake, and one transaction for each answer. Everything happens in a database of its own beside the one named (a schema on PostgreSQL, a file for SQLite), which is removed at the end. Ratios are what counts: times depend on the machine.\n\nExample:\n  journeyloop bench write --db sqlite:journeyloop.db --json"
}

type benchReadCmd struct {
	Ratings int  `default:"10000000" help:"How many ratings there are, beside a million to compare with."`
	Rounds  int  `default:"3" help:"How often each figure is measured; medians count."`
	JSON    bool `help:"Print JSON."`
}

func (benchReadCmd) Help() string {
	return "Writes two years of a company of 1,000 people, 100 teams, 60 touchpoints and 20 journeys into two databases of its own beside the one named, one with a million ratings and one with as many as asked for, and asks each in turn for every figure, as pages do. Then counts the same from the raw rows. It needs about 420 bytes of disk for each rating, and refuses where that is not there.\n\nExample:\n  journeyloop bench read --ratings 50000000 --db postgres://localhost/journeyloop --json"
}

func (c benchReadCmd) Run(w *world) error {
	if c.Ratings < 10_000 || c.Rounds < 1 {
		return usage{errors.New("--ratings must be at least 10000 and --rounds at least 1")}
	}
	r, err := bench.Read(w.ctx, string(w.config.DatabaseURL), w.benching(c.Ratings, c.Rounds))
	return w.benched(r, err, c.JSON)
}

type benchSizeCmd struct {
	Ratings int  `default:"200000" help:"How many ratings are taken in."`
	JSON    bool `help:"Print JSON."`
}

func (benchSizeCmd) Help() string {
	return "Takes answers in as the product does, and measures the tables they leave with their indexes. Everything happens in a database of its own beside the one named, which is removed at the end.\n\nExample:\n  journeyloop bench size --db sqlite:journeyloop.db --json"
}

func (c benchSizeCmd) Run(w *world) error {
	if c.Ratings < 1000 {
		return usage{errors.New("--ratings must be at least 1000")}
	}
	r, err := bench.Size(w.ctx, string(w.config.DatabaseURL), w.benching(c.Ratings, 1))
	return w.benched(r, err, c.JSON)
}

// errNotExact is how a bench fails whose figures were wrong: then its speed does not matter.
var errNotExact = errors.New("after the bench the figures did not match the raw records")

func (c benchWriteCmd) Run(w *world) error {
	if c.Answers < 100 || c.Rounds < 1 {
		return usage{errors.New("--answers must be at least 100 and --rounds at least 1")}
	}
	r, err := bench.Write(w.ctx, string(w.config.DatabaseURL), w.benching(c.Answers, c.Rounds))
	return w.benched(r, err, c.JSON)
}

// benching says on the way what was measured.
func (w *world) benching(size, rounds int) bench.Options {
	return bench.Options{Size: size, Rounds: rounds, Zone: w.config.TimeZone, Tell: func(done string) { fmt.Fprintln(w.err, done) }}
}

// benched prints what a bench found.
func (w *world) benched(r bench.Report, err error, asJSON bool) error {
	if err != nil {
		return err
	}
	if asJSON {
		err = w.print(r)
	} else {
		err = printBench(w, r)
	}
	if err == nil && r.Differs > 0 {
		return errNotExact
	}
	return err
}

func printBench(w *world, r bench.Report) error {
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s, %d cores, %d %s, medians of %d rounds\nclients\t%s/s\tp50 ms\tp99 ms\t\n", r.Engine, r.Cores, r.Size, r.Unit, r.Rounds, r.Unit)
	for _, m := range r.Measured {
		fmt.Fprintf(t, "%d\t%.0f\t%.3g\t%.3g\t%s\n", m.Clients, m.Rate, m.P50, m.P99, m.Name)
	}
	fmt.Fprintln(t, "\nratio\tgoal\t\t\t")
	for _, x := range r.Ratios {
		goal := "–"
		if x.Goal > 0 {
			goal = fmt.Sprintf("≥ %g", x.Goal)
		}
		if x.Most {
			goal = fmt.Sprintf("≤ %g", x.Goal)
		}
		fmt.Fprintf(t, "%.3g\t%s\t\t\t%s\n", x.Is, goal, x.Name)
	}
	fmt.Fprintf(t, "%d\t0\t\t\tcells of figures that differ from the records\n", r.Differs)
	for _, note := range r.Notes {
		fmt.Fprintln(t, note)
	}
	return t.Flush()
}
