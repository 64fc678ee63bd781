package store

import (
	"context"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/insight"
)

// WalksOn implements insight.Store: one question, bounded by the number of runs. Contacts of the same moment come in the
// order of the catalogue (methods.md §10).
func (s *Store) WalksOn(ctx context.Context, journey int64, from, until time.Time, runs int) ([]insight.Contact, error) {
	ended, args := "journey_id = ? AND ended_at IS NOT NULL", []any{journey}
	if !from.IsZero() {
		ended, args = ended+" AND ended_at >= ?", append(args, from)
	}
	if !until.IsZero() {
		ended, args = ended+" AND ended_at < ?", append(args, until)
	}
	out, err := all[insight.Contact](s.read(ctx).Raw(`SELECT i.run_id, i.touchpoint_id, i.started_at, i.promise_due, i.promise_kept,
			CASE WHEN r.state = 'abandoned' THEN 1 ELSE 0 END AS gave_up
		FROM (SELECT id, state, ended_at FROM runs WHERE `+ended+` ORDER BY ended_at DESC, id DESC LIMIT ?) r
		JOIN interactions i ON i.run_id = r.id
		ORDER BY r.ended_at DESC, r.id DESC, i.started_at, i.touchpoint_id, i.id`, append(args, runs)...))
	if err != nil {
		return nil, fmt.Errorf("walks on journey %d: %w", journey, err)
	}
	return out, nil
}
