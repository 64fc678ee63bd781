package web

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

func fetch(t *testing.T, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestCaching(t *testing.T) {
	const forever, ask = "public, max-age=31536000, immutable", "no-cache"
	for _, tt := range []struct{ name, path, want string }{
		{"the exact content is kept", URL("app.css"), forever},
		{"a name alone is asked for again", "/static/app.css", ask},
		{"an old hash is asked for again", "/static/app.css?v=000000000000", ask},
		{"a font's name carries its version", "/static/fonts/inter-latin-5.3.0.woff2", forever},
	} {
		if got := fetch(t, tt.path).Header.Get("Cache-Control"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestUnchangedIsNotSentAgain(t *testing.T) {
	first := fetch(t, "/static/app.css", "Accept-Encoding", "gzip")
	again := fetch(t, "/static/app.css", "Accept-Encoding", "gzip", "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("status %d", again.StatusCode)
	}
	if plain := fetch(t, "/static/app.css", "If-None-Match", first.Header.Get("ETag")); plain.StatusCode != http.StatusOK {
		t.Errorf("the plain file was taken for the gzipped one: %d", plain.StatusCode)
	}
}

func TestOnlyTheShelfIsServed(t *testing.T) {
	for _, path := range []string{"/static/", "/static/nothing.css", "/static/../web.go", "/static/%2e%2e/web.go", "/web.go"} {
		if got := fetch(t, path).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: status %d", path, got)
		}
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/static/app.css", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", w.Code)
	}
}

// The budgets a phone on a slow line was promised, in bytes as stored.
func TestWeight(t *testing.T) {
	for name, most := range map[string]int{"app.css": 60_000, "survey.css": 6_000, "live.js": 2_048, "ui.js": 2_048, "palette.js": 6_144} {
		if got := len(assets()[name].body); got == 0 || got > most {
			t.Errorf("%s weighs %d, at most %d", name, got, most)
		}
	}
	persian := len(assets()["fonts/vazirmatn-arabic-5.3.0.woff2"].body) + len(assets()["fonts/vazirmatn-latin-5.3.0.woff2"].body)
	for _, name := range []string{"app.css", "htmx.min.js", "ui.js", "palette.js", "live.js"} {
		persian += len(assets()[name].small)
	}
	if persian > 112_000 { // leaves 8 kB of the 120 for the page itself
		t.Errorf("a first visit in Persian fetches %d bytes", persian)
	}
}

func TestStyleComesFromHereAlone(t *testing.T) {
	address := regexp.MustCompile(`url\(["']?([^"')]+)`)
	for _, name := range []string{"app.css", "survey.css"} {
		css := string(assets()[name].body)
		if strings.Contains(css, "@import") {
			t.Errorf("%s imports another sheet", name)
		}
		for _, m := range address.FindAllStringSubmatch(css, -1) {
			if strings.HasPrefix(m[1], "data:") {
				continue
			}
			if _, ok := assets()[m[1]]; !ok {
				t.Errorf("%s fetches %s, which is not on the shelf", name, m[1])
			}
		}
	}
}

func TestOwnRulesAreLogical(t *testing.T) {
	physical := regexp.MustCompile(`(margin|padding|border|inset)-(left|right)|[{; ](left|right):|(float|text-align): *(left|right)`)
	for _, name := range []string{"css/app.css", "css/survey.css"} {
		css, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := physical.Find(css); found != nil {
			t.Errorf("%s names a side of the screen: %s", name, found)
		}
	}
}
