// Package huddle is the page of a team's short meeting: on a phone, on a screen in the shop, and on a sheet of paper.
package huddle

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// Path is where the page stands.
const Path = "/team/huddle"

// PageView is the agenda of one meeting. It has no customer, and of a colleague nothing that she has not shared.
type PageView struct {
	TeamID   int64
	Team     string
	TeamIn   i18n.Lang
	Teams    []ui.Option // to choose from; none where there is one
	Here     string      // this page of this team
	Screen   bool
	Since    string // the last working day, in words
	Today    string
	Small    bool // too few people for words that nobody shared
	Older    bool // no praise has come since; the latest of before is shown
	Praise   []Praise
	Last     *Tried
	Unowned  int
	Overdue  int
	Cases    []Case
	Promises int
	Due      []Promise
	Heard    []Heard
	Tries    Tries
	Problem  string // with a form that is of no meeting
}

// Praise is to be read out.
type Praise struct {
	Words   string
	For     string // whom, where she shares it; else somebody of the team
	Where   string
	WhereIn i18n.Lang
}

// Case is one to hand over.
type Case struct {
	Where   string
	WhereIn i18n.Lang
	Why     string
	Href    string // "" for who may not work on it
}

// Promise is one that falls due.
type Promise struct {
	Run     string // the key of the walk
	Href    string
	Where   string
	WhereIn i18n.Lang
	Due     string
	At      time.Time
}

// Heard is what somebody wrote down.
type Heard struct {
	Kind    string
	Words   string
	Where   string
	WhereIn i18n.Lang
}

// Tried is what a team tried, with what came of it.
type Tried struct {
	Day      int32
	When     string
	Text     string
	Own      bool // in the team's words
	Basis    string
	Outcome  coaching.Outcome
	Remark   string
	Problems []fault.Field
}

// Tries is what the team tries next: what it said today, or what a rule suggests.
type Tries struct {
	Today     *Tried
	Suggested *Tried // nil where nothing speaks for anything
	Typed     string
	Problems  []fault.Field
}
