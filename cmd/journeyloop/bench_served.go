package main

import (
	"errors"

	"github.com/journeyloop/journeyloop/internal/bench"
	"github.com/journeyloop/journeyloop/internal/bench/served"
)

type benchPostCmd struct {
	Answers int  `default:"3000" help:"How many answers each measurement sends."`
	Rounds  int  `default:"3" help:"How often each is measured; medians count."`
	JSON    bool `help:"Print JSON."`
}

func (benchPostCmd) Help() string {
	return "Sends survey forms over real connections to the whole server, which answers when they are on disk, and in turn to the plainest handler that inserts one row. Everything happens in a database of its own beside the one named, which is removed at the end; nobody outside can reach either server.\n\nExample:\n  journeyloop bench post --db postgres://localhost/journeyloop --json"
}

func (c benchPostCmd) Run(w *world) error {
	if c.Answers < 300 || c.Rounds < 1 {
		return usage{errors.New("--answers must be at least 300 and --rounds at least 1")}
	}
	r, err := served.Post(w.ctx, string(w.config.DatabaseURL), w.benching(c.Answers, c.Rounds))
	return w.benched(r, err, c.JSON)
}

type benchImportCmd struct {
	Lines  int  `default:"50000" help:"How many lines the file has."`
	Rounds int  `default:"3" help:"How often each is measured; medians count."`
	JSON   bool `help:"Print JSON."`
}

func (benchImportCmd) Help() string {
	return "Imports a file of rated contacts, and in turn counts its lines and writes the same rows (20,000 of them at most) with nothing asked. Memory must stay the same however long the file is: try --lines 5000000 --rounds 1. Everything happens in databases of its own beside the one named, which are removed at the end.\n\nExample:\n  journeyloop bench import --db postgres://localhost/journeyloop --json"
}

func (c benchImportCmd) Run(w *world) error {
	if c.Lines < 1000 || c.Rounds < 1 {
		return usage{errors.New("--lines must be at least 1000 and --rounds at least 1")}
	}
	r, err := bench.Import(w.ctx, string(w.config.DatabaseURL), w.benching(c.Lines, c.Rounds))
	return w.benched(r, err, c.JSON)
}

type benchDriversCmd struct {
	Answers int  `default:"1000000" help:"How many answers there are at most."`
	Rounds  int  `default:"3" help:"How often each is measured; medians count."`
	JSON    bool `help:"Print JSON."`
}

func (benchDriversCmd) Help() string {
	return "Works out what drives the score of a journey with 14 touchpoints, from 5,000, 50,000 and as many answers as asked for: its cost must not depend on how many they are. It needs no database.\n\nExample:\n  journeyloop bench drivers --json"
}

func (c benchDriversCmd) Run(w *world) error {
	if c.Answers < 5000 || c.Rounds < 1 {
		return usage{errors.New("--answers must be at least 5000 and --rounds at least 1")}
	}
	r, err := bench.Drivers(w.ctx, w.benching(c.Answers, c.Rounds))
	return w.benched(r, err, c.JSON)
}
