// Package api is the door for machines: contacts come in as they happen, runs are said to be over, and a mail service
// brings what customers answer and what did not arrive. A machine shows its key with every request (the route table says so); what is sent twice changes nothing. It is not for reading
// anything out, and not for files of the past, which are imported.
//
// A problem with one item is reported with the item, and the others are taken; a body that cannot be read at all is
// answered by a problem of RFC 9457, in English, with a code that stays the same whatever the words become.
package api

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/ingest"
	"github.com/journeyloop/journeyloop/internal/run"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/store"
)

// Store is what this door asks besides taking records.
type Store interface {
	// KnownJourneys and KnownTouchpoints say which of the keys exist.
	KnownJourneys(ctx context.Context, keys []string) (map[string]bool, error)
	KnownTouchpoints(ctx context.Context, keys []string) (map[string]bool, error)
	// WhereContacts says on which run each contact is that has one of the keys.
	WhereContacts(ctx context.Context, keys []string) (map[string]store.Whereabouts, error)
}

// Desk is the door's services. All fields are needed.
type Desk struct {
	Store   Store
	Records ingest.Sink // on disk when it returns
	Runs    *run.Service
	Cases   *casework.Service
	Now     func() time.Time

	pace pace
}

// Routes implements server.Room.
func (d *Desk) Routes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodPost, Path: "/api/v1/interactions", Guard: reply.Key, Handle: d.paced(d.interactions)},
		{Method: http.MethodPost, Path: "/api/v1/runs/:key/completion", Guard: reply.Key, Handle: d.paced(d.completion)},
		{Method: http.MethodPost, Path: reply.MailPath, Guard: reply.Key, Handle: d.paced(d.incoming)},
		{Method: http.MethodPost, Path: "/api/v1/bounces", Guard: reply.Key, Handle: d.paced(d.bounces)},
		{Method: http.MethodGet, Path: "/api/v1/openapi.json", Guard: reply.Public, Handle: description},
	}
}

// openAPI describes this door to programs; a test holds it against what the door reads and answers.
//
//go:embed openapi.json
var openAPI []byte

func description(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "public, max-age=300")
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, openAPI)
}
