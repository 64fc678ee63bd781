package store

import (
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/run"
)

type runKey struct {
	journey int64
	key     string
}

// span is the first and last moment a record speaks of; zero when it names none.
func span(r *ingest.Record) (first, last time.Time) {
	see := func(at time.Time) {
		if at.IsZero() {
			return
		}
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	for _, c := range r.Contacts {
		see(c.Started)
	}
	see(r.Completed)
	if first.IsZero() && r.Answer != nil {
		see(r.Answer.At)
	}
	return first, last
}

func (t *taking) takeRuns() error {
	var keys []string
	for _, r := range t.good() {
		keys = append(keys, r.Run)
	}
	// Locked, as they are written back whole: somebody may complete one of them at the same moment.
	known, err := in[run.Run](t.s.kept(t.ctx).Order("id"), "runs", "key", distinct(keys))
	if err != nil {
		return err
	}
	t.runs, t.touched = map[runKey]*run.Run{}, map[int64]bool{}
	for i := range known {
		t.runs[runKey{known[i].JourneyID, known[i].Key}] = &known[i]
	}
	for i, r := range t.good() {
		j := t.journeys[r.Journey.Key]
		switch {
		case r.Run == "":
			t.out[i].Unchanged = true
		case j.ID == 0:
			t.refuse(i, "journey", "errors.required")
		default:
			t.takeRun(i, r, j)
		}
	}
	return nil
}

func (t *taking) takeRun(i int, r *ingest.Record, j journey.Journey) {
	key := runKey{j.ID, r.Run}
	first, last := span(r)
	known, ok := t.runs[key]
	if ok {
		t.out[i].Unchanged = true
		t.extend(known, first, last, t.customers[r.Customer.Key])
		return
	}
	if first.IsZero() {
		if r.Answer == nil && len(r.Contacts) > 0 && r.Contacts[0].Touchpoint.Key == "" {
			t.refuse(i, "run", "ingest.run_unknown", "run", r.Run)
			return
		}
		t.refuse(i, "started", "errors.required")
		return
	}
	fresh := &run.Run{ID: id.New(), Key: r.Run, JourneyID: j.ID, VersionID: j.VersionID, CustomerID: t.customers[r.Customer.Key],
		State: run.Open, Ask: r.Ask, OpenedAt: first, LastContactAt: last, CreatedAt: t.now}
	t.runs[key] = fresh
	t.newRuns = append(t.newRuns, fresh)
	t.out[i].Counts.Runs++
	t.events = append(t.events, event.Event{Verb: event.RunOpened, SubjectKind: "run", SubjectID: fresh.ID, At: t.now})
}

// extend widens a run that is known by what a further record says; the first customer of a run stays its customer.
func (t *taking) extend(r *run.Run, first, last time.Time, customer int64) {
	before := *r
	if !first.IsZero() && first.Before(r.OpenedAt) {
		r.OpenedAt = first
	}
	if last.After(r.LastContactAt) {
		r.LastContactAt = last
		if r.State == run.Abandoned { // she came back
			r.State, r.EndedAt = run.Open, nil
		}
	}
	if r.CustomerID == 0 {
		r.CustomerID = customer
	}
	if before != *r {
		t.touched[r.ID] = true
	}
}

// runOf is the run a record speaks of.
func (t *taking) runOf(r *ingest.Record) *run.Run {
	return t.runs[runKey{t.journeys[r.Journey.Key].ID, r.Run}]
}

// meeting is the contacts of a batch: those on record, and what is new about them.
type meeting struct {
	known   map[string]*run.Interaction // by key; new ones too, once met
	there   map[whoServed]bool
	fresh   []*run.Interaction
	changed map[string]*run.Interaction // said more about
	served  []run.Person

	promised map[int64]*run.Run // the runs whose promises may have changed
}

func (t *taking) takeContacts() error {
	m, err := t.metBefore()
	if err != nil {
		return err
	}
	for i, r := range t.good() {
		t.meet(i, r, m)
	}
	t.endTold()
	if err := t.insertRuns(); err != nil {
		return err
	}
	if err := t.countPasses(m); err != nil {
		return err
	}
	return t.countPromises(m, func() error { return t.writeContacts(m) })
}

// writeContacts writes what is new about the contacts of a batch.
func (t *taking) writeContacts(m *meeting) error {
	if err := add(t, "interactions", values(m.fresh)); err != nil {
		return err
	}
	for _, x := range m.fresh {
		delete(m.changed, x.Key) // written whole just now
	}
	for _, x := range m.changed {
		if err := t.s.write(t.ctx).Table("interactions").Save(x).Error; err != nil {
			return err
		}
	}
	return add(t, "interaction_people", m.served, "ON CONFLICT DO NOTHING")
}

// metBefore finds which contacts of the batch are on record, and who served in them.
func (t *taking) metBefore() (*meeting, error) {
	var keys []string
	for _, r := range t.good() {
		for _, c := range r.Contacts {
			keys = append(keys, c.Key)
		}
	}
	known, err := in[run.Interaction](t.s.read(t.ctx), "interactions", "key", distinct(keys))
	if err != nil {
		return nil, err
	}
	m := &meeting{known: map[string]*run.Interaction{}, changed: map[string]*run.Interaction{}, promised: map[int64]*run.Run{}}
	for i := range known {
		m.known[known[i].Key] = &known[i]
	}
	m.there, err = t.servedAlready(known)
	return m, err
}

// meet takes the contacts of one record, up to the first that belongs to another run.
func (t *taking) meet(i int, r *ingest.Record, m *meeting) {
	of := t.runOf(r)
	for _, c := range r.Contacts {
		x, ok := m.known[c.Key]
		news := !ok
		switch {
		case ok && x.RunID != of.ID:
			t.refuse(i, "key", "ingest.contact_elsewhere", "key", c.Key)
			return
		case ok:
			t.out[i].Unchanged = true
			if complete(x, c) {
				m.changed[c.Key], t.more[i], news = x, true, true
			}
		case c.Started.IsZero() || c.Touchpoint.Key == "":
			t.out[i].Unchanged = true // it only adds to a contact that never took place
			continue
		default:
			x = t.newInteraction(c, of.ID)
			m.known[c.Key] = x
			m.fresh = append(m.fresh, x)
			t.out[i].Counts.Interactions++
		}
		for _, p := range t.people(c, x.ID) {
			if k := (whoServed{p.InteractionID, p.EmployeeID, p.TeamID}); !m.there[k] {
				m.there[k], t.more[i] = true, true
				m.served = append(m.served, p)
				news = true
			}
		}
		if news && x.PromiseDue != nil {
			m.promised[of.ID] = of
		}
	}
}

type whoServed struct{ interaction, employee, team int64 }

// servedAlready knows who is on record for these interactions.
func (t *taking) servedAlready(known []run.Interaction) (map[whoServed]bool, error) {
	numbers := make([]int64, len(known))
	for i, x := range known {
		numbers[i] = x.ID
	}
	rows, err := in[run.Person](t.s.read(t.ctx), "interaction_people", "interaction_id", numbers)
	out := make(map[whoServed]bool, len(rows))
	for _, p := range rows {
		out[whoServed{p.InteractionID, p.EmployeeID, p.TeamID}] = true
	}
	return out, err
}

// insertRuns writes the new runs, as all that was said of them so far leaves them.
func (t *taking) insertRuns() error {
	for _, r := range t.newRuns {
		delete(t.touched, r.ID)
	}
	return add(t, "runs", values(t.newRuns))
}

func (t *taking) newInteraction(c ingest.Contact, runID int64) *run.Interaction {
	tp := t.touchpoints[c.Touchpoint.Key]
	x := &run.Interaction{ID: id.New(), Key: c.Key, RunID: runID, TouchpointID: tp.ID, Channel: c.Channel, StartedAt: c.Started,
		Topic: norm.NFC.String(c.Topic), CostMinor: tp.CostMinor, PromiseBusiness: c.PromiseBusiness, CreatedAt: t.now}
	if x.Channel == "" {
		x.Channel = tp.Channel
	}
	complete(x, c)
	return x
}

// complete fills in what an interaction did not say before: its end, whether it solved the matter, when a promise was
// due and kept. It reports whether that changed anything.
func complete(x *run.Interaction, c ingest.Contact) bool {
	changed := false
	set := func(have **time.Time, say time.Time) {
		if *have == nil && !say.IsZero() {
			*have, changed = &say, true
		}
	}
	set(&x.EndedAt, c.Ended)
	set(&x.PromiseDue, c.PromiseDue)
	set(&x.PromiseKept, c.PromiseKept)
	if x.Resolved == nil && c.Resolved != nil {
		x.Resolved, changed = c.Resolved, true
	}
	return changed
}

func (t *taking) people(c ingest.Contact, interaction int64) []run.Person {
	var out []run.Person
	for n, p := range c.People {
		who := run.Person{InteractionID: interaction, EmployeeID: t.employees[p.Employee.Key].ID, TeamID: t.teams[teamKey(p.Team)].ID, Position: n}
		if who.TeamID == 0 {
			who.TeamID = t.employees[p.Employee.Key].TeamID // the team of today is the team at the time for what comes in live
		}
		if who.EmployeeID != 0 || who.TeamID != 0 {
			out = append(out, who)
		}
	}
	return out
}

// endTold ends the runs that a record says are over: before they are written, so that most are written once.
func (t *taking) endTold() {
	for _, r := range t.good() {
		if x := t.runOf(r); x != nil && !r.Completed.IsZero() {
			t.end(x, r.Completed)
		}
	}
}

// complete ends the runs whose last mandatory step was met.
func (t *taking) complete() error {
	waiting, err := t.waiting()
	if err != nil {
		return err
	}
	walks, err := t.s.Walks(t.ctx, waiting)
	if err != nil {
		return err
	}
	for _, w := range walks {
		met := map[int64]bool{}
		for _, tp := range w.Met() {
			met[tp] = true
		}
		if t.plans[w.Run.VersionID].CompletedBy(met) {
			t.end(t.runs[runKey{w.Run.JourneyID, w.Run.Key}], w.Run.LastContactAt)
		}
	}
	return nil
}

// waiting are the open runs with contacts in this batch that their last mandatory step completes.
func (t *taking) waiting() ([]run.Run, error) {
	var runs []run.Run
	for _, r := range t.good() {
		x := t.runOf(r)
		if x == nil || x.State != run.Open || len(r.Contacts) == 0 {
			continue
		}
		plan, err := t.plan(x.VersionID)
		if err != nil {
			return nil, err
		}
		if plan.Version.Completes == journey.ByLastMandatory {
			runs = append(runs, *x)
		}
	}
	return runs, nil
}

// end completes a run once; a run that is over stays as it ended. Only runs that may be asked travel on to a job.
func (t *taking) end(r *run.Run, at time.Time) {
	if r.State == run.Completed {
		return
	}
	r.State, r.EndedAt = run.Completed, &at
	t.touched[r.ID] = true
	t.events = append(t.events, event.Event{Verb: event.RunCompleted, SubjectKind: "run", SubjectID: r.ID, At: t.now})
}

// saveRuns writes the runs that changed after they were inserted.
func (t *taking) saveRuns() error {
	var rows []run.Run
	for _, r := range t.runs {
		if t.touched[r.ID] {
			rows = append(rows, *r)
		}
	}
	return add(t, "runs", rows, "ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id, state = excluded.state, "+
		"opened_at = excluded.opened_at, last_contact_at = excluded.last_contact_at, ended_at = excluded.ended_at")
}

func values[T any](pointers []*T) []T {
	out := make([]T, len(pointers))
	for i, p := range pointers {
		out[i] = *p
	}
	return out
}

func ids(runs []run.Run) []int64 {
	out := make([]int64, len(runs))
	for i, r := range runs {
		out[i] = r.ID
	}
	return out
}
