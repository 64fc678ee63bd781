package staff

import (
	"context"
	"slices"
	"strconv"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// teamsToName are the teams that somebody may give work on journeys to: all for who keeps the organisation; else those that
// serve at the journeys' touchpoints, her own with those below it, those she supervises and the ones given, each with the
// teams above it.
func (d *Desk) teamsToName(ctx context.Context, actor people.Actor, journeys []int64, also ...int64) (people.Tree, error) {
	tree, err := d.Store.Tree(ctx)
	if err != nil || actor.MaySeePeople() {
		return tree, err
	}
	known, err := d.servingTeams(ctx, journeys)
	if err != nil {
		return people.Tree{}, err
	}
	known = slices.Concat(known, also, actor.Supervises)
	if actor.EmployeeID != 0 {
		me, err := d.Store.EmployeeByID(ctx, actor.EmployeeID)
		if err != nil {
			return people.Tree{}, err
		}
		if me.TeamID != 0 {
			known = append(known, tree.Below(me.TeamID)...)
		}
	}
	var out []people.Team
	for id, t := range tree.Teams {
		if slices.ContainsFunc(known, func(k int64) bool { return slices.Contains(tree.Path(k), id) }) {
			out = append(out, t)
		}
	}
	return people.NewTree(out), nil
}

// servingTeams are the teams at the touchpoints of journeys as they are now.
func (d *Desk) servingTeams(ctx context.Context, journeys []int64) ([]int64, error) {
	var places, out []int64
	for _, id := range journeys {
		j, err := d.Store.JourneyByID(ctx, id)
		if err != nil {
			return nil, err
		}
		plan, err := d.Store.PlanOf(ctx, j.VersionID)
		if err != nil {
			return nil, err
		}
		places = append(places, plan.Touchpoints()...)
	}
	touchpoints, err := d.Store.TouchpointsByID(ctx, places)
	for _, t := range touchpoints {
		if t.TeamID != 0 {
			out = append(out, t.TeamID)
		}
	}
	return out, err
}

// teamsByName offers teams in the order of the reader's alphabet, after the choice of none.
func teamsByName(r *i18n.Reader, teams people.Tree, none ui.Option, chosen int64) []ui.Option {
	out := []ui.Option{none}
	for id, t := range teams.Teams {
		out = append(out, ui.Option{Value: strconv.FormatInt(id, 10), Text: t.Name.In(r.Lang()), Chosen: id == chosen})
	}
	slices.SortFunc(out[1:], func(a, b ui.Option) int { return r.Compare(a.Text, b.Text) })
	return out
}
