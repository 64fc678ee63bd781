package feedback

import (
	"context"
	"fmt"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Submission is an answer on its way in, behind the token it came with.
type Submission struct {
	Token  string
	Answer Answer
}

// Outcome is what became of a submission: the response on record, or the fault that it was refused with.
type Outcome struct {
	Response Response
	Err      error
}

// Answer takes an answer in: response, ratings, attributions, notices, ledger and outbox in one transaction, on disk
// before it returns. The same answer again changes nothing; another one before expiry replaces it, history kept.
// A link that was handed over is used up by the answer (survey.used).
func (s *Service) Answer(ctx context.Context, token string, a Answer) (Response, error) {
	out, err := s.AnswerAll(ctx, []Submission{{Token: token, Answer: a}})
	if err != nil {
		return Response{}, err
	}
	return out[0].Response, out[0].Err
}

// AnswerAll takes answers in as Answer does, all in one transaction and as if one came after the other. What is refused
// says so in its outcome and keeps nobody back; an error means that nothing was taken.
func (s *Service) AnswerAll(ctx context.Context, all []Submission) ([]Outcome, error) {
	var out []Outcome
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		t := &taking{Service: s, ctx: ctx, out: make([]Outcome, len(all))}
		out = t.out
		if err := t.open(all); err != nil {
			return err
		}
		for len(t.pending) > 0 {
			if err := t.round(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("take %d answers: %w", len(all), err)
	}
	return out, nil
}

// taking is a batch of answers on its way in.
type taking struct {
	*Service
	ctx      context.Context
	out      []Outcome
	settings map[int64]Setting // by run
	pending  []*envelope       // not yet taken, in the order they came
}

// envelope is one answer with the invitation it answers; index is its place in the batch.
type envelope struct {
	index  int
	answer Answer
	inv    survey.Invitation
}

// answered is one answer that changes something.
type answered struct {
	*envelope
	response Response
	before   *Response
}

func (a answered) verb() string {
	if a.before != nil {
		return event.ResponseReplaced
	}
	return event.ResponseAnswered
}

// open finds what the tokens lead to and refuses those that lead nowhere any more.
func (t *taking) open(all []Submission) error {
	hashes := make([][]byte, len(all))
	for i, s := range all {
		hashes[i] = id.Hash(s.Token)
	}
	invitations, err := t.Store.InvitationsByToken(t.ctx, hashes)
	if err != nil {
		return err
	}
	now := t.Now()
	runs, envelopes := make([]int64, 0, len(all)), make([]envelope, len(all))
	t.pending = make([]*envelope, 0, len(all))
	for i, s := range all {
		inv, ok := invitations[string(hashes[i])]
		if !ok {
			t.out[i].Err = fault.Missing("survey.unknown")
		} else if t.out[i].Err = admit(inv, now); t.out[i].Err == nil {
			envelopes[i] = envelope{i, s.Answer, inv}
			t.pending, runs = append(t.pending, &envelopes[i]), append(runs, inv.RunID)
		}
	}
	t.settings, err = t.Store.SettingsOf(t.ctx, runs)
	return err
}

// round takes the first open answer to each run: what comes after it on the same run must find it on record.
func (t *taking) round() error {
	now, later := make([]*envelope, 0, len(t.pending)), []*envelope(nil)
	runs := make(map[int64]bool, len(t.pending))
	for _, e := range t.pending {
		if runs[e.inv.RunID] {
			later = append(later, e)
		} else {
			runs[e.inv.RunID], now = true, append(now, e)
		}
	}
	t.pending = later
	ids := make([]int64, len(now))
	for i, e := range now {
		ids[i] = e.inv.RunID
	}
	known, err := t.Store.ResponsesOf(t.ctx, ids)
	if err != nil {
		return err
	}
	changes := make([]answered, 0, len(now))
	for _, e := range now {
		if a, ok := t.read(e, known); ok {
			changes = append(changes, a)
		}
	}
	return t.keep(changes)
}

// read composes one answer; ok is false when it is refused or says what is on record already.
func (t *taking) read(e *envelope, known map[int64]Response) (a answered, ok bool) {
	setting := t.settings[e.inv.RunID]
	setting.Invitation = e.inv.ID
	sheet := sheetOf(e.inv, setting)
	if before, found := known[e.inv.RunID]; found {
		sheet.Before, sheet.Used = &before, e.inv.Handed
	}
	out := &t.out[e.index]
	if out.Err = e.answer.check(sheet); out.Err != nil {
		return a, false
	}
	r := Compose(e.answer.said(sheet, t.Now()), setting)
	r.CreatedAt = t.Now()
	switch {
	case sheet.Before != nil && sheet.Before.Says(r):
		out.Response = *sheet.Before
		return a, false
	case sheet.Used:
		out.Err = fault.Conflict("survey.used")
		return a, false
	}
	return answered{envelope: e, response: r, before: sheet.Before}, true
}

// keep writes answers to different runs, with everything that follows from them.
func (t *taking) keep(changes []answered) error {
	if len(changes) == 0 {
		return nil
	}
	fresh := make([]Response, 0, len(changes))
	invitations := make([]survey.Invitation, len(changes))
	events := make([]event.Event, len(changes))
	for i := range changes {
		c := &changes[i]
		if c.before == nil {
			fresh = append(fresh, c.response)
		} else {
			if err := t.Store.ReplaceResponse(t.ctx, *c.before, c.response); err != nil {
				return err
			}
			c.response.ID, c.response.Revision = c.before.ID, c.before.Revision+1
		}
		invitations[i] = done(c.inv, c.response)
		events[i] = t.told(c.verb(), c.response)
		t.out[c.index].Response = c.response
	}
	if err := t.Store.AddResponses(t.ctx, fresh...); err != nil {
		return err
	}
	if err := t.Store.AnswerInvitations(t.ctx, invitations...); err != nil {
		return err
	}
	return t.Ledger.Record(t.ctx, events...)
}

// done is an invitation once it is answered.
func done(inv survey.Invitation, r Response) survey.Invitation {
	if inv.AnsweredAt == nil {
		inv.AnsweredAt = &r.AnsweredAt
	}
	if inv.OpenedAt == nil {
		inv.OpenedAt = &r.AnsweredAt
	}
	inv.State, inv.NextAt = survey.Answered, nil
	return inv
}

func (s *Service) told(verb string, r Response) event.Event {
	return event.Event{Verb: verb, SubjectKind: "run", SubjectID: r.RunID, At: s.Now(), Particulars: map[string]any{"revision": r.Revision}, Heed: r.NeedsLook()}
}
