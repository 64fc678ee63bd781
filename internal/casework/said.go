package casework

import (
	"strconv"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Story is what is known of a run when it is asked whether somebody must be won back.
type Story struct {
	Walk     run.Walk
	Response *feedback.Response // nil: she has said nothing
	Before   *int               // how she answered the same question last, on another run
	Now      time.Time
}

// Triggers are the reasons to open a case, by the rules of the journey; what weighs most first. A customer who was promised
// confidence is not called up by her marks and words: of her only the wish to be contacted counts. Of the imported past
// nothing counts.
func (r Rules) Triggers(s Story) []Trigger {
	var out []Trigger
	add := func(t Trigger) {
		if r.Opens(t.Kind) {
			t.RunID = s.Walk.Run.ID
			out = append(out, t)
		}
	}
	if s.Response != nil {
		r.said(*s.Response, s.Before, add)
	}
	return out
}

// said are the triggers of an answer.
func (r Rules) said(a feedback.Response, before *int, into func(Trigger)) {
	add := func(k Kind, touchpoint int64, grave bool, particulars ...string) {
		t := Trigger{Kind: k, TouchpointID: touchpoint, ResponseID: a.ID, At: a.AnsweredAt, Grave: grave}
		if len(particulars) > 0 {
			t.Particulars = map[string]string{}
		}
		for i := 0; i+1 < len(particulars); i += 2 {
			t.Particulars[particulars[i]] = particulars[i+1]
		}
		into(t)
	}
	if a.WantsContact {
		add(Contact, 0, false)
	}
	if a.Anonymity != survey.Identified {
		return
	}
	if a.Overall != nil && r.low(a.Scale, *a.Overall) {
		add(LowOverall, 0, r.lowest(a.Scale, *a.Overall), "value", strconv.Itoa(*a.Overall), "scale", a.Scale.String())
	}
	for _, rating := range a.Ratings {
		if r.low(rating.Scale, rating.Value) {
			add(LowRating, rating.TouchpointID, r.lowest(rating.Scale, rating.Value), "value", strconv.Itoa(rating.Value), "scale", rating.Scale.String())
		}
	}
}

// low reports whether an answer opens a case by its scale.
func (r Rules) low(scale stat.Scale, value int) bool {
	u := scale.U(value)
	switch scale.Metric {
	case stat.NPS:
		return value <= r.NPSAtMost
	case stat.CES:
		return u <= float64(r.EaseAtMost-1)/6+tiny
	}
	return u <= r.RatingAtMost+tiny
}

// tiny keeps an answer that stands on the line from falling over it by rounding.
const tiny = 1e-9

// lowest reports whether an answer is as bad as can be.
func (r Rules) lowest(scale stat.Scale, value int) bool {
	if scale.Metric == stat.NPS {
		return value <= r.LowestNPS
	}
	return scale.Good(value) == scale.Lo
}
