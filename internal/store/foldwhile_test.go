package store

import (
	"errors"
	"testing"
	"time"
)

// TestAFileIsCountedWhileItComesIn: what waits is folded before the file is at its end, and the rest after it.
func TestAFileIsCountedWhileItComesIn(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		err := s.FoldWhile(t.Context(), 10*time.Millisecond, func() error {
			if _, err := s.Take(t.Context(), withTeams(rated(0, 3))); err != nil {
				return err
			}
			for tick := time.Tick(time.Millisecond); ; {
				if waiting, err := s.waiting(t.Context(), topicFold); err != nil || !waiting {
					_, later := s.Take(t.Context(), withTeams(rated(3, 5)))
					return errors.Join(err, later)
				}
				<-tick
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if waiting, err := s.waiting(t.Context(), topicFold); err != nil || waiting {
			t.Errorf("something waits after the end: %v, %v", waiting, err)
		}
		if found, err := s.Verify(t.Context()); err != nil || len(found) > 0 {
			t.Errorf("%d differences, %v", len(found), err)
		}
	})
}

func TestWhatFailsIsNotFoldedOver(t *testing.T) {
	onBothEngines(t, func(t *testing.T, s *Store) {
		lost := errors.New("the file was lost")
		err := s.FoldWhile(t.Context(), 10*time.Millisecond, func() error {
			_, err := s.Take(t.Context(), withTeams(rated(0, 3)))
			return errors.Join(err, lost)
		})
		if !errors.Is(err, lost) {
			t.Errorf("the error is %v", err)
		}
	})
}
