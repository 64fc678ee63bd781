package chart

import (
	"math"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// What the samples are about: a scale and a Monday.
var (
	sampleScale = stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	sampleDay   = i18n.Day(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), nil)
)

// sampleTally are n answers of which about that share is satisfied.
func sampleTally(n int64, share float64) stat.Tally {
	var t stat.Tally
	top := int64(math.Round(share * float64(n)))
	t.Add(5, top-top/3)
	t.Add(4, top/3)
	t.Add(3, (n-top)/2)
	t.Add(1, n-top-(n-top)/2)
	return t
}

// SampleTrend shows every kind of point: solid, indicative, hidden, nobody answered, and a break.
func SampleTrend(r *i18n.Reader) TrendView {
	var points []insight.Point
	for i, n := range []int64{64, 58, 71, 66, 80, 22, 3, 0, 61, 75, 82, 90} {
		from := sampleDay + int32(7*i)
		t := sampleTally(n, 0.82-0.025*float64(i))
		points = append(points, insight.Point{From: from, To: from + 6, Tally: t, Figure: stat.Of(sampleScale, t).Shown()})
	}
	return TrendOf(r, "sample-trend", sampleScale, points, []Break{{Day: sampleDay + 60, Why: r.T("chart.break.version", "n", 2)}})
}
