package feedback

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Filter says which feedback of one person is asked for. Zero fields do not narrow anything.
type Filter struct {
	Audience   Audience
	Mood       stat.Mood
	Touchpoint int64
	Reply      Reply
	Since      time.Time // answered then or later
	Until      time.Time // answered before
	Dated      bool      // without answers that we promised to keep anonymous: their day is not told (methods.md §1.12)
	Fresh      time.Time // unread, or read only after this: a list does not empty itself while it is being read
	Worded     bool      // with words, not numbers alone
	Without    *Quote    // shown elsewhere on the page
}

// Quote is one answer as somebody reads it: words, number, and where they belong. It carries no customer.
type Quote struct {
	ResponseID   int64
	TouchpointID int64 // 0: the journey as a whole
	RunID        int64
	JourneyID    int64
	Journey      i18n.Text
	Touchpoint   i18n.Text
	MetAt        *time.Time // of the contact; nil for the journey as a whole
	AnsweredAt   time.Time

	// About the touchpoint.
	Scale       stat.Scale
	Value       *int
	Expectation *int
	Comment     string

	// About the journey as a whole.
	WholeScale       stat.Scale
	Overall          *int
	WholeExpectation *int
	Said             string

	Anonymity survey.Anonymity

	Served int  // how many people the rating concerns
	Mine   bool // it counts for the person whose feedback this is

	// How she has it; empty in lists that are nobody's own.
	Audience  Audience
	Mood      stat.Mood
	ReadAt    *time.Time
	Reply     Reply
	RepliedAt *time.Time
	SettledAt *time.Time

	Whom []Party       `gorm:"-"` // whom it concerns now
	Past []event.Event `gorm:"-"` // how that changed, the latest last
}

// Words are what to read first: about the touchpoint, else about the journey as a whole.
func (q Quote) Words() string {
	if q.Comment != "" {
		return q.Comment
	}
	return q.Said
}

// Praises reports whether the words are as good as the rating: those about the whole are only where the whole pleased, too.
func (q Quote) Praises() bool {
	return q.Feeling() == stat.Positive && (q.Comment != "" || q.Said != "" && q.Overall != nil && q.WholeScale.Mood(*q.Overall) == stat.Positive)
}

// Feeling is the mood of what is rated here.
func (q Quote) Feeling() stat.Mood {
	switch {
	case q.Value != nil:
		return q.Scale.Mood(*q.Value)
	case q.Mood != "":
		return q.Mood
	case q.Overall != nil:
		return q.WholeScale.Mood(*q.Overall)
	}
	return stat.Neutral
}

// Notice is the feedback this quote shows.
func (q Quote) Notice() Notice {
	return Notice{ResponseID: q.ResponseID, TouchpointID: q.TouchpointID, Audience: q.Audience, At: q.AnsweredAt, ReadAt: q.ReadAt}
}

// Party is an employee, or with EmployeeID 0 a team, that a rating concerns.
type Party struct {
	EmployeeID int64
	TeamID     int64
	Employee   string
	Team       i18n.Text
}

// Tally counts one person's feedback by why she gets it and how it was meant. These are messages, not a score.
type Tally struct {
	Audience Audience
	Mood     stat.Mood
	N        int
	Unread   int
}

// Moment is when one person got feedback, and how it was meant.
type Moment struct {
	At   time.Time
	Mood stat.Mood
}

// Reading is how much of her own feedback somebody got, has not read, and wants to talk about.
type Reading struct {
	EmployeeID int64
	Received   int
	Unread     int
	OneToOne   int
}
