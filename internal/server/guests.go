package server

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/id"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/task"
)

// guest is who a session belongs to, as of a version of the data.
type guest struct {
	version int64
	session auth.Session
	actor   people.Actor
	user    people.User
	work    task.Task // under way for her; only while working
	working bool
	news    int // how much she was told and has not read
	waiting reply.Waiting
	print   string // tells her from everybody else, and from herself with other rights
}

const guestKey = "guest"

// guests remembers who sessions belong to for as long as the data has one version: the end of a session, another role,
// team or language move it, on whichever node they happen. Only what the clock does is looked at by itself.
type guests struct {
	mu      sync.Mutex
	version int64
	known   map[string]*guest // by the hash of the token
}

func newGuests() *guests { return &guests{known: map[string]*guest{}} }

// maxGuests bounds the memory; beyond it a guest is looked up every time.
const maxGuests = 20_000

func (g *guests) find(hash string, version int64, now time.Time) *guest {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found := g.known[hash]; g.version == version && found != nil && !found.session.Ended(now) && !found.session.ShouldTouch(now) {
		return found
	}
	return nil
}

// keep forgets everybody when the version is another. One that was read before that of the others is not kept.
func (g *guests) keep(hash string, found *guest) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found.version > g.version {
		g.version = found.version
		clear(g.known)
	}
	if found.version == g.version && len(g.known) < maxGuests {
		g.known[hash] = found
	}
}

// guest is who asks; nil for a stranger.
func (s *Server) guest(c echo.Context) (*guest, error) {
	token := s.Sessions.Token(c)
	if token == "" {
		return nil, nil
	}
	version, err := s.Store.DataVersion(c.Request().Context())
	if err != nil {
		return nil, err
	}
	hash := string(id.Hash(token))
	if known := s.guests.find(hash, version, s.Now()); known != nil {
		return known, nil
	}
	session, signed, err := s.Sessions.Of(c)
	if err != nil || !signed {
		return nil, err
	}
	g, err := s.welcome(c.Request().Context(), session, version)
	if g != nil && err == nil {
		s.guests.keep(hash, g)
	}
	return g, err
}

// welcome looks up who a session belongs to; nil for nobody: its sign-in was disabled.
func (s *Server) welcome(ctx context.Context, session auth.Session, version int64) (*guest, error) {
	g := &guest{version: version, session: session}
	var err error
	g.actor, g.user, err = s.Store.ActorOf(ctx, session.UserID)
	if fault.KindOf(err) == fault.KindMissing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	g.work, err = s.Store.RunningTask(ctx, session.UserID)
	g.working = err == nil
	if fault.KindOf(err) == fault.KindMissing {
		err = nil
	}
	if err == nil {
		g.waiting.Cases, err = s.Store.OwnOpenCases(ctx, g.actor.EmployeeID)
	}
	if err == nil {
		g.waiting.Calls, err = s.Store.CallsFrom(ctx, g.actor)
	}
	if err == nil {
		g.news, err = s.Store.Unread(ctx, session.UserID)
	}
	g.print = fmt.Sprintf("%+v %s", g.actor, g.user.Theme)
	return g, err
}
