// Package tasks is the pages of long work: what was asked for, how far it is, what came of it, and what a file would
// become. The part of a page that changes while work goes on is a component of its own, which asks for itself again every
// second; without script a link does. It is not for asking questions of anybody: it is given everything.
package tasks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/task"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// View is one task as one reader may see it.
type View struct {
	Task  task.Task
	Now   time.Time
	Asker string // "" when she has no name any more
	Whose string // the journey whose words are wanted, or the whole company
	Mine  bool   // the file may be fetched by this reader
	Tabs  []ui.NavItem
}

// DraftView is an upload that waits for somebody to say go.
type DraftView struct {
	Task     task.Task
	Preview  ingest.Preview
	Problem  string // why there is no preview
	Mappings []ui.Option
	Before   int64 // an earlier import of the same file; 0 is none
	Tabs     []ui.NavItem
}

// ListView is what was asked for.
type ListView struct {
	Lines Lines
	Form  *WordsView // nil where this reader can ask for none
}

// Lines is one part of a list of tasks.
type Lines struct {
	Path  string
	State task.State // the only one shown; "" is all
	Rows  page.Of[Line]
	Now   time.Time
}

func (v Lines) filter(ctx context.Context) ui.FilterView {
	return ui.FilterView{Path: v.Path, Label: ui.T(ctx, "tasks.state"), Own: []string{"state"}, Filtered: v.State != ""}
}

// none says whether there has never been one.
func (v Lines) none() bool { return v.Rows.Total == 0 && v.State == "" }

func states(ctx context.Context, chosen task.State) []ui.Option {
	out := []ui.Option{{Text: ui.T(ctx, "common.all")}}
	for _, s := range task.States {
		out = append(out, ui.Option{Value: string(s), Text: ui.T(ctx, "tasks.state_"+string(s)), Chosen: s == chosen})
	}
	return out
}

// Line is one task among others.
type Line struct {
	Task  task.Task
	Asker string
}

// WordsView is the form for a file of words.
type WordsView struct {
	Journeys []ui.Option
	Format   task.Format
	Problems []fault.Field
}

// ImportsView is the form for an upload, and earlier imports.
type ImportsView struct {
	Mappings []ui.Option
	Problems []fault.Field
	Lines    Lines
	Tabs     []ui.NavItem
}

// ChecksView is the button for a check, and earlier ones.
type ChecksView struct {
	Lines Lines
	Tabs  []ui.NavItem
}

func href(t task.Task) string { return fmt.Sprintf("/tasks/%d", t.ID) }

func tone(s task.State) ui.Tone {
	switch s {
	case task.Done:
		return ui.Success
	case task.Failed:
		return ui.Error
	case task.Running, task.Waiting:
		return ui.Info
	}
	return ui.Plain
}

// heading is what a task is about: the file's name, the kind of work otherwise.
func heading(ctx context.Context, t task.Task) string {
	if t.Asked.File != "" {
		return t.Asked.File
	}
	return ui.T(ctx, "tasks.kind_"+string(t.Kind))
}

// progress says in words how far a task is.
func progress(ctx context.Context, t task.Task, now time.Time) string {
	done := ui.T(ctx, "tasks.progress_"+string(t.Kind), "done", t.Done, "total", t.Total)
	left, ok := t.Left(now)
	if !ok {
		return done
	}
	return ui.T(ctx, "tasks.with_left", "done", done, "left", i18n.From(ctx).Duration(rounded(left)))
}

// rounded keeps the time left from pretending to be known to the second.
func rounded(d time.Duration) time.Duration {
	switch {
	case d > time.Hour:
		return d.Round(5 * time.Minute)
	case d > 5*time.Minute:
		return d.Round(time.Minute)
	case d > 20*time.Second:
		return d.Round(10 * time.Second)
	}
	return max(d.Round(time.Second), time.Second)
}

// outcome is what came of a task in one line.
func outcome(ctx context.Context, t task.Task) string {
	r, words := t.Result, []string(nil)
	said := func(key string, n int) {
		if n > 0 {
			words = append(words, ui.T(ctx, key)+": "+i18n.From(ctx).Int(int64(n)))
		}
	}
	switch {
	case r.Key != "":
		return ui.T(ctx, r.Key, r.Args...)
	case t.Kind == task.Import && t.Ended():
		said("tasks.taken", r.Taken)
		said("tasks.known", r.Known)
		said("tasks.refused", r.Refused)
	case t.Kind == task.Words && t.State == task.Done:
		return ui.T(ctx, "tasks.rows") + ": " + i18n.From(ctx).Int(int64(r.Rows))
	case t.Kind == task.Check && t.State == task.Done && r.Differ == 0:
		return ui.T(ctx, "tasks.clean")
	case t.Kind == task.Check && t.State == task.Done:
		return i18n.From(ctx).N("tasks.differs", r.Differ)
	}
	return strings.Join(words, " · ")
}

// reason says which column a problem is about, and what is wrong.
func reason(ctx context.Context, p task.Problem) string {
	args := slices.Clone(p.Args)
	for i := 1; i < len(args); i += 2 {
		if said, is := args[i].(string); is { // as it stands in the file, in whatever script
			args[i] = i18n.Isolate(said)
		}
	}
	text := ui.T(ctx, p.Key, args...)
	if p.Column == "" {
		return text
	}
	return i18n.Isolate(p.Column) + ": " + text
}

var news = []string{"runs", "interactions", "responses", "ratings", "customers", "employees", "teams", "touchpoints", "journeys"}

// means says what a column becomes.
func means(ctx context.Context, u ingest.Use) string {
	names := make([]string, len(u.Means))
	for i, m := range u.Means {
		names[i] = ui.T(ctx, "tasks.means_"+m)
	}
	return strings.Join(names, " · ")
}

// Mapping is the name of a built-in mapping and what it is for.
func Mapping(r *i18n.Reader, name string) (title, hint string) {
	key := "tasks.mapping_" + strings.ReplaceAll(name, "-", "_")
	return r.T(key), r.T(key + "_hint")
}

func mappingTitle(ctx context.Context, name string) string {
	title, _ := Mapping(i18n.From(ctx), name)
	return title
}

// said is what a previewed row becomes, in facts.
func said(ctx context.Context, rec ingest.Record) []ui.Fact {
	r := i18n.From(ctx)
	var out []ui.Fact
	add := func(key, value string) {
		if value != "" {
			out = append(out, ui.Fact{Name: ui.T(ctx, "tasks.means_"+key), Value: value})
		}
	}
	add("run", rec.Run)
	add("customer", rec.Customer.Key)
	for _, c := range rec.Contacts[:min(len(rec.Contacts), 3)] {
		add("touchpoint", c.Touchpoint.Display())
		if !c.Started.IsZero() {
			add("started", r.DateTime(c.Started))
		}
		for _, p := range c.People[:min(len(c.People), 1)] {
			add("employee", p.Employee.Display())
		}
	}
	if a := rec.Answer; a != nil {
		add("answered_at", r.Date(a.At))
		if a.Overall != nil {
			add("overall", ui.ScoreOf(r, a.Scale, *a.Overall))
		}
		add("comment", a.Comment)
	}
	return slices.Clip(out)
}

// dayOf is noon of a day counted from 1970, in the reader's zone.
func dayOf(ctx context.Context, day int32) time.Time {
	return time.Date(1970, 1, 1+int(day), 12, 0, 0, 0, i18n.From(ctx).Zone())
}
