package journey

import (
	"slices"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
)

// LastMandatory is the touchpoint whose contact completes a run, 0 when no step is mandatory.
func (p Plan) LastMandatory() int64 {
	var last int64
	for _, s := range p.Steps {
		if s.Mandatory {
			last = s.TouchpointID
		}
	}
	return last
}

// CompletedBy reports whether having met these touchpoints ends a run: the last mandatory step was met.
func (p Plan) CompletedBy(met map[int64]bool) bool {
	last := p.LastMandatory()
	return p.Version.Completes == ByLastMandatory && last != 0 && met[last]
}

// Touchpoints lists the plan's touchpoints in order, each once.
func (p Plan) Touchpoints() []int64 {
	var out []int64
	for _, s := range p.Steps {
		if !slices.Contains(out, s.TouchpointID) {
			out = append(out, s.TouchpointID)
		}
	}
	return out
}

// StageSteps lists the steps of one stage in order.
func (p Plan) StageSteps(stage int64) []Step {
	var out []Step
	for _, s := range p.Steps {
		if s.StageID == stage {
			out = append(out, s)
		}
	}
	return out
}

// Copy is the plan as a new draft: same content, new identities.
func (p Plan) Copy(number int) Plan {
	next := Plan{Version: p.Version}
	next.Version.ID, next.Version.Number, next.Version.State = id.New(), number, Draft
	stages := map[int64]int64{}
	for _, s := range p.Stages {
		old := s.ID
		s.ID, s.VersionID = id.New(), next.Version.ID
		stages[old] = s.ID
		next.Stages = append(next.Stages, s)
	}
	for _, s := range p.Steps {
		s.ID, s.VersionID, s.StageID = id.New(), next.Version.ID, stages[s.StageID]
		next.Steps = append(next.Steps, s)
	}
	return next
}

// AddStage appends a stage.
func (p *Plan) AddStage(name i18n.Text) error {
	if name.Empty() {
		return fault.Invalid(fault.Field{Name: "name", Key: "errors.required"})
	}
	p.Stages = append(p.Stages, Stage{ID: id.New(), VersionID: p.Version.ID, Name: name})
	p.number()
	return nil
}

// RenameStage changes what customers' path calls this part.
func (p *Plan) RenameStage(stage int64, name i18n.Text) error {
	i := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.ID == stage })
	switch {
	case i < 0:
		return fault.Missing("journey.stage_missing")
	case name.Empty():
		return fault.Invalid(fault.Field{Name: "name", Key: "errors.required"})
	}
	p.Stages[i].Name = name
	return nil
}

// RemoveStage takes a stage out together with its steps.
func (p *Plan) RemoveStage(stage int64) {
	p.Stages = slices.DeleteFunc(p.Stages, func(s Stage) bool { return s.ID == stage })
	p.Steps = slices.DeleteFunc(p.Steps, func(s Step) bool { return s.StageID == stage })
	p.number()
}

// MoveStage shifts a stage by one place; at an end it stays.
func (p *Plan) MoveStage(stage int64, up bool) {
	i := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.ID == stage })
	shift(p.Stages, i, up)
	p.number()
}

// AddStep puts a touchpoint at the end of a stage.
func (p *Plan) AddStep(s Step) error {
	if !slices.ContainsFunc(p.Stages, func(st Stage) bool { return st.ID == s.StageID }) {
		return fault.Missing("journey.stage_missing")
	}
	if s.TouchpointID == 0 {
		return fault.Invalid(fault.Field{Name: "touchpoint", Key: "errors.required"})
	}
	s.ID, s.VersionID = id.New(), p.Version.ID
	p.Steps = append(p.Steps, s)
	p.number()
	return nil
}

// ChangeStep sets whether a step must be met and may be repeated.
func (p *Plan) ChangeStep(step int64, mandatory, repeatable bool) error {
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.ID == step })
	if i < 0 {
		return fault.Missing("journey.step_missing")
	}
	p.Steps[i].Mandatory, p.Steps[i].Repeatable = mandatory, repeatable
	return nil
}

// RemoveStep takes a touchpoint off the path.
func (p *Plan) RemoveStep(step int64) {
	p.Steps = slices.DeleteFunc(p.Steps, func(s Step) bool { return s.ID == step })
	p.number()
}

// MoveStep shifts a step by one place within its stage.
func (p *Plan) MoveStep(step int64, up bool) {
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.ID == step })
	if i < 0 {
		return
	}
	j := i + 1
	if up {
		j = i - 1
	}
	if j >= 0 && j < len(p.Steps) && p.Steps[i].StageID == p.Steps[j].StageID {
		p.Steps[i], p.Steps[j] = p.Steps[j], p.Steps[i]
	}
	p.number()
}

// End sets when a run is over: at its last mandatory step or when somebody says so, and after how many silent days it
// counts as abandoned.
func (p *Plan) End(completes Completes, abandonAfterDays int) error {
	var f fault.Problems
	if completes != ByLastMandatory && completes != ByCall {
		f.Add("completes", "errors.choice")
	}
	if abandonAfterDays < 1 || abandonAfterDays > 3650 {
		f.Add("abandon_after_days", "errors.range", "lo", 1, "hi", 3650)
	}
	p.Version.Completes, p.Version.AbandonAfterDays = completes, abandonAfterDays
	return f.Err()
}

// number keeps positions in step with the slices: steps ordered by their stage, then as they stand.
func (p *Plan) number() {
	place := map[int64]int{}
	for i := range p.Stages {
		p.Stages[i].Position = i + 1
		place[p.Stages[i].ID] = i
	}
	slices.SortStableFunc(p.Steps, func(a, b Step) int { return place[a.StageID] - place[b.StageID] })
	for i := range p.Steps {
		p.Steps[i].Position = i + 1
	}
}

func shift[T any](list []T, i int, up bool) {
	j := i + 1
	if up {
		j = i - 1
	}
	if i >= 0 && j >= 0 && j < len(list) {
		list[i], list[j] = list[j], list[i]
	}
}

// Check says whether a plan can be followed: it has a step, and a way to end.
func (p Plan) Check() error {
	var f fault.Problems
	if len(p.Steps) == 0 {
		f.Add("steps", "journey.no_steps")
	}
	if p.Version.Completes == ByLastMandatory && p.LastMandatory() == 0 {
		f.Add("completes", "journey.no_mandatory_step")
	}
	if p.Version.AbandonAfterDays < 1 || p.Version.AbandonAfterDays > 3650 {
		f.Add("abandon_after_days", "errors.range", "lo", 1, "hi", 3650)
	}
	return f.Err()
}

// Suggest proposes the leader: the owner of most of the plan's touchpoints, or, when no owner holds more than one, the
// supervisor of the team that holds most. Ties go to who comes first on the path.
func (p Plan) Suggest(touchpoints map[int64]Touchpoint, supervisorOf func(team int64) int64) Suggestion {
	ids := p.Touchpoints()
	owner, owned := most(ids, func(t int64) int64 { return touchpoints[t].OwnerID })
	team, held := most(ids, func(t int64) int64 { return touchpoints[t].TeamID })
	if owned > 1 || team == 0 {
		return Suggestion{EmployeeID: owner, Holds: owned, Of: len(ids)}
	}
	if s := supervisorOf(team); s != 0 {
		return Suggestion{EmployeeID: s, TeamID: team, Holds: held, Of: len(ids)}
	}
	return Suggestion{EmployeeID: owner, Holds: owned, Of: len(ids)}
}

// most returns the non-zero value that most ids map to, and how many do.
func most(ids []int64, of func(int64) int64) (best int64, count int) {
	n := map[int64]int{}
	for _, id := range ids {
		if v := of(id); v != 0 {
			n[v]++
		}
	}
	for _, id := range ids {
		if v := of(id); n[v] > count {
			best, count = v, n[v]
		}
	}
	return best, count
}
