package player

import (
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
)

// TestOnlyWhatWasPlantedLeavesItsRange: the slow packing and the review of the bill that was improved, since about when they
// were planted. The delivery after the slow packing may be heard as well; nothing else may.
func TestOnlyWhatWasPlantedLeavesItsRange(t *testing.T) {
	service := &insight.Service{Store: played(t), Zone: demo.Zone(), Now: func() time.Time { return morning }}
	got, err := service.Signals(t.Context(), insight.Listening{Tolerated: insight.Tolerated})
	if err != nil {
		t.Fatal(err)
	}
	if got.Charts < 15 || got.Charts+got.Few < 25 || float64(got.Charts)*52/got.RunLength > insight.Tolerated+1e-9 {
		t.Errorf("%d charts, %d without, run length %.0f", got.Charts, got.Few, got.RunLength)
	}
	found := map[string]insight.Signal{}
	for _, s := range got.List {
		found[s.Key] = s
		t.Logf("%s since %s, down %t: %.2f of %d against %.3f of %d", s.Key, i18n.DayTime(s.Since).Format(time.DateOnly), s.Down, *s.Now.Share, s.Now.N, s.Base.Rate, s.Counted.N)
	}
	for key, planted := range map[string]struct {
		ago  int
		down bool
	}{demo.Slowdown.Touchpoint: {demo.Slowdown.DaysAgo, true}, demo.Worked.Touchpoint: {demo.Worked.DaysAgo, false}} {
		s, heard := found[key]
		if !heard || s.Down != planted.down || s.Since < day(planted.ago+28) || s.Since > day(planted.ago-28) {
			t.Errorf("%s: heard %t, down %t, since %d", key, heard, s.Down, s.Since)
		}
		delete(found, key)
	}
	if s := found["parcel-delivery"]; s.Down {
		delete(found, "parcel-delivery")
	}
	for key := range found {
		t.Errorf("%s is named though nothing happened there", key)
	}
}
