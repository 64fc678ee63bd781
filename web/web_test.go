package web

import (
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
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

// The budgets a phone on a slow line was promised, in bytes as stored; the style sheet's and all sums as they travel.
func TestWeight(t *testing.T) {
	for name, most := range map[string]int{"survey.css": 7_000, "live.js": 2_100, "ui.js": 3_500, "palette.js": 6_144} {
		if got := len(assets()[name].body); got == 0 || got > most {
			t.Errorf("%s weighs %d, at most %d", name, got, most)
		}
	}
	if got := len(assets()["app.css"].small); got == 0 || got > 16_000 {
		t.Errorf("app.css weighs %d", got)
	}
	always := 0
	for _, name := range []string{"app.css", "ui.js", "palette.js", "live.js", "chart.js"} {
		always += len(assets()[name].small)
	}
	for lang, fonts := range map[string][]string{"en": {"inter-latin"}, "fa": {"vazirmatn-arabic", "vazirmatn-latin"}, "el": {"inter-greek", "inter-latin"}, "ru": {"inter-cyrillic", "inter-latin"}} {
		first := always
		for _, name := range fonts {
			first += len(assets()[strings.TrimPrefix(Font(name), "/static/")].body)
		}
		if first > 105_000 { // leaves 15 kB of the 120 for the page itself
			t.Errorf("a first visit in %s fetches %d bytes", lang, first)
		}
	}
	if got := len(assets()["htmx.min.js"].small); got > 15_000 { // a page with parts fetches it once they load
		t.Errorf("htmx weighs %d", got)
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
	for _, name := range []string{"css/app.css", "css/chart.css", "css/survey.css"} {
		css, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := physical.Find(css); found != nil {
			t.Errorf("%s names a side of the screen: %s", name, found)
		}
	}
}

// Colours are told apart by everybody: WCAG 2.2 AA for text (4.5), for what must be seen to be used or understood (3).
func TestContrast(t *testing.T) {
	themes := tokens(t)
	const card, ground = "base-100", "base-200"
	for _, tt := range []struct {
		least         float64
		inks, grounds []string
	}{
		{4.5, []string{"base-content", "muted"}, []string{card, ground, "shade", "wash", "neutral-soft", "success-soft", "warning-soft", "error-soft"}},
		{4.5, []string{"base-content"}, []string{"heat-1", "heat-2", "heat-3", "heat-4", "heat-5"}},
		{4.5, []string{"primary"}, []string{card, ground, "wash"}},
		{4.5, []string{"success", "warning", "error"}, []string{card, ground, "shade"}},
		{4.5, []string{"wash-strong"}, []string{"wash"}},
		{4.5, []string{"neutral-strong"}, []string{"neutral-soft"}},
		{4.5, []string{"success-strong", "success"}, []string{"success-soft"}},
		{4.5, []string{"warning-strong", "warning"}, []string{"warning-soft"}},
		{4.5, []string{"error-strong", "error"}, []string{"error-soft"}},
		{4.5, []string{"primary-content"}, []string{"primary"}},
		{4.5, []string{"success-content"}, []string{"success"}},
		{4.5, []string{"warning-content"}, []string{"warning"}},
		{4.5, []string{"error-content"}, []string{"error"}},
		{3, []string{"line", "data", "warning-line", "chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"}, []string{card, ground}},
	} {
		for _, ink := range tt.inks {
			for _, under := range tt.grounds {
				for i, theme := range []string{"light", "dark"} {
					if got := contrast(themes[ink][i], themes[under][i]); got < tt.least {
						t.Errorf("%s: %s on %s is %.2f, at least %v", theme, ink, under, got, tt.least)
					}
				}
			}
		}
	}
}

// tokens are the colours of app.css in the light and in the dark, as linear red, green and blue.
func tokens(t *testing.T) map[string][2][3]float64 {
	t.Helper()
	css, err := os.ReadFile("css/app.css")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][2][3]float64{}
	for _, m := range regexp.MustCompile(`--color-([a-z0-9-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);`).FindAllStringSubmatch(string(css), -1) {
		found[m[1]] = [2][3]float64{linear(m[2]), linear(m[3])}
	}
	return found
}

func linear(hex string) (rgb [3]float64) {
	n, _ := strconv.ParseUint(hex, 16, 32) // the expression lets nothing else through
	for i := range rgb {
		c := float64(n>>(16-8*i)&0xff) / 255
		if rgb[i] = c / 12.92; c > 0.04045 {
			rgb[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return rgb
}

func contrast(a, b [3]float64) float64 {
	light := func(c [3]float64) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] + 0.05 }
	x, y := light(a), light(b)
	return max(x, y) / min(x, y)
}

// Whatever is not a token would be the same in the dark.
func TestColoursAreTokens(t *testing.T) {
	colour := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(|oklch\(|: *(white|black)\b`)
	declared := regexp.MustCompile(`^\s*(--(color|shadow)-[a-z0-9-]+: .*light-dark\(.*\);|:root \{.*|@media screen and \(prefers-color-scheme: dark\) \{ :root.*)$`)
	for _, name := range []string{"css/app.css", "css/chart.css", "css/survey.css"} {
		css, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(css), "\n") {
			if found := colour.FindString(line); found != "" && !declared.MatchString(line) {
				t.Errorf("%s:%d: %s is not a token", name, i+1, found)
			}
		}
	}
}
