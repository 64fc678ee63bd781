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
	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/task"
)

// guest is who a session belongs to.
type guest struct {
	sight   *recall.Sight // what she was found in
	session auth.Session
	actor   people.Actor
	user    people.User
	work    task.Task // under way for her; only while working
	working bool
	news    int // how much she was told and has not read
	waiting reply.Waiting
	print   string // tells her from everybody else, and from herself with other rights
}

// In the request stand the guest and the look at the data that the answer is a part of.
const (
	guestKey = "guest"
	lookKey  = "look"
)

// guests remembers who sessions belong to: the end of a session, another role, team or language change the data, on
// whichever node they happen. Only what the clock does is looked at by itself, and how far long work is.
type guests struct {
	mu    sync.Mutex
	known map[string]*guest // by the hash of the token
}

func newGuests() *guests { return &guests{known: map[string]*guest{}} }

// maxGuests bounds the memory; when it is full it begins anew.
const maxGuests = 20_000

func (g *guests) find(hash string, now time.Time) *guest {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found := g.known[hash]; found != nil && found.sight.Holds() && !found.session.Ended(now) && !found.session.ShouldTouch(now) {
		return found
	}
	return nil
}

func (g *guests) keep(hash string, found *guest) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.known) >= maxGuests {
		clear(g.known)
	}
	g.known[hash] = found
}

// guest is who asks; nil for a stranger.
func (s *Server) guest(c echo.Context) (*guest, error) {
	token := s.Sessions.Token(c)
	if token == "" {
		return nil, nil
	}
	look, err := s.Store.Look(c.Request().Context())
	if err != nil {
		return nil, err
	}
	c.Set(lookKey, look)
	hash := string(id.Hash(token))
	g := s.guests.find(hash, s.Now())
	if g == nil {
		if g, err = s.admit(c, look.Part()); g == nil || err != nil {
			return nil, err
		}
		if !g.working {
			s.guests.keep(hash, g)
		}
	}
	look.Saw(g.sight.Seen())
	return g, nil
}

// admit finds who asks. Nothing of it is recalled: that a session goes on, or work, moves nothing.
func (s *Server) admit(c echo.Context, sight *recall.Sight) (*guest, error) {
	r := c.Request()
	c.SetRequest(r.WithContext(recall.Apart(recall.With(r.Context(), sight))))
	defer func() { c.SetRequest(c.Request().WithContext(recall.With(c.Request().Context(), nil))) }() // its session stays with it
	session, signed, err := s.Sessions.Of(c)
	if err != nil || !signed {
		return nil, err
	}
	return s.welcome(c.Request().Context(), session, sight)
}

// welcome looks up who a session belongs to; nil for nobody: its sign-in was disabled.
func (s *Server) welcome(ctx context.Context, session auth.Session, sight *recall.Sight) (*guest, error) {
	g := &guest{sight: sight, session: session}
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
