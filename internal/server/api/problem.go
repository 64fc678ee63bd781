package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
)

// Problem is RFC 9457. Code is a message key: the same in every language and version.
type Problem struct {
	Type    string   `json:"type"`
	Title   string   `json:"title"`
	Status  int      `json:"status"`
	Detail  string   `json:"detail"`
	Code    string   `json:"code"`
	Request string   `json:"request"`
	Errors  []Defect `json:"errors,omitempty"`
}

// Defect is what is wrong with one member, named as customer.email or people[0].team_path[2].
type Defect struct {
	Member  string `json:"member"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// reader is how this door speaks: the language that the request prefers (Accept-Language), English where it names none.
// Numbers and days stay as programs write them; Code is for programs, the words are for whoever reads their log.
func reader(c echo.Context) *i18n.Reader {
	return i18n.NewReader(i18n.From(c.Request().Context()).Lang(), i18n.Gregorian, time.UTC)
}

func defects(r *i18n.Reader, fields []fault.Field) []Defect {
	out := make([]Defect, len(fields))
	for i, f := range fields {
		out[i] = Defect{Member: f.Name, Code: f.Key, Message: r.T(f.Key, f.Args...)}
	}
	return out
}

func problemOf(c echo.Context, status int, key string, args ...any) Problem {
	return Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: reader(c).T(key, args...), Code: key,
		Request: c.Response().Header().Get(echo.HeaderXRequestID)}
}

// refuse answers a request that cannot be taken at all.
func refuse(c echo.Context, status int, key string, args ...any) error {
	return answer(c, status, "application/problem+json", problemOf(c, status, key, args...))
}

// refuseFor answers a fault; anything else is the server's to hide and to log.
func refuseFor(c echo.Context, err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	status, ok := map[fault.Kind]int{fault.KindMissing: http.StatusNotFound, fault.KindConflict: http.StatusConflict,
		fault.KindInvalid: http.StatusUnprocessableEntity}[f.Kind]
	if !ok {
		return err
	}
	p := problemOf(c, status, f.Key, f.Args...)
	p.Errors = defects(reader(c), f.Fields)
	return answer(c, status, "application/problem+json", p)
}

func answer(c echo.Context, status int, kind string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Language", string(reader(c).Lang()))
	c.Response().Header().Add(echo.HeaderVary, "Accept-Language")
	return c.Blob(status, kind, append(body, '\n'))
}
