package staff

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/templates/search"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) searchRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/search", Guard: reply.Signed, Handle: d.searchPage},
		{Method: http.MethodPost, Path: "/search", Guard: reply.Signed, Handle: d.searchOffers},
	}
}

const (
	longestQuery  = 200 // how much of what was typed is looked for, in characters
	shortestQuery = 2   // while somebody types, a single letter would find nearly everybody
	offered       = 5   // how many of each kind are offered while somebody types
)

// searchPage finds people, teams, journeys, touchpoints, walks, customers and the reader's own places. What was looked for
// is never logged: it is a name more often than not.
func (d *Desk) searchPage(c echo.Context) error {
	q := typed(c.QueryParam("q"))
	groups, total, err := d.search(c, q, q)
	if err != nil {
		return err
	}
	v := search.PageView{Query: q, Total: total, Groups: groups}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "search.title")}, search.Page(v))
}

// searchOffers answers what is being typed, letter by letter. It is a POST, so that names are in nobody's address, history
// or log; before anything is typed it offers the places one can go to.
func (d *Desk) searchOffers(c echo.Context) error {
	r, q := reply.Reader(c), typed(c.FormValue("q"))
	inStore := q
	if len([]rune(q)) < shortestQuery {
		inStore = ""
	}
	groups, _, err := d.search(c, q, inStore)
	if err != nil {
		return err
	}
	var v ui.PaletteView
	n := 0
	for _, g := range groups {
		offer := ui.PaletteGroup{Label: r.T(g.Key)}
		for _, h := range g.Hits {
			if h.Href != "" && (len(offer.Hits) < offered || q == "") {
				offer.Hits = append(offer.Hits, ui.PaletteHit{Text: h.Text, Note: h.Note, Href: h.Href})
			}
		}
		if n += len(offer.Hits); len(offer.Hits) > 0 {
			v.Groups = append(v.Groups, offer)
		}
	}
	v.Told = r.N("common.results", n)
	if n == 0 {
		v.Told = r.T("search.nothing", "q", i18n.Isolate(q)) + " " + r.T("search.nothing_hint")
	}
	return reply.Component(c, http.StatusOK, ui.PaletteOptions(v))
}

// typed is as much of what was typed as is looked for.
func typed(q string) string {
	q = strings.TrimSpace(q)
	if letters := []rune(q); len(letters) > longestQuery {
		q = string(letters[:longestQuery])
	}
	return q
}

// search finds places by one text and everything else by another, in the asker's sight.
func (d *Desk) search(c echo.Context, place, q string) ([]search.Group, int, error) {
	ctx, actor, r := c.Request().Context(), reply.Actor(c), reply.Reader(c)
	found, err := d.Store.Search(ctx, actor, q)
	if err != nil {
		return nil, 0, err
	}
	names, err := d.Store.JourneysByID(ctx, journeysOf(found.Runs.Rows))
	if err != nil {
		return nil, 0, err
	}
	groups, total := groups(found, r, actor, q, names), found.Total()
	if here := named(actor, r, place); len(here) > 0 {
		groups, total = append(groups, search.Group{Key: "search.places", Total: len(here), Hits: here}), total+len(here)
	}
	return groups, total, nil
}

func journeysOf(runs []run.Run) []int64 {
	out := make([]int64, len(runs))
	for i, r := range runs {
		out[i] = r.JourneyID
	}
	return out
}

func groups(f store.Findings, r *i18n.Reader, a people.Actor, q string, journeys map[int64]i18n.Text) []search.Group {
	lang := r.Lang()
	employee, team := "/people/employees/%d", "/people/teams/%d"
	if !a.MaySeePeople() { // a supervisor has pages of her own about her people
		employee, team = "/team/employees/%d", "/team?team=%d"
	}
	var out []search.Group
	add := func(key string, total int, more string, hits []search.Hit) {
		if total > 0 {
			out = append(out, search.Group{Key: key, Total: total, Hits: hits, More: more})
		}
	}
	var hits []search.Hit
	for _, e := range f.Employees.Rows {
		hits = append(hits, search.Hit{Text: e.Name, Href: fmt.Sprintf(employee, e.ID), Note: e.Key})
	}
	more := ""
	if a.MaySeePeople() {
		more = "/people/employees?left=1&q=" + url.QueryEscape(q)
	}
	add("search.people", f.Employees.Total, more, hits)
	hits = nil
	for _, t := range f.Teams.Rows {
		hits = append(hits, search.Hit{Text: t.Name.In(lang), Href: fmt.Sprintf(team, t.ID)})
	}
	add("search.teams", f.Teams.Total, "", hits)
	hits = nil
	for _, j := range f.Journeys.Rows {
		h := search.Hit{Text: j.Name.In(lang), Note: j.Need.In(lang)}
		if reply.Leader.Admits(a) {
			h.Href = fmt.Sprintf("/journeys/%d", j.ID)
		}
		hits = append(hits, h)
	}
	add("search.journeys", f.Journeys.Total, "", hits)
	hits = nil
	for _, t := range f.Touchpoints.Rows {
		hits = append(hits, search.Hit{Text: t.Name.In(lang), Href: fmt.Sprintf("/touchpoints/%d", t.ID)})
	}
	add("search.touchpoints", f.Touchpoints.Total, "", hits)
	hits = nil
	for _, w := range f.Runs.Rows {
		hits = append(hits, search.Hit{Text: w.Key, Href: runHref(w.ID), Note: journeys[w.JourneyID].In(lang)})
	}
	more = ""
	if reply.Leader.Admits(a) {
		more = "/runs?key=" + url.QueryEscape(q)
	}
	add("search.runs", f.Runs.Total, more, hits)
	hits = nil
	for _, cu := range f.Customers.Rows {
		hits = append(hits, search.Hit{Text: customerName(cu), Href: fmt.Sprintf("/customers/%d", cu.ID), Note: cu.Key})
	}
	more = ""
	if reply.Named.Admits(a) {
		more = "/customers?q=" + url.QueryEscape(q)
	}
	add("search.customers", f.Customers.Total, more, hits)
	return out
}
