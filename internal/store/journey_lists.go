package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// Span is a stretch of time, Until excluded; a zero From or Until leaves that side open.
type Span struct{ From, Until time.Time }

// within keeps the rows whose column falls into the span.
func (s Span) within(db *gorm.DB, column string) *gorm.DB {
	if !s.From.IsZero() {
		db = db.Where(column+" >= ?", s.From)
	}
	if !s.Until.IsZero() {
		db = db.Where(column+" < ?", s.Until)
	}
	return db
}

// JourneysFor lists the journeys in sight, by key. The rule is JourneyFor's.
func (s *Store) JourneysFor(ctx context.Context, scope people.Scope) ([]journey.Journey, error) {
	return all[journey.Journey](journeysInSight(s.read(ctx).Table("journeys"), scope).Order("key"))
}

func journeysInSight(db *gorm.DB, scope people.Scope) *gorm.DB {
	if scope.Company() {
		return db
	}
	return db.Where(`(journeys.id IN ? OR EXISTS (SELECT 1 FROM steps JOIN touchpoints t ON t.id = steps.touchpoint_id
		WHERE steps.version_id = journeys.version_id AND (t.id IN ? OR t.team_id IN ?)))`,
		some(scope.Journeys()), some(scope.Touchpoints()), some(scope.Teams()))
}

// TouchpointsFor lists the touchpoints in sight, by key: the company's, those owned, those of supervised teams, and
// those on a journey led, in its live version or a draft.
func (s *Store) TouchpointsFor(ctx context.Context, scope people.Scope) ([]journey.Touchpoint, error) {
	return all[journey.Touchpoint](touchpointsInSight(s.read(ctx).Table("touchpoints"), scope).Order("key"))
}

// TouchpointFor finds a touchpoint in sight.
func (s *Store) TouchpointFor(ctx context.Context, scope people.Scope, id int64) (journey.Touchpoint, error) {
	return one[journey.Touchpoint](touchpointsInSight(s.read(ctx).Table("touchpoints").Where("touchpoints.id = ?", id), scope), "errors.touchpoint_missing")
}

func touchpointsInSight(db *gorm.DB, scope people.Scope) *gorm.DB {
	if scope.Company() {
		return db
	}
	return db.Where(`(touchpoints.id IN ? OR touchpoints.team_id IN ? OR EXISTS (SELECT 1 FROM steps
		JOIN journey_versions v ON v.id = steps.version_id
		WHERE steps.touchpoint_id = touchpoints.id AND v.journey_id IN ? AND v.state <> ?))`,
		some(scope.Touchpoints()), some(scope.Teams()), some(scope.Journeys()), journey.Retired)
}

// JourneysOfTouchpoint lists the journeys in sight whose live version has the touchpoint.
func (s *Store) JourneysOfTouchpoint(ctx context.Context, scope people.Scope, touchpoint int64) ([]journey.Journey, error) {
	db := s.read(ctx).Table("journeys").Where(`EXISTS (SELECT 1 FROM steps WHERE steps.version_id = journeys.version_id AND steps.touchpoint_id = ?)`, touchpoint)
	return all[journey.Journey](journeysInSight(db, scope).Order("key"))
}

// ActiveEmployees lists everybody who works here now, for choosing a leader or an owner.
func (s *Store) ActiveEmployees(ctx context.Context) ([]people.Employee, error) {
	return all[people.Employee](s.read(ctx).Table("employees").Where("active").Order("name, id"))
}

// DropVersion implements journey.Store.
func (s *Store) DropVersion(ctx context.Context, version int64) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		for _, q := range []string{"DELETE FROM surveys WHERE version_id = ?", "DELETE FROM steps WHERE version_id = ?",
			"DELETE FROM stages WHERE version_id = ?", "DELETE FROM journey_versions WHERE id = ?"} {
			if err := s.write(ctx).Exec(q, version).Error; err != nil {
				return fmt.Errorf("drop version %d: %w", version, err)
			}
		}
		return nil
	})
}

// Volume is how many runs a journey had: opened and ended within a span, and open now.
type Volume struct {
	JourneyID                          int64
	Opened, Completed, Abandoned, Open int
}

// Volumes counts the runs of journeys.
func (s *Store) Volumes(ctx context.Context, journeys []int64, span Span) (map[int64]Volume, error) {
	out := map[int64]Volume{}
	count := func(db *gorm.DB, set func(v *Volume, n int)) error {
		rows, err := all[struct {
			JourneyID int64
			N         int
		}](db.Select("journey_id, COUNT(*) AS n").Where("journey_id IN ?", some(journeys)).Group("journey_id"))
		for _, r := range rows {
			v := out[r.JourneyID]
			v.JourneyID = r.JourneyID
			set(&v, r.N)
			out[r.JourneyID] = v
		}
		return err
	}
	runs := func() *gorm.DB { return s.read(ctx).Table("runs") }
	for _, step := range []error{
		count(span.within(runs(), "opened_at"), func(v *Volume, n int) { v.Opened = n }),
		count(span.within(runs().Where("state = ?", "completed"), "ended_at"), func(v *Volume, n int) { v.Completed = n }),
		count(span.within(runs().Where("state = ?", "abandoned"), "ended_at"), func(v *Volume, n int) { v.Abandoned = n }),
		count(runs().Where("state = ?", "open"), func(v *Volume, n int) { v.Open = n }),
	} {
		if step != nil {
			return nil, fmt.Errorf("count runs: %w", step)
		}
	}
	return out, nil
}

// ContactVolumes counts the contacts at each touchpoint; journey 0 counts those of all journeys.
func (s *Store) ContactVolumes(ctx context.Context, journeyID int64, touchpoints []int64, span Span) (map[int64]int, error) {
	db := s.read(ctx).Table("interactions").Select("interactions.touchpoint_id AS id, COUNT(*) AS n").
		Where("interactions.touchpoint_id IN ?", some(touchpoints)).Group("interactions.touchpoint_id")
	if journeyID != 0 {
		db = db.Joins("JOIN runs ON runs.id = interactions.run_id").Where("runs.journey_id = ?", journeyID)
	}
	type row struct {
		ID int64
		N  int
	}
	rows, err := all[row](span.within(db, "interactions.started_at"))
	return mapped(rows, func(r row) (int64, int) { return r.ID, r.N }), err
}

// Asked is how many invitations stand in a state, and why, where that was said.
type Asked struct {
	State  survey.State
	Reason string
	N      int
}

// AskedOn counts the invitations planned on a journey's runs, or on all with journey 0; reasons are kept apart for those
// that were suppressed or bounced.
func (s *Store) AskedOn(ctx context.Context, journeyID int64, span Span) ([]Asked, error) {
	reason := "CASE WHEN invitations.state IN ('suppressed', 'bounced') THEN invitations.reason ELSE '' END"
	db := s.read(ctx).Table("invitations").Select("invitations.state AS state, " + reason + " AS reason, COUNT(*) AS n").
		Group("invitations.state, " + reason).Order("n DESC, state, reason")
	if journeyID != 0 {
		db = db.Joins("JOIN runs ON runs.id = invitations.run_id").Where("runs.journey_id = ?", journeyID)
	}
	return all[Asked](span.within(db, "invitations.planned_at"))
}

// Matured is how many of the invitations sent in a span are over (answered or expired), and how they ended
// (methods.md §1.8): those that may still be answered are not counted.
type Matured struct{ Sent, Bounced, Answered int }

// MaturedOn counts the matured invitations of a journey, or of all with journey 0.
func (s *Store) MaturedOn(ctx context.Context, journeyID int64, span Span, now time.Time) (Matured, error) {
	db := s.read(ctx).Table("invitations").Select(`COUNT(*) AS sent, COUNT(CASE WHEN invitations.state = 'bounced' THEN 1 END) AS bounced,
		COUNT(CASE WHEN invitations.answered_at IS NOT NULL THEN 1 END) AS answered`).
		Where("invitations.expires_at <= ? AND (invitations.sent_at IS NOT NULL OR invitations.state = ?)", now, survey.Bounced)
	if journeyID != 0 {
		db = db.Joins("JOIN runs ON runs.id = invitations.run_id").Where("runs.journey_id = ?", journeyID)
	}
	rows, err := all[Matured](span.within(db, "invitations.planned_at"))
	if err != nil {
		return Matured{}, err
	}
	return rows[0], nil
}

// Word is what a customer wrote: about the journey as a whole (TouchpointID 0) or about one touchpoint of it.
type Word struct {
	ResponseID   int64
	RunID        int64
	JourneyID    int64
	TouchpointID int64
	Text         string
	Scale        stat.Scale
	Value        *int
	Mood         stat.Mood
	Anonymity    survey.Anonymity
	AnsweredAt   time.Time
}

// WordFilter says which words are wanted; zero fields want all. Whole wants those about journeys as a whole only.
type WordFilter struct {
	Journey    int64
	Touchpoint int64
	Whole      bool
	Mood       stat.Mood
	Span       Span
}

// WordsFor lists customers' words in sight, the latest first. Words about a journey as a whole are for the company and
// its leader; those about a touchpoint also for its owner and for the supervisors of the teams that served.
func (s *Store) WordsFor(ctx context.Context, scope people.Scope, f WordFilter, ask page.Ask) (page.Of[Word], error) {
	ask = ask.Clean()
	out := page.Of[Word]{Ask: ask}
	scales, err := s.scalesOf(ctx, f)
	if err != nil {
		return out, err
	}
	union, args := f.union(scope, scales, nil)
	total, err := all[int](s.read(ctx).Raw("SELECT COUNT(*) FROM ("+union+") q", args...))
	if err != nil {
		return out, fmt.Errorf("count words: %w", err)
	}
	out.Total = total[0]
	out.Ask = ask.Within(out.Total)
	places, err := all[wordPlace](s.read(ctx).Raw("SELECT response_id, touchpoint_id FROM ("+union+") q ORDER BY answered_at DESC, response_id DESC, touchpoint_id LIMIT ? OFFSET ?",
		append(args, ask.Size, out.Ask.Offset())...))
	if err != nil {
		return out, fmt.Errorf("list words: %w", err)
	}
	out.Rows, err = s.wordsAt(ctx, places)
	return out, err
}

type wordPlace struct{ ResponseID, TouchpointID int64 }

type wordQuery struct {
	sql  string
	args []any
}

func (q *wordQuery) and(sql string, args ...any) {
	q.sql, q.args = q.sql+" AND "+sql, append(q.args, args...)
}

// union is the query for the places of the words wanted, those after a place only where one is given.
func (f WordFilter) union(scope people.Scope, scales []stat.Scale, after *wordPlace) (string, []any) {
	var queries []string
	var args []any
	for _, p := range f.parts(scope, scales, after) {
		queries, args = append(queries, p.sql), append(args, p.args...)
	}
	return strings.Join(queries, " UNION ALL "), args
}

// parts are the queries whose union is wanted.
func (f WordFilter) parts(scope people.Scope, scales []stat.Scale, after *wordPlace) []wordQuery {
	var out []wordQuery
	if f.Touchpoint == 0 {
		q := wordQuery{sql: "SELECT r.id AS response_id, 0 AS touchpoint_id, r.answered_at FROM responses r WHERE r.comment <> ''"}
		q.wholeInSight(scope)
		if after != nil {
			q.and("r.id > ?", after.ResponseID)
		}
		f.narrow(&q, "r.overall", scales)
		out = append(out, q)
	}
	if !f.Whole {
		q := wordQuery{sql: "SELECT r.response_id, r.touchpoint_id, r.answered_at FROM ratings r WHERE r.comment <> ''"}
		q.ratingInSight(scope)
		if f.Touchpoint != 0 {
			q.and("r.touchpoint_id = ?", f.Touchpoint)
		}
		if after != nil {
			q.and("(r.response_id, r.touchpoint_id) > (?, ?)", after.ResponseID, after.TouchpointID)
		}
		f.narrow(&q, "r.value", scales)
		out = append(out, q)
	}
	return out
}

// wholeInSight keeps the words about journeys as a whole that a scope sees.
func (q *wordQuery) wholeInSight(scope people.Scope) {
	q.and("r.id NOT IN " + hushed)
	if !scope.Company() {
		q.and("r.journey_id IN ?", some(scope.Journeys()))
	}
}

// ratingInSight keeps the words about touchpoints that a scope sees.
func (q *wordQuery) ratingInSight(scope people.Scope) {
	q.and("r.response_id NOT IN " + hushed)
	if !scope.Company() {
		q.and(`(r.journey_id IN ? OR r.touchpoint_id IN ? OR EXISTS (SELECT 1 FROM attributions a WHERE a.response_id = r.response_id
			AND a.touchpoint_id = r.touchpoint_id AND a.active AND a.team_id IN ?))`, some(scope.Journeys()), some(scope.Touchpoints()), some(scope.Teams()))
	}
}

// narrow applies what both kinds of words are filtered by.
func (f WordFilter) narrow(q *wordQuery, value string, scales []stat.Scale) {
	if f.Journey != 0 {
		q.and("r.journey_id = ?", f.Journey)
	}
	if !f.Span.From.IsZero() {
		q.and("r.answered_at >= ?", f.Span.From)
	}
	if !f.Span.Until.IsZero() {
		q.and("r.answered_at < ?", f.Span.Until)
	}
	if f.Mood == "" {
		return
	}
	mood, args := moodOf(value, f.Mood, scales)
	q.and(mood, args...)
}

// moodOf is the condition that the value of a row r says so on its scale.
func moodOf(value string, mood stat.Mood, scales []stat.Scale) (string, []any) {
	either, args := []string{"1 = 0"}, []any{}
	for _, scale := range scales {
		if answers := answersOf(scale, mood); len(answers) > 0 {
			either, args = append(either, "(r.scale = ? AND "+value+" IN ?)"), append(args, scale.String(), answers)
		}
	}
	return "(" + strings.Join(either, " OR ") + ")", args
}

// answersOf lists the answers of a scale that say so.
func answersOf(scale stat.Scale, mood stat.Mood) []int {
	var out []int
	for x := scale.Lo; x <= scale.Hi; x++ {
		if scale.Mood(x) == mood {
			out = append(out, x)
		}
	}
	return out
}

// scalesOf lists the scales in use where a filter asks for a mood.
func (s *Store) scalesOf(ctx context.Context, f WordFilter) ([]stat.Scale, error) {
	if f.Mood == "" {
		return nil, nil
	}
	db := s.read(ctx).Table("marginals").Where("dim IN ?", []feedback.Dim{feedback.ByJourney, feedback.ByTouchpoint})
	if f.Journey != 0 {
		db = db.Where("journey_id = ?", f.Journey)
	}
	names, err := plucked[string](db.Distinct(), "scale")
	if err != nil {
		return nil, err
	}
	out := make([]stat.Scale, 0, len(names))
	for _, name := range names {
		scale, err := stat.ParseScale(name)
		if err != nil {
			return nil, err
		}
		out = append(out, scale)
	}
	return out, nil
}

// wordsAt loads the words at the given places, in that order.
func (s *Store) wordsAt(ctx context.Context, places []wordPlace) ([]Word, error) {
	ids := make([]int64, len(places))
	for i, p := range places {
		ids[i] = p.ResponseID
	}
	ids = unique(ids)
	responses, err := in[feedback.Response](s.read(ctx), "responses", "id", ids)
	if err != nil {
		return nil, err
	}
	ratings, err := in[feedback.Rating](s.read(ctx), "ratings", "response_id", ids)
	if err != nil {
		return nil, err
	}
	out := make([]Word, 0, len(places))
	for _, p := range places {
		i := slices.IndexFunc(responses, func(r feedback.Response) bool { return r.ID == p.ResponseID })
		if i < 0 {
			continue // taken back meanwhile
		}
		r := responses[i]
		w := Word{ResponseID: r.ID, RunID: r.RunID, JourneyID: r.JourneyID, TouchpointID: p.TouchpointID, Text: r.Comment, Scale: r.Scale,
			Value: r.Overall, Mood: r.Mood(), Anonymity: r.Anonymity, AnsweredAt: r.AnsweredAt}
		if p.TouchpointID != 0 {
			j := slices.IndexFunc(ratings, func(x feedback.Rating) bool { return x.ResponseID == p.ResponseID && x.TouchpointID == p.TouchpointID })
			if j < 0 {
				continue
			}
			x := ratings[j]
			w.Text, w.Scale, w.Value, w.Mood = x.Comment, x.Scale, &x.Value, x.Scale.Mood(x.Value)
		}
		out = append(out, w)
	}
	return out, nil
}
