package player

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/run"
)

// recovery is how the play goes on with one case.
type recovery struct {
	id    int64
	walk  *walk
	cure  demo.Cure
	tries int       // until she is reached; 0 never
	slow  bool      // nobody begins before somebody was warned
	due   time.Time // when the case itself has to be looked at
}

// earshot is the ledger of cases: it writes down what happened, and lets the play hear of it.
type earshot struct{ p *player }

func (e earshot) Record(ctx context.Context, events ...event.Event) error {
	for _, ev := range events {
		var next func(context.Context, *recovery) error
		switch ev.Verb {
		case event.CaseOpened:
			next = e.p.begin
		case event.CaseWarned:
			next = e.p.hurry
		case event.CaseReopened:
			next = e.p.tryAgain
		default:
			continue
		}
		e.p.at(e.p.now, func(ctx context.Context) error {
			r := e.p.recoveries[ev.SubjectID]
			if r == nil {
				r = &recovery{id: ev.SubjectID}
				e.p.recoveries[ev.SubjectID] = r
			}
			return next(ctx, r)
		})
	}
	return e.p.store.Record(ctx, events...)
}

// untouched is how long before the end of the play those stop working on cases in whose name somebody will sign in.
const untouched = 6 * 24 * time.Hour

// Shares of cases: whom nobody reaches, where nobody begins in time, where she has to send something first, and whether the
// customer, once asked, says no or nothing; the second time she is asked nobody says no.
const (
	elusive  = .06
	neglect  = .06
	awaiting = .07
	saysNo   = .14
	silent   = .24

	ratesAgain = .55 // of those who answered
)

// begin plans how a new case goes on.
func (p *player) begin(ctx context.Context, r *recovery) error {
	c, err := p.store.CaseByID(ctx, r.id)
	if err != nil {
		return err
	}
	runs, err := p.store.RunsByID(ctx, []int64{c.RunID})
	if err != nil || len(runs) == 0 {
		return err
	}
	r.walk = p.known[runs[0].Key]
	r.cure = p.company.CureOf(r.walk.Run, len(p.recoveries))
	r.slow = p.luck.Float64() < neglect || c.OwnerID == 0
	if p.luck.Float64() >= elusive {
		r.tries = 1 + weighted(p.luck, .72, .2, .08)
	}
	p.watch(r, c)
	p.untold(r, c)
	if r.slow {
		return nil
	}
	p.passOn(r, c)
	delay := time.Duration(2+p.luck.IntN(30)) * time.Hour
	if c.Severity == casework.Grave {
		delay /= 2
	}
	p.tryAt(r, p.now.Add(delay), 1)
	return nil
}

func weighted(chance *rand.Rand, shares ...float64) int {
	dice := chance.Float64()
	for i, share := range shares {
		if dice -= share; dice < 0 {
			return i
		}
	}
	return len(shares) - 1
}

// watch does what is due about a case at its time, as background work would.
func (p *player) watch(r *recovery, c casework.Case) {
	if c.NextAt == nil || c.NextAt.Equal(r.due) {
		return
	}
	due := *c.NextAt
	r.due = due
	p.at(due, func(ctx context.Context) error {
		if !r.due.Equal(due) {
			return nil
		}
		if err := p.cases.Attend(ctx, r.id); err != nil {
			return err
		}
		c, err := p.store.CaseByID(ctx, r.id)
		p.watch(r, c)
		return err
	})
}

// atWork is a moment in the working hours of a business day, the given one or the next.
func (p *player) atWork(t time.Time) time.Time {
	zone := p.store.Zone()
	t = t.In(zone)
	hour := func(days, h int) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d+days, h, p.luck.IntN(60), p.luck.IntN(60), 0, zone)
	}
	switch {
	case t.Hour() < 9:
		t = hour(0, 9+p.luck.IntN(3))
	case t.Hour() >= 18:
		t = hour(1, 9+p.luck.IntN(3))
	}
	for !p.week.Works(i18n.Day(t, zone)) {
		t = hour(1, 9+p.luck.IntN(8))
	}
	return t.UTC()
}

// work lets the owner of a case do something about it, unless it is left to whoever signs in in her name.
func (p *player) work(ctx context.Context, r *recovery, do func(actor people.Actor, c casework.Case, say func(i18n.Text) string) (casework.Case, error)) error {
	c, err := p.store.CaseByID(ctx, r.id)
	if err != nil || c.Closed() || c.OwnerID == 0 {
		return err
	}
	owner := p.people[c.OwnerID]
	if owner.signsIn && p.now.After(p.company.Now.Add(-untouched)) {
		return nil
	}
	actor, err := p.actor(ctx, owner.key)
	if err != nil {
		return err
	}
	c, err = do(actor, c, func(t i18n.Text) string { return t.In(owner.language) })
	if err == nil {
		p.watch(r, c)
	}
	return err
}

// ways are the channels of one attempt after another.
var ways = []casework.Channel{"call", "mail", "call"}

// tryAt plans the nth attempt to reach her; after the last one in vain the owner gives up.
func (p *player) tryAt(r *recovery, at time.Time, nth int) {
	p.at(p.atWork(at), func(ctx context.Context) error {
		return p.work(ctx, r, func(actor people.Actor, c casework.Case, say func(i18n.Text) string) (casework.Case, error) {
			tried := casework.Tried{Channel: ways[(nth-1)%len(ways)], Result: casework.NoAnswer}
			switch {
			case nth == r.tries:
				tried.Result, tried.Words = casework.Reached, say(demo.Reached[p.luck.IntN(len(demo.Reached))])
				p.planCure(r)
			case nth > len(ways):
				return p.cases.GiveUp(ctx, actor, c.ID, say(demo.NeverThere))
			case nth == len(ways):
				p.tryAt(r, p.now.Add(5*24*time.Hour), nth+1)
			default:
				p.tryAt(r, p.now.Add(20*time.Hour), nth+1)
			}
			return p.cases.Attempt(ctx, actor, c.ID, tried)
		})
	})
}

// planCure: why it went wrong is noted after the call, then something is done about it.
func (p *player) planCure(r *recovery) {
	p.at(p.now.Add(7*time.Minute), func(ctx context.Context) error {
		return p.work(ctx, r, func(actor people.Actor, c casework.Case, _ func(i18n.Text) string) (casework.Case, error) {
			var others []casework.Cause
			if r.cure.Also != "" {
				others = []casework.Cause{casework.Cause(r.cure.Also)}
			}
			return p.cases.Code(ctx, actor, c.ID, casework.Cause(r.cure.Cause), others...)
		})
	})
	if p.luck.Float64() < awaiting {
		p.at(p.now.Add(20*time.Minute), func(ctx context.Context) error {
			return p.work(ctx, r, func(actor people.Actor, c casework.Case, say func(i18n.Text) string) (casework.Case, error) {
				return p.cases.Wait(ctx, actor, c.ID, say(demo.AskedFor))
			})
		})
	}
	p.write(r)
	p.proposeAt(r, p.now.Add(time.Duration(3+p.luck.IntN(6*24))*time.Hour))
}

// proposeAt plans that something was done for her and she is asked whether it is solved.
func (p *player) proposeAt(r *recovery, at time.Time) {
	p.at(p.atWork(at), func(ctx context.Context) error {
		return p.work(ctx, r, func(actor people.Actor, c casework.Case, say func(i18n.Text) string) (casework.Case, error) {
			if !c.MayPropose() {
				return c, nil // left to who signed in, before
			}
			c, err := p.cases.Propose(ctx, actor, c.ID, casework.Solved{Solution: r.cure.Solution.In(p.customers[r.walk.Customer].Language), CompensationMinor: r.cure.Compensation})
			if err == nil {
				p.planVerdict(r, c)
			}
			return c, err
		})
	})
}

func (p *player) planVerdict(r *recovery, asked casework.Case) {
	dice, solved := p.luck.Float64(), true
	if dice < silent {
		return
	}
	said := demo.SaysYes
	if asked.Reopened == 0 && dice < silent+saysNo {
		said, solved = demo.SaysNo, false
	}
	words := said[p.luck.IntN(len(said))].In(p.customers[r.walk.Customer].Language)
	at := p.now.Add(time.Duration(40+p.luck.IntN(5*24*60)) * time.Minute)
	p.at(at, func(ctx context.Context) error {
		token, link := asked.NewLink(*asked.ProposedAt)
		if err := p.store.AddLink(ctx, link); err != nil {
			return err
		}
		c, err := p.cases.Verdict(ctx, token, solved, words)
		if fault.KindOf(err) == fault.KindConflict {
			return nil // another reason has come meanwhile
		}
		if p.watch(r, c); err != nil || p.luck.Float64() >= ratesAgain {
			return err
		}
		return p.cases.Rate(ctx, token, p.newRating(r, solved))
	})
}

// newRating is how she rates the journey after her case: near the top where it is solved, as before otherwise.
func (p *player) newRating(r *recovery, solved bool) int {
	for _, j := range p.company.Journeys {
		switch s := j.Survey; {
		case j.Key != r.walk.Journey:
		case solved:
			return s.Hi - p.luck.IntN(1+(s.Hi-s.Lo)/2)
		case r.walk.Answer != nil:
			return r.walk.Answer.Overall
		default:
			return s.Lo
		}
	}
	return 0
}

// hurry: who is warned that the time is up sees to it that somebody begins.
func (p *player) hurry(ctx context.Context, r *recovery) error {
	c, err := p.store.CaseByID(ctx, r.id)
	if err != nil || c.Warned < 100 || c.State != casework.Open || !r.slow {
		return err
	}
	r.slow = false
	p.tryAt(r, p.now.Add(time.Duration(3+p.luck.IntN(20))*time.Hour), 1)
	return nil
}

// tryAgain: she said no, so something else is done.
func (p *player) tryAgain(_ context.Context, r *recovery) error {
	p.proposeAt(r, p.now.Add(time.Duration(5+p.luck.IntN(60))*time.Hour))
	return nil
}

// lately is how long before the end of the play visitors are sure to be handed what concerns them.
const lately = 20 * 24 * time.Hour

// passOn: what went wrong at somebody's home is now and then given to who was there, or to the supervisor of the team.
func (p *player) passOn(r *recovery, c casework.Case) {
	to := p.visitor(r)
	if to == nil {
		return
	}
	if p.luck.Float64() < .4 {
		to = p.people[p.employees[p.supervisors[to.team]]]
	}
	share := .08
	switch {
	case to.signsIn && p.now.After(p.company.Now.Add(-lately)):
		share = 1
	case p.people[c.OwnerID].team == "field-service":
		share = .6
	}
	if p.luck.Float64() >= share {
		return
	}
	p.at(p.atWork(p.now.Add(20*time.Minute)), func(ctx context.Context) error {
		return p.work(ctx, r, func(actor people.Actor, c casework.Case, say func(i18n.Text) string) (casework.Case, error) {
			handed, err := p.cases.HandOver(ctx, actor, c.ID, c.OwnerID, p.employees[to.key], say(demo.HandedOn))
			if fault.KindOf(err) == fault.KindInvalid {
				return c, nil // away, or hers already
			}
			return handed, err
		})
	})
}

// visitor is who was at the customer's home last, nil for nobody.
func (p *player) visitor(r *recovery) *reader {
	for _, k := range slices.Backward(r.walk.Contacts) {
		if (k.Touchpoint == "installation" || k.Touchpoint == "repair-visit") && len(k.People) > 0 {
			return p.people[p.employees[k.People[0].Employee]]
		}
	}
	return nil
}

// houseRules is how the company of the play wants cases to be kept: as recommended, and with limits of what may be given. Where
// most promises are broken and several contacts are the plan, that is for whoever changes the process: a case for each
// customer would keep her from being asked, and so hide what is wrong from the figures.
func (p *player) houseRules(ctx context.Context) error {
	rules := casework.DefaultRules()
	rules.Compensation = casework.Compensation{FromDays: 1, MostMinor: 50_00, MostYearMinor: 200_00, Currency: "EUR"}
	errs := []error{p.keepHolidays(ctx), p.keepAbsences(ctx), p.cases.SetRules(ctx, people.System(), 0, &rules)}
	rules.Off = []casework.Kind{casework.Promise, casework.Repeated}
	for _, journey := range []string{"fibre", "broken", "product"} {
		errs = append(errs, p.cases.SetRules(ctx, people.System(), p.journeyIDs[journey], &rules))
	}
	return errors.Join(errs...)
}

func (p *player) keepHolidays(ctx context.Context) error {
	for _, set := range run.HolidaySets() {
		if set.Country != "GR" {
			continue
		}
		var days []run.Holiday
		for _, d := range set.Days {
			d.Name = i18n.Text{}
			for _, lang := range i18n.Languages {
				d.Name[lang] = i18n.NewReader(lang, "", time.UTC).T(d.Key)
			}
			days = append(days, d.Holiday)
		}
		if _, err := p.runs.AddHolidays(ctx, people.System(), days...); err != nil {
			return err
		}
	}
	week, err := p.store.Week(ctx)
	p.week = week
	return err
}

func (p *player) keepAbsences(ctx context.Context) error {
	for _, a := range demo.Absences {
		_, err := p.persons.SetAbsence(ctx, people.System(), people.Absence{EmployeeID: p.employees[a.Employee], SubstituteID: p.employees[a.Substitute],
			FromDay: p.company.Ago(a.From), UntilDay: p.company.Ago(a.Until)})
		if err != nil {
			return err
		}
	}
	return nil
}
