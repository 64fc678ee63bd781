package insight

import (
	"context"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/run"
)

// BenchmarkPromises is a year of a busy touchpoint: two promises, deliveries over a month, every answer on both scales.
func BenchmarkPromises(b *testing.B) {
	d := &desk{week: run.DefaultWeek()}
	for ago := range int32(365) {
		p := feedback.Promises{}
		for days := range int32(30) {
			for _, promised := range []int32{8, 15} {
				p[took(promised, days)] = 40
				for value := 1; value <= 5; value++ {
					p[given(took(promised, days), value)] = 3
				}
			}
		}
		d.days = append(d.days, PromiseDay{feedback.PromiseDay{TouchpointID: 2, Day: today - ago}, p.Counts()})
	}
	now := i18n.DayTime(today).Add(12 * time.Hour)
	s := &Service{Store: d, Zone: time.UTC, Now: func() time.Time { return now }}
	for b.Loop() {
		if _, err := s.Promises(context.Background(), PromiseQuestion{}); err != nil {
			b.Fatal(err)
		}
	}
}
