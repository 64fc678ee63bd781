package workshop

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
	"github.com/journeyloop/journeyloop/internal/task"
	"github.com/journeyloop/journeyloop/internal/testkit/clock"
)

var noon = time.Date(2026, 3, 4, 8, 30, 0, 0, time.UTC)

// house is a node with two administrators, who are managers as well.
type house struct {
	*Workshop
	*clock.Clock
	t           *testing.T
	ctx         context.Context
	maria, olga people.Actor
}

func open(t *testing.T, s *store.Store) *house {
	c := clock.At(noon)
	h := &house{Clock: c, t: t, ctx: t.Context(), Workshop: &Workshop{Store: s, Zone: storetest.Zone, Now: c.Now, Tasks: &task.Service{Store: s, Ledger: s, Now: c.Now}}}
	for i, name := range []string{"Μαρία", "Ольга"} {
		u := people.User{ID: int64(i + 1), Login: name, Name: name, Administrator: true, Manager: true, CreatedAt: noon}
		if err := s.SaveUser(h.ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	h.maria, h.olga = h.actor(1), h.actor(2)
	return h
}

func (h *house) actor(user int64) people.Actor {
	h.t.Helper()
	a, _, err := h.Store.ActorOf(h.ctx, user)
	h.must(err)
	return a
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// log is an event log of n lines below its head, two events a case; every tenth line has no date and is refused.
func log(n int) string {
	var b strings.Builder
	b.WriteString("Case ID,Activity,Resource,Complete Timestamp\n")
	for i := range n {
		at := noon.Add(-time.Duration(n-i) * time.Minute).Format("2006/01/02 15:04:05")
		if i%10 == 9 {
			at = "soon"
		}
		fmt.Fprintf(&b, "case-%d,%s,زهرا,%s\n", i/2, []string{"Asked", "Answered"}[i%2], at)
	}
	return b.String()
}

func (h *house) prepare(who people.Actor, name, text string) task.Task {
	h.t.Helper()
	t, err := h.Tasks.Prepare(h.ctx, who, task.Ask{File: name, Mapping: "event-log", Language: i18n.English}, strings.NewReader(text))
	h.must(err)
	return t
}

func (h *house) started(who people.Actor, text string) task.Task {
	h.t.Helper()
	t := h.prepare(who, "log.csv", text)
	h.must(h.Tasks.Start(h.ctx, who, t.ID))
	return t
}

func (h *house) now(t task.Task) task.Task {
	h.t.Helper()
	t, err := h.Store.TaskFor(h.ctx, people.System(), t.ID)
	h.must(err)
	return t
}

// do works on everything that is due and returns the task as it is then.
func (h *house) do(t task.Task) task.Task {
	h.t.Helper()
	due, err := h.Tasks.Due(h.ctx)
	h.must(err)
	for _, d := range due {
		h.must(h.Do(h.ctx, d.ID, d.Attempt))
	}
	return h.now(t)
}

func (h *house) file(t task.Task) string {
	h.t.Helper()
	text, err := io.ReadAll(h.Tasks.Fetch(h.ctx, t))
	h.must(err)
	return string(text)
}

// contacts counts what is on record.
func (h *house) contacts() (n int) {
	h.t.Helper()
	for i := range 2000 {
		runs, err := h.Store.RunsByKey(h.ctx, fmt.Sprint("case-", i))
		h.must(err)
		if len(runs) == 0 {
			return n
		}
		walks, err := h.Store.Walks(h.ctx, runs)
		h.must(err)
		n += len(walks[runs[0].ID].Contacts)
	}
	return n
}

func wantRows(t *testing.T, got task.Result, taken, known, refused int) {
	t.Helper()
	if got.Taken != taken || got.Known != known || got.Refused != refused {
		t.Errorf("taken %d, known %d, refused %d; want %d, %d, %d", got.Taken, got.Known, got.Refused, taken, known, refused)
	}
}

func TestAnImportSaysWhatItTookAndAgainChangesNothing(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		text := log(1300)
		first := h.do(h.started(h.maria, text))
		if first.State != task.Done || first.Done != 1301 || first.Total != 1301 {
			t.Fatalf("%s at %d of %d: %+v", first.State, first.Done, first.Total, first.Result)
		}
		wantRows(t, first.Result, 1170, 0, 130)
		if n := first.Result.New; n["runs"] != 650 || n["interactions"] != 1170 {
			t.Errorf("new: %v", n)
		}
		if p := first.Result.Problems[0]; p.Line != 11 || p.Key != "ingest.date_unreadable" {
			t.Errorf("first problem: %+v", p)
		}
		if rejected := h.file(first); strings.Count(rejected, "\n") != 131 || !strings.Contains(rejected, "rejected_reason") {
			t.Errorf("rejected rows: %.200s", rejected)
		}
		if _, err := s.Chunk(h.ctx, first.ID, task.In, 0); !errors.Is(err, io.EOF) {
			t.Errorf("the upload is still there: %v", err)
		}
		second := h.do(h.started(h.olga, text))
		wantRows(t, second.Result, 0, 1170, 130)
		if len(second.Result.New) > 0 || h.contacts() != 1170 {
			t.Errorf("new: %v, contacts: %d", second.Result.New, h.contacts())
		}
	})
}

// cut works on a task until n batches are on disk, and then falls silent as a killed process does.
func (h *house) cut(t task.Task, batches int32) *piece {
	h.t.Helper()
	ctx, kill := context.WithCancel(h.ctx)
	defer kill()
	var notes atomic.Int32
	tasks := *h.Tasks
	claimed, ok, err := tasks.Claim(ctx, t.ID, 0)
	if err != nil || !ok {
		h.t.Fatal(ok, err)
	}
	tasks.Now = func() time.Time {
		if notes.Add(1) > batches {
			kill()
		}
		return h.Clock.Now()
	}
	w := *h.Workshop
	w.Tasks = &tasks
	p := &piece{Workshop: &w, task: claimed}
	if _, err := p.do(ctx); !errors.Is(err, context.Canceled) {
		h.t.Fatalf("the work was not cut: %v", err)
	}
	p.Workshop = h.Workshop
	return p
}

func TestAKilledImportIsTakenUpAndCountsNothingTwice(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		begun := h.started(h.maria, log(2600))
		h.cut(begun, 2)
		if n := h.contacts(); n == 0 || n >= 2340 {
			t.Fatalf("%d contacts were on disk when it was killed", n)
		}
		if due, err := h.Tasks.Due(h.ctx); err != nil || len(due) > 0 {
			t.Fatalf("somebody else would take it up at once: %v %v", due, err)
		}
		h.Wait(task.Patience)
		over := h.do(begun)
		if over.State != task.Done || over.Attempt != 2 || over.Crashes != 1 {
			t.Fatalf("%s, attempt %d, crashes %d", over.State, over.Attempt, over.Crashes)
		}
		wantRows(t, over.Result, 2340, 0, 260)
		if n := over.Result.New; n["runs"] != 1300 || n["interactions"] != 2340 || h.contacts() != 2340 {
			t.Errorf("new: %v, contacts: %d", n, h.contacts())
		}
		if strings.Count(h.file(over), "\n") != 261 {
			t.Error("the file of rejected rows is not that of one attempt")
		}
	})
}

func TestWhoWasSilentTooLongWritesNothingAnyMore(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		begun := h.started(h.maria, log(2600))
		silent := h.cut(begun, 1)
		h.Wait(task.Patience)
		over := h.do(begun)
		_, err := (&counting{piece: silent}).Take(h.ctx, []ingest.Record{{Journey: ingest.Named{Key: "late"}, Run: "late"}})
		if !errors.Is(err, task.ErrLost) {
			t.Errorf("a batch of the former attempt: %v", err)
		}
		if runs, err := s.RunsByKey(h.ctx, "late"); err != nil || len(runs) > 0 {
			t.Errorf("its batch is on record: %v %v", runs, err)
		}
		if _, err := silent.Tasks.Write(h.ctx, silent.at(), task.Out).Write(make([]byte, 1<<20)); !errors.Is(err, task.ErrLost) {
			t.Errorf("a piece of its file: %v", err)
		}
		if err := silent.settle(h.ctx, nil, task.Result{Taken: 1}, nil); err != nil {
			t.Error(err)
		}
		if after := h.now(begun); after.Result.Taken != over.Result.Taken {
			t.Errorf("its report replaced the other: %+v", after.Result)
		}
	})
}

func TestWorkThatKillsItsNodesIsGivenUp(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		begun := h.started(h.maria, log(10))
		for attempt := range task.MaxCrashes + 1 {
			if _, ok, err := h.Tasks.Claim(h.ctx, begun.ID, attempt); err != nil || !ok {
				t.Fatal(attempt, ok, err)
			}
			h.Wait(task.Patience)
		}
		if over := h.do(begun); over.State != task.Failed || over.Result.Key != "tasks.gave_up" {
			t.Errorf("%s: %+v", over.State, over.Result)
		}
	})
}

func TestAProcessToldToStopGivesItsWorkBack(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		begun := h.started(h.maria, log(50))
		ctx, stop := context.WithCancel(h.ctx)
		claimed, _, err := h.Tasks.Claim(h.ctx, begun.ID, 0)
		h.must(err)
		stop()
		p := &piece{Workshop: h.Workshop, task: claimed}
		h.must(p.settle(ctx, ctx.Err(), task.Result{}, ctx.Err()))
		if now := h.now(begun); now.State != task.Waiting {
			t.Fatalf("it is %s", now.State)
		}
		over := h.do(begun)
		wantRows(t, over.Result, 45, 0, 5)
		if over.Crashes != 0 {
			t.Error("that counted as a crash")
		}
	})
}

func TestTwoAdministratorsStartTheSameFileAtOnce(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		text := log(1300)
		var all [2]task.Task
		all[0], all[1] = h.started(h.maria, text), h.started(h.olga, text)
		errs := make(chan error, 2)
		for _, one := range all {
			go func() { errs <- h.Do(h.ctx, one.ID, 0) }()
		}
		h.must(errors.Join(<-errs, <-errs))
		taken, runs, contacts := 0, 0, 0
		for _, one := range all {
			r := h.now(one)
			if r.State != task.Done || r.Result.Taken+r.Result.Known != 1170 || r.Result.Refused != 130 {
				t.Errorf("%s: %+v", r.State, r.Result)
			}
			taken, runs, contacts = taken+r.Result.Taken, runs+r.Result.New["runs"], contacts+r.Result.New["interactions"]
		}
		if taken != 1170 || runs != 650 || contacts != 1170 || h.contacts() != 1170 {
			t.Errorf("together: taken %d, runs %d, contacts %d; on record %d", taken, runs, contacts, h.contacts())
		}
	})
}

func TestCancelling(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		waiting := h.started(h.maria, log(50))
		h.must(h.Tasks.Cancel(h.ctx, h.olga, waiting.ID))
		if now := h.now(waiting); now.State != task.Cancelled {
			t.Errorf("what waited is %s", now.State)
		}
		if _, err := s.Chunk(h.ctx, waiting.ID, task.In, 0); !errors.Is(err, io.EOF) {
			t.Errorf("its upload is still there: %v", err)
		}
		if err := h.Tasks.Cancel(h.ctx, h.maria, waiting.ID); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("cancelled again: %v", err)
		}
		dead := h.started(h.maria, log(2600))
		h.cut(dead, 1)
		h.must(h.Tasks.Cancel(h.ctx, h.maria, dead.ID))
		h.Wait(task.Patience)
		if now := h.do(dead); now.State != task.Cancelled || now.Attempt != 2 {
			t.Errorf("what nobody works on is %s after attempt %d", now.State, now.Attempt)
		}
		events, err := s.EventsOf(h.ctx, "task", dead.ID)
		h.must(err)
		var verbs []string
		for _, e := range events {
			verbs = append(verbs, e.Verb)
		}
		if list := strings.Join(verbs, " "); !strings.Contains(list, event.TaskStarted) || !strings.Contains(list, event.TaskCancelled) {
			t.Errorf("the ledger says %s", list)
		}
	})
}

func TestARunningImportStopsWhenSomebodyWantsItTo(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		begun := h.started(h.maria, log(20000))
		over := make(chan error, 1)
		go func() { over <- h.Do(h.ctx, begun.ID, 0) }()
		for h.now(begun).Done == 0 {
			time.Sleep(5 * time.Millisecond)
		}
		h.must(h.Tasks.Cancel(h.ctx, h.maria, begun.ID))
		h.must(<-over)
		now := h.now(begun)
		if now.State != task.Cancelled || now.Result.Taken == 0 || now.Result.Taken >= 18000 {
			t.Fatalf("%s: %+v", now.State, now.Result)
		}
		if n := now.Result.New["interactions"]; now.Result.Taken != n {
			t.Errorf("taken %d, new contacts %d", now.Result.Taken, n)
		}
	})
}

func TestOnlyUploadsThatFitAreKept(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		for sentence, c := range map[string]struct {
			who  people.Actor
			file io.Reader
			kind fault.Kind
		}{
			"an empty file is refused":           {h.maria, strings.NewReader(""), fault.KindInvalid},
			"one byte too much is refused":       {h.maria, io.LimitReader(endless{}, task.MaxUpload+1), fault.KindInvalid},
			"who is no administrator may import": {people.Actor{UserID: 1, Manager: true}, strings.NewReader("x"), fault.KindForbidden},
		} {
			_, err := h.Tasks.Prepare(h.ctx, c.who, task.Ask{File: "a.csv"}, c.file)
			if fault.KindOf(err) != c.kind {
				t.Errorf("%s: %v", sentence, err)
			}
		}
		if list, err := s.TasksFor(h.ctx, h.maria, store.TaskFilter{}, page.Ask{}); err != nil || list.Total > 0 {
			t.Errorf("something stayed: %v %v", list, err)
		}
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestWhatIsPastItsTimeIsForgotten(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		draft, over := h.prepare(h.maria, "draft.csv", log(50)), h.started(h.maria, log(50))
		over = h.do(over)
		left := func() (in, out error) {
			_, in = s.Chunk(h.ctx, draft.ID, task.In, 0)
			_, out = s.Chunk(h.ctx, over.ID, task.Out, 0)
			return in, out
		}
		h.must(h.Tasks.Sweep(h.ctx))
		if in, out := left(); in != nil || out != nil {
			t.Fatal(in, out)
		}
		h.Wait(task.DraftKept)
		h.must(h.Tasks.Sweep(h.ctx))
		if in, out := left(); !errors.Is(in, io.EOF) || out != nil {
			t.Fatal(in, out)
		}
		h.Wait(task.FileKept)
		h.must(h.Tasks.Sweep(h.ctx))
		if _, out := left(); !errors.Is(out, io.EOF) || h.now(over).HasFile(h.Clock.Now()) {
			t.Fatal(out)
		}
		h.Wait(task.Kept)
		h.must(h.Tasks.Sweep(h.ctx))
		if _, err := s.TaskFor(h.ctx, h.maria, over.ID); fault.KindOf(err) != fault.KindMissing {
			t.Fatal(err)
		}
	})
}

// said is what a customer wrote about a walk.
func said(key, words string) ingest.Record {
	csat, overall := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}, 2
	return ingest.Record{Journey: ingest.Named{Key: "fibre", Name: "Fibre"}, Run: key, Customer: ingest.Customer{Key: "c" + key, Name: "Нина"},
		Contacts: []ingest.Contact{{Key: key, Touchpoint: ingest.Named{Key: "shop"}, Started: noon.Add(-time.Hour)}},
		Answer:   &ingest.Answer{Key: key, At: noon, Scale: csat, Overall: &overall, Comment: words}}
}

func TestWordsAreWrittenInTheAskersLanguage(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		var records []ingest.Record
		for i := range 700 {
			records = append(records, said(fmt.Sprint("r", i), "=1+1 & <سلام>\x01"))
		}
		for some := range 2 {
			_, err := s.Take(h.ctx, records[some*350:(some+1)*350])
			h.must(err)
		}
		begin := func(f task.Format) task.Task {
			one, err := h.Tasks.Begin(h.ctx, h.maria, task.Words, task.Ask{Format: f, Language: i18n.Persian})
			h.must(err)
			return h.do(one)
		}
		table := begin(task.CSV)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(h.file(table), "\ufeff"))).ReadAll()
		h.must(err)
		reader := i18n.NewReader(i18n.Persian, "", nil)
		if len(rows) != 701 || rows[0][0] != reader.T("export.answered_on") || rows[1][6] != "'=1+1 & <سلام>\x01" || rows[1][4] != "2" || rows[1][8] != "Нина" {
			t.Errorf("%d rows: %q", len(rows), rows[:2])
		}
		if table.Result.Rows != 700 || table.Done != 700 || table.Total != 700 {
			t.Errorf("%d of %d, %+v", table.Done, table.Total, table.Result)
		}
		book := h.file(begin(task.XLSX))
		z, err := zip.NewReader(bytes.NewReader([]byte(book)), int64(len(book)))
		h.must(err)
		sheet, err := z.Open("xl/worksheets/sheet1.xml")
		h.must(err)
		text, err := io.ReadAll(sheet)
		h.must(err)
		for _, want := range []string{`rightToLeft="1"`, "<c><v>2</v></c>", "&#39;=1+1 &amp; &lt;سلام&gt;\ufffd", reader.T("export.answered_on")} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s is not in %.900s", want, text)
			}
		}
		if n := strings.Count(string(text), "<row>"); n != 701 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestWhoLostHerRightsGetsNoFile(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		one, err := h.Tasks.Begin(h.ctx, h.maria, task.Words, task.Ask{Format: task.CSV, Language: i18n.English})
		h.must(err)
		u, err := s.UserByID(h.ctx, 1)
		h.must(err)
		u.Manager = false
		h.must(s.SaveUser(h.ctx, u))
		if over := h.do(one); over.State != task.Failed || over.Result.Key != "tasks.asker_may_not" || over.Result.File != "" {
			t.Errorf("%s: %+v", over.State, over.Result)
		}
	})
}

// spoil changes the database behind the store's back.
func (h *house) spoil(statement string) {
	h.t.Helper()
	driver, url := "pgx", h.Store.URL
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, url = "sqlite", path
	}
	db, err := sql.Open(driver, url)
	h.must(err)
	defer db.Close()
	_, err = db.ExecContext(h.ctx, statement)
	h.must(err)
}

func TestTheCheckFindsWhatDiffers(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *store.Store) {
		h := open(t, s)
		_, err := s.Take(h.ctx, []ingest.Record{said("r1", "good")})
		h.must(err)
		check := func() task.Task {
			one, err := h.Tasks.Begin(h.ctx, h.maria, task.Check, task.Ask{Language: i18n.English})
			h.must(err)
			return h.do(one)
		}
		if clean := check(); clean.State != task.Done || clean.Result.Differ != 0 || clean.Total != 8 {
			t.Errorf("%s after %d of %d: %+v", clean.State, clean.Done, clean.Total, clean.Result)
		}
		h.spoil("UPDATE marginals SET n = n + 1 WHERE dim = 'journey'")
		if spoiled := check(); spoiled.Result.Differ != 1 || spoiled.Result.Cells[0].Raw != 1 || spoiled.Result.Cells[0].Rollup != 2 {
			t.Errorf("%+v", spoiled.Result)
		}
	})
}
