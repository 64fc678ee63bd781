// Package cases is the pages of customers being won back: the list, and the one page on which people work on a case. It
// decides nothing: who may do what comes with the view.
package cases

import (
	"context"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// ListView is the inbox: what needs the reader now, and the cases in her sight.
type ListView struct {
	Path, File        string
	Needs             []Need
	Choices           Choices
	Journeys          []ui.Option
	Query             string
	Overdue, Reopened bool
	Rows              page.Of[Line]
}

// Choices are what the list can be narrowed to, the chosen one marked.
type Choices struct{ Whose, States, Causes, Severities []ui.Option }

// Need is one kind of work that waits for the reader, in words, and the most pressing of it.
type Need struct {
	Href, Text string
	Tone       ui.Tone
	Active     bool
	Lines      []Line
}

// Line is one case in the list.
type Line struct {
	Href, Customer  string
	Journey         string
	JourneyIn       i18n.Lang // another language than the reader's, where the name is in one
	State           string    // in words
	Tone            ui.Tone
	Grave, Reopened bool
	Owner           string // "" nobody yet
	Opened          time.Time
	Due             Due
}

// Due is how long there is to a deadline, in words; the zero one is that of a case that is over.
type Due struct {
	At             *time.Time // nil where the clock stands
	Overdue        bool
	Time, Business string // to it or since it, by the calendar and in business time
	Stands         string // why there is no deadline now
}

// filter is the form of the list.
func (v ListView) filter(ctx context.Context) ui.FilterView {
	return ui.FilterOf(v.Path, ui.T(ctx, "cases.filter"), "q", "whose", "state", "journey", "cause", "severity", "overdue", "reopened", "need", "run")
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
