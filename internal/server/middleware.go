package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/task"
)

const requestKey = "request"

// requestID names one request in its answer and in the log.
func requestID(c echo.Context) string {
	id, _ := c.Get(requestKey).(string)
	return id
}

// identity names the request and tells the frame what this deployment is. Names given from outside are not believed.
func (s *Server) identity(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := strings.ToLower(rand.Text()[:12])
		c.Set(requestKey, id)
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		reply.SetAppName(c, s.AppName)
		reply.SetSecure(c, s.Sessions.Secure)
		return next(c)
	}
}

// logged writes one line a request. It names the route and not the address, which may carry a customer's token or what
// somebody searched for; and nobody's words.
func (s *Server) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		if err := next(c); err != nil {
			c.Error(err) // answers now, so that the status below is the one that left
		}
		level := slog.LevelInfo
		if strings.HasPrefix(c.Path(), "/static/") || c.Path() == "/healthz" {
			level = slog.LevelDebug
		}
		s.Log.Log(c.Request().Context(), level, "request", "id", requestID(c), "method", c.Request().Method, "route", c.Path(),
			"status", c.Response().Status, "bytes", c.Response().Size, "took", time.Since(began).Round(time.Microsecond), "user", reply.Actor(c).UserID)
		return nil
	}
}

// recovered turns a panic into an internal error, with its stack for the log.
func recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch p := recover(); {
			case p == nil:
			case p == http.ErrAbortHandler: //nolint:errorlint // a panic carries the very value
				panic(p)
			default:
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		return next(c)
	}
}

// policy allows what this server itself sends, and nothing written into a page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers are on every answer, whose language is that of whoever asks. Nothing is kept by browsers or proxies unless a
// handler says so.
func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if byToken(c) {
			h.Set("Referrer-Policy", "no-referrer") // the address is the secret
		}
		s.read(c, people.User{}) // so that even a refusal speaks the asker's language
		if s.Sessions.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}

// byToken tells whether the address itself carries the right to be here: a customer's pages.
func byToken(c echo.Context) bool {
	path := c.Request().URL.Path
	return strings.HasPrefix(path, "/s/") || strings.HasPrefix(path, "/solved/")
}

// compressed gzips what is worth it; static files and remembered pages already are, and the stream of events must not wait
// for a full block.
func (s *Server) compressed() echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{Level: zipLevel, MinLength: zipsFrom, Skipper: func(c echo.Context) bool {
		return strings.HasPrefix(c.Path(), "/static/") || c.Path() == "/events" || c.Request().Method == http.MethodGet && s.lasting[c.Path()]
	}})
}

const (
	maxForm = 1 << 20         // a page's form
	maxFile = 10<<20 + 64<<10 // an uploaded list with its form around it, or a batch of the API
)

// limited refuses bodies that are too large, said or not said beforehand.
func limited(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		limit := int64(maxForm)
		if isAPI(c) || strings.HasPrefix(r.Header.Get(echo.HeaderContentType), echo.MIMEMultipartForm) {
			limit = maxFile
		}
		if c.Path() == reply.MailPath {
			limit = reply.LargestMail
		}
		if upload(c) {
			limit = task.MaxUpload + maxForm // the handler says what is too large, and keeps what was chosen
		} else if r.ContentLength > limit {
			return echo.ErrStatusRequestEntityTooLarge
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		return next(c)
	}
}

// upload is the one form that is read by its handler: it may be large, and whoever sends it is asked first.
func upload(c echo.Context) bool {
	return c.Path() == reply.UploadPath && c.Request().Method == http.MethodPost
}

// readable refuses addresses with bytes that are no text: no engine keeps them.
func (s *Server) readable(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		query, err := url.ParseQuery(u.RawQuery)
		if err != nil || !text(u.Path) || !allText(query) {
			return errUnreadable
		}
		return next(c)
	}
}

// foreign refuses changes that another site's page asked a browser for. Machines with a key and customers with a token
// carry no cookie that could be abused; a customer's browser that hides where it comes from must not be refused.
func (s *Server) foreign() (echo.MiddlewareFunc, error) {
	protection := http.NewCrossOriginProtection()
	if u, err := url.Parse(s.PublicURL); err == nil && u.Host != "" {
		if err := protection.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, fmt.Errorf("trust %s: %w", s.PublicURL, err)
		}
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if isAPI(c) || byToken(c) {
				return next(c)
			}
			if err := protection.Check(c.Request()); err != nil {
				return fault.Forbidden("errors.foreign")
			}
			return next(c)
		}
	}, nil
}

// readForm reads a form before anybody acts on half of one.
func readForm(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if upload(c) {
			return next(c)
		}
		r := c.Request()
		kind, _, _ := strings.Cut(r.Header.Get(echo.HeaderContentType), ";")
		var err error
		switch kind {
		case echo.MIMEApplicationForm:
			err = r.ParseForm()
		case echo.MIMEMultipartForm:
			err = r.ParseMultipartForm(maxForm)
		}
		if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return tooLarge
		}
		if err != nil || !allText(r.PostForm) {
			return errUnreadable
		}
		return next(c)
	}
}

func allText(form url.Values) bool {
	for name, values := range form {
		for _, v := range append(values, name) {
			if !text(v) {
				return false
			}
		}
	}
	return true
}

func text(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// asked puts who asks, and her language, into the request. It is made from the session alone; a customer's pages and the
// machines' are for nobody signed in.
func (s *Server) asked(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if isAPI(c) || byToken(c) || strings.HasPrefix(c.Path(), "/static/") || c.Path() == "/healthz" {
			return next(c)
		}
		g, err := s.guest(c)
		if err != nil {
			return err
		}
		if g == nil {
			return next(c)
		}
		c.Set(guestKey, g)
		c.Response().Header().Set("Server-Timing", `data;desc="`+strconv.FormatInt(lookOf(c).Version(), 10)+`"`) // so that live.js can say what it shows
		s.read(c, g.user)
		reply.SetTheme(c, g.user.Theme)
		reply.SetNews(c, g.news)
		reply.SetWaiting(c, g.waiting)
		c.SetRequest(c.Request().WithContext(people.With(c.Request().Context(), g.actor)))
		if g.working {
			if err := s.work(c, g.actor); err != nil {
				return err
			}
		}
		return next(c)
	}
}

// work tells the frame of a page how far the long work is that its reader has under way.
func (s *Server) work(c echo.Context, actor people.Actor) error {
	if c.Request().Method != http.MethodGet || isPart(c) || c.Path() == "/events" {
		return nil
	}
	t, err := s.Store.RunningTask(c.Request().Context(), actor.UserID)
	if fault.KindOf(err) == fault.KindMissing {
		return nil
	}
	if err == nil {
		reply.SetWork(c, t)
	}
	return err
}

// read sets the reader: the language of the sign-in, else the one the page was asked for in, else the one this browser
// chose before, else the one it prefers. Days are the company's.
func (s *Server) read(c echo.Context, user people.User) {
	reader := i18n.NewReader(s.language(c, user), user.Calendar, s.Zone)
	c.SetRequest(c.Request().WithContext(i18n.With(c.Request().Context(), reader)))
}

func (s *Server) language(c echo.Context, user people.User) i18n.Lang {
	if user.Language != "" {
		return user.Language
	}
	if lang, ok := i18n.Known(c.QueryParam("lang")); ok {
		if !byToken(c) && !isAPI(c) {
			reply.RememberLanguage(c, lang)
		}
		return lang
	}
	if lang, ok := reply.RememberedLanguage(c); ok && !isAPI(c) {
		return lang
	}
	if accept := c.Request().Header.Get("Accept-Language"); accept != "" {
		return i18n.Match(accept)
	}
	if isAPI(c) {
		return i18n.English // what developers read, wherever the company is
	}
	return s.Language
}
