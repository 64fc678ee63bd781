package store

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// Take implements ingest.Sink: a batch of records becomes journeys, people, runs, interactions, answers and completions
// in one transaction. What is there already is recognised by its key and changes nothing; two batches that create the
// same new name at once try again.
func (s *Store) Take(ctx context.Context, records []ingest.Record) ([]ingest.Outcome, error) {
	return s.TakeAnd(ctx, records, func(context.Context, []ingest.Outcome) error { return nil })
}

// TakeAnd is Take with something that stands or falls with the batch: how far an import has come, for one.
func (s *Store) TakeAnd(ctx context.Context, records []ingest.Record, then func(ctx context.Context, out []ingest.Outcome) error) ([]ingest.Outcome, error) {
	var out []ingest.Outcome
	err := s.retry(func() error {
		return s.InTx(ctx, func(ctx context.Context) error {
			s.soon(ctx)
			t := &taking{s: s, ctx: ctx, records: records, out: make([]ingest.Outcome, len(records)), more: map[int]bool{}, live: map[int64]bool{}, now: s.Now()}
			out = t.out
			if err := t.all(); err != nil {
				return err
			}
			return then(ctx, out)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("take %d records: %w", len(records), err)
	}
	return out, nil
}

// taking is one batch on its way in. Each step finds what exists with one query, adds what is new with one insert, and
// remembers both by key for the next step.
type taking struct {
	s       *Store
	ctx     context.Context
	records []ingest.Record
	out     []ingest.Outcome
	now     time.Time

	journeys    map[string]journey.Journey
	plans       map[int64]*journey.Plan // live plans of the journeys met, loaded when needed
	teams       map[string]people.Team
	employees   map[string]people.Employee
	touchpoints map[string]journey.Touchpoint
	customers   map[string]int64
	runs        map[runKey]*run.Run
	newRuns     []*run.Run
	touched     map[int64]bool // runs that exist already and changed
	live        map[int64]bool // runs that are no imported past, of those answered
	events      []event.Event
	history     []laterHistory
	more        map[int]bool // records that added something to what was known
}

func (t *taking) all() error {
	t.refuseHomeless()
	for _, step := range []func() error{t.takeTeams, t.takeEmployees, t.takeTouchpoints, t.takeJourneys, t.takeCustomers,
		t.takeRuns, t.takeContacts, t.complete, t.saveRuns, t.takeAnswers, t.tell} {
		if err := step(); err != nil {
			return err
		}
	}
	for i := range t.out {
		t.out[i].Unchanged = t.out[i].Problem == nil && t.out[i].Counts == (ingest.Counts{}) && t.out[i].Unchanged && !t.more[i]
	}
	return nil
}

// refuseHomeless refuses what happened on no run; of a customer alone a record may speak without one.
func (t *taking) refuseHomeless() {
	for i, r := range t.records {
		if r.Run == "" && (len(r.Contacts) > 0 || r.Answer != nil || !r.Completed.IsZero()) {
			t.refuse(i, "run", "errors.required")
		}
	}
}

// add inserts what is new; a batch in which nothing is leaves no trace.
func add[T any](t *taking, table string, rows []T, then ...string) error {
	return pour(t.ctx, t.s, table, rows, strings.Join(then, " "))
}

// good walks the records that have not been refused.
func (t *taking) good() iter.Seq2[int, *ingest.Record] {
	return func(yield func(int, *ingest.Record) bool) {
		for i := range t.records {
			if t.out[i].Problem == nil && !yield(i, &t.records[i]) {
				return
			}
		}
	}
}

func (t *taking) refuse(i int, column, key string, args ...any) {
	t.out[i].Problem = &ingest.Problem{Place: t.records[i].Place, Column: column, Key: key, Args: args}
}

// tell writes the ledger lines of the batch. A completion travels to a job only where the run may be asked.
func (t *taking) tell() error {
	asks := map[int64]bool{}
	for _, r := range t.runs {
		asks[r.ID] = r.Ask
	}
	for _, h := range t.history {
		if err := t.s.KeepHistory(t.ctx, h.response, h.said); err != nil {
			return err
		}
	}
	quiet := make([]eventRow, 0, len(t.events))
	var loud []event.Event
	for _, e := range t.events {
		if asks[e.SubjectID] {
			loud = append(loud, e)
			continue
		}
		row, err := t.s.eventRowOf(t.ctx, e)
		if err != nil {
			return err
		}
		quiet = append(quiet, row)
	}
	if err := add(t, "events", quiet); err != nil {
		return err
	}
	if len(loud) == 0 {
		return nil
	}
	return t.s.Record(t.ctx, loud...)
}

// distinct sorts the keys and drops repetitions and the empty one.
func distinct(keys []string) []string {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if len(keys) > 0 && keys[0] == "" {
		keys = keys[1:]
	}
	return keys
}
