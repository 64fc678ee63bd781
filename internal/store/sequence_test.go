package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/people"
)

// busyCompany does to a few runs whatever may happen to them, in any order.
type busyCompany struct {
	s         *Store
	service   *feedback.Service
	boss      people.Actor
	employees []int64
	teams     []int64
}

// something happens, drawn by r.
func (b busyCompany) something(ctx context.Context, r *rand.Rand) error {
	n, err := b.anyNotice(ctx, r)
	if err != nil {
		return err
	}
	her := people.Actor{EmployeeID: n.EmployeeID}
	switch r.IntN(8) {
	case 0, 1:
		_, err = b.s.Take(ctx, []ingest.Record{b.news(r)})
	case 2, 3:
		err = b.service.Reply(ctx, her, n.ResponseID, n.TouchpointID, feedback.Replies[r.IntN(len(feedback.Replies))])
	case 4:
		err = b.service.Move(ctx, b.boss, n.ResponseID, n.TouchpointID, b.employees[r.IntN(len(b.employees))], b.teams[r.IntN(len(b.teams))], "she was there")
	case 5:
		err = b.service.Settle(ctx, b.boss, n.ResponseID, n.TouchpointID, "it was the system")
	case 6:
		err = b.service.Read(ctx, her, []feedback.Notice{n})
	case 7:
		_, err = b.s.Fold(ctx)
	}
	if kind := fault.KindOf(err); kind == fault.KindMissing || kind == fault.KindConflict || kind == fault.KindForbidden || kind == fault.KindInvalid {
		return nil
	}
	return err
}

func (b busyCompany) anyNotice(ctx context.Context, r *rand.Rand) (feedback.Notice, error) {
	list, err := all[feedback.Notice](b.s.read(ctx).Table("feedback").Order("response_id, touchpoint_id, employee_id"))
	if err != nil || len(list) == 0 {
		return feedback.Notice{}, errors.Join(err, errors.New("nobody has feedback"))
	}
	return list[r.IntN(len(list))], nil
}

// news is what comes in about a run: another answer, sooner or later than the one on record, a contact from before, or what
// came of a promise.
func (b busyCompany) news(r *rand.Rand) ingest.Record {
	record := withTeams(rated(0, 6))[r.IntN(6)]
	record.Completed = time.Time{}
	at := record.Answer.At.Add(time.Duration(r.IntN(100)-20) * time.Minute)
	record.Answer.At, record.Answer.Key = at, fmt.Sprint(record.Run, at)
	for i := range record.Answer.Ratings {
		record.Answer.Ratings[i].Value = 1 + r.IntN(5)
	}
	switch r.IntN(3) {
	case 0:
		record.Answer.Ratings = record.Answer.Ratings[:0]
	case 1:
		record.Answer = nil
	}
	c := record.Contacts[0]
	c.Key, c.Started, c.PromiseKept = fmt.Sprint(c.Key, r.IntN(5)), c.Started.Add(-time.Duration(r.IntN(72))*time.Hour), time.Time{}
	if r.IntN(2) == 0 {
		c.PromiseKept = c.PromiseDue.AddDate(0, 0, r.IntN(5)-2)
	}
	if r.IntN(2) == 0 {
		c.People = []ingest.Person{{Employee: ingest.Named{Key: "cleo"}, Team: []string{"south"}}}
	}
	record.Contacts = append(record.Contacts, c)
	return record
}

// TestWhateverHappensTheRecordsStayWhole: in any order, also at the same moment.
func TestWhateverHappensTheRecordsStayWhole(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		for _, workers := range []int{1, 3} {
			if _, err := s.Take(t.Context(), withTeams(rated(0, 6))); err != nil {
				t.Fatal(err)
			}
			b := busyCompany{s: s, boss: people.Actor{Manager: true}, service: &feedback.Service{Store: s, Ledger: s, Now: func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }}}
			b.employees, b.teams = append(s.numbers(t, "employees"), 0), s.numbers(t, "teams") // 0: of the team alone
			var all sync.WaitGroup
			for w := range workers {
				all.Go(func() {
					r := rand.New(rand.NewPCG(uint64(w), uint64(workers)))
					for i := range 60 / workers {
						if err := b.something(t.Context(), r); err != nil {
							t.Errorf("%d of %d at once, after %d: %v", w, workers, i, err)
							return
						}
					}
				})
			}
			all.Wait()
			if found := s.verified(t); len(found) > 0 {
				t.Errorf("%d at once: %+v", workers, found)
			}
			s.whole(t)
		}
	})
}

func (s *Store) numbers(t *testing.T, table string) (ids []int64) {
	t.Helper()
	if err := s.r.Table(table).Order("id").Pluck("id", &ids).Error; err != nil {
		t.Fatal(err)
	}
	return ids
}

// whole holds what must be true of the records whatever happened.
func (s *Store) whole(t *testing.T) {
	t.Helper()
	for rule, broken := range map[string]string{
		"everybody has one notice of a rating":                "SELECT 1 FROM feedback GROUP BY response_id, touchpoint_id, employee_id HAVING COUNT(*) > 1",
		"an attribution is kept in one place":                 "SELECT 1 FROM attributions GROUP BY response_id, touchpoint_id, employee_id, team_id HAVING COUNT(*) > 1",
		"a rating concerns somebody":                          "SELECT 1 FROM ratings r WHERE NOT EXISTS (SELECT 1 FROM attributions a WHERE a.response_id = r.response_id AND a.touchpoint_id = r.touchpoint_id AND a.active)",
		"who is told unread is told of what plainly is hers":  "SELECT 1 FROM ratings WHERE told <> 0 AND employee_id = 0",
		"whom a rating concerns has it and was not withdrawn": "SELECT 1 FROM attributions a JOIN ratings r ON r.response_id = a.response_id AND r.touchpoint_id = a.touchpoint_id WHERE a.active AND a.employee_id <> 0 AND r.judged <> 'process' AND NOT EXISTS (SELECT 1 FROM feedback f WHERE f.response_id = a.response_id AND f.touchpoint_id = a.touchpoint_id AND f.employee_id = a.employee_id AND f.withdrawn_at IS NULL)",
		"a notice that stands has the time of the answer":     "SELECT 1 FROM feedback f JOIN responses p ON p.id = f.response_id WHERE f.reply = '' AND f.withdrawn_at IS NULL AND f.at <> p.answered_at",
	} {
		var n int64
		if err := s.r.Raw("SELECT COUNT(*) FROM (" + broken + ") q").Scan(&n).Error; err != nil || n > 0 {
			t.Errorf("%s: broken %d times, %v", rule, n, err)
		}
	}
}
