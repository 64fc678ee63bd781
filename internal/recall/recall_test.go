package recall

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

const (
	people, answers = 3, 40
)

// asking is somebody who asks a memory for the number of times that it had to look.
type asking struct {
	*testing.T
	Changes
	Memory
	looked int
}

func (a *asking) ctx() context.Context { return With(a.Context(), a.Look(a.Version())) }

// find asks a question that is answered in an area.
func (a *asking) find(ctx context.Context, key string, in int) int {
	a.Helper()
	n, err := Find(ctx, &a.Memory, key, func(int) int { return 1 }, func(ctx context.Context) (int, error) {
		From(ctx).Saw(Area(in))
		a.looked++
		return a.looked, nil
	})
	if err != nil {
		a.Fatal(err)
	}
	return n
}

func TestHowLongAnAnswerHolds(t *testing.T) {
	a := &asking{T: t}
	a.Tell(7, nil)
	first := a.ctx()
	for _, step := range []struct {
		sentence string
		change   func()
		ctx      func() context.Context
		key      string
		in, want int
	}{
		{"the first who asks has it looked up", func() {}, a.ctx, "team", people, 1},
		{"the next is told the same", func() {}, a.ctx, "team", people, 1},
		{"another question is another", func() {}, a.ctx, "score", answers, 2},
		{"a change elsewhere leaves it", func() { a.Tell(8, map[int]int64{answers: 8}) }, a.ctx, "team", people, 1},
		{"and makes the other anew", func() {}, a.ctx, "score", answers, 3},
		{"a look from before is told what is newer", func() {}, func() context.Context { return first }, "score", answers, 3},
		{"what such a look finds is as old as the look", func() { a.Tell(9, map[int]int64{people: 9}) }, func() context.Context { return first }, "team", people, 4},
		{"so the next asks again", func() {}, a.ctx, "team", people, 5},
		{"what is told late changes nothing", func() { a.Tell(8, map[int]int64{people: 8}) }, a.ctx, "team", people, 5},
		{"who reads everything asks at each version", func() {}, a.ctx, "all", 63, 6},
		{"whatever changed", func() { a.Tell(10, map[int]int64{answers: 10}) }, a.ctx, "all", 63, 7},
		{"a transaction asks for itself", func() {}, func() context.Context { return Apart(a.ctx()) }, "team", people, 8},
		{"and is no memory", func() {}, a.ctx, "team", people, 5},
		{"nor is who does not look", func() {}, t.Context, "team", people, 9},
	} {
		step.change()
		if got := a.find(step.ctx(), step.key, step.in); got != step.want {
			t.Errorf("%s: answer %d, not %d", step.sentence, got, step.want)
		}
	}
}

func TestWhatIsSeenInAnAnswer(t *testing.T) {
	a := &asking{T: t}
	whole := func(ctx context.Context) int {
		n, _ := Find(ctx, &a.Memory, "whole", func(int) int { return 1 }, func(ctx context.Context) (int, error) {
			return a.find(ctx, "team", people) + a.find(ctx, "score", answers), nil
		})
		return n
	}
	for _, sentence := range []string{"when it is found", "and when it is told"} {
		ctx := a.ctx()
		whole(ctx)
		if seen := slices.Collect(From(ctx).Seen().All); !slices.Equal(seen, []int{people, answers}) {
			t.Errorf("%s: %v", sentence, seen)
		}
	}
	within := a.ctx()
	From(Apart(within)).Saw(Area(5))
	if !slices.Contains(slices.Collect(From(within).Seen().All), 5) {
		t.Error("what a transaction of a page sees is none of it")
	}
	a.Tell(11, map[int]int64{answers: 11})
	if before := a.looked; whole(a.ctx()) != 1+3 || a.looked != before+1 {
		t.Errorf("of a whole the part that changed is looked up: %d more", a.looked-before)
	}
}

func TestAnAnswerIsFoundOnce(t *testing.T) {
	var c Changes
	broken := errors.New("broken")
	for sentence, want := range map[string]struct {
		err   error
		times int32
	}{"for all who ask at the same time": {nil, 1}, "and by each for herself when it went wrong": {broken, 8}} {
		var m Memory
		var all, here sync.WaitGroup
		var found atomic.Int32
		here.Add(7)
		for i := range 8 {
			all.Go(func() {
				if i > 0 {
					here.Done()
				}
				_, err := Find(With(t.Context(), c.Look(1)), &m, "q", func(int) int { return 1 }, func(context.Context) (int, error) {
					if found.Add(1) == 1 {
						here.Wait()
					}
					return 1, want.err
				})
				if !errors.Is(err, want.err) {
					t.Errorf("%s: %v", sentence, err)
				}
			})
		}
		all.Wait()
		if n := found.Load(); n < 1 || n > want.times || want.times == 8 && n != 8 {
			t.Errorf("%s: %d times", sentence, n)
		}
	}
}

func TestAFindThatPanicsLeavesNobodyWaiting(t *testing.T) {
	a := &asking{T: t}
	func() {
		defer func() { _ = recover() }()
		_, _ = Find(a.ctx(), &a.Memory, "q", func(int) int { return 1 }, func(context.Context) (int, error) { panic("the roof came down") })
	}()
	if got := a.find(a.ctx(), "q", people); got != 1 {
		t.Errorf("afterwards: %d", got)
	}
}

func TestAMemoryIsBounded(t *testing.T) {
	var c Changes
	var m Memory
	for i := range 45 {
		_, _ = Find(With(t.Context(), c.Look(1)), &m, i, func(int) int { return most / 10 }, func(context.Context) (int, error) { return i, nil })
		if m.size > most || len(m.known) > 10 {
			t.Fatalf("%d answers of %d rows", len(m.known), m.size)
		}
	}
	if len(m.known) == 0 {
		t.Error("nothing was kept")
	}
}
