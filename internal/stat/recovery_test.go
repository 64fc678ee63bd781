package stat

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestRecoveryByHand(t *testing.T) {
	r, err := RecoveryOf(Rerating{120, 70, 56}, Rerating{300, 80, 48}) // the counts of Newcombe 1998b, table II
	if err != nil {
		t.Fatal(err)
	}
	is(t, "recovered", r.Recovered.Share, 0.8, 1e-12)
	is(t, "at least", r.AtLeast.Share, 56.0/120, 1e-12)
	is(t, "answered", r.Answered.Share, 70.0/120, 1e-12)
	is(t, "control", r.Control.Share, 0.6, 1e-12)
	is(t, "effect", r.Effect.Diff, 0.2, 1e-12)
	is(t, "effect low", r.Effect.Low, 0.0524, 5e-5)
	is(t, "effect high", r.Effect.High, 0.3339, 5e-5)
	if r, err := RecoveryOf(Rerating{10, 5, 3}, Rerating{}); err != nil || r.Effect.Diff != nil || r.Control.Share != nil {
		t.Errorf("no control: %+v %v", r, err)
	}
}

func TestRecoveriesThatCannotBe(t *testing.T) {
	refused(t, map[string]error{
		"more recovered than answered": second(RecoveryOf(Rerating{10, 5, 6}, Rerating{})),
		"more answered than asked":     second(RecoveryOf(Rerating{10, 11, 6}, Rerating{})),
		"fewer than none recovered":    second(RecoveryOf(Rerating{10, 5, -1}, Rerating{})),
		"a control that cannot be":     second(RecoveryOf(Rerating{10, 5, 3}, Rerating{1, 2, 3})),
	})
}

// Why there is a control: detractors drawn from a population of mean 7.5 whose answers are repeated with reliability .5
// to .8 recover without any help (methods.md §1.10 says 33–52 %), and the control takes all of it away again.
func TestRegressionToTheMeanIsNotRecovery(t *testing.T) {
	for _, reliability := range []float64{0.5, 0.8} {
		random := rand.New(rand.NewPCG(7, uint64(10*reliability)))
		again := func() (bad, recovered bool) {
			opinion := random.NormFloat64() * math.Sqrt(reliability)
			answer := func() float64 {
				return math.Round(7.5 + 2.2*(opinion+random.NormFloat64()*math.Sqrt(1-reliability)))
			}
			return answer() <= 6, answer() >= 7
		}
		var counts [2]Rerating
		for i := range 40_000 {
			if bad, recovered := again(); bad {
				c := &counts[i%2]
				c.Asked++
				c.Answered++
				if recovered {
					c.Recovered++
				}
			}
		}
		r, err := RecoveryOf(counts[0], counts[1])
		if err != nil || *r.Recovered.Share < 0.25 || *r.Effect.Low > 0 || *r.Effect.High < 0 {
			t.Errorf("reliability %v: recovered %.3f, effect %.3f..%.3f", reliability, *r.Recovered.Share, *r.Effect.Low, *r.Effect.High)
		}
	}
}

func TestRecoveryIsOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func() (r Rerating) {
			r.Asked = rapid.Int64Range(1, 1e6).Draw(t, "asked")
			r.Answered = rapid.Int64Range(1, r.Asked).Draw(t, "answered")
			r.Recovered = rapid.Int64Range(0, r.Answered).Draw(t, "recovered")
			return r
		}
		r, err := RecoveryOf(draw(), draw())
		if err != nil || *r.AtLeast.Share > *r.Recovered.Share || *r.Effect.Low > *r.Effect.Diff || *r.Effect.High < *r.Effect.Diff {
			t.Fatalf("%+v %v", r, err)
		}
	})
}

func FuzzRecovery(f *testing.F) {
	f.Add(int64(10), int64(8), int64(3), int64(9), int64(7), int64(2))
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g int64) {
		r, err := RecoveryOf(Rerating{a, b, c}, Rerating{d, e, g})
		if err == nil && r.Effect.Diff != nil && !(math.Abs(*r.Effect.Diff) <= 1) {
			t.Fatalf("%+v", r)
		}
	})
}
