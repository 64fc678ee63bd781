package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Touchpoints lists every touchpoint.
func (s *Store) Touchpoints(ctx context.Context) ([]journey.Touchpoint, error) {
	return all[journey.Touchpoint](s.read(ctx).Table("touchpoints").Order("id"))
}

// TouchpointsByID maps the given touchpoints.
func (s *Store) TouchpointsByID(ctx context.Context, ids []int64) (map[int64]journey.Touchpoint, error) {
	rows, err := in[journey.Touchpoint](s.read(ctx), "touchpoints", "id", unique(ids))
	return mapped(rows, func(t journey.Touchpoint) (int64, journey.Touchpoint) { return t.ID, t }), err
}

// TouchpointByID finds a touchpoint.
func (s *Store) TouchpointByID(ctx context.Context, id int64) (journey.Touchpoint, error) {
	return one[journey.Touchpoint](s.read(ctx).Table("touchpoints").Where("id = ?", id), "errors.touchpoint_missing")
}

// SaveTouchpoint adds or replaces a touchpoint.
func (s *Store) SaveTouchpoint(ctx context.Context, t journey.Touchpoint) error {
	return s.change(ctx, func(db *gorm.DB) error { return s.taken(db.Table("touchpoints").Save(&t).Error, "errors.key_taken") })
}

// Journeys lists every journey.
func (s *Store) Journeys(ctx context.Context) ([]journey.Journey, error) {
	return all[journey.Journey](s.read(ctx).Table("journeys").Order("id"))
}

// JourneyFor finds a journey in sight: any for the company, those led, those with an owned touchpoint or one of a
// supervised team.
func (s *Store) JourneyFor(ctx context.Context, scope people.Scope, id int64) (journey.Journey, error) {
	db := journeysInSight(s.read(ctx).Table("journeys").Where("journeys.id = ?", id), scope)
	return one[journey.Journey](db, "errors.journey_missing")
}

// some keeps IN () valid: no id is 0.
func some(ids []int64) []int64 {
	if len(ids) == 0 {
		return []int64{0}
	}
	return ids
}

// JourneyByID finds a journey regardless of who asks; for jobs and rules, not for pages.
func (s *Store) JourneyByID(ctx context.Context, id int64) (journey.Journey, error) {
	return one[journey.Journey](s.read(ctx).Table("journeys").Where("id = ?", id), "errors.journey_missing")
}

// JourneyForChange implements journey.Store.
func (s *Store) JourneyForChange(ctx context.Context, id int64) (journey.Journey, error) {
	return one[journey.Journey](s.kept(ctx).Table("journeys").Where("id = ?", id), "errors.journey_missing")
}

// JourneyByKey finds a journey by the company's own key.
func (s *Store) JourneyByKey(ctx context.Context, key string) (journey.Journey, error) {
	return one[journey.Journey](s.read(ctx).Table("journeys").Where("key = ?", key), "errors.journey_missing")
}

// SaveJourney adds or replaces a journey.
func (s *Store) SaveJourney(ctx context.Context, j journey.Journey) error {
	return s.change(ctx, func(db *gorm.DB) error { return s.taken(db.Table("journeys").Save(&j).Error, "errors.key_taken") })
}

// VersionsOf lists the versions of a journey, the newest first.
func (s *Store) VersionsOf(ctx context.Context, journeyID int64) ([]journey.Version, error) {
	return all[journey.Version](s.read(ctx).Table("journey_versions").Where("journey_id = ?", journeyID).Order("number DESC"))
}

// PlanOf loads a version with its stages and steps.
func (s *Store) PlanOf(ctx context.Context, version int64) (journey.Plan, error) {
	var p journey.Plan
	var err error
	if p.Version, err = one[journey.Version](s.read(ctx).Table("journey_versions").Where("id = ?", version), "errors.version_missing"); err != nil {
		return p, err
	}
	if p.Stages, err = all[journey.Stage](s.read(ctx).Table("stages").Where("version_id = ?", version).Order("position")); err != nil {
		return p, err
	}
	p.Steps, err = all[journey.Step](s.read(ctx).Table("steps").Where("version_id = ?", version).Order("position"))
	return p, err
}

// SavePlan replaces a version whole. Whether it may be changed is the caller's to know (journey.Service).
func (s *Store) SavePlan(ctx context.Context, p journey.Plan) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		db := s.write(ctx)
		if err := db.Table("journey_versions").Save(&p.Version).Error; err != nil {
			return fmt.Errorf("save version %d: %w", p.Version.ID, err)
		}
		for _, table := range []string{"steps", "stages"} {
			if err := db.Exec("DELETE FROM "+table+" WHERE version_id = ?", p.Version.ID).Error; err != nil {
				return fmt.Errorf("empty %s of version %d: %w", table, p.Version.ID, err)
			}
		}
		if err := insert(db, "stages", p.Stages); err != nil {
			return err
		}
		return insert(db, "steps", p.Steps)
	})
}

// Answered reports whether the survey of a version has answers: then the version is not changed any more.
func (s *Store) Answered(ctx context.Context, version int64) (bool, error) {
	n, err := howMany(s.read(ctx).Table("responses").Joins("JOIN surveys ON surveys.id = responses.survey_id").
		Where("surveys.version_id = ?", version).Limit(1))
	return n > 0, err
}

// SurveyOf finds what is asked at the end of a version.
func (s *Store) SurveyOf(ctx context.Context, version int64) (survey.Survey, error) {
	return one[survey.Survey](s.read(ctx).Table("surveys").Where("version_id = ?", version), "errors.survey_missing")
}

// SaveSurvey adds or replaces a survey.
func (s *Store) SaveSurvey(ctx context.Context, sv survey.Survey) error {
	return s.change(ctx, func(db *gorm.DB) error { return db.Table("surveys").Save(&sv).Error })
}

// CopySurvey implements journey.Store.
func (s *Store) CopySurvey(ctx context.Context, from, to int64) error {
	sv, err := s.SurveyOf(ctx, from)
	if missing(err) {
		return nil // a journey without a survey stays without one
	}
	if err != nil {
		return err
	}
	if _, err := s.SurveyOf(ctx, to); !missing(err) {
		return err // the draft has questions of its own
	}
	sv.ID, sv.VersionID = id.New(), to
	return s.SaveSurvey(ctx, sv)
}

// NameThings gives journeys and touchpoints known by these keys their names in further languages; names that somebody
// changed since they were imported stay.
func (s *Store) NameThings(ctx context.Context, texts map[string]i18n.Text) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		for key, text := range texts {
			search := i18n.Normalize(key)
			for _, lang := range i18n.Languages {
				search += " " + i18n.Normalize(text[lang])
			}
			for _, table := range []string{"journeys", "touchpoints"} {
				if err := s.write(ctx).Exec("UPDATE "+table+" SET name = ?, search = ? WHERE key = ? AND name = ?",
					text, search, key, i18n.Plain(text.In(i18n.English))).Error; err != nil {
					return fmt.Errorf("name %s: %w", table, err)
				}
			}
		}
		return nil
	})
}
