// Package cases is the pages of customers being won back: the list, and the one page on which people work on a case. It
// decides nothing: who may do what comes with the view.
package cases

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// ListView is the inbox: what needs the reader now, and the cases in her sight.
type ListView struct {
	Path, File        string
	Handed            int64  // a case the reader has just handed out of her sight, which she may take back; 0 for none
	Rules             string // where the company's rules are set; "" for who may not
	First             *First // which case comes first; nil where none is the reader's, or she has asked for others
	Needs             []Need
	Others            string // how many cases of others are overdue, where nothing of hers presses; "" says nothing
	Choices           Choices
	Journeys          []ui.Option
	Query             string
	Overdue, Reopened bool
	Finer             bool // something rarer narrows it
	Rows              page.Of[Line]
	LostMail          string // where mail waits that belongs to no case; "" where none does, or the reader may not see it
}

// Choices are what the list can be narrowed to, the chosen one marked.
type Choices struct{ Whose, States, Causes, Severities []ui.Option }

// First is the case to begin with, and why.
type First struct {
	Line
	Presses bool     // it cannot wait; otherwise it is what is due next
	What    string   // is due: the first contact, or the solution
	Why     []string // the case is open
}

// Need is one kind of work that waits for the reader, in words, and the most pressing of it.
type Need struct {
	Kind       casework.Need
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
	When           string // in words
	Time, Business string // to it or since it, by the calendar and in business time
	Stands         string // why there is no deadline now
}

// filter is the form of the list.
func (v ListView) filter(ctx context.Context) ui.FilterView {
	return ui.FilterOf(v.Path, ui.T(ctx, "cases.filter"), "q", "whose", "state", "journey", "cause", "severity", "overdue", "reopened", "need", "run")
}

// PageView is one case: why, whose, how long there is, what she lived through, what was said and done, and what can be.
type PageView struct {
	Base string // address of the case; its forms post below it
	Next string // what helps most now; "" once it is over

	Customer, CustomerHref    string
	Phone, Email              string
	Language, Channel         string // of hers, in words
	Segment                   string
	Valuable                  bool
	Journey, Place            string
	JourneyIn                 i18n.Lang // as Line has it
	RunHref                   string    // "" where the reader has no such page
	State                     string
	Tone                      ui.Tone
	Grave                     bool
	Owner                     string
	OwnerID                   int64 // as the page showed it; a take-over says whom from
	Opened                    time.Time
	Due                       Due
	ResolveDue                string // in words
	ContactedAt, WaitingSince *time.Time
	ClosedAt                  *time.Time
	Reopened                  int
	Triggers                  []Trigger
	Steps                     []Step
	Answer                    *Answer // nil: there is none
	Confidential              bool    // her answer was given in confidence: neither it nor her walk are shown
	Contacts                  []ui.Contact
	Before                    []Line
	Files                     []File   // that belong to no step
	Coded                     []string // the main cause first
	Solution, Compensation    string

	MayWork, MayTake     bool
	MayPropose, MayWait  bool
	MayResume, MayGiveUp bool
	AskedBy              []ui.Option // how the question can go out again
	Regret               string      // what she has just done about whose it is, and may take back
	People               []ui.Option // to whom it can be handed
	Channels, Results    []ui.Option
	Causes               []ui.Option
	Also                 []casework.Cause // the secondary ones
	Currency             string           // of what is given; "" where the company has none
	Proposal             string           // why the rules propose a compensation
	MayWrite             bool             // mail reaches her
	Asking               string           // how she will be asked, and what then
	Asked                bool             // whether it is solved: she may answer whoever is with her
	Link                 string           // that link, shown once
	Mail                 templ.Component  // how she is written to from here; nil leaves it out

	Open     string // the form that came back
	Problems []fault.Field
	Conflict string            // what somebody else did meanwhile
	Kept     string            // words of a form that is not offered any more
	Form     map[string]string // what stands in the forms
}

// Offers reports whether a form, by the address it posts to, is on the page.
func (v PageView) Offers(below string) bool {
	offered := map[string]bool{"owner": v.MayTake, "solution": v.MayPropose, "waiting": v.MayWait, "resumption": v.MayResume, "denial": v.Asked, "question": v.Asked && len(v.AskedBy) > 0, "link": v.Asked && len(v.AskedBy) == 0, "unreachable": v.MayGiveUp, "letters": v.MayWrite, "return": v.Regret != ""}
	may, special := offered[below]
	return v.MayWork && (may || !special)
}

// unfolded reports whether a form stands open: it came back, or it is what helps most now.
func (v PageView) unfolded(below string) bool {
	switch {
	case v.Open != "":
		return v.Open == below
	case v.WaitingSince != nil:
		return false
	case v.ContactedAt == nil:
		return below == "attempts"
	case len(v.Coded) == 0:
		return below == "causes"
	}
	return below == "solution"
}

// taking is how much the page wants the reader to take the case over: only where nobody has it.
func (v PageView) taking() ui.Kind {
	if v.OwnerID == 0 {
		return ui.Primary
	}
	return ui.Secondary
}

func (v PageView) problem(ctx context.Context, name string) string {
	return ui.Problem(ctx, v.Problems, name)
}

// ask is a field of words of one of the forms.
func (v PageView) ask(ctx context.Context, name, key string, required bool) ui.FieldView {
	return ui.FieldView{Name: name, Label: ui.T(ctx, key), Value: v.Form[name], Dir: "auto", Rows: 3, Required: required, Problem: v.problem(ctx, name)}
}

// told is the field of what was done, which she will read.
func (v PageView) told(ctx context.Context) ui.FieldView {
	f := v.ask(ctx, "solution", "cases.propose_solution", true)
	if v.Language != "" {
		f.Hint = ui.T(ctx, "cases.propose_hint", "language", v.Language)
	}
	return f
}

func (v PageView) also(c string) bool { return slices.Contains(v.Also, casework.Cause(c)) }

// fileTypes are what the chooser of files offers.
func fileTypes() string { return strings.Join(casework.FileTypes, ",") }

// Trigger is one reason for the case, in words.
type Trigger struct {
	At               time.Time
	What, Place, Why string
}

// Answer is what she answered to the survey, as far as the reader may see it.
type Answer struct {
	Whole       ui.QuoteView
	Expectation string // in words
	Resolved    *bool
	Contact     bool
	Ratings     []ui.QuoteView
}

// Step is one line of the story, in words.
type Step struct {
	At         time.Time
	What, Who  string
	Words      string
	ByCustomer bool
	Files      []File
}

// A story of more steps than mostSteps shows the first and the last few of them.
const (
	mostSteps  = 14
	storyBegin = 3
	storyEnds  = 8
)

// folds is how many steps stand before those that are folded away: all of them where none are.
func (v PageView) folds() int {
	if len(v.Steps) > mostSteps {
		return storyBegin
	}
	return len(v.Steps)
}

// File is something attached to the case.
type File struct {
	Href, Name string
	Kilobytes  int64
}

// HandoverView is the search for a colleague to hand a case to.
type HandoverView struct {
	Base, Path, Customer, Query string
	OwnerID                     int64
	People                      []ui.Option
}
