package store

import (
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/feedback"
)

// TestEverybodyHasANoticeOnceWhereverItIsKept: with the rating until she reads it, apart from then on; never in both places,
// never in none, and nobody else's changes with it.
func TestEverybodyHasANoticeOnceWhereverItIsKept(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		if _, err := s.Take(t.Context(), withTeams(rated(0, 8))); err != nil { // every second is shared by two
			t.Fatal(err)
		}
		notices := func() (all, unread, apart int64) {
			t.Helper()
			for into, q := range map[*int64]string{
				&all:    "SELECT COUNT(*) FROM (SELECT DISTINCT response_id, touchpoint_id, employee_id FROM feedback) q",
				&unread: "SELECT COUNT(*) FROM feedback WHERE read_at IS NULL", &apart: "SELECT COUNT(*) FROM notices",
			} {
				if err := s.r.Raw(q).Scan(into).Error; err != nil {
					t.Fatal(err)
				}
			}
			return all, unread, apart
		}
		given, unread, first := notices()
		if given == 0 || unread != given || first == 0 || first >= given {
			t.Fatalf("%d notices, %d unread, %d apart", given, unread, first)
		}
		carried := func() feedback.Notice {
			t.Helper()
			row, err := one[ratingRow](s.r.Table("ratings").Where("told <> 0").Order("response_id"), "")
			if err != nil {
				t.Fatal(err)
			}
			n, err := s.NoticeOf(t.Context(), row.EmployeeID, row.ResponseID, row.TouchpointID)
			if err != nil || n.Mood != row.Scale.Mood(row.Value) || !n.At.Equal(row.AnsweredAt) || n.Audience != feedback.ToEmployee {
				t.Fatalf("the rating %+v tells %+v, %v", row, n, err)
			}
			return n
		}
		read := carried()
		for range 2 { // what was read before keeps its time
			if err := s.MarkRead(t.Context(), read.EmployeeID, s.Now(), []feedback.Notice{read}); err != nil {
				t.Fatal(err)
			}
		}
		if n, left, apart := notices(); n != given || left != given-1 || apart <= first {
			t.Errorf("one read: %d notices, %d unread, %d apart", n, left, apart)
		}
		replied := carried()
		now := s.Now()
		replied.Reply, replied.RepliedAt, replied.ReadAt = feedback.ReplyThanks, &now, &now
		if err := s.SaveNotice(t.Context(), replied); err != nil {
			t.Fatal(err)
		}
		if n, left, _ := notices(); n != given || left != given-2 {
			t.Errorf("another replied to: %d notices, %d unread", n, left)
		}
		s.answerAgain(t, replied.ResponseID)
		if n, left, _ := notices(); n != given || left != given-2 {
			t.Errorf("answered anew: %d notices, %d unread", n, left)
		}
		kept, err := s.NoticeOf(t.Context(), replied.EmployeeID, replied.ResponseID, replied.TouchpointID)
		if err != nil || kept.Reply != feedback.ReplyThanks {
			t.Errorf("her reply: %+v, %v", kept, err)
		}
	})
}

// TestReadingIsOfWhatWasSeen: the page in front of her may be older than the answer on record by now.
func TestReadingIsOfWhatWasSeen(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		if _, err := s.Take(t.Context(), withTeams(rated(0, 2))); err != nil {
			t.Fatal(err)
		}
		seen, err := one[feedback.Notice](s.r.Table("feedback").Where("audience = ?", feedback.ToEmployee).Order("response_id"), "")
		if err != nil {
			t.Fatal(err)
		}
		s.answerAgain(t, seen.ResponseID)
		for _, test := range []struct {
			when string
			seen time.Time
			read bool
		}{
			{"she saw the answer before it", seen.At, false},
			{"she saw it", seen.At.Add(time.Minute), true},
		} {
			seen.At = test.seen
			if err := s.MarkRead(t.Context(), seen.EmployeeID, s.Now(), []feedback.Notice{seen}); err != nil {
				t.Fatal(err)
			}
			if n, err := s.NoticeOf(t.Context(), seen.EmployeeID, seen.ResponseID, seen.TouchpointID); err != nil || (n.ReadAt != nil) != test.read {
				t.Errorf("%s: %+v, %v", test.when, n, err)
			}
		}
	})
}

// answerAgain puts the same answer, a minute later, in the place of a response.
func (s *Store) answerAgain(t *testing.T, response int64) {
	t.Helper()
	run, err := one[struct{ RunID int64 }](s.r.Table("responses").Where("id = ?", response), "")
	if err != nil {
		t.Fatal(err)
	}
	old, err := s.ResponseOf(t.Context(), run.RunID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.r.Table("feedback").Where("response_id = ?", response).Find(&old.Notices).Error; err != nil {
		t.Fatal(err)
	}
	next := old
	next.AnsweredAt = old.AnsweredAt.Add(time.Minute)
	for i := range next.Notices {
		next.Notices[i].ReadAt, next.Notices[i].Reply, next.Notices[i].RepliedAt = nil, feedback.ReplyNone, nil
		next.Notices[i].At = next.AnsweredAt
	}
	if err := s.ReplaceResponse(t.Context(), old, next); err != nil {
		t.Fatal(err)
	}
}
