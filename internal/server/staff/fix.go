package staff

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/journeys"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) fixRoutes() []reply.Route {
	return []reply.Route{{Method: http.MethodPost, Path: "/journeys/:id/efforts/:touchpoint", Guard: reply.Leader, Handle: d.estimateEffort}}
}

// estimateEffort takes a leader's estimate for one touchpoint; 0 or nothing takes it back.
func (d *Desk) estimateEffort(c echo.Context) error {
	j, err := d.editable(c)
	if err != nil {
		return err
	}
	touchpoint, err := reply.ID(c, "touchpoint")
	if err != nil {
		return err
	}
	days := 0
	if strings.TrimSpace(c.FormValue("days")) != "" {
		days = typedNumber(c, "days")
	}
	err = d.Journeys.Estimate(c.Request().Context(), reply.Actor(c), j.ID, touchpoint, days)
	if fields, ok := reply.Problems(err); ok {
		again := c.Request().Clone(c.Request().Context()) // the links of the page start from where it is at home
		again.URL.Path = "/journeys/" + strconv.FormatInt(j.ID, 10)
		c.SetRequest(again)
		return d.journeyWhole(c, j, http.StatusUnprocessableEntity, refusal{touchpoint, c.FormValue("days"), fields})
	}
	if err != nil {
		return err
	}
	path := ui.Link("/journeys/"+strconv.FormatInt(j.ID, 10), "days", c.QueryParam("days"))
	return reply.Done(c, path+"#fix-"+strconv.FormatInt(touchpoint, 10), "fix.effort_saved")
}

// refusal is an estimate that could not be taken, as it was typed.
type refusal struct {
	touchpoint int64
	typed      string
	problems   []fault.Field
}

// fixesFirst is how many of the ranking show without asking for more: three things at a time are enough to mend.
const fixesFirst = 3

// fixes asks what to fix first and puts it into words.
func (d *Desk) fixes(c echo.Context, j journey.Journey, p period, refused refusal) (journeys.FixView, error) {
	ctx, a, r := c.Request().Context(), reply.Actor(c), reply.Reader(c)
	f, err := d.Insight.FixFirst(ctx, j.ID, p.from(), 0)
	if err != nil {
		return journeys.FixView{}, err
	}
	open, err := d.Store.TouchpointsFor(ctx, a.Scope())
	if err != nil {
		return journeys.FixView{}, err
	}
	w := fixWords{Fixes: f, r: r, days: c.QueryParam("days"), refused: refused, estimated: slices.ContainsFunc(f.List, func(x insight.Fix) bool { return x.EffortKnown })}
	for _, t := range open {
		w.open = append(w.open, t.ID)
		if t.PromiseDays > 0 {
			w.promises = append(w.promises, t.ID)
		}
	}
	v := journeys.FixView{Note: w.note(), Quadrant: w.quadrant(), How: w.how(p), Drivers: w.drivers()}
	for i, x := range f.List {
		item := w.item(x)
		if j.MayEdit(a) {
			item.Estimate = ui.Link(fmt.Sprintf("/journeys/%d/efforts/%d", j.ID, x.ID), "days", w.days)
		}
		if i == 0 || i < fixesFirst && !item.Chance || refused.touchpoint == x.ID {
			v.First = append(v.First, item)
		} else {
			v.More = append(v.More, item)
		}
	}
	v.Head, v.Rest = w.head(), w.rest()
	return v, nil
}

// fixWords puts a ranking into the reader's words.
type fixWords struct {
	insight.Fixes
	r         *i18n.Reader
	open      []int64 // touchpoints she may open
	promises  []int64 // those of them that promise something
	days      string  // the period as the address has it
	refused   refusal
	estimated bool // somebody has said how much effort something takes
}

func (w fixWords) note() string {
	switch few := w.Fixes.Drivers.TooFew; {
	case len(w.List) == 0:
		return w.r.T("fix.none", "n", stat.SolidFrom)
	case few != nil:
		return w.r.T("fix.few", "n", few.N, "need", few.Need)
	case w.Fixes.Drivers.Alike:
		return w.r.T("fix.alike")
	}
	return ""
}

func (w fixWords) number(x float64, decimals int) string { return i18n.Isolate(w.r.Float(x, decimals)) }
func (w fixWords) percent(u float64) string              { return i18n.Isolate(w.r.Percent(100*u, 0)) }

// sure never says that something is certain.
func (w fixWords) sure(u float64) string {
	if u > .99 {
		return w.r.T("fix.over", "x", w.percent(.99))
	}
	return w.percent(u)
}

// coarse writes large numbers whole and small ones with a decimal.
func (w fixWords) coarse(x float64) string {
	if math.Abs(x) < 9.95 { // 9.96 would be written 10.0
		return w.number(x, 1)
	}
	return w.number(x, 0)
}

func (w fixWords) item(x insight.Fix) journeys.FixItem {
	name, other := x.Name.Shown(w.r.Lang())
	key := "fix.why_" + string(x.Way)
	if !w.Linked {
		key = "fix.why_unlinked"
	}
	item := journeys.FixItem{Touchpoint: x.ID, Rank: x.Rank, Name: name, NameIn: other, Href: w.page(x.ID), Factors: w.factors(x), Uplift: w.uplift(x), Chance: w.Linked && x.Impact <= 1.96*x.SE,
		Why: w.r.N(key, int(math.Round(x.PerMonth)), "low", w.percent(x.Worth.Low), "impact", w.coarse(x.Impact))}
	if slices.Contains(w.promises, x.ID) {
		item.Promise = ui.Link(promiseHref(x.ID), "days", w.days)
	}
	if x.Swing != "" {
		item.Swing = w.r.T("fix.swing_"+string(x.Swing), "best", x.Best, "worst", x.Worst)
	}
	if x.EffortKnown {
		item.Days = w.r.Int(int64(x.EffortDays))
	}
	if w.refused.touchpoint == x.ID {
		item.Days = w.refused.typed
		for _, f := range w.refused.problems {
			item.Problem = w.r.T(f.Key, f.Args...)
		}
	}
	return item
}

// head is what to fix first, in one sentence.
func (w fixWords) head() string {
	if len(w.List) == 0 {
		return w.r.T("fix.head_none")
	}
	x, key := w.List[0], "fix.head_rating"
	if x.Way == insight.WayMeeting {
		key = "fix.head_meeting"
	}
	return w.r.T(key, "name", i18n.Isolate(x.Name.In(w.r.Lang())), "low", w.percent(x.Worth.Low), "impact", w.coarse(x.Impact))
}

// page is a touchpoint's own page, for whoever may open it.
func (w fixWords) page(touchpoint int64) string {
	if !slices.Contains(w.open, touchpoint) {
		return ""
	}
	return ui.Link("/touchpoints/"+strconv.FormatInt(touchpoint, 10), "days", w.days)
}

// factors are what the rank is made of, each with where the answers behind it are.
func (w fixWords) factors(x insight.Fix) []journeys.FixFactor {
	r, whole := w.r, "/journeys/"+strconv.FormatInt(w.Journey, 10)
	said := w.page(x.ID)
	if x.Way == insight.WayMeeting {
		said = ui.Link(whole, "days", w.days)
	}
	if said != "" {
		said = ui.Link(said, "mood", string(stat.Negative)) + "#words"
	}
	out := []journeys.FixFactor{
		{Name: r.T("fix.volume"), Value: w.coarse(x.PerMonth), Href: ui.Link("/runs", "journey", strconv.FormatInt(w.Journey, 10))},
		{Name: r.T("fix.share_" + string(x.Way)), Value: w.percent(x.Worth.Low), Href: said, Detail: r.T("fix.share_of", "bad", x.Bad, "n", x.Rated,
			"share", w.percent(x.Share), "low", w.percent(x.Worth.Low), "high", w.percent(x.High))}}
	if !w.Linked {
		return append(out, journeys.FixFactor{Name: r.T("fix.count"), Value: w.coarse(x.PerMonth * x.Worth.Low)})
	}
	out = append(out,
		journeys.FixFactor{Name: r.T("fix.impact"), Value: w.coarse(x.Impact), Href: "#fix-how", Detail: r.T("fix.range", "low", w.coarse(x.Impact-1.96*x.SE), "high", w.coarse(x.Impact+1.96*x.SE))},
		journeys.FixFactor{Name: r.T("fix.confidence"), Value: w.sure(x.Confidence), Href: "#fix-how"})
	if !w.estimated {
		return append(out, journeys.FixFactor{Name: r.T("fix.worth"), Value: w.coarse(x.Score)})
	}
	effort := journeys.FixFactor{Name: r.T("fix.effort"), Value: w.number(x.Effort, 0)}
	if !x.EffortKnown {
		effort.Detail = r.T("fix.effort_usual", "days", w.number(x.Effort, 0))
	}
	return append(out, effort, journeys.FixFactor{Name: r.T("fix.worth_per_day"), Value: w.coarse(x.Score)})
}

// uplift is what lifting the ratings would bring, if they are the cause (methods.md §3.4).
func (w fixWords) uplift(x insight.Fix) string {
	i := slices.IndexFunc(w.Fixes.Drivers.Touchpoints, func(l insight.Line) bool { return l.ID == x.ID })
	if !w.Linked || x.Way != insight.WayRating || i < 0 {
		return ""
	}
	driver, target := w.Fixes.Drivers.Analysis.Drivers[i], x.Scale.Satisfying()
	lift, se := stat.Uplift(driver.Slope, driver.SlopeSE, x.Scale, x.Tally, target, max(x.Tally.N, w.Fixes.Drivers.Analysis.N))
	if !(lift-1.96*se > 0) {
		return "" // it may as well bring nothing
	}
	shown := target
	if x.Scale.LowGood {
		shown = x.Scale.Good(target)
	}
	return w.r.T("fix.if_causal", "target", shown, "lift", w.number(lift, 2), "low", w.number(lift-1.96*se, 2), "high", w.number(lift+1.96*se, 2))
}

func (w fixWords) names(lines []insight.Line) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = i18n.Isolate(l.Name.In(w.r.Lang()))
	}
	return w.r.List(out...)
}

func (w fixWords) rest() []string {
	var out []string
	if len(w.Quiet) > 0 {
		out = append(out, w.r.T("fix.quiet", "names", w.names(w.Quiet)))
	}
	if len(w.Scarce) > 0 {
		out = append(out, w.r.T("fix.scarce", "n", stat.SolidFrom, "names", w.names(w.Scarce)))
	}
	return out
}

// how says what the ranking rests on.
func (w fixWords) how(p period) []ui.Fact {
	r, a := w.r, w.Fixes.Drivers.Analysis
	filter := r.T("fix.how_filter_all")
	if p.days != 0 {
		filter = r.T("fix.how_filter_since", "from", fullDay(r, p.from()))
	}
	out := []ui.Fact{{Name: r.T("fix.how_score"), Value: r.T("fix.how_score_of")}}
	if w.Linked {
		out = append(out, ui.Fact{Name: r.T("fix.how_importance"), Value: r.T("fix.how_importance_of", "n", insight.Resamples)},
			ui.Fact{Name: r.T("fix.how_answers"), Value: r.T("fix.how_answers_of", "n", a.N, "scale", scaleWords(r, w.Fixes.Drivers.Scale), "days", a.Days)},
			ui.Fact{Name: r.T("fix.how_explained"), Value: r.T("fix.how_explained_of", "r2", w.percent(a.R2), "adjusted", w.percent(max(0, a.AdjR2)))})
	}
	return append(out, ui.Fact{Name: r.T("fix.how_filter"), Value: filter}, ui.Fact{Name: r.T("fix.how_formulas"), Value: r.T("fix.how_formulas_of")})
}

// drivers is the table of importance with its intervals.
func (w fixWords) drivers() []journeys.FixDriver {
	if !w.Linked {
		return nil
	}
	var out []journeys.FixDriver
	for i, x := range w.Fixes.Drivers.Analysis.Drivers {
		d := journeys.FixDriver{Name: w.Fixes.Drivers.Touchpoints[i].Name.In(w.r.Lang()), Rated: w.r.Int(x.Rated), Share: "–", Slope: "–", Meeting: "–"}
		if x.Rated < stat.K {
			d.Rated = "–"
		}
		if !x.Out {
			d.Share = w.ranged(100*w.portion(x.Share), 100*w.portion(x.Low), 100*w.portion(x.High), w.wholePercent)
			d.Slope = w.ranged(x.Slope, x.Slope-1.96*x.SlopeSE, x.Slope+1.96*x.SlopeSE, w.twoPlaces)
			d.Meeting = w.ranged(x.Meeting, x.Meeting-1.96*x.MeetingSE, x.Meeting+1.96*x.MeetingSE, w.twoPlaces)
		}
		out = append(out, d)
	}
	return out
}

func (w fixWords) wholePercent(x float64) string { return i18n.Isolate(w.r.Percent(x, 0)) }
func (w fixWords) twoPlaces(x float64) string    { return w.number(x, 2) }

// portion is a share of R² as a share of what is accounted for.
func (w fixWords) portion(share float64) float64 { return min(1, share/w.Fixes.Drivers.Analysis.R2) }

// ranged writes a number with its interval; "–" when there is none.
func (w fixWords) ranged(x, low, high float64, write func(float64) string) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case math.IsNaN(low) || math.IsNaN(high):
		return write(x)
	}
	return write(x) + " (" + w.r.T("fix.range", "low", write(low), "high", write(high)) + ")"
}

// quadrant lays the touchpoints out by importance and performance (methods.md §3.4), on the scale most of them share, in
// the order of the ranking, so that both count alike.
func (w fixWords) quadrant() *chart.QuadrantView {
	d := w.Fixes.Drivers
	if !w.Linked {
		return nil
	}
	scale := insight.Scales(d.Touchpoints)[0]
	v := chart.QuadrantView{Frame: chart.Frame{ID: "fix-quadrant", About: w.r.T("fix.quadrant_about")}, Measure: w.r.T("journeys.measure_" + string(scale.Metric)), Max: 100, Percent: scale.Metric != stat.NPS}
	if scale.Metric == stat.NPS {
		v.Min = -100
	}
	n := 0.0
	for _, l := range w.ordered() {
		i := slices.IndexFunc(d.Touchpoints, func(o insight.Line) bool { return o.ID == l.ID })
		x := d.Analysis.Drivers[i]
		if x.Out || l.Scale != scale || l.Figure.Score == nil {
			continue
		}
		q := chart.QuadrantPoint{Name: l.Name.In(w.r.Lang()), N: l.Figure.N, Level: l.Figure.Level, Performance: l.Figure.Score, PerformanceLow: l.Figure.Low, PerformanceHigh: l.Figure.High,
			Importance: new(100 * w.portion(x.Share))}
		if !math.IsNaN(x.Low) {
			q.ImportanceLow, q.ImportanceHigh = new(100*w.portion(x.Low)), new(100*w.portion(x.High))
		}
		v.Points = append(v.Points, q)
		v.CutX, v.CutY, n = v.CutX+*q.Importance, v.CutY+*q.Performance, n+1
	}
	if n < 2 {
		return nil
	}
	v.CutX, v.CutY = v.CutX/n, v.CutY/n
	v.How = chart.How(w.r.T("how.quadrant", "n", insight.Resamples), w.r.N("how.basis", int(d.Analysis.N)))
	v.Finding = w.r.T("fix.quadrant_none")
	for _, q := range slices.Backward(v.Points) {
		if *q.Importance >= v.CutX && *q.Performance < v.CutY {
			v.Finding = w.r.T("fix.quadrant_clear", "name", i18n.Isolate(q.Name))
		}
	}
	return &v
}

// ordered is the ranking and then what is not in it.
func (w fixWords) ordered() []insight.Line {
	var out []insight.Line
	for _, x := range w.List {
		out = append(out, x.Line)
	}
	return append(append(out, w.Quiet...), w.Scarce...)
}
