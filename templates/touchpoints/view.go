// Package touchpoints draws the places where the company meets customers: what their owners see, and how they are
// described.
package touchpoints

import (
	"cmp"
	"strconv"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// ListView is all touchpoints in sight.
type ListView struct {
	Path      string
	Query     string
	Filter    ui.FilterView
	Period    []ui.Tab
	Rows      page.Of[Line]
	MayCreate bool
}

// Orders are the orders of the list; a touchpoint without a solid score has no place among the scores.
func Orders(r *i18n.Reader, desc bool) page.Orders[Line] {
	word := func(of func(Line) string) func(a, b Line) int {
		return func(a, b Line) int { return r.Compare(of(a), of(b)) }
	}
	return page.Orders[Line]{
		"name":     word(func(l Line) string { return l.Name }),
		"owner":    word(func(l Line) string { return l.Owner }),
		"team":     word(func(l Line) string { return l.Team }),
		"contacts": func(a, b Line) int { return cmp.Compare(a.Contacts, b.Contacts) },
		"score":    func(a, b Line) int { return ui.CompareFigures(a.figure(), b.figure(), desc) },
	}
}

// figure is the one on the touchpoint's most answered scale; none where it was never rated.
func (l Line) figure() ui.FigureView {
	if len(l.Figures) == 0 {
		return ui.FigureView{}
	}
	return l.Figures[0]
}

// Line is one touchpoint among others; Figures one a scale.
type Line struct {
	ID          int64
	Name        string
	NameIn      i18n.Lang // another language than the reader's, where the name is in one
	Channel     string
	Owner, Team string
	Figures     []ui.FigureView
	Contacts    int
}

// PageView is one touchpoint as its owner sees it.
type PageView struct {
	ID       int64
	Name     string
	NameIn   i18n.Lang // as Line has it
	MayEdit  bool
	Period   []ui.Tab
	Facts    []ui.Fact
	Judged   string // what it means for people
	Figures  []ui.FigureView
	Changes  []ui.ChangeView // beside Figures
	Trends   []chart.TrendView
	Watch    []chart.TrendView        // its control charts, one a scale
	Frozen   string                   // since when they are held against weeks of its own again, in a sentence
	Spreads  []chart.DistributionView // beside Trends
	Journeys []On
	Contacts int
	Kept     string // the share of promises kept in time; "" where too few have fallen due to be told
	Promises string // the same in a sentence
	Promise  string // where the promise desk is; "" where nothing was promised in this time
	Words    ui.Words
}

// On is how a touchpoint does on one journey.
type On struct {
	ID      int64
	Name    string
	NameIn  i18n.Lang // as Line has it
	Figures []ui.FigureView
}

// FormView is the form of a touchpoint; ID 0 is a new one. Values are as typed.
type FormView struct {
	ID              int64
	Key             string
	Name            i18n.Text
	Channels        []ui.Option
	Elements        []ui.Option
	Teams           []ui.Option
	Owners          []ui.Option
	MayAppoint      bool // team and owner are the managers' to say
	Team, Owner     string
	Judged          []ui.Option
	PromiseDays     string
	PromiseBusiness bool
	Cost, Currency  string
	Problems        []fault.Field
}

func path(id int64) string { return "/touchpoints/" + strconv.FormatInt(id, 10) }

func (v FormView) action() string {
	if v.ID == 0 {
		return "/touchpoints"
	}
	return path(v.ID)
}

func (v FormView) titleKey() string {
	if v.ID == 0 {
		return "touchpoints.new"
	}
	return "touchpoints.editing"
}

func (v FormView) back() string {
	if v.ID == 0 {
		return "/touchpoints"
	}
	return path(v.ID)
}
