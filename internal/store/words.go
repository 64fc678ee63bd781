package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/people"
)

// manyTeams is how many teams are asked for their latest ratings one by one; those of more are found among everybody's.
const manyTeams = 50

// CommentsOn implements insight.Store. It begins with the latest answers by an index and looks no further, so that it costs
// the same however many there are.
func (s *Store) CommentsOn(ctx context.Context, scope people.Scope, q insight.WordsQuestion) ([]insight.Comment, error) {
	f := WordFilter{Mood: q.Mood}
	scales, err := s.scalesOf(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("comments: %w", err)
	}
	var parts []string
	var args []any
	for value, part := range commentsAbout(scope, q) {
		f.narrow(&part, value, scales)
		parts, args = append(parts, part.sql), append(args, part.args...)
	}
	rows, err := all[insight.Comment](s.read(ctx).Raw(`SELECT x.*, p.run_id, p.journey_id, p.customer_id, p.language, p.anonymity,
			COALESCE(c.name, '') AS customer
		FROM (SELECT * FROM (`+strings.Join(parts, " UNION ALL ")+`) y ORDER BY answered_at DESC, response_id DESC, touchpoint_id LIMIT ?) x
		JOIN responses p ON p.id = x.response_id LEFT JOIN customers c ON c.id = p.customer_id
		ORDER BY x.answered_at DESC, x.response_id DESC, x.touchpoint_id`, append(args, q.Comments)...))
	if err != nil {
		return nil, fmt.Errorf("comments: %w", err)
	}
	return rows, nil
}

// ServedOn implements insight.Store.
func (s *Store) ServedOn(ctx context.Context, runs []int64) (map[int64][]string, error) {
	type served struct {
		RunID int64
		Name  string
	}
	rows, err := in[served](s.read(ctx).Select("interactions.run_id, e.name").Joins("JOIN interaction_people w ON w.interaction_id = interactions.id").
		Joins("JOIN employees e ON e.id = w.employee_id").Distinct(), "interactions", "run_id", unique(runs))
	if err != nil {
		return nil, fmt.Errorf("who served: %w", err)
	}
	out := map[int64][]string{}
	for _, r := range rows {
		out[r.RunID] = append(out[r.RunID], r.Name)
	}
	return out, nil
}

const (
	saidWhole = "SELECT r.id AS response_id, 0 AS touchpoint_id, r.comment AS text, r.scale, r.overall AS value, r.answered_at FROM "
	saidOf    = "SELECT r.response_id, r.touchpoint_id, r.comment AS text, r.scale, r.value, r.answered_at FROM "
	ofAnswers = " l JOIN ratings r ON r.response_id = l.id"
	worded    = " WHERE r.comment <> ''"
	readable  = " AND r.response_id NOT IN " + hushed
)

// commentsAbout are the queries for what a question is about, by the column that says whether a customer was satisfied: each in the
// scope, and among the latest answers.
func commentsAbout(scope people.Scope, q insight.WordsQuestion) map[string]wordQuery {
	switch {
	case q.Teams:
		return map[string]wordQuery{"r.value": commentsToTeams(scope, q)}
	case q.Touchpoint != 0:
		ratings := latest("ratings", "comment <> '' AND touchpoint_id", q.Touchpoint, q) // packed_ratings_worded has no others
		ratings.sql = saidOf + ratings.sql + " r WHERE 1 = 1"
		ratings.ratingInSight(scope)
		return map[string]wordQuery{"r.value": ratings}
	}
	whole, ratings := latest("responses", "journey_id", q.Journey, q), latest("responses", "journey_id", q.Journey, q)
	whole.sql, ratings.sql = saidWhole+whole.sql+" r"+worded, saidOf+ratings.sql+ofAnswers+worded
	whole.wholeInSight(scope)
	ratings.ratingInSight(scope)
	return map[string]wordQuery{"r.overall": whole, "r.value": ratings}
}

// latest are the latest rows since a time; id 0 asks for no column's.
func latest(table, column string, id int64, q insight.WordsQuestion) wordQuery {
	rows := wordQuery{sql: "(SELECT * FROM " + table + " WHERE 1 = 1"}
	if id != 0 {
		rows.and(column+" = ?", id)
	}
	if !q.From.IsZero() {
		rows.and("answered_at >= ?", q.From)
	}
	return wordQuery{sql: rows.sql + " ORDER BY answered_at DESC LIMIT ?)", args: append(rows.args, q.Answers)}
}

// commentsToTeams is what was said of ratings that the teams in sight hold.
func commentsToTeams(scope people.Scope, q insight.WordsQuestion) wordQuery {
	teams := scope.Teams()
	if scope.Company() || len(teams) > manyTeams {
		ratings := latest("responses", "", 0, q)
		ratings.sql = saidOf + ratings.sql + ofAnswers + worded + readable
		if scope.Company() {
			ratings.and(attributed)
		} else {
			ratings.and(held, teams)
		}
		return ratings
	}
	var parts []string
	var args []any
	for _, team := range some(teams) {
		parts = append(parts, `SELECT * FROM (SELECT a.response_id, a.touchpoint_id FROM attributions a WHERE a.team_id = ? AND a.active AND a.response_id > ?
			ORDER BY a.response_id DESC LIMIT ?) t`)
		args = append(args, team, id.Since(q.From), q.Answers/max(1, len(teams)))
	}
	return wordQuery{sql: saidOf + "(" + strings.Join(parts, " UNION ") + ") l JOIN ratings r ON r.response_id = l.response_id AND r.touchpoint_id = l.touchpoint_id" +
		worded + readable + " AND r.answered_at >= ?", args: append(args, q.From)}
}
