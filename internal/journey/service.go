package journey

import (
	"context"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Store is what the design of journeys needs kept. Finders answer Missing faults.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// JourneyForChange finds a journey and keeps it for this transaction, so that changes follow one another: two drafts begun
	// at once would otherwise want the same number.
	JourneyForChange(ctx context.Context, id int64) (Journey, error)
	SaveJourney(ctx context.Context, j Journey) error
	VersionsOf(ctx context.Context, journey int64) ([]Version, error)
	PlanOf(ctx context.Context, version int64) (Plan, error)
	SavePlan(ctx context.Context, p Plan) error
	// DropVersion removes a version that nothing follows yet, with its stages, steps and questions.
	DropVersion(ctx context.Context, version int64) error
	// Answered reports whether the survey of a version has answers.
	Answered(ctx context.Context, version int64) (bool, error)
	// CopySurvey gives a new version the questions of another.
	CopySurvey(ctx context.Context, from, to int64) error
	TouchpointByID(ctx context.Context, id int64) (Touchpoint, error)
	TouchpointsByID(ctx context.Context, ids []int64) (map[int64]Touchpoint, error)
	SaveTouchpoint(ctx context.Context, t Touchpoint) error
	Tree(ctx context.Context) (people.Tree, error)
	// SaveEffort notes how many person-days mending a touchpoint of a journey takes; 0 forgets it.
	SaveEffort(ctx context.Context, journey, touchpoint int64, days int) error
}

// Service is how journeys are designed.
type Service struct {
	Store  Store
	Ledger event.Ledger
	Now    func() time.Time
}

// MayEdit: a journey is designed by managers and by its leader.
func (j Journey) MayEdit(a people.Actor) bool {
	return a.Manager || (j.LeaderID != 0 && j.LeaderID == a.EmployeeID)
}

// MayEdit: a touchpoint is described by managers and by its owner.
func (t Touchpoint) MayEdit(a people.Actor) bool {
	return a.Manager || (t.OwnerID != 0 && t.OwnerID == a.EmployeeID)
}

// Create adds a journey with an empty live version.
func (s *Service) Create(ctx context.Context, actor people.Actor, key string, name, need i18n.Text) (Journey, error) {
	if !actor.Manager {
		return Journey{}, fault.Forbidden("journey.managers_only")
	}
	now := s.Now()
	j := Journey{ID: id.New(), Key: key, Name: name, Need: need, Search: searchable(key, name, need), VersionID: id.New(), CreatedAt: now}
	if err := j.check(); err != nil {
		return j, err
	}
	plan := Plan{Version: Version{ID: j.VersionID, JourneyID: j.ID, Number: 1, State: Live, Completes: ByLastMandatory, AbandonAfterDays: 60, CreatedAt: now}}
	return j, s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.SaveJourney(ctx, j); err != nil {
			return err
		}
		if err := s.Store.SavePlan(ctx, plan); err != nil {
			return err
		}
		return s.tell(ctx, actor, event.JourneyCreated, j.ID, nil)
	})
}

func (j Journey) check() error {
	var p fault.Problems
	if j.Key == "" {
		p.Add("key", "errors.required")
	}
	if j.Name.Empty() {
		p.Add("name", "errors.required")
	}
	return p.Err()
}

// searchable is everything a journey or touchpoint can be found by.
func searchable(key string, texts ...i18n.Text) string {
	all := key
	for _, t := range texts {
		for _, lang := range i18n.Languages {
			all += " " + t[lang]
		}
	}
	return i18n.Normalize(all)
}

// Describe changes a journey's name and need.
func (s *Service) Describe(ctx context.Context, actor people.Actor, journey int64, name, need i18n.Text) error {
	return s.change(ctx, actor, journey, event.JourneyChanged, func(_ context.Context, j *Journey) (map[string]any, error) {
		j.Name, j.Need, j.Search = name, need, searchable(j.Key, name, need)
		return nil, j.check()
	})
}

// MaxEffort is the greatest number of person-days that can be estimated.
const MaxEffort = 9999

// Estimate notes how many person-days it would take to mend a touchpoint of a journey, 1..MaxEffort; 0 takes the estimate
// back. Whoever may edit the journey may. It changes the order of what to fix first and nothing else.
func (s *Service) Estimate(ctx context.Context, actor people.Actor, journey, touchpoint int64, days int) error {
	if days < 0 || days > MaxEffort {
		return fault.Invalid(fault.Field{Name: "days", Key: "fix.effort_range", Args: []any{"max", MaxEffort}})
	}
	return s.change(ctx, actor, journey, event.EffortEstimated, func(ctx context.Context, _ *Journey) (map[string]any, error) {
		if _, err := s.Store.TouchpointByID(ctx, touchpoint); err != nil {
			return nil, err
		}
		return map[string]any{"touchpoint": fmt.Sprint(touchpoint), "days": days}, s.Store.SaveEffort(ctx, journey, touchpoint, days)
	})
}

// Appoint makes an employee the journey's leader; 0 leaves it without one.
func (s *Service) Appoint(ctx context.Context, actor people.Actor, journey, leader int64) error {
	if !actor.MayAppoint() {
		return fault.Forbidden("journey.managers_only")
	}
	return s.change(ctx, actor, journey, event.LeaderAppointed, func(_ context.Context, j *Journey) (map[string]any, error) {
		before := j.LeaderID
		j.LeaderID = leader
		return map[string]any{"from": fmt.Sprint(before), "to": fmt.Sprint(leader)}, nil
	})
}

func (s *Service) change(ctx context.Context, actor people.Actor, journey int64, verb string, change func(ctx context.Context, j *Journey) (map[string]any, error)) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		j, err := s.Store.JourneyForChange(ctx, journey)
		if err != nil {
			return err
		}
		if !j.MayEdit(actor) {
			return fault.Forbidden("journey.leaders_only")
		}
		particulars, err := change(ctx, &j)
		if err != nil {
			return err
		}
		if err := s.Store.SaveJourney(ctx, j); err != nil {
			return err
		}
		return s.tell(ctx, actor, verb, journey, particulars)
	})
}

func (s *Service) tell(ctx context.Context, actor people.Actor, verb string, journey int64, particulars map[string]any) error {
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "journey", SubjectID: journey, ActorID: actor.UserID, At: s.Now(), Particulars: particulars})
}

// Editable is the plan that an edit would change: an open draft; else the live version while its survey has no answers;
// else a new draft copied from it (saved with the first edit).
func (s *Service) Editable(ctx context.Context, j Journey) (Plan, error) {
	versions, err := s.Store.VersionsOf(ctx, j.ID)
	if err != nil {
		return Plan{}, err
	}
	number := 0
	for _, v := range versions {
		number = max(number, v.Number)
		if v.State == Draft {
			return s.Store.PlanOf(ctx, v.ID)
		}
	}
	plan, err := s.Store.PlanOf(ctx, j.VersionID)
	if err != nil {
		return plan, err
	}
	answered, err := s.Store.Answered(ctx, j.VersionID)
	if err != nil || !answered {
		return plan, err
	}
	draft := plan.Copy(number + 1)
	draft.Version.CreatedAt = s.Now()
	return draft, nil
}

// Edit changes the editable plan of a journey. Stages and steps keep their numbers from edit to edit, but a draft has
// numbers of its own: a page that edits an answered version starts the draft first (StartDraft).
func (s *Service) Edit(ctx context.Context, actor people.Actor, journey int64, change func(*Plan) error) (Plan, error) {
	var plan Plan
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		j, err := s.Store.JourneyForChange(ctx, journey)
		if err != nil {
			return err
		}
		if !j.MayEdit(actor) {
			return fault.Forbidden("journey.leaders_only")
		}
		if plan, err = s.Editable(ctx, j); err != nil {
			return err
		}
		if err := change(&plan); err != nil {
			return err
		}
		if err := s.Store.SavePlan(ctx, plan); err != nil {
			return err
		}
		return s.tell(ctx, actor, event.JourneyChanged, journey, map[string]any{"version": plan.Version.Number})
	})
	return plan, err
}

// StartDraft opens the next version for editing, or returns the plan that can be edited already.
func (s *Service) StartDraft(ctx context.Context, actor people.Actor, journey int64) (Plan, error) {
	return s.Edit(ctx, actor, journey, func(*Plan) error { return nil })
}

// Discard throws the draft away; the live version stays as it is.
func (s *Service) Discard(ctx context.Context, actor people.Actor, journey int64) error {
	return s.change(ctx, actor, journey, event.JourneyChanged, func(ctx context.Context, j *Journey) (map[string]any, error) {
		plan, err := s.Editable(ctx, *j)
		if err != nil {
			return nil, err
		}
		if plan.Version.State != Draft {
			return nil, fault.Conflict("journeys.no_draft")
		}
		return map[string]any{"discarded": plan.Version.Number}, s.Store.DropVersion(ctx, plan.Version.ID)
	})
}

// Publish makes the draft the version that new runs follow; open runs keep theirs.
func (s *Service) Publish(ctx context.Context, actor people.Actor, journey int64) error {
	return s.change(ctx, actor, journey, event.JourneyPublished, func(ctx context.Context, j *Journey) (map[string]any, error) {
		plan, err := s.Editable(ctx, *j)
		if err != nil {
			return nil, err
		}
		if err := plan.Check(); err != nil {
			return nil, err
		}
		if plan.Version.ID == j.VersionID {
			return map[string]any{"version": plan.Version.Number}, nil
		}
		old, err := s.Store.PlanOf(ctx, j.VersionID)
		if err != nil {
			return nil, err
		}
		old.Version.State, plan.Version.State = Retired, Live
		if err := s.Store.SavePlan(ctx, old); err != nil {
			return nil, err
		}
		if err := s.Store.SavePlan(ctx, plan); err != nil {
			return nil, err
		}
		if err := s.Store.CopySurvey(ctx, old.Version.ID, plan.Version.ID); err != nil {
			return nil, err
		}
		j.VersionID = plan.Version.ID
		return map[string]any{"version": plan.Version.Number}, nil
	})
}

// SaveTouchpoint adds (ID 0) or changes a touchpoint. Owners may describe; whose it is, managers decide.
func (s *Service) SaveTouchpoint(ctx context.Context, actor people.Actor, t Touchpoint) (Touchpoint, error) {
	if err := t.Check(); err != nil {
		return t, err
	}
	t.Search = searchable(t.Key, t.Name)
	return t, s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.mayPut(ctx, actor, &t); err != nil {
			return err
		}
		if err := s.Store.SaveTouchpoint(ctx, t); err != nil {
			return err
		}
		return s.Ledger.Record(ctx, event.Event{Verb: event.TouchpointChanged, SubjectKind: "touchpoint", SubjectID: t.ID, ActorID: actor.UserID, At: s.Now()})
	})
}

func (s *Service) mayPut(ctx context.Context, actor people.Actor, t *Touchpoint) error {
	if t.ID == 0 {
		if !actor.Manager && len(actor.Leads) == 0 {
			return fault.Forbidden("journey.leaders_only")
		}
		t.ID, t.CreatedAt = id.New(), s.Now()
		return nil
	}
	old, err := s.Store.TouchpointByID(ctx, t.ID)
	if err != nil {
		return err
	}
	if !old.MayEdit(actor) && len(actor.Leads) == 0 {
		return fault.Forbidden("journey.owners_only")
	}
	t.CreatedAt = old.CreatedAt
	if !actor.MayAppoint() {
		t.OwnerID, t.TeamID = old.OwnerID, old.TeamID
	}
	return nil
}

// Suggest proposes the leader of a journey from its live plan.
func (s *Service) Suggest(ctx context.Context, j Journey) (Suggestion, error) {
	plan, err := s.Store.PlanOf(ctx, j.VersionID)
	if err != nil {
		return Suggestion{}, err
	}
	touchpoints, err := s.Store.TouchpointsByID(ctx, plan.Touchpoints())
	if err != nil {
		return Suggestion{}, err
	}
	tree, err := s.Store.Tree(ctx)
	if err != nil {
		return Suggestion{}, err
	}
	return plan.Suggest(touchpoints, tree.Supervisor), nil
}
