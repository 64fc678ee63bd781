package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// folds is how often a deployment adds to its figures what came in.
const folds = 200 * time.Millisecond

// mostStirred is how many customers take turns answering.
const mostStirred = 500

// stirring is a company at work while its pages are asked for: with every fold one more customer has answered, or has
// changed her answer, and so no version of the data lasts longer than in a deployment.
type stirring struct {
	*ground
	*crowd
	answers *feedback.Service
	said    int
}

// stirred gives links to the latest customers who may answer; where nobody may, to people of its own.
func (g *ground) stirred(ctx context.Context) (*stirring, error) {
	c, err := g.latest(ctx)
	if err == nil && len(c.tokens) == 0 {
		c, err = g.invite(ctx, "stirred", 50, true)
	}
	return &stirring{ground: g, crowd: c, answers: &feedback.Service{Store: g.store, Ledger: g.store, Now: g.store.Now}}, err
}

// latest are the customers asked last, each with one more link.
func (g *ground) latest(ctx context.Context) (*crowd, error) {
	var asked []survey.Invitation
	now, db := g.store.Now(), g.db.WithContext(ctx)
	err := db.Table("invitations").Where("expires_at > ? AND state IN ?", now.AddDate(0, 0, 1), []survey.State{survey.Sent, survey.Opened, survey.Answered}).
		Order("planned_at DESC, id").Limit(mostStirred).Find(&asked).Error
	c := &crowd{}
	if err != nil || len(asked) == 0 {
		return c, err
	}
	tokens := make([]tokenRow, len(asked))
	for i, inv := range asked {
		c.runs, c.tokens = append(c.runs, inv.RunID), append(c.tokens, fmt.Sprint("stirred-", i))
		tokens[i] = tokenRow{Hash: id.Hash(c.tokens[i]), InvitationID: inv.ID, CreatedAt: now}
	}
	settings, err := g.store.SettingsOf(ctx, c.runs)
	for _, run := range c.runs {
		c.touched = append(c.touched, settings[run].Walk.Met())
	}
	return c, errors.Join(err, db.Table("invitation_tokens").CreateInBatches(tokens, mostStirred).Error)
}

// while keeps the data moving until do is done.
func (s *stirring) while(ctx context.Context, do func() error) error {
	ctx, stop := context.WithCancel(ctx)
	var stirs error
	var one sync.WaitGroup
	one.Go(func() {
		for tick := time.Tick(folds); ctx.Err() == nil && stirs == nil; {
			stirs = s.stir(context.WithoutCancel(ctx)) // whole, so that nothing is left half done
			select {
			case <-tick:
			case <-ctx.Done():
			}
		}
	})
	err := do()
	stop()
	one.Wait()
	return errors.Join(err, stirs)
}

// stir lets the next customer answer, and folds what she said into the figures.
func (s *stirring) stir(ctx context.Context) error {
	i := s.said % len(s.tokens)
	a, x := s.answer(i), 1+(i+s.said/len(s.tokens))%5 // another than before
	a.Overall = &x
	if _, err := s.answers.Answer(ctx, s.tokens[i], a); err != nil {
		return fmt.Errorf("let a customer answer: %w", err)
	}
	s.said++
	_, err := s.store.Fold(ctx)
	return err
}
