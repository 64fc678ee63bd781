package feedback

import (
	"maps"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/run"
)

func TestARunPassesATouchpointOnceOnTheDayItFirstDoes(t *testing.T) {
	at := func(touchpoint int64, on time.Time) run.Interaction {
		return run.Interaction{TouchpointID: touchpoint, StartedAt: on}
	}
	tehran := time.FixedZone("Tehran", 12600)
	sums := NewSums()
	sums.Pass(7, []run.Interaction{at(visit, day(5)), at(visit, day(3)), at(shop, day(2)), at(visit, day(9))}, tehran, 1)
	sums.Pass(7, []run.Interaction{at(shop, day(2))}, tehran, 1)
	fourth := int32(time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC).Unix() / 86400) // 22:00 of the third is the fourth in Tehran
	want := map[Pass]int64{{7, visit, fourth}: 1, {7, shop, fourth - 1}: 2}
	if !maps.Equal(sums.Passes, want) {
		t.Errorf("%v, want %v", sums.Passes, want)
	}
}
