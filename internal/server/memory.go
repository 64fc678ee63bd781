package server

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"runtime"
	"sync"

	"github.com/journeyloop/journeyloop/internal/recall"
)

// leaf is a page as it was made, for one person.
type leaf struct {
	body  []byte
	sight *recall.Sight // what it was found in
	tag   string        // strong: made of the bytes, so that every node says the same, and after a change elsewhere too

	zip    sync.Mutex
	zipped []byte
	hasty  bool // to be packed quickly, not small, for whoever asks first
}

func newLeaf(body []byte, sight *recall.Sight) *leaf {
	sum := sha256.Sum256(body)
	return &leaf{body: body, sight: sight, tag: base64.RawURLEncoding.EncodeToString(sum[:18])}
}

func zippers(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(nil, level) // a level there is
		return z
	}}
}

var quick, well = zippers(gzip.BestSpeed), zippers(zipLevel)

// compressed is the page as browsers take it: small, or, where many pages were made at the same time, a quarter larger in
// a third of the time for the first who asks, and small for all after her.
func (l *leaf) compressed() []byte {
	l.zip.Lock()
	defer l.zip.Unlock()
	if l.hasty {
		l.hasty = false
		return zipped(l.body, quick)
	}
	if l.zipped == nil {
		l.zipped = zipped(l.body, well)
	}
	return l.zipped
}

func zipped(body []byte, by *sync.Pool) []byte {
	var out bytes.Buffer
	out.Grow(len(body) / 4)
	z := by.Get().(*gzip.Writer)
	defer by.Put(z)
	z.Reset(&out)
	_, _ = z.Write(body) // to memory
	_ = z.Close()
	return out.Bytes()
}

// size is what a page takes of the memory, compressed or not yet.
func (l *leaf) size() int { return len(l.body) + len(l.body)/4 + 512 }

// memory holds pages by their names, within a number of bytes: those nobody asked for go first.
type memory struct {
	most   int
	mu     sync.Mutex
	size   int
	leaves map[string]*list.Element
	recent *list.List
	making map[string]*making
}

type remembered struct {
	key string
	*leaf
}

// making is a page on its way; leaf is nil where it came to nothing that may be shared.
type making struct {
	done chan struct{}
	leaf *leaf
}

func newMemory(most int) *memory {
	return &memory{most: most, leaves: map[string]*list.Element{}, recent: list.New(), making: map[string]*making{}}
}

// find returns the page of a key, or makes it: once, however many ask at the same time. create returns nil for what must
// not be remembered; whoever else waited for it then makes it herself.
func (m *memory) find(ctx context.Context, key string, create func() (*leaf, error)) (*leaf, error) {
	m.mu.Lock()
	if e, ok := m.leaves[key]; ok {
		if page := e.Value.(remembered).leaf; page.sight.Holds() {
			m.recent.MoveToFront(e)
			m.mu.Unlock()
			return page, nil
		}
		m.drop(e)
	}
	other, ok := m.making[key]
	if !ok {
		return m.lead(key, create)
	}
	m.mu.Unlock()
	select {
	case <-other.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	switch {
	case other.leaf == nil:
		return create()
	case other.leaf.sight.Holds():
		return other.leaf, nil
	}
	return m.find(ctx, key, create)
}

// busy tells whether pages wait for each other's processor.
func (m *memory) busy() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.making) > runtime.GOMAXPROCS(0)/2
}

// lead makes a page for all who ask meanwhile. It is called with the lock, and gives it back.
func (m *memory) lead(key string, create func() (*leaf, error)) (*leaf, error) {
	mine := &making{done: make(chan struct{})}
	m.making[key] = mine
	m.mu.Unlock()
	defer func() { // also when create panics
		m.mu.Lock()
		delete(m.making, key)
		if mine.leaf != nil {
			m.keep(key, mine.leaf)
		}
		m.mu.Unlock()
		close(mine.done)
	}()
	leaf, err := create()
	if err == nil {
		mine.leaf = leaf
	}
	return leaf, err
}

func (m *memory) keep(key string, l *leaf) {
	m.leaves[key] = m.recent.PushFront(remembered{key, l})
	for m.size += l.size(); m.size > m.most; {
		m.drop(m.recent.Back())
	}
}

func (m *memory) drop(e *list.Element) {
	old := m.recent.Remove(e).(remembered)
	delete(m.leaves, old.key)
	m.size -= old.size()
}
