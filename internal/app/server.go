package app

import (
	"log/slog"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/server"
	"github.com/journeyloop/journeyloop/internal/server/api"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/server/respond"
	"github.com/journeyloop/journeyloop/internal/server/staff"
)

// Server builds the front door and the rooms behind it. demo are sign-ins that the sign-in page offers to everybody; none
// outside the demo.
func (a *App) Server(log *slog.Logger, demo ...staff.SignIn) (*server.Server, error) {
	sessions := &reply.Sessions{Auth: a.Auth, Secure: a.Config.SessionSecure}
	return server.New(server.Options{
		Rooms: []server.Room{
			&staff.Desk{Store: a.Store, People: a.People, Journeys: a.Journeys, Runs: a.Runs, Surveys: a.Surveys, Feedback: a.Feedback, Observations: a.Observations, Praise: a.Praise, Coaching: a.Coaching, Cases: a.Cases, Privacy: a.Privacy, Outreach: a.Outreach, Notify: a.Notify, Tasks: a.Tasks, Insight: a.Insight, Language: i18n.Lang(a.Config.Language),
				Auth: a.Auth, Keys: a.Keys, Sessions: sessions, Now: a.Now, Zone: a.Config.TimeZone, PublicURL: a.Config.PublicURL, Demo: demo, Dev: a.Config.Dev},
			&api.Desk{Store: a.Store, Records: a.Intake, Runs: a.Runs, Cases: a.Cases, Now: a.Now},
			&respond.Desk{Feedback: a.Feedback, Answers: a.Intake, Surveys: a.Surveys, Praise: a.Praise, Cases: a.Cases, Insight: a.Insight, Company: a.Config.CompanyName, Language: i18n.Lang(a.Config.Language), Zone: a.Config.TimeZone},
		},
		Store:          a.Store,
		Sessions:       sessions,
		Keys:           a.Keys,
		AppName:        a.Config.CompanyName,
		Language:       i18n.Lang(a.Config.Language),
		Zone:           a.Config.TimeZone,
		PublicURL:      a.Config.PublicURL,
		TrustedProxies: a.Config.TrustedProxies,
		Now:            a.Now,
		PageMemory:     a.Config.PageMemory << 20,
		Log:            log,
	})
}
