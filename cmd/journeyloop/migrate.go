package main

import (
	"fmt"

	"github.com/journeyloop/journeyloop/internal/store"
)

type migrateCmd struct {
	JSON bool `help:"Print JSON."`
}

func (migrateCmd) Help() string {
	return "Example:\n  journeyloop migrate --db postgres://app@/journeyloop"
}

func (c migrateCmd) Run(w *world) error {
	s, err := store.Open(w.ctx, string(w.config.DatabaseURL), w.config.TimeZone)
	if err != nil {
		return err
	}
	defer s.Close()
	steps, err := s.Migrate(w.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return w.print(map[string]any{"steps": steps, "engine": s.Engine()})
	}
	_, err = fmt.Fprintf(w.out, "The tables are up to date (%d steps).\n", steps)
	return err
}
