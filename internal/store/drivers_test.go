package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/stat"
)

var five = stat.Scale{Metric: stat.CSAT, Lo: 1, Hi: 5}

// rated are runs over three days that met the shop and, every second, the call; every fifth did not rate the shop.
func rated(part, n int) []ingest.Record {
	records := make([]ingest.Record, n)
	for i := range records {
		at, overall, shop := time.Date(2026, 3, 4+i%3, 9, 0, 0, 0, time.UTC), 1+i%5, 1+(i/2)%5
		key := fmt.Sprint("run-", part, "-", i)
		contact := func(touchpoint string) ingest.Contact {
			return ingest.Contact{Key: key + touchpoint, Touchpoint: ingest.Named{Key: touchpoint}, Started: at.Add(-time.Hour)}
		}
		r := ingest.Record{Journey: ingest.Named{Key: "fibre"}, Run: key, Completed: at, Contacts: []ingest.Contact{contact("shop")},
			Answer: &ingest.Answer{Key: key, At: at, Scale: five, Overall: &overall}}
		if i%2 == 0 {
			r.Contacts = append(r.Contacts, contact("call"))
			r.Answer.Ratings = append(r.Answer.Ratings, ingest.Rating{Touchpoint: ingest.Named{Key: "call"}, Scale: five, Value: 5})
		}
		if i%5 != 0 {
			r.Answer.Ratings = append(r.Answer.Ratings, ingest.Rating{Touchpoint: ingest.Named{Key: "shop"}, Scale: five, Value: shop})
		}
		records[i] = r
	}
	return records
}

func onBothEngines(t *testing.T, test func(t *testing.T, s *Store)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t, engine))
		})
	}
}

func (s *Store) verified(t *testing.T) []Difference {
	t.Helper()
	differs, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return differs
}

// driversOf are the statistics of the fibre journey about shop and call, by day.
func driversOf(t *testing.T, s *Store) []stat.DriverSums {
	t.Helper()
	j, err := s.JourneyByKey(t.Context(), "fibre")
	if err != nil {
		t.Fatal(err)
	}
	touchpoints, err := s.Touchpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	q := insight.DriverQuestion{Journey: j.ID, Scale: five, Touchpoints: make([]insight.Rated, 2)}
	for _, tp := range touchpoints {
		q.Touchpoints[slices.Index([]string{"shop", "call"}, tp.Key)] = insight.Rated{ID: tp.ID, Scale: five}
	}
	days, err := s.DriverDays(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return days
}

// counted is the same from the records, without the store.
func counted(t *testing.T, records []ingest.Record) []stat.DriverSums {
	t.Helper()
	out := []stat.DriverSums{stat.NewDriverSums(2), stat.NewDriverSums(2), stat.NewDriverSums(2)}
	for _, r := range records {
		answers := []stat.DriverAnswer{{Met: true}, {Met: len(r.Contacts) == 2}}
		for _, x := range r.Answer.Ratings {
			at := slices.Index([]string{"shop", "call"}, x.Touchpoint.Key)
			answers[at].Rated, answers[at].Value = true, x.Value
		}
		if err := out[r.Completed.Day()-4].Add(*r.Answer.Overall, answers, 1); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func same(a, b []stat.DriverSums) bool {
	return slices.EqualFunc(a, b, func(a, b stat.DriverSums) bool {
		return a.N == b.N && slices.Equal(a.Sums, b.Sums) && slices.Equal(a.Cross, b.Cross)
	})
}

func TestFoldedDriverStatisticsAreThoseOfTheAnswers(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		records := rated(0, 120)
		for some := range slices.Chunk(records, 40) { // several folds meet in the same rows
			if _, err := s.Take(t.Context(), some); err != nil {
				t.Fatal(err)
			}
			if err := s.FoldAll(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := driversOf(t, s); !same(got, counted(t, records)) {
			t.Errorf("%+v", got)
		}
		if differs := s.verified(t); len(differs) > 0 {
			t.Errorf("verify: %v", differs)
		}
	})
}

func TestAnAnswerThatIsReplacedIsTakenBackFromTheDriverStatistics(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		records := rated(0, 30)
		if _, err := s.Take(t.Context(), records); err != nil {
			t.Fatal(err)
		}
		if err := s.FoldAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		runs, err := s.RunsByKey(t.Context(), records[4].Run)
		if err != nil {
			t.Fatal(err)
		}
		old, err := s.ResponseOf(t.Context(), runs[0].ID)
		if err != nil || len(old.Met) != 2 || len(old.Ratings) != 2 {
			t.Fatalf("%+v, %v", old, err)
		}
		next, worst := old, 1
		next.Overall, next.Ratings = &worst, slices.Clone(old.Ratings[:1])
		if err := s.ReplaceResponse(t.Context(), old, next); err != nil {
			t.Fatal(err)
		}
		if differs := s.verified(t); len(differs) > 0 {
			t.Errorf("verify: %v", differs)
		}
		n := int64(0)
		for _, d := range driversOf(t, s) {
			n += d.N
		}
		records[4].Answer.Overall = &worst
		kept := records[4].Answer.Ratings[:0]
		touchpoint, err := s.TouchpointByID(t.Context(), old.Ratings[0].TouchpointID)
		for _, r := range records[4].Answer.Ratings {
			if r.Touchpoint.Key == touchpoint.Key {
				kept = append(kept, r)
			}
		}
		records[4].Answer.Ratings = kept
		if err != nil || n != 30 || !same(driversOf(t, s), counted(t, records)) {
			t.Errorf("%d answers: %+v, %v", n, driversOf(t, s), err)
		}
	})
}

// TestFoldsAndAnswersAtOnceLeaveDriverStatisticsExact writes and folds from several sides, with folds that are broken off.
func TestFoldsAndAnswersAtOnceLeaveDriverStatisticsExact(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		var writers, folders sync.WaitGroup
		done := make(chan struct{})
		for range 2 {
			folders.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-done:
						return
					default:
					}
					if _, err := s.foldBrokenOff(t, i%3 == 0); err != nil && i%3 != 0 {
						t.Error(err)
						return
					}
				}
			})
		}
		folders.Go(func() { // nothing is damaged, whatever moment it looks at
			for {
				select {
				case <-done:
					return
				default:
				}
				if found, err := s.Repair(t.Context()); len(found) > 0 || err != nil && !errors.Is(err, ErrStillWriting) && !s.d.busy(err) {
					t.Error(found, err)
					return
				}
			}
		})
		for part := range 3 {
			writers.Go(func() {
				for some := range slices.Chunk(rated(part, 60), 10) {
					if _, err := s.Take(t.Context(), some); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		close(done)
		folders.Wait()
		if differs := s.verified(t); len(differs) > 0 {
			t.Errorf("verify: %v", differs)
		}
		n := int64(0)
		for _, d := range driversOf(t, s) {
			n += d.N
		}
		if n != 180 {
			t.Errorf("%d answers", n)
		}
	})
}

var errBrokenOff = fmt.Errorf("broken off")

// foldBrokenOff folds, and when broken lets the transaction fail after everything was written.
func (s *Store) foldBrokenOff(t *testing.T, broken bool) (n int, err error) {
	t.Helper()
	if !broken {
		done, err := s.Fold(t.Context())
		return done.Rows, err
	}
	return 0, s.InTx(t.Context(), func(ctx context.Context) error {
		if _, err := s.Fold(ctx); err != nil {
			return err
		}
		return errBrokenOff
	})
}
