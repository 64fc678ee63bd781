package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/session"
)

// refusal is the door's own "no", with a message for the one who knocked.
type refusal struct {
	status int
	key    string
}

func (r *refusal) Error() string { return r.key }

var errUnreadable = &refusal{status: http.StatusBadRequest, key: "errors.unreadable"}

// failure is an error as somebody outside may see it.
type failure struct {
	status   int
	title    string // message key
	key      string
	args     []any
	fields   []fault.Field
	internal bool // goes to the log, with nothing of it shown
}

// statuses of the kinds of fault.
var statuses = map[fault.Kind]int{
	fault.KindMissing:   http.StatusNotFound,
	fault.KindForbidden: http.StatusForbidden,
	fault.KindConflict:  http.StatusConflict,
	fault.KindInvalid:   http.StatusUnprocessableEntity,
	fault.KindBusy:      http.StatusServiceUnavailable,
}

// said are the statuses that echo or a handler give without a fault, in words.
var said = map[int]string{
	http.StatusBadRequest:            "errors.bad_request",
	http.StatusUnauthorized:          "auth.session_ended",
	http.StatusForbidden:             "errors.forbidden",
	http.StatusNotFound:              "errors.page_missing",
	http.StatusMethodNotAllowed:      "errors.method",
	http.StatusConflict:              "errors.conflict",
	http.StatusRequestEntityTooLarge: "errors.too_large",
	http.StatusUnsupportedMediaType:  "errors.unreadable",
	http.StatusUnprocessableEntity:   "errors.invalid",
	http.StatusTooManyRequests:       "errors.too_many",
	http.StatusServiceUnavailable:    "errors.busy",
}

// explain decides what may be seen of an error.
func explain(err error) failure {
	if f := fault.Of(err); f != nil && f.Kind != fault.KindInternal {
		status := statuses[f.Kind]
		if f.Key == "auth.too_many" {
			status = http.StatusTooManyRequests
		}
		return titled(failure{status: status, key: f.Key, args: f.Args, fields: f.Fields})
	}
	if r, ok := errors.AsType[*refusal](err); ok {
		return titled(failure{status: r.status, key: r.key})
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return titled(failure{status: http.StatusRequestEntityTooLarge, key: said[http.StatusRequestEntityTooLarge]})
	}
	if he, ok := errors.AsType[*echo.HTTPError](err); ok && said[he.Code] != "" && he.Code != http.StatusServiceUnavailable {
		return titled(failure{status: he.Code, key: said[he.Code]})
	}
	return titled(failure{status: http.StatusInternalServerError, key: "errors.internal", internal: true})
}

// wait is after how many seconds trying again makes sense: what the store could not do now is soon over.
func (f failure) wait() string {
	if f.key == "errors.busy" {
		return "5"
	}
	return "60"
}

func titled(f failure) failure {
	f.title = "errors.title_" + strconv.Itoa(f.status)
	return f
}

// fail answers every error there is, once: the log gets what happened, the asker what may be done.
func (s *Server) fail(err error, c echo.Context) {
	if errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		return // nobody is there any more
	}
	f := explain(err)
	if f.internal {
		s.Log.Error("request failed", "id", requestID(c), "method", c.Request().Method, "route", c.Path(), "error", err)
	} else if f.status == http.StatusServiceUnavailable {
		s.Log.Warn("request put off", "id", requestID(c), "method", c.Request().Method, "route", c.Path(), "error", err)
	}
	if errors.Is(err, reply.ErrCutOff) {
		panic(http.ErrAbortHandler) // the browser must see that the file is not whole
	}
	if c.Response().Committed {
		return
	}
	if f.status == http.StatusServiceUnavailable || f.status == http.StatusTooManyRequests {
		c.Response().Header().Set("Retry-After", f.wait())
	}
	if err := s.show(c, f); err != nil && c.Request().Context().Err() == nil {
		s.Log.Error("cannot show an error", "id", requestID(c), "error", err)
		_ = c.NoContent(f.status)
	}
}

func (s *Server) show(c echo.Context, f failure) error {
	if c.Request().Method == http.MethodHead {
		return c.NoContent(f.status)
	}
	if isAPI(c) || !wantsPage(c) {
		return showJSON(c, f)
	}
	v := session.ProblemView{Text: reply.T(c, f.key, f.args...), Fields: f.fields, Href: "/", Link: reply.T(c, "errors.home")}
	if f.internal {
		v.Request = requestID(c)
	}
	if byToken(c) {
		v.Href = "" // a customer has no home here
	}
	if isPart(c) {
		return reply.Component(c, f.status, session.ProblemPart(v))
	}
	title := reply.T(c, f.title)
	if kept := unsent(c); f.status == http.StatusUnauthorized && kept.Action != "" {
		return reply.Bare(c, f.status, title, session.SignInAgain(session.SignInView{Next: "/", Kept: kept}))
	}
	if f.status == http.StatusUnauthorized {
		v.Href, v.Link = "/sign-in", reply.T(c, "common.sign_in")
	}
	if reply.Actor(c).Signed() {
		return reply.Page(c, reply.Frame{Title: title, Status: f.status}, session.ProblemPage(title, v))
	}
	return reply.Bare(c, f.status, title, session.Problem(v))
}

// unsent is a form that nobody took because its session had ended. Files are not kept, nor is anything beside a password.
func unsent(c echo.Context) session.Kept {
	r := c.Request()
	if r.Method != http.MethodPost || len(r.PostForm) == 0 || r.MultipartForm != nil || reply.Actor(c).Signed() || r.PostForm.Has("password") {
		return session.Kept{}
	}
	return session.Kept{Action: r.URL.RequestURI(), Form: r.PostForm.Encode()}
}

// problem is RFC 9457.
type problem struct {
	Type    string         `json:"type"`
	Title   string         `json:"title"`
	Status  int            `json:"status"`
	Detail  string         `json:"detail"`
	Code    string         `json:"code"` // the message key: the same in every language
	Request string         `json:"request"`
	Errors  []fieldProblem `json:"errors,omitempty"`
}

type fieldProblem struct {
	Name   string `json:"name"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func showJSON(c echo.Context, f failure) error {
	p := problem{Type: "about:blank", Title: http.StatusText(f.status), Status: f.status, Detail: reply.T(c, f.key, f.args...), Code: f.key, Request: requestID(c)}
	for _, field := range f.fields {
		p.Errors = append(p.Errors, fieldProblem{Name: field.Name, Code: field.Key, Detail: reply.T(c, field.Key, field.Args...)})
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.Blob(f.status, "application/problem+json", body)
}
