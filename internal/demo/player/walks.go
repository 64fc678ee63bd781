package player

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// walk is a run of the play and how much of it the store has been told.
type walk struct {
	demo.Run
	told   int       // contacts
	toldAt time.Time // for promises that are kept after their contact was told
}

// tellOfTheDay tells of every contact that is over and was not told yet.
func (p *player) tellOfTheDay(ctx context.Context) error {
	n := 0
	for n < len(p.walks) && !p.walks[n].Contacts[0].Started.After(p.now) {
		n++
	}
	p.walking, p.walks = append(p.walking, p.walks[:n]...), p.walks[n:]
	still, news := p.walking[:0], []*walk(nil)
	for _, w := range p.walking {
		if w.told < len(w.Contacts) {
			still, news = append(still, w), append(news, w)
		}
	}
	p.walking = still
	return p.tell(ctx, news...)
}

// tell hands what is new about some walks to the store, as a feed would: contacts that are over, and promises kept.
func (p *player) tell(ctx context.Context, walks ...*walk) error {
	var records []ingest.Record
	var told []*walk
	for _, w := range walks {
		if r := p.record(w); len(r.Contacts) > 0 {
			records, told = append(records, r), append(told, w)
		}
	}
	if len(records) == 0 {
		return nil
	}
	outcomes, err := p.store.Take(ctx, records)
	if err != nil {
		return err
	}
	for i, o := range outcomes {
		if o.Problem != nil {
			return fmt.Errorf("run %s: %s %s", records[i].Run, o.Problem.Column, o.Problem.Key)
		}
	}
	return p.describe(ctx, told)
}

func (p *player) record(w *walk) ingest.Record {
	c := p.customers[w.Customer]
	r := ingest.Record{Journey: ingest.Named{Key: w.Journey}, Run: w.Key, Ask: true,
		Customer: ingest.Customer{Key: c.Key, Name: c.Name, Email: c.Email, Phone: c.Phone, Language: string(c.Language), Segment: c.Segment}}
	for i, k := range w.Contacts {
		switch keptNow := k.PromiseKept.After(w.toldAt) && !k.PromiseKept.After(p.now); {
		case i < w.told && keptNow:
			r.Contacts = append(r.Contacts, ingest.Contact{Key: k.Key, PromiseKept: k.PromiseKept})
		case i >= w.told && !k.Ended.After(p.now):
			r.Contacts = append(r.Contacts, p.contact(k))
			w.told = i + 1
		}
	}
	w.toldAt = p.now
	return r
}

func (p *player) contact(k demo.Contact) ingest.Contact {
	c := ingest.Contact{Key: k.Key, Touchpoint: ingest.Named{Key: k.Touchpoint}, Started: k.Started, Ended: k.Ended, Topic: k.Topic,
		Resolved: k.Resolved, PromiseDue: k.PromiseDue}
	if !k.PromiseKept.After(p.now) {
		c.PromiseKept = k.PromiseKept
	}
	for _, who := range k.People {
		c.People = append(c.People, ingest.Person{Employee: ingest.Named{Key: who.Employee}, Team: []string{who.Team}})
	}
	return c
}

// describe keeps what no feed carries of customers seen for the first time: how they like to be reached, what they are worth.
func (p *player) describe(ctx context.Context, walks []*walk) error {
	for _, w := range walks {
		if p.described[w.Customer] {
			continue
		}
		p.described[w.Customer] = true
		runs, err := p.store.RunsByKey(ctx, w.Key)
		if err != nil {
			return err
		}
		c, err := p.store.CustomerByID(ctx, runs[0].CustomerID)
		if err != nil {
			return err
		}
		c.Channel, c.ValueMinor = p.customers[w.Customer].Channel, p.customers[w.Customer].ValueMinor
		if err := p.store.SaveCustomer(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// end tells the last contact of a run, which ends most of them; others end because the company says so. What follows the
// end is in the outbox, as in a company with background work.
func (p *player) end(ctx context.Context, w *walk) error {
	if err := p.tell(ctx, w); err != nil {
		return err
	}
	for _, j := range p.company.Journeys {
		if j.Key != w.Journey || j.Completes != demo.CompletesCall {
			continue
		}
		if _, err := p.runs.Complete(ctx, w.Journey, w.Key, w.Completed); err != nil {
			return err
		}
	}
	inv, err := p.follow(ctx)
	if err == nil && inv.RunID == 0 {
		err = fmt.Errorf("run %s ended and nobody was told", w.Key)
	}
	if err != nil || inv.State == survey.Suppressed {
		return err
	}
	p.at(*inv.NextAt, func(ctx context.Context) error { return p.deliver(ctx, inv.ID) })
	if w.Answer != nil {
		p.at(w.Answer.At, func(ctx context.Context) error { return p.answer(ctx, w, inv) })
	}
	return nil
}

// noticed is how long before the end of the play people begin to be told of what happens: nobody reads older notices.
const noticed = 14 * 24 * time.Hour

// follow does what waits for background work, and returns the invitation that came of it, if one did.
func (p *player) follow(ctx context.Context) (inv survey.Invitation, err error) {
	_, err = p.store.WithErrands(ctx, func(ctx context.Context, e store.Errand) (err error) {
		switch e.Verb {
		case event.RunCompleted:
			inv, err = p.surveys.Plan(ctx, e.Subject)
		case event.ResponseAnswered, event.ResponseReplaced:
			for _, run := range e.Subjects() {
				err = errors.Join(err, p.cases.Consider(ctx, run))
			}
		case event.ObservationRecorded:
			for _, id := range e.Subjects() {
				o, missing := p.store.ObservationByID(ctx, id)
				err = errors.Join(err, missing, p.cases.Hear(ctx, id, o.RunID, casework.Heard(o)...))
			}
		case event.CaseProposed:
			err = p.ask(ctx, e.Subject)
		}
		return errors.Join(err, p.notice(ctx, e))
	})
	return inv, err
}

// notice tells people of what happens, as soon as anybody would still read it.
func (p *player) notice(ctx context.Context, e store.Errand) (err error) {
	switch {
	case p.now.Before(p.company.Now.Add(-noticed)):
	case e.Verb == event.ResponseAnswered:
		for _, run := range e.Subjects() {
			err = errors.Join(err, p.notify.Praise(ctx, run))
		}
	case slices.Contains(notify.Events, e.Verb):
		err = p.notify.Follow(ctx, e.Event)
	}
	return err
}
