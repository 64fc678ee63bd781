package task

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
)

// Store is what tasks need kept. Finders answer Missing faults.
type Store interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	AddTask(ctx context.Context, t Task) error
	// TaskFor finds a task that the actor asked for, or any for an administrator.
	TaskFor(ctx context.Context, actor people.Actor, id int64) (Task, error)
	// SaveTask writes what a change of state changes; the row was read in the same transaction.
	SaveTask(ctx context.Context, t Task) error
	// ClaimTask gives a task that waits, or that nobody was heard of since stale, to the caller as its next attempt; ok is
	// false when somebody else was faster.
	ClaimTask(ctx context.Context, id int64, attempt int, now, stale time.Time) (t Task, ok bool, err error)
	// BeatTask writes how far the attempt is, with mark also its Mark; held is false when it is no longer the present one.
	BeatTask(ctx context.Context, t Task, mark bool, now time.Time) (cancel, held bool, err error)
	// DueTasks lists what ClaimTask would give: the task and its attempt so far.
	DueTasks(ctx context.Context, stale time.Time, limit int) ([]Task, error)
	// RunningTask is the latest task a user has under way; Missing when there is none.
	RunningTask(ctx context.Context, user int64) (Task, error)
	AddChunk(ctx context.Context, task int64, part Part, seq int, bytes []byte) error
	// Chunk reads one piece of a file; io.EOF behind the last one.
	Chunk(ctx context.Context, task int64, part Part, seq int) ([]byte, error)
	DropFile(ctx context.Context, task int64, part Part) error
	DropTask(ctx context.Context, task int64) error
	// SweepTasks forgets drafts, files and tasks that are past their time.
	SweepTasks(ctx context.Context, drafts, files, tasks time.Time) error
}

// ErrLost says that somebody else holds the task now: whoever gets it must stop, and has written nothing.
var ErrLost = errors.New("the task was taken up by somebody else")

// Service keeps tasks.
type Service struct {
	Store  Store
	Ledger event.Ledger
	Now    func() time.Time
}

// Prepare keeps an upload as a draft. More than MaxUpload bytes, or none, are refused as Invalid.
func (s *Service) Prepare(ctx context.Context, actor people.Actor, ask Ask, file io.Reader) (Task, error) {
	if !MayAsk(actor, Import, ask) {
		return Task{}, fault.Forbidden("errors.forbidden")
	}
	t := Task{ID: id.New(), Kind: Import, State: Draft, UserID: actor.UserID, Asked: ask, CreatedAt: s.Now()}
	if err := s.Store.AddTask(ctx, t); err != nil {
		return t, fmt.Errorf("prepare import: %w", err)
	}
	in, err := s.take(ctx, t.ID, file)
	if err == nil {
		t.Asked.Size, t.Asked.Digest, t.Total = in.Size, in.digest(), in.Lines()
		err = s.Store.SaveTask(ctx, t)
	}
	if err != nil {
		return t, errors.Join(err, s.Store.DropTask(context.WithoutCancel(ctx), t.ID))
	}
	return t, nil
}

func (s *Service) take(ctx context.Context, task int64, file io.Reader) (*Writer, error) {
	w := s.Write(ctx, Task{ID: task, State: Draft}, In)
	n, err := io.Copy(w, io.LimitReader(file, MaxUpload+1))
	switch {
	case err != nil:
		return w, fmt.Errorf("take upload: %w", err)
	case n > MaxUpload:
		return w, fault.Invalid(fault.Field{Name: "file", Key: "tasks.file_too_large", Args: []any{"mb", MaxUpload >> 20}})
	case n == 0:
		return w, fault.Invalid(fault.Field{Name: "file", Key: "tasks.file_needed"})
	}
	return w, w.Close()
}

// Discard forgets a draft and its file.
func (s *Service) Discard(ctx context.Context, actor people.Actor, id int64) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		t, err := s.Store.TaskFor(ctx, actor, id)
		if err != nil {
			return err
		}
		if t.State != Draft {
			return fault.Conflict("tasks.not_a_draft")
		}
		return s.Store.DropTask(ctx, t.ID)
	})
}

// Start lets a draft wait for somebody to work on it. Starting twice changes nothing.
func (s *Service) Start(ctx context.Context, actor people.Actor, id int64) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		t, err := s.Store.TaskFor(ctx, actor, id)
		if err != nil || t.State != Draft {
			return err
		}
		t.State = Waiting
		if err := s.Store.SaveTask(ctx, t); err != nil {
			return err
		}
		return s.tell(ctx, event.TaskStarted, t, actor.UserID)
	})
}

// SetMapping says how a draft is to be read.
func (s *Service) SetMapping(ctx context.Context, actor people.Actor, id int64, mapping string) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		t, err := s.Store.TaskFor(ctx, actor, id)
		if err != nil {
			return err
		}
		if t.State != Draft {
			return fault.Conflict("tasks.not_a_draft")
		}
		t.Asked.Mapping = mapping
		return s.Store.SaveTask(ctx, t)
	})
}

// Begin asks for work that needs no upload.
func (s *Service) Begin(ctx context.Context, actor people.Actor, kind Kind, ask Ask) (Task, error) {
	t := Task{ID: id.New(), Kind: kind, State: Waiting, UserID: actor.UserID, Asked: ask, CreatedAt: s.Now()}
	if !MayAsk(actor, kind, ask) {
		return t, fault.Forbidden("errors.forbidden")
	}
	return t, s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.AddTask(ctx, t); err != nil {
			return err
		}
		return s.tell(ctx, event.TaskStarted, t, actor.UserID)
	})
}

// Cancel ends what waits at once, and tells whoever works to stop. What is done already stays.
func (s *Service) Cancel(ctx context.Context, actor people.Actor, id int64) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		t, err := s.Store.TaskFor(ctx, actor, id)
		if err != nil {
			return err
		}
		if !t.MayCancel() {
			return fault.Conflict("tasks.ended_already")
		}
		if t.Cancel {
			return nil
		}
		t.Cancel = true
		if t.State == Waiting {
			return s.end(ctx, t, Cancelled, actor.UserID)
		}
		if err := s.Store.SaveTask(ctx, t); err != nil {
			return err
		}
		return s.tell(ctx, event.TaskCancelled, t, actor.UserID)
	})
}

// Due lists the tasks somebody should take up, each with its attempt so far.
func (s *Service) Due(ctx context.Context) ([]Task, error) {
	return s.Store.DueTasks(ctx, s.Now().Add(-Patience), 20)
}

// Claim takes a task up as its next attempt. What an attempt before had written into its file is dropped. ok is false
// when there is nothing left to do: somebody else has it, it was cancelled, or it is given up.
func (s *Service) Claim(ctx context.Context, id int64, attempt int) (t Task, ok bool, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		now := s.Now()
		if t, ok, err = s.Store.ClaimTask(ctx, id, attempt, now, now.Add(-Patience)); err != nil || !ok {
			return err
		}
		switch {
		case t.Cancel:
			ok = false
			return s.end(ctx, t, Cancelled, 0)
		case t.Crashes > MaxCrashes:
			ok, t.Result = false, Result{Key: "tasks.gave_up"}
			return s.end(ctx, t, Failed, 0)
		}
		return s.Store.DropFile(ctx, t.ID, Out)
	})
	return t, ok, err
}

// Tell writes how far an attempt is and returns whether somebody wants it to end; ErrLost when it is not the present one.
func (s *Service) Tell(ctx context.Context, t Task) (cancel bool, err error) {
	return s.tellAttempt(ctx, t, false)
}

// Note is Tell that also keeps the Mark, by which the next attempt knows what this one counted already. It is called in the
// transaction of what it counts: both stand or fall together.
func (s *Service) Note(ctx context.Context, t Task) error {
	_, err := s.tellAttempt(ctx, t, true)
	return err
}

func (s *Service) tellAttempt(ctx context.Context, t Task, mark bool) (cancel bool, err error) {
	cancel, held, err := s.Store.BeatTask(ctx, t, mark, s.Now())
	if err == nil && !held {
		err = ErrLost
	}
	return cancel, err
}

// Release gives a task back that could not be finished here: the next node takes it up at once, unless somebody wanted it
// to end.
func (s *Service) Release(ctx context.Context, t Task) error {
	return s.hold(ctx, t, func(ctx context.Context, t Task) error {
		if t.Cancel {
			return s.end(ctx, t, Cancelled, 0)
		}
		t.State = Waiting
		return s.Store.SaveTask(ctx, t)
	})
}

// End writes what came of an attempt; ErrLost when it is not the present one.
func (s *Service) End(ctx context.Context, t Task, state State) error {
	return s.hold(ctx, t, func(ctx context.Context, t Task) error { return s.end(ctx, t, state, 0) })
}

// hold changes a task that is still this attempt's.
func (s *Service) hold(ctx context.Context, t Task, fn func(ctx context.Context, t Task) error) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		cancel, err := s.Tell(ctx, t)
		if err != nil {
			return err
		}
		t.Cancel = cancel
		return fn(ctx, t)
	})
}

// end needs the transaction of its caller. The upload goes, and what was written of an unfinished file.
func (s *Service) end(ctx context.Context, t Task, state State, by int64) error {
	now := s.Now()
	t.State, t.EndedAt = state, &now
	if err := s.Store.SaveTask(ctx, t); err != nil {
		return err
	}
	if err := s.Store.DropFile(ctx, t.ID, In); err != nil {
		return err
	}
	if t.Result.File == "" {
		if err := s.Store.DropFile(ctx, t.ID, Out); err != nil {
			return err
		}
	}
	if by == 0 {
		by = t.UserID
	}
	return s.tell(ctx, map[State]string{Done: event.TaskDone, Failed: event.TaskFailed, Cancelled: event.TaskCancelled}[state], t, by)
}

// tell writes the ledger line: who, what, how much.
func (s *Service) tell(ctx context.Context, verb string, t Task, by int64) error {
	particulars := map[string]any{"kind": t.Kind}
	for name, value := range map[string]any{"file": t.Asked.File, "mapping": t.Asked.Mapping, "format": t.Asked.Format} {
		if value != "" && value != Format("") {
			particulars[name] = value
		}
	}
	if t.Asked.Journey != 0 {
		particulars["journey"] = t.Asked.Journey
	}
	if r := t.Result; verb != event.TaskStarted {
		particulars["taken"], particulars["known"], particulars["refused"], particulars["rows"], particulars["differ"] = r.Taken, r.Known, r.Refused, r.Rows, r.Differ
	}
	return s.Ledger.Record(ctx, event.Event{Verb: verb, SubjectKind: "task", SubjectID: t.ID, ActorID: by, At: s.Now(), Particulars: particulars})
}

// Sweep forgets what is past its time.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Now()
	return s.Store.SweepTasks(ctx, now.Add(-DraftKept), now.Add(-FileKept), now.Add(-Kept))
}
