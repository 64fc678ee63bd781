package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// fibre is seed 004: eight days promised, twelve to fifteen taken.
func fibre(n int, promised float64) (ds []Delivery, took []float64) {
	for i := range n {
		d := float64(12 + i%4)
		ds, took = append(ds, Delivery{promised, d, false}), append(took, d)
	}
	return ds, took
}

// methods.md §2.2 [C]: promise 8 keeps 0 % (Wilson 0–3.1 % at 120); the safe promise is 15 days and keeps all.
func TestFibreOfTheSeed(t *testing.T) {
	ds, took := fibre(120, 8)
	kept, err := KeptRate(ds, 0)
	if err != nil || kept.X != 0 || *kept.Low != 0 {
		t.Fatal(kept, err)
	}
	is(t, "at most", kept.High, 0.031, 5e-4)
	safe, err := SafePromise(took, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	is(t, "safe promise", safe.Promise, 15, 0)
	ds, _ = fibre(120, 15)
	kept, _ = KeptRate(ds, 0)
	is(t, "kept with it", kept.Share, 1, 0)

	curve, err := Calibration(ds, []float64{8, 12, 13, 14, 15, 20})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0, 0.25, 0.5, 0.75, 1, 1} {
		low, high := Wilson(int64(want*120), 120)
		if curve[i].Kept != want || curve[i].Low != low || curve[i].High != high {
			t.Errorf("%+v, want %v", curve[i], want)
		}
	}
	if least, ok := LeastPromise(curve, 0.9); !ok || least.Promise != 15 {
		t.Errorf("least promise that keeps 90 %%: %+v", least)
	}
	if _, ok := LeastPromise(curve, 0.99); ok {
		t.Error("120 deliveries cannot show 99 %")
	}
}

func TestOpenDeliveries(t *testing.T) {
	ds := []Delivery{{5, 4, false}, {5, 6, false}, {5, 3, true}, {5, 9, true}}
	kept, err := KeptRate(ds, 0)
	if err != nil || kept.X != 1 || kept.N != 3 {
		t.Errorf("kept %+v %v", kept, err)
	}
	if kept, _ := KeptRate(ds, 1); kept.X != 2 || kept.N != 3 {
		t.Errorf("with a day of grace %+v", kept)
	}
	curve, err := Calibration(ds, []float64{4, 6})
	if err != nil || !near(curve[0].Kept, 1.0/3) || !near(curve[1].Kept, 2.0/3) || !(curve[0].Low < curve[0].Kept && curve[0].Kept < curve[0].High) {
		t.Errorf("%+v %v", curve, err) // three at risk at 4, two at 6
	}
	if curve, err := Calibration(nil, []float64{4}); err != nil || len(curve) != 0 {
		t.Errorf("no deliveries: %+v %v", curve, err)
	}
}

// Wilks: 29 for 90 %, 59 for 95 %.
func TestNeedForSafe(t *testing.T) {
	for p, want := range map[float64]int64{0.9: 29, 0.95: 59, 0.99: 299, 0.5: 5} {
		need, err := NeedForSafe(p)
		if err != nil || need != want || math.Pow(p, float64(need)) > 0.05 || math.Pow(p, float64(need-1)) <= 0.05 {
			t.Errorf("%v: %v %v", p, need, err)
		}
		_, took := fibre(int(want-1), 8)
		if safe, err := SafePromise(took, p); err != nil || safe.Promise != nil || safe.Need != want || safe.N != want-1 {
			t.Errorf("%v: one too few: %+v %v", p, safe, err)
		}
		_, took = fibre(int(want), 8)
		if safe, err := SafePromise(took, p); err != nil || safe.Promise == nil || *safe.Promise != 15 {
			t.Errorf("%v: just enough: %+v %v", p, safe, err)
		}
	}
}

// Hahn & Meeker 1991, §5.2: with 100 times the interval of the P90 is from the 84th to the 96th; its exact coverage is
// worked out here by summing the binomial.
func TestQuantileOfAHundred(t *testing.T) {
	times := make([]float64, 100)
	for i := range times {
		times[i] = float64(100 - i)
	}
	q, err := QuantileOf(times, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	is(t, "P90", q.At, 90, 0)
	l, u := 0, 0
	for r := 1; r <= 100; r++ {
		if binomialSum(r-1, 100, 0.9) <= 0.025 {
			l = r
		}
		if u == 0 && binomialSum(r-1, 100, 0.9) >= 0.975 {
			u = r
		}
	}
	is(t, "from", q.Low, float64(l), 0)
	is(t, "to", q.High, float64(u), 0)
	if want := binomialSum(u-1, 100, 0.9) - binomialSum(l-1, 100, 0.9); !near(q.Coverage, want) || q.Coverage < 0.95 {
		t.Errorf("coverage %v, want %v", q.Coverage, want)
	}
	few, err := QuantileOf(times[:5], 0.9)
	if err != nil || few.High != nil || few.Coverage != 0 {
		t.Errorf("five times have no upper limit: %+v %v", few, err)
	}
	if low, err := QuantileOf(times[:5], 0.1); err != nil || low.Low != nil || low.High == nil {
		t.Errorf("five times have no lower limit of the P10: %+v %v", low, err)
	}
	if none, err := QuantileOf(nil, 0.9); err != nil || none.At != nil {
		t.Errorf("no times: %+v %v", none, err)
	}
}

// binomialSum adds the terms up.
func binomialSum(k, n int, p float64) (sum float64) {
	for i := 0; i <= k; i++ {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(i + 1))
		c, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(a - b - c + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}

func TestPromisesThatCannotBe(t *testing.T) {
	bad := []Delivery{{-1, 2, false}}
	refused(t, map[string]error{
		"a negative promise":           second(KeptRate(bad, 0)),
		"a negative grace":             second(KeptRate(nil, -1)),
		"a delivery that is no number": second(Calibration([]Delivery{{1, math.NaN(), false}}, nil)),
		"a negative day of the grid":   second(Calibration([]Delivery{{1, 1, false}}, []float64{-1})),
		"all of them":                  second(QuantileOf(nil, 1)),
		"a time that is no number":     second(QuantileOf([]float64{math.NaN()}, 0.5)),
		"none of them":                 second(SafePromise(nil, 0)),
		"the need for all of them":     second(NeedForSafe(1)),
	})
}

// The safe promise keeps at least what was asked in the sample, and never gets shorter when more is asked.
func TestSafePromiseKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.Float64Range(0, 30), 59, 200).Draw(t, "times")
		ninety, err1 := SafePromise(times, 0.9)
		more, err2 := SafePromise(times, 0.95)
		q, err3 := QuantileOf(times, 0.9)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
		kept := 0
		for _, x := range times {
			if x <= *ninety.Promise {
				kept++
			}
		}
		if float64(kept) < 0.9*float64(len(times)) || *more.Promise < *ninety.Promise || *ninety.Promise < *q.At || *q.Low > *q.At {
			t.Fatalf("safe %v keeps %d of %d; 95 %%: %v; P90 %v", *ninety.Promise, kept, len(times), *more.Promise, *q.At)
		}
	})
}

func FuzzPromise(f *testing.F) {
	f.Add([]byte{8, 12, 8, 140}, 0.9)
	f.Fuzz(func(t *testing.T, days []byte, p float64) {
		var ds []Delivery
		var times []float64
		for i := 1; i < len(days); i += 2 {
			ds = append(ds, Delivery{float64(days[i-1]), float64(days[i] & 127), days[i] > 127})
			times = append(times, float64(days[i]))
		}
		curve, err := Calibration(ds, []float64{0, 7, 30, 255})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range curve {
			if !(0 <= c.Low && c.Low <= c.Kept && c.Kept <= c.High && c.High <= 1) || i > 0 && c.Kept < curve[i-1].Kept {
				t.Fatalf("%+v", curve)
			}
		}
		if safe, err := SafePromise(times, p); err == nil && (safe.Promise == nil) != (safe.N < safe.Need) {
			t.Fatalf("%+v", safe)
		}
	})
}
