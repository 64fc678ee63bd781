// Package cases is the pages of customers being won back: the list, and the one page on which people work on a case. It
// decides nothing: who may do what comes with the view.
package cases

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// ListView is the list of cases in sight.
type ListView struct {
	Path  string
	Which []ui.Option
	Rows  page.Of[Line]
}

// Line is one case in the list.
type Line struct {
	Href, Customer, Journey string
	State                   string // in words
	Tone                    ui.Tone
	Grave, Overdue          bool
	Owner                   string // "" nobody yet
	Opened                  time.Time
	Due                     *time.Time // nil where the clock stands or is over
}

// PageView is one case.
type PageView struct {
	Base                 string // address of the case; its forms post below it
	Customer             string
	CustomerHref         string
	Contact              []ui.Fact
	Journey, Place       string
	RunHref              string // "" where the answer was given in confidence
	State                string
	Tone                 ui.Tone
	Grave, Overdue       bool
	Owner                string
	OwnerID              int64 // as the page showed it; a take-over says whom from
	Opened               time.Time
	ContactDue           time.Time
	ResolveDue           time.Time
	ContactedAt          *time.Time
	WaitingSince         *time.Time
	ClosedAt             *time.Time
	Reopened             int
	Triggers             []Trigger
	Steps                []Step
	MayWork, MayTake     bool
	MayPropose, MayWait  bool
	MayResume, MayGiveUp bool
	People               []ui.Option // to whom it can be handed
	Channels, Results    []ui.Option
	Causes               []ui.Option // Chosen is the main one
	Link                 string      // asks the customer; shown once, to who proposed
	Problems             []fault.Field
	Form                 map[string]string // what was typed, when it came back
}

// Trigger is one reason for the case, in words.
type Trigger struct {
	At               time.Time
	What, Place, Why string
}

// Step is one line of the story, in words.
type Step struct {
	At         time.Time
	What, Who  string
	Words      string
	ByCustomer bool
}
