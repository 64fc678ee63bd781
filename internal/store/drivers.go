package store

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// driverRow is the driver statistics of one day of a journey.
type driverRow struct {
	JourneyID int64
	Scale     string
	Day       int32
	Pairs     []byte
}

func (r driverRow) day() feedback.DriverDay {
	return feedback.DriverDay{JourneyID: r.JourneyID, Scale: r.Scale, Day: r.Day}
}

// addDrivers adds to the driver statistics. Only who leads the folding may: the rows are read and written back. A row that
// cannot be read stays as it is; verify says so, and repairs it.
func addDrivers(db *gorm.DB, days map[feedback.DriverDay]*feedback.Pairs) error {
	for of, some := range daysByJourney(days) {
		kept, err := all[driverRow](db.Table("driver_days").Where("journey_id = ? AND scale = ? AND day IN ?", of.JourneyID, of.Scale, some))
		if err != nil {
			return err
		}
		was := mapped(kept, func(r driverRow) (int32, []byte) { return r.Day, r.Pairs })
		for _, day := range some {
			at := of
			at.Day = day
			var pairs feedback.Pairs
			if raw, known := was[day]; known && pairs.UnmarshalBinary(raw) != nil {
				continue
			}
			pairs.Plus(days[at])
			if err := putDrivers(db, at, &pairs); err != nil {
				return err
			}
		}
	}
	return nil
}

// daysByJourney groups days by journey and scale, in order, so many at a time that one question may name them.
func daysByJourney(days map[feedback.DriverDay]*feedback.Pairs) iter.Seq2[feedback.DriverDay, []int32] {
	return func(yield func(feedback.DriverDay, []int32) bool) {
		keys := slices.SortedFunc(maps.Keys(days), feedback.CompareDriverDays)
		for start := 0; start < len(keys); {
			of := feedback.DriverDay{JourneyID: keys[start].JourneyID, Scale: keys[start].Scale}
			var some []int32
			for start < len(keys) && len(some) < batch && keys[start].JourneyID == of.JourneyID && keys[start].Scale == of.Scale {
				some = append(some, keys[start].Day)
				start++
			}
			if !yield(of, some) {
				return
			}
		}
	}
}

// putDrivers writes the driver statistics of a day over what is there.
func putDrivers(db *gorm.DB, at feedback.DriverDay, pairs *feedback.Pairs) error {
	if pairs.Empty() {
		return db.Exec("DELETE FROM driver_days WHERE journey_id = ? AND scale = ? AND day = ?", at.JourneyID, at.Scale, at.Day).Error
	}
	raw, err := pairs.MarshalBinary()
	if err != nil {
		return err
	}
	return db.Exec("INSERT INTO driver_days (journey_id, scale, day, pairs) VALUES (?, ?, ?, ?) ON CONFLICT (journey_id, scale, day) DO UPDATE SET pairs = excluded.pairs",
		at.JourneyID, at.Scale, at.Day, raw).Error
}

// DriverDays implements insight.Store, from the driver statistics alone. Days come in order, without those nobody answered
// about.
func (s *Store) DriverDays(ctx context.Context, q insight.DriverQuestion) ([]stat.DriverSums, error) {
	from, to := q.From, cmp.Or(q.To, math.MaxInt32)
	if from == 0 {
		from = math.MinInt32
	}
	rows, err := all[driverRow](s.read(ctx).Table("driver_days").
		Where("journey_id = ? AND scale = ? AND day BETWEEN ? AND ?", q.Journey, q.Scale.String(), from, to).Order("day"))
	if err != nil {
		return nil, fmt.Errorf("drivers of journey %d: %w", q.Journey, err)
	}
	out := make([]stat.DriverSums, len(rows))
	places := placesOf(q)
	for i, r := range rows {
		if out[i], err = places.sums(r.Pairs, len(q.Touchpoints)); err != nil {
			return nil, fmt.Errorf("drivers of journey %d, day %d: %w", q.Journey, r.Day, err)
		}
	}
	return out, nil
}

// places says where each touchpoint stands in a question, and on which scale its ratings are looked at.
type places map[int64]seat

type seat struct {
	at    int
	scale string
}

func placesOf(q insight.DriverQuestion) places {
	out := places{feedback.Whole.ID: {stat.Outcome, feedback.Whole.Scale}}
	for i, t := range q.Touchpoints {
		out[t.ID] = seat{i, t.Scale.String()}
	}
	return out
}

// sums lays out the statistics of a day as the question has its touchpoints.
func (p places) sums(raw []byte, touchpoints int) (stat.DriverSums, error) {
	out := stat.NewDriverSums(touchpoints)
	var pairs feedback.Pairs
	if err := pairs.UnmarshalBinary(raw); err != nil {
		return out, err
	}
	for pair, x := range pairs.Each {
		a, okA := p[pair.A.ID]
		b, okB := p[pair.B.ID]
		if !okA || !okB {
			continue
		}
		if a.at > b.at { // the outcome first
			a, b, pair.A, pair.B, x = b, a, pair.B, pair.A, x.Turned()
		}
		if err := out.AddProducts(a.at, b.at, products(x, a.rated(pair.A), b.rated(pair.B))); err != nil {
			return out, err
		}
	}
	return out, nil
}

// rated reports whether a side was rated on the scale that is asked for; a rating on another only says that the
// touchpoint was met.
func (p seat) rated(s feedback.Side) bool { return s == feedback.Whole || s.Scale == p.scale }

// products are those of rating, rated and met: what both sides add up to is the same of each rated side's rated as of its
// met, and nothing of that which was not rated.
func products(x feedback.Both, ratedA, ratedB bool) stat.Products {
	p := stat.Products{x.AB, x.A, x.A, x.B, x.N, x.N, x.B, x.N, x.N}
	for i := range p {
		if !ratedA && i < 6 || !ratedB && i%3 < 2 {
			p[i] = 0
		}
	}
	return p
}

// recountAtOnce is how many answers a recount of the driver statistics holds at a time.
const recountAtOnce = 2000

// rawDrivers counts the driver statistics, and what was said by those who met each touchpoint, from answers and ratings.
func rawDrivers(db *gorm.DB) (feedback.Sums, error) {
	sums := feedback.NewSums()
	for last := int64(0); ; {
		answers, err := all[feedback.Response](db.Table("responses").Select("id, journey_id, scale, day, overall, expectation, met").
			Where("id > ? AND overall IS NOT NULL", last).Order("id").Limit(recountAtOnce))
		if err != nil || len(answers) == 0 {
			return sums, err
		}
		last = answers[len(answers)-1].ID
		if err := readRatings(db, answers); err != nil {
			return sums, err
		}
		for i := range answers {
			if err := sums.Drive(&answers[i], 1); err != nil {
				return sums, fmt.Errorf("response %d: %w", answers[i].ID, err)
			}
			sums.Count(answers[i].MetDeltas(1)...)
		}
	}
}

// readRatings gives answers, which are in order, what they rated and how. There are many: they are read without reflection.
func readRatings(db *gorm.DB, answers []feedback.Response) error {
	rows, err := db.Raw("SELECT response_id, touchpoint_id, scale, value FROM ratings WHERE response_id BETWEEN ? AND ? ORDER BY response_id",
		answers[0].ID, answers[len(answers)-1].ID).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	at, scale := 0, ""
	scales := map[string]stat.Scale{}
	for rows.Next() {
		var r feedback.Rating
		if err := rows.Scan(&r.ResponseID, &r.TouchpointID, &scale, &r.Value); err != nil {
			return err
		}
		for at < len(answers) && answers[at].ID < r.ResponseID {
			at++
		}
		if at == len(answers) || answers[at].ID != r.ResponseID { // of an answer that says nothing of the whole
			continue
		}
		known := false
		if r.Scale, known = scales[scale]; !known {
			if r.Scale, err = stat.ParseScale(scale); err != nil {
				return err
			}
			scales[scale] = r.Scale
		}
		answers[at].Ratings = append(answers[at].Ratings, r)
	}
	return rows.Err()
}

// byDrivers names the driver statistics among the marginals when they differ; ID and TouchpointID are the pair.
const byDrivers feedback.Dim = "drivers"

// verifyDrivers recounts the driver statistics, and what was said by those who met each touchpoint.
func verifyDrivers(db *gorm.DB) ([]Difference, error) {
	sums, err := rawDrivers(db)
	if err != nil {
		return nil, err
	}
	out, err := compare(db, feedback.ByMet, sums.Tallies)
	if err != nil {
		return nil, err
	}
	raw := sums.Drivers
	kept, err := all[driverRow](db.Table("driver_days"))
	if err != nil {
		return nil, err
	}
	for _, r := range kept {
		at := r.day()
		out = append(out, differentDrivers(at, raw[at], r.Pairs)...)
		delete(raw, at)
	}
	for at, pairs := range raw {
		out = append(out, differentDrivers(at, pairs, nil)...)
	}
	return out, nil
}

// differentDrivers lists the pairs of a day that differ. What cannot be read differs in all, and at least in the whole.
func differentDrivers(at feedback.DriverDay, raw *feedback.Pairs, written []byte) []Difference {
	if raw == nil {
		raw = &feedback.Pairs{}
	}
	var kept, difference feedback.Pairs
	unread := written != nil && kept.UnmarshalBinary(written) != nil
	difference.Plus(raw)
	difference.Minus(&kept)
	var out []Difference
	tally := func(x feedback.Both) stat.Tally { return stat.Tally{N: x.N, Sum: x.A + x.B, SumSq: x.AB} }
	differ := func(p feedback.Pair) {
		out = append(out, Difference{Cell: feedback.Cell{Dim: byDrivers, ID: p.A.ID, TouchpointID: p.B.ID, JourneyID: at.JourneyID, Scale: at.Scale, Day: at.Day},
			Raw: tally(raw.Of(p.A, p.B)), Rollup: tally(kept.Of(p.A, p.B))})
	}
	for pair := range difference.Each {
		differ(pair)
	}
	if unread && len(out) == 0 {
		differ(feedback.Pair{})
	}
	return out
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
		return s.change(ctx, func(db *gorm.DB) error {
			return db.Exec("DELETE FROM efforts WHERE journey_id = ? AND touchpoint_id = ?", journeyID, touchpoint).Error
		})
	}
	row := effortRow{journeyID, touchpoint, days}
	return s.change(ctx, func(db *gorm.DB) error { return db.Table("efforts").Clauses(replacing).Create(&row).Error })
}
