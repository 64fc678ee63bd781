package praise

import (
	"context"
	"fmt"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// publicKey is the setting whether the company shows praise to everybody. Until a manager says so it does not, and no
// customer is asked.
const publicKey = "praise.public"

// Said is what a customer said, as whoever holds her link may hear it again.
type Said struct {
	Response feedback.Response
	Consent  *Consent // to these very words; nil where she gave none
	Asked    bool     // she may be asked: she is content, wrote words, and the company publishes
}

// MayName: of whom no one is to know who answered nothing but words is published.
func (s Said) MayName() bool { return s.Response.Anonymity != survey.Anonymous }

// Public reports whether the company shows praise to everybody.
func (s *Service) Public(ctx context.Context) (yes bool, err error) {
	err = s.Store.Setting(ctx, publicKey, &yes)
	return yes, err
}

// Published is what everybody may read, the newest first.
func (s *Service) Published(ctx context.Context) ([]Allowed, error) { return s.Store.Published(ctx) }

// SetPublic begins or ends that, at once for all of it. Managers may.
func (s *Service) SetPublic(ctx context.Context, actor people.Actor, yes bool) error {
	if !actor.Manager {
		return fault.Forbidden("errors.forbidden")
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.SaveSetting(ctx, publicKey, yes); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: event.PraisePublicChanged, SubjectKind: "setting", ActorID: actor.UserID, At: s.Now(), Particulars: map[string]any{"public": yes}})
	})
}

// Heard is what was said by whoever holds a link, also when the survey is over: what she allowed she can always take back.
// A link that an employee handed over is not only the customer's, and tells nothing. Faults: Missing.
func (s *Service) Heard(ctx context.Context, token string) (Said, error) {
	inv, err := s.Store.InvitationByToken(ctx, id.Hash(token))
	if fault.KindOf(err) == fault.KindMissing || err == nil && inv.Handed {
		return Said{}, fault.Missing("survey.unknown")
	}
	if err != nil {
		return Said{}, err
	}
	r, err := s.Store.ResponseOf(ctx, inv.RunID)
	if err != nil {
		return Said{}, err
	}
	said := Said{Response: r}
	c, found, err := s.Store.ConsentOf(ctx, r.ID)
	if found && c.Revision == r.Revision {
		said.Consent = &c
	}
	if err == nil && said.Consent == nil && content(r) {
		said.Asked, err = s.Public(ctx)
	}
	return said, err
}

// content: only praise in words can be published.
func content(r feedback.Response) bool {
	return r.Comment != "" && r.Overall != nil && r.Scale.Mood(*r.Overall) == stat.Positive
}

// Allow is a customer's yes to the words that she wrote. Faults: Missing for another's link, Conflict where there is
// nothing to allow, Invalid for a name that is too long.
func (s *Service) Allow(ctx context.Context, token, name string) error {
	name, err := named(name)
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		said, err := s.Heard(ctx, token)
		if err != nil {
			return err
		}
		if !said.Asked {
			return fault.Conflict("praise.nothing_to_allow")
		}
		if !said.MayName() {
			name = ""
		}
		c := Consent{ResponseID: said.Response.ID, Revision: said.Response.Revision, Name: name, At: s.Now()}
		if err := s.Store.SaveConsent(ctx, c); err != nil {
			return fmt.Errorf("allow praise %d: %w", c.ResponseID, err)
		}
		return s.say(ctx, 0, event.PraiseAllowed, c.ResponseID)
	})
}

// Refuse takes a customer's yes back. Her words leave the public page with it.
func (s *Service) Refuse(ctx context.Context, token string) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		said, err := s.Heard(ctx, token)
		if err != nil {
			return err
		}
		if err := s.Store.DropConsent(ctx, said.Response.ID); err != nil {
			return fmt.Errorf("refuse praise %d: %w", said.Response.ID, err)
		}
		return s.say(ctx, 0, event.PraiseRefused, said.Response.ID)
	})
}

// Choose publishes words that their customer allowed, or takes them down. The leader of the journey may, and managers.
func (s *Service) Choose(ctx context.Context, actor people.Actor, response int64, publish bool) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.Store.ConsentFor(ctx, actor.Scope(), response)
		if err != nil {
			return err
		}
		verb := event.PraiseTakenDown
		c.ChosenAt, c.ChosenBy = nil, actor.UserID
		if publish {
			now := s.Now()
			verb, c.ChosenAt = event.PraisePublished, &now
		}
		if err := s.Store.SaveConsent(ctx, c); err != nil {
			return fmt.Errorf("choose praise %d: %w", response, err)
		}
		return s.say(ctx, actor.UserID, verb, response)
	})
}

func (s *Service) say(ctx context.Context, user int64, verb string, response int64) error {
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "praise", SubjectID: response, ActorID: user, At: s.Now()})
}
