package stat

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Where a walk begins and how it ends; every other place has an id above 0.
const (
	Start  int64 = 0
	End    int64 = -1
	GaveUp int64 = -2
)

// Promised says what became of a promise made at a visit (methods.md §2.2): one that is open and past due is broken, one
// that is not due yet is no promise to count.
type Promised int

// What a promise came to; the zero value is none that counts.
const (
	NoPromise Promised = iota
	Kept
	Broken
)

// Visit is one contact of a walk; Wait is the time since the contact before it, 0 for the first.
type Visit struct {
	Place   int64
	Wait    time.Duration
	Promise Promised
}

// Walked is one ended walk, its visits in order of time.
type Walked struct {
	Visits []Visit
	GaveUp bool // ended without reaching its end
}

// Place is what many walks did at one place.
type Place struct {
	ID     int64
	Visits int64
	Walks  int64 // how many walks came here at least once
	Again  int64 // how many of those came more than once

	// Position is the mean place of the first visit within its walk, above 0 (the start) and below 1 (the end).
	Position float64
	// Wait is the median time between the contact before and a visit here; Waits is how many waits that is of.
	Wait  time.Duration
	Waits int64

	Promises, Kept int64
}

// Transition is a step that walks took, from one place to the next: N times, on so many walks. Share is of all steps that
// leave From.
type Transition struct {
	From, To int64
	N, Walks int64
	Share    float64
}

// Process is what really happened between start and end: places by position, transitions by number (methods.md §10).
type Process struct {
	Walks       int64
	Steps       int64 // of all transitions, those to the ends included
	Places      []Place
	Transitions []Transition
	Other       int64 // steps that Shown took out, as they would tell of too few walks
}

// ProcessOf counts visits, transitions and waits over ended walks (methods.md §10; the directly-follows graph of van der
// Aalst, Process Mining, 2016, ch. 6, with a second end for walks that were given up). Walks without a visit do not count.
func ProcessOf(walks []Walked) Process {
	c := counter{places: map[int64]*placeCount{}, steps: map[[2]int64]*Transition{}}
	for _, w := range walks {
		if len(w.Visits) > 0 {
			c.walk(w)
		}
	}
	return c.process()
}

type placeCount struct {
	Place
	positions float64
	waits     []time.Duration
}

type counter struct {
	walks, all int64
	places     map[int64]*placeCount
	steps      map[[2]int64]*Transition
}

func (c *counter) walk(w Walked) {
	c.walks++
	times, walked := map[int64]int64{}, map[[2]int64]bool{}
	last := Start
	for i, v := range w.Visits {
		p := c.places[v.Place]
		if p == nil {
			p = &placeCount{Place: Place{ID: v.Place}}
			c.places[v.Place] = p
		}
		times[v.Place]++
		switch p.Visits++; times[v.Place] {
		case 1:
			p.Walks++
			p.positions += float64(i+1) / float64(len(w.Visits)+1)
		case 2:
			p.Again++
		}
		if i > 0 {
			p.waits = append(p.waits, max(0, v.Wait))
		}
		p.promise(v.Promise)
		c.step(last, v.Place, walked)
		last = v.Place
	}
	end := End
	if w.GaveUp {
		end = GaveUp
	}
	c.step(last, end, walked)
}

func (p *placeCount) promise(x Promised) {
	if x != NoPromise {
		p.Promises++
	}
	if x == Kept {
		p.Kept++
	}
}

// step counts one transition; walked are those this walk took before.
func (c *counter) step(from, to int64, walked map[[2]int64]bool) {
	k := [2]int64{from, to}
	t := c.steps[k]
	if t == nil {
		t = &Transition{From: from, To: to}
		c.steps[k] = t
	}
	c.all++
	t.N++
	if !walked[k] {
		walked[k] = true
		t.Walks++
	}
}

func (c *counter) process() Process {
	out := Process{Walks: c.walks, Steps: c.all}
	for _, p := range c.places {
		p.Position = p.positions / float64(p.Walks)
		p.Wait, p.Waits = median(p.waits), int64(len(p.waits))
		out.Places = append(out.Places, p.Place)
	}
	slices.SortFunc(out.Places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	leaving := map[int64]int64{}
	for _, t := range c.steps {
		leaving[t.From] += t.N
	}
	for t := range maps.Values(c.steps) {
		t.Share = float64(t.N) / float64(leaving[t.From])
		out.Transitions = append(out.Transitions, *t)
	}
	slices.SortFunc(out.Transitions, func(a, b Transition) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}

// median is the middle of the durations, between two middles their mean; 0 of none. It sorts them.
func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	low, high := all[(len(all)-1)/2], all[len(all)/2]
	return low + (high-low)/2
}

// Shown is the process as anybody may see it (methods.md §1.12): a place that fewer than K walks came to is not there, and
// transitions that fewer than K walks took are only counted in Other, all together. Nothing is hidden to cover them: what
// subtraction finds is how many contacts came by other ways, which is told anyway, not which way. Waits and promises of fewer
// than K are taken out as well.
func (p Process) Shown() Process {
	out := p
	out.Places, out.Transitions = nil, nil
	here := map[int64]bool{Start: true, End: true, GaveUp: true}
	for _, place := range p.Places {
		if place.Walks < K {
			continue
		}
		here[place.ID] = true
		if place.Waits < K {
			place.Wait, place.Waits = 0, 0
		}
		if place.Promises < K {
			place.Promises, place.Kept = 0, 0
		}
		out.Places = append(out.Places, place)
	}
	for _, t := range p.Transitions {
		if t.Walks < K || !here[t.From] || !here[t.To] {
			out.Other += t.N
		} else {
			out.Transitions = append(out.Transitions, t)
		}
	}
	return out
}
