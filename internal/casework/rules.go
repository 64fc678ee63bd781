package casework

import (
	"slices"

	"github.com/journeyloop/journeyloop/internal/fault"
)

// Route is a way to find who takes a new case.
type Route string

// To the owner of the touchpoint where it went wrong, to the supervisor of who served there, to the journey's leader, or
// to the members of a team in turn.
const (
	ToOwner      Route = "owner"
	ToSupervisor Route = "supervisor"
	ToLeader     Route = "leader"
	ToTeam       Route = "team"
)

// Routes in the order they are offered.
var Routes = []Route{ToOwner, ToSupervisor, ToLeader, ToTeam}

// Rules are what opens a case on a journey, how soon the customer must hear from us, and who gets it. Times are business
// time: hours of business days, and business days.
type Rules struct {
	Off               []Kind  // these open nothing here
	NPSAtMost         int     // of 0..10
	RatingAtMost      float64 // of other scales than NPS and CES, as a share of the scale: u of methods.md §1.2
	EaseAtMost        int     // CES, on 1..7; other widths in proportion
	LowestNPS         int     // the journey as a whole rated this low is grave; of other scales the lowest answer
	FallBy            int     // NPS points lower than her last answer
	PromiseLate       int     // per cent of the time promised by which it must be late; a day at least
	RepeatContacts    int     // so many contacts about the same, not resolved,
	RepeatDays        int     // within so many days
	ContactHours      int
	GraveContactHours int
	ResolveDays       int
	GraveResolveDays  int
	Route             []Route // tried in this order
	TeamID            int64   // for ToTeam
	Compensation      Compensation
}

// DefaultRules are a company's until it says otherwise (methods.md §7). Of what no answer tells they leave out what is the
// process's everyday: whoever has an open case is asked nothing, so that a case for every day of delay would keep silent just
// those who had to wait, and the figures would look better than the journey is. A promise is one customer's grievance when
// the wait is half as long again as she was told; a second contact is common where work is checked or explained, a third
// about the same in the week in which it should be over (§1.7) is not. A journey that is late as a rule switches the kind
// off, and mends its promise.
func DefaultRules() Rules {
	return Rules{NPSAtMost: 6, RatingAtMost: .25, EaseAtMost: 3, LowestNPS: 3, FallBy: 4, PromiseLate: 50, RepeatContacts: 3, RepeatDays: 7,
		ContactHours: 48, GraveContactHours: 24, ResolveDays: 10, GraveResolveDays: 5, Route: []Route{ToOwner, ToSupervisor, ToLeader},
		Compensation: Compensation{FromDays: 1}}
}

// Opens reports whether a kind of trigger opens cases here.
func (r Rules) Opens(k Kind) bool { return !slices.Contains(r.Off, k) }

// Check keeps rules from being impossible. Somebody who asks to be contacted is always heard.
func (r Rules) Check() error {
	var p fault.Problems
	within := func(name string, value, low, high int) {
		if value < low || value > high {
			p.Add(name, "errors.range", "lo", low, "hi", high)
		}
	}
	within("nps", r.NPSAtMost, 0, 8)
	within("rating", int(100*r.RatingAtMost), 0, 50)
	within("ease", r.EaseAtMost, 1, 4)
	within("lowest", r.LowestNPS, 0, r.NPSAtMost)
	within("fall", r.FallBy, 2, 10)
	within("promise_late", r.PromiseLate, 0, 200)
	within("repeat_contacts", r.RepeatContacts, 2, 10)
	within("repeat", r.RepeatDays, 1, 90)
	within("contact_hours", r.ContactHours, 1, 240)
	within("grave_contact_hours", r.GraveContactHours, 1, r.ContactHours)
	within("resolve_days", r.ResolveDays, 1, 60)
	within("grave_resolve_days", r.GraveResolveDays, 1, r.ResolveDays)
	for _, k := range r.Off {
		if !slices.Contains(Kinds, k) || k == Contact {
			p.Add("off", "errors.choice")
		}
	}
	for _, route := range r.Route {
		if !slices.Contains(Routes, route) || route == ToTeam && r.TeamID == 0 {
			p.Add("route", "errors.choice")
		}
	}
	if len(r.Route) == 0 {
		p.Add("route", "errors.required")
	}
	r.Compensation.check(&p)
	return p.Err()
}
