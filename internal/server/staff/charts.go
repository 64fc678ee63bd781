package staff

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/company"
	"github.com/journeyloop/journeyloop/templates/journeys"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// withBefore is the first day of a chart that also draws the time the period is compared with; 0 for all time.
func (p period) withBefore() int32 {
	if p.days == 0 {
		return 0
	}
	return insight.PeriodBefore(p.today, p.days)
}

// day names a day of the period, with its year where the period and the time before it meet the same date twice.
func (p period) day(r *i18n.Reader, day int32) string {
	if p.days < 365 {
		return dayLabel(r, day)
	}
	return fullDay(r, day)
}

// breaksOf tells, by journey, on which days the question about the whole was worded anew.
func (d *Desk) breaksOf(ctx context.Context, r *i18n.Reader, journeys []int64) (map[int64][]chart.Break, error) {
	list, err := d.Store.Reworded(ctx, journeys)
	out := map[int64][]chart.Break{}
	for _, w := range list {
		out[w.JourneyID] = append(out[w.JourneyID], chart.Break{Day: i18n.Day(w.At, d.Zone), Why: r.T("chart.break.version", "n", strconv.Itoa(w.Version))})
	}
	return out, err
}

// brokenIn tells whether a period cannot be compared with the time before it, because the question changed meanwhile.
func (p period) brokenIn(breaks []chart.Break) bool {
	return p.days != 0 && slices.ContainsFunc(breaks, func(b chart.Break) bool { return b.Day > p.withBefore() && b.Day <= p.today })
}

// trendChart draws a figure over the period and the time before it. What it finds is the change between the two as tested;
// for all time the chart compares its own ends.
func trendChart(r *i18n.Reader, id, name string, s insight.Shift, p period, points []insight.Point, breaks []chart.Break) chart.TrendView {
	v := chart.TrendOf(r, id, s.Scale, points, breaks)
	v.How = chart.How(r.T("chart.how_"+string(s.Scale.Metric)), r.T("how.trend"), basis(r, p.withBefore(), told(s.Figure)+told(stat.Of(s.Scale, s.Before))))
	name = i18n.Isolate(name)
	if p.days == 0 {
		v.Finding = r.T("chart.named", "name", name, "finding", v.Finding)
		return v
	}
	key, args := "chart.shift.noise", []any{"name", name, "since", fullDay(r, p.from())}
	switch c := s.Change; {
	case p.brokenIn(breaks):
		key = "chart.shift.broken"
	case !s.Solid() || c.Diff == nil:
		key = "chart.shift.few"
	case c.Beyond && *c.Diff < 0:
		key, args = "chart.shift.down", append(args, "by", r.Float(-*c.Diff, 0), "low", r.Float(-*c.High, 0), "high", r.Float(-*c.Low, 0))
	case c.Beyond:
		key, args = "chart.shift.up", append(args, "by", r.Float(*c.Diff, 0), "low", r.Float(*c.Low, 0), "high", r.Float(*c.High, 0))
	}
	v.Finding = r.T(key, args...)
	v.About = r.T("chart.shift.about", "metric", r.T("journeys.score_of_"+string(s.Scale.Metric)), "since", p.day(r, p.from()), "before", p.day(r, p.withBefore()))
	return v
}

// told is how many answers may be told of.
func told(f stat.Figure) int64 {
	if f.Level == stat.Suppressed {
		return 0
	}
	return f.N
}

// basis is how many answers a chart rests on, of what it shows, and from which day on; day 0 is all time.
func basis(r *i18n.Reader, from int32, answers int64) string {
	switch {
	case answers < stat.K:
		return r.T("how.basis_few", "k", stat.K)
	case from == 0:
		return r.N("how.basis_all", int(answers))
	}
	return r.N("how.basis_since", int(answers), "from", fullDay(r, from))
}

// heatWeeks is how many weeks a heat map shows: three months, as wide as a desk's screen.
const heatWeeks = 12

// mostTrends is how many journeys a page draws one by one; the list leads to the others.
const mostTrends = 6

// heatSubject is what one row of a heat map is about.
type heatSubject struct {
	id     int64
	name   string
	nameIn i18n.Lang // another language than the reader's, where the name is in one
	href   string
	breaks []chart.Break
}

// heat draws journeys over the last weeks.
func (d *Desk) heat(c echo.Context, lines []ui.JourneyLine, breaks map[int64][]chart.Break) (chart.HeatView, error) {
	ids, subjects := make([]int64, len(lines)), make([]heatSubject, len(lines))
	for i, l := range lines {
		ids[i], subjects[i] = l.ID, heatSubject{l.ID, l.Name, l.NameIn, "/journeys/" + strconv.FormatInt(l.ID, 10), breaks[l.ID]}
	}
	return d.heatOf(c, insight.Question{By: feedback.ByJourney, IDs: ids}, "chart.journey", "chart.heat.none", subjects)
}

// touchpointHeat draws the touchpoints of a journey over the last weeks, as rated on this journey and in the order of its
// path.
func (d *Desk) touchpointHeat(c echo.Context, journey int64, stages []journeys.Stage) (chart.HeatView, error) {
	var subjects []heatSubject
	var ids []int64
	for _, stage := range stages {
		for _, s := range stage.Steps {
			if !slices.Contains(ids, s.Touchpoint) {
				ids = append(ids, s.Touchpoint)
				subjects = append(subjects, heatSubject{id: s.Touchpoint, name: s.Figures[0].Label, nameIn: s.Figures[0].LabelIn, href: s.Figures[0].Href})
			}
		}
	}
	return d.heatOf(c, insight.Question{By: feedback.ByTouchpoint, Journey: journey, IDs: ids}, "chart.touchpoint", "how.heat_none_touchpoint", subjects)
}

// heatOf draws subjects over the last weeks. Where they are asked on different scales, it shows the index on which those may
// be compared; each is tested on its own scale, and all side by side. subject and none are the keys of what they are and of
// nothing found.
func (d *Desk) heatOf(c echo.Context, q insight.Question, subject, none string, subjects []heatSubject) (chart.HeatView, error) {
	r, today := reply.Reader(c), i18n.Day(d.Now(), d.Zone)
	q.From, q.To = insight.Monday(today)-7*(heatWeeks-1), today
	trends, err := d.Insight.Trends(c.Request().Context(), q, 7)
	if err != nil {
		return chart.HeatView{}, err
	}
	scales, mixed := mainScales(trends)
	v := chart.HeatView{Frame: chart.Frame{ID: "heat"}, Subject: r.T(subject), Max: 100}
	unit := r.T("chart.heat.index")
	if !mixed {
		for _, scale := range scales {
			unit = r.T("journeys.score_of_" + string(scale.Metric))
			if scale.Metric == stat.NPS {
				v.Min = -100
			}
		}
	}
	v.Percent = v.Min == 0 && !mixed
	v.About = r.T("chart.heat.halves", "unit", unit, "about", r.T("chart.heat.about"))
	var h halved
	answers := int64(0)
	for _, s := range subjects {
		scale, answered := scales[s.id]
		if !answered {
			continue
		}
		points := trends[s.id][scale]
		if len(v.Columns) == 0 {
			for _, p := range points {
				v.Columns = append(v.Columns, dayLabel(r, p.From))
			}
		}
		for _, p := range points {
			answers += told(p.Figure)
		}
		v.Rows = append(v.Rows, heatRow(s, scale, points, mixed))
		h.add(s, scale, points)
	}
	v.Finding = h.finding(c, len(v.Columns), none)
	v.How = chart.How(r.T("how.heat"), r.T("how.together"), basis(r, q.From, answers))
	return v, nil
}

// halved compares the later half of every subject's weeks with the earlier one.
type halved struct {
	names   []string
	changes []*stat.Change
	solid   []bool
}

func (h *halved) add(s heatSubject, scale stat.Scale, points []insight.Point) {
	change, solid := halves(scale, points, s.breaks)
	h.names, h.changes, h.solid = append(h.names, s.name), append(h.changes, &change), append(h.solid, solid)
}

// finding names what got worse beyond noise, each judged beside the others.
func (h *halved) finding(c echo.Context, weeks int, none string) string {
	r := reply.Reader(c)
	stat.Together(h.changes, func(i int) bool { return h.solid[i] })
	var worse []string
	for i, change := range h.changes {
		if change.Beyond && *change.Diff < 0 {
			worse = append(worse, h.names[i])
		}
	}
	switch {
	case len(worse) > 0:
		return r.N("chart.heat.worse", weeks, "names", ui.Listed(c.Request().Context(), worse))
	case slices.Contains(h.solid, true):
		return r.N(none, weeks)
	}
	return r.T("chart.trend.few")
}

func heatRow(s heatSubject, scale stat.Scale, points []insight.Point, mixed bool) chart.HeatRow {
	row := chart.HeatRow{Name: s.name, NameIn: s.nameIn, Href: s.href}
	for _, p := range points {
		cell := chart.HeatCell{Value: p.Figure.Score, Low: p.Figure.Low, High: p.Figure.High, N: p.Figure.N, Level: p.Figure.Level}
		if mixed {
			cell.Value, cell.Low, cell.High = insight.Index(scale, p.Figure)
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// halves tests the later half of a series against the earlier one, and says whether both had the answers for it. A question
// worded anew between them leaves nothing to compare.
func halves(scale stat.Scale, points []insight.Point, breaks []chart.Break) (change stat.Change, solid bool) {
	if slices.ContainsFunc(breaks, func(b chart.Break) bool { return b.Day > points[0].From && b.Day <= points[len(points)-1].To }) {
		return stat.Change{}, false
	}
	var before, after stat.Tally
	for i, p := range points {
		if 2*i < len(points) {
			before = before.Plus(p.Tally)
		} else {
			after = after.Plus(p.Tally)
		}
	}
	return stat.Changed(scale, before, after), stat.LevelOf(before.N) == stat.Solid && stat.LevelOf(after.N) == stat.Solid
}

// mainScales are the scales of most answers, by subject; mixed says that they differ.
func mainScales(trends map[int64]map[stat.Scale][]insight.Point) (scales map[int64]stat.Scale, mixed bool) {
	scales = map[int64]stat.Scale{}
	var first stat.Scale
	for id, series := range trends {
		var most int64
		for scale, points := range series {
			n := int64(0)
			for _, p := range points {
				n += p.Tally.N
			}
			if n > most || n == most && scale.String() < scales[id].String() {
				scales[id], most = scale, n
			}
		}
		if first == (stat.Scale{}) {
			first = scales[id]
		}
		mixed = mixed || scales[id] != first
	}
	return scales, mixed
}

// dumbbells set journeys side by side, before and now, the steepest fall first: those counted in percent, then those with an
// NPS. One journey alone needs none unless it changed: its trend says the same.
func dumbbells(r *i18n.Reader, own []insight.Shift, p period) []chart.DumbbellView {
	var out []chart.DumbbellView
	for _, percent := range []bool{true, false} {
		v := chart.DumbbellView{Frame: chart.Frame{ID: "changes-percent"}, Max: 100, Percent: percent,
			Before: r.T("chart.from_to", "from", p.day(r, p.withBefore()), "to", p.day(r, p.from()-1)), After: r.T("chart.since", "from", p.day(r, p.from()))}
		unit := "chart.unit.percent"
		if !percent {
			v.ID, v.Min, unit = "changes-nps", -100, "chart.unit.nps"
		}
		v.About = r.T("chart.dumbbell.about", "unit", r.T(unit))
		var fell []string
		changed, answers := false, int64(0)
		for _, s := range own {
			if (s.Scale.Metric != stat.NPS) != percent || s.Change.Diff == nil || len(v.Rows) == mostTrends {
				continue
			}
			name := s.Name.In(r.Lang())
			row := chart.DumbbellRowOf(name, s.Scale, s.Before, s.Tally)
			row.Beyond = s.Change.Beyond // as tested beside the others
			v.Rows = append(v.Rows, row)
			changed, answers = changed || s.Change.Beyond, answers+told(s.Figure)+told(stat.Of(s.Scale, s.Before))
			if s.Change.Beyond && *s.Change.Diff < 0 {
				fell = append(fell, i18n.Isolate(name))
			}
		}
		v.How = chart.How(r.T("how.dumbbell"), r.T("how.together"), basis(r, p.withBefore(), answers))
		v.Finding = r.N("chart.dumbbell.none", len(v.Rows))
		if len(fell) > 0 {
			v.Finding = r.T("chart.dumbbell.fell", "names", r.List(fell...))
		}
		if changed || len(v.Rows) > 1 {
			out = append(out, v)
		}
	}
	return out
}

// compareFalls puts falls beyond noise first, the steepest first of all, then what is within the noise, then rises.
func compareFalls(a, b insight.Shift) int {
	rank := func(s insight.Shift) int {
		switch {
		case s.Change.Diff == nil || !s.Change.Beyond:
			return 1
		case *s.Change.Diff < 0:
			return 0
		}
		return 2
	}
	by := 0
	if a.Change.Diff != nil && b.Change.Diff != nil {
		by = cmp.Compare(*a.Change.Diff, *b.Change.Diff)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), by, cmp.Compare(b.Tally.N, a.Tally.N), cmp.Compare(a.ID, b.ID))
}

// fillCharts draws what changed: before and now, the weeks, and each journey's trend, the steepest fall first.
func (d *Desk) fillCharts(c echo.Context, shifts []insight.Shift, p period, breaks map[int64][]chart.Break, v *company.View) (err error) {
	r := reply.Reader(c)
	if v.Weeks, err = d.heat(c, v.Lines, breaks); err != nil {
		return err
	}
	var own, comparable []insight.Shift
	var ids []int64
	for _, l := range v.Lines {
		s := shiftsOf(shifts, l.ID)
		if len(s) == 0 || s[0].Figure.Level == stat.Suppressed {
			continue
		}
		own, ids = append(own, s[0]), append(ids, l.ID)
		if p.days != 0 && !p.brokenIn(breaks[l.ID]) {
			comparable = append(comparable, s[0])
		}
	}
	slices.SortFunc(own, compareFalls)
	slices.SortFunc(comparable, compareFalls)
	v.Before = dumbbells(r, comparable, p)
	series, err := d.Insight.Trends(c.Request().Context(), insight.Question{By: feedback.ByJourney, IDs: ids, From: p.withBefore()}, p.chartStep(own))
	if err != nil {
		return err
	}
	for _, s := range own[:min(len(own), mostTrends)] {
		into := &v.Trends
		if s.Change.Beyond && *s.Change.Diff < 0 && !p.brokenIn(breaks[s.ID]) {
			into = &v.Fallen
		}
		*into = append(*into, trendChart(r, "trend-"+strconv.FormatInt(s.ID, 10), s.Name.In(r.Lang()), s, p, series[s.ID][s.Scale], breaks[s.ID]))
	}
	return nil
}

// chartStep is how many days a point of these trends holds: weeks for a month, and for a quarter where most of them are
// answered often enough.
func (p period) chartStep(own []insight.Shift) int32 {
	often := 0
	for _, s := range own {
		if s.Tally.N >= 2*enoughForWeeks {
			often++
		}
	}
	if p.days == 30 || p.days == 90 && 2*often > len(own) {
		return 7
	}
	return 28
}
