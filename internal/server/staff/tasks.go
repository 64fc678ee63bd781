package staff

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/task"
	"github.com/journeyloop/journeyloop/templates/settings"
	view "github.com/journeyloop/journeyloop/templates/tasks"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) taskRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/tasks", Guard: reply.Signed, Handle: d.taskList},
		{Method: http.MethodPost, Path: "/tasks/words", Guard: reply.Leader, Handle: d.beginWords},
		{Method: http.MethodGet, Path: "/tasks/:id", Guard: reply.Signed, Handle: d.taskPage},
		{Method: http.MethodGet, Path: "/tasks/:id/progress", Guard: reply.Signed, Handle: d.taskProgress},
		{Method: http.MethodGet, Path: "/tasks/:id/file", Guard: reply.Signed, Handle: d.taskFile},
		{Method: http.MethodPost, Path: "/tasks/:id/mapping", Guard: reply.Administrator, Handle: d.taskMapping},
		{Method: http.MethodPost, Path: "/tasks/:id/start", Guard: reply.Administrator, Handle: d.startTask},
		{Method: http.MethodGet, Path: "/tasks/:id/discard", Guard: reply.Administrator, Handle: d.confirmDiscard},
		{Method: http.MethodPost, Path: "/tasks/:id/discard", Guard: reply.Administrator, Handle: d.discardTask},
		{Method: http.MethodGet, Path: "/tasks/:id/cancellation", Guard: reply.Signed, Handle: d.confirmCancellation},
		{Method: http.MethodPost, Path: "/tasks/:id/cancellation", Guard: reply.Signed, Handle: d.cancelTask},
		{Method: http.MethodGet, Path: reply.UploadPath, Guard: reply.Administrator, Handle: d.importsPage},
		{Method: http.MethodPost, Path: reply.UploadPath, Guard: reply.Administrator, Handle: d.upload},
		{Method: http.MethodGet, Path: "/settings/check", Guard: reply.Administrator, Handle: d.checksPage},
		{Method: http.MethodPost, Path: "/settings/check", Guard: reply.Administrator, Handle: d.beginCheck},
	}
}

// taskLines lists tasks of a kind, of every kind where none is given, as the address wants them.
func (d *Desk) taskLines(c echo.Context, path string, kind task.Kind) (view.Lines, error) {
	ctx := c.Request().Context()
	f := store.TaskFilter{Kind: kind, State: oneOf(task.State(c.QueryParam("state")), task.States...)}
	list, err := d.Store.TasksFor(ctx, reply.Actor(c), f, reply.Ask(c))
	if err != nil {
		return view.Lines{}, err
	}
	if c.Request().Method == http.MethodGet {
		path = c.Request().URL.RequestURI()
	}
	out := view.Lines{Path: path, State: f.State, Now: d.Now(), Rows: page.Of[view.Line]{Total: list.Total, Ask: list.Ask}}
	names := map[int64]string{}
	for _, t := range list.Rows {
		if _, known := names[t.UserID]; !known {
			if names[t.UserID], err = d.nameOfUser(ctx, t.UserID); err != nil {
				return view.Lines{}, err
			}
		}
		out.Rows.Rows = append(out.Rows.Rows, view.Line{Task: t, Asker: names[t.UserID]})
	}
	return out, nil
}

// nameOfUser is how a sign-in is called, "" when it is gone.
func (d *Desk) nameOfUser(ctx context.Context, id int64) (string, error) {
	u, err := d.Store.UserByID(ctx, id)
	if fault.KindOf(err) == fault.KindMissing {
		return "", nil
	}
	return u.Name, err
}

func (d *Desk) taskList(c echo.Context) error {
	chosen, _ := strconv.ParseInt(c.QueryParam("journey"), 10, 64) // a page about a journey leads here; anything else chooses nothing
	return d.tasksWith(c, http.StatusOK, view.WordsView{Format: task.CSV}, chosen)
}

func (d *Desk) tasksWith(c echo.Context, status int, form view.WordsView, chosen int64) error {
	lines, err := d.taskLines(c, "/tasks", "")
	if err != nil {
		return err
	}
	v := view.ListView{Lines: lines}
	if reply.Leader.Admits(reply.Actor(c)) {
		if form.Journeys, err = d.wordsOf(c, chosen); err != nil {
			return err
		}
		v.Form = &form
	}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "tasks.title"), Status: status}, view.ListPage(v))
}

// wordsOf lists whose words somebody may ask for.
func (d *Desk) wordsOf(c echo.Context, chosen int64) ([]ui.Option, error) {
	actor := reply.Actor(c)
	list, err := d.Store.JourneysFor(c.Request().Context(), actor.Scope())
	var out []ui.Option
	if actor.Manager {
		out = append(out, ui.Option{Value: "0", Text: reply.T(c, "tasks.whole_company")})
	}
	for _, j := range list {
		out = append(out, ui.Option{Value: strconv.FormatInt(j.ID, 10), Text: j.Name.In(reply.Reader(c).Lang()), Chosen: j.ID == chosen})
	}
	return out, err
}

// beginWords has a file of words made. A journey out of sight is none of the choices.
func (d *Desk) beginWords(c echo.Context) error {
	ctx, actor := c.Request().Context(), reply.Actor(c)
	var problems fault.Problems
	ask := d.plainAsk(c)
	ask.Format = oneOf(task.Format(c.FormValue("format")), task.CSV, task.XLSX)
	if ask.Format == "" {
		problems.Add("format", "tasks.format_needed")
	}
	id, err := strconv.ParseInt(c.FormValue("journey"), 10, 64)
	if err != nil || id == 0 && !actor.Manager {
		problems.Add("journey", "tasks.journey_needed")
	} else if id != 0 {
		_, err := d.Store.JourneyFor(ctx, actor.Scope(), id)
		if fault.KindOf(err) == fault.KindMissing {
			problems.Add("journey", "tasks.journey_needed")
		} else if err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return d.tasksWith(c, http.StatusUnprocessableEntity, view.WordsView{Format: ask.Format, Problems: problems}, id)
	}
	ask.Journey = id
	return d.begun(c, task.Words, ask)
}

func (d *Desk) begun(c echo.Context, kind task.Kind, ask task.Ask) error {
	t, err := d.Tasks.Begin(c.Request().Context(), reply.Actor(c), kind, ask)
	if err != nil {
		return err
	}
	return reply.Done(c, taskHref(t.ID), "")
}

// plainAsk is what every task remembers of who asks: her language.
func (d *Desk) plainAsk(c echo.Context) task.Ask {
	return task.Ask{Language: reply.Reader(c).Lang(), Calendar: reply.Reader(c).Calendar()}
}

func taskHref(id int64) string { return "/tasks/" + strconv.FormatInt(id, 10) }

func (d *Desk) taskOf(c echo.Context) (task.Task, error) {
	id, err := reply.ID(c, "id")
	if err != nil {
		return task.Task{}, err
	}
	return d.Store.TaskFor(c.Request().Context(), reply.Actor(c), id)
}

// taskFrame is the frame around a task: imports and checks are parts of the settings.
func taskFrame(c echo.Context, t task.Task, title string) (reply.Frame, []ui.NavItem) {
	crumbs := []ui.Crumb{{Text: reply.T(c, "tasks.title"), Href: "/tasks"}, {Text: title}}
	var tabs []ui.NavItem
	if reply.Actor(c).Administrator {
		switch t.Kind {
		case task.Import:
			tabs = settings.Tabs(settings.Imports)
		case task.Check:
			tabs = settings.Tabs(settings.Checks)
		}
	}
	return reply.Frame{Title: title, Crumbs: crumbs}, tabs
}

func (d *Desk) taskPage(c echo.Context) error {
	t, err := d.taskOf(c)
	if err != nil {
		return err
	}
	if t.State == task.Draft {
		return d.draftPage(c, t)
	}
	ctx := c.Request().Context()
	v := view.View{Task: t, Now: d.Now(), Mine: t.MayFetch(reply.Actor(c))}
	if v.Asker, err = d.nameOfUser(ctx, t.UserID); err != nil {
		return err
	}
	title := reply.T(c, "tasks.kind_"+string(t.Kind))
	if t.Kind == task.Words {
		if v.Whose, err = d.whose(c, t); err != nil {
			return err
		}
	}
	frame, tabs := taskFrame(c, t, title)
	v.Tabs = tabs
	return reply.Page(c, frame, view.Page(v))
}

func (d *Desk) whose(c echo.Context, t task.Task) (string, error) {
	if t.Asked.Journey == 0 {
		return reply.T(c, "tasks.whole_company"), nil
	}
	names, err := d.Store.JourneysByID(c.Request().Context(), []int64{t.Asked.Journey})
	return names[t.Asked.Journey].In(reply.Reader(c).Lang()), err
}

// taskProgress is the part of the page that changes. When the task has ended, the page is loaded anew.
func (d *Desk) taskProgress(c echo.Context) error {
	t, err := d.taskOf(c)
	if err != nil {
		return err
	}
	if c.Request().Header.Get("HX-Request") != "true" {
		return reply.Done(c, taskHref(t.ID), "")
	}
	if !t.Underway() {
		c.Response().Header().Set("HX-Refresh", "true")
		return c.NoContent(http.StatusOK)
	}
	return reply.Component(c, http.StatusOK, view.Progress(view.View{Task: t, Now: d.Now()}))
}

// taskFile hands over what was made, to who asked for it and for a day.
func (d *Desk) taskFile(c echo.Context) error {
	t, err := d.taskOf(c)
	if err != nil {
		return err
	}
	if !t.MayFetch(reply.Actor(c)) || !t.HasFile(d.Now()) {
		return fault.Missing("tasks.missing")
	}
	kind := "text/csv; charset=utf-8"
	if t.Asked.Format == task.XLSX {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	name := "refused-lines.csv"
	if t.Kind == task.Words {
		name = t.Result.File
	}
	reply.Attach(c, kind, name)
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(uploadTime)) // a recorder in a test has none
	err = c.Stream(http.StatusOK, kind, d.Tasks.Fetch(c.Request().Context(), t))
	if err != nil && c.Response().Committed {
		return fmt.Errorf("%w: %s: %w", reply.ErrCutOff, name, err)
	}
	return err
}

func (d *Desk) cancelTask(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	if err := d.Tasks.Cancel(c.Request().Context(), reply.Actor(c), id); err != nil && fault.KindOf(err) != fault.KindConflict {
		return err
	}
	return reply.Done(c, taskHref(id), "") // what has ended meanwhile says so itself
}

func (d *Desk) checksPage(c echo.Context) error {
	lines, err := d.taskLines(c, "/settings/check", task.Check)
	if err != nil {
		return err
	}
	crumbs := []ui.Crumb{{Text: reply.T(c, "common.settings"), Href: "/settings"}, {Text: reply.T(c, "tasks.kind_check")}}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "tasks.kind_check"), Crumbs: crumbs}, view.ChecksPage(view.ChecksView{Lines: lines, Tabs: settings.Tabs(settings.Checks)}))
}

func (d *Desk) beginCheck(c echo.Context) error { return d.begun(c, task.Check, d.plainAsk(c)) }

func (d *Desk) importsPage(c echo.Context) error {
	return d.importsForm(c, http.StatusOK, autoMapping, nil)
}

// autoMapping stands for whichever built-in mapping fits the header.
const autoMapping = "auto"

func mappingOptions(r *i18n.Reader, chosen string) []ui.Option {
	out := []ui.Option{{Value: autoMapping, Text: r.T("tasks.mapping_auto"), Hint: r.T("tasks.mapping_auto_hint"), Chosen: chosen == autoMapping}}
	for _, name := range ingest.Mappings() {
		title, hint := view.Mapping(r, name)
		out = append(out, ui.Option{Value: name, Text: title, Hint: hint, Chosen: name == chosen})
	}
	return out
}

func (d *Desk) importsForm(c echo.Context, status int, mapping string, problems []fault.Field) error {
	lines, err := d.taskLines(c, "/settings/imports", task.Import)
	if err != nil {
		return err
	}
	v := view.ImportsView{Mappings: mappingOptions(reply.Reader(c), mapping), Problems: problems, Lines: lines, Tabs: settings.Tabs(settings.Imports)}
	crumbs := []ui.Crumb{{Text: reply.T(c, "common.settings"), Href: "/settings"}, {Text: reply.T(c, "tasks.imports")}}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "tasks.imports"), Crumbs: crumbs, Status: status}, view.ImportsPage(v))
}

// uploadTime is how long a file may be on its way.
const uploadTime = 15 * time.Minute

// upload keeps a file as a draft. It is read from the wire straight into the database: no copy of it lies anywhere else.
func (d *Desk) upload(c echo.Context) error {
	_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(uploadTime))
	t, mapping, err := d.takeUpload(c)
	if err == nil && t.ID == 0 {
		err = fault.Invalid(fault.Field{Name: "file", Key: "tasks.file_needed"})
	}
	if err == nil {
		if err = d.readBy(c, t, mapping); err != nil {
			err = errors.Join(err, d.Tasks.Discard(context.WithoutCancel(c.Request().Context()), reply.Actor(c), t.ID))
		}
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		err = fault.Invalid(fault.Field{Name: "file", Key: "tasks.file_too_large", Args: []any{"mb", task.MaxUpload >> 20}})
	}
	if problems, ok := reply.Problems(err); ok {
		for i := range problems {
			if problems[i].Name != "mapping" {
				problems[i].Name = "file" // the import speaks of the file by its name
			}
		}
		return d.importsForm(c, http.StatusUnprocessableEntity, mapping, problems)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, taskHref(t.ID), "")
}

// takeUpload reads the parts of the form as they come.
func (d *Desk) takeUpload(c echo.Context) (t task.Task, mapping string, err error) {
	form, err := c.Request().MultipartReader()
	if err != nil {
		return t, autoMapping, nil //nolint:nilerr // a form without a file is told so
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return t, mapping, nil
		}
		if err != nil {
			return t, mapping, brokenOff(err)
		}
		switch {
		case part.FormName() == "mapping":
			text, err := io.ReadAll(io.LimitReader(part, 100))
			if err != nil {
				return t, mapping, brokenOff(err)
			}
			mapping = string(text)
		case part.FormName() == "file" && t.ID == 0 && part.FileName() != "":
			if t, err = d.keep(c, part); err != nil {
				return t, mapping, err
			}
		}
	}
}

// brokenOff tells a form that is too large from one that is none.
func brokenOff(err error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return large
	}
	return fault.Invalid(fault.Field{Name: "file", Key: "tasks.file_needed"})
}

func (d *Desk) keep(c echo.Context, part *multipart.Part) (task.Task, error) {
	ask := d.plainAsk(c)
	ask.File = fileName(part.FileName())
	if kind := strings.ToLower(filepath.Ext(ask.File)); kind != ".csv" && kind != ".xes" {
		return task.Task{}, fault.Invalid(fault.Field{Name: "file", Key: "tasks.file_kind"})
	}
	return d.Tasks.Prepare(c.Request().Context(), reply.Actor(c), ask, part)
}

// longestFileName is how much of a name is kept, in characters; the ending stays.
const longestFileName = 120

// fileName is a name fit to be shown and kept.
func fileName(sent string) string {
	if !utf8.ValidString(sent) {
		sent = strings.ToValidUTF8(sent, "")
	}
	sent = norm.NFC.String(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, filepath.Base(strings.ReplaceAll(sent, "\\", "/"))))
	if name := []rune(sent); len(name) > longestFileName {
		ext := []rune(filepath.Ext(sent))
		ext = ext[:min(len(ext), 10)]
		return string(name[:longestFileName-len(ext)]) + string(ext)
	}
	return sent
}

// readBy says by which mapping a draft is to be read, and finds out whether it can be.
func (d *Desk) readBy(c echo.Context, t task.Task, mapping string) error {
	ctx := c.Request().Context()
	from := d.Tasks.Files(ctx, t, nil)
	var m *ingest.Mapping
	var err error
	if mapping == autoMapping {
		m, err = ingest.Recognise(from, t.Asked.File)
	} else if m, err = ingest.BuiltIn(mapping); fault.KindOf(err) == fault.KindMissing {
		return fault.Invalid(fault.Field{Name: "mapping", Key: "tasks.mapping_needed"})
	}
	if err != nil {
		return err
	}
	if _, err := d.look(ctx, t, m); err != nil {
		return err
	}
	return d.Tasks.SetMapping(ctx, reply.Actor(c), t.ID, m.Name())
}

func (d *Desk) look(ctx context.Context, t task.Task, m *ingest.Mapping) (ingest.Preview, error) {
	return ingest.Look(ctx, ingest.Import{Mapping: m, Files: []string{t.Asked.File}, From: d.Tasks.Files(ctx, t, nil), Now: d.Now(), Zone: d.Zone})
}

func (d *Desk) draftPage(c echo.Context, t task.Task) error {
	return d.draftWith(c, http.StatusOK, t, t.Asked.Mapping, nil)
}

func (d *Desk) draftWith(c echo.Context, status int, t task.Task, chosen string, problem error) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	v := view.DraftView{Task: t, Mappings: mappingOptions(r, chosen)}
	if problem == nil {
		m, err := ingest.BuiltIn(t.Asked.Mapping)
		if err == nil {
			v.Preview, err = d.look(ctx, t, m)
		}
		problem = err
	}
	if problem != nil {
		fields, ok := reply.Problems(problem)
		if !ok || len(fields) == 0 {
			return problem
		}
		v.Problem = r.T(fields[0].Key, fields[0].Args...)
	}
	before, err := d.Store.TasksOfFile(ctx, reply.Actor(c), t)
	if err != nil {
		return err
	}
	if len(before) > 0 {
		v.Before = before[0].ID
	}
	frame, tabs := taskFrame(c, t, reply.T(c, "tasks.preview"))
	frame.Status, v.Tabs = status, tabs
	return reply.Page(c, frame, view.DraftPage(v))
}

// taskMapping reads a draft by another mapping; one it does not fit is told, and the draft stays as it was.
func (d *Desk) taskMapping(c echo.Context) error {
	t, err := d.draftOf(c)
	if err != nil {
		return err
	}
	err = d.readBy(c, t, c.FormValue("mapping"))
	if _, ok := reply.Problems(err); ok {
		return d.draftWith(c, http.StatusUnprocessableEntity, t, c.FormValue("mapping"), err)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, taskHref(t.ID), "")
}

func (d *Desk) draftOf(c echo.Context) (task.Task, error) {
	t, err := d.taskOf(c)
	if err == nil && t.State != task.Draft {
		err = fault.Conflict("tasks.not_a_draft")
	}
	return t, err
}

func (d *Desk) startTask(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	if err := d.Tasks.Start(c.Request().Context(), reply.Actor(c), id); err != nil {
		return err
	}
	return reply.Done(c, taskHref(id), "")
}

func (d *Desk) discardTask(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	if err := d.Tasks.Discard(c.Request().Context(), reply.Actor(c), id); err != nil {
		return err
	}
	return reply.Done(c, "/settings/imports", "tasks.discarded")
}
