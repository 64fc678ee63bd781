package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// passRow is how many runs of a journey first met a touchpoint on a day.
type passRow struct {
	JourneyID    int64 `gorm:"primaryKey"`
	TouchpointID int64 `gorm:"primaryKey"`
	Day          int32 `gorm:"primaryKey"`
	N            int64
}

// addPasses adds to the passes of days, in the order of their keys.
func addPasses(db *gorm.DB, passes map[feedback.Pass]int64) error {
	adding := clause.OnConflict{Columns: []clause.Column{{Name: "journey_id"}, {Name: "touchpoint_id"}, {Name: "day"}},
		DoUpdates: clause.Assignments(map[string]any{"n": gorm.Expr("passes.n + excluded.n")})}
	return insert(db.Clauses(adding), "passes", passRows(passes))
}

func passRows(passes map[feedback.Pass]int64) []passRow {
	rows := make([]passRow, 0, len(passes))
	for p, n := range passes {
		rows = append(rows, passRow{p.JourneyID, p.TouchpointID, p.Day, n})
	}
	slices.SortFunc(rows, func(a, b passRow) int {
		return cmp.Or(cmp.Compare(a.JourneyID, b.JourneyID), cmp.Compare(a.TouchpointID, b.TouchpointID), cmp.Compare(a.Day, b.Day))
	})
	return rows
}

// countPasses queues what the new contacts of a batch change. The runs are locked, so nobody else adds to them meanwhile.
func (t *taking) countPasses(m *meeting) error {
	fresh := map[int64][]run.Interaction{}
	for _, x := range m.fresh {
		fresh[x.RunID] = append(fresh[x.RunID], *x)
	}
	begun := maps.Clone(fresh) // before this batch
	for _, r := range t.newRuns {
		delete(begun, r.ID)
	}
	known, err := in[run.Interaction](t.s.read(t.ctx), "interactions", "run_id", slices.Collect(maps.Keys(begun)))
	if err != nil {
		return err
	}
	before := map[int64][]run.Interaction{}
	for _, x := range known {
		before[x.RunID] = append(before[x.RunID], x)
	}
	sums := feedback.NewSums()
	for _, r := range t.runs {
		if len(fresh[r.ID]) > 0 {
			sums.Pass(r.JourneyID, before[r.ID], t.s.zone, -1)
			sums.Pass(r.JourneyID, append(before[r.ID], fresh[r.ID]...), t.s.zone, +1)
		}
	}
	if maps.DeleteFunc(sums.Passes, func(_ feedback.Pass, n int64) bool { return n == 0 }); len(sums.Passes) == 0 {
		return nil
	}
	return t.s.count(t.ctx, sums)
}

// PassedOn implements insight.Store, from the passes alone.
func (s *Store) PassedOn(ctx context.Context, journeyID int64, from, to int32) (insight.Passed, error) {
	type row struct{ ID, N int64 }
	rows, err := all[row](s.read(ctx).Table("passes").Select("touchpoint_id AS id, CAST(SUM(n) AS BIGINT) AS n").
		Where("journey_id = ? AND day BETWEEN ? AND ?", journeyID, from, to).Group("touchpoint_id").Having("SUM(n) <> 0"))
	if err != nil {
		return insight.Passed{}, fmt.Errorf("count who passed on journey %d: %w", journeyID, err)
	}
	out := insight.Passed{Runs: mapped(rows, func(r row) (int64, int) { return r.ID, int(r.N) })}
	first, err := all[struct{ Day *int32 }](s.read(ctx).Raw("SELECT MIN(day) AS day FROM marginals WHERE dim = ? AND journey_id = ?", feedback.ByTouchpoint, journeyID))
	if err != nil {
		return insight.Passed{}, fmt.Errorf("count who passed on journey %d: %w", journeyID, err)
	}
	if len(first) > 0 && first[0].Day != nil {
		out.First = *first[0].Day
	}
	return out, nil
}

// rawPasses counts the passes from the contacts, run by run.
func rawPasses(db *gorm.DB, zone *time.Location) (map[feedback.Pass]int64, error) {
	rows, err := db.Raw(`SELECT r.journey_id, i.run_id, i.touchpoint_id, i.started_at FROM interactions i JOIN runs r ON r.id = i.run_id ORDER BY i.run_id`).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sums := feedback.NewSums()
	var of, journey int64
	var contacts []run.Interaction
	for rows.Next() {
		var x run.Interaction
		var at int64
		if err := rows.Scan(&at, &x.RunID, &x.TouchpointID, &x.StartedAt); err != nil {
			return nil, err
		}
		if x.RunID != of {
			sums.Pass(journey, contacts, zone, 1)
			of, journey, contacts = x.RunID, at, contacts[:0]
		}
		contacts = append(contacts, x)
	}
	sums.Pass(journey, contacts, zone, 1)
	return sums.Passes, rows.Err()
}

// byPasses names the passes among the marginals when they differ; ID is the touchpoint.
const byPasses feedback.Dim = "passes"

// verifyPasses recounts the passes.
func verifyPasses(db *gorm.DB, zone *time.Location) ([]Difference, error) {
	raw, err := rawPasses(db, zone)
	if err != nil {
		return nil, err
	}
	var out []Difference
	differ := func(p feedback.Pass, raw, kept int64) {
		if raw != kept {
			out = append(out, Difference{Cell: feedback.Cell{Dim: byPasses, ID: p.TouchpointID, JourneyID: p.JourneyID, Day: p.Day},
				Raw: stat.Tally{N: raw}, Rollup: stat.Tally{N: kept}})
		}
	}
	kept, err := all[passRow](db.Table("passes"))
	for _, r := range kept {
		p := feedback.Pass{JourneyID: r.JourneyID, TouchpointID: r.TouchpointID, Day: r.Day}
		differ(p, raw[p], r.N)
		delete(raw, p)
	}
	for p, n := range raw {
		differ(p, n, 0)
	}
	return out, err
}

// mendPasses adds what differs.
func mendPasses(db *gorm.DB, found []Difference) error {
	missing := map[feedback.Pass]int64{}
	for _, d := range found {
		missing[feedback.Pass{JourneyID: d.JourneyID, TouchpointID: d.ID, Day: d.Day}] = d.Raw.N - d.Rollup.N
	}
	return addPasses(db, missing)
}
