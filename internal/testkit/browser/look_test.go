package browser

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// drawn opens a page with this body in a window 400 pixels wide.
func drawn(t *testing.T) (context.Context, func(body string)) {
	t.Helper()
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,"><style>body{margin:0;font:16px/1.2 sans-serif}</style>` + body))
	}))
	t.Cleanup(server.Close)
	ctx := Open(t, Viewport(400, 600))
	return ctx, func(s string) {
		t.Helper()
		body = s
		if err := chromedp.Do(ctx, chromedp.Navigate(server.URL)); err != nil {
			t.Fatal(err)
		}
	}
}

// same tells whether each finding says what was expected of it, in order.
func same(t *testing.T, found, want []string) {
	t.Helper()
	if len(found) != len(want) {
		t.Fatalf("found %q, want %q", found, want)
	}
	for i := range want {
		if !strings.Contains(found[i], want[i]) {
			t.Errorf("found %q, want %q in it", found[i], want[i])
		}
	}
}

func TestALookFindsWhatASharpEyeWould(t *testing.T) {
	ctx, open := drawn(t)
	if err := Prefers(ctx, Light); err != nil {
		t.Fatal(err)
	}
	for says, c := range map[string]struct {
		body string
		want []string
	}{
		"a plain page is fine":                          {`<h1>Heading</h1><p>Words that take more than one line on a telephone as narrow as this one is.</p><p>More</p>`, nil},
		"what is wider than the window sticks out":      {`<p id="far" style="width:450px">Far</p>`, []string{"wider than the window: 50 px by p#far"}},
		"what scrolls by itself does not":               {`<div style="overflow-x:auto"><p style="width:450px">Far</p></div>`, nil},
		"words on words":                                {`<p>Under</p><p style="margin-top:-30px">Over</p>`, []string{"one on the other: “Under” and “Over”"}},
		"words on a field":                              {`<input style="display:block"><p style="margin-top:-16px">Over</p>`, []string{"one on the other: “input” and “Over”"}},
		"a date on another in a drawing":                {`<svg width="100" height="30"><text x="0" y="20">16 March</text><text x="20" y="20">17 March</text></svg>`, []string{"one on the other"}},
		"words that only a screen reader finds hide":    {`<p>Seen <span style="position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)">heard</span></p>`, nil},
		"a panel laid over the page is meant":           {`<p>Under</p><div style="position:absolute;top:0;z-index:1;background:#fff"><p>Panel</p></div>`, nil},
		"half a word behind an edge":                    {`<p style="width:50px;overflow:hidden;white-space:nowrap">Unreadable</p>`, []string{"cut off: “Unreadable”"}},
		"three dots say that there is more":             {`<p style="width:50px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis">Unreadable</p>`, nil},
		"something moves though nothing should":         {`<p id="late" style="transition:color 1s">Slowly</p>`, []string{"moves: p#late"}},
		"what moves only for those who like it is fine": {`<style>@media (prefers-reduced-motion:no-preference){p{transition:color 1s}}</style><p>Still</p>`, nil},
	} {
		t.Run(says, func(t *testing.T) {
			open(c.body)
			sight, err := Look(ctx)
			if err != nil {
				t.Fatal(err)
			}
			same(t, sight.All(), c.want)
		})
	}
}

func TestAWalkFindsWhatStopsAKeyboard(t *testing.T) {
	ctx, open := drawn(t)
	for says, c := range map[string]struct {
		body string
		want []string
	}{
		"links, fields and buttons are reached in order": {`<a href="#x">one</a> <input aria-label="two"> <button>three</button>`, nil},
		"of radio buttons one is reached":                {`<form><input type="radio" name="r"><input type="radio" name="r" checked></form><a href="#x">on</a>`, nil},
		"nothing shows where the focus is":               {`<style>a{outline:none}</style><a href="#x">one</a>`, []string{"nothing shows that a “one” has the focus"}},
		"a mark on the label counts":                     {`<style>input{opacity:0} label:has(:focus-visible){box-shadow:0 0 0 2px red}</style><label>one <input type="checkbox"></label>`, nil},
		"an order of its own is not the one seen":        {`<a href="#x" tabindex="2">one</a> <a href="#x" tabindex="1">two</a>`, []string{"a “one” comes after a “two”", "a “one” is seen before a “two” and reached after it"}},
		"what is shown first and reached second":         {`<div style="display:flex;flex-direction:row-reverse"><a href="#x">one</a><a href="#y">two</a></div>`, []string{"a “two” is seen before a “one” and reached after it"}},
		"columns are read one after the other":           {`<div style="display:flex"><div><a href="#x">one</a><br><a href="#y">two</a></div><div><a href="#z">three</a></div></div>`, nil},
		"what takes the keys for itself":                 {`<button onkeydown="if (event.key === 'Tab') event.preventDefault()">one</button><a href="#x">two</a>`, []string{"the keys stay at button “one”", "the Tab key does not reach a “two”"}},
		"something in front of what has the focus":       {`<a href="#x">one</a><div style="position:fixed;inset:0;background:#fff"></div>`, []string{"a “one” has the focus and is covered by div"}},
	} {
		t.Run(says, func(t *testing.T) {
			open(c.body)
			problems, err := Walk(ctx)
			if err != nil {
				t.Fatal(err)
			}
			same(t, problems, c.want)
		})
	}
}
