package staff

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/survey"
	"github.com/journeyloop/journeyloop/internal/task"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/journeys"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) journeyRoutes() []reply.Route {
	return append([]reply.Route{
		{Method: http.MethodGet, Path: "/journeys", Guard: reply.Leader, Handle: d.journeyList, Lasts: true},
		{Method: http.MethodGet, Path: "/journeys/:id", Guard: reply.Leader, Handle: d.journeyPage, Lasts: true},
	}, append(d.fixRoutes(), d.journeyEditRoutes()...)...)
}

// period is the time a page is about: the last days, or with 0 all time.
type period struct {
	days  int32
	today int32
	zone  *time.Location
}

var journeyPeriods = []int32{30, 90, 365, 0}

// periodOf reads ?days=30|90|365|all; anything else is 90.
func (d *Desk) periodOf(c echo.Context) period {
	p := period{days: 90, today: i18n.Day(d.Now(), d.Zone), zone: d.Zone}
	switch c.QueryParam("days") {
	case "30":
		p.days = 30
	case "365":
		p.days = 365
	case "all":
		p.days = 0
	}
	return p
}

// from is the first day, a Monday; 0 leaves it open.
func (p period) from() int32 {
	if p.days == 0 {
		return 0
	}
	return insight.PeriodStart(p.today, p.days)
}

// to is the last day; 0 where from is.
func (p period) to() int32 {
	if p.days == 0 {
		return 0
	}
	return p.today
}

// span is the same time for what is counted by moments.
func (p period) span() store.Span {
	if p.days == 0 {
		return store.Span{}
	}
	y, m, day := i18n.DayTime(p.from()).Date()
	return store.Span{From: time.Date(y, m, day, 0, 0, 0, 0, p.zone).UTC()}
}

func (p period) tabs(c echo.Context) []ui.Tab {
	r, path := reply.Reader(c), c.Request().URL.RequestURI()
	out := make([]ui.Tab, len(journeyPeriods))
	for i, days := range journeyPeriods {
		value, text := strconv.Itoa(int(days)), r.N("journeys.last_days", int(days))
		if days == 0 {
			value, text = "all", r.T("journeys.all_time")
		}
		out[i] = ui.Tab{Text: text, Href: ui.Link(path, "days", value, "page", ""), Active: days == p.days}
	}
	return out
}

func (d *Desk) journeyList(c echo.Context) error {
	a, p := reply.Actor(c), d.periodOf(c)
	q := typed(c.QueryParam("q"))
	lines, _, err := d.journeyLines(c, p, q)
	if err != nil {
		return err
	}
	v := journeys.ListView{Period: p.tabs(c), File: fileOf(c, "/journeys/figures.csv"), Query: q, Journeys: journeysView(c, lines, a.Manager), MayCreate: a.Manager}
	v.Journeys.Filter = ui.FilterOf(v.Journeys.Path, reply.T(c, "people.find"), "q")
	return reply.Page(c, reply.Frame{Title: reply.T(c, "journeys.title"), Live: true}, journeys.List(v))
}

// journeysView is the part of a list of journeys that was asked for.
func journeysView(c echo.Context, lines []ui.JourneyLine, mayCreate bool) ui.JourneysView {
	ask := reply.Ask(c)
	v := ui.JourneysView{Path: c.Request().URL.RequestURI(), Rows: page.Arrange(lines, ask, ui.JourneyOrders(reply.Reader(c), ask.Desc)),
		Empty: ui.EmptyView{TitleKey: "journeys.none", HintKey: "journeys.none_hint"}}
	if mayCreate {
		v.Empty.HintKey, v.Empty.Action = "journeys.none_hint_manager", ui.ButtonView{Text: reply.T(c, "journeys.new"), Kind: ui.Primary, Href: "/journeys/new"}
	}
	return v
}

// journeyLines are the journeys in sight with their figures; shifts are the figures with what changed, one a scale.
// Only those are there whose name or key has q in it.
func (d *Desk) journeyLines(c echo.Context, p period, q string) ([]ui.JourneyLine, []insight.Shift, error) {
	ctx, r := c.Request().Context(), reply.Reader(c)
	list, err := d.Store.JourneysFor(ctx, reply.Actor(c).Scope())
	if err != nil {
		return nil, nil, err
	}
	list = slices.DeleteFunc(list, func(j journey.Journey) bool { return !strings.Contains(j.Search, i18n.Normalize(q)) })
	ids, leaders := make([]int64, len(list)), make([]int64, len(list))
	for i, j := range list {
		ids[i], leaders[i] = j.ID, j.LeaderID
	}
	shifts, err := d.shifts(ctx, insight.Question{By: feedback.ByJourney, IDs: ids}, p)
	if err != nil {
		return nil, nil, err
	}
	volumes, err := d.Store.Volumes(ctx, ids, p.span())
	if err != nil {
		return nil, nil, err
	}
	names, err := d.Store.EmployeeNames(ctx, leaders)
	if err != nil {
		return nil, nil, err
	}
	trends, err := d.trendsOf(c, shifts, ids, p)
	if err != nil {
		return nil, nil, err
	}
	out := make([]ui.JourneyLine, len(list))
	for i, j := range list {
		out[i] = ui.JourneyLine{ID: j.ID, Leader: names[j.LeaderID], Figure: ui.FigureView{Level: stat.None},
			Volume: volumeView(volumes[j.ID])}
		out[i].Name, out[i].NameIn = j.Name.Shown(r.Lang())
		own := shiftsOf(shifts, j.ID)
		for n, s := range own {
			figure := ui.FigureOf(scaleWords(r, s.Scale), s.Line)
			if n > 0 {
				out[i].Also = append(out[i].Also, figure)
				continue
			}
			out[i].Figure, out[i].Change = figure, ui.ChangeOf(s.Change)
			out[i].Trend = trendView(r, r.T("journeys.trend"), s.Scale, trends[j.ID][s.Scale])
		}
		if len(own) == 0 {
			out[i].Trend = ui.TrendView{Title: r.T("journeys.trend")}
		}
	}
	return out, shifts, nil
}

// trendsOf are the trends of many journeys, each in steps that its answers allow: as many questions as there are steps.
func (d *Desk) trendsOf(c echo.Context, shifts []insight.Shift, ids []int64, p period) (map[int64]map[stat.Scale][]insight.Point, error) {
	bySteps := map[int32][]int64{}
	for _, id := range ids {
		if own := shiftsOf(shifts, id); len(own) > 0 {
			step := p.stepFor(c, own[0].Tally.N)
			bySteps[step] = append(bySteps[step], id)
		}
	}
	out := map[int64]map[stat.Scale][]insight.Point{}
	for step, some := range bySteps {
		trends, err := d.Insight.Trends(c.Request().Context(), insight.Question{By: feedback.ByJourney, IDs: some, From: p.from()}, step)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, trends)
	}
	return out, nil
}

// shifts are figures of the period with the change since the period before it; all time has no before.
func (d *Desk) shifts(ctx context.Context, q insight.Question, p period) ([]insight.Shift, error) {
	if p.days != 0 {
		return d.Insight.Shifts(ctx, q, p.days)
	}
	lines, err := d.Insight.Figures(ctx, q)
	out := make([]insight.Shift, len(lines))
	for i, l := range lines {
		out[i] = insight.Shift{Line: l}
	}
	return out, err
}

// shiftsOf are those of one subject, the scale with most answers first.
func shiftsOf(shifts []insight.Shift, id int64) []insight.Shift {
	var out []insight.Shift
	for _, s := range shifts {
		if s.ID == id {
			out = append(out, s)
		}
	}
	for i := range out {
		if out[i].Tally.N > out[0].Tally.N {
			out[0], out[i] = out[i], out[0]
		}
	}
	return out
}

// step is how many days a point of the trend holds: ?step=7|28, by default weeks for short periods.
func (p period) step(c echo.Context) int32 {
	switch c.QueryParam("step") {
	case "7":
		return 7
	case "28":
		return 28
	}
	if p.days != 0 && p.days <= 90 {
		return 7
	}
	return 28
}

// enoughForWeeks is how many answers a quarter's trend needs to be cut by weeks: with fewer, most weeks would be hidden.
const enoughForWeeks = 100

// stepFor is the step of a trend that nobody chooses the step of, drawn from n answers.
func (p period) stepFor(c echo.Context, n int64) int32 {
	if p.days > 30 && n < enoughForWeeks {
		return 28
	}
	return p.step(c)
}

func stepTabs(c echo.Context, step int32) []ui.Tab {
	path := c.Request().URL.RequestURI()
	return []ui.Tab{
		{Text: reply.T(c, "journeys.by_week"), Href: ui.Link(path, "step", "7"), Active: step == 7},
		{Text: reply.T(c, "journeys.by_4_weeks"), Href: ui.Link(path, "step", "28"), Active: step == 28},
	}
}

func trendView(r *i18n.Reader, title string, scale stat.Scale, points []insight.Point) ui.TrendView {
	v := ui.TrendView{Title: title, Percent: scale.Metric != stat.NPS}
	for _, p := range points {
		v.Points = append(v.Points, ui.TrendPoint{Label: dayLabel(r, p.From), Value: p.Figure.Score, Low: p.Figure.Low, High: p.Figure.High})
	}
	return v
}

// dayLabel writes a day of the company; noon keeps it the same day in the reader's zone.
func dayLabel(r *i18n.Reader, day int32) string {
	return r.DayMonth(i18n.DayTime(day).Add(12 * time.Hour))
}

// fullDay is the same with the year, for sentences.
func fullDay(r *i18n.Reader, day int32) string {
	return r.Date(i18n.DayTime(day).Add(12 * time.Hour))
}

// scaleWords names a scale: "NPS, 0 to 10".
func scaleWords(r *i18n.Reader, s stat.Scale) string {
	key := "journeys.scale_of"
	if s.LowGood {
		key = "journeys.scale_of_low"
	}
	return r.T(key, "metric", r.T("journeys.metric_"+string(s.Metric)), "lo", s.Lo, "hi", s.Hi)
}

func volumeView(v store.Volume) ui.Volume {
	return ui.Volume{Opened: v.Opened, Completed: v.Completed, Abandoned: v.Abandoned, Open: v.Open}
}

func (d *Desk) journeyPage(c echo.Context) error {
	id, err := reply.ID(c, "id")
	if err != nil {
		return err
	}
	j, err := d.Store.JourneyFor(c.Request().Context(), reply.Actor(c).Scope(), id)
	if err != nil {
		return err
	}
	return d.journeyWhole(c, j, http.StatusOK, refusal{})
}

// journeyWhole shows a journey, with an estimate that could not be taken when a form came back.
func (d *Desk) journeyWhole(c echo.Context, j journey.Journey, status int, refused refusal) error {
	a, r, p := reply.Actor(c), reply.Reader(c), d.periodOf(c)
	v := journeys.PageView{ID: j.ID, MayEdit: j.MayEdit(a), Period: p.tabs(c)}
	v.Name, v.NameIn = j.Name.Shown(r.Lang())
	v.Need, v.NeedIn = j.Need.Shown(r.Lang())
	path := "/journeys/" + strconv.FormatInt(j.ID, 10)
	v.FiguresFile, v.WordsFile = ui.Link(fileOf(c, path+"/figures.csv"), "mood", "", "step", ""), ui.Link(fileOf(c, path+"/words.csv"), "step", "")
	if task.MayAsk(a, task.Words, task.Ask{Journey: j.ID}) {
		v.AllWords = ui.Link("/tasks", "journey", strconv.FormatInt(j.ID, 10)) + "#words"
	}
	for _, fill := range []func(echo.Context, journey.Journey, period, *journeys.PageView) error{d.fillLeader, d.fillFigures, d.fillVolume, d.fillAsked, d.fillWords} {
		if err := fill(c, j, p, &v); err != nil {
			return err
		}
	}
	spoiler := v.Fix.Spoiler
	var err error
	if v.Fix, err = d.fixes(c, j, p, refused); err != nil {
		return err
	}
	v.Fix.Blame(v.Spoils, spoiler)
	return reply.Page(c, reply.Frame{Title: v.Name, Status: status, Live: status == http.StatusOK, Charts: true, Crumbs: []ui.Crumb{{Text: reply.T(c, "journeys.title"), Href: "/journeys"}, {Text: v.Name}}}, journeys.Page(v))
}

func (d *Desk) fillLeader(c echo.Context, j journey.Journey, _ period, v *journeys.PageView) error {
	names, err := d.Store.EmployeeNames(c.Request().Context(), []int64{j.LeaderID})
	if err != nil {
		return err
	}
	v.Leader = names[j.LeaderID]
	if v.Leader == "" && reply.Actor(c).MayAppoint() {
		v.Suggestion, _, err = d.suggestion(c, j)
	}
	return err
}

// suggestion says who could lead a journey, and why; "" when nobody stands out.
func (d *Desk) suggestion(c echo.Context, j journey.Journey) (sentence string, who int64, err error) {
	ctx, r := c.Request().Context(), reply.Reader(c)
	s, err := d.Journeys.Suggest(ctx, j)
	if err != nil || s.EmployeeID == 0 || s.Holds == 0 {
		return "", 0, err
	}
	names, err := d.Store.EmployeeNames(ctx, []int64{s.EmployeeID})
	if err != nil {
		return "", 0, err
	}
	args := []any{"name", i18n.Isolate(names[s.EmployeeID]), "holds", s.Holds, "of", s.Of}
	if s.TeamID == 0 {
		return r.T("journeys.suggested_owner", args...), s.EmployeeID, nil
	}
	tree, err := d.Store.Tree(ctx)
	if err != nil {
		return "", 0, err
	}
	return r.T("journeys.suggested_team", append(args, "team", i18n.Isolate(tree.Teams[s.TeamID].Name.In(r.Lang())))...), s.EmployeeID, nil
}

// fillFigures fills the journey's own figures and its path with those of the touchpoints, and holds one against the other.
func (d *Desk) fillFigures(c echo.Context, j journey.Journey, p period, v *journeys.PageView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	shifts, err := d.shifts(ctx, insight.Question{By: feedback.ByJourney, IDs: []int64{j.ID}}, p)
	if err != nil {
		return err
	}
	own := shiftsOf(shifts, j.ID)
	step := p.chartStep(own)
	if c.QueryParam("step") != "" {
		step = p.step(c)
	}
	v.Steps = stepTabs(c, step)
	trends, err := d.Insight.Trend(ctx, insight.Question{By: feedback.ByJourney, IDs: []int64{j.ID}, From: p.withBefore()}, step)
	if err != nil {
		return err
	}
	breaks, err := d.breaksOf(ctx, r, []int64{j.ID})
	if err != nil {
		return err
	}
	for i, s := range own {
		v.Scores = append(v.Scores, scoreView(r, i, v.Name, s, p, trends[s.Scale], breaks[j.ID]))
	}
	if v.Since = r.T("company.all_time"); p.days != 0 {
		v.Since = r.T("journeys.since", "since", fullDay(r, p.from()), "before", fullDay(r, p.withBefore()))
	}
	touchpoints, err := d.Insight.Figures(ctx, insight.Question{By: feedback.ByTouchpoint, Journey: j.ID, From: p.from(), To: p.to()})
	if err != nil {
		return err
	}
	if len(own) > 0 {
		if v.Spoils, v.Fix.Spoiler, err = d.spoiler(c, j.ID, own[0].Scale, p); err != nil {
			return err
		}
		whole := insight.WholeOf(own[0].Line, touchpoints)
		if whole.Verdict != insight.Weak || whole.Weakest.ID != v.Spoils { // said once, by the figure that weighs more
			v.Whole, v.WholeTone = wholeWords(r, whole)
		}
		if own[0].Figure.Level != stat.Suppressed {
			v.Balance = balanceView(r, own[0].Tally)
		}
	}
	if err := d.fillPath(c, j, p, touchpoints, wholeBeside(r, own, touchpoints), v); err != nil {
		return err
	}
	v.Weeks, err = d.touchpointHeat(c, j.ID, v.Stages)
	return err
}

// wholeBeside is what the strip of the touchpoints says of the journey's own figure.
func wholeBeside(r *i18n.Reader, own []insight.Shift, touchpoints []insight.Line) (whole wholeOf) {
	if len(own) == 0 {
		return whole
	}
	whole.scale, whole.figure = own[0].Scale, own[0].Figure
	if beside := insight.WholeOf(own[0].Line, touchpoints); beside.Verdict != insight.Even {
		whole.said = r.T("walks.strip_"+string(beside.Verdict), "weakest", i18n.Isolate(beside.Weakest.Name.In(r.Lang())))
	}
	return whole
}

// spoiler names the touchpoint whose customers are less satisfied with the journey than the others.
func (d *Desk) spoiler(c echo.Context, journeyID int64, scale stat.Scale, p period) (int64, journeys.Spoiler, error) {
	s, err := d.Insight.Spoiler(c.Request().Context(), journeyID, scale, p.from())
	if err != nil || s.Touchpoint == 0 {
		return 0, journeys.Spoiler{}, err
	}
	r := reply.Reader(c)
	args := []any{"touchpoint", i18n.Isolate(s.Name.In(r.Lang())), "metric", r.T("journeys.measure_" + string(scale.Metric))}
	for name, f := range map[string]stat.Figure{"met": s.Met, "others": s.Others} {
		number := func(x *float64) string {
			if scale.Metric == stat.NPS {
				return i18n.Isolate(r.Float(*x, 0))
			}
			return i18n.Isolate(r.Percent(*x, 0))
		}
		args = append(args, name, number(f.Score), name+"_low", number(f.Low), name+"_high", number(f.High), name+"_n", int(f.N))
	}
	return s.Touchpoint, journeys.Spoiler{Text: r.T("journeys.spoiler", args...), Href: "/touchpoints/" + strconv.FormatInt(s.Touchpoint, 10) + "#words"}, nil
}

func scoreView(r *i18n.Reader, i int, name string, s insight.Shift, p period, points []insight.Point, breaks []chart.Break) journeys.Score {
	label := r.T("journeys.score_of_" + string(s.Scale.Metric))
	out := journeys.Score{Scale: scaleWords(r, s.Scale), Figure: ui.FigureOf(label, s.Line), Mean: ui.MeanOf(r.T("journeys.mean"), s.Line),
		Change: ui.ChangeOf(s.Change), Spread: chart.DistributionOf(r, "spread-"+strconv.Itoa(i), s.Scale, s.Figure), Trend: trendChart(r, "trend-"+strconv.Itoa(i), name, s, p, points, breaks)}
	out.Spread.How = chart.How(r.T("how.spread"), basis(r, p.from(), told(s.Figure)))
	if p.brokenIn(breaks) {
		out.Broken = r.T("journeys.not_comparable")
	}
	out.Figure.UnitKey = "" // the label says it
	return out
}

// wholeWords says how the journey stands beside its touchpoints, when that is beyond noise.
func wholeWords(r *i18n.Reader, w insight.Whole) (string, ui.Tone) {
	if w.Verdict == insight.Even {
		return "", ui.Plain
	}
	tone := ui.Info
	if w.Verdict == insight.Spoiled {
		tone = ui.Warning
	}
	return r.T("journeys.whole_"+string(w.Verdict), "journey", r.Float(w.Journey, 0), "weakest", i18n.Isolate(w.Weakest.Name.In(r.Lang())), "lowest", r.Float(w.Lowest, 0)), tone
}

// balanceView shows expectation against experience; too few answers are not shown.
func balanceView(r *i18n.Reader, t stat.Tally) *journeys.Balance {
	f := stat.NetExpectation(t).Shown()
	if f.Score == nil {
		return nil
	}
	return &journeys.Balance{
		Spread: ui.DistributionView{Caption: r.T("journeys.balance"), Bars: []ui.Bar{
			{Label: r.T("expectation.better"), Count: t.Above, Mood: stat.Positive},
			{Label: r.T("expectation.as_expected"), Count: t.Met, Mood: stat.Neutral},
			{Label: r.T("expectation.worse"), Count: t.Below, Mood: stat.Negative}}},
		Net: r.T("journeys.balance_net", "net", i18n.Isolate(r.Signed(*f.Score, 0)), "low", i18n.Isolate(r.Signed(*f.Low, 0)), "high", i18n.Isolate(r.Signed(*f.High, 0)), "n", int(f.N)),
	}
}

// fillPath draws the live version: stages, and on them the touchpoints with what they score on this journey; and what
// customers really walked.
func (d *Desk) fillPath(c echo.Context, j journey.Journey, p period, lines []insight.Line, whole wholeOf, v *journeys.PageView) error {
	ctx, r := c.Request().Context(), reply.Reader(c)
	plan, err := d.Store.PlanOf(ctx, j.VersionID)
	if err != nil {
		return err
	}
	ids := plan.Touchpoints()
	touchpoints, err := d.Store.TouchpointsByID(ctx, ids)
	if err != nil {
		return err
	}
	contacts, err := d.Store.ContactVolumes(ctx, j.ID, ids, p.span())
	if err != nil {
		return err
	}
	names, tree, err := d.ownersOf(ctx, touchpoints)
	if err != nil {
		return err
	}
	open, err := d.Store.TouchpointsFor(ctx, reply.Actor(c).Scope())
	if err != nil {
		return err
	}
	links := map[int64]string{}
	for _, t := range open {
		links[t.ID] = "/touchpoints/" + strconv.FormatInt(t.ID, 10)
	}
	if links[v.Spoils] == "" {
		v.Fix.Spoiler.Href = ""
	}
	for _, st := range plan.Stages {
		var stage journeys.Stage
		stage.Name, stage.NameIn = st.Name.Shown(r.Lang())
		for _, s := range plan.StageSteps(st.ID) {
			t := touchpoints[s.TouchpointID]
			step := stepView(r, t, lines, links[t.ID] != "")
			step.Lines, step.Contacts, step.Owner, step.Team = linesOf(lines, t.ID, whole.scale), contacts[t.ID], names[t.OwnerID], tree.Teams[t.TeamID].Name.In(r.Lang())
			step.Mandatory, step.Repeatable, step.Spoils = s.Mandatory, s.Repeatable, t.ID == v.Spoils
			stage.Steps = append(stage.Steps, step)
		}
		v.Stages = append(v.Stages, stage)
	}
	walks, err := d.Insight.Walks(ctx, j.ID, p.from(), 0)
	if err != nil {
		return err
	}
	whole.runs = int(walks.Walks)
	v.Strip, v.Walks = stripView(r, v.Stages, walks, touchpoints, whole, basis(r, p.from(), answersOf(lines)+told(whole.figure))), chart.PathOf(r, "walks", walks, links)
	v.Walks.How = chart.How(r.T("how.path"), walked(r, p, walks.Walks))
	return nil
}

// stepView is a touchpoint on the path with its figures. Who sees the journey for a touchpoint of hers has no page of the
// others: those do not lead anywhere.
func stepView(r *i18n.Reader, t journey.Touchpoint, lines []insight.Line, open bool) journeys.Step {
	step := journeys.Step{Touchpoint: t.ID, Figures: touchpointFigures(r, lines, t), Promise: promiseWords(r, t), PromiseHref: promiseHref(t.ID)}
	if !open {
		step.Figures[0].Href, step.PromiseHref = "", ""
	}
	return step
}

// answersOf adds up how many answers the figures shown rest on.
func answersOf(lines []insight.Line) (n int64) {
	for _, l := range lines {
		n += told(l.Figure)
	}
	return n
}

// walked is how many walks a chart rests on, and from which day on.
func walked(r *i18n.Reader, p period, walks int64) string {
	if p.days == 0 {
		return r.N("how.walks_all", int(walks))
	}
	return r.N("how.walks_since", int(walks), "from", fullDay(r, p.from()))
}

// ownersOf loads who owns touchpoints, and in which teams they are.
func (d *Desk) ownersOf(ctx context.Context, touchpoints map[int64]journey.Touchpoint) (map[int64]string, people.Tree, error) {
	var ids []int64
	for _, t := range touchpoints {
		ids = append(ids, t.OwnerID)
	}
	names, err := d.Store.EmployeeNames(ctx, ids)
	if err != nil {
		return nil, people.Tree{}, err
	}
	tree, err := d.Store.Tree(ctx)
	return names, tree, err
}

// touchpointFigures are a touchpoint's figures, one a scale and the most answered first; one empty figure where there is
// none. The first is labelled with the touchpoint, the others with their scale.
func touchpointFigures(r *i18n.Reader, lines []insight.Line, t journey.Touchpoint) []ui.FigureView {
	var own []insight.Line
	for _, l := range lines {
		if l.ID == t.ID {
			own = append(own, l)
		}
	}
	name, other := t.Name.Shown(r.Lang())
	href := "/touchpoints/" + strconv.FormatInt(t.ID, 10)
	scales := insight.Scales(own)
	if len(scales) == 0 {
		return []ui.FigureView{{Label: name, LabelIn: other, Level: stat.None, Href: href}}
	}
	out := make([]ui.FigureView, 0, len(scales))
	for _, scale := range scales {
		for _, l := range own {
			if l.Scale == scale {
				out = append(out, ui.FigureOf(scaleWords(r, scale), l))
			}
		}
	}
	out[0].Label, out[0].LabelIn, out[0].Href = name, other, href
	return out
}

// promiseWords is what a touchpoint promises, "" for nothing.
func promiseWords(r *i18n.Reader, t journey.Touchpoint) string {
	if t.PromiseDays == 0 {
		return ""
	}
	return r.Days(t.PromiseDays, t.PromiseBusiness)
}

func (d *Desk) fillVolume(c echo.Context, j journey.Journey, p period, v *journeys.PageView) error {
	volumes, err := d.Store.Volumes(c.Request().Context(), []int64{j.ID}, p.span())
	v.Volume = volumeView(volumes[j.ID])
	if err == nil {
		v.Cases, err = d.loopLine(c, j.ID, p)
	}
	return err
}

func (d *Desk) fillAsked(c echo.Context, j journey.Journey, p period, v *journeys.PageView) error {
	r := reply.Reader(c)
	asked, err := d.Store.AskedOn(c.Request().Context(), j.ID, p.span())
	if err != nil {
		return err
	}
	for _, a := range asked {
		line := journeys.Asked{State: r.T("journeys.invitation_" + string(a.State)), N: a.N}
		if a.Reason != "" {
			line.Reason = reasonWords(r, a.Reason)
		}
		v.Asked = append(v.Asked, line)
	}
	v.Rate, err = d.rateWords(c, j.ID, p)
	return err
}

// reasonWords is why an invitation was not sent; a reason without a message of its own shows as unknown.
func reasonWords(r *i18n.Reader, key string) string {
	if r.Has(key) {
		return r.T(key)
	}
	return r.T("common.unknown")
}

// rateWords is the response rate in a sentence (methods.md §1.8); journey 0 is all journeys.
func (d *Desk) rateWords(c echo.Context, journeyID int64, p period) (string, error) {
	r := reply.Reader(c)
	m, err := d.Store.MaturedOn(c.Request().Context(), journeyID, p.span(), d.Now())
	delivered := m.Sent - m.Bounced
	if err != nil || delivered <= 0 {
		return r.T("journeys.rate_none"), err
	}
	low, high := stat.Wilson(int64(m.Answered), int64(delivered))
	percent := func(x float64) string { return i18n.Isolate(r.Percent(x, 0)) }
	return r.T("journeys.rate", "share", percent(100*float64(m.Answered)/float64(delivered)), "low", percent(100*low), "high", percent(100*high),
		"answered", m.Answered, "delivered", delivered, "sent", m.Sent), nil
}

func (d *Desk) fillWords(c echo.Context, j journey.Journey, p period, v *journeys.PageView) (err error) {
	v.Words, err = d.words(c, store.WordFilter{Journey: j.ID, Span: p.span()})
	return err
}

// words are customers' words for a filter, narrowed by ?mood= and paged.
func (d *Desk) words(c echo.Context, f store.WordFilter) (ui.Words, error) {
	f.Mood = oneOf(stat.Mood(c.QueryParam("mood")), moods...)
	ask := page.Ask{Number: reply.Ask(c).Number, Size: 5}
	list, err := d.Store.WordsFor(c.Request().Context(), reply.Actor(c).Scope(), f, ask)
	if err != nil {
		return ui.Words{}, err
	}
	path := c.Request().URL.RequestURI()
	v := ui.Words{Moods: moodTabs(c, f.Mood, "page"), Pager: ui.PagerOf(path, list), Filtered: f.Mood != "", Clear: ui.Link(path, "mood", "", "page", "") + "#words",
		Contrast: ui.Link(c.Request().URL.Path+"/contrast", "days", c.QueryParam("days"))}
	v.Quotes, err = d.wordQuotes(c, list.Rows, f.Journey == 0)
	return v, err
}

// moodTabs narrow words by mood; number is what the address calls the number of their page.
func moodTabs(c echo.Context, chosen stat.Mood, number string) []ui.Tab {
	path := c.Request().URL.RequestURI()
	out := []ui.Tab{{Text: reply.T(c, "common.all"), Href: ui.Link(path, "mood", "", number, "") + "#words", Active: chosen == ""}}
	for _, m := range moods {
		out = append(out, ui.Tab{Text: reply.T(c, "mood."+string(m)), Href: ui.Link(path, "mood", string(m), number, "") + "#words", Active: chosen == m})
	}
	return out
}

// wordQuotes shows words without the customer; only an identified answer leads to its run, and the time of an anonymous one
// is told by the week (methods.md §1.12).
func (d *Desk) wordQuotes(c echo.Context, words []store.Word, withJourney bool) ([]ui.QuoteView, error) {
	ctx, r := c.Request().Context(), reply.Reader(c)
	var journeyIDs, touchpointIDs []int64
	for _, w := range words {
		journeyIDs, touchpointIDs = append(journeyIDs, w.JourneyID), append(touchpointIDs, w.TouchpointID)
	}
	on, err := d.Store.Names(ctx, feedback.ByJourney, journeyIDs)
	if err != nil {
		return nil, err
	}
	at, err := d.Store.Names(ctx, feedback.ByTouchpoint, touchpointIDs)
	if err != nil {
		return nil, err
	}
	out := make([]ui.QuoteView, len(words))
	for i, w := range words {
		q := ui.QuoteView{Text: w.Text, Mood: w.Mood, At: w.AnsweredAt, Day: r.RelativeDay(w.AnsweredAt, d.Now()), Touchpoint: r.T("journeys.whole_journey")}
		if w.TouchpointID != 0 {
			q.Touchpoint, q.TouchpointIn = at[w.TouchpointID].Name.Shown(r.Lang())
		}
		if withJourney {
			q.Journey, q.JourneyIn = on[w.JourneyID].Name.Shown(r.Lang())
		}
		if w.Value != nil {
			q.Score = ui.ScoreOf(r, w.Scale, *w.Value)
		}
		switch w.Anonymity {
		case survey.Identified:
			q.Href = "/runs/" + strconv.FormatInt(w.RunID, 10)
		case survey.Anonymous:
			q.When = weekOf(r, w.AnsweredAt, d.Zone)
		}
		out[i] = q
	}
	return out, nil
}
