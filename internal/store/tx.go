package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/recall"
)

type txKey struct{ s *Store }

// tx is an open transaction. Its ctx is the only way to it.
type tx struct {
	db   *gorm.DB
	view bool // it only reads, and locks nothing
	*traces
}

// traces are what a transaction leaves for open and remembered pages; see Store.tell.
type traces struct {
	moved   bool         // something that a page may show has changed
	changed recall.Areas // where; none where nobody knows
	sums    [][]byte     // what the fold is to add, which moves the version too
	soon    bool         // that is early enough
}

func (s *Store) txOf(ctx context.Context) (tx, bool) {
	t, ok := ctx.Value(txKey{s}).(tx)
	return t, ok
}

var errChangeInView = errors.New("a change was begun in a transaction that only reads")

// InTx runs fn in a transaction; nested calls join the outer one. Everything fn does with the store must use the ctx it
// is given: with another, SQLite's one writer would wait for itself, and PostgreSQL's pool could run dry.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if t, ok := s.txOf(ctx); ok {
		if t.view {
			return errChangeInView
		}
		return fn(ctx)
	}
	return s.transact(ctx, s.w, false, nil, fn)
}

// View runs fn on one moment of the database: it sees nothing that commits meanwhile, waits for nobody and keeps nobody
// waiting. Within a transaction it is a part of that.
func (s *Store) View(ctx context.Context, fn func(ctx context.Context) error) error {
	if _, ok := s.txOf(ctx); ok {
		return fn(ctx)
	}
	return s.transact(ctx, s.r, true, s.d.snapshot(true), fn)
}

// onMoment runs fn in a transaction that changes, on one moment of the database: what it reads is all as of its beginning.
// Where somebody else changed a row since that it changes too, it fails as busy.
func (s *Store) onMoment(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.transact(ctx, s.w, false, s.d.snapshot(false), fn)
}

func (s *Store) transact(ctx context.Context, db *gorm.DB, view bool, options *sql.TxOptions, fn func(ctx context.Context) error) (err error) {
	s.watch.look()
	begun, err := s.begin(ctx, db, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer s.watch.enter()()
	done := false
	defer func() {
		if !done { // fn panicked
			begun.Rollback()
		}
	}()
	t := tx{db: begun, view: view, traces: &traces{}}
	within := recall.Apart(context.WithValue(ctx, txKey{s}, t))
	if err = fn(within); err == nil {
		err = s.tell(within, t)
	}
	done = true
	if err == nil {
		err = begun.Commit().Error
	} else {
		begun.Rollback()
	}
	if gone := ctx.Err(); err != nil && gone != nil && !errors.Is(err, gone) {
		return fmt.Errorf("%w: %w", gone, err) // whoever gave up ended the transaction, and the driver only says that it is over
	}
	return err
}

// tell moves the data's version, so that no page stays that shows what was before. It is the last statement before the
// commit, as the version is one row that every change locks. What comes in by the hundred does not lock it: that is told
// by the next fold.
func (s *Store) tell(ctx context.Context, t tx) error {
	if t.moved && t.soon && len(t.sums) == 0 {
		if err := s.count(ctx, feedback.NewSums()); err != nil {
			return err
		}
	}
	if err := pour(ctx, s, "outbox", t.queued(), ""); err != nil || !t.moved || t.soon {
		return err
	}
	return s.bump(ctx, t.where())
}

// where is what has changed.
func (t *traces) where() recall.Areas {
	if t.changed == 0 {
		return anywhere
	}
	return t.changed
}

// queued is the sums for the fold, and what it is to tell of beside them.
func (t *traces) queued() []outboxRow {
	rows := make([]outboxRow, len(t.sums))
	for i, payload := range t.sums {
		rows[i] = outboxRow{ID: id.New(), Topic: topicFold, Payload: payload}
		if t.soon {
			rows[i].Changed = int64(t.where())
		}
	}
	return rows
}

// soon leaves it to the next fold to tell of the change in ctx, 200 ms later at most.
func (s *Store) soon(ctx context.Context) {
	if t, ok := s.txOf(ctx); ok {
		t.soon = true
	}
}

// begin opens a transaction. A connection that died in the pool shows only here: nothing was done on it yet, so the next
// one is tried, as often as the pool has connections.
func (s *Store) begin(ctx context.Context, db *gorm.DB, options *sql.TxOptions) (*gorm.DB, error) {
	var begun *gorm.DB
	for range 2*runtime.NumCPU() + 2 {
		begun = db.WithContext(ctx).Begin(options)
		if begun.Error == nil || !s.d.away(begun.Error) {
			break
		}
	}
	return begun, begun.Error
}

// read is for questions: the transaction in ctx, or any reading connection.
func (s *Store) read(ctx context.Context) *gorm.DB { return s.on(ctx, s.r) }

var errChangeAlone = errors.New("a change that pages may show was begun outside a transaction")

// write is for changes of what a page may show: only in a transaction, which moves the version with them.
func (s *Store) write(ctx context.Context) *gorm.DB {
	t, ok := s.txOf(ctx)
	if !ok {
		db := s.w.WithContext(ctx)
		_ = db.AddError(errChangeAlone)
		return db
	}
	t.moved = true
	return t.db.WithContext(ctx)
}

// change is write for a single statement.
func (s *Store) change(ctx context.Context, do func(db *gorm.DB) error) error {
	return s.InTx(ctx, func(ctx context.Context) error { return do(s.write(ctx)) })
}

// quiet is for changes that no remembered page shows, in a transaction or out of it. Each says why.
func (s *Store) quiet(ctx context.Context) *gorm.DB { return s.on(ctx, s.w) }

// kept is for rows that are read in order to be changed: within a change they are locked until its end; elsewhere it is
// an ordinary question.
func (s *Store) kept(ctx context.Context) *gorm.DB { return s.read(ctx).Clauses(s.locking(ctx)...) }

func (s *Store) on(ctx context.Context, db *gorm.DB) *gorm.DB {
	if t, ok := s.txOf(ctx); ok {
		return t.db.WithContext(ctx)
	}
	s.watch.look()
	return db.WithContext(ctx)
}

// lock is the clause that keeps a row until the end of the change in ctx; a view keeps nothing.
func (s *Store) lock(ctx context.Context) string {
	if t, ok := s.txOf(ctx); ok && !t.view {
		return s.d.lock()
	}
	return ""
}

func (s *Store) locking(ctx context.Context) []clause.Expression {
	if s.lock(ctx) == "" {
		return nil
	}
	return []clause.Expression{clause.Locking{Strength: "NO KEY UPDATE"}}
}

// translating names the troubles of an engine that somebody can do something about, for every statement, begin and
// commit at this one place: the error stays in the chain, beside a Busy fault.
type translating struct {
	gorm.Dialector
	s *Store
}

// Initialize implements gorm.Dialector. GORM does not show the translator what goes wrong with a query for rows.
func (t translating) Initialize(db *gorm.DB) error {
	if err := t.Dialector.Initialize(db); err != nil {
		return err
	}
	err := db.Callback().Row().After("gorm:row").Register("journeyloop:translate", func(db *gorm.DB) {
		db.Error = t.Translate(db.Error)
	})
	return errors.Join(err, t.noting(db))
}

// Translate implements gorm.ErrorTranslator.
func (t translating) Translate(err error) error {
	switch {
	case err == nil || fault.Of(err) != nil:
		return err
	case t.s.d.full(err):
		return fmt.Errorf("%w: %w", fault.Busy("errors.not_stored"), err)
	case t.s.d.busy(err), t.s.d.away(err):
		return fmt.Errorf("%w: %w", fault.Busy("errors.busy"), err)
	}
	return err
}
