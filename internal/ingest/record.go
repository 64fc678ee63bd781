// Package ingest reads what other systems wrote down (CSV and XES files; the doors hand it API items in the same shape)
// into records about runs, one line at a time in constant memory, and reports what became of every line.
//
// Every file is a stream of records about runs. Several files of one mapping are several streams to the same runs, taken
// in the order of the mapping's kinds; nothing is joined in memory.
//
// What a mapping file can say is written down in reference.yaml, which "journeyloop import --help" prints.
//
// It is not for deciding what a record means to a run that exists already, nor for writing it down: a Sink does that.
// It is not for guarding exports against formulas either: what is read is kept as it was written.
package ingest

import (
	"context"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/stat"
)

// Record is what one line (or one API item) says about a run. Zero means "not said".
//
// A record without a Run says something about its Customer only.
type Record struct {
	Place     Place
	Journey   Named
	Run       string // the business key: order, claim, ticket
	Customer  Customer
	Contacts  []Contact
	Answer    *Answer
	Completed time.Time
	Ask       bool // this run may be invited to a survey: the API and live feeds say so, imports of the past do not
}

// Place is where a record was read. Line counts from 1 and is the physical line where the record starts.
type Place struct {
	File string
	Line int
}

// Named is something created on first sight: the key finds it, the name is for people. Name "" means the same as Key.
type Named struct {
	Key  string
	Name string
}

// Display is the name people read.
func (n Named) Display() string {
	if n.Name != "" {
		return n.Name
	}
	return n.Key
}

// Customer is who pursues the need. Aliases are other keys under which later records may speak of the same customer.
type Customer struct {
	Key                                   string
	Aliases                               []string
	Name, Email, Phone, Language, Segment string
	Channel                               string // preferred: mail or sms
}

// Contact is one contact on a run at one touchpoint. A second record with the same Key adds what the first left unsaid:
// people to the people, a value where there was none.
//
// A contact that was never Started adds to a contact already known by its Key; where there is none it did not happen.
type Contact struct {
	Key                     string // external key: a contact delivered again changes nothing
	Touchpoint              Named
	Judged                  string // person, process or both: for a touchpoint first seen here
	Channel, Element        string
	Started, Ended          time.Time
	People                  []Person // the first one is primary
	Topic                   string
	Resolved                *bool
	PromiseDue, PromiseKept time.Time
	PromiseBusiness         bool // the promise counts business days
}

// Person is who served: the employee, the team at that time, or both. Either may be empty.
type Person struct {
	Employee Named
	Team     []string // path from the top
}

// Answer is what the customer said about the whole run. Of several answers to a run the latest by (At, Key) counts.
type Answer struct {
	Key               string
	At                time.Time
	Scale             stat.Scale
	Overall           *int
	Expectation       *int // -2 much worse than expected … 2 much better
	Comment, Language string
	Resolved          *bool
	WantsContact      bool
	Ratings           []Rating
}

// Rating is one number about one touchpoint of the run.
type Rating struct {
	Touchpoint  Named
	Judged      string // person, process or both: for a touchpoint first seen here
	Scale       stat.Scale
	Value       int
	Expectation *int
	Comment     string
}

// HappenedAfter reports whether it tells of contacts, all of which began after a moment.
func (r Record) HappenedAfter(at time.Time) bool {
	before := func(c Contact) bool { return !c.Started.After(at) }
	return len(r.Contacts) > 0 && !slices.ContainsFunc(r.Contacts, before)
}

// Problem is why a line was not taken. Line holds the raw fields for the rejected file; it is not for logs.
type Problem struct {
	Place  Place
	Column string
	Key    string // message key
	Args   []any  // name, value pairs
	Line   []string
}

// Sink takes batches of records; each Outcome says what became of the record with the same index.
//
// What Take returned without an error is on disk, all of the batch or (with an error) nothing of it.
type Sink interface {
	Take(ctx context.Context, records []Record) ([]Outcome, error)
}

// Outcome says what became of one record: what it added, why it was refused, or that all of it was known before.
type Outcome struct {
	Counts    Counts
	Created   Created // names behind Counts.Employees, Teams, Touchpoints and Journeys
	Problem   *Problem
	Unchanged bool
}

// Counts is how many of each thing are new.
type Counts struct {
	Runs, Interactions, Responses, Ratings, Customers, Employees, Teams, Touchpoints, Journeys int
}

// Plus adds d to c.
func (c *Counts) Plus(d Counts) {
	c.Runs += d.Runs
	c.Interactions += d.Interactions
	c.Responses += d.Responses
	c.Ratings += d.Ratings
	c.Customers += d.Customers
	c.Employees += d.Employees
	c.Teams += d.Teams
	c.Touchpoints += d.Touchpoints
	c.Journeys += d.Journeys
}

// Created lists the names of what was created on first sight.
type Created struct {
	Employees   []string `json:"employees,omitempty"`
	Teams       []string `json:"teams,omitempty"`
	Touchpoints []string `json:"touchpoints,omitempty"`
	Journeys    []string `json:"journeys,omitempty"`
}
