package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// figuresVersion is the row of data_version that moves with the marginals.
const figuresVersion = 2

// nextFigures moves the version of the figures on, for what is about to be written.
func nextFigures(db *gorm.DB) (version int64, err error) {
	err = db.Raw("UPDATE data_version SET version = version + 1 WHERE id = ? RETURNING version", figuresVersion).Scan(&version).Error
	return version, err
}

// FiguresVersion implements insight.Rollups.
func (s *Store) FiguresVersion(ctx context.Context) (version int64, err error) {
	rows, err := all[int64](s.read(ctx).Raw("SELECT version FROM data_version WHERE id = ?", figuresVersion))
	if err != nil {
		return 0, err
	}
	return rows[0], nil
}

// Within implements insight.Rollups.
func (s *Store) Within(ctx context.Context) bool {
	_, within := s.txOf(ctx)
	return within
}

// Changed implements insight.Rollups. There may be millions of cells: they are read without reflection and kept nowhere.
func (s *Store) Changed(ctx context.Context, dims []feedback.Dim, since int64, pass func(feedback.Cell, stat.Tally)) error {
	q := `SELECT dim, id, journey_id, touchpoint_id, scale, day, n, sum, sumsq, n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, below, met, above
		FROM marginals WHERE dim IN ?`
	args := []any{dims}
	if since > 0 {
		q, args = q+" AND version > ?", append(args, since)
	}
	rows, err := s.read(ctx).Raw(q+" ORDER BY dim, id, journey_id, touchpoint_id, scale, day", args...).Rows()
	if err != nil {
		return fmt.Errorf("read what changed in the marginals: %w", err)
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
			return fmt.Errorf("read what changed in the marginals: %w", err)
		}
		pass(c, t)
	}
	return rows.Err()
}
