package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// nextFigures moves the version of the figures on, for what is about to be written.
func nextFigures(db *gorm.DB) (version int64, err error) {
	err = db.Raw("UPDATE data_version SET version = version + 1 WHERE id = ? RETURNING version", figuresVersion).Scan(&version).Error
	return version, err
}

// FiguresVersion implements insight.Rollups. Every count asks for it, so it goes past GORM.
func (s *Store) FiguresVersion(ctx context.Context) (int64, error) {
	one := func(int64) int { return 1 }
	return recall.Find(ctx, &s.told, figuresVersion, one, func(ctx context.Context) (version int64, err error) {
		recall.From(ctx).Saw(areaOf["marginals"])
		err = s.read(ctx).Statement.ConnPool.QueryRowContext(ctx, "SELECT version FROM data_version WHERE id = 2").Scan(&version)
		return version, translating{s: s}.Translate(err)
	})
}

// Within implements insight.Rollups.
func (s *Store) Within(ctx context.Context) bool {
	_, within := s.txOf(ctx)
	return within
}

// Cells implements insight.Rollups. There may be millions of cells: they are read without reflection and kept nowhere.
func (s *Store) Cells(ctx context.Context, dims []feedback.Dim, pass func(feedback.Cell, stat.Tally)) error {
	rows, err := s.read(ctx).Raw(`SELECT dim, id, journey_id, touchpoint_id, scale, day, n, sum, sumsq, n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, below, met, above
		FROM marginals WHERE dim IN ? ORDER BY dim, id, journey_id, touchpoint_id, scale, day`, dims).Rows()
	if err != nil {
		return fmt.Errorf("read the marginals: %w", err)
	}
	defer rows.Close()
	var c feedback.Cell
	var t stat.Tally
	into := []any{&c.Dim, &c.ID, &c.JourneyID, &c.TouchpointID, &c.Scale, &c.Day, &t.N, &t.Sum, &t.SumSq}
	for x := range t.Counts {
		into = append(into, &t.Counts[x])
	}
	into = append(into, &t.Below, &t.Met, &t.Above)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read the marginals: %w", err)
		}
		pass(c, t)
	}
	return rows.Err()
}

// foldRow is what one fold added to the marginals, so that whoever keeps them in memory need not read again what it did
// not touch.
type foldRow struct {
	Version int64 // of the figures, with it
	Cells   int
	Sums    []byte
}

// The folds that are kept have so many cells together, each fold counted as some more: about as many as a node adds up in
// the time in which it would read a company's marginals anew. Older ones go once in a while.
const (
	keptCells    = 1_000_000
	cellsOfAFold = 100
	foldsBetween = 64
)

// note writes down what a fold adds to the marginals.
func (s *Store) note(ctx context.Context, version int64, sums feedback.Sums) error {
	added, err := feedback.Sums{Tallies: sums.Tallies, Sets: sums.Sets}.MarshalBinary()
	if err != nil {
		return err
	}
	if err := pour(ctx, s, "folds", []foldRow{{version, cellsOfAFold + len(sums.Tallies), added}}, ""); err != nil || version%foldsBetween != 0 {
		return err
	}
	return s.write(ctx).Exec(`DELETE FROM folds WHERE version <= (SELECT MAX(version) FROM
		(SELECT version, SUM(cells) OVER (ORDER BY version DESC) AS since FROM folds) q WHERE since > ?)`, keptCells).Error
}

// Folds implements insight.Rollups.
func (s *Store) Folds(ctx context.Context, since int64, pass func(feedback.Sums)) (until int64, err error) {
	rows, err := s.read(ctx).Raw("SELECT version, sums FROM folds WHERE version > ? ORDER BY version", since).Rows()
	if err != nil {
		return since, fmt.Errorf("read what was folded: %w", err)
	}
	defer rows.Close()
	for until = since; rows.Next(); until++ {
		var version int64
		var added []byte
		if err := rows.Scan(&version, &added); err != nil {
			return until, fmt.Errorf("read what was folded: %w", err)
		}
		if version != until+1 {
			break
		}
		var sums feedback.Sums
		if err := sums.UnmarshalBinary(added); err != nil {
			return until, fmt.Errorf("read what fold %d added: %w", version, err)
		}
		pass(sums)
	}
	return until, rows.Err()
}
