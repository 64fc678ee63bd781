// Package feedback is what customers answered and whom it concerns: responses, ratings, their attribution to the people
// who served, and the feedback that each audience gets to read. Figures made of many answers are in package insight.
package feedback

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Response is one person's answers about one run. Revision counts from 1; a replaced answer keeps its ID.
type Response struct {
	ID           int64
	Key          string // external key of an imported answer
	RunID        int64
	JourneyID    int64
	SurveyID     int64
	CustomerID   int64 // 0 when anonymous
	InvitationID int64
	Scale        stat.Scale
	Overall      *int
	Expectation  *int // −2 much worse … +2 much better than expected
	Comment      string
	Search       string
	Language     i18n.Lang
	Resolved     *bool
	WantsContact bool
	Anonymity    survey.Anonymity
	AnsweredAt   time.Time
	Day          int32   // the day the run ended
	Met          []int64 `gorm:"serializer:json"` // what was known to be met on the run when the answer came
	Revision     int
	CreatedAt    time.Time

	Ratings []Rating `gorm:"-"`
	Notices []Notice `gorm:"-"`

	Promises []Promise `gorm:"-" json:"-"` // made on the run so far; only of an answer that Compose made
}

// Rating is one number about one touchpoint on one run.
type Rating struct {
	ResponseID   int64 `gorm:"primaryKey"`
	TouchpointID int64 `gorm:"primaryKey"`
	JourneyID    int64
	At           time.Time // of the contact
	Day          int32     // of the contact
	Scale        stat.Scale
	Value        int
	Expectation  *int
	Comment      string
	Judged       journey.Judged // as it was when the rating came
	AnsweredAt   time.Time

	Attributions []Attribution `gorm:"-"`
}

// Attribution says that a rating concerns an employee and a team. EmployeeID 0: the team, and nobody in person.
type Attribution struct {
	ResponseID   int64 `gorm:"primaryKey"`
	TouchpointID int64 `gorm:"primaryKey"`
	EmployeeID   int64 `gorm:"primaryKey"`
	TeamID       int64 `gorm:"primaryKey"`
	Active       bool
	Cause        Cause
	ChangedAt    time.Time
}

// Cause says why an attribution is as it is.
type Cause string

// Served at the contact; owns the process; moved by a supervisor; disowned by the employee ("not me", "the system").
const (
	CauseServed   Cause = "served"
	CauseProcess  Cause = "process"
	CauseMoved    Cause = "moved"
	CauseDisowned Cause = "disowned"
)

// Audience says why somebody gets to read an answer, the closest reason first.
type Audience string

// Audiences in order of closeness; a person gets an answer once, for the closest reason.
const (
	ToEmployee   Audience = "employee"
	ToSupervisor Audience = "supervisor"
	ToOwner      Audience = "owner"
	ToLeader     Audience = "leader"
)

// Notice is one answer as one person gets it. TouchpointID 0 is the journey as a whole.
type Notice struct {
	ResponseID   int64 `gorm:"primaryKey"`
	TouchpointID int64 `gorm:"primaryKey"`
	EmployeeID   int64 `gorm:"primaryKey"`
	Audience     Audience
	Mood         stat.Mood
	At           time.Time
	ReadAt       *time.Time
	Reply        Reply
	RepliedAt    *time.Time
	SettledAt    *time.Time // a supervisor dealt with a "not me" or "the system"
	WithdrawnAt  *time.Time // no longer concerns this person
}

// Reply is what a person says to feedback.
type Reply string

// Replies an employee can give.
const (
	ReplyNone     Reply = ""
	ReplyThanks   Reply = "thanks"
	ReplyNotMe    Reply = "not_me"
	ReplySystem   Reply = "system"
	ReplyOneToOne Reply = "one_to_one"
)

// Replies lists what can be replied.
var Replies = []Reply{ReplyThanks, ReplyNotMe, ReplySystem, ReplyOneToOne}

// Disowns reports whether the reply says that the rating is not about this person.
func (r Reply) Disowns() bool { return r == ReplyNotMe || r == ReplySystem }

// Later reports whether r was answered after other; at the same moment the greater key counts as later.
func (r Response) Later(other Response) bool {
	if c := r.AnsweredAt.Compare(other.AnsweredAt); c != 0 {
		return c > 0
	}
	return r.Key > other.Key
}
