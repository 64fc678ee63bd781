package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
)

type eventRow struct {
	ID          int64
	At          time.Time
	Verb        string
	SubjectKind string
	SubjectID   int64
	ActorID     int64
	Particulars string
}

type outboxRow struct {
	ID      int64
	Topic   string
	Payload []byte // of the fold feedback.Sums, of a job its Errand as JSON
	Changed int64  // areas that the fold is to tell of
}

// Topics of the outbox.
const (
	topicFold = "fold"
	topicJob  = "job"
)

// Errand is a committed event on its way to background work, or all those to heed (event.Event.Heed) of one verb that were
// recorded together.
type Errand struct {
	Verb    string  `json:"verb"`
	Subject int64   `json:"subject,string"`
	Further []int64 `json:"further,omitempty"`
	Event   int64   `json:"event,string,omitempty"` // its line in the ledger; 0 for those to heed
}

// Subjects are all that the errand is about.
func (e Errand) Subjects() []int64 { return append([]int64{e.Subject}, e.Further...) }

// errandsOf are the errands of events recorded together, as these lines.
func errandsOf(events []event.Event, lines []eventRow) []Errand {
	var out []Errand
	heeded := map[string]int{} // place in out, by verb
	for line, e := range events {
		if !e.Travels() {
			continue
		}
		if i, ok := heeded[e.Verb]; ok && e.Heed {
			out[i].Further = append(out[i].Further, e.SubjectID)
			continue
		}
		errand := Errand{Verb: e.Verb, Subject: e.SubjectID}
		if e.Heed {
			heeded[e.Verb] = len(out)
		} else {
			errand.Event = lines[line].ID
		}
		out = append(out, errand)
	}
	return out
}

// Record implements event.Ledger.
func (s *Store) Record(ctx context.Context, events ...event.Event) error {
	rows := make([]eventRow, 0, len(events))
	var out []outboxRow
	for _, e := range events {
		row, err := s.eventRowOf(ctx, e)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	for _, e := range errandsOf(events, rows) {
		payload, err := json.Marshal(e)
		if err != nil {
			return err
		}
		out = append(out, outboxRow{ID: id.New(), Topic: topicJob, Payload: payload})
	}
	if !slices.ContainsFunc(events, event.Event.Changes) {
		return insert(s.quiet(ctx), "events", rows) // none of them travels
	}
	return s.InTx(ctx, func(ctx context.Context) error {
		if err := pour(ctx, s, "events", rows, ""); err != nil {
			return err
		}
		return pour(ctx, s, "outbox", out, "")
	})
}

// eventRowOf fills in what the caller left to the ledger: number, time and who acted.
func (s *Store) eventRowOf(ctx context.Context, e event.Event) (eventRow, error) {
	particulars, err := json.Marshal(e.Particulars)
	if err != nil {
		return eventRow{}, err
	}
	if e.At.IsZero() {
		e.At = s.Now()
	}
	if e.ActorID == 0 {
		e.ActorID = people.From(ctx).UserID
	}
	return eventRow{ID: id.New(), At: e.At, Verb: e.Verb, SubjectKind: e.SubjectKind, SubjectID: e.SubjectID,
		ActorID: e.ActorID, Particulars: string(particulars)}, nil
}

// EventsOf lists what happened to one subject, the latest first.
func (s *Store) EventsOf(ctx context.Context, kind string, subject int64) ([]event.Event, error) {
	rows, err := all[eventRow](s.read(ctx).Table("events").
		Where("subject_kind = ? AND subject_id = ?", kind, subject).Order("at DESC, id DESC").Limit(200))
	if err != nil {
		return nil, err
	}
	out := make([]event.Event, len(rows))
	for i, r := range rows {
		if out[i], err = r.event(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r eventRow) event() (event.Event, error) {
	e := event.Event{ID: r.ID, At: r.At.UTC(), Verb: r.Verb, SubjectKind: r.SubjectKind, SubjectID: r.SubjectID, ActorID: r.ActorID}
	return e, json.Unmarshal([]byte(r.Particulars), &e.Particulars)
}

// EventByID finds one line.
func (s *Store) EventByID(ctx context.Context, id int64) (event.Event, error) {
	row, err := one[eventRow](s.read(ctx).Table("events").Where("id = ?", id), "errors.page_missing")
	if err != nil {
		return event.Event{}, err
	}
	return row.event()
}
