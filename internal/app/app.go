// Package app is the only place where everything meets: it opens the house in the order of its floors and closes it in
// reverse. It decides nothing.
package app

import (
	"sync/atomic"
	"time"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/intake"
	"github.com/journeyloop/journeyloop/internal/jobs"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/praise"
	"github.com/journeyloop/journeyloop/internal/privacy"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/task"
)

// App is the open house.
type App struct {
	Config       config.Config
	Store        *store.Store
	Auth         *auth.Service
	Keys         auth.Keyring
	People       *people.Service
	Journeys     *journey.Service
	Runs         *run.Service
	Surveys      *survey.Service
	Feedback     *feedback.Service
	Intake       *intake.Desk
	Observations *observation.Service
	Praise       *praise.Service
	Coaching     *coaching.Service
	Cases        *casework.Service
	Privacy      *privacy.Service
	Outreach     *outreach.Service
	Notify       *notify.Service
	Insight      *insight.Service
	Tasks        *task.Service
	Now          func() time.Time

	cube *insight.Cube
	crew atomic.Pointer[jobs.Crew] // at work between Background and its stop
}

// Clock is the time everything is told by: UTC, to the microsecond, which is what both engines keep.
func Clock() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// On opens the services on a store that is open already; from now on it is the App's to close.
func On(s *store.Store, c config.Config, sender survey.Sender, now func() time.Time) (*App, error) {
	signIns := &auth.Service{Users: s, Sessions: s, Tx: s, Passwords: auth.NewPasswords(), Attempts: auth.NewAttempts(now), Now: now}
	answers := &feedback.Service{Store: s, Ledger: s, Now: now}
	heard := &observation.Service{Store: s, Ledger: s, Now: now}
	cube := insight.NewCube(s)
	figures := &insight.Service{Store: cube, Zone: c.TimeZone, Now: now}
	writer, err := notices(c, figures.Own)
	if err != nil {
		return nil, err
	}
	invitations := &survey.Service{Store: s, Ledger: s, Sender: sender, Zone: c.TimeZone, Now: now}
	letters, _ := sender.(casework.Sender) // one that only takes invitations keeps letters waiting
	news := &notify.Service{Store: s, Ledger: s, Writer: writer, Zone: c.TimeZone, Now: now}
	cases := &casework.Service{Store: s, Ledger: s, Sender: letters, Invitations: invitations, Notices: news, Zone: c.TimeZone, Now: now}
	return &App{
		Config:       c,
		Store:        s,
		Auth:         signIns,
		People:       &people.Service{Store: s, Ledger: s, SignIns: signIns, Login: auth.Login, Now: now, Zone: c.TimeZone},
		Keys:         auth.Keyring{Store: s, Now: now},
		Journeys:     &journey.Service{Store: s, Ledger: s, Now: now},
		Runs:         &run.Service{Store: s, Ledger: s, Now: now},
		Surveys:      invitations,
		Feedback:     answers,
		Intake:       intake.Open(answers, s, s.Writers()),
		Cases:        cases,
		Privacy:      &privacy.Service{Store: s, Ledger: s, Cases: cases, Now: now},
		Observations: heard,
		Outreach:     &outreach.Service{Store: s, Ledger: s, Observations: heard, Zone: c.TimeZone, Now: now},
		Notify:       news,
		Praise:       &praise.Service{Store: s, Ledger: s, Now: now},
		Coaching:     &coaching.Service{Store: s, Ledger: s, Now: now, Zone: c.TimeZone},
		Insight:      figures,
		Tasks:        &task.Service{Store: s, Ledger: s, Now: now},
		Now:          now,
		cube:         cube,
	}, nil
}

// Close stores what waits and closes the house.
func (a *App) Close() error {
	a.Intake.Close()
	return a.Store.Close()
}
