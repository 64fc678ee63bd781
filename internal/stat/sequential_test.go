package stat

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"pgregory.net/rapid"
)

// Λ is the likelihood of the estimate mixed over effects from N(0, τ²), against that of no effect: integrated here.
func TestWatchAgainstItsMixture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		estimate, sd, tau := rapid.Float64Range(-3, 3).Draw(t, "estimate"), rapid.Float64Range(0.3, 3).Draw(t, "sd"), rapid.Float64Range(0.3, 3).Draw(t, "tau")
		w, err := Watch([]Look{{estimate, sd * sd}}, tau)
		if err != nil {
			t.Fatal(err)
		}
		density := func(x, sd float64) float64 { return math.Exp(-x*x/sd/sd/2) / sd / math.Sqrt(2*math.Pi) }
		mixed := quad.Fixed(func(effect float64) float64 { return density(effect, tau) * density(estimate-effect, sd) }, -12*tau, 12*tau, 400, nil, 0)
		same(t, "p", w[0].P, min(1, density(estimate, sd)/mixed))
	})
}

// methods.md §6.2 [C]: with no effect, 146 looks find one in about 1.7 % of runs, and never in more than 5 %.
func TestLookingOftenIsHarmless(t *testing.T) {
	random := rand.New(rand.NewPCG(31, 32))
	const runs, looks = 2000, 146
	found, held := 0, 0
	for range runs {
		sum := 0.0
		seen := make([]Look, looks)
		for i := range seen {
			for range 10 {
				sum += random.NormFloat64()
			}
			n := float64(10 * (i + 1))
			seen[i] = Look{sum / n, 1 / n}
		}
		w, err := Watch(seen, 0.2)
		if err != nil {
			t.Fatal(err)
		}
		if w[looks-1].Beyond {
			found++
		}
		inside := true
		for _, x := range w {
			inside = inside && x.Low <= 0 && 0 <= x.High
		}
		if inside {
			held++
		}
	}
	if found > runs*3/100 || found < runs*5/1000 || held != runs-found {
		t.Errorf("found an effect in %d of %d runs, intervals held in %d", found, runs, held)
	}
}

func TestWatchesThatCannotBe(t *testing.T) {
	refused(t, map[string]error{
		"no smallest change":       second(Watch(nil, 0)),
		"a smallest of nothing":    second(Watch(nil, math.NaN())),
		"a change beyond numbers":  second(Watch(nil, 1e-200)),
		"no variance":              second(Watch([]Look{{1, 0}}, 1)),
		"an estimate that is none": second(Watch([]Look{{math.Inf(1), 1}}, 1)),
	})
}

func FuzzWatch(f *testing.F) {
	f.Add(0.3, 0.1, 0.2, 0.05, 0.2)
	f.Fuzz(func(t *testing.T, a, v, b, w, tau float64) {
		seen, err := Watch([]Look{{a, v}, {b, w}}, tau)
		if err == nil && !(seen[1].P <= seen[0].P && seen[0].P <= 1 && seen[0].Low <= seen[0].High) {
			t.Fatalf("%+v", seen)
		}
	})
}
