// Package runs is the pages of customers' walks: the list, and one walk across all departments with what was asked and
// answered at its end. What a reader may not see is not in the views.
package runs

import (
	"context"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// ListView is the list of walks with its filter as it was typed.
type ListView struct {
	Path     string
	File     string // the same list as a file; "" while the filter has problems
	Rows     page.Of[Line]
	Journeys []ui.Option
	State    run.State
	Broken   []ui.Option // the touchpoint whose promise was broken; nil where none is asked for
	Key      string
	From, To string
	Problems []fault.Field
}

// filtered reports whether anything was asked for.
func (v ListView) filtered() bool {
	if v.State != "" || len(v.Broken) > 0 || v.Key != "" || v.From != "" || v.To != "" {
		return true
	}
	for _, o := range v.Journeys {
		if o.Chosen && o.Value != "" {
			return true
		}
	}
	return false
}

// Line is one walk in the list.
type Line struct {
	Href, Key, Journey string
	JourneyIn          i18n.Lang // another language than the reader's, where the name is in one
	State              run.State
	Opened, Last       time.Time
	Contacts           int
	Answered           bool
}

// PageView is one walk as one reader may see it.
type PageView struct {
	Key          string
	Journey      string
	JourneyIn    i18n.Lang // as Line has it
	JourneyHref  string    // "" where the reader has no such page
	State        run.State
	Opened, Last time.Time
	Ended        *time.Time
	Customer     string // "" where the reader may not know
	CustomerHref string
	HiddenKey    string // why the customer is not named
	Contacts     []ui.Contact
	Invitation   *InvitationView
	HandOver     string // where a link is made to hand over; "" where nothing can be
	Answer       *AnswerView
	Replaced     []AnswerView // the latest first
	Cases        []ui.Crumb   // opened about it, by their state, as far as they are the reader's to see
	Ledger       []LedgerLine // nil where the reader has none
}

// duration is how long the walk took so far.
func (v PageView) duration() time.Duration {
	if v.Ended != nil {
		return v.Ended.Sub(v.Opened)
	}
	return v.Last.Sub(v.Opened)
}

// InvitationView is whether and how the customer was asked.
type InvitationView struct {
	State, Channel, Reason string // in words
	Tone                   ui.Tone
	Planned                time.Time
	Sent, Opened, Answered *time.Time
	Expires                time.Time
	Reminders              int
}

// AnswerView is one answer.
type AnswerView struct {
	Quote       ui.QuoteView
	Expectation string // in words; "" when not said
	Resolved    *bool
	Contact     bool
	Anonymity   string // in words
	Ratings     []RatingView
	Others      int // ratings the reader may not see
}

// RatingView is one touchpoint's rating with whom it concerns.
type RatingView struct {
	Touchpoint  string
	Score       string
	Mood        stat.Mood
	Expectation string
	Comment     string
	Concerns    []Concern
}

// Concern is one attribution.
type Concern struct {
	Who, Why string
	Active   bool
}

// LedgerLine is one thing that happened.
type LedgerLine struct {
	At        time.Time
	What, Who string
	More      string
}

// StateTone is how the state of a walk is meant: an abandoned one is a warning.
func StateTone(s run.State) ui.Tone {
	switch s {
	case run.Completed:
		return ui.Success
	case run.Abandoned:
		return ui.Warning
	}
	return ui.Info
}

func states(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Text: ui.T(ctx, "common.all")}}
	for _, s := range []run.State{run.Open, run.Completed, run.Abandoned} {
		out = append(out, ui.Option{Value: string(s), Text: ui.T(ctx, "runs.state_"+string(s))})
	}
	return out
}

// dateHint shows how a date is typed in the reader's calendar.
func dateHint(ctx context.Context) string {
	r := i18n.From(ctx)
	return r.T("runs.date_hint", "date", i18n.Isolate(r.DateField(time.Now())))
}

func solved(yes bool) string {
	if yes {
		return "runs.solved"
	}
	return "runs.unsolved"
}

func (v ListView) filter(ctx context.Context) ui.FilterView {
	return ui.FilterView{Path: v.Path, Label: ui.T(ctx, "common.filter"), Own: []string{"journey", "state", "broken", "key", "from", "to"}, Filtered: v.filtered()}
}
