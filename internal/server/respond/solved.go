package respond

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/casework"
	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/templates/respond"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) solvedRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/solved/:token", Guard: reply.Public, Handle: d.solved},
		{Method: http.MethodPost, Path: "/solved/:token", Guard: reply.Public, Handle: d.judge},
		{Method: http.MethodPost, Path: "/solved/:token/rating", Guard: reply.Public, Handle: d.rateAgain},
	}
}

func solvedPath(c echo.Context) string { return respond.SolvedPath(url.PathEscape(c.Param("token"))) }

func (d *Desk) solvedFrame(c echo.Context, titleKey string) respond.Frame {
	return respond.Frame{TitleKey: titleKey, Company: d.Company, Path: solvedPath(c)}
}

// solved asks, or shows what was said by this link.
func (d *Desk) solved(c echo.Context) error { return d.solvedWith(c, http.StatusOK, nil) }

func (d *Desk) solvedWith(c echo.Context, status int, problems []fault.Field) error {
	asked, err := d.Cases.Question(c.Request().Context(), c.Param("token"))
	if err != nil {
		return d.settled(c, asked, err)
	}
	d.speak(c, asked.Language)
	private(c)
	if asked.Verdict != "" {
		return reply.Component(c, status, respond.Said(d.said(c, asked, problems)))
	}
	r, v := reply.Reader(c), respond.SolvedView{Frame: d.solvedFrame(c, "solved.title"), Action: solvedPath(c), Solution: asked.Case.Solution,
		Words: respond.CommentView{Name: respond.FieldComment, Value: c.FormValue(respond.FieldComment)}}
	v.Journey, v.JourneyIn = asked.Journey.Shown(r.Lang())
	if asked.Case.CompensationMinor > 0 {
		v.Compensation = r.Money(asked.Case.CompensationMinor, asked.Case.Currency)
	}
	for _, p := range problems {
		v.Words.Problem = r.T(p.Key, p.Args...)
	}
	return reply.Component(c, status, respond.Solved(v))
}

func (d *Desk) said(c echo.Context, asked casework.Asked, problems []fault.Field) respond.SaidView {
	r := reply.Reader(c)
	v := respond.SaidView{Frame: d.solvedFrame(c, "solved.said_title"), Solved: asked.Verdict == casework.VerdictYes, Words: asked.Words,
		Action: solvedPath(c) + "/rating", Lang: string(r.Lang())}
	switch {
	case asked.Scale.Check() != nil:
	case asked.Rating != nil:
		v.Rated = ui.ScoreOf(r, asked.Scale, *asked.Rating)
	default:
		rating := seen{reader: r, problems: problems}.scale(respond.FieldRating, asked.Scale)
		rating.Label = r.T("solved.rating_" + string(asked.Scale.Metric))
		v.Rating = &rating
	}
	return v
}

// judge takes her word. A form that came to be seen in another language is shown again, and so is one without a word.
func (d *Desk) judge(c echo.Context) error {
	said := c.FormValue(respond.FieldSolved)
	if said != casework.VerdictYes && said != casework.VerdictNo {
		return d.solvedWith(c, http.StatusOK, nil)
	}
	_, err := d.Cases.Verdict(c.Request().Context(), c.Param("token"), said == casework.VerdictYes, lines(c.FormValue(respond.FieldComment)))
	return d.judged(c, err)
}

func (d *Desk) rateAgain(c echo.Context) error {
	value := unreadable
	if said := number(c.FormValue(respond.FieldRating)); said != nil {
		value = *said
	}
	return d.judged(c, d.Cases.Rate(c.Request().Context(), c.Param("token"), value))
}

// judged leads to what was said. Another word by a link that has one changes nothing, and leads there too.
func (d *Desk) judged(c echo.Context, err error) error {
	if problems, ok := reply.Problems(err); ok {
		return d.solvedWith(c, http.StatusUnprocessableEntity, problems)
	}
	if err != nil && fault.KindOf(err) != fault.KindConflict {
		return d.settled(c, casework.Asked{}, err)
	}
	private(c)
	return c.Redirect(http.StatusSeeOther, solvedPath(c)+chosen(c))
}

// settled shows a kind page for a link that asks no more, or never did; any other error is passed on.
func (d *Desk) settled(c echo.Context, asked casework.Asked, err error) error {
	status, key := http.StatusGone, "solved.again"
	switch kind := fault.KindOf(err); {
	case kind == fault.KindMissing:
		status, key = http.StatusNotFound, "solved.unknown"
	case kind != fault.KindConflict:
		return err
	case asked.Case.Closed():
		key = "solved.closed"
	}
	d.speak(c, i18n.Lang(asked.Language))
	return d.note(c, status, respond.NoteView{Frame: d.solvedFrame(c, key+"_title"), TextKey: key})
}
