// Package feedback is the page of one employee's own feedback: words first, numbers second, nobody's rank. It decides
// nothing; texts in its views are in the reader's language already.
package feedback

import (
	"context"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// PageView is the whole page.
type PageView struct {
	File     string // what is asked for, as a file
	Path     string // this page's path and query
	Audience string // of the list, as the form sends it on
	Mood     string
	Tabs     []Tab // why she gets feedback; fewer than two are not shown
	Moods    []Tab
	Period   ui.FieldView
	Touch    ui.FieldView
	Unread   bool
	Filtered bool // something narrows the list
	Quotes   []QuoteView
	Pager    ui.PagerView
	Empty    ui.EmptyView
	Ranges   []RangeView
	Process  string             // how much of what is negative is about the process; "" says nothing
	Calendar chart.CalendarView // her own feedback by day
	Day      string             // the day the list is of; "" is of no day in particular
	Owned    bool               // the list is about her own work
	Lately   *LatelyView
	Answers  int // to what she wrote down, not read yet
}

// LatelyView is the sentence on top of the page: who was unhappy in the last days, and what their walks show.
type LatelyView struct {
	Text    string
	Unhappy bool
	Reasons []string
	Href    string // exactly those; "" where there are none
}

// here reports whether the page already shows exactly those.
func (v LatelyView) here(p PageView) bool { return v.Href == p.Path }

// Tab is one way to narrow the list, with how many there are.
type Tab struct {
	Text   string
	Count  int
	Unread int
	Href   string
	Chosen bool
}

// QuoteView is one customer's words with what the reader may say to them.
type QuoteView struct {
	Quote   ui.QuoteView
	Praise  bool     // for her own work
	Share   string   // where she lets her team read it; "" where she cannot
	Shared  bool     // her team reads it
	Whole   string   // words about the journey as a whole, beside those about the touchpoint
	Before  []string // what her customer lived through before it
	Notes   []string // expectation, who shared it, how the journey was as a whole
	Said    string   // what she replied, "" while nothing
	Settled string   // what came of it
	Action  string   // where replies go; "" where none can be given any more
	Back    string
	Replies []ReplyView
}

// ReplyView is one reply that can be given.
type ReplyView struct{ Value, Text, Hint string }

// RangeView is her own range at one touchpoint, in words.
type RangeView struct {
	Touchpoint string
	Hidden     string   // why there is no range; "" where there is one
	Low, High  *float64 // percent satisfied
	Raw        string   // how many of how many
	Team       string   // how it stands to what all who serve there have in common; "" says nothing
	Past       string
}

// shown tells whether there is a range to see.
func (v RangeView) shown() bool { return v.Hidden == "" }

// percent writes a share in the reader's digits, kept whole in right-to-left sentences.
func percent(ctx context.Context, x *float64) string {
	if x == nil {
		return ""
	}
	return i18n.Isolate(i18n.From(ctx).Percent(*x, 0))
}
