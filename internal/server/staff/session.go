package staff

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/event"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/session"
)

func (d *Desk) sessionRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/", Guard: reply.Signed, Handle: d.home},
		{Method: http.MethodGet, Path: "/sign-in", Guard: reply.Public, Handle: d.signInPage},
		{Method: http.MethodPost, Path: "/sign-in", Guard: reply.Public, Handle: d.signIn},
		{Method: http.MethodPost, Path: "/sign-out", Guard: reply.Public, Handle: d.signOut},
		{Method: http.MethodPost, Path: "/me/language", Guard: reply.Public, Handle: d.chooseLanguage},
		{Method: http.MethodPost, Path: "/me/theme", Guard: reply.Signed, Handle: d.chooseTheme},
		{Method: http.MethodGet, Path: "/me", Guard: reply.Signed, Handle: d.mePage},
		{Method: http.MethodPost, Path: "/me/password", Guard: reply.Signed, Handle: d.changePassword},
		{Method: http.MethodPost, Path: "/me/sessions/end", Guard: reply.Signed, Handle: d.endSession},
		{Method: http.MethodGet, Path: "/me/sessions/end-others", Guard: reply.Signed, Handle: d.confirmEndOthers},
		{Method: http.MethodPost, Path: "/me/sessions/end-others", Guard: reply.Signed, Handle: d.endOtherSessions},
	}
}

func (d *Desk) home(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, reply.Home(reply.Actor(c)))
}

func (d *Desk) signInPage(c echo.Context) error {
	next := reply.Local(c.QueryParam("next"), "")
	if reply.Actor(c).Signed() {
		return c.Redirect(http.StatusSeeOther, reply.Local(next, "/"))
	}
	return d.signInForm(c, http.StatusOK, session.SignInView{Next: next})
}

func (d *Desk) signInForm(c echo.Context, status int, v session.SignInView) error {
	for _, s := range d.Demo {
		v.Demo = append(v.Demo, session.Demo{Role: reply.T(c, "role."+string(s.Role)), Name: s.Name, Login: s.Login, Password: s.Password})
	}
	return reply.Bare(c, status, reply.T(c, "common.sign_in"), session.SignIn(v))
}

func (d *Desk) signIn(c echo.Context) error {
	r := c.Request()
	login, next := c.FormValue("login"), reply.Local(c.FormValue("next"), "/")
	kept := session.Kept{Action: reply.Local(c.FormValue("kept_action"), ""), Form: c.FormValue("kept")}
	token, s, err := d.Auth.SignIn(r.Context(), login, c.FormValue("password"), c.RealIP(), r.UserAgent())
	if f := fault.Of(err); f != nil {
		return d.signInForm(c, refused(f), session.SignInView{Next: next, Login: login, Problem: reply.T(c, f.Key, f.Args...), Kept: kept})
	}
	if err != nil {
		return err
	}
	if err := d.Sessions.Begin(c, token); err != nil {
		return err
	}
	if err := d.Store.Record(r.Context(), event.Event{Verb: event.UserSignedIn, SubjectKind: "user", SubjectID: s.UserID, ActorID: s.UserID, At: d.Now()}); err != nil {
		return err
	}
	if kept.Action != "" {
		return reply.Bare(c, http.StatusOK, reply.T(c, "session.kept_title"), session.Resume(kept))
	}
	return c.Redirect(http.StatusSeeOther, next)
}

// refused is the status of a sign-in that did not happen: tried too often, or wrong.
func refused(f *fault.Error) int {
	if f.Kind == fault.KindBusy {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

func (d *Desk) signOut(c echo.Context) error {
	if err := d.Sessions.End(c); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/sign-in")
}

// chooseLanguage works for everybody: it is kept with the sign-in, and in the browser for who has none.
func (d *Desk) chooseLanguage(c echo.Context) error {
	lang, known := i18n.Known(c.FormValue("lang"))
	if !known {
		return fault.Invalid(fault.Field{Name: "lang", Key: "errors.choice"})
	}
	if err := d.remember(c, lang); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, reply.Local(c.FormValue("back"), "/"))
}

func (d *Desk) remember(c echo.Context, lang i18n.Lang) error {
	reply.RememberLanguage(c, lang)
	ctx, a := c.Request().Context(), reply.Actor(c)
	if !a.Signed() {
		return nil
	}
	if err := d.Store.SetLanguage(ctx, a.UserID, lang); err != nil {
		return err
	}
	if !c.Request().PostForm.Has("calendar") {
		return nil // the menu of languages knows none
	}
	calendar := i18n.Calendar(c.FormValue("calendar"))
	if calendar != i18n.Gregorian && calendar != i18n.Jalali {
		calendar = ""
	}
	return d.Store.SetCalendar(ctx, a.UserID, calendar)
}

func (d *Desk) chooseTheme(c echo.Context) error {
	if err := d.Store.SetTheme(c.Request().Context(), reply.Actor(c).UserID, people.KnownTheme(c.FormValue("theme"))); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, reply.Local(c.FormValue("back"), "/"))
}

func (d *Desk) mePage(c echo.Context) error { return d.me(c, http.StatusOK, nil) }

func (d *Desk) me(c echo.Context, status int, problems []fault.Field) error {
	ctx := c.Request().Context()
	current, _, err := d.Sessions.Of(c)
	if err != nil {
		return err
	}
	user, err := d.Store.UserByID(ctx, current.UserID)
	if err != nil {
		return err
	}
	list, err := d.Store.SessionsOf(ctx, current.UserID)
	if err != nil {
		return err
	}
	away, err := d.absencesPart(c, user.EmployeeID)
	if err != nil {
		return err
	}
	r := reply.Reader(c)
	v := session.MeView{Absences: away, Name: user.Name, Login: user.Login, Lang: r.Lang(), Calendar: user.Calendar, Theme: user.Theme, Problems: problems}
	for _, s := range list {
		if s.Ended(d.Now()) {
			continue
		}
		v.Sessions = append(v.Sessions, session.Browser{ID: hex.EncodeToString(s.Hash), Agent: browserWords(s.Agent), Since: s.CreatedAt, Seen: s.SeenAt,
			This: bytes.Equal(s.Hash, current.Hash)})
	}
	return reply.Page(c, reply.Frame{Title: reply.T(c, "session.me"), Status: status}, session.Me(v))
}

// browserWords makes a browser's long line short: "Firefox, Windows". One it does not know is shown as it is.
func browserWords(agent string) string {
	first := func(marks [][2]string) string {
		for _, m := range marks {
			if strings.Contains(agent, m[0]) {
				return m[1]
			}
		}
		return ""
	}
	// The order matters: most browsers also name those they descend from.
	browser := first([][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrom", "Chrome"}, {"Safari/", "Safari"}})
	system := first([][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}})
	if browser == "" || system == "" {
		return agent
	}
	return browser + ", " + system
}

func (d *Desk) changePassword(c echo.Context) error {
	ctx := c.Request().Context()
	who, _, err := d.Sessions.Of(c)
	if err != nil {
		return err
	}
	user, err := d.Store.UserByID(ctx, who.UserID)
	if err != nil {
		return err
	}
	if c.FormValue("password") != c.FormValue("again") {
		return d.me(c, http.StatusUnprocessableEntity, []fault.Field{{Name: "again", Key: "session.not_the_same"}})
	}
	token, _, err := d.Auth.ChangePassword(ctx, who, user.Login, c.FormValue("current"), c.FormValue("password"))
	if fields, ok := reply.Problems(err); ok {
		return d.me(c, http.StatusUnprocessableEntity, fields)
	}
	if err != nil {
		return err
	}
	if err := d.Sessions.Begin(c, token); err != nil {
		return err
	}
	return reply.Done(c, "/me", "session.password_changed")
}

func (d *Desk) endSession(c echo.Context) error {
	hash, err := hex.DecodeString(c.FormValue("session"))
	if err != nil {
		return fault.Missing("errors.session_missing")
	}
	if err := d.Store.EndSession(c.Request().Context(), reply.Actor(c).UserID, hash); err != nil {
		return err
	}
	return reply.Done(c, "/me", "session.ended")
}

func (d *Desk) endOtherSessions(c echo.Context) error {
	who, _, err := d.Sessions.Of(c)
	if err != nil {
		return err
	}
	if err := d.Store.EndOtherSessions(c.Request().Context(), who.UserID, who.Hash); err != nil {
		return err
	}
	return reply.Done(c, "/me", "session.others_ended")
}
