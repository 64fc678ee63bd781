package staff

import (
	"strings"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/search"
)

// place is a page that somebody can name instead of looking for it; key is what it is called, guard who may go there.
type place struct {
	href, key string
	guard     reply.Guard
}

// places are the pages of the menu and those one step below it, what is opened daily first.
var places = []place{
	{"/company", "ui.nav.overview", reply.Manager},
	{"/company/measures", "measures.title", reply.Manager},
	{"/feedback", "ui.nav.feedback", reply.Employee},
	{"/feedback?mood=negative", "search.go_unhappy", reply.Employee},
	{"/feedback?unread=1", "search.go_unread", reply.Employee},
	{"/observations", "ui.nav.observations", reply.Signed},
	{"/observations/new", "observations.new", reply.Employee},
	{"/team", "ui.nav.team", reply.Supervisor},
	{"/team/praise", "praise.team", reply.Signed},
	{"/praise/choice", "praise.choice", reply.Leader},
	{"/journeys", "ui.nav.journeys", reply.Leader},
	{"/signals", "signals.title", reply.Leader},
	{"/touchpoints", "ui.nav.touchpoints", reply.Leader},
	{"/runs", "ui.nav.runs", reply.Leader},
	{"/customers", "ui.nav.customers", reply.Named},
	{"/cases", "ui.nav.cases", reply.Signed},
	{"/outreach", "outreach.title", reply.Signed},
	{"/outreach/new", "outreach.new", reply.Leader},
	{"/people", "ui.nav.people", reply.Office},
	{"/people/employees", "people.employees", reply.Office},
	{"/people/users", "people.users", reply.Office},
	{"/settings", "ui.nav.settings", reply.Administrator},
	{"/settings/keys", "settings.keys", reply.Administrator},
	{"/settings/invitations", "settings.invitations", reply.Administrator},
	{"/settings/imports", "tasks.imports", reply.Administrator},
	{"/journeys/new", "journeys.new", reply.Manager},
	{"/people/teams/new", "people.add_team", reply.Administrator},
	{"/people/employees/new", "people.add_employee", reply.Administrator},
	{"/people/employees/import", "people.import", reply.Administrator},
	{"/tasks", "tasks.title", reply.Signed},
	{"/me", "session.me", reply.Signed},
}

// named finds the places of an actor by what they are called in any of the languages; before anything is typed, all of them.
func named(a people.Actor, r *i18n.Reader, typed string) []search.Hit {
	q := i18n.Normalize(typed)
	if q == "" && typed != "" {
		return nil
	}
	var out []search.Hit
	for _, p := range places {
		if p.guard.Admits(a) && called(p.key, q) {
			out = append(out, search.Hit{Text: r.T(p.key), Href: p.href})
		}
	}
	return out
}

func called(key, q string) bool {
	for _, lang := range i18n.Languages {
		if strings.Contains(i18n.Normalize(i18n.NewReader(lang, "", nil).T(key)), q) {
			return true
		}
	}
	return false
}
