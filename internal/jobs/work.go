// Package jobs is work that nobody waits for: what follows a committed event, what is due by the clock, and the fold of
// counts into figures. Every piece is a few lines that call a service with a number, and may be done twice. It is not
// for rules (the services' business), and nothing here is called by a page.
//
// Jobs are kept by River. A change writes its errand into the outbox in its own transaction; the relay moves errands to
// River jobs in one transaction of River's driver, so nothing is lost or doubled in between, on either engine. What is
// due by the clock is not a row anywhere: it is looked up every few seconds and becomes one job per invitation.
//
// Long work that somebody asked for (see task) is looked up the same way, and becomes one job per attempt, in a queue of
// its own so that no invitation waits behind an import. The job carries the number of the attempt: one that comes late
// finds that another node has the task, and does nothing.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/task"
	"github.com/journeyloop/journeyloop/internal/workshop"
)

// Work is the services that background work calls. All exported fields are needed.
type Work struct {
	Store    *store.Store
	Surveys  *survey.Service
	Cases    *casework.Service
	Outreach *outreach.Service
	Notify   *notify.Service
	Insight  *insight.Service
	Runs     *run.Service
	Auth     *auth.Service
	Tasks    *task.Service
	Shop     *workshop.Workshop
	Log      *slog.Logger

	stop context.Context // of the crew: its end gives long work back
}

// dueAtOnce is how many invitations one look at the clock takes.
const dueAtOnce = 500

// follow does what follows an event.
func (w Work) follow(ctx context.Context, e store.Errand) error {
	switch e.Verb {
	case event.RunCompleted:
		_, err := w.Surveys.Plan(ctx, e.Subject)
		return err
	case event.ResponseAnswered, event.ResponseReplaced:
		return errors.Join(w.consider(ctx, e.Subjects()), w.praise(ctx, e.Subjects()))
	case event.ObservationRecorded, event.ObservationChanged, event.ObservationWithdrawn:
		return errors.Join(w.heard(ctx, e.Subjects()), w.Notify.Follow(ctx, e.Event))
	case event.OutreachMade, event.OutreachSought:
		return w.Outreach.Fill(ctx, e.Subject)
	case event.OutreachAnswered, event.OutreachUndone:
		return w.called(ctx, e.Subjects())
	case event.CaseProposed:
		return w.Cases.Ask(ctx, e.Subject)
	}
	if slices.Contains(notify.Events, e.Verb) {
		return w.Notify.Follow(ctx, e.Event)
	}
	return fmt.Errorf("no work follows %s", e.Verb) // a newer node's errand: it stays until a newer node takes it
}

// deliver sends what is due about one invitation.
func (w Work) deliver(ctx context.Context, invitation int64) error {
	return w.Surveys.Deliver(ctx, invitation)
}

// abandon ends the runs that fell silent and returns how many.
func (w Work) abandon(ctx context.Context) (int, error) {
	total := 0
	for {
		n, err := w.Runs.AbandonSilent(ctx)
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}

// sweep forgets the sessions that have ended, and what is left of tasks past their time.
func (w Work) sweep(ctx context.Context) error {
	return errors.Join(w.Auth.Sweep(ctx), w.Tasks.Sweep(ctx))
}
