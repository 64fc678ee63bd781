package stat

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func walked(places ...int64) Walked {
	var w Walked
	for i, p := range places {
		v := Visit{Place: p}
		if i > 0 {
			v.Wait = time.Duration(i) * time.Hour
		}
		w.Visits = append(w.Visits, v)
	}
	return w
}

func times(n int, w Walked) (out []Walked) {
	for range n {
		out = append(out, Walked{Visits: slices.Clone(w.Visits), GaveUp: w.GaveUp})
	}
	return out
}

// Six walks shop→visit, two shop→phone→visit, one of them given up, counted by hand.
func TestProcessByHand(t *testing.T) {
	const shop, phone, visit = 1, 2, 3
	walks := append(times(6, walked(shop, visit)), walked(shop, phone, visit), walked(shop, phone, visit))
	walks[7].GaveUp = true
	walks[0].Visits[0].Promise = Kept
	walks[1].Visits[0].Promise = Broken
	got := ProcessOf(walks)
	want := Process{Walks: 8, Steps: 6*3 + 2*4,
		Places: []Place{
			{ID: shop, Visits: 8, Walks: 8, Position: (6*1./3 + 2*1./4) / 8, Promises: 2, Kept: 1},
			{ID: phone, Visits: 2, Walks: 2, Position: .5, Wait: time.Hour, Waits: 2},
			{ID: visit, Visits: 8, Walks: 8, Position: (6*2./3 + 2*3./4) / 8, Wait: time.Hour, Waits: 8},
		},
		Transitions: []Transition{
			{From: Start, To: shop, N: 8, Walks: 8, Share: 1},
			{From: visit, To: End, N: 7, Walks: 7, Share: 7. / 8},
			{From: shop, To: visit, N: 6, Walks: 6, Share: 6. / 8},
			{From: shop, To: phone, N: 2, Walks: 2, Share: 2. / 8},
			{From: phone, To: visit, N: 2, Walks: 2, Share: 1},
			{From: visit, To: GaveUp, N: 1, Walks: 1, Share: 1. / 8},
		}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestComingBackCountsOncePerWalk(t *testing.T) {
	got := ProcessOf([]Walked{walked(1, 1, 2, 1), walked(1)})
	if p := got.Places[0]; p.Visits != 4 || p.Walks != 2 || p.Again != 1 {
		t.Errorf("place visited again: %+v", p)
	}
	for _, tr := range got.Transitions {
		if tr.From == 1 && tr.To == 1 && (tr.N != 1 || tr.Walks != 1) {
			t.Errorf("self-loop: %+v", tr)
		}
	}
	twice := ProcessOf([]Walked{walked(1, 2, 1, 2)})
	for _, tr := range twice.Transitions {
		if tr.From == 1 && tr.To == 2 && (tr.N != 2 || tr.Walks != 1) {
			t.Errorf("a step taken twice on one walk: %+v", tr)
		}
	}
}

func TestNothingWalked(t *testing.T) {
	for name, walks := range map[string][]Walked{"no walks": nil, "walks without a visit": {{}, {GaveUp: true}}} {
		if d := cmp.Diff(Process{}, ProcessOf(walks).Shown()); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestSmallPathsAreMerged(t *testing.T) {
	cases := map[string]struct {
		walks []Walked
		other int64
		steps []([2]int64)
	}{
		"large paths stay": {times(5, walked(1, 2)), 0, [][2]int64{{Start, 1}, {1, 2}, {2, End}}},
		"a path of four goes": {append(append(times(20, walked(1, 2)), times(7, walked(1, 3))...), times(4, walked(1))...), 4,
			[][2]int64{{Start, 1}, {1, 2}, {2, End}, {1, 3}, {3, End}}},
		"a place of few walks goes with its steps": {append(times(9, walked(1)), times(4, walked(1, 2, 2, 2, 2, 2, 2))...),
			4 + 4*5 + 4, [][2]int64{{Start, 1}, {1, End}}},
		"one walk there and back again ten times is still one walk": {append(times(6, walked(3)), walked(1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2)),
			1 + 11 + 1, [][2]int64{{Start, 3}, {3, End}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := ProcessOf(c.walks).Shown()
			var steps [][2]int64
			for _, tr := range got.Transitions {
				steps = append(steps, [2]int64{tr.From, tr.To})
			}
			have := map[[2]int64]bool{}
			for _, s := range steps {
				have[s] = true
			}
			for _, s := range c.steps {
				if !have[s] {
					t.Errorf("step %v is gone; left are %v", s, steps)
				}
			}
			if len(steps) != len(c.steps) || got.Other != c.other {
				t.Errorf("steps %v, other %d; want %v, other %d", steps, got.Other, c.steps, c.other)
			}
		})
	}
}

func TestProcessAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var walks []Walked
		for range rapid.IntRange(0, 40).Draw(t, "walks") {
			places := rapid.SliceOfN(rapid.Int64Range(1, 5), 0, 6).Draw(t, "places")
			w := walked(places...)
			w.GaveUp = rapid.Bool().Draw(t, "gave up")
			walks = append(walks, w)
		}
		p := ProcessOf(walks)
		into, out, shares := map[int64]int64{}, map[int64]int64{}, map[int64]float64{}
		for _, tr := range p.Transitions {
			into[tr.To] += tr.N
			out[tr.From] += tr.N
			shares[tr.From] += tr.Share
		}
		if out[Start] != p.Walks || into[End]+into[GaveUp] != p.Walks {
			t.Fatalf("%d walks, %d began, %d ended, %d were given up", p.Walks, out[Start], into[End], into[GaveUp])
		}
		for _, place := range p.Places {
			if into[place.ID] != place.Visits || out[place.ID] != place.Visits || math.Abs(shares[place.ID]-1) > 1e-9 {
				t.Fatalf("place %+v: %d in, %d out, shares %v", place, into[place.ID], out[place.ID], shares[place.ID])
			}
			if place.Position <= 0 || place.Position >= 1 {
				t.Fatalf("position %v", place.Position)
			}
		}
		shown := p.Shown()
		var visible int64
		for _, tr := range shown.Transitions {
			visible += tr.N
			if tr.Walks < K {
				t.Fatalf("shown: %+v", tr)
			}
		}
		if visible+shown.Other != p.Steps {
			t.Fatalf("%d shown and %d other of %d", visible, shown.Other, p.Steps)
		}
	})
}
