package player

import (
	"context"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// reader is an employee with what lies on her desk unread.
type reader struct {
	key, team string
	user      int64
	language  i18n.Lang
	signsIn   bool // in the demo: then the last days are left for whoever plays her
	desk      []feedback.Notice
	actor     people.Actor
}

// habits are how many days pass between two looks at the own feedback; 0 never looks. People have them in turn.
var habits = []int{1, 2, 1, 4, 1, 7, 3, 2, 0, 1, 5}

// leftUnread is how long before the end of the play those stop reading in whose name somebody will sign in.
const leftUnread = 6 * 24 * time.Hour

// lay puts feedback on the desks of those it is for.
func (p *player) lay(notices []feedback.Notice) {
	for _, n := range notices {
		r := p.people[n.EmployeeID]
		r.desk = append(r.desk, n)
	}
}

// planReading puts today's readers on the agenda, one after another in the morning.
func (p *player) planReading() {
	day := int(p.now.Unix() / 86400)
	for i, r := range p.order {
		every := habits[i%len(habits)]
		if r.signsIn {
			every = 1
		}
		at := p.now.Add(8*time.Hour + time.Duration(i)*97*time.Second)
		if every == 0 || (day+i)%every != 0 || r.signsIn && at.After(p.company.Now.Add(-leftUnread)) {
			continue
		}
		p.at(at, func(ctx context.Context) error { return p.read(ctx, r) })
	}
}

// read clears a desk. Now and then something stays unread: nobody is perfect.
func (p *player) read(ctx context.Context, r *reader) error {
	if len(r.desk) == 0 {
		return nil
	}
	actor, err := p.actor(ctx, r.key)
	if err != nil {
		return err
	}
	var seen []feedback.Notice
	for _, n := range r.desk {
		if p.chance.Float64() < .93 {
			seen = append(seen, n)
		}
	}
	r.desk = nil
	if err := p.feedback.Read(ctx, actor, seen); err != nil {
		return err
	}
	for _, n := range seen {
		if err := p.reply(ctx, r, actor, n); err != nil {
			return fmt.Errorf("reply of %s: %w", r.key, err)
		}
	}
	return nil
}

// replies are how often an employee says something to feedback about her own work, by its mood.
var replies = map[stat.Mood][]struct {
	share float64
	reply feedback.Reply
}{
	stat.Positive: {{.3, feedback.ReplyThanks}},
	stat.Neutral:  {{.1, feedback.ReplyThanks}},
	stat.Negative: {{.05, feedback.ReplySystem}, {.03, feedback.ReplyNotMe}, {.12, feedback.ReplyOneToOne}},
}

func (p *player) reply(ctx context.Context, r *reader, actor people.Actor, n feedback.Notice) error {
	if n.Audience != feedback.ToEmployee || n.TouchpointID == 0 {
		return nil
	}
	dice := p.chance.Float64()
	if n.Mood == stat.Negative && p.leftToVisitor(r) {
		dice /= 8 // so that there is something to settle
	}
	for _, way := range replies[n.Mood] {
		if dice -= way.share; dice >= 0 {
			continue
		}
		if way.reply.Disowns() {
			p.at(p.now.Add(time.Duration(24*(2+p.chance.IntN(9)))*time.Hour), func(ctx context.Context) error { return p.settle(ctx, r, n) })
		}
		if err := p.feedback.Reply(ctx, actor, n.ResponseID, n.TouchpointID, way.reply); err != nil || way.reply != feedback.ReplyThanks {
			return err
		}
		return p.share(ctx, actor, n)
	}
	return nil
}

// leftToVisitor says whether the reader's supervisor is one in whose name somebody will sign in, and it is late in the
// play: what is disowned now is left for that visitor to settle.
func (p *player) leftToVisitor(r *reader) bool {
	supervisor := p.people[p.employees[p.supervisors[r.team]]]
	return supervisor.signsIn && p.now.After(p.company.Now.AddDate(0, 0, -30))
}

// settle is the supervisor's answer to "not me" and "the system": it is nobody's in person.
func (p *player) settle(ctx context.Context, r *reader, n feedback.Notice) error {
	if p.leftToVisitor(r) {
		return nil
	}
	actor, err := p.actor(ctx, p.supervisors[r.team])
	if err != nil {
		return err
	}
	err = p.feedback.Settle(ctx, actor, n.ResponseID, n.TouchpointID, agreed.In(p.people[p.employees[p.supervisors[r.team]]].language))
	if fault.KindOf(err) == fault.KindMissing {
		return nil // she served in another team then: it is for that team's supervisor
	}
	return err
}

// agreed is what a supervisor writes when she settles a dispute as it stands.
var agreed = i18n.Text{
	i18n.English: "Talked it over: the process decided this, not a person.",
	i18n.Persian: "با هم صحبت کردیم: فرایند چنین پیش برد، نه یک نفر.",
	i18n.Greek:   "Το συζητήσαμε: το καθόρισε η διαδικασία και όχι κάποιο άτομο.",
	i18n.Russian: "Обсудили: так сработал процесс, а не человек.",
}

// actor is an employee as a signed-in person; the organisation does not change during the play.
func (p *player) actor(ctx context.Context, employee string) (people.Actor, error) {
	r := p.people[p.employees[employee]]
	if r.actor.UserID != 0 {
		return r.actor, nil
	}
	var err error
	r.actor, _, err = p.store.ActorOf(ctx, r.user)
	return r.actor, err
}
