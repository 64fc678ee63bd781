// Package respond is what a customer sees: the survey, a word of thanks, the end of being asked, a link that leads
// nowhere, and the mail that brought her. Her pages need no script and stay light; texts come in her language from the
// reader in ctx. It is not for anything that employees see, and asks no questions of the store.
package respond

import (
	"context"
	"strconv"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// Frame is what stands around every page of hers.
type Frame struct {
	TitleKey string
	Wrong    bool // the form on it came back
	Company  string
	Path     string // where the language links lead, with lang=…
	Public   bool   // for everybody: search engines may find it
}

// Names of the form's fields. Those of a touchpoint carry its id: t17 is its rating, c17 her words about it.
const (
	FieldOverall     = "overall"
	FieldExpectation = "expectation"
	FieldComment     = "comment"
	FieldContact     = "contact"
	FieldLang        = "lang" // the language of the page that was filled in
	FieldShow        = "show" // a language: show the page in it, keep what is filled in, record nothing
)

// RatingName and CommentName are a touchpoint's fields.
func RatingName(touchpoint int64) string { return "t" + strconv.FormatInt(touchpoint, 10) }

// CommentName is the field of her words about a touchpoint.
func CommentName(touchpoint int64) string { return "c" + strconv.FormatInt(touchpoint, 10) }

// SurveyView is the survey with what is filled in so far.
type SurveyView struct {
	Frame       Frame
	Action      string // where the answer goes
	Stop        string // where she ends being asked; "" where we do not know who she is
	Journey     string
	JourneyIn   i18n.Lang // another language than hers, where the name is in one
	Anonymity   survey.Anonymity
	Overall     ui.RatingView
	Expectation ExpectationView
	Comment     CommentView
	Touchpoints []TouchpointView
	Contact     bool // ticked
	MayContact  bool // we know who she is
	Again       bool // she has answered before
	Until       time.Time
	Problems    []string // in her language
}

// Foreign tells whether a text of the company is in another language than the page.
func (v SurveyView) Foreign() bool {
	for _, t := range v.Touchpoints {
		if t.Rating.LabelIn != "" {
			return true
		}
	}
	return v.JourneyIn != "" || v.Overall.LabelIn != ""
}

// ExpectationView is the question how it compares with what she expected.
type ExpectationView struct {
	Options []ui.Option
	Problem string
}

// CommentView is a text area.
type CommentView struct {
	Name, Value, Problem string
}

// TouchpointView is one place where she met the company.
type TouchpointView struct {
	Rating  ui.RatingView
	Comment CommentView
}

// ThanksView follows an answer.
type ThanksView struct {
	Frame   Frame
	Contact bool
	Happy   bool   // she is content, and is thanked for saying so
	Change  string // where the answer can be changed; "" where it cannot
	Until   time.Time
	Praise  *PraiseView
}

// PraiseView asks a content customer whether her words may be published, or says that they may be.
type PraiseView struct {
	Frame   Frame // of the page on which she takes it back when the survey is over
	Action  string
	Words   string
	MayName bool
	Name    string
	Problem string // with the name
	Ticked  bool
	Allowed bool
	Lang    string
}

// FieldName and FieldAllow are what she fills in there.
const (
	FieldName  = "name"
	FieldAllow = "allow"
)

// NoteView is a page of few words. A link or button without text is not shown.
type NoteView struct {
	Frame    Frame
	TextKey  string
	Post     string // where the button's form goes
	PostKey  string
	Back     string
	BackKey  string
	Language string // sent along with the button
}

func (f Frame) title(ctx context.Context) string {
	if f.Wrong {
		return ui.T(ctx, "ui.form.title_wrong", "title", ui.T(ctx, f.TitleKey))
	}
	return ui.T(ctx, f.TitleKey)
}

// frame says of a survey that came back that something is wrong with it.
func (v SurveyView) frame() Frame {
	f := v.Frame
	f.Wrong = len(v.Problems) > 0
	return f
}
