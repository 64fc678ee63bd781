package bench_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/bench"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// TestThePageBenchAsksForWhatItSays looks at everything but speed, at a server that remembers one page.
func TestThePageBenchAsksForWhatItSays(t *testing.T) {
	url, closed := storetest.URL(t, "sqlite"), false
	var hello, whole, unchanged, anew int
	doors := http.NewServeMux()
	doors.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) { hello++; _, _ = w.Write([]byte("hello")) })
	doors.HandleFunc("GET /team", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Cookie") != "who=nikos":
			w.WriteHeader(http.StatusForbidden)
			return
		case r.URL.Query().Get("bench") != "":
			anew++
		case r.Header.Get("If-None-Match") == `"t"`:
			unchanged++
			w.WriteHeader(http.StatusNotModified)
			return
		default:
			whole++
		}
		w.Header().Set("ETag", `"t"`)
		_, _ = w.Write([]byte(strings.Repeat("x", 500)))
	})
	build := func(path string) func(context.Context, *store.Store) (bench.Site, error) {
		return func(context.Context, *store.Store) (bench.Site, error) {
			server := httptest.NewUnstartedServer(http.NewServeMux())
			server.Config.Handler = oneByOne(doors)
			server.Start()
			return bench.Site{Addr: server.Listener.Addr().String(), Hello: "/hello", Visits: []bench.Visit{{Path: path, Cookie: "who=nikos"}},
				Close: func() error { server.Close(); closed = true; return nil }}, nil
		}
	}
	r, err := bench.Page(t.Context(), url, bench.Options{Size: 30, Rounds: 2, Zone: storetest.Zone}, build("/team?days=30"))
	if err != nil {
		t.Fatal(err)
	}
	if hello != 60 || whole != 65 || unchanged != 60 || anew != 80 || !closed {
		t.Errorf("asked for %d hellos, %d pages, %d times whether it changed, %d anew; closed %v", hello, whole, unchanged, anew, closed)
	}
	if len(r.Measured) != 4 || len(r.Ratios) != 3 || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "500 bytes") {
		t.Errorf("%+v", r)
	}
	for _, m := range r.Measured {
		if m.Rate <= 0 || len(m.Rates) != 2 {
			t.Errorf("%+v", m)
		}
	}
	if _, err := bench.Page(t.Context(), url, bench.Options{Size: 30, Rounds: 1, Zone: storetest.Zone}, build("/missing")); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("a page that is not there: %v", err)
	}
	if left := benches(t, "sqlite", url); left != 0 {
		t.Errorf("%d databases of the bench are left", left)
	}
}

// oneByOne lets one request in at a time, so that they can be counted.
func oneByOne(next http.Handler) http.Handler {
	turn := make(chan struct{}, 1)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		turn <- struct{}{}
		defer func() { <-turn }()
		next.ServeHTTP(w, r)
	})
}

// TestTheFreshBenchSeesAnswersArrive looks at everything but speed.
func TestTheFreshBenchSeesAnswersArrive(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			r, err := bench.Fresh(t.Context(), url, bench.Options{Size: 100, Rounds: 1, Zone: storetest.Zone})
			if err != nil {
				t.Fatal(err)
			}
			if r.Engine != engine || r.Differs != 0 || len(r.Measured) != 2 || len(r.Ratios) != 1 || r.Measured[1].P50 <= 0 || r.Measured[1].P99 < r.Measured[1].P50 {
				t.Errorf("%+v", r)
			}
			if left := benches(t, engine, url); left != 0 {
				t.Errorf("%d databases of the bench are left", left)
			}
		})
	}
}
