package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Repair is Verify that writes over what differs with what the raw records say, with a line in the ledger for every day it
// mends. It returns what it found and mended. Others may write meanwhile; they are folded after it.
func (s *Store) Repair(ctx context.Context) (found []Difference, err error) {
	for range 20 {
		if err = s.FoldAll(ctx); err != nil { // in small transactions, so that little is left for the great one
			return nil, err
		}
		if found, err = s.repair(ctx); !s.d.busy(err) && !errors.Is(err, ErrStillWriting) {
			break
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	if err != nil {
		return nil, fmt.Errorf("repair figures: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found, s.FoldAll(ctx)
}

// repair leads the folding to its end, so that the raw records it sees are just those that are counted.
func (s *Store) repair(ctx context.Context) (found []Difference, err error) {
	err = s.onMoment(ctx, func(ctx context.Context) error {
		s.soon(ctx) // the version's row is changed by everybody: a long repair that touched it would never get through
		db := s.write(ctx)
		if lead, err := s.d.lead(db); err != nil || !lead {
			return cmp.Or(err, ErrStillWriting)
		}
		for {
			done, err := s.fold(ctx)
			if err != nil {
				return err
			}
			if done.Rows == 0 {
				break
			}
		}
		if found, err = recount(db, s.zone, func(int, int) {}); err != nil || len(found) == 0 {
			return err
		}
		if err := s.mend(ctx, found); err != nil {
			return err
		}
		return s.Record(ctx, repaired(found)...)
	})
	return found, err
}

// mend writes what the raw records say. No fold tells of it: the version moves, and whoever keeps figures in memory reads
// them anew, as what was damaged may be among them or not.
func (s *Store) mend(ctx context.Context, found []Difference) error {
	db := s.write(ctx)
	cells := map[feedback.Cell]stat.Tally{}
	drivers := map[feedback.DriverDay]bool{}
	promises := map[feedback.PromiseDay]bool{}
	var passes []Difference
	for _, d := range found {
		if d.Dim == byPasses {
			passes = append(passes, d)
			continue
		}
		if d.Dim == byPromises {
			promises[feedback.PromiseDay{JourneyID: d.JourneyID, TouchpointID: d.TouchpointID, TeamID: d.ID, Day: d.Day}] = true
			continue
		}
		if d.Dim == byDrivers {
			drivers[feedback.DriverDay{JourneyID: d.JourneyID, Scale: d.Scale, Day: d.Day}] = true
			continue
		}
		err := db.Exec("DELETE FROM marginals WHERE dim = ? AND id = ? AND journey_id = ? AND touchpoint_id = ? AND scale = ? AND day = ?",
			d.Dim, d.ID, d.JourneyID, d.TouchpointID, d.Scale, d.Day).Error
		if err != nil {
			return err
		}
		if d.Raw != (stat.Tally{}) {
			cells[d.Cell] = d.Raw
		}
	}
	if _, err := nextFigures(db); err != nil {
		return err
	}
	if err := s.upsertMarginals(ctx, cells); err != nil {
		return err
	}
	sums, err := rawTeamSets(db)
	if err != nil {
		return err
	}
	if err := addTeamSets(db, sums.Sets); err != nil {
		return err
	}
	if err := mendPromises(db, s.zone, promises); err != nil {
		return err
	}
	if err := mendPasses(db, passes); err != nil {
		return err
	}
	return mendDrivers(db, slices.SortedFunc(maps.Keys(drivers), feedback.CompareDriverDays))
}

func mendDrivers(db *gorm.DB, damaged []feedback.DriverDay) error {
	if len(damaged) == 0 {
		return nil
	}
	raw, err := rawDrivers(db)
	if err != nil {
		return err
	}
	for _, at := range damaged {
		pairs := raw.Drivers[at]
		if pairs == nil {
			pairs = &feedback.Pairs{}
		}
		if err := putDrivers(db, at, pairs); err != nil {
			return err
		}
	}
	return nil
}

// repaired are the ledger lines of a repair, one for each day.
func repaired(found []Difference) []event.Event {
	cells := map[int32]int{}
	for _, d := range found {
		cells[d.Day]++
	}
	var out []event.Event
	for _, day := range slices.Sorted(maps.Keys(cells)) {
		out = append(out, event.Event{Verb: event.FiguresRepaired, SubjectKind: "day", SubjectID: int64(day), Particulars: map[string]any{"differences": cells[day]}})
	}
	return out
}
