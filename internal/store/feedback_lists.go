package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// hushed are the answers whose words nobody reads yet: who stays unknown is read only among ten or more who answered the
// same survey (methods.md §1.12). Every list of words is without them.
const hushed = `(SELECT h.id FROM responses h WHERE h.anonymity = 'anonymous' AND h.survey_id IN (SELECT s.id FROM surveys s
	WHERE NOT EXISTS (SELECT 1 FROM responses x WHERE x.anonymity = 'anonymous' AND x.survey_id = s.id ORDER BY x.id LIMIT 1 OFFSET 9)))`

// hasWords keeps the ratings r of responses p that have words to be read.
const hasWords = "(r.comment <> '' OR p.comment <> '') AND p.id NOT IN " + hushed

// ratingColumns is what a quote says of a rating r of a response p.
const ratingColumns = `p.id AS response_id, p.run_id, p.journey_id, j.name AS journey, t.name AS touchpoint, r.at AS met_at,
	p.answered_at, COALESCE(r.scale, '') AS scale, r.value, r.expectation, p.expectation AS whole_expectation,
	CASE WHEN p.id IN ` + hushed + ` THEN '' ELSE COALESCE(r.comment, '') END AS comment,
	CASE WHEN p.id IN ` + hushed + ` THEN '' ELSE p.comment END AS said, p.overall, p.scale AS whole_scale, p.anonymity,
	CASE WHEN r.employee_id <> 0 THEN 1 ELSE (SELECT COUNT(DISTINCT a.employee_id) FROM further_attributions a
		WHERE a.response_id = r.response_id AND a.touchpoint_id = r.touchpoint_id AND a.employee_id <> 0 AND a.active) END AS served`

// noticeColumns adds how one person has it.
const noticeColumns = ratingColumns + `, f.touchpoint_id, f.audience, f.mood, f.read_at, f.reply, f.replied_at, f.settled_at,
	EXISTS (SELECT 1 FROM attributions a WHERE a.response_id = f.response_id AND a.touchpoint_id = f.touchpoint_id
		AND a.employee_id = f.employee_id AND a.active) AS mine`

// notices asks for the feedback of one person: what was withdrawn, or is no longer rated, is not there, nor what she got
// as the leader or owner that she is no more. Only a scope that sees her feedback gets any: her own, a team's that it was
// attributed to her in, the company's.
func (s *Store) notices(ctx context.Context, scope people.Scope, employee int64, f feedback.Filter) *gorm.DB {
	db := s.read(ctx).Table("feedback f").
		Joins("JOIN responses p ON p.id = f.response_id").
		Joins("JOIN journeys j ON j.id = p.journey_id").
		Joins("LEFT JOIN touchpoints t ON t.id = f.touchpoint_id").
		Joins("LEFT JOIN ratings r ON r.response_id = f.response_id AND r.touchpoint_id = f.touchpoint_id").
		Where("f.employee_id = ? AND f.employee_id <> 0 AND f.withdrawn_at IS NULL", employee).
		Where("(f.touchpoint_id = 0 OR r.response_id IS NOT NULL)").
		Where("(f.audience <> ? OR j.leader_id = f.employee_id)", feedback.ToLeader).
		Where("(f.audience <> ? OR t.owner_id = f.employee_id)", feedback.ToOwner)
	if !scope.Company() && employee != scope.Employee() {
		db = db.Where(`f.audience = ? AND EXISTS (SELECT 1 FROM attributions a WHERE a.response_id = f.response_id
			AND a.touchpoint_id = f.touchpoint_id AND a.employee_id = f.employee_id AND a.team_id IN ?)`,
			feedback.ToEmployee, some(scope.Teams()))
	}
	return narrowed(db, f)
}

func narrowed(db *gorm.DB, f feedback.Filter) *gorm.DB {
	if f.Audience != "" {
		db = db.Where("f.audience = ?", f.Audience)
	}
	if f.Mood != "" {
		db = db.Where("f.mood = ?", f.Mood)
	}
	if f.Touchpoint != 0 {
		db = db.Where("f.touchpoint_id = ?", f.Touchpoint)
	}
	if f.Reply != "" {
		db = db.Where("f.reply = ?", f.Reply)
	}
	if !f.Since.IsZero() {
		db = db.Where("f.at >= ?", f.Since)
	}
	if !f.Until.IsZero() {
		db = db.Where("f.at < ?", f.Until)
	}
	if f.Dated {
		db = db.Where("p.anonymity <> ?", survey.Anonymous)
	}
	if !f.Fresh.IsZero() {
		db = db.Where("(f.read_at IS NULL OR f.read_at > ?)", f.Fresh)
	}
	if f.Worded {
		db = db.Where(hasWords)
	}
	if f.Without != nil {
		db = db.Where("NOT (f.response_id = ? AND f.touchpoint_id = ?)", f.Without.ResponseID, f.Without.TouchpointID)
	}
	return db.Session(&gorm.Session{})
}

// NoticesFor lists the feedback of one person as far as the scope sees it, the newest first, in two questions whatever
// the length.
func (s *Store) NoticesFor(ctx context.Context, scope people.Scope, employee int64, f feedback.Filter, ask page.Ask) (page.Of[feedback.Quote], error) {
	ask = ask.Clean()
	out := page.Of[feedback.Quote]{Ask: ask}
	db := s.notices(ctx, scope, employee, f)
	var err error
	if out.Total, err = howMany(db); err != nil {
		return out, fmt.Errorf("count feedback of %d: %w", employee, err)
	}
	out.Ask = ask.Within(out.Total)
	out.Rows, err = all[feedback.Quote](db.Select(noticeColumns).Order("f.at DESC, f.response_id DESC, f.touchpoint_id").
		Limit(ask.Size).Offset(out.Ask.Offset()))
	if err != nil {
		return out, fmt.Errorf("list feedback of %d: %w", employee, err)
	}
	return out, nil
}

// TalliesFor counts the feedback of one person by audience and mood.
func (s *Store) TalliesFor(ctx context.Context, scope people.Scope, employee int64, f feedback.Filter) ([]feedback.Tally, error) {
	return all[feedback.Tally](s.notices(ctx, scope, employee, f).
		Select("f.audience, f.mood, COUNT(*) AS n, COUNT(CASE WHEN f.read_at IS NULL THEN 1 END) AS unread").
		Group("f.audience, f.mood").Order("f.audience, f.mood"))
}

// UnhappyFor counts the customers behind the feedback of one person, and those among them with a negative answer.
func (s *Store) UnhappyFor(ctx context.Context, scope people.Scope, employee int64, f feedback.Filter) (unhappy, customers int, err error) {
	row, err := all[struct{ Unhappy, Customers int }](s.notices(ctx, scope, employee, f).
		Select("COUNT(DISTINCT p.run_id) AS customers, COUNT(DISTINCT CASE WHEN f.mood = ? THEN p.run_id END) AS unhappy", stat.Negative))
	if err != nil {
		return 0, 0, fmt.Errorf("count unhappy customers of %d: %w", employee, err)
	}
	return row[0].Unhappy, row[0].Customers, nil
}

// MomentsFor lists when one person got feedback, for her calendar: never the day of an anonymous answer.
func (s *Store) MomentsFor(ctx context.Context, scope people.Scope, employee int64, f feedback.Filter) ([]feedback.Moment, error) {
	f.Dated = true
	return all[feedback.Moment](s.notices(ctx, scope, employee, f).Select("f.at, f.mood").Order("f.at"))
}

// TouchpointsNoticed lists the touchpoints one person has feedback about.
func (s *Store) TouchpointsNoticed(ctx context.Context, scope people.Scope, employee int64, f feedback.Filter) ([]journey.Touchpoint, error) {
	ids, err := plucked[int64](s.notices(ctx, scope, employee, f).Where("f.touchpoint_id <> 0").Distinct(), "f.touchpoint_id")
	if err != nil {
		return nil, fmt.Errorf("list touchpoints of feedback of %d: %w", employee, err)
	}
	return in[journey.Touchpoint](s.read(ctx).Order("id"), "touchpoints", "id", ids)
}

// Readings counts, by employee, what each got of her own since a time, has not read, and wants to talk about.
func (s *Store) Readings(ctx context.Context, employees []int64, since time.Time) (map[int64]feedback.Reading, error) {
	rows, err := all[feedback.Reading](s.read(ctx).Table("feedback").
		Select(`employee_id, COUNT(*) AS received, COUNT(CASE WHEN read_at IS NULL THEN 1 END) AS unread,
			COUNT(CASE WHEN reply = ? THEN 1 END) AS one_to_one`, feedback.ReplyOneToOne).
		Where("employee_id IN ? AND audience = ? AND withdrawn_at IS NULL AND at >= ?", some(employees), feedback.ToEmployee, since).
		Group("employee_id"))
	return mapped(rows, func(r feedback.Reading) (int64, feedback.Reading) { return r.EmployeeID, r }), err
}

// EmployeeFor finds an employee in sight: of a supervised team, or anybody's for the company.
func (s *Store) EmployeeFor(ctx context.Context, scope people.Scope, employee int64) (people.Employee, error) {
	db := s.read(ctx).Table("employees").Where("id = ?", employee)
	if !scope.Company() {
		db = db.Where("team_id IN ?", some(scope.Teams()))
	}
	return one[people.Employee](db, "errors.employee_missing")
}

// EmployeesFor lists the employees in sight whose name contains q (normalised).
func (s *Store) EmployeesFor(ctx context.Context, scope people.Scope, q string, ask page.Ask) (page.Of[people.Employee], error) {
	if scope.Company() {
		return s.Employees(ctx, q, nil, ask)
	}
	return s.Employees(ctx, q, some(scope.Teams()), ask)
}

// quoted asks for ratings with what a quote says of them.
func (s *Store) quoted(ctx context.Context) *gorm.DB {
	return s.read(ctx).Table("ratings r").
		Joins("JOIN responses p ON p.id = r.response_id").
		Joins("JOIN journeys j ON j.id = p.journey_id").
		Joins("JOIN touchpoints t ON t.id = r.touchpoint_id")
}

// ratings asks for ratings that teams in sight hold, or, while nobody does, that were given at their touchpoints.
func (s *Store) ratings(ctx context.Context, scope people.Scope) *gorm.DB {
	db := s.quoted(ctx)
	if !scope.Company() {
		db = db.Where("("+held+" OR (t.team_id IN ? AND NOT "+attributed+"))", some(scope.Teams()), some(scope.Teams()))
	}
	return db
}

const (
	attributed = `EXISTS (SELECT 1 FROM attributions a WHERE a.response_id = r.response_id AND a.touchpoint_id = r.touchpoint_id
		AND a.active)`
	held = `EXISTS (SELECT 1 FROM attributions a WHERE a.response_id = r.response_id AND a.touchpoint_id = r.touchpoint_id
		AND a.active AND a.team_id IN ?)`
	// recent starts from what a few teams got lately instead of looking at everybody's ratings.
	recent = `(r.response_id, r.touchpoint_id) IN (SELECT a.response_id, a.touchpoint_id FROM attributions a
		WHERE a.active AND a.team_id IN ? AND a.response_id > ?)`
	disputed = `EXISTS (SELECT 1 FROM notices f WHERE f.response_id = r.response_id AND f.touchpoint_id = r.touchpoint_id
		AND f.audience = 'employee' AND f.reply IN ('not_me', 'system') AND f.settled_at IS NULL AND f.withdrawn_at IS NULL)`
)

// unsettled starts from the few replies that dispute and from what was said at the teams' own touchpoints in the time in
// question; as packed_ratings_unheld has it.
const unsettled = `(r.response_id, r.touchpoint_id) IN (
	SELECT f.response_id, f.touchpoint_id FROM notices f WHERE f.audience = 'employee' AND f.reply IN ('not_me', 'system')
		AND f.reply <> '' AND f.settled_at IS NULL AND f.withdrawn_at IS NULL
	UNION SELECT r.response_id, r.touchpoint_id FROM touchpoints t JOIN packed_ratings r ON r.touchpoint_id = t.id
		WHERE %s r.employee_id = 0 AND r.judged <> 1 AND r.answered_at >= ? AND NOT ` + attributed + `)`

// latestRating goes by the response's time, which has an index; its ratings were given with it.
const latestRating = "p.answered_at DESC, r.response_id DESC, r.touchpoint_id"

// RatingFor loads one rating in sight with whom it concerns and how that changed.
func (s *Store) RatingFor(ctx context.Context, scope people.Scope, response, touchpoint int64) (feedback.Quote, error) {
	q, err := one[feedback.Quote](s.ratings(ctx, scope).Select(ratingColumns+", r.touchpoint_id").
		Where("r.response_id = ? AND r.touchpoint_id = ?", response, touchpoint), "errors.rating_missing")
	if err != nil {
		return q, err
	}
	full, err := s.withParties(ctx, []feedback.Quote{q})
	if err != nil {
		return q, err
	}
	return full[0], s.withPast(ctx, full)
}

// TeamWords says which of the words that teams in sight hold are wanted: those since a time, and where set of one mood or
// about one touchpoint.
type TeamWords struct {
	Since      time.Time
	Mood       stat.Mood
	Touchpoint int64
}

// TeamWordsFor lists the ratings with words that teams in sight hold, the newest first.
func (s *Store) TeamWordsFor(ctx context.Context, scope people.Scope, f TeamWords, ask page.Ask) (page.Of[feedback.Quote], error) {
	ask = ask.Clean()
	out := page.Of[feedback.Quote]{Ask: ask}
	db, err := s.teamWords(ctx, scope, f)
	if err != nil {
		return out, err
	}
	if out.Total, err = howMany(db); err != nil {
		return out, fmt.Errorf("count words of teams: %w", err)
	}
	out.Ask = ask.Within(out.Total)
	rows, err := all[feedback.Quote](db.Select(ratingColumns + ", r.touchpoint_id").Order(latestRating).Limit(ask.Size).Offset(out.Ask.Offset()))
	if err != nil {
		return out, fmt.Errorf("list words of teams: %w", err)
	}
	out.Rows, err = s.withParties(ctx, rows)
	return out, err
}

// TouchpointsOfTeamWords lists what these words are about.
func (s *Store) TouchpointsOfTeamWords(ctx context.Context, scope people.Scope, f TeamWords) ([]journey.Touchpoint, error) {
	db, err := s.teamWords(ctx, scope, f)
	if err != nil {
		return nil, err
	}
	ids, err := plucked[int64](db.Distinct(), "r.touchpoint_id")
	if err != nil {
		return nil, fmt.Errorf("list touchpoints of words of teams: %w", err)
	}
	return in[journey.Touchpoint](s.read(ctx).Order("id"), "touchpoints", "id", ids)
}

func (s *Store) teamWords(ctx context.Context, scope people.Scope, f TeamWords) (*gorm.DB, error) {
	db := s.quoted(ctx)
	if scope.Company() {
		db = db.Where(attributed)
	} else {
		db = db.Where(recent, some(scope.Teams()), id.Since(f.Since.Truncate(tells))) // so that it is the same question for a while
	}
	db = db.Where("p.answered_at >= ? AND "+hasWords, f.Since)
	if f.Touchpoint != 0 {
		db = db.Where("r.touchpoint_id = ?", f.Touchpoint)
	}
	scales, err := s.scalesOf(ctx, WordFilter{Mood: f.Mood})
	if err == nil && f.Mood != "" {
		mood, args := moodOf("r.value", f.Mood, scales)
		db = db.Where(mood, args...)
	}
	return db.Session(&gorm.Session{}), err
}

// Unsettled lists the ratings in sight that a supervisor has to see to: disputed by an employee, or, when it judges a
// person, attributed to nobody.
func (s *Store) Unsettled(ctx context.Context, scope people.Scope, since time.Time, ask page.Ask) (page.Of[feedback.Quote], error) {
	ask = ask.Clean()
	out := page.Of[feedback.Quote]{Ask: ask}
	teams, args := "", []any{since}
	if !scope.Company() {
		teams, args = "t.team_id IN ? AND ", append([]any{some(scope.Teams())}, args...)
	}
	db := s.ratings(ctx, scope).Where(fmt.Sprintf(unsettled, teams), args...).Session(&gorm.Session{})
	var err error
	if out.Total, err = howMany(db); err != nil {
		return out, fmt.Errorf("count unsettled ratings: %w", err)
	}
	out.Ask = ask.Within(out.Total)
	rows, err := all[feedback.Quote](db.Select(ratingColumns + ", r.touchpoint_id").Order(latestRating).Limit(ask.Size).Offset(out.Ask.Offset()))
	if err != nil {
		return out, fmt.Errorf("list unsettled ratings: %w", err)
	}
	if out.Rows, err = s.withParties(ctx, rows); err != nil {
		return out, err
	}
	return out, s.withPast(ctx, out.Rows)
}

// Disputed tells whether an employee's "not me" or "the system" about a rating waits for a decision.
func (s *Store) Disputed(ctx context.Context, response, touchpoint int64) (bool, error) {
	var n int64
	err := s.read(ctx).Table("ratings r").Where("r.response_id = ? AND r.touchpoint_id = ?", response, touchpoint).Where(disputed).Count(&n).Error
	return n > 0, err
}

type place struct{ response, touchpoint int64 }

// withParties says whom quotes concern now, and who disputes it: three questions for any number of quotes.
func (s *Store) withParties(ctx context.Context, quotes []feedback.Quote) ([]feedback.Quote, error) {
	responses := responsesIn(quotes)
	rows, err := in[feedback.Attribution](s.read(ctx).Where("active").Order("employee_id DESC, team_id"), "attributions", "response_id", responses)
	if err != nil {
		return nil, err
	}
	var employees, teams []int64
	for _, a := range rows {
		employees, teams = append(employees, a.EmployeeID), append(teams, a.TeamID)
	}
	names, err := s.EmployeeNames(ctx, employees)
	if err != nil {
		return nil, err
	}
	found, err := in[people.Team](s.read(ctx), "teams", "id", unique(teams))
	if err != nil {
		return nil, err
	}
	called := map[int64]i18n.Text{}
	for _, t := range found {
		called[t.ID] = t.Name
	}
	whom := map[place][]feedback.Party{}
	for _, a := range rows {
		k := place{a.ResponseID, a.TouchpointID}
		whom[k] = append(whom[k], feedback.Party{EmployeeID: a.EmployeeID, TeamID: a.TeamID, Employee: names[a.EmployeeID], Team: called[a.TeamID]})
	}
	for i, q := range quotes {
		quotes[i].Whom = whom[place{q.ResponseID, q.TouchpointID}]
	}
	return quotes, nil
}

// pastRow is a line of the ledger with the name of who acted.
type pastRow struct {
	ID          int64
	At          time.Time
	Verb        string
	SubjectID   int64
	Particulars string
	Who         string
}

// withPast adds how the attribution of quotes changed, with who did it in the particular "by", whom it went to in "to"
// and what team in "to_team".
func (s *Store) withPast(ctx context.Context, quotes []feedback.Quote) error {
	rows, err := in[pastRow](s.read(ctx).Select("events.id, events.at, events.verb, events.subject_id, events.particulars, COALESCE(users.name, '') AS who").Joins("LEFT JOIN users ON users.id = events.actor_id").
		Where("subject_kind = 'response' AND verb IN ?", []string{event.RatingDisowned, event.RatingReclaimed, event.RatingReattributed, event.RatingSettled}).
		Order("events.at, events.id"), "events", "subject_id", responsesIn(quotes))
	if err != nil {
		return err
	}
	var employees, teams []int64
	past := map[place][]event.Event{}
	for _, r := range rows {
		e := event.Event{ID: r.ID, At: r.At.UTC(), Verb: r.Verb, SubjectID: r.SubjectID}
		if err := json.Unmarshal([]byte(r.Particulars), &e.Particulars); err != nil {
			return fmt.Errorf("read event %d: %w", r.ID, err)
		}
		e.Particulars["by"] = r.Who
		employees, teams = append(employees, number(e, "employee")), append(teams, number(e, "team"))
		k := place{e.SubjectID, number(e, "touchpoint")}
		past[k] = append(past[k], e)
	}
	names, err := s.EmployeeNames(ctx, employees)
	if err != nil {
		return err
	}
	called, err := in[people.Team](s.read(ctx), "teams", "id", unique(teams))
	if err != nil {
		return err
	}
	for _, events := range past {
		for _, e := range events {
			e.Particulars["to"] = names[number(e, "employee")]
			for _, t := range called {
				if t.ID == number(e, "team") {
					e.Particulars["to_team"] = t.Name
				}
			}
		}
	}
	for i, q := range quotes {
		quotes[i].Past = past[place{q.ResponseID, q.TouchpointID}]
	}
	return nil
}

// number reads a number that the ledger keeps as text.
func number(e event.Event, name string) (n int64) {
	text, _ := e.Particulars[name].(string)
	_, _ = fmt.Sscan(text, &n)
	return n
}

func responsesIn(quotes []feedback.Quote) []int64 {
	ids := make([]int64, len(quotes))
	for i, q := range quotes {
		ids[i] = q.ResponseID
	}
	return unique(ids)
}

// LatestPraise finds the newest positive feedback since a time, with words if there is any; false when there is none.
func (s *Store) LatestPraise(ctx context.Context, scope people.Scope, employee int64, f feedback.Filter) (feedback.Quote, bool, error) {
	f.Mood = "positive"
	q, err := one[feedback.Quote](s.notices(ctx, scope, employee, f).Select(noticeColumns).
		Order("CASE WHEN r.comment <> '' OR p.comment <> '' THEN 0 ELSE 1 END, f.at DESC, f.response_id DESC, f.touchpoint_id"), "errors.feedback_missing")
	if err == nil {
		return q, true, nil
	}
	if fault.KindOf(err) == fault.KindMissing || errors.Is(err, gorm.ErrRecordNotFound) {
		return q, false, nil
	}
	return q, false, fmt.Errorf("find praise of %d: %w", employee, err)
}
