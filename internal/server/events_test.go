package server

import (
	"context"
	"testing"
)

func TestTheHubTakesSoManyAndNoMore(t *testing.T) {
	h := newHub(func(context.Context) (int64, error) { return 1, nil })
	first, ok := h.join("")
	if !ok {
		t.Fatal("the first was refused")
	}
	for range maxStreams - 1 {
		if _, ok = h.join(""); !ok {
			t.Fatal("refused before it was full")
		}
	}
	if _, ok = h.join(""); ok {
		t.Error("one too many was let in")
	}
	h.leave(first)
	if _, ok = h.join(""); !ok {
		t.Error("refused though somebody had left")
	}
}

func TestAStreamIsWokenOnceHoweverOftenTheDataChanges(t *testing.T) {
	h := newHub(func(context.Context) (int64, error) { return 1, nil })
	stream, _ := h.join("")
	h.tell(1)
	if len(stream) != 0 {
		t.Error("the first look is not a change")
	}
	h.tell(2)
	h.tell(2)
	h.tell(3)
	if len(stream) != 1 {
		t.Errorf("woken %d times, want once", len(stream))
	}
}

func TestAStreamIsToldOnlyWhatItsPageDoesNotShow(t *testing.T) {
	h := newHub(func(context.Context) (int64, error) { return 1, nil })
	h.tell(4)
	h.tell(5)
	for shows, want := range map[string]int{"4": 1, "5": 0, "6": 0, "": 1, "nonsense": 1} {
		if stream, _ := h.join(shows); len(stream) != want {
			t.Errorf("a page of version %q is told %d times of version 5", shows, len(stream))
		}
	}
	ahead, _ := h.join("6")
	for _, version := range []int64{5, 6, 7} {
		if h.tell(version); (len(ahead) == 1) != (version == 7) {
			t.Errorf("a page of version 6 is told %d times of version %d", len(ahead), version)
		}
	}
}
