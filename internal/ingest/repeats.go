package ingest

import (
	"container/list"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// digest is half a SHA-256: enough that two different events of one company never share one.
type digest [16]byte

// fingerprint is what an event says about its run. It is taken of the record, so that CSV and XES agree.
func fingerprint(rec *Record, c *Contact) (d digest) {
	var b strings.Builder
	write := func(s string) { fmt.Fprintf(&b, "%d:%s", len(s), s) }
	write(rec.Journey.Key)
	write(rec.Run)
	write(c.Touchpoint.Key)
	write(c.Channel)
	write(c.Topic)
	write(c.Started.Format(time.RFC3339Nano))
	write(c.Ended.Format(time.RFC3339Nano))
	for _, p := range c.People {
		write(p.Employee.Key)
		write(strings.Join(p.Team, "\x00"))
	}
	sum := sha256.Sum256([]byte(b.String()))
	copy(d[:], sum[:])
	return d
}

// recentRuns is how many runs' events are remembered. Equal events of one run stand close together in a log (same
// second), so that the memory of a window of runs is enough, however long the log.
const recentRuns = 10_000

// repeats counts equal events within the runs seen last.
type repeats struct {
	limit int
	runs  map[string]*list.Element
	order *list.List // most recent first
}

type repeated struct {
	run  string
	seen map[digest]int
}

func newRepeats(limit int) *repeats {
	return &repeats{limit: limit, runs: map[string]*list.Element{}, order: list.New()}
}

// count returns how often the run's events said the same before, and remembers this one.
func (r *repeats) count(run string, d digest) int {
	e, ok := r.runs[run]
	if !ok {
		e = r.order.PushFront(&repeated{run: run, seen: map[digest]int{}})
		r.runs[run] = e
		if r.order.Len() > r.limit {
			oldest := r.order.Back()
			delete(r.runs, r.order.Remove(oldest).(*repeated).run)
		}
	}
	r.order.MoveToFront(e)
	seen := e.Value.(*repeated).seen
	seen[d]++
	return seen[d] - 1
}
