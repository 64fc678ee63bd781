package browser

import (
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// pages is a site with every problem on a page of its own.
var pages = map[string]string{
	"/fine":      `<p id="here">fine</p><script>console.log("only said")</script>`,
	"/console":   `<script>console.error("the till", 7, {a: 1})</script>`,
	"/exception": `<script>throw new Error("out of order")</script>`,
	"/missing":   `<img src="/nowhere.png" alt="">`,
	"/foreign":   `<script src="https://cdn.example.com/script.js"></script>`,
	"/inline":    `<p style="color: red">dressed</p>`,
	"/script":    `<p id="who">without</p><script>document.getElementById("who").textContent = "with"</script>`,
}

func site(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, known := pages[r.URL.Path]
		if r.URL.Path == "/language" {
			body, known = `<p id="asked">`+r.Header.Get("Accept-Language")+`</p>`, true
		}
		if !known {
			http.NotFound(w, r)
			return
		}
		if r.URL.Path == "/inline" {
			w.Header().Set("Content-Security-Policy", "style-src 'self'")
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><title>t</title><link rel=icon href=data:,>%s", body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestWhatGoesWrongOnAPageIsHeard(t *testing.T) {
	url, ctx := site(t), Open(t)
	for _, c := range []struct {
		name, path string
		want       []string
	}{
		{"a page that works has no problem", "/fine", nil},
		{"console errors", "/console", []string{"console error: the till 7 Object"}},
		{"uncaught exceptions", "/exception", []string{"uncaught exception: Uncaught Error: out of order"}},
		{"images that are not there", "/missing", []string{"failed request: GET " + url + "/nowhere.png: status 404"}},
		{"pages that are not there", "/absent", []string{"failed request: GET " + url + "/absent: status 404"}},
		{"scripts from elsewhere", "/foreign", []string{"failed request: GET https://cdn.example.com/script.js: net::ERR_NAME_NOT_RESOLVED"}},
		{"a broken security policy", "/inline", []string{"security: Applying inline style violates"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := chromedp.Do(ctx, chromedp.Navigate(url+c.path)); err != nil {
				t.Fatal(err)
			}
			got := Problems(ctx)
			if len(got) != len(c.want) {
				t.Fatalf("heard %q", got)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("heard %q, not %q", got[i], want)
				}
			}
		})
	}
}

// listener stands in for the test that opens a window, to see whether it fails.
type listener struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (l *listener) Cleanup(f func()) { l.cleanups = append(l.cleanups, f) }
func (l *listener) Errorf(format string, args ...any) {
	l.errors = append(l.errors, fmt.Sprintf(format, args...))
}

func TestAProblemNobodyTookFailsTheTest(t *testing.T) {
	l := &listener{TB: t}
	ctx := Open(l)
	if err := chromedp.Do(ctx, chromedp.Navigate(site(t)+"/console")); err != nil {
		t.Fatal(err)
	}
	for i := len(l.cleanups) - 1; i >= 0; i-- {
		l.cleanups[i]()
	}
	if len(l.errors) != 1 || !strings.Contains(l.errors[0], "the till") {
		t.Fatalf("the test failed with %q", l.errors)
	}
}

func TestAWindowIsTheReadersOwn(t *testing.T) {
	url := site(t)
	for _, c := range []struct {
		name, path, element, want string
		options                   []Option
	}{
		{"scripts run", "/script", "who", "with", nil},
		{"scripts do not run when switched off", "/script", "who", "without", []Option{WithoutJavaScript()}},
		{"English unless told otherwise", "/language", "asked", "en", nil},
		{"pages are asked for Persian", "/language", "asked", "fa", []Option{Language("fa")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := Open(t, c.options...)
			if err := chromedp.Do(ctx, chromedp.Navigate(url+c.path)); err != nil {
				t.Fatal(err)
			}
			got, err := chromedp.Run(ctx, chromedp.Text(chromedp.ID(c.element)))
			if err != nil || got != c.want {
				t.Fatalf("%q, %v", got, err)
			}
		})
	}
}

func TestAScreenshotIsAsWideAsThePhone(t *testing.T) {
	ctx := Open(t, Viewport(390, 844))
	if err := chromedp.Do(ctx, chromedp.Navigate(site(t)+"/fine")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "pictures", "fine.png")
	Screenshot(ctx, t, path)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.DecodeConfig(file)
	if err != nil || picture.Width != 390 || picture.Height != 844 {
		t.Fatalf("%d×%d, %v", picture.Width, picture.Height, err)
	}
}

func TestWithoutABrowserTheErrorSaysWhatToInstall(t *testing.T) {
	_, err := firstOf([]string{"no-such-browser"})
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "apt-get install chromium-headless-shell") {
		t.Fatal(err)
	}
}
