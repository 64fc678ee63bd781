// Package survey decides whom we may ask, how and when: the question set of a journey's version, the invitation of one
// customer about one run, and the contact policy that protects customers from being flooded. What they answer is in
// package feedback.
package survey

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Anonymity is what we promise before the first question.
type Anonymity string

// Identified: the person who served sees the answer with its case possible; confidential: employees and supervisors see
// words without customer; anonymous: no customer is stored with the answer.
const (
	Identified   Anonymity = "identified"
	Confidential Anonymity = "confidential"
	Anonymous    Anonymity = "anonymous"
)

// Survey is what is asked at the end of a run of one version of a journey.
type Survey struct {
	ID              int64
	JourneyID       int64
	VersionID       int64
	Scale           stat.Scale
	TouchpointScale stat.Scale
	Question        i18n.Text // empty: the ready question of the metric
	Anonymity       Anonymity
	CreatedAt       time.Time
}

// Reworded says that from a moment on new runs of a journey are asked about the whole in other words, so that answers must
// not be compared with those before. Another scale is not listed: figures of different scales never meet anyway.
type Reworded struct {
	JourneyID int64
	Version   int
	At        time.Time
}

// State of an invitation.
type State string

// States of an invitation, in the order a good one passes them.
const (
	Planned    State = "planned"
	Suppressed State = "suppressed"
	Sent       State = "sent"
	Bounced    State = "bounced"
	Opened     State = "opened"
	Answered   State = "answered"
	Expired    State = "expired"
)

// Channels an invitation can take.
const (
	ByMail     = "mail"
	BySMS      = "sms"
	ByHandover = "link" // a link or QR code given by an employee
)

// Invitation is one request to one customer about one run. NextAt is when something is due: the first message, a
// reminder, or the expiry; nil when nothing is.
type Invitation struct {
	ID         int64
	RunID      int64
	CustomerID int64
	SurveyID   int64
	Channel    string
	Language   i18n.Lang
	State      State
	Reason     string // why it was suppressed, or the last failure to send; a message key
	PlannedAt  time.Time
	NextAt     *time.Time
	SentAt     *time.Time
	OpenedAt   *time.Time
	AnsweredAt *time.Time
	ExpiresAt  time.Time
	Reminders  int
	Attempts   int
	CreatedAt  time.Time

	// Handed says that it was opened by a link that an employee handed over and may still hold.
	Handed bool `gorm:"-"`
}

// Asking reports whether an answer is still awaited.
func (i Invitation) Asking() bool {
	return i.State == Planned || i.State == Sent || i.State == Opened
}

// MayAnswer reports whether the link still takes an answer at now: sent, handed over, or being replaced before expiry.
func (i Invitation) MayAnswer(now time.Time) bool {
	return now.Before(i.ExpiresAt) && i.State != Suppressed && i.State != Expired
}

// Path is where the token of a message leads, below the public address.
func Path(token string) string { return "/s/" + token }

// StopPath is where the token ends being asked, also by the one click of a mail program (RFC 8058).
func StopPath(token string) string { return Path(token) + "/stop" }
