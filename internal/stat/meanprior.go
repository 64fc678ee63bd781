package stat

import (
	"fmt"
	"math"
)

// MeanPrior is what is known of employees' mean ratings before any one of them is looked at: Prior's counterpart for
// means (methods.md §5.2). Like it, it is for showing a person a fair range of her own, not for ranking.
type MeanPrior struct {
	Employees int     // with at least one answer
	Mean      float64 // of all answers, in points of the scale
	Within    float64 // variance between answers about one employee
	Between   float64 // variance τ² between employees; 0: no detectable differences
	Q         float64 // Σw(ȳ−m)², w = n/s²: as much as Employees−1 when they do not differ
}

// MeanPriorOf estimates the prior from the samples of employees and the variance within them, by moments (methods.md §5.2;
// DerSimonian & Laird 1986). Employees without answers are left out. An error for a variance that is not above 0, for what
// is no number, and for no employees at all.
func MeanPriorOf(employees []Sample, within float64) (MeanPrior, error) {
	if !finite(within) || within <= 0 {
		return MeanPrior{}, fmt.Errorf("prior of means: a variance of %v", within)
	}
	p := MeanPrior{Within: within}
	n, squares := 0.0, 0.0
	for _, e := range employees {
		if e.N < 0 || !finite(e.Mean) {
			return MeanPrior{}, fmt.Errorf("prior of means: %+v cannot be", e)
		}
		if e.N > 0 {
			p.Employees++
			n += float64(e.N)
			squares += float64(e.N) * float64(e.N)
			p.Mean += float64(e.N) * e.Mean
		}
	}
	if p.Employees == 0 {
		return MeanPrior{}, fmt.Errorf("prior of means: no answers")
	}
	p.Mean /= n
	for _, e := range employees {
		p.Q += float64(e.N) / within * (e.Mean - p.Mean) * (e.Mean - p.Mean)
	}
	if p.Employees > 1 {
		p.Between = max(0, p.Q-float64(p.Employees-1)) * within / (n - squares/n)
	}
	return p, nil
}

// PooledVariance is the variance within samples, each counting by its degrees; an error when none has two answers.
func PooledVariance(samples []Sample) (float64, error) {
	sum, degrees := 0.0, 0.0
	for _, s := range samples {
		if s.N > 1 {
			sum += float64(s.N-1) * s.Var
			degrees += float64(s.N - 1)
		}
	}
	if degrees == 0 || !finite(sum) || sum < 0 {
		return 0, fmt.Errorf("pooled variance of %d samples: %v on %v degrees", len(samples), sum, degrees)
	}
	return sum / degrees, nil
}

// Differs tells whether employees differ detectably at all.
func (p MeanPrior) Differs() bool { return p.Between > 0 }

// Shrink is the mean rating an employee of this prior most likely has in the long run, after n answers of that mean, with
// the 95 % range of the normal posterior: μ + B(ȳ−μ), B = τ²/(τ²+s²/n) (methods.md §5.2). With n = 0 it is the prior's
// own. Where employees do not differ all have the same. NaN for a negative n or a mean that is no number.
func (p MeanPrior) Shrink(n int64, mean float64) (estimate, low, high float64) {
	if n < 0 || !finite(mean) || p.Employees == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	own := 0.0
	if n > 0 && p.Between > 0 {
		own = p.Between / (p.Between + p.Within/float64(n))
	}
	half := z * math.Sqrt(p.Between*(1-own))
	estimate = p.Mean + own*(mean-p.Mean)
	return estimate, estimate - half, estimate + half
}
