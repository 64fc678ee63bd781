// Package team is the supervisor's pages: her teams, what has to be settled, and the preparation of a one-to-one. It
// ranks nobody and decides nothing; texts in its views are in the reader's language already.
package team

import (
	"context"

	"github.com/a-h/templ"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// PageView is the page of all her teams.
type PageView struct {
	Path        string // with its query
	Thank       []Said // praise, on the page as it opens
	Talk        []Said // what was not praise
	EveryWord   string // where all words are listed; "" where they are
	Words       []Said // the list of words, narrowed or not
	Moods       []ui.Tab
	Touch       ui.FieldView
	WordsFilter ui.FilterView
	WordsPager  ui.PagerView
	Narrowed    bool   // the words are
	AllWords    string // where they are not
	File        string
	Settle      []SettleItem
	MoreOpen    int // how many more wait than Settle shows
	Scales      []string
	Teams       []TeamRow
	Since       string // the first day that their figures count
	Query       string
	Find        ui.FilterView
	Employees   page.Of[EmployeeRow]
}

// Said is one customer's words with what must be known to read them.
type Said struct {
	Quote ui.QuoteView
	Notes []string
}

// SettleItem is one rating somebody has to decide about.
type SettleItem struct {
	Said
	Why  string
	Href string
}

// TeamRow is one team of the tree with a figure per scale.
type TeamRow struct {
	Depth      int
	Name       string
	Supervisor string
	Figures    []Cell
}

// Cell is a figure, or one that is hidden though it is large enough: with it a smaller one could be computed.
type Cell struct {
	Figure    ui.FigureView
	Concealed bool
}

// EmployeeRow is one employee: whether feedback is read is about the loop, not about her.
type EmployeeRow struct {
	Name, Team, Href           string
	Received, Unread, OneToOne int
}

// RatingView is one rating with whom it concerns, how that came about, and what can be decided.
type RatingView struct {
	Quote    ui.QuoteView
	Notes    []string
	Whom     []string // nobody when empty
	Past     []PastLine
	Disputed bool
	Path     string // of this page, without query
	Query    string // searched name
	To       ui.FieldView
	Reason   ui.FieldView
	Why      ui.FieldView // the reason to leave it as it is
	Problems []fault.Field
}

// PastLine is one line of how the attribution changed.
type PastLine struct {
	When, What, Reason string
}

// EmployeeView prepares a one-to-one.
type EmployeeView struct {
	Name, Team string
	Tabs       []Tab
	Quotes     []ui.QuoteView
	Notes      [][]string
	Pager      ui.PagerView
	Empty      ui.EmptyView
	Ranges     templ.Component
	Absences   templ.Component
	Sheet      string     // of the talk that this prepares
	Marks      [][2]int64 // response and touchpoint of each quote, where the reader may put it on the sheet
}

// Tab narrows the list.
type Tab struct {
	Text, Href string
	Chosen     bool
}

// count writes a number in the reader's digits.
func count(r *i18n.Reader, n int) string { return r.Int(int64(n)) }

func teamColumns(ctx context.Context, scales []string) []ui.Column {
	columns := []ui.Column{{Label: ui.T(ctx, "team.team")}, {Label: ui.T(ctx, "team.supervisor")}}
	for _, s := range scales {
		columns = append(columns, ui.Column{Label: s})
	}
	return columns
}

// scaleAt is what the head says of a figure.
func scaleAt(scales []string, i int) string {
	if i < len(scales) {
		return scales[i]
	}
	return ""
}

func none(kind string) string {
	if kind == "thank" {
		return "team.no_thanks"
	}
	return "team.no_talk"
}
