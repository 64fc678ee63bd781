// Package settings is the pages on which administrators set how customers are asked and which machines may knock.
package settings

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// Part is one of the pages of settings.
type Part string

// Parts.
const (
	Policy      Part = "policy"
	Keys        Part = "keys"
	Invitations Part = "invitations"
	Holidays    Part = "holidays"
	Cases       Part = "cases"
	Imports     Part = "imports"
	Checks      Part = "checks"
)

var parts = []struct {
	Part      Part
	Href, Key string
}{
	{Policy, "/settings", "settings.policy"},
	{Holidays, "/settings/holidays", "holidays.title"},
	{Cases, "/settings/cases", "cases.rules"},
	{Keys, "/settings/keys", "settings.keys"},
	{Invitations, "/settings/invitations", "settings.invitations"},
	{Imports, "/settings/imports", "tasks.imports"},
	{Checks, "/settings/check", "tasks.kind_check"},
}

// Tabs are the parts of the settings for pages of other packages.
func Tabs(at Part) []ui.NavItem {
	out := make([]ui.NavItem, len(parts))
	for i, p := range parts {
		out[i] = ui.NavItem{Href: p.Href, Key: p.Key, Active: p.Part == at}
	}
	return out
}

// PolicyView is the contact policy as it was typed, by field.
type PolicyView struct {
	Values   map[string]string
	Problems []fault.Field
	Language string // the company's own
	Zone     string
	Week     []ui.Option // the weekdays, those off chosen

	WeekProblems []fault.Field
}

func (v PolicyView) number(ctx context.Context, name string) ui.FieldView {
	return ui.FieldView{Name: name, Label: ui.T(ctx, "settings."+name), Hint: ui.T(ctx, "settings."+name+"_hint"), Value: v.Values[name],
		Dir: "ltr", Required: true, Problem: ui.Problem(ctx, v.Problems, name), Attrs: map[string]any{"inputmode": "numeric"}}
}

// KeysView is the list of keys; Fresh is the text of one just issued, shown this once.
type KeysView struct {
	Path     string
	Rows     page.Of[KeyLine]
	Name     string // as typed
	Problems []fault.Field
	Fresh    string
}

// KeyLine is one key.
type KeyLine struct {
	ID            int64
	Name, Prefix  string
	Created       time.Time
	Used, Revoked *time.Time
}

// KeyOrders are the orders of the list of keys; one never used comes before all that were.
func KeyOrders(r *i18n.Reader) page.Orders[KeyLine] {
	moment := func(at *time.Time) int64 {
		if at == nil {
			return 0
		}
		return at.UnixMicro()
	}
	return page.Orders[KeyLine]{
		"name":    func(a, b KeyLine) int { return r.Compare(a.Name, b.Name) },
		"created": func(a, b KeyLine) int { return a.Created.Compare(b.Created) },
		"used":    func(a, b KeyLine) int { return cmp.Compare(moment(a.Used), moment(b.Used)) },
	}
}

// InvitationsView is the list of invitations.
type InvitationsView struct {
	Path            string
	File            string // the same list as a file
	States, Reasons []ui.Option
	Rows            page.Of[InvitationLine]
}

// InvitationLine is one invitation.
type InvitationLine struct {
	Key, Href, Journey string // Href is "" where the reader may not see the walk
	State              survey.State
	Channel, Reason    string
	Planned            time.Time
	Sent, Answered     *time.Time
}

// Tone is how the state of an invitation is meant.
func Tone(s survey.State) ui.Tone {
	switch s {
	case survey.Answered:
		return ui.Success
	case survey.Bounced:
		return ui.Error
	case survey.Suppressed, survey.Expired:
		return ui.Warning
	}
	return ui.Info
}

// filtered reports whether anything was asked for.
func (v InvitationsView) filtered() bool {
	chosen := func(o ui.Option) bool { return o.Chosen && o.Value != "" }
	return slices.ContainsFunc(v.States, chosen) || slices.ContainsFunc(v.Reasons, chosen)
}

func (v InvitationsView) filter(ctx context.Context) ui.FilterView {
	return ui.FilterView{Path: v.Path, Label: ui.T(ctx, "common.filter"), Own: []string{"state", "reason"}, Filtered: v.filtered()}
}
