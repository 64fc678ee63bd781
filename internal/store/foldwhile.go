package store

import (
	"context"
	"sync"
	"time"
)

// foldPause is how long what a file brings gathers before it is folded: long enough that a fold adds up many lines.
const foldPause = time.Second

// FoldWhile folds now and then while do brings much in, and what is left once it has. Where do fails, what it left stays
// for the next fold.
func (s *Store) FoldWhile(ctx context.Context, do func() error) error {
	done := make(chan struct{})
	var folding sync.WaitGroup
	folding.Go(func() {
		for tick := time.Tick(foldPause); ; {
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
