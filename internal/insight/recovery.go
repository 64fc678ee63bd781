package insight

import (
	"context"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// MostAsked is how many cases, and how many uncontacted customers, recovery is counted from at most.
const MostAsked = 20_000

// RecoveryStore answers how those rated again who had been dissatisfied.
type RecoveryStore interface {
	// CaseRatings counts every so-manieth closed case of a span by how its customer had rated the journey and how she rates
	// it since.
	CaseRatings(ctx context.Context, q CaseSpan, every int64) ([]Rerated, error)
	// Uncontacted lists the answers given in the time of a span on journeys, as low as said for each scale, by customers whom
	// nobody has contacted about a case there, the earliest first, with the next answer each gave on that scale. Zero
	// journeys are none.
	Uncontacted(ctx context.Context, q CaseSpan, journeys []int64, low map[stat.Scale][]int, most int) ([]Answered, error)
}

// Rerated is how often a rating was followed by another; without another the scale of Later is the zero one.
type Rerated struct {
	Scale      stat.Scale
	Value      int
	LaterScale stat.Scale
	Later      int
	N          int64
}

// Answered is a customer's answer about a journey and her next one; nil while there is none.
type Answered struct {
	CustomerID, JourneyID int64
	Scale                 stat.Scale
	Later                 *int
}

// Recovery is what became of dissatisfied customers (methods.md §1.10). Whoever was contacted was not drawn by lot, and rates
// right after her case, the control on its next walk: it is no proof of what contacting them does.
type Recovery struct {
	stat.Recovery
	Uncontacted int64 `json:"uncontacted"` // asked of the control
	Bounded     bool  `json:"bounded"`
}

// recovered reports whether a rating is one of somebody won back: passive or better, or satisfied (methods.md §1.10).
func recovered(s stat.Scale, value int) bool {
	mood := s.Mood(value)
	return mood == stat.Positive || s.Metric == stat.NPS && mood == stat.Neutral
}

// recovery counts the dissatisfied whose case was closed, and beside them those of the same journeys and scales whom nobody
// contacted.
func (s *Service) recovery(ctx context.Context, span CaseSpan, l Loop) (Recovery, error) {
	every := (l.All.Opened + MostAsked - 1) / MostAsked
	if every == 0 {
		return Recovery{}, nil
	}
	rows, err := s.Store.CaseRatings(ctx, span, every)
	if err != nil {
		return Recovery{}, err
	}
	var closed stat.Rerating
	low := map[stat.Scale][]int{}
	for _, r := range rows {
		if r.Scale.Mood(r.Value) != stat.Negative {
			continue
		}
		low[r.Scale] = lowOf(r.Scale)
		closed.Asked += r.N
		if r.LaterScale != (stat.Scale{}) {
			closed.Answered += r.N
			if recovered(r.LaterScale, r.Later) {
				closed.Recovered += r.N
			}
		}
	}
	journeys := make([]int64, len(l.Journeys))
	for i, line := range l.Journeys {
		journeys[i] = line.ID
	}
	answers, err := s.Store.Uncontacted(ctx, span, journeys, low, MostAsked)
	if err != nil {
		return Recovery{}, err
	}
	control := controlOf(answers)
	found, err := stat.RecoveryOf(closed, control)
	return Recovery{Recovery: shownRecovery(found), Uncontacted: control.Asked, Bounded: every > 1 || len(answers) == MostAsked}, err
}

// lowOf are the answers of a scale that are dissatisfied.
func lowOf(s stat.Scale) (out []int) {
	for x := s.Lo; x <= s.Hi; x++ {
		if s.Mood(x) == stat.Negative {
			out = append(out, x)
		}
	}
	return out
}

// controlOf counts each customer of a journey once, by her first low answer.
func controlOf(answers []Answered) (out stat.Rerating) {
	type who struct{ customer, journey int64 }
	seen := map[who]bool{}
	for _, a := range answers {
		of := who{a.CustomerID, a.JourneyID}
		if seen[of] {
			continue
		}
		seen[of] = true
		out.Asked++
		if a.Later != nil {
			out.Answered++
			if recovered(a.Scale, *a.Later) {
				out.Recovered++
			}
		}
	}
	return out
}

// shownRecovery hides what rests on too few (methods.md §1.12). The share of all is told with that of those who rated again
// or not at all, as one gives the other away.
func shownRecovery(r stat.Recovery) stat.Recovery {
	if r.Answered.Level == stat.Suppressed {
		r.Answered = hidden(r.Answered)
	}
	few := r.Recovered.Level == stat.Suppressed
	if few {
		r.Recovered, r.AtLeast = hidden(r.Recovered), hidden(r.AtLeast)
	}
	if r.Control.Level == stat.Suppressed {
		r.Control, few = hidden(r.Control), true
	}
	if few {
		r.Effect = stat.RateDifference{}
	}
	return r
}
