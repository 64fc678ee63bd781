package insight

import (
	"slices"
	"sort"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// counts are the answers by value, 0..10, then how many of them were below, as and above what was expected. All else in a
// tally follows from them.
type counts [stat.MaxAnswer + 4]int64

const expectations = stat.MaxAnswer + 1 // where they begin

func countsOf(t stat.Tally) counts {
	var c counts
	copy(c[:], t.Counts[:])
	c[expectations], c[expectations+1], c[expectations+2] = t.Below, t.Met, t.Above
	return c
}

func (c counts) tally() stat.Tally {
	t := stat.Tally{Below: c[expectations], Met: c[expectations+1], Above: c[expectations+2]}
	for x, n := range c[:expectations] {
		if n != 0 {
			t.Add(x, n)
		}
	}
	return t
}

// plus adds times times o.
func (c counts) plus(o counts, times int64) counts {
	for i, n := range o {
		c[i] += times * n
	}
	return c
}

// series is what was counted of one subject on one scale, day by day, as sums since its first day, so that any stretch of
// time is a difference of two entries. It never changes.
//
// An entry is one byte for each number: how many days after the first of its block, then how much more than there. A block
// ends where one of them would not fit. So a day of somebody who serves a few customers takes ten bytes, and a day of a
// large company as many as it needs.
type series struct {
	journey, touchpoint int64
	scale               stat.Scale
	name                string // of the scale
	lo, hi              int    // the answers that have a place
	blocks              []block
	base                []int64 // sums to the end of the first day of each block
	entries             []uint8
}

// block is where the entries of some days begin; the first of them is for the first day and all 0.
type block struct{ day, at int32 }

// width is how many sums an entry has.
func (s *series) width() int { return s.hi - s.lo + 4 }

// place is which of counts the i-th sum of an entry is.
func (s *series) place(i int) int {
	if answers := s.hi - s.lo + 1; i >= answers {
		return expectations + i - answers
	}
	return s.lo + i
}

// entriesOf are the entries of a block, each 1+width bytes.
func (s *series) entriesOf(b int) []uint8 {
	if b+1 < len(s.blocks) {
		return s.entries[s.blocks[b].at:s.blocks[b+1].at]
	}
	return s.entries[s.blocks[b].at:]
}

// at is the sum at an entry of a block.
func (s *series) at(b int, entry []uint8) (c counts) {
	width := s.width()
	for i, n := range s.base[b*width : (b+1)*width] {
		c[s.place(i)] = n + int64(entry[1+i])
	}
	return c
}

// before is what was counted before a day.
func (s *series) before(day int64) counts {
	b := sort.Search(len(s.blocks), func(i int) bool { return int64(s.blocks[i].day) >= day }) - 1
	if b < 0 {
		return counts{}
	}
	entries, stride := s.entriesOf(b), 1+s.width()
	first := int64(s.blocks[b].day)
	n := sort.Search(len(entries)/stride, func(i int) bool { return first+int64(entries[i*stride]) >= day })
	return s.at(b, entries[(n-1)*stride:])
}

// between is what was counted from a day to another, both included.
func (s *series) between(from, to int32) counts {
	return s.before(int64(to)+1).plus(s.before(int64(from)), -1)
}

// daily is what was counted on one day.
type daily struct {
	day    int32
	counts counts
}

// days passes every day on which anything was counted, from a block on.
func (s *series) days(from int, yield func(daily) bool) {
	var sum counts
	if from > 0 {
		sum = s.last(from - 1)
	}
	stride := 1 + s.width()
	for b := from; b < len(s.blocks); b++ {
		for entry := range slices.Chunk(s.entriesOf(b), stride) {
			now := s.at(b, entry)
			if !yield(daily{s.blocks[b].day + int32(entry[0]), now.plus(sum, -1)}) {
				return
			}
			sum = now
		}
	}
}

// last is the sum at the end of a block.
func (s *series) last(b int) counts {
	entries := s.entriesOf(b)
	return s.at(b, entries[len(entries)-1-s.width():])
}

// lastDay is the latest day on which anything was counted.
func (s *series) lastDay() int32 {
	b := len(s.blocks) - 1
	entries := s.entriesOf(b)
	return s.blocks[b].day + int32(entries[len(entries)-1-s.width()])
}

// blockOf is the block a day stands in or would.
func (s *series) blockOf(day int32) int {
	return max(0, sort.Search(len(s.blocks), func(i int) bool { return s.blocks[i].day > day })-1)
}

// plus is the series with more counted on some days, in order; nil when nothing is left. What lies before the first of
// them is taken over as it is.
func (s *series) plus(more []daily) *series {
	next := *s
	for _, d := range more {
		next.hold(d.counts)
	}
	kept := 0
	if next.lo == s.lo && next.hi == s.hi {
		kept = s.blockOf(more[0].day)
	}
	next.blocks, next.base = slices.Clip(s.blocks[:kept]), slices.Clip(s.base[:kept*s.width()])
	next.entries = make([]uint8, 0, len(s.entries)+len(more)*(1+next.width()))
	var sum counts
	if kept > 0 {
		sum = s.last(kept - 1)
		next.entries = append(next.entries, s.entries[:s.blocks[kept].at]...)
	}
	next.rewrite(s, kept, sum, more)
	if len(next.blocks) == 0 {
		return nil
	}
	return &next
}

// rewrite appends the old days from a block on, with more.
func (s *series) rewrite(old *series, from int, sum counts, more []daily) {
	grow := func(d daily) {
		if d.counts != (counts{}) {
			sum = sum.plus(d.counts, 1)
			s.grow(d.day, sum)
		}
	}
	old.days(from, func(d daily) bool {
		for len(more) > 0 && more[0].day < d.day {
			grow(more[0])
			more = more[1:]
		}
		if len(more) > 0 && more[0].day == d.day {
			d.counts, more = d.counts.plus(more[0].counts, 1), more[1:]
		}
		grow(d)
		return true
	})
	for _, d := range more {
		grow(d)
	}
}

// hold makes room for the answers of the scale and for whatever else was counted.
func (s *series) hold(c counts) {
	for x, n := range c[:expectations] {
		if n != 0 {
			s.lo, s.hi = min(s.lo, x), max(s.hi, x)
		}
	}
}

// grow appends the sum at the end of a day.
func (s *series) grow(day int32, sum counts) {
	width := s.width()
	b := len(s.blocks) - 1
	if b >= 0 && int64(day)-int64(s.blocks[b].day) <= 255 && s.fits(s.base[b*width:], sum) {
		s.entries = append(s.entries, uint8(day-s.blocks[b].day))
		for i, n := range s.base[b*width:] {
			s.entries = append(s.entries, uint8(sum[s.place(i)]-n))
		}
		return
	}
	s.blocks = append(s.blocks, block{day, int32(len(s.entries))})
	s.entries = append(s.entries, make([]uint8, 1+width)...)
	for i := range width {
		s.base = append(s.base, sum[s.place(i)])
	}
}

func (s *series) fits(base []int64, sum counts) bool {
	for i, n := range base {
		if more := sum[s.place(i)] - n; more < 0 || more > 255 {
			return false
		}
	}
	return true
}

// size is how many bytes the series takes.
func (s *series) size() int {
	return 136 + 8*cap(s.blocks) + 8*cap(s.base) + cap(s.entries)
}
