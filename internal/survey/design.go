package survey

import (
	"context"
	"fmt"
	"slices"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// Questions is what a designer decides about a survey.
type Questions struct {
	Scale           stat.Scale
	TouchpointScale stat.Scale
	Question        i18n.Text
	Anonymity       Anonymity
}

// longestQuestion fits a phone without scrolling in any of the four languages.
const longestQuestion = 300

func (q Questions) check() error {
	var p fault.Problems
	if q.Scale.Check() != nil {
		p.Add("scale", "errors.choice")
	}
	if q.TouchpointScale.Check() != nil {
		p.Add("touchpoint_scale", "errors.choice")
	}
	for _, lang := range i18n.Languages {
		if len([]rune(q.Question[lang])) > longestQuestion {
			p.Add("question_"+string(lang), "journeys.too_long", "max", longestQuestion)
		}
	}
	if !slices.Contains([]Anonymity{Identified, Confidential, Anonymous}, q.Anonymity) {
		p.Add("anonymity", "errors.choice")
	}
	return p.Err()
}

// SetSurvey decides what is asked at the end of a version. A survey that has answers is never changed: questions belong to
// the version, so the next version asks differently (journey.Service.StartDraft). A Conflict fault says so.
func (s *Service) SetSurvey(ctx context.Context, actor people.Actor, version int64, q Questions) (Survey, error) {
	var sv Survey
	if err := q.check(); err != nil {
		return sv, err
	}
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		v, err := s.mayAsk(ctx, actor, version)
		if err != nil {
			return err
		}
		if sv, err = s.Store.SurveyOf(ctx, version); fault.KindOf(err) == fault.KindMissing {
			sv, err = Survey{ID: id.New(), JourneyID: v.JourneyID, VersionID: version, CreatedAt: s.Now()}, nil
		}
		if err != nil {
			return err
		}
		sv.Scale, sv.TouchpointScale, sv.Question, sv.Anonymity = q.Scale, q.TouchpointScale, q.Question, q.Anonymity
		if err := s.Store.SaveSurvey(ctx, sv); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: event.JourneyChanged, SubjectKind: "journey", SubjectID: v.JourneyID, ActorID: actor.UserID, At: s.Now(),
			Particulars: map[string]any{"version": v.Number, "survey": q.Scale.String()}})
	})
	if err != nil {
		return Survey{}, fmt.Errorf("set survey of version %d: %w", version, err)
	}
	return sv, nil
}

// mayAsk returns the version when its questions may be changed, and by this actor.
func (s *Service) mayAsk(ctx context.Context, actor people.Actor, version int64) (journey.Version, error) {
	plan, err := s.Store.PlanOf(ctx, version)
	if err != nil {
		return journey.Version{}, err
	}
	j, err := s.Store.JourneyByID(ctx, plan.Version.JourneyID)
	if err != nil {
		return journey.Version{}, err
	}
	if !j.MayEdit(actor) {
		return journey.Version{}, fault.Forbidden("journey.leaders_only")
	}
	answered, err := s.Store.Answered(ctx, version)
	if err == nil && (answered || plan.Version.State == journey.Retired) {
		err = fault.Conflict("journeys.survey_answered")
	}
	return plan.Version, err
}
