// Package notify says who hears about which event, when, and by which channel. It is not for what happened (event), not
// for sending (deliver), and it knows no words: what somebody is told is put into her language when it is shown or mailed.
package notify

import (
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Pace is how soon mail tells of an event.
type Pace string

// Paces. What is told daily or weekly goes into one mail.
const (
	AtOnce Pace = "at_once"
	Daily  Pace = "daily"
	Weekly Pace = "weekly"
	Never  Pace = "never"
)

// Paces are in the order they are offered.
var Paces = []Pace{AtOnce, Daily, Weekly, Never}

// PraiseArrived is no line of the ledger: it is in an answer, found by who looks at it.
const PraiseArrived = "praise_arrived"

// Events are what somebody can hear of, in the order they are offered: praise first.
var Events = []string{PraiseArrived, event.CaseAssigned, event.CaseHandedOver, event.CaseTakenOver, event.CaseTriggered, event.CaseAnswered,
	event.CaseMailBounced, event.CaseReopened, event.CaseVerified, event.CaseUnverified, event.CaseWarned, event.ObservationAnswered, event.ObservationRecorded, event.ObservationCandidate,
	event.SignalSounded, event.CoachingPlanned, event.AbsenceSet, event.TaskFailed, event.UserMailBounced}

// usual is for whoever has not said otherwise: what asks for something is mailed at once, what is good to know once a day.
func usual(verb string) Pace {
	switch verb {
	case PraiseArrived, event.CaseTriggered, event.CaseTakenOver, event.CaseVerified, event.CaseUnverified, event.ObservationAnswered, event.ObservationRecorded, event.ObservationCandidate, event.CoachingPlanned:
		return Daily
	}
	return AtOnce
}

// Settings are what mail tells one person, and when it leaves her in peace; the page of what is new tells her everything.
// Hours are 0 to 23 by her clock.
type Settings struct {
	Events     map[string]Pace // by verb; what is missing is as usual
	QuietFrom  int             // no mail from this hour …
	QuietUntil int             // … to this one; the same hour is no quiet time
	DigestHour int             // of the mail that tells of many
	DigestDay  time.Weekday    // of the weekly one
	NoDigest   bool            // her week is not looked back on
	Zone       string          // "" is the company's
}

// DefaultSettings are a person's until she says otherwise; her week begins on a day of her language.
func DefaultSettings(r *i18n.Reader) Settings {
	return Settings{QuietFrom: 20, QuietUntil: 8, DigestHour: 8, DigestDay: r.WeekStart()}
}

// Of is how soon mail tells of an event.
func (s Settings) Of(verb string) Pace {
	if p, ok := s.Events[verb]; ok {
		return p
	}
	return usual(verb)
}

// Check is Invalid for hours, days, paces, events and zones there are not, and for an own address that is none.
func (s Settings) Check(own string) error {
	var p fault.Problems
	if own != "" && !people.IsAddress(own) {
		p.Add("own_email", "people.email_wrong")
	}
	for name, hour := range map[string]int{"quiet_from": s.QuietFrom, "quiet_until": s.QuietUntil, "digest_hour": s.DigestHour} {
		if hour < 0 || hour > 23 {
			p.Add(name, "errors.range", "lo", 0, "hi", 23)
		}
	}
	if s.DigestDay < time.Sunday || s.DigestDay > time.Saturday {
		p.Add("digest_day", "errors.choice")
	}
	if _, err := time.LoadLocation(s.Zone); err != nil {
		p.Add("zone", "errors.choice")
	}
	for verb, pace := range s.Events {
		if !slices.Contains(Events, verb) || !slices.Contains(Paces, pace) {
			p.Add(verb, "errors.choice")
		}
	}
	return p.Err()
}

// clock is the zone by which the person lives.
func (s Settings) clock(company *time.Location) *time.Location {
	if s.Zone == "" {
		return company
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return company
	}
	return zone
}

// MailDue is when mail tells of what happened at a moment, false for never. What is told at once waits for the end of
// quiet hours; a digest goes at its hour, after the moment, and waits likewise.
func (s Settings) MailDue(pace Pace, at time.Time, company *time.Location) (time.Time, bool) {
	zone := s.clock(company)
	switch pace {
	case AtOnce:
	case Daily, Weekly:
		at = next(s.DigestHour, at, zone)
		for pace == Weekly && at.Weekday() != s.DigestDay {
			at = next(s.DigestHour, at, zone)
		}
	default:
		return time.Time{}, false
	}
	if s.quiet(at.In(zone).Hour()) {
		at = next(s.QuietUntil, at, zone)
	}
	return at, true
}

// next is the first time after a moment at which the clock of a zone shows a full hour.
func next(hour int, after time.Time, zone *time.Location) time.Time {
	for day := i18n.Day(after, zone); ; day++ {
		y, m, d := i18n.DayTime(day).Date()
		if at := time.Date(y, m, d, hour, 0, 0, 0, zone); at.After(after) {
			return at
		}
	}
}

func (s Settings) quiet(hour int) bool {
	if s.QuietFrom <= s.QuietUntil {
		return s.QuietFrom <= hour && hour < s.QuietUntil
	}
	return hour >= s.QuietFrom || hour < s.QuietUntil
}
