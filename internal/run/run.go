// Package run is one customer's walk along one journey, contact by contact, and the customer who walks. It is not about
// what she was asked afterwards (survey) or said (feedback).
package run

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// Customer pursues a need. Contact details may be missing: then she cannot be asked.
type Customer struct {
	ID         int64
	Key        string
	Name       string
	Search     string
	Email      string
	Phone      string
	Language   i18n.Lang
	Channel    string // preferred: mail or sms; "" lets the company choose
	Segment    string
	ValueMinor int64
	OptedOutAt *time.Time
	DeadEmail  string // mail to it came back for good
	DeadPhone  string // so did text messages to it
	CreatedAt  time.Time
	ErasedAt   *time.Time // nobody knows any more who she is; see package privacy
}

// MailTo is where mail reaches her; "" where none does.
func (c Customer) MailTo() string {
	if c.Email == c.DeadEmail {
		return ""
	}
	return c.Email
}

// TextTo is where text messages reach her; "" where none do. She may still be called there.
func (c Customer) TextTo() string {
	if c.Phone == c.DeadPhone {
		return ""
	}
	return c.Phone
}

// State of a run.
type State string

// States of a run.
const (
	Open      State = "open"
	Completed State = "completed"
	Abandoned State = "abandoned"
)

// Run is one walk. Key is the business key (order, claim, ticket), unique within the journey. Ask is false for the
// imported past: those customers are not written to.
type Run struct {
	ID            int64
	Key           string
	JourneyID     int64
	VersionID     int64
	CustomerID    int64
	State         State
	Ask           bool
	OpenedAt      time.Time
	LastContactAt time.Time
	EndedAt       *time.Time
	CreatedAt     time.Time
}

// Interaction is one contact on a run.
type Interaction struct {
	ID              int64
	Key             string
	RunID           int64
	TouchpointID    int64
	Channel         string
	StartedAt       time.Time
	EndedAt         *time.Time
	Topic           string
	Resolved        *bool
	CostMinor       int64
	PromiseDue      *time.Time
	PromiseKept     *time.Time
	PromiseBusiness bool
	CreatedAt       time.Time
}

// Person is who served in an interaction, and in which team, as it was then. Either may be 0.
type Person struct {
	InteractionID int64
	EmployeeID    int64
	TeamID        int64
	Position      int // 0 is the primary
}

// Contact is an interaction with the people who served.
type Contact struct {
	Interaction Interaction
	People      []Person
}

// Walk is a run with everything that happened on it, in order of time.
type Walk struct {
	Run      Run
	Customer Customer
	Contacts []Contact
}

// Met lists the touchpoints this customer really met, in order of first contact.
func (w Walk) Met() []int64 {
	seen := map[int64]bool{}
	out := []int64{} // never nil: it is kept with the answer as a list
	for _, c := range w.Contacts {
		if !seen[c.Interaction.TouchpointID] {
			seen[c.Interaction.TouchpointID] = true
			out = append(out, c.Interaction.TouchpointID)
		}
	}
	return out
}

// At is when the customer first met the touchpoint; a touchpoint not on record counts at the run's end.
func (w Walk) At(touchpoint int64) time.Time {
	for _, c := range w.Contacts {
		if c.Interaction.TouchpointID == touchpoint {
			return c.Interaction.StartedAt
		}
	}
	return w.Ended()
}

// Ended is when the run ended, or the last contact while it is open.
func (w Walk) Ended() time.Time {
	if w.Run.EndedAt != nil {
		return *w.Run.EndedAt
	}
	return w.Run.LastContactAt
}

// Served lists the people who served at the touchpoint on this run, each employee and team once.
func (w Walk) Served(touchpoint int64) []Person {
	type who struct{ employee, team int64 }
	seen := map[who]bool{}
	var out []Person
	for _, c := range w.Contacts {
		if c.Interaction.TouchpointID != touchpoint {
			continue
		}
		for _, p := range c.People {
			if k := (who{p.EmployeeID, p.TeamID}); !seen[k] {
				seen[k] = true
				out = append(out, p)
			}
		}
	}
	return out
}
