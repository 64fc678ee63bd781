package stat

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// UsualGap is the W of methods.md §1.7: contacts up to so long apart are about the same thing.
const UsualGap = 7 * 24 * time.Hour

// Cause is why a first contact did not solve it (methods.md §1.7; seed 000).
type Cause string

// The triple of causes, and none.
const (
	NoCause      Cause = ""
	NoKnowledge  Cause = "knowledge"
	NoResources  Cause = "resources"
	NoAuthority  Cause = "authority"
	causesListed       = "knowledge, resources, authority"
)

// Contact is one time a customer turned to the company about a topic; both are numbers the caller knows.
type Contact struct {
	Customer, Topic int64
	At              time.Time
	Beyond          bool  // policy forbids the first line to solve it
	Cause           Cause // why it was not solved, when somebody said so
}

// Episode is the contacts of one customer about one topic, each within the gap of the one before.
type Episode struct {
	Customer, Topic int64
	First, Last     time.Time
	Contacts        int64
	Beyond          bool  // of its first contact
	Cause           Cause // of its first contact
}

// EpisodesOf puts contacts together to episodes: same customer, same topic, gaps of at most w (methods.md §1.7). They come
// by first contact, then customer, then topic. An error for a gap that is not above 0 and for an unknown cause.
func EpisodesOf(contacts []Contact, w time.Duration) ([]Episode, error) {
	if w <= 0 {
		return nil, fmt.Errorf("episodes: a gap of %v", w)
	}
	sorted := slices.Clone(contacts)
	slices.SortStableFunc(sorted, func(a, b Contact) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Topic, b.Topic), a.At.Compare(b.At))
	})
	var out []Episode
	for _, c := range sorted {
		if !c.Cause.known() {
			return nil, fmt.Errorf("episodes: cause %q is none of %s", c.Cause, causesListed)
		}
		if n := len(out) - 1; n >= 0 && out[n].continues(c, w) {
			out[n].Last = c.At
			out[n].Contacts++
			continue
		}
		out = append(out, Episode{c.Customer, c.Topic, c.At, c.At, 1, c.Beyond, c.Cause})
	}
	slices.SortFunc(out, func(a, b Episode) int {
		return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Topic, b.Topic))
	})
	return out, nil
}

func (c Cause) known() bool {
	return c == NoCause || c == NoKnowledge || c == NoResources || c == NoAuthority
}

func (e Episode) continues(c Contact, w time.Duration) bool {
	return e.Customer == c.Customer && e.Topic == c.Topic && c.At.Sub(e.Last) <= w
}

// FirstContact is how often one contact was enough (methods.md §1.7).
type FirstContact struct {
	Open     int64           `json:"open"`     // episodes that may still go on: not counted
	Resolved Rate            `json:"resolved"` // mature episodes of exactly one contact
	Net      Rate            `json:"net"`      // the same without what the first line may not solve
	Contacts *float64        `json:"contacts"` // per mature episode; nil without one
	Causes   map[Cause]int64 `json:"causes"`   // of mature episodes of more than one; NoCause is "nobody said"
}

// FirstContactOf is first-contact resolution as of a moment: an episode is mature when its last contact is more than w
// ago (methods.md §1.7). w is that of EpisodesOf. It is not what customers say of it: that is a rating of its own. An error
// for a gap that is not above 0 and for episodes without contacts.
func FirstContactOf(episodes []Episode, w time.Duration, asOf time.Time) (FirstContact, error) {
	if w <= 0 {
		return FirstContact{}, fmt.Errorf("first contact: a gap of %v", w)
	}
	out := FirstContact{Causes: map[Cause]int64{}}
	var contacts, mature, once, within, withinOnce int64
	for _, e := range episodes {
		switch {
		case e.Contacts < 1:
			return FirstContact{}, fmt.Errorf("first contact: an episode of %d contacts", e.Contacts)
		case asOf.Sub(e.Last) <= w:
			out.Open++
			continue
		}
		mature++
		contacts += e.Contacts
		one := int64(0)
		if e.Contacts == 1 {
			one = 1
		} else {
			out.Causes[e.Cause]++
		}
		once += one
		if !e.Beyond {
			within++
			withinOnce += one
		}
	}
	out.Resolved, _ = RateOf(once, mature)
	out.Net, _ = RateOf(withinOnce, within)
	if mature > 0 {
		per := float64(contacts) / float64(mature)
		out.Contacts = &per
	}
	return out, nil
}
