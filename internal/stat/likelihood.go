package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat/distuv"
)

const (
	// likelihoodFrom is how many employees refining the prior needs.
	likelihoodFrom = 10
	// weightUpTo is the weight above which employees count as alike.
	weightUpTo = 1e5
)

// Likeliest is the mean and weight, 0..1 and answers, of the beta prior under which the employees' counts are likeliest:
// Σ ln B(x+α, n−x+β) − ln B(α, β) at its highest over logit of the mean and log of the weight, started from the moments of
// PriorOf (methods.md §5.2; Griffiths 1973). It refines the moments; ok is false below ten employees, where they do not
// differ detectably, and when no highest point is found below a weight of 100 000: the moments then stand.
func Likeliest(employees []Share) (mean, weight float64, ok bool) {
	start := PriorOf(employees)
	if start.Employees < likelihoodFrom || !start.Differs() {
		return 0, 0, false
	}
	unlikely := func(at []float64) float64 {
		mean, weight := 1/(1+math.Exp(-at[0])), math.Exp(at[1])
		return -logLikelihood(employees, mean*weight, (1-mean)*weight)
	}
	first := start.Mean()
	found, err := optimize.Minimize(optimize.Problem{Func: unlikely},
		[]float64{math.Log(first / (1 - first)), math.Log(start.Weight())}, nil, &optimize.NelderMead{})
	if err != nil {
		return 0, 0, false
	}
	mean, weight = 1/(1+math.Exp(-found.X[0])), math.Exp(found.X[1])
	return mean, weight, weight <= weightUpTo
}

// Shrunk is what is believed of an employee after her own answers: the share she satisfies in the long run with its 95 %
// equal-tailed range, 0..1, and the chance that it is above that of all.
type Shrunk struct{ Estimate, Low, High, Above float64 }

// ShrinkTo is Shrink for a prior of that mean and weight, as Likeliest finds it: the posterior Beta(α+x, β+n−x), α = mean ·
// weight, β = (1−mean) · weight (methods.md §5.2). An error for impossible counts, for a mean not inside 0..1, and for a
// weight that is not above 0 and finite.
func ShrinkTo(mean, weight float64, satisfied, n int64) (Shrunk, error) {
	if satisfied < 0 || n < satisfied || !(mean > 0 && mean < 1) || !(weight > 0) || math.IsInf(weight, 1) {
		return Shrunk{}, fmt.Errorf("shrink %d of %d to mean %v, weight %v", satisfied, n, mean, weight)
	}
	posterior := distuv.Beta{Alpha: mean*weight + float64(satisfied), Beta: (1-mean)*weight + float64(n-satisfied)}
	out := Shrunk{Estimate: posterior.Mean(), Above: posterior.Survival(mean)}
	out.Low, out.High = around(out.Estimate, posterior.Quantile(0.025), posterior.Quantile(0.975), 0, 1)
	return out, nil
}

// logLikelihood of the counts, but for the binomial coefficients, which no prior changes.
func logLikelihood(employees []Share, alpha, beta float64) (sum float64) {
	none := logBeta(alpha, beta)
	for _, e := range employees {
		if e.possible() {
			sum += logBeta(alpha+float64(e.Satisfied), beta+float64(e.N-e.Satisfied)) - none
		}
	}
	return sum
}

func logBeta(a, b float64) float64 {
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	return la + lb - lab
}
