package player

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// found makes everything that stands before the first customer comes.
func (p *player) found(ctx context.Context) error {
	for _, step := range []func(context.Context) error{p.policy, p.organisation, p.signUp, p.design, p.houseRules} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// policy: this company asks at once, while the customer remembers, and publishes praise; the rest is as recommended.
func (p *player) policy(ctx context.Context) error {
	policy := survey.DefaultPolicy()
	policy.DelayHours = 0
	return errors.Join(p.store.SaveContactPolicy(ctx, policy), p.praise.SetPublic(ctx, people.System(), true))
}

func (p *player) organisation(ctx context.Context) error {
	for _, e := range p.company.Employees {
		p.employees[e.Key] = id.New()
	}
	for _, t := range p.company.Teams {
		p.teams[t.Key], p.supervisors[t.Key] = id.New(), t.Supervisor
		team := people.Team{ID: p.teams[t.Key], Key: t.Key, Name: t.Name, Search: searchable(t.Key, t.Name), ParentID: p.teams[t.Parent],
			SupervisorID: p.employees[t.Supervisor], CreatedAt: p.now}
		if err := p.store.SaveTeam(ctx, team); err != nil {
			return fmt.Errorf("team %s: %w", t.Key, err)
		}
	}
	for _, e := range p.company.Employees {
		employee := people.Employee{ID: p.employees[e.Key], Key: e.Key, Name: e.Name, Search: i18n.Normalize(e.Name + " " + e.Key + " " + e.Email),
			TeamID: p.teams[e.Team], Email: e.Email, Language: e.Language, Active: true, CreatedAt: p.now}
		if err := p.store.SaveEmployee(ctx, employee); err != nil {
			return fmt.Errorf("employee %s: %w", e.Key, err)
		}
	}
	return nil
}

// signUp gives every employee a sign-in; only those of the demo get a password.
func (p *player) signUp(ctx context.Context) error {
	roles := map[string]string{}
	for _, s := range demo.SignIns() {
		roles[s.Employee] = s.Role
	}
	for _, e := range p.company.Employees {
		u := people.User{ID: id.New(), EmployeeID: p.employees[e.Key], Login: auth.Login(e.Email), Name: e.Name, Language: e.Language, CreatedAt: p.now,
			Manager: roles[e.Key] == string(people.RoleManager), Administrator: roles[e.Key] == string(people.RoleAdministrator)}
		if err := p.store.SaveUser(ctx, u); err != nil {
			return fmt.Errorf("user %s: %w", u.Login, err)
		}
		r := &reader{key: e.Key, team: e.Team, user: u.ID, language: e.Language, signsIn: roles[e.Key] != ""}
		p.people[u.EmployeeID] = r
		p.order = append(p.order, r)
	}
	return nil
}

func searchable(key string, text i18n.Text) string {
	words := []string{key}
	for _, lang := range i18n.Languages {
		words = append(words, text[lang])
	}
	return i18n.Normalize(strings.Join(words, " "))
}

// design draws the touchpoints and the journeys across them.
func (p *player) design(ctx context.Context) error {
	actor := people.System()
	for _, t := range p.company.Touchpoints {
		saved, err := p.journeys.SaveTouchpoint(ctx, actor, journey.Touchpoint{Key: t.Key, Name: t.Name, Channel: t.Channel, Element: t.Element,
			TeamID: p.teams[t.Team], OwnerID: p.employees[t.Owner], Judged: journey.Judged(t.Judged), PromiseDays: t.PromiseDays,
			CostMinor: t.CostMinor, Currency: "EUR"})
		if err != nil {
			return fmt.Errorf("touchpoint %s: %w", t.Key, err)
		}
		p.touchpoints[t.Key] = saved.ID
	}
	for _, j := range p.company.Journeys {
		if err := p.draw(ctx, actor, j); err != nil {
			return fmt.Errorf("journey %s: %w", j.Key, err)
		}
	}
	return nil
}

func (p *player) draw(ctx context.Context, actor people.Actor, j demo.Journey) error {
	made, err := p.journeys.Create(ctx, actor, j.Key, j.Name, j.Need)
	if err != nil {
		return err
	}
	plan, err := p.journeys.Edit(ctx, actor, made.ID, func(plan *journey.Plan) error { return p.path(plan, j) })
	if err != nil {
		return err
	}
	each, err := stat.ParseScale(j.Survey.TouchpointScale)
	if err != nil {
		return err
	}
	err = p.store.SaveSurvey(ctx, survey.Survey{ID: id.New(), JourneyID: made.ID, VersionID: plan.Version.ID,
		Scale: stat.Scale{Metric: stat.Metric(j.Survey.Metric), Lo: j.Survey.Lo, Hi: j.Survey.Hi}, TouchpointScale: each,
		Question: j.Survey.Question, Anonymity: survey.Identified, CreatedAt: p.now})
	if err != nil {
		return err
	}
	p.leaders[j.Key], p.journeyIDs[j.Key] = j.Leader, made.ID
	if err := p.journeys.Publish(ctx, actor, made.ID); err != nil {
		return err
	}
	return p.journeys.Appoint(ctx, actor, made.ID, p.employees[j.Leader])
}

func (p *player) path(plan *journey.Plan, j demo.Journey) error {
	plan.Version.Completes, plan.Version.AbandonAfterDays = journey.Completes(j.Completes), j.AbandonAfterDays
	for _, stage := range j.Stages {
		if err := plan.AddStage(stage.Name); err != nil {
			return err
		}
		at := plan.Stages[len(plan.Stages)-1].ID
		for _, s := range stage.Steps {
			err := plan.AddStep(journey.Step{StageID: at, TouchpointID: p.touchpoints[s.Touchpoint], Mandatory: s.Mandatory, Repeatable: s.Repeatable})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
