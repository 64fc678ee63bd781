// Package staff is the room of pages for signed-in people, a file per area. Its handlers read a form or a question, ask
// one service or store, and answer with a page. It is not for rules (the nouns'), sight (the Scope's) or SQL (the
// store's), and it has no door to the customers' room or the machines'.
package staff

import (
	"slices"
	"time"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/praise"
	"github.com/journeyloop/journeyloop/internal/privacy"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/task"
)

// Desk is what the pages are made with.
type Desk struct {
	Store        *store.Store
	People       *people.Service
	Journeys     *journey.Service
	Runs         *run.Service
	Surveys      *survey.Service
	Feedback     *feedback.Service
	Observations *observation.Service
	Praise       *praise.Service
	Coaching     *coaching.Service
	Cases        *casework.Service
	Privacy      *privacy.Service
	Notify       *notify.Service
	Outreach     *outreach.Service
	Tasks        *task.Service
	Insight      *insight.Service
	Auth         *auth.Service
	Keys         auth.Keyring
	Sessions     *reply.Sessions
	Now          func() time.Time
	Zone         *time.Location
	Language     i18n.Lang // the company's own
	PublicURL    string
	Demo         []SignIn // offered on the sign-in page; empty outside the demo
	Dev          bool     // there are pages for those who work on this program
}

// SignIn is one of the demo's people, whose password everybody may know.
type SignIn struct {
	Role            people.Role
	Name            string
	Login, Password string
}

// Routes lists every page of the room with its guard.
func (d *Desk) Routes() []reply.Route {
	return slices.Concat(
		d.sessionRoutes(),
		d.runRoutes(),
		d.customerRoutes(),
		d.caseRoutes(),
		d.notificationRoutes(),
		d.caseRuleRoutes(),
		d.outreachRoutes(),
		d.loopRoutes(),
		d.searchRoutes(),
		d.peopleRoutes(),
		d.absenceRoutes(),
		d.userRoutes(),
		d.settingsRoutes(),
		d.holidayRoutes(),
		d.handoverRoutes(),
		d.feedbackRoutes(),
		d.observationRoutes(),
		d.praiseRoutes(),
		d.huddleRoutes(),
		d.coachingRoutes(),
		d.teamRoutes(),
		d.journeyRoutes(),
		d.touchpointRoutes(),
		d.promiseRoutes(),
		d.companyRoutes(),
		d.contrastRoutes(),
		d.measureRoutes(),
		d.signalRoutes(),
		d.exportRoutes(),
		d.devRoutes(),
		d.taskRoutes(),
	)
}
