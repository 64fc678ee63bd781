package stat

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// Efron & Morris 1977: eighteen batters after 45 times at bat. With their k−3 in the place of k−1, Q gives their c = .212
// and shrinks .400 to .294.
func TestBattersOfEfronAndMorris(t *testing.T) {
	var batters []Sample
	for _, hits := range []float64{18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7} {
		batters = append(batters, Sample{N: 45, Mean: hits / 45})
	}
	mean := 215.0 / 18 / 45
	p, err := MeanPriorOf(batters, mean*(1-mean))
	if err != nil || !near(p.Mean, mean) || p.Employees != 18 {
		t.Fatal(p, err)
	}
	c := 1 - 15/p.Q
	if !within(c, 0.212, 0.001) || !within(p.Mean+c*(0.4-p.Mean), 0.294, 0.001) {
		t.Errorf("c = %v, .400 → %v", c, p.Mean+c*(0.4-p.Mean))
	}
	// Of one size B is 1 − (k−1)/Q.
	if estimate, low, high := p.Shrink(45, 0.4); !near(estimate, mean+(1-17/p.Q)*(0.4-mean)) || low > estimate || high < estimate {
		t.Errorf("%v in %v..%v", estimate, low, high)
	}
}

func TestMeanPriorFindsWhatWasPlanted(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 3))
	var employees []Sample
	inside := 0
	var truths []float64
	for range 2000 {
		truth := 4 + 0.3*random.NormFloat64()
		n := 5 + random.Int64N(100)
		employees = append(employees, Sample{N: n, Mean: truth + random.NormFloat64()/math.Sqrt(float64(n)), Var: 1})
		truths = append(truths, truth)
	}
	within1, err := PooledVariance(employees)
	if err != nil || !near(within1, 1) {
		t.Fatal(within1, err)
	}
	p, err := MeanPriorOf(employees, within1)
	if err != nil || !within(p.Mean, 4, 0.03) || !within(math.Sqrt(p.Between), 0.3, 0.03) || !p.Differs() {
		t.Fatalf("%+v %v", p, err)
	}
	for i, e := range employees {
		if _, low, high := p.Shrink(e.N, e.Mean); low <= truths[i] && truths[i] <= high {
			inside++
		}
	}
	if inside < 2000*93/100 || inside > 2000*97/100 {
		t.Errorf("the range holds %d of 2000", inside)
	}
}

func TestMeanPriorsThatCannotBe(t *testing.T) {
	alike := []Sample{{N: 10, Mean: 3, Var: 1}, {N: 20, Mean: 3, Var: 1}, {}}
	p, err := MeanPriorOf(alike, 1)
	if estimate, low, high := p.Shrink(10, 5); err != nil || p.Differs() || estimate != 3 || low != 3 || high != 3 || p.Employees != 2 {
		t.Errorf("all alike: %v in %v..%v, %+v %v", estimate, low, high, p, err)
	}
	if p, err := MeanPriorOf(alike[:1], 1); err != nil || p.Differs() {
		t.Errorf("one employee: %+v %v", p, err)
	}
	for sentence, got := range map[string]func() (float64, float64, float64){
		"fewer than no answers": func() (float64, float64, float64) { return p.Shrink(-1, 3) },
		"a mean of nothing":     func() (float64, float64, float64) { return p.Shrink(1, math.NaN()) },
		"a prior of nobody":     func() (float64, float64, float64) { return MeanPrior{}.Shrink(1, 3) },
	} {
		if estimate, _, _ := got(); !math.IsNaN(estimate) {
			t.Errorf("%s: %v", sentence, estimate)
		}
	}
	refused(t, map[string]error{
		"no variance":         second(MeanPriorOf(alike, 0)),
		"nobody":              second(MeanPriorOf(nil, 1)),
		"negative answers":    second(MeanPriorOf([]Sample{{N: -1}}, 1)),
		"one answer each":     second(PooledVariance([]Sample{{N: 1}})),
		"a negative variance": second(PooledVariance([]Sample{{N: 2, Var: -1}})),
	})
}

func TestMeanShrinksBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var employees []Sample
		for range rapid.IntRange(1, 12).Draw(t, "employees") {
			employees = append(employees, Sample{N: rapid.Int64Range(1, 300).Draw(t, "n"), Mean: rapid.Float64Range(1, 5).Draw(t, "mean")})
		}
		p, err := MeanPriorOf(employees, rapid.Float64Range(0.1, 4).Draw(t, "variance"))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range employees {
			estimate, low, high := p.Shrink(e.N, e.Mean)
			if estimate < min(e.Mean, p.Mean)-1e-9 || estimate > max(e.Mean, p.Mean)+1e-9 || low > estimate || high < estimate {
				t.Fatalf("%+v of %+v: %v in %v..%v", e, p, estimate, low, high)
			}
		}
	})
}

func FuzzMeanPrior(f *testing.F) {
	f.Add(int64(10), 3.0, int64(20), 4.0, 1.0)
	f.Fuzz(func(t *testing.T, n int64, a float64, m int64, b, variance float64) {
		p, err := MeanPriorOf([]Sample{{N: n, Mean: a}, {N: m, Mean: b}}, variance)
		if err == nil && p.Between < 0 {
			t.Fatalf("%+v", p)
		}
	})
}
