package server

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/journeyloop/journeyloop/internal/recall"
)

func page(n int) func() (*leaf, error) {
	return func() (*leaf, error) {
		return newLeaf([]byte(strings.Repeat("x", n)), new(recall.Changes).Look(1)), nil
	}
}

func TestTheMemoryOfPagesIsBounded(t *testing.T) {
	m := newMemory(10 * newLeaf(make([]byte, 4000), nil).size())
	for i := range 100 {
		if _, err := m.find(t.Context(), fmt.Sprint(i), page(4000)); err != nil {
			t.Fatal(err)
		}
		if _, err := m.find(t.Context(), "0", page(4000)); err != nil { // asked for again and again
			t.Fatal(err)
		}
	}
	if len(m.leaves) != 10 || m.recent.Len() != 10 || m.size > m.most || len(m.making) != 0 {
		t.Errorf("%d pages of %d bytes, %d on their way", len(m.leaves), m.size, len(m.making))
	}
	if m.leaves["0"] == nil || m.leaves["99"] == nil || m.leaves["50"] != nil {
		t.Error("what was asked for last did not stay")
	}
	if _, err := m.find(t.Context(), "large", page(m.most)); err != nil || m.size != 0 || m.recent.Len() != 0 {
		t.Errorf("a page larger than the memory: %d bytes, %v", m.size, err)
	}
}

func TestAPageIsMadeOnce(t *testing.T) {
	m, broken := newMemory(1<<20), errors.New("broken")
	for sentence, c := range map[string]struct {
		create func() (*leaf, error)
		times  int32
		err    error
	}{
		"for all who ask at the same time":                     {page(10), 1, nil},
		"but by everybody for herself when it may not be kept": {func() (*leaf, error) { return nil, nil }, 8, nil},
		"and again when it went wrong":                         {func() (*leaf, error) { return nil, broken }, 8, broken},
	} {
		var made atomic.Int32
		var all, here sync.WaitGroup
		here.Add(7)
		for i := range 8 {
			all.Go(func() {
				if i > 0 {
					here.Done()
				}
				_, err := m.find(t.Context(), sentence, func() (*leaf, error) {
					made.Add(1)
					if i == 0 {
						here.Wait()
					}
					return c.create()
				})
				if !errors.Is(err, c.err) {
					t.Errorf("%s: %v", sentence, err)
				}
			})
		}
		all.Wait()
		if n := made.Load(); n > c.times || n < 1 || c.times == 8 && n != 8 {
			t.Errorf("%s: made %d times", sentence, n)
		}
	}
}

func TestAPageThatPanicsLeavesNobodyWaiting(t *testing.T) {
	m := newMemory(1 << 20)
	func() {
		defer func() { _ = recover() }()
		_, _ = m.find(t.Context(), "x", func() (*leaf, error) { panic("on purpose") })
	}()
	if l, err := m.find(t.Context(), "x", page(1)); err != nil || l == nil {
		t.Errorf("%v %v", l, err)
	}
}

func TestWhatABrowserHas(t *testing.T) {
	for said, want := range map[string]bool{`"a"`: true, `W/"a"`: true, `"b", "a"`: true, `*`: true, `"b"`: false, `a`: false, ``: false, `"a-gz"`: false} {
		if has([]string{said}, `"a"`) != want {
			t.Errorf("%s: not %v", said, want)
		}
	}
}

func TestAPageIsPackedInHasteAndThenWell(t *testing.T) {
	body := []byte(strings.Repeat("Customers rated the service after this contact 4.2 of 5, beyond noise. ", 40) + strings.Repeat("کارکنان مهربان بودند. ", 50))
	l := newLeaf(body, nil)
	l.hasty = true
	first, second := l.compressed(), l.compressed()
	if third := l.compressed(); len(second) >= len(first) || !bytes.Equal(second, third) {
		t.Errorf("%d bytes, then %d, then %d", len(first), len(second), len(third))
	}
	for i, packed := range [][]byte{first, second} {
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, body) {
			t.Errorf("packing %d lost something: %v", i+1, err)
		}
	}
}
