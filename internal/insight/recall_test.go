package insight

import (
	"context"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/run"
)

// growing is a store that knows of one more promise whenever it is asked, and of none in transactions.
type growing struct {
	Rollups
	changes recall.Changes
	version int64
	within  bool
	asked   int64
}

func (g *growing) PromiseDays(ctx context.Context, _ PromiseQuestion) ([]PromiseDay, error) {
	recall.From(ctx).Saw(recall.Everything)
	g.asked++
	return []PromiseDay{{feedback.PromiseDay{TouchpointID: 2, Day: today}, feedback.Promises{took(8, 3): g.asked}.Counts()}}, nil
}
func (g *growing) Look(ctx context.Context) (*recall.Sight, error) {
	if g.within {
		return recall.From(recall.Apart(ctx)), nil
	}
	g.changes.Tell(g.version, nil)
	return g.changes.Look(g.version), nil
}
func (*growing) Week(context.Context) (run.Week, error) { return run.DefaultWeek(), nil }
func (*growing) Names(context.Context, feedback.Dim, []int64) (map[int64]Named, error) {
	return nil, nil
}

func TestWhatIsWorkedOutOnce(t *testing.T) {
	g := &growing{version: 7}
	now := time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC)
	s := &Service{Store: g, Zone: time.UTC, Now: func() time.Time { return now }}
	for _, step := range []struct {
		sentence string
		change   func()
		question PromiseQuestion
		made     int64
	}{
		{"the first who asks has it worked out", func() {}, PromiseQuestion{}, 1},
		{"the next is told the same", func() {}, PromiseQuestion{}, 1},
		{"another question is another", func() {}, PromiseQuestion{From: 4}, 2},
		{"and so is one about other touchpoints", func() {}, PromiseQuestion{Touchpoints: []int64{2}}, 3},
		{"none are not all", func() {}, PromiseQuestion{Touchpoints: []int64{}}, 4},
		{"the first is still known", func() {}, PromiseQuestion{}, 1},
		{"another version of the data may say something else", func() { g.version++ }, PromiseQuestion{}, 5},
		{"and another day", func() { now = now.AddDate(0, 0, 1) }, PromiseQuestion{}, 6},
		{"a transaction asks for itself", func() { g.within = true }, PromiseQuestion{}, 7},
	} {
		step.change()
		found, err := s.Promises(t.Context(), step.question)
		if err != nil || len(found) != 1 || found[0].Made != step.made {
			t.Errorf("%s: %+v (%v)", step.sentence, found, err)
		}
	}
}
