package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/task"
)

// taskRow is a task as it is kept.
type taskRow struct {
	ID        int64
	Kind      task.Kind
	State     task.State
	UserID    int64
	Asked     string
	Done      int64
	Total     int64
	Attempt   int
	Crashes   int
	Cancel    bool
	Mark      string
	Result    string
	CreatedAt time.Time
	StartedAt *time.Time
	BeatAt    *time.Time
	EndedAt   *time.Time
}

func rowOfTask(t task.Task) (taskRow, error) {
	asked, err := json.Marshal(t.Asked)
	if err != nil {
		return taskRow{}, err
	}
	result, err := json.Marshal(t.Result)
	return taskRow{ID: t.ID, Kind: t.Kind, State: t.State, UserID: t.UserID, Asked: string(asked), Done: t.Done, Total: t.Total, Attempt: t.Attempt, Crashes: t.Crashes,
		Cancel: t.Cancel, Mark: t.Mark, Result: string(result), CreatedAt: t.CreatedAt, StartedAt: t.StartedAt, BeatAt: t.BeatAt, EndedAt: t.EndedAt}, err
}

func (r taskRow) task() (task.Task, error) {
	t := task.Task{ID: r.ID, Kind: r.Kind, State: r.State, UserID: r.UserID, Done: r.Done, Total: r.Total, Attempt: r.Attempt, Crashes: r.Crashes,
		Cancel: r.Cancel, Mark: r.Mark, CreatedAt: r.CreatedAt, StartedAt: r.StartedAt, BeatAt: r.BeatAt, EndedAt: r.EndedAt}
	err := errors.Join(json.Unmarshal([]byte(r.Asked), &t.Asked), json.Unmarshal([]byte(r.Result), &t.Result))
	if err != nil {
		return t, fmt.Errorf("read task %d: %w", r.ID, err)
	}
	return t, nil
}

func tasksOf(rows []taskRow, err error) ([]task.Task, error) {
	out := make([]task.Task, len(rows))
	for i, r := range rows {
		if err == nil {
			out[i], err = r.task()
		}
	}
	return out, err
}

// AddTask implements task.Store.
func (s *Store) AddTask(ctx context.Context, t task.Task) error {
	row, err := rowOfTask(t)
	if err != nil {
		return err
	}
	return s.change(ctx, func(db *gorm.DB) error { return db.Table("tasks").Create(&row).Error })
}

// tasksInSight are the tasks an actor asked for; for an administrator also those of others, but not their drafts: what lies
// in a file is not hers to read.
func tasksInSight(db *gorm.DB, actor people.Actor) *gorm.DB {
	if actor.Administrator {
		return db.Table("tasks").Where("(user_id = ? OR state <> 'draft')", actor.UserID)
	}
	return db.Table("tasks").Where("user_id = ? AND user_id <> 0", actor.UserID)
}

// TaskFor implements task.Store.
func (s *Store) TaskFor(ctx context.Context, actor people.Actor, id int64) (task.Task, error) {
	row, err := one[taskRow](tasksInSight(s.kept(ctx), actor).Where("id = ?", id), "tasks.missing")
	if err != nil {
		return task.Task{}, err
	}
	return row.task()
}

// TaskFilter narrows a list of tasks; zero fields want all.
type TaskFilter struct {
	Kind  task.Kind
	State task.State
}

// TasksFor lists tasks in an actor's sight, the latest first.
func (s *Store) TasksFor(ctx context.Context, actor people.Actor, f TaskFilter, ask page.Ask) (page.Of[task.Task], error) {
	db := tasksInSight(s.read(ctx), actor)
	if f.Kind != "" {
		db = db.Where("kind = ?", f.Kind)
	}
	if f.State != "" {
		db = db.Where("state = ?", f.State)
	}
	found, err := paged[taskRow](db, ask, taskOrder(ask))
	out := page.Of[task.Task]{Total: found.Total, Ask: found.Ask}
	out.Rows, err = tasksOf(found.Rows, err)
	return out, err
}

// taskOrder is by time unless a list is to be sorted by what was asked for or by where it stands.
func taskOrder(ask page.Ask) string {
	down := ""
	if ask.Desc {
		down = " DESC"
	}
	switch ask.Sort {
	case "kind", "state":
		return ask.Sort + down + ", id DESC"
	case "asked":
		return "id" + down
	}
	return "id DESC"
}

// TasksOfFile lists the earlier tasks in sight that had the same upload and were started, the latest first.
func (s *Store) TasksOfFile(ctx context.Context, actor people.Actor, t task.Task) ([]task.Task, error) {
	rows, err := all[taskRow](tasksInSight(s.read(ctx), actor).Where("kind = ? AND state <> ? AND id < ?", task.Import, task.Draft, t.ID).Order("id DESC").Limit(100))
	list, err := tasksOf(rows, err)
	var out []task.Task
	for _, other := range list {
		if other.Asked.Digest == t.Asked.Digest {
			out = append(out, other)
		}
	}
	return out, err
}

// RunningTask implements task.Store.
func (s *Store) RunningTask(ctx context.Context, user int64) (task.Task, error) {
	row, err := one[taskRow](s.read(ctx).Table("tasks").Where("user_id = ? AND state IN ?", user, []task.State{task.Waiting, task.Running}).Order("id DESC"), "tasks.missing")
	if err != nil {
		return task.Task{}, err
	}
	return row.task()
}

// SaveTask implements task.Store.
func (s *Store) SaveTask(ctx context.Context, t task.Task) error {
	row, err := rowOfTask(t)
	if err != nil {
		return err
	}
	return s.change(ctx, func(db *gorm.DB) error {
		return found(db.Table("tasks").Where("id = ?", t.ID).Select("State", "Asked", "Done", "Total", "Cancel", "Result", "EndedAt").Updates(&row), "tasks.missing")
	})
}

const dueTask = "(state = 'waiting' OR state = 'running' AND beat_at <= ?)"

// ClaimTask implements task.Store. While a task waits or runs, no page of whoever asked for it is remembered.
func (s *Store) ClaimTask(ctx context.Context, id int64, attempt int, now, stale time.Time) (task.Task, bool, error) {
	db := s.quiet(ctx).Exec("UPDATE tasks SET crashes = crashes + CASE state WHEN 'running' THEN 1 ELSE 0 END, state = 'running', attempt = attempt + 1, started_at = ?, beat_at = ? WHERE id = ? AND attempt = ? AND "+dueTask,
		now, now, id, attempt, stale)
	if db.Error != nil || db.RowsAffected == 0 {
		return task.Task{}, false, db.Error
	}
	row, err := one[taskRow](s.read(ctx).Table("tasks").Where("id = ?", id), "tasks.missing")
	if err != nil {
		return task.Task{}, false, err
	}
	t, err := row.task()
	return t, err == nil, err
}

// BeatTask implements task.Store; see ClaimTask.
func (s *Store) BeatTask(ctx context.Context, t task.Task, mark bool, now time.Time) (cancel, held bool, err error) {
	var rows []struct{ Cancel bool }
	err = s.quiet(ctx).Raw("UPDATE tasks SET beat_at = ?, done = ?, total = ?, mark = CASE WHEN ? THEN ? ELSE mark END WHERE id = ? AND attempt = ? AND state = 'running' RETURNING cancel",
		now, t.Done, t.Total, mark, t.Mark, t.ID, t.Attempt).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return false, false, err
	}
	return rows[0].Cancel, true, nil
}

// DueTasks implements task.Store.
func (s *Store) DueTasks(ctx context.Context, stale time.Time, limit int) ([]task.Task, error) {
	return tasksOf(all[taskRow](s.read(ctx).Table("tasks").Where(dueTask, stale).Order("id").Limit(limit)))
}

type chunkRow struct {
	TaskID int64
	Part   task.Part
	Seq    int
	Bytes  []byte
}

// AddChunk implements task.Store. Files are on no page, only whether a task has one.
func (s *Store) AddChunk(ctx context.Context, id int64, part task.Part, seq int, bytes []byte) error {
	return s.quiet(ctx).Table("task_files").Create(&chunkRow{TaskID: id, Part: part, Seq: seq, Bytes: bytes}).Error
}

// Chunk implements task.Store.
func (s *Store) Chunk(ctx context.Context, id int64, part task.Part, seq int) ([]byte, error) {
	row, err := one[chunkRow](s.read(ctx).Table("task_files").Where("task_id = ? AND part = ? AND seq = ?", id, part, seq), "tasks.missing")
	if fault.KindOf(err) == fault.KindMissing {
		return nil, io.EOF
	}
	return row.Bytes, err
}

// DropFile implements task.Store.
func (s *Store) DropFile(ctx context.Context, id int64, part task.Part) error {
	return s.quiet(ctx).Exec("DELETE FROM task_files WHERE task_id = ? AND part = ?", id, part).Error
}

// DropTask implements task.Store.
func (s *Store) DropTask(ctx context.Context, id int64) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		if err := s.quiet(ctx).Exec("DELETE FROM task_files WHERE task_id = ?", id).Error; err != nil {
			return err
		}
		return s.write(ctx).Exec("DELETE FROM tasks WHERE id = ?", id).Error
	})
}

// SweepTasks implements task.Store. What goes is over, and on no page that is remembered.
func (s *Store) SweepTasks(ctx context.Context, drafts, files, tasks time.Time) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		for _, q := range []struct {
			sql  string
			args []any
		}{
			{"DELETE FROM tasks WHERE state = 'draft' AND created_at <= ? OR ended_at <= ?", []any{drafts, tasks}},
			{"DELETE FROM task_files WHERE NOT EXISTS (SELECT 1 FROM tasks t WHERE t.id = task_files.task_id AND (t.ended_at IS NULL OR t.ended_at > ?))", []any{files}},
		} {
			if err := s.quiet(ctx).Exec(q.sql, q.args...).Error; err != nil {
				return fmt.Errorf("sweep tasks: %w", err)
			}
		}
		return nil
	})
}
