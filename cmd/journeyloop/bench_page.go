package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/bench"
	"github.com/journeyloop/journeyloop/internal/demo"
	"github.com/journeyloop/journeyloop/internal/demo/player"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/server/staff"
	"github.com/journeyloop/journeyloop/internal/store"
)

type benchPageCmd struct {
	Pages  int     `default:"20000" help:"How many pages each measurement asks for."`
	Rounds int     `default:"3" help:"How often each is measured; medians count."`
	Scale  float64 `default:"1" help:"How large the company is whose pages they are; 1 is more than 3,000 runs." placeholder:"X"`
	JSON   bool    `help:"Print JSON."`
}

func (benchPageCmd) Help() string {
	return "Plays the year of the demo into a database of its own beside the one named, which is removed at the end, and asks the real server over HTTP for the pages people open daily: unchanged, by the tag of what the browser has, and made anew; and for a hello behind the same doors. Everything is on this machine, so the asking takes its part of it.\n\nExample:\n  journeyloop bench page --db sqlite:journeyloop.db --json"
}

func (c benchPageCmd) Run(w *world) error {
	if c.Pages < 100 || c.Rounds < 1 || c.Scale <= 0 || c.Scale > 10 {
		return usage{errors.New("--pages must be at least 100, --rounds at least 1, --scale more than 0 and at most 10")}
	}
	w.config.TimeZone = demo.Zone()
	r, err := bench.Page(w.ctx, string(w.config.DatabaseURL), w.benching(c.Pages, c.Rounds), func(ctx context.Context, s *store.Store) (bench.Site, error) {
		return c.site(ctx, w, s)
	})
	return w.benched(r, err, c.JSON)
}

// dailyPage is what somebody of a role opens first.
var dailyPage = map[people.Role]string{people.RoleEmployee: "/feedback", people.RoleSupervisor: "/team", people.RoleManager: "/company"}

// site serves the demo on a free port, with its people signed in.
func (c benchPageCmd) site(ctx context.Context, w *world, s *store.Store) (bench.Site, error) {
	signIns, err := demoCmd{Scale: c.Scale}.play(w, s)
	if err != nil {
		return bench.Site{}, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return bench.Site{}, err
	}
	config := w.config
	config.Dev, config.PublicURL, config.SessionSecure = true, "http://"+l.Addr().String(), false
	a, err := app.On(s, config, nil, app.Clock)
	if err != nil {
		return bench.Site{}, err
	}
	server, err := a.Server(slog.New(slog.DiscardHandler))
	if err != nil {
		return bench.Site{}, err
	}
	site := bench.Site{Addr: l.Addr().String(), Hello: staff.HelloPath}
	if site.Visits, err = visits(ctx, a, signIns); err != nil {
		return site, err
	}
	serving, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(serving, l) }()
	site.Close = func() error {
		stop()
		a.Intake.Close() // the store is the bench's to close
		return <-ended
	}
	return site, nil
}

// visits signs everybody in and says which pages they open.
func visits(ctx context.Context, a *app.App, signIns []player.SignIn) (out []bench.Visit, err error) {
	name := (&reply.Sessions{Secure: a.Config.SessionSecure}).Name()
	for _, in := range signIns {
		paths := []string{dailyPage[people.Role(in.Role)]}
		token, session, err := a.Auth.SignIn(ctx, in.Login, in.Password, "", "bench")
		if err != nil {
			return nil, err
		}
		actor, _, err := a.Store.ActorOf(ctx, session.UserID)
		if err != nil {
			return nil, err
		}
		switch people.Role(in.Role) {
		case people.RoleLeader:
			paths = []string{"/journeys", fmt.Sprintf("/journeys/%d", actor.Leads[0])}
		case people.RoleOwner:
			paths = []string{fmt.Sprintf("/touchpoints/%d", actor.Owns[0])}
		}
		for _, path := range paths {
			if path != "" {
				out = append(out, bench.Visit{Path: path, Cookie: (&http.Cookie{Name: name, Value: token}).String()})
			}
		}
	}
	return out, nil
}

type benchFreshCmd struct {
	Answers int  `default:"20000" help:"How many answers come in during each round."`
	Rounds  int  `default:"3" help:"How many rounds; the worst counts."`
	JSON    bool `help:"Print JSON."`
}

func (benchFreshCmd) Help() string {
	return "Takes answers in as fast as it can and watches some of them: from acknowledged until the figures of journey, touchpoints, employee and team count them. Everything happens in a database of its own beside the one named, which is removed at the end.\n\nExample:\n  journeyloop bench fresh --db sqlite:journeyloop.db --json"
}

func (c benchFreshCmd) Run(w *world) error {
	if c.Answers < 100 || c.Rounds < 1 {
		return usage{errors.New("--answers must be at least 100 and --rounds at least 1")}
	}
	r, err := bench.Fresh(w.ctx, string(w.config.DatabaseURL), w.benching(c.Answers, c.Rounds))
	return w.benched(r, err, c.JSON)
}
