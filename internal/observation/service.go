package observation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Store is what observations need kept. Finders answer Missing faults for what is out of sight or withdrawn; within a
// transaction what they find is kept for it.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	EmployeeByID(ctx context.Context, id int64) (people.Employee, error)
	// ObservationFor finds one in sight: written down by the person or a supervised team, heard at a touchpoint owned, or on
	// a journey led that has the touchpoint.
	ObservationFor(ctx context.Context, scope people.Scope, id int64) (Observation, error)
	// ThemeFor finds a theme that may be joined, in the state that it is in: a wish about a place near, anything else in
	// sight.
	ThemeFor(ctx context.Context, scope people.Scope, theme int64) (Theme, error)
	// Themes lists the latest themes of a kind that may be joined, through each that says them: the same may have been
	// written down in several languages.
	Themes(ctx context.Context, scope people.Scope, kind Kind, since time.Time) ([]Theme, error)
	// SubjectFor finds by its key a walk in sight, or a customer in sight by name, with her latest walk on which she is.
	SubjectFor(ctx context.Context, scope people.Scope, key string) (Subject, error)
	// TouchpointNear tells whether somebody may say that she heard something there.
	TouchpointNear(ctx context.Context, scope people.Scope, id int64) (bool, error)
	SaveObservation(ctx context.Context, o Observation) error
	// AnswerTheme writes what became of a theme to all that say it.
	AnswerTheme(ctx context.Context, o Observation) error
	// MergeThemes makes all that say one theme say another, with what became of that.
	MergeThemes(ctx context.Context, theme int64, into Observation) error
	// MarkHeard notes that an author has read the answers to what she wrote down.
	MarkHeard(ctx context.Context, employee int64, now time.Time, ids []int64) error
}

// Service is how observations are written down and answered.
type Service struct {
	Store  Store
	Ledger event.Ledger
	Now    func() time.Time
}

// Record writes one down. Faults: Forbidden for who is no employee, Invalid for a form with something wrong, Missing for a
// theme that may not be joined.
func (s *Service) Record(ctx context.Context, actor people.Actor, d Draft) (Observation, error) {
	return s.record(ctx, actor, func(ctx context.Context, o *Observation) error { return s.write(ctx, actor, o, d) })
}

// RecordOf writes one down about a customer whom the actor has been given to call: she need not be in her sight.
func (s *Service) RecordOf(ctx context.Context, actor people.Actor, d Draft, about Subject) (Observation, error) {
	return s.record(ctx, actor, func(_ context.Context, o *Observation) error { return o.write(d, about) })
}

func (s *Service) record(ctx context.Context, actor people.Actor, write func(context.Context, *Observation) error) (Observation, error) {
	if !MayRecord(actor) {
		return Observation{}, fault.Forbidden("errors.forbidden")
	}
	o := Observation{ID: id.New(), EmployeeID: actor.EmployeeID, At: s.Now(), State: New}
	o.ThemeID = o.ID
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		author, err := s.Store.EmployeeByID(ctx, actor.EmployeeID)
		if err != nil {
			return err
		}
		o.TeamID = author.TeamID
		if err := write(ctx, &o); err != nil {
			return err
		}
		if err := s.Store.SaveObservation(ctx, o); err != nil {
			return fmt.Errorf("record observation: %w", err)
		}
		return errors.Join(s.tell(ctx, actor, event.ObservationRecorded, o), s.weigh(ctx, actor, o.ThemeID, 1))
	})
	return o, err
}

// write fills an observation in from a draft.
func (s *Service) write(ctx context.Context, actor people.Actor, o *Observation, d Draft) error {
	var theme Theme
	if d.Join != 0 {
		var err error
		if theme, err = s.Store.ThemeFor(ctx, actor.Scope(), d.Join); err != nil {
			return err
		}
		d.Kind, d.Touchpoint = theme.Kind, theme.TouchpointID
	}
	about, err := s.about(ctx, actor, d)
	if err == nil {
		err = o.write(d, about)
	}
	if err == nil && d.Join != 0 {
		o.join(theme.Observation)
	}
	return err
}

// about finds whom a draft names, and refuses a touchpoint that is none or next door.
func (s *Service) about(ctx context.Context, actor people.Actor, d Draft) (Subject, error) {
	if d.Touchpoint != 0 && d.Join == 0 {
		near, err := s.Store.TouchpointNear(ctx, actor.Scope(), d.Touchpoint)
		if err != nil {
			return Subject{}, err
		}
		if !near {
			return Subject{}, fault.Invalid(fault.Field{Name: "touchpoint", Key: "observations.touchpoint_unknown"})
		}
	}
	key := strings.TrimSpace(d.About)
	if key == "" {
		return Subject{}, nil
	}
	about, err := s.Store.SubjectFor(ctx, actor.Scope(), key)
	if fault.KindOf(err) == fault.KindMissing {
		return about, fault.Invalid(fault.Field{Name: "about", Key: "observations.about_unknown"})
	}
	return about, err
}

// Change writes over what its author wrote down, within minutes. A draft without About keeps whom it is about.
func (s *Service) Change(ctx context.Context, actor people.Actor, id int64, d Draft) error {
	return s.own(ctx, actor, id, event.ObservationChanged, func(ctx context.Context, o *Observation) error {
		if o.ThemeID != o.ID { // a theme decides both
			d.Kind, d.Touchpoint = o.Kind, o.TouchpointID
		}
		about, err := s.about(ctx, actor, d)
		if strings.TrimSpace(d.About) == "" {
			about = Subject{RunID: o.RunID, JourneyID: o.JourneyID, CustomerID: o.CustomerID}
		}
		return errors.Join(err, o.write(d, about))
	})
}

// Withdraw takes it back within minutes: the words go, the ledger keeps that there was something.
func (s *Service) Withdraw(ctx context.Context, actor people.Actor, id int64) error {
	return s.own(ctx, actor, id, event.ObservationWithdrawn, func(_ context.Context, o *Observation) error {
		now := s.Now()
		o.WithdrawnAt, o.Words, o.Search = &now, "", ""
		return nil
	})
}

// Leave takes it out of the theme that its author joined it to, within minutes.
func (s *Service) Leave(ctx context.Context, actor people.Actor, id int64) error {
	return s.own(ctx, actor, id, event.ObservationLeft, func(_ context.Context, o *Observation) error {
		o.leave()
		return nil
	})
}

// own lets an author change what she wrote down while she may.
func (s *Service) own(ctx context.Context, actor people.Actor, id int64, verb string, change func(context.Context, *Observation) error) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		o, err := s.Store.ObservationFor(ctx, actor.OwnScope(), id)
		if err != nil {
			return err
		}
		if !o.MayChange(actor, s.Now()) {
			return fault.Conflict("observations.too_late")
		}
		if err := change(ctx, &o); err != nil {
			return err
		}
		if err := s.Store.SaveObservation(ctx, o); err != nil {
			return fmt.Errorf("%s %d: %w", verb, id, err)
		}
		return s.tell(ctx, actor, verb, o)
	})
}

// Join says that an observation says the same as a theme: its author within minutes, who answers for it at any time. All
// that said the same as it go along.
func (s *Service) Join(ctx context.Context, actor people.Actor, id, theme int64) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		o, err := s.Store.ObservationFor(ctx, actor.OwnScope(), id)
		if err != nil || !o.MayChange(actor, s.Now()) || o.ThemeID != o.ID {
			if o, err = s.Store.ObservationFor(ctx, actor.AnswerScope(), id); err != nil {
				return err
			}
		}
		into, err := s.Store.ThemeFor(ctx, actor.Scope(), theme)
		if err != nil {
			return err
		}
		if into.ThemeID == o.ThemeID || into.Kind != o.Kind {
			return fault.Conflict("observations.cannot_join")
		}
		joining, err := s.Store.ThemeFor(ctx, people.System().Scope(), o.ThemeID)
		if err != nil {
			return err
		}
		if err := s.Store.MergeThemes(ctx, o.ThemeID, into.Observation); err != nil {
			return fmt.Errorf("join observation %d to %d: %w", id, theme, err)
		}
		o.join(into.Observation)
		return errors.Join(s.tell(ctx, actor, event.ObservationJoined, o), s.weigh(ctx, actor, o.ThemeID, joining.N))
	})
}

// weigh tells when a theme becomes an improvement candidate by what just joined it.
func (s *Service) weigh(ctx context.Context, actor people.Actor, theme int64, joined int) error {
	t, err := s.Store.ThemeFor(ctx, people.System().Scope(), theme)
	if err != nil || !t.IsCandidate() || t.N-joined >= Candidate {
		return err
	}
	return s.tell(ctx, actor, event.ObservationCandidate, t.Observation)
}

// Answer says what becomes of it, to everybody who wrote the same down. Whoever answers for the touchpoint may: its owner,
// the leader of a journey that has it, managers. Who declines gives a reason.
func (s *Service) Answer(ctx context.Context, actor people.Actor, id int64, state State, words string) error {
	var p fault.Problems
	words = strings.TrimSpace(words)
	if !known(state, Answers) {
		p.Add("state", "observations.state_needed")
	}
	if state == Declined && words == "" {
		p.Add("answer", "observations.reason_needed")
	}
	if utf8.RuneCountInString(words) > LongestWords {
		p.Add("answer", "observations.words_long", "most", LongestWords)
	}
	if err := p.Err(); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		o, err := s.Store.ObservationFor(ctx, actor.AnswerScope(), id)
		if err != nil {
			return err
		}
		now := s.Now()
		o.State, o.Answer, o.AnsweredAt, o.AnsweredBy = state, words, &now, actor.UserID
		if err := s.Store.AnswerTheme(ctx, o); err != nil {
			return fmt.Errorf("answer observation %d: %w", id, err)
		}
		return s.tell(ctx, actor, event.ObservationAnswered, o)
	})
}

// Hear notes that its author has read the answers to what she wrote down; of others' it notes nothing.
func (s *Service) Hear(ctx context.Context, actor people.Actor, shown ...Observation) error {
	var ids []int64
	for _, o := range shown {
		if o.EmployeeID == actor.EmployeeID && o.Waits() {
			ids = append(ids, o.ID)
		}
	}
	if len(ids) == 0 || actor.EmployeeID == 0 {
		return nil
	}
	return s.Store.MarkHeard(ctx, actor.EmployeeID, s.Now(), ids)
}

// Similar offers themes that say much the same as words, of one kind, heard within a year.
func (s *Service) Similar(ctx context.Context, actor people.Actor, kind Kind, words string, reader i18n.Lang) ([]Theme, error) {
	if !known(kind, Kinds) || strings.TrimSpace(words) == "" {
		return nil, nil
	}
	themes, err := s.Store.Themes(ctx, actor.Scope(), kind, s.Now().AddDate(-1, 0, 0))
	return Alike(words, reader, themes), err
}

// tell writes the line of the ledger. The words are not in it: whoever follows looks them up.
func (s *Service) tell(ctx context.Context, actor people.Actor, verb string, o Observation) error {
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "observation", SubjectID: o.ID, ActorID: actor.UserID, At: s.Now(),
		Particulars: map[string]any{"kind": string(o.Kind), "touchpoint": fmt.Sprint(o.TouchpointID), "run": fmt.Sprint(o.RunID), "customer": fmt.Sprint(o.CustomerID),
			"call": o.WantsCall, "theme": fmt.Sprint(o.ThemeID), "state": string(o.State), "employee": fmt.Sprint(o.EmployeeID)}})
}
