// Package respond is the customer's door: the survey behind a token, changing the answer, the end of being asked, and the
// question whether what went wrong is solved. Nobody
// signs in here; whoever holds the token is the customer. It is not for employees' pages, nor for sending links.
//
// A GET records nothing, since mail scanners open every link; one POST does. The token in the path is the whole proof and
// no cookie is read, so the front door lets these POSTs in from anywhere: one-click unsubscribing comes from the mail
// provider's site (RFC 8058), and a form on a page that tells no referrer sends "Origin: null".
package respond

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/praise"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/respond"
)

// Answers takes an answer in; it is on disk when Answer returns without an error.
type Answers interface {
	Answer(ctx context.Context, token string, a feedback.Answer) (feedback.Response, error)
}

// Desk answers customers.
type Desk struct {
	Feedback *feedback.Service
	Answers  Answers
	Surveys  *survey.Service
	Praise   *praise.Service
	Cases    *casework.Service
	Insight  *insight.Service
	Company  string
	Language i18n.Lang // where neither the customer's nor the browser's is known
	Zone     *time.Location
}

// Routes lists the customer's pages.
func (d *Desk) Routes() []reply.Route {
	return append(append(d.praiseRoutes(), d.solvedRoutes()...), []reply.Route{
		{Method: http.MethodGet, Path: "/s/:token", Guard: reply.Public, Handle: d.survey},
		{Method: http.MethodPost, Path: "/s/:token", Guard: reply.Public, Handle: d.answer},
		{Method: http.MethodGet, Path: "/s/:token/thanks", Guard: reply.Public, Handle: d.thanks},
		{Method: http.MethodGet, Path: "/s/:token/stop", Guard: reply.Public, Handle: d.mayStop},
		{Method: http.MethodPost, Path: "/s/:token/stop", Guard: reply.Public, Handle: d.stop},
	}...)
}

func (d *Desk) survey(c echo.Context) error {
	sheet, err := d.Feedback.Sheet(c.Request().Context(), c.Param("token"))
	if err != nil {
		return d.over(c, err)
	}
	d.speak(c, sheet.Language)
	if sheet.Used {
		return d.note(c, http.StatusGone, respond.NoteView{Frame: d.frame(c, "survey.used_title", ""), TextKey: "survey.used"})
	}
	return d.form(c, http.StatusOK, sheet, filled(sheet.Before), nil)
}

// answer takes a form in. What was asked is looked up only for those who see the form again: whether there is anything to
// answer, and what an answer may say, is looked at when it is stored.
func (d *Desk) answer(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	lang, known := i18n.Known(form.Get(respond.FieldLang)) // the form says which language it was in
	if _, other := i18n.Known(form.Get(respond.FieldShow)); other || !known {
		sheet, err := d.Feedback.Sheet(c.Request().Context(), c.Param("token"))
		if err != nil {
			return d.over(c, err)
		}
		d.speak(c, sheet.Language)
		if lang = reply.Reader(c).Lang(); other {
			return d.form(c, http.StatusOK, sheet, form, nil)
		}
	}
	d.speak(c, lang)
	response, err := d.Answers.Answer(c.Request().Context(), c.Param("token"), read(form, lang))
	if problems, ok := reply.Problems(err); ok {
		return d.again(c, form, problems)
	}
	if err != nil {
		return d.over(c, err)
	}
	private(c)
	return c.Redirect(http.StatusSeeOther, d.path(c, "/thanks?lang="+string(response.Language)))
}

// again shows a form with its problems.
func (d *Desk) again(c echo.Context, form url.Values, problems []fault.Field) error {
	sheet, err := d.Feedback.Sheet(c.Request().Context(), c.Param("token"))
	if err != nil {
		return d.over(c, err)
	}
	return d.form(c, http.StatusUnprocessableEntity, sheet, form, problems)
}

func (d *Desk) thanks(c echo.Context) error {
	sheet, err := d.Feedback.Sheet(c.Request().Context(), c.Param("token"))
	if err != nil {
		return d.over(c, err)
	}
	private(c)
	if sheet.Used {
		d.speak(c, sheet.Language)
		return reply.Component(c, http.StatusOK, respond.Thanks(respond.ThanksView{Frame: d.frame(c, "survey.thanks_title", "/thanks")}))
	}
	if sheet.Before == nil {
		return c.Redirect(http.StatusSeeOther, d.path(c, ""))
	}
	d.speak(c, sheet.Language)
	asked, err := d.praiseView(c)
	if err != nil {
		return err
	}
	return reply.Component(c, http.StatusOK, respond.Thanks(respond.ThanksView{Frame: d.frame(c, "survey.thanks_title", "/thanks"),
		Contact: sheet.Before.WantsContact, Happy: happy(*sheet.Before), Praise: asked, Change: d.path(c, "") + chosen(c), Until: sheet.Invitation.ExpiresAt}))
}

// mayStop asks once more: a scanner that follows the link must not end anything. It works as long as the token is known,
// also when the survey is over.
func (d *Desk) mayStop(c echo.Context) error {
	sheet, err := d.Feedback.Sheet(c.Request().Context(), c.Param("token"))
	if err != nil && fault.KindOf(err) != fault.KindConflict {
		return d.over(c, err)
	}
	d.speak(c, sheet.Language)
	note := respond.NoteView{Frame: d.frame(c, "survey.stop_title", "/stop"), TextKey: "survey.stop", Post: d.path(c, "/stop"),
		PostKey: "survey.stop_button", Language: c.QueryParam(respond.FieldLang)}
	if err == nil {
		note.Back, note.BackKey = d.path(c, "")+chosen(c), "survey.stop_back"
	}
	return d.note(c, http.StatusOK, note)
}

// stop answers a person's button and a mail provider's one click (RFC 8058) alike: at once, without a redirect.
func (d *Desk) stop(c echo.Context) error {
	sheet, err := d.Feedback.Sheet(c.Request().Context(), c.Param("token"))
	if err != nil && fault.KindOf(err) != fault.KindConflict {
		return d.over(c, err)
	}
	if err := d.Surveys.OptOut(c.Request().Context(), c.Param("token")); err != nil {
		return d.over(c, err)
	}
	d.speak(c, sheet.Language)
	return d.note(c, http.StatusOK, respond.NoteView{Frame: d.frame(c, "survey.stopped_title", "/stop"), TextKey: "survey.stopped"})
}

// over shows a kind page for a link that no longer, or never, led to a survey; any other error is passed on.
func (d *Desk) over(c echo.Context, err error) error {
	f := fault.Of(err)
	if f == nil || !strings.HasPrefix(f.Key, "survey.") && f.Kind != fault.KindMissing {
		return err
	}
	d.speak(c, "")
	status, key := http.StatusGone, f.Key
	if f.Kind == fault.KindMissing {
		status, key = http.StatusNotFound, "survey.unknown"
	}
	return d.note(c, status, respond.NoteView{Frame: d.frame(c, key+"_title", ""), TextKey: key})
}

func (d *Desk) note(c echo.Context, status int, v respond.NoteView) error {
	private(c)
	return reply.Component(c, status, respond.Note(v))
}

// private keeps the page out of caches, search engines and other sites' logs.
func private(c echo.Context) {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
}

// speak sets the page's language: the one she switched to, else hers, else her browser's, else the company's.
func (d *Desk) speak(c echo.Context, hers i18n.Lang) {
	lang := d.Language
	if accepted := c.Request().Header.Get("Accept-Language"); accepted != "" {
		lang = i18n.Match(accepted)
	}
	for _, said := range []string{string(hers), c.FormValue(respond.FieldLang), c.FormValue(respond.FieldShow)} {
		if l, known := i18n.Known(said); known {
			lang = l
		}
	}
	r := i18n.NewReader(lang, "", d.Zone)
	c.SetRequest(c.Request().WithContext(i18n.With(c.Request().Context(), r)))
}

// chosen keeps a language she switched to on the way to the next page.
func chosen(c echo.Context) string {
	if l, known := i18n.Known(c.FormValue(respond.FieldLang)); known {
		return "?lang=" + string(l)
	}
	return ""
}

func (d *Desk) path(c echo.Context, rest string) string {
	return "/s/" + url.PathEscape(c.Param("token")) + rest
}

func (d *Desk) frame(c echo.Context, titleKey, rest string) respond.Frame {
	return respond.Frame{TitleKey: titleKey, Company: d.Company, Path: d.path(c, rest)}
}
