package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Take implements ingest.Sink: a batch of records becomes journeys, people, runs, interactions, answers and completions
// in one transaction. What is there already is recognised by its key and changes nothing; two batches that create the
// same new name at once try again.
func (s *Store) Take(ctx context.Context, records []ingest.Record) ([]ingest.Outcome, error) {
	var out []ingest.Outcome
	err := s.retry(func() error {
		return s.InTx(ctx, func(ctx context.Context) error {
			t := &taking{s: s, ctx: ctx, records: records, out: make([]ingest.Outcome, len(records)), more: map[int]bool{}, now: s.Now()}
			out = t.out
			return t.all()
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
	surveys     map[int64]survey.Survey // by version
	teams       map[string]people.Team
	employees   map[string]people.Employee
	touchpoints map[string]journey.Touchpoint
	customers   map[string]int64
	runs        map[runKey]*run.Run
	newRuns     []*run.Run
	touched     map[int64]bool // runs that exist already and changed
	events      []event.Event
	history     []laterHistory
	more        map[int]bool // records that added something to what was known
}

// laterHistory is an answer that a newer one of the same batch replaced.
type laterHistory struct {
	response int64
	said     feedback.Response
}

type runKey struct {
	journey int64
	key     string
}

func (t *taking) all() error {
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

// good walks the records that have not been refused.
func (t *taking) good(visit func(i int, r *ingest.Record)) {
	for i := range t.records {
		if t.out[i].Problem == nil {
			visit(i, &t.records[i])
		}
	}
}

func (t *taking) refuse(i int, column, key string, args ...any) {
	t.out[i].Problem = &ingest.Problem{Place: t.records[i].Place, Column: column, Key: key, Args: args}
}

// TeamKey is the key of a team made from its path: names from the top, joined by " / ".
func TeamKey(path []string) string { return strings.Join(path, " / ") }

// eachPerson walks everybody who served in the batch.
func (t *taking) eachPerson(visit func(i int, p ingest.Person)) {
	t.good(func(i int, r *ingest.Record) {
		for _, c := range r.Contacts {
			for _, p := range c.People {
				visit(i, p)
			}
		}
	})
}

func (t *taking) takeTeams() error {
	var keys []string
	t.eachPerson(func(_ int, p ingest.Person) {
		for n := range p.Team {
			keys = append(keys, TeamKey(p.Team[:n+1]))
		}
	})
	known, err := in[people.Team](t.s.read(t.ctx), "teams", "key", distinct(keys))
	if err != nil {
		return err
	}
	t.teams = map[string]people.Team{}
	for _, team := range known {
		t.teams[team.Key] = team
	}
	var fresh []people.Team
	t.eachPerson(func(i int, p ingest.Person) {
		parent := int64(0)
		for n := range p.Team {
			key := TeamKey(p.Team[:n+1])
			if _, ok := t.teams[key]; !ok {
				name := norm.NFC.String(p.Team[n])
				t.teams[key] = people.Team{ID: id.New(), Key: key, Name: i18n.Plain(name), Search: i18n.Normalize(name), ParentID: parent, CreatedAt: t.now}
				fresh = append(fresh, t.teams[key])
				t.out[i].Counts.Teams++
				t.out[i].Created.Teams = append(t.out[i].Created.Teams, name)
			}
			parent = t.teams[key].ID
		}
	})
	return insert(t.s.write(t.ctx), "teams", fresh)
}

func (t *taking) takeEmployees() error {
	var keys []string
	t.eachPerson(func(_ int, p ingest.Person) { keys = append(keys, p.Employee.Key) })
	known, err := in[people.Employee](t.s.read(t.ctx), "employees", "key", distinct(keys))
	if err != nil {
		return err
	}
	t.employees = map[string]people.Employee{}
	for _, e := range known {
		t.employees[e.Key] = e
	}
	var fresh []people.Employee
	t.eachPerson(func(i int, p ingest.Person) {
		if _, ok := t.employees[p.Employee.Key]; ok || p.Employee.Key == "" {
			return
		}
		name := norm.NFC.String(p.Employee.Display())
		e := people.Employee{ID: id.New(), Key: p.Employee.Key, Name: name, Search: i18n.Normalize(name), Active: true,
			TeamID: t.teams[TeamKey(p.Team)].ID, CreatedAt: t.now}
		t.employees[e.Key] = e
		fresh = append(fresh, e)
		t.out[i].Counts.Employees++
		t.out[i].Created.Employees = append(t.out[i].Created.Employees, name)
	})
	return insert(t.s.write(t.ctx), "employees", fresh)
}

// eachTouchpoint walks every mention of a touchpoint: met in a contact or rated.
func (t *taking) eachTouchpoint(visit func(i int, named ingest.Named, judged, channel, element string)) {
	t.good(func(i int, r *ingest.Record) {
		for _, c := range r.Contacts {
			visit(i, c.Touchpoint, c.Judged, c.Channel, c.Element)
		}
		if r.Answer != nil {
			for _, rating := range r.Answer.Ratings {
				visit(i, rating.Touchpoint, rating.Judged, "", "")
			}
		}
	})
}

func (t *taking) takeTouchpoints() error {
	var keys []string
	t.eachTouchpoint(func(_ int, named ingest.Named, _, _, _ string) { keys = append(keys, named.Key) })
	known, err := in[journey.Touchpoint](t.s.read(t.ctx), "touchpoints", "key", distinct(keys))
	if err != nil {
		return err
	}
	t.touchpoints = map[string]journey.Touchpoint{}
	for _, tp := range known {
		t.touchpoints[tp.Key] = tp
	}
	var fresh []journey.Touchpoint
	t.eachTouchpoint(func(i int, named ingest.Named, judged, channel, element string) {
		if _, ok := t.touchpoints[named.Key]; ok || named.Key == "" {
			return
		}
		name := norm.NFC.String(named.Display())
		tp := journey.Touchpoint{ID: id.New(), Key: named.Key, Name: i18n.Plain(name), Search: i18n.Normalize(name), CreatedAt: t.now,
			Judged: known3(judged), Channel: listed(channel, journey.Channels), Element: listed(element, journey.Elements)}
		t.touchpoints[tp.Key] = tp
		fresh = append(fresh, tp)
		t.out[i].Counts.Touchpoints++
		t.out[i].Created.Touchpoints = append(t.out[i].Created.Touchpoints, name)
	})
	return insert(t.s.write(t.ctx), "touchpoints", fresh)
}

// known3 reads what is judged at a new touchpoint; not said means both.
func known3(judged string) journey.Judged {
	switch j := journey.Judged(judged); j {
	case journey.JudgedPerson, journey.JudgedProcess:
		return j
	}
	return journey.JudgedBoth
}

func listed(word string, words []string) string {
	if slices.Contains(words, word) {
		return word
	}
	return ""
}

// takeJourneys creates unknown journeys with one live version that ends by call, and gives the journeys that were made
// this way an optional step for every touchpoint first seen on them.
func (t *taking) takeJourneys() error {
	var keys []string
	t.good(func(_ int, r *ingest.Record) { keys = append(keys, r.Journey.Key) })
	known, err := in[journey.Journey](t.s.read(t.ctx), "journeys", "key", distinct(keys))
	if err != nil {
		return err
	}
	t.journeys, t.plans = map[string]journey.Journey{}, map[int64]*journey.Plan{}
	for _, j := range known {
		t.journeys[j.Key] = j
	}
	t.good(func(i int, r *ingest.Record) {
		if _, ok := t.journeys[r.Journey.Key]; ok || r.Journey.Key == "" || err != nil {
			return
		}
		err = t.newJourney(i, r)
	})
	if err != nil {
		return err
	}
	return t.newSteps()
}

func (t *taking) newJourney(i int, r *ingest.Record) error {
	name := norm.NFC.String(r.Journey.Display())
	j := journey.Journey{ID: id.New(), Key: r.Journey.Key, Name: i18n.Plain(name), Need: i18n.Text{}, Search: i18n.Normalize(name), VersionID: id.New(), CreatedAt: t.now}
	plan := journey.Plan{Version: journey.Version{ID: j.VersionID, JourneyID: j.ID, Number: 1, State: journey.Live,
		Completes: journey.ByCall, AbandonAfterDays: 90, CreatedAt: t.now}}
	plan.Stages = []journey.Stage{{ID: id.New(), VersionID: j.VersionID, Position: 1, Name: j.Name}}
	scale := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	sv := survey.Survey{ID: id.New(), JourneyID: j.ID, VersionID: j.VersionID, Scale: scale, TouchpointScale: scale,
		Question: i18n.Text{}, Anonymity: survey.Identified, CreatedAt: t.now}
	if a := t.firstAnswer(r.Journey.Key); a != nil {
		sv.Scale = a.Scale
		if len(a.Ratings) > 0 {
			sv.TouchpointScale = a.Ratings[0].Scale
		}
	}
	t.journeys[j.Key], t.plans[j.VersionID] = j, &plan
	t.out[i].Counts.Journeys++
	t.out[i].Created.Journeys = append(t.out[i].Created.Journeys, name)
	t.events = append(t.events, event.Event{Verb: event.JourneyCreated, SubjectKind: "journey", SubjectID: j.ID, At: t.now})
	if err := t.s.SaveJourney(t.ctx, j); err != nil {
		return err
	}
	if err := t.s.SavePlan(t.ctx, plan); err != nil {
		return err
	}
	return t.s.SaveSurvey(t.ctx, sv)
}

func (t *taking) firstAnswer(journeyKey string) *ingest.Answer {
	for _, r := range t.records {
		if r.Journey.Key == journeyKey && r.Answer != nil {
			return r.Answer
		}
	}
	return nil
}

func (t *taking) newSteps() error {
	changed := map[int64]bool{}
	seen := map[[2]int64]bool{}
	var err error
	t.eachTouchpoint(func(i int, named ingest.Named, _, _, _ string) {
		j, ok := t.journeys[t.records[i].Journey.Key]
		tp := t.touchpoints[named.Key].ID
		if !ok || tp == 0 || err != nil || seen[[2]int64{j.VersionID, tp}] {
			return
		}
		seen[[2]int64{j.VersionID, tp}] = true
		var plan *journey.Plan
		if plan, err = t.plan(j.VersionID); err != nil {
			return
		}
		if plan.Version.Completes != journey.ByCall || plan.Version.Number != 1 || slices.Contains(plan.Touchpoints(), tp) || len(plan.Stages) == 0 {
			return
		}
		err = plan.AddStep(journey.Step{StageID: plan.Stages[len(plan.Stages)-1].ID, TouchpointID: tp, Repeatable: true})
		changed[j.VersionID] = true
	})
	for version := range changed {
		if err == nil {
			err = t.s.SavePlan(t.ctx, *t.plans[version])
		}
	}
	return err
}

func (t *taking) plan(version int64) (*journey.Plan, error) {
	if p, ok := t.plans[version]; ok {
		return p, nil
	}
	p, err := t.s.PlanOf(t.ctx, version)
	t.plans[version] = &p
	return &p, err
}

// takeCustomers finds customers by any of their keys and creates the rest; details not known before are filled in.
func (t *taking) takeCustomers() error {
	var keys []string
	t.good(func(_ int, r *ingest.Record) {
		keys = append(append(keys, r.Customer.Key), r.Customer.Aliases...)
	})
	type keyRow struct {
		Key        string `gorm:"primaryKey"`
		CustomerID int64
	}
	known, err := in[keyRow](t.s.read(t.ctx), "customer_keys", "key", distinct(keys))
	if err != nil {
		return err
	}
	t.customers = map[string]int64{}
	for _, k := range known {
		t.customers[k.Key] = k.CustomerID
	}
	var freshKeys []keyRow
	var fresh []run.Customer
	made := map[int64]int{}
	var said []ingest.Customer // about customers known already
	t.good(func(i int, r *ingest.Record) {
		c := r.Customer
		if c.Key == "" {
			return
		}
		who, ok := t.customers[c.Key]
		if !ok {
			who = id.New()
			made[who] = len(fresh)
			fresh = append(fresh, run.Customer{ID: who, Key: c.Key, CreatedAt: t.now})
			t.out[i].Counts.Customers++
		}
		for _, key := range append([]string{c.Key}, c.Aliases...) {
			if _, ok := t.customers[key]; !ok {
				t.customers[key] = who
				freshKeys = append(freshKeys, keyRow{key, who})
			}
		}
		if n, isNew := made[who]; isNew {
			describe(&fresh[n], c)
		} else if c.Name+c.Email+c.Phone+c.Language+c.Segment+c.Channel != "" {
			said = append(said, c)
		}
	})
	db := t.s.write(t.ctx)
	if err := insert(db, "customers", fresh); err != nil {
		return err
	}
	if err := insert(db, "customer_keys", freshKeys); err != nil {
		return err
	}
	return t.describeKnown(said)
}

// describe fills in what was not known of a customer; what is known is not overwritten by a feed.
func describe(c *run.Customer, said ingest.Customer) bool {
	before := *c
	set := func(have *string, say string) {
		if *have == "" {
			*have = norm.NFC.String(say)
		}
	}
	set(&c.Name, said.Name)
	set(&c.Email, said.Email)
	set(&c.Phone, said.Phone)
	set(&c.Segment, said.Segment)
	set(&c.Channel, said.Channel)
	if lang, ok := i18n.Known(said.Language); ok && c.Language == "" {
		c.Language = lang
	}
	c.Search = i18n.Normalize(strings.Join([]string{c.Key, c.Name, c.Email, c.Phone}, " "))
	return before != *c
}

func (t *taking) describeKnown(said []ingest.Customer) error {
	ids := make([]int64, len(said))
	for i, c := range said {
		ids[i] = t.customers[c.Key]
	}
	rows, err := in[run.Customer](t.s.write(t.ctx).Clauses(t.s.locking(t.ctx)...).Order("id"), "customers", "id", unique(ids))
	if err != nil {
		return err
	}
	byID := map[int64]*run.Customer{}
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	for _, c := range said {
		if row := byID[t.customers[c.Key]]; row != nil && describe(row, c) {
			if err := t.s.SaveCustomer(t.ctx, *row); err != nil {
				return err
			}
		}
	}
	return nil
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
	t.good(func(_ int, r *ingest.Record) { keys = append(keys, r.Run) })
	// Locked, as they are written back whole: somebody may complete one of them at the same moment.
	known, err := in[run.Run](t.s.write(t.ctx).Clauses(t.s.locking(t.ctx)...).Order("id"), "runs", "key", distinct(keys))
	if err != nil {
		return err
	}
	t.runs, t.touched = map[runKey]*run.Run{}, map[int64]bool{}
	for i := range known {
		t.runs[runKey{known[i].JourneyID, known[i].Key}] = &known[i]
	}
	t.good(func(i int, r *ingest.Record) {
		if r.Run == "" {
			t.out[i].Unchanged = true
			return
		}
		j := t.journeys[r.Journey.Key]
		if j.ID == 0 {
			t.refuse(i, "journey", "errors.required")
			return
		}
		t.takeRun(i, r, j)
	})
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

func (t *taking) takeContacts() error {
	if err := insertRuns(t); err != nil {
		return err
	}
	var keys []string
	t.good(func(_ int, r *ingest.Record) {
		for _, c := range r.Contacts {
			keys = append(keys, c.Key)
		}
	})
	known, err := in[run.Interaction](t.s.read(t.ctx), "interactions", "key", distinct(keys))
	if err != nil {
		return err
	}
	byKey := map[string]*run.Interaction{}
	for i := range known {
		byKey[known[i].Key] = &known[i]
	}
	there, err := t.servedAlready(known)
	if err != nil {
		return err
	}
	var fresh []*run.Interaction
	var served []run.Person
	changed := map[string]bool{}
	isNew := map[string]bool{}
	t.good(func(i int, r *ingest.Record) {
		for _, c := range r.Contacts {
			x, ok := byKey[c.Key]
			switch {
			case ok && x.RunID != t.runOf(r).ID:
				t.refuse(i, "key", "ingest.contact_elsewhere", "key", c.Key)
				return
			case ok:
				t.out[i].Unchanged = true
				if complete(x, c) {
					changed[c.Key], t.more[i] = true, true
				}
			case c.Started.IsZero() || c.Touchpoint.Key == "":
				t.out[i].Unchanged = true // it only adds to a contact that never took place
				continue
			default:
				x = t.newInteraction(c, t.runOf(r).ID)
				byKey[c.Key], isNew[c.Key] = x, true
				fresh = append(fresh, x)
				t.out[i].Counts.Interactions++
			}
			for _, p := range t.people(c, x.ID) {
				if k := (whoServed{p.InteractionID, p.EmployeeID, p.TeamID}); !there[k] {
					there[k], t.more[i] = true, true
					served = append(served, p)
				}
			}
		}
	})
	rows := make([]run.Interaction, len(fresh))
	for i, x := range fresh {
		rows[i] = *x
	}
	if err := insert(t.s.write(t.ctx), "interactions", rows); err != nil {
		return err
	}
	for key, differs := range changed {
		if differs && !isNew[key] {
			if err := t.s.write(t.ctx).Table("interactions").Save(byKey[key]).Error; err != nil {
				return err
			}
		}
	}
	return insert(t.s.write(t.ctx).Clauses(clause.OnConflict{DoNothing: true}), "interaction_people", served)
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

func insertRuns(t *taking) error {
	rows := make([]run.Run, len(t.newRuns))
	for i, r := range t.newRuns {
		rows[i] = *r
	}
	return insert(t.s.write(t.ctx), "runs", rows)
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
		who := run.Person{InteractionID: interaction, EmployeeID: t.employees[p.Employee.Key].ID, TeamID: t.teams[TeamKey(p.Team)].ID, Position: n}
		if who.TeamID == 0 {
			who.TeamID = t.employees[p.Employee.Key].TeamID // the team of today is the team at the time for what comes in live
		}
		if who.EmployeeID != 0 || who.TeamID != 0 {
			out = append(out, who)
		}
	}
	return out
}

// complete ends the runs that a record says are over, and those whose last mandatory step was met.
func (t *taking) complete() error {
	t.good(func(_ int, r *ingest.Record) {
		if x := t.runOf(r); x != nil && !r.Completed.IsZero() {
			t.end(x, r.Completed)
		}
	})
	var open []run.Run
	t.good(func(_ int, r *ingest.Record) {
		if x := t.runOf(r); x != nil && x.State == run.Open && len(r.Contacts) > 0 {
			open = append(open, *x)
		}
	})
	var waiting []run.Run
	for _, r := range open {
		plan, err := t.plan(r.VersionID)
		if err != nil {
			return err
		}
		if plan.Version.Completes == journey.ByLastMandatory {
			waiting = append(waiting, r)
		}
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
	db := t.s.write(t.ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}},
		DoUpdates: clause.AssignmentColumns([]string{"customer_id", "state", "opened_at", "last_contact_at", "ended_at"})})
	return insert(db, "runs", rows)
}

func (t *taking) takeAnswers() error {
	var runs []run.Run
	seen := map[int64]bool{}
	t.good(func(_ int, r *ingest.Record) {
		if x := t.runOf(r); x != nil && r.Answer != nil && !seen[x.ID] {
			seen[x.ID] = true
			runs = append(runs, *x)
		}
	})
	if len(runs) == 0 {
		return nil
	}
	settings, err := t.s.settings(t.ctx, runs)
	if err != nil {
		return err
	}
	known, err := t.s.responsesOf(t.ctx, ids(runs))
	if err != nil {
		return err
	}
	fresh := map[int64]*feedback.Response{}
	t.good(func(i int, r *ingest.Record) {
		if x := t.runOf(r); x != nil && r.Answer != nil && err == nil {
			err = t.takeAnswer(i, feedback.Compose(t.said(r.Answer), settings[x.ID]), known, fresh)
		}
	})
	if err != nil {
		return err
	}
	rows := make([]feedback.Response, 0, len(fresh))
	for _, r := range fresh {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b feedback.Response) int { return int(min(1, max(-1, a.ID-b.ID))) })
	return t.s.AddResponses(t.ctx, rows...)
}

// takeAnswer keeps one answer per run: the latest by time, then by key. Others go to the history; the same one again
// changes nothing.
func (t *taking) takeAnswer(i int, next feedback.Response, known map[int64]feedback.Response, fresh map[int64]*feedback.Response) error {
	if old, ok := known[next.RunID]; ok {
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
		replaced, err := t.s.responsesOf(t.ctx, []int64{next.RunID})
		known[next.RunID] = replaced[next.RunID]
		return err
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

func (t *taking) answered(r feedback.Response, verb string) {
	t.events = append(t.events, event.Event{Verb: verb, SubjectKind: "run", SubjectID: r.RunID, At: t.now})
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
	if err := insert(t.s.write(t.ctx), "events", quiet); err != nil {
		return err
	}
	if len(loud) == 0 {
		return nil
	}
	return t.s.Record(t.ctx, loud...)
}

func ids(runs []run.Run) []int64 {
	out := make([]int64, len(runs))
	for i, r := range runs {
		out[i] = r.ID
	}
	return out
}

func distinct(keys []string) []string {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if len(keys) > 0 && keys[0] == "" {
		keys = keys[1:]
	}
	return keys
}
