package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/server"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/task"
)

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	zahra := w.As("zahra")
	for story, page := range map[string]servertest.Page{
		"a page":               zahra.Get("/me"),
		"a part":               zahra.Part("/me"),
		"sign-in":              w.Stranger().Get("/sign-in"),
		"a redirect":           w.Stranger().Get("/me"),
		"nothing there":        w.Stranger().Get("/nowhere"),
		"a survey of no token": w.Stranger().Get("/s/nonsense"),
		"the API":              w.Stranger().Get("/api/v1/nowhere"),
		"a change from afar":   foreign(w.Stranger(), "/sign-in"),
	} {
		referrer := "same-origin"
		if story == "a survey of no token" {
			referrer = "no-referrer"
		}
		for name, value := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": referrer, "Cache-Control": "no-store"} {
			if got := page.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", story, name, got, value)
			}
		}
		csp := page.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'; script-src 'self'; style-src 'self';") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: content policy %q", story, csp)
		}
		if len(page.Header.Get("X-Request-Id")) != 12 {
			t.Errorf("%s: request id %q", story, page.Header.Get("X-Request-Id"))
		}
		if page.Find("[style], script:not([src]), style").Length() != 0 {
			t.Errorf("%s: something inline, which the content policy forbids", story)
		}
	}
	if got := w.Stranger().Get("/static/app.css").Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("a file's own caching became %q", got)
	}
}

func foreign(c *servertest.Client, path string) servertest.Page {
	r := c.Request(http.MethodPost, path, strings.NewReader("login=zahra&password="+url.QueryEscape(servertest.Password)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://evil.example")
	return c.Do(r)
}

func TestAnotherSiteCannotAct(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	zahra := w.As("zahra")
	want(t, "signing in from another site", foreign(w.Stranger(), "/sign-in"), http.StatusForbidden)
	want(t, "signing out from another site", foreign(zahra, "/sign-out"), http.StatusForbidden)
	want(t, "she is still signed in", zahra.Get("/me"), http.StatusOK)
	r := zahra.Request(http.MethodPost, "/sign-out", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	want(t, "a browser that says so", zahra.Do(r), http.StatusForbidden)
	if page := foreign(w.Stranger(), "/s/nonsense"); page.Status == http.StatusForbidden {
		t.Error("a customer whose browser hides where it comes from is refused")
	}
	if page := foreign(w.Stranger(), "/api/v1/interactions"); page.Status == http.StatusForbidden {
		t.Error("a machine is refused for where it comes from")
	}
}

func TestWhatIsTooLargeOrNoTextIsRefused(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	c := w.Stranger()
	want(t, "a form of 2 MB", c.Post("/sign-in", url.Values{"login": {strings.Repeat("x", 2<<20)}}), http.StatusRequestEntityTooLarge)
	chunked := c.Request(http.MethodPost, "/sign-in", io.MultiReader(strings.NewReader("login="+strings.Repeat("x", 2<<20))))
	chunked.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	want(t, "a form that does not say how large it is", c.Do(chunked), http.StatusRequestEntityTooLarge)
	for story, form := range map[string]url.Values{
		"a NUL byte":    {"login": {"zah\x00ra"}},
		"broken UTF-8":  {"login": {"zah\xffra"}},
		"a broken name": {"log\xffin": {"zahra"}},
	} {
		want(t, story, c.Post("/sign-in", form), http.StatusBadRequest)
	}
	for _, path := range []string{"/sign-in?next=%00", "/sign-in?q=%ff", "/sign-in?q=%zz", "/%00", "/x%ff"} {
		if page := c.Get(path); page.Status != http.StatusBadRequest {
			t.Errorf("%s: status %d, want 400", path, page.Status)
		}
	}
	want(t, "a method that is not for pages", c.Do(c.Request(http.MethodDelete, "/sign-in", nil)), http.StatusMethodNotAllowed)
}

// broken is a room where everything goes wrong in its own way.
type broken map[string]error

func (b broken) Routes() []reply.Route {
	var all []reply.Route
	for path, err := range b {
		all = append(all, reply.Route{Method: http.MethodGet, Path: path, Guard: reply.Public, Handle: func(echo.Context) error {
			if err == nil {
				panic("the roof came down, secretly")
			}
			return err
		}})
	}
	return all
}

// nobody is a store without anybody.
type nobody struct{ auth.SessionStore }

func (nobody) ActorOf(context.Context, int64) (people.Actor, people.User, error) {
	return people.Actor{}, people.User{}, fault.Missing("errors.user_missing")
}
func (nobody) DataVersion(context.Context) (int64, error)       { return 1, nil }
func (nobody) Look(context.Context) (*recall.Sight, error)      { return new(recall.Changes).Look(1), nil }
func (nobody) OwnOpenCases(context.Context, int64) (int, error) { return 0, nil }

func (nobody) CallsFrom(context.Context, people.Actor) (bool, error) { return false, nil }
func (nobody) Unread(context.Context, int64) (int, error)            { return 0, nil }
func (nobody) RunningTask(context.Context, int64) (task.Task, error) {
	return task.Task{}, fault.Missing("tasks.missing")
}
func (nobody) SessionFor(context.Context, []byte) (auth.Session, error) {
	return auth.Session{}, fault.Missing("errors.session_missing")
}

// door is a server with one room and a log to read.
func door(t *testing.T, room server.Room, proxies ...netip.Prefix) (http.Handler, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	s, err := server.New(server.Options{Rooms: []server.Room{room}, Store: nobody{}, AppName: "Journeyloop", Language: i18n.English, Zone: time.UTC,
		PublicURL: "http://localhost", Now: time.Now, Sessions: &reply.Sessions{Auth: &auth.Service{Sessions: nobody{}, Now: time.Now}}, TrustedProxies: proxies,
		Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return s.Handler(), &log
}

func TestErrorsBecomePagesAndKeepSecrets(t *testing.T) {
	secret := errors.New("select geheim from users: broken")
	h, log := door(t, broken{
		"/x/missing": fault.Missing("errors.run_missing"), "/x/forbidden": fault.Forbidden("errors.forbidden"),
		"/x/conflict": fault.Conflict("errors.key_taken"), "/x/busy": fault.Busy("errors.busy"),
		"/x/invalid": fault.Invalid(fault.Field{Name: "days", Key: "errors.range", Args: []any{"lo", 1, "hi", 90}}),
		"/x/bug":     secret, "/x/panic": nil, "/x/echo": echo.NewHTTPError(http.StatusBadRequest, "geheim"),
		"/api/v1/invalid": fault.Invalid(fault.Field{Name: "at", Key: "errors.required"}), "/api/v1/bug": secret,
	})
	for path, expect := range map[string]struct {
		status int
		says   map[i18n.Lang]string
	}{
		"/x/missing":      {404, map[i18n.Lang]string{"en": "no such walk", "fa": "چنین مسیری نیست", "el": "διαδρομή", "ru": "прохождения"}},
		"/x/forbidden":    {403, map[i18n.Lang]string{"en": "not part of your role", "fa": "نقش شما", "el": "ρόλο", "ru": "роль"}},
		"/x/conflict":     {409, map[i18n.Lang]string{"en": "already in use"}},
		"/x/busy":         {503, map[i18n.Lang]string{"en": "try again"}},
		"/x/invalid":      {422, map[i18n.Lang]string{"en": "from 1 to 90", "fa": "از ۱ تا ۹۰"}},
		"/x/bug":          {500, map[i18n.Lang]string{"en": "our mistake", "fa": "اشتباه از ماست"}},
		"/x/panic":        {500, map[i18n.Lang]string{"en": "our mistake"}},
		"/x/echo":         {400, map[i18n.Lang]string{"en": "could not be understood"}},
		"/api/v1/invalid": {422, map[i18n.Lang]string{"en": `"name":"at"`, "fa": "لطفاً"}},
		"/api/v1/bug":     {500, map[i18n.Lang]string{"en": "our mistake"}},
		"/nowhere":        {404, map[i18n.Lang]string{"en": "no such page", "ru": "Такой страницы нет"}},
	} {
		for lang, says := range expect.says {
			for _, part := range []bool{false, true} {
				log.Reset()
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.Header.Set("Accept-Language", string(lang))
				if part {
					r.Header.Set("HX-Request", "true")
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				body := w.Body.String()
				if w.Code != expect.status || path != "/x/invalid" && !strings.Contains(body, says) {
					t.Errorf("%s in %s: status %d, want %d with %q: %s", path, lang, w.Code, expect.status, says, body)
				}
				if strings.Contains(body, "geheim") || strings.Contains(body, "secretly") || strings.Contains(body, "⟦") {
					t.Errorf("%s in %s shows what is not for outside: %s", path, lang, body)
				}
				if whole := strings.Contains(body, "<html"); whole == (part || strings.HasPrefix(path, "/api")) {
					t.Errorf("%s, part %t: a whole page is %t", path, part, whole)
				}
				id := w.Header().Get("X-Request-Id")
				logged := strings.Count(log.String(), "level=ERROR")
				if expect.status == 500 && (logged != 1 || !strings.Contains(log.String(), id) || !part && !strings.Contains(body, id)) || expect.status != 500 && logged != 0 {
					t.Errorf("%s: logged %d times as %s: %s", path, logged, id, log)
				}
			}
		}
	}
}

func TestProblemsOfTheAPIAreJSON(t *testing.T) {
	h, _ := door(t, broken{"/api/v1/x": fault.Invalid(fault.Field{Name: "at", Key: "errors.required"})})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/x", nil))
	var p struct {
		Type, Title, Detail, Code string
		Status                    int
		Errors                    []struct{ Name, Code, Detail string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if w.Header().Get("Content-Type") != "application/problem+json" || p.Status != 422 || p.Code != "errors.invalid" || len(p.Errors) != 1 ||
		p.Errors[0].Name != "at" || p.Errors[0].Code != "errors.required" || p.Errors[0].Detail == "" {
		t.Errorf("%s: %+v", w.Header().Get("Content-Type"), p)
	}
}

func TestTheLogHasNoWordsAndNoTokens(t *testing.T) {
	h, log := door(t, broken{"/s/:token": fault.Missing("errors.run_missing"), "/search": fault.Missing("errors.run_missing")})
	for _, path := range []string{"/s/geheim-token", "/search?q=geheim", "/geheim"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	if lines := strings.Count(log.String(), "msg=request"); lines != 3 || strings.Contains(log.String(), "geheim") || !strings.Contains(log.String(), "route=/s/:token") {
		t.Errorf("%d lines:\n%s", lines, log)
	}
}

// addressed answers with the address it believes the asker to have.
type addressed struct{}

func (addressed) Routes() []reply.Route {
	return []reply.Route{{Method: http.MethodGet, Path: "/ip", Guard: reply.Public, Handle: func(c echo.Context) error { return c.String(http.StatusOK, c.RealIP()) }}}
}

func TestOnlyNamedProxiesAreBelieved(t *testing.T) {
	for story, c := range map[string]struct {
		proxies       []netip.Prefix
		from, forward string
		want          string
	}{
		"nobody is believed by default":       {nil, "127.0.0.1:9", "1.2.3.4", "127.0.0.1"},
		"the proxy is believed":               {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "10.1.1.1:9", "1.2.3.4", "1.2.3.4"},
		"somebody else's word is not":         {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "192.168.1.1:9", "1.2.3.4", "192.168.1.1"},
		"what the client wrote before is not": {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "10.1.1.1:9", "6.6.6.6, 1.2.3.4", "1.2.3.4"},
	} {
		h, _ := door(t, addressed{}, c.proxies...)
		r := httptest.NewRequest(http.MethodGet, "/ip", nil)
		r.RemoteAddr = c.from
		r.Header.Set("X-Forwarded-For", c.forward)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Body.String() != c.want {
			t.Errorf("%s: %s, want %s", story, w.Body, c.want)
		}
	}
}

// stream opens /events as a browser does, which names the last event it heard, and returns its lines.
func stream(t *testing.T, c *servertest.Client, heard string) <-chan string {
	t.Helper()
	r := c.Request(http.MethodGet, "/events", nil)
	r.Header.Set("Accept", "text/event-stream")
	if heard != "" {
		r.Header.Set("Last-Event-ID", heard)
	}
	answer, err := c.HTTP.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("status %d, %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(answer.Body); s.Scan(); {
			select {
			case lines <- s.Text():
			case <-t.Context().Done():
				return
			}
		}
	}()
	return lines
}

// hears tells whether "changed" comes within d.
func hears(t *testing.T, lines <-chan string, d time.Duration) bool {
	t.Helper()
	for end := time.After(d); ; {
		select {
		case line, open := <-lines:
			if !open {
				t.Fatal("the stream ended")
			}
			if line == "event: changed" {
				return true
			}
		case <-end:
			return false
		}
	}
}

func TestAnOpenPageHearsOfAnAnswer(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		zahra := w.As("zahra")
		lines := stream(t, zahra, "")
		if hears(t, lines, 500*time.Millisecond) {
			t.Error("changed, before anything did")
		}
		w.Take(w.Answered("o1", 2, "دیر آمد"))
		if !hears(t, lines, 5*time.Second) {
			t.Fatal("nothing was heard")
		}
		if !hears(t, stream(t, zahra, ""), time.Second) {
			t.Error("a page made just before the change was not told")
		}
	})
}

func TestABrowserThatComesAgainHearsWhatItMissed(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	zahra := w.As("zahra")
	first := stream(t, zahra, "")
	<-first
	id, ok := strings.CutPrefix(<-first, "id: ")
	if !ok {
		t.Fatal("the stream does not say where it begins")
	}
	if hears(t, stream(t, zahra, id), 500*time.Millisecond) {
		t.Error("who missed nothing is told to look")
	}
	if n, err := strconv.Atoi(id); err != nil || !hears(t, stream(t, zahra, strconv.Itoa(n-1)), time.Second) {
		t.Error("who was away is not told to look")
	}
}

func TestEventsAreForThoseSignedIn(t *testing.T) {
	c := servertest.Open(t, "sqlite").Stranger()
	r := c.Request(http.MethodGet, "/events", nil)
	r.Header.Set("Accept", "text/event-stream")
	want(t, "a stranger's stream", c.Do(r), http.StatusUnauthorized)
}

// slow answers when it is told to.
type slow struct{ begun, finish chan struct{} }

func (s slow) Routes() []reply.Route {
	return []reply.Route{{Method: http.MethodGet, Path: "/slow", Guard: reply.Public, Handle: func(c echo.Context) error {
		close(s.begun)
		<-s.finish
		return c.String(http.StatusOK, "done")
	}}}
}

func TestStoppingLetsWhatHasBegunFinish(t *testing.T) {
	room := slow{make(chan struct{}), make(chan struct{})}
	s, err := server.New(server.Options{Rooms: []server.Room{room}, Store: nobody{}, Zone: time.UTC, Sessions: &reply.Sessions{Auth: &auth.Service{Sessions: nobody{}, Now: time.Now}},
		Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if err := s.Serve(ctx, l); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	all.Go(func() {
		answer, err := http.Get("http://" + l.Addr().String() + "/slow")
		if err != nil {
			t.Errorf("the request that had begun: %v", err)
			return
		}
		defer answer.Body.Close()
		if body, err := io.ReadAll(answer.Body); err != nil || string(body) != "done" {
			t.Errorf("%q %v", body, err)
		}
	})
	<-room.begun
	stop()
	for { // the door closes
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break
		}
		c.Close()
	}
	close(room.finish)
	all.Wait()
}
