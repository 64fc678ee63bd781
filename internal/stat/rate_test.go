package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// refused fails for every sentence whose error is missing.
func refused(t *testing.T, errs map[string]error) {
	t.Helper()
	for sentence, err := range errs {
		if err == nil {
			t.Errorf("%s: no error", sentence)
		}
	}
}

// is compares an optional value with what is expected of it; NaN expects none.
func is(t *testing.T, sentence string, got *float64, want, margin float64) {
	t.Helper()
	switch {
	case math.IsNaN(want) && got != nil:
		t.Errorf("%s: %v, want none", sentence, *got)
	case !math.IsNaN(want) && got == nil:
		t.Errorf("%s: none, want %v", sentence, want)
	case got != nil && !within(*got, want, margin):
		t.Errorf("%s: %v, want %v", sentence, *got, want)
	}
}

// second drops the value of a call whose error is what is tested.
func second[T any](_ T, err error) error { return err }

var nobody = math.NaN()

func TestRate(t *testing.T) {
	r, err := RateOf(81, 263) // Newcombe 1998a, table I
	if err != nil || r.Level != Solid {
		t.Fatal(r, err)
	}
	is(t, "share", r.Share, 81.0/263, 1e-12)
	is(t, "low", r.Low, 0.2553, 5e-5)
	is(t, "high", r.High, 0.3662, 5e-5)

	none, err := RateOf(0, 0)
	if err != nil || none.Share != nil || none.Low != nil || none.High != nil || none.Level != None {
		t.Errorf("nobody: %+v %v", none, err)
	}
	refused(t, map[string]error{
		"more than all": second(RateOf(3, 2)), "fewer than none": second(RateOf(-1, 2)), "of fewer than nobody": second(RateOf(0, -1)),
	})
}

func TestRateDifference(t *testing.T) {
	a, _ := RateOf(56, 70)
	b, _ := RateOf(48, 80)
	d := a.Over(b) // Newcombe 1998b, table II
	is(t, "difference", d.Diff, 0.2, 1e-12)
	is(t, "low", d.Low, 0.0524, 5e-5)
	is(t, "high", d.High, 0.3339, 5e-5)
	if d := a.Over(Rate{}); d.Diff != nil || d.Low != nil || d.High != nil {
		t.Errorf("against nobody: %+v", d)
	}
}

func TestRateHoldsItsShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1<<40).Draw(t, "n")
		x := rapid.Int64Range(0, n).Draw(t, "x")
		r, err := RateOf(x, n)
		if err != nil || !(0 <= *r.Low && *r.Low <= *r.Share && *r.Share <= *r.High && *r.High <= 1) {
			t.Fatalf("%+v %v", r, err)
		}
	})
}

func FuzzRate(f *testing.F) {
	f.Add(int64(1), int64(2))
	f.Fuzz(func(t *testing.T, x, n int64) {
		r, err := RateOf(x, n)
		if (err == nil) != (n >= 0 && x >= 0 && x <= n) {
			t.Fatalf("%d of %d: %v", x, n, err)
		}
		if err == nil && n > 0 && !finite(*r.Share, *r.Low, *r.High) {
			t.Fatalf("%d of %d: %+v", x, n, r)
		}
	})
}
