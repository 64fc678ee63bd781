package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// How long texts may be, in characters, and lists, in elements.
const (
	keyLength   = 200
	nameLength  = 200
	mailLength  = 254
	phoneLength = 40
	topicLength = 500
	mostPeople  = 20
	deepestTeam = 10
)

// Interaction is one contact with a customer as another system reports it. The type is what the description promises;
// it is read by hand, strictly.
type Interaction struct {
	Key        string    `json:"key"`
	Run        string    `json:"run"`
	Journey    string    `json:"journey"`
	Touchpoint string    `json:"touchpoint"`
	Started    time.Time `json:"started"`
	Ended      time.Time `json:"ended"`
	Channel    string    `json:"channel"`
	Topic      string    `json:"topic"`
	Resolved   *bool     `json:"resolved"`
	Customer   Customer  `json:"customer"`
	People     []Person  `json:"people"`
	Promise    Promise   `json:"promise"`
	Completed  time.Time `json:"completed"`
}

// Customer is who was met.
type Customer struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Phone    string `json:"phone"`
	Language string `json:"language"`
	Channel  string `json:"channel"`
	Segment  string `json:"segment"`
}

// Person is who served, the first one first.
type Person struct {
	Employee string   `json:"employee"`
	Name     string   `json:"name"`
	TeamPath []string `json:"team_path"`
}

// Promise is what was promised and when it was kept.
type Promise struct {
	Due      time.Time `json:"due"`
	Kept     time.Time `json:"kept"`
	Business bool      `json:"business"`
}

// readInteraction reads one element of a batch, with everything that is wrong with it.
func readInteraction(raw json.RawMessage, now time.Time) (Interaction, []fault.Field) {
	f := &form{now: now}
	var x Interaction
	isObject := f.members("", raw, map[string]func(string, json.RawMessage){
		"key": f.text(&x.Key, keyLength), "run": f.text(&x.Run, keyLength),
		"journey": f.text(&x.Journey, keyLength), "touchpoint": f.text(&x.Touchpoint, keyLength),
		"started": f.past(&x.Started), "ended": f.past(&x.Ended), "completed": f.past(&x.Completed),
		"channel": f.text(&x.Channel, nameLength), "topic": f.text(&x.Topic, topicLength),
		"resolved": f.flag(func(b bool) { x.Resolved = &b }),
		"customer": f.customer(&x.Customer),
		"people":   f.list(mostPeople, f.person(&x.People)),
		"promise":  f.promise(&x.Promise),
	})
	if !isObject {
		return x, f.problems
	}
	f.require("", map[string]string{"key": x.Key, "run": x.Run, "journey": x.Journey, "touchpoint": x.Touchpoint, "started": stated(x.Started)})
	f.oneOf("channel", x.Channel, journey.Channels)
	f.order(x)
	return x, f.problems
}

func (f *form) customer(c *Customer) func(string, json.RawMessage) {
	return func(at string, raw json.RawMessage) {
		if !f.members(at, raw, map[string]func(string, json.RawMessage){
			"key": f.text(&c.Key, keyLength), "name": f.text(&c.Name, nameLength), "email": f.text(&c.Email, mailLength),
			"phone": f.text(&c.Phone, phoneLength), "language": f.text(&c.Language, nameLength),
			"channel": f.text(&c.Channel, nameLength), "segment": f.text(&c.Segment, nameLength),
		}) {
			return
		}
		f.require(at, map[string]string{"key": c.Key})
		f.oneOf(at+".channel", c.Channel, []string{survey.ByMail, survey.BySMS})
		f.oneOf(at+".language", c.Language, languages())
		if parsed, err := mail.ParseAddress(c.Email); c.Email != "" && (err != nil || parsed.Address != c.Email) {
			f.blame(at+".email", "api.email_unreadable", "value", short(c.Email))
		}
		if strings.ContainsAny(c.Phone, "\r\n\t") {
			f.blame(at+".phone", "api.control_character")
		}
	}
}

func languages() []string {
	out := make([]string, len(i18n.Languages))
	for i, l := range i18n.Languages {
		out[i] = string(l)
	}
	return out
}

func (f *form) person(people *[]Person) func(string, json.RawMessage) {
	return func(at string, raw json.RawMessage) {
		var p Person
		isObject := f.members(at, raw, map[string]func(string, json.RawMessage){
			"employee": f.text(&p.Employee, keyLength), "name": f.text(&p.Name, nameLength),
			"team_path": f.list(deepestTeam, func(at string, raw json.RawMessage) {
				var name string
				f.text(&name, nameLength)(at, raw)
				if name == "" && !f.blamed(at) {
					f.blame(at, "ingest.value_missing")
				}
				p.TeamPath = append(p.TeamPath, name)
			}),
		})
		if isObject && p.Employee == "" && len(p.TeamPath) == 0 && !f.blamed(join(at, "employee")) {
			f.blame(join(at, "employee"), "ingest.value_missing")
		}
		*people = append(*people, p)
	}
}

func (f *form) promise(p *Promise) func(string, json.RawMessage) {
	return func(at string, raw json.RawMessage) {
		f.members(at, raw, map[string]func(string, json.RawMessage){
			"due": f.moment(&p.Due), "kept": f.past(&p.Kept), "business": f.flag(func(b bool) { p.Business = b }),
		})
	}
}

func (f *form) oneOf(where, value string, allowed []string) {
	if value != "" && !slices.Contains(allowed, value) {
		f.blame(where, "api.choice", "value", short(value), "allowed", strings.Join(allowed, ", "))
	}
}

// order: nothing ends before it began. A promise may: the visit that breaks it is late by nature.
func (f *form) order(x Interaction) {
	for _, later := range []struct {
		name string
		at   time.Time
	}{{"ended", x.Ended}, {"completed", x.Completed}} {
		if !later.at.IsZero() && later.at.Before(x.Started) {
			f.blame(later.name, "api.before_started")
		}
	}
}

func stated(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func index(at string, i int) string { return fmt.Sprintf("%s[%d]", at, i) }

// record is the interaction as ingest takes it.
func (x Interaction) record() ingest.Record {
	c := ingest.Contact{Key: x.Key, Touchpoint: ingest.Named{Key: x.Touchpoint}, Channel: x.Channel, Started: x.Started, Ended: x.Ended,
		Topic: x.Topic, Resolved: x.Resolved, PromiseDue: x.Promise.Due, PromiseKept: x.Promise.Kept, PromiseBusiness: x.Promise.Business}
	for _, p := range x.People {
		c.People = append(c.People, ingest.Person{Employee: ingest.Named{Key: p.Employee, Name: p.Name}, Team: p.TeamPath})
	}
	return ingest.Record{Journey: ingest.Named{Key: x.Journey}, Run: x.Run, Contacts: []ingest.Contact{c}, Completed: x.Completed, Ask: true,
		Customer: ingest.Customer{Key: x.Customer.Key, Name: x.Customer.Name, Email: x.Customer.Email, Phone: x.Customer.Phone,
			Language: x.Customer.Language, Channel: x.Customer.Channel, Segment: x.Customer.Segment}}
}
