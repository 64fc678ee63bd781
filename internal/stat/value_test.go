package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestLifetimeValueByHand(t *testing.T) {
	flows := []Flow{{0, 100, 40}, {daysOfYear, 110, 0}, {2 * daysOfYear, 0, 24.2}}
	v, err := LifetimeValue(flows, 0.1)
	if err != nil || !near(v, 60+100-20) {
		t.Errorf("%v %v", v, err)
	}
	if v, err := LifetimeValue(nil, 0.1); v != 0 || err != nil {
		t.Errorf("no flows: %v %v", v, err)
	}
}

// The projection is the sum of its periods.
func TestProjectedValueAgainstItsSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, r := rapid.Float64Range(-100, 1000).Draw(t, "margin"), rapid.Float64Range(0, 0.97).Draw(t, "retention")
		d := rapid.Float64Range(0, 0.5).Draw(t, "discount")
		ahead, err1 := ProjectedValue(m, r, d, false)
		now, err2 := ProjectedValue(m, r, d, true)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		sum := 0.0
		for i := 1; i < 2000; i++ {
			sum += m * math.Pow(r/(1+d), float64(i))
		}
		same(t, "ahead", *ahead, sum)
		same(t, "now", *now, m+sum)
	})
}

// Seed 001: 100 $ with 20 % repeats is 120 $; counted forever it is 125 $.
func TestRoughValueOfTheSeed(t *testing.T) {
	once, forever, err := RoughValue(100, 0.2)
	if err != nil || !near(once, 120) {
		t.Errorf("%v %v", once, err)
	}
	is(t, "forever", forever, 125, 1e-9)
	if once, forever, err := RoughValue(100, 1); once != 200 || forever != nil || err != nil {
		t.Errorf("always: %v %v %v", once, forever, err)
	}
}

func TestValuesThatCannotBe(t *testing.T) {
	if v, err := ProjectedValue(10, 1, 0, false); v != nil || err != nil {
		t.Errorf("a customer who never leaves, undiscounted: %v %v", v, err)
	}
	rough := func(order, repeat float64) error { _, _, err := RoughValue(order, repeat); return err }
	refused(t, map[string]error{
		"a discount of everything":     second(LifetimeValue(nil, -1)),
		"a discount that is no number": second(LifetimeValue(nil, math.NaN())),
		"money before the first day":   second(LifetimeValue([]Flow{{-1, 1, 1}}, 0.1)),
		"endless revenue":              second(LifetimeValue([]Flow{{1, math.Inf(1), 1}}, 0.1)),
		"revenues beyond numbers":      second(LifetimeValue([]Flow{{1, math.MaxFloat64, 0}, {1, math.MaxFloat64, 0}}, 0)),
		"retention above one":          second(ProjectedValue(1, 1.1, 0.1, false)),
		"retention below none":         second(ProjectedValue(1, -0.1, 0.1, false)),
		"a projected discount of −1":   second(ProjectedValue(1, 0, -1, false)),
		"a margin beyond numbers":      second(ProjectedValue(math.MaxFloat64, 0.9, 0.01, false)),
		"a negative order":             rough(-1, 0.1),
		"repeats above all":            rough(1, 1.1),
		"an order beyond numbers":      rough(math.MaxFloat64, 1),
	})
}

func FuzzValue(f *testing.F) {
	f.Add(100.0, 0.8, 0.1, true)
	f.Fuzz(func(t *testing.T, m, r, d float64, now bool) {
		if v, err := ProjectedValue(m, r, d, now); err == nil && v != nil && !finite(*v) {
			t.Fatalf("%v %v %v: %v", m, r, d, *v)
		}
		if v, err := LifetimeValue([]Flow{{r, m, d}, {d, m, r}}, d); err == nil && !finite(v) {
			t.Fatalf("%v %v %v: %v", m, r, d, v)
		}
		if v, _, err := RoughValue(m, r); err == nil && !finite(v) {
			t.Fatalf("%v %v: %v", m, r, v)
		}
	})
}
