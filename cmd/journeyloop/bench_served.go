package main

import (
	"errors"

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
