package feedback

import (
	"encoding/binary"
	"errors"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// Sums are what answers change in the figures, added up: however many answers, as much as they have cells. Two are added
// together by Plus.
type Sums struct {
	Tallies map[Cell]stat.Tally
	Sets    map[int64][]int64 // the members of the sets of teams among the cells
	Drivers map[DriverDay]*Pairs

	Promises map[PromiseDay]Promises
	Passes   map[Pass]int64
}

// NewSums starts with no answers.
func NewSums() Sums { return sumsWith(0) }

// NewSumsOf is NewSums with room for so many answers.
func NewSumsOf(answers int) Sums { return sumsWith(answers * usual / 2) }

func sumsWith(cells int) Sums {
	return Sums{make(map[Cell]stat.Tally, cells), map[int64][]int64{}, map[DriverDay]*Pairs{}, map[PromiseDay]Promises{}, map[Pass]int64{}}
}

// usual is how many deltas most answers have no more of: those of six touchpoints that one employee served at.
const usual = 32

// Answer counts a response whole, times times; −1 takes it back. An error when it is on no scale.
func (s Sums) Answer(r *Response, times int) error {
	var room [usual]Delta
	s.Count(r.deltas(room[:0], times)...)
	s.rate(r.Promises, r, times)
	return s.Drive(r, times)
}

// Drive counts a response in the driver statistics alone.
func (s Sums) Drive(r *Response, times int) error {
	if r.Overall == nil {
		return nil
	}
	return s.day(DriverDay{r.JourneyID, r.Scale.String(), r.Day}).Answer(r, times)
}

// Count counts deltas, and nothing of the driver statistics.
func (s Sums) Count(deltas ...Delta) {
	for _, d := range deltas {
		s.Tallies[d.Cell] = d.Add(s.Tallies[d.Cell])
		if len(d.Teams) > 0 {
			s.Sets[d.ID] = d.Teams
		}
	}
}

// day are the driver statistics of a day, new ones when there are none.
func (s Sums) day(d DriverDay) *Pairs {
	p := s.Drivers[d]
	if p == nil {
		p = &Pairs{}
		s.Drivers[d] = p
	}
	return p
}

// Plus adds other sums.
func (s Sums) Plus(o Sums) {
	for c, t := range o.Tallies {
		s.Tallies[c] = s.Tallies[c].Plus(t)
	}
	for set, teams := range o.Sets {
		s.Sets[set] = teams
	}
	for d, p := range o.Drivers {
		s.day(d).Plus(p)
	}
	for d, p := range o.Promises {
		s.promises(d).Plus(p, 1)
	}
	for p, n := range o.Passes {
		s.Passes[p] += n
	}
}

// Size is how many cells there are.
func (s Sums) Size() int { return len(s.Tallies) + len(s.Drivers) + len(s.Promises) + len(s.Passes) }

// sumsFormat begins the written form, so that another can be told from it.
const sumsFormat = 1

var errSums = errors.New("sums that cannot be read")

// sumsWriter writes numbers in variable length, and names once: cells share their journeys, people and scales.
type sumsWriter struct {
	body   []byte
	ids    []int64
	texts  []string
	idAt   map[int64]uint64
	textAt map[string]uint64
}

func (w *sumsWriter) int(n int64)    { w.body = binary.AppendVarint(w.body, n) }
func (w *sumsWriter) count(n int)    { w.body = binary.AppendUvarint(w.body, uint64(n)) }
func (w *sumsWriter) bytes(b []byte) { w.count(len(b)); w.body = append(w.body, b...) }

func (w *sumsWriter) id(id int64) {
	at, ok := w.idAt[id]
	if !ok {
		at = uint64(len(w.ids))
		w.ids, w.idAt[id] = append(w.ids, id), at
	}
	w.body = binary.AppendUvarint(w.body, at)
}

func (w *sumsWriter) text(text string) {
	at, ok := w.textAt[text]
	if !ok {
		at = uint64(len(w.texts))
		w.texts, w.textAt[text] = append(w.texts, text), at
	}
	w.body = binary.AppendUvarint(w.body, at)
}

// whole is what was written, after the names it uses.
func (w *sumsWriter) whole() []byte {
	head := sumsWriter{body: []byte{sumsFormat}}
	head.count(len(w.texts))
	for _, text := range w.texts {
		head.bytes([]byte(text))
	}
	head.count(len(w.ids))
	for _, id := range w.ids {
		head.int(id)
	}
	return append(head.body, w.body...)
}

// MarshalBinary writes the sums in short, as every answer has some. It never fails.
func (s Sums) MarshalBinary() ([]byte, error) {
	w := &sumsWriter{idAt: map[int64]uint64{}, textAt: map[string]uint64{}}
	w.count(len(s.Tallies))
	for c, t := range s.Tallies {
		w.text(string(c.Dim))
		w.id(c.ID)
		w.id(c.JourneyID)
		w.id(c.TouchpointID)
		w.text(c.Scale)
		w.int(int64(c.Day))
		w.tally(t)
	}
	w.count(len(s.Sets))
	for set, teams := range s.Sets {
		w.id(set)
		w.count(len(teams))
		for _, team := range teams {
			w.id(team)
		}
	}
	w.count(len(s.Drivers))
	for d, p := range s.Drivers {
		w.id(d.JourneyID)
		w.text(d.Scale)
		w.int(int64(d.Day))
		pairs, _ := p.MarshalBinary()
		w.bytes(pairs)
	}
	w.count(len(s.Promises))
	for d, p := range s.Promises {
		w.id(d.JourneyID)
		w.id(d.TouchpointID)
		w.id(d.TeamID)
		w.int(int64(d.Day))
		cells, _ := p.MarshalBinary()
		w.bytes(cells)
	}
	w.count(len(s.Passes))
	for p, n := range s.Passes {
		w.id(p.JourneyID)
		w.id(p.TouchpointID)
		w.int(int64(p.Day))
		w.int(n)
	}
	return w.whole(), nil
}

// tally writes the numbers of a tally, the zeros at its end left out.
func (w *sumsWriter) tally(t stat.Tally) {
	numbers := [tallied]int64{t.N, t.Sum, t.SumSq, t.Below, t.Met, t.Above}
	copy(numbers[beforeCounts:], t.Counts[:])
	n := len(numbers)
	for n > 0 && numbers[n-1] == 0 {
		n--
	}
	w.count(n)
	for _, x := range numbers[:n] {
		w.int(x)
	}
}

const (
	beforeCounts = 6
	tallied      = beforeCounts + stat.MaxAnswer + 1
)

// sumsReader reads what sumsWriter writes.
type sumsReader struct {
	reader
	ids   []int64
	texts []string
}

func (r *sumsReader) names() {
	for range r.count() {
		r.texts = append(r.texts, r.reader.text())
	}
	for range r.count() {
		r.ids = append(r.ids, r.int())
	}
}

func (r *sumsReader) id() int64    { return named(r, r.ids) }
func (r *sumsReader) text() string { return named(r, r.texts) }

// named is what stands at the place read next in names.
func named[T any](r *sumsReader, names []T) (name T) {
	at, n := binary.Uvarint(r.rest)
	if r.took(n) == 0 || at >= uint64(len(names)) {
		r.bad = true
		return name
	}
	return names[at]
}

func (r *sumsReader) tally() stat.Tally {
	var x [tallied]int64
	n := r.count()
	if n > len(x) {
		r.bad = true
		return stat.Tally{}
	}
	for i := range n {
		x[i] = r.int()
	}
	t := stat.Tally{N: x[0], Sum: x[1], SumSq: x[2], Below: x[3], Met: x[4], Above: x[5]}
	copy(t.Counts[:], x[beforeCounts:])
	return t
}

// leastTally is how many bytes a tally takes with its cell at least.
const leastTally = 7

// UnmarshalBinary reads what MarshalBinary writes, and nothing else.
func (s *Sums) UnmarshalBinary(raw []byte) error {
	r := &sumsReader{reader: reader{rest: raw}}
	if r.byte() != sumsFormat {
		return errSums
	}
	r.names()
	cells := r.count()
	*s = sumsWith(min(cells, len(r.rest)/leastTally))
	for range cells {
		c := Cell{Dim: Dim(r.text()), ID: r.id(), JourneyID: r.id(), TouchpointID: r.id(), Scale: r.text(), Day: int32(r.int())}
		s.Tallies[c] = r.tally()
	}
	for range r.count() {
		set, teams := r.id(), make([]int64, r.count())
		for i := range teams {
			teams[i] = r.id()
		}
		s.Sets[set] = teams
	}
	for range r.count() {
		d := DriverDay{r.id(), r.text(), int32(r.int())}
		if err := s.day(d).UnmarshalBinary(r.bytes(r.count())); err != nil {
			return err
		}
	}
	for range r.count() {
		d := PromiseDay{r.id(), r.id(), r.id(), int32(r.int())}
		var p Promises
		if err := p.UnmarshalBinary(r.bytes(r.count())); err != nil {
			return err
		}
		s.Promises[d] = p
	}
	for range r.count() {
		s.Passes[Pass{r.id(), r.id(), int32(r.int())}] += r.int()
	}
	if r.bad || len(r.rest) > 0 {
		return errSums
	}
	return nil
}
