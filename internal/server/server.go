// Package server is the front door: echo, the route table with its guards, who asks and in which language, limits and
// headers, and errors turned into pages. It is not for any page in particular: those are in the rooms behind it (staff,
// respond, api), which know nothing of each other.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/recall"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/task"
)

// Room is a set of pages with their guards.
type Room interface{ Routes() []reply.Route }

// Store is what the door itself asks.
type Store interface {
	// ActorOf makes the actor of a user; a disabled or unknown one is a fault of kind Missing.
	ActorOf(ctx context.Context, user int64) (people.Actor, people.User, error)
	// DataVersion changes whenever a page may have.
	DataVersion(ctx context.Context) (int64, error)
	RunningTask(ctx context.Context, user int64) (task.Task, error)
	// Unread counts what a user was told and has not read.
	Unread(ctx context.Context, user int64) (int, error)
	// OwnOpenCases counts the open cases of an employee.
	OwnOpenCases(ctx context.Context, employee int64) (int, error)
	// Look is a look at the data as it is now.
	Look(ctx context.Context) (*recall.Sight, error)
	// CallsFrom reports whether a list is open that an actor calls from.
	CallsFrom(ctx context.Context, actor people.Actor) (bool, error)
}

// Options is what the door is made of. All but Log is needed.
type Options struct {
	Rooms          []Room
	Store          Store
	Sessions       *reply.Sessions
	Keys           auth.Keyring
	AppName        string
	Language       i18n.Lang // for browsers that state none
	Zone           *time.Location
	PublicURL      string
	TrustedProxies []netip.Prefix
	Now            func() time.Time
	PageMemory     int          // bytes of pages that are kept ready; 0 makes each anew
	Log            *slog.Logger // nil is slog.Default()
}

// Server is the door.
type Server struct {
	Options
	echo    *echo.Echo
	hub     *hub
	guests  *guests
	pages   *memory
	lasting map[string]bool // paths of pages that are remembered
}

// New makes the door; nothing listens yet.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Server{Options: o, echo: echo.New(), hub: newHub(o.Store.DataVersion), guests: newGuests(), pages: newMemory(o.PageMemory), lasting: map[string]bool{}}
	s.echo.HTTPErrorHandler = s.fail
	s.echo.IPExtractor = extractor(o.TrustedProxies)
	foreign, err := s.foreign()
	if err != nil {
		return nil, err
	}
	s.echo.Use(s.identity, s.logged, recovered, s.headers, s.compressed(), limited, s.readable, foreign, readForm, s.asked)
	for _, r := range s.Routes() {
		switch {
		case r.Lasts && s.PageMemory > 0:
			s.lasting[r.Path], r.Handle = true, s.remembering(r.Handle)
		case r.Lasts:
			r.Handle = anew(r.Handle)
		}
		s.echo.Add(r.Method, r.Path, s.guarded(r))
	}
	return s, nil
}

// Handler is the door as the standard library sees it.
func (s *Server) Handler() http.Handler { return s.echo }

// shutdownTime is how long requests that have begun may take after the order to stop.
const shutdownTime = 10 * time.Second

// Serve answers on l until ctx ends, then lets what has begun finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	// Requests do not inherit ctx: its end means "take no more", not "break off".
	own := &http.Server{Handler: s.echo, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug)}
	watch, stop := context.WithCancel(ctx)
	defer stop()
	go s.hub.run(watch, s.Log)
	served := make(chan error, 1)
	go func() { served <- own.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	err := own.Shutdown(end)
	if errors.Is(err, context.DeadlineExceeded) {
		err = own.Close()
	}
	<-served //nolint:errcheck // http.ErrServerClosed
	return err
}

// extractor believes X-Forwarded-For only from the proxies that were named.
func extractor(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		_, network, err := net.ParseCIDR(p.Masked().String())
		if err == nil { // every netip.Prefix that config lets through is a CIDR
			trust = append(trust, echo.TrustIPRange(network))
		}
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}
