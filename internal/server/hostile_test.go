package server_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/testkit/browser"
)

// attacks are what somebody types who means no good, or whose keyboard, clipboard or feed is broken.
var attacks = map[string]string{
	"a script":               `<script>window.hit=1</script>`,
	"an attribute":           `"><img src=x onerror=window.hit=1>`,
	"another attribute":      `' onmouseover='window.hit=1' x='`,
	"the end of a text area": `</textarea></title><svg onload=window.hit=1>`,
	"an address":             `javascript:window.hit=1`,
	"an address elsewhere":   `//evil.example/%2e%2e`,
	"writing turned round":   "abc\u202Edef\u202C\u2067x",
	"letters without width":  "a\u200Bb\u200Dc\u2060d\uFEFFe",
	"NUL":                    "a\x00b",
	"broken UTF-8":           "a\xff\xc0b",
	"half a pair":            "a\xed\xa0\x80b",
	"very much":              strings.Repeat("آب", 5000),
	"families of emoji":      "👩‍👩‍👧‍👦🏳️‍🌈👍🏽",
	"SQL":                    `'; DROP TABLE users; --`,
	"SQL's wild cards":       `%_\'"!`,
	"NUL for an address":     `%00%0d%0a`,
	"two lines":              "one\r\nSet-Cookie: hit=1",
	"a template":             `{{.}}{{printf "%s" .}}${7*7}<%= 7*7 %>`,
	"a formula":              `=cmd|' /C calc'!A0`,
	"a formula by sum":       "@SUM(1+1)*cmd",
	"accents apart":          "Ze\u0301ro й",
	"accents in heaps":       "Z" + strings.Repeat("\u0301\u0316", 40),
	"a number too large":     "99999999999999999999999",
	"less than nothing":      "-1",
	"no number":              "NaN",
	"nothing but blanks":     " \t \u00a0\u3000",
	"much in little":         `"'><script>window.hit=1</script></textarea><svg onload=window.hit=1>{{.}}%_\';--` + "\u202E\u200B👩‍👩‍👧‍👦",
}

// brief are the attacks that stand for the others where there are many places to try them at.
var brief = []string{"much in little", "an address", "an address elsewhere", "NUL", "broken UTF-8", "very much", "two lines", "a formula", "accents apart",
	"a number too large", "less than nothing", "nothing but blanks"}

// unsafe lists what in a page would run, or lead to what would.
func unsafe(doc *goquery.Document) []string {
	var out []string
	for _, e := range doc.Find("*").EachIter() {
		n := e.Nodes[0]
		if n.Data == "script" && !strings.HasPrefix(e.AttrOr("src", ""), "/static/") || n.Data == "style" || n.Data == "iframe" || n.Data == "base" || n.Data == "object" {
			out = append(out, n.Data)
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.Map(func(r rune) rune {
				if unicode.IsControl(r) || unicode.IsSpace(r) {
					return -1
				}
				return r
			}, a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "hx-on"), a.Key == "style", a.Key == "srcdoc":
				out = append(out, a.Key+"="+a.Val)
			case slices.Contains([]string{"href", "src", "action", "formaction", "hx-get", "hx-post", "xlink:href"}, a.Key) &&
				(strings.Contains(value, "javascript:") && !strings.Contains(value, "?") || strings.HasPrefix(value, "//") || strings.HasPrefix(value, "data:text")):
				out = append(out, a.Key+"="+a.Val)
			}
		}
	}
	return out
}

// holds checks one answer: clear, and nothing in it that runs.
func holds(t *testing.T, story string, p servertest.Page) {
	t.Helper()
	if p.Status >= 500 {
		t.Errorf("%s: status %d", story, p.Status)
	}
	if isPage(p) && (p.Status < 300 || p.Status >= 400) {
		if bad := unsafe(p.Document()); len(bad) > 0 {
			t.Errorf("%s: the page would run %q", story, bad)
		}
	}
	if u, err := url.Parse(p.Location); p.Location != "" && (err != nil || u.Host != "" || u.Scheme != "") {
		t.Errorf("%s: leads away to %q", story, p.Location)
	}
	for _, cookie := range p.Header.Values("Set-Cookie") {
		if strings.HasPrefix(cookie, "hit=") {
			t.Errorf("%s: sets a cookie of the attacker's", story)
		}
	}
}

// final are forms that would end the test's own sign-in, password or world: their fields choose, and hold no text.
var final = regexp.MustCompile(`/sign-out|/sessions/|/roles$|/access$|/discard$|/revocation$|/me/password$|/people/users/\d+/password$|/me/language$`)

// form is one that was found on a page, with what it would send as it stands.
type form struct {
	page, action, method string
	values               url.Values
	fields               []string // those a person fills in
	upload               bool
}

// forms are one form of each kind that a person meets and nobody met before.
func (c *crawler) forms(seen map[string]bool) []form {
	var out []form
	for _, at := range c.order {
		for _, e := range c.pages[at].Find("form:not([method=dialog])").EachIter() {
			f := form{page: at, action: e.AttrOr("action", at), method: strings.ToUpper(e.AttrOr("method", "get")), values: url.Values{},
				upload: strings.HasPrefix(e.AttrOr("enctype", ""), "multipart/")}
			for _, input := range e.Find("input, textarea, select, button").EachIter() {
				f.add(input)
			}
			u, err := url.Parse(f.action)
			if err != nil {
				c.t.Fatal(err)
			}
			kind := c.routes.of(f.method, u.Path) + " " + strings.Join(f.fields, " ")
			if !seen[kind] && !final.MatchString(u.Path) {
				seen[kind] = true
				out = append(out, f)
			}
		}
	}
	return out
}

func (f *form) add(input *goquery.Selection) {
	name, kind := input.AttrOr("name", ""), input.AttrOr("type", "text")
	value := input.AttrOr("value", "")
	switch {
	case name == "" || kind == "file":
		return
	case input.Is("textarea"):
		value = input.Text()
	case input.Is("select"):
		chosen := input.Find("option[selected]").First()
		if chosen.Length() == 0 {
			chosen = input.Find("option").First()
		}
		value = chosen.AttrOr("value", "")
	case kind == "radio" && f.values.Has(name) && input.Is(":not([checked])"), kind == "checkbox" && input.Is(":not([checked])"), input.Is("button") && f.values.Has(name):
		value = f.values.Get(name)
	}
	f.values.Set(name, value)
	if kind != "hidden" && !input.Is("button") && !slices.Contains(f.fields, name) {
		f.fields = append(f.fields, name)
	}
}

func (f form) send(c *servertest.Client, values url.Values) servertest.Page {
	if f.method == http.MethodGet {
		return c.Get(strings.SplitN(f.action, "?", 2)[0] + "?" + values.Encode())
	}
	return c.Post(f.action, values)
}

// filled is the form with an attack in some fields, and something harmless in those that are empty.
func (f form) filled(attack string, in ...string) url.Values {
	values := url.Values{}
	for name, old := range f.values {
		values[name] = old
		if old[0] == "" && slices.Contains(f.fields, name) && strings.Contains(name, "_en") {
			values[name] = []string{"harmless"}
		}
	}
	for _, name := range in {
		values.Set(name, attack)
	}
	return values
}

// TestNothingTypedRunsOrBreaks writes every attack into every field of every form that anybody can reach, and then reads
// every page again. PostgreSQL takes the whole of it, because it is the stricter one.
func TestNothingTypedRunsOrBreaks(t *testing.T) {
	t.Parallel()
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		tried := brief
		if strings.HasSuffix(t.Name(), "sqlite") {
			tried = brief[:2]
		}
		busy(t, w)
		fill(t, w)
		posts, known := 0, map[string]bool{}
		for _, who := range []string{"zahra", "nikos", "olga", "ann", "admin"} {
			c := crawl(t, w, who, 3)
			for _, f := range c.forms(known) {
				for _, story := range tried {
					if len(f.fields) > 0 {
						posts++
						f.attack(t, c, fmt.Sprintf("%s, %s in all of %s %s", who, story, f.method, f.action), attacks[story], f.fields...)
					}
				}
				for name := range f.values {
					for _, story := range []string{"much in little", "a number too large"} {
						posts++
						f.attack(t, c, fmt.Sprintf("%s, %s in %s of %s %s", who, story, name, f.method, f.action), attacks[story], name)
					}
				}
			}
		}
		if posts < 150 || len(known) < 30 {
			t.Errorf("only %d attacks on %d forms", posts, len(known))
		}
		w.Fold()
		for _, who := range []string{"zahra", "nikos", "ann", "admin"} {
			c := crawl(t, w, who, 5)
			for _, at := range c.order {
				holds(t, who+" reads "+at, c.pages[at])
				if strings.HasPrefix(c.pages[at].Header.Get("Content-Type"), "text/csv") {
					tame(t, c.pages[at].Body)
				}
			}
		}
		if found, err := w.App.Store.Verify(t.Context()); err != nil || len(found) != 0 {
			t.Errorf("verify: %v %v", found, err)
		}
	})
}

// attack sends it, and where it was taken looks whether it came back as it was.
func (f form) attack(t *testing.T, c *crawler, story, attack string, in ...string) {
	t.Helper()
	p := f.send(c.client, f.filled(attack, in...))
	holds(t, story, p)
	if p.Status == http.StatusUnauthorized || p.Status == http.StatusNotFound && f.method != http.MethodGet {
		t.Errorf("%s: status %d", story, p.Status)
	}
	if p.Status != http.StatusSeeOther || f.method == http.MethodGet {
		return
	}
	to := strings.SplitN(p.Location, "#", 2)[0]
	for _, at := range slices.Compact([]string{to, f.page}) {
		kept := c.client.Get(at)
		holds(t, story+", afterwards at "+at, kept)
		for _, name := range in {
			for _, e := range kept.Find(fmt.Sprintf(`main form[action=%q] [name=%q], main form[action=%q] [name=%q]`, f.action, name, to, name)).EachIter() {
				value := e.AttrOr("value", "")
				if e.Is("textarea") {
					value = e.Text()
				}
				if e.Is("input:not([type]), input[type=text], input[type=email], textarea") && value != "" && asKept(value) != asKept(attack) && value != f.values.Get(name) {
					t.Errorf("%s: %s was %.60q and came back %.60q", story, name, attack, value)
				}
			}
		}
	}
}

// asKept is how one line of text is kept: NFC, control characters as blanks, one between words and none around them.
func asKept(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}

// tame: no cell of an export is a formula to a spreadsheet.
func tame(t *testing.T, body string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil {
		t.Errorf("the export: %v", err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") {
				t.Errorf("a cell would run: %q", cell)
			}
		}
	}
}

// fill puts the attacks where customers, other systems and files bring them in, and returns a walk full of them.
func fill(t *testing.T, w *servertest.World) (hostile int64) {
	t.Helper()
	key, _, err := w.App.Keys.Issue(t.Context(), "CRM")
	if err != nil {
		t.Fatal(err)
	}
	api := func(story, path, body string) servertest.Page {
		t.Helper()
		r := w.Stranger().Request(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		p := w.Stranger().Do(r)
		holds(t, story, p)
		return p
	}
	i := 0
	for story, attack := range attacks {
		i++
		text, err := json.Marshal(attack)
		if err != nil {
			t.Fatal(err)
		}
		at := w.Now().Add(-24 * time.Hour).Format(time.RFC3339)
		item := func(key, run, topic, customer, name, who string) string {
			return fmt.Sprintf(`[{"key":%s,"run":%s,"journey":"fibre","touchpoint":"visit","started":%q,"completed":%q,"topic":%s,"customer":{"key":%s,"name":%s,"email":"h@example.org"},"people":[{"employee":"zahra"},{"employee":%s,"name":%s,"team_path":[%s]}]}]`,
				key, run, at, at, topic, customer, name, who, who, who)
		}
		plain := func(s string) string { return fmt.Sprintf(`"%s-%d"`, s, i) }
		api(story+" from the CRM", "/api/v1/interactions?create=1", item(plain("hk"), plain("hostile"), string(text), plain("hc"), string(text), string(text)))
		api(story+" for keys", "/api/v1/interactions?create=1", item(string(text), string(text), `""`, string(text), `""`, plain("he")))
		api(story+" for all", "/api/v1/interactions", strings.ReplaceAll(item(string(text), string(text), string(text), string(text), string(text), string(text)), "fibre", "x"))
		api(story+" raw", "/api/v1/interactions", attack)
		api(story+" in the path", "/api/v1/runs/"+url.PathEscape(attack)+"/completion", "{}")
		holds(t, story+" for a token", w.Stranger().Get("/s/"+url.PathEscape(attack)))
		runs, err := w.App.Store.RunsByKey(t.Context(), fmt.Sprintf("hostile-%d", i))
		if err != nil {
			t.Fatal(err)
		}
		for _, run := range runs {
			token, err := w.App.Surveys.HandOver(t.Context(), run.ID)
			if err != nil {
				t.Fatal(err)
			}
			visit := fmt.Sprint(w.Visit.ID)
			p := w.Stranger().Post("/s/"+token, url.Values{"overall": {"2"}, "comment": {attack}, "t" + visit: {"1"}, "c" + visit: {attack}})
			holds(t, "a customer says "+story, p)
			if p.Status == http.StatusSeeOther {
				said, err := w.App.Store.ResponseOf(t.Context(), run.ID)
				if want := strings.TrimSpace(strings.ReplaceAll(norm.NFC.String(attack), "\r\n", "\n")); err != nil || said.Comment != want || said.Ratings[0].Comment != want {
					t.Errorf("a customer said %q, kept is %q (%v)", want, said.Comment, err)
				}
			}
			for _, name := range []string{"overall", "expectation", "t" + visit, "c" + visit, "show", "lang", "contact", "t" + attack, "c" + attack, attack} {
				holds(t, "a customer sends "+story+" as "+name, w.Stranger().Post("/s/"+token, url.Values{name: {attack}}))
			}
			if story == "a script" {
				hostile = run.ID
			}
		}
	}
	if hostile == 0 {
		t.Fatal("the CRM's scripts were refused: nothing is to be seen")
	}
	upload(t, w)
	return hostile
}

// upload imports a list of employees with the attacks in every column.
func upload(t *testing.T, w *servertest.World) {
	t.Helper()
	admin := w.As("admin")
	for story, attack := range attacks {
		for column := range 5 {
			var list bytes.Buffer
			rows := csv.NewWriter(&list)
			cells := []string{"k" + fmt.Sprint(len(story), column), "Harmless", "Field / North", "", "el"}
			cells[column] = attack
			if err := rows.WriteAll([][]string{{"key", "name", "team", "email", "language"}, cells}); err != nil {
				t.Fatal(err)
			}
			var body bytes.Buffer
			m := multipart.NewWriter(&body)
			file, err := m.CreateFormFile("file", "employees.csv")
			if err != nil {
				t.Fatal(err)
			}
			_, _ = file.Write(list.Bytes())
			m.Close()
			r := admin.Request(http.MethodPost, "/people/employees/import", &body)
			r.Header.Set("Content-Type", m.FormDataContentType())
			r.Header.Set("Origin", w.URL)
			holds(t, fmt.Sprintf("%s in column %d of a list", story, column), admin.Do(r))
		}
	}
}

// TestNothingInAnAddressOrAHeaderRunsOrBreaks asks every kind of page with attacks for its questions, and in what
// browsers say about themselves.
func TestNothingInAnAddressOrAHeaderRunsOrBreaks(t *testing.T) {
	t.Parallel()
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		busy(t, w)
		for _, who := range []string{"zahra", "ann", "admin"} {
			c := crawl(t, w, who, 1)
			for _, at := range c.samples() {
				at, _, _ = strings.Cut(at, "?")
				for _, story := range brief {
					attack := attacks[story]
					if len(attack) > 2000 {
						attack = attack[:2000]
					}
					query := url.Values{}
					for _, name := range []string{"q", "key", "who", "from", "to", "mood", "days", "page", "sort", "desc", "for", "team", "journey", "touchpoint", "state", "reason", "step", "left", "parent", "unread", "list", "lang", "next"} {
						query.Set(name, attack)
					}
					holds(t, who+" asks "+at+" for "+story, c.client.Get(at+"?"+query.Encode()))
				}
			}
			if who != "ann" { // the rest is the same for everybody
				continue
			}
			for story, attack := range attacks {
				line := strings.Map(func(r rune) rune {
					if r < ' ' {
						return -1
					}
					return r
				}, attack)
				r := c.client.Request(http.MethodGet, "/me", nil)
				for _, name := range []string{"User-Agent", "Accept-Language", "HX-Current-URL", "Referer", "X-Forwarded-For", "X-Forwarded-Host", "X-Request-Id", "Last-Event-ID"} {
					r.Header.Set(name, line)
				}
				for _, name := range []string{"jl_flash", "jl_lang"} {
					r.AddCookie(&http.Cookie{Name: name, Value: url.QueryEscape(line)})
				}
				holds(t, story+" in the headers", c.client.Do(r))
				for _, route := range c.routes {
					if path := parameter.ReplaceAllString(route.Path, url.PathEscape(attack)); route.Method == http.MethodGet && path != route.Path && len(path) < 4000 {
						p := c.client.Get(path)
						holds(t, story+" in "+route.Path, p)
						if p.Status < 400 && !strings.HasPrefix(route.Path, "/static") {
							t.Errorf("%s in %s: status %d", story, route.Path, p.Status)
						}
					}
				}
			}
		}
	})
}

// TestNothingTypedRunsInABrowser opens the main pages in a real one, full of attacks.
func TestNothingTypedRunsInABrowser(t *testing.T) {
	t.Parallel()
	w := servertest.Open(t, "sqlite")
	busy(t, w)
	hostile := fill(t, w)
	for who, places := range map[string][]string{"ann": {"/company", "/journeys", "/runs", "/touchpoints", "/team", "/people/employees", "/search?q=" + url.QueryEscape(attacks["an attribute"])}, "zahra": {"/feedback", "/me"}, "admin": {"/people", "/settings/invitations"}} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			if who != "admin" {
				places = append(places, fmt.Sprintf("/runs/%d", hostile))
			}
			ctx := browser.Open(t)
			signIn(t, ctx, w, who)
			for _, place := range places {
				do(t, ctx, chromedp.Navigate(w.URL+place), chromedp.WaitVisible("main h1"))
				if evaluate[bool](t, ctx, `window.hit !== undefined`) {
					t.Errorf("%s: what somebody typed ran", place)
				}
			}
		})
	}
}
