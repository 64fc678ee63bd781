package insight

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
)

// TeamLine is one team of a tree with a figure per scale; it includes the teams below.
type TeamLine struct {
	Team      people.Team
	Depth     int
	Figures   []Line // in the order of the scales
	Concealed []bool // large enough, but hidden so that a smaller group cannot be found by subtraction
}

// Teams answers for the given teams (nil: all) over the last days, in the order of the tree. Where a team is shown with
// its parts, small parts and as many others as needed are hidden (methods.md §1.12).
func (s *Service) Teams(ctx context.Context, teams []int64, days int32) ([]stat.Scale, []TeamLine, error) {
	tree, err := s.Store.Tree(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("figures of a tree: %w", err)
	}
	today := i18n.Day(s.Now(), s.Zone)
	lines, err := s.Figures(ctx, Question{By: feedback.ByTeam, IDs: teams, From: PeriodStart(today, days), To: today})
	if err != nil {
		return nil, nil, err
	}
	scales := Scales(lines)
	out := Arrange(tree, teams)
	for _, scale := range scales {
		tallies, found, guarded := map[int64]stat.Tally{}, map[int64]Line{}, map[int64]bool{}
		for _, l := range lines {
			if l.Scale == scale {
				tallies[l.ID], found[l.ID], guarded[l.ID] = l.Tally, l, l.Figure.Level == stat.Suppressed
			}
		}
		hidden := conceal(tree, out, tallies, guarded)
		for i, l := range out {
			f, ok := found[l.Team.ID]
			if !ok {
				f = Line{ID: l.Team.ID, Scale: scale, Figure: stat.Figure{Level: stat.None}}
			}
			concealed := hidden[l.Team.ID] && f.Figure.Level != stat.Suppressed && f.Figure.Level != stat.None
			if concealed {
				f.Figure = f.Figure.Hidden()
			}
			out[i].Figures, out[i].Concealed = append(l.Figures, f), append(l.Concealed, concealed)
		}
	}
	return scales, out, nil
}

// Arrange puts teams in the order of the tree, each below its nearest parent in sight; nil
// arranges all.
func Arrange(tree people.Tree, teams []int64) []TeamLine {
	inSight := func(id int64) bool { return teams == nil || slices.Contains(teams, id) }
	seen := map[int64]bool{}
	var out []TeamLine
	var walk func(id int64, depth int)
	walk = func(id int64, depth int) {
		for _, child := range tree.Children(id) {
			if seen[child] {
				continue
			}
			seen[child] = true
			below := depth
			if inSight(child) {
				out = append(out, TeamLine{Team: tree.Teams[child], Depth: depth})
				below++
			}
			walk(child, below)
		}
	}
	walk(0, 0)
	return out
}

// conceal finds the teams whose figure would give away a small group: parts of a shown total, level by level. What is
// left of a total besides its parts is a part as well. The parts of a hidden total are hidden. guarded are teams that are
// hidden already, however large they are (guard).
func conceal(tree people.Tree, lines []TeamLine, tallies map[int64]stat.Tally, guarded map[int64]bool) map[int64]bool {
	hidden, listed := map[int64]bool{}, map[int64]bool{}
	maps.Copy(hidden, guarded)
	for _, l := range lines {
		listed[l.Team.ID] = true
	}
	for _, l := range lines {
		whole := tallies[l.Team.ID].N
		var parts []int64
		var counts []int64
		var already []bool
		rest := whole
		for _, child := range tree.Children(l.Team.ID) {
			if listed[child] {
				parts, counts, already = append(parts, child), append(counts, tallies[child].N), append(already, hidden[child])
				rest -= tallies[child].N
			}
		}
		if len(parts) == 0 {
			continue
		}
		small := hidden[l.Team.ID] || whole < stat.K
		for i, hide := range stat.SuppressBeside(append(counts, max(0, rest)), append(already, false))[:len(parts)] {
			hidden[parts[i]] = hide || small
		}
	}
	return hidden
}
