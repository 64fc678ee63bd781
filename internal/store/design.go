package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// design is what the settings of many runs have in common: who works where, what is asked, who leads. It is remembered from
// one batch of answers to the next, as long as nothing changes that it was found in. Nobody changes it.
type design struct {
	sight       *recall.Sight
	teams       people.Tree
	touchpoints map[int64]journey.Touchpoint
	leaders     map[int64]int64         // by journey
	surveys     map[int64]survey.Survey // by version of a journey; of some none
}

// lacks reports whether something is not in the design that a walk is about: then it came in a moment ago, and the version
// will tell with the next fold.
func (d *design) lacks(w run.Walk) bool {
	_, led := d.leaders[w.Run.JourneyID]
	_, asked := d.surveys[w.Run.VersionID]
	return !led || !asked || slices.ContainsFunc(w.Contacts, func(c run.Contact) bool {
		_, known := d.touchpoints[c.Interaction.TouchpointID]
		return !known || slices.ContainsFunc(c.People, func(p run.Person) bool {
			_, known := d.teams.Teams[p.TeamID]
			return p.TeamID != 0 && !known
		})
	})
}

// setting is what surrounds a walk.
func (d *design) setting(s *Store, w run.Walk) feedback.Setting {
	return feedback.Setting{Walk: w, Survey: d.surveys[w.Run.VersionID], Leader: d.leaders[w.Run.JourneyID],
		Touchpoints: d.touchpoints, Supervisor: d.teams.Supervisor, Zone: s.zone}
}

// designOf is the design that walks need. What the transaction in ctx has changed itself it reads, and keeps to itself.
func (s *Store) designOf(ctx context.Context, walks map[int64]run.Walk) (*design, error) {
	if t, ok := s.txOf(ctx); ok && t.moved {
		return s.draw(ctx, walks)
	}
	version, err := s.DataVersion(ctx)
	if err != nil {
		return nil, err
	}
	if d := s.design.Load(); d != nil && d.sight.Holds() && !d.lacksAny(walks) {
		return d, nil
	}
	sight := s.changes.Look(version)
	d, err := s.draw(recall.Apart(recall.With(ctx, sight)), walks)
	if err == nil {
		d.sight = sight
		s.design.Store(d)
	}
	return d, err
}

func (d *design) lacksAny(walks map[int64]run.Walk) bool {
	for _, w := range walks {
		if d.lacks(w) {
			return true
		}
	}
	return false
}

// draw reads the design.
func (s *Store) draw(ctx context.Context, walks map[int64]run.Walk) (*design, error) {
	d := &design{leaders: map[int64]int64{}, surveys: map[int64]survey.Survey{}}
	for _, w := range walks {
		d.leaders[w.Run.JourneyID], d.surveys[w.Run.VersionID] = 0, survey.Survey{}
	}
	teams, err := fetch[people.Team](s.read(ctx).Table("teams").Select("id, parent_id, supervisor_id"))
	if err != nil {
		return nil, fmt.Errorf("load teams: %w", err)
	}
	d.teams = people.NewTree(teams)
	leaders, err := in[journey.Journey](s.read(ctx).Select("id, leader_id"), "journeys", "id", slices.Collect(maps.Keys(d.leaders)))
	if err != nil {
		return nil, err
	}
	for _, j := range leaders {
		d.leaders[j.ID] = j.LeaderID
	}
	surveys, err := in[survey.Survey](s.read(ctx), "surveys", "version_id", slices.Collect(maps.Keys(d.surveys)))
	if err != nil {
		return nil, err
	}
	for _, sv := range surveys {
		d.surveys[sv.VersionID] = sv
	}
	touchpoints, err := fetch[journey.Touchpoint](s.read(ctx).Table("touchpoints"))
	if err != nil {
		return nil, err
	}
	d.touchpoints = mapped(touchpoints, func(t journey.Touchpoint) (int64, journey.Touchpoint) { return t.ID, t })
	return d, nil
}
