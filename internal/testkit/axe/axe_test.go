package axe_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/journeyloop/journeyloop/internal/testkit/axe"
	"github.com/journeyloop/journeyloop/internal/testkit/browser"
)

func TestWhatBreaksTheStandardIsNamed(t *testing.T) {
	const frame = `<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,"><main><h1>Heading</h1>`
	var body string
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(frame + body))
	}))
	t.Cleanup(site.Close)
	ctx := browser.Open(t)
	for says, c := range map[string]struct {
		body string
		only []string
		want []string
	}{
		"a page that keeps the rules breaks none":     {`<p>Words</p>`, nil, nil},
		"a field needs a name":                        {`<input>`, nil, []string{"label"}},
		"pale words on white cannot be read":          {`<p style="color:#aaa">Words</p>`, nil, []string{"color-contrast"}},
		"two small targets side by side are too hard": {`<a href="#a" style="font-size:8px">a</a> <a href="#b" style="font-size:8px">b</a>`, nil, []string{"target-size", "target-size"}},
		"only the rules asked for are looked at":      {`<input><p style="color:#aaa">Words</p>`, axe.Layout, []string{"color-contrast"}},
	} {
		t.Run(says, func(t *testing.T) {
			body = c.body
			if err := chromedp.Do(ctx, chromedp.Navigate(site.URL)); err != nil {
				t.Fatal(err)
			}
			found, err := axe.Check(ctx, c.only...)
			if err != nil {
				t.Fatal(err)
			}
			var rules []string
			for _, v := range found {
				rules = append(rules, v.Rule)
			}
			if !slices.Equal(rules, c.want) {
				t.Errorf("found %v, want %v", found, c.want)
			}
		})
	}
}
