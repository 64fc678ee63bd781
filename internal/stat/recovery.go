package stat

import "fmt"

// Rerating counts customers who had been dissatisfied and were asked again: of Asked (cases closed, or customers nobody
// contacted), Answered rated again and Recovered were then passive or better (methods.md §1.10).
type Rerating struct{ Asked, Answered, Recovered int64 }

// Recovery is what became of them, always beside a control: a third to a half of detractors rate better the next time
// without anything being done (methods.md §1.10 [C]).
type Recovery struct {
	Recovered Rate           `json:"recovered"` // of those who rated again
	AtLeast   Rate           `json:"at_least"`  // of all asked: whoever did not rate again counts as not recovered
	Answered  Rate           `json:"answered"`  // how many rated again
	Control   Rate           `json:"control"`   // recovered of the uncontacted who rated again
	Effect    RateDifference `json:"effect"`    // recovered minus control; nil without a control
}

// RecoveryOf compares those whose case was closed with a control of uncontacted ones; the zero control is none
// (methods.md §1.10; Newcombe 1998b). It is not proof: who is contacted is not drawn by lot. Re-ratings never enter NPS or
// CSAT. An error when more recovered than answered or more answered than were asked.
func RecoveryOf(closed, control Rerating) (Recovery, error) {
	for _, r := range []Rerating{closed, control} {
		if r.Recovered < 0 || r.Recovered > r.Answered || r.Answered > r.Asked {
			return Recovery{}, fmt.Errorf("recovery: %+v cannot be", r)
		}
	}
	var out Recovery
	out.Recovered, _ = RateOf(closed.Recovered, closed.Answered) // the counts have been checked
	out.AtLeast, _ = RateOf(closed.Recovered, closed.Asked)
	out.Answered, _ = RateOf(closed.Answered, closed.Asked)
	out.Control, _ = RateOf(control.Recovered, control.Answered)
	out.Effect = out.Recovered.Over(out.Control)
	return out, nil
}
