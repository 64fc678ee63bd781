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
