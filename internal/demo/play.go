// Package demo writes the play of a believable company: who works there, what customers come for, who served them,
// what was promised, and what they said afterwards. The same moment always gives the same play, and the truths planted
// in it (truths.go) can be found again by arithmetic.
//
// It is not for putting the play on stage: no database, no services, no clock, no passwords. Package demo/player feeds
// what is written here to the real services.
package demo

import (
	"iter"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// Company is the whole play. The slices are in the order in which they should be created: a team after its parent,
// a journey after its touchpoints.
type Company struct {
	Name        i18n.Text
	Zone        string    // IANA name of the company's time zone
	Now         time.Time // nothing in the play happens later
	Teams       []Team
	Employees   []Employee
	Touchpoints []Touchpoint
	Journeys    []Journey
	Customers   []Customer

	runs []Run
}

// Team is a node of the organisation tree; Parent is "" at the root.
type Team struct {
	Key        string
	Name       i18n.Text
	Parent     string
	Supervisor string // employee key
}

// Employee works in Team today; a contact may carry the team of an earlier day. Login is the sign-in name, "" for
// those who do not sign in.
type Employee struct {
	Key      string
	Name     string
	Team     string
	Email    string
	Language i18n.Lang
	Login    string
}

// Touchpoint is a place where the company meets customers.
type Touchpoint struct {
	Key         string
	Name        i18n.Text
	Channel     string // one of journey.Channels, "" where the customer meets nobody and no page
	Element     string // positioning, site, product, support, logistics
	Team        string
	Owner       string // employee key
	Judged      string // person, process, both
	PromiseDays int    // calendar days promised here, 0 where nothing is promised
	CostMinor   int64  // cost per contact in cents
}

// Journey is one customer need from end to end.
type Journey struct {
	Key              string
	Name             i18n.Text
	Need             i18n.Text
	Leader           string // employee key
	Stages           []Stage
	Completes        string // CompletesLastMandatory or CompletesCall
	AbandonAfterDays int
	Survey           Survey
}

// How a journey's runs end.
const (
	CompletesLastMandatory = "last_mandatory" // the contact at the last mandatory step ends the run
	CompletesCall          = "call"           // a business event ends the run, at Run.Completed
)

// Stage groups the steps of a journey under a name.
type Stage struct {
	Name  i18n.Text
	Steps []Step
}

// Step is a touchpoint's place in a journey.
type Step struct {
	Touchpoint string
	Mandatory  bool
	Repeatable bool
}

// Survey is what is asked at a journey's end. TouchpointScale is the scale of the ratings of single touchpoints.
type Survey struct {
	Metric          string // nps, csat, ces; high is good
	Lo, Hi          int
	Question        i18n.Text
	TouchpointScale string // as stat.Scale prints itself
}

// Customer pursues the need. Email and Phone may both be "": such a customer cannot be asked.
type Customer struct {
	Key        string
	Name       string
	Email      string
	Phone      string
	Language   i18n.Lang
	Channel    string // preferred: mail, sms
	Segment    string // home, family, student, business
	ValueMinor int64  // yearly revenue in cents
}

// Run is one customer's walk along one journey. A run that is neither completed nor abandoned is still open.
type Run struct {
	Key       string
	Journey   string
	Customer  string
	Contacts  []Contact // by start
	Completed time.Time // zero while open, and for abandoned runs
	Abandoned bool
	Answer    *Answer // nil when the customer was not asked, or did not answer
}

// Contact is one interaction. The first of People is the primary one; nobody on record means that a rating of this
// touchpoint stays unattributed, or that a machine served.
type Contact struct {
	Key         string
	Touchpoint  string
	Started     time.Time
	Ended       time.Time
	People      []Person
	Topic       string
	Resolved    *bool     // nil where the question makes no sense
	PromiseDue  time.Time // zero where nothing was promised
	PromiseKept time.Time // when it was delivered, late or not; zero while it is not
}

// Person is who served, and in which team at that time.
type Person struct {
	Employee string
	Team     string
}

// Answer is what the customer said when the run had ended. Expectation runs from -2 (much worse than expected) to 2.
type Answer struct {
	At           time.Time
	Overall      int
	Expectation  int
	Comment      string
	WantsContact bool
	Ratings      []Rating
}

// Rating is one number about one touchpoint on the run, on Survey.TouchpointScale.
type Rating struct {
	Touchpoint  string
	Value       int
	Expectation int
	Comment     string
}

// RunCount tells how many runs Runs will yield, for whoever shows progress.
func (c *Company) RunCount() int { return len(c.runs) }

// Runs yields the runs by their first contact, earliest first.
func (c *Company) Runs() iter.Seq[Run] {
	return func(yield func(Run) bool) {
		for _, run := range c.runs {
			if !yield(run) {
				return
			}
		}
	}
}

// SignIn is one person to sign in as. Role is a key; only manager and administrator have to be granted, the others
// follow from what the person supervises, owns or leads.
type SignIn struct {
	Role     string // employee, supervisor, owner, leader, manager, administrator
	RoleName i18n.Text
	Employee string
	Language i18n.Lang
}
