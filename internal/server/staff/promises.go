package staff

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/feedback"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/insight"
	"github.com/journeyloop/journeyloop/internal/journey"
	"github.com/journeyloop/journeyloop/internal/server/reply"
	"github.com/journeyloop/journeyloop/internal/stat"
	"github.com/journeyloop/journeyloop/templates/chart"
	"github.com/journeyloop/journeyloop/templates/touchpoints"
	"github.com/journeyloop/journeyloop/templates/ui"
)

func (d *Desk) promiseRoutes() []reply.Route {
	return []reply.Route{{Method: http.MethodGet, Path: "/touchpoints/:id/promise", Guard: reply.Leader, Handle: d.promisePage}}
}

func promiseHref(touchpoint int64) string {
	return "/touchpoints/" + strconv.FormatInt(touchpoint, 10) + "/promise"
}

// promisePage is the promise desk of one touchpoint, over all its journeys.
func (d *Desk) promisePage(c echo.Context) error {
	t, err := d.touchpointInSight(c)
	if err != nil {
		return err
	}
	r, p := reply.Reader(c), d.periodOf(c)
	found, err := d.promisesAt(c, t, p)
	if err != nil {
		return err
	}
	v := touchpoints.PromiseView{ID: t.ID, Period: p.tabs(c), None: len(found) == 0}
	v.Name, v.NameIn = t.Name.Shown(r.Lang())
	if len(found) > 0 {
		w := toldPromises{Promised: promiseClock(c, found, &v), r: r, p: p}
		w.fill(&v)
	}
	crumbs := []ui.Crumb{{Text: r.T("touchpoints.title"), Href: "/touchpoints"}, {Text: v.Name, Href: "/touchpoints/" + strconv.FormatInt(t.ID, 10)}, {Text: r.T("promises.open")}}
	return reply.Page(c, reply.Frame{Title: r.T("promises.title", "name", i18n.Isolate(v.Name)), Live: true, Charts: true, Crumbs: crumbs}, touchpoints.Promise(v))
}

func (d *Desk) promisesAt(c echo.Context, t journey.Touchpoint, p period) ([]insight.Promised, error) {
	return d.Insight.Promises(c.Request().Context(), insight.PromiseQuestion{Touchpoints: []int64{t.ID}, From: p.from(), PerTeam: true})
}

// promiseClock chooses calendar or business days: those asked for, else those of most promises, which come first.
func promiseClock(c echo.Context, found []insight.Promised, v *touchpoints.PromiseView) insight.Promised {
	chosen := found[0]
	for _, f := range found {
		if f.Business == (c.QueryParam("clock") == "business") && c.QueryParam("clock") != "" {
			chosen = f
		}
	}
	for _, f := range found {
		key, value := "promises.calendar", "calendar"
		if f.Business {
			key, value = "promises.business", "business"
		}
		v.Clocks = append(v.Clocks, ui.Tab{Text: reply.T(c, key), Href: ui.Link(c.Request().URL.RequestURI(), "clock", value), Active: f.Business == chosen.Business})
	}
	return chosen
}

// fillPromises tells on a touchpoint's own page how many of its promises were kept.
func (d *Desk) fillPromises(c echo.Context, t journey.Touchpoint, p period, v *touchpoints.PageView) error {
	found, err := d.promisesAt(c, t, p)
	if err != nil || len(found) == 0 {
		return err
	}
	v.Promise = promiseHref(t.ID)
	if w := (toldPromises{Promised: found[0], r: reply.Reader(c), p: p}); !w.Hidden() {
		v.Kept, v.Promises = w.share(w.PromiseFigures.Kept.Share), w.kept()
	}
	return nil
}

// toldPromises puts what was promised into the reader's words.
type toldPromises struct {
	insight.Promised
	r *i18n.Reader
	p period
}

func (w toldPromises) share(x *float64) string {
	if x == nil {
		return "–"
	}
	return i18n.Isolate(w.r.Percent(100**x, 0))
}

func (w toldPromises) between(low, high float64, decimals int) string {
	return i18n.Isolate(w.r.FloatRange(low, high, decimals))
}

// days names business days as such; days are a customer's otherwise.
func (w toldPromises) days(n int) string {
	if w.Business {
		return i18n.Isolate(w.r.Days(n, true))
	}
	return i18n.Isolate(w.r.N("common.days", n))
}

// span is the one or two numbers of days there are, else the middle nine tenths.
func (w toldPromises) span(list []insight.Days) string {
	low, high, _ := insight.Usual(list)
	if low == high {
		return w.days(low)
	}
	key := "promises.span"
	switch {
	case len(list) == 2 && w.Business:
		key = "promises.two_business"
	case len(list) == 2:
		key = "promises.two"
	case w.Business:
		key = "promises.span_business"
	}
	return i18n.Isolate(w.r.N(key, high, "from", int64(low)))
}

// kept is the share kept in a sentence.
func (w toldPromises) kept() string {
	k := w.PromiseFigures.Kept
	return w.r.T("touchpoints.promises", "share", w.share(k.Share), "low", w.share(k.Low), "high", w.share(k.High), "kept", k.X, "due", k.N, "open", w.Waiting)
}

func (w toldPromises) fill(v *touchpoints.PromiseView) {
	if w.Hidden() {
		v.Few, v.Finding = true, w.r.T("promises.few", "k", stat.K)
		return
	}
	k := w.PromiseFigures.Kept
	v.Finding = w.r.T("promises.found_none", "promised", w.span(w.PromiseFigures.Promised), "kept", k.X, "n", k.N)
	if len(w.Took) > 0 {
		v.Finding = w.r.T("promises.found", "promised", w.span(w.PromiseFigures.Promised), "took", w.span(w.Took), "kept", k.X, "n", k.N)
	}
	v.Advice, v.Sure, v.Keeps = w.advice()
	if w.PastDue > 0 {
		v.Open = append(v.Open, w.r.N("promises.past_due", int(w.PastDue)))
	}
	if w.Waiting > 0 {
		v.Open = append(v.Open, w.r.N("promises.waiting", int(w.Waiting)))
	}
	if k.X < k.N {
		v.Broken = ui.Link("/runs", "broken", strconv.FormatInt(w.Touchpoint, 10))
	}
	v.Cards = w.cards()
	v.Gaps, v.Curve, v.Weeks = w.gaps(), w.curve(), w.weeks()
	for _, x := range w.Promised.Ratings {
		v.Ratings = append(v.Ratings, w.ratings(x))
	}
	for _, t := range w.Promised.Teams {
		v.Teams = append(v.Teams, w.team(t))
	}
	v.How = w.how()
}

// advice is which promise to make, how sure that is, and whether it is the one that is made.
func (w toldPromises) advice() (advice, sure string, keeps bool) {
	safe := w.Safe
	switch {
	case safe.Promise == nil:
		return w.r.T("promises.advise_few", "n", safe.N, "need", safe.Need), "", false
	case math.IsInf(*safe.Promise, 1):
		return w.r.T("promises.advise_undelivered"), "", false
	}
	days := int(*safe.Promise)
	low, high, _ := insight.Usual(w.PromiseFigures.Promised)
	key, keeps := "promises.advise_everybody", false
	switch {
	case days > high:
		key = "promises.advise_longer"
	case days < low:
		key, keeps = "promises.advise_shorter", true
	case low == high:
		key, keeps = "promises.advise_same", true
	}
	return w.r.T(key, "safe", w.days(days)), w.r.T("promises.advise_sure", "n", safe.N), keeps
}

func (w toldPromises) cards() []touchpoints.PromiseCard {
	k := w.PromiseFigures.Kept
	out := []touchpoints.PromiseCard{{Label: w.r.T("touchpoints.kept"), Value: w.share(k.Share), Hint: w.kept()}}
	if w.Ninety.At != nil {
		hint := w.r.T("promises.half", "median", w.days(int(*w.Median.At)))
		if w.Ninety.Low != nil && w.Ninety.High != nil && *w.Ninety.Low < *w.Ninety.High {
			hint += " " + w.r.T("promises.ninety", "low", w.days(int(*w.Ninety.Low)), "high", w.days(int(*w.Ninety.High)), "n", w.Delivered.N)
		}
		out = append(out, touchpoints.PromiseCard{Label: w.r.T("promises.nine_of_ten"), Value: w.days(int(*w.Ninety.At)), Hint: hint})
	}
	if safe := w.safe(w.Safe); w.Safe.Promise != nil {
		out = append(out, touchpoints.PromiseCard{Label: w.r.T("promises.safe"), Value: safe, Hint: w.r.T("promises.safe_hint", "n", w.Safe.N)})
	}
	return out
}

// safe is a safe promise in a table: days, none, or how many deliveries it needs.
func (w toldPromises) safe(s stat.Safe) string {
	switch {
	case s.Promise == nil:
		return w.r.T("promises.needs", "n", s.N, "need", s.Need)
	case math.IsInf(*s.Promise, 1):
		return w.r.T("promises.no_safe")
	}
	return w.days(int(*s.Promise))
}

func promiseWording() chart.Wording {
	return chart.Wording{Value: "promises.kept", Count: "promises.count", Counts: "promises.counts", Hidden: "promises.point_hidden", None: "promises.point_none", Few: "promises.point_few", Solid: "promises.sign_solid"}
}

// gapBars are the bounds of the bars, in days late.
var gapBars = []struct {
	from, to int
	key      string
}{{math.MinInt, -15, "promises.early_more"}, {-14, -8, "promises.early"}, {-7, -1, "promises.early"}, {0, 0, "promises.on_day"}, {1, 3, "promises.late"}, {4, 7, "promises.late"},
	{8, 14, "promises.late"}, {15, math.MaxInt, "promises.late_more"}}

// gaps is promised against delivered: how many came how many days before or after the promised day.
func (w toldPromises) gaps() chart.DistributionView {
	v := chart.DistributionView{Frame: chart.Frame{ID: "gaps", About: w.r.T("promises.gaps_about")}, Head: w.r.T("promises.gap"), Words: promiseWording()}
	var early, day, late int64
	for _, b := range gapBars {
		bar := chart.DistributionBar{Mood: stat.Positive}
		for gap, n := range w.Gaps {
			if gap >= b.from && gap <= b.to {
				bar.Count += n
			}
		}
		low, high := b.from, b.to
		if high <= 0 {
			low, high = -b.to, -b.from
		}
		bar.Label = w.r.T(b.key, "from", int64(low), "days", i18n.Isolate(w.r.IntRange(int64(low), int64(high))))
		switch {
		case b.to < 0:
			early += bar.Count
		case b.from > 0:
			late, bar.Mood = late+bar.Count, stat.Negative
		default:
			day += bar.Count
		}
		if bar.Count > 0 || b.from == 0 {
			v.Bars = append(v.Bars, bar)
		}
	}
	if shares := stat.Percentages([]int64{early, day, late}); shares != nil {
		v.Finding = w.r.T("promises.gaps_found", "early", shares[0], "day", shares[1], "late", shares[2])
	} else {
		v.Finding, v.Empty = w.r.T("promises.nothing_delivered"), w.r.T("promises.nothing_delivered")
	}
	v.How = chart.How(w.r.T("promises.how_gaps"), w.basis(w.Delivered.N))
	return v
}

// curve is the share that each number of days would have kept, in at most thirty steps.
func (w toldPromises) curve() chart.TrendView {
	v := chart.TrendView{Frame: chart.Frame{ID: "curve", About: w.r.T("promises.curve_about")}, Max: 100, Percent: true, Head: w.r.T("promises.days"), Words: promiseWording()}
	_, _, usual := insight.Usual(w.PromiseFigures.Promised)
	step := len(w.Promised.Curve)/30 + 1
	now := ""
	for i, x := range w.Promised.Curve {
		days := int(x.Promise)
		if days == usual {
			now = i18n.Isolate(w.r.Percent(100*x.Kept, 0))
		}
		if i%step != 0 && days != usual {
			continue
		}
		kept, low, high := 100*x.Kept, 100*x.Low, 100*x.High
		v.Points = append(v.Points, chart.TrendPoint{When: w.days(days), Tick: w.r.Int(int64(days)), Value: &kept, Low: &low, High: &high, N: w.Made, Level: stat.LevelOf(w.Made)})
	}
	switch {
	case len(v.Points) == 0:
		v.Finding, v.Empty = w.r.T("promises.nothing_delivered"), w.r.T("promises.nothing_delivered")
	case now == "":
		v.Finding = w.r.T("promises.curve_plain")
	default:
		v.Finding = w.r.T("promises.curve_found", "usual", w.days(usual), "now", now)
	}
	v.How = chart.How(w.r.T("promises.how_curve"), w.basis(w.Made))
	return v
}

// weeks is the share kept by the week in which promises were made.
func (w toldPromises) weeks() chart.TrendView {
	v := chart.TrendView{Frame: chart.Frame{ID: "weeks", About: w.r.T("promises.weeks_about")}, Max: 100, Percent: true, Words: promiseWording()}
	least, most := math.Inf(1), math.Inf(-1)
	for _, week := range w.Promised.Weeks {
		t := chart.TrendPoint{When: fullDay(w.r, week.From), Tick: dayLabel(w.r, week.From), N: week.Kept.N}
		switch {
		case week.Open || week.Kept.N == 0:
			t.Level = stat.None
		case week.Hide:
			t.Level = stat.Suppressed
		default:
			value, low, high := 100**week.Kept.Share, 100**week.Kept.Low, 100**week.Kept.High
			t.Value, t.Low, t.High, t.Level = &value, &low, &high, stat.LevelOf(week.Kept.N)
			least, most = min(least, value), max(most, value)
		}
		v.Points = append(v.Points, t)
	}
	v.Finding = w.r.T("promises.weeks_few")
	switch same := math.Round(least) == math.Round(most); {
	case same:
		v.Finding = w.r.T("promises.weeks_same", "share", i18n.Isolate(w.r.Percent(least, 0)))
	case least <= most:
		v.Finding = w.r.T("promises.weeks_found", "low", i18n.Isolate(w.r.Percent(least, 0)), "high", i18n.Isolate(w.r.Percent(most, 0)))
	}
	v.How = chart.How(w.r.T("promises.how_weeks"), w.basis(w.PromiseFigures.Kept.N))
	return v
}

func (w toldPromises) ratings(x insight.PromiseRating) touchpoints.PromiseRatings {
	key := "promises.rated_touchpoint"
	if x.Beside == feedback.BesideWhole {
		key = "promises.rated_whole"
	}
	out := touchpoints.PromiseRatings{Title: w.r.T(key, "scale", scaleWords(w.r, x.Scale)), Rows: []touchpoints.PromiseRated{
		w.rated("promises.in_time", x.Kept), w.rated("promises.too_late", x.Late)}}
	if x.PastDue.N > 0 {
		out.Rows = append(out.Rows, w.rated("promises.never", x.PastDue))
	}
	if x.Less != nil {
		out.Notes = append(out.Notes, w.less(*x.Less))
	}
	if a := x.Asymmetry; a != nil && a.Ratio != nil {
		out.Notes = append(out.Notes, w.r.T("promises.asymmetry", "ratio", w.r.Float(*a.Ratio, 1), "span", w.between(*a.Low, *a.High, 1)))
	}
	if s := w.effect(x.Effect); s != "" {
		out.Notes = append(out.Notes, s)
	}
	return out
}

func (w toldPromises) rated(key string, f stat.Figure) touchpoints.PromiseRated {
	row := touchpoints.PromiseRated{Name: w.r.T(key), Mean: "–", Interval: "–", N: w.r.Int(f.N)}
	switch {
	case f.Level == stat.Suppressed:
		row.Mean, row.N = w.r.T("chart.hidden"), "–"
	case f.Mean != nil:
		row.Mean = w.r.Float(*f.Mean, 2)
		if f.MeanLow != nil {
			row.Interval = w.between(*f.MeanLow, *f.MeanHigh, 2)
		}
	}
	return row
}

// less is what a broken promise goes with.
func (w toldPromises) less(e stat.Effect) string {
	switch {
	case e.High < 0:
		return w.r.T("promises.less", "by", i18n.Isolate(w.r.Float(-e.Diff, 1)), "span", w.between(-e.High, -e.Low, 1))
	case e.Low > 0:
		return w.r.T("promises.more", "by", i18n.Isolate(w.r.Float(e.Diff, 1)), "span", w.between(e.Low, e.High, 1))
	}
	return w.r.T("promises.no_difference", "span", w.between(e.Low, e.High, 1))
}

// effect is what another promise would have done, or why that cannot be told.
func (w toldPromises) effect(e insight.PromiseEffect) string {
	switch {
	case e.TooFew != nil:
		return w.r.T("promises.effect_few", "n", e.TooFew.N, "need", e.TooFew.Need)
	case e.Unknown:
		return w.r.T("promises.effect_unknown")
	case e.Safe == nil:
		return ""
	}
	s := w.r.T("promises.effect", "safe", w.days(int(*w.Safe.Promise)), "by", i18n.Isolate(w.r.Signed(e.Safe.Change, 2)),
		"low", i18n.Isolate(w.r.Signed(e.Safe.Low, 2)), "high", i18n.Isolate(w.r.Signed(e.Safe.High, 2)))
	if e.Safe.Extrapolated {
		s += " " + w.r.T("promises.effect_outside")
	}
	if e.Fit.UpperBound {
		s += " " + w.r.T("promises.effect_bound")
	}
	return s
}

func (w toldPromises) team(t insight.PromiseTeam) touchpoints.PromiseTeam {
	out := touchpoints.PromiseTeam{Name: w.r.T("promises.no_team"), Promised: "–", Took: "–", Kept: w.r.T("chart.hidden"), Interval: "–", N: "–", Safe: "–"}
	if t.ID != 0 {
		out.Name, out.NameIn = t.Name.Shown(w.r.Lang())
	}
	if t.Hide || t.Hidden() {
		return out
	}
	out.Promised, out.Kept, out.N = w.span(t.Promised), w.share(t.Kept.Share), w.r.Int(t.Kept.N)
	out.Interval = i18n.Isolate(w.r.PercentRange(100**t.Kept.Low, 100**t.Kept.High, 0))
	out.Safe = w.safe(t.Safe)
	if len(t.Took) > 0 {
		out.Took = w.span(t.Took)
	}
	return out
}

// basis is how many a chart rests on, and of which time.
func (w toldPromises) basis(n int64) string {
	if w.p.days == 0 {
		return w.r.T("promises.basis_all", "n", n)
	}
	return w.r.T("promises.basis_since", "n", n, "from", fullDay(w.r, w.p.from()))
}

func (w toldPromises) how() []ui.Fact {
	fact := func(name, value string) ui.Fact { return ui.Fact{Name: name, Value: value} }
	filter := w.r.T("promises.filter_all")
	if w.p.days != 0 {
		filter = w.r.T("promises.filter_since", "from", fullDay(w.r, w.p.from()))
	}
	clock := "promises.calendar"
	if w.Business {
		clock = "promises.business"
	}
	return slices.Clip([]ui.Fact{
		fact(w.r.T("promises.counts"), w.r.T("promises.how_counts", "made", w.Made, "delivered", w.Delivered.N, "past", w.PastDue, "waiting", w.Waiting)),
		fact(w.r.T("promises.kept"), w.r.T("promises.how_kept")),
		fact(w.r.T("promises.safe"), w.r.T("promises.how_safe", "n", w.Safe.N)),
		fact(w.r.T("promises.rating"), w.r.T("promises.how_rating")),
		fact(w.r.T("promises.clock"), w.r.T(clock)),
		fact(w.r.T("fix.how_formulas"), w.r.T("promises.how_formulas")),
		fact(w.r.T("fix.how_filter"), filter),
	})
}
