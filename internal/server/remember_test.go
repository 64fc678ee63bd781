package server_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/task"
)

// lastingPages are the pages that are remembered, and who opens them.
func lastingPages(w *servertest.World) map[string][]string {
	journey, visit := fmt.Sprintf("/journeys/%d", w.Fibre.ID), fmt.Sprintf("/touchpoints/%d", w.Visit.ID)
	return map[string][]string{
		"zahra": {"/feedback"},
		"nikos": {"/team", visit},
		"olga":  {"/journeys", journey},
		"ann":   {"/company", journey + "?days=365", visit},
	}
}

// opened is a page without what differs from node to node.
func opened(c *servertest.Client, path string) (string, servertest.Page) {
	c.T.Helper()
	page := c.Get(path)
	return strings.ReplaceAll(page.Body, c.URL, ""), page
}

// TestNoPageIsEverStale changes one thing after the other, each in the browser or by another node, and compares what two
// nodes that remember pages show at once with what is made anew.
func TestNoPageIsEverStale(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		for i := range 6 {
			w.Take(w.Answered(fmt.Sprint("order-", i), 1+i%5, comments[i%len(comments)]))
		}
		other, anew := w.Node(8), w.Node(0)
		ctx, answer := t.Context(), func(key string) int64 {
			r, err := w.App.Store.ResponseOf(t.Context(), w.RunOf(key).ID)
			if err != nil {
				t.Fatal(err)
			}
			return r.ID
		}
		browsers := map[string]*servertest.Client{"admin": w.As("admin")}
		for who := range lastingPages(w) {
			browsers[who] = w.As(who)
		}
		send := func(who, path string, form url.Values) error {
			if page := browsers[who].At(other).Post(path, form); page.Status != http.StatusSeeOther {
				return fmt.Errorf("%s: status %d: %s", path, page.Status, page.Find("main").Text())
			}
			browsers[who].Get("/me") // where the message of success is shown
			return nil
		}
		compare := func(story string) {
			w.Fold() // so that nothing moves between one page and the next
			for who, pages := range lastingPages(w) {
				for _, path := range pages {
					browsers[who].At(anew).Get(path) // what is read by looking is read now
					want, fresh := opened(browsers[who].At(anew), path)
					if fresh.Status != http.StatusOK || fresh.Header.Get("ETag") != "" {
						t.Fatalf("%s: %s: status %d, %v", story, path, fresh.Status, fresh.Header)
					}
					for _, node := range []string{w.URL, other} {
						if got, page := opened(browsers[who].At(node), path); got != want || page.Header.Get("ETag") == "" {
							t.Errorf("after %s, %s sees at %s:\n%s", story, who, path, diff(strings.ReplaceAll(want, "><", ">\n<"), strings.ReplaceAll(got, "><", ">\n<")))
						}
					}
				}
			}
		}
		compare("nothing")
		visit, zahra, north := w.Visit, w.Zahra, w.North
		for _, change := range []struct {
			story string
			do    func() error
		}{
			{"a reply", func() error {
				return send("zahra", fmt.Sprintf("/feedback/%d/%d/reply", answer("order-0"), w.Visit.ID), url.Values{"reply": {"thanks"}})
			}},
			{"a dispute", func() error {
				return send("zahra", fmt.Sprintf("/feedback/%d/%d/reply", answer("order-1"), w.Visit.ID), url.Values{"reply": {"not_me"}})
			}},
			{"an answer", func() error { w.Take(w.Answered("order-new", 1, "Слишком долго")); return nil }},
			{"a contact without one", func() error { w.Take(w.Completed("order-silent")); return nil }},
			{"another name of a touchpoint", func() error {
				visit.Name = i18n.Text{i18n.English: "Installation visit"}
				_, err := w.App.Journeys.SaveTouchpoint(ctx, w.Actor("ann"), visit)
				return err
			}},
			{"another name of an employee", func() error {
				zahra.Name = "زهرا احمدی‌نژاد"
				_, err := w.App.People.SaveEmployee(ctx, w.Actor("admin"), zahra)
				return err
			}},
			{"another name of a team", func() error {
				north.Name = i18n.Plain("North & East")
				_, err := w.App.People.SaveTeam(ctx, w.Actor("admin"), north)
				return err
			}},
			{"an effort", func() error {
				return send("olga", fmt.Sprintf("/journeys/%d/efforts/%d", w.Fibre.ID, w.Visit.ID), url.Values{"days": {"12"}})
			}},
			{"a draft", func() error { return send("olga", fmt.Sprintf("/journeys/%d/draft", w.Fibre.ID), nil) }},
			{"a case", func() error { w.OpenCase(w.RunOf("order-0")); return nil }},
			{"an observation", func() error {
				_, err := w.App.Observations.Record(ctx, w.Actor("zahra"), observation.Draft{Kind: observation.Complaint, Touchpoint: w.Visit.ID, Words: "waits in the cold", Language: i18n.English})
				return err
			}},
			{"praise that the team may read", func() error {
				w.Take(w.Answered("order-praise", 5, "Ευχαριστώ"))
				w.Fold()
				return w.App.Praise.ShareWithTeam(ctx, w.Actor("zahra"), answer("order-praise"), w.Visit.ID)
			}},
			{"what the team tries next", func() error {
				return w.App.Coaching.Try(ctx, w.Actor("nikos"), w.North.ID, coaching.Try{Rule: coaching.Own, About: "call before coming"})
			}},
			{"other working days", func() error { return w.App.Runs.SetWeek(ctx, w.Actor("admin"), []time.Weekday{time.Friday}) }},
			{"a sign-in", func() error { w.As("boris"); return nil }},
			{"another language", func() error {
				return send("ann", "/me/language", url.Values{"lang": {"fa"}, "calendar": {"gregorian"}})
			}},
			{"another light", func() error { return send("ann", "/me/theme", url.Values{"theme": {"dark"}}) }},
			{"time", func() error { w.Wait(tomorrow); return nil }},
		} {
			if err := change.do(); err != nil {
				t.Fatalf("%s: %v", change.story, err)
			}
			compare(change.story)
		}
	})
}

const tomorrow = 11 * 60 * 60 * 1e9 // short of the end of an idle session

// TestARememberedPageIsForWhoMaySeeItNow takes rights away, and looks at once and from another node.
func TestARememberedPageIsForWhoMaySeeItNow(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.Take(w.Answered("order-1", 2, "Κανείς δεν ήρθε"))
		other, journey := w.Node(8), fmt.Sprintf("/journeys/%d", w.Fibre.ID)
		user := func(login string) people.User {
			u, err := w.App.Store.UserByLogin(t.Context(), login)
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		save := func(u people.User) {
			if err := w.App.Store.SaveUser(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			story, who, path string
			change           func(who *servertest.Client)
			status           int
		}{
			{"no manager any more", "ann", "/company", func(*servertest.Client) { u := user("ann"); u.Manager = false; save(u) }, http.StatusForbidden},
			{"does not lead it any more", "olga", journey, func(*servertest.Client) {
				j := w.Fibre
				j.LeaderID = w.Boris.ID
				if err := w.App.Store.SaveJourney(t.Context(), j); err != nil {
					t.Fatal(err)
				}
			}, http.StatusForbidden},
			{"supervises nobody any more", "nikos", "/team", func(*servertest.Client) {
				north := w.North
				north.SupervisorID = 0
				if err := w.App.Store.SaveTeam(t.Context(), north); err != nil {
					t.Fatal(err)
				}
			}, http.StatusForbidden},
			{"signed out", "zahra", "/feedback", func(c *servertest.Client) { keepCookies(c, w).Post("/sign-out", nil) }, http.StatusSeeOther},
			{"disabled", "boris", "/feedback", func(*servertest.Client) { u := user("boris"); u.Disabled = true; save(u) }, http.StatusSeeOther},
		} {
			browser := w.As(c.who)
			for _, node := range []string{w.URL, other, w.URL} { // the last of them is a remembered one
				if page := browser.At(node).Get(c.path); page.Status != http.StatusOK {
					t.Fatalf("%s: status %d before", c.story, page.Status)
				}
			}
			tag := browser.Get(c.path).Header.Get("ETag")
			c.change(browser)
			for _, node := range []string{w.URL, other} {
				r := browser.At(node).Request(http.MethodGet, c.path, nil)
				r.Header.Set("If-None-Match", tag)
				if page := browser.Do(r); page.Status != c.status {
					t.Errorf("%s: status %d at %s, want %d", c.story, page.Status, c.path, c.status)
				}
			}
		}
	})
}

// keepCookies is a second window of the same browser that lets the first keep its cookies.
func keepCookies(c *servertest.Client, w *servertest.World) *servertest.Client {
	again := w.Stranger()
	at, err := url.Parse(w.URL)
	if err != nil {
		w.T.Fatal(err)
	}
	again.HTTP.Jar.SetCookies(at, c.HTTP.Jar.Cookies(at))
	return again
}

func TestARememberedPageIsNobodyElses(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	w.Take(w.Answered("order-1", 5, "عالی"))
	ann, olga, nikos := w.As("ann"), w.As("olga"), w.As("nikos")
	path := fmt.Sprintf("/touchpoints/%d?days=90", w.Visit.ID)
	tags := map[string]bool{}
	for range 2 {
		for name, c := range map[string]*servertest.Client{"Ann Smith": ann, "Ольга Иванова": olga, "Νίκος Παπαδόπουλος": nikos} {
			page := c.Get(path)
			if !strings.Contains(page.Find("header").Text(), name) {
				t.Errorf("%s is shown the page of %s", name, page.Find("header").Text())
			}
			tags[page.Header.Get("ETag")] = true
			r := c.Request(http.MethodGet, path, nil)
			r.Header.Set("If-None-Match", ann.Get(path).Header.Get("ETag"))
			if again := c.Do(r); (again.Status == http.StatusNotModified) != (c == ann) {
				t.Errorf("%s with the tag of another: status %d", name, again.Status)
			}
		}
	}
	if len(tags) != 3 {
		t.Errorf("%d pages of 3 people", len(tags))
	}
}

func TestHowARememberedPageTravels(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	w.Take(w.Answered("order-1", 5, "عالی"))
	ann := w.As("ann")
	get := func(method, path string, head map[string]string) (*http.Response, []byte) {
		t.Helper()
		r := ann.Request(method, path, nil)
		for name, value := range head {
			r.Header.Set(name, value)
		}
		answer, err := ann.HTTP.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, body
	}
	const path = "/company?days=90"
	plain, text := get(http.MethodGet, path, map[string]string{"Accept-Encoding": "identity"})
	packed, zipped := get(http.MethodGet, path, map[string]string{"Accept-Encoding": "gzip"})
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(unpacked, text) || len(zipped) > len(text)/3 {
		t.Errorf("%d bytes packed, %d unpacked, %d plain: %v", len(zipped), len(unpacked), len(text), err)
	}
	for _, answer := range []*http.Response{plain, packed} {
		h := answer.Header
		if h.Get("Cache-Control") != "private, no-cache" || h.Get("Vary") != "Accept-Encoding, Cookie" || h.Get("Content-Type") != "text/html; charset=UTF-8" ||
			h.Get("Content-Security-Policy") == "" || h.Get("X-Request-Id") == "" || answer.ContentLength <= 0 {
			t.Errorf("%v", h)
		}
	}
	if plain.Header.Get("ETag") == packed.Header.Get("ETag") || plain.Header.Get("ETag") == "" {
		t.Errorf("both ways have the tag %s", plain.Header.Get("ETag"))
	}
	for encoding, was := range map[string]*http.Response{"identity": plain, "gzip": packed} {
		again, body := get(http.MethodGet, path, map[string]string{"Accept-Encoding": encoding, "If-None-Match": was.Header.Get("ETag")})
		if again.StatusCode != http.StatusNotModified || len(body) != 0 || again.Header.Get("ETag") != was.Header.Get("ETag") || again.Header.Get("Content-Type") != "" {
			t.Errorf("%s again: status %d, %d bytes, %v", encoding, again.StatusCode, len(body), again.Header)
		}
	}
	part, same := get(http.MethodGet, path, map[string]string{"Accept-Encoding": "identity", "HX-Request": "true"})
	if part.Header.Get("ETag") != plain.Header.Get("ETag") || !bytes.Equal(same, text) {
		t.Error("what a script fetches is another page")
	}
	if head, _ := get(http.MethodHead, path, nil); head.StatusCode != http.StatusMethodNotAllowed || head.Header.Get("ETag") != "" {
		t.Errorf("HEAD: %d %v", head.StatusCode, head.Header)
	}
	for _, one := range []string{"/company?days=90&x=1", "/company?x=1&days=90", "/company?days=30"} {
		page := ann.Get(one)
		if page.Find(`form[action="/me/language"] [name=back]`).AttrOr("value", "") != one {
			t.Errorf("%s leads back to %s", one, page.Find(`form[action="/me/language"] [name=back]`).AttrOr("value", ""))
		}
	}
	if missing := ann.Get("/journeys/1"); missing.Status != http.StatusNotFound || missing.Header.Get("Cache-Control") != "no-store" || missing.Header.Get("ETag") != "" {
		t.Errorf("a page that is not there: %d %v", missing.Status, missing.Header)
	}
}

func TestWhatIsShownOnceIsNotRemembered(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	w.Take(w.Answered("order-1", 2, "Κανείς δεν ήρθε"))
	olga, journey := w.As("olga"), fmt.Sprintf("/journeys/%d", w.Fibre.ID)
	done := olga.Post(fmt.Sprintf("%s/efforts/%d", journey, w.Visit.ID), url.Values{"days": {"3"}})
	told := olga.Get(done.Location)
	if told.Header.Get("ETag") != "" || told.Header.Get("Cache-Control") != "no-store" || told.Find("[role=status]").Length() == 0 {
		t.Errorf("the message: %v, %d", told.Header, told.Find("[role=status]").Length())
	}
	for range 2 {
		if page := olga.Get(done.Location); page.Header.Get("ETag") == "" || page.Header.Get("Set-Cookie") != "" || page.Find("[role=status].alert").Length() != 0 {
			t.Errorf("afterwards: %v", page.Header)
		}
	}
	if err := w.App.Store.AddTask(t.Context(), task.Task{ID: 5, Kind: task.Words, State: task.Running, UserID: w.Actor("olga").UserID, Done: 1, Total: 4, CreatedAt: w.Now()}); err != nil {
		t.Fatal(err)
	}
	if page := olga.Get(journey); page.Header.Get("ETag") != "" || !strings.Contains(page.Body, "/tasks/5") {
		t.Errorf("long work: %v", page.Header)
	}
}

func TestTheDailyPagesAreRemembered(t *testing.T) {
	w := servertest.Open(t, "sqlite")
	var lasting []string
	for _, r := range w.Server.Routes() {
		if r.Lasts {
			lasting = append(lasting, r.Method+" "+r.Path)
		}
	}
	slices.Sort(lasting)
	if want := []string{"GET /company", "GET /feedback", "GET /journeys", "GET /journeys/:id", "GET /team", "GET /touchpoints/:id"}; !slices.Equal(lasting, want) {
		t.Errorf("remembered are %v; who adds one looks for what it shows that is not in the data, and for it in lastingPages", lasting)
	}
}
