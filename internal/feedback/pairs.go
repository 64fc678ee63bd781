package feedback

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// DriverDay is the address of the driver statistics of one day: what was said of a journey as a whole, on one scale.
type DriverDay struct {
	JourneyID int64
	Scale     string // of the whole
	Day       int32
}

// CompareDriverDays orders by journey, scale and day.
func CompareDriverDays(a, b DriverDay) int {
	return cmp.Or(cmp.Compare(a.JourneyID, b.JourneyID), cmp.Compare(a.Scale, b.Scale), cmp.Compare(a.Day, b.Day))
}

// Side is one half of a pair: a touchpoint with the scale it was rated on, "" where it was met and not rated; or the
// journey as a whole, which is touchpoint 0.
type Side struct {
	ID    int64
	Scale string
}

// Whole is the journey as a whole.
var Whole = Side{}

func compareSides(a, b Side) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Scale, b.Scale))
}

// Pair is two sides.
type Pair struct{ A, B Side }

// Both is what answers with both sides add up to: how many, the ratings of each side, and their products. High is good;
// what was not rated adds 0.
type Both struct{ N, A, B, AB int64 }

// Turned is the same with the sides the other way round.
func (x Both) Turned() Both { return Both{x.N, x.B, x.A, x.AB} }

// Pairs are the driver statistics of answers (methods.md §3.3): every pair of what they met, each with itself and with the
// whole. They are whole numbers that add up, so that an answer is taken back with −1; their size is that of the
// touchpoints, whatever the number of answers. The zero Pairs are empty.
type Pairs struct {
	sides []Side
	at    map[Side]int
	sums  []Both  // of i ≤ j at j(j+1)/2+i, so that a new side goes behind
	heard []heard // of the answer that is being added
}

// heard is what one answer says of a side.
type heard struct {
	at     int
	rating int64
}

// Answer adds what a response says, times times. Nothing when it says nothing of the whole. An error when a scale is none;
// then nothing was added.
func (p *Pairs) Answer(r *Response, times int) error {
	if r.Overall == nil {
		return nil
	}
	p.heard = p.heard[:0]
	if err := p.hear(Whole, r.Scale, *r.Overall); err != nil {
		return err
	}
	for i := range r.Ratings {
		x := &r.Ratings[i]
		if err := p.hear(Side{x.TouchpointID, x.Scale.String()}, x.Scale, x.Value); err != nil {
			return err
		}
	}
	for i, id := range r.Met { // what was rated was met; once
		if !slices.Contains(r.Met[:i], id) && !slices.ContainsFunc(r.Ratings, func(x Rating) bool { return x.TouchpointID == id }) {
			p.heard = append(p.heard, heard{at: p.place(Side{ID: id})})
		}
	}
	for i, a := range p.heard {
		for _, b := range p.heard[i:] {
			p.count(a, b, int64(times))
		}
	}
	return nil
}

func (p *Pairs) hear(s Side, scale stat.Scale, value int) error {
	if err := scale.Check(); err != nil {
		return fmt.Errorf("pairs of touchpoint %d: %w", s.ID, err)
	}
	p.heard = append(p.heard, heard{p.place(s), int64(scale.Good(value))})
	return nil
}

func (p *Pairs) count(a, b heard, times int64) {
	if a.at > b.at {
		a, b = b, a
	}
	x := &p.sums[b.at*(b.at+1)/2+a.at]
	x.N += times
	x.A += times * a.rating
	x.B += times * b.rating
	x.AB += times * a.rating * b.rating
}

// place is where a side stands; a new one goes behind.
func (p *Pairs) place(s Side) int {
	if i, known := p.at[s]; known {
		return i
	}
	if p.at == nil {
		p.at = map[Side]int{}
	}
	i := len(p.sides)
	p.at[s], p.sides = i, append(p.sides, s)
	p.sums = append(p.sums, make([]Both, i+1)...)
	return i
}

// Plus adds other pairs of the same day, or of another where days are pooled.
func (p *Pairs) Plus(o *Pairs) { p.add(o, 1) }

// Minus takes other pairs back.
func (p *Pairs) Minus(o *Pairs) { p.add(o, -1) }

func (p *Pairs) add(o *Pairs, times int64) {
	at := make([]int, len(o.sides))
	for i, s := range o.sides {
		at[i] = p.place(s)
	}
	n := 0
	for j := range at {
		for i := range j + 1 {
			x := o.sums[n]
			n++
			a, b := at[i], at[j]
			if a > b {
				a, b, x = b, a, x.Turned()
			}
			sum := &p.sums[b*(b+1)/2+a]
			*sum = Both{sum.N + times*x.N, sum.A + times*x.A, sum.B + times*x.B, sum.AB + times*x.AB}
		}
	}
}

// Each passes every pair that is not all 0, in no particular order.
func (p *Pairs) Each(yield func(Pair, Both) bool) {
	for j, b := range p.sides {
		for i, a := range p.sides[:j+1] {
			if x := p.sums[j*(j+1)/2+i]; x != (Both{}) && !yield(Pair{a, b}, x) {
				return
			}
		}
	}
}

// Of is one pair.
func (p *Pairs) Of(a, b Side) Both {
	i, knownA := p.at[a]
	j, knownB := p.at[b]
	if !knownA || !knownB {
		return Both{}
	}
	return p.between(i, j)
}

// between is the pair of the sides at two places.
func (p *Pairs) between(i, j int) Both {
	if i > j {
		return p.sums[i*(i+1)/2+j].Turned()
	}
	return p.sums[j*(j+1)/2+i]
}

// Empty reports that nothing is counted.
func (p *Pairs) Empty() bool {
	return !slices.ContainsFunc(p.sums, func(x Both) bool { return x != (Both{}) })
}

// pairsFormat begins the written form, so that another can be told from it.
const pairsFormat = 1

var errPairs = errors.New("driver statistics that cannot be read")

// MarshalBinary writes the same pairs always alike: the sides that count in order, then their pairs, in variable-length
// integers. It never fails.
func (p *Pairs) MarshalBinary() ([]byte, error) {
	places := p.counting()
	out := binary.AppendUvarint([]byte{pairsFormat}, uint64(len(places)))
	for _, at := range places {
		s := p.sides[at]
		out = binary.AppendVarint(out, s.ID)
		out = binary.AppendUvarint(out, uint64(len(s.Scale)))
		out = append(out, s.Scale...)
	}
	out = slices.Grow(out, 2*len(places)*(len(places)+1))
	for j, b := range places {
		for _, a := range places[:j+1] {
			x := p.between(a, b)
			for _, n := range [...]int64{x.N, x.A, x.B, x.AB} {
				out = binary.AppendVarint(out, n)
			}
		}
	}
	return out, nil
}

// counting are the places of the sides with a pair that is not all 0, in the order of their sides.
func (p *Pairs) counting() []int {
	counts := make([]bool, len(p.sides))
	n := 0
	for j := range counts {
		for i := range j + 1 {
			if p.sums[n] != (Both{}) {
				counts[i], counts[j] = true, true
			}
			n++
		}
	}
	places := make([]int, 0, len(counts))
	for at, some := range counts {
		if some {
			places = append(places, at)
		}
	}
	slices.SortFunc(places, func(a, b int) int { return compareSides(p.sides[a], p.sides[b]) })
	return places
}

// UnmarshalBinary reads what MarshalBinary writes, and nothing else.
func (p *Pairs) UnmarshalBinary(raw []byte) error {
	r := reader{rest: raw}
	if r.byte() != pairsFormat {
		return errPairs
	}
	var sides []Side
	for range r.count() {
		s := Side{ID: r.int(), Scale: r.text()}
		if last := len(sides) - 1; r.bad || last >= 0 && compareSides(sides[last], s) >= 0 {
			return errPairs
		}
		sides = append(sides, s)
	}
	if n := len(sides); 2*n*(n+1) > len(r.rest) { // four numbers a pair
		return errPairs
	}
	*p = Pairs{sides: sides, at: make(map[Side]int, len(sides)), sums: make([]Both, len(sides)*(len(sides)+1)/2)}
	for i, s := range sides {
		p.at[s] = i
	}
	for i := range p.sums {
		p.sums[i] = Both{r.int(), r.int(), r.int(), r.int()}
	}
	if r.bad || len(r.rest) > 0 {
		return errPairs
	}
	return nil
}

// reader takes numbers off the front; bad once there is none.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) byte() byte { return r.bytes(1)[0] }

// bytes takes n bytes, or as many zeros.
func (r *reader) bytes(n int) []byte {
	if n > len(r.rest) {
		r.bad = true
		return make([]byte, n)
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reader) int() int64 {
	x, n := binary.Varint(r.rest)
	return x * r.took(n)
}

// count is a number that cannot be greater than what is left.
func (r *reader) count() int {
	x, n := binary.Uvarint(r.rest)
	if r.took(n) == 0 || x > uint64(len(r.rest)) {
		r.bad = true
		return 0
	}
	return int(x)
}

func (r *reader) text() string { return string(r.bytes(r.count())) }

// took drops n bytes; 0 when there was no number.
func (r *reader) took(n int) int64 {
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[n:]
	return 1
}
