package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Waiting is how much feedback one audience got, and how much of it nobody has read or replied to.
type Waiting struct {
	Audience               feedback.Audience
	Got, Unread, Unreplied int
}

// WaitingBy counts feedback per audience within a span; what no longer concerns anybody is left out.
func (s *Store) WaitingBy(ctx context.Context, span Span) ([]Waiting, error) {
	db := s.read(ctx).Table("feedback").Select(`audience, COUNT(*) AS got, COUNT(CASE WHEN read_at IS NULL THEN 1 END) AS unread,
		COUNT(CASE WHEN reply = '' THEN 1 END) AS unreplied`).Where("withdrawn_at IS NULL").Group("audience").Order("audience")
	return all[Waiting](span.within(db, "at"))
}

// OpenDisputes counts the "not me" and "this was the system" that no supervisor has settled.
func (s *Store) OpenDisputes(ctx context.Context) (int, error) {
	return howMany(s.read(ctx).Table("notices").Where("reply <> '' AND reply IN ? AND settled_at IS NULL", []feedback.Reply{feedback.ReplyNotMe, feedback.ReplySystem}))
}

// Unattributed counts the ratings answered within a span that concern nobody and no team.
func (s *Store) Unattributed(ctx context.Context, span Span) (int, error) {
	// Those that concern one person or team say so themselves: ratings_team leads to the few that do not.
	db := s.read(ctx).Table("ratings").Where(`team_id = 0 AND employee_id = 0 AND NOT EXISTS (SELECT 1 FROM further_attributions a
		WHERE a.response_id = ratings.response_id AND a.touchpoint_id = ratings.touchpoint_id AND a.active)`)
	return howMany(span.within(db, "answered_at"))
}

// Readers says of a part of the company how many people got feedback about their work, and how many opened at least one
// within the time given.
type Readers struct {
	TeamID      int64 // 0: everybody
	Got, Opened int
}

// ReadersBy counts the readers of each department (people.Tree.Departments): those who got feedback about their own
// work within the span, and those among them who opened some of it within patience. The first line is the whole company;
// department 0 among the others are people without a team.
func (s *Store) ReadersBy(ctx context.Context, span Span, patience time.Duration) ([]Readers, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := all[struct{ EmployeeID, TeamID, Opened int64 }](span.within(s.read(ctx).Table("feedback").
		Select("feedback.employee_id, employees.team_id, MAX(CASE WHEN "+s.d.soon("feedback.read_at", "feedback.at")+" THEN 1 ELSE 0 END) AS opened", patience.Seconds()).
		Joins("JOIN employees ON employees.id = feedback.employee_id").
		Where("feedback.audience = ? AND feedback.withdrawn_at IS NULL", feedback.ToEmployee), "feedback.at").
		Group("feedback.employee_id, employees.team_id"))
	if err != nil {
		return nil, fmt.Errorf("count readers: %w", err)
	}
	opened, team := map[int64]bool{}, map[int64]int64{}
	for _, r := range rows {
		team[r.EmployeeID] = r.TeamID
		opened[r.EmployeeID] = r.Opened > 0
	}
	return readers(tree, team, opened), nil
}

func readers(tree people.Tree, team map[int64]int64, opened map[int64]bool) []Readers {
	departments := tree.Departments()
	out := make([]Readers, 1, len(departments)+2)
	place := map[int64]int{}
	for _, d := range slices.Concat(departments, []int64{0}) {
		for _, below := range tree.Below(d) {
			if d != 0 {
				place[below] = len(out)
			}
		}
		out = append(out, Readers{TeamID: d})
	}
	for who, read := range opened {
		i, ok := place[team[who]]
		if !ok {
			i = len(out) - 1
		}
		for _, line := range []int{0, i} {
			out[line].Got++
			if read {
				out[line].Opened++
			}
		}
	}
	return out
}
