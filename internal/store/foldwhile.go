package store

import (
	"context"
	"sync"
	"time"
)

// Gathering is how long what a file brings waits for the fold: so many of its lines change the same cells that these are
// written many times less often.
const Gathering = 5 * time.Second

// FoldWhile folds every now and then while do brings much in, and what is left once it has. Where do fails, what it left
// stays for the next fold.
func (s *Store) FoldWhile(ctx context.Context, every time.Duration, do func() error) error {
	done := make(chan struct{})
	var folding sync.WaitGroup
	folding.Go(func() {
		for tick := time.Tick(every); ; {
			select {
			case <-tick:
				_, _ = s.Fold(ctx) // what it cannot do now, FoldAll does
			case <-done:
				return
			}
		}
	})
	err := do()
	close(done)
	folding.Wait()
	if err != nil {
		return err
	}
	return s.FoldAll(ctx)
}
