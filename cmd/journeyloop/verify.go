package main

import (
	"errors"
	"fmt"

	"github.com/journeyloop/journeyloop/internal/feedback"
)

type verifyCmd struct {
	JSON   bool `help:"Print JSON."`
	Repair bool `help:"Write over what differs with what the raw records say."`
}

func (verifyCmd) Help() string {
	return "Recounts every answer and rating and compares with what the figures are made from.\nWith --repair it makes the days that differ anew; each leaves a line in the ledger. Others may go on working.\n\nExample:\n  journeyloop verify --db sqlite:journeyloop.db"
}

// errDiffers is how verify fails: the differences themselves are its output.
var errDiffers = errors.New("the figures do not match the raw records")

type difference struct {
	feedback.Cell
	RawN      int64 `json:"raw_n"`
	RollupN   int64 `json:"rollup_n"`
	RawSum    int64 `json:"raw_sum"`
	RollupSum int64 `json:"rollup_sum"`
}

func (c verifyCmd) Run(w *world) error {
	s, err := w.openKept()
	if err != nil {
		return err
	}
	defer s.Close()
	check := s.Verify
	if c.Repair {
		check = s.Repair
	}
	found, err := check(w.ctx)
	if err != nil {
		return err
	}
	out := make([]difference, len(found))
	for i, d := range found {
		out[i] = difference{Cell: d.Cell, RawN: d.Raw.N, RollupN: d.Rollup.N, RawSum: d.Raw.Sum, RollupSum: d.Rollup.Sum}
	}
	if c.JSON {
		if err := w.print(map[string]any{"differences": out, "repaired": c.Repair}); err != nil {
			return err
		}
	} else {
		for _, d := range out {
			fmt.Fprintf(w.out, "%s %d, journey %d, touchpoint %d, %s, day %d: raw n %d sum %d, figures n %d sum %d\n",
				d.Dim, d.ID, d.JourneyID, d.TouchpointID, d.Scale, d.Day, d.RawN, d.RawSum, d.RollupN, d.RollupSum)
		}
		fmt.Fprintf(w.out, "%d differences%s.\n", len(out), map[bool]string{true: ", repaired"}[c.Repair && len(out) > 0])
	}
	if len(out) > 0 && !c.Repair {
		return errDiffers
	}
	return nil
}
