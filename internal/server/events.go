package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
)

const (
	lookEvery   = 250 * time.Millisecond // how often the data's version is asked for, once a process
	aliveEvery  = 20 * time.Second       // proxies cut what is silent for a minute
	streamLives = 10 * time.Minute       // then the browser comes again, and its session is looked at again
	maxStreams  = 1000
)

// hub tells open pages that the data has changed. It carries no data: each page asks again for what its person may see.
type hub struct {
	version func(context.Context) (int64, error)
	mu      sync.Mutex
	open    map[chan struct{}]bool
	stopped chan struct{}
}

func newHub(version func(context.Context) (int64, error)) *hub {
	return &hub{version: version, open: map[chan struct{}]bool{}, stopped: make(chan struct{})}
}

// run looks at the version until ctx ends, then ends every stream.
func (h *hub) run(ctx context.Context, log *slog.Logger) {
	defer close(h.stopped)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	last, failing := int64(-1), false
	for {
		now, err := h.version(ctx)
		switch {
		case err != nil && ctx.Err() == nil && !failing:
			log.Error("cannot see whether the data changed", "error", err)
		case err == nil && now != last:
			if last >= 0 {
				h.tell()
			}
			last = now
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tell wakes every stream; one that is already awake need not be told twice.
func (h *hub) tell() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for wake := range h.open {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

func (h *hub) join() (wake chan struct{}, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.open) >= maxStreams {
		return nil, false
	}
	wake = make(chan struct{}, 1)
	h.open[wake] = true
	return wake, true
}

func (h *hub) leave(wake chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open, wake)
}

// events is the stream behind live.js: "changed" whenever a page may have changed.
func (s *Server) events(c echo.Context) error {
	wake, ok := s.hub.join()
	if !ok {
		return fault.Busy("errors.busy")
	}
	defer s.hub.leave(wake)
	w := c.Response()
	control := http.NewResponseController(w)
	if err := errors.Join(control.SetWriteDeadline(time.Time{}), control.SetReadDeadline(time.Time{})); err != nil {
		return err
	}
	w.Header().Set(echo.HeaderContentType, "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	end := time.After(streamLives)
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	for line := "retry: 2000\n\n"; ; {
		if _, err := io.WriteString(w, line); err != nil {
			return nil // the page was closed
		}
		w.Flush()
		select {
		case <-wake:
			line = "event: changed\ndata: 1\n\n"
		case <-alive.C:
			line = ":\n\n"
		case <-end:
			return nil
		case <-s.hub.stopped:
			return nil
		case <-c.Request().Context().Done():
			return nil
		}
	}
}
