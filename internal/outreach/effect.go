package outreach

import "github.com/journeyloop/journeyloop/internal/stat"

// Counts is how far a list is. Assigned are those to be called, whether they were or not.
type Counts struct {
	Assigned, Held         int64
	Waiting, Called        int64 // of the assigned; the rest was dropped
	By                     map[Outcome]int64
	Dropped                map[string]int64 // by reason
	AssignedDue, HeldDue   int64            // whose horizon is over
	AssignedBack, HeldBack int64            // who of them came back
}

// Add counts n members alike; one with an outcome may still wait to be called again.
func (c *Counts) Add(held, done bool, o Outcome, reason string, back *bool, n int64) {
	if c.By == nil {
		c.By, c.Dropped = map[Outcome]int64{}, map[string]int64{}
	}
	side, due, came := &c.Assigned, &c.AssignedDue, &c.AssignedBack
	if held {
		side, due, came = &c.Held, &c.HeldDue, &c.HeldBack
	}
	*side += n
	if back != nil {
		*due += n
		if *back {
			*came += n
		}
	}
	switch {
	case held:
	case !done:
		c.Waiting += n
	case o == Dropped:
		c.Dropped[reason] += n
	default:
		c.Called += n
		c.By[o] += n
	}
}

// Verdict is what the comparison says.
type Verdict string

// Verdicts.
const (
	NoHoldout Verdict = "no_holdout" // nobody was held out: it cannot be known
	TooEarly  Verdict = "too_early"  // no horizon is over
	TooFew    Verdict = "too_few"
	Chance    Verdict = "chance" // the interval has 0 in it
	More      Verdict = "more"
	Fewer     Verdict = "fewer"
)

// Effect is how many of those who were to be called came back, against those held out: everybody who was assigned counts,
// reached or not, as reaching is no matter of chance (methods.md §1.11, Newcombe method 10).
type Effect struct {
	Called, Held stat.Rate
	Difference   stat.RateDifference
	Verdict      Verdict
}

// Effect compares, once both sides have enough to say.
func (c Counts) Effect() (Effect, error) {
	var e Effect
	var err error
	if e.Called, err = stat.RateOf(c.AssignedBack, c.AssignedDue); err != nil {
		return e, err
	}
	if e.Held, err = stat.RateOf(c.HeldBack, c.HeldDue); err != nil {
		return e, err
	}
	e.Difference = e.Called.Over(e.Held)
	e.Verdict = c.verdict(e)
	return e, nil
}

func (c Counts) verdict(e Effect) Verdict {
	switch {
	case c.Held == 0:
		return NoHoldout
	case c.AssignedDue+c.HeldDue == 0:
		return TooEarly
	case e.Called.Level != stat.Solid || e.Held.Level != stat.Solid:
		return TooFew
	case *e.Difference.Low > 0:
		return More
	case *e.Difference.High < 0:
		return Fewer
	}
	return Chance
}
