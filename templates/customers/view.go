// Package customers is the page of one customer: all she walked, said and was asked, and how she may be reached. It is
// for those who may know who she is.
package customers

import (
	"context"

	"time"

	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// PageView is one customer.
type PageView struct {
	ID            int64
	Name, Key     string
	Email, Phone  string
	Language      string
	Channel       string
	Segment       string
	OptedOut      *time.Time
	MaySetConsent bool
	Erase         string // where she is erased; "" for who may not
	File          string // all of her data, for who may hand it out
	Cases         []CaseView
	Runs          []RunView
}

// CaseView is one case.
type CaseView struct {
	ID      int64
	Journey string
	State   string
	Tone    ui.Tone
	RunHref string // "" where the answer was given in confidence
	Opened  time.Time
	Closed  *time.Time
}

// RunView is one walk. Of a walk answered in confidence neither key nor answer is here: both together would name her.
type RunView struct {
	Key, Href    string
	Journey      string
	State        run.State
	Tone         ui.Tone
	Opened       time.Time
	Contacts     int
	Asked        string // in words
	Confidential bool
	Answer       string
	Score        string
	Mood         stat.Mood
}

// ListView is the list of customers in sight by name.
type ListView struct {
	Path, Query string
	Rows        page.Of[Line]
}

// Line is one customer in the list.
type Line struct {
	Href, Name, Key string
	OptedOut        bool
	Walks, Open     int
	Last            *time.Time
}

func (v ListView) filter(ctx context.Context) ui.FilterView {
	return ui.FilterView{Path: v.Path, Label: ui.T(ctx, "customers.find"), Own: []string{"q"}, Filtered: v.Query != ""}
}
