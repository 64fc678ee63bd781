// Package company draws what managers open first: how the journeys do, what changed beyond noise, and whether people
// read what customers say. It shows no person's figure.
package company

import (
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// View is the company in one page.
type View struct {
	Period                        []ui.Tab
	File                          string               // the journeys' figures as a file
	Contrast                      string               // where words are held against each other
	AllWords                      string               // where a file of all words is asked for
	Since                         string               // what the changes compare, in a sentence; "" when the period has no before
	Changes                       []Change             // beyond noise, the worst first
	Rest                          []string             // sentences about the journeys without a change
	Before                        []chart.DumbbellView // journeys before and now, one a unit
	Fallen                        []chart.TrendView    // of journeys that fell beyond noise, the steepest fall first
	Trends                        []chart.TrendView    // of the others
	Weeks                         chart.HeatView
	Lines                         []ui.JourneyLine // every journey
	Journeys                      ui.JourneysView  // those on this page of their list
	Rate                          string
	Waiting                       []Waiting
	Readers                       []Readers
	Disputes, Unattributed, Cases int
	CasesHint                     string
	Loop                          string // how cases of this time do, in a line; "" there were none
	Praise, Blame                 []ui.QuoteView
}

// Change is a journey that changed beyond noise, in a sentence; Why leads to what to fix first on one that fell.
type Change struct {
	Text, Href, Why string
	Better          bool
}

// Waiting is one audience's feedback.
type Waiting struct {
	Audience               string
	Got, Unread, Unreplied int
}

// Readers is a part of the company; Hidden where too few people are in it to be shown.
type Readers struct {
	Name, Share string
	Got         int
	Hidden      bool
	All         bool
}

func (c Change) tone() ui.Tone {
	if c.Better {
		return ui.Success
	}
	return ui.Error
}
