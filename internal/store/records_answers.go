package store

import (
	"cmp"
	"slices"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/run"
)

// laterHistory is an answer that a newer one of the same batch replaced.
type laterHistory struct {
	response int64
	said     feedback.Response
}

func (t *taking) takeAnswers() error {
	runs := t.answeredRuns()
	if len(runs) == 0 {
		return nil
	}
	settings, err := t.s.settings(t.ctx, runs)
	if err != nil {
		return err
	}
	known, err := t.s.ResponsesOf(t.ctx, ids(runs))
	if err != nil {
		return err
	}
	fresh := map[int64]*feedback.Response{}
	for i, r := range t.good() {
		if x := t.runOf(r); x != nil && r.Answer != nil {
			if err := t.takeAnswer(i, feedback.Compose(t.said(r.Answer), settings[x.ID]), known, fresh); err != nil {
				return err
			}
		}
	}
	rows := make([]feedback.Response, 0, len(fresh))
	for _, r := range fresh {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b feedback.Response) int { return cmp.Compare(a.ID, b.ID) })
	return t.s.AddResponses(t.ctx, rows...)
}

// answeredRuns are the runs that the batch brings answers to, each once.
func (t *taking) answeredRuns() []run.Run {
	var runs []run.Run
	seen := map[int64]bool{}
	for _, r := range t.good() {
		if x := t.runOf(r); x != nil && r.Answer != nil && !seen[x.ID] {
			seen[x.ID] = true
			t.live[x.ID] = x.Ask
			runs = append(runs, *x)
		}
	}
	return runs
}

// takeAnswer keeps one answer per run: the latest by time, then by key. Others go to the history; the same one again
// changes nothing.
func (t *taking) takeAnswer(i int, next feedback.Response, known map[int64]feedback.Response, fresh map[int64]*feedback.Response) error {
	if old, ok := known[next.RunID]; ok {
		return t.answerAgain(i, old, next, known)
	}
	next.CreatedAt = t.now
	if earlier, ok := fresh[next.RunID]; ok {
		older, newer := *earlier, next
		if !newer.Later(older) {
			older, newer = newer, older
		}
		// Both came in this batch: the newer keeps the number, the older becomes its history.
		newer.ID = earlier.ID
		rebind(&newer)
		*earlier = newer
		t.out[i].Unchanged = true
		t.history = append(t.history, laterHistory{earlier.ID, older})
		return nil
	}
	fresh[next.RunID] = &next
	t.out[i].Counts.Responses++
	t.out[i].Counts.Ratings += len(next.Ratings)
	t.answered(next, event.ResponseAnswered)
	return nil
}

// answerAgain takes an answer to a run that has one on record.
func (t *taking) answerAgain(i int, old, next feedback.Response, known map[int64]feedback.Response) error {
	if !next.Later(old) {
		t.out[i].Unchanged = true
		if next.AnsweredAt.Equal(old.AnsweredAt) && next.Key == old.Key {
			return nil
		}
		return t.s.KeepHistory(t.ctx, old.ID, next)
	}
	next.CreatedAt = t.now
	t.answered(next, event.ResponseReplaced)
	if err := t.s.ReplaceResponse(t.ctx, old, next); err != nil {
		return err
	}
	replaced, err := t.s.ResponsesOf(t.ctx, []int64{next.RunID})
	known[next.RunID] = replaced[next.RunID]
	return err
}

func (t *taking) answered(r feedback.Response, verb string) {
	t.events = append(t.events, event.Event{Verb: verb, SubjectKind: "run", SubjectID: r.RunID, At: t.now, Heed: t.live[r.RunID] && r.NeedsLook()})
}

func (t *taking) said(a *ingest.Answer) feedback.Said {
	said := feedback.Said{Key: a.Key, At: a.At, Scale: a.Scale, Overall: a.Overall, Expectation: a.Expectation,
		Comment: norm.NFC.String(a.Comment), Resolved: a.Resolved, WantsContact: a.WantsContact}
	said.Language, _ = i18n.Known(a.Language)
	if said.Language == "" {
		said.Language = languageOf(a.Comment)
	}
	for _, r := range a.Ratings {
		said.Ratings = append(said.Ratings, feedback.SaidRating{TouchpointID: t.touchpoints[r.Touchpoint.Key].ID, Scale: r.Scale,
			Value: r.Value, Expectation: r.Expectation, Comment: norm.NFC.String(r.Comment)})
	}
	return said
}

// languageOf guesses among our languages by script (methods.md §9): Arabic → fa, Greek → el, Cyrillic → ru; Latin text
// may be in any language and stays unsaid.
func languageOf(text string) i18n.Lang {
	n := map[i18n.Lang]int{}
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Arabic, r):
			n[i18n.Persian]++
		case unicode.Is(unicode.Greek, r):
			n[i18n.Greek]++
		case unicode.Is(unicode.Cyrillic, r):
			n[i18n.Russian]++
		}
	}
	var best i18n.Lang
	for _, lang := range i18n.Languages {
		if n[lang] > n[best] {
			best = lang
		}
	}
	return best
}
