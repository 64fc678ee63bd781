package store

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/recall"
)

// withoutArea are tables that pages show nothing of: those of the migrations.
const withoutArea = "goose_db_version sqlite_sequence"

// TestEveryTableIsInAnArea, and every view in those of its tables: what reads it changes when they do.
func TestEveryTableIsInAnArea(t *testing.T) {
	for engine, catalogue := range map[string]string{
		"sqlite":   "SELECT name, CASE type WHEN 'view' THEN sql ELSE '' END AS text FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_stat%'",
		"postgres": "SELECT table_name AS name, COALESCE(view_definition, '') AS text FROM information_schema.tables LEFT JOIN information_schema.views USING (table_schema, table_name) WHERE table_schema = current_schema()",
	} {
		t.Run(engine, func(t *testing.T) {
			var there []struct{ Name, Text string }
			if err := fresh(t, engine).r.Raw(catalogue).Scan(&there).Error; err != nil || len(there) < 50 {
				t.Fatalf("%d tables, %v", len(there), err)
			}
			for _, table := range there {
				in := areaOf[table.Name]
				switch {
				case slices.Contains(strings.Fields(withoutArea), table.Name), strings.HasPrefix(table.Name, "river_"):
				case in == 0:
					t.Errorf("%s is in no area: see areas.go", table.Name)
				case in|areasIn(table.Text) != in:
					t.Errorf("the view %s is not in all areas of its tables", table.Name)
				}
			}
		})
	}
	if len(areas) > 63 {
		t.Errorf("%d areas are too many for a set", len(areas))
	}
}

func TestWhereAQuestionIsAnswered(t *testing.T) {
	for sql, want := range map[string]recall.Areas{
		"SELECT * FROM `teams` WHERE id = ?":                                          areaOf["users"],
		`SELECT "teams"."name" FROM "teams" JOIN runs r ON r.id = 1`:                  areaOf["teams"] | areaOf["runs"],
		"SELECT 1 FROM (SELECT response_id FROM feedback) q":                          areaOf["notices"] | areaOf["ratings"],
		"SELECT COUNT(*) FROM river_job":                                              recall.Everything,
		"WITH given (id) AS (VALUES (?)) UPDATE cases SET state = ? FROM given WHERE": areaOf["case_steps"],
	} {
		if got := seen(sql); got != want {
			t.Errorf("%s: %v, not %v", sql, slices.Collect(got.All), slices.Collect(want.All))
		}
	}
}

// TestWhatAChangeLeaves asks for a team, and counts answers, after one change and another.
func TestWhatAChangeLeaves(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s := fresh(t, engine)
			other, err := Open(t.Context(), s.URL, s.zone) // another node, which is told by nobody
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			look := func() (team, answers *recall.Sight) {
				ctx := looking(t, other)
				team = recall.From(ctx).Part()
				if _, err := other.Tree(recall.With(ctx, team)); err != nil {
					t.Fatal(err)
				}
				answers = recall.From(ctx).Part()
				if _, err := other.ResponseOf(recall.With(ctx, answers), 1); err == nil {
					t.Fatal("there is no answer")
				}
				return team, answers
			}
			in := func(do func(ctx context.Context) error) func() error {
				return func() error { return s.InTx(t.Context(), do) }
			}
			for _, c := range []struct {
				sentence      string
				do            func() error
				team, answers bool // whether they hold afterwards
			}{
				{sentence: "nothing", do: func() error { return nil }, team: true, answers: true},
				{sentence: "another name of a team", do: func() error { return s.SaveTeam(t.Context(), people.Team{ID: 7, Key: "shop"}) }, answers: true},
				{sentence: "an answer, until the fold", do: in(func(ctx context.Context) error {
					s.soon(ctx)
					return s.write(ctx).Exec("UPDATE responses SET comment = 'slow'").Error
				}), team: true, answers: true},
				{sentence: "the fold after it", do: func() error { return s.FoldAll(t.Context()) }, team: true},
				{sentence: "an answer that is told at once", do: in(func(ctx context.Context) error {
					return s.write(ctx).Exec("DELETE FROM responses WHERE id = 1").Error
				}), team: true},
				{sentence: "a change of nobody knows what", do: in(func(ctx context.Context) error { return s.write(ctx).Error })},
			} {
				team, answers := look()
				if err := c.do(); err != nil {
					t.Fatalf("%s: %v", c.sentence, err)
				}
				looking(t, other)
				if team.Holds() != c.team || answers.Holds() != c.answers {
					t.Errorf("after %s a team holds: %t, answers: %t", c.sentence, team.Holds(), answers.Holds())
				}
			}
		})
	}
}
