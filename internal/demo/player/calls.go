package player

import (
	"context"
	"errors"
	"time"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/outreach"
)

// campaign is a list of the play, and how many calls were made from it.
type campaign struct {
	demo.Campaign
	list  int64
	calls int
}

// left is how many days before the end of the play nobody calls any more: the calls are for whoever signs in.
const left = 5

// planCalls puts the lists on the agenda: made one morning, searched in some nights, and called from on working days.
func (p *player) planCalls() {
	for _, x := range demo.Campaigns {
		c := &campaign{Campaign: x}
		for ago := c.DaysAgo; ago >= 0; ago-- {
			morning := p.midnight(p.company.Now.AddDate(0, 0, -ago))
			switch {
			case ago == c.DaysAgo:
				p.at(morning, func(ctx context.Context) error { return p.makeList(ctx, c) })
			case ago%c.Every == 0:
				p.at(morning.Add(time.Minute), func(ctx context.Context) error { return p.calling.Fill(ctx, c.list) })
			}
			if ago > left {
				p.at(morning.Add(10*time.Hour+time.Duration(ago*37%300)*time.Minute), func(ctx context.Context) error { return p.callSome(ctx, c) })
			}
		}
	}
}

func (p *player) makeList(ctx context.Context, c *campaign) error {
	actor, err := p.actor(ctx, c.By)
	if err != nil {
		return err
	}
	l := outreach.Usual()
	l.Name, l.JourneyID, l.TeamID, l.Rule = p.said(c.By, c.Name), p.journeyIDs[c.Journey], p.teams[c.Team], outreach.Rule(c.Rule)
	l.Times, l.Days, l.Most, l.Share, l.Horizon = c.Times, c.Days, c.Most, c.Share, c.Horizon
	if l, err = p.calling.Make(ctx, actor, l); err != nil {
		return err
	}
	c.list, l.Seed = l.ID, 29 // the lot falls alike in every play
	if err := p.store.SaveOutreach(ctx, l); err != nil {
		return err
	}
	return p.calling.Fill(ctx, l.ID)
}

// callSome makes the calls of a working day.
func (p *player) callSome(ctx context.Context, c *campaign) error {
	if !p.week.Works(i18n.Day(p.now, p.store.Zone())) {
		return nil
	}
	for range c.PerDay {
		who := c.Callers[c.calls%len(c.Callers)]
		actor, err := p.actor(ctx, who)
		if err != nil {
			return err
		}
		m, err := p.calling.Next(ctx, actor, c.list)
		if fault.KindOf(err) == fault.KindMissing {
			return nil
		}
		came := demo.CallsComeTo[c.calls%len(demo.CallsComeTo)]
		if err == nil {
			err = p.calling.Answer(ctx, actor, c.list, m.ID, outreach.Outcome(came), p.said(who, demo.SaidOnCalls[came]))
		}
		if err == nil && outreach.Outcome(came) == outreach.Wrong {
			err = p.cases.Hear(ctx, m.ID, m.RunID, casework.Trigger{Kind: casework.Called, At: p.now})
		}
		if c.calls++; err != nil {
			return err
		}
	}
	return nil
}

// settleCalls notes at the end who came back.
func (p *player) settleCalls(ctx context.Context) error {
	return errors.Join(p.store.SettleMembers(ctx, p.now.Add(-outreach.Late)), p.store.DropMembers(ctx, 0, p.now.Add(-outreach.Patience), outreach.BecauseLate, p.now))
}
