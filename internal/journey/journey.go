// Package journey holds what a company designs: touchpoints, and the journeys that lead customers across them. What
// customers then really do is in package run.
package journey

import (
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
)

// Judged says what a rating of a touchpoint is about.
type Judged string

// A process-judged touchpoint never counts against a person.
const (
	JudgedPerson  Judged = "person"
	JudgedProcess Judged = "process"
	JudgedBoth    Judged = "both"
)

// AgainstPeople reports whether ratings of such a touchpoint concern the people who served.
func (j Judged) AgainstPeople() bool { return j != JudgedProcess }

// Channels and Elements a touchpoint can have; "" is "not said".
var (
	Channels = []string{"web", "app", "phone", "chat", "mail", "sms", "shop", "visit", "social"}
	Elements = []string{"positioning", "site", "product", "support", "logistics"}
)

// Touchpoint is a place where the company meets customers.
type Touchpoint struct {
	ID              int64
	Key             string
	Name            i18n.Text
	Search          string
	Channel         string
	Element         string
	TeamID          int64
	OwnerID         int64
	Judged          Judged
	PromiseDays     int // 0: nothing is promised here
	PromiseBusiness bool
	CostMinor       int64 // minor units per contact
	Currency        string
	CreatedAt       time.Time
}

// Check lists what is wrong with a touchpoint before it is saved.
func (t Touchpoint) Check() error {
	var p fault.Problems
	if t.Key == "" {
		p.Add("key", "errors.required")
	}
	if t.Name.Empty() {
		p.Add("name", "errors.required")
	}
	if t.Channel != "" && !slices.Contains(Channels, t.Channel) {
		p.Add("channel", "errors.choice")
	}
	if t.Element != "" && !slices.Contains(Elements, t.Element) {
		p.Add("element", "errors.choice")
	}
	if !slices.Contains([]Judged{JudgedPerson, JudgedProcess, JudgedBoth}, t.Judged) {
		p.Add("judged", "errors.choice")
	}
	if t.PromiseDays < 0 || t.PromiseDays > 3650 {
		p.Add("promise_days", "errors.range", "lo", 0, "hi", 3650)
	}
	if t.CostMinor < 0 {
		p.Add("cost", "errors.range", "lo", 0, "hi", 1_000_000)
	}
	return p.Err()
}

// Journey is one customer need, end to end. VersionID is the plan that new runs follow.
type Journey struct {
	ID        int64
	Key       string
	Name      i18n.Text
	Need      i18n.Text
	Search    string
	LeaderID  int64
	VersionID int64
	CreatedAt time.Time
}

// State of a version: a draft is edited, the live one is followed, retired ones keep their data.
type State string

// States of a version.
const (
	Draft   State = "draft"
	Live    State = "live"
	Retired State = "retired"
)

// Completes says when a run of the journey is over.
type Completes string

// A run completes when its last mandatory step was met, or when somebody says so.
const (
	ByLastMandatory Completes = "last_mandatory"
	ByCall          Completes = "call"
)

// Version is one plan of a journey. A version whose survey has answers is never changed; editing starts a new one.
type Version struct {
	ID               int64
	JourneyID        int64
	Number           int
	State            State
	Completes        Completes
	AbandonAfterDays int // silence after which a run counts as abandoned
	CreatedAt        time.Time
}

// Stage is a part of a journey that customers would recognise.
type Stage struct {
	ID        int64
	VersionID int64
	Position  int
	Name      i18n.Text
}

// Step is a touchpoint in a stage.
type Step struct {
	ID           int64
	VersionID    int64
	StageID      int64
	TouchpointID int64
	Position     int
	Mandatory    bool
	Repeatable   bool
}

// Plan is a version with its stages and steps, in order.
type Plan struct {
	Version Version
	Stages  []Stage
	Steps   []Step
}

// Suggestion is a proposed leader: who, or whose team, holds most of the journey's touchpoints.
type Suggestion struct {
	EmployeeID int64
	TeamID     int64 // set when the suggestion comes from the team rather than from ownership
	Holds      int
	Of         int
}
