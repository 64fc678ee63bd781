package store

import (
	"bytes"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// watch finds what uses the store beside the transaction that its goroutine has open. It is for tests: in production
// such a call waits for itself, but only when no other connection is free.
type watch struct {
	report func(stack string)
	mu     sync.Mutex
	within map[string]bool // goroutines with an open transaction
}

// Watch tells report the stack of every use of the store inside InTx or View whose ctx is not the transaction's. It is
// for tests, and must be called before the store is used.
func (s *Store) Watch(report func(stack string)) {
	s.watch = &watch{report: report, within: map[string]bool{}}
}

// look is called where a connection is about to be taken from the pool.
func (w *watch) look() {
	if w == nil {
		return
	}
	w.mu.Lock()
	astray := len(w.within) > 0 && w.within[goroutine()] // who asks for its number waits for a look at its stack
	w.mu.Unlock()
	if astray {
		w.report(calls(string(debug.Stack())))
	}
}

// calls keeps what a stack says of this project.
func calls(stack string) string {
	var ours []string
	lines := strings.Split(stack, "\n")
	for i := 1; i+1 < len(lines); i += 2 {
		if strings.Contains(lines[i], "/journeyloop/internal/") && !strings.Contains(lines[i], "middleware") {
			ours = append(ours, strings.TrimSpace(lines[i+1]))
		}
	}
	return strings.Join(ours, "\n")
}

// enter notes that this goroutine has a transaction, until the function it returns is called.
func (w *watch) enter() (leave func()) {
	if w == nil {
		return func() {}
	}
	me := goroutine()
	w.set(me, true)
	return func() { w.set(me, false) }
}

func (w *watch) set(goroutine string, within bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if within {
		w.within[goroutine] = true
	} else {
		delete(w.within, goroutine)
	}
}

// goroutine is the number of the running one: "goroutine 18 [running]:…".
func goroutine() string {
	var head [40]byte
	_, rest, _ := bytes.Cut(head[:runtime.Stack(head[:], false)], []byte(" "))
	number, _, _ := bytes.Cut(rest, []byte(" "))
	return string(number)
}
