package survey

import (
	"time"

	"github.com/journeyloop/journeyloop/internal/run"
)

// Policy is how often and when a customer may be asked (methods.md §8.1 and §8.2). Days are calendar days.
type Policy struct {
	DelayHours             int    // after a run's end
	QuarantineAnsweredDays int    // since she last answered
	QuarantineSilentDays   int    // since she was last asked and did not answer
	YearlyCap              int    // invitations in 365 days
	QuietFrom, QuietUntil  int    // hours of the company's day in which nothing is sent: 20 to 9
	ReminderDays           []int  // after the first message
	ExpiryDays             int    // after the first message
	DefaultChannel         string // where a customer prefers none
}

// DefaultPolicy is what methods.md recommends.
func DefaultPolicy() Policy {
	return Policy{DelayHours: 24, QuarantineAnsweredDays: 30, QuarantineSilentDays: 14, YearlyCap: 6, QuietFrom: 20, QuietUntil: 9,
		ReminderDays: []int{3, 7}, ExpiryDays: 14, DefaultChannel: ByMail}
}

// Reasons for not asking; message keys.
const (
	BecauseOptedOut   = "invitation.opted_out"
	BecauseNoContact  = "invitation.no_contact"
	BecauseOpenCase   = "invitation.open_case"
	BecauseQuarantine = "invitation.quarantine"
	BecauseYearlyCap  = "invitation.yearly_cap"
	BecausePast       = "invitation.imported_past"
	BecauseNoCustomer = "invitation.no_customer"
	BecauseNoPhone    = "invitation.no_phone"
	BecauseCall       = "invitation.call_planned"
)

// History is what the policy must know about one customer.
type History struct {
	LastAsked    *time.Time // last invitation that reached her, or conversation on the phone that we began
	LastAnswered *time.Time
	AskedInYear  int
	OpenCase     bool
	SurveyAt     *time.Time // when a first message is to go out
	CallPlanned  bool       // a list has her, and she waits to be called
}

// Asked is the history with one more time she was asked, and when she answered.
func (h History) Asked(at time.Time, answered *time.Time) History {
	h.AskedInYear++
	h.LastAsked = later(h.LastAsked, &at)
	h.LastAnswered = later(h.LastAnswered, answered)
	return h
}

func later(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.After(*a) {
		return b
	}
	return a
}

// Channel picks how to reach the customer: her preference where we have the address for it, else the company's, else
// whatever address there is; "" when there is none.
func (p Policy) Channel(c run.Customer) string {
	for _, ch := range []string{c.Channel, p.DefaultChannel, ByMail, BySMS} {
		if Reaches(c, ch) {
			return ch
		}
	}
	return ""
}

// Reaches tells whether something sent to a customer by a channel can arrive.
func Reaches(c run.Customer, channel string) bool {
	return channel == ByMail && c.MailTo() != "" || channel == BySMS && c.TextTo() != ""
}

// Suppress returns why this customer is sent no survey, or "". Permanent reasons come before passing ones. Whom we are about
// to call is not surveyed too.
func (p Policy) Suppress(c run.Customer, h History, now time.Time) string {
	if h.SurveyAt != nil {
		h = h.Asked(*h.SurveyAt, nil)
	}
	reason := ""
	if p.Channel(c) == "" {
		reason = BecauseNoContact
	}
	if reason = p.spare(c, h, reason, now); reason == "" && h.CallPlanned {
		reason = BecauseCall
	}
	return reason
}

// SuppressCall returns why this customer is not called unasked, or "". A survey that has not gone out gives way to the call;
// one that has counts as in Suppress.
func (p Policy) SuppressCall(c run.Customer, h History, now time.Time) string {
	reason := ""
	if c.Phone == "" {
		reason = BecauseNoPhone
	}
	return p.spare(c, h, reason, now)
}

// spare is why a customer is left in peace; unreachable is why she cannot be disturbed at all, or "".
func (p Policy) spare(c run.Customer, h History, unreachable string, now time.Time) string {
	within := func(t *time.Time, days int) bool { return t != nil && now.Sub(*t) < time.Duration(days)*24*time.Hour }
	switch {
	case c.ID == 0:
		return BecauseNoCustomer
	case c.OptedOutAt != nil:
		return BecauseOptedOut
	case unreachable != "":
		return unreachable
	case h.OpenCase:
		return BecauseOpenCase
	case within(h.LastAnswered, p.QuarantineAnsweredDays), within(h.LastAsked, p.QuarantineSilentDays):
		return BecauseQuarantine
	case p.YearlyCap > 0 && h.AskedInYear >= p.YearlyCap:
		return BecauseYearlyCap
	}
	return ""
}

// PlannedAt is when the first message goes out: the delay after the end, moved out of the quiet hours.
func (p Policy) PlannedAt(ended, now time.Time, zone *time.Location) time.Time {
	at := ended.Add(time.Duration(p.DelayHours) * time.Hour)
	if at.Before(now) {
		at = now
	}
	return p.OutOfQuiet(at, zone)
}

// OutOfQuiet moves a moment to the next hour at which people may be disturbed.
func (p Policy) OutOfQuiet(at time.Time, zone *time.Location) time.Time {
	local := at.In(zone)
	if !p.quiet(local.Hour()) {
		return at
	}
	end := time.Date(local.Year(), local.Month(), local.Day(), p.QuietUntil, 0, 0, 0, zone)
	if !end.After(local) {
		end = time.Date(local.Year(), local.Month(), local.Day()+1, p.QuietUntil, 0, 0, 0, zone)
	}
	return end.UTC()
}

// quiet: from 20 to 9 wraps over midnight, from 0 to 7 does not; equal hours mean no quiet time.
func (p Policy) quiet(hour int) bool {
	if p.QuietFrom <= p.QuietUntil {
		return hour >= p.QuietFrom && hour < p.QuietUntil
	}
	return hour >= p.QuietFrom || hour < p.QuietUntil
}

// Next is when an invitation is due again after its first message and n reminders: the next reminder, else its expiry.
func (p Policy) Next(inv Invitation, zone *time.Location) time.Time {
	if inv.SentAt != nil && inv.Reminders < len(p.ReminderDays) {
		at := p.OutOfQuiet(inv.SentAt.Add(time.Duration(p.ReminderDays[inv.Reminders])*24*time.Hour), zone)
		if at.Before(inv.ExpiresAt) {
			return at
		}
	}
	return inv.ExpiresAt
}
