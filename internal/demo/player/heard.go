package player

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// planHearing puts on the agenda what employees hear at work, and what they are answered.
func (p *player) planHearing() {
	for _, h := range demo.HeardAtWork {
		first := p.midnight(p.company.Now.AddDate(0, 0, -h.DaysAgo)).Add(14 * time.Hour)
		var theme int64
		last := first
		for i, who := range h.By {
			last = first.AddDate(0, 0, 3*i)
			p.at(last, func(ctx context.Context) error { return p.hear(ctx, h, who, &theme) })
		}
		if h.Became != "" {
			p.at(last.AddDate(0, 0, 5), func(ctx context.Context) error { return p.answerHeard(ctx, h, theme) })
		}
	}
}

// hear writes one down; whoever hears it again joins it to the theme.
func (p *player) hear(ctx context.Context, h demo.Heard, who string, theme *int64) error {
	actor, err := p.actor(ctx, who)
	if err != nil {
		return err
	}
	language := p.people[p.employees[who]].language
	o, err := p.observations.Record(ctx, actor, observation.Draft{Kind: observation.Kind(h.Kind), Touchpoint: p.touchpoints[h.Touchpoint],
		Words: h.Words.In(language), Language: language})
	if fault.KindOf(err) == fault.KindInvalid { // in a small play she never served near there
		return nil
	}
	if err == nil && *theme != 0 {
		return p.observations.Join(ctx, people.System(), o.ID, *theme)
	}
	*theme = o.ThemeID
	return err
}

func (p *player) answerHeard(ctx context.Context, h demo.Heard, theme int64) error {
	actor, err := p.actor(ctx, h.AnsweredBy)
	if err != nil || theme == 0 {
		return err
	}
	return p.observations.Answer(ctx, actor, theme, observation.State(h.Became), h.Answer.In(p.people[p.employees[h.AnsweredBy]].language))
}

// Of how many thanks one is shared with the team, and of how many content customers with words one allows to publish them.
const (
	sharedOf  = 12
	allowedOf = 25
)

// share lets the team read some of the praise that an employee gave thanks for.
func (p *player) share(ctx context.Context, actor people.Actor, n feedback.Notice) error {
	if n.Mood != stat.Positive {
		return nil
	}
	if p.thanked++; p.thanked%sharedOf != 0 {
		return nil
	}
	err := p.praise.ShareWithTeam(ctx, actor, n.ResponseID, n.TouchpointID)
	if fault.KindOf(err) == fault.KindConflict { // without words there is nothing to read
		p.thanked--
		return nil
	}
	return err
}

// allow lets the company publish the words of some content customers; half of them are chosen.
func (p *player) allow(ctx context.Context, token string, w *walk, r feedback.Response) error {
	if r.Comment == "" || r.Overall == nil || r.Scale.Mood(*r.Overall) != stat.Positive {
		return nil
	}
	if p.pleased++; p.pleased%allowedOf != 0 {
		return nil
	}
	first, _, _ := strings.Cut(p.customers[w.Customer].Name, " ")
	err := p.praise.Allow(ctx, token, first)
	if fault.KindOf(err) == fault.KindMissing { // an employee handed her the link
		return nil
	}
	leader, failed := p.actor(ctx, p.leaders[w.Journey])
	if err = errors.Join(err, failed); err != nil || p.pleased%(2*allowedOf) != 0 {
		return err
	}
	return p.praise.Choose(ctx, leader, r.ID, true)
}
