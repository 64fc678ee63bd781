package jobs

import (
	"context"

	"github.com/riverqueue/river"
)

// letterArgs is a letter about a case that is to be sent.
type letterArgs struct {
	Letter int64 `json:"letter,string"`
}

func (letterArgs) Kind() string { return "letter" }

func (letterArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: oneUnfinished} }

// letters sends what is due, and returns how many that were.
func (w Work) letters(ctx context.Context) (int, error) {
	due, err := w.Cases.DueMails(ctx, dueAtOnce)
	if err != nil {
		return 0, err
	}
	for _, letter := range due {
		if err := w.Cases.Deliver(ctx, letter); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
