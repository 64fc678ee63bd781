package staff

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/templates/search"
)

func (d *Desk) searchRoutes() []reply.Route {
	return []reply.Route{{Method: http.MethodGet, Path: "/search", Guard: reply.Signed, Handle: d.searchPage}}
}

// longestQuery is how much of what was typed is looked for, in characters.
const longestQuery = 200

// searchPage finds people, teams, journeys, touchpoints, walks and customers. What was looked for is never logged: it is
// a name more often than not.
func (d *Desk) searchPage(c echo.Context) error {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	q := strings.TrimSpace(c.QueryParam("q"))
	if letters := []rune(q); len(letters) > longestQuery {
		q = string(letters[:longestQuery])
	}
	found, err := d.Store.Search(ctx, actor, q)
	if err != nil {
		return err
	}
	names, _, err := d.journeyOptions(ctx, 0)
	if err != nil {
		return err
	}
	v := search.PageView{Query: q, Total: found.Total(), Groups: groups(found, reply.Reader(c), actor, q, names)}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "search.title")}, search.Page(v))
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
	add("search.customers", f.Customers.Total, "", hits)
	return out
}
