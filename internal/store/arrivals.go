package store

import (
	"context"
	"fmt"
	"slices"
)

// Whereabouts is the run a contact is on, by the company's own keys.
type Whereabouts struct{ Journey, Run string }

// KnownJourneys says which of the keys are journeys.
func (s *Store) KnownJourneys(ctx context.Context, keys []string) (map[string]bool, error) {
	return s.known(ctx, "journeys", keys)
}

// KnownTouchpoints says which of the keys are touchpoints.
func (s *Store) KnownTouchpoints(ctx context.Context, keys []string) (map[string]bool, error) {
	return s.known(ctx, "touchpoints", keys)
}

func (s *Store) known(ctx context.Context, table string, keys []string) (map[string]bool, error) {
	type keyRow struct{ Key string }
	rows, err := in[keyRow](s.read(ctx).Select("key"), table, "key", distinct(keys))
	return mapped(rows, func(row keyRow) (string, bool) { return row.Key, true }), err
}

// WhereContacts says on which run each contact is that has one of the keys.
func (s *Store) WhereContacts(ctx context.Context, keys []string) (map[string]Whereabouts, error) {
	keys = distinct(keys)
	out := make(map[string]Whereabouts, len(keys))
	for some := range slices.Chunk(keys, portion) {
		var rows []struct{ Contact, Journey, Run string }
		err := s.read(ctx).Raw(`SELECT i.key AS contact, j.key AS journey, r.key AS run FROM interactions i
			JOIN runs r ON r.id = i.run_id JOIN journeys j ON j.id = r.journey_id WHERE i.key IN ?`, some).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("find contacts: %w", err)
		}
		for _, row := range rows {
			out[row.Contact] = Whereabouts{Journey: row.Journey, Run: row.Run}
		}
	}
	return out, nil
}
