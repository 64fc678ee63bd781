package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/server/staff"
)

type serveCmd struct {
	Addr string `help:"Where to listen (default: JOURNEYLOOP_ADDR, else 127.0.0.1:8080)." placeholder:"HOST:PORT"`
}

func (serveCmd) Help() string {
	return "Serves until it is told to stop (Ctrl-C or SIGTERM); requests that have begun are finished. An embedded database is made and kept up to date; for PostgreSQL run migrate first.\n\nExample:\n  journeyloop serve --db sqlite:company.db --addr 127.0.0.1:8080"
}

func (c serveCmd) Run(w *world) error {
	w.listenAt(c.Addr)
	return w.withApp(func(a *app.App) error { return w.serve(a) })
}

// listenAt moves the server; links follow it unless the deployment says how it is reached.
func (w *world) listenAt(addr string) {
	if addr == "" {
		return
	}
	if w.config.PublicURL == "http://"+w.config.Addr {
		w.config.PublicURL = "http://" + addr
	}
	w.config.Addr = addr
}

// serve answers requests and does the background work until the process is told to stop.
func (w *world) serve(a *app.App, demo ...staff.SignIn) error {
	log := logger(w)
	slog.SetDefault(log)
	l, err := net.Listen("tcp", a.Config.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	front, err := a.Server(log, demo...)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	// Background work does not act in the name of whoever typed the command, and ends after the last request.
	stop, err := a.Background(context.Background())
	if err != nil {
		return errors.Join(err, l.Close())
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
