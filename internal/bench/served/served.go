// Package served measures what the product does behind its own front door: the whole server with its pages, answering on
// a real connection, against the plainest handler that could do the work. It stands above app because it opens the whole
// house; what is measured below the doors is in package bench.
//
// It is not for anything that serves somebody, and not for tests.
package served

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/bench"
	"github.com/journeyloop/journeyloop/internal/config"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/survey"
)

// house is the product on the ground of a bench, serving at an address.
type house struct {
	app  *app.App
	base string
	stop func() error
}

// nobody takes no letters: a bench writes to no customers.
type nobody struct{}

func (nobody) Send(context.Context, survey.Message) error { return nil }

// open serves on a ground. What is logged is put into words, as in a deployment, and thrown away. The figures are folded as
// a deployment does; the errands of the ledger wait.
func open(ctx context.Context, g bench.Ground, zone *time.Location) (*house, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	base := "http://" + l.Addr().String()
	a, err := app.On(g.Store(), config.Config{Addr: l.Addr().String(), PublicURL: base, CompanyName: "Journeyloop", TimeZone: zone, Language: "en"}, nobody{}, app.Clock)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	door, err := a.Server(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	h := &house{app: a, base: base}
	h.stop = together(ctx, func(ctx context.Context) error { return door.Serve(ctx, l) }, h.fold)
	return h, nil
}

// together does things until stop, which says what went wrong.
func together(ctx context.Context, all ...func(ctx context.Context) error) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	errs := make([]error, len(all))
	var wait sync.WaitGroup
	for i, do := range all {
		wait.Go(func() { errs[i] = do(ctx) })
	}
	return func() error {
		cancel()
		wait.Wait()
		return errors.Join(errs...)
	}
}

// fold adds what was said to the figures, as often as a deployment does.
func (h *house) fold(ctx context.Context) error {
	for tick := time.Tick(200 * time.Millisecond); ; {
		select {
		case <-tick:
			if _, err := h.app.Store.Fold(ctx); err != nil && ctx.Err() == nil && fault.KindOf(err) != fault.KindBusy {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// close ends the server. The store is the ground's to close.
func (h *house) close() error {
	err := h.stop()
	h.app.Intake.Close()
	return err
}

// browsers are clients that keep their connections, one each, and follow nothing.
func browsers(clients int) *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients, DisableCompression: true}
}

// tidy gives back what preparing needed, so that it is not taken for the server's.
func tidy() { debug.FreeOSMemory() }
