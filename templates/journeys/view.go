// Package journeys draws what leaders and managers see of journeys, and how they edit them. Texts are in the reader's
// language already; the company's own texts come as i18n.Text where a page shows that one is not translated yet.
package journeys

import (
	"context"
	"net/url"
	"strconv"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// ListView is all journeys in sight.
type ListView struct {
	File      string // the figures as a file
	Period    []ui.Tab
	Query     string
	Journeys  ui.JourneysView
	MayCreate bool
}

// PageView is one journey whole.
type PageView struct {
	FiguresFile, WordsFile string // as files
	AllWords               string // where a file of all words is asked for; "" for whoever may not
	ID                     int64
	Name, Need             string
	NameIn, NeedIn         i18n.Lang // another language than the reader's, where the text is in one
	Leader                 string
	MayEdit                bool
	Suggestion             string // who could lead, in a sentence; "" says nothing
	Period                 []ui.Tab
	Whole                  string // how the journey stands beside its touchpoints, in a sentence
	WholeTone              ui.Tone
	Spoils                 int64    // the touchpoint whose customers are less satisfied with the journey; 0 is none
	Scores                 []Score  // the most answered first; it stands for the journey
	Since                  string   // what the change compares, in a sentence
	Steps                  []ui.Tab // how the trend is cut
	Stages                 []Stage
	Strip                  chart.StripView // the designed journey with what it scores
	Weeks                  chart.HeatView  // its touchpoints, week by week
	Walks                  chart.PathView  // what customers really walked
	Volume                 ui.Volume
	Cases                  string // how those of this time do, in a line; "" none is in sight
	Asked                  []Asked
	Rate                   string // the response rate, in a sentence
	Balance                *Balance
	Words                  ui.Words
	Fix                    FixView
}

// Spoiler is a touchpoint whose customers are less satisfied with the journey, in a sentence with both figures; an empty
// text shows nothing.
type Spoiler struct{ Text, Href string }

// Score is the journey's figure on one scale.
type Score struct {
	Scale  string // in words
	Figure ui.FigureView
	Mean   ui.FigureView
	Change ui.ChangeView
	Broken string // why nothing can be compared; "" where it can
	Spread chart.DistributionView
	Trend  chart.TrendView
}

// Stage is a part of the path with the touchpoints on it.
type Stage struct {
	Name   string
	NameIn i18n.Lang // as PageView has it
	Steps  []Step
}

// Step is one touchpoint on the path; Figures are its own on this journey, one a scale.
type Step struct {
	Touchpoint            int64
	Lines                 []insight.Line // the same as counted, that of the journey's own scale first
	Figures               []ui.FigureView
	Contacts              int
	Owner, Team, Promise  string
	PromiseHref           string // where what came of it is told; "" where she has no such page
	Mandatory, Repeatable bool
	Spoils                bool // its customers are less satisfied with the journey
}

// Asked is how many invitations stand where.
type Asked struct {
	State, Reason string
	N             int
}

// Balance is how the experience compared with what was expected.
type Balance struct {
	Spread ui.DistributionView
	Net    string // in a sentence
}

// EditView is the editor of a journey's path. Input holds what was typed into a form that came back.
type EditView struct {
	ID          int64
	Key         string
	Name, Need  i18n.Text
	Version     int
	VersionID   int64
	Live        int // the number of the live version
	Draft       bool
	Locked      bool // the live version has answers and no draft is open: nothing can be changed before one is started
	Problems    []fault.Field
	Warnings    []string // why the plan could not be published
	Missing     []Missing
	Input       url.Values
	Stages      []EditStage
	Touchpoints []ui.Option
	Completes   string
	Abandon     int
	Survey      []ui.Fact // what is asked, in words
	MayAppoint  bool
	Leader      int64
	LeaderName  string
	Suggestion  string
	Employees   []ui.Option
}

// Missing is a text of the company that some reader's language lacks.
type Missing struct {
	What      string // in the reader's language: the name of a stage, the question
	Text      string
	TextIn    i18n.Lang // another language than the reader's, where the text is in one
	Languages string    // those that lack it, joined
	Href      string    // where it is written; "" where she may not
}

// EditStage is a stage in the editor.
type EditStage struct {
	ID          int64
	Name        i18n.Text
	Steps       []EditStep
	First, Last bool
}

// EditStep is a step in the editor.
type EditStep struct {
	ID                    int64
	Name                  string
	Mandatory, Repeatable bool
	First, Last           bool
}

// NewView is the form of a new journey.
type NewView struct {
	Key        string
	Name, Need i18n.Text
	Problems   []fault.Field
}

// StageView is the form of one stage; Stage 0 is a new one.
type StageView struct {
	Journey, Stage, Version int64
	Name                    i18n.Text
	Problems                []fault.Field
}

// SurveyView is the form of what is asked at the journey's end.
type SurveyView struct {
	Journey          int64
	Version          int
	VersionID        int64
	Draft, Locked    bool
	Scales           []ui.Option
	TouchpointScales []ui.Option
	Question         i18n.Text
	Anonymity        []ui.Option
	Problems         []fault.Field
}

func (v EditView) path(rest string) string { return journeyPath(v.ID) + rest }

func journeyPath(id int64) string { return "/journeys/" + strconv.FormatInt(id, 10) }

func text(id int64) string { return strconv.FormatInt(id, 10) }

// typed is what stands in a field: what was typed, or else what is stored.
func (v EditView) typed(name, stored string) string {
	if v.Input.Has(name) {
		return v.Input.Get(name)
	}
	return stored
}

// typedText is the same for a text in four languages.
func (v EditView) typedText(name string, stored i18n.Text) i18n.Text {
	out := i18n.Text{}
	for _, lang := range i18n.Languages {
		out[lang] = v.typed(name+"_"+string(lang), stored[lang])
	}
	return out
}

// problemList is a short name for what the fields of a form are checked against.
type problemList = []fault.Field

func mandatoryKey(mandatory bool) string {
	if mandatory {
		return "journeys.mandatory"
	}
	return "journeys.optional"
}

func stageOptions(ctx context.Context, stages []EditStage) []ui.Option {
	out := make([]ui.Option, len(stages))
	for i, s := range stages {
		out[i] = ui.Option{Value: text(s.ID), Text: s.Name.In(i18n.From(ctx).Lang())}
	}
	return out
}

func (v StageView) titleKey() string {
	if v.Stage == 0 {
		return "journeys.add_stage"
	}
	return "journeys.rename_stage"
}

func (v StageView) action() string {
	if v.Stage == 0 {
		return journeyPath(v.Journey) + "/stages"
	}
	return journeyPath(v.Journey) + "/stages/" + text(v.Stage)
}
