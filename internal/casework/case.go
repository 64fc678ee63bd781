// Package casework is the inner loop: one dissatisfied customer being won back, from what opened the case to her own word
// that it is solved. It decides what opens a case, who gets it, how soon she must hear from us, and when it is over. It is
// not for who is told of it (notify), for how letters look (deliver), or for what should change so that it does not
// happen again (improve). Nothing about a case ever enters the scores.
package casework

import (
	"slices"
	"time"
)

// State is how far a case has come.
type State string

// A case is open until the customer and somebody here have talked, contacted until work on it is recorded, proposed while
// she is asked whether it is solved. The others are its ends: by her word, by her silence, because nobody could reach her, or
// because it was opened by mistake, which no figure counts.
const (
	Open        State = "open"
	Contacted   State = "contacted"
	Working     State = "working"
	Proposed    State = "proposed"
	Verified    State = "verified"
	Unverified  State = "unverified"
	Unreachable State = "unreachable"
	Withdrawn   State = "withdrawn"
)

// States in the order of a case's life.
var States = []State{Open, Contacted, Working, Proposed, Verified, Unverified, Unreachable, Withdrawn}

// Severity sets the clock; see Rules.
type Severity int

// Grave are danger, law, leaving, the lowest scores, and customers of high value.
const (
	Normal Severity = 1
	Grave  Severity = 2
)

// Case is one customer and journey with something to put right; at most one is open for both. Due times count from
// ClockAt: the opening, or the last reopening.
type Case struct {
	ID                int64
	CustomerID        int64
	RunID             int64
	JourneyID         int64
	TouchpointID      int64 // where it went wrong; 0 is the journey as a whole
	State             State
	Severity          Severity
	OwnerID           int64 // an employee; 0 is nobody yet
	OpenedAt          time.Time
	ClockAt           time.Time
	ContactDue        time.Time
	ResolveDue        time.Time
	ContactedAt       *time.Time // the first successful two-way contact
	WaitingSince      *time.Time // the clock stands: she is to answer
	Waited            time.Duration
	ProposedAt        *time.Time
	ClosedAt          *time.Time
	ClosedBy          int64      // a user; 0 is the customer or the clock
	NextAt            *time.Time // when somebody or something has to look again; nil once closed
	Warned            int        // per cent of the deadline at which somebody was warned last
	Reopened          int
	Cause             Cause // the one primary cause, "" until it is coded
	Solution          string
	CompensationMinor int64
	Currency          string
	Version           int
}

// Closed reports whether the case is over.
func (c Case) Closed() bool { return c.ClosedAt != nil }

// Cause is why it went wrong (methods.md §7).
type Cause string

// Causes in the order they are offered: people, resources, authority, process, what we said, what we sell, with whom, and
// the customer herself.
var Causes = []Cause{"knowledge", "attitude", "capacity", "authority", "process", "promise", "product", "system", "price", "partner", "customer"}

// Known reports whether it is one of the Causes.
func (c Cause) Known() bool { return slices.Contains(Causes, c) }

// Coded is one cause of a case; exactly one is the main one.
type Coded struct {
	CaseID int64 `gorm:"primaryKey"`
	Cause  Cause `gorm:"primaryKey"`
	Main   bool
}

// StepKind is what a step of the conversation was.
type StepKind string

// What can happen to a case.
const (
	StepOpened    StepKind = "opened"
	StepTriggered StepKind = "triggered"
	StepTakenBack StepKind = "taken_back" // a reason, by whoever had written it down
	StepAssigned  StepKind = "assigned"
	StepTaken     StepKind = "taken_over"
	StepHanded    StepKind = "handed_over"
	StepAttempt   StepKind = "attempt"
	StepNote      StepKind = "note"
	StepFile      StepKind = "file"
	StepMailOut   StepKind = "mail_out"
	StepMailIn    StepKind = "mail_in"
	StepBounced   StepKind = "bounced"  // a letter came back
	StepLeftOut   StepKind = "left_out" // a file that came with a letter, by its name
	StepWaiting   StepKind = "waiting"
	StepResumed   StepKind = "resumed"
	StepCoded     StepKind = "coded"
	StepProposed  StepKind = "proposed"
	StepLinked    StepKind = "linked" // somebody was shown a link for the customer
	StepVerdict   StepKind = "verdict"
	StepWarned    StepKind = "warned"
	StepClosed    StepKind = "closed"
	StepErased    StepKind = "erased" // all words of the case, at the customer's wish
)

// Step is one thing that happened to a case: the conversation, which is only added to.
type Step struct {
	ID         int64
	CaseID     int64
	At         time.Time
	Kind       StepKind
	ActorID    int64 // a user; 0 is the customer, or nobody
	EmployeeID int64 // to whom it went: assigned, handed over, warned
	Channel    Channel
	Result     string // of an attempt a Result, of a verdict VerdictYes or VerdictNo, of a warning per cent, of an end its State, of what was taken back its Kind, of a file left out a Refused
	Words      string
}

// Channel is how the customer was contacted.
type Channel string

// Channels in the order they are offered.
var Channels = []Channel{"call", "mail", "sms", "chat", "person", "letter"}

// Result is what came of an attempt to contact the customer.
type Result string

// Only Reached is a contact: both sides have talked.
const (
	Reached     Result = "reached"
	NoAnswer    Result = "no_answer"
	LeftMessage Result = "left_message"
	BadAddress  Result = "bad_address"
)

// Results in the order they are offered.
var Results = []Result{Reached, NoAnswer, LeftMessage, BadAddress}

// What a customer says when she is asked whether it is solved.
const (
	VerdictYes = "yes"
	VerdictNo  = "no"
)

// Link asks one customer once whether it is solved; only the hash of its token is kept. Round is how often the case had
// been reopened when she was asked: a link of an earlier round says nothing about this one.
type Link struct {
	Hash    []byte `gorm:"primaryKey"`
	CaseID  int64
	Round   int
	AskedAt time.Time
	UsedAt  *time.Time
	Verdict string
}
