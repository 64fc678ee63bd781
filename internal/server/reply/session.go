package reply

import (
	"net/http"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/auth"
	"github.com/journeyloop/journeyloop/internal/fault"
)

// Sessions is gorilla's session store over the sessions in the database. The cookie holds a random token and nothing
// else; who it belongs to, until when, and whether it was revoked, only the database knows. A token that was tampered
// with, has ended or was revoked is simply nobody's.
type Sessions struct {
	Auth   *auth.Service
	Secure bool // cookies travel over https only
}

var _ sessions.Store = (*Sessions)(nil)

const whoKey = "who"

// Name is the cookie's: the __Host- prefix makes browsers refuse one that another host or plain http has set.
func (s *Sessions) Name() string {
	if s.Secure {
		return "__Host-journeyloop"
	}
	return "journeyloop"
}

// Get implements sessions.Store: one session a request.
func (s *Sessions) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New implements sessions.Store.
func (s *Sessions) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	session.IsNew = true
	session.Options = &sessions.Options{Path: "/", MaxAge: int(auth.Absolute.Seconds()), Secure: s.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	cookie, err := r.Cookie(name)
	if err != nil {
		return session, nil
	}
	who, err := s.Auth.Who(r.Context(), cookie.Value)
	if fault.KindOf(err) == fault.KindMissing {
		return session, nil
	}
	if err != nil {
		return session, err
	}
	session.ID, session.IsNew, session.Values[whoKey] = cookie.Value, false, who
	return session, nil
}

// Save implements sessions.Store: it sends the token, or with a negative MaxAge ends the session and takes it back.
func (s *Sessions) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	if session.Options.MaxAge < 0 {
		http.SetCookie(w, sessions.NewCookie(session.Name(), "", session.Options))
		return s.Auth.SignOut(r.Context(), session.ID)
	}
	http.SetCookie(w, sessions.NewCookie(session.Name(), session.ID, session.Options))
	return nil
}

// Of returns the session of a request; false when nobody is signed in.
func (s *Sessions) Of(c echo.Context) (auth.Session, bool, error) {
	session, err := s.Get(c.Request(), s.Name())
	if err != nil {
		return auth.Session{}, false, err
	}
	who, ok := session.Values[whoKey].(auth.Session)
	return who, ok, nil
}

// Token is what the browser of a request says of itself; "" when it says nothing.
func (s *Sessions) Token(c echo.Context) string {
	cookie, err := c.Cookie(s.Name())
	if err != nil {
		return ""
	}
	return cookie.Value
}

// Begin gives the browser the token of a session that was just made, and ends the one it had before, if any.
func (s *Sessions) Begin(c echo.Context, token string) error {
	session, err := s.Get(c.Request(), s.Name())
	if err != nil {
		return err
	}
	if !session.IsNew {
		if err := s.Auth.SignOut(c.Request().Context(), session.ID); err != nil {
			return err
		}
	}
	session.ID = token
	return session.Save(c.Request(), c.Response())
}

// End ends the session of this browser.
func (s *Sessions) End(c echo.Context) error {
	session, err := s.Get(c.Request(), s.Name())
	if err != nil {
		return err
	}
	session.Options.MaxAge = -1
	return session.Save(c.Request(), c.Response())
}
