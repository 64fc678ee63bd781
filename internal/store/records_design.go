package store

import (
	"iter"
	"slices"

	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// abandonAfterDays is when a run of a journey that came with the data counts as abandoned, until somebody edits it.
const abandonAfterDays = 90

// mention is a touchpoint that was met in a contact or rated.
type mention struct {
	ingest.Named
	judged, channel, element string
}

func (t *taking) mentions() iter.Seq2[int, mention] {
	return func(yield func(int, mention) bool) {
		for i, r := range t.good() {
			for _, c := range r.Contacts {
				if !yield(i, mention{c.Touchpoint, c.Judged, c.Channel, c.Element}) {
					return
				}
			}
			if r.Answer == nil {
				continue
			}
			for _, rating := range r.Answer.Ratings {
				if !yield(i, mention{Named: rating.Touchpoint, judged: rating.Judged}) {
					return
				}
			}
		}
	}
}

func (t *taking) takeTouchpoints() error {
	var keys []string
	for _, m := range t.mentions() {
		keys = append(keys, m.Key)
	}
	var err error
	if t.touchpoints, err = byKey(t.s.read(t.ctx), "touchpoints", keys, func(tp journey.Touchpoint) string { return tp.Key }); err != nil {
		return err
	}
	var fresh []journey.Touchpoint
	for i, m := range t.mentions() {
		if _, ok := t.touchpoints[m.Key]; ok || m.Key == "" {
			continue
		}
		name := norm.NFC.String(m.Display())
		tp := journey.Touchpoint{ID: id.New(), Key: m.Key, Name: i18n.Plain(name), Search: i18n.Normalize(name), CreatedAt: t.now,
			Judged: judgedOf(m.judged), Channel: listed(m.channel, journey.Channels), Element: listed(m.element, journey.Elements)}
		t.touchpoints[tp.Key] = tp
		fresh = append(fresh, tp)
		t.out[i].Counts.Touchpoints++
		t.out[i].Created.Touchpoints = append(t.out[i].Created.Touchpoints, name)
	}
	return add(t, "touchpoints", fresh)
}

// judgedOf reads what is judged at a new touchpoint; not said means both.
func judgedOf(said string) journey.Judged {
	switch j := journey.Judged(said); j {
	case journey.JudgedPerson, journey.JudgedProcess:
		return j
	}
	return journey.JudgedBoth
}

func listed(word string, words []string) string {
	if slices.Contains(words, word) {
		return word
	}
	return ""
}

// takeJourneys creates unknown journeys with one live version that ends by call, and gives the journeys that were made
// this way an optional step for every touchpoint first seen on them.
func (t *taking) takeJourneys() error {
	var keys []string
	for _, r := range t.good() {
		keys = append(keys, r.Journey.Key)
	}
	var err error
	if t.journeys, err = byKey(t.s.read(t.ctx), "journeys", keys, func(j journey.Journey) string { return j.Key }); err != nil {
		return err
	}
	t.plans = map[int64]*journey.Plan{}
	for i, r := range t.good() {
		if _, ok := t.journeys[r.Journey.Key]; ok || r.Journey.Key == "" {
			continue
		}
		if err := t.newJourney(i, r); err != nil {
			return err
		}
	}
	return t.newSteps()
}

func (t *taking) newJourney(i int, r *ingest.Record) error {
	name := norm.NFC.String(r.Journey.Display())
	j := journey.Journey{ID: id.New(), Key: r.Journey.Key, Name: i18n.Plain(name), Need: i18n.Text{}, Search: i18n.Normalize(name), VersionID: id.New(), CreatedAt: t.now}
	plan := journey.Plan{Version: journey.Version{ID: j.VersionID, JourneyID: j.ID, Number: 1, State: journey.Live,
		Completes: journey.ByCall, AbandonAfterDays: abandonAfterDays, CreatedAt: t.now}}
	plan.Stages = []journey.Stage{{ID: id.New(), VersionID: j.VersionID, Position: 1, Name: j.Name}}
	t.journeys[j.Key], t.plans[j.VersionID] = j, &plan
	t.out[i].Counts.Journeys++
	t.out[i].Created.Journeys = append(t.out[i].Created.Journeys, name)
	t.events = append(t.events, event.Event{Verb: event.JourneyCreated, SubjectKind: "journey", SubjectID: j.ID, At: t.now})
	if err := t.s.SaveJourney(t.ctx, j); err != nil {
		return err
	}
	if err := t.s.SavePlan(t.ctx, plan); err != nil {
		return err
	}
	return t.s.SaveSurvey(t.ctx, t.newSurvey(j))
}

// newSurvey asks on the scales of the first answer that came with the journey, or how satisfied a customer is from 1 to 5.
func (t *taking) newSurvey(j journey.Journey) survey.Survey {
	scale := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	sv := survey.Survey{ID: id.New(), JourneyID: j.ID, VersionID: j.VersionID, Scale: scale, TouchpointScale: scale,
		Question: i18n.Text{}, Anonymity: survey.Identified, CreatedAt: t.now}
	for _, r := range t.records {
		if r.Journey.Key != j.Key || r.Answer == nil {
			continue
		}
		sv.Scale = r.Answer.Scale
		if len(r.Answer.Ratings) > 0 {
			sv.TouchpointScale = r.Answer.Ratings[0].Scale
		}
		break
	}
	return sv
}

func (t *taking) newSteps() error {
	type place struct{ version, touchpoint int64 }
	seen, changed := map[place]bool{}, map[int64]bool{}
	for i, m := range t.mentions() {
		j, ok := t.journeys[t.records[i].Journey.Key]
		at := place{j.VersionID, t.touchpoints[m.Key].ID}
		if !ok || at.touchpoint == 0 || seen[at] {
			continue
		}
		seen[at] = true
		plan, err := t.plan(at.version)
		if err != nil {
			return err
		}
		if plan.Version.Completes != journey.ByCall || plan.Version.Number != 1 || slices.Contains(plan.Touchpoints(), at.touchpoint) || len(plan.Stages) == 0 {
			continue
		}
		last := plan.Stages[len(plan.Stages)-1]
		if err := plan.AddStep(journey.Step{StageID: last.ID, TouchpointID: at.touchpoint, Repeatable: true}); err != nil {
			return err
		}
		changed[at.version] = true
	}
	for version := range changed {
		if err := t.s.SavePlan(t.ctx, *t.plans[version]); err != nil {
			return err
		}
	}
	return nil
}

func (t *taking) plan(version int64) (*journey.Plan, error) {
	if p, ok := t.plans[version]; ok {
		return p, nil
	}
	p, err := t.s.PlanOf(t.ctx, version)
	t.plans[version] = &p
	return &p, err
}
