package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/testkit/pgtest"
)

// fresh opens a migrated database of the engine.
func fresh(t *testing.T, engine string) *Store {
	t.Helper()
	url := "sqlite:" + filepath.Join(t.TempDir(), "journeyloop.db")
	if engine == "postgres" {
		url = pgtest.Database(t, func(string) error { return nil })
	}
	s, err := Open(t.Context(), url, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// answered are runs with an answer each.
func answered(part, n int) []ingest.Record {
	csat := stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}
	at, overall := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC), 4
	records := make([]ingest.Record, n)
	for i := range records {
		key := fmt.Sprint("run-", part, "-", i)
		records[i] = ingest.Record{Journey: ingest.Named{Key: "fibre"}, Run: key, Completed: at,
			Contacts: []ingest.Contact{{Key: key, Touchpoint: ingest.Named{Key: "shop"}, Started: at.Add(-time.Hour), Topic: strings.Repeat("سلام ", 50)}},
			Answer:   &ingest.Answer{Key: key, At: at, Scale: csat, Overall: &overall}}
	}
	return records
}

func (s *Store) runsThere(t *testing.T) (n int64) {
	t.Helper()
	if err := s.r.Raw("SELECT COUNT(*) FROM runs").Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAFullDiskLosesNothingThatWasAcknowledged(t *testing.T) {
	s := fresh(t, "sqlite")
	pragma := func(q string) (n int64) {
		t.Helper()
		if err := s.w.Raw(q).Scan(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}
	pragma(fmt.Sprint("PRAGMA max_page_count = ", pragma("PRAGMA page_count")+100))
	taken := 0
	var err error
	for err == nil && taken < 5000 {
		if _, err = s.Take(t.Context(), answered(taken, 50)); err == nil {
			taken += 50
		}
	}
	if f := fault.Of(err); f == nil || f.Kind != fault.KindBusy || f.Key != "errors.not_stored" || !strings.Contains(err.Error(), "full") {
		t.Fatalf("after %d runs: %v", taken, err)
	}
	if n := s.runsThere(t); n != int64(taken) || taken == 0 {
		t.Errorf("%d runs are there, %d were acknowledged", n, taken)
	}
	pragma("PRAGMA max_page_count = 1000000") // somebody made room
	if _, err := s.Take(t.Context(), answered(taken, 50)); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	differs, err := s.Verify(t.Context())
	if err != nil || len(differs) != 0 || s.runsThere(t) != int64(taken+50) {
		t.Errorf("verify: %v %v", differs, err)
	}
}

func TestAFileThatMayOnlyBeReadSaysSo(t *testing.T) {
	s := fresh(t, "sqlite")
	if err := s.w.Exec("PRAGMA query_only = 1").Error; err != nil {
		t.Fatal(err)
	}
	_, err := s.Take(t.Context(), answered(0, 1))
	if f := fault.Of(err); f == nil || f.Key != "errors.not_stored" || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("%v", err)
	}
	if n := s.runsThere(t); n != 0 {
		t.Errorf("%d runs", n)
	}
}

func TestAFolderThatCannotBeIsToldWhenOpening(t *testing.T) {
	_, err := Open(t.Context(), "sqlite:/proc/nowhere/journeyloop.db", time.UTC)
	if err == nil || !strings.Contains(err.Error(), "open database") || !strings.Contains(err.Error(), "/proc/nowhere") {
		t.Errorf("%v", err)
	}
}

func TestAFileWithTimesAsTextIsRefused(t *testing.T) {
	s := fresh(t, "sqlite")
	path := strings.TrimPrefix(s.URL, "sqlite:")
	for _, c := range []struct{ at, says string }{{"1774600000000000", "<nil>"}, {"'2026-03-27 12:00:00+00:00'", "open database: " + path + " was written by an earlier Journeyloop"}} {
		err := s.w.Exec("DELETE FROM events").Error
		if err == nil {
			err = s.w.Exec("INSERT INTO events (id, at, verb, subject_kind, subject_id, actor_id, particulars) VALUES (1, " + c.at + ", '', '', 1, 1, '')").Error
		}
		if err != nil {
			t.Fatal(err)
		}
		again, err := Open(t.Context(), s.URL, time.UTC)
		if err == nil {
			err = again.Close()
		}
		if !strings.HasPrefix(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v", c.at, err)
		}
	}
}

// TestWhatAnotherProcessHoldsIsBusy: the engine's lock error never reaches anybody bare.
func TestWhatAnotherProcessHoldsIsBusy(t *testing.T) {
	s := fresh(t, "sqlite")
	if err := s.w.Exec("PRAGMA busy_timeout = 50").Error; err != nil {
		t.Fatal(err)
	}
	other, err := Open(t.Context(), s.URL, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	err = other.InTx(t.Context(), func(context.Context) error {
		_, err := s.Take(t.Context(), answered(0, 1))
		if f := fault.Of(err); f == nil || f.Kind != fault.KindBusy || f.Key != "errors.busy" {
			t.Errorf("to write: %v", err)
		}
		s.runsThere(t) // readers do not wait
		return s.View(t.Context(), func(ctx context.Context) error {
			_, err := s.DataVersion(ctx)
			return err
		})
	})
	if err != nil {
		t.Error(err)
	}
}

func TestUseBesideTheOpenTransactionIsFound(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s, found := fresh(t, engine), 0
			s.Watch(func(string) { found++ })
			outside := t.Context()
			for sentence, c := range map[string]struct {
				do   func(ctx context.Context) error
				want int
			}{
				"with its own ctx":   {func(ctx context.Context) error { _, err := s.DataVersion(ctx); return err }, 0},
				"a change within it": {func(ctx context.Context) error { return s.SaveSetting(ctx, "x", 1) }, 0},
				"a read beside it":   {func(context.Context) error { _, err := s.DataVersion(outside); return err }, 1},
				"a look beside it":   {func(context.Context) error { return s.View(outside, func(context.Context) error { return nil }) }, 1},
				"a look that is within": {func(ctx context.Context) error {
					return s.View(ctx, func(ctx context.Context) error { return s.SaveSetting(ctx, "x", 2) })
				}, 0},
			} {
				found = 0
				if err := s.InTx(outside, c.do); err != nil || found != c.want {
					t.Errorf("%s: found %d, want %d (%v)", sentence, found, c.want, err)
				}
			}
			found = 0
			if _, err := s.DataVersion(outside); err != nil || found != 0 {
				t.Errorf("after it is over: %d %v", found, err)
			}
		})
	}
}

func TestAViewChangesNothing(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			s := fresh(t, engine)
			err := s.View(t.Context(), func(ctx context.Context) error {
				return s.InTx(ctx, func(context.Context) error { return nil })
			})
			if !errors.Is(err, errChangeInView) {
				t.Errorf("a change begun in it: %v", err)
			}
			if err := s.View(t.Context(), func(ctx context.Context) error { _, err := nextFigures(s.quiet(ctx)); return err }); err == nil {
				t.Error("the engine let a change through")
			}
		})
	}
}

// TestFiguresAreToldWithoutTheRecords: what is shown daily costs the same however much was ever said, so it can be told
// with the records put away.
func TestFiguresAreToldWithoutTheRecords(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := fresh(t, engine)
			records := answered(0, 12)
			for i := range records {
				r := &records[i]
				r.Contacts[0].People = []ingest.Person{{Employee: ingest.Named{Key: "e"}, Team: []string{"Field"}}}
				r.Answer.Ratings = []ingest.Rating{{Touchpoint: ingest.Named{Key: "shop"}, Scale: r.Answer.Scale, Value: 1 + i%5}}
			}
			if _, err := s.Take(t.Context(), records); err != nil {
				t.Fatal(err)
			}
			if err := s.FoldAll(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"packed_ratings", "further_attributions", "responses", "interaction_people", "interactions", "runs", "events"} {
				if err := s.w.Exec("ALTER TABLE " + table + " RENAME TO put_away_" + table).Error; err != nil {
					t.Fatal(err)
				}
			}
			figures := &insight.Service{Store: s, Zone: time.UTC, Now: func() time.Time { return records[0].Completed.AddDate(0, 0, 3) }}
			for _, by := range []feedback.Dim{feedback.ByJourney, feedback.ByTouchpoint, feedback.ByTeam, feedback.ByEmployee} {
				q := insight.Question{By: by}
				lines, err := figures.Figures(t.Context(), q)
				if err != nil || len(lines) != 1 || lines[0].Figure.N != 12 {
					t.Fatalf("figures by %s: %+v %v", by, lines, err)
				}
				q.IDs = []int64{lines[0].ID}
				trend, err := figures.Trend(t.Context(), q, 7)
				if err != nil || len(trend) != 1 {
					t.Errorf("trend by %s: %+v %v", by, trend, err)
				}
				if shifts, err := figures.Shifts(t.Context(), q, 30); err != nil || len(shifts) != 1 {
					t.Errorf("changes by %s: %+v %v", by, shifts, err)
				}
				switch by {
				case feedback.ByJourney:
					d, err := figures.Drivers(t.Context(), lines[0].ID, 0, 0)
					if err != nil || d.TooFew == nil {
						t.Errorf("drivers: %+v %v", d, err)
					}
				case feedback.ByTeam:
					if _, teams, err := figures.Teams(t.Context(), nil, 30); err != nil || len(teams) != 1 {
						t.Errorf("teams: %+v %v", teams, err)
					}
				case feedback.ByEmployee:
					if own, err := figures.Own(t.Context(), lines[0].ID, true); err != nil || len(own) != 1 {
						t.Errorf("own: %+v %v", own, err)
					}
				}
			}
		})
	}
}

// TestNoNumberIsMadeFromTheLargest: two who ask for the largest at once get the same one. Numbers are made by id.New.
func TestNoNumberIsMadeFromTheLargest(t *testing.T) {
	next := regexp.MustCompile(`(?i)max\s*\([^()]*\)[\s,0)]*\+\s*1|nextval|lastval|autoincrement|\b(big)?serial\b|generated (always|by default) as identity`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := filepath.Glob("../../migrations/*/*.sql")
	if err != nil || len(files) < 30 || len(schemas) < 2 {
		t.Fatalf("%d files, %d schemas: %v", len(files), len(schemas), err)
	}
	for _, file := range append(files, schemas...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte("autoIncrement:false"), nil) // says that gorm must not make one
		if found := next.Find(text); found != nil && !strings.HasSuffix(file, "_test.go") {
			t.Errorf("%s: %s", file, found)
		}
	}
}

// TestWhoeverHangsUpLeavesNobodyADeadConnection has more people ask than there are connections, and half of them give up
// in the middle of their question.
func TestWhoeverHangsUpLeavesNobodyADeadConnection(t *testing.T) {
	s := fresh(t, "postgres")
	conns, err := s.r.DB()
	if err != nil {
		t.Fatal(err)
	}
	conns.SetMaxOpenConns(2)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 40 {
				ctx, giveUp := context.WithTimeout(t.Context(), 5*time.Millisecond)
				var slept string
				_ = s.read(ctx).Raw("SELECT pg_sleep(1)::text").Scan(&slept).Error
				giveUp()
			}
		})
		all.Go(func() {
			for range 40 {
				var one int
				if err := s.read(t.Context()).Raw("SELECT 1").Scan(&one).Error; err != nil || one != 1 {
					t.Errorf("whoever stayed got %d, %v", one, err)
				}
			}
		})
	}
	all.Wait()
}
