// Package outreach is lists of customers whom somebody calls unasked: regular ones who stopped coming, and those who may
// need a hand. The contact policy decides who may be on a list, and where its maker wants to know whether calling helps, a
// share drawn by lot is held out and not called. It is not for winning back who complained (casework), nor for surveys
// (survey); nothing here is a score, and no figure of satisfaction counts it.
package outreach

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Rule is how customers come onto a list.
type Rule string

// Rules: a regular customer whose silence is longer than so many of her own median gaps between runs; a run open for longer
// than nine of ten take, without a contact for some days; a promise not kept that is due within some days or was, as
// recently; some days after a completed run, whose customer comes onto the list as it ends: then the call takes the place of
// the survey.
const (
	Lapsed   Rule = "lapsed"
	Quiet    Rule = "quiet"
	Promise  Rule = "promise"
	FirstUse Rule = "first_use"
)

// Rules in the order they are offered.
var Rules = []Rule{Lapsed, Quiet, Promise, FirstUse}

// UnderWay are the rules about a run under way: what a call is for is that it comes to its end. The others are about coming
// again.
var UnderWay = []Rule{Quiet, Promise}

// Outcome is what a call came to.
type Outcome string

// Outcomes. Dropped is nobody's answer: she was not called, for a reason.
const (
	Fine       Outcome = "fine"
	Wrong      Outcome = "wrong" // opens a case
	Wants      Outcome = "wants" // becomes an observation
	NotReached Outcome = "not_reached"
	OptedOut   Outcome = "opted_out"
	Dropped    Outcome = "dropped"
)

// Outcomes in the order of the buttons.
var Outcomes = []Outcome{Fine, Wrong, Wants, NotReached, OptedOut}

// Reached are the outcomes of a conversation, which the contact policy counts.
var Reached = []Outcome{Fine, Wrong, Wants, OptedOut}

const (
	// Undo is how long a caller may take back what she noted.
	Undo = 10 * time.Minute
	// InHand is how long a customer stays with the caller who took her; then she is anybody's again.
	InHand = 4 * time.Hour
	// Tries is how often a customer is called who does not answer, a day apart.
	Tries = 3
	// Patience is how long a customer waits for the call from when she could be called; later, nobody makes it.
	Patience = 14 * 24 * time.Hour
	// Late is how long after a list's horizon contacts may still be told of.
	Late = 24 * time.Hour
	// LongestNote and LongestName are in characters.
	LongestNote = 2000
	LongestName = 80
)

// Reasons not to list or call a customer, beside those of the contact policy; message keys.
const (
	BecauseListed = "outreach.on_a_list"     // another list has her
	BecauseEnough = "outreach.enough"        // a search adds no more
	BecauseMoot   = "outreach.moot"          // what she was listed for is settled
	BecauseLate   = "outreach.waited"        // nobody called in time
	BecauseEnded  = "outreach.ended_already" // the list has
)

// List is one of them, as its maker wants it.
type List struct {
	ID        int64
	Name      string
	JourneyID int64 // 0: the company
	TeamID    int64 // who calls
	Rule      Rule
	Times     float64 // of her own median gap (Lapsed)
	AtLeast   int     // runs of a regular customer (Lapsed)
	Days      int     // of the other rules
	Most      int     // customers that one search adds
	Share     int     // percent held out
	Horizon   int     // days after which is known whether she came back
	Seed      int64   // of the lot
	MadeAt    time.Time
	MadeBy    int64 // a user
	EndedAt   *time.Time
	SoughtAt  *time.Time     // when customers were looked for last, nil while that is to come; and then:
	Found     int            // how many the rule named anew
	LeftOut   map[string]int `gorm:"serializer:json"` // of these, by reason
}

// Usual is a list with what is usual for it.
func Usual() List {
	return List{Rule: Lapsed, Times: 3, AtLeast: 3, Days: 7, Most: 100, Share: 20, Horizon: 60}
}

// Check lists what is wrong with a list before it is kept.
func (l *List) Check() error {
	var p fault.Problems
	within := func(name string, value, low, high int) {
		if value < low || value > high {
			p.Add(name, "errors.range", "lo", low, "hi", high)
		}
	}
	if l.Name = strings.TrimSpace(l.Name); l.Name == "" {
		p.Add("name", "errors.required")
	} else if utf8.RuneCountInString(l.Name) > LongestName {
		p.Add("name", "errors.too_long", "max", LongestName)
	}
	if !slices.Contains(Rules, l.Rule) {
		p.Add("rule", "errors.choice")
	}
	if l.Rule == Lapsed {
		if l.Times < 1.5 || l.Times > 20 {
			p.Add("times", "errors.range", "lo", 1.5, "hi", 20)
		}
		within("at_least", l.AtLeast, 3, 50)
	} else {
		within("days", l.Days, 1, 90)
	}
	within("most", l.Most, 1, 2000)
	within("share", l.Share, 0, 50)
	within("horizon", l.Horizon, 7, 365)
	return p.Err()
}

// Holds tells whether the lot holds the customer of a key out: the same each time, whoever asks.
func (l List) Holds(customer string) bool {
	h := fnv.New64a()
	h.Write([]byte(customer))
	return stat.Lot(l.Seed, int64(h.Sum64())) < float64(l.Share)/100
}

// Open: customers are still looked for and called.
func (l List) Open() bool { return l.EndedAt == nil }

// Candidate is a customer whom a rule names. Usual and Silent are days: her own median gap, and since her last contact; 0
// where the rule asks neither. Ready is before when she is not called; zero is at once.
type Candidate struct {
	CustomerID, RunID, Usual, Silent int64
	Ready                            time.Time
}

// Member is a customer on a list. What the lot said of her is never changed.
type Member struct {
	ID            int64
	ListID        int64
	CustomerID    int64
	RunID         int64 // the run that she is called about
	Usual, Silent int64 // see Candidate
	At            time.Time
	Until         time.Time // when the horizon is over
	Held          bool
	CallerID      int64 // who has her in hand, or had her last
	TakenAt       *time.Time
	After         time.Time // not to be called before
	Tries         int
	CalledAt      *time.Time
	Outcome       Outcome
	Note          string
	Reason        string // why she was dropped
	ObservationID int64
	DoneAt        *time.Time
	CameBack      *bool // nil: not known yet
}

// With reports whether a caller has her in hand.
func (m Member) With(caller int64, now time.Time) bool {
	return caller != 0 && m.CallerID == caller && m.TakenAt != nil && now.Before(m.TakenAt.Add(InHand)) && m.DoneAt == nil
}

// MayUndo: who noted it, for some minutes.
func (m Member) MayUndo(caller int64, now time.Time) bool {
	return caller != 0 && m.CallerID == caller && m.TakenAt == nil && m.CalledAt != nil && now.Before(m.CalledAt.Add(Undo)) && m.Outcome != ""
}

// OpensCase: she said that something is wrong.
func (m Member) OpensCase() bool { return m.Outcome == Wrong }

// note writes down what a call came to.
func (m *Member) note(o Outcome, words string, now time.Time) {
	m.Outcome, m.Note, m.CalledAt, m.TakenAt = o, words, &now, nil
	m.Tries++
	if o == NotReached && m.Tries < Tries {
		m.After = now.Add(24 * time.Hour)
		return
	}
	m.DoneAt = &now
}

// undo puts her back into the hands of who called.
func (m *Member) undo(now time.Time) {
	m.Outcome, m.Note, m.CalledAt, m.DoneAt, m.ObservationID, m.TakenAt, m.After = "", "", nil, nil, 0, &now, now
	m.Tries--
}

// member puts a candidate on the list; the lot decides whether she is held out.
func (l List) member(c Candidate, key string, now time.Time) Member {
	ready := now
	if c.Ready.After(now) {
		ready = c.Ready
	}
	return Member{ID: id.New(), ListID: l.ID, CustomerID: c.CustomerID, RunID: c.RunID, Usual: c.Usual, Silent: c.Silent,
		At: now, After: ready, Until: ready.AddDate(0, 0, l.Horizon), Held: l.Holds(key)}
}

// drop ends it without a call.
func (m *Member) drop(reason string, now time.Time) {
	m.Outcome, m.Reason, m.TakenAt, m.DoneAt = Dropped, reason, nil, &now
}
