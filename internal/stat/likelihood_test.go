package stat

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// office draws employees whose rates are Beta(mean, weight).
func office(employees int, mean, weight float64, seed uint64) (out []Share) {
	random := rand.New(rand.NewPCG(seed, 71))
	truth := distuv.Beta{Alpha: mean * weight, Beta: (1 - mean) * weight, Src: random}
	for range employees {
		n := 20 + random.Int64N(200)
		out = append(out, Share{int64(distuv.Binomial{N: float64(n), P: truth.Rand(), Src: random}.Rand()), n})
	}
	return out
}

// Nothing around it is likelier, by a grid; and it is near what was planted.
func TestLikeliestAgainstAGrid(t *testing.T) {
	employees := office(400, 0.85, 60, 1)
	mean, weight, ok := Likeliest(employees)
	if !ok || !within(mean, 0.85, 0.01) || weight < 40 || weight > 90 {
		t.Fatal(mean, weight, ok)
	}
	best := logLikelihood(employees, mean*weight, (1-mean)*weight)
	for dm := -0.02; dm <= 0.02; dm += 0.002 {
		for f := 0.5; f <= 2; f += 0.05 {
			if l := logLikelihood(employees, (mean+dm)*weight*f, (1-mean-dm)*weight*f); l > best+1e-6 {
				t.Fatalf("mean %v, weight %v is likelier by %v", mean+dm, weight*f, l-best)
			}
		}
	}
}

func TestLikeliestLeavesItToTheMoments(t *testing.T) {
	alike := make([]Share, 12)
	for i := range alike {
		alike[i] = Share{8, 10}
	}
	for sentence, employees := range map[string][]Share{"nine employees": office(9, 0.8, 10, 2), "all alike": alike, "nobody": nil} {
		if _, _, ok := Likeliest(employees); ok {
			t.Error(sentence)
		}
	}
}

func TestShrinkToAPrior(t *testing.T) {
	estimate, low, high := Shrink(sixty, 40, 60)
	s, err := ShrinkTo(0.85, 60, 40, 60)
	if err != nil || !near(s.Estimate, estimate) || !near(s.Low, low) || !near(s.High, high) || s.Above > 0.01 {
		t.Errorf("%+v, want %v in %v..%v, %v", s, estimate, low, high, err)
	}
	if s, err := ShrinkTo(0.5, 10, 0, 0); err != nil || !near(s.Above, 0.5) || !near(s.Estimate, 0.5) {
		t.Errorf("without answers: %+v %v", s, err)
	}
	refused(t, map[string]error{
		"more than all":        second(ShrinkTo(0.5, 10, 3, 2)),
		"fewer than none":      second(ShrinkTo(0.5, 10, -1, 2)),
		"a mean of everything": second(ShrinkTo(1, 10, 1, 2)),
		"no weight":            second(ShrinkTo(0.5, 0, 1, 2)),
		"an endless weight":    second(ShrinkTo(0.5, math.Inf(1), 1, 2)),
	})
}

// The likelihood of a beta-binomial, by its chances drawn one after another (Pólya's urn).
func TestLikelihoodIsPolyas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(0.1, 50).Draw(t, "alpha"), rapid.Float64Range(0.1, 50).Draw(t, "beta")
		n := rapid.Int64Range(1, 60).Draw(t, "n")
		x := rapid.Int64Range(0, n).Draw(t, "x")
		want := 0.0
		for i := range x {
			want += math.Log((a + float64(i)) / (a + b + float64(i)))
		}
		for i := range n - x {
			want += math.Log((b + float64(i)) / (a + b + float64(x+i)))
		}
		same(t, "likelihood", logLikelihood([]Share{{x, n}, {3, 2}}, a, b), want)
	})
}

func FuzzLikeliest(f *testing.F) {
	f.Add([]byte("who satisfied how many of how many"))
	f.Fuzz(func(t *testing.T, counts []byte) {
		var employees []Share
		for i := 1; i < len(counts); i += 2 {
			employees = append(employees, Share{int64(min(counts[i], counts[i-1])), int64(counts[i])})
		}
		if mean, weight, ok := Likeliest(employees); ok && !(mean > 0 && mean < 1 && weight > 0 && weight <= weightUpTo) {
			t.Fatal(mean, weight)
		}
	})
}
