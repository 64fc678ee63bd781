package store

import (
	"context"
	"encoding/json"
	"fmt"
)

// TakeErrands takes the oldest errands out of the outbox, for who does them in the same transaction and without a queue.
func (s *Store) TakeErrands(ctx context.Context, limit int) ([]Errand, error) {
	var out []Errand
	err := s.InTx(ctx, func(ctx context.Context) error {
		rows, err := all[outboxRow](s.write(ctx).Table("outbox").Where("topic = ?", topicJob).Order("id").Limit(limit))
		if err != nil || len(rows) == 0 {
			return err
		}
		ids := make([]int64, len(rows))
		out = make([]Errand, len(rows))
		for i, row := range rows {
			ids[i] = row.ID
			if err := json.Unmarshal([]byte(row.Payload), &out[i]); err != nil {
				return fmt.Errorf("read errand %d: %w", row.ID, err)
			}
		}
		return s.write(ctx).Exec("DELETE FROM outbox WHERE id IN ?", ids).Error
	})
	return out, err
}
