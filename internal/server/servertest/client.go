package servertest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// Client is one person's browser. It keeps cookies and does not follow redirects by itself.
type Client struct {
	T    testing.TB
	URL  string
	HTTP *http.Client
}

// Page is an answer, read whole.
type Page struct {
	Status   int
	Header   http.Header
	Location string // where a redirect leads
	Body     string
	document func() *goquery.Document
}

// PageOf is a page of which only the body is known.
func PageOf(t testing.TB, body string) Page {
	return Page{Body: body, document: sync.OnceValue(func() *goquery.Document {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return doc
	})}
}

// Document is the page as a browser reads it; that takes its time, and is done when somebody first looks.
func (p Page) Document() *goquery.Document { return p.document() }

// Find is what a selector finds on the page.
func (p Page) Find(selector string) *goquery.Selection { return p.document().Find(selector) }

// Text is all that stands on the page.
func (p Page) Text() string { return p.document().Text() }

// patience is how long an answer may take before it counts as one that never comes.
const patience = time.Minute

// plain asks for pages as they are: to press each one and to unpress it takes as long as to make it.
var plain = func() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableCompression = true
	return t
}()

// Stranger is a browser that is not signed in.
func (w *World) Stranger() *Client {
	w.T.Helper()
	jar, err := cookiejar.New(nil)
	w.must(err)
	return &Client{T: w.T, URL: w.URL, HTTP: &http.Client{Transport: plain, Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// As is a browser signed in through the sign-in form: nikos, zahra, olga, ann, boris or admin.
func (w *World) As(login string) *Client {
	w.T.Helper()
	c := w.Stranger()
	if page := c.SignIn(login, Password); page.Status != http.StatusSeeOther {
		w.T.Fatalf("sign in as %s: status %d: %s", login, page.Status, page.Find("[role=alert]").Text())
	}
	return c
}

// SignIn fills in the sign-in form.
func (c *Client) SignIn(login, password string) Page {
	c.T.Helper()
	return c.Post("/sign-in", url.Values{"login": {login}, "password": {password}})
}

// Language makes the browser's person read another language: en, fa, el, ru.
func (c *Client) Language(lang string) *Client {
	c.T.Helper()
	if page := c.Post("/me/language", url.Values{"lang": {lang}}); page.Status != http.StatusSeeOther {
		c.T.Fatalf("choose %s: status %d", lang, page.Status)
	}
	return c
}

// Get opens a page.
func (c *Client) Get(path string) Page {
	c.T.Helper()
	return c.Do(c.Request(http.MethodGet, path, nil))
}

// Part asks for a page as htmx does.
func (c *Client) Part(path string) Page {
	c.T.Helper()
	r := c.Request(http.MethodGet, path, nil)
	r.Header.Set("HX-Request", "true")
	return c.Do(r)
}

// Post sends a form, as a browser does from one of the server's own pages.
func (c *Client) Post(path string, form url.Values) Page {
	c.T.Helper()
	r := c.Request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", c.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.Do(r)
}

// Follow opens where a redirect leads.
func (c *Client) Follow(p Page) Page {
	c.T.Helper()
	if p.Location == "" {
		c.T.Fatalf("status %d leads nowhere: %s", p.Status, p.Body)
	}
	return c.Get(p.Location)
}

// Request makes a request to be changed before Do.
func (c *Client) Request(method, path string, body io.Reader) *http.Request {
	c.T.Helper()
	r, err := http.NewRequestWithContext(c.T.Context(), method, c.URL+path, body)
	if err != nil {
		c.T.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	return r
}

// Do sends a request and reads the answer; one with a message missing from the catalogue fails the test.
func (c *Client) Do(r *http.Request) Page {
	c.T.Helper()
	answer, err := c.HTTP.Do(r)
	if err != nil {
		c.T.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		c.T.Fatal(err)
	}
	if at := strings.Index(string(body), "⟦"); at >= 0 {
		c.T.Errorf("%s %s: a message is missing: %.60s", r.Method, r.URL.Path, body[at:])
	}
	page := PageOf(c.T, string(body))
	page.Status, page.Header, page.Location = answer.StatusCode, answer.Header, answer.Header.Get("Location")
	return page
}
