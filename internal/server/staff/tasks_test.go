package staff_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/servertest"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/task"
)

// sent uploads a file as the form does.
func sent(c *servertest.Client, mapping, name string, text io.Reader) servertest.Page {
	c.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("mapping", mapping); err != nil {
		c.T.Fatal(err)
	}
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			c.T.Fatal(err)
		}
		if _, err := io.Copy(part, text); err != nil {
			c.T.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		c.T.Fatal(err)
	}
	r := c.Request(http.MethodPost, "/settings/imports", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Origin", c.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.Do(r)
}

const eventLog = "Case ID,Activity,Resource,Complete Timestamp\ncase-1,Asked,زهرا,2026/03/01 10:00:00\ncase-1,Closed,زهرا,2026/03/02 10:00:00\ncase-2,Asked,=1+1,soon\n"

func TestAFileIsLookedAtTakenInAndReportedOn(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		up := sent(admin, "auto", `C:\Temp\کار.csv`, strings.NewReader("\ufeff"+eventLog))
		if up.Status != http.StatusSeeOther {
			t.Fatalf("%d %s", up.Status, said(up))
		}
		draft := admin.Follow(up)
		for _, want := range []string{"کار.csv", "Nothing has been taken in yet", "Event log", "touchpoint", "would be refused", "order, claim or ticket (the run)", "Lines looked at: 3. Of these would be refused: 1."} {
			if !has(draft, want) {
				t.Errorf("the preview lacks %q: %s", want, said(draft))
			}
		}
		if runs, err := w.App.Store.RunsByKey(t.Context(), "case-1"); err != nil || len(runs) > 0 {
			t.Fatalf("something was kept already: %v %v", runs, err)
		}
		started := admin.Post(up.Location+"/start", nil)
		waiting := admin.Follow(started)
		if waiting.Find("progress").Length() != 1 || waiting.Find("#progress").AttrOr("hx-get", "") != up.Location+"/progress" || waiting.Find("noscript").Length() == 0 {
			t.Errorf("no progress: %s", said(waiting))
		}
		if sign := admin.Get("/settings").Find("a.work-sign"); sign.AttrOr("href", "") != up.Location || !strings.Contains(sign.Text(), "Import") {
			t.Errorf("no sign of work under way: %q", sign.Text())
		}
		if part := admin.Part(up.Location + "/progress"); part.Find("html head title").Length() != 0 || part.Find("#progress").Length() != 1 {
			t.Errorf("the part that changes is not alone: %.200s", part.Body)
		}
		w.Drain()
		if part := admin.Part(up.Location + "/progress"); part.Header.Get("HX-Refresh") != "true" {
			t.Error("the page is not loaded anew at the end")
		}
		over := admin.Get(up.Location)
		for _, want := range []string{"Taken", "Refused", "is not a date in the form the mapping states", "Download the refused lines", "Interactions"} {
			if !has(over, want) {
				t.Errorf("the report lacks %q: %s", want, said(over))
			}
		}
		if over.Find("a.work-sign").Length() != 0 {
			t.Error("the sign stays")
		}
		file := admin.Get(up.Location + "/file")
		if file.Status != 200 || !strings.Contains(file.Body, "'=1+1") || !strings.Contains(file.Header.Get("Content-Disposition"), ".csv") {
			t.Errorf("%d %q", file.Status, file.Body)
		}
		again := admin.Follow(sent(admin, "event-log", "log.csv", strings.NewReader("\ufeff"+eventLog)))
		if !has(again, "This very file was imported before") {
			t.Errorf("nobody says that it is the same file: %s", said(again))
		}
		events, err := w.App.Store.EventsOf(t.Context(), "task", taskID(t, up.Location))
		if err != nil || len(events) != 2 || events[1].Verb != event.TaskStarted || events[1].ActorID != w.Actor("admin").UserID {
			t.Errorf("the ledger: %+v %v", events, err)
		}
	})
}

func taskID(t *testing.T, location string) (n int64) {
	t.Helper()
	if _, err := fmt.Sscanf(location, "/tasks/%d", &n); err != nil {
		t.Fatal(location, err)
	}
	return n
}

func TestFilesThatCannotBeTaken(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		for sentence, c := range map[string]struct {
			mapping, name string
			text          io.Reader
			want          string
		}{
			"no file":                            {"auto", "", nil, "not empty"},
			"an empty one":                       {"auto", "a.csv", strings.NewReader(""), "not empty"},
			"a picture":                          {"auto", "a.png", strings.NewReader("\x89PNG"), "Only CSV and XES"},
			"a header that nobody knows":         {"auto", "a.csv", strings.NewReader("a,b\n1,2\n"), "fits none"},
			"a header that the mapping misses":   {"service-centre", "a.csv", strings.NewReader(eventLog), "lacks these columns"},
			"a mapping that is a path":           {"/etc/passwd", "a.csv", strings.NewReader(eventLog), "Choose how"},
			"no mapping":                         {"", "a.csv", strings.NewReader(eventLog), "Choose how"},
			"a file whose quotes never end":      {"auto", "a.csv", strings.NewReader(`"` + eventLog), "quotation marks"},
			"an XES file that is none of it all": {"service-centre", "a.xes", strings.NewReader("<log/>"), "knows no file of this kind"},
			"a byte too much":                    {"auto", "a.csv", io.LimitReader(zeros{}, task.MaxUpload+1), "larger than 64 MB"},
		} {
			p := sent(admin, c.mapping, c.name, c.text)
			if p.Status != 422 || !has(p, c.want) {
				t.Errorf("%s: %d %s", sentence, p.Status, said(p))
			}
			if c.mapping == "service-centre" && p.Find("input[value=service-centre][checked]").Length() != 1 {
				t.Errorf("%s: what was chosen is lost", sentence)
			}
		}
		if list, err := w.App.Store.TasksFor(t.Context(), w.Actor("admin"), store.TaskFilter{}, page.Ask{}); err != nil || list.Total > 0 {
			t.Errorf("a refused file stayed: %v %v", list, err)
		}
		if p := admin.Post("/settings/imports", url.Values{"mapping": {"auto"}}); p.Status != 422 {
			t.Errorf("a form without a file: %d", p.Status)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestADraftIsReadByAnotherMappingOrDiscarded(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin := w.As("admin")
		at := sent(admin, "auto", "log.csv", strings.NewReader(eventLog)).Location
		wrong := admin.Post(at+"/mapping", url.Values{"mapping": {"shop-orders"}})
		if wrong.Status != 422 || !has(wrong, "lacks these columns") || wrong.Find("option[value=shop-orders][selected]").Length() != 1 {
			t.Errorf("%d %s", wrong.Status, said(wrong))
		}
		if right := admin.Post(at+"/mapping", url.Values{"mapping": {"event-log"}}); right.Status != http.StatusSeeOther {
			t.Errorf("%d %s", right.Status, said(right))
		}
		if gone := admin.Post(at+"/discard", nil); gone.Location != "/settings/imports" || !has(admin.Follow(gone), "was discarded") {
			t.Errorf("%d %s", gone.Status, gone.Location)
		}
		if p := admin.Get(at); p.Status != 404 {
			t.Errorf("the draft is still there: %d", p.Status)
		}
	})
}

// second is another administrator.
func second(w *servertest.World) *servertest.Client {
	w.T.Helper()
	admin, err := w.App.Store.UserByLogin(context.Background(), "admin")
	if err != nil {
		w.T.Fatal(err)
	}
	admin.ID, admin.Login, admin.Name = id.New(), "second", "Δεύτερη"
	if err := w.App.Store.SaveUser(context.Background(), admin); err != nil {
		w.T.Fatal(err)
	}
	return w.As("second")
}

func TestWhoSeesATaskAndItsFile(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.AddAnswered("order-1", 2, "too slow")
		ann, olga, admin, other := w.As("ann"), w.As("olga"), w.As("admin"), second(w)
		draft := sent(admin, "auto", "log.csv", strings.NewReader(eventLog)).Location
		at := ann.Post("/tasks/words", url.Values{"journey": {"0"}, "format": {"csv"}}).Location
		w.Drain()
		for sentence, c := range map[string]struct {
			who          *servertest.Client
			path         string
			page, file   int
			draft, start int
		}{
			"who asked sees it and fetches the file":             {ann, at, 200, 200, 404, 403},
			"an administrator sees it, but not customers' words": {admin, at, 200, 404, 200, 303},
			"another administrator sees no draft of hers":        {other, at, 200, 404, 404, 404},
			"anybody else finds nothing":                         {olga, at, 404, 404, 404, 403},
		} {
			if p := c.who.Get(c.path); p.Status != c.page {
				t.Errorf("%s: %d", sentence, p.Status)
			}
			if p := c.who.Get(c.path + "/file"); p.Status != c.file {
				t.Errorf("%s: the file %d", sentence, p.Status)
			}
			if p := c.who.Get(c.path + "/progress"); p.Status/100 == 2 || p.Status == 404 != (c.page == 404) {
				t.Errorf("%s: the progress %d", sentence, p.Status)
			}
			if c.who == admin {
				continue
			}
			if p := c.who.Get(draft); p.Status != c.draft {
				t.Errorf("%s: the draft %d", sentence, p.Status)
			}
			if p := c.who.Post(draft+"/start", nil); p.Status != c.start {
				t.Errorf("%s: starting the draft %d", sentence, p.Status)
			}
		}
		if p := olga.Post(at+"/cancellation", nil); p.Status != 404 {
			t.Errorf("cancelling another's: %d", p.Status)
		}
		w.Wait(task.FileKept)
		ann = w.As("ann")
		if p := ann.Get(at + "/file"); p.Status != 404 || !has(ann.Get(at), "deleted after 24 hours") {
			t.Errorf("after a day: %d", p.Status)
		}
	})
}

func TestAskingForWords(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.AddAnswered("order-1", 2, "=SUM(A1)")
		fibre := fmt.Sprint(w.Fibre.ID)
		for sentence, c := range map[string]struct {
			login, journey, format string
			status                 int
			want                   string
		}{
			"a manager asks for the company":          {"ann", "0", "xlsx", 303, ""},
			"a leader asks for her journey":           {"olga", fibre, "csv", 303, ""},
			"a leader may not ask for the company":    {"olga", "0", "csv", 422, "one of your journeys"},
			"a journey that is not there":             {"olga", "12345", "csv", 422, "one of your journeys"},
			"a kind of file that is none":             {"olga", fibre, "pdf", 422, "CSV or XLSX"},
			"a technician may not ask":                {"zahra", fibre, "csv", 403, ""},
			"an administrator reads nobody's words":   {"admin", "0", "csv", 403, ""},
			"words instead of a number are no choice": {"ann", "fibre", "csv", 422, "one of your journeys"},
		} {
			p := w.As(c.login).Post("/tasks/words", url.Values{"journey": {c.journey}, "format": {c.format}})
			if p.Status != c.status || !has(p, c.want) {
				t.Errorf("%s: %d %s", sentence, p.Status, said(p))
			}
		}
		w.Drain()
		olga := w.As("olga").Language("fa")
		list := olga.Get("/tasks")
		at, _ := list.Find("table a.link").Attr("href")
		file := olga.Get(at + "/file")
		if file.Status != 200 || !strings.Contains(file.Body, "'=SUM(A1)") || !strings.HasPrefix(file.Body, "\ufeff") {
			t.Errorf("%d %q", file.Status, file.Body)
		}
	})
}

func TestWorkIsCancelledByWhoSeesIt(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		admin, other := w.As("admin"), second(w)
		at := sent(admin, "auto", "log.csv", strings.NewReader(eventLog)).Location
		admin.Post(at+"/start", nil)
		if p := other.Get(at); p.Find("button[data-confirm]").Length() == 0 || !strings.Contains(p.Find("button[data-confirm]").First().AttrOr("data-confirm", ""), "log.csv") {
			t.Errorf("nobody asks before it is cancelled: %s", said(p))
		}
		for range 2 { // twice is as good as once
			if p := other.Post(at+"/cancellation", nil); p.Status != http.StatusSeeOther {
				t.Errorf("%d %s", p.Status, said(p))
			}
		}
		w.Drain()
		if p := admin.Get(at); !has(p, "Cancelled") || p.Find("#progress").Length() != 0 {
			t.Errorf("%s", said(p))
		}
		if runs, err := w.App.Store.RunsByKey(t.Context(), "case-1"); err != nil || len(runs) > 0 {
			t.Errorf("it was taken in: %v %v", runs, err)
		}
	})
}

func TestTheFiguresAreCheckedFromThePage(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.AddAnswered("order-1", 5, "good")
		admin := w.As("admin")
		if p := w.As("ann").Post("/settings/check", nil); p.Status != 403 {
			t.Errorf("a manager: %d", p.Status)
		}
		at := admin.Post("/settings/check", nil).Location
		w.Drain()
		if p := admin.Get(at); !has(p, "All figures agree with the raw records") {
			t.Errorf("%s", said(p))
		}
		if p := admin.Get("/settings/check"); !has(p, "Earlier checks") || !has(p, "Admin") {
			t.Errorf("%s", said(p))
		}
	})
}

func TestTasksInFourLanguages(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.AddAnswered("order-1", 2, "too slow")
		admin := w.As("admin")
		draft := sent(admin, "auto", "log.csv", strings.NewReader(eventLog)).Location
		over := sent(admin, "auto", "log.csv", strings.NewReader(eventLog)).Location
		admin.Post(over+"/start", nil)
		check := admin.Post("/settings/check", nil).Location
		w.Drain()
		running := sent(admin, "auto", "log.csv", strings.NewReader(eventLog)).Location
		admin.Post(running+"/start", nil)
		if _, ok, err := w.App.Tasks.Claim(t.Context(), taskID(t, running), 0); err != nil || !ok {
			t.Fatal(ok, err)
		}
		w.Wait(5 * time.Second)
		tell(t, w, taskID(t, running))
		for _, lang := range []string{"en", "fa", "el", "ru"} {
			admin.Language(lang)
			for _, path := range []string{"/tasks", "/settings/imports", "/settings/check", draft, over, check, running} {
				p := admin.Get(path)
				if dir := p.Find("html").AttrOr("dir", ""); p.Status != 200 || (dir == "rtl") != (lang == "fa") {
					t.Errorf("%s in %s: %d %s", path, lang, p.Status, dir)
				}
			}
			words := admin.Get(running).Find("#bar-words").Text()
			want := map[string]string{"en": "2 of 4 lines, about 5 seconds left", "fa": "۲ خط از ۴ خط، حدود ۵ ثانیه مانده", "el": "2 από 4 γραμμές, απομένουν περίπου 5 δευτερόλεπτα", "ru": "Строки: 2 из 4, осталось примерно 5 секунд"}[lang]
			if words != want {
				t.Errorf("%s: %q", lang, words)
			}
		}
	})
}

// tell says that half of a task is done.
func tell(t *testing.T, w *servertest.World, id int64) {
	t.Helper()
	now, err := w.App.Store.TaskFor(t.Context(), people.System(), id)
	if err != nil {
		t.Fatal(err)
	}
	now.Done = now.Total / 2
	if _, err := w.App.Tasks.Tell(t.Context(), now); err != nil {
		t.Fatal(err)
	}
}
