package stat

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// countedOf draws a sample with many repetitions, and the same as counts.
func countedOf[T comparable](t *rapid.T, one *rapid.Generator[T], least int) ([]T, []Counted[T]) {
	sample := rapid.SliceOfN(one, least, 150).Draw(t, "sample")
	times, order := map[T]int64{}, []T(nil)
	for _, x := range sample {
		if times[x] == 0 {
			order = append(order, x)
		}
		times[x]++
	}
	var counted []Counted[T]
	for _, x := range order {
		counted = append(counted, Counted[T]{x, times[x]})
	}
	return sample, counted
}

func alike(a, b float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*max(1, math.Abs(a))
}

func alikeP(a, b *float64) bool { return a == nil && b == nil || a != nil && b != nil && alike(*a, *b) }

func days(hi int) *rapid.Generator[float64] {
	return rapid.Map(rapid.IntRange(0, hi), func(d int) float64 { return float64(d) })
}

func TestCountsGiveWhatTheSampleGives(t *testing.T) {
	t.Run("calibration", rapid.MakeCheck(func(t *rapid.T) {
		one := rapid.Custom(func(t *rapid.T) Delivery {
			return Delivery{days(5).Draw(t, "promised"), days(20).Draw(t, "took"), rapid.IntRange(0, 5).Draw(t, "open") == 0}
		})
		sample, counted := countedOf(t, one, 0)
		grid := []float64{0, 3, 8, 15, 25}
		a, err1 := Calibration(sample, grid)
		b, err2 := CalibrationOfCounts(counted, grid)
		if err1 != nil || err2 != nil || len(a) != len(b) {
			t.Fatalf("%v, %v", err1, err2)
		}
		for i := range a {
			if !alike(a[i].Kept, b[i].Kept) || !alike(a[i].Low, b[i].Low) || !alike(a[i].High, b[i].High) {
				t.Fatalf("%+v, %+v", a[i], b[i])
			}
		}
	}))
	t.Run("quantiles and the safe promise", rapid.MakeCheck(func(t *rapid.T) {
		sample, counted := countedOf(t, days(30), 0)
		a, err1 := QuantileOf(sample, 0.9)
		b, err2 := QuantileOfCounts(counted, 0.9)
		if err1 != nil || err2 != nil || !alikeP(a.At, b.At) || !alikeP(a.Low, b.Low) || !alikeP(a.High, b.High) || !alike(a.Coverage, b.Coverage) {
			t.Fatalf("%+v, %+v", a, b)
		}
		c, err1 := SafePromise(sample, 0.9)
		d, err2 := SafePromiseOfCounts(counted, 0.9)
		if err1 != nil || err2 != nil || c.N != d.N || !alikeP(c.Promise, d.Promise) {
			t.Fatalf("%+v, %+v", c, d)
		}
	}))
	t.Run("the effect of the promise", rapid.MakeCheck(func(t *rapid.T) {
		one := rapid.Custom(func(t *rapid.T) RatedDelivery {
			return RatedDelivery{days(6).Draw(t, "promised"), days(12).Draw(t, "took"), 1 + days(4).Draw(t, "rating")}
		})
		sample, counted := countedOf(t, one, 45)
		a, err1 := PromiseEffectOf(sample)
		b, err2 := PromiseEffectOfCounts(counted)
		if (err1 == nil) != (err2 == nil) || errors.Is(err1, ErrNotIdentifiable) != errors.Is(err2, ErrNotIdentifiable) {
			t.Fatalf("%v, %v", err1, err2)
		}
		if err1 != nil {
			return
		}
		x, err1 := a.Promising(4)
		y, err2 := b.Promising(4)
		if err1 != nil || err2 != nil || !alike(x.Change, y.Change) || !alike(x.SE, y.SE) || !alike(a.R2, b.R2) || !alike(a.Late.SE, b.Late.SE) || !alike(a.Missed.Slope, b.Missed.Slope) {
			t.Fatalf("%+v, %+v", x, y)
		}
	}))
}

func TestCountsThatCannotBeAreRefused(t *testing.T) {
	never := []Counted[float64]{{3, 0}}
	_, err1 := QuantileOfCounts(never, 0.9)
	_, err2 := SafePromiseOfCounts(never, 0.9)
	_, err3 := CalibrationOfCounts([]Counted[Delivery]{{Delivery{8, 9, false}, -1}}, nil)
	_, err4 := PromiseEffectOfCounts([]Counted[RatedDelivery]{{RatedDelivery{8, 9, 3}, 0}})
	_, err5 := SurvivalOfCounts([]Counted[Spell]{{Spell{1, true}, 0}})
	for i, err := range []error{err1, err2, err3, err4, err5} {
		if err == nil {
			t.Errorf("%d: a count below 1 was taken", i+1)
		}
	}
}

func TestWhatIsNotDeliveredMakesNoPromiseSafe(t *testing.T) {
	at := func(never int64) float64 {
		safe, err := SafePromiseOfCounts([]Counted[float64]{{9, 100 - never}, {math.Inf(1), never}}, 0.9)
		if err != nil || safe.N != 100 || safe.Promise == nil {
			t.Fatalf("%+v, %v", safe, err)
		}
		return *safe.Promise
	}
	if at(4) != 9 || !math.IsInf(at(30), 1) {
		t.Errorf("%v with 4 of 100 open, %v with 30", at(4), at(30))
	}
}
