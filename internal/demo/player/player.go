// Package player puts the play of package demo on stage: it tells the real services, in the order of the play's own
// time, what a company's systems, customers and employees would have told them in twelve months. Whatever the pages then
// show was decided by the same rules as in any other company: who is asked, whom a rating concerns, what is counted.
//
// It is not for writing the play (package demo), for serving it (cmd), or for any database that is not a demo: it turns
// the clock of the store back while it plays.
package player

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/praise"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Options of a play. Scale 1 is the whole company; smaller plays are for tests.
type Options struct {
	Now      time.Time
	Scale    float64
	Progress func(done, total int64) // days of the year that is played; may be nil
}

// Play fills an empty, migrated store, opened in the zone of the play, and returns who may sign in. It is done when the
// sign-ins are kept: SignIns finds them only then.
func Play(ctx context.Context, s *store.Store, o Options) ([]SignIn, error) {
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
	ctx = people.With(ctx, people.System())
	p := newPlayer(s, demo.Play(o.Now, o.Scale))
	defer func(now func() time.Time) { s.Now = now }(s.Now)
	s.Now = p.clock
	if err := s.InTx(ctx, p.found); err != nil {
		return nil, fmt.Errorf("found the company: %w", err)
	}
	if err := p.year(ctx, o.Progress); err != nil {
		return nil, fmt.Errorf("play the year: %w", err)
	}
	if err := s.FoldAll(ctx); err != nil {
		return nil, err
	}
	list, err := p.handOutKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("hand out sign-ins: %w", err)
	}
	return list, nil
}

// player is one performance. Its clock is the play's time, which only goes forward.
type player struct {
	store   *store.Store
	company *demo.Company
	chance  *rand.Rand // for what the play leaves open: who reads, who replies
	luck    *rand.Rand // for how customers are won back
	now     time.Time
	agenda  agenda

	journeys *journey.Service
	runs     *run.Service
	surveys  *survey.Service
	feedback *feedback.Service
	cases    *casework.Service
	praise   *praise.Service
	coaching *coaching.Service

	observations *observation.Service
	calling      *outreach.Service
	persons      *people.Service
	notify       *notify.Service

	thanked, pleased int // see share and allow

	// By the keys of the play.
	teams, employees, touchpoints map[string]int64
	supervisors, leaders          map[string]string // team, journey → employee
	customers                     map[string]demo.Customer
	described                     map[string]bool // customers whose preferences are kept

	walks   []*walk             // in order of their first contact
	walking []*walk             // begun, and not all told yet
	letters map[int64]string    // invitation → token of the last message
	silent  map[int64]bool      // invitations that were answered: nothing is due any more
	returns map[string]struct{} // customers whose addresses take no messages

	people map[int64]*reader
	order  []*reader

	known      map[string]*walk // by the key of the run
	journeyIDs map[string]int64
	recoveries map[int64]*recovery
	week       run.Week
}

func newPlayer(s *store.Store, c *demo.Company) *player {
	p := &player{store: s, company: c, chance: rand.New(rand.NewPCG(7, 11)), luck: rand.New(rand.NewPCG(13, 17)), now: c.Now.AddDate(-1, 0, -3),
		teams: map[string]int64{}, employees: map[string]int64{}, touchpoints: map[string]int64{}, supervisors: map[string]string{}, leaders: map[string]string{},
		customers: map[string]demo.Customer{}, described: map[string]bool{}, letters: map[int64]string{}, silent: map[int64]bool{},
		returns: map[string]struct{}{}, people: map[int64]*reader{},
		known: map[string]*walk{}, journeyIDs: map[string]int64{}, recoveries: map[int64]*recovery{}}
	p.now = p.midnight(p.now)
	p.journeys = &journey.Service{Store: s, Ledger: s, Now: p.clock}
	p.runs = &run.Service{Store: s, Ledger: s, Now: p.clock}
	p.surveys = &survey.Service{Store: s, Ledger: s, Sender: postman{p}, Zone: s.Zone(), Now: p.clock}
	p.feedback = &feedback.Service{Store: s, Ledger: s, Now: p.clock}
	p.cases = &casework.Service{Store: s, Ledger: earshot{p}, Sender: postman{p}, Zone: s.Zone(), Now: p.clock}
	p.persons = &people.Service{Store: s, Ledger: s, Zone: s.Zone(), Now: p.clock}
	p.notify = &notify.Service{Store: s, Ledger: s, Zone: s.Zone(), Now: p.clock}
	p.observations = &observation.Service{Store: s, Ledger: s, Now: p.clock}
	p.calling = &outreach.Service{Store: s, Ledger: s, Observations: p.observations, Zone: s.Zone(), Now: p.clock}
	p.praise = &praise.Service{Store: s, Ledger: s, Now: p.clock}
	p.coaching = &coaching.Service{Store: s, Ledger: s, Now: p.clock, Zone: s.Zone()}
	for _, x := range c.Customers {
		p.customers[x.Key] = x
	}
	for r := range c.Runs() {
		w := &walk{Run: r}
		p.walks, p.known[r.Key] = append(p.walks, w), w
	}
	return p
}

func (p *player) clock() time.Time { return p.now }

// at puts something on the agenda; what lies after the end of the play does not happen.
func (p *player) at(t time.Time, do func(ctx context.Context) error) {
	if !t.After(p.company.Now) {
		p.agenda.add(t, do)
	}
}

// slice is how many things of the agenda share one transaction: a commit reaches the disk, which takes its time.
const slice = 200

// year plays everything on the agenda: nights, the ends of runs, and what follows from both.
func (p *player) year(ctx context.Context, progress func(done, total int64)) error {
	p.chooseReturns()
	p.planHearing()
	p.planTalks()
	p.planCalls()
	p.planLately()
	first, total := p.now, int64(0)
	for night := first; !night.After(p.company.Now); night = p.midnight(night.Add(30 * time.Hour)) {
		total++
		p.at(night, p.night)
	}
	for _, w := range p.walks {
		if !w.Completed.IsZero() {
			p.at(w.Completed, func(ctx context.Context) error { return p.end(ctx, w) })
		}
	}
	p.at(p.company.Now, p.night)
	p.at(p.company.Now, p.settleCalls)
	for p.agenda.Len() > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.store.InTx(ctx, p.some); err != nil {
			return err
		}
		progress(min(total, int64(p.now.Sub(first)/(24*time.Hour))), total)
	}
	return nil
}

func (p *player) some(ctx context.Context) error {
	for range slice {
		if p.agenda.Len() == 0 {
			return nil
		}
		next := p.agenda.next()
		p.now = next.at
		if err := next.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", next.at.Format(time.DateTime), err)
		}
	}
	return nil
}

// midnight is the beginning of the company's day.
func (p *player) midnight(t time.Time) time.Time {
	y, m, d := t.In(p.store.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, p.store.Zone()).UTC()
}

// night is what systems do while people sleep: they tell of the day's contacts, look for what no answer tells, and close
// what fell silent. Readers plan their day.
func (p *player) night(ctx context.Context) error {
	if err := p.tellOfTheDay(ctx); err != nil {
		return err
	}
	p.planReading()
	if err := p.cases.Search(ctx); err != nil {
		return err
	}
	if _, err := p.follow(ctx); err != nil {
		return err
	}
	if p.recent() {
		p.at(p.now.Add(10*time.Hour), p.post)
	}
	for {
		n, err := p.runs.AbandonSilent(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// SignIn is one of the people whose password everybody may know.
type SignIn struct {
	demo.SignIn
	Name, Login, Password string
}
