package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// driverAnswers is how many answers of a journey its driver analysis looks at, the latest: with these the intervals are
// as narrow as anybody can act on, and the page stays quick. It reads answers, as no marginal holds who met what.
const driverAnswers = 20_000

// DriverDays implements insight.Store. Days come in order, without those nobody answered about.
func (s *Store) DriverDays(ctx context.Context, q insight.DriverQuestion) ([]stat.DriverSums, error) {
	var out []stat.DriverSums
	err := s.View(ctx, func(ctx context.Context) error { // answers, ratings and contacts of one moment
		var err error
		out, err = s.driverDays(ctx, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("add up the drivers of journey %d: %w", q.Journey, err)
	}
	return out, nil
}

type driverAnswer struct {
	ID      int64
	Day     int32
	Overall int
}

func (s *Store) driverDays(ctx context.Context, q insight.DriverQuestion) ([]stat.DriverSums, error) {
	from, to := q.From, q.To
	if to == 0 {
		to = math.MaxInt32
	}
	if from == 0 {
		from = math.MinInt32
	}
	answered := `WITH answered AS (SELECT id, run_id, day, overall FROM responses
		WHERE journey_id = ? AND scale = ? AND day BETWEEN ? AND ? AND overall IS NOT NULL ORDER BY answered_at DESC, id DESC LIMIT ?) `
	args := []any{q.Journey, q.Scale.String(), from, to, driverAnswers}
	answers, err := all[driverAnswer](s.read(ctx).Raw(answered+`SELECT id, day, overall FROM answered ORDER BY day, id`, args...))
	if err != nil || len(answers) == 0 {
		return nil, err
	}
	place, scales := map[int64]int{}, map[int64]stat.Scale{}
	for i, t := range q.Touchpoints {
		place[t.ID], scales[t.ID] = i, t.Scale
	}
	said := make(map[int64][]stat.DriverAnswer, len(answers))
	for _, a := range answers {
		said[a.ID] = make([]stat.DriverAnswer, len(q.Touchpoints))
	}
	met, err := all[struct{ ID, TouchpointID int64 }](s.read(ctx).Raw(answered+`SELECT DISTINCT a.id, i.touchpoint_id
		FROM answered a JOIN interactions i ON i.run_id = a.run_id`, args...))
	if err != nil {
		return nil, err
	}
	for _, m := range met {
		if i, ok := place[m.TouchpointID]; ok {
			said[m.ID][i].Met = true
		}
	}
	ratings, err := all[struct {
		ID, TouchpointID int64
		Scale            string
		Value            int
	}](s.read(ctx).Raw(answered+`SELECT a.id, r.touchpoint_id, r.scale, r.value FROM answered a JOIN ratings r ON r.response_id = a.id`, args...))
	if err != nil {
		return nil, err
	}
	for _, r := range ratings {
		if i, ok := place[r.TouchpointID]; ok && scales[r.TouchpointID].String() == r.Scale {
			said[r.ID][i] = stat.DriverAnswer{Met: true, Rated: true, Value: scales[r.TouchpointID].Good(r.Value)}
		}
	}
	return byDay(q, answers, said)
}

func byDay(q insight.DriverQuestion, answers []driverAnswer, said map[int64][]stat.DriverAnswer) ([]stat.DriverSums, error) {
	var out []stat.DriverSums
	for i, a := range answers {
		if i == 0 || a.Day != answers[i-1].Day {
			out = append(out, stat.NewDriverSums(len(q.Touchpoints)))
		}
		if err := out[len(out)-1].Add(q.Scale.Good(a.Overall), said[a.ID], 1); err != nil {
			return nil, fmt.Errorf("answer %d: %w", a.ID, err)
		}
	}
	return out, nil
}

// PassedOn implements insight.Store.
func (s *Store) PassedOn(ctx context.Context, journeyID int64, from, to int32) (insight.Passed, error) {
	var span Span
	if from != math.MinInt32 {
		span.From = s.begins(from)
	}
	if to != math.MaxInt32 {
		span.Until = s.begins(to + 1)
	}
	type row struct {
		ID int64
		N  int
	}
	db := s.read(ctx).Table("interactions").Select("interactions.touchpoint_id AS id, COUNT(DISTINCT interactions.run_id) AS n").
		Joins("JOIN runs ON runs.id = interactions.run_id").Where("runs.journey_id = ?", journeyID).Group("interactions.touchpoint_id")
	rows, err := all[row](span.within(db, "interactions.started_at"))
	if err != nil {
		return insight.Passed{}, fmt.Errorf("count who passed on journey %d: %w", journeyID, err)
	}
	out := insight.Passed{Runs: mapped(rows, func(r row) (int64, int) { return r.ID, r.N })}
	first, err := all[struct{ Day *int32 }](s.read(ctx).Raw("SELECT MIN(day) AS day FROM marginals WHERE dim = ? AND journey_id = ?", feedback.ByTouchpoint, journeyID))
	if err != nil {
		return insight.Passed{}, fmt.Errorf("count who passed on journey %d: %w", journeyID, err)
	}
	if len(first) > 0 && first[0].Day != nil {
		out.First = *first[0].Day
	}
	return out, nil
}

// begins is when a day of the company starts.
func (s *Store) begins(day int32) time.Time {
	y, m, d := i18n.DayTime(day).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, s.zone).UTC()
}

// effortRow is what a leader thinks that mending a touchpoint of her journey takes.
type effortRow struct {
	JourneyID    int64 `gorm:"primaryKey"`
	TouchpointID int64 `gorm:"primaryKey"`
	Days         int
}

// Efforts implements insight.Store.
func (s *Store) Efforts(ctx context.Context, journeyID int64) (map[int64]float64, error) {
	rows, err := all[effortRow](s.read(ctx).Table("efforts").Where("journey_id = ?", journeyID))
	return mapped(rows, func(r effortRow) (int64, float64) { return r.TouchpointID, float64(r.Days) }), err
}

// SaveEffort implements journey.Store.
func (s *Store) SaveEffort(ctx context.Context, journeyID, touchpoint int64, days int) error {
	if days == 0 {
		return s.write(ctx).Exec("DELETE FROM efforts WHERE journey_id = ? AND touchpoint_id = ?", journeyID, touchpoint).Error
	}
	row := effortRow{journeyID, touchpoint, days}
	return s.write(ctx).Table("efforts").Clauses(replacing).Create(&row).Error
}
