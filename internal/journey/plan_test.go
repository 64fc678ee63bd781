package journey

import (
	"fmt"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
)

// path is a plan of two stages, A with touchpoints 1 2 3 and B with 4; 3 must be met.
func path(t *testing.T) Plan {
	t.Helper()
	p := Plan{Version: Version{ID: 7, Number: 3, State: Live, Completes: ByLastMandatory, AbandonAfterDays: 30}}
	for _, name := range []string{"A", "B"} {
		if err := p.AddStage(i18n.Plain(name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, touchpoint := range []int64{1, 2, 4, 3} { // 3 is added last and stands in its stage nevertheless
		stage := p.Stages[0].ID
		if touchpoint == 4 {
			stage = p.Stages[1].ID
		}
		if err := p.AddStep(Step{StageID: stage, TouchpointID: touchpoint, Mandatory: touchpoint == 3}); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// drawn writes a plan as "A 1 2 3! | B 4", and checks that positions count from one.
func drawn(t *testing.T, p Plan) string {
	t.Helper()
	var stages []string
	for i, s := range p.Stages {
		if s.Position != i+1 {
			t.Errorf("stage %s is at %d, want %d", s.Name.In(i18n.English), s.Position, i+1)
		}
		line := s.Name.In(i18n.English)
		for _, step := range p.StageSteps(s.ID) {
			line += fmt.Sprintf(" %d", step.TouchpointID)
			if step.Mandatory {
				line += "!"
			}
		}
		stages = append(stages, line)
	}
	for i, s := range p.Steps {
		if s.Position != i+1 {
			t.Errorf("the step at touchpoint %d is at %d, want %d", s.TouchpointID, s.Position, i+1)
		}
	}
	return strings.Join(stages, " | ")
}

func stepAt(p Plan, touchpoint int64) int64 {
	for _, s := range p.Steps {
		if s.TouchpointID == touchpoint {
			return s.ID
		}
	}
	return 0
}

func TestAPathIsEdited(t *testing.T) {
	for sentence, c := range map[string]struct {
		change func(p *Plan) error
		want   string
	}{
		"nothing":                            {func(*Plan) error { return nil }, "A 1 2 3! | B 4"},
		"a stage moves with its steps":       {func(p *Plan) error { p.MoveStage(p.Stages[1].ID, true); return nil }, "B 4 | A 1 2 3!"},
		"the first stage stays first":        {func(p *Plan) error { p.MoveStage(p.Stages[0].ID, true); return nil }, "A 1 2 3! | B 4"},
		"the last stage stays last":          {func(p *Plan) error { p.MoveStage(p.Stages[1].ID, false); return nil }, "A 1 2 3! | B 4"},
		"a stage that is not there stays so": {func(p *Plan) error { p.MoveStage(99, false); return nil }, "A 1 2 3! | B 4"},
		"a stage goes with its steps":        {func(p *Plan) error { p.RemoveStage(p.Stages[0].ID); return nil }, "B 4"},
		"a stage is renamed":                 {func(p *Plan) error { return p.RenameStage(p.Stages[1].ID, i18n.Plain("C")) }, "A 1 2 3! | C 4"},
		"a step moves up":                    {func(p *Plan) error { p.MoveStep(stepAt(*p, 3), true); return nil }, "A 1 3! 2 | B 4"},
		"a step moves down":                  {func(p *Plan) error { p.MoveStep(stepAt(*p, 1), false); return nil }, "A 2 1 3! | B 4"},
		"a step does not leave its stage":    {func(p *Plan) error { p.MoveStep(stepAt(*p, 3), false); return nil }, "A 1 2 3! | B 4"},
		"nor upwards":                        {func(p *Plan) error { p.MoveStep(stepAt(*p, 4), true); return nil }, "A 1 2 3! | B 4"},
		"the very first step stays":          {func(p *Plan) error { p.MoveStep(stepAt(*p, 1), true); return nil }, "A 1 2 3! | B 4"},
		"a step goes":                        {func(p *Plan) error { p.RemoveStep(stepAt(*p, 2)); return nil }, "A 1 3! | B 4"},
		"a step becomes mandatory":           {func(p *Plan) error { return p.ChangeStep(stepAt(*p, 4), true, false) }, "A 1 2 3! | B 4!"},
	} {
		p := path(t)
		if err := c.change(&p); err != nil {
			t.Errorf("%s: %v", sentence, err)
		}
		if got := drawn(t, p); got != c.want {
			t.Errorf("%s: %s, want %s", sentence, got, c.want)
		}
	}
}

func TestAPathRefusesWhatCannotBe(t *testing.T) {
	for sentence, c := range map[string]struct {
		change func(p *Plan) error
		want   fault.Kind
	}{
		"a stage without a name":              {func(p *Plan) error { return p.AddStage(i18n.Text{}) }, fault.KindInvalid},
		"no name for a stage that had one":    {func(p *Plan) error { return p.RenameStage(p.Stages[0].ID, nil) }, fault.KindInvalid},
		"a name for a stage that is not":      {func(p *Plan) error { return p.RenameStage(99, i18n.Plain("x")) }, fault.KindMissing},
		"a step in a stage that is not":       {func(p *Plan) error { return p.AddStep(Step{StageID: 99, TouchpointID: 1}) }, fault.KindMissing},
		"a step nowhere":                      {func(p *Plan) error { return p.AddStep(Step{StageID: p.Stages[0].ID}) }, fault.KindInvalid},
		"a change of a step that is not":      {func(p *Plan) error { return p.ChangeStep(99, true, true) }, fault.KindMissing},
		"an end of another kind":              {func(p *Plan) error { return p.End("never", 30) }, fault.KindInvalid},
		"abandoned before the day is over":    {func(p *Plan) error { return p.End(ByCall, 0) }, fault.KindInvalid},
		"abandoned after more than ten years": {func(p *Plan) error { return p.End(ByCall, 3651) }, fault.KindInvalid},
	} {
		p := path(t)
		before := drawn(t, p)
		if err := c.change(&p); fault.KindOf(err) != c.want || err == nil {
			t.Errorf("%s: %v, want kind %d", sentence, err, c.want)
		}
		if after := drawn(t, p); after != before {
			t.Errorf("%s: it was changed to %s all the same", sentence, after)
		}
	}
}

func TestACopySharesNothingWithItsOriginal(t *testing.T) {
	p := path(t)
	next := p.Copy(4)
	if drawn(t, next) != drawn(t, p) || next.Version.Number != 4 || next.Version.State != Draft || next.Version.ID == p.Version.ID {
		t.Errorf("copied to %+v: %s", next.Version, drawn(t, next))
	}
	known := map[int64]bool{}
	for _, s := range p.Stages {
		known[s.ID] = true
	}
	for _, s := range p.Steps {
		known[s.ID] = true
	}
	for _, s := range next.Stages {
		if known[s.ID] || s.VersionID != next.Version.ID {
			t.Errorf("stage %+v is the original's", s)
		}
	}
	for _, s := range next.Steps {
		if known[s.ID] || known[s.StageID] || s.VersionID != next.Version.ID {
			t.Errorf("step %+v is the original's", s)
		}
	}
	next.RemoveStage(next.Stages[0].ID)
	if drawn(t, p) != "A 1 2 3! | B 4" {
		t.Errorf("editing the copy changed the original: %s", drawn(t, p))
	}
}

func TestTheLeaderIsWhoHoldsMost(t *testing.T) {
	tp := func(owner, team int64) Touchpoint { return Touchpoint{OwnerID: owner, TeamID: team} }
	supervisors := map[int64]int64{10: 100, 20: 200}
	for sentence, c := range map[string]struct {
		touchpoints map[int64]Touchpoint
		want        Suggestion
	}{
		"an owner of several":                       {map[int64]Touchpoint{1: tp(5, 10), 2: tp(6, 10), 3: tp(6, 20), 4: tp(0, 10)}, Suggestion{EmployeeID: 6, Holds: 2, Of: 4}},
		"else the supervisor of the team with most": {map[int64]Touchpoint{1: tp(5, 20), 2: tp(6, 10), 3: tp(0, 10), 4: tp(0, 20)}, Suggestion{EmployeeID: 200, TeamID: 20, Holds: 2, Of: 4}},
		"else who owns one, if teams have nobody":   {map[int64]Touchpoint{1: tp(0, 30), 2: tp(6, 30), 3: tp(0, 30), 4: tp(0, 30)}, Suggestion{EmployeeID: 6, Holds: 1, Of: 4}},
		"nobody where nobody holds anything":        {map[int64]Touchpoint{1: tp(0, 0), 2: tp(0, 0), 3: tp(0, 0), 4: tp(0, 0)}, Suggestion{Of: 4}},
	} {
		if got := path(t).Suggest(c.touchpoints, func(team int64) int64 { return supervisors[team] }); got != c.want {
			t.Errorf("%s: %+v, want %+v", sentence, got, c.want)
		}
	}
}
