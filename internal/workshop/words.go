package workshop

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/task"
)

var wordColumns = []string{"answered_on", "journey", "touchpoint", "mood", "value", "scale", "comment", "run", "customer"}

// exportWords writes what customers wrote, as far as it is in the asker's sight, into a file in her language.
func (p *piece) exportWords(ctx context.Context, actor people.Actor) (task.Result, error) {
	r, scope := i18n.From(ctx), actor.Scope()
	f := store.WordFilter{Journey: p.task.Asked.Journey}
	if f.Journey != 0 {
		if _, err := p.Store.JourneyFor(ctx, scope, f.Journey); err != nil {
			return task.Result{}, err
		}
	}
	found, err := p.Store.WordsFor(ctx, scope, f, page.Ask{Size: 1})
	if err != nil {
		return task.Result{}, err
	}
	if p.task.Asked.Format == task.XLSX && found.Total >= xlsxRows {
		return task.Result{}, fault.Conflict("tasks.too_many_rows", "limit", xlsxRows-1)
	}
	p.change(func(t *task.Task) { t.Done, t.Total = 0, int64(found.Total) })
	file := p.Tasks.Write(ctx, p.at(), task.Out)
	sheet, err := newSheet(p.task.Asked.Format, file, r)
	if err != nil {
		return task.Result{}, err
	}
	heads := make([]any, len(wordColumns))
	for i, name := range wordColumns {
		heads[i] = r.T("export." + name)
	}
	if err := sheet.row(heads...); err != nil {
		return task.Result{}, err
	}
	lines := words{piece: p, reader: r, scope: scope, sheet: sheet}
	err = p.Store.EachWord(ctx, scope, f, func(rows []store.Word) error { return lines.write(ctx, rows) })
	if err == nil {
		err = sheet.close()
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		return task.Result{}, err
	}
	result := task.Result{Rows: lines.n, File: "words." + string(p.task.Asked.Format), Size: file.Size}
	return result, p.tellExport(ctx, actor, lines.n)
}

// tellExport writes into the ledger what lies ready for whom, before she can fetch it: nothing leaves without a line.
func (p *piece) tellExport(ctx context.Context, actor people.Actor, rows int) error {
	return p.Store.Record(ctx, event.Event{Verb: event.DataExported, SubjectKind: "words", SubjectID: p.task.Asked.Journey, ActorID: actor.UserID, At: p.Now(),
		Particulars: map[string]any{"what": "words", "task": strconv.FormatInt(p.task.ID, 10), "rows": rows}})
}

// words turns pages of words into rows.
type words struct {
	*piece
	reader *i18n.Reader
	scope  people.Scope
	sheet  sheet
	n      int
}

func (w *words) write(ctx context.Context, rows []store.Word) error {
	var touchpoints, journeys, runs []int64
	for _, word := range rows {
		touchpoints, journeys = append(touchpoints, word.TouchpointID), append(journeys, word.JourneyID)
		if word.Anonymity == survey.Identified {
			runs = append(runs, word.RunID)
		}
	}
	at, err := w.Store.Names(ctx, feedback.ByTouchpoint, touchpoints)
	if err != nil {
		return err
	}
	of, err := w.Store.JourneysByID(ctx, journeys)
	if err != nil {
		return err
	}
	keys, customers, err := w.Store.RunsSeen(ctx, w.scope, runs)
	if err != nil {
		return err
	}
	r, lang := w.reader, w.reader.Lang()
	for _, word := range rows {
		touchpoint, key, who := r.T("journeys.whole_journey"), "", ""
		if word.TouchpointID != 0 {
			touchpoint = at[word.TouchpointID].Name.In(lang)
		}
		if word.Anonymity == survey.Identified {
			key, who = keys[word.RunID], cmp.Or(customers[word.RunID].Name, customers[word.RunID].Key)
		}
		var value, scale any = "", ""
		if word.Value != nil {
			value, scale = *word.Value, word.Scale.String()
		}
		if err := w.sheet.row(dayTold(word, w.Zone), of[word.JourneyID].In(lang), touchpoint, r.T("mood."+string(word.Mood)), value, scale, word.Text, key, who); err != nil {
			return err
		}
	}
	w.n += len(rows)
	w.change(func(t *task.Task) { t.Done, t.Total = int64(w.n), max(t.Total, int64(w.n)) })
	return ctx.Err()
}

// dayTold is the day an answer may be told by: of an anonymous one the Monday of its week (methods.md §1.12).
func dayTold(w store.Word, zone *time.Location) string {
	at := w.AnsweredAt.In(zone)
	if w.Anonymity == survey.Anonymous {
		at = at.AddDate(0, 0, -(int(at.Weekday())+6)%7)
	}
	return at.Format(time.DateOnly)
}
