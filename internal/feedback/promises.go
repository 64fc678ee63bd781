package feedback

import (
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/run"
)

// Promise is what a customer was promised at one contact of a run and what came of it, in calendar days after the day of
// that contact. Business days are not kept: whoever reads them counts them by the company's week of today.
type Promise struct {
	JourneyID, TouchpointID int64
	TeamID                  int64 // that made it, as it was then; 0 where none is on record
	Day                     int32 // the contact's, in the company's zone
	Business                bool  // made in business days
	Promised, Took          int32 // Took is Open while it is not kept
	Late                    bool  // kept after the due time, which may be on the due day
	Again                   bool  // not the first at this touchpoint of the run
}

// Open is how long a promise took that is not kept yet.
const Open = -1

// PromisesOf lists the promises made on a walk, in the order they were made.
func PromisesOf(w run.Walk, zone *time.Location) []Promise {
	var out []Promise
	for _, c := range w.Contacts {
		x := c.Interaction
		if x.PromiseDue == nil {
			continue
		}
		p := Promise{JourneyID: w.Run.JourneyID, TouchpointID: x.TouchpointID, TeamID: madeBy(c.People), Day: i18n.Day(x.StartedAt, zone),
			Business: x.PromiseBusiness, Took: Open}
		p.Promised = max(0, i18n.Day(*x.PromiseDue, zone)-p.Day)
		if x.PromiseKept != nil {
			p.Took, p.Late = max(0, i18n.Day(*x.PromiseKept, zone)-p.Day), x.PromiseKept.After(*x.PromiseDue)
		}
		p.Again = slices.ContainsFunc(out, func(o Promise) bool { return o.TouchpointID == p.TouchpointID })
		out = append(out, p)
	}
	return out
}

// madeBy is the team of whoever served first.
func madeBy(served []run.Person) int64 {
	var first run.Person
	for _, p := range served {
		if p.TeamID != 0 && (first.TeamID == 0 || cmp.Or(cmp.Compare(p.Position, first.Position), cmp.Compare(p.TeamID, first.TeamID)) < 0) {
			first = p
		}
	}
	return first.TeamID
}

// PromiseDay is the address of the promises made at a touchpoint on one day. It is the day the promise was made, not that it
// fell due: what a team promises today is judged by what became of it, however late that is known. TeamID 0 is everybody.
type PromiseDay struct {
	JourneyID, TouchpointID, TeamID int64
	Day                             int32
}

// ComparePromiseDays orders by touchpoint, team, journey and day.
func ComparePromiseDays(a, b PromiseDay) int {
	return cmp.Or(cmp.Compare(a.TouchpointID, b.TouchpointID), cmp.Compare(a.TeamID, b.TeamID), cmp.Compare(a.JourneyID, b.JourneyID), cmp.Compare(a.Day, b.Day))
}

// Beside says what is counted beside a promise.
type Beside uint8

// A promise alone; with what its customer said of the touchpoint that made it; and with what she said of the journey.
const (
	Alone Beside = iota
	BesideTouchpoint
	BesideWhole
)

// PromiseCell is one way a promise can go, and be rated.
type PromiseCell struct {
	Business       bool
	Promised, Took int32
	Late           bool
	Beside         Beside
	Scale          string // "" alone
	Value          int    // as answered; 0 alone
}

func comparePromiseCells(a, b PromiseCell) int {
	return cmp.Or(cmp.Compare(a.flags(), b.flags()), cmp.Compare(a.Scale, b.Scale), cmp.Compare(a.Promised, b.Promised),
		cmp.Compare(a.Took, b.Took), cmp.Compare(a.Value, b.Value))
}

func (c PromiseCell) flags() byte {
	f := byte(c.Beside) << 2
	if c.Business {
		f |= 1
	}
	if c.Late {
		f |= 2
	}
	return f
}

// Promises are the promises of a day, counted: whole numbers that add up, so that one is taken back with −1. No count is 0.
//
// They are counts of every way it went and was rated, not sums of products: the errors of the promise's effect (methods.md
// §2.3) need each residual.
type Promises map[PromiseCell]int64

func (p Promises) add(c PromiseCell, times int64) {
	if n := p[c] + times; n != 0 {
		p[c] = n
	} else {
		delete(p, c)
	}
}

// Plus adds other promises, times times.
func (p Promises) Plus(o Promises, times int64) {
	for c, n := range o {
		p.add(c, times*n)
	}
}

// promised is where a promise counts: for everybody, and for the team that made it.
func (s Sums) promised(p Promise, c PromiseCell, times int) {
	c.Business, c.Promised, c.Took, c.Late = p.Business, p.Promised, p.Took, p.Late
	for _, team := range slices.Compact([]int64{0, p.TeamID}) {
		s.promises(PromiseDay{p.JourneyID, p.TouchpointID, team, p.Day}).add(c, int64(times))
	}
}

// Promise counts the promises of a run, and what its answer says beside them, times times; nil where it has none.
func (s Sums) Promise(promises []Promise, r *Response, times int) {
	for _, p := range promises {
		s.promised(p, PromiseCell{}, times)
	}
	if r != nil {
		s.rate(promises, r, times)
	}
}

// rate counts an answer beside the promises of its run: once a touchpoint, by the first promise made there.
func (s Sums) rate(promises []Promise, r *Response, times int) {
	for _, p := range promises {
		if p.Again {
			continue
		}
		if r.Overall != nil {
			s.promised(p, PromiseCell{Beside: BesideWhole, Scale: r.Scale.String(), Value: *r.Overall}, times)
		}
		for _, x := range r.Ratings {
			if x.TouchpointID == p.TouchpointID {
				s.promised(p, PromiseCell{Beside: BesideTouchpoint, Scale: x.Scale.String(), Value: x.Value}, times)
			}
		}
	}
}

// promises are those of a day, new ones when there are none.
func (s Sums) promises(d PromiseDay) Promises {
	p := s.Promises[d]
	if p == nil {
		p = Promises{}
		s.Promises[d] = p
	}
	return p
}

// NoPromise says that no promises are counted, or that what was counted cancels out.
func (s Sums) NoPromise() bool {
	for _, p := range s.Promises {
		if len(p) > 0 {
			return false
		}
	}
	return true
}

// promisesFormat begins the written form, so that another can be told from it.
const promisesFormat = 1

var errPromises = errors.New("promises that cannot be read")

// MarshalBinary writes the same promises always alike: their scales, then their cells in order, in variable-length integers.
// It never fails.
func (p Promises) MarshalBinary() ([]byte, error) {
	scales := map[string]int{}
	for c := range p {
		scales[c.Scale] = 0
	}
	names := slices.Sorted(maps.Keys(scales))
	out := binary.AppendUvarint([]byte{promisesFormat}, uint64(len(names)))
	for i, name := range names {
		scales[name] = i
		out = append(binary.AppendUvarint(out, uint64(len(name))), name...)
	}
	for _, c := range slices.SortedFunc(maps.Keys(p), comparePromiseCells) {
		out = append(out, c.flags(), byte(scales[c.Scale]))
		for _, x := range [...]int64{int64(c.Promised), int64(c.Took), int64(c.Value), p[c]} {
			out = binary.AppendVarint(out, x)
		}
	}
	return out, nil
}

// PromiseCount is how many promises went one way.
type PromiseCount struct {
	PromiseCell
	N int64
}

// Counts lists the promises in the order of their cells.
func (p Promises) Counts() []PromiseCount {
	out := make([]PromiseCount, 0, len(p))
	for _, c := range slices.SortedFunc(maps.Keys(p), comparePromiseCells) {
		out = append(out, PromiseCount{c, p[c]})
	}
	return out
}

// UnmarshalBinary reads what MarshalBinary writes, and nothing else.
func (p *Promises) UnmarshalBinary(raw []byte) error {
	counts, err := ReadPromises(raw)
	*p = make(Promises, len(counts))
	for _, c := range counts {
		(*p)[c.PromiseCell] = c.N
	}
	return err
}

// leastCell is how many bytes a cell is written in at least.
const leastCell = 6

// ReadPromises lists what MarshalBinary wrote, in its order, which is many times quicker than looking it up by cell.
func ReadPromises(raw []byte) ([]PromiseCount, error) {
	r := reader{rest: raw}
	if r.byte() != promisesFormat {
		return nil, errPromises
	}
	var scales []string
	for range r.count() {
		scales = append(scales, r.text())
	}
	out := make([]PromiseCount, 0, len(r.rest)/leastCell)
	for !r.bad && len(r.rest) > 0 {
		c, n := r.promise(scales)
		if r.bad || n == 0 || len(out) > 0 && comparePromiseCells(out[len(out)-1].PromiseCell, c) >= 0 {
			return nil, errPromises
		}
		out = append(out, PromiseCount{c, n})
	}
	if r.bad {
		return nil, errPromises
	}
	return out, nil
}

// promise takes one cell and its count off the front.
func (r *reader) promise(scales []string) (PromiseCell, int64) {
	flags, scale := r.byte(), int(r.byte())
	c := PromiseCell{Business: flags&1 != 0, Late: flags&2 != 0, Beside: Beside(flags >> 2)}
	c.Promised, c.Took, c.Value = int32(r.int()), int32(r.int()), int(r.int())
	if scale >= len(scales) || c.Beside > BesideWhole {
		r.bad = true
		return c, 0
	}
	c.Scale = scales[scale]
	return c, r.int()
}
