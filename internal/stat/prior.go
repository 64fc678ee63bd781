package stat

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Share is one employee's own count: how many of N answers were satisfied.
type Share struct{ Satisfied, N int64 }

// Prior is what is known of employees before any one of them is looked at: how satisfied customers are with all of
// them together, and how much the employees really differ (methods.md §5.2). It is for showing a person a fair range of
// her own. It is not for ranking: with the numbers people have, the order is mostly noise (§5.1).
type Prior struct {
	Employees            int // with at least one answer
	Satisfied, Responses int64
	Gamma                float64 // intra-class correlation in 0..1; 0: no detectable differences
}

// maxGamma keeps γ below 1, where a single answer would settle everything.
const maxGamma = 1 - 1e-6

// PriorOf estimates the prior from employees' counts by moments with weights n: γ = (S/(μ(1−μ)) − (k−1)) /
// (N − Σn²/N − (k−1)), S = Σn(p−μ)², clamped to 0..1 (methods.md §5.2; Kleinman 1973). Employees without answers, and
// counts that are impossible, are left out.
func PriorOf(employees []Share) Prior {
	var p Prior
	squares := 0.0
	for _, e := range employees {
		if e.possible() {
			p.Employees++
			p.Satisfied += e.Satisfied
			p.Responses += e.N
			squares += float64(e.N) * float64(e.N)
		}
	}
	if p.Employees < 2 || p.Satisfied == 0 || p.Satisfied == p.Responses {
		return p
	}
	mean, n, free := p.Mean(), float64(p.Responses), float64(p.Employees-1)
	room := n - squares/n - free
	if room <= 0 { // nobody has more than one answer: nothing can be said of differences
		return p
	}
	excess := spread(employees, mean)/(mean*(1-mean)) - free
	p.Gamma = min(maxGamma, max(0, excess/room))
	return p
}

// Mean is the share satisfied among all, 0..1; NaN for a prior made from no answers.
func (p Prior) Mean() float64 { return float64(p.Satisfied) / float64(p.Responses) }

// Weight is how many answers the prior counts for, M = (1−γ)/γ; infinite when there are no detectable differences.
// An employee's own answers weigh n/(n+M).
func (p Prior) Weight() float64 { return (1 - p.Gamma) / p.Gamma }

// Differs tells whether employees differ detectably at all. If not, every one of them is shown what all share.
func (p Prior) Differs() bool { return p.Gamma > 0 }

// Enough tells whether the prior rests on at least 8 employees and 200 responses; below that the one of the whole
// company is to be used (methods.md §5.2).
func (p Prior) Enough() bool { return p.Employees >= 8 && p.Responses >= 200 }

// Shrink returns the share, 0..1, an employee of this prior most likely satisfies in the long run, after satisfied of
// her n answers, with the 95 % equal-tailed range of the posterior Beta(α+x, β+n−x). With n = 0 it is the prior's own
// (methods.md §5.2). Show n and satisfied beside it: shrinking hides a genuine exception (Mukamel 2010).
//
// Where employees do not differ detectably all share one rate: the mean, with its Wilson interval. NaN for impossible
// counts and for a prior made from no answers.
func Shrink(prior Prior, satisfied, n int64) (estimate, low, high float64) {
	impossible := n < 0 || satisfied < 0 || satisfied > n
	if impossible || !prior.sound() {
		return math.NaN(), math.NaN(), math.NaN()
	}
	mean := prior.Mean()
	if !prior.Differs() {
		low, high = Wilson(prior.Satisfied, prior.Responses)
		return mean, low, high
	}
	weight := prior.Weight()
	posterior := distuv.Beta{
		Alpha: mean*weight + float64(satisfied),
		Beta:  (1-mean)*weight + float64(n-satisfied),
	}
	estimate = posterior.Mean()
	// A posterior piled up at one end can have its mean outside its own range.
	low, high = around(estimate, posterior.Quantile(0.025), posterior.Quantile(0.975), 0, 1)
	return estimate, low, high
}

func (e Share) possible() bool { return e.N > 0 && 0 <= e.Satisfied && e.Satisfied <= e.N }

// sound tells whether anything can be concluded from the prior. Where all or none were satisfied nobody can differ.
func (p Prior) sound() bool {
	mixed := 0 < p.Satisfied && p.Satisfied < p.Responses
	return Share{p.Satisfied, p.Responses}.possible() && (p.Gamma == 0 || mixed && 0 < p.Gamma && p.Gamma <= maxGamma)
}

// spread is Σn(p−mean)².
func spread(employees []Share, mean float64) (s float64) {
	for _, e := range employees {
		if e.possible() {
			d := float64(e.Satisfied)/float64(e.N) - mean
			s += float64(e.N) * d * d
		}
	}
	return s
}
