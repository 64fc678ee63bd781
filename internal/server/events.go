package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
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
	stopped chan struct{}
	mu      sync.Mutex
	open    map[chan struct{}]int64 // the version that each has shown; 0 where it does not say
	last    int64                   // the version now; -1 before the first look
	changed time.Time
}

// justNow is how long a page that does not say what it was made of may take from being made to listening: what changed
// meanwhile it is told at once.
const justNow = 5 * time.Second

func newHub(version func(context.Context) (int64, error)) *hub {
	return &hub{version: version, open: map[chan struct{}]int64{}, stopped: make(chan struct{}), last: -1}
}

// run looks at the version until ctx ends, then ends every stream.
func (h *hub) run(ctx context.Context, log *slog.Logger) {
	defer close(h.stopped)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for failing := false; ; {
		now, err := h.version(ctx)
		switch {
		case err == nil:
			h.tell(now)
		case ctx.Err() == nil && !failing:
			log.Error("cannot see whether the data changed", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tell wakes every stream when the version is another; one that is already awake need not be told twice.
func (h *hub) tell(version int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.last
	h.last = version
	if before < 0 || before == version {
		return
	}
	h.changed = time.Now()
	for stream, shows := range h.open {
		if shows < version {
			wake(stream)
		}
	}
}

func wake(stream chan struct{}) {
	select {
	case stream <- struct{}{}:
	default:
	}
}

// join opens a stream; shows is the version its page was made of, or its browser was told of before, "" where it does not
// say. What was made of a later one than was seen here yet has nothing to be told.
func (h *hub) join(shows string) (stream chan struct{}, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.open) >= maxStreams {
		return nil, false
	}
	stream = make(chan struct{}, 1)
	version, err := strconv.ParseInt(shows, 10, 64)
	h.open[stream] = version
	if err == nil && version < h.last || err != nil && time.Since(h.changed) < justNow {
		wake(stream)
	}
	return stream, true
}

// now is the version to be named to a browser, so that it can say where it was when it comes again.
func (h *hub) now() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last
}

func (h *hub) leave(stream chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open, stream)
}

// events is the stream behind live.js: "changed" whenever a page may have changed.
func (s *Server) events(c echo.Context) error {
	changed, ok := s.hub.join(cmp.Or(c.Request().Header.Get("Last-Event-ID"), c.QueryParam("made")))
	if !ok {
		return fault.Busy("errors.busy")
	}
	defer s.hub.leave(changed)
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
	for line := fmt.Sprintf("retry: 2000\nid: %d\n\n", s.hub.now()); ; {
		if _, err := io.WriteString(w, line); err != nil {
			return nil // the page was closed
		}
		w.Flush()
		select {
		case <-changed:
			line = fmt.Sprintf("id: %d\nevent: changed\ndata: 1\n\n", s.hub.now())
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
