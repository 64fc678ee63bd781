package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// someRatings are what answers change, given or taken back.
var someRatings = rapid.Custom(func(t *rapid.T) feedback.Sums {
	sums := feedback.NewSums()
	for range rapid.IntRange(1, 12).Draw(t, "ratings") {
		c := feedback.Cell{ID: rapid.Int64Range(1, 3).Draw(t, "id"), JourneyID: rapid.Int64Range(1, 2).Draw(t, "journey"),
			Scale: rapid.SampledFrom([]string{"csat_1_5", "nps_0_10"}).Draw(t, "scale"), Day: rapid.Int32Range(20_000, 20_400).Draw(t, "day")}
		d := feedback.Delta{Value: rapid.IntRange(1, 5).Draw(t, "value"), Times: rapid.SampledFrom([]int{1, 1, 1, -1}).Draw(t, "times")}
		if compared := rapid.IntRange(-2, 1).Draw(t, "compared"); compared > -2 {
			d.Expectation = &compared
		}
		dim := rapid.SampledFrom([]feedback.Dim{feedback.ByJourney, feedback.ByTouchpoint, feedback.ByTeam, feedback.ByTeamSet, feedback.ByMet, feedback.ByEmployeeTouchpoint}).Draw(t, "dim")
		if d.Cell, d.Cell.Dim = c, dim; dim == feedback.ByTeamSet {
			d.Teams = []int64{c.ID, c.ID + 1}
		}
		if dim == feedback.ByEmployeeTouchpoint {
			d.Cell.TouchpointID = rapid.Int64Range(1, 3).Draw(t, "touchpoint")
		}
		sums.Count(d)
	}
	return sums
})

var someQuestion = rapid.Custom(func(t *rapid.T) insight.Count {
	q := insight.Count{
		Dim: rapid.SampledFrom([]feedback.Dim{feedback.ByJourney, feedback.ByTouchpoint, feedback.ByTeam, feedback.ByTeamSet, feedback.ByMet, feedback.ByEmployee,
			feedback.ByEmployeeTouchpoint}).Draw(t, "dim"),
		JourneyID: rapid.Int64Range(0, 2).Draw(t, "journey"), IDs: someIDs(t, "ids"), PerDay: rapid.Bool().Draw(t, "per day"),
		Stretch: rapid.SampledFrom([]int32{0, 0, 7, 28}).Draw(t, "stretch"),
		From:    rapid.SampledFrom([]int32{-1 << 31, 20_000, 20_100, 20_399}).Draw(t, "from"), To: rapid.SampledFrom([]int32{1<<31 - 1, 20_001, 20_200, 20_400}).Draw(t, "to"),
	}
	if q.Dim == feedback.ByEmployeeTouchpoint {
		q.TouchpointIDs, q.PerTouchpoint = someIDs(t, "touchpoints"), rapid.Bool().Draw(t, "per touchpoint")
	}
	return q
})

func someIDs(t *rapid.T, label string) []int64 {
	return rapid.SampledFrom([][]int64{nil, {}, {2}, {3, 1, 3}, {4}}).Draw(t, label)
}

// TestTheCubeSaysWhatTheDatabaseSays after any folds, corrections and repairs: one that was there all the time, and one
// that has just begun.
func TestTheCubeSaysWhatTheDatabaseSays(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		old := insight.NewCube(s)
		rapid.Check(t, func(t *rapid.T) {
			var err error
			for range rapid.IntRange(0, 3).Draw(t, "answers") {
				err = errors.Join(err, s.queued(ctx, someRatings.Draw(t, "ratings")))
			}
			switch rapid.IntRange(0, 9).Draw(t, "then") {
			case 0: // no raw record says any of it
				_, repaired := s.Repair(ctx)
				err = errors.Join(err, repaired)
			case 1: // it still waits
			default:
				err = errors.Join(err, s.FoldAll(ctx))
			}
			if err != nil {
				t.Fatal(err)
			}
			for name, cube := range map[string]*insight.Cube{"the old cube": old, "a new one": insight.NewCube(s)} {
				for range 4 {
					sameCounts(ctx, t, name, cube, s, someQuestion.Draw(t, "question"))
				}
				want, wrong := s.TeamSets(ctx)
				got, err := cube.TeamSets(ctx)
				if d := cmp.Diff(want, got); d != "" || errors.Join(wrong, err) != nil {
					t.Fatalf("%s: teams of sets: %s%v%v", name, d, err, wrong)
				}
			}
		})
	})
}

func sameCounts(ctx context.Context, t *rapid.T, name string, cube, db insight.Store, q insight.Count) {
	want, wrong := db.Counts(ctx, q)
	got, err := cube.Counts(ctx, q)
	if err = errors.Join(err, wrong); err != nil {
		t.Fatal(err)
	}
	if len(want)+len(got) > 0 && !slices.Equal(want, got) {
		t.Fatalf("%s, %+v:\n%s", name, q, cmp.Diff(want, got))
	}
}

// TestWhoReadsDuringFoldsSeesEachWholeOrNotAtAll: every answer counts once for the journey and once for the touchpoint, so
// that whatever moment somebody looks at, journeys never have fewer than touchpoints that were read before, and what is
// left at the end is exact. Some folds are broken off.
func TestWhoReadsDuringFoldsSeesEachWholeOrNotAtAll(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		cube := insight.NewCube(s)
		n := func(dim feedback.Dim) (n int64) {
			rows, err := cube.Counts(t.Context(), insight.Count{Dim: dim, From: -1 << 31, To: 1<<31 - 1})
			if err != nil {
				t.Error(err)
			}
			for _, r := range rows {
				n += r.Tally.N
			}
			return n
		}
		done := make(chan struct{})
		var readers, writers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				for last := int64(0); ; {
					touchpoints := n(feedback.ByTouchpoint)
					journeys := n(feedback.ByJourney)
					if journeys < touchpoints || touchpoints < last || touchpoints%5 != 0 {
						t.Errorf("%d answers about journeys after %d about touchpoints, and %d before that", journeys, touchpoints, last)
					}
					last = journeys
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		for range 2 {
			writers.Go(func() {
				for i := range 20 {
					sums := feedback.NewSums()
					for _, dim := range []feedback.Dim{feedback.ByJourney, feedback.ByTouchpoint} {
						sums.Tallies[feedback.Cell{Dim: dim, ID: 1, JourneyID: 1, Scale: "csat_1_5", Day: 20_000 + int32(i%3)}] = fives(5)
					}
					if err := s.queued(t.Context(), sums); err != nil {
						t.Error(err)
					}
					if _, err := s.foldBrokenOff(t, i%4 == 0); err != nil && i%4 != 0 && !s.d.busy(err) {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		if err := s.FoldAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		close(done)
		readers.Wait()
		if j, tp := n(feedback.ByJourney), n(feedback.ByTouchpoint); j != 200 || tp != 200 {
			t.Errorf("%d answers about journeys and %d about touchpoints, want 200", j, tp)
		}
	})
}

func fives(n int64) (t stat.Tally) {
	t.Add(5, n)
	return t
}

// TestWithinATransactionFiguresAreThoseOfTheTransaction and nobody takes a second connection to learn them.
func TestWithinATransactionFiguresAreThoseOfTheTransaction(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		s.Watch(func(stack string) { t.Errorf("the store is used beside the open transaction:\n%s", stack) })
		cube := insight.NewCube(s)
		sums := feedback.NewSums()
		sums.Tallies[feedback.Cell{Dim: feedback.ByJourney, ID: 1, JourneyID: 1, Scale: "csat_1_5", Day: 20_000}] = fives(5)
		q := insight.Count{Dim: feedback.ByJourney, From: 20_000, To: 20_000}
		for _, broken := range []bool{true, false} {
			err := s.InTx(t.Context(), func(ctx context.Context) error {
				if err := s.foldMarginals(ctx, sums); err != nil {
					return err
				}
				rows, err := cube.Counts(ctx, q)
				if len(rows) != 1 || rows[0].Tally != fives(5) {
					t.Errorf("within: %+v, %v", rows, err)
				}
				if broken {
					return errBrokenOff
				}
				return err
			})
			if broken != errors.Is(err, errBrokenOff) {
				t.Fatal(err)
			}
			rows, err := cube.Counts(t.Context(), q)
			if err != nil || len(rows) == 0 != broken {
				t.Errorf("afterwards, broken off: %v: %+v, %v", broken, rows, err)
			}
		}
	})
}

// TestAMomentStaysWhatItIs though folds go on, so that what is counted by several questions adds up.
func TestAMomentStaysWhatItIs(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		cube := insight.NewCube(s)
		sums := feedback.NewSums()
		sums.Tallies[feedback.Cell{Dim: feedback.ByJourney, ID: 1, JourneyID: 1, Scale: "csat_1_5", Day: 20_000}] = fives(5)
		n := func(ctx context.Context) (n int64) {
			rows, err := cube.Counts(ctx, insight.Count{Dim: feedback.ByJourney, From: 20_000, To: 20_000})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				n += r.Tally.N
			}
			return n
		}
		more := func() {
			err := s.InTx(t.Context(), func(ctx context.Context) error { return s.count(ctx, sums) })
			if err = errors.Join(err, s.FoldAll(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		more()
		moment, err := cube.Moment(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		more()
		within, err := cube.Moment(moment)
		if err != nil || n(moment) != 5 || n(within) != 5 || n(t.Context()) != 10 {
			t.Errorf("%d in the moment, %d in one within it and %d now, want 5, 5 and 10; %v", n(moment), n(within), n(t.Context()), err)
		}
	})
}

// counting is a store that counts how often its marginals are read whole.
type counting struct {
	*Store
	whole *int
}

func (c counting) Cells(ctx context.Context, dims []feedback.Dim, pass func(feedback.Cell, stat.Tally)) error {
	*c.whole++
	return c.Store.Cells(ctx, dims, pass)
}

// TestANodeFollowsWhatIsFolded and reads everything anew only where it cannot.
func TestANodeFollowsWhatIsFolded(t *testing.T) {
	steps := []struct {
		name  string
		sql   string // before the next fold
		whole int    // times it reads everything
	}{
		{"at first", "", 1},
		{"after a fold", "", 0},
		{"after a fold, when older ones are forgotten", "DELETE FROM folds", 0},
		{"after a repair", "UPDATE data_version SET version = version + 1 WHERE id = 2", 1},
		{"after a fold that nobody remembers", "UPDATE data_version SET version = version + 1 WHERE id = 2; DELETE FROM folds", 1},
	}
	onBothEngines(t, func(t *testing.T, s *Store) {
		whole := 0
		cube := insight.NewCube(counting{s, &whole})
		for i, step := range steps {
			if step.sql != "" {
				if err := s.w.Exec(step.sql).Error; err != nil {
					t.Fatal(err)
				}
			}
			sums := feedback.NewSums()
			sums.Tallies[feedback.Cell{Dim: feedback.ByJourney, ID: 1, JourneyID: 1, Scale: "csat_1_5", Day: 20_000 + int32(i%2)}] = fives(5)
			if err := errors.Join(s.queued(t.Context(), sums), s.FoldAll(t.Context())); err != nil {
				t.Fatal(err)
			}
			before := whole
			rows, err := cube.Counts(t.Context(), insight.Count{Dim: feedback.ByJourney, From: 20_000, To: 20_001})
			if err != nil || len(rows) != 1 || rows[0].Tally != fives(5*int64(i+1)) || whole-before != step.whole {
				t.Errorf("%s: read whole %d times, want %d: %+v, %v", step.name, whole-before, step.whole, rows, err)
			}
		}
	})
}

// TestOnlyTheLastFoldsAreKept: as many as have few cells together.
func TestOnlyTheLastFoldsAreKept(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		var old []foldRow
		for version := int64(2*foldsBetween - 10); version < 2*foldsBetween; version++ {
			old = append(old, foldRow{version, keptCells * 2 / 5, []byte{}})
		}
		err := s.InTx(t.Context(), func(ctx context.Context) error {
			return errors.Join(pour(ctx, s, "folds", old, ""), s.note(ctx, 2*foldsBetween, feedback.NewSums()))
		})
		if err != nil {
			t.Fatal(err)
		}
		left, err := plucked[int64](s.r.Table("folds").Order("version"), "version")
		if want := []int64{2*foldsBetween - 2, 2*foldsBetween - 1, 2 * foldsBetween}; err != nil || !slices.Equal(left, want) {
			t.Errorf("folds %v are left, want %v; %v", left, want, err)
		}
	})
}

// slowly is a store whose marginals take as long to read as a test wants.
type slowly struct {
	*Store
	began chan struct{}
	goOn  chan struct{}
}

func (s slowly) Cells(ctx context.Context, dims []feedback.Dim, pass func(feedback.Cell, stat.Tally)) error {
	s.began <- struct{}{}
	select {
	case <-s.goOn:
		return s.Store.Cells(ctx, dims, pass)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestTheFirstReadingIsDoneByOne: meanwhile the database answers the others; who gives up leaves it to the next.
func TestTheFirstReadingIsDoneByOne(t *testing.T) {
	s := slowly{fresh(t, "sqlite"), make(chan struct{}), make(chan struct{})}
	sums := feedback.NewSums()
	sums.Tallies[feedback.Cell{Dim: feedback.ByJourney, ID: 1, JourneyID: 1, Scale: "csat_1_5", Day: 20_000}] = fives(5)
	err := s.InTx(t.Context(), func(ctx context.Context) error { return s.count(ctx, sums) })
	if err = errors.Join(err, s.FoldAll(t.Context())); err != nil {
		t.Fatal(err)
	}
	cube := insight.NewCube(s)
	ask := func(ctx context.Context) error {
		rows, err := cube.Counts(ctx, insight.Count{Dim: feedback.ByJourney, From: 20_000, To: 20_000})
		if err == nil && (len(rows) != 1 || rows[0].Tally != fives(5)) {
			t.Errorf("%+v", rows)
		}
		return err
	}
	for _, patient := range []bool{false, true} {
		first, giveUp := context.WithCancel(t.Context())
		answered := make(chan error)
		go func() { answered <- ask(first) }()
		<-s.began
		for range 3 { // none of them begins to read
			if err := ask(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if patient {
			close(s.goOn)
		} else {
			giveUp()
		}
		if err := <-answered; patient != (err == nil) {
			t.Errorf("patient: %v, and it says %v", patient, err)
		}
		giveUp()
	}
	if err := ask(t.Context()); err != nil || cube.Bytes() == 0 {
		t.Errorf("%d bytes are kept, %v", cube.Bytes(), err)
	}
}

func BenchmarkCounts(b *testing.B) {
	s, err := Open(b.Context(), "sqlite:"+b.TempDir()+"/bench.db", nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	if _, err := s.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	sums := feedback.NewSums()
	for i := range 100_000 {
		sums.Count(feedback.Delta{Cell: feedback.Cell{Dim: feedback.ByTeam, ID: int64(i%100 + 1), JourneyID: int64(i%2 + 1), Scale: "csat_1_5", Day: 20_000 + int32(i/137)},
			Value: 1 + i%5, Times: 1})
	}
	if err := errors.Join(s.queued(b.Context(), sums), s.FoldAll(b.Context())); err != nil {
		b.Fatal(err)
	}
	cube := insight.NewCube(s)
	if err := cube.Warm(b.Context()); err != nil {
		b.Fatal(err)
	}
	for name, asked := range map[string]insight.Store{"cube": cube, "database": s} {
		for _, days := range []int32{30, 365, 730} {
			b.Run(fmt.Sprintf("%s/%d days", name, days), func(b *testing.B) {
				q := insight.Count{Dim: feedback.ByTeam, From: 20_730 - days, To: 20_730}
				for b.Loop() {
					if _, err := asked.Counts(b.Context(), q); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// queued is what an answer leaves for the fold.
func (s *Store) queued(ctx context.Context, sums feedback.Sums) error {
	return s.InTx(ctx, func(ctx context.Context) error { return s.count(ctx, sums) })
}
