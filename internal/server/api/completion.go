package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
)

// Completion is what may be said about the end of a run; all of it may be left out.
type Completion struct {
	Journey string    `json:"journey"` // needed where two journeys use the same key
	At      time.Time `json:"at"`      // now, when it is not said
}

// Completed is a run that is over.
type Completed struct {
	Run   string    `json:"run"`
	State string    `json:"state"`
	Ended time.Time `json:"ended"`
}

// completion says that a run is over. Saying it again changes nothing, and is answered with when it ended.
func (d *Desk) completion(c echo.Context) error {
	key, err := runKey(c)
	if err != nil {
		return refuseFor(c, err)
	}
	x, err := readCompletion(c, d.Now())
	if err != nil {
		return fail(c, err)
	}
	r, err := d.Runs.Complete(c.Request().Context(), x.Journey, key, x.At)
	if err != nil {
		return refuseFor(c, err)
	}
	done := Completed{Run: r.Key, State: string(r.State)}
	if r.EndedAt != nil {
		done.Ended = r.EndedAt.UTC()
	}
	return answer(c, http.StatusOK, echo.MIMEApplicationJSON, done)
}

// runKey is the key in the path. Echo looks for the route in the path as it was sent where that differs from what Go
// would send, and hands over the parameter still escaped then, and only then.
func runKey(c echo.Context) (string, error) {
	if c.Request().URL.RawPath == "" {
		return c.Param("key"), nil
	}
	key, err := url.PathUnescape(c.Param("key"))
	if err != nil {
		return "", fault.Missing("errors.run_missing")
	}
	return key, nil
}

func readCompletion(c echo.Context, now time.Time) (Completion, error) {
	x := Completion{At: now}
	if c.Request().ContentLength == 0 {
		return x, nil
	}
	dec, err := body(c)
	if err != nil {
		return x, err
	}
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return x, unread(dec, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return x, unreadable("api.json_goes_on", "offset", dec.InputOffset())
	}
	f := &form{now: now}
	f.members("", raw, map[string]func(string, json.RawMessage){"journey": f.text(&x.Journey, keyLength), "at": f.past(&x.At)})
	if err := f.problems.Err(); err != nil {
		return x, err
	}
	return x, nil
}
