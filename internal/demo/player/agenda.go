package player

import (
	"container/heap"
	"context"
	"time"
)

// agenda is what is still to happen, the earliest first; what happens at the same moment keeps the order in which it was
// added, so that the same play is always played alike.
type agenda struct {
	items heaped
	added int
}

type item struct {
	at    time.Time
	order int
	do    func(ctx context.Context) error
}

func (a *agenda) Len() int { return len(a.items) }

func (a *agenda) add(at time.Time, do func(ctx context.Context) error) {
	a.added++
	heap.Push(&a.items, item{at, a.added, do})
}

func (a *agenda) next() item { return heap.Pop(&a.items).(item) }

type heaped []item

func (h heaped) Len() int      { return len(h) }
func (h heaped) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *heaped) Push(x any)   { *h = append(*h, x.(item)) }

func (h heaped) Less(i, j int) bool {
	if c := h[i].at.Compare(h[j].at); c != 0 {
		return c < 0
	}
	return h[i].order < h[j].order
}

func (h *heaped) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
