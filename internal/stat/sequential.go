package stat

import (
	"fmt"
	"math"
)

// Look is an estimate of one effect as it was when somebody looked: the estimate and the variance of it, its SE squared.
type Look struct{ Estimate, Var float64 }

// Watched is what may be concluded at a look, however often somebody has looked before.
type Watched struct {
	P         float64 // smallest so far; never rises
	Low, High float64 // 95 % interval that holds the truth at all looks at once
	Beyond    bool    // P ≤ .05
}

// Watch is the always-valid test of an effect of 0, look by look: Λ = √(V/(V+τ²))·exp(τ²θ̂²/(2V(V+τ²))), p = min(1, 1/max Λ),
// interval θ̂ ± √(V(V+τ²)/τ²·(2 ln(1/α) + ln((V+τ²)/V))) (methods.md §6.2; Robbins 1970, Johari et al. 2017). smallest is τ,
// the smallest relevant change, fixed before the first look. Unlike Changed, it may be looked at every day. An error for a
// smallest change or a variance not above 0 and for what is no number.
func Watch(looks []Look, smallest float64) ([]Watched, error) {
	tau := smallest * smallest
	if !finite(tau) || smallest <= 0 || tau == 0 {
		return nil, fmt.Errorf("watch: a smallest change of %v", smallest)
	}
	out := make([]Watched, len(looks))
	least := 1.0
	for i, l := range looks {
		if !finite(l.Estimate, l.Var, l.Var+tau) || l.Var <= 0 {
			return nil, fmt.Errorf("watch: %+v cannot be", l)
		}
		both := l.Var + tau
		evidence := math.Log(l.Var/both)/2 + l.Estimate*l.Estimate/l.Var*(tau/both)/2
		least = min(least, math.Exp(-evidence))
		half := math.Sqrt(l.Var * (both / tau) * (2*math.Log(1/0.05) + math.Log(both/l.Var)))
		out[i] = Watched{P: least, Low: l.Estimate - half, High: l.Estimate + half, Beyond: least <= 0.05}
	}
	return out, nil
}
