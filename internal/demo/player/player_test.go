package player

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/store"
)

func TestTiming(t *testing.T) {
	s, err := store.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), demo.Zone())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if _, err := Play(context.Background(), s, Options{Now: time.Date(2026, 11, 21, 10, 30, 0, 0, time.UTC), Scale: 1}); err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(begun))
	begun = time.Now()
	d, err := s.Verify(context.Background())
	t.Log(len(d), err, time.Since(begun))
}
