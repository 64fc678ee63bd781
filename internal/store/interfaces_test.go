package store

import (
	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/ingest"
)

// The interfaces of the floors below that the store keeps.
var (
	_ auth.UserStore    = (*Store)(nil)
	_ auth.SessionStore = (*Store)(nil)
	_ auth.KeyStore     = (*Store)(nil)
	_ event.Ledger      = (*Store)(nil)
	_ ingest.Sink       = (*Store)(nil)
)
