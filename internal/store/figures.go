package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// marginalRow is one cell of a marginal with its counts.
type marginalRow struct {
	Dim          string `gorm:"primaryKey"`
	ID           int64  `gorm:"primaryKey"`
	JourneyID    int64  `gorm:"primaryKey"`
	TouchpointID int64  `gorm:"primaryKey"`
	Scale        string `gorm:"primaryKey"`
	Day          int32  `gorm:"primaryKey"`
	N            int64
	Sum          int64
	Sumsq        int64
	N0           int64
	N1           int64
	N2           int64
	N3           int64
	N4           int64
	N5           int64
	N6           int64
	N7           int64
	N8           int64
	N9           int64
	N10          int64
	Below        int64
	Met          int64
	Above        int64
}

func (m marginalRow) tally() stat.Tally {
	return stat.Tally{N: m.N, Sum: m.Sum, SumSq: m.Sumsq, Below: m.Below, Met: m.Met, Above: m.Above,
		Counts: [11]int64{m.N0, m.N1, m.N2, m.N3, m.N4, m.N5, m.N6, m.N7, m.N8, m.N9, m.N10}}
}

func (m marginalRow) cell() feedback.Cell {
	return feedback.Cell{Dim: feedback.Dim(m.Dim), ID: m.ID, JourneyID: m.JourneyID, TouchpointID: m.TouchpointID, Scale: m.Scale, Day: m.Day}
}

func marginalOf(c feedback.Cell, t stat.Tally) marginalRow {
	n := t.Counts
	return marginalRow{Dim: string(c.Dim), ID: c.ID, JourneyID: c.JourneyID, TouchpointID: c.TouchpointID, Scale: c.Scale, Day: c.Day,
		N: t.N, Sum: t.Sum, Sumsq: t.SumSq, Below: t.Below, Met: t.Met, Above: t.Above,
		N0: n[0], N1: n[1], N2: n[2], N3: n[3], N4: n[4], N5: n[5], N6: n[6], N7: n[7], N8: n[8], N9: n[9], N10: n[10]}
}

// foldAtOnce is how many outbox rows one fold takes at most, and foldCells how many cells: an import has many answers in
// a row, and the more of them are added up first, the fewer cells are written twice. It reads foldRows at a time, so that an import of any size takes as little memory.
const (
	foldAtOnce = 2000
	foldCells  = 60_000
	foldRows   = 40
)

// Fold moves what waits in the outbox into the marginals, in one transaction: taken, added up, counted, version bumped.
func (s *Store) Fold(ctx context.Context) (Folded, error) {
	var done Folded
	waiting, err := s.waiting(ctx, topicFold)
	if err != nil || !waiting {
		return done, err
	}
	err = s.InTx(ctx, func(ctx context.Context) error {
		lead, err := s.d.lead(s.quiet(ctx)) // with nothing to fold, nothing changes
		if err == nil && lead {
			done, err = s.fold(ctx)
		}
		return err
	})
	if err != nil {
		return Folded{}, fmt.Errorf("fold: %w", err)
	}
	return done, nil
}

// Folded is what one fold did.
type Folded struct {
	Rows int  // taken out of the outbox; 0 when there were none or another node is folding
	More bool // it stopped at what one fold may take: who folds goes on at once
}

// fold is the fold of whoever leads, but for the version.
func (s *Store) fold(ctx context.Context) (Folded, error) {
	w, err := waitingSums(s.read(ctx))
	if err != nil || len(w.ids) == 0 {
		return Folded{}, err
	}
	db := s.write(ctx)
	if t, ok := s.txOf(ctx); ok {
		t.changed |= w.changed
	}
	if err := addTeamSets(db, w.sums.Sets); err != nil {
		return Folded{}, err
	}
	if err := s.foldMarginals(ctx, w.sums); err != nil {
		return Folded{}, err
	}
	if err := addDrivers(db, w.sums.Drivers); err != nil {
		return Folded{}, err
	}
	if err := addPromises(db, w.sums.Promises); err != nil {
		return Folded{}, err
	}
	if err := addPasses(db, w.sums.Passes); err != nil {
		return Folded{}, err
	}
	return Folded{len(w.ids), w.more}, db.Exec("DELETE FROM outbox WHERE id IN ?", w.ids).Error
}

// queued is what the outbox holds for one fold.
type queued struct {
	sums    feedback.Sums
	ids     []int64      // of the rows
	changed recall.Areas // with what was summed up, and not told yet
	more    bool         // there are further rows
}

// waitingSums adds up the oldest rows of the outbox.
func waitingSums(db *gorm.DB) (queued, error) {
	w := queued{sums: feedback.NewSums()}
	for last := int64(0); len(w.ids) < foldAtOnce; {
		rows, err := all[outboxRow](db.Table("outbox").Where("topic = ? AND id > ?", topicFold, last).Order("id").Limit(foldRows))
		if err != nil {
			return w, err
		}
		for _, r := range rows {
			var some feedback.Sums
			if err := some.UnmarshalBinary(r.Payload); err != nil {
				return w, fmt.Errorf("outbox row %d: %w", r.ID, err)
			}
			w.sums.Plus(some)
			w.changed |= recall.Areas(r.Changed)
			w.ids, last = append(w.ids, r.ID), r.ID
			if w.sums.Size() >= foldCells {
				w.more = true
				return w, nil
			}
		}
		if len(rows) < foldRows {
			return w, nil
		}
	}
	w.more = true
	return w, nil
}

// waiting looks without taking any lock whether the outbox holds anything of a topic.
func (s *Store) waiting(ctx context.Context, topic string) (bool, error) {
	var n int64
	err := s.read(ctx).Raw("SELECT COUNT(*) FROM (SELECT 1 FROM outbox WHERE topic = ? LIMIT 1) q", topic).Scan(&n).Error
	return n > 0, err
}

// FoldAll folds until nothing waits.
func (s *Store) FoldAll(ctx context.Context) error {
	for {
		waiting, err := s.waiting(ctx, topicFold)
		if err != nil || !waiting {
			return err
		}
		done, err := s.Fold(ctx)
		if err != nil {
			return err
		}
		if done.Rows == 0 { // another node folds: let it
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

// addTeamSets writes down who the members of sets are.
func addTeamSets(db *gorm.DB, members map[int64][]int64) error {
	var sets []teamSetRow
	for set, teams := range members {
		for _, team := range teams {
			sets = append(sets, teamSetRow{set, team})
		}
	}
	slices.SortFunc(sets, func(a, b teamSetRow) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.TeamID, b.TeamID)) })
	return insert(db.Clauses(clause.OnConflict{DoNothing: true}), "team_sets", sets)
}

type teamSetRow struct {
	ID     int64 `gorm:"primaryKey"`
	TeamID int64 `gorm:"primaryKey"`
}

// TeamSets implements insight.Store.
func (s *Store) TeamSets(ctx context.Context) (map[int64][]int64, error) {
	rows, err := all[teamSetRow](s.read(ctx).Table("team_sets").Order("id, team_id"))
	out := map[int64][]int64{}
	for _, r := range rows {
		out[r.ID] = append(out[r.ID], r.TeamID)
	}
	return out, err
}

// foldMarginals adds sums to the marginals, under a new version of the figures. Only who leads the folding may.
func (s *Store) foldMarginals(ctx context.Context, sums feedback.Sums) error {
	maps.DeleteFunc(sums.Tallies, func(_ feedback.Cell, t stat.Tally) bool { return t == stat.Tally{} })
	if len(sums.Tallies) == 0 {
		return nil
	}
	version, err := nextFigures(s.write(ctx))
	if err != nil {
		return err
	}
	if err := s.note(ctx, version, sums); err != nil {
		return err
	}
	return s.upsertMarginals(ctx, feedback.WithMonths(sums.Tallies))
}

// upsertMarginals adds the counts to what the marginals hold. Cells go in key order, which the primary key likes.
func (s *Store) upsertMarginals(ctx context.Context, cells map[feedback.Cell]stat.Tally) error {
	keys := slices.SortedFunc(maps.Keys(cells), feedback.CompareCells)
	rows := make([]marginalRow, 0, min(len(keys), cellsAtOnce))
	for some := range slices.Chunk(keys, cellsAtOnce) {
		rows = rows[:0]
		for _, c := range some {
			rows = append(rows, marginalOf(c, cells[c]))
		}
		if err := pour(ctx, s, "marginals", rows, adding); err != nil {
			return err
		}
	}
	return nil
}

// cellsAtOnce is how many cells one statement carries: as rows they are three times as large.
const cellsAtOnce = 4000

// adding puts a marginal on top of the one that is there.
var adding = func() string {
	set := make([]string, len(marginalCounts))
	for i, c := range marginalCounts {
		set[i] = c + " = marginals." + c + " + excluded." + c
	}
	return "ON CONFLICT (dim, id, journey_id, touchpoint_id, scale, day) DO UPDATE SET " + strings.Join(set, ", ")
}()

var marginalCounts = []string{"n", "sum", "sumsq", "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "below", "met", "above"}

// Counts answers from the marginals alone; raw ratings are never read for a figure.
func (s *Store) Counts(ctx context.Context, c insight.Count) ([]insight.Counted, error) {
	group, day, touchpoint := "id, scale", "0", "0"
	switch {
	case c.Stretch > 0:
		day = fmt.Sprintf("marginals.day - ((marginals.day - 4) %% %[1]d + %[1]d) %% %[1]d", c.Stretch) // day 4 was a Monday
		group += ", " + day
	case c.PerDay:
		group, day = group+", day", "day"
	}
	if c.PerTouchpoint {
		group, touchpoint = group+", touchpoint_id", "touchpoint_id"
	}
	sums := make([]string, len(marginalCounts))
	for i, name := range marginalCounts {
		sums[i] = "CAST(SUM(" + name + ") AS BIGINT) AS " + name
	}
	db := cellsOf(s.read(ctx), c).Select("id, scale, " + day + " AS day, " + touchpoint + " AS touchpoint_id, " + strings.Join(sums, ", "))
	rows, err := all[marginalRow](db.Group(group).Having("SUM(n) <> 0").Order(group))
	if err != nil {
		return nil, fmt.Errorf("count by %s: %w", c.Dim, err)
	}
	out := make([]insight.Counted, len(rows))
	for i, r := range rows {
		scale, err := stat.ParseScale(r.Scale)
		if err != nil {
			return nil, err
		}
		out[i] = insight.Counted{ID: r.ID, Scale: scale, Day: r.Day, TouchpointID: r.TouchpointID, Tally: r.tally()}
	}
	return out, nil
}

// cellsOf are the cells that a question adds up: those of whole months where it asks for nothing shorter, and of the days
// before and after them.
func cellsOf(db *gorm.DB, c insight.Count) *gorm.DB {
	of := func(dim feedback.Dim, from, to int64) *gorm.DB {
		day := "day" // by its index
		if c.IDs != nil || to-from >= 2*feedback.MonthDays {
			day = "+day" // by the key: more of it would be found there than is left out
		}
		cells := db.Table("marginals").Where("dim = ? AND "+day+" BETWEEN ? AND ?", dim, from, to)
		if c.JourneyID != 0 {
			cells = cells.Where("journey_id = ?", c.JourneyID)
		}
		if c.TouchpointIDs != nil {
			cells = cells.Where("touchpoint_id IN ?", some(c.TouchpointIDs))
		}
		if c.IDs != nil {
			cells = cells.Where("id IN ?", some(c.IDs))
		}
		return cells
	}
	dim, from, to := c.Dim.KeptAs(), int64(c.From), int64(c.To)
	first, next := feedback.MonthOf(from+feedback.MonthDays-1), feedback.MonthOf(to+1)
	if c.PerDay || c.Stretch%feedback.MonthDays != 0 || first >= next {
		return of(dim, from, to)
	}
	return db.Table("(? UNION ALL ? UNION ALL ?) AS marginals", of(dim, from, first-1), of(dim.Months(), first, next-1), of(dim, next, to))
}

// Names implements insight.Store.
func (s *Store) Names(ctx context.Context, dim feedback.Dim, ids []int64) (map[int64]insight.Named, error) {
	if dim == feedback.ByEmployee || dim == feedback.ByEmployeeTouchpoint {
		rows, err := in[people.Employee](s.read(ctx), "employees", "id", unique(ids))
		return mapped(rows, func(e people.Employee) (int64, insight.Named) {
			return e.ID, insight.Named{Key: e.Key, Name: i18n.Plain(e.Name)}
		}), err
	}
	table := map[feedback.Dim]string{feedback.ByJourney: "journeys", feedback.ByTouchpoint: "touchpoints", feedback.ByTeam: "teams"}[dim]
	type keyedName struct {
		ID   int64
		Key  string
		Name i18n.Text
	}
	rows, err := in[keyedName](s.read(ctx).Select("id, key, name"), table, "id", unique(ids))
	return mapped(rows, func(r keyedName) (int64, insight.Named) { return r.ID, insight.Named{Key: r.Key, Name: r.Name} }), err
}

// Difference is one cell in which the marginals do not say what the raw records say.
type Difference struct {
	feedback.Cell
	Raw    stat.Tally
	Rollup stat.Tally
}

// Verify recounts the raw records in SQL, by another way than the fold counts them, and returns every cell that differs,
// and records that belong to nothing.
// What still waits in the outbox is folded first. It may run while others write, unless they never pause.
func (s *Store) Verify(ctx context.Context) (out []Difference, err error) {
	return s.VerifyStep(ctx, func(int, int) {})
}

// VerifyStep is Verify that tells step how many of the recounts are through; it must not use the store.
func (s *Store) VerifyStep(ctx context.Context, step func(done, total int)) (out []Difference, err error) {
	for range 20 {
		if err = s.FoldAll(ctx); err != nil {
			return nil, err
		}
		// One moment of both, so that what is written meanwhile is in neither.
		err = s.View(ctx, func(ctx context.Context) error {
			db := s.read(ctx)
			if n, err := s.pending(db); err != nil || n > 0 {
				return fmt.Errorf("verify: %d changes came in meanwhile: %w", n, cmp.Or(err, ErrStillWriting))
			}
			lost, err := orphans(db)
			if err != nil {
				return err
			}
			out, err = recount(db, s.zone, step)
			out = append(out, lost...)
			return err
		})
		if !errors.Is(err, ErrStillWriting) {
			break
		}
	}
	return out, err
}

// recount compares all that figures are made from with the raw records.
func recount(db *gorm.DB, zone *time.Location, step func(done, total int)) ([]Difference, error) {
	var out []Difference
	others := map[string]func(*gorm.DB) ([]Difference, error){"team sets": verifyTeamSets, "drivers": verifyDrivers,
		"promises": func(db *gorm.DB) ([]Difference, error) { return verifyPromises(db, zone) },
		"passes":   func(db *gorm.DB) ([]Difference, error) { return verifyPasses(db, zone) }}
	done, total := 0, len(recounts)+len(others)
	for dim, q := range recounts {
		step(done, total)
		done++
		differs, err := compareDim(db, dim, q)
		if err != nil {
			return nil, fmt.Errorf("recount %s: %w", dim, err)
		}
		out = append(out, differs...)
	}
	for name, recount := range others {
		step(done, total)
		done++
		differs, err := recount(db)
		if err != nil {
			return nil, fmt.Errorf("recount %s: %w", name, err)
		}
		out = append(out, differs...)
	}
	step(total, total)
	slices.SortFunc(out, func(a, b Difference) int { return feedback.CompareCells(a.Cell, b.Cell) })
	return out, nil
}

// ErrStillWriting says that others never paused long enough to compare.
var ErrStillWriting = errors.New("try again when less is being written")

func (s *Store) pending(db *gorm.DB) (int64, error) {
	var n int64
	err := db.Raw("SELECT COUNT(*) FROM outbox WHERE topic = ?", topicFold).Scan(&n).Error
	return n, err
}

const tallySQL = `COUNT(*) AS n, CAST(SUM(value) AS BIGINT) AS sum, CAST(SUM(value * value) AS BIGINT) AS sumsq,
	COUNT(CASE value WHEN 0 THEN 1 END) AS n0, COUNT(CASE value WHEN 1 THEN 1 END) AS n1, COUNT(CASE value WHEN 2 THEN 1 END) AS n2,
	COUNT(CASE value WHEN 3 THEN 1 END) AS n3, COUNT(CASE value WHEN 4 THEN 1 END) AS n4, COUNT(CASE value WHEN 5 THEN 1 END) AS n5,
	COUNT(CASE value WHEN 6 THEN 1 END) AS n6, COUNT(CASE value WHEN 7 THEN 1 END) AS n7, COUNT(CASE value WHEN 8 THEN 1 END) AS n8,
	COUNT(CASE value WHEN 9 THEN 1 END) AS n9, COUNT(CASE value WHEN 10 THEN 1 END) AS n10,
	COUNT(CASE WHEN expectation < 0 THEN 1 END) AS below, COUNT(CASE WHEN expectation = 0 THEN 1 END) AS met,
	COUNT(CASE WHEN expectation > 0 THEN 1 END) AS above`

// recounts says for each marginal what its cells are when counted from the raw records.
var recounts = map[feedback.Dim]string{
	feedback.ByJourney: `SELECT 'journey' AS dim, journey_id AS id, journey_id, 0 AS touchpoint_id, scale, day, ` + tallySQL + `
		FROM (SELECT journey_id, scale, day, overall AS value, expectation FROM responses WHERE overall IS NOT NULL) q
		GROUP BY journey_id, scale, day`,
	feedback.ByTouchpoint: `SELECT 'touchpoint' AS dim, touchpoint_id AS id, journey_id, 0 AS touchpoint_id, scale, day, ` + tallySQL + `
		FROM (SELECT touchpoint_id, journey_id, scale, day, value, expectation FROM ratings) q
		GROUP BY q.touchpoint_id, journey_id, scale, day`,
	feedback.ByTeam: `SELECT 'team' AS dim, team_id AS id, journey_id, 0 AS touchpoint_id, scale, day, ` + tallySQL + `
		FROM (SELECT DISTINCT a.team_id, r.response_id, r.touchpoint_id AS t, r.journey_id, r.scale, r.day, r.value, r.expectation
			FROM ratings r JOIN attributions a ON a.response_id = r.response_id AND a.touchpoint_id = r.touchpoint_id
			WHERE a.active AND a.team_id <> 0) q
		GROUP BY team_id, journey_id, scale, day`,
	feedback.ByEmployeeTouchpoint: `SELECT 'employee_touchpoint' AS dim, employee_id AS id, journey_id, touchpoint_id, scale, day, ` + tallySQL + `
		FROM (SELECT DISTINCT a.employee_id, r.response_id, r.touchpoint_id, r.journey_id, r.scale, r.day, r.value, r.expectation
			FROM ratings r JOIN attributions a ON a.response_id = r.response_id AND a.touchpoint_id = r.touchpoint_id
			WHERE a.active AND a.employee_id <> 0) q
		GROUP BY employee_id, journey_id, touchpoint_id, scale, day`,
}

func compareDim(db *gorm.DB, dim feedback.Dim, recount string) ([]Difference, error) {
	rows, err := all[marginalRow](db.Raw(recount))
	if err != nil {
		return nil, err
	}
	return compare(db, dim, mapped(rows, func(m marginalRow) (feedback.Cell, stat.Tally) { return m.cell(), m.tally() }))
}

// verifyTeamSets recounts the ratings that several teams share.
func verifyTeamSets(db *gorm.DB) ([]Difference, error) {
	sums, err := rawTeamSets(db)
	if err != nil {
		return nil, err
	}
	return compare(db, feedback.ByTeamSet, sums.Tallies)
}

// rawTeamSets counts the ratings that several teams share from the raw records.
func rawTeamSets(db *gorm.DB) (feedback.Sums, error) {
	sums := feedback.NewSums()
	var rows []struct {
		ResponseID   int64
		TouchpointID int64
		JourneyID    int64
		Scale        string
		Day          int32
		Value        int
		Expectation  *int
		TeamID       int64
	}
	err := db.Raw(`SELECT r.response_id, r.touchpoint_id, r.journey_id, r.scale, r.day, r.value, r.expectation, a.team_id
		FROM ratings r JOIN attributions a ON a.response_id = r.response_id AND a.touchpoint_id = r.touchpoint_id
		JOIN (SELECT response_id, touchpoint_id FROM attributions WHERE active AND team_id <> 0
			GROUP BY response_id, touchpoint_id HAVING COUNT(DISTINCT team_id) > 1) several
			ON several.response_id = r.response_id AND several.touchpoint_id = r.touchpoint_id
		WHERE a.active AND a.team_id <> 0 ORDER BY r.response_id, r.touchpoint_id`).Scan(&rows).Error
	if err != nil {
		return sums, err
	}
	for start := 0; start < len(rows); {
		first, teams := rows[start], []int64(nil)
		for start < len(rows) && rows[start].ResponseID == first.ResponseID && rows[start].TouchpointID == first.TouchpointID {
			teams = append(teams, rows[start].TeamID)
			start++
		}
		set, members := feedback.TeamSet(teams)
		sums.Count(feedback.Delta{Cell: feedback.Cell{Dim: feedback.ByTeamSet, ID: set, JourneyID: first.JourneyID, Scale: first.Scale, Day: first.Day},
			Teams: members, Value: first.Value, Expectation: first.Expectation, Times: 1})
	}
	return sums, nil
}

// compare holds a marginal, by the day and by the month, against the days counted from the raw records.
func compare(db *gorm.DB, dim feedback.Dim, raw map[feedback.Cell]stat.Tally) ([]Difference, error) {
	rollup, err := all[marginalRow](db.Table("marginals").Where("dim IN ?", []feedback.Dim{dim, dim.Months()}))
	if err != nil {
		return nil, err
	}
	raw = feedback.WithMonths(raw)
	var out []Difference
	for _, m := range rollup {
		if d := (Difference{Cell: m.cell(), Raw: raw[m.cell()], Rollup: m.tally()}); d.Raw != d.Rollup {
			out = append(out, d)
		}
		delete(raw, m.cell())
	}
	for c, t := range raw {
		if t != (stat.Tally{}) {
			out = append(out, Difference{Cell: c, Raw: t})
		}
	}
	return out, nil
}
