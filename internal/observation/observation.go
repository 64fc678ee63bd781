// Package observation is what customers tell employees at work: a wish, a complaint or praise, written down by the
// employee who heard it. Similar ones are joined to one theme; who answers for the touchpoint says what becomes of it, and
// whoever wrote it down hears that. It is not for what customers answer to a survey (feedback), and no figure counts it:
// what staff choose to write down says nothing about how many customers are content.
package observation

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
)

// Kind is what the customer told.
type Kind string

// Kinds.
const (
	Wish      Kind = "wish"
	Complaint Kind = "complaint"
	Praise    Kind = "praise"
)

// Kinds in the order of the buttons.
var Kinds = []Kind{Wish, Complaint, Praise}

// State is what became of it.
type State string

// States; the first is nobody's answer.
const (
	New      State = "new"
	Seen     State = "seen"
	Planned  State = "planned"
	Done     State = "done"
	Declined State = "declined"
)

// Answers are the states that somebody can answer with.
var Answers = []State{Seen, Planned, Done, Declined}

// States are all of them.
var States = append([]State{New}, Answers...)

const (
	// Undo is how long the author may still change or withdraw what she wrote down.
	Undo = 10 * time.Minute
	// Candidate is how many like wishes make an improvement candidate.
	Candidate = 3
	// LongestWords bounds words and answers, in characters.
	LongestWords = 2000
)

// Observation is one of them.
type Observation struct {
	ID           int64
	EmployeeID   int64 // who heard it
	TeamID       int64 // hers when she heard it
	Kind         Kind
	TouchpointID int64 // 0: none in particular
	RunID        int64 // 0: not known; so are journey and customer
	JourneyID    int64
	CustomerID   int64
	Words        string
	Search       string // the words normalised
	Language     i18n.Lang
	At           time.Time
	WantsCall    bool  // the customer asked to be called; then she is known
	ThemeID      int64 // the observation that it joined; its own where it joined none
	State        State
	Answer       string
	AnsweredAt   *time.Time
	AnsweredBy   int64      // a user
	HeardAt      *time.Time // when its author read the answer
	WithdrawnAt  *time.Time
}

// Draft is what an employee writes down. About is the key of a walk or a customer as typed; Join a theme that it says
// again, which then decides the kind and the touchpoint.
type Draft struct {
	Kind       Kind
	Touchpoint int64
	About      string
	Words      string
	WantsCall  bool
	Join       int64
	Language   i18n.Lang // of who writes
}

// Subject is whom an observation is about.
type Subject struct{ RunID, JourneyID, CustomerID int64 }

// write takes a draft over; about is whom the draft names.
func (o *Observation) write(d Draft, about Subject) error {
	var p fault.Problems
	words := strings.TrimSpace(d.Words)
	if !known(d.Kind, Kinds) {
		p.Add("kind", "observations.kind_needed")
	}
	if utf8.RuneCountInString(words) > LongestWords {
		p.Add("words", "observations.words_long", "most", LongestWords)
	}
	if d.WantsCall && about.CustomerID == 0 {
		p.Add("about", "observations.call_whom")
	}
	if err := p.Err(); err != nil {
		return err
	}
	o.Kind, o.TouchpointID, o.Words, o.Search, o.WantsCall = d.Kind, d.Touchpoint, words, i18n.Normalize(words), d.WantsCall
	o.Language = i18n.WrittenIn(d.Language, words)
	o.RunID, o.JourneyID, o.CustomerID = about.RunID, about.JourneyID, about.CustomerID
	return nil
}

// join makes it a part of a theme: what became of the theme became of it, and its author has yet to hear that.
func (o *Observation) join(t Observation) {
	o.ThemeID, o.Kind, o.TouchpointID = t.ThemeID, t.Kind, t.TouchpointID
	o.State, o.Answer, o.AnsweredAt, o.AnsweredBy, o.HeardAt = t.State, t.Answer, t.AnsweredAt, t.AnsweredBy, nil
}

// leave makes it stand alone again.
func (o *Observation) leave() {
	o.ThemeID = o.ID
	o.State, o.Answer, o.AnsweredAt, o.AnsweredBy, o.HeardAt = New, "", nil, 0, nil
}

// OpensCase: a complaint, or the wish to be called, of a customer who is known.
func (o Observation) OpensCase() bool {
	return o.WithdrawnAt == nil && o.RunID != 0 && o.CustomerID != 0 && (o.Kind == Complaint || o.WantsCall)
}

// Waits: there is an answer that its author has not read.
func (o Observation) Waits() bool { return o.AnsweredAt != nil && o.HeardAt == nil }

// Theme is what several observations say in common, seen through the one that said it first.
type Theme struct {
	Observation
	N    int       // how many say it, in sight or not
	Last time.Time // when it was heard last
}

// IsCandidate: enough customers wish it for an improvement to be considered, and nobody has decided yet.
func (t Theme) IsCandidate() bool {
	return t.Kind == Wish && t.N >= Candidate && (t.State == New || t.State == Seen)
}

func known[T comparable](x T, among []T) bool {
	for _, y := range among {
		if x == y {
			return true
		}
	}
	return false
}
