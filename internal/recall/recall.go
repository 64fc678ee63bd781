// Package recall keeps answers for as long as nothing has changed that they were found in. What an answer was found in
// notes itself while it is found: nobody declares anything, and whoever cannot say what she reads has read everything. It
// is not for what must be looked up each time, and knows nothing of the data: what its areas are is the store's to say.
package recall

import (
	"context"
	"math/bits"
	"sync"
	"sync/atomic"
)

// Areas is a set of areas of the data, by their numbers from 0 to 62.
type Areas uint64

// Everything changes with every version of the data.
const Everything Areas = 1 << 63

// Area is the set of one.
func Area(number int) Areas { return 1 << number }

// All passes the numbers of a set.
func (a Areas) All(yield func(number int) bool) {
	for a != 0 && yield(bits.TrailingZeros64(uint64(a))) {
		a &= a - 1
	}
}

// Changes knows with which version of the data each area changed last, as far as it was told.
type Changes struct {
	mu   sync.RWMutex
	last [64]int64
}

// Version is the latest version that it was told of.
func (c *Changes) Version() int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.last[63]
}

// Tell says that there is a version of the data, and with which the areas changed last up to then; later is as well.
func (c *Changes) Tell(version int64, last map[int]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for area, version := range last {
		c.last[area] = max(c.last[area], version)
	}
	c.last[63] = max(c.last[63], version)
}

func (c *Changes) since(version int64, in Areas) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for area := range in.All {
		if c.last[area] > version {
			return true
		}
	}
	return false
}

// Look is a look at the data as of a version that was read before.
func (c *Changes) Look(version int64) *Sight { return &Sight{changes: c, version: version} }

// Sight is what was seen at a look. Its ctx is the only way to it; nil sees nothing and keeps nothing.
type Sight struct {
	changes *Changes
	version int64
	seen    atomic.Uint64
	above   *Sight // what it is a part of
	apart   bool   // it sees more, or less, than its version says
}

type sightKey struct{}

// With lets what is asked with the ctx it returns be a part of a look.
func With(ctx context.Context, s *Sight) context.Context {
	return context.WithValue(ctx, sightKey{}, s)
}

// From is the look that ctx is a part of, or nil.
func From(ctx context.Context) *Sight {
	s, _ := ctx.Value(sightKey{}).(*Sight)
	return s
}

// Apart lets nothing be recalled or kept of what is asked with the ctx it returns: in a transaction, which sees its own
// changes, and may not see those of others.
func Apart(ctx context.Context) context.Context {
	return With(ctx, &Sight{above: From(ctx), apart: true})
}

// Saw notes areas, for all that this is a part of.
func (s *Sight) Saw(areas Areas) {
	for ; s != nil; s = s.above {
		s.seen.Or(uint64(areas))
	}
}

// Seen is what was seen so far.
func (s *Sight) Seen() Areas { return Areas(s.seen.Load()) }

// Keeps reports whether answers found at the look may be kept, and be those that are known.
func (s *Sight) Keeps() bool { return s != nil && !s.apart }

// Holds reports whether nothing that was seen has changed since.
func (s *Sight) Holds() bool { return s.Keeps() && !s.changes.since(s.version, s.Seen()) }

// Version is that of the data before the look.
func (s *Sight) Version() int64 { return s.version }

// Part is a look of its own within s, which sees what its parts see.
func (s *Sight) Part() *Sight { return &Sight{changes: s.changes, version: s.version, above: s} }

// Memory is answers by their questions. The zero one is ready.
type Memory struct {
	mu    sync.Mutex
	size  int
	known map[any]*answer
}

// most bounds a memory, in rows; when it is full it begins anew.
const most = 30_000

// answer is one that is known, or on its way until found is closed.
type answer struct {
	found chan struct{}
	value any // nil where it came to nothing
	rows  int
	sight *Sight
}

// Find answers a question from the memory, or finds the answer and keeps it: once, however many ask at the same time. Size
// is about how many rows it has. A key says all that the answer depends on but the data. What is kept is shared: nobody
// changes it.
func Find[T any](ctx context.Context, m *Memory, key any, size func(T) int, find func(ctx context.Context) (T, error)) (T, error) {
	look := From(ctx)
	if !look.Keeps() {
		return find(ctx)
	}
	mine := &answer{found: make(chan struct{}), sight: look.Part()}
	for other := m.claim(key, mine); other != nil; other = m.claim(key, mine) {
		select {
		case <-other.found:
		case <-ctx.Done():
			var none T
			return none, ctx.Err()
		}
		if other.holds() {
			look.Saw(other.sight.Seen())
			return other.value.(T), nil
		}
		m.forget(key, other)
	}
	defer m.settle(key, mine) // also when find panics
	value, err := find(With(ctx, mine.sight))
	if err == nil {
		mine.value, mine.rows = value, 1+size(value)
	}
	return value, err
}

func (a *answer) holds() bool { return a.value != nil && a.sight.Holds() }

// claim puts mine in the place of a question nobody has asked, or returns who has.
func (m *Memory) claim(key any, mine *answer) *answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	if other := m.known[key]; other != nil {
		return other
	}
	if m.known == nil {
		m.known = map[any]*answer{}
	}
	m.known[key] = mine
	return nil
}

// forget takes an answer away that holds no longer, unless there is another by now.
func (m *Memory) forget(key any, old *answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known[key] == old {
		delete(m.known, key)
		m.size -= old.rows
	}
}

// settle lets those who wait have the answer.
func (m *Memory) settle(key any, mine *answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mine.sight.above = nil
	if m.known[key] == mine {
		m.size += mine.rows
	}
	if m.size > most {
		clear(m.known)
		m.size = 0
	}
	close(mine.found)
}
