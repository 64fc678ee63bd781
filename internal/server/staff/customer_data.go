package staff

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// customerData is all that is kept about one customer, for her request to see it (GDPR articles 15 and 20). Names of
// employees are other people's data and not in it. What she said in confidence is not in it either, nor how to find the
// run: whoever handles the request would learn what she was promised nobody would. It is counted as withheld.
type customerData struct {
	ExportedAt time.Time        `json:"exported_at"`
	Customer   aboutCustomer    `json:"customer"`
	Runs       []runData        `json:"runs"`
	Cases      []caseData       `json:"cases"`
	Heard      []heardData      `json:"told_to_employees"`
	Calls      []callData       `json:"calls_unasked"`
	Lost       []letterData     `json:"letters_to_no_case"`
	Consent    []happenedToHer  `json:"events"`
	Withheld   []withheldAnswer `json:"withheld"`

	confidential map[int64]bool // runs
}

type aboutCustomer struct {
	Key        string     `json:"key"`
	OtherKeys  []string   `json:"other_keys,omitempty"`
	Name       string     `json:"name"`
	Email      string     `json:"email"`
	Phone      string     `json:"phone"`
	Language   i18n.Lang  `json:"language"`
	Channel    string     `json:"preferred_channel"`
	Segment    string     `json:"segment"`
	ValueMinor int64      `json:"value_minor"`
	OptedOutAt *time.Time `json:"opted_out_at"`
	KnownSince time.Time  `json:"known_since"`
}

type runData struct {
	Journey       string          `json:"journey"`
	Key           string          `json:"key"`
	State         run.State       `json:"state"`
	OpenedAt      time.Time       `json:"opened_at"`
	LastContactAt time.Time       `json:"last_contact_at"`
	EndedAt       *time.Time      `json:"ended_at"`
	Contacts      []contactData   `json:"contacts"`
	Invitation    *invitationData `json:"invitation"`
	Answer        *answerData     `json:"answer"`
	Replaced      []answerData    `json:"replaced_answers"`
}

type contactData struct {
	Touchpoint      string     `json:"touchpoint"`
	Channel         string     `json:"channel"`
	StartedAt       time.Time  `json:"started_at"`
	EndedAt         *time.Time `json:"ended_at"`
	Teams           []string   `json:"teams"`
	Topic           string     `json:"topic"`
	Resolved        *bool      `json:"resolved"`
	PromiseDue      *time.Time `json:"promise_due"`
	PromiseKept     *time.Time `json:"promise_kept"`
	PromiseBusiness bool       `json:"promise_business_days"`
}

type invitationData struct {
	Channel    string       `json:"channel"`
	State      survey.State `json:"state"`
	Reason     string       `json:"reason"`
	PlannedAt  time.Time    `json:"planned_at"`
	SentAt     *time.Time   `json:"sent_at"`
	OpenedAt   *time.Time   `json:"opened_at"`
	AnsweredAt *time.Time   `json:"answered_at"`
	Reminders  int          `json:"reminders"`
}

type answerData struct {
	AnsweredAt   time.Time    `json:"answered_at"`
	Scale        string       `json:"scale,omitempty"`
	Overall      *int         `json:"overall"`
	Expectation  *int         `json:"expectation"`
	Comment      string       `json:"comment"`
	Language     i18n.Lang    `json:"language"`
	Resolved     *bool        `json:"resolved"`
	WantsContact bool         `json:"wants_contact"`
	Ratings      []ratingData `json:"ratings"`
	Publish      *consentData `json:"may_be_published,omitempty"`
}

type ratingData struct {
	Touchpoint  string `json:"touchpoint"`
	Scale       string `json:"scale"`
	Value       int    `json:"value"`
	Expectation *int   `json:"expectation"`
	Comment     string `json:"comment"`
}

type happenedToHer struct {
	At   time.Time `json:"at"`
	Verb string    `json:"what"`
}

type withheldAnswer struct {
	Journey   string           `json:"journey"`
	Anonymity survey.Anonymity `json:"because"`
}

// exportCustomer answers a customer's request for her data. One customer's life fits into memory; it is put together
// whole, so that the file is whole or not there.
func (d *Desk) exportCustomer(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, scope := c.Request().Context(), reply.Actor(c).Scope()
	customer, err := d.Store.CustomerFor(ctx, scope, id)
	if err != nil {
		return err
	}
	data, err := d.customerData(ctx, scope, customer)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return err
	}
	if err := d.tellExport(c, export{what: "customer", subject: customer.ID, rows: len(data.Runs)}); err != nil {
		return err
	}
	reply.Attach(c, "", "customer.json")
	return c.Blob(http.StatusOK, "application/json; charset=utf-8", body)
}

func (d *Desk) customerData(ctx context.Context, scope people.Scope, c run.Customer) (customerData, error) {
	data := customerData{ExportedAt: d.Now(), Runs: []runData{}, Cases: []caseData{}, Consent: []happenedToHer{}, Withheld: []withheldAnswer{}, confidential: map[int64]bool{},
		Customer: aboutCustomer{Key: c.Key, Name: c.Name, Email: c.Email, Phone: c.Phone, Language: c.Language, Channel: c.Channel,
			Segment: c.Segment, ValueMinor: c.ValueMinor, OptedOutAt: c.OptedOutAt, KnownSince: c.CreatedAt}}
	keys, err := d.Store.KeysOfCustomer(ctx, c.ID)
	if err != nil {
		return data, err
	}
	for _, key := range keys {
		if key != c.Key {
			data.Customer.OtherKeys = append(data.Customer.OtherKeys, key)
		}
	}
	err = d.Store.EachWalkOfCustomer(ctx, scope, c.ID, func(walks []run.Walk) error { return d.addWalks(ctx, &data, walks) })
	if err != nil {
		return data, err
	}
	if err := d.addCases(ctx, &data, c.ID); err != nil {
		return data, err
	}
	if err := d.addHeard(ctx, &data, c); err != nil {
		return data, err
	}
	events, err := d.Store.EventsOf(ctx, "customer", c.ID)
	for _, e := range events {
		data.Consent = append(data.Consent, happenedToHer{At: e.At, Verb: e.Verb})
	}
	return data, err
}

func (d *Desk) addWalks(ctx context.Context, data *customerData, walks []run.Walk) error {
	p := customerPage{d: d, ctx: ctx, r: i18n.From(ctx)}
	if err := p.load(walks); err != nil {
		return err
	}
	touchpoints, tree, err := d.metOn(ctx, walks, p.answers)
	if err != nil {
		return err
	}
	for _, w := range walks {
		name := p.journeys[w.Run.JourneyID].In(p.r.Lang())
		if p.confidential(w.Run.ID) {
			data.confidential[w.Run.ID] = true
			data.Withheld = append(data.Withheld, withheldAnswer{Journey: name, Anonymity: p.answers[w.Run.ID].Anonymity})
			continue
		}
		r := runData{Journey: name, Key: w.Run.Key, State: w.Run.State, OpenedAt: w.Run.OpenedAt, LastContactAt: w.Run.LastContactAt, EndedAt: w.Run.EndedAt,
			Contacts: []contactData{}, Replaced: []answerData{}}
		for _, x := range w.Contacts {
			r.Contacts = append(r.Contacts, contactOf(p.r, x, touchpoints[x.Interaction.TouchpointID], tree))
		}
		if i, asked := p.invitations[w.Run.ID]; asked {
			r.Invitation = &invitationData{Channel: i.Channel, State: i.State, Reason: i.Reason, PlannedAt: i.PlannedAt, SentAt: i.SentAt, OpenedAt: i.OpenedAt, AnsweredAt: i.AnsweredAt, Reminders: i.Reminders}
		}
		if a, answered := p.answers[w.Run.ID]; answered {
			now := answerOf(p.r, a, touchpoints)
			if now.Publish, err = d.consentTo(ctx, a.ID); err != nil {
				return err
			}
			r.Answer = &now
			history, err := d.Store.HistoryOf(ctx, a.ID)
			if err != nil {
				return err
			}
			for _, h := range history {
				r.Replaced = append(r.Replaced, answerOf(p.r, h, touchpoints))
			}
		}
		data.Runs = append(data.Runs, r)
	}
	return nil
}

// metOn loads what contacts and ratings name.
func (d *Desk) metOn(ctx context.Context, walks []run.Walk, answers map[int64]feedback.Response) (map[int64]journey.Touchpoint, people.Tree, error) {
	var ids []int64
	for _, w := range walks {
		ids = append(ids, w.Met()...)
		for _, r := range answers[w.Run.ID].Ratings {
			ids = append(ids, r.TouchpointID)
		}
	}
	touchpoints, err := d.Store.TouchpointsByID(ctx, ids)
	if err != nil {
		return nil, people.Tree{}, err
	}
	tree, err := d.Store.Tree(ctx)
	return touchpoints, tree, err
}

func contactOf(r *i18n.Reader, c run.Contact, t journey.Touchpoint, tree people.Tree) contactData {
	x := c.Interaction
	out := contactData{Touchpoint: t.Name.In(r.Lang()), Channel: x.Channel, StartedAt: x.StartedAt, EndedAt: x.EndedAt, Teams: []string{}, Topic: x.Topic,
		Resolved: x.Resolved, PromiseDue: x.PromiseDue, PromiseKept: x.PromiseKept, PromiseBusiness: x.PromiseBusiness}
	for _, p := range c.People {
		if p.TeamID != 0 {
			out.Teams = append(out.Teams, tree.Teams[p.TeamID].Name.In(r.Lang()))
		}
	}
	return out
}

func answerOf(r *i18n.Reader, a feedback.Response, touchpoints map[int64]journey.Touchpoint) answerData {
	out := answerData{AnsweredAt: a.AnsweredAt, Overall: a.Overall, Expectation: a.Expectation, Comment: a.Comment, Language: a.Language,
		Resolved: a.Resolved, WantsContact: a.WantsContact, Ratings: []ratingData{}}
	if a.Overall != nil {
		out.Scale = a.Scale.String()
	}
	for _, x := range a.Ratings {
		out.Ratings = append(out.Ratings, ratingData{Touchpoint: touchpoints[x.TouchpointID].Name.In(r.Lang()), Scale: x.Scale.String(), Value: x.Value, Expectation: x.Expectation, Comment: x.Comment})
	}
	return out
}
