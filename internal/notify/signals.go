package notify

import (
	"context"
	"fmt"
	"slices"

	"github.com/journeyloop/journeyloop/internal/event"
)

// Signal is a touchpoint whose ratings on a scale have left the range of their first weeks since about a day, and stayed
// out of it.
type Signal struct {
	TouchpointID int64
	Scale        string
	Since        int32
	Down         bool
}

// toldKey is the setting of the signals that were told.
const toldKey = "signals_told"

// Listen takes in the signals there are now, and tells of those that were not there before, once: that a signal is dated
// anew makes it no other. One that ended and sounds again is told again.
func (s *Service) Listen(ctx context.Context, now []Signal) error {
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		var told, sounding []string
		err := s.Store.Setting(ctx, toldKey, &told)
		for _, x := range now {
			key := fmt.Sprint(x.TouchpointID, " ", x.Scale, " ", x.Down)
			if sounding = append(sounding, key); err == nil && !slices.Contains(told, key) {
				err = s.Ledger.Record(ctx, event.Event{Verb: event.SignalSounded, SubjectKind: "touchpoint", SubjectID: x.TouchpointID, At: s.Now(),
					Particulars: map[string]any{"scale": x.Scale, "since": fmt.Sprint(x.Since), "down": x.Down}})
			}
		}
		if slices.Sort(sounding); err != nil || slices.Equal(told, sounding) {
			return err
		}
		return s.Store.SaveSetting(ctx, toldKey, sounding)
	})
	if err != nil {
		return fmt.Errorf("listen to signals: %w", err)
	}
	return nil
}
