package store

import (
	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/coaching"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/notify"
	"github.com/journeyloop/journeyloop/internal/observation"
	"github.com/journeyloop/journeyloop/internal/outreach"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/praise"
	"github.com/journeyloop/journeyloop/internal/privacy"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/task"
)

// The interfaces of the floors below that the store keeps.
var (
	_ auth.UserStore    = (*Store)(nil)
	_ auth.SessionStore = (*Store)(nil)
	_ auth.KeyStore     = (*Store)(nil)
	_ casework.Store    = (*Store)(nil)
	_ event.Ledger      = (*Store)(nil)
	_ ingest.Sink       = (*Store)(nil)
	_ insight.Rollups   = (*Store)(nil)
	_ journey.Store     = (*Store)(nil)
	_ notify.Store      = (*Store)(nil)
	_ observation.Store = (*Store)(nil)
	_ outreach.Store    = (*Store)(nil)
	_ people.Store      = (*Store)(nil)
	_ privacy.Store     = (*Store)(nil)
	_ praise.Store      = (*Store)(nil)
	_ coaching.Store    = (*Store)(nil)
	_ run.Store         = (*Store)(nil)
	_ survey.Store      = (*Store)(nil)
	_ feedback.Store    = (*Store)(nil)
	_ task.Store        = (*Store)(nil)
)
