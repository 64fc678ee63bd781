package server_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/server/staff"
	"github.com/journeyloop/journeyloop/internal/testkit/axe"
	"github.com/journeyloop/journeyloop/internal/testkit/browser"
	"github.com/journeyloop/journeyloop/internal/testkit/surveytest"
	"github.com/journeyloop/journeyloop/templates/respond"
)

// Widths at which pages are looked at.
const phone, desk = 360, 1440

// A view is one page of the gallery, as one person sees it.
type view struct {
	name   string // what the picture is called
	who    string // a login; "" is a stranger or a customer
	path   string
	form   url.Values // sent by POST; nil opens the path
	script string     // done on the open page before it is looked at
	status int        // what the server answers
}

// unseen are the addresses that a person's browser opens and shows no page of ours for, each with what it is instead.
var unseen = map[string]string{
	"/praise/badge.svg":             "a picture for other sites",
	"/praise":                       "a page for everybody, shown among the customers’",
	"/tasks/:id/progress":           "a part of a task's page",
	"/notifications/:id":            "leads on",
	"/":                             "leads to the first place of the menu",
	"/events":                       "a stream for live pages",
	"/healthz":                      "for machines",
	"/static/*":                     "style, scripts, fonts",
	"/api/v1/openapi.json":          "for machines",
	"/settings/keys/:id/revocation": "asks first, as the page of a customer's consent does; the world has no key",
	"/touchpoints/:id/baseline":     "asks first, likewise; the world has no control chart",
}

// file are the addresses of something to keep: a sheet, one's own data.
var file = regexp.MustCompile(`\.(csv|json)$|/file$`)

// lived is a busy world with a past: weeks of answers for figures to be told from noise, and pages to turn.
func lived(t testing.TB) *servertest.World {
	t.Helper()
	w := servertest.Open(t, "sqlite", servertest.Demo(
		staff.SignIn{Role: people.RoleManager, Name: "Ann Smith", Login: "ann", Password: servertest.Password},
		staff.SignIn{Role: people.RoleEmployee, Name: "زهرا احمدی", Login: "zahra", Password: servertest.Password}))
	busy(t, w)
	var past []ingest.Record
	for i := range 60 {
		r := w.Answered(fmt.Sprintf("order-%d", 200+i), []int{5, 4, 2, 5, 1, 4, 5, 3}[i%8], comments[i%len(comments)])
		earlier(&r, time.Duration(1+i%12)*7*24*time.Hour)
		past = append(past, r)
	}
	w.Take(past...)
	if p := w.As("ann").Post("/journeys", url.Values{"name_en": {"خسارت"}, "name": {"خسارت"}, "key": {"claim"}, "need_en": {"خسارتم باید پرداخت شود"}, "need": {"خسارتم باید پرداخت شود"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("a journey nobody has walked yet: status %d: %s", p.Status, p.Find("[role=alert]").Text())
	}
	heardAtWork(t, w)
	called(t, w)
	begun := w.As("olga").Post("/tasks/words", url.Values{"journey": {fmt.Sprint(w.Fibre.ID)}, "format": {"csv"}})
	w.Drain()
	if p := w.As("zahra").Post(fmt.Sprintf("/employees/%d/absences", w.Actor("zahra").EmployeeID), url.Values{"from": {w.Now().Format(time.DateOnly)}, "until": {w.Now().AddDate(0, 0, 9).Format(time.DateOnly)}, "substitute": {"0"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("an absence: status %d: %s", p.Status, p.Find("[role=alert]").Text())
	}
	for _, country := range []string{"IR", "GR"} {
		if p := w.As("admin").Post("/settings/holidays/sets", url.Values{"country": {country}}); p.Status != http.StatusSeeOther {
			t.Fatalf("holidays of %s: status %d", country, p.Status)
		}
	}
	w.As("olga").Post("/tasks/words", url.Values{"journey": {fmt.Sprint(w.Fibre.ID)}, "format": {"csv"}})
	if given := give(w.As("admin"), "file", "loans.csv", "Case ID,Activity,Complete Timestamp,Resource\nالف,visit,2026-03-01 10:00,zahra\nب,visit,2026-03-02 11:00,zahra\n"); begun.Status != http.StatusSeeOther || given.Status != http.StatusSeeOther {
		t.Fatalf("tasks: status %d and %d: %s", begun.Status, given.Status, given.Find("[role=alert]").Text())
	}
	return w
}

// heardAtWork lets employees write down what customers told them: a wish that three heard and one that was answered, a
// complaint of a customer who wants to be called.
func heardAtWork(t testing.TB, w *servertest.World) {
	t.Helper()
	record := func(who string, form url.Values) string {
		p := w.As(who).Post("/observations", form)
		if p.Status != http.StatusSeeOther {
			t.Fatalf("%s writes down %v: status %d: %s", who, form, p.Status, p.Find("[role=alert]").Text())
		}
		return p.Location
	}
	wish := record("zahra", url.Values{"kind": {"wish"}, "touchpoint": {fmt.Sprint(w.Visit.ID)}, "words": {"نصاب پیش از آمدن زنگ بزند"}})
	for _, who := range []string{"boris", "nikos"} {
		record(who, url.Values{"join": {path.Base(wish)}, "words": {"Позвоните заранее"}})
	}
	planned := record("zahra", url.Values{"kind": {"wish"}, "touchpoint": {fmt.Sprint(w.Visit.ID)}, "words": {"ساعت دقیق‌تری بگویید"}})
	if p := w.As("olga").Post(planned+"/answer", url.Values{"state": {"planned"}, "answer": {"С апреля — окно в два часа."}}); p.Status != http.StatusSeeOther {
		t.Fatalf("Olga answers: status %d", p.Status)
	}
	record("zahra", url.Values{"kind": {"complaint"}, "touchpoint": {fmt.Sprint(w.Visit.ID)}, "words": {"سه بار زنگ زده است"}, "about": {"order-123"}, "call": {"1"}})
	record("zahra", url.Values{"kind": {"praise"}, "touchpoint": {"0"}})
	zahra := w.As("zahra")
	share := zahra.Get("/feedback").Find("form[action$='/sharing']").First().AttrOr("action", "")
	if p := zahra.Post(share, nil); p.Status != http.StatusSeeOther {
		t.Fatalf("Zahra shares praise at %q: status %d", share, p.Status)
	}
}

// called lets Olga make a list for Zahra's team, who has made one call from it and has the next customer in hand.
func called(t testing.TB, w *servertest.World) {
	t.Helper()
	made := w.As("olga").Post("/outreach", url.Values{"name": {"Кто перестал приходить"}, "journey": {fmt.Sprint(w.Fibre.ID)}, "team": {fmt.Sprint(w.North.ID)}, "rule": {"lapsed"},
		"times": {"3"}, "at_least": {"3"}, "days": {"1"}, "most": {"40"}, "share": {"20"}, "horizon": {"30"}})
	if made.Status != http.StatusSeeOther {
		t.Fatalf("a list: status %d: %s", made.Status, made.Find("[role=alert]").Text())
	}
	var past []ingest.Record
	for i := range 24 {
		r := w.Answered(fmt.Sprint("order-", 400+i), 4, "")
		r.Customer.Key, r.Customer.Name = fmt.Sprint("customer-order-", 400+i%6), "Μαρία"
		r.Customer.Phone = "+۹۸ ۲۱ ۵۵۵"
		earlier(&r, time.Duration(100+10*(i/6))*24*time.Hour)
		past = append(past, r)
	}
	w.Take(past...)
	w.Drain()
	if p := w.As("olga").Post(made.Location+"/search", nil); p.Status != http.StatusSeeOther {
		t.Fatalf("a search: status %d", p.Status)
	}
	w.Drain()
	zahra := w.As("zahra")
	zahra.Post(made.Location+"/next", nil)
	first := zahra.Get(made.Location+"/next").Find("form:has([name=outcome])").AttrOr("action", "")
	if p := zahra.Post(first, url.Values{"outcome": {"fine"}, "note": {"Όλα καλά, ευχαριστεί"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("a call at %q: status %d", first, p.Status)
	}
	zahra.Post(made.Location+"/next", nil)
}

// give uploads a file to be taken in.
func give(c *servertest.Client, field, name, content string) servertest.Page {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	err := form.WriteField("mapping", "event-log")
	part, failed := form.CreateFormFile(field, name)
	if err = cmp.Or(err, failed); err == nil {
		_, err = io.WriteString(part, content)
	}
	if err = cmp.Or(err, form.Close()); err != nil {
		c.T.Fatal(err)
	}
	r := c.Request(http.MethodPost, reply.UploadPath, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Origin", c.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.Do(r)
}

// earlier moves everything of a run into the past.
func earlier(r *ingest.Record, by time.Duration) {
	for i := range r.Contacts {
		r.Contacts[i].Started = r.Contacts[i].Started.Add(-by)
		r.Contacts[i].PromiseDue, r.Contacts[i].PromiseKept = r.Contacts[i].Started.Add(12*time.Hour), r.Contacts[i].Started.Add(time.Duration(6+by/time.Hour%13)*time.Hour)
	}
	r.Completed, r.Answer.At = r.Completed.Add(-by), r.Answer.At.Add(-by)
}

// staffViews is the fullest page that each address of the route table has, found by following links as every role; and
// every form of theirs as it comes back when nothing of what it requires was filled in.
func staffViews(t *testing.T, w *servertest.World) []view {
	t.Helper()
	fullest, size := map[string]view{}, map[string]int{}
	forms := map[string]view{}
	for _, who := range []string{"zahra", "nikos", "olga", "ann", "admin"} {
		c := crawl(t, w, who, 8)
		for _, at := range c.order {
			u, err := url.Parse(at)
			if err != nil {
				t.Fatal(err)
			}
			route := c.routes.of(http.MethodGet, u.Path)
			page := c.pages[at]
			if _, is := unseen[route]; is || !isPage(page) {
				continue
			}
			if n := page.Find("main *").Length(); n > size[route] {
				fullest[route], size[route] = view{name: pictureName(route), who: who, path: at, status: http.StatusOK}, n
			}
			for _, f := range page.Find("main form[method=post]:has(input[required], textarea[required])").EachIter() {
				to := f.AttrOr("action", at)
				sent := c.routes.of(http.MethodPost, to)
				if _, known := forms[sent]; !known && !final.MatchString(to) && f.AttrOr("enctype", "") == "" {
					forms[sent] = view{name: pictureName(sent) + " with problems", who: who, path: to, form: emptied(f), status: http.StatusUnprocessableEntity}
				}
			}
		}
	}
	var all []view
	for _, v := range fullest {
		all = append(all, v)
	}
	for _, v := range forms {
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b view) int { return cmp.Or(cmp.Compare(a.who, b.who), cmp.Compare(a.name, b.name)) })
	return all
}

func pictureName(route string) string {
	return strings.Trim(strings.NewReplacer("/:", "-", "/", "-", ".", "-").Replace(route), "-")
}

// emptied is a form sent with what it carries along and nothing that a person fills in.
func emptied(f *goquery.Selection) url.Values {
	form := url.Values{}
	for _, e := range f.Find("[name]").EachIter() {
		if e.AttrOr("type", "") == "hidden" {
			form.Add(e.AttrOr("name", ""), e.AttrOr("value", ""))
		} else {
			form.Add(e.AttrOr("name", ""), "")
		}
	}
	return form
}

// exhibition is every page there is, in every state worth looking at. A route without one fails the test.
func exhibition(t *testing.T, w *servertest.World) []view {
	t.Helper()
	all := slices.Concat(customerViews(t, w), staffViews(t, w), states(w))
	shown := map[string]bool{}
	for _, v := range all {
		path, _, _ := strings.Cut(v.path, "?")
		if v.form == nil {
			shown[table(w.Server.Routes()).of(http.MethodGet, path)] = true
		}
	}
	for _, r := range w.Server.Routes() {
		if _, is := unseen[r.Path]; r.Method == http.MethodGet && !shown[r.Path] && !is && !file.MatchString(r.Path) {
			t.Errorf("GET %s has no page in the gallery: nobody of the busy world can reach one by links. Give the world what leads there, add it to states, or say in unseen what it is instead", r.Path)
		}
	}
	return all
}

// customerViews are what a stranger sees.
func customerViews(t *testing.T, w *servertest.World) []view {
	t.Helper()
	used, err := w.App.Surveys.HandOver(t.Context(), w.RunOf("order-124").ID)
	if err != nil {
		t.Fatal(err)
	}
	open, answered := "/s/"+w.Link(w.RunOf("order-123").ID), "/s/"+w.Link(w.RunOf("order-124").ID)
	if p := w.Stranger().Post(answered, url.Values{"overall": {"2"}, "comment": {"Ήρθε αργά"}, "contact": {"1"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("her answer: %d", p.Status)
	}
	asked, allowed := praised(t, w, "order-301"), praised(t, w, "order-302")
	if p := w.Stranger().Post(allowed+"/praise", url.Values{"allow": {"1"}, "name": {"Μαρία"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("her consent: %d", p.Status)
	}
	choose := w.As("olga").Get("/praise/choice").Find("main article form").AttrOr("action", "")
	if p := w.As("olga").Post(choose, nil); p.Status != http.StatusSeeOther {
		t.Fatalf("Olga chooses it: %d", p.Status)
	}
	solved, said, reopened := question(t, w, "order-123"), question(t, w, "order-124"), question(t, w, "order-301")
	for path, word := range map[string]string{said: "yes", reopened: "no"} {
		if p := w.Stranger().Post(path, url.Values{"solved": {word}, "comment": {"Ευχαριστώ για τον κόπο"}}); p.Status != http.StatusSeeOther {
			t.Fatalf("her word %s: %d", word, p.Status)
		}
	}
	return []view{
		{name: "solved", path: solved, status: 200},
		{name: "solved with problems", path: solved, form: url.Values{"solved": {"no"}, "comment": {strings.Repeat("ж", 4001)}}, status: 422},
		{name: "solved said yes", path: said, status: 200},
		{name: "solved said no", path: reopened, status: 200},
		{name: "solved unknown", path: "/solved/nonsense", status: 404},
		{name: "praise", path: "/praise", status: 200},
		{name: "praise asked", path: asked + "/thanks", status: 200},
		{name: "praise asked with problems", path: asked + "/praise", form: url.Values{"allow": {"1"}, "name": {strings.Repeat("ж", 41)}}, status: 422},
		{name: "praise allowed", path: allowed + "/praise", status: 200},
		{name: "sign-in", path: "/sign-in", status: 200},
		{name: "sign-in with problems", path: "/sign-in", form: url.Values{"login": {"zahra"}, "password": {"guessed"}}, status: 422},
		{name: "survey", path: open, status: 200},
		{name: "survey with problems", path: open, form: url.Values{"overall": {"9"}}, status: 422},
		{name: "survey answered", path: answered, status: 200},
		{name: "survey thanks", path: answered + "/thanks", status: 200},
		{name: "survey stop", path: open + "/stop", status: 200},
		{name: "survey used", path: "/s/" + used, status: 410},
		{name: "survey unknown", path: "/s/nonsense", status: 404},
		{name: "lost stranger", path: "/nowhere", status: 404},
	}
}

// question asks the customer of a run whether it is solved, and is the way to where she says so.
func question(t *testing.T, w *servertest.World, key string) string {
	t.Helper()
	ann, r := w.Actor("ann"), w.RunOf(key)
	if err := w.App.Cases.Raise(t.Context(), r.ID, casework.Trigger{Kind: casework.Contact, At: w.Now()}); err != nil {
		t.Fatal(err)
	}
	cases, err := w.App.Store.CasesOf(t.Context(), r.CustomerID)
	if err != nil || len(cases) == 0 {
		t.Fatalf("no case of %s: %v", key, err)
	}
	_, err = w.App.Cases.Attempt(t.Context(), ann, cases[0].ID, casework.Tried{Channel: "call", Result: casework.Reached})
	if err == nil {
		_, err = w.App.Cases.Code(t.Context(), ann, cases[0].ID, "promise")
	}
	rules := casework.DefaultRules()
	rules.Compensation.Currency = "EUR"
	if err == nil {
		err = w.App.Store.SaveCaseRules(t.Context(), 0, &rules)
	}
	c, failed := w.App.Cases.Propose(t.Context(), ann, cases[0].ID, casework.Solved{Solution: "مودم عوض شد و خط دوباره بررسی شد.", CompensationMinor: 1500})
	if err = cmp.Or(err, failed); err != nil {
		t.Fatal(err)
	}
	return respond.SolvedPath(surveytest.Link(t, w.App.Store, c))
}

// praised is the link of a customer who answered with praise, in a company that publishes it.
func praised(t *testing.T, w *servertest.World, key string) string {
	t.Helper()
	if p := w.As("ann").Post("/praise/choice", url.Values{"public": {"1"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("Ann publishes praise: %d", p.Status)
	}
	done := w.Completed(key)
	done.Ask = true
	w.Take(done)
	link := "/s/" + w.Link(w.RunOf(key).ID)
	if p := w.Stranger().Post(link, url.Values{"overall": {"5"}, "comment": {"Γρήγορα και με χαμόγελο"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("her praise: %d", p.Status)
	}
	return link
}

// states are pages that no link leads to: nothing found, not there, not hers, something open.
func states(w *servertest.World) []view {
	menu := `document.querySelector("details[data-menu]").open = true`
	dialog := `document.getElementById("confirm").querySelector("[data-text]").textContent = "…"; document.querySelector("#confirm [value=yes]").textContent = "…"; document.getElementById("confirm").showModal()`
	everything := `document.querySelectorAll("details:not([data-menu])").forEach((d) => { d.open = true })`
	handover := fmt.Sprintf("/runs/%d/handover", w.RunOf("order-123").ID)
	tasks := w.As("olga").Get("/tasks").Find("main a[href^='/tasks/']")
	zahra, err := w.App.Store.UserByLogin(w.T.Context(), "zahra")
	if err != nil {
		w.T.Fatal(err)
	}
	user := fmt.Sprintf("/people/users/%d", zahra.ID)
	var lost casework.Mail
	for i, words := range []string{"مودم هنوز قطع است. کسی نمی‌آید؟", "Пишу уже второй раз"} {
		if lost, _, err = w.App.Cases.Receive(w.T.Context(), casework.LetterFrom{MessageID: fmt.Sprint(i), From: "order-999@example.org", Subject: "?", Words: words}); err != nil {
			w.T.Fatal(err)
		}
	}
	if err := w.App.Store.Meet(w.T.Context(), zahra.ID, "a-token"); err != nil {
		w.T.Fatal(err)
	}
	return []view{
		{name: "lost mail", who: "ann", path: "/cases/mail", status: 200},
		{name: "lost mail looked for", who: "ann", path: fmt.Sprintf("/cases/mail/%d?q=order", lost.ID), status: 200},
		{name: "asks before mail ends", path: "/s/a-token/notices", status: 200},
		{name: "mail settings with problems", who: "zahra", path: "/me/notifications", form: url.Values{"quiet_from": {"25"}}, status: 422},
		{name: "task waiting", who: "olga", path: tasks.First().AttrOr("href", ""), status: 200},
		{name: "task ended", who: "olga", path: tasks.Last().AttrOr("href", ""), status: 200},
		{name: "lost", who: "ann", path: "/nowhere", status: 404},
		{name: "not hers", who: "zahra", path: "/settings", status: 403},
		{name: "search something found", who: "ann", path: "/search?q=order-1", status: 200},
		{name: "search nothing found", who: "ann", path: "/search?q=щщщ", status: 200},
		{name: "runs none", who: "ann", path: "/runs?key=щщщ", status: 200},
		{name: "employees none", who: "ann", path: "/people/employees?q=щщщ", status: 200},
		{name: "handover", who: "zahra", path: handover, status: 200},
		{name: "handover code", who: "zahra", path: handover, form: url.Values{}, status: 200},
		{name: "asks before signing out elsewhere", who: "ann", path: "/me/sessions/end-others", status: 200},
		{name: "asks before a customer is left alone", who: "ann", path: fmt.Sprintf("/customers/%d/consent?ask=0", w.RunOf("order-123").CustomerID), status: 200},
		{name: "asks before a customer is erased", who: "ann", path: fmt.Sprintf("/customers/%d/erasure", w.RunOf("order-123").CustomerID), status: 200},
		{name: "asks before a sign-in is closed", who: "admin", path: user + "/access?disabled=1", status: 200},
		{name: "asks before a password is reset", who: "admin", path: user + "/password", status: 200},
		{name: "menu open", who: "ann", path: "/company", script: menu, status: 200},
		{name: "dialog open", who: "ann", path: "/company", script: dialog, status: 200},
		{name: "everything open", who: "olga", path: fmt.Sprintf("/journeys/%d", w.Fibre.ID), script: everything, status: 200},
	}
}

// visitor opens views in one window, in one language.
type visitor struct {
	pose
	poses   []pose // those of its language
	t       testing.TB
	ctx     context.Context
	w       *servertest.World
	lang    i18n.Lang
	who     string
	crawler *crawler
	scales  *browser.Scales
}

func visit(t testing.TB, parent context.Context, w *servertest.World, lang i18n.Lang) *visitor {
	t.Helper()
	v := &visitor{t: t, ctx: browser.Tab(t, parent, browser.Viewport(desk, 900), browser.Still()), w: w, lang: lang, poses: posesIn(lang), who: "nobody yet"}
	v.scales = browser.Weigh(v.ctx, t)
	v.crawler = &crawler{t: t, routes: w.Server.Routes()}
	return v
}

// enter makes the window that of somebody.
func (v *visitor) enter(who string) error {
	if v.who == who {
		return nil
	}
	v.who, v.crawler.who = who, cmp.Or(who, "a stranger")
	cookies := []*http.Cookie{{Name: "jl_lang", Value: string(v.lang)}}
	if who != "" {
		address, err := url.Parse(v.w.URL)
		if err != nil {
			return err
		}
		cookies = append(cookies, v.w.As(who).Language(string(v.lang)).HTTP.Jar.Cookies(address)...)
	}
	return browser.Cookies(v.ctx, v.w.URL, cookies)
}

// send is a form of the page's own, sent as it is.
const send = `(() => {
	const form = document.createElement("form");
	form.method = "post"; form.action = %s;
	for (const [name, values] of Object.entries(%s)) for (const value of values) {
		const field = document.createElement("input");
		field.type = "hidden"; field.name = name; field.value = value;
		form.append(field);
	}
	document.body.append(form);
	form.submit();
})()`

// open shows a view and says what answer came instead of the expected one.
func (v *visitor) open(x view) error {
	if err := v.enter(x.who); err != nil {
		return err
	}
	path := x.path
	if x.who == "" {
		path = withLanguage(path, v.lang)
	}
	step := chromedp.Navigate(v.w.URL + path)
	if x.form != nil {
		if err := chromedp.Do(v.ctx, chromedp.Navigate(v.w.URL+"/healthz")); err != nil { // a form comes from the same site
			return err
		}
		address, _ := json.Marshal(v.w.URL + path)
		fields, _ := json.Marshal(x.form)
		step = chromedp.Evaluate[chromedp.Void](fmt.Sprintf(send, address, fields))
	}
	answer, err := chromedp.RunResponse(v.ctx, step)
	if err != nil {
		return err
	}
	if int(answer.Status) != x.status {
		return fmt.Errorf("status %d, want %d", answer.Status, x.status)
	}
	for _, problem := range browser.Problems(v.ctx) {
		if x.status < 400 || !strings.Contains(problem, fmt.Sprintf("status %d", x.status)) {
			v.t.Errorf("%s in %s: %s", x.name, v.lang, problem)
		}
	}
	if x.script != "" {
		return chromedp.Do(v.ctx, chromedp.Evaluate[chromedp.Void](x.script))
	}
	return nil
}

func withLanguage(path string, lang i18n.Lang) string {
	if strings.Contains(path, "?") {
		return path + "&lang=" + string(lang)
	}
	return path + "?lang=" + string(lang)
}

// read holds the words of the open page against its language.
func (v *visitor) read(x view) error {
	source, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](`document.documentElement.outerHTML`))
	if err != nil {
		return err
	}
	page := servertest.PageOf(v.t, source)
	if at := strings.Index(source, "⟦"); at >= 0 {
		v.t.Errorf("%s in %s: a message is missing: %.60s", x.name, v.lang, source[at:])
	}
	root := page.Find("html")
	if root.AttrOr("lang", "") != string(v.lang) || root.AttrOr("dir", "") != v.lang.Dir() {
		v.t.Errorf("%s in %s: lang %q, dir %q", x.name, v.lang, root.AttrOr("lang", ""), root.AttrOr("dir", ""))
	}
	if v.lang != i18n.English {
		v.crawler.translated(x.name, page, v.lang)
	}
	return nil
}

// A pose is how the window stands while a page is looked at.
type pose struct {
	width  int
	scheme string
}

// poses follow each other by one change each: a page is drawn anew for every one.
var poses = []pose{{desk, browser.Dark}, {desk, browser.Light}, {phone, browser.Light}, {phone, browser.Dark}}

// Every page, in every language, is looked at by day on a desk and on a phone, and held against the whole standard once: the
// four languages together at both widths, by day and by night. In Persian, which alone runs from right to left, also against
// what the other width and the other colours can change.
var (
	whole = map[i18n.Lang]pose{i18n.English: {desk, browser.Light}, i18n.Persian: {phone, browser.Light}, i18n.Greek: {phone, browser.Dark}, i18n.Russian: {desk, browser.Dark}}
	apart = map[i18n.Lang]pose{i18n.Persian: {desk, browser.Dark}}
)

// posesIn are those that pages of a language are seen in.
func posesIn(lang i18n.Lang) []pose {
	return slices.DeleteFunc(slices.Clone(poses), func(p pose) bool {
		return p.scheme == browser.Dark && p != whole[lang] && p != apart[lang]
	})
}

// see looks at the open page in every pose of its language. The next page is opened as this one is left, and seen the other
// way round.
func (v *visitor) see(x view) error {
	defer slices.Reverse(v.poses)
	for _, p := range v.poses {
		for _, step := range []func() error{
			func() error { return v.stand(p) },
			func() error { return v.look(x) },
			func() error { return v.judge(x) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
	}
	return nil
}

// stand takes a pose, and waits until the page is drawn so.
func (v *visitor) stand(p pose) error {
	if p == v.pose {
		return browser.Settled(v.ctx)
	}
	if p.width != v.width {
		if err := browser.Resize(v.ctx, p.width, 900); err != nil {
			return err
		}
	}
	if p.scheme != v.scheme {
		if err := browser.Prefers(v.ctx, p.scheme); err != nil {
			return err
		}
	}
	v.pose = p
	return nil
}

// look finds what eyes would, which is the same by night, and keeps a picture.
func (v *visitor) look(x view) error {
	if v.scheme == browser.Light {
		sight, err := browser.Look(v.ctx)
		if err != nil {
			return err
		}
		for _, line := range sight.All() {
			v.wrong(x, line)
		}
	}
	return v.hang(x)
}

// judge holds the open page against the standard, and by day, where that is the whole, walks it by keyboard.
func (v *visitor) judge(x view) error {
	var rules []string
	switch v.pose {
	case whole[v.lang]:
		if v.scheme == browser.Light {
			if err := v.walk(x); err != nil {
				return err
			}
		}
	case apart[v.lang]:
		rules = axe.Layout
	default:
		return nil
	}
	found, err := axe.Check(v.ctx, rules...)
	for _, violation := range found {
		v.wrong(x, violation.String())
	}
	return err
}

func (v *visitor) wrong(x view, what string) {
	v.t.Errorf("%s in %s at %d, %s: %s", x.name, v.lang, v.width, v.scheme, what)
}

// hang keeps a picture of the open page where JOURNEYLOOP_PICTURES says.
func (v *visitor) hang(x view) error {
	dir := os.Getenv("JOURNEYLOOP_PICTURES")
	if dir == "" {
		return nil
	}
	picture, err := browser.Picture(v.ctx, 0.5)
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, "gallery"), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "gallery", pictureFile(x, v.lang, v.pose)), picture, 0o644)
	}
	return err
}

func pictureFile(x view, lang i18n.Lang, p pose) string {
	return fmt.Sprintf("%s_%s_%d_%s.jpg", strings.ReplaceAll(x.name, " ", "-"), lang, p.width, p.scheme)
}

// sheet is the contact sheet: a row for every page, a picture for each language and width.
const sheet = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title><style>body{font:14px sans-serif}td{vertical-align:top;padding:4px}img{border:1px solid #888;max-height:420px}th{text-align:start}</style>
<table>{{range .Rows}}<tr><th>{{.Name}}</th></tr><tr>{{range .Files}}<td><a href="gallery/{{.}}"><img src="gallery/{{.}}" alt="{{.}}" loading="lazy"></a></td>{{end}}</tr>{{end}}</table></html>`

// contactSheet puts all pictures on one page.
func contactSheet(t *testing.T, views []view) {
	t.Helper()
	dir := os.Getenv("JOURNEYLOOP_PICTURES")
	if dir == "" {
		return
	}
	type row struct {
		Name  string
		Files []string
	}
	var rows []row
	for _, x := range views {
		r := row{Name: x.name}
		for _, lang := range i18n.Languages {
			r.Files = append(r.Files, pictureFile(x, lang, pose{desk, browser.Light}), pictureFile(x, lang, pose{phone, browser.Light}))
		}
		rows = append(rows, r)
	}
	var page bytes.Buffer
	if err := template.Must(template.New("").Parse(sheet)).Execute(&page, map[string]any{"Rows": rows}); err != nil {
		t.Fatal(err)
	}
	err := os.MkdirAll(dir, 0o755) // no picture hangs yet
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "gallery.html"), page.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheGallery opens every page that there is, in every language, on a phone and on a desk, and looks at it.
func TestTheGallery(t *testing.T) {
	t.Parallel()
	chromium := browser.Open(t)
	for _, lang := range []i18n.Lang{i18n.Persian, i18n.English, i18n.Greek, i18n.Russian} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			w := lived(t)
			views := exhibition(t, w)
			t.Logf("%d pages", len(views))
			if lang == i18n.English {
				contactSheet(t, views)
			}
			hands := 2
			for hand := range hands {
				t.Run(fmt.Sprint(hand), func(t *testing.T) {
					t.Parallel()
					tour(t, visit(t, chromium, w, lang), views[hand*len(views)/hands:(hand+1)*len(views)/hands])
				})
			}
		})
	}
}

func tour(t *testing.T, v *visitor, views []view) {
	t.Helper()
	if err := v.stand(v.poses[0]); err != nil {
		t.Fatal(err)
	}
	for _, x := range views {
		for _, step := range []func(view) error{v.open, v.read, v.see} {
			if err := step(x); err != nil {
				t.Errorf("%s (%s) in %s: %v", x.name, x.path, v.lang, err)
				break
			}
		}
	}
}
