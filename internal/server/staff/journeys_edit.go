package staff

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/unicode/norm"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/templates/journeys"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) journeyEditRoutes() []reply.Route {
	return []reply.Route{
		{Method: http.MethodGet, Path: "/journeys/new", Guard: reply.Manager, Handle: d.newJourneyPage},
		{Method: http.MethodPost, Path: "/journeys", Guard: reply.Manager, Handle: d.createJourney},
		{Method: http.MethodPost, Path: "/journeys/:id", Guard: reply.Leader, Handle: d.describeJourney},
		{Method: http.MethodGet, Path: "/journeys/:id/edit", Guard: reply.Leader, Handle: d.journeyEditPage},
		{Method: http.MethodPost, Path: "/journeys/:id/draft", Guard: reply.Leader, Handle: d.startDraft},
		{Method: http.MethodGet, Path: "/journeys/:id/discard", Guard: reply.Leader, Handle: d.discardPage},
		{Method: http.MethodPost, Path: "/journeys/:id/discard", Guard: reply.Leader, Handle: d.discardDraft},
		{Method: http.MethodPost, Path: "/journeys/:id/publication", Guard: reply.Leader, Handle: d.publishJourney},
		{Method: http.MethodPost, Path: "/journeys/:id/end", Guard: reply.Leader, Handle: d.endJourney},
		{Method: http.MethodPost, Path: "/journeys/:id/leader", Guard: reply.Manager, Handle: d.appointLeader},
		{Method: http.MethodGet, Path: "/journeys/:id/stages/new", Guard: reply.Leader, Handle: d.newStagePage},
		{Method: http.MethodPost, Path: "/journeys/:id/stages", Guard: reply.Leader, Handle: d.addStage},
		{Method: http.MethodGet, Path: "/journeys/:id/stages/:stage", Guard: reply.Leader, Handle: d.stagePage},
		{Method: http.MethodPost, Path: "/journeys/:id/stages/:stage", Guard: reply.Leader, Handle: d.changeStage},
		{Method: http.MethodGet, Path: "/journeys/:id/stages/:stage/removal", Guard: reply.Leader, Handle: d.stageRemovalPage},
		{Method: http.MethodPost, Path: "/journeys/:id/steps", Guard: reply.Leader, Handle: d.addStep},
		{Method: http.MethodPost, Path: "/journeys/:id/steps/:step", Guard: reply.Leader, Handle: d.changeStep},
		{Method: http.MethodGet, Path: "/journeys/:id/steps/:step/removal", Guard: reply.Leader, Handle: d.stepRemovalPage},
		{Method: http.MethodGet, Path: "/journeys/:id/survey", Guard: reply.Leader, Handle: d.surveyEditPage},
		{Method: http.MethodPost, Path: "/journeys/:id/survey", Guard: reply.Leader, Handle: d.setSurvey},
	}
}

// Longest texts that a page still shows well.
const (
	longestKey  = 80
	longestName = 120
	longestNeed = 500
)

// typedLine is one line of text as it may be kept: NFC, no control characters, no blanks around it.
func typedLine(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(norm.NFC.String(s))
}

// typedText reads a text in four languages, name_en … name_ru, and lists which of them are too long.
func typedText(c echo.Context, name string, longest int) (i18n.Text, fault.Problems) {
	text, problems := i18n.Text{}, fault.Problems{}
	for _, lang := range i18n.Languages {
		field := name + "_" + string(lang)
		s := typedLine(c.FormValue(field))
		if len([]rune(s)) > longest {
			problems.Add(field, "journeys.too_long", "max", longest)
		}
		if s != "" {
			text[lang] = s
		}
	}
	return text, problems
}

// typedNumber reads a whole number in any of the readers' digits; −1 for anything else, which no range allows.
func typedNumber(c echo.Context, name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(i18n.LatinDigits(c.FormValue(name))))
	if err != nil {
		return -1
	}
	return n
}

// formRefused returns the fields to show a form again with; a taken key is a problem of the key.
func formRefused(err error) ([]fault.Field, bool) {
	if f := fault.Of(err); f != nil && f.Key == "errors.key_taken" {
		return []fault.Field{{Name: "key", Key: f.Key}}, true
	}
	return reply.Problems(err)
}

func (d *Desk) newJourneyPage(c echo.Context) error {
	return d.newJourneyForm(c, http.StatusOK, journeys.NewView{})
}

func (d *Desk) newJourneyForm(c echo.Context, status int, v journeys.NewView) error {
	title := reply.T(c, "journeys.new")
	return reply.Page(c, reply.Frame{Title: title, Status: status, Crumbs: []ui.Crumb{{Text: reply.T(c, "journeys.title"), Href: "/journeys"}, {Text: title}}}, journeys.New(v))
}

func (d *Desk) createJourney(c echo.Context) error {
	key := typedLine(c.FormValue("key"))
	name, need, problems := typedNames(c)
	if len([]rune(key)) > longestKey {
		problems.Add("key", "journeys.too_long", "max", longestKey)
	}
	err := problems.Err()
	var j journey.Journey
	if err == nil {
		j, err = d.Journeys.Create(c.Request().Context(), reply.Actor(c), key, name, need)
	}
	if fields, ok := formRefused(err); ok {
		return d.newJourneyForm(c, http.StatusUnprocessableEntity, journeys.NewView{Key: key, Name: name, Need: need, Problems: fields})
	}
	if err != nil {
		return err
	}
	return reply.Done(c, editPath(j.ID), "journeys.created")
}

func typedNames(c echo.Context) (name, need i18n.Text, problems fault.Problems) {
	name, problems = typedText(c, "name", longestName)
	need, more := typedText(c, "need", longestNeed)
	return name, need, append(problems, more...)
}

func editPath(journey int64) string { return "/journeys/" + strconv.FormatInt(journey, 10) + "/edit" }

// editable finds the journey of the path when the actor may edit it: out of sight is 404, in sight but not hers 403.
func (d *Desk) editable(c echo.Context) (journey.Journey, error) {
	id, err := reply.ID(c, "id")
	if err != nil {
		return journey.Journey{}, err
	}
	j, err := d.Store.JourneyFor(c.Request().Context(), reply.Actor(c).Scope(), id)
	if err == nil && !j.MayEdit(reply.Actor(c)) {
		err = fault.Forbidden("journey.leaders_only")
	}
	return j, err
}

// drafted is a journey with the plan that edits change. Locked: the live version has answers and no draft is open, so
// Plan is only what a draft would be.
type drafted struct {
	journey.Journey
	Plan   journey.Plan
	Live   int
	Locked bool
}

func (d *Desk) drafted(c echo.Context) (drafted, error) {
	j, err := d.editable(c)
	if err != nil {
		return drafted{}, err
	}
	ctx := c.Request().Context()
	out := drafted{Journey: j}
	if out.Plan, err = d.Journeys.Editable(ctx, j); err != nil {
		return out, err
	}
	versions, err := d.Store.VersionsOf(ctx, j.ID)
	out.Locked = !slices.ContainsFunc(versions, func(v journey.Version) bool { return v.ID == out.Plan.Version.ID })
	for _, v := range versions {
		if v.ID == j.VersionID {
			out.Live = v.Number
		}
	}
	return out, err
}

func (d *Desk) journeyEditPage(c echo.Context) error { return d.journeyEditor(c, http.StatusOK, nil) }

// journeyEditor shows the editor, with what was typed when a form came back.
func (d *Desk) journeyEditor(c echo.Context, status int, problems []fault.Field) error {
	a, r := reply.Actor(c), reply.Reader(c)
	j, err := d.drafted(c)
	if err != nil {
		return err
	}
	v := journeys.EditView{ID: j.ID, Key: j.Key, Name: j.Name, Need: j.Need, Version: j.Plan.Version.Number, VersionID: j.Plan.Version.ID, Live: j.Live,
		Draft: j.Plan.Version.State == journey.Draft && !j.Locked, Locked: j.Locked, Problems: problems, Completes: string(j.Plan.Version.Completes),
		Abandon: j.Plan.Version.AbandonAfterDays, MayAppoint: a.MayAppoint(), Leader: j.LeaderID, Input: url.Values{}}
	if problems != nil {
		v.Input = c.Request().PostForm
	}
	if fields, ok := reply.Problems(j.Plan.Check()); ok {
		for _, f := range fields {
			v.Warnings = append(v.Warnings, r.T(f.Key, f.Args...))
		}
	}
	for _, fill := range []func(echo.Context, drafted, *journeys.EditView) error{d.fillEditPath, d.fillEditSurvey, d.fillEditLeader, d.fillMissing} {
		if err := fill(c, j, &v); err != nil {
			return err
		}
	}
	name := j.Name.In(r.Lang())
	return reply.Page(c, reply.Frame{Title: r.T("journeys.editing", "name", name), Status: status, Crumbs: d.editCrumbs(c, j.Journey, "")}, journeys.Edit(v))
}

func (d *Desk) editCrumbs(c echo.Context, j journey.Journey, last string) []ui.Crumb {
	r := reply.Reader(c)
	page := "/journeys/" + strconv.FormatInt(j.ID, 10)
	crumbs := []ui.Crumb{{Text: r.T("journeys.title"), Href: "/journeys"}, {Text: j.Name.In(r.Lang()), Href: page}}
	if last == "" {
		return append(crumbs, ui.Crumb{Text: r.T("common.edit")})
	}
	return append(crumbs, ui.Crumb{Text: r.T("common.edit"), Href: page + "/edit"}, ui.Crumb{Text: last})
}

func (d *Desk) fillEditPath(c echo.Context, j drafted, v *journeys.EditView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	touchpoints, err := d.Store.Touchpoints(ctx)
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, t := range touchpoints {
		names[t.ID] = t.Name.In(r.Lang())
		v.Touchpoints = append(v.Touchpoints, ui.Option{Value: strconv.FormatInt(t.ID, 10), Text: names[t.ID]})
	}
	slices.SortFunc(v.Touchpoints, func(a, b ui.Option) int { return r.Compare(a.Text, b.Text) })
	for i, s := range j.Plan.Stages {
		stage := journeys.EditStage{ID: s.ID, Name: s.Name, First: i == 0, Last: i == len(j.Plan.Stages)-1}
		steps := j.Plan.StageSteps(s.ID)
		for n, step := range steps {
			stage.Steps = append(stage.Steps, journeys.EditStep{ID: step.ID, Name: names[step.TouchpointID], Mandatory: step.Mandatory, Repeatable: step.Repeatable,
				First: n == 0, Last: n == len(steps)-1})
		}
		v.Stages = append(v.Stages, stage)
	}
	return nil
}

// asked is the survey of the editable version: its own, or that of the live one which it will get when published.
func (d *Desk) asked(ctx context.Context, j drafted) (survey.Survey, error) {
	sv, err := d.Store.SurveyOf(ctx, j.Plan.Version.ID)
	if fault.KindOf(err) == fault.KindMissing && j.Plan.Version.ID != j.VersionID {
		sv, err = d.Store.SurveyOf(ctx, j.VersionID)
	}
	if fault.KindOf(err) == fault.KindMissing {
		return survey.Survey{}, nil
	}
	return sv, err
}

func (d *Desk) fillEditSurvey(c echo.Context, j drafted, v *journeys.EditView) error {
	r := reply.Reader(c)
	sv, err := d.asked(c.Request().Context(), j)
	if err != nil || sv.ID == 0 {
		return err
	}
	question := sv.Question.In(r.Lang())
	if question == "" {
		question = r.T("journeys.ready_question")
	}
	v.Survey = []ui.Fact{{Name: r.T("journeys.scale"), Value: scaleWords(r, sv.Scale)}, {Name: r.T("journeys.question"), Value: question},
		{Name: r.T("journeys.touchpoint_scale"), Value: scaleWords(r, sv.TouchpointScale)}, {Name: r.T("journeys.anonymity"), Value: r.T("journeys.anonymity_" + string(sv.Anonymity))}}
	return nil
}

func (d *Desk) fillEditLeader(c echo.Context, j drafted, v *journeys.EditView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	names, err := d.Store.EmployeeNames(ctx, []int64{j.LeaderID})
	if err != nil {
		return err
	}
	v.LeaderName = names[j.LeaderID]
	var suggested int64
	if v.Suggestion, suggested, err = d.suggestion(c, j.Journey); err != nil || !v.MayAppoint {
		return err
	}
	if v.Leader == 0 {
		v.Leader = suggested
	}
	v.Employees, err = d.employeeOptions(ctx, r, r.T("journeys.nobody"))
	return err
}

// employeeOptions lists everybody who works here, after nobody.
func (d *Desk) employeeOptions(ctx context.Context, r *i18n.Reader, nobody string) ([]ui.Option, error) {
	list, err := d.Store.ActiveEmployees(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]ui.Option, 0, len(list)+1)
	for _, e := range list {
		text := e.Name
		if team := tree.Teams[e.TeamID].Name.In(r.Lang()); team != "" {
			text = i18n.Isolate(e.Name) + " — " + i18n.Isolate(team)
		}
		out = append(out, ui.Option{Value: strconv.FormatInt(e.ID, 10), Text: text})
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return r.Compare(a.Text, b.Text) })
	return slices.Insert(out, 0, ui.Option{Value: "0", Text: nobody}), nil
}

// again shows the editor again after a form was refused; other errors go to the error page.
func (d *Desk) again(c echo.Context, err error) error {
	if fields, ok := reply.Problems(err); ok {
		return d.journeyEditor(c, http.StatusUnprocessableEntity, fields)
	}
	return err
}

// edit changes the plan that the form was made for. When it is no longer the one being edited (somebody published it, or
// the first answer arrived), nothing changes and the reader is told.
func (d *Desk) edit(c echo.Context, change func(p *journey.Plan) error) (journey.Journey, error) {
	j, err := d.editable(c)
	if err != nil {
		return j, err
	}
	version := reply.FormID(c, "version")
	_, err = d.Journeys.Edit(c.Request().Context(), reply.Actor(c), j.ID, func(p *journey.Plan) error {
		if p.Version.ID != version {
			return fault.Conflict("journeys.version_changed")
		}
		return change(p)
	})
	return j, err
}

func (d *Desk) describeJourney(c echo.Context) error {
	j, err := d.editable(c)
	if err != nil {
		return err
	}
	name, need, problems := typedNames(c)
	if err = problems.Err(); err == nil {
		err = d.Journeys.Describe(c.Request().Context(), reply.Actor(c), j.ID, name, need)
	}
	if err != nil {
		return d.again(c, err)
	}
	return reply.Done(c, editPath(j.ID), "common.saved")
}

func (d *Desk) startDraft(c echo.Context) error {
	j, err := d.editable(c)
	if err != nil {
		return err
	}
	if _, err := d.Journeys.StartDraft(c.Request().Context(), reply.Actor(c), j.ID); err != nil {
		return err
	}
	if c.FormValue("to") == "survey" {
		return reply.Done(c, "/journeys/"+strconv.FormatInt(j.ID, 10)+"/survey", "journeys.draft_started")
	}
	return reply.Done(c, editPath(j.ID), "journeys.draft_started")
}

func (d *Desk) discardPage(c echo.Context) error {
	j, err := d.drafted(c)
	if err != nil {
		return err
	}
	if j.Locked || j.Plan.Version.State != journey.Draft {
		return fault.Conflict("journeys.no_draft")
	}
	r := reply.Reader(c)
	v := ui.ConfirmationView{Action: "/journeys/" + strconv.FormatInt(j.ID, 10) + "/discard", Back: editPath(j.ID), Hidden: removed(j.Plan.Version.ID),
		Text: r.T("journeys.discard_text", "draft", j.Plan.Version.Number, "live", j.Live), Button: r.T("journeys.discard")}
	for _, s := range j.Plan.Stages {
		v.Goes = append(v.Goes, s.Name.In(r.Lang()))
	}
	return d.removal(c, j.Journey, v)
}

// removed is what the form sends: that this goes, and the version it was seen in.
func removed(version int64) map[string]string {
	return map[string]string{"do": "remove", "version": strconv.FormatInt(version, 10)}
}

func (d *Desk) removal(c echo.Context, j journey.Journey, v ui.ConfirmationView) error {
	return reply.Page(c, reply.Frame{Title: v.Button, Crumbs: d.editCrumbs(c, j, v.Button)}, ui.Confirmation(v))
}

func (d *Desk) discardDraft(c echo.Context) error {
	j, err := d.drafted(c)
	if err != nil {
		return err
	}
	if j.Plan.Version.ID != reply.FormID(c, "version") {
		return fault.Conflict("journeys.version_changed")
	}
	if err := d.Journeys.Discard(c.Request().Context(), reply.Actor(c), j.ID); err != nil {
		return err
	}
	return reply.Done(c, editPath(j.ID), "journeys.discarded")
}

func (d *Desk) publishJourney(c echo.Context) error {
	j, err := d.drafted(c)
	if err != nil {
		return err
	}
	if j.Locked || j.Plan.Version.ID != reply.FormID(c, "version") {
		return fault.Conflict("journeys.version_changed")
	}
	if err := d.Journeys.Publish(c.Request().Context(), reply.Actor(c), j.ID); err != nil {
		return d.again(c, err)
	}
	return reply.Done(c, "/journeys/"+strconv.FormatInt(j.ID, 10), "journeys.published")
}

func (d *Desk) endJourney(c echo.Context) error {
	j, err := d.edit(c, func(p *journey.Plan) error {
		return p.End(journey.Completes(c.FormValue("completes")), typedNumber(c, "abandon_after_days"))
	})
	if err != nil {
		return d.again(c, err)
	}
	return reply.Done(c, editPath(j.ID), "common.saved")
}

func (d *Desk) appointLeader(c echo.Context) error {
	ctx := c.Request().Context()
	j, err := d.editable(c)
	if err != nil {
		return err
	}
	who := reply.FormID(c, "leader")
	if who != 0 {
		e, err := d.Store.EmployeeByID(ctx, who)
		if fault.KindOf(err) == fault.KindMissing || err == nil && !e.Active {
			return d.again(c, fault.Invalid(fault.Field{Name: "leader", Key: "errors.choice"}))
		}
		if err != nil {
			return err
		}
	}
	if err := d.Journeys.Appoint(ctx, reply.Actor(c), j.ID, who); err != nil {
		return err
	}
	return reply.Done(c, editPath(j.ID), "journeys.appointed")
}

func (d *Desk) newStagePage(c echo.Context) error {
	j, err := d.drafted(c)
	if err != nil {
		return err
	}
	return d.stageForm(c, http.StatusOK, j.Journey, journeys.StageView{Journey: j.ID, Version: j.Plan.Version.ID})
}

func (d *Desk) stageForm(c echo.Context, status int, j journey.Journey, v journeys.StageView) error {
	title := reply.T(c, "journeys.add_stage")
	if v.Stage != 0 {
		title = reply.T(c, "journeys.rename_stage")
	}
	return reply.Page(c, reply.Frame{Title: title, Status: status, Crumbs: d.editCrumbs(c, j, title)}, journeys.StageForm(v))
}

func (d *Desk) addStage(c echo.Context) error {
	name, problems := typedText(c, "name", longestName)
	j, err := d.edit(c, func(p *journey.Plan) error { return cmp.Or(problems.Err(), p.AddStage(name)) })
	if fields, ok := reply.Problems(err); ok {
		return d.stageForm(c, http.StatusUnprocessableEntity, j, journeys.StageView{Journey: j.ID, Version: reply.FormID(c, "version"), Name: name, Problems: fields})
	}
	if err != nil {
		return err
	}
	return reply.Done(c, editPath(j.ID), "journeys.stage_added")
}

// stageOf finds the stage of the path in the plan being edited.
func (d *Desk) stageOf(c echo.Context) (drafted, journey.Stage, error) {
	j, err := d.drafted(c)
	if err != nil {
		return j, journey.Stage{}, err
	}
	id, err := reply.ID(c, "stage")
	i := slices.IndexFunc(j.Plan.Stages, func(s journey.Stage) bool { return s.ID == id })
	if err != nil || i < 0 {
		return j, journey.Stage{}, fault.Missing("journey.stage_missing")
	}
	return j, j.Plan.Stages[i], nil
}

func (d *Desk) stagePage(c echo.Context) error {
	j, s, err := d.stageOf(c)
	if err != nil {
		return err
	}
	return d.stageForm(c, http.StatusOK, j.Journey, journeys.StageView{Journey: j.ID, Stage: s.ID, Version: j.Plan.Version.ID, Name: s.Name})
}

func (d *Desk) changeStage(c echo.Context) error {
	stage, err := reply.ID(c, "stage")
	if err != nil {
		return err
	}
	name, problems := typedText(c, "name", longestName)
	j, err := d.edit(c, func(p *journey.Plan) error {
		if !slices.ContainsFunc(p.Stages, func(s journey.Stage) bool { return s.ID == stage }) {
			return fault.Missing("journey.stage_missing")
		}
		switch c.FormValue("do") {
		case "up", "down":
			p.MoveStage(stage, c.FormValue("do") == "up")
		case "remove":
			p.RemoveStage(stage)
		case "rename":
			return cmp.Or(problems.Err(), p.RenameStage(stage, name))
		default:
			return fault.Conflict("journeys.nothing_done")
		}
		return nil
	})
	if fields, ok := reply.Problems(err); ok {
		return d.stageForm(c, http.StatusUnprocessableEntity, j, journeys.StageView{Journey: j.ID, Stage: stage, Version: reply.FormID(c, "version"), Name: name, Problems: fields})
	}
	if err != nil {
		return err
	}
	return reply.Done(c, editPath(j.ID), "common.saved")
}

func (d *Desk) stageRemovalPage(c echo.Context) error {
	j, s, err := d.stageOf(c)
	if err != nil {
		return err
	}
	r := reply.Reader(c)
	steps := j.Plan.StageSteps(s.ID)
	names, err := d.stepNames(c, steps)
	if err != nil {
		return err
	}
	return d.removal(c, j.Journey, ui.ConfirmationView{Action: "/journeys/" + strconv.FormatInt(j.ID, 10) + "/stages/" + strconv.FormatInt(s.ID, 10),
		Back: editPath(j.ID), Hidden: removed(j.Plan.Version.ID), Goes: names, Button: r.T("journeys.remove_stage"),
		Text: r.N("journeys.remove_stage_text", len(steps), "name", i18n.Isolate(s.Name.In(r.Lang())))})
}

func (d *Desk) stepNames(c echo.Context, steps []journey.Step) ([]string, error) {
	ids := make([]int64, len(steps))
	for i, s := range steps {
		ids[i] = s.TouchpointID
	}
	touchpoints, err := d.Store.TouchpointsByID(c.Request().Context(), ids)
	names := make([]string, len(steps))
	for i, id := range ids {
		names[i] = touchpoints[id].Name.In(reply.Reader(c).Lang())
	}
	return names, err
}

func (d *Desk) addStep(c echo.Context) error {
	touchpoint := reply.FormID(c, "touchpoint")
	var unknown error
	if touchpoint != 0 { // looked up before the change, whose transaction is not this request's ctx
		if _, err := d.Store.TouchpointByID(c.Request().Context(), touchpoint); fault.KindOf(err) == fault.KindMissing {
			unknown = fault.Invalid(fault.Field{Name: "touchpoint", Key: "errors.choice"})
		} else if err != nil {
			return err
		}
	}
	j, err := d.edit(c, func(p *journey.Plan) error {
		if unknown != nil {
			return unknown
		}
		err := p.AddStep(journey.Step{StageID: reply.FormID(c, "stage"), TouchpointID: touchpoint, Mandatory: c.FormValue("mandatory") != "", Repeatable: c.FormValue("repeatable") != ""})
		if fault.KindOf(err) == fault.KindMissing {
			return fault.Invalid(fault.Field{Name: "stage", Key: "errors.choice"})
		}
		return err
	})
	if err != nil {
		return d.again(c, err)
	}
	return reply.Done(c, editPath(j.ID), "journeys.step_added")
}

func (d *Desk) changeStep(c echo.Context) error {
	step, err := reply.ID(c, "step")
	if err != nil {
		return err
	}
	j, err := d.edit(c, func(p *journey.Plan) error { return doStep(p, step, c.FormValue("do")) })
	if err != nil {
		return err
	}
	return reply.Done(c, editPath(j.ID), "common.saved")
}

// doStep does what one of a step's buttons says.
func doStep(p *journey.Plan, step int64, do string) error {
	i := slices.IndexFunc(p.Steps, func(s journey.Step) bool { return s.ID == step })
	if i < 0 {
		return fault.Missing("journey.step_missing")
	}
	mandatory, repeatable := p.Steps[i].Mandatory, p.Steps[i].Repeatable
	switch do {
	case "up", "down":
		p.MoveStep(step, do == "up")
	case "remove":
		p.RemoveStep(step)
	case "mandatory", "optional":
		return p.ChangeStep(step, do == "mandatory", repeatable)
	case "repeatable", "once":
		return p.ChangeStep(step, mandatory, do == "repeatable")
	default:
		return fault.Conflict("journeys.nothing_done")
	}
	return nil
}

func (d *Desk) stepRemovalPage(c echo.Context) error {
	j, err := d.drafted(c)
	if err != nil {
		return err
	}
	id, err := reply.ID(c, "step")
	i := slices.IndexFunc(j.Plan.Steps, func(s journey.Step) bool { return s.ID == id })
	if err != nil || i < 0 {
		return fault.Missing("journey.step_missing")
	}
	names, err := d.stepNames(c, j.Plan.Steps[i:i+1])
	if err != nil {
		return err
	}
	r := reply.Reader(c)
	return d.removal(c, j.Journey, ui.ConfirmationView{Action: "/journeys/" + strconv.FormatInt(j.ID, 10) + "/steps/" + strconv.FormatInt(id, 10),
		Back: editPath(j.ID), Hidden: removed(j.Plan.Version.ID), Button: r.T("journeys.remove_step"), Text: r.T("journeys.remove_step_text", "name", i18n.Isolate(names[0]))})
}

// The scales offered; an imported journey may have another one, which is then offered too.
var (
	journeyScales = []stat.Scale{{Metric: stat.NPS, Hi: 10}, {Metric: stat.NPS, Lo: 1, Hi: 10}, {Metric: stat.CSAT, Lo: 1, Hi: 5}, {Metric: stat.CSAT, Lo: 1, Hi: 7},
		{Metric: stat.CSAT, Lo: 1, Hi: 10}, {Metric: stat.CES, Lo: 1, Hi: 7}, {Metric: stat.CES, Lo: 1, Hi: 5, LowGood: true}}
	touchpointScales = []stat.Scale{{Metric: stat.CSAT, Lo: 1, Hi: 5}, {Metric: stat.CSAT, Lo: 1, Hi: 7}, {Metric: stat.CSAT, Lo: 1, Hi: 10}, {Metric: stat.CES, Lo: 1, Hi: 7}}
)

func scaleOptions(r *i18n.Reader, offered []stat.Scale, chosen stat.Scale) []ui.Option {
	if chosen.Check() == nil && !slices.Contains(offered, chosen) {
		offered = append(slices.Clone(offered), chosen)
	}
	out := make([]ui.Option, len(offered))
	for i, s := range offered {
		out[i] = ui.Option{Value: s.String(), Text: scaleWords(r, s), Chosen: s == chosen}
	}
	return out
}

func (d *Desk) surveyEditPage(c echo.Context) error {
	j, err := d.drafted(c)
	if err != nil {
		return err
	}
	sv, err := d.asked(c.Request().Context(), j)
	if err != nil {
		return err
	}
	q := survey.Questions{Scale: sv.Scale, TouchpointScale: sv.TouchpointScale, Question: sv.Question, Anonymity: sv.Anonymity}
	if sv.ID == 0 {
		q = survey.Questions{Scale: journeyScales[2], TouchpointScale: touchpointScales[0], Anonymity: survey.Identified}
	}
	return d.surveyForm(c, http.StatusOK, j, q, nil)
}

func (d *Desk) surveyForm(c echo.Context, status int, j drafted, q survey.Questions, problems []fault.Field) error {
	r := reply.Reader(c)
	v := journeys.SurveyView{Journey: j.ID, Version: j.Plan.Version.Number, VersionID: j.Plan.Version.ID, Locked: j.Locked, Draft: j.Plan.Version.State == journey.Draft,
		Scales: scaleOptions(r, journeyScales, q.Scale), TouchpointScales: scaleOptions(r, touchpointScales, q.TouchpointScale), Question: q.Question, Problems: problems}
	for _, a := range []survey.Anonymity{survey.Identified, survey.Confidential, survey.Anonymous} {
		v.Anonymity = append(v.Anonymity, ui.Option{Value: string(a), Text: r.T("journeys.anonymity_" + string(a)), Hint: r.T("journeys.anonymity_" + string(a) + "_hint"), Chosen: a == q.Anonymity})
	}
	title := r.T("journeys.survey")
	return reply.Page(c, reply.Frame{Title: title, Status: status, Crumbs: d.editCrumbs(c, j.Journey, title)}, journeys.Survey(v))
}

func (d *Desk) setSurvey(c echo.Context) error {
	j, err := d.drafted(c)
	if err != nil {
		return err
	}
	if j.Locked || j.Plan.Version.ID != reply.FormID(c, "version") {
		return fault.Conflict("journeys.version_changed")
	}
	question, _ := typedText(c, "question", longestNeed)
	q := survey.Questions{Question: question, Anonymity: survey.Anonymity(c.FormValue("anonymity"))}
	q.Scale, _ = stat.ParseScale(c.FormValue("scale")) // an unknown one is refused with its field
	q.TouchpointScale, _ = stat.ParseScale(c.FormValue("touchpoint_scale"))
	_, err = d.Surveys.SetSurvey(c.Request().Context(), reply.Actor(c), j.Plan.Version.ID, q)
	if fields, ok := reply.Problems(err); ok {
		return d.surveyForm(c, http.StatusUnprocessableEntity, j, q, fields)
	}
	if err != nil {
		return err
	}
	return reply.Done(c, editPath(j.ID), "journeys.survey_saved")
}
