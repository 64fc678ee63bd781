package intake_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/intake"
)

type results = []intake.Result[int]

var options = intake.Options{Room: 4, AtOnce: 100, Committers: 1, Patience: time.Minute}

var errBad = errors.New("a bad item")

// shelf is a database of numbers. A negative one spoils its batch, and 666 makes it panic.
type shelf struct {
	mu      sync.Mutex
	kept    []int
	batches [][]int
	gate    chan struct{} // where not nil, every commit waits for it
	commit  func(ctx context.Context) error
}

func (s *shelf) take(ctx context.Context, items []int) (results, error) {
	if s.gate != nil {
		<-s.gate
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, slices.Clone(items))
	out := make(results, len(items))
	for i, x := range items {
		switch {
		case x < 0:
			return nil, errBad
		case x == 666:
			panic("a bug")
		case x%10 == 9:
			out[i].Err = fault.Conflict("refused")
		default:
			out[i].Value = 2 * x
		}
	}
	if s.commit != nil {
		if err := s.commit(ctx); err != nil {
			return nil, err
		}
	}
	s.kept = append(s.kept, items...)
	return out, nil
}

// together puts items at the same time and returns what became of each.
func together(q *intake.Queue[int, int], items ...int) (values []int, errs []error) {
	values, errs = make([]int, len(items)), make([]error, len(items))
	var all sync.WaitGroup
	for i, x := range items {
		all.Go(func() { values[i], errs[i] = q.Put(context.Background(), x) })
	}
	all.Wait()
	return values, errs
}

func TestWhatComesDuringACommitGoesIntoTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{gate: make(chan struct{})}
		q := intake.NewQueue(options, nil, s.take)
		var all sync.WaitGroup
		put := func(x int) { all.Go(func() { q.Put(t.Context(), x) }); synctest.Wait() }
		for x := 1; x <= 4; x++ {
			put(x)
		}
		s.gate <- struct{}{}
		synctest.Wait()
		put(5)
		close(s.gate)
		all.Wait()
		q.Close()
		if want := [][]int{{1}, {2, 3, 4}, {5}}; !slices.EqualFunc(s.batches, want, slices.Equal) {
			t.Errorf("batches %v, want %v", s.batches, want)
		}
	})
}

func TestWhatComesDuringACommitWaitsUntilItIsWorthAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{gate: make(chan struct{})}
		o := options
		o.Room, o.Committers = 100, 3
		q := intake.NewQueue(o, func(x int) int { return x }, s.take)
		var all sync.WaitGroup
		put := func(xs ...int) {
			for _, x := range xs {
				all.Go(func() { q.Put(t.Context(), x) })
				synctest.Wait()
			}
		}
		end := func() { s.gate <- struct{}{}; synctest.Wait() }
		put(8)          // at once
		put(1, 1, 1, 1) // at once when they are half of it
		put(2, 2)       // waits: each of the others has 6
		end()           // the first
		put(1)
		end() // the second
		close(s.gate)
		all.Wait()
		q.Close()
		if want := [][]int{{8}, {1, 1, 1, 1}, {2, 2}, {1}}; !slices.EqualFunc(s.batches, want, slices.Equal) {
			t.Errorf("batches %v, want %v", s.batches, want)
		}
	})
}

func TestMuchIsSharedAmongTheCommitters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{gate: make(chan struct{})}
		o := options
		o.Room, o.AtOnce, o.Committers = 1000, 500, 2
		q := intake.NewQueue(o, nil, s.take)
		var all sync.WaitGroup
		for x := range 301 {
			all.Go(func() { q.Put(t.Context(), 10*x) })
			if x == 0 {
				synctest.Wait() // it is being committed alone
			}
		}
		synctest.Wait()
		close(s.gate)
		all.Wait()
		q.Close()
		for _, b := range s.batches {
			if len(b) > 151 {
				t.Errorf("%d of 301 in one commit, while the other committer had few", len(b))
			}
		}
	})
}

func TestABatchHoldsNoMoreThanItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{gate: make(chan struct{})}
		o := options
		o.Room, o.AtOnce = 1000, 10
		q := intake.NewQueue(o, func(x int) int { return x }, s.take)
		var all sync.WaitGroup
		for _, x := range []int{1, 4, 6, 3, 50, 2} {
			all.Go(func() { q.Put(t.Context(), x) })
			synctest.Wait()
		}
		close(s.gate)
		all.Wait()
		q.Close()
		if want := [][]int{{1}, {4, 6}, {3}, {50}, {2}}; !slices.EqualFunc(s.batches, want, slices.Equal) {
			t.Errorf("batches %v, want %v", s.batches, want)
		}
	})
}

func TestAFullQueueSaysSoAtOnceAndForgetsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{gate: make(chan struct{})}
		q := intake.NewQueue(options, nil, s.take)
		var all sync.WaitGroup
		for x := 1; x <= 5; x++ { // one is being committed, four wait
			all.Go(func() {
				if _, err := q.Put(t.Context(), x); err != nil {
					t.Errorf("%d: %v", x, err)
				}
			})
			synctest.Wait()
		}
		if _, err := q.Put(t.Context(), 6); fault.KindOf(err) != fault.KindBusy || fault.Of(err).Key != "errors.busy" {
			t.Errorf("a full queue: %v", err)
		}
		close(s.gate)
		all.Wait()
		if _, err := q.Put(t.Context(), 7); err != nil {
			t.Errorf("with room again: %v", err)
		}
		q.Close()
		if want := []int{1, 2, 3, 4, 5, 7}; !slices.Equal(s.kept, want) {
			t.Errorf("kept %v, want %v", s.kept, want)
		}
	})
}

func TestABadItemSpoilsNobodyElses(t *testing.T) {
	for sentence, bad := range map[string]int{"an error": -1, "a panic": 666} {
		t.Run(sentence, func(t *testing.T) {
			s := &shelf{}
			o := options
			o.Room = 100
			q := intake.NewQueue(o, nil, s.take)
			defer q.Close()
			items := []int{1, 2, 3, 4, 5, bad, 19, 7, 8, bad, 10, 11}
			values, errs := together(q, items...)
			for i, x := range items {
				switch {
				case x == bad:
					if errs[i] == nil || fault.KindOf(errs[i]) != fault.KindInternal {
						t.Errorf("the bad item: %v", errs[i])
					}
				case x == 19:
					if fault.KindOf(errs[i]) != fault.KindConflict {
						t.Errorf("the refused one: %v", errs[i])
					}
				case errs[i] != nil || values[i] != 2*x:
					t.Errorf("%d: %d %v", x, values[i], errs[i])
				}
			}
			slices.Sort(s.kept)
			if want := []int{1, 2, 3, 4, 5, 7, 8, 10, 11, 19}; !slices.Equal(s.kept, want) {
				t.Errorf("kept %v, want each once", s.kept)
			}
		})
	}
}

func TestADatabaseInTroubleIsAskedTwiceAndNotPiecemeal(t *testing.T) {
	for sentence, c := range map[string]struct {
		troubles int
		asked    int
		fails    bool
	}{
		"trouble that passes": {1, 2, false},
		"trouble that stays":  {9, 2, true},
	} {
		t.Run(sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				s := &shelf{gate: make(chan struct{})}
				s.commit = func(context.Context) error {
					if len(s.batches[len(s.batches)-1]) == 1 {
						return nil // the first, during which the others come
					}
					if asked++; asked <= c.troubles {
						return fault.Busy("errors.not_stored")
					}
					return nil
				}
				q := intake.NewQueue(options, nil, s.take)
				var all sync.WaitGroup
				var failed atomic.Int32
				for x := 1; x <= 5; x++ {
					all.Go(func() {
						if _, err := q.Put(t.Context(), x); fault.KindOf(err) == fault.KindBusy {
							failed.Add(1)
						}
					})
					synctest.Wait()
				}
				close(s.gate)
				all.Wait()
				q.Close()
				if asked != c.asked || (failed.Load() == 4) != c.fails || (failed.Load() == 0) == c.fails {
					t.Errorf("asked %d times, %d failed", asked, failed.Load())
				}
			})
		})
	}
}

// TestACallerWhoLeaves: an item is either hers again or stored; never both and never neither.
func TestACallerWhoLeaves(t *testing.T) {
	for sentence, c := range map[string]struct {
		began bool
		fails error // of the commit
		want  error
		kept  []int
	}{
		"before her item's turn takes it back": {false, nil, context.Canceled, []int{1}},
		"during the commit hears it is stored": {true, nil, nil, []int{1, 2}},
		"during a commit that fails hears so":  {true, fault.Busy("errors.not_stored"), fault.Busy("errors.not_stored"), []int{1}},
	} {
		t.Run(sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &shelf{gate: make(chan struct{}, 9)}
				q := intake.NewQueue(options, nil, s.take)
				var other sync.WaitGroup
				other.Go(func() { q.Put(t.Context(), 1) })
				synctest.Wait()
				ctx, leave := context.WithCancel(t.Context())
				var err error
				var her sync.WaitGroup
				her.Go(func() { _, err = q.Put(ctx, 2) })
				synctest.Wait()
				if c.began {
					s.gate <- struct{}{} // the first is stored, hers begins
					synctest.Wait()
					s.commit = func(context.Context) error { return c.fails }
				}
				leave()
				synctest.Wait()
				close(s.gate)
				her.Wait()
				other.Wait()
				q.Close()
				if c.want == nil && err != nil || c.want != nil && (err == nil || err.Error() != c.want.Error()) {
					t.Errorf("she hears %v, want %v", err, c.want)
				}
				if !slices.Equal(s.kept, c.kept) {
					t.Errorf("kept %v, want %v", s.kept, c.kept)
				}
			})
		})
	}
}

func TestACommitThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{commit: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
		q := intake.NewQueue(options, nil, s.take)
		began := time.Now()
		_, err := q.Put(t.Context(), 1)
		q.Close()
		if fault.KindOf(err) != fault.KindBusy || time.Since(began) != 2*options.Patience {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestClosingStoresWhatWaitsAndTakesNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{gate: make(chan struct{})}
		q := intake.NewQueue(options, nil, s.take)
		var all sync.WaitGroup
		for x := 1; x <= 4; x++ {
			all.Go(func() {
				if _, err := q.Put(t.Context(), x); err != nil {
					t.Errorf("%d: %v", x, err)
				}
			})
			synctest.Wait()
		}
		all.Go(q.Close)
		synctest.Wait()
		if _, err := q.Put(t.Context(), 5); fault.KindOf(err) != fault.KindBusy {
			t.Errorf("after closing: %v", err)
		}
		close(s.gate)
		all.Wait()
		if want := []int{1, 2, 3, 4}; !slices.Equal(s.kept, want) {
			t.Errorf("kept %v, want %v", s.kept, want)
		}
	})
}

// TestCommittersStayWhenEverybodyLeaves: a queue that was not empty a moment ago may be, and is not closed for that.
func TestCommittersStayWhenEverybodyLeaves(t *testing.T) {
	for _, committers := range []int{1, 3} {
		o := options
		o.Room, o.Committers = 1000, committers
		q := intake.NewQueue(o, nil, (&shelf{}).take)
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				for n := range 100 {
					ctx, leave := context.WithCancel(t.Context())
					go leave()
					_, _ = q.Put(ctx, n)
				}
			})
		}
		all.Wait()
		ctx, end := context.WithTimeout(t.Context(), time.Minute)
		if _, err := q.Put(ctx, 1); err != nil {
			t.Errorf("%d committers, after everybody left: %v", committers, err)
		}
		end()
		q.Close()
	}
}

func TestManyCallersAndCommittersLoseAndDoubleNothing(t *testing.T) {
	s := &shelf{}
	o := options
	o.Room, o.AtOnce, o.Committers = 64, 16, 3
	q := intake.NewQueue(o, nil, s.take)
	var want []int
	var mu sync.Mutex
	var all sync.WaitGroup
	for c := range 32 {
		all.Go(func() {
			for n := range 200 {
				x := 10 * (c*200 + n)
				ctx, leave := context.WithTimeout(t.Context(), time.Duration(n%7)*20*time.Microsecond)
				if n%2 == 0 {
					ctx = t.Context()
				}
				v, err := q.Put(ctx, x)
				leave()
				if err == nil {
					mu.Lock()
					want = append(want, v/2)
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	q.Close()
	slices.Sort(want)
	slices.Sort(s.kept)
	if !slices.Equal(s.kept, want) {
		t.Errorf("%d kept, %d acknowledged", len(s.kept), len(want))
	}
}
