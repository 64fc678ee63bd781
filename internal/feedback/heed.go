package feedback

import "github.com/journeyloop/journeyloop/internal/stat"

// NeedsLook reports whether somebody may have to be won back: a cheap test, made for every answer, that may not miss one.
// What really opens a case is decided later, by the rules of casework.
func (r Response) NeedsLook() bool {
	if r.WantsContact || r.Comment != "" || r.Expectation != nil && *r.Expectation < 0 || r.Resolved != nil && !*r.Resolved {
		return true
	}
	if r.Overall != nil && !well(r.Scale, *r.Overall) {
		return true
	}
	for _, rating := range r.Ratings {
		if rating.Comment != "" || !well(rating.Scale, rating.Value) {
			return true
		}
	}
	return false
}

// well reports whether an answer is good enough for every rule that a company may set.
func well(scale stat.Scale, value int) bool {
	if scale.Metric == stat.NPS {
		return value >= 9
	}
	return scale.U(value) > .5
}
