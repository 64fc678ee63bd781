package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// unsorted are the heads of tables that cannot be sorted by, as "caption/head", and with "caption/*" whole tables, each
// with its reason.
var unsorted = map[string]string{
	"By journey/*":              "few rows, in the order of the journeys; an order by shares that rest on few cases would be ranked on noise",
	"By touchpoint/*":           "likewise",
	"By team/*":                 "teams in the order of a share would be a league table",
	"How long customers wait/*": "a row for each kind of wait",
	"What became of them/*":     "a row for each of the few ends",
	"Teams/*":                   "a tree: its order is where each team belongs",
	"Who reads/*":               "departments in the order of a share would be a league table, and a hidden share would show by its place",
	"Unread and unanswered/*":   "a row for each of the few reasons for which feedback comes, the closest first",
	"Journeys/Score over time":  "a drawing has no order",
	"People/Team":               "belongs to the name; a supervisor finds people by it",
	"People/Received":           "people in the order of a count would be a league table",
	"People/Unread":             "likewise",
	"People/For one-to-one":     "likewise",
	"Employees/Team":            "the filter has a team with all below it; an order by names would tear it apart",
	"Employees/State":           "the filter has both states",
	"Sign-ins/Roles":            "several at once have no order",
	"Customer walks/Journey":    "the filter has it",
	"Heard at work/Touchpoint":  "the filter has it",
	"Customer walks/Contacts":   "counted for the rows shown only",
	"Customer walks/Answer":     "a word or nothing",
	"Customers/Customer walks":  "counted for the rows shown only",
	"Customers/Under way":       "likewise",
	"API keys/Begins with":      "drawn by lot",
	"How this touchpoint is rated, CSAT (satisfaction), 1 to 5/*":   "two rows: the promise kept, and late",
	"How the whole journey is rated, CSAT (satisfaction), 1 to 5/*": "likewise",
	"What customers say/*":               "a row for each journey and scale; figures of different scales have no order",
	"How long customers wait for help/*": "a row for each journey, in the order of the journeys",
	"Importance/*":                       "the order of importance is what the table says",
	"Refused lines/*":                    "in the order of the file",
	"What the columns become/*":          "in the order of the file",
	"Earlier imports/Result":             "a sentence has no order",
	"Earlier checks/Result":              "likewise",
	"What was asked for/Result":          "likewise",
	"Invitations/Journey":                "found by the walk",
	"Invitations/State":                  "the filter has it",
	"Invitations/Reason":                 "the filter has it",
	"Earlier imports/Asked for by":       "few people ask for tasks, and each sees mostly her own",
	"Earlier checks/Asked for by":        "likewise",
	"What was asked for/Asked for by":    "likewise",
	"Invitations/Order, claim or ticket": "found in the search",
	"Invitations/Channel":                "one of two",
	"The next twelve months/*":           "a calendar: its order is the year's",
	"Holidays kept/Name":                 "a few, in the order of the year",
	"Proactive calls/*":                  "a few, those that go on first and of them the latest",
	"Calls/*":                            "a log: the latest call first, which may still be taken back",
}

// TestEveryListIsOneShape opens every page with a table or pages to turn, as every role, and holds it against what a list
// is: it can be sorted by its heads, sorting and turning pages keep what narrows it down, nonsense in its address is as if
// it were not there, and "nothing yet" reads differently from "nothing matches".
func TestEveryListIsOneShape(t *testing.T) {
	t.Parallel()
	w := lived(t)
	found := map[string]bool{}
	for _, who := range []string{"zahra", "nikos", "olga", "ann", "admin"} {
		c := crawl(t, w, who, 3)
		for _, at := range c.samples() {
			page := c.pages[at]
			for _, table := range page.Find("main table.table").EachIter() {
				heads(t, who+" at "+at, table)
			}
			path, _, _ := strings.Cut(at, "?")
			if at != "/" && page.Find("main [data-list], main .pager").Length() > 0 && !found[c.routes.of(http.MethodGet, path)] {
				found[c.routes.of(http.MethodGet, path)] = true
				sane(t, c, path)
				filterStays(t, c, path)
			}
		}
	}
	for _, route := range []string{"/touchpoints", "/touchpoints/:id", "/team", "/settings/keys", "/company", "/tasks", "/journeys", "/journeys/:id", "/runs", "/customers", "/cases",
		"/people/employees", "/people/users", "/settings/invitations", "/feedback", "/settings/imports"} {
		if !found[route] {
			t.Errorf("%s shows no list, or not as the others do", route)
		}
	}
}

// heads: a column can be sorted by, or there is a reason why not.
func heads(t *testing.T, where string, table *goquery.Selection) {
	t.Helper()
	caption := strings.TrimSpace(table.Find("caption").Text())
	if _, known := unsorted[caption+"/*"]; known {
		return
	}
	for _, th := range table.Find("thead th").EachIter() {
		name := strings.TrimSpace(th.Text())
		if _, known := unsorted[caption+"/"+name]; !known && th.Find("a.sort").Length() == 0 {
			t.Errorf("%s: the list %q cannot be sorted by %q, and unsorted gives no reason", where, caption, name)
		}
	}
}

// sane: whatever an address asks for that is none of the choices is answered as if it had not been asked.
func sane(t *testing.T, c *crawler, path string) {
	t.Helper()
	plain := rows(c.client.Get(path))
	for _, x := range []struct{ name, value string }{{"page", "0"}, {"page", "-7"}, {"page", "two"}, {"said", "-1"}, {"sort", "nothing"}, {"sort", "name; DROP TABLE runs"},
		{"desc", "perhaps"}, {"mood", "furious"}, {"state", "unheard-of"}, {"reason", "none-of-them"}, {"days", "-3"}, {"journey", "x"}, {"team", "x"}, {"touchpoint", "x"}, {"for", "nobody"}, {"list", "?"}} {
		p := c.client.Get(ui.Link(path, x.name, x.value))
		if p.Status != http.StatusOK || !slices.Equal(rows(p), plain) {
			t.Errorf("%s at %s with %s=%q: status %d, %d rows, want %d as without it", c.who, path, x.name, x.value, p.Status, len(rows(p)), len(plain))
		}
	}
	for _, far := range []string{"999", "99999999999999999999"} {
		last := c.client.Get(ui.Link(path, "page", far))
		if last.Status != http.StatusOK || len(plain) > 0 && len(rows(last)) == 0 {
			t.Errorf("%s at %s: on page %s: status %d, %d rows", c.who, path, far, last.Status, len(rows(last)))
		}
	}
}

// rows are what a page lists, in its order.
func rows(p servertest.Page) []string {
	var out []string
	for _, e := range p.Find("main tbody tr, main .quote").EachIter() {
		out = append(out, strings.Join(strings.Fields(e.Text()), " "))
	}
	return out
}

// filterStays: with everything in the address that narrows the page down, each link that sorts and each that turns a page
// keeps it, and the form that narrows keeps the order.
func filterStays(t *testing.T, c *crawler, path string) {
	t.Helper()
	page := c.client.Get(path)
	set := url.Values{}
	for _, e := range page.Find("main form[method=get][role=search] [name]").EachIter() {
		if e.Is("select") {
			e.Find("option").EachWithBreak(func(_ int, o *goquery.Selection) bool {
				set.Set(e.AttrOr("name", ""), o.AttrOr("value", ""))
				return o.AttrOr("value", "") == "" || o.AttrOr("value", "") == "0"
			})
		}
	}
	if page.Find(`a[href*="days="]`).Length() > 0 {
		set.Set("days", "365")
	}
	narrowed := path + "?" + set.Encode()
	page = c.client.Get(narrowed)
	for _, a := range page.Find("main a.sort, main .pager a").EachIter() {
		u, err := url.Parse(a.AttrOr("href", ""))
		if err != nil {
			t.Fatal(err)
		}
		for name := range set {
			if u.Query().Get(name) != set.Get(name) {
				t.Errorf("%s at %s: %q forgets %s", c.who, narrowed, strings.TrimSpace(a.Text()), name)
			}
		}
		if a.Is(".sort") && u.Query().Has("page") {
			t.Errorf("%s at %s: another order does not begin at its first page", c.who, narrowed)
		}
	}
	if page.Find("main a.sort").Length() > 0 {
		sorted := c.client.Get(ui.Link(narrowed, "sort", "name", "desc", "1"))
		for _, form := range sorted.Find("main form[method=get][role=search]").EachIter() {
			for name, want := range map[string]string{"sort": "name", "desc": "1"} {
				if got := form.Find("input[type=hidden][name="+name+"]").AttrOr("value", ""); got != want {
					t.Errorf("%s at %s: narrowing down forgets %s: %q", c.who, narrowed, name, got)
				}
			}
		}
	}
}

// TestAnEmptyListSaysWhyItIsEmpty opens the lists of a company that has just begun, and searches them for what nobody is called.
func TestAnEmptyListSaysWhyItIsEmpty(t *testing.T) {
	t.Parallel()
	young, old := servertest.Open(t, "sqlite"), lived(t)
	for list, x := range map[string]struct {
		who, path, narrow string
		never             bool // it is never empty by itself: who looks at it is on it
	}{
		"journeys":    {"ann", "/journeys", "q=щщщ", true},
		"touchpoints": {"ann", "/touchpoints", "q=щщщ", true},
		"runs":        {"ann", "/runs", "key=щщщ", false},
		"customers":   {"ann", "/customers", "q=щщщ", false},
		"employees":   {"admin", "/people/employees", "q=щщщ", true},
		"sign-ins":    {"admin", "/people/users", "q=щщщ", true},
		"invitations": {"admin", "/settings/invitations", "state=bounced", false},
		"tasks":       {"admin", "/tasks", "state=failed", false},
		"imports":     {"admin", "/settings/imports", "state=failed", false},
		"team":        {"nikos", "/team", "who=щщщ", true},
		"feedback":    {"zahra", "/feedback", "days=30&unread=1&mood=neutral&touchpoint=1", false},
		"keys":        {"admin", "/settings/keys", "", false},
	} {
		told := func(w *servertest.World, path string) string {
			t.Helper()
			p := w.As(x.who).Get(path)
			if p.Status != http.StatusOK {
				t.Errorf("%s: %s: status %d", list, path, p.Status)
			}
			return strings.Join(strings.Fields(p.Find("main .empty h2").Last().Text()), " ")
		}
		yet := told(young, x.path)
		if !x.never && yet == "" {
			t.Errorf("%s: says nothing where there is nothing yet", list)
		}
		if x.narrow == "" {
			continue
		}
		p := old.As(x.who).Get(x.path + "?" + x.narrow)
		matches := p.Find("main .empty").Last()
		if none := told(old, x.path+"?"+x.narrow); none == "" || none == yet {
			t.Errorf("%s: where nothing matches it says %q, where there is nothing yet %q", list, none, yet)
		}
		back, ok := matches.Find("a").Attr("href")
		if !ok || strings.Contains(back, strings.Split(x.narrow, "=")[0]+"=") {
			t.Errorf("%s: nothing matches, and %q does not lead back to everything", list, back)
		}
	}
}
