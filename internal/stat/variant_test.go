package stat

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func tracesOf(n int, rated, satisfied bool, places ...int64) []Trace {
	return slices.Repeat([]Trace{{Places: places, Took: time.Hour * time.Duration(len(places)), Rated: rated, Satisfied: satisfied}}, n)
}

func TestVariants(t *testing.T) {
	traces := slices.Concat(tracesOf(30, true, true, 1, 2), tracesOf(20, true, false, 1, 2), tracesOf(20, false, false, 1, 3), tracesOf(4, true, true, 1, 3),
		tracesOf(10, true, true, 1), tracesOf(9, false, false, 2, 1, 2), tracesOf(7, false, false, 3, 1, 2), []Trace{{}})
	v, rest := VariantsOf(traces)
	if len(v) != 3 || rest != 16 {
		t.Fatalf("%+v and %d more", v, rest)
	}
	if !slices.Equal(v[0].Places, []int64{1, 2}) || v[0].N != 50 || !near(v[0].Share, 0.5) || v[0].Took != 2*time.Hour {
		t.Errorf("%+v", v[0])
	}
	is(t, "satisfied", v[0].Satisfied.Share, 0.6, 1e-12)
	if !near(v[2].Cumulative, 0.84) {
		t.Errorf("cumulative %v", v[2].Cumulative)
	}
	if s := v[1].Shown(); s.Satisfied.Share != nil || s.Satisfied.Level != Suppressed || s.Took == 0 {
		t.Errorf("four ratings are shown: %+v", s)
	}
	if s := (Variant{N: 4, Took: time.Hour}).Shown(); s.Took != 0 {
		t.Errorf("what four walks took is shown: %+v", s)
	}
	if s := v[0].Shown(); s.Satisfied.N != 50 {
		t.Errorf("fifty ratings are not shown: %+v", s)
	}
	var many []Trace
	for i := range int64(30) {
		many = append(many, tracesOf(1, false, false, i, i)...)
	}
	if v, rest := VariantsOf(many); len(v) != 10 || rest != 20 || v[0].Places[0] != 0 {
		t.Errorf("thirty different ones: %d shown, %d more", len(v), rest)
	}
	if v, rest := VariantsOf(nil); len(v) != 0 || rest != 0 {
		t.Errorf("no walks: %v %d", v, rest)
	}
}

func TestRepeats(t *testing.T) {
	r := RepeatsOf([]Trace{{Places: []int64{1, 1, 2, 1}}, {Places: []int64{2, 1, 2}}, {Places: []int64{1, 2, 3}}})
	want := []Repeat{{Place: 1, Loops: 1, Rework: 1, Walks: 1}, {Place: 2, Rework: 1, Walks: 1}}
	if !slices.Equal(r, want) || r[0].Extra() != 2 {
		t.Errorf("%+v", r)
	}
}

func TestSatisfactionByContacts(t *testing.T) {
	out := ByContacts(slices.Concat(tracesOf(8, true, true, 1), tracesOf(2, true, false, 1), tracesOf(5, true, false, 1, 2, 3, 4), tracesOf(5, true, true, 1, 2, 3, 4, 5),
		tracesOf(3, false, false, 1, 2), []Trace{{Rated: true}}))
	is(t, "one", out[0].Share, 0.8, 1e-12)
	is(t, "two", out[1].Share, nobody, 0)
	is(t, "four and more", out[3].Share, 0.5, 1e-12)
}

// The expected visits of a process of all its walks are its visits per walk.
func TestExpectedVisitsAreThoseThatWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var walks []Walked
		for range rapid.IntRange(1, 20).Draw(t, "walks") {
			w := Walked{GaveUp: rapid.Bool().Draw(t, "gave up")}
			for _, p := range rapid.SliceOfN(rapid.Int64Range(1, 5), 1, 8).Draw(t, "places") {
				w.Visits = append(w.Visits, Visit{Place: p})
			}
			walks = append(walks, w)
		}
		p := ProcessOf(walks)
		expected, err := ExpectedVisits(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, place := range p.Places {
			same(t, "visits", expected[place.ID], float64(place.Visits)/float64(p.Walks))
		}
	})
	if e, err := ExpectedVisits(Process{}); err != nil || len(e) != 0 {
		t.Errorf("no process: %v %v", e, err)
	}
	refused(t, map[string]error{"no way out": second(ExpectedVisits(Process{Places: []Place{{ID: 1}},
		Transitions: []Transition{{From: Start, To: 1, Share: 1}, {From: 1, To: 1, Share: 1}, {From: 9, To: 1, Share: 1}}}))})
}

func TestDropOff(t *testing.T) {
	h := time.Hour
	entered := []Entered{{1 * h, true}, {2 * h, true}, {30 * h, true}, {100 * h, false}, {5 * h, false}}
	since := []time.Duration{100 * h, 50 * h, 60 * h, 100 * h, 5 * h}
	r, err := DropOff(entered, since, 24*h)
	if err != nil || r.X != 2 || r.N != 4 {
		t.Errorf("%+v %v", r, err)
	}
	var many []Entered
	for i := range 100 {
		many = append(many, Entered{time.Duration(100-i) * h, i < 100})
	}
	if got := Horizon(append(many, Entered{900 * h, false})); got != 95*h {
		t.Errorf("horizon %v", got)
	}
	if got := Horizon(entered[3:]); got != 0 {
		t.Errorf("nobody went on: %v", got)
	}
	refused(t, map[string]error{
		"a negative horizon":     second(DropOff(entered, since, -1)),
		"ages of others":         second(DropOff(entered, since[1:], h)),
		"waiting longer than is": second(DropOff([]Entered{{h, true}}, []time.Duration{h / 2}, h)),
		"a negative wait":        second(DropOff([]Entered{{-1, true}}, []time.Duration{h}, h)),
	})
}

func FuzzVariants(f *testing.F) {
	f.Add([]byte{1, 2, 0, 1, 2, 0, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		var traces []Trace
		walks := int64(0)
		for part := range slices.Values(slices.Collect(slices.Chunk(b, 3))) {
			var tr Trace
			for _, p := range part {
				tr.Places = append(tr.Places, int64(p%4))
			}
			traces = append(traces, tr)
			walks++
		}
		v, rest := VariantsOf(traces)
		for _, x := range v {
			rest += x.N
		}
		if rest != walks || len(v) > 0 && (math.IsNaN(v[len(v)-1].Cumulative) || v[len(v)-1].Cumulative > 1+1e-9) {
			t.Fatalf("%+v of %d", v, walks)
		}
	})
}
