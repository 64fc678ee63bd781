package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// pairRow is one row of the driver statistics.
type pairRow struct {
	JourneyID                          int64
	Scale                              string
	Day                                int32
	A                                  int64
	ScaleA                             string
	B                                  int64
	ScaleB                             string
	XX, XR, XM, RX, RR, RM, MX, MR, MM int64
}

func (p pairRow) pair() feedback.Pair {
	return feedback.Pair{JourneyID: p.JourneyID, Scale: p.Scale, Day: p.Day, A: p.A, ScaleA: p.ScaleA, B: p.B, ScaleB: p.ScaleB}
}

func (p pairRow) products() stat.Products {
	return stat.Products{p.XX, p.XR, p.XM, p.RX, p.RR, p.RM, p.MX, p.MR, p.MM}
}

var pairSums = []string{"xx", "xr", "xm", "rx", "rr", "rm", "mx", "mr", "mm"}

var pairColumns = "journey_id, scale, day, a, scale_a, b, scale_b, " + strings.Join(pairSums, ", ")

// upsertPairs adds to the driver statistics, in key order, so that two folds cannot wait for each other in a circle.
func upsertPairs(db *gorm.DB, pairs map[feedback.Pair]stat.Products) error {
	keys := slices.SortedFunc(maps.Keys(pairs), comparePairs)
	keys = slices.DeleteFunc(keys, func(k feedback.Pair) bool { return pairs[k] == (stat.Products{}) })
	for some := range slices.Chunk(keys, batch) {
		var q strings.Builder
		q.WriteString("INSERT INTO driver_pairs (" + pairColumns + ") VALUES ")
		args := make([]any, 0, 16*len(some))
		for i, k := range some {
			if i > 0 {
				q.WriteString(", ")
			}
			q.WriteString("(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
			args = append(args, k.JourneyID, k.Scale, k.Day, k.A, k.ScaleA, k.B, k.ScaleB)
			for _, x := range pairs[k] {
				args = append(args, x)
			}
		}
		q.WriteString(" ON CONFLICT (journey_id, scale, day, a, scale_a, b, scale_b) DO UPDATE SET ")
		for i, c := range pairSums {
			if i > 0 {
				q.WriteString(", ")
			}
			q.WriteString(c + " = driver_pairs." + c + " + excluded." + c)
		}
		if err := db.Exec(q.String(), args...).Error; err != nil {
			return err
		}
	}
	return nil
}

func comparePairs(a, b feedback.Pair) int {
	return cmp.Or(cmp.Compare(a.JourneyID, b.JourneyID), cmp.Compare(a.Scale, b.Scale), cmp.Compare(a.Day, b.Day), cmp.Compare(a.A, b.A),
		cmp.Compare(a.ScaleA, b.ScaleA), cmp.Compare(a.B, b.B), cmp.Compare(a.ScaleB, b.ScaleB))
}

// DriverDays implements insight.Store, from the driver statistics alone. Days come in order, without those nobody answered
// about.
func (s *Store) DriverDays(ctx context.Context, q insight.DriverQuestion) ([]stat.DriverSums, error) {
	from, to := q.From, cmp.Or(q.To, math.MaxInt32)
	if from == 0 {
		from = math.MinInt32
	}
	rows, err := all[pairRow](s.read(ctx).Raw("SELECT "+pairColumns+" FROM driver_pairs WHERE journey_id = ? AND scale = ? AND day BETWEEN ? AND ? AND mm <> 0 ORDER BY day",
		q.Journey, q.Scale.String(), from, to))
	if err != nil {
		return nil, fmt.Errorf("drivers of journey %d: %w", q.Journey, err)
	}
	var out []stat.DriverSums
	places := placesOf(q)
	for i, r := range rows {
		if i == 0 || r.Day != rows[i-1].Day {
			out = append(out, stat.NewDriverSums(len(q.Touchpoints)))
		}
		if err := places.add(&out[len(out)-1], r); err != nil {
			return nil, fmt.Errorf("drivers of journey %d: %w", q.Journey, err)
		}
	}
	return out, nil
}

// places says where each touchpoint stands in a question, and on which scale its ratings are looked at.
type places map[int64]struct {
	at    int
	scale string
}

func placesOf(q insight.DriverQuestion) places {
	out := places{0: {stat.Outcome, ""}}
	for i, t := range q.Touchpoints {
		out[t.ID] = struct {
			at    int
			scale string
		}{i, t.Scale.String()}
	}
	return out
}

// add counts a row. A rating on another scale than the one asked for only says that the touchpoint was met.
func (p places) add(s *stat.DriverSums, r pairRow) error {
	a, okA := p[r.A]
	b, okB := p[r.B]
	if !okA || !okB {
		return nil
	}
	x := r.products()
	if a.scale != r.ScaleA {
		x[0], x[1], x[2], x[3], x[4], x[5] = 0, 0, 0, 0, 0, 0
	}
	if b.scale != r.ScaleB {
		x[0], x[1], x[3], x[4], x[6], x[7] = 0, 0, 0, 0, 0, 0
	}
	return s.AddProducts(a.at, b.at, x)
}

// recountAtOnce is how many answers a recount of the driver statistics holds at a time.
const recountAtOnce = 2000

// verifyPairs recounts the driver statistics from answers and ratings.
func verifyPairs(db *gorm.DB) ([]Difference, error) {
	raw := map[feedback.Pair]stat.Products{}
	for last := int64(0); ; {
		responses, err := all[feedback.Response](db.Table("responses").Where("id > ? AND overall IS NOT NULL", last).Order("id").Limit(recountAtOnce))
		if err != nil {
			return nil, err
		}
		if len(responses) == 0 {
			break
		}
		first := responses[0].ID
		last = responses[len(responses)-1].ID
		ratings, err := all[feedback.Rating](db.Table("ratings").Where("response_id BETWEEN ? AND ?", first, last))
		if err != nil {
			return nil, err
		}
		of := map[int64][]feedback.Rating{}
		for _, r := range ratings {
			of[r.ResponseID] = append(of[r.ResponseID], r)
		}
		for _, r := range responses {
			r.Ratings = of[r.ID]
			for _, d := range r.Deltas(+1) {
				if err := d.Pairs(raw); err != nil {
					return nil, err
				}
			}
		}
	}
	rollup, err := all[pairRow](db.Raw("SELECT " + pairColumns + " FROM driver_pairs WHERE mm <> 0"))
	if err != nil {
		return nil, err
	}
	return differentPairs(raw, rollup), nil
}

// byDrivers names the driver statistics among the marginals when they differ; ID and TouchpointID are the pair.
const byDrivers feedback.Dim = "drivers"

func differentPairs(raw map[feedback.Pair]stat.Products, rollup []pairRow) []Difference {
	var out []Difference
	differ := func(p feedback.Pair, raw, kept stat.Products) {
		tally := func(x stat.Products) stat.Tally { return stat.Tally{N: x[8], Sum: x[1], SumSq: x[0]} }
		out = append(out, Difference{Cell: feedback.Cell{Dim: byDrivers, ID: p.A, TouchpointID: p.B, JourneyID: p.JourneyID, Scale: p.Scale, Day: p.Day},
			Raw: tally(raw), Rollup: tally(kept)})
	}
	for _, r := range rollup {
		if p := r.pair(); raw[p] != r.products() {
			differ(p, raw[p], r.products())
		}
		delete(raw, r.pair())
	}
	for p, x := range raw {
		differ(p, x, stat.Products{})
	}
	return out
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
