package casework

import (
	"slices"
	"strconv"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Story is what is known of a run when it is asked whether somebody must be won back.
type Story struct {
	Walk      run.Walk
	Response  *feedback.Response // nil: she has said nothing
	Before    *int               // how she answered the same question last, on another run
	Now       time.Time
	ValueLine int64 // customers of this value or more are the top fifth (methods.md §7); 0 is not known
}

// Triggers are the reasons to open a case, by the rules of the journey; what weighs most first, of ratings the worst. A
// customer who was promised confidence is not called up by her marks and words: of her answer only the wish to be contacted
// counts. The imported past opens nothing, but an answer she has given to us does.
func (r Rules) Triggers(s Story) []Trigger {
	var out []Trigger
	add := func(t Trigger) {
		if r.Opens(t.Kind) {
			t.RunID = s.Walk.Run.ID
			out = append(out, t)
		}
	}
	if a := s.Response; a != nil && (s.Walk.Run.Ask || a.InvitationID != 0) {
		r.said(*a, s.Before, add)
	}
	if s.Walk.Run.Ask {
		r.broken(s, add)
		r.repeated(s.Walk, add)
	}
	slices.SortStableFunc(out, func(a, b Trigger) int { return slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind) })
	return out
}

// severity is how soon a customer must hear from us, who has these reasons. Her value raises it, and never lowers others'.
func (s Story) severity(reasons []Trigger) Severity {
	valued := s.ValueLine > 0 && s.Walk.Customer.ValueMinor >= s.ValueLine
	if valued || slices.ContainsFunc(reasons, func(t Trigger) bool { return t.Grave }) {
		return Grave
	}
	return Normal
}

// said are the triggers of an answer: of the journey as a whole and of each touchpoint, whatever the others were. A good whole
// does not make good what was bad on the way, and methods.md §7 lets no other mark outweigh a low one.
func (r Rules) said(a feedback.Response, before *int, into func(Trigger)) {
	add := func(k Kind, touchpoint int64, grave bool, particulars map[string]string) {
		into(Trigger{Kind: k, TouchpointID: touchpoint, SourceID: a.ID, At: a.AnsweredAt, Grave: grave, Particulars: particulars})
	}
	if a.WantsContact {
		add(Contact, 0, false, nil)
	}
	if a.Anonymity != survey.Identified {
		return
	}
	if a.Overall != nil {
		marks := map[string]string{"value": strconv.Itoa(*a.Overall), "scale": a.Scale.String()}
		if r.low(a.Scale, *a.Overall) {
			add(LowOverall, 0, r.lowest(a.Scale, *a.Overall), marks)
		}
		if before != nil && a.Scale.Metric == stat.NPS && *before-*a.Overall >= r.FallBy {
			add(Fall, 0, false, marks)
		}
	}
	if a.Resolved != nil && !*a.Resolved {
		add(Unresolved, 0, false, nil)
	}
	if a.Expectation != nil && *a.Expectation <= muchWorse {
		add(MuchWorse, 0, false, nil)
	}
	r.words(0, a.Comment, add)
	for _, rating := range worstFirst(a.Ratings) {
		if r.low(rating.Scale, rating.Value) {
			add(LowRating, rating.TouchpointID, false, map[string]string{"value": strconv.Itoa(rating.Value), "scale": rating.Scale.String()})
		}
		if rating.Expectation != nil && *rating.Expectation <= muchWorse {
			add(MuchWorse, rating.TouchpointID, false, nil)
		}
		r.words(rating.TouchpointID, rating.Comment, add)
	}
}

// muchWorse is the lowest answer to whether it was as expected.
const muchWorse = -2

func worstFirst(ratings []feedback.Rating) []feedback.Rating {
	out := slices.Clone(ratings)
	slices.SortStableFunc(out, func(a, b feedback.Rating) int {
		switch ua, ub := a.Scale.U(a.Value), b.Scale.U(b.Value); {
		case ua < ub:
			return -1
		case ua > ub:
			return 1
		}
		return 0
	})
	return out
}

// words are the triggers of what was said in words; each is grave.
func (r Rules) words(touchpoint int64, comment string, add func(Kind, int64, bool, map[string]string)) {
	for _, found := range alarming(comment) {
		add(found.kind, touchpoint, true, map[string]string{"word": found.word})
	}
}

// broken are the promises that were not kept in time, since nobody told the customer beforehand: a promise that was moved
// in time has another due time.
func (r Rules) broken(s Story, add func(Trigger)) {
	for _, c := range s.Walk.Contacts {
		x := c.Interaction
		if x.PromiseDue == nil {
			continue
		}
		until := s.Now
		if x.PromiseKept != nil {
			until = *x.PromiseKept
		}
		if at := r.brokenAt(x.StartedAt, *x.PromiseDue); !until.Before(at) {
			add(Trigger{Kind: Promise, TouchpointID: x.TouchpointID, SourceID: x.ID, At: at})
		}
	}
}

// How late a promise must be at least, and at most, until it is broken: one kept later the same day is no reason to call, and
// a month is late whatever was promised.
const (
	lateBy   = 24 * time.Hour
	mostLate = 30 * 24 * time.Hour
)

// brokenAt is when a promise of a time is broken.
func (r Rules) brokenAt(made, due time.Time) time.Time {
	late := due.Sub(made) * time.Duration(r.PromiseLate) / 100
	return due.Add(min(max(late, lateBy), mostLate))
}

// repeated are the contacts on an open run that were one too many about the same: at the same touchpoint or on the same
// topic, within so many days, after one that has not resolved it.
func (r Rules) repeated(w run.Walk, add func(Trigger)) {
	if w.Run.State != run.Open {
		return
	}
	for i, later := range w.Contacts {
		b, n, unresolved := later.Interaction, 1, false
		for _, earlier := range w.Contacts[:i] {
			a := earlier.Interaction
			same := a.TouchpointID == b.TouchpointID || a.Topic != "" && a.Topic == b.Topic
			if same && b.StartedAt.Sub(a.StartedAt) <= time.Duration(r.RepeatDays)*24*time.Hour {
				n++
				unresolved = unresolved || a.Resolved != nil && !*a.Resolved
			}
		}
		if unresolved && n >= r.RepeatContacts {
			add(Trigger{Kind: Repeated, TouchpointID: b.TouchpointID, SourceID: b.ID, At: b.StartedAt})
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
