package insight

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// ways answers with contacts from memory.
type ways struct {
	Store
	contacts []Contact
	from     time.Time
	until    time.Time
}

func (w *ways) WalksOn(_ context.Context, _ int64, from, until time.Time, runs int) ([]Contact, error) {
	w.from, w.until = from, until
	return w.contacts[:min(len(w.contacts), runs)], nil // one contact a run here
}

func (*ways) Look(context.Context) (*recall.Sight, error) { return new(recall.Changes).Look(1), nil }

func (*ways) Names(context.Context, feedback.Dim, []int64) (map[int64]Named, error) { return nil, nil }

func TestWalksAreTheLatestOnly(t *testing.T) {
	for n, bounded := range map[int]bool{7: false, MostWalks: false, MostWalks + 1: true, MostWalks + 50: true} {
		w := &ways{}
		for i := range n {
			w.contacts = append(w.contacts, Contact{RunID: int64(n - i), TouchpointID: 1})
		}
		got, err := (&Service{Store: w, Zone: time.UTC, Now: time.Now}).Walks(context.Background(), 1, 0, 0)
		if err != nil || got.Bounded != bounded || got.Process.Walks != int64(min(n, MostWalks)) {
			t.Errorf("of %d runs %d are walked, bounded %v, %v", n, got.Process.Walks, got.Bounded, err)
		}
	}
}

func TestTheDaysOfWalksAreTheCompanys(t *testing.T) {
	w := &ways{}
	zone := time.FixedZone("Tehran", 3*3600+1800)
	if _, err := (&Service{Store: w, Zone: zone, Now: time.Now}).Walks(context.Background(), 1, 100, 100); err != nil {
		t.Fatal(err)
	}
	if want := time.Date(1970, 4, 10, 20, 30, 0, 0, time.UTC); !w.from.Equal(want) || !w.until.Equal(want.AddDate(0, 0, 1)) {
		t.Errorf("from %v until %v", w.from, w.until)
	}
}

func TestWhatBecameOfAPromise(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	day := func(d int) *time.Time { x := now.AddDate(0, 0, d); return &x }
	for sentence, c := range map[string]struct {
		due, kept *time.Time
		want      stat.Promised
	}{
		"nothing was promised":                      {nil, nil, stat.NoPromise},
		"kept before it was due":                    {day(-1), day(-2), stat.Kept},
		"kept in the last moment":                   {day(-1), day(-1), stat.Kept},
		"kept too late":                             {day(-2), day(-1), stat.Broken},
		"past due and not kept":                     {day(-1), nil, stat.Broken},
		"not due yet, which counts for nothing":     {day(1), nil, stat.NoPromise},
		"kept before it is due, in the future even": {day(3), day(-1), stat.Kept},
	} {
		if got := (Contact{PromiseDue: c.due, PromiseKept: c.kept}).promised(now); got != c.want {
			t.Errorf("%s: %v, want %v", sentence, got, c.want)
		}
	}
}

func TestContactsAreCutIntoWalks(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	got := walksOf([]Contact{
		{RunID: 2, TouchpointID: 1, StartedAt: at.Add(72 * time.Hour), GaveUp: true},
		{RunID: 1, TouchpointID: 1, StartedAt: at},
		{RunID: 1, TouchpointID: 2, StartedAt: at.Add(26 * time.Hour)},
	}, at)
	if len(got) != 2 || !got[0].GaveUp || got[1].GaveUp || len(got[1].Visits) != 2 {
		t.Fatalf("%+v", got)
	}
	if waits := []time.Duration{got[0].Visits[0].Wait, got[1].Visits[0].Wait, got[1].Visits[1].Wait}; !slices.Equal(waits, []time.Duration{0, 0, 26 * time.Hour}) {
		t.Errorf("waits %v", waits)
	}
}
