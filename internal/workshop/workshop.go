// Package workshop does the tasks: it takes files in, writes words into files and checks the figures, piece by piece, and
// says every half second how far it is. It is not for deciding who may ask for what or see it (see task), and not for
// choosing when and where work is done (see jobs).
//
// Every piece of work may be begun again from its start by another node. An import that is begun again reads the file from
// the beginning; the store recognises what is there, and the mark, which is kept in the transaction of each batch, says
// what was counted already. Exports and checks leave nothing behind but their result.
package workshop

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/task"
)

// Workshop does tasks. All fields are needed.
type Workshop struct {
	Store *store.Store
	Tasks *task.Service
	Zone  *time.Location
	Now   func() time.Time
}

// errWanted says that somebody wanted the task to end.
var errWanted = errors.New("the task was cancelled")

// Do takes a task up that was tried attempt times, and works on it to its end. When ctx ends before, the task is given
// back. An error means that the task was left as it is: when Patience is over, somebody tries again.
func (w *Workshop) Do(ctx context.Context, id int64, attempt int) error {
	t, ok, err := w.Tasks.Claim(ctx, id, attempt)
	if err != nil || !ok {
		return err
	}
	p := &piece{Workshop: w, task: t}
	work, end := context.WithCancelCause(ctx)
	defer end(nil)
	stop := p.beat(work, end)
	began := time.Now()
	result, err := p.do(work)
	stop()
	result.Seconds = time.Since(began).Seconds()
	return p.settle(ctx, context.Cause(work), result, err)
}

// piece is one attempt at one task.
type piece struct {
	*Workshop
	mu   sync.Mutex
	task task.Task // done, total and mark change under mu
}

// at is the task as it is now.
func (p *piece) at() task.Task {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.task
}

// change notes how far the work is; the next beat tells it.
func (p *piece) change(fn func(t *task.Task)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fn(&p.task)
}

// beat says how far the work is until stop, and ends it when somebody wants that or somebody else has the task.
func (p *piece) beat(ctx context.Context, end context.CancelCauseFunc) (stop func()) {
	quit := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(task.Beat)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			// Any other error passes, or Patience runs out and the task is lost.
			switch cancel, err := p.Tasks.Tell(ctx, p.at()); {
			case errors.Is(err, task.ErrLost):
				end(task.ErrLost)
			case cancel:
				end(errWanted)
			}
		}
	})
	return func() { close(quit); done.Wait() }
}

// do works in the name and the language of who asked, with the rights she has now.
func (p *piece) do(ctx context.Context) (task.Result, error) {
	actor, _, err := p.Store.ActorOf(ctx, p.task.UserID)
	if fault.KindOf(err) == fault.KindMissing {
		return task.Result{}, fault.Forbidden("tasks.asker_gone")
	}
	if err != nil {
		return task.Result{}, err
	}
	if !task.MayAsk(actor, p.task.Kind, p.task.Asked) {
		return task.Result{}, fault.Forbidden("tasks.asker_may_not")
	}
	ctx = people.With(i18n.With(ctx, i18n.NewReader(p.task.Asked.Language, p.task.Asked.Calendar, p.Zone)), actor)
	switch p.task.Kind {
	case task.Import:
		return p.importFile(ctx)
	case task.Words:
		return p.exportWords(ctx, actor)
	case task.Check:
		return p.check(ctx)
	}
	return task.Result{}, fmt.Errorf("no work is known by the name %s", p.task.Kind)
}

// givingBack is how long writing down the end may take when the process is told to stop.
const givingBack = 5 * time.Second

// settle writes down how it ended.
func (p *piece) settle(ctx context.Context, cause error, result task.Result, err error) error {
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), givingBack)
	defer cancel()
	t := p.at()
	t.Result = result
	f := fault.Of(err)
	switch {
	case err == nil:
		t.Done = t.Total
		err = p.Tasks.End(keep, t, task.Done)
	case errors.Is(err, task.ErrLost), errors.Is(cause, task.ErrLost):
		return nil
	case errors.Is(cause, errWanted):
		t.Result.File = ""
		err = p.Tasks.End(keep, t, task.Cancelled)
	case ctx.Err() != nil:
		t.Result = task.Result{}
		err = p.Tasks.Release(keep, t)
	case f != nil && f.Kind != fault.KindInternal && f.Kind != fault.KindBusy:
		t.Result.Key, t.Result.Args, t.Result.File = f.Key, f.Args, ""
		if len(f.Fields) > 0 {
			t.Result.Key, t.Result.Args = f.Fields[0].Key, f.Fields[0].Args
		}
		err = p.Tasks.End(keep, t, task.Failed)
	}
	if errors.Is(err, task.ErrLost) {
		return nil
	}
	return err
}

// check recounts the raw records.
func (p *piece) check(ctx context.Context) (task.Result, error) {
	found, err := p.Store.VerifyStep(ctx, func(done, total int) {
		p.change(func(t *task.Task) { t.Done, t.Total = int64(done), int64(total) })
	})
	if errors.Is(err, store.ErrStillWriting) {
		return task.Result{}, fault.Conflict("tasks.still_writing")
	}
	r := task.Result{Differ: len(found)}
	for _, d := range found[:min(len(found), task.MaxListed)] {
		r.Cells = append(r.Cells, task.Difference{Dim: string(d.Dim), ID: d.ID, Scale: d.Scale, Day: d.Day, Raw: d.Raw.N, Rollup: d.Rollup.N})
	}
	return r, err
}
