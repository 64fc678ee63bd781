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
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// promiseRow is the promises made at a touchpoint on one day, by everybody or by one team.
type promiseRow struct {
	TouchpointID int64 `gorm:"primaryKey"`
	TeamID       int64 `gorm:"primaryKey"`
	JourneyID    int64 `gorm:"primaryKey"`
	Day          int32 `gorm:"primaryKey"`
	Cells        []byte
}

func (r promiseRow) day() feedback.PromiseDay {
	return feedback.PromiseDay{JourneyID: r.JourneyID, TouchpointID: r.TouchpointID, TeamID: r.TeamID, Day: r.Day}
}

const onPromiseDay = "touchpoint_id = ? AND team_id = ? AND journey_id = ? AND day = ?"

// addPromises adds to the promises of days. Only who leads the folding may: the rows are read and written back. A row that
// cannot be read stays as it is; verify says so, and repairs it.
func addPromises(db *gorm.DB, days map[feedback.PromiseDay]feedback.Promises) error {
	for at, some := range promiseDays(days) {
		kept, err := all[promiseRow](db.Table("promise_days").Where("touchpoint_id = ? AND team_id = ? AND journey_id = ? AND day IN ?", at.TouchpointID, at.TeamID, at.JourneyID, some))
		if err != nil {
			return err
		}
		was := mapped(kept, func(r promiseRow) (int32, []byte) { return r.Day, r.Cells })
		now := map[feedback.PromiseDay]feedback.Promises{}
		for _, at.Day = range some {
			promises := feedback.Promises{}
			if raw, known := was[at.Day]; known && promises.UnmarshalBinary(raw) != nil {
				continue
			}
			promises.Plus(days[at], 1)
			now[at] = promises
		}
		if err := putPromises(db, now); err != nil {
			return err
		}
	}
	return nil
}

// promiseDays groups days by touchpoint, team and journey, in order, so many at a time that one question may name them.
func promiseDays(days map[feedback.PromiseDay]feedback.Promises) iter.Seq2[feedback.PromiseDay, []int32] {
	return func(yield func(feedback.PromiseDay, []int32) bool) {
		of, some := feedback.PromiseDay{}, []int32(nil)
		for _, at := range slices.SortedFunc(maps.Keys(days), feedback.ComparePromiseDays) {
			day := at.Day
			at.Day = 0
			if (at != of || len(some) == batch) && len(some) > 0 {
				if !yield(of, some) {
					return
				}
				some = nil
			}
			of, some = at, append(some, day)
		}
		if len(some) > 0 {
			yield(of, some)
		}
	}
}

// putPromises writes the promises of days over what is there.
func putPromises(db *gorm.DB, days map[feedback.PromiseDay]feedback.Promises) error {
	var rows []promiseRow
	for _, at := range slices.SortedFunc(maps.Keys(days), feedback.ComparePromiseDays) {
		if len(days[at]) == 0 {
			if err := db.Exec("DELETE FROM promise_days WHERE "+onPromiseDay, at.TouchpointID, at.TeamID, at.JourneyID, at.Day).Error; err != nil {
				return err
			}
			continue
		}
		raw, err := days[at].MarshalBinary()
		if err != nil {
			return err
		}
		rows = append(rows, promiseRow{at.TouchpointID, at.TeamID, at.JourneyID, at.Day, raw})
	}
	return insert(db.Clauses(replacing), "promise_days", rows)
}

// countPromises counts what a change does to the promises of runs.
func (t *taking) countPromises(m *meeting, change func() error) error {
	runs := slices.Collect(maps.Values(m.promised))
	fresh := map[int64]bool{}
	for _, r := range t.newRuns {
		fresh[r.ID] = true
	}
	known := slices.DeleteFunc(slices.Clone(runs), func(r *run.Run) bool { return fresh[r.ID] })
	before, err := t.promisesOf(known)
	if err != nil {
		return err
	}
	if err := change(); err != nil || len(runs) == 0 {
		return err
	}
	after, err := t.promisesOf(runs)
	if err != nil {
		return err
	}
	answers, err := t.s.ResponsesOf(t.ctx, ids(values(known)))
	if err != nil {
		return err
	}
	sums := feedback.NewSums()
	for _, r := range runs {
		var answer *feedback.Response
		if a, answered := answers[r.ID]; answered {
			answer = &a
		}
		sums.Promise(before[r.ID], answer, -1)
		sums.Promise(after[r.ID], answer, +1)
	}
	if sums.NoPromise() {
		return nil
	}
	return t.s.count(t.ctx, sums)
}

func (t *taking) promisesOf(runs []*run.Run) (map[int64][]feedback.Promise, error) {
	return promisesIn(t.s.read(t.ctx), t.s.zone, values(runs))
}

// promisesIn lists the promises made on runs.
func promisesIn(db *gorm.DB, zone *time.Location, runs []run.Run) (map[int64][]feedback.Promise, error) {
	contacts, err := contactsIn(db, ids(runs))
	if err != nil {
		return nil, err
	}
	walks := map[int64]run.Walk{}
	for _, r := range runs {
		walks[r.ID] = run.Walk{Run: r}
	}
	for _, c := range contacts {
		w := walks[c.Interaction.RunID]
		w.Contacts = append(w.Contacts, c)
		walks[c.Interaction.RunID] = w
	}
	out := map[int64][]feedback.Promise{}
	for id, w := range walks {
		if promises := feedback.PromisesOf(w, zone); len(promises) > 0 {
			out[id] = promises
		}
	}
	return out, nil
}

// PromiseDays implements insight.Store, from the rollup alone: by touchpoint and day.
func (s *Store) PromiseDays(ctx context.Context, q insight.PromiseQuestion) ([]insight.PromiseDay, error) {
	from, to := q.From, cmp.Or(q.To, math.MaxInt32)
	if from == 0 {
		from = math.MinInt32
	}
	db := s.read(ctx).Table("promise_days").Where("day BETWEEN ? AND ?", from, to)
	if q.Touchpoints != nil {
		db = db.Where("touchpoint_id IN ?", some(q.Touchpoints))
	}
	if !q.PerTeam {
		db = db.Where("team_id = 0")
	}
	if q.Journey != 0 {
		db = db.Where("journey_id = ?", q.Journey)
	}
	rows, err := all[promiseRow](db.Order("touchpoint_id, day, journey_id, team_id"))
	if err != nil {
		return nil, fmt.Errorf("promises: %w", err)
	}
	out := make([]insight.PromiseDay, len(rows))
	for i, r := range rows {
		out[i].PromiseDay = r.day()
		if out[i].Counts, err = feedback.ReadPromises(r.Cells); err != nil {
			return nil, fmt.Errorf("promises of touchpoint %d, day %d: %w", r.TouchpointID, r.Day, err)
		}
	}
	return out, nil
}

// Promising lists the touchpoints, of those named or of all with nil, at which something was ever promised.
func (s *Store) Promising(ctx context.Context, touchpoints []int64) ([]int64, error) {
	db := s.read(ctx).Table("promise_days").Where("team_id = 0")
	if touchpoints != nil {
		db = db.Where("touchpoint_id IN ?", some(touchpoints))
	}
	return plucked[int64](db.Distinct("touchpoint_id").Order("touchpoint_id"), "touchpoint_id")
}

// rawPromises counts promises from interactions, answers and ratings.
func rawPromises(db *gorm.DB, zone *time.Location) (map[feedback.PromiseDay]feedback.Promises, error) {
	sums := feedback.NewSums()
	for last := int64(0); ; {
		runs, err := all[run.Run](db.Table("runs").Select("id, journey_id").Where(`id > ? AND EXISTS
			(SELECT 1 FROM interactions WHERE interactions.run_id = runs.id AND promise_due IS NOT NULL)`, last).Order("id").Limit(recountAtOnce))
		if err != nil || len(runs) == 0 {
			return sums.Promises, err
		}
		last = runs[len(runs)-1].ID
		promises, err := promisesIn(db, zone, runs)
		if err != nil {
			return nil, err
		}
		answers, err := saidOn(db, runs)
		if err != nil {
			return nil, err
		}
		for id, made := range promises {
			sums.Promise(made, answers[id], +1)
		}
	}
}

// saidOn is what was answered on runs and about their touchpoints.
func saidOn(db *gorm.DB, runs []run.Run) (map[int64]*feedback.Response, error) {
	answers, err := in[feedback.Response](db.Select("id, run_id, scale, overall"), "responses", "run_id", ids(runs))
	if err != nil {
		return nil, err
	}
	numbers, out := make([]int64, len(answers)), make(map[int64]*feedback.Response, len(answers))
	byID := make(map[int64]*feedback.Response, len(answers))
	for i, a := range answers {
		numbers[i], out[a.RunID], byID[a.ID] = a.ID, &answers[i], &answers[i]
	}
	ratings, err := in[feedback.Rating](db.Select("response_id, touchpoint_id, scale, value"), "ratings", "response_id", numbers)
	if err != nil {
		return nil, err
	}
	for _, r := range ratings {
		byID[r.ResponseID].Ratings = append(byID[r.ResponseID].Ratings, r)
	}
	return out, nil
}

// byPromises names the promises among the marginals when they differ; ID is the team.
const byPromises feedback.Dim = "promises"

// verifyPromises recounts the promises.
func verifyPromises(db *gorm.DB, zone *time.Location) ([]Difference, error) {
	raw, err := rawPromises(db, zone)
	if err != nil {
		return nil, err
	}
	kept, err := all[promiseRow](db.Table("promise_days"))
	if err != nil {
		return nil, err
	}
	var out []Difference
	for _, r := range kept {
		at := r.day()
		promises := feedback.Promises{}
		if promises.UnmarshalBinary(r.Cells) != nil || !maps.Equal(promises, raw[at]) {
			out = append(out, differentPromises(at, raw[at], promises))
		}
		delete(raw, at)
	}
	for at, promises := range raw {
		if len(promises) > 0 {
			out = append(out, differentPromises(at, promises, nil))
		}
	}
	return out, nil
}

// differentPromises tells of a day how many promises there are and how many days they took, and of those rated what they
// were given: a part of what differs.
func differentPromises(at feedback.PromiseDay, raw, kept feedback.Promises) Difference {
	tally := func(p feedback.Promises) (t stat.Tally) {
		for c, n := range p {
			if c.Beside == feedback.Alone {
				t.N, t.Sum = t.N+n, t.Sum+n*int64(c.Took)
			} else {
				t.SumSq += n * int64(c.Value)
			}
		}
		return t
	}
	return Difference{Cell: feedback.Cell{Dim: byPromises, ID: at.TeamID, JourneyID: at.JourneyID, TouchpointID: at.TouchpointID, Day: at.Day},
		Raw: tally(raw), Rollup: tally(kept)}
}

// mendPromises writes what the raw records say of damaged days.
func mendPromises(db *gorm.DB, zone *time.Location, damaged map[feedback.PromiseDay]bool) error {
	if len(damaged) == 0 {
		return nil
	}
	raw, err := rawPromises(db, zone)
	if err != nil {
		return err
	}
	days := map[feedback.PromiseDay]feedback.Promises{}
	for at := range damaged {
		days[at] = raw[at]
	}
	return putPromises(db, days)
}
