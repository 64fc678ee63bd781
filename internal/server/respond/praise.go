package respond

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/respond"
)

func (d *Desk) praiseRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/s/:token/praise", Guard: reply.Public, Handle: d.praisePage},
		{Method: http.MethodPost, Path: "/s/:token/praise", Guard: reply.Public, Handle: d.allowPraise},
		{Method: http.MethodGet, Path: respond.PublishedPath, Guard: reply.Public, Handle: d.published},
		{Method: http.MethodGet, Path: respond.BadgePath, Guard: reply.Public, Handle: d.badge},
	}
}

// praiseView is what she is asked, or has allowed; nil where there is neither.
func (d *Desk) praiseView(c echo.Context) (*respond.PraiseView, error) {
	said, err := d.Praise.Heard(c.Request().Context(), c.Param("token"))
	if err != nil || said.Consent == nil && !said.Asked {
		return nil, err
	}
	v := respond.PraiseView{Frame: d.frame(c, "praise.allow_title", "/praise"), Action: d.path(c, "/praise"), Words: said.Response.Comment, MayName: said.MayName(), Lang: string(reply.Reader(c).Lang())}
	if said.Consent != nil {
		v.Allowed, v.Name = true, said.Consent.Name
	}
	return &v, nil
}

func (d *Desk) praisePage(c echo.Context) error { return d.praiseWith(c, http.StatusOK, nil) }

// praiseWith shows the question with what is wrong with its answer; where there is nothing to ask, her answer.
func (d *Desk) praiseWith(c echo.Context, status int, problems []fault.Field) error {
	d.speak(c, "")
	v, err := d.praiseView(c)
	if err != nil {
		return d.over(c, err)
	}
	if v == nil {
		return d.note(c, http.StatusOK, respond.NoteView{Frame: d.frame(c, "praise.allow_title", "/praise"), TextKey: "praise.nothing_allowed"})
	}
	for _, p := range problems {
		v.Problem, v.Name, v.Ticked = reply.T(c, p.Key, p.Args...), c.FormValue(respond.FieldName), true
	}
	private(c)
	return reply.Component(c, status, respond.Praise(*v))
}

// allowPraise takes her yes, or takes it back where she had given it.
func (d *Desk) allowPraise(c echo.Context) error {
	ctx, token := c.Request().Context(), c.Param("token")
	d.speak(c, "")
	var err error
	if c.FormValue(respond.FieldAllow) == "" {
		err = d.Praise.Refuse(ctx, token)
	} else {
		err = d.Praise.Allow(ctx, token, c.FormValue(respond.FieldName))
	}
	if problems, ok := reply.Problems(err); ok {
		return d.praiseWith(c, http.StatusUnprocessableEntity, problems)
	}
	if err != nil && fault.KindOf(err) != fault.KindConflict {
		return d.over(c, err)
	}
	private(c)
	return c.Redirect(http.StatusSeeOther, d.path(c, "/praise")+chosen(c))
}

// happy: she is thanked for praise in other words than for blame.
func happy(r feedback.Response) bool {
	return r.Overall != nil && r.Scale.Mood(*r.Overall) == stat.Positive
}

// public answers in the language asked for, and nothing while the company publishes nothing.
func (d *Desk) public(c echo.Context) error {
	if !reply.Actor(c).Signed() || chosen(c) != "" { // whoever is signed in reads her own language
		d.speak(c, "")
	}
	yes, err := d.Praise.Public(c.Request().Context())
	if err == nil && !yes {
		return fault.Missing("errors.page_missing")
	}
	return err
}

// cached lets anybody keep the figure, as a stranger reads it, for a while.
func cached(c echo.Context) {
	if reply.Actor(c).Signed() {
		return
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=600")
	c.Response().Header().Add("Vary", "Accept-Language")
}

func (d *Desk) published(c echo.Context) error {
	if err := d.public(c); err != nil {
		return err
	}
	ctx, r := c.Request().Context(), reply.Reader(c)
	rows, err := d.Praise.Published(ctx)
	if err != nil {
		return err
	}
	v := respond.PublishedView{Frame: respond.Frame{TitleKey: "praise.public", Company: d.Company, Path: respond.PublishedPath, Public: true}}
	for _, w := range rows {
		words := respond.PublishedWords{Text: w.Comment, Lang: string(w.Language), By: w.Name}
		words.Journey, words.JourneyIn = w.Journey.Shown(r.Lang())
		if w.Name == "" || w.Anonymity == survey.Anonymous {
			words.By = r.T("praise.a_customer")
		}
		v.Words = append(v.Words, words)
	}
	badge, ok, err := d.figure(c)
	if err != nil {
		return err
	}
	if ok {
		v.Figure = &respond.FigureView{Score: badge.Score, Basis: badge.Basis + " · " + badge.Period}
	}
	return reply.Component(c, http.StatusOK, respond.Published(v)) // kept by nobody: what a customer takes back is gone
}

// figure is the public figure in words; ok is false where too few answered.
func (d *Desk) figure(c echo.Context) (v respond.BadgeView, ok bool, err error) {
	line, first, last, ok, err := d.Insight.PublicFigure(c.Request().Context())
	if err != nil || !ok {
		return v, false, err
	}
	r := reply.Reader(c)
	return respond.BadgeView{Company: d.Company, Score: scoreOf(r, line), Basis: r.N("praise.basis", int(line.Figure.N)), Period: r.DateRange(first, last)}, true, nil
}

// scoreOf is a figure with its interval.
func scoreOf(r *i18n.Reader, l insight.Line) string {
	f := l.Figure
	if l.Scale.Metric == stat.NPS {
		return r.T("praise.score_nps", "x", i18n.Isolate(r.Signed(*f.Score, 0)), "span", i18n.Isolate(r.FloatRange(*f.Low, *f.High, 0)))
	}
	return r.T("praise.score_"+string(l.Scale.Metric), "x", i18n.Isolate(r.Percent(*f.Score, 0)), "span", i18n.Isolate(r.PercentRange(*f.Low, *f.High, 0)))
}

// badge is the figure as a picture for other sites, which may show it.
func (d *Desk) badge(c echo.Context) error {
	if err := d.public(c); err != nil {
		return err
	}
	v, ok, err := d.figure(c)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Missing("errors.page_missing")
	}
	cached(c)
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "image/svg+xml; charset=utf-8")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Response().WriteHeader(http.StatusOK)
	return respond.Badge(v).Render(c.Request().Context(), c.Response())
}
