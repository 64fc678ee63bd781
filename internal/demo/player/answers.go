package player

import (
	"context"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// postman carries messages no further than to the play; a few addresses take none.
type postman struct{ p *player }

func (m postman) Send(_ context.Context, letter survey.Message) error {
	if _, ok := m.p.returns[letter.Customer.Key]; ok {
		return survey.ErrBounced
	}
	m.p.letters[letter.Invitation.ID] = letter.Token
	return nil
}

// chooseReturns picks the addresses that take no messages among the customers who never answer.
func (p *player) chooseReturns() {
	answers := map[string]bool{}
	for _, w := range p.walks {
		answers[w.Customer] = answers[w.Customer] || w.Answer != nil
	}
	for _, c := range p.company.Customers {
		if !answers[c.Key] && p.chance.Float64() < .03 {
			p.returns[c.Key] = struct{}{}
		}
	}
}

// deliver does what is due about an invitation, until nothing is: message, reminders, expiry.
func (p *player) deliver(ctx context.Context, invitation int64) error {
	if p.silent[invitation] {
		return nil
	}
	if err := p.surveys.Deliver(ctx, invitation); err != nil {
		return err
	}
	inv, err := p.store.InvitationByID(ctx, invitation)
	if err != nil || inv.NextAt == nil {
		return err
	}
	p.at(*inv.NextAt, func(ctx context.Context) error { return p.deliver(ctx, invitation) })
	return nil
}

// answer fills in the survey page. A customer who cannot have the message yet, because it waits for the morning, answers
// when she has it; where that is after the end of the play, somebody hands her the link.
func (p *player) answer(ctx context.Context, w *walk, inv survey.Invitation) error {
	token, ok := p.letters[inv.ID]
	if morning := inv.PlannedAt.Add(time.Duration(5+p.chance.IntN(90)) * time.Minute); !ok && morning.After(p.now) && !morning.After(p.company.Now) {
		p.at(morning, func(ctx context.Context) error { return p.answer(ctx, w, inv) })
		return nil
	}
	if !ok {
		now, err := p.store.InvitationByID(ctx, inv.ID)
		if err != nil || now.State == survey.Suppressed { // she is called instead
			return err
		}
		if token, err = p.surveys.HandOver(ctx, inv.RunID); err != nil {
			return err
		}
	}
	r, err := p.feedback.Answer(ctx, token, p.filledIn(w))
	if err != nil {
		return err
	}
	p.silent[inv.ID] = true
	delete(p.letters, inv.ID)
	p.lay(r.Notices)
	if err := p.allow(ctx, token, w, r); err != nil {
		return err
	}
	_, err = p.follow(ctx)
	return err
}

func (p *player) filledIn(w *walk) feedback.Answer {
	a := feedback.Answer{Overall: &w.Answer.Overall, Expectation: &w.Answer.Expectation, Comment: w.Answer.Comment, WantsContact: w.Answer.WantsContact,
		Language: p.customers[w.Customer].Language, Ratings: map[int64]int{}, Comments: map[int64]string{}}
	for _, r := range w.Answer.Ratings {
		a.Ratings[p.touchpoints[r.Touchpoint]] = r.Value
		if r.Comment != "" {
			a.Comments[p.touchpoints[r.Touchpoint]] = r.Comment
		}
	}
	return a
}
