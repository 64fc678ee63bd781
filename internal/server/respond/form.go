package respond

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/respond"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// unreadable stands for what is no number: outside every scale, so that the service refuses it.
const unreadable = stat.MaxAnswer + 1

// read turns a form into an answer. What was left open stays out; what cannot be read is refused by the service.
func read(form url.Values, lang i18n.Lang) feedback.Answer {
	a := feedback.Answer{Overall: number(form.Get(respond.FieldOverall)), Expectation: number(form.Get(respond.FieldExpectation)),
		Comment: lines(form.Get(respond.FieldComment)), Language: lang, WantsContact: form.Get(respond.FieldContact) != "",
		Ratings: map[int64]int{}, Comments: map[int64]string{}}
	for name, values := range form {
		touchpoint, err := strconv.ParseInt(name[min(1, len(name)):], 10, 64)
		if err != nil {
			continue
		}
		switch x := number(values[0]); {
		case name[0] == 'c':
			a.Comments[touchpoint] = lines(values[0])
		case name[0] == 't' && x != nil && values[0] != ui.NotApplicable:
			a.Ratings[touchpoint] = *x
		}
	}
	return a
}

func number(s string) *int {
	if s == "" {
		return nil
	}
	x, err := strconv.Atoi(s)
	if err != nil {
		x = unreadable
	}
	return &x
}

// lines ends lines as the page counted them: browsers send two characters for what they count as one.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// filled is the form as she left it when she answered last.
func filled(before *feedback.Response) url.Values {
	form := url.Values{}
	if before == nil {
		return form
	}
	put := func(name string, x *int) {
		if x != nil {
			form.Set(name, strconv.Itoa(*x))
		}
	}
	put(respond.FieldOverall, before.Overall)
	put(respond.FieldExpectation, before.Expectation)
	form.Set(respond.FieldComment, before.Comment)
	if before.WantsContact {
		form.Set(respond.FieldContact, "1")
	}
	for _, r := range before.Ratings {
		put(respond.RatingName(r.TouchpointID), &r.Value)
		form.Set(respond.CommentName(r.TouchpointID), r.Comment)
	}
	return form
}

// form shows the survey with what is filled in and what is wrong with it.
func (d *Desk) form(c echo.Context, status int, sheet feedback.Sheet, form url.Values, problems []fault.Field) error {
	r := reply.Reader(c)
	sees := seen{reader: r, form: form, problems: problems}
	v := respond.SurveyView{
		Frame: d.frame(c, "survey.title", ""), Action: d.path(c, ""), Anonymity: sheet.Survey.Anonymity,
		Overall: sees.overall(sheet.Survey), Expectation: sees.expectation(), Comment: sees.words(respond.FieldComment),
		MayContact: sheet.Invitation.CustomerID != 0, Contact: form.Get(respond.FieldContact) != "", Again: sheet.Before != nil,
		Until: sheet.Invitation.ExpiresAt, Problems: sees.all(),
	}
	v.Journey, v.JourneyIn = sheet.Journey.Shown(r.Lang())
	if v.MayContact {
		v.Stop = d.path(c, "/stop") + chosen(c)
	}
	for _, tp := range sheet.Touchpoints {
		v.Touchpoints = append(v.Touchpoints, sees.touchpoint(tp, sheet.Survey.TouchpointScale))
	}
	private(c)
	return reply.Component(c, status, respond.Survey(v))
}

// seen is a form as one reader sees it.
type seen struct {
	reader   *i18n.Reader
	form     url.Values
	problems []fault.Field
}

func (s seen) overall(sv survey.Survey) ui.RatingView {
	v := s.scale(respond.FieldOverall, sv.Scale)
	v.Label, v.LabelIn = sv.Question.Shown(s.reader.Lang())
	v.Label = cmp.Or(v.Label, s.reader.T("survey."+ready(sv.Scale)))
	return v
}

func (s seen) touchpoint(tp journey.Touchpoint, scale stat.Scale) respond.TouchpointView {
	v := s.scale(respond.RatingName(tp.ID), scale)
	v.MayNotApply = true
	v.Label, v.LabelIn = tp.Name.Shown(s.reader.Lang())
	return respond.TouchpointView{Rating: v, Comment: s.words(respond.CommentName(tp.ID))}
}

// scale is a question with its ends named.
func (s seen) scale(name string, scale stat.Scale) ui.RatingView {
	key := "survey." + ready(scale)
	return ui.RatingView{Name: name, Lo: scale.Lo, Hi: scale.Hi, LowLabel: s.reader.T(key + "_low"), HighLabel: s.reader.T(key + "_high"),
		Chosen: s.form.Get(name), Problem: s.problem(name)}
}

// ready names the ready question of a metric. An effort asked the old way round, with the lowest the best, is a question
// of its own.
func ready(scale stat.Scale) string {
	if scale.Metric == stat.CES && scale.LowGood {
		return "ces_effort"
	}
	return string(scale.Metric)
}

func (s seen) expectation() respond.ExpectationView {
	v := respond.ExpectationView{Problem: s.problem(respond.FieldExpectation)}
	for i, key := range []string{"survey.much_worse", "survey.worse", "survey.as_expected", "survey.better", "survey.much_better"} {
		value := strconv.Itoa(i - 2)
		v.Options = append(v.Options, ui.Option{Value: value, Text: s.reader.T(key), Chosen: s.form.Get(respond.FieldExpectation) == value})
	}
	return v
}

func (s seen) words(name string) respond.CommentView {
	return respond.CommentView{Name: name, Value: s.form.Get(name), Problem: s.problem(name)}
}

func (s seen) problem(name string) string {
	for _, p := range s.problems {
		if p.Name == name {
			return s.reader.T(p.Key, p.Args...)
		}
	}
	return ""
}

// all lists every problem once.
func (s seen) all() []string {
	var out []string
	for _, p := range s.problems {
		if text := s.reader.T(p.Key, p.Args...); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}
