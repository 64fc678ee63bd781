package intake

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
)

// Result is what became of one item: its value, or why it was refused.
type Result[R any] struct {
	Value R
	Err   error
}

// Options say how much a queue holds and how it is drained. Weights are what weigh says, 1 for each item without it.
type Options struct {
	Room       int           // weight that may wait; what does not fit is refused as Busy
	AtOnce     int           // weight of one commit at most; a heavier item goes alone
	Committers int           // commits at the same time
	Patience   time.Duration // how long one commit may take
}

// Queue takes items from many callers and commits them in batches. Its zero value is not usable; see NewQueue.
type Queue[T, R any] struct {
	commit func(ctx context.Context, items []T) ([]Result[R], error)
	weigh  func(T) int
	Options

	mu      sync.Mutex
	more    sync.Cond
	waiting []*item[T, R]
	weight  int // of those waiting
	under   int // weight of those being committed
	closed  bool
	working sync.WaitGroup
}

type item[T, R any] struct {
	value  T
	weight int
	result Result[R]
	done   chan struct{} // closed once result is final
}

// NewQueue starts the committers. commit must store all of its items durably or, when it returns an error, none; what it
// refuses of them is in their results. It must bear being asked again for what it has stored already, since the answer to
// a commit may have been lost on the way.
func NewQueue[T, R any](o Options, weigh func(T) int, commit func(ctx context.Context, items []T) ([]Result[R], error)) *Queue[T, R] {
	if weigh == nil {
		weigh = func(T) int { return 1 }
	}
	q := &Queue[T, R]{Options: o, weigh: weigh, commit: commit}
	q.more.L = &q.mu
	q.Committers = max(1, o.Committers)
	for range q.Committers {
		q.working.Go(q.work)
	}
	return q
}

// Put waits until the item is committed or refused. A caller who gives up takes her item back where nobody has begun to
// commit it; otherwise she learns what became of it: never an error for something stored.
func (q *Queue[T, R]) Put(ctx context.Context, value T) (R, error) {
	x := &item[T, R]{value: value, weight: q.weigh(value), done: make(chan struct{})}
	if err := ctx.Err(); err != nil {
		return x.result.Value, err
	}
	if !q.enter(x) {
		return x.result.Value, fault.Busy("errors.busy")
	}
	select {
	case <-x.done:
	case <-ctx.Done():
		if q.withdraw(x) {
			return x.result.Value, ctx.Err()
		}
		<-x.done
	}
	return x.result.Value, x.result.Err
}

// enter queues an item where there is room; an empty queue has room for any.
func (q *Queue[T, R]) enter(x *item[T, R]) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.weight > 0 && q.weight+x.weight > q.Room {
		return false
	}
	q.waiting, q.weight = append(q.waiting, x), q.weight+x.weight
	q.more.Signal()
	return true
}

// withdraw takes an item out of the queue; false when a committer has it already.
func (q *Queue[T, R]) withdraw(x *item[T, R]) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, y := range q.waiting {
		if x == y {
			q.waiting, q.weight = append(q.waiting[:i], q.waiting[i+1:]...), q.weight-x.weight
			return true
		}
	}
	return false
}

// Close refuses what comes from now on and returns when all that waited is committed.
func (q *Queue[T, R]) Close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.more.Broadcast()
	q.working.Wait()
}

func (q *Queue[T, R]) work() {
	for {
		batch, weight := q.next()
		if len(batch) == 0 {
			return
		}
		q.settle(batch)
		q.mu.Lock()
		q.under -= weight
		q.mu.Unlock()
		q.more.Broadcast()
	}
}

// worth reports whether enough waits for a commit: anything when no other is under way, else as much as each of the other
// committers may have. Less waits for more, or for one of them to end: every commit has its price, however little is in it.
func (q *Queue[T, R]) worth() bool {
	return q.weight > 0 && (q.weight >= q.part() || q.weight*(q.Committers-1) >= q.under)
}

// part is how much one commit takes: where there is much, it is shared among the committers, who work at the same time.
func (q *Queue[T, R]) part() int {
	return min(q.AtOnce, max(shared, (q.weight+q.under+q.Committers-1)/q.Committers))
}

// shared is from what weight on a commit is worth being shared.
const shared = 64

// next takes what has come since it was last asked, with its weight, and waits only where that is not worth a commit; none
// means that the queue is closed and empty.
func (q *Queue[T, R]) next() ([]*item[T, R], int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		for !q.worth() && !q.closed {
			q.more.Wait()
		}
		q.gather()
		if q.worth() || q.closed {
			break // else who waited has left meanwhile, or gone with another committer
		}
	}
	n, weight, most := 0, 0, q.part()
	for _, x := range q.waiting {
		if n > 0 && weight+x.weight > most {
			break
		}
		n, weight = n+1, weight+x.weight
	}
	batch := q.waiting[:n:n]
	q.waiting, q.weight, q.under = q.waiting[n:], q.weight-weight, q.under+weight
	return batch, weight
}

// gather lets those enter who are on their way: callers of the last commit come again together, and whoever were first
// would have a commit of her own before all the others. It only steps aside for goroutines that can run at once, so that
// an item alone is committed at once.
func (q *Queue[T, R]) gather() {
	for n := 0; n < len(q.waiting) && q.weight < q.part(); {
		n = len(q.waiting)
		q.mu.Unlock()
		for range aside {
			runtime.Gosched()
		}
		q.mu.Lock()
	}
}

// aside is how often a committer steps aside before it believes that nobody else is on her way.
const aside = 16

// settle commits a batch. Where that fails for another reason than a database in trouble, one of the items is to blame:
// each half is tried by itself, until the bad one is alone with its error.
func (q *Queue[T, R]) settle(batch []*item[T, R]) {
	results, err := q.try(batch)
	if fault.KindOf(err) == fault.KindBusy {
		results, err = q.try(batch) // beaten to a lock, or the connection was cut: what is stored already is found again
	}
	switch half := len(batch) / 2; {
	case err == nil:
		for i, x := range batch {
			x.finish(results[i])
		}
	case half == 0 || fault.KindOf(err) == fault.KindBusy:
		for _, x := range batch {
			x.finish(Result[R]{Err: err})
		}
	default:
		q.settle(batch[:half])
		q.settle(batch[half:])
	}
}

func (x *item[T, R]) finish(r Result[R]) {
	x.result = r
	close(x.done)
}

// try commits a batch once. A panic is the fault of an item like any other error: it must not end the process.
func (q *Queue[T, R]) try(batch []*item[T, R]) (results []Result[R], err error) {
	values := make([]T, len(batch))
	for i, x := range batch {
		values[i] = x.value
	}
	// Of no caller: one who leaves must not break off what others wait for.
	ctx, cancel := context.WithTimeout(context.Background(), q.Patience)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("commit %d items: panic: %v\n%s", len(batch), p, debug.Stack())
		}
	}()
	results, err = q.commit(ctx, values)
	switch {
	case err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("%w: %w", fault.Busy("errors.busy"), err)
	case err == nil && len(results) != len(batch):
		return nil, fmt.Errorf("commit %d items: %d results", len(batch), len(results))
	}
	return results, err
}
