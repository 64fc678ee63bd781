package stat

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func TestSampleOfATally(t *testing.T) {
	s, err := SampleOf(csat5, tallyOf(0, 1, 0, 2, 0, 1)) // 1 3 3 5
	if err != nil || s.N != 4 || s.Mean != 3 || !near(s.Var, 8.0/3) {
		t.Errorf("%+v %v", s, err)
	}
	s, err = SampleOf(ces5low, tallyOf(0, 3, 1)) // 1 1 1 2, turned around 5 5 5 4
	if err != nil || !near(s.Mean, 4.75) || !near(s.Var, 0.25) {
		t.Errorf("low is good: %+v %v", s, err)
	}
	if s, err := SampleOf(csat5, Tally{}); err != nil || s != (Sample{}) {
		t.Errorf("nobody: %+v %v", s, err)
	}
	if s, err := ShareSample(3, 4); err != nil || s.Mean != 0.75 || !near(s.Var, 0.25) {
		t.Errorf("a share: %+v %v", s, err)
	}
	refused(t, map[string]error{
		"an answer off the scale": second(SampleOf(csat5, tallyOf(1))),
		"more than all":           second(ShareSample(3, 2)),
		"one answer":              second(ShareSample(1, 1)),
	})
}

// Student's sleep data: extra hours of two groups of ten; Welch's t = −1.8608 on 17.776 degrees, p = .07939, interval
// −3.3654832..0.2054832 (the example of R's t.test).
func TestWelchOnSleep(t *testing.T) {
	of := func(xs ...float64) Sample {
		s := Sample{N: int64(len(xs))}
		for _, x := range xs {
			s.Mean += x / float64(len(xs))
		}
		for _, x := range xs {
			s.Var += (x - s.Mean) * (x - s.Mean) / float64(len(xs)-1)
		}
		return s
	}
	a := of(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2)
	b := of(1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
	e, err := Welch(a, b)
	if err != nil || !within(e.Diff/e.SE, -1.8608, 5e-5) || !within(e.Degrees, 17.776, 5e-4) || !within(e.P(), 0.07939, 5e-6) ||
		!within(e.Low, -3.3654832, 5e-7) || !within(e.High, 0.2054832, 5e-7) {
		t.Errorf("%+v p %v %v", e, e.P(), err)
	}
}

func TestEffectsWithoutSpread(t *testing.T) {
	same := Sample{5, 3, 0}
	if e, err := Welch(same, same); err != nil || e.P() != 1 || e.Low != 0 {
		t.Errorf("%+v %v", e, err)
	}
	if e, err := Welch(same, Sample{5, 2, 0}); err != nil || e.P() != 0 || e.High != 1 {
		t.Errorf("%+v %v", e, err)
	}
	refused(t, map[string]error{
		"one answer":            second(Welch(Sample{1, 3, 0}, same)),
		"a negative variance":   second(Welch(same, Sample{5, 3, -1})),
		"a mean that is none":   second(Welch(same, Sample{5, math.NaN(), 1})),
		"spread beyond numbers": second(Welch(Sample{2, -math.MaxFloat64, 1}, Sample{2, math.MaxFloat64, 1})),
	})
}

// TestStudentTail: above a million degrees the tail is the normal one, where the second computation loses digits (up to
// 8e-6 at three million).
func TestStudentTail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, degrees := rapid.Float64Range(-8, 8).Draw(t, "t"), rapid.Float64Range(1, 1e6).Draw(t, "degrees")
		same(t, "tail", studentTail(x, degrees), 2*distuv.StudentsT{Sigma: 1, Nu: degrees}.Survival(math.Abs(x)))
		same(t, "tail of very many", studentTail(x, 1e6+degrees), 2*distuv.UnitNormal.Survival(math.Abs(x)))
	})
}

func FuzzWelch(f *testing.F) {
	f.Add(int64(3), 1.0, 2.0, int64(4), 2.0, 1.0)
	f.Fuzz(func(t *testing.T, n int64, m, v float64, k int64, l, w float64) {
		if e, err := Welch(Sample{n, m, v}, Sample{k, l, w}); err == nil && !(e.Low <= e.Diff && e.Diff <= e.High && e.P() >= 0 && e.P() <= 1) {
			t.Fatalf("%+v", e)
		}
	})
}
