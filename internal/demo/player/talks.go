package player

import (
	"context"
	"errors"
	"time"

	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
)

// planTalks puts on the agenda what teams try, and what employees and their supervisors prepare.
func (p *player) planTalks() {
	morning := func(daysAgo int) time.Time {
		return p.midnight(p.company.Now.AddDate(0, 0, -daysAgo)).Add(8 * time.Hour)
	}
	for _, t := range demo.TriedByTeams {
		p.at(morning(t.DaysAgo), func(ctx context.Context) error { return p.try(ctx, t) })
		p.at(morning(t.DaysAgo-1), func(ctx context.Context) error { return p.tried(ctx, t, i18n.Day(morning(t.DaysAgo), p.store.Zone())) })
	}
	for _, c := range demo.CoachedPairs {
		p.at(morning(c.HeldDaysAgo), func(ctx context.Context) error { return p.talk(ctx, c) })
		p.at(morning(1), func(ctx context.Context) error {
			return p.prepare(ctx, c, i18n.Day(p.company.Now.AddDate(0, 0, c.NextInDays), p.store.Zone()))
		})
	}
}

// said is a text as an employee would say it.
func (p *player) said(who string, t i18n.Text) string {
	return t.In(p.people[p.employees[who]].language)
}

func (p *player) try(ctx context.Context, t demo.Tried) error {
	actor, err := p.actor(ctx, t.By)
	if err != nil {
		return err
	}
	return p.coaching.Try(ctx, actor, p.teams[t.Team], coaching.Try{Rule: coaching.Own, About: p.said(t.By, t.Words)})
}

func (p *player) tried(ctx context.Context, t demo.Tried, day int32) error {
	actor, err := p.actor(ctx, t.By)
	if err != nil {
		return err
	}
	return p.coaching.Note(ctx, actor, p.teams[t.Team], day, coaching.Outcome(t.Outcome), p.said(t.By, t.Remark))
}

func (p *player) both(ctx context.Context, c demo.Coached) (her, supervisor people.Actor, err error) {
	her, err = p.actor(ctx, c.Employee)
	supervisor, failed := p.actor(ctx, c.Supervisor)
	return her, supervisor, errors.Join(err, failed)
}

func (p *player) talk(ctx context.Context, c demo.Coached) error {
	her, supervisor, err := p.both(ctx, c)
	if err != nil {
		return err
	}
	err = p.coaching.Put(ctx, supervisor, her.EmployeeID, coaching.Draft{Kind: coaching.Note, Words: p.said(c.Supervisor, c.Said)})
	return errors.Join(err, p.coaching.SetGoal(ctx, her, coaching.Goal{Words: p.said(c.Employee, c.Goal)}), p.coaching.Hold(ctx, supervisor, her.EmployeeID))
}

func (p *player) prepare(ctx context.Context, c demo.Coached, next int32) error {
	her, supervisor, err := p.both(ctx, c)
	if err != nil {
		return err
	}
	err = p.coaching.Put(ctx, her, her.EmployeeID, coaching.Draft{Kind: coaching.Topic, Words: p.said(c.Employee, c.Topic)})
	return errors.Join(err, p.coaching.Plan(ctx, supervisor, her.EmployeeID, next))
}
