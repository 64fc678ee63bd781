package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

// comments are what the busy world's customers said, one after the other.
var comments = []string{"نصاب خوش‌برخورد بود و همه‌چیز را توضیح داد", "Ήρθε δύο ώρες αργά χωρίς να πει τίποτα", "Всё быстро и аккуратно, спасибо", "Nobody told me about the second visit", ""}

// busy fills a world with what a company has after a while: answered runs with words in four alphabets, a run still open
// and one given up, invitations that left and that never will, a dispute, a rating of nobody's, a customer who waits to be
// called, a draft, a key.
func busy(t testing.TB, w *servertest.World) {
	t.Helper()
	var records []ingest.Record
	for i := range 15 {
		records = append(records, w.Answered(fmt.Sprintf("order-%d", 100+i), 1+i%5, comments[i%len(comments)]))
	}
	nobody := w.Answered("order-120", 2, "Κανείς δεν συστήθηκε")
	nobody.Contacts[1].People = nil
	open, silent := w.Completed("order-121"), w.Completed("order-122")
	open.Contacts, open.Completed = open.Contacts[:1], time.Time{}
	silent.Contacts, silent.Completed = silent.Contacts[:1], time.Time{}
	silent.Contacts[0].Started = w.Now().AddDate(0, 0, -100)
	asked, unreachable := w.Completed("order-123"), w.Completed("order-124")
	asked.Ask, unreachable.Ask, unreachable.Customer.Email = true, true, ""
	due := w.Now().Add(-30 * time.Hour)
	asked.Contacts[1].PromiseDue, asked.Contacts[1].PromiseKept = due, due.Add(72*time.Hour)
	asked.Contacts[1].Topic = "نصب مودم"
	w.Take(append(records, nobody, open, silent, asked, unreachable, w.Completed("order-125"))...)
	w.Wait(26 * time.Hour)
	w.Drain()
	must := func(p servertest.Page, status int) {
		t.Helper()
		if p.Status != status {
			t.Fatalf("status %d, want %d: %s", p.Status, status, p.Find("main").Text())
		}
	}
	answer, err := w.App.Store.ResponseOf(t.Context(), w.RunOf("order-100").ID)
	if err != nil {
		t.Fatal(err)
	}
	w.OpenCase(w.RunOf("order-100"))
	must(w.As("zahra").Post(fmt.Sprintf("/feedback/%d/%d/reply", answer.ID, w.Visit.ID), url.Values{"reply": {"not_me"}}), http.StatusSeeOther)
	must(w.As("olga").Post(fmt.Sprintf("/journeys/%d/draft", w.Fibre.ID), nil), http.StatusSeeOther)
	must(w.As("admin").Post("/settings/keys", url.Values{"name": {"CRM"}}), http.StatusOK)
	w.Fold()
}

// table finds the route of an address as the server does: what is written out goes before what is a parameter.
type table []reply.Route

func (all table) of(method, path string) string {
	best := ""
	for _, r := range all {
		if r.Method == method && fits(r.Path, path) && (best == "" || strings.Count(r.Path, ":") < strings.Count(best, ":")) {
			best = r.Path
		}
	}
	return best
}

func fits(route, path string) bool {
	if prefix, rest := strings.CutSuffix(route, "*"); rest {
		return strings.HasPrefix(path, prefix)
	}
	want, got := strings.Split(route, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], ":") {
			return false
		}
	}
	return true
}

// crawler opens every page that a person can reach by links.
type crawler struct {
	t      testing.TB
	who    string
	client *servertest.Client
	routes table
	pages  map[string]servertest.Page // by address
	order  []string
	from   map[string]string // which page led there first
}

// most is how many pages of a kind are opened when nothing else is asked for.
const most = 100

// crawl opens what who can reach; few is how many pages of a kind are enough.
func crawl(t *testing.T, w *servertest.World, who string, few ...int) *crawler {
	t.Helper()
	enough, kinds := append(few, most)[0], map[string]int{}
	c := &crawler{t: t, who: who, client: w.As(who), routes: w.Server.Routes(), pages: map[string]servertest.Page{}, from: map[string]string{"/": "the address bar"}}
	for queue := []string{"/"}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		page := c.open(at)
		c.pages[at], c.order = page, append(c.order, at)
		for _, link := range c.links(page) {
			path, _, _ := strings.Cut(link, "?")
			if _, known := c.from[link]; !known && kinds[c.routes.of(http.MethodGet, path)] < enough {
				kinds[c.routes.of(http.MethodGet, path)]++
				c.from[link] = at
				queue = append(queue, link)
			}
		}
	}
	return c
}

// open follows redirects, as a browser does; whatever comes must be a page.
func (c *crawler) open(at string) servertest.Page {
	page := c.client.Get(at)
	for hops := 0; page.Location != "" && hops < 5; hops++ {
		page = c.client.Get(page.Location)
	}
	if page.Status != http.StatusOK {
		c.t.Errorf("%s at %s (from %s): status %d", c.who, at, c.from[at], page.Status)
	}
	return page
}

// links are the addresses on this server that a page leads to. Of the many ways to narrow a list down it takes those
// that change one thing.
func (c *crawler) links(page servertest.Page) []string {
	var out []string
	for _, a := range page.Find("a[href], [hx-get]").EachIter() {
		href := a.AttrOr("href", a.AttrOr("hx-get", ""))
		u, err := url.Parse(href)
		if err == nil && (u.Scheme == "mailto" || u.Scheme == "tel") { // a customer is written to, or called
			continue
		}
		if err != nil || u.Scheme != "" || u.Host != "" {
			c.t.Errorf("%s: a link leads away: %q", c.who, href)
			continue
		}
		if u.Path == "" || len(u.Query()) > 1 && len(u.Query()["page"]) == 0 {
			continue
		}
		u.Fragment = ""
		out = append(out, u.String())
	}
	return append(out, buttons(page)...)
}

// buttons are the addresses that a form of one button leads to, as a link does: the pages that ask before something is
// done, for readers without script.
func buttons(page servertest.Page) []string {
	var out []string
	for _, f := range page.Find("main form[method=get][action]").EachIter() {
		if f.Find("input:not([type=hidden]), select, textarea").Length() > 0 {
			continue
		}
		query := url.Values{}
		for _, e := range f.Find("input").EachIter() {
			query.Add(e.AttrOr("name", ""), e.AttrOr("value", ""))
		}
		out = append(out, strings.TrimSuffix(f.AttrOr("action", "")+"?"+query.Encode(), "?"))
	}
	return out
}

func isPage(p servertest.Page) bool {
	return strings.HasPrefix(p.Header.Get("Content-Type"), "text/html")
}

// samples is one address of each kind of page.
func (c *crawler) samples() []string {
	var out []string
	seen := map[string]bool{}
	for _, at := range c.order {
		u, err := url.Parse(at)
		if kind := c.routes.of(http.MethodGet, u.Path); err == nil && !seen[kind] && isPage(c.pages[at]) {
			seen[kind] = true
			out = append(out, at)
		}
	}
	return out
}

// wellMade holds a page against what every page has to be.
func (c *crawler) wellMade(at string, page servertest.Page, lang i18n.Lang) {
	c.t.Helper()
	wrong := func(format string, args ...any) {
		c.t.Helper()
		c.t.Errorf("%s at %s in %s: %s", c.who, at, lang, fmt.Sprintf(format, args...))
	}
	root := page.Find("html")
	if root.AttrOr("lang", "") != string(lang) || root.AttrOr("dir", "") != lang.Dir() {
		wrong("lang %q, dir %q", root.AttrOr("lang", ""), root.AttrOr("dir", ""))
	}
	if n := page.Find("h1").Length(); n != 1 {
		wrong("%d h1", n)
	}
	if strings.TrimSpace(page.Find("title").Text()) == "" {
		wrong("no title")
	}
	if !strings.HasPrefix(at, "/s/") && page.Find("header nav a[href], main a[href]").Length() == 0 {
		wrong("a dead end")
	}
	ids := map[string]bool{}
	for _, e := range page.Find("[id]").EachIter() {
		if id := e.AttrOr("id", ""); ids[id] {
			wrong("two elements are #%s", id)
		} else {
			ids[id] = true
		}
	}
	for _, name := range []string{"for", "aria-labelledby", "aria-describedby", "aria-controls", "list"} {
		for _, e := range page.Find("[" + name + "]").EachIter() {
			for _, id := range strings.Fields(e.AttrOr(name, "")) {
				if !ids[id] {
					wrong("%s names #%s, which is not there", name, id)
				}
			}
		}
	}
	for _, a := range page.Find(`a[href^="#"]`).EachIter() {
		if id := strings.TrimPrefix(a.AttrOr("href", ""), "#"); id != "" && !ids[id] {
			wrong("a link leads to #%s, which is not there", id)
		}
	}
	for _, f := range page.Find("form:not([method=dialog])").EachIter() {
		method := strings.ToUpper(f.AttrOr("method", "get"))
		u, err := url.Parse(f.AttrOr("action", at))
		if err != nil || c.routes.of(method, u.Path) == "" {
			wrong("a form leads nowhere: %s %q", method, f.AttrOr("action", ""))
		}
	}
	for _, e := range page.Find("input, select, textarea").EachIter() {
		if kind := e.AttrOr("type", ""); kind != "hidden" && kind != "submit" && !hidden(e) && !named(page, e) {
			wrong("nothing says what %s is", e.AttrOr("name", "?"))
		}
	}
	for _, e := range page.Find("a[href], :not(form[method=dialog]) > button, summary").Not("dialog *").EachIter() {
		if strings.TrimSpace(e.Text()) == "" && e.AttrOr("aria-label", "") == "" && e.Find("[aria-label], title").Length() == 0 {
			h, _ := goquery.OuterHtml(e)
			wrong("nothing to read: %.120s", h)
		}
	}
}

func hidden(e *goquery.Selection) bool { return e.Is("[hidden]") || e.Closest("[hidden]").Length() > 0 }

// named tells whether an input has a label with words in it.
func named(page servertest.Page, e *goquery.Selection) bool {
	words := e.AttrOr("aria-label", "") + e.Closest("label").Text()
	for _, id := range strings.Fields(e.AttrOr("aria-labelledby", "")) {
		words += page.Find(`[id="` + id + `"]`).Text()
	}
	if id := e.AttrOr("id", ""); id != "" {
		words += page.Find(`label[for="` + id + `"]`).Text()
	}
	return strings.TrimSpace(words) != ""
}

// typed are the texts of the busy world that people or machines wrote: they read as they were written in any language.
var typed = regexp.MustCompile(strings.Join([]string{`fibre-order`, `Μαρία `, `customer-order-\d+`, `order-\d+(@example\.org)?`, `Fibre at home`, `I want fibre at home`, `Ann Smith`,
	`\b(Shop|Call|Visit|Invoice|Field|North|South|Order|Installation|Admin|CRM|shop|call|visit|invoice|fibre|zahra|nikos|olga|ann|boris|admin)\b`,
	`Nobody told me about the second visit`, `(Asia/)?Tehran`, `loans\.csv|Case ID|Activity|Complete Timestamp|Resource|time:timestamp|case:concept:name|concept:name|2026-03-0[12] 1[01]:00`, `jl_\w+`, `\+98 21 555`, `POST /api/v1/runs/\{key\}/completion`, `Go-http-client/1\.1`, `http://127\.0\.0\.1:\d+\S*`}, "|"))

// international are words that read the same in every language of ours: names, units, what stands in a file or a key.
var international = regexp.MustCompile(`\b(Journeyloop|JSON|NPS|CSAT|CES|SMS|PDF|CSV|XES|XLSX|UTF-8|QR|API|Ctrl|Esc|Shapley|English|MB|Excel|HTTP|Tab|EUR|IRR|RUB|key|name|team|email|language|active|true|false|en|fa|el|ru|hotline)\b|(?i)e-mail`)

var (
	latinWord  = regexp.MustCompile(`[A-Za-z]{2,}`)
	latinDigit = regexp.MustCompile(`[0-9]`)
)

// visible lists what a reader sees or hears of a page, piece by piece.
func visible(page servertest.Page) []string {
	var out []string
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			out = append(out, n.Data)
		}
		if n.Type == html.ElementNode {
			if n.Data == "script" || n.Data == "style" || n.Data == "code" || n.Data == "textarea" {
				return
			}
			if n.Data == "noscript" && n.FirstChild != nil {
				if without, err := html.Parse(strings.NewReader(n.FirstChild.Data)); err == nil {
					walk(without)
				}
				return
			}
			for _, a := range n.Attr {
				if slices.Contains([]string{"aria-label", "title", "placeholder", "alt", "data-confirm"}, a.Key) {
					out = append(out, a.Val)
				}
			}
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
	}
	for _, n := range page.Find("body").Nodes {
		walk(n)
	}
	return out
}

// translated: what is ours reads in the reader's language and with her digits.
func (c *crawler) translated(at string, page servertest.Page, lang i18n.Lang) {
	c.t.Helper()
	seen := map[string]bool{}
	for _, piece := range visible(page) {
		ours := international.ReplaceAllString(typed.ReplaceAllString(piece, ""), "")
		if latinWord.MatchString(ours) && !seen[ours] {
			c.t.Errorf("%s at %s in %s: left in English: %q", c.who, at, lang, strings.TrimSpace(piece))
		}
		if lang == i18n.Persian && latinDigit.MatchString(ours) && !seen[ours] {
			c.t.Errorf("%s at %s: digits of another alphabet: %q", c.who, at, strings.TrimSpace(piece))
		}
		seen[ours] = true
	}
}

// TestEveryLinkLeadsToAWellMadePage follows every link from home, as each role, and opens each kind of page again in the
// other languages.
func TestEveryLinkLeadsToAWellMadePage(t *testing.T) {
	t.Parallel()
	w := servertest.Open(t, "sqlite")
	busy(t, w)
	for _, who := range []string{"zahra", "nikos", "olga", "ann", "admin"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			c := crawl(t, w, who)
			c.t = t
			for _, at := range c.order {
				if isPage(c.pages[at]) {
					c.wellMade(at, c.pages[at], i18n.English)
				}
			}
			samples := c.samples()
			t.Logf("%d pages of %d kinds", len(c.order), len(samples))
			lost := c.client.Get("/nowhere")
			c.wellMade("/nowhere", lost, i18n.English)
			for _, lang := range []i18n.Lang{i18n.Persian, i18n.Greek, i18n.Russian} {
				c.client.Language(string(lang))
				for _, at := range samples {
					page := c.open(at)
					c.wellMade(at, page, lang)
					c.translated(at, page, lang)
				}
			}
		})
	}
}

// TestTheCustomersPagesAreWellMade opens what she meets: the survey, the same with something wrong, thanks, the end of
// being asked, and links that lead nowhere.
func TestTheCustomersPagesAreWellMade(t *testing.T) {
	t.Parallel()
	w := servertest.Open(t, "sqlite")
	busy(t, w)
	used, err := w.App.Surveys.HandOver(t.Context(), w.RunOf("order-124").ID)
	if err != nil {
		t.Fatal(err)
	}
	links := map[string]string{}
	for _, run := range []string{"order-123", "order-124"} {
		links[run] = "/s/" + w.Link(w.RunOf(run).ID)
	}
	if p := w.Stranger().Post(links["order-124"], url.Values{"overall": {"2"}, "comment": {"Ήρθε αργά"}, "contact": {"1"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("her answer: %d", p.Status)
	}
	c := &crawler{t: t, who: "a customer", client: w.Stranger(), routes: w.Server.Routes()}
	for _, lang := range i18n.Languages {
		for at, want := range map[string]int{links["order-123"]: 200, links["order-123"] + "/stop": 200, links["order-124"]: 200, links["order-124"] + "/thanks": 200,
			"/s/" + used: 410, "/s/nonsense": 404} {
			page := c.client.Get(at + "?lang=" + string(lang))
			if page.Status != want {
				t.Errorf("%s: status %d, want %d", at, page.Status, want)
			}
			c.wellMade(at, page, lang)
			if lang != i18n.English {
				c.translated(at, page, lang)
			}
		}
		at := links["order-123"]
		wrong := c.client.Post(at+"?lang="+string(lang), url.Values{"overall": {"9"}})
		if wrong.Status != http.StatusUnprocessableEntity {
			t.Errorf("a mark out of the scale: %d", wrong.Status)
		}
		c.wellMade(at, wrong, lang)
	}
}
