// Package coaching is the sheet that an employee and her supervisor prepare their next talk with. Both see the same.
package coaching

import (
	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// MyPath is where an employee finds her own sheet.
const MyPath = "/me/coaching"

// PageView is a sheet.
type PageView struct {
	Base     string // where its forms are sent to
	Lead     string
	Mine     bool     // the reader is the employee
	Alone    bool     // nobody supervises her: only her goals are here
	Way      []string // how much of what went wrong lay in the way things are done, in sentences
	Planned  string   // in words; "" is not yet
	Day      string   // as typed
	Example  string   // how a date is typed
	Agenda   []Item
	Notes    []Item
	Heard    []Item // what she wrote down and nobody has marked yet
	Goals    []Goal
	Measures []ui.Option
	Talks    []Talk
	Form     Form
}

// Form is what was typed into a form that came back.
type Form struct {
	Topic, Note, Goal, Until, Measure string
	Problems                          []fault.Field
}

// Item stands on the sheet.
type Item struct {
	ID       int64 // of the entry; 0 for a reply, and for what is not marked yet
	Mark     int64 // the observation that can be marked
	Kind     coaching.Kind
	Quote    *ui.QuoteView
	Words    string
	By       string // who put it there, in a sentence
	Withdraw bool
}

// Goal is one of hers.
type Goal struct {
	ID       int64
	Words    string
	State    coaching.GoalState
	Dates    string
	Measured string // her range then and now; "" where she measures nothing
}

// Talk is one that was held.
type Talk struct {
	ID    int64
	When  string
	Items []Item
}

// CountsView is all that others than the two see.
type CountsView struct{ Text string }
