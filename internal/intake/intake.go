// Package intake stands between many callers who each bring a little and a database that is quick only in bulk: answers
// and contacts wait in bounded queues, and a few committers store what has gathered during the last commit with the next
// one. There is no timer: alone, an item is committed at once. Callers are answered after the commit.
//
// It is not for rules: what an answer means is feedback's, what a contact becomes is the store's. It knows neither
// engine. It is not for imports either, which come in batches already.
package intake

import (
	"context"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/ingest"
)

// Answers stores many answers in one transaction; feedback.Service does.
type Answers interface {
	AnswerAll(ctx context.Context, all []feedback.Submission) ([]feedback.Outcome, error)
}

// Desk takes in what comes one by one.
type Desk struct {
	answers  *Queue[feedback.Submission, feedback.Response]
	contacts *Queue[[]ingest.Record, []ingest.Outcome]
}

// How much may wait, and how much one commit takes: of answers, and of records. At a few thousand a second, the room is
// about what can be stored before a caller gives up.
const (
	answersWaiting, answersAtOnce = 8192, 512
	recordsWaiting, recordsAtOnce = 20000, 1000
)

// patience is how long a commit may take; SQLite waits up to 15 seconds for another process.
const patience = 20 * time.Second

// Open starts a desk; Close ends it. Committers are the commits of each kind at the same time: 1 where one writes at a time.
func Open(answers Answers, records ingest.Sink, committers int) *Desk {
	return open(answers, records, committers, answersWaiting, recordsWaiting)
}

// OpenCramped starts a desk with room for so many answers and records. It is for tests of what happens when there is too
// much to do.
func OpenCramped(answers Answers, records ingest.Sink, committers, room int) *Desk {
	return open(answers, records, committers, room, room)
}

func open(answers Answers, records ingest.Sink, committers, answersRoom, recordsRoom int) *Desk {
	o := Options{Room: answersRoom, AtOnce: answersAtOnce, Committers: committers, Patience: patience}
	d := &Desk{answers: NewQueue(o, nil, func(ctx context.Context, all []feedback.Submission) ([]Result[feedback.Response], error) {
		return takeAnswers(ctx, answers, all)
	})}
	o.Room, o.AtOnce = recordsRoom, recordsAtOnce
	weigh := func(r []ingest.Record) int { return len(r) }
	d.contacts = NewQueue(o, weigh, func(ctx context.Context, all [][]ingest.Record) ([]Result[[]ingest.Outcome], error) {
		return takeRecords(ctx, records, all)
	})
	return d
}

// Close refuses what comes from now on and stores all that waits.
func (d *Desk) Close() {
	d.answers.Close()
	d.contacts.Close()
}

// Answer takes an answer in as feedback.Service.Answer does; a Busy fault when there is too much to do.
func (d *Desk) Answer(ctx context.Context, token string, a feedback.Answer) (feedback.Response, error) {
	return d.answers.Put(ctx, feedback.Submission{Token: token, Answer: a})
}

// Take implements ingest.Sink for the few records of one request; a Busy fault when there is too much to do.
func (d *Desk) Take(ctx context.Context, records []ingest.Record) ([]ingest.Outcome, error) {
	return d.contacts.Put(ctx, records)
}

func takeAnswers(ctx context.Context, answers Answers, all []feedback.Submission) ([]Result[feedback.Response], error) {
	outcomes, err := answers.AnswerAll(ctx, all)
	if err != nil {
		return nil, err
	}
	out := make([]Result[feedback.Response], len(outcomes))
	for i, o := range outcomes {
		out[i] = Result[feedback.Response]{o.Response, o.Err}
	}
	return out, nil
}

// takeRecords stores the records of many requests as one batch and gives each its own outcomes.
func takeRecords(ctx context.Context, sink ingest.Sink, all [][]ingest.Record) ([]Result[[]ingest.Outcome], error) {
	var records []ingest.Record
	for _, some := range all {
		records = append(records, some...)
	}
	outcomes, err := sink.Take(ctx, records)
	if err != nil {
		return nil, err
	}
	out := make([]Result[[]ingest.Outcome], len(all))
	for i, some := range all {
		out[i].Value, outcomes = outcomes[:len(some)], outcomes[len(some):]
	}
	return out, nil
}
