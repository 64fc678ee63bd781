package ingest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
)

// memory keeps what a Sink keeps, by the same keys and rules as the store: a contact or an answer delivered again
// changes nothing, the first customer of a run stays, of several answers to a run the latest by (At, Key) counts.
type memory struct {
	runs      map[string]*walk // journey, run
	customers map[string]string
	contacts  map[string]*Contact
	answers   map[string]*Answer
	employees map[string]bool
	teams     map[string]bool
	points    map[string]bool
	journeys  map[string]bool
	batches   []int
}

type walk struct {
	customer  string
	completed time.Time
	contacts  []*Contact
	answer    *Answer
}

func newMemory() *memory {
	return &memory{runs: map[string]*walk{}, customers: map[string]string{}, contacts: map[string]*Contact{},
		answers: map[string]*Answer{}, employees: map[string]bool{}, teams: map[string]bool{}, points: map[string]bool{}, journeys: map[string]bool{}}
}

func (m *memory) Take(_ context.Context, records []Record) ([]Outcome, error) {
	m.batches = append(m.batches, len(records))
	out := make([]Outcome, len(records))
	for i := range records {
		out[i] = m.take(records[i])
	}
	return out, nil
}

func (m *memory) take(r Record) (o Outcome) {
	changed := false
	customer, fresh := m.customer(r.Customer)
	if fresh {
		o.Counts.Customers++
		changed = true
	}
	if r.Run == "" {
		o.Unchanged = !changed
		return o
	}
	if first(m.journeys, r.Journey.Key) {
		o.Counts.Journeys++
		o.Created.Journeys = append(o.Created.Journeys, r.Journey.Display())
	}
	key := r.Journey.Key + "\x00" + r.Run
	w, ok := m.runs[key]
	if !ok {
		w = &walk{customer: customer}
		m.runs[key] = w
		o.Counts.Runs++
	}
	if w.customer == "" {
		w.customer = customer
	}
	if r.Completed.After(w.completed) {
		w.completed = r.Completed
		changed = true
	}
	for _, c := range r.Contacts {
		changed = m.contact(w, c, &o) || changed
	}
	changed = m.answer(w, r.Answer, &o) || changed
	o.Unchanged = !changed && ok
	return o
}

func (m *memory) customer(c Customer) (string, bool) {
	if c.Key == "" {
		return "", false
	}
	fresh := false
	key, ok := m.customers[c.Key]
	if !ok {
		key, fresh = c.Key, true
		m.customers[c.Key] = key
	}
	for _, alias := range c.Aliases {
		m.customers[alias] = key
	}
	return key, fresh
}

func first(set map[string]bool, key string) bool {
	known := set[key]
	set[key] = true
	return !known
}

func (m *memory) touchpoint(n Named, o *Outcome) {
	if first(m.points, n.Key) {
		o.Counts.Touchpoints++
		o.Created.Touchpoints = append(o.Created.Touchpoints, n.Display())
	}
}

func (m *memory) contact(w *walk, c Contact, o *Outcome) bool {
	m.touchpoint(c.Touchpoint, o)
	for _, p := range c.People {
		if p.Employee.Key != "" && first(m.employees, p.Employee.Key) {
			o.Counts.Employees++
			o.Created.Employees = append(o.Created.Employees, p.Employee.Display())
		}
		for i := range p.Team {
			if first(m.teams, strings.Join(p.Team[:i+1], "\x00")) {
				o.Counts.Teams++
				o.Created.Teams = append(o.Created.Teams, p.Team[i])
			}
		}
	}
	known, ok := m.contacts[c.Key]
	if !ok && c.Started.IsZero() {
		return false // nothing to add to
	}
	if !ok {
		m.contacts[c.Key] = &c
		w.contacts = append(w.contacts, &c)
		o.Counts.Interactions++
		return true
	}
	changed := false
	for _, p := range c.People {
		same := func(q Person) bool { return q.Employee == p.Employee && slices.Equal(q.Team, p.Team) }
		if !slices.ContainsFunc(known.People, same) {
			known.People = append(known.People, p)
			changed = true
		}
	}
	return changed
}

func (m *memory) answer(w *walk, a *Answer, o *Outcome) bool {
	if a == nil || m.answers[a.Key] != nil {
		return false
	}
	m.answers[a.Key] = a
	o.Counts.Responses++
	for _, r := range a.Ratings {
		m.touchpoint(r.Touchpoint, o)
		o.Counts.Ratings++
	}
	if w.answer == nil || a.At.After(w.answer.At) || a.At.Equal(w.answer.At) && a.Key > w.answer.Key {
		w.answer = a
	}
	return true
}

// counted is the overall ratings of the answers that count.
func (m *memory) counted() (values []int) {
	for _, w := range m.runs {
		if w.answer != nil && w.answer.Overall != nil {
			values = append(values, *w.answer.Overall)
		}
	}
	return values
}

func share(values []int, from int) float64 {
	n := 0
	for _, v := range values {
		if v >= from {
			n++
		}
	}
	return 100 * float64(n) / float64(len(values))
}

func mean(values []int) float64 {
	sum := 0
	for _, v := range values {
		sum += v
	}
	return float64(sum) / float64(len(values))
}

// nothing is a sink that forgets.
type nothing struct{}

func (nothing) Take(_ context.Context, records []Record) ([]Outcome, error) {
	return make([]Outcome, len(records)), nil
}

func i18nEnglish() *i18n.Reader { return i18n.NewReader(i18n.English, "", nil) }
