package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/people"
)

// The company whose figures are read: its top team with departments and their teams. Each journey has six touchpoints, each
// touchpoint two journeys, and each person serves at two touchpoints. An answer rates five of the six.
const (
	ofJourneys, ofTouchpoints, ofTeams, ofEmployees = 20, 60, 100, 1000
	ofDepartments                                   = 9
	ofDays                                          = 730
	ofRatings                                       = 5
	daysAtOnce                                      = 10 // days are filled together
)

// company is a ground on which two years of ratings lie, and the figures that follow from them. The raw rows are in tables
// of their own, raw_…, like the product's and with the indexes that figures could use, but without references: the runs and
// contacts behind them are left out.
type company struct {
	*ground
	ratings int
	last    int32 // the latest day
}

func (c *company) first() int32 { return c.last - ofDays + 1 }

// responses is how many answers there are.
func (c *company) responses() int64 { return int64(c.ratings / ofRatings) }

// settle writes the company and all that was said of it.
func (c *company) settle(ctx context.Context, tell func(string)) error {
	if err := errors.Join(c.people(ctx), c.journeys(ctx)); err != nil {
		return err
	}
	if err := c.each(ctx, c.tables()); err != nil {
		return err
	}
	for day := range ofDays / daysAtOnce {
		if err := c.fill(ctx, int64(day*daysAtOnce)); err != nil {
			return err
		}
		if (day+1)%(ofDays/daysAtOnce/4) == 0 {
			tell(fmt.Sprintf("%d %% of %s ratings written", 100*(day+1)*daysAtOnce/ofDays, short(c.ratings)))
		}
	}
	return c.each(ctx, []string{
		months(),
		"CREATE INDEX raw_responses_journey ON raw_responses (journey_id, answered_at)",
		"CREATE INDEX raw_responses_answered ON raw_responses (answered_at)",
		"CREATE INDEX raw_ratings_touchpoint ON raw_ratings (touchpoint_id, answered_at)",
		"CREATE INDEX raw_ratings_employee ON raw_ratings (employee_id, answered_at)",
		"CREATE INDEX raw_ratings_team ON raw_ratings (team_id, response_id)",
		"UPDATE data_version SET version = version + 1",
		"ANALYZE",
	})
}

func (c *company) each(ctx context.Context, statements []string, args ...any) error {
	for _, q := range statements {
		if err := c.db.WithContext(ctx).Exec(q, args...).Error; err != nil {
			return fmt.Errorf("%.60s…: %w", q, err)
		}
	}
	return nil
}

func (c *company) people(ctx context.Context) error {
	now := time.Now().UTC()
	teams, employees := make([]people.Team, ofTeams), make([]people.Employee, ofEmployees)
	for i := range teams {
		parent := 0 // of the company itself
		switch {
		case i > ofDepartments:
			parent = 2 + (i-ofDepartments-1)%ofDepartments
		case i > 0:
			parent = 1
		}
		name := fmt.Sprint("Team ", i+1)
		teams[i] = people.Team{ID: int64(i + 1), Key: name, Name: i18n.Plain(name), ParentID: int64(parent), CreatedAt: now}
	}
	for i := range employees {
		employees[i] = people.Employee{ID: int64(i + 1), Key: fmt.Sprint("e", i+1), Name: fmt.Sprint("مریم ", i+1), TeamID: int64(teamOf(i + 1)), Active: true, CreatedAt: now}
	}
	db := c.db.WithContext(ctx)
	return errors.Join(db.Table("teams").CreateInBatches(teams, 500).Error, db.Table("employees").CreateInBatches(employees, 500).Error)
}

// teamOf is where a person works; the SQL below says the same.
func teamOf(employee int) int {
	return ofDepartments + 2 + (employee-1)%(ofTeams-ofDepartments-1)
}

func (c *company) journeys(ctx context.Context) error {
	now := time.Now().UTC()
	var errs []error
	for i := range int64(ofJourneys) {
		name := i18n.Plain(fmt.Sprint("Journey ", i+1))
		errs = append(errs, c.store.SaveJourney(ctx, journey.Journey{ID: i + 1, Key: fmt.Sprint("j", i+1), Name: name, Need: name, CreatedAt: now}))
	}
	for i := range int64(ofTouchpoints) {
		errs = append(errs, c.store.SaveTouchpoint(ctx, journey.Touchpoint{ID: i + 1, Key: fmt.Sprint("t", i+1), Name: i18n.Plain(fmt.Sprint("Touchpoint ", i+1)),
			Judged: journey.JudgedBoth, CreatedAt: now}))
	}
	return errors.Join(errs...)
}

var rawTables = []string{"responses", "ratings"}

// tables makes the raw ones, those of PostgreSQL without a log: nobody needs them after a crash.
func (c *company) tables() []string {
	var out []string
	for _, t := range rawTables {
		if c.embedded {
			out = append(out, "CREATE TABLE raw_"+t+" AS SELECT * FROM "+t+" WHERE 1 = 0")
		} else {
			out = append(out, "CREATE UNLOGGED TABLE raw_"+t+" (LIKE "+t+" INCLUDING DEFAULTS)")
		}
	}
	return append(out, "CREATE UNIQUE INDEX raw_responses_key ON raw_responses (id)",
		"CREATE UNIQUE INDEX raw_ratings_key ON raw_ratings (response_id, touchpoint_id)")
}

// fill writes some days from one on: what was said, and what the figures make of it.
func (c *company) fill(ctx context.Context, day int64) error {
	begin := func(day int64) int64 { return (day*c.responses() + ofDays - 1) / ofDays } // the first answer of a day
	from, until := begin(day), begin(day+daysAtOnce)
	if from == until {
		return nil
	}
	return c.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		for _, q := range []string{c.said(from, until), c.rated(from, until), c.counted(from, until), c.countedWhole(from, until), c.countedMet(from, until)} {
			if err := tx.Exec(q).Error; err != nil {
				return fmt.Errorf("%.60s…: %w", q, err)
			}
		}
		first := c.first() + int32(day)
		for dim, id := range map[string]string{"touchpoint": "touchpoint_id", "team": fmt.Sprintf("%d + (id - 1) %% %d", ofDepartments+2, ofTeams-ofDepartments-1)} {
			if err := tx.Exec(summedUp(dim, id), first, first+daysAtOnce-1).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// answers are the numbers of some answers as i, with the day each was given.
func (c *company) answers(from, until int64) string {
	numbers := fmt.Sprintf("generate_series(%d::bigint, %d::bigint) AS n(i)", from, until-1)
	if c.embedded {
		numbers = fmt.Sprintf("(WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i FROM n) AS n", from, until-1)
	}
	return fmt.Sprintf("(SELECT i, %d + i * %d / %d AS day FROM %s) AS a", c.first(), ofDays, c.responses(), numbers)
}

// moment is noon of the day so many days after the one in a column day.
func (c *company) moment(after int) string {
	seconds := fmt.Sprintf("(day + %d) * 86400 + 43200", after)
	if c.embedded {
		return "(" + seconds + ") * 1000000"
	}
	return "to_timestamp(" + seconds + ")"
}

// drawn is a number from 0 to 65 535 that always comes out alike of another.
func drawn(of string) string { return "((" + of + ") * 2654435761 % 4294967296 / 65536)" }

// liked is an answer out of 1 … 5, half of them the best; compared is what was expected, which every fourth does not say.
func liked(draw string) string { return "5 - (" + draw + " % 10) * (" + draw + " % 10) / 20" }

func compared(draw string) string {
	return "CASE " + draw + " / 16 % 4 WHEN 0 THEN NULL ELSE " + draw + " / 16 % 4 - 2 END"
}

func (c *company) said(from, until int64) string {
	draw := drawn("i + 7")
	return `INSERT INTO raw_responses (id, key, run_id, journey_id, survey_id, customer_id, invitation_id, scale, overall, expectation, comment, search, language,
			wants_contact, anonymity, answered_at, day, met, revision, created_at)
		SELECT i + 1, '', i + 1, i % 20 + 1, 1, i + 1, i + 1, CASE i % 2 WHEN 0 THEN 'nps_0_10' ELSE 'csat_1_5' END,
			CASE i % 2 WHEN 0 THEN 2 * (` + liked(draw) + `) ELSE ` + liked(draw) + ` END, ` + compared(draw) + `, '', '', 'fa',
			false, 'identified', ` + c.moment(1) + `, day, '[]', 1, ` + c.moment(1) + ` FROM ` + c.answers(from, until)
}

// steps are what each answer rates: touchpoint and, as draw, what decides how.
func (c *company) steps(from, until int64) string {
	return `(SELECT i, day, (3 * (i % 20) + (k + i / 20) % 6) % 60 + 1 AS touchpoint, ` + drawn("i * 5 + k") + ` AS draw
		FROM ` + c.answers(from, until) + ` CROSS JOIN (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS k) AS s`
}

func (c *company) rated(from, until int64) string {
	return fmt.Sprintf(`INSERT INTO raw_ratings (response_id, touchpoint_id, journey_id, at, day, scale, value, expectation, comment, judged, answered_at,
			employee_id, team_id, told)
		SELECT i + 1, touchpoint, i %% 20 + 1, %s, day, 'csat_1_5', %s, %s, '', 'both', %s, employee, %d + (employee - 1) %% %d, 0
		FROM (SELECT i, day, touchpoint, draw, (touchpoint - 1 + 60 * (draw / 3 %% 33)) %% %d + 1 AS employee FROM %s) AS e`,
		c.moment(0), liked("draw"), compared("draw"), c.moment(1), ofDepartments+2, ofTeams-ofDepartments-1, ofEmployees, c.steps(from, until))
}

var tallied = []string{"n", "sum", "sumsq", "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "below", "met", "above"}

// tally counts value and expectation in SQL.
func tally() string {
	out := []string{"COUNT(*)", "SUM(value)", "SUM(value * value)"}
	for x := range 11 {
		out = append(out, fmt.Sprintf("COUNT(CASE value WHEN %d THEN 1 END)", x))
	}
	for _, is := range []string{"< 0", "= 0", "> 0"} {
		out = append(out, "COUNT(CASE WHEN expectation "+is+" THEN 1 END)")
	}
	for i, x := range out {
		out[i] = "CAST(" + x + " AS bigint) AS " + tallied[i]
	}
	return strings.Join(out, ", ")
}

func intoMarginals() string {
	return "INSERT INTO marginals (dim, id, journey_id, touchpoint_id, scale, day, " + strings.Join(tallied, ", ") + ") "
}

// counted are the marginals of people at touchpoints, from the raw rows.
func (c *company) counted(from, until int64) string {
	return intoMarginals() + `SELECT 'employee_touchpoint', employee_id, journey_id, touchpoint_id, scale, day, ` + tally() + fmt.Sprintf(`
		FROM raw_ratings WHERE response_id BETWEEN %d AND %d GROUP BY employee_id, journey_id, touchpoint_id, scale, day`, from+1, until)
}

// countedWhole are those of journeys.
func (c *company) countedWhole(from, until int64) string {
	return intoMarginals() + `SELECT 'journey', journey_id, journey_id, 0, scale, day, ` + tally() + fmt.Sprintf(`
		FROM (SELECT journey_id, scale, day, overall AS value, expectation FROM raw_responses WHERE id BETWEEN %d AND %d) AS r GROUP BY journey_id, scale, day`, from+1, until)
}

// countedMet are those of what was said by those who met each touchpoint; here they rated all that they met.
func (c *company) countedMet(from, until int64) string {
	return intoMarginals() + `SELECT 'met', touchpoint_id, journey_id, 0, scale, day, ` + tally() + fmt.Sprintf(`
		FROM (SELECT t.touchpoint_id, r.journey_id, r.scale, r.day, r.overall AS value, r.expectation FROM raw_responses r JOIN raw_ratings t ON t.response_id = r.id
			WHERE r.id BETWEEN %[1]d AND %[2]d AND t.response_id BETWEEN %[1]d AND %[2]d) AS r GROUP BY touchpoint_id, journey_id, scale, day`, from+1, until)
}

// summedUp makes the marginals of a dimension of those of people at touchpoints: each rating concerns one person.
func summedUp(dim, id string) string {
	return intoMarginals() + "SELECT '" + dim + "', subject, journey_id, 0, scale, day, " + sums() + `
		FROM (SELECT ` + id + ` AS subject, m.* FROM marginals m WHERE dim = 'employee_touchpoint' AND day BETWEEN ? AND ?) AS m GROUP BY subject, journey_id, scale, day`
}

// months makes the marginals of months of those of days.
func months() string {
	month := fmt.Sprintf("day - (day - 4) %% %d", feedback.MonthDays)
	return intoMarginals() + "SELECT dim || '/month', id, journey_id, touchpoint_id, scale, " + month + ", " + sums() +
		" FROM marginals GROUP BY dim, id, journey_id, touchpoint_id, scale, " + month
}

// sums adds the counts of marginals up.
func sums() string {
	out := make([]string, len(tallied))
	for i, x := range tallied {
		out[i] = "CAST(SUM(" + x + ") AS bigint)"
	}
	return strings.Join(out, ", ")
}

// short writes a number of ratings as people say it.
func short(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%.3g M", float64(n)/1e6)
	case n >= 1000:
		return fmt.Sprintf("%.3g k", float64(n)/1e3)
	}
	return fmt.Sprint(n)
}
