package stat

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// fibreDesign: order, (check), appointments as many as needed, connection, (survey).
var fibreDesign = []Step{{Place: 1}, {Place: 2, Optional: true}, {Place: 3, Repeatable: true}, {Place: 4}, {Place: 5, Optional: true}}

func TestAlignments(t *testing.T) {
	for _, c := range []struct {
		sentence       string
		trace          []int64
		cost           int64
		fitness        float64
		missing, extra []int64
	}{
		{"as designed", []int64{1, 2, 3, 4, 5}, 0, 1, nil, nil},
		{"without what is optional", []int64{1, 3, 4}, 0, 1, nil, nil},
		{"several appointments", []int64{1, 3, 3, 3, 4}, 0, 1, nil, nil},
		{"two orders", []int64{1, 1, 3, 4}, 1, 1 - 1.0/7, nil, []int64{1}},
		{"no appointment", []int64{1, 4}, 1, 1 - 1.0/5, []int64{3}, nil},
		{"a stranger between appointments", []int64{1, 3, 9, 3, 4}, 1, 1 - 1.0/8, nil, []int64{9}},
		{"back to the check", []int64{1, 3, 2, 4}, 1, 1 - 1.0/7, nil, []int64{2}},
		{"only strangers", []int64{9, 8}, 5, 0, []int64{1, 3, 4}, []int64{9, 8}},
		{"nothing", nil, 3, 0, []int64{1, 3, 4}, nil},
	} {
		a := Align(c.trace, fibreDesign)
		if a.Cost != c.cost || !near(a.Fitness, c.fitness) || !slices.Equal(a.Missing, c.missing) || !slices.Equal(a.Extra, c.extra) {
			t.Errorf("%s: %+v", c.sentence, a)
		}
	}
	if a := Align(nil, nil); a.Cost != 0 || a.Fitness != 1 {
		t.Errorf("nothing of nothing: %+v", a)
	}
	if a := Align([]int64{1}, nil); a.Cost != 1 || a.Fitness != 0 {
		t.Errorf("something of nothing: %+v", a)
	}
}

// cheapestByTrying tries every set of places to pass by and steps to leave out, cheapest first is enough to compare costs.
func cheapestByTrying(trace []int64, design []Step) int64 {
	best := int64(len(trace)) + mandatory(design)
	for kept := range 1 << len(trace) {
		var rest []int64
		cost := int64(len(trace))
		for i, p := range trace {
			if kept>>i&1 == 1 {
				rest = append(rest, p)
				cost--
			}
		}
		for used := range 1 << len(design) {
			left := cost
			var steps []Step
			for j, s := range design {
				if used>>j&1 == 1 {
					steps = append(steps, s)
				} else {
					left += s.missing()
				}
			}
			if left < best && plays(rest, steps) {
				best = left
			}
		}
	}
	return best
}

// plays tells whether the trace is exactly these steps, each once, the repeatable ones at least once.
func plays(trace []int64, steps []Step) bool {
	if len(steps) == 0 {
		return len(trace) == 0
	}
	for n := 1; n <= len(trace) && trace[n-1] == steps[0].Place && (n == 1 || steps[0].Repeatable); n++ {
		if plays(trace[n:], steps[1:]) {
			return true
		}
	}
	return false
}

func TestAlignmentIsCheapest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		trace := rapid.SliceOfN(rapid.Int64Range(1, 4), 0, 7).Draw(t, "trace")
		design := make([]Step, rapid.IntRange(0, 5).Draw(t, "steps"))
		for i := range design {
			design[i] = Step{rapid.Int64Range(1, 4).Draw(t, "place"), rapid.Bool().Draw(t, "optional"), rapid.Bool().Draw(t, "repeatable")}
		}
		a := Align(trace, design)
		if want := cheapestByTrying(trace, design); a.Cost != want {
			t.Fatalf("cost %d, trying gives %d", a.Cost, want)
		}
		if a.Cost != int64(len(a.Missing)+len(a.Extra)) || a.Fitness < 0 || a.Fitness > 1 {
			t.Fatalf("%+v", a)
		}
	})
}

func TestConformance(t *testing.T) {
	traces := slices.Concat(tracesOf(56, true, true, 1, 3, 4), tracesOf(14, true, false, 1, 2, 3, 4), tracesOf(48, true, true, 1, 4), tracesOf(32, true, false, 1, 1, 4),
		tracesOf(10, false, false, 1, 3, 4, 4), []Trace{{}})
	c, err := ConformanceOf(traces, fibreDesign)
	if err != nil || c.Conforming.X != 70 || c.Conforming.N != 160 {
		t.Fatalf("%+v %v", c, err)
	}
	want := []Deviation{{3, true, 80}, {1, false, 32}, {4, false, 10}}
	if !slices.Equal(c.Deviations, want) {
		t.Errorf("%+v", c.Deviations)
	}
	is(t, "fitness", c.Fitness, (70+48*0.8+32*(1-2.0/6)+10*(1-1.0/7))/160, 1e-12)
	is(t, "gain", c.Gain.Diff, 0.2, 1e-12) // 56/70 against 48/80, of Newcombe's table
	is(t, "gain from", c.Gain.Low, 0.0524, 5e-5)

	either, err := ConformanceOf(traces, fibreDesign, []Step{{Place: 1}, {Place: 4}})
	if err != nil || either.Conforming.X != 118 {
		t.Errorf("with a short design: %+v %v", either, err)
	}
	if none, err := ConformanceOf(nil, fibreDesign); err != nil || none.Fitness != nil || none.Conforming.Share != nil || none.Gain.Diff != nil {
		t.Errorf("no walks: %+v %v", none, err)
	}
	refused(t, map[string]error{"no design": second(ConformanceOf(traces))})
	same, err := ConformanceOf(tracesOf(3, false, false, 9, 1, 9), []Step{{Place: 9}})
	if err != nil || len(same.Deviations) != 2 || same.Deviations[0].Place != 1 {
		t.Errorf("as many of each: %+v %v", same.Deviations, err)
	}
}

func FuzzAlign(f *testing.F) {
	f.Add([]byte{1, 2, 3}, []byte{1, 18, 35})
	f.Fuzz(func(t *testing.T, places, steps []byte) {
		var trace []int64
		for _, p := range places[:min(len(places), 60)] {
			trace = append(trace, int64(p%16))
		}
		var design []Step
		for _, s := range steps[:min(len(steps), 60)] {
			design = append(design, Step{int64(s % 16), s&16 != 0, s&32 != 0})
		}
		if a := Align(trace, design); a.Cost != int64(len(a.Missing)+len(a.Extra)) || a.Fitness < 0 || a.Fitness > 1 {
			t.Fatalf("%+v", a)
		}
	})
}
