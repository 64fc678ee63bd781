package insight

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Rollups is a store that a cube can stand on.
type Rollups interface {
	Store
	// FiguresVersion moves whenever a marginal does, and only then.
	FiguresVersion(ctx context.Context) (int64, error)
	// Cells passes all cells of dims, in the order of their keys.
	Cells(ctx context.Context, dims []feedback.Dim, pass func(feedback.Cell, stat.Tally)) error
	// Folds passes what each fold since a version of the figures added to the marginals, in their order, and says to which
	// version that leads: not to the latest where one of them is no longer known.
	Folds(ctx context.Context, since int64, pass func(feedback.Sums)) (until int64, err error)
	// View runs fn on one moment of the database.
	View(ctx context.Context, fn func(ctx context.Context) error) error
	// Within reports whether ctx carries a transaction.
	Within(ctx context.Context) bool
}

// Cube is a store that keeps the marginals in memory, as sums since the first day, so that a count costs the same over
// any stretch of time and any number of ratings. Everything else it passes on.
//
// It is never behind: every question reads the version of the figures first, and where it moved, what was folded since is
// read in one moment of the database and added to what was there; others go on with what they hold. What was folded long
// ago is no longer told one by one, nor is a repair: then it reads everything anew. It is not for questions within a
// transaction, which the database answers as that transaction sees it, nor for programs that ask once.
type Cube struct {
	Rollups
	kept atomic.Pointer[shelves]
	turn chan struct{} // to read what changed
}

// NewCube stands on a store. It reads nothing yet: see Warm.
func NewCube(on Rollups) *Cube {
	return &Cube{Rollups: on, turn: make(chan struct{}, 1)}
}

// shelves are all marginals as of one version of the figures. They never change.
type shelves struct {
	version int64
	dims    map[feedback.Dim]map[int64][]*series // by subject, each in the order of scale, journey and touchpoint
	sets    map[int64][]int64
}

// cubed are the marginals it keeps.
var cubed = []feedback.Dim{feedback.ByJourney, feedback.ByTouchpoint, feedback.ByTeam, feedback.ByTeamSet, feedback.ByMet, feedback.ByEmployeeTouchpoint}

// Warm reads the marginals, so that nobody has to wait for it later.
func (c *Cube) Warm(ctx context.Context) error {
	_, err := c.current(ctx)
	return err
}

// Counts implements Store.
func (c *Cube) Counts(ctx context.Context, q Count) ([]Counted, error) {
	now, err := c.current(ctx)
	switch {
	case err != nil:
		return nil, err
	case now == nil:
		return c.Rollups.Counts(ctx, q)
	}
	return count(now.dims[q.Dim.KeptAs()], q), nil
}

// moments is what keeps questions to one moment of the figures.
type moments interface {
	Moment(ctx context.Context) (context.Context, error)
}

type momentKey struct{ c *Cube }

// Moment keeps every question that is asked with the ctx it returns to the figures as they are now, so that what is
// counted by several questions adds up. Within another moment it is that one.
func (c *Cube) Moment(ctx context.Context) (context.Context, error) {
	now, err := c.current(ctx)
	if err != nil || now == nil {
		return ctx, err
	}
	return context.WithValue(ctx, momentKey{c}, now), nil
}

// moment is Moment where the store has moments; elsewhere every question is answered as of when it is asked.
func (s *Service) moment(ctx context.Context) (context.Context, error) {
	if m, ok := s.Store.(moments); ok {
		return m.Moment(ctx)
	}
	return ctx, nil
}

// TeamSets implements Store. The map is shared: nobody may change it.
func (c *Cube) TeamSets(ctx context.Context) (map[int64][]int64, error) {
	now, err := c.current(ctx)
	switch {
	case err != nil:
		return nil, err
	case now == nil:
		return c.Rollups.TeamSets(ctx)
	}
	return now.sets, nil
}

// Bytes is about how much memory the cube takes.
func (c *Cube) Bytes() (n int) {
	if kept := c.kept.Load(); kept != nil {
		for _, shelf := range kept.dims {
			for _, all := range shelf {
				for _, s := range all {
					n += s.size()
				}
			}
		}
	}
	return n
}

// current are the shelves as of now; nil where the database had better answer itself: within a transaction, and while
// somebody else reads all the marginals, which takes longer than an answer.
func (c *Cube) current(ctx context.Context) (*shelves, error) {
	if c.Within(ctx) {
		return nil, nil
	}
	version, err := c.FiguresVersion(ctx) // within a moment too: what is found there depends on the figures
	if err != nil {
		return nil, fmt.Errorf("read the version of the figures: %w", err)
	}
	if now, held := ctx.Value(momentKey{c}).(*shelves); held {
		return now, nil
	}
	kept := c.kept.Load()
	if kept != nil && kept.version >= version {
		return kept, nil
	}
	if mine, err := c.queue(ctx, kept != nil); err != nil || !mine {
		return nil, err
	}
	defer func() { <-c.turn }()
	if kept = c.kept.Load(); kept != nil && kept.version >= version {
		return kept, nil // somebody else has just done it
	}
	next, err := c.refreshed(ctx, kept)
	if err != nil {
		return nil, fmt.Errorf("refresh the figures: %w", err)
	}
	c.kept.Store(next)
	return next, nil
}

// queue reports whether it is this caller's turn to read what changed; who does not want to wait may find that it is not.
func (c *Cube) queue(ctx context.Context, wait bool) (mine bool, err error) {
	if !wait {
		select {
		case c.turn <- struct{}{}:
			return true, nil
		default:
			return false, nil
		}
	}
	select {
	case c.turn <- struct{}{}:
		return true, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// refreshed reads in one moment what was folded since kept, or everything when nothing is kept or that is not known.
func (c *Cube) refreshed(ctx context.Context, kept *shelves) (next *shelves, err error) {
	err = c.View(ctx, func(ctx context.Context) error {
		version, err := c.FiguresVersion(ctx)
		if err != nil {
			return err
		}
		if kept != nil {
			if next, err = c.followed(ctx, kept); err != nil || next.version == version {
				return err
			}
			c.kept.Store(nil) // meanwhile the database answers
		}
		next, err = c.whole(ctx, version)
		return err
	})
	return next, err
}

// followed adds what was folded since to what is kept, as far as that is known.
func (c *Cube) followed(ctx context.Context, kept *shelves) (*shelves, error) {
	r := renewal{shelves: shelves{sets: kept.sets, dims: maps.Clone(kept.dims)}, copied: map[feedback.Dim]bool{}}
	var err error
	if r.version, err = c.Folds(ctx, kept.version, r.fold); err != nil {
		return nil, err
	}
	return &r.shelves, r.err
}

// whole reads all marginals.
func (c *Cube) whole(ctx context.Context, version int64) (*shelves, error) {
	r := renewal{shelves: shelves{version: version, dims: map[feedback.Dim]map[int64][]*series{}}, copied: map[feedback.Dim]bool{}}
	if err := c.Cells(ctx, cubed, r.add); err != nil {
		return nil, err
	}
	if r.put(); r.err == nil {
		r.sets, r.err = c.Rollups.TeamSets(ctx)
	}
	return &r.shelves, r.err
}

// renewal makes new shelves of old ones: what does not change is shared with them.
type renewal struct {
	shelves
	copied map[feedback.Dim]bool
	of     feedback.Cell // the series that days are of, day 0
	days   []daily
	err    error
}

// fold adds what one fold added to the marginals.
func (r *renewal) fold(sums feedback.Sums) {
	for _, cell := range slices.SortedFunc(maps.Keys(sums.Tallies), feedback.CompareCells) {
		if slices.Contains(cubed, cell.Dim) {
			r.add(cell, sums.Tallies[cell])
		}
	}
	r.put()
	if len(sums.Sets) > 0 {
		r.sets = maps.Clone(r.sets)
		maps.Copy(r.sets, sums.Sets)
	}
}

func (r *renewal) add(cell feedback.Cell, t stat.Tally) {
	day := cell.Day
	cell.Day = 0
	if cell != r.of {
		r.put()
		r.of = cell
	}
	r.days = append(r.days, daily{day, countsOf(t)})
}

// put adds the days to their series.
func (r *renewal) put() {
	if len(r.days) == 0 || r.err != nil {
		return
	}
	if !r.copied[r.of.Dim] {
		r.copied[r.of.Dim] = true
		if r.dims[r.of.Dim] = maps.Clone(r.dims[r.of.Dim]); r.dims[r.of.Dim] == nil {
			r.dims[r.of.Dim] = map[int64][]*series{}
		}
	}
	all := slices.Clone(r.dims[r.of.Dim][r.of.ID])
	wanted := series{journey: r.of.JourneyID, touchpoint: r.of.TouchpointID, name: r.of.Scale}
	at, known := slices.BinarySearchFunc(all, &wanted, compareSeries)
	old := &wanted
	if known {
		old = all[at]
	} else if wanted.scale, r.err = stat.ParseScale(wanted.name); r.err != nil {
		return
	} else {
		wanted.lo, wanted.hi = wanted.scale.Lo, wanted.scale.Hi
	}
	next := old.plus(r.days)
	switch {
	case next == nil && known:
		all = slices.Delete(all, at, at+1)
	case next != nil && known:
		all[at] = next
	case next != nil:
		all = slices.Insert(all, at, next)
	}
	r.dims[r.of.Dim][r.of.ID] = all
	r.days = r.days[:0]
}

func compareSeries(a, b *series) int {
	return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.journey, b.journey), cmp.Compare(a.touchpoint, b.touchpoint))
}

// count answers from one shelf, in the order of the subjects, then by scale, day and touchpoint.
func count(shelf map[int64][]*series, q Count) []Counted {
	if q.From > q.To {
		return nil
	}
	ids := slices.Clone(q.IDs)
	if q.IDs == nil {
		ids = slices.Collect(maps.Keys(shelf))
	}
	slices.Sort(ids)
	var out []Counted
	for _, id := range slices.Compact(ids) {
		from := len(out)
		for i, s := range shelf[id] {
			if i > 0 && shelf[id][i-1].name != s.name {
				out = settle(out, from)
				from = len(out)
			}
			if q.wants(s) {
				out = s.answer(out, id, q)
			}
		}
		out = settle(out, from)
	}
	return out
}

func (q Count) wants(s *series) bool {
	return (q.JourneyID == 0 || q.JourneyID == s.journey) && (q.TouchpointIDs == nil || slices.Contains(q.TouchpointIDs, s.touchpoint))
}

// answer appends what a series says to a question.
func (s *series) answer(out []Counted, id int64, q Count) []Counted {
	row := Counted{ID: id, Scale: s.scale}
	if q.PerTouchpoint {
		row.TouchpointID = s.touchpoint
	}
	switch {
	case q.Stretch > 0:
		return s.stretches(out, row, q)
	case !q.PerDay:
		row.Tally = s.between(q.From, q.To).tally()
		return append(out, row)
	}
	s.days(s.blockOf(q.From), func(d daily) bool {
		if d.day >= q.From && d.day <= q.To {
			row.Day, row.Tally = d.day, d.counts.tally()
			out = append(out, row)
		}
		return d.day <= q.To
	})
	return out
}

// stretches appends a row for each stretch in which anything was counted.
func (s *series) stretches(out []Counted, row Counted, q Count) []Counted {
	from, to := int64(max(q.From, s.blocks[0].day)), int64(min(q.To, s.lastDay()))
	sum := s.before(from)
	for day := from; day <= to; {
		row.Day = bucket(int32(day), q.Stretch)
		day = min(int64(row.Day)+int64(q.Stretch), to+1)
		now := s.before(day)
		if row.Tally = now.plus(sum, -1).tally(); now != sum {
			out = append(out, row)
		}
		sum = now
	}
	return out
}

// settle orders the rows of a subject and scale from a place on, adds up those that are about the same, and drops those
// of nothing.
func settle(out []Counted, from int) []Counted {
	rows := out[from:]
	slices.SortFunc(rows, func(a, b Counted) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.TouchpointID, b.TouchpointID))
	})
	n := 0
	for i, r := range rows {
		if i > 0 && r.Day == rows[n-1].Day && r.TouchpointID == rows[n-1].TouchpointID {
			rows[n-1].Tally = rows[n-1].Tally.Plus(r.Tally)
			continue
		}
		rows[n] = r
		n++
	}
	rows = slices.DeleteFunc(rows[:n], func(r Counted) bool { return r.Tally.N == 0 })
	return out[:from+len(rows)]
}
