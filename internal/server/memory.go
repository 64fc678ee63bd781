package server

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"sync"
)

// leaf is a page as it was made, for one person.
type leaf struct {
	body []byte
	tag  string // strong: made of the bytes, so that every node says the same, and after a change elsewhere too

	zip    sync.Once
	zipped []byte
}

func newLeaf(body []byte) *leaf {
	sum := sha256.Sum256(body)
	return &leaf{body: body, tag: base64.RawURLEncoding.EncodeToString(sum[:18])}
}

var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, zipLevel)
	return z
}}

// compressed is the page as browsers take it, made when the first of them comes.
func (l *leaf) compressed() []byte {
	l.zip.Do(func() {
		var out bytes.Buffer
		out.Grow(len(l.body) / 4)
		z := zippers.Get().(*gzip.Writer)
		defer zippers.Put(z)
		z.Reset(&out)
		_, _ = z.Write(l.body) // to memory
		_ = z.Close()
		l.zipped = out.Bytes()
	})
	return l.zipped
}

// size is what a page takes of the memory, compressed or not yet.
func (l *leaf) size() int { return len(l.body) + len(l.body)/4 + 512 }

// memory holds pages by what they were made of, within a number of bytes: those nobody asked for go first. Old versions
// are never looked for again, and go so too.
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
		m.recent.MoveToFront(e)
		m.mu.Unlock()
		return e.Value.(remembered).leaf, nil
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
	if other.leaf != nil {
		return other.leaf, nil
	}
	return create()
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
		last := m.recent.Remove(m.recent.Back()).(remembered)
		delete(m.leaves, last.key)
		m.size -= last.size()
	}
}
