package store

import (
	"errors"
	"testing"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/ingest"
)

// withTeams lets every second run concern two people of two teams.
func withTeams(records []ingest.Record) []ingest.Record {
	for i := range records {
		for j := range records[i].Contacts {
			c := &records[i].Contacts[j]
			c.PromiseDue, c.PromiseKept = c.Started.AddDate(0, 0, 8), c.Started.AddDate(0, 0, 5+i%7)
			c.Judged, c.People = "both", []ingest.Person{{Employee: ingest.Named{Key: "ann"}, Team: []string{"north"}}}
			if i%2 == 0 {
				c.People = append(c.People, ingest.Person{Employee: ingest.Named{Key: "bea"}, Team: []string{"south"}})
			}
		}
	}
	return records
}

// TestWhatIsDamagedIsFoundAndMadeAnew damages one thing after another; each repair must leave nothing to find.
func TestWhatIsDamagedIsFoundAndMadeAnew(t *testing.T) {
	onlyDay := func(dim feedback.Dim) string {
		return " WHERE dim = '" + string(dim) + "' AND day = (SELECT MIN(day) FROM marginals WHERE dim = '" + string(dim) + "')"
	}
	damages := []struct {
		name string
		dim  feedback.Dim
		days int // 0: all three
		sql  string
	}{
		{"a journey's count is wrong", feedback.ByJourney, 1, "UPDATE marginals SET n = n + 1, n3 = n3 + 1" + onlyDay(feedback.ByJourney)},
		{"a touchpoint's sum is wrong", feedback.ByTouchpoint, 1, "UPDATE marginals SET sum = sum - 1" + onlyDay(feedback.ByTouchpoint)},
		{"all cells of people are missing", feedback.ByEmployeeTouchpoint, 3, "DELETE FROM marginals WHERE dim = 'employee_touchpoint'"},
		{"a person's cells at a touchpoint are missing", feedback.ByEmployeeTouchpoint, 1, "DELETE FROM marginals" + onlyDay(feedback.ByEmployeeTouchpoint)},
		{"a team has cells that never were", feedback.ByTeam, 1, "UPDATE marginals SET id = -id" + onlyDay(feedback.ByTeam)},
		{"a touchpoint's month is wrong", feedback.ByTouchpoint.Months(), 1, "UPDATE marginals SET n = n + 1, n3 = n3 + 1" + onlyDay(feedback.ByTouchpoint.Months())},
		{"a team's months are missing", feedback.ByTeam.Months(), 1, "DELETE FROM marginals WHERE dim = 'team/month'"},
		{"shared ratings and their teams are missing", feedback.ByTeamSet, 3, "DELETE FROM marginals WHERE dim = 'team_set'; DELETE FROM team_sets"},
		{"what was said by those who met a touchpoint is missing", feedback.ByMet, 3, "DELETE FROM marginals WHERE dim = 'met'"},
		{"who passed is counted on a wrong day", byPasses, 2, "UPDATE passes SET day = 7 WHERE day = (SELECT MIN(day) FROM passes)"},
		{"driver statistics of one day say what another says", byDrivers, 1, "UPDATE driver_days SET pairs = (SELECT pairs FROM driver_days ORDER BY day LIMIT 1) WHERE day = (SELECT MAX(day) FROM driver_days)"},
		{"driver statistics cannot be read", byDrivers, 1, "UPDATE driver_days SET pairs = '' WHERE day = (SELECT MIN(day) FROM driver_days) + 1"},
		{"driver statistics are missing", byDrivers, 1, "DELETE FROM driver_days WHERE day = (SELECT MIN(day) FROM driver_days)"},
		{"promises of one day say what another says", byPromises, 1, "UPDATE promise_days SET cells = (SELECT cells FROM promise_days WHERE team_id = 0 ORDER BY day LIMIT 1) WHERE team_id = 0 AND day = (SELECT MAX(day) FROM promise_days)"},
		{"promises cannot be read", byPromises, 1, "UPDATE promise_days SET cells = '' WHERE team_id = 0 AND day = (SELECT MIN(day) FROM promise_days)"},
		{"promises are missing", byPromises, 3, "DELETE FROM promise_days"},
		{"promises of a team that made none", byPromises, 1, "INSERT INTO promise_days (touchpoint_id, team_id, journey_id, day, cells) SELECT touchpoint_id, 7, journey_id, day, cells FROM promise_days WHERE team_id = 0 AND day = (SELECT MAX(day) FROM promise_days)"},
		{"driver statistics of a day that never was", byDrivers, 1, "INSERT INTO driver_days (journey_id, scale, day, pairs) SELECT journey_id, scale, 7, pairs FROM driver_days WHERE day = (SELECT MAX(day) FROM driver_days)"},
	}
	onBothEngines(t, func(t *testing.T, s *Store) {
		records := withTeams(rated(0, 31))
		if _, err := s.Take(t.Context(), records); err != nil {
			t.Fatal(err)
		}
		if found, err := s.Repair(t.Context()); err != nil || len(found) > 0 || len(s.repairs(t)) > 0 {
			t.Fatalf("nothing is damaged: %v, %v", found, err)
		}
		sets, err := s.TeamSets(t.Context())
		if err != nil || len(sets) != 1 {
			t.Fatalf("%v, %v", sets, err)
		}
		for _, d := range damages {
			if err := s.w.Exec(d.sql).Error; err != nil {
				t.Fatal(err)
			}
			before, version := len(s.repairs(t)), s.version(t)
			differs := s.verified(t)
			if len(differs) == 0 || differs[0].Dim != d.dim {
				t.Errorf("%s: found %v", d.name, differs)
			}
			found, err := s.Repair(t.Context())
			if err != nil || len(found) != len(differs) {
				t.Errorf("%s: repaired %v, %v", d.name, found, err)
			}
			if left := s.verified(t); len(left) > 0 {
				t.Errorf("%s: left %v", d.name, left)
			}
			lines := s.repairs(t)
			if len(lines) != before+d.days || lines[0].SubjectKind != "day" || s.version(t) == version {
				t.Errorf("%s: %d lines in the ledger, want %d, the version went from %d to %d", d.name, len(lines)-before, d.days, version, s.version(t))
			}
		}
		if again, err := s.TeamSets(t.Context()); err != nil || len(again) != 1 {
			t.Errorf("%v, %v", again, err)
		}
		if !same(driversOf(t, s), counted(t, records)) {
			t.Errorf("%+v", driversOf(t, s))
		}
	})
}

// TestAFoldGoesOnWhereDriverStatisticsAreDamaged so that the other figures are there while nobody repairs.
func TestAFoldGoesOnWhereDriverStatisticsAreDamaged(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		records := rated(0, 30)
		if _, err := s.Take(t.Context(), records[:15]); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.FoldAll(t.Context()), s.w.Exec("UPDATE driver_days SET pairs = 'nonsense'").Error); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Take(t.Context(), records[15:]); err != nil {
			t.Fatal(err)
		}
		for _, d := range s.verified(t) {
			if d.Dim != byDrivers {
				t.Errorf("%+v", d)
			}
		}
		if _, err := s.Repair(t.Context()); err != nil || !same(driversOf(t, s), counted(t, records)) {
			t.Errorf("%+v, %v", driversOf(t, s), err)
		}
	})
}

func (s *Store) repairs(t *testing.T) []eventRow {
	t.Helper()
	rows, err := all[eventRow](s.r.Table("events").Where("verb = ?", event.FiguresRepaired))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func (s *Store) version(t *testing.T) int64 {
	t.Helper()
	v, err := s.DataVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}
