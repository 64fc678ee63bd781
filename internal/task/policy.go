package task

import (
	"slices"

	"github.com/journeyloop/journeyloop/internal/people"
)

// MayAsk: imports and checks are the administrators' work. Words of the company are for managers, those of a journey for
// whoever sees words of it; the file then holds what is in her sight and nothing else.
func MayAsk(a people.Actor, k Kind, ask Ask) bool {
	switch k {
	case Import, Check:
		return a.Administrator
	case Words:
		return a.Manager || ask.Journey != 0 && (slices.Contains(a.Leads, ask.Journey) || len(a.Owns) > 0)
	}
	return false
}

// MayCancel: whoever sees a task may end it, as long as it has not ended.
func (t Task) MayCancel() bool { return t.Underway() }

// MayFetch: a file is for who asked, not for other administrators: what customers wrote is not theirs to read.
func (t Task) MayFetch(a people.Actor) bool { return a.Signed() && a.UserID == t.UserID }
