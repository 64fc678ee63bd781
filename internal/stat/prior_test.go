package stat

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// sixty is a prior of mean 0.85 and weight 60, the one methods.md §5.1 reasons with.
var sixty = Prior{Employees: 20, Satisfied: 850, Responses: 1000, Gamma: 1.0 / 61}

// μ = .7, S = 10·(.2²+.2²+0) = .8, γ = (.8/.21 − 2)/(30 − 10 − 2).
func TestPriorByHand(t *testing.T) {
	p := PriorOf([]Share{{9, 10}, {5, 10}, {7, 10}, {0, 0}, {4, 3}, {-1, 5}})
	gamma := (0.8/0.21 - 2) / 18
	if p.Employees != 3 || p.Responses != 30 || !near(p.Mean(), 0.7) || !near(p.Gamma, gamma) || !near(p.Weight(), (1-gamma)/gamma) {
		t.Errorf("%+v, mean %v, weight %v", p, p.Mean(), p.Weight())
	}
	estimate, _, _ := Shrink(p, 9, 10)
	if m := (1 - gamma) / gamma; !near(estimate, (9+0.7*m)/(10+m)) {
		t.Errorf("9 of 10 shrinks to %v", estimate)
	}
}

// Drawn from a known Beta, the moments find it again.
func TestPriorFindsWhatWasPlanted(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	truth := distuv.Beta{Alpha: 0.85 * 60, Beta: 0.15 * 60, Src: random}
	employees := make([]Share, 2000)
	for i := range employees {
		n := 20 + random.Int64N(200)
		x := distuv.Binomial{N: float64(n), P: truth.Rand(), Src: random}.Rand()
		employees[i] = Share{int64(x), n}
	}
	p := PriorOf(employees)
	if !within(p.Mean(), 0.85, 0.005) || !within(p.Weight(), 60, 8) {
		t.Errorf("planted mean .85 and weight 60, found %v and %v", p.Mean(), p.Weight())
	}
}

func TestEmployeesWhoDoNotDiffer(t *testing.T) {
	for sentence, employees := range map[string][]Share{
		"all alike":                 {{8, 10}, {8, 10}, {8, 10}},
		"one employee":              {{8, 10}},
		"everybody satisfied":       {{10, 10}, {30, 30}},
		"nobody satisfied":          {{0, 10}, {0, 30}},
		"one answer each":           {{1, 1}, {0, 1}, {1, 1}},
		"differences that are luck": {{7, 10}, {8, 10}, {9, 10}, {8, 10}},
	} {
		p := PriorOf(employees)
		estimate, low, high := Shrink(p, employees[0].Satisfied, employees[0].N)
		wantLow, wantHigh := Wilson(p.Satisfied, p.Responses)
		if p.Differs() || !math.IsInf(p.Weight(), 1) || estimate != p.Mean() || low != wantLow || high != wantHigh {
			t.Errorf("%s: %+v, %v in %v..%v", sentence, p, estimate, low, high)
		}
	}
}

func TestPriorIsEnough(t *testing.T) {
	for p, want := range map[Prior]bool{
		{Employees: 8, Responses: 200}: true, {Employees: 7, Responses: 900}: false, {Employees: 30, Responses: 199}: false,
	} {
		if p.Enough() != want {
			t.Errorf("%+v: %v", p, p.Enough())
		}
	}
}

// methods.md §5.1: for reliability .7 an employee needs 2.33·M answers; her own then weigh .7.
func TestOwnAnswersWeigh(t *testing.T) {
	at := func(x int64) float64 { estimate, _, _ := Shrink(sixty, x, 140); return estimate }
	if weight := (at(140) - at(0)); !near(weight, 140.0/200) {
		t.Errorf("140 answers against a prior of 60 weigh %v", weight)
	}
	if own, _, _ := Shrink(sixty, 0, 0); !near(own, 0.85) {
		t.Errorf("without answers she is shown %v", own)
	}
}

// The range holds 95 % of the posterior: its density, integrated numerically.
func TestRangeAgainstIntegral(t *testing.T) {
	for _, c := range []Share{{0, 0}, {5, 5}, {0, 7}, {40, 60}, {170, 200}} {
		a, b := 51+float64(c.Satisfied), 9+float64(c.N-c.Satisfied)
		la, _ := math.Lgamma(a)
		lb, _ := math.Lgamma(b)
		lab, _ := math.Lgamma(a + b)
		density := func(x float64) float64 {
			return math.Exp(lab - la - lb + (a-1)*math.Log(x) + (b-1)*math.Log1p(-x))
		}
		_, low, high := Shrink(sixty, c.Satisfied, c.N)
		below, above := quad.Fixed(density, 0, low, 400, nil, 0), quad.Fixed(density, high, 1, 400, nil, 0)
		if !near(below, 0.025) || !near(above, 0.025) {
			t.Errorf("%+v: %v below %v, %v above %v", c, below, low, above, high)
		}
	}
}

func TestShrinkKeepsItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var employees []Share
		for range rapid.IntRange(1, 12).Draw(t, "employees") {
			n := rapid.Int64Range(1, 300).Draw(t, "n")
			employees = append(employees, Share{rapid.Int64Range(0, n).Draw(t, "satisfied"), n})
		}
		p := PriorOf(employees)
		for _, e := range employees {
			estimate, low, high := Shrink(p, e.Satisfied, e.N)
			own, mean := float64(e.Satisfied)/float64(e.N), p.Mean()
			if !(0 <= low && low <= estimate && estimate <= high && high <= 1) {
				t.Fatalf("%+v of %+v: %v in %v..%v", e, p, estimate, low, high)
			}
			if estimate < min(own, mean)-1e-9 || estimate > max(own, mean)+1e-9 {
				t.Fatalf("%+v: %v is not between her own %v and everybody's %v", e, estimate, own, mean)
			}
			if more, _, _ := Shrink(p, e.Satisfied+1, e.N+1); more < estimate {
				t.Fatalf("%+v: one more satisfied lowers %v to %v", e, estimate, more)
			}
		}
	})
}

func TestShrinkRefuses(t *testing.T) {
	for sentence, c := range map[string]struct {
		prior        Prior
		satisfied, n int64
	}{
		"a prior made from nobody":         {Prior{}, 3, 5},
		"negative answers":                 {sixty, 0, -1},
		"fewer than none satisfied":        {sixty, -1, 5},
		"more satisfied than asked":        {sixty, 6, 5},
		"a prior of impossible counts":     {Prior{Satisfied: 5, Responses: 4, Gamma: 0.1}, 3, 5},
		"a correlation of one":             {Prior{Satisfied: 5, Responses: 9, Gamma: 1}, 3, 5},
		"a negative correlation":           {Prior{Satisfied: 5, Responses: 9, Gamma: -0.1}, 3, 5},
		"a correlation that is no number":  {Prior{Satisfied: 5, Responses: 9, Gamma: math.NaN()}, 3, 5},
		"differences among the all-happy":  {Prior{Satisfied: 9, Responses: 9, Gamma: 0.1}, 3, 5},
		"differences among the never-glad": {Prior{Satisfied: 0, Responses: 9, Gamma: 0.1}, 3, 5},
	} {
		estimate, low, high := Shrink(c.prior, c.satisfied, c.n)
		if !math.IsNaN(estimate) || !math.IsNaN(low) || !math.IsNaN(high) {
			t.Errorf("%s: %v in %v..%v", sentence, estimate, low, high)
		}
	}
}
