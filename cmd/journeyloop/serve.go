package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"syscall"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/server/staff"
)

type serveCmd struct {
	Addr string `help:"Where to listen (default: JOURNEYLOOP_ADDR, else 127.0.0.1:8080)." placeholder:"HOST:PORT"`
}

func (serveCmd) Help() string {
	return "Serves until it is told to stop (Ctrl-C or SIGTERM); requests that have begun are finished. An embedded database is made and kept up to date; for PostgreSQL run migrate first. Any number of nodes may serve one PostgreSQL database.\n\nExample:\n  journeyloop serve --db sqlite:company.db --addr 127.0.0.1:8080\n\nSettings are environment variables:\n" + settingsHelp()
}

// settingsHelp explains every variable; the indent keeps its lines apart.
func settingsHelp() string {
	var b strings.Builder
	for _, s := range config.Settings() {
		fmt.Fprintf(&b, "  %s", s.Name)
		if s.Default != "" {
			fmt.Fprintf(&b, "=%s", s.Default)
		}
		fmt.Fprintf(&b, "\n      %s\n", s.Help)
	}
	return b.String()
}

func (c serveCmd) Run(w *world) error {
	l, err := w.listen()
	if err != nil {
		return err
	}
	defer l.Close() // where the server did not get to
	return w.withApp(w.open, func(a *app.App) error { return w.serve(a, l) })
}

// listen takes the address, before anything that lasts: who calls meanwhile waits.
func (w *world) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", w.config.Addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program: choose another with --addr HOST:PORT", w.config.Addr)
	}
	if err != nil {
		return nil, err
	}
	w.config.ListensAt(l.Addr().String())
	return l, nil
}

// serve answers requests and does the background work until the process is told to stop.
func (w *world) serve(a *app.App, l net.Listener, demo ...staff.SignIn) error {
	log := logger(w)
	slog.SetDefault(log)
	front, err := a.Server(log, demo...)
	if err != nil {
		return err
	}
	// Background work does not act in the name of whoever typed the command, and ends after the last request.
	stop, err := a.Background(context.Background())
	if err != nil {
		return err
	}
	defer stop()
	fmt.Fprintf(w.out, "Journeyloop is at %s\n", a.Config.PublicURL)
	return front.Serve(w.ctx, l)
}

// logger writes to standard error: standard output is for results.
func logger(w *world) *slog.Logger {
	options := &slog.HandlerOptions{Level: w.config.LogLevel}
	if w.config.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w.err, options))
	}
	return slog.New(slog.NewTextHandler(w.err, options))
}
