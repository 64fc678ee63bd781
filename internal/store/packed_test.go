package store

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// TestARatingIsReadAsItWasGiven writes one of every scale there can be, of everything that is judged and expected.
func TestARatingIsReadAsItWasGiven(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC)
	expected := []*int{nil, new(-2), new(-1), new(0), new(1), new(2)}
	judged := []journey.Judged{journey.JudgedPerson, journey.JudgedProcess, journey.JudgedBoth}
	var given []feedback.Rating
	for _, scale := range scales() {
		n := len(given)
		given = append(given, feedback.Rating{ResponseID: int64(n + 1), TouchpointID: 7, JourneyID: 3, At: at, Day: 20516, Scale: scale, Value: scale.Hi,
			Expectation: expected[n%len(expected)], Comment: "ممنون", Judged: judged[n%len(judged)], AnsweredAt: at.Add(time.Hour)})
	}
	onBothEngines(t, func(t *testing.T, s *Store) {
		err := s.InTx(t.Context(), func(ctx context.Context) error {
			answers := make([]feedback.Response, len(given))
			for i, r := range given {
				answers[i] = feedback.Response{ID: r.ResponseID, RunID: r.ResponseID, JourneyID: r.JourneyID, Scale: r.Scale, Met: []int64{}, AnsweredAt: at, CreatedAt: at}
			}
			if err := pour(ctx, s, "responses", answers, ""); err != nil {
				return err
			}
			return pour(ctx, s, "packed_ratings", Packed(given), "")
		})
		if err != nil {
			t.Fatal(err)
		}
		kept, err := all[feedback.Rating](s.r.Table("ratings").Order("response_id"))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(given, kept); d != "" {
			t.Error(d)
		}
	})
}

// scales lists those that pass Check.
func scales() (out []stat.Scale) {
	for _, metric := range []stat.Metric{stat.NPS, stat.CSAT, stat.CES} {
		for i := range (stat.MaxAnswer + 1) * (stat.MaxAnswer + 1) * 2 {
			s := stat.Scale{Metric: metric, Lo: i / 2 / (stat.MaxAnswer + 1), Hi: i / 2 % (stat.MaxAnswer + 1), LowGood: i%2 == 1}
			if s.Check() == nil {
				out = append(out, s)
			}
		}
	}
	return out
}
